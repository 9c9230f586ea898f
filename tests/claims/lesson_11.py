"""What lesson 11 says of its own figures; of times only what no mood of a machine changes."""

CLAIMS = [
    ("No rung is shown to read less than `seed`", lambda r: r["rungs_shown_lower"] == 0),
    (
        "The first rung finds the most seconds to save",
        lambda r: r["most_seconds"] == "schedule",
    ),
    (
        "Where the shorter plan ends, the longer one is still far above it",
        lambda r: r["planned_minus_stopped_at_56"] > 0.005,
    ),
    (
        "The first factor is stopping alone.",
        lambda r: r["num_strides"] == 4 and r["least_by_stopping"] > 1,
    ),
    ("the third number format and order in memory", lambda r: r["least_by_format"] > 1),
    ("Only the fourth is what our recipe adds, on this processor", lambda r: r["least_by_ours"] > 1),
    ("It is tempting to divide the medians.", lambda r: r["stopped_over_whole"] < 0.8),
    (
        "and on these it fails its own rule",
        lambda r: r["fresh_worst"] < -0.005,
    ),
    (
        "here wider than half a point by itself",
        lambda r: r["fresh_margin"] > 0.005,
    ),
    (
        "Against a plain recipe, this one makes up for more than was missing",
        lambda r: r["bundled_multiple"] < 1,
    ),
    ("Most ranges begin at zero", lambda r: r["estimates"] / 2 < r["estimates_from_zero"] < r["estimates"]),
    (
        "Here most mistakes of one network are mistakes of another",
        lambda r: r["mean_share"] > 0.5 and r["least_share"] > 3 * r["share_by_luck"],
    ),
]
