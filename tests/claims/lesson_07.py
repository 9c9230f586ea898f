"""What lesson 07 says of its own figures."""

ABOUT_ONE_IN_TWENTY = 0.02, 0.08

CLAIMS = [
    (
        "Had momentum been the only rival, its lag would count as shown; as one of four it does not.",
        lambda r: (r["momentum_alone"], r["momentum_among_four"]) == ("shown", "not shown"),
    ),
    (
        "If a best rate lies at the edge of its list, the list should have gone on",
        lambda r: r["best_rates_at_the_edge"] == "SGD, SGD with momentum",
    ),
    (
        "With few seeds two standard errors are too few.",
        lambda r: r["two_errors_three_seeds"] > 0.12,
    ),
    (
        "`compare` keeps to about one false alarm in twenty at any number of seeds",
        lambda r: all(
            ABOUT_ONE_IN_TWENTY[0] < r[name] < ABOUT_ONE_IN_TWENTY[1]
            for name in ("compare_three_seeds", "compare_five_seeds", "compare_ten_seeds")
        ),
    ),
    (
        'ten rows of nothing offer a "shown" several times as often as one row',
        lambda r: r["ten_one_by_one"] > 3 * r["compare_five_seeds"],
    ),
    (
        "Judged together, they do so no more often than a single comparison.",
        lambda r: r["ten_together"] < ABOUT_ONE_IN_TWENTY[1],
    ),
    (
        "The left panel mostly counts steps.",
        lambda r: -r["equal_epochs_difference"] > 10 * abs(r["equal_steps_difference"]),
    ),
]
