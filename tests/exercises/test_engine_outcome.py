"""What comes of running an answer: it is kept within bounds, and nothing of it leaks out."""

from types import SimpleNamespace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.model import call
from mnist_lab.exercises.engine.outcome import attempt

import torch
from sample_exercise import doubling, exercise


def test_an_endless_print_fills_no_memory():
    def shouts():
        while True:
            print("x" * 1000)

    outcome = attempt(shouts, seconds=0.2)
    assert outcome.kind == "slow" and len(outcome.printed) <= 10_000


def test_random_numbers_are_the_same_at_each_run_and_outside_untouched():
    asked = doubling([call(2), call(3)], reference=lambda n: torch.rand(n))
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.random.get_rng_state()
        assert judge(asked, lambda n: torch.rand(n)).ok
        assert torch.equal(before, torch.random.get_rng_state())


def test_the_default_device_is_as_it_was_after_a_check():
    def switches(values):
        torch.set_default_device("meta")
        return torch.ones(2)

    assert "on meta" in judge(doubling([call(torch.ones(2))]), switches).message
    assert torch.ones(1).device.type == "cpu"


def test_an_endless_generator_is_cut():
    def counts(values, *, scale=1.0):
        number = 0
        while True:
            number += 1
            yield number

    assert judge(exercise(), counts).status in ("mismatch", "slow")


def test_a_shell_that_has_no_exit_does_not_make_every_answer_right(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", SimpleNamespace)
    assert judge(exercise(), lambda values, *, scale=1.0: torch.zeros(7)).status == "mismatch"
