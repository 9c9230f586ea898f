"""The sentences of lesson 06 that its own figures carry."""

CLAIMS = [
    ("At the end every training digit is right", lambda r: r["train_accuracy_end"] == 1),
    ("while the held-out loss turns and rises", lambda r: r["loss_rise"] > 1.05),
    ("The later one is not worse, it is even higher", lambda r: r["accuracy_gain_after_best"] > 0),
    ("The right answers cost less than before", lambda r: r["loss_by_right_change"] < 0),
    ("The wrong ones cost more", lambda r: r["loss_by_wrong_change"] > 0),
    ("although there are fewer of them", lambda r: r["fewer_wrong_answers"] > 0),
    ("more of them are given with near certainty", lambda r: r["certainty_of_wrong_rise"] > 0.1),
    ("with more digits the held-out accuracy rises", lambda r: r["least_gain_by_more_digits"] > 0.005),
    (
        "With the most digits the training accuracy falls a little",
        lambda r: -0.03 < r["train_accuracy_2400_minus_300"] < 0,
    ),
    ("another score at each pass", lambda r: r["left_on_spread"] > 0),
    ("both worse than in eval mode", lambda r: r["left_on_best"] < r["proper_accuracy"]),
    (
        "The larger the share, the more accuracy it costs",
        lambda r: 0 > r["left_on_25"] > r["left_on_50"] > r["left_on_75"] and r["left_on_all_shown"],
    ),
    ("Here *p* is far larger", lambda r: r["twice_minus_dropout_stored_p"] > 0.2),
    (
        "From seed to seed one and the same arm varies by more than the two arms differ",
        lambda r: r["least_range_over_seeds"] > abs(r["twice_minus_dropout"]),
    ),
    ("and the validation accuracy falls", lambda r: r["validation_fall"] > 0.05),
    (
        "Restoring made the network better",
        lambda r: r["restored_minus_stopped_accuracy"] > 0 > r["restored_minus_stopped_loss"],
    ),
    ("whether both keep the same epoch", lambda r: r["epochs_between_loops"] == 0),
    (
        "The smallest gap belongs to the network that knows nothing",
        lambda r: r["gap_0_epochs"] < min(r["gap_2_epochs"], r["gap_2400_digits"]),
    ),
    ("have nearly equal gaps", lambda r: abs(r["gap_2_epochs"] - r["gap_2400_digits"]) < 0.01),
    ("read nothing like equally well", lambda r: r["accuracy_2400_digits"] - r["accuracy_2_epochs"] > 0.3),
    (
        "they read even their training digits badly",
        lambda r: r["accuracy_2_epochs"] + r["gap_2_epochs"] < 0.7,
    ),
    ("Each remedy alone, and one pair, with more seeds than before", lambda r: r["remedies_n"] > 5),
    ("Every remedy lowered the loss", lambda r: len(r["remedies_lower_loss"].split(", ")) == 8),
    (
        "Augmentation, label smoothing, batch norm and dropout, each alone, raised the accuracy as well",
        lambda r: (
            {"augmentation", "label smoothing 0.1", "batch norm", "dropout 0.5"}
            <= set(r["remedies_higher_accuracy"].split(", "))
        ),
    ),
    (
        "Early stopping and weight decay 10 lowered it",
        lambda r: r["remedies_lower_accuracy"] == "early stopping, weight decay 10",
    ),
    (
        "Weight decay 1 raised the accuracy, but by less than the sampling floor",
        lambda r: (
            "weight decay 1" in r["remedies_higher_accuracy"].split(", ")
            and r["decay_1_accuracy"] < r["floor_of_an_arm"]
        ),
    ),
    (
        "Dropout still helps on top of augmentation, in accuracy and in loss",
        lambda r: r["added_loss"] == r["added_accuracy"] == "shown",
    ),
    ("it adds far less accuracy than it does alone", lambda r: r["dropout_added"] < r["dropout_alone"] / 2),
    (
        "Decay shrank the weights, and the stronger it was, the more",
        lambda r: r["decay_10_minus_1_norm"] < -1 > r["decay_1_minus_plain_norm"],
    ),
    ("Label smoothing hardly touched them", lambda r: abs(r["smoothing_minus_plain_norm"]) < 0.5),
    (
        "still made the wrong answers the least certain of all",
        lambda r: r["least_certain"] == "label smoothing 0.1",
    ),
    (
        "All three remedies raise the accuracy and lower the loss",
        lambda r: r["wrong_label_remedies_shown"],
    ),
    (
        "then more, up to where there are just enough",
        lambda r: r["mistakes_at_peak"] > r["fewest_mistakes_left"] + 0.1,
    ),
    (
        "they fall a second time, below all that came before",
        lambda r: r["mistakes_at_widest"] < r["fewest_mistakes_left"] - 0.05,
    ),
    (
        "From the dotted line on every training digit is right",
        lambda r: r["worst_known_from_there"] == 0,
    ),
]
