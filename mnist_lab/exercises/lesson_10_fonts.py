"""Lesson 10, unaided: the exercise on the split by font, with its known mistakes."""

from mnist_lab.exercises import lesson_10_split as split
from mnist_lab.exercises.lesson_10_split import variant
from mnist_lab.exercises.model import Exercise, Mistake

EXERCISES = [
    Exercise(
        id="10.4",
        title="Letters, part one: a split by font",
        kind="function",
        difficulty=2,
        minutes=4,
        points=3,
        reference=split.split_glyphs,
        probe=split.what_leaks,
        why="Whoever reads a letter in a font it was trained on reads from memory. Bold and plain of one "
        "family still resemble each other, which the claim has to say.",
        hints=(
            "What will be new when the network is used: another letter, or another font? That is what has "
            "to be new in the test.",
            "Deal out the names of the fonts, not the glyphs: each name once, shuffled by the seed. Every "
            "glyph then goes where its font went.",
            "`sorted(set(fonts))` has each name once, in an order that does not change from one kernel to "
            "the next, and `random.Random(seed).shuffle(names)` shuffles it.",
            "The first `num_test` names are for the test, the next `num_validation` for validation. Then go "
            "through `enumerate(fonts)` and put each place into the list of its font.",
        ),
        mistakes=(
            Mistake(
                split.over_glyphs,
                "The glyphs were shuffled one by one, so the same font is in training and in test. Shuffle "
                "the names of the fonts, and let each glyph follow its font.",
            ),
            Mistake(
                split.number_of_glyphs,
                "`num_test` and `num_validation` count fonts, and here they counted glyphs: fonts are in two "
                "parts, and letters are missing. Shuffle the names of the fonts.",
            ),
            Mistake(
                split.slices,
                "Slices or blocks of the list are whole fonts only if the glyphs come font by font. They "
                "may also come letter by letter; go by the name in `fonts[place]`.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: (parts[0] + parts[1], parts[2], parts[2])),
                "Validation and test are the same fonts. What chooses cannot report: the test fonts would be "
                "used to choose.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: (list(range(len(fonts))), *parts[1:])),
                "The training part holds everything, the test fonts too. Take out what the other two parts "
                "get.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: (parts[0] + parts[1], *parts[1:])),
                "The validation fonts are in training as well, so they would choose what remembers them "
                "best.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: (parts[0] + parts[2], *parts[1:])),
                "The test fonts are in training as well: the test would ask for what was learned by heart.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: (parts[0], parts[2], parts[1])),
                "Validation and test changed places. The order is training, validation, test.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: parts[::-1]),
                "The parts come in the wrong order: training, validation, test is what is asked for.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: [parts[0], parts[1][:5], parts[2][:5]]),
                "Validation and test lost some of their glyphs. Each font goes into its part with all "
                "letters.",
            ),
            Mistake(
                variant(changed=lambda parts, fonts: [[fonts[place] for place in part] for part in parts]),
                "Names of fonts came back, one for each glyph. Return the places in the list: "
                "`enumerate(fonts)` counts them.",
            ),
            Mistake(
                variant(order=split.unseeded),
                "The seed is not used, so each run has other test fonts, and sooner or later you have "
                "trained on all of them. `random.Random(seed)` repeats itself.",
            ),
            Mistake(
                variant(order=split.order_of_a_set),
                "A set of texts has another order each time Python starts, so after a restart the same seed "
                "makes another split. `sorted(set(fonts))` is always in the same order.",
            ),
            Mistake(
                variant(order=split.same_shuffle),
                "Every seed makes the same split: the names are not shuffled, or always in the same way. "
                "Shuffle them with the seed that comes in.",
            ),
        ),
    ),
]
