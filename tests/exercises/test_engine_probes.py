"""Probes judge training code by what it does: each fault is seen as itself, a right loop has none."""

import math

from mnist_lab import training
from mnist_lab.exercises.engine import probes
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.recording import batch_gradients, tiny_loader, tiny_model

import pytest
import torch
from sample_exercise import exercise
from torch.nn import functional as F

ALL = (probes.fresh_gradients, probes.loss_can_vanish, probes.loss_is_a_number)


def right(model, loader, optimizer):
    model.train()
    total = 0.0
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def zeroed_at_the_end(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
        optimizer.zero_grad()


def no_zero_grad(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()


def zeroed_before_the_step(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward()
        optimizer.zero_grad()
        optimizer.step()


def step_before_backward(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.step()
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()


def step_between_forward_and_backward(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()


def no_step(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()


def one_step_an_epoch(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
    optimizer.step()


def softmax_twice(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images).softmax(dim=1), labels).backward()
        optimizer.step()


def sum_for_mean(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels, reduction="sum").backward()
        optimizer.step()


def keeps_every_graph(model, loader, optimizer):
    model.train()
    total = 0.0
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss
    return total / len(loader)


def body_frozen(model, loader, optimizer):
    for name, weight in model.named_parameters():
        weight.requires_grad_(not name.startswith("body"))
    return right(model, loader, optimizer)


FAULTS = {
    no_zero_grad: ["the gradients of two batches were added up"],
    zeroed_before_the_step: ["At every step the gradient was empty"],
    step_before_backward: ["The first step came before there was a gradient"],
    no_step: ["was never called"],
    one_step_an_epoch: ["1 steps were taken for 3 batches"],
    softmax_twice: ["not that of the mean cross-entropy", "still has a loss of 1.46"],
    sum_for_mean: ["the loss is a sum, not a mean"],
    keeps_every_graph: ["still holds the graph"],
    body_frozen: ["not that of the mean cross-entropy"],
}


@pytest.mark.parametrize("train", [right, zeroed_at_the_end, training.train_one_epoch])
def test_a_right_loop_has_no_fault(train):
    assert probes.findings(train, *ALL) == []


@pytest.mark.parametrize(("train", "words"), FAULTS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_fault_is_seen_as_itself(train, words):
    faults = probes.findings(train, *ALL)
    assert len(faults) == len(words), faults
    for word, sentence in zip(words, faults, strict=True):
        assert word in sentence
    assert faults == probes.findings(train, *ALL), "the same fault gives the same sentences"


def test_all_faults_can_be_told_apart_by_an_exercise():
    trains = (*FAULTS, step_between_forward_and_backward)  # the last one raises
    asked = exercise(
        cases=None,
        reference=right,
        probe=lambda train: probes.findings(train, *ALL),
        mistakes=tuple((train, f"It is {train.__name__}.") for train in trains),
    )
    assert judge(asked, right).ok
    for mistake in asked.mistakes:
        assert judge(asked, mistake.answer).mistake is mistake


def test_the_least_loss_of_softmax_twice_is_the_formula_s():
    assert abs(probes.CLUELESS_SOFTMAX - (math.log(math.e + 9) - 1)) < 1e-4
    perfect = torch.eye(10)
    assert F.cross_entropy(perfect, torch.arange(10)).item() == pytest.approx(
        probes.CLUELESS_SOFTMAX, abs=1e-4
    )


def test_backward_is_put_back():
    before = torch.Tensor.backward, torch.autograd.backward
    probes.findings(right, *ALL)
    with pytest.raises(RuntimeError, match="on purpose"):
        probes.fresh_gradients(lambda *_: (_ for _ in ()).throw(RuntimeError("on purpose")))
    assert (torch.Tensor.backward, torch.autograd.backward) == before


def test_the_oracle_s_gradients_are_those_of_finite_differences():
    images, labels = next(iter(tiny_loader()))
    model, step = tiny_model().double(), 1e-6
    weight = model.head.weight.data
    losses = []
    for sign in (1, -1):
        weight[0, 0] += sign * step
        losses.append(F.cross_entropy(model(images.double()), labels).item())
        weight[0, 0] -= sign * step
    place = model.body.weight.numel() + model.body.bias.numel()
    assert batch_gradients()[0][place].item() == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=1e-4)


def test_an_answer_without_a_fault_is_right_at_once_and_the_reference_is_not_tried():
    def probe(answer):
        tried.append(answer)
        return [] if answer("a") == "A" else ["It does not shout."]

    asked, tried = exercise(cases=None, reference=lambda text: text.upper(), probe=probe, mistakes=()), []
    assert judge(asked, str.upper).ok and tried == [str.upper]
    assert judge(asked, str.lower).message == "It does not shout."
    assert tried == [str.upper, str.lower, asked.reference]
