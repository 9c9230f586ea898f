"""Exercise 10.4: a split by font."""

import random

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_10.e4_font_split_probe import SPLIT_PARTS, what_leaks


def split_glyphs(fonts, *, num_validation, num_test, seed):
    names = sorted(set(fonts))
    random.Random(seed).shuffle(names)
    test = set(names[:num_test])
    validation = set(names[num_test : num_test + num_validation])
    places = {"train": [], "validation": [], "test": []}
    for place, font in enumerate(fonts):
        part = "test" if font in test else "validation" if font in validation else "train"
        places[part].append(place)
    return places["train"], places["validation"], places["test"]


def drawn_twice(fonts, *, num_validation, num_test, seed):
    names, draw = sorted(set(fonts)), random.Random(seed)
    test, validation = draw.sample(names, num_test), draw.sample(names, num_validation)
    train = set(names) - {*test, *validation}
    return tuple([i for i, font in enumerate(fonts) if font in part] for part in (train, validation, test))


NAMES, SHUFFLE = "names = sorted(set(fonts))", "random.Random(seed).shuffle(names)"
GLYPH_BY_GLYPH = {
    NAMES: "names = list(range(len(fonts)))",
    "font in test": "place in test",
    "font in validation": "place in validation",
}
AS_MANY_GLYPHS = "num_test *= 10; num_validation *= 10"  # ten letters a font
TRAIN, VALIDATION, TEST = 'places["train"]', 'places["validation"]', 'places["test"]'
RETURNED = f"{TRAIN}, {VALIDATION}, {TEST}"

MISTAKES = (
    (GLYPH_BY_GLYPH | {SHUFFLE: f"{SHUFFLE}; {AS_MANY_GLYPHS}"},
     "The same font is in training and in test, as if the glyphs had been shuffled one by one. Shuffle the "
     "names of the fonts, and let each glyph follow its font."),
    (GLYPH_BY_GLYPH, "Fonts are in two parts, and letters are missing. It looks as if `num_test` and "
     "`num_validation` counted glyphs: they count fonts. Shuffle the names of the fonts."),
    (GLYPH_BY_GLYPH | {SHUFFLE: AS_MANY_GLYPHS},
     "That looks like slices or blocks of the list. They are whole fonts only if the glyphs come font by "
     "font; they may also come letter by letter, so go by the name in `fonts[place]`."),
    (RETURNED, f"{TRAIN} + {VALIDATION}, {TEST}, {TEST}",
     "Validation fonts are in test too, as if both were the same. What chooses cannot report: the test fonts "
     "would be used to choose."),
    (RETURNED, f"list(range(len(fonts))), {VALIDATION}, {TEST}",
     "Training has fonts of both other parts, as if it held everything. Take out what these two get."),
    (RETURNED, f"{TRAIN} + {VALIDATION}, {VALIDATION}, {TEST}",
     "The validation fonts are in training as well, so they would choose what remembers them best."),
    (RETURNED, f"{TRAIN} + {TEST}, {VALIDATION}, {TEST}",
     "The test fonts are in training as well: the test would ask for what was learned by heart."),
    (RETURNED, f"{TRAIN}, {TEST}, {VALIDATION}",
     "Validation and test have other numbers of fonts than asked, which looks as if they had changed places. "
     "The order is training, validation, test."),
    (RETURNED, f"{TEST}, {VALIDATION}, {TRAIN}",
     "No part has as many fonts as asked. Perhaps they come in another order: training, validation, test is "
     "what is asked for."),
    (RETURNED, f"{TRAIN}, {VALIDATION}[:5], {TEST}[:5]",
     "Validation and test lost some of their glyphs. Each font goes into its part with all letters."),
    (drawn_twice, "With some seeds a font is in validation and in test, so what chooses also reports, as if "
     "each had been drawn for itself. Shuffle the names once and cut the list."),
    ("append(place)", "append(font)",
     "Names of fonts came back, one for each glyph. Return the places in the list: `enumerate(fonts)` counts "
     "them."),
    ("random.Random(seed)", "random",
     "The same seed makes another split each time, as if it were not used. Sooner or later you have trained "
     "on all fonts. `random.Random(seed)` repeats itself."),
    ("sorted(set(fonts))", "list(set(fonts))",
     "After a restart of Python the same seed makes another split: `hash` has other values then, and a set "
     "of texts another order. `sorted(set(fonts))` is always in the same order."),
    ("Random(seed)", "Random(0)",
     "Every seed makes the same split: the names are not shuffled, or always in the same way. Shuffle them "
     "with the seed that comes in."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.4",
    title="Letters, part one: a split by font",
    difficulty=2,
    minutes=5,
    points=3,
    reference=split_glyphs,
    probe=what_leaks,
    parts=SPLIT_PARTS,
    why="Whoever reads a letter in a font it was trained on reads from memory. Bold and plain of one family "
    "still resemble each other, which the claim has to say.",
    hints=(
        "What will be new when the network is used: another letter, or another font? That is what has to be "
        "new in the test.",
        "Deal out the names of the fonts, not the glyphs: each name once, shuffled by the seed. Every glyph "
        "then goes where its font went.",
        "`sorted(set(fonts))` has each name once, in an order that does not change from one kernel to the "
        "next, and `random.Random(seed).shuffle(names)` shuffles it.",
        "The first `num_test` names are for the test, the next `num_validation` for validation. Then go "
        "through `enumerate(fonts)` and put each place into the list of its font.",
    ),
    mistakes=MISTAKES,
)
