"""What lesson 09 says of its own figures."""

CLAIMS = [
    (
        "Augmentation helps where it practised, and against noise it harms; both are shown.",
        lambda r: all(
            r[f"augmentation_{name}"].startswith(sign)
            and r[f"augmentation_{name}"].endswith(" shown")
            and "not shown" not in r[f"augmentation_{name}"]
            for name, sign in {"shift": "+", "rotation": "+", "noise": "-"}.items()
        ),
    ),
    (
        "For the other three changes these runs leave it open.",
        lambda r: all(
            r[f"augmentation_{name}"].endswith("not shown") for name in ("blur", "thicker", "thinner")
        ),
    ),
    (
        "Further than it practised: most is gained at about thirty degrees.",
        lambda r: max((0, 10, 20, 30, 45, 60), key=lambda angle: r[f"gain_at_{angle}_degrees"]) == 30,
    ),
    (
        "at sixty it no longer comes",
        lambda r: r["gain_at_60_degrees"] < 0.01,
    ),
    (
        "Closed 4s are called 9 more often than open ones: few as they are, the counts show that.",
        lambda r: r["closed_tops_p"] < 0.05,
    ),
    (
        "One stroke at the top moves many to 9, the same stroke at the bottom hardly any.",
        lambda r: (
            r["closed_tops_called_nine"] > 0.25
            and abs(r["bottom_strokes_called_nine"] - r["as_written_called_nine"]) < 0.02
        ),
    ),
    (
        "of the 4s that were called 9 as they were written, most had an open top",
        lambda r: r["closed_tops_among_nines"] < 0.5,
    ),
    (
        "the last bin has become less full",
        lambda r: r["answers_above_90_with_temperature"] < r["answers_above_90"],
    ),
    (
        "by more than a calibrated one would appear by chance",
        lambda r: r["held_out_calibration_error"] > 3 * r["floor_of_calibration_error"],
    ),
    (
        "one number chosen on validation took a good part of that away",
        lambda r: r["calibration_error_with_temperature"] < 0.6 * r["calibration_error_as_trained"],
    ),
    (
        "A part of that is the rim",
        lambda r: r["rim_share_start_0"] > 1.1,
    ),
    (
        "Without the rim the untrained maps differ from one random start to the next, and the trained "
        "network's stands far above them all.",
        lambda r: (
            max(starts := [r[f"stroke_over_paper_start_{i}"] for i in range(3)]) > 1.3 * min(starts)
            and r["stroke_over_paper_trained"] > 2 * max(starts)
        ),
    ),
    (
        "agree on their maps only so far, and a part of that the untrained ones have, too",
        lambda r: (
            r["saliency_trained_another"] < 0.7
            and 0 < r["saliency_trained_untrained"] < r["saliency_trained_another"]
            and 0 < r["saliency_trained_another_start"] < r["saliency_trained_another"]
        ),
    ),
    (
        "With the sign, the trained networks agree, and the untrained one has hardly anything to do with",
        lambda r: r["occlusion_trained_another"] > 0.6 and abs(r["occlusion_trained_untrained"]) < 0.15,
    ),
    (
        "size alone makes all four maps nearly the same",
        lambda r: r["occlusion_size_least_alike"] > 0.9,
    ),
    (
        "two networks that read about equally well paint quite different stains on the same digit",
        lambda r: r["cam_trained_another"] < 0.5,
    ),
    (
        "Training pulls the classes apart, in the plane and beyond it.",
        lambda r: (
            r["alike_trained_plane"] > r["alike_untrained_plane"] + 0.2
            and r["alike_trained_all"] > r["alike_untrained_all"] + 0.1
        ),
    ),
    (
        "already keeps most of what is alike together, if not as well as the pixels themselves",
        lambda r: 0.7 < r["alike_untrained_all"] < r["alike_in_pixels"],
    ),
    (
        "the letters keep a confidence that none of them deserves",
        lambda r: r["letters_with_temperature"] > 0.5,
    ),
]
