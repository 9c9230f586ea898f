"""The processes that are played one after another: sums as they should be, and an end to what has none."""

from mnist_lab.exercises.engine.processes import ENDLESS, UNLIKE, WAITING, Stuck, together

import pytest
import torch


def test_all_processes_get_the_sum_of_each_round():
    def process(number, add_up):
        numbers = add_up(number + 1)
        doubled = add_up(torch.full((2,), float(numbers * number)))
        return numbers, doubled.tolist(), add_up(torch.tensor(1))

    assert together(process, 3) == [(6, [18.0, 18.0], torch.tensor(3))] * 3


def test_a_sum_is_each_process_s_own():
    given = torch.ones(2)

    def process(number, add_up):
        total = add_up(given)
        total += number + 1
        return total.tolist()

    assert together(process, 2) == [[3.0, 3.0], [4.0, 4.0]]
    assert given.tolist() == [1.0, 1.0]


def test_a_sum_has_no_graph():
    weight = torch.ones(1, requires_grad=True)
    (total,) = together(lambda number, add_up: add_up(2 * weight), 1)
    assert not total.requires_grad


@pytest.mark.parametrize(
    ("process", "sentence"),
    [
        (lambda number, add_up: number or add_up(1), WAITING),
        (lambda number, add_up: [add_up(1) for _ in iter(int, 1)], ENDLESS),
        (lambda number, add_up: add_up(torch.ones(number + 1)), UNLIKE),
        (lambda number, add_up: add_up(torch.ones(2) if number else 1), UNLIKE),
    ],
    ids=["one has ended", "endless", "other shapes", "a tensor and a number"],
)
def test_processes_that_cannot_go_on_are_stopped(process, sentence):
    with pytest.raises(Stuck) as stuck:
        together(process, 2)
    assert str(stuck.value) == sentence


def test_what_cannot_be_added_up_is_refused():
    with pytest.raises(TypeError, match="expects a tensor or a number, but got list"):
        together(lambda number, add_up: add_up([1, 2]), 2)
