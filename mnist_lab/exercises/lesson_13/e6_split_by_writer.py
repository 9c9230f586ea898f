"""Exercise 13.6: a split in which no writer stands on both sides."""

from collections import Counter

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import numpy as np
import torch


def split_by_writer(writers, *, num_test):
    chosen = writers.unique()[:num_test]
    of_test = torch.isin(writers, chosen)
    train, test = (~of_test).nonzero(), of_test.nonzero()
    return train.flatten().tolist(), test.flatten().tolist()


def some_writers(generator):
    """Yield the order of some digits in words, their writers, int64 (N,), and how many go to the test."""
    numbers = different_numbers(generator, whole_number(generator, 7, 9), 101, 990)
    sizes = [6, 6, *(whole_number(generator, 7, 12) for _ in numbers[2:])]
    blocks = torch.tensor(numbers).repeat_interleave(torch.tensor(sizes))
    mixed = blocks[torch.randperm(len(blocks), generator=generator)]
    first, second = different_numbers(generator, 2, 2, 4)
    yield "writer after writer", blocks, first
    yield "mixed", mixed, first
    yield "mixed", mixed, second


def what_meets(answer, generator):
    """Return what is wrong with the first split that goes wrong, and whether it comes again."""
    for order, writers, num_test in some_writers(generator):
        given = writers.clone()
        sides = _sides(answer(given, num_test=num_test))
        faults = _faults(sides, writers.tolist(), num_test)
        faults += [] if torch.equal(given, writers) else ["The writers that were given are not as they were."]
        if faults:
            people = len(writers.unique())
            return [f"{len(writers)} digits of {people} writers, {order}, {num_test} for the test:", *faults]
    return _comes_again(answer, writers, num_test)


def _sides(result):
    """The two sides as lists of plain values, or None if it is something else."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        return None
    try:
        return [[_plain(entry) for entry in side] for side in result]
    except TypeError:
        return None


def _plain(entry):
    return entry.tolist() if isinstance(entry, torch.Tensor | np.ndarray | np.generic) else entry


def _faults(sides, writers, num_test):
    """What is wrong with the two sides of a split."""
    if sides is None:
        return ["Two lists of indices are expected, training and test."]
    entries = [entry for side in sides for entry in side]
    others = [entry for entry in entries if type(entry) is not int or not 0 <= entry < len(writers)]
    if others:
        share = f"{len(others)} of {len(entries)}"
        return [f"Entries that are no index of a digit: {share}, such as {others[0]!r:.20}."]
    test, missing = set(sides[1]), len(writers) - len(set(entries))
    faults = [f"Digits on neither side: {missing}."] if missing else []
    if len(set(entries)) < len(entries):
        all_in_train = len(set(sides[0])) == len(writers)
        faults.append("All digits are in training." if all_in_train else "Some indices come twice.")
    by_side = [{writers[index] for index in side} for side in sides]
    if by_side[0] & by_side[1]:
        return [*faults, _who_meets(by_side[0] & by_side[1], writers, test)]
    wrong = len(by_side[1]) != num_test
    return faults + [f"Writers in the test: {len(by_side[1])}, where {num_test} were asked for."] * wrong


def _who_meets(both, writers, test):
    """Say how many writers are on both sides, and whether the test has as much of everybody."""
    sizes, counts = Counter(writers), Counter(writers[index] for index in test)
    share = len(test) / len(writers)
    even = all(abs(counts[writer] - share * size) < 1 for writer, size in sizes.items())
    most = "Most" if 2 * len(both) > len(sizes) else "Some"
    who = "One writer is" if len(both) == 1 else f"{most} writers are"
    return f"{who} on both sides{', in equal shares' if even else ''}."


def _comes_again(answer, writers, num_test):
    """Say so if the same call makes another split each time."""
    tests = [_sides(answer(writers.clone(), num_test=num_test))[1] for _ in range(6)]
    again = all(sorted(test) == sorted(tests[0]) for test in tests)
    return [] if again else ["The same call makes another split each time."]


def drawn_digits(writers, *, num_test):
    """Deal out the digits, whoever wrote them."""
    order = torch.randperm(len(writers), generator=torch.Generator().manual_seed(0))
    cut = len(writers) * num_test // len(writers.unique())
    return order[cut:].tolist(), order[:cut].tolist()


def equal_blocks(writers, *, num_test):
    cut = num_test * (len(writers) // len(writers.unique()))
    return list(range(cut, len(writers))), list(range(cut))


def some_of_each(writers, *, num_test):
    """Give the test a share of every writer's digits."""
    share, train, test = num_test / len(writers.unique()), [], []
    for writer in writers.unique():
        mine = (writers == writer).nonzero().flatten().tolist()
        cut = round(share * len(mine))
        test += mine[:cut]
        train += mine[cut:]
    return train, test


def one_each(writers, *, num_test):
    """Return an index a writer."""
    places = [int((writers == writer).nonzero()[0]) for writer in writers.unique()]
    return places[num_test:], places[:num_test]


TRAIN, TEST = "train.flatten().tolist()", "test.flatten().tolist()"
CHOSEN = "writers.unique()[:num_test]"

MISTAKES = (
    (drawn_digits, "The writer is in both, as if the digits were dealt out one by one: then the test "
     "asks for a hand that the network has practised. Deal out the writers, and let each digit follow "
     "its writer."),
    (some_of_each, "Each writer has a share of their digits on both sides. That is how one splits by "
     "class, so that all are in both; here the writers in the test are to be new."),
    (equal_blocks, "That looks like slices or blocks of the list. A writer's digits need not lie "
     "together, and writers have unequal numbers of them: go by the number in `writers`."),
    (CHOSEN, "torch.arange(num_test)", "Nobody is in the test. The numbers of the writers need not be 0, "
     "1, 2 and so on: `writers.unique()` has each one that occurs, once."),
    (CHOSEN, "writers[:num_test]", "Too few writers are in the test. Perhaps they are those of the first "
     "digits, and one comes twice among them: `writers.unique()` has each number once."),
    (f"{TRAIN}, {TEST}", f"{TEST}, {TRAIN}", "It looks as if the sides were exchanged: training comes "
     "first, and the `num_test` writers are in the second list."),
    (f"{TRAIN}, {TEST}", f"list(range(len(writers))), {TEST}",
     "Training has all digits, those of the test as well. Take out what the test gets."),
    (f"{TRAIN}, {TEST}", "writers[train.flatten()].tolist(), writers[test.flatten()].tolist()",
     "That looks like the numbers of the writers, digit by digit. Asked for are the places of the "
     "digits, to pick images with."),
    (f"{TRAIN}, {TEST}", "writers.unique()[num_test:].tolist(), chosen.tolist()",
     "That looks like the numbers of the writers on the two sides. Now go through the digits: each one's "
     "place follows its writer."),
    (f"{TRAIN}, {TEST}", "(~of_test).tolist(), of_test.tolist()",
     "True and False came, for each digit. As a mask that may be right; asked for are places, which "
     "`nonzero` makes of it."),
    (f"{TRAIN}, {TEST}", "train.tolist(), test.tolist()", "Each index is in a list of its own: `nonzero` "
     "gives a table with a column for each axis. `flatten()` makes a row of it."),
    (one_each, "As many digits are left as there are writers, and the others are lost. Every digit goes "
     "to the side of its writer."),
    (CHOSEN, "writers.unique()[torch.randperm(len(writers.unique()))[:num_test]]",
     "Each call chooses other writers. After some runs you have trained on all of them: draw with a seed "
     "of your own, or take the first ones."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.6",
    title="No writer on both sides",
    difficulty=2,
    minutes=6,
    points=2,
    reference=split_by_writer,
    probe=what_meets,
    why="What will be new when the network is used has to be new in the test. Here that is the hand, not "
    "the digit.",
    hints=(
        "Decide first which writers go to the test. Then each digit follows its writer.",
        "`writers.unique()` has the number of each writer once, in order. The first `num_test` of them "
        "will do.",
        "`torch.isin(writers, chosen)` says for each digit whether its writer is among those chosen; a "
        "loop with `enumerate` will do as well.",
        "`mask.nonzero().flatten().tolist()` are the places where a mask is True, and `~mask` is its "
        "opposite.",
    ),
    mistakes=MISTAKES,
)
