"""What lesson 03 says of its own figures."""

CLAIMS = [
    (
        "They agree. And the second case is worth a pause: the loss is larger, yet both slopes are 0",
        lambda r: (
            abs(r["nudge_w1"] - r["chain_w1"]) < 1e-3
            and abs(r["nudge_w2"] - r["chain_w2"]) < 1e-3
            and r["closed_loss"] > 1
            and r["closed_w1"] == r["closed_w2"] == 0
        ),
    ),
    (
        "These are the numbers of your graph.",
        lambda r: (r["autograd_w1"], r["autograd_w2"]) == (r["chain_w1"], r["chain_w2"]) == (-10, -4),
    ),
    ("Most moved, not all", lambda r: 0.5 < r["moved_first"] < 0.95 and 0.5 < r["moved_last"] < 0.95),
    ("At the first step all that moved went against their own slope.", lambda r: r["against_first"] > 0.999),
    ("At the last many did not", lambda r: r["against_last"] < 0.8),
    (
        "Most of those had no slope any more",
        lambda r: r["flat_last"] > 0.5 * (1 - r["against_last"]),
    ),
    (
        "Here the curve that first leapt up ends below slower ones",
        lambda r: r["leap_b"] > 10 and r["end_b"] < min(r["end_a"], r["end_c"]) - 0.05,
    ),
    ("The two are different numbers.", lambda r: abs(r["mean_of_means"] - r["linear_accuracy"]) > 0.005),
    (
        "Most of the gap is gone",
        lambda r: (
            abs(r["first_validation"] - r["first_rescored"])
            < 0.25 * (r["first_validation"] - r["first_running"])
        ),
    ),
    (
        "gives every class about a tenth, so each digit costs it about ln 10",
        lambda r: abs(r["timid_loss"] - 2.3026) < 0.05 and r["bold_loss"] > 5 * r["timid_loss"],
    ),
    (
        "nothing here shows that the network is better",
        lambda r: r["seeds_mean"] < r["seeds_neighbour"] + 2 * r["seeds_std"],
    ),
    ("Nothing changed but the seed.", lambda r: 0.005 < r["seeds_range"] < 0.11),
    (
        "It has the bundled digits alone, and reads more than the first",
        lambda r: r["stored_bundled"] > r["stored_seed"] + 0.001,
    ),
]
