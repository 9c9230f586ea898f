"""The check of exercise 10.4: does a split keep each font in one part, and go by its seed?"""

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from string import ascii_uppercase

from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import numpy as np
import torch

FONTS = (
    *("Mono", "Serif", "Sans", "Script", "Bold", "Italic"),
    *("Slab", "Round", "Wide", "Black", "Light", "Narrow"),
)
PARTS = ("training", "validation", "test")
NUM_SEEDS = 12  # a font that only some of them put into two parts is found, too


@dataclass(frozen=True)
class Task:
    """Fonts and letters, how many fonts go into which part, and the first of some seeds."""

    fonts: list
    letters: list
    counts: dict
    first_seed: int

    @property
    def seeds(self):
        return range(self.first_seed, self.first_seed + NUM_SEEDS)


def drawn_task(generator):
    """Return a Task whose parts have unequal numbers of fonts, and where two that are drawn apart meet."""
    names = [FONTS[place] for place in different_numbers(generator, whole_number(generator, 9, 11), 0, 11)]
    letters = [ascii_uppercase[place] for place in different_numbers(generator, 10, 0, 25)]
    counts = dict(zip(("num_validation", "num_test"), different_numbers(generator, 2, 2, 3), strict=True))
    return Task(names, letters, counts, whole_number(generator, 1, 1000))


def what_leaks(split, generator):
    """Return what is wrong with a split, of glyphs font by font, letter by letter, and in any order."""
    task = drawn_task(generator)
    lists, state = lists_of_glyphs(task, generator), random.getstate()
    try:
        return faults_of_parts(split, task, lists) or faults_of_seeds(split, task, lists[0])
    finally:
        random.setstate(state)


def lists_of_glyphs(task, generator):
    by_font = [(font, letter) for font in task.fonts for letter in task.letters]
    by_letter = [(font, letter) for letter in task.letters for font in task.fonts]
    order = torch.randperm(len(by_font), generator=generator).tolist()
    return by_font, by_letter, [by_font[place] for place in order]


def faults_of_parts(split, task, lists):
    """What is wrong with the parts of the first list that goes wrong, with some seed."""
    turned = replace(task, counts=dict(zip(task.counts, reversed(task.counts.values()), strict=True)))
    pairs = zip((task, turned, turned), lists, strict=True)
    tried = ((each, glyphs, seed) for each, glyphs in pairs for seed in task.seeds)
    found = (_faults(each, glyphs, _parts(split, each, glyphs, seed)) for each, glyphs, seed in tried)
    return next(filter(None, found), [])


def _parts(split, task, glyphs, seed):
    """The three parts of a split as lists of plain values; None if there are not three."""
    parts = split([font for font, _ in glyphs], **task.counts, seed=seed)
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


def _faults(task, glyphs, parts):
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
    counts = (len(task.fonts) - sum(task.counts.values()), *task.counts.values())
    for name, part_letters, part_fonts, count in zip(PARTS, letters, fonts, counts, strict=True):
        faults += [f"Letters are missing in {name}."] if part_letters < set(task.letters) else []
        faults += [f"The number of fonts in {name} is not as asked."] if len(part_fonts) != count else []
    return faults


def faults_of_seeds(split, task, glyphs):
    """What is wrong with the splits that several seeds make, whatever is in their parts."""

    def chosen(seed, noise):
        random.seed(noise)
        torch.default_generator.manual_seed(noise)
        return [sorted(part or [], key=str) for part in _parts(split, task, glyphs, seed) or []]

    first, *others = (chosen(seed, 1) for seed in task.seeds)
    if first != chosen(task.first_seed, 2):
        return ["The same seed makes another split each time."]
    faults = _faults_of_sets(split, task, glyphs)
    number = len(set(map(str, [first, *others])))
    if number == 1:
        return [*faults, "Every seed makes the same split."]
    return faults + ([f"{NUM_SEEDS} seeds make only {number} splits."] if number < 4 else [])


class Rehashed(str):
    """A text with another hash, as every text has in the next Python process."""

    __slots__ = ()

    def __hash__(self):
        return ~str.__hash__(self)


def _faults_of_sets(split, task, glyphs):
    """Does the split hang on the order of a set of texts? A text in two kinds may fail; that is no fault."""
    again = [(Rehashed(font), letter) for font, letter in glyphs]
    for seed in task.seeds[:2]:
        with suppress(Exception):
            first, second = (_parts(split, task, given, seed) for given in (glyphs, again))
            if list(map(sorted, first)) != list(map(sorted, second)) and not _faults(task, again, second):
                return ["After a restart of Python the same seed makes another split."]
    return []


def in_whole_fonts(split, generator):
    """A part of the exercise: what is in the parts."""
    task = drawn_task(generator)
    return faults_of_parts(split, task, lists_of_glyphs(task, generator))


def by_its_seed(split, generator):
    """Another part: the seed decides, whatever is in the parts, if only each has some of the places."""
    task = drawn_task(generator)
    glyphs = lists_of_glyphs(task, generator)[0]
    parts = _parts(split, task, glyphs, task.first_seed)
    problem = _no_places(parts) or ([] if all(parts) else ["A part is empty."])
    return problem or faults_of_seeds(split, task, glyphs)


SPLIT_PARTS = {"cuts between fonts": (2, in_whole_fonts), "goes by the seed": (1, by_its_seed)}
