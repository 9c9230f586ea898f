"""What lesson 08 says of its own figures."""

CLAIMS = [
    ("Three lines after the `view`, the loss says: 16 here, 64 there.", lambda r: r["rows_of_64"] == 16),
    (
        "None. Where 4 does not divide the size",
        lambda r: (r["sizes_that_pass"], r["sizes_that_end_in_an_error"]) == (0, 32),
    ),
    (
        "In the second, one image changes all 64 answers.",
        lambda r: (r["rows_changed_in_simple_cnn"], r["rows_changed_by_shares"]) == (1, 64),
    ),
    (
        "the same number of parameters to the last one",
        lambda r: r["parameters_of_published_minus_example"] == 0,
    ),
    (
        "dozens of widths get past it, and one of them gives each image its row",
        lambda r: r["widths_past_view"] > 24 and r["widths_with_a_row_for_each"] == 1,
    ),
    (
        "a changed image changes its own row only",
        lambda r: r["rows_changed_in_healthy"] == 1,
    ),
    (
        "it gives most of its belief to one class",
        lambda r: r["certainty_of_raw_pixels"] > 0.7 and r["first_loss_of_raw_pixels"] > 3 * r["first_loss"],
    ),
    ("From ln 10 nearly down to 0.", lambda r: r["loss_of_one_batch_by_heart"] < 0.05),
    (
        "Four faults, one picture.",
        lambda r: r["lowest_flat_loss"] > 2.1 and r["highest_flat_loss"] < 2.6 and r["healthy_end"] < 1.6,
    ),
    (
        "Labels shuffled apart can be learned by heart",
        lambda r: r["learned_by_heart"] == "shuffled apart",
    ),
    ("at least one of them tells each pair apart", lambda r: r["pairs_told_apart"] == 6),
    (
        "SGD at 10 leaps across the valley and lands higher, step after step",
        lambda r: r["sgd_steps_that_rise"] == r["sgd_steps"] > 2,
    ),
    ("one high peak, then a line near ln 10", lambda r: r["sly_peak"] > 100),
    ("It gives every image the same scores.", lambda r: r["sly_spread"] < 0.005),
    (
        "Not in two epochs. The first leaps have pushed nearly all values below zero",
        lambda r: abs(r["sly_second_loss"] - 2.3026) < 0.05 and r["new_second_loss"] < 1.5,
    ),
    ("an accuracy far above chance", lambda r: r["detached_accuracy"] > 0.3),
    (
        "Only beside a healthy network does it look slow, also at learning by heart.",
        lambda r: (
            r["detached_accuracy"] < r["healthy_accuracy"] - 0.05
            and r["detached_by_heart"] > 10 * r["healthy_by_heart"]
        ),
    ),
    ("Every layer should have a dot, and two have none.", lambda r: r["layers_without_gradient"] == 2),
    (
        "the colleague's network learns its digits about as well",
        lambda r: abs(r["colleague_on_exchanged"] - r["upright_on_upright"]) < 0.05,
    ),
    (
        "The fault shows on the day when it is given upright ones.",
        lambda r: r["colleague_on_upright"] < 0.3,
    ),
    (
        "Without `eval()` dropout draws anew, and the score changes from one time to the next.",
        lambda r: r["scores_without_eval"] > 1 == r["scores_with_eval"],
    ),
    (
        "so every answer depends on all images in it",
        lambda r: r["rows_changed_in_training_mode"] == r["rows_of_the_batch"],
    ),
    ("the result is the same to the last digit", lambda r: r["behind_minus_without"] == 0),
    (
        "The seeds alone make a difference of points, and with the layer it is now more and now less.",
        lambda r: (
            r["highest_minus_lowest_seed"] > 0.02 and r["least_difference"] < 0 < r["greatest_difference"]
        ),
    ),
]
