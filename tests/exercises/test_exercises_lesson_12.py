"""The processes that the check of exercise 12.5 plays, and answers that are right in another way."""

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.lesson_12.e5_one_step import ENDLESS, UNLIKE, WAITING, Stuck, how_they_step, together
from mnist_lab.exercises.registry import find_exercise

import pytest
import torch
from torch.nn import functional as F


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


def loss_of_sums(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels, reduction="sum").backward()
    for weights in network.parameters():
        weights.grad = add_up(weights.grad) / add_up(len(labels))
    optimizer.step()


def scaled_loss(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    share = len(labels) / add_up(len(labels))
    (share * F.cross_entropy(network(images), labels)).backward()
    for weights in network.parameters():
        weights.grad.copy_(add_up(weights.grad))
    optimizer.step()


def one_message(network, optimizer, images, labels, add_up):
    """Exchange everything at once, as recipes/parallel.py does, and clear the gradients at the end."""
    F.cross_entropy(network(images), labels).backward()
    gradients = [weights.grad for weights in network.parameters()]
    message = torch.cat([*(gradient.flatten() for gradient in gradients), torch.ones(1)])
    message = add_up(len(labels) * message)
    parts = (message[:-1] / message[-1]).split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))
    optimizer.step()
    optimizer.zero_grad()


@pytest.mark.parametrize("step", [loss_of_sums, scaled_loss, one_message])
def test_other_ways_to_step_together_are_right(step):
    assert how_they_step(step) == []


def softmax_twice(network, optimizer, images, labels, add_up):
    def softened(images):
        return network(images).softmax(dim=1)

    softened.parameters = network.parameters
    loss_of_sums(softened, optimizer, images, labels, add_up)


def test_a_fault_that_nobody_foresaw_is_described():
    verdict = judge(find_exercise("12.5"), softmax_twice)
    assert verdict.status == "mismatch"
    assert "not that of the mean loss over the images of all processes" in verdict.message


def shares_of_the_whole(gradients, counts):
    shares = [count / sum(counts) for count in counts]
    return sum(share * gradient for share, gradient in zip(shares, gradients, strict=True))


RIGHT_TOO = [
    ("12.1", lambda jobs, seconds_each, start, limit: -(-jobs // int((limit - start) / seconds_each))),
    ("12.2", [5, 9, 6, -1]),
    ("12.3", lambda gradients: sum(gradients) / len(gradients)),
    ("12.4", shares_of_the_whole),
]


@pytest.mark.parametrize(("id", "answer"), RIGHT_TOO, ids=[id for id, _ in RIGHT_TOO])
def test_other_right_answers_are_right(id, answer):
    verdict = judge(find_exercise(id), answer)
    assert verdict.ok, str(verdict)
