"""What lesson 10 says of its own figures."""

CLAIMS = [
    (
        "it lies beyond two standard errors. But five pairs need 2.8",
        lambda r: 2 < r["augmentation_in_errors"] < 2.77 and r["augmentation_alone"] == "not shown",
    ),
    (
        "Dropout helps: both tables say so, by the loss on many digits, by both measures on few.",
        lambda r: (
            r["dropout_loss_many"] == r["dropout_accuracy_few"] == r["dropout_loss_few"] == "shown"
            and r["dropout_accuracy_many"] == "not shown"
        ),
    ),
    (
        "The plain networks' loss rises again, and that is shown.",
        lambda r: r["rise_of_plain"] == "shown",
    ),
    (
        "With dropout it rises about half as much on average",
        lambda r: 0.4 < r["rise_ratio"] < 0.6,
    ),
    (
        'neither "gone" nor "still there" is shown',
        lambda r: r["rise_with_dropout"] == "not shown",
    ),
    (
        "turned ones still cost more than was allowed",
        lambda r: r["rotation_with_augmentation"] == "shown" and r["rotation_beyond_two"] > 0,
    ),
]
