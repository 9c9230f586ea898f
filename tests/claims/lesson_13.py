"""The sentences of lesson 13 that its own figures carry."""

STEPS = (
    "1__ink_is_bright",
    "2__paper_is_black",
    "3__20_pixels_high_or_wide",
    "4__centre_of_mass_in_the_middle",
)

CLAIMS = [
    ("Hardly more than chance, and no error.", lambda r: r["reader_as_it_is"] <= 0.2),
    (
        "That was nearly all for the reader, and not for the plain network.",
        lambda r: (
            r[f"reader_{STEPS[1]}"] - r["reader_as_it_is"] > 0.8
            and abs(r[f"reader_{STEPS[3]}"] - r[f"reader_{STEPS[1]}"]) < 0.05
            and r[f"plain_{STEPS[3]}"] - r[f"plain_{STEPS[1]}"] > 0.2
        ),
    ),
    (
        "With your pen there is nothing to even out.",
        lambda r: (
            abs(r["reader_your_pen_evened"] - r["reader_your_pen_as_it_is"]) <= 0.02
            and abs(r["plain_your_pen_evened"] - r["plain_your_pen_as_it_is"]) <= 0.02
        ),
    ),
    (
        "With the thin one most depends on it.",
        lambda r: (
            r["reader_thin_pen_as_it_is"] < 0.4
            and r["plain_thin_pen_as_it_is"] < 0.4
            and r["reader_thin_pen_evened"] > 0.9
            and r["plain_thin_pen_evened"] - r["plain_thin_pen_as_it_is"] > 0.4
        ),
    ),
    (
        "With the two exchanged, both networks are lost",
        lambda r: max(r["plain_without_ink_is_bright"], r["reader_without_ink_is_bright"]) < 0.4,
    ),
    (
        "paper that stays grey costs the reader more than the plain network",
        lambda r: r["reader_without_paper_is_black"] < r["plain_without_paper_is_black"] < 0.8,
    ),
    (
        "There the plain network loses more than the reader",
        lambda r: (
            sum(r[f"plain_without_{s}"] - r["plain_without_nothing"] for s in ("size", "middle"))
            < sum(r[f"reader_without_{s}"] - r["reader_without_nothing"] for s in ("size", "middle"))
        ),
    ),
    (
        "With the same boxes photographed from three times as far, it costs nearly all.",
        lambda r: max(r["plain_without_size_from_afar"], r["reader_without_size_from_afar"]) < 0.3,
    ),
    ("For the reader step 3 was no gain", lambda r: r[f"reader_{STEPS[2]}"] <= r[f"reader_{STEPS[1]}"]),
    (
        "The plain network has not, and is still far from its usual number.",
        lambda r: r["plain_on_test"] - r[f"plain_{STEPS[2]}"] > 0.1,
    ),
    (
        "size costs little because",
        lambda r: r["plain_without_nothing"] - r["plain_without_size"] <= 0.1,
    ),
    ("test digits in blue, in a row", lambda r: r["found_in_photo"] == 10),
    ("the interval about a third as wide", lambda r: 2.8 < r["width_ratio"] < 3.8),
    (
        "If the first number is below the second, one and the same accuracy fits all writers",
        lambda r: r["least_upper"] > r["most_lower"],
    ),
    ("Nothing is shown, in either direction.", lambda r: r["gain_verdict"] == "not shown"),
    (
        "The reader misread few of these digits before, so there was little to gain",
        lambda r: r["read_right"] > 0.95,
    ),
    (
        "So a sheet leaves a trace in its digits.",
        lambda r: r["alike_verdict"] == "shown" and r["alike"] > 0.2,
    ),
    (
        "Photographed once, the split by digit leads by a little. Photographed twice, it leads by far more.",
        lambda r: (
            r["leak_once_verdict"] == r["leak_twice_verdict"] == "shown"
            and r["leak_twice"] > 3 * r["leak_once"] > 0
        ),
    ),
]
