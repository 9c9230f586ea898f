"""What lesson 10 says of its own figures."""

CLAIMS = [
    ("The spread is larger than the floor", lambda r: r["letters_spread"] > r["letters_floor"]),
    ("Every size fails.", lambda r: r["sizes_that_fail"] == 64 and r["sizes_by_place"]),
    (
        "There 9,216 is right, and the parameters agree to the last one.",
        lambda r: r["example_fits"] and r["parameters_agree"],
    ),
    (
        "It holds, and with room to spare.",
        lambda r: r["verdict_of_98"] == "holds" and r["mended_mean"] > 0.985,
    ),
    (
        "The stars are scattered, and their lead over the last epoch is below the floor",
        lambda r: r["different_best_epochs"] > 2 and r["lead_in_floors"] < 1,
    ),
    ("No dropout is printed", lambda r: not r["printed_dropout"]),
    (
        "The first way finds a rise nearly always, whether there is one or not.",
        lambda r: min(r["since_lowest_no_rise"], r["since_lowest_a_rise"]) > 0.8,
    ),
    (
        "The second cries wolf in about one case of twenty, as it may, and finds the rise all the same.",
        lambda r: 0.03 < r["since_half_no_rise"] < 0.065 and r["since_half_a_rise"] > 0.9,
    ),
    (
        "What the text reports is there: training accuracy above that on held-out digits.",
        lambda r: r["gap_verdict"] == "shown",
    ),
    ("the stricter sign is not shown for this recipe", lambda r: not r["rise_of_plain_shown"]),
    (
        "With few digits to learn from, dropout lowers the loss by far; with many, by a little.",
        lambda r: r["dropout_loss_300"] < -0.1 and -0.02 < r["dropout_loss_55000"] < 0,
    ),
    (
        "All three are shown.",
        lambda r: r["dropout_loss_verdicts"] == "shown shown shown",
    ),
    (
        "digits of the same networks it is half as much, and not shown.",
        lambda r: (
            r["dropout_on_validation_verdict"] == "not shown"
            and 0.4 < r["dropout_on_validation"] / r["dropout_loss_55000"] < 0.6
        ),
    ),
    (
        "moved, turned and thinner ones cost far less than after 3,500, and noise about as much",
        lambda r: (
            all(r[f"full_{name}"] < 0.65 * r[f"few_{name}"] for name in ("shift", "rotation", "thinner"))
            and abs(r["full_noise"] - r["few_noise"]) < 0.005
        ),
    ),
    (
        "three changes are shown to cost more than two points",
        lambda r: r["failed_at_two"] == "shift, rotation, thinner" and r["over_2"] == 3,
    ),
    ("For the other three it is not shown that they cost less.", lambda r: r["held_at_two"] == 0),
    ("With a bar of five points none is shown to cost more.", lambda r: r["over_5"] == 0),
    (
        "Then each scoring gives another number, and all of them are too low.",
        lambda r: r["left_on_spread"] > 0 and r["left_on_best"] < r["after_eval"],
    ),
    ("The loop is right", lambda r: r["printed_loop_agrees"]),
    ("Two do, and clearly.", lambda r: r["claims_that_hold"] == "2 4"),
    (
        'Of the parts without a "holds", most are *not shown*',
        lambda r: r["parts_not_shown"] > 3 > r["parts_false"],
    ),
]
