"""Exercise 10.4: a split by font, unaided."""

import random
from contextlib import suppress

from mnist_lab.exercises.engine.model import Exercise

import numpy as np
import torch

FONTS = ("Mono", "Serif", "Sans", "Script", "Bold", "Italic", "Slab", "Round", "Wide")


LETTERS = "RAEHKSTMXG"


COUNTS = {"num_validation": 2, "num_test": 3}


PARTS = ("training", "validation", "test")


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
        found = _faults(glyphs, _parts(split, glyphs, seed=0))
        if found:
            return found
    return _faults_of_seeds(split, by_font)


def _parts(split, glyphs, *, seed):
    came = split([font for font, _ in glyphs], **COUNTS, seed=seed)
    if not isinstance(came, tuple | list) or len(came) != 3:
        return None
    return [_entries(part) for part in came]


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
    if found := _no_places(parts):
        return found
    everything = [place for part in parts for place in part]
    if any(not 0 <= place < len(glyphs) for place in everything):
        return ["Some places are none of the list's."]
    missing = set(range(len(glyphs))) - set(everything)
    twice = len(everything) > len(set(everything))
    found = ["Some glyphs are in no part."] if missing else []
    found += ["Some glyphs are in a part twice, or in two parts."] if twice else []
    fonts, letters = ([{glyphs[place][kind] for place in part} for part in parts] for kind in (0, 1))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        if fonts[first] & fonts[second]:
            found.append(f"A font is in {PARTS[first]} and in {PARTS[second]}.")
    for part, (name, seen) in enumerate(zip(PARTS, letters, strict=True)):
        found += [f"Letters are missing in {name}."] if seen < set(LETTERS) else []
        wanted = (len(FONTS) - sum(COUNTS.values()), *COUNTS.values())[part]
        found += [f"The number of fonts in {name} is not as asked."] if len(fonts[part]) != wanted else []
    return found


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
    found = [] if first == again else ["The same seed makes another split each time."]
    found = found or _faults_of_sets(split, glyphs)
    return found + (["Every seed makes the same split."] if all(first == other for other in others) else [])


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


def names_in_order(fonts, seed):
    names = sorted(set(fonts))
    random.Random(seed).shuffle(names)
    return names


def variant(*, order=names_in_order, changed=lambda parts, fonts: parts):
    """Return a split that gets the order of the fonts, or the parts, wrong."""

    def split_glyphs(fonts, *, num_validation, num_test, seed):
        names = order(fonts, seed)
        end = num_test + num_validation
        kinds = names[end:], names[num_test:end], names[:num_test]
        parts = [[place for place, font in enumerate(fonts) if font in kind] for kind in kinds]
        return tuple(changed(parts, fonts))

    return split_glyphs


def over_glyphs(fonts, *, num_validation, num_test, seed):
    order = list(range(len(fonts)))
    random.Random(seed).shuffle(order)
    share = len(fonts) // len(set(fonts))
    a, b = share * num_test, share * (num_test + num_validation)
    return order[b:], order[a:b], order[:a]


def number_of_glyphs(fonts, *, num_validation, num_test, seed):
    order = list(range(len(fonts)))
    random.Random(seed).shuffle(order)
    end = num_test + num_validation
    return order[end:], order[num_test:end], order[:num_test]


def slices(fonts, *, num_validation, num_test, seed):
    share = len(fonts) // len(set(fonts))
    a, b = share * num_test, share * (num_test + num_validation)
    order = list(range(len(fonts)))
    return order[b:], order[a:b], order[:a]


def same_shuffle(fonts, seed):
    names = sorted(set(fonts))
    random.Random(0).shuffle(names)
    return names


def order_of_a_set(fonts, seed):
    names = list(set(fonts))
    random.Random(seed).shuffle(names)
    return names


def unseeded(fonts, seed):
    names = sorted(set(fonts))
    random.shuffle(names)
    return names


MISTAKES = (
    (over_glyphs, "The glyphs were shuffled one by one, so the same font is in training and in test. Shuffle "
     "the names of the fonts, and let each glyph follow its font."),
    (number_of_glyphs,
     "`num_test` and `num_validation` count fonts, and here they counted glyphs: fonts are in two parts, and "
     "letters are missing. Shuffle the names of the fonts."),
    (slices, "Slices or blocks of the list are whole fonts only if the glyphs come font by font. They may "
     "also come letter by letter; go by the name in `fonts[place]`."),
    (variant(changed=lambda parts, fonts: (parts[0] + parts[1], parts[2], parts[2])),
     "Validation and test are the same fonts. What chooses cannot report: the test fonts would be used to "
     "choose."),
    (variant(changed=lambda parts, fonts: (list(range(len(fonts))), *parts[1:])),
     "The training part holds everything, the test fonts too. Take out what the other two parts get."),
    (variant(changed=lambda parts, fonts: (parts[0] + parts[1], *parts[1:])),
     "The validation fonts are in training as well, so they would choose what remembers them best."),
    (variant(changed=lambda parts, fonts: (parts[0] + parts[2], *parts[1:])),
     "The test fonts are in training as well: the test would ask for what was learned by heart."),
    (variant(changed=lambda parts, fonts: (parts[0], parts[2], parts[1])),
     "Validation and test changed places. The order is training, validation, test."),
    (variant(changed=lambda parts, fonts: parts[::-1]),
     "The parts come in the wrong order: training, validation, test is what is asked for."),
    (variant(changed=lambda parts, fonts: [parts[0], parts[1][:5], parts[2][:5]]),
     "Validation and test lost some of their glyphs. Each font goes into its part with all letters."),
    (variant(changed=lambda parts, fonts: [[fonts[place] for place in part] for part in parts]),
     "Names of fonts came back, one for each glyph. Return the places in the list: `enumerate(fonts)` counts "
     "them."),
    (variant(order=unseeded),
     "The seed is not used, so each run has other test fonts, and sooner or later you have trained on all of "
     "them. `random.Random(seed)` repeats itself."),
    (variant(order=order_of_a_set),
     "A set of texts has another order each time Python starts, so after a restart the same seed makes "
     "another split. `sorted(set(fonts))` is always in the same order."),
    (variant(order=same_shuffle),
     "Every seed makes the same split: the names are not shuffled, or always in the same way. Shuffle them "
     "with the seed that comes in."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.4",
    title="Letters, part one: a split by font",
    kind="function",
    difficulty=2,
    minutes=4,
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
