"""What lesson 07 says of its own figures."""

ABOUT_ONE_IN_TWENTY = 0.02, 0.08

CLAIMS = [
    ("The three agree on where the loss falls", lambda r: r["falls_apart"] < 2),
    ("On where it is lowest they do not", lambda r: r["rings_apart"] > 3),
    (
        "At the rate nearest to the ring most trainings **collapsed**",
        lambda r: r["collapsed_at_ring"] > r["seeds_at_ring"] / 2,
    ),
    (
        "Every lower rate is shown to be better",
        lambda r: r["lower_rates_shown"] and r["rate_at_ring"] == 0.03,
    ),
    ("the best of the list lies in the green band", lambda r: r["best_is_in_the_band"]),
    (
        "The left panel mostly counts steps.",
        lambda r: -r["equal_epochs_difference"] > 10 * abs(r["equal_steps_difference"]),
    ),
    ("hardly anything beyond 64", lambda r: abs(r["equal_steps_beyond_64"]) < 0.005),
    (
        "along the flat one it crawls",
        lambda r: r["height_of_sgd"] > 3 * max(r["height_of_momentum"], r["height_of_adam"]),
    ),
    (
        "if a best rate lay at the edge of its list, the list should have gone on",
        lambda r: r["best_rates_at_the_edge"] == "none",
    ),
    (
        "Had momentum been the only rival, its lag would count as shown; as one of four it does not.",
        lambda r: (r["momentum_alone"], r["momentum_among_four"]) == ("shown", "not shown"),
    ),
    ("which cell of it wins is largely a matter of luck", lambda r: r["frequent_winner"] < 0.6),
    (
        "A single run **collapsed**: it reads no better than a guess. The other seeds of that cell did well",
        lambda r: r["collapsed_run"] < 0.15 and r["second_lowest_of_that_cell"] > 0.9,
    ),
    ("so fewer are shown", lambda r: r["all_together_shown"] < r["one_by_one_shown"]),
    ("for every batch size the best rate is 0.002 or 0.005", lambda r: r["best_rates"] == "0.002, 0.005"),
    (
        "it did as well as the grid that knew",
        lambda r: abs(r["random_sixteen"] - r["grid_that_knows"]) < r["floor"],
    ),
    (
        "With 36 runs a grid can afford three rates, and the two kinds lie side by side",
        lambda r: abs(r["random_minus_grid_36"]) < r["floor"],
    ),
    (
        "even a grid of two levels comes close to random search",
        lambda r: (
            abs(r["random_in_band"] - r["grid_in_band"]) < r["floor"]
            and r["random_sixteen"] - r["grid_two_levels"] > 0.03
        ),
    ),
    (
        "Four runs there are worth sixteen drawn from the whole range",
        lambda r: abs(r["four_in_band"] - r["random_sixteen"]) < r["floor"],
    ),
    (
        "Each orange mark stands as high as the blue one at twice its price",
        lambda r: r["halving_minus_double_price"] < 0.005,
    ),
    ("In this table it can be checked", lambda r: r["ahead_after_one_epoch"] == 20),
    (
        "On other digits a small part of its lead is left",
        lambda r: 0 < r["hundred_lead_on_test"] < 0.4 * r["hundred_lead_on_validation"],
    ),
    ("The rest was the luck of the validation digits", lambda r: 0.1 < r["hundred_correlation"] < 0.9),
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
]
