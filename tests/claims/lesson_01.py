"""The sentences of lesson 01 that its own figures carry."""

CLAIMS = [
    (
        "The fully connected network falls nearly to chance, one in ten, whichever way the digits go.",
        lambda r: r["fully_connected_accuracy_moved_best"] < 0.25,
    ),
    (
        "The CNN keeps more, and still loses more than half of what it could read.",
        lambda r: (
            r["fully_connected_accuracy_moved_best"] < r["cnn_accuracy_moved_best"] < r["cnn_accuracy"] / 2
        ),
    ),
    (
        "To the left and to the right it loses hardly anything.",
        lambda r: all(
            r[f"global_max_pooling_accuracy_{side}"] > r["global_max_pooling_accuracy"] - 0.03
            for side in ("left", "right")
        ),
    ),
    (
        "Up and down it loses much.",
        lambda r: all(
            r[f"global_max_pooling_accuracy_{side}"] < r["global_max_pooling_accuracy"] - 0.1
            for side in ("up", "down")
        ),
    ),
    (
        "moved down, even the digits that kept all their ink fall far",
        lambda r: r["down_whole_lost"] > 0.2,
    ),
    (
        "moved to the right, those that were cut lose nothing",
        lambda r: r["right_cut_lost"] < 0.02,
    ),
    (
        "What the frame takes away from the whole digits is the rim, and with it goes the drop.",
        lambda r: r["down_whole_framed_lost"] < 0.03 < 0.2 < r["down_whole_lost"],
    ),
    (
        "moved up, the cut digits fall further than the whole ones",
        lambda r: r["up_cut_lost"] > r["up_whole_lost"],
    ),
    (
        "what differs between its two numbers is the luck of the start",
        lambda r: (
            abs(r["fully_connected_accuracy"] - r["fully_connected_accuracy_permuted"])
            < 3 * r["sampling_floor"]
        ),
    ),
    (
        "The CNN loses more than its lead",
        lambda r: (
            r["cnn_accuracy_permuted"] < r["fully_connected_accuracy_permuted"] - 3 * r["sampling_floor"]
        ),
    ),
    (
        "To the left and to the right it had, now and then",
        lambda r: (
            min(r["seen_in_training_left"], r["seen_in_training_right"]) > 0.03
            and max(r["seen_in_training_up"], r["seen_in_training_down"]) < 0.01
        ),
    ),
    (
        "`conv2` has few, and does most of the arithmetic",
        lambda r: r["share_of_parameters_conv2"] < 0.1 and r["share_of_products_conv2"] > 0.5,
    ),
    (
        "The layer that looks untouched has changed most.",
        lambda r: (
            r["change_conv1"] > 1.3 * max(r["change_conv2"], r["change_fc1"], r["change_fc2"])
            and r["similarity_conv1"] > 0.95
        ),
    ),
    (
        "after the short training the network without any convolution reads no worse",
        lambda r: r["no_convolution_short"] >= r["convolutions_frozen_short"],
    ),
    (
        "Only after longer training does the frozen one draw ahead",
        lambda r: r["convolutions_frozen_long"] > r["no_convolution_long"] + 2 * r["sampling_floor"],
    ),
    (
        "training all layers is best at either time",
        lambda r: all(
            r[f"all_trained_{time}"] > max(r[f"convolutions_frozen_{time}"], r[f"no_convolution_{time}"])
            for time in ("short", "long")
        ),
    ),
    (
        "Of the five in the picture some became less alike. Over all channels the mean rose",
        lambda r: r["first_five_less_alike"] > 0 and r["likeness_trained"] > r["likeness_untrained"] + 0.1,
    ),
]
