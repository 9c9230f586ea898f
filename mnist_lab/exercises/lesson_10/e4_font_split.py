"""Exercise 10.4: a split by font."""

import random
from contextlib import suppress

from mnist_lab.exercises.engine.model import Exercise

import numpy as np
import torch

FONTS = ("Mono", "Serif", "Sans", "Script", "Bold", "Italic", "Slab", "Round", "Wide")
LETTERS = "RAEHKSTMXG"
COUNTS = {"num_validation": 2, "num_test": 3}
PARTS = ("training", "validation", "test")
NUM_SEEDS = 12  # a font that only some of them put into two parts is found, too


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


def what_leaks(split):
    """Return what is wrong with a split, of glyphs font by font, then of glyphs letter by letter."""
    by_font = [(font, letter) for font in FONTS for letter in LETTERS]
    by_letter = [(font, letter) for letter in LETTERS for font in FONTS]
    for glyphs in (by_font, by_letter):
        for seed in range(NUM_SEEDS):
            faults = _faults(glyphs, _parts(split, glyphs, seed=seed))
            if faults:
                return faults
    return _faults_of_seeds(split, by_font)


def _parts(split, glyphs, *, seed):
    """The three parts of a split as lists of plain values; None if there are not three."""
    parts = split([font for font, _ in glyphs], **COUNTS, seed=seed)
    if not isinstance(parts, tuple | list) or len(parts) != 3:
        return None
    return [_entries(part) for part in parts]


def _entries(part):
    """The entries of a part as a list of plain values, or None if it is no list of any kind."""
    values = _plain(part)
    return list(map(_plain, values)) if isinstance(values, list | tuple | set | range) else None


def _plain(value):
    return value.tolist() if isinstance(value, torch.Tensor | np.ndarray | np.generic) else value


def _no_places(parts):
    """Say what came if it is not three lists of whole numbers."""
    if parts is None or None in parts:
        return ["Three lists of places are expected: training, validation, test."]
    others = [entry for part in parts for entry in part if type(entry) is not int]
    if others and all(isinstance(entry, str) and entry in FONTS for entry in others):
        return ["Names came, where places were expected."]
    return [f"A place is a whole number, and {repr(others[0])[:20]} came."] if others else []


def _faults(glyphs, parts):
    if problem := _no_places(parts):
        return problem
    everything = [place for part in parts for place in part]
    if any(not 0 <= place < len(glyphs) for place in everything):
        return ["Some places are none of the list's."]
    missing = set(range(len(glyphs))) - set(everything)
    twice = len(everything) > len(set(everything))
    faults = ["Some glyphs are in no part."] if missing else []
    faults += ["Some glyphs are in a part twice, or in two parts."] if twice else []
    fonts, letters = ([{glyphs[place][kind] for place in part} for part in parts] for kind in (0, 1))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        if fonts[first] & fonts[second]:
            faults.append(f"A font is in {PARTS[first]} and in {PARTS[second]}.")
    counts = (len(FONTS) - sum(COUNTS.values()), *COUNTS.values())
    for name, part_letters, part_fonts, count in zip(PARTS, letters, fonts, counts, strict=True):
        faults += [f"Letters are missing in {name}."] if part_letters < set(LETTERS) else []
        faults += [f"The number of fonts in {name} is not as asked."] if len(part_fonts) != count else []
    return faults


def _faults_of_seeds(split, glyphs):
    def chosen(seed, noise):
        random.seed(noise)
        torch.default_generator.manual_seed(noise)
        return [sorted(part) for part in _parts(split, glyphs, seed=seed)]

    state = random.getstate()
    try:
        first, again, others = chosen(1, 1), chosen(1, 2), [chosen(seed, 1) for seed in (2, 3, 4)]
    finally:
        random.setstate(state)
    if first != again:
        return ["The same seed makes another split each time."]
    faults = _faults_of_sets(split, glyphs)
    return faults + (["Every seed makes the same split."] if all(first == other for other in others) else [])


class Rehashed(str):
    """A text with another hash, as every text has in the next Python process."""

    __slots__ = ()

    def __hash__(self):
        return ~str.__hash__(self)


def _faults_of_sets(split, glyphs):
    """Does the split hang on the order of a set of texts? A text in two kinds may fail; that is no fault."""
    again = [(Rehashed(font), letter) for font, letter in glyphs]
    for seed in (1, 2):
        with suppress(Exception):
            first, second = (_parts(split, given, seed=seed) for given in (glyphs, again))
            if list(map(sorted, first)) != list(map(sorted, second)) and not _faults(again, second):
                return ["After a restart of Python the same seed makes another split."]
    return []


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
     "The glyphs were shuffled one by one, so the same font is in training and in test. Shuffle the names of "
     "the fonts, and let each glyph follow its font."),
    (GLYPH_BY_GLYPH, "`num_test` and `num_validation` count fonts, and here they counted glyphs: fonts are "
     "in two parts, and letters are missing. Shuffle the names of the fonts."),
    (GLYPH_BY_GLYPH | {SHUFFLE: AS_MANY_GLYPHS},
     "Slices or blocks of the list are whole fonts only if the glyphs come font by font. They may also come "
     "letter by letter; go by the name in `fonts[place]`."),
    (RETURNED, f"{TRAIN} + {VALIDATION}, {TEST}, {TEST}",
     "Validation and test are the same fonts. What chooses cannot report: the test fonts would be used to "
     "choose."),
    (RETURNED, f"list(range(len(fonts))), {VALIDATION}, {TEST}",
     "The training part holds everything, the test fonts too. Take out what the other two parts get."),
    (RETURNED, f"{TRAIN} + {VALIDATION}, {VALIDATION}, {TEST}",
     "The validation fonts are in training as well, so they would choose what remembers them best."),
    (RETURNED, f"{TRAIN} + {TEST}, {VALIDATION}, {TEST}",
     "The test fonts are in training as well: the test would ask for what was learned by heart."),
    (RETURNED, f"{TRAIN}, {TEST}, {VALIDATION}",
     "Validation and test changed places. The order is training, validation, test."),
    (RETURNED, f"{TEST}, {VALIDATION}, {TRAIN}",
     "The parts come in the wrong order: training, validation, test is what is asked for."),
    (RETURNED, f"{TRAIN}, {VALIDATION}[:5], {TEST}[:5]",
     "Validation and test lost some of their glyphs. Each font goes into its part with all letters."),
    (drawn_twice, "Validation and test were drawn each for itself, so with most seeds a font is in both, and "
     "what chooses also reports. Shuffle the names once and cut the list."),
    ("append(place)", "append(font)",
     "Names of fonts came back, one for each glyph. Return the places in the list: `enumerate(fonts)` counts "
     "them."),
    ("random.Random(seed)", "random",
     "The seed is not used, so each run has other test fonts, and sooner or later you have trained on all of "
     "them. `random.Random(seed)` repeats itself."),
    ("sorted(set(fonts))", "list(set(fonts))",
     "A set of texts has another order each time Python starts, so after a restart the same seed makes "
     "another split. `sorted(set(fonts))` is always in the same order."),
    ("Random(seed)", "Random(0)",
     "Every seed makes the same split: the names are not shuffled, or always in the same way. Shuffle them "
     "with the seed that comes in."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.4",
    title="Letters, part one: a split by font",
    kind="function",
    difficulty=2,
    minutes=5,
    points=3,
    reference=split_glyphs,
    probe=what_leaks,
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
