"""What lesson 00 says of its own figures."""

CLAIMS = [
    ("About one in ten.", lambda r: 0.05 < r["validation_accuracy_before"] < 0.15),
    (
        "it gives all images, or nearly all, the same answer",
        lambda r: r["favourite_answer_share"] > 0.8,
    ),
    (
        "from the first line to the last the accuracy rises, and the **loss** falls",
        lambda r: (
            r["first_epoch_accuracy"] < r["last_epoch_accuracy"]
            and r["loss_of_first_epoch"] > r["loss_of_last_epoch"]
        ),
    ),
    (
        "the computer reads most of the handwriting that it never saw",
        lambda r: r["test_accuracy"] > 0.9,
    ),
    ("All of them right, or nearly all.", lambda r: r["first_twenty_wrong"] < 4),
    ("Averaging alone reads about four of five.", lambda r: 0.77 < r["nearest_average_accuracy"] < 0.83),
]
