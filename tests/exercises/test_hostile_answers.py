"""Answers that hang, leave, print, spoil or explode: each gets a clear verdict and harms nothing."""

import time
from dataclasses import replace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.verdict import HEADS

import pytest
import torch
from all_exercises import FUNCTIONS


class Nasty:
    """Neither compares nor shows itself."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("no comparing")

    def __repr__(self):
        raise RuntimeError("no showing")


def prints(*args, **kwargs):
    print("a line" * 50_000)


def leaves(*args, **kwargs):
    raise SystemExit(3)


def hangs(*args, **kwargs):
    while True:
        time.sleep(0.01)


def interrupts(*args, **kwargs):
    raise KeyboardInterrupt


def explodes(*args, **kwargs):
    raise RuntimeError("a message of my own")


def gives_nan(*args, **kwargs):
    return torch.full((2, 3), torch.nan)


def gives_text(*args, **kwargs):
    return "seven"


def gives_itself(*args, **kwargs):
    return gives_itself


def gives_nasty(*args, **kwargs):
    return Nasty()


def spoils(*args, **kwargs):
    """Change the input, and torch's switches."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, torch.Tensor):
            value.zero_()
        if isinstance(value, list):
            value.clear()
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    return 0


STATUS = {
    prints: None,
    leaves: "error",
    hangs: "slow",
    interrupts: "interrupted",
    explodes: "error",
    gives_nan: None,
    gives_text: None,
    gives_itself: None,
    gives_nasty: None,
    spoils: None,
}


def way(exercise):
    """How the engine comes to a verdict on it."""
    return exercise.kind, exercise.probe is None, exercise.observe is None, exercise.given is None


ONE_A_WAY = list({way(exercise): exercise for exercise in reversed(FUNCTIONS)}.values())  # the first of each
PROBED = [exercise for exercise in FUNCTIONS if exercise.probe is not None and exercise not in ONE_A_WAY]
TRIED = [
    *((exercise, answer) for exercise in ONE_A_WAY for answer in STATUS),
    *((exercise, hangs) for exercise in PROBED),  # a probe may catch more than it should, the limit too
]


@pytest.mark.parametrize(
    ("exercise", "answer"), TRIED, ids=[f"{exercise.id}-{answer.__name__}" for exercise, answer in TRIED]
)
def test_a_hostile_function_gets_a_clear_answer_and_harms_nothing(exercise, answer, capsys):
    before = torch.random.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled()
    asked = replace(exercise, seconds=0.05) if answer is hangs else exercise
    verdict = judge(asked, answer)
    assert verdict.status == STATUS[answer] or (STATUS[answer] is None and not verdict.ok)
    assert verdict.status in HEADS and len(str(verdict).splitlines()) >= 2
    assert "Traceback" not in str(verdict)
    assert len(str(verdict)) < 3000 and len(verdict.html()) < 12_000
    if answer is leaves:
        assert "SystemExit: 3" in str(verdict)
    assert capsys.readouterr() == ("", "")
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1:] == (torch.get_default_dtype(), torch.is_grad_enabled())
    assert judge(exercise, exercise.reference).ok, "a hostile answer spoilt the exercise"
