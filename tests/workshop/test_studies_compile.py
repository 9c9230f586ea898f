"""The study behind lesson 04's table of torch.compile: what it compares, and what it refuses."""

from mnist_lab.lesson import recorded
from mnist_lab.workshop.studies import compile_study as study

import pytest
import torch


def test_the_chain_is_what_it_says_by_hand():
    pixels = torch.tensor([0.1307, 0.1307 - 0.3081, 1.0])  # the mean, one standard deviation below, far above
    assert study.chain(pixels).tolist() == pytest.approx([-0.25, 0.0, -2.25])


def test_another_device_is_refused():
    with pytest.raises(ValueError, match="meta was asked for"):
        study.run(seeds=2, workers=1, device="meta")


def test_a_machine_without_a_compiler_is_refused(monkeypatch):
    monkeypatch.setattr(study.shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"needs a C\+\+ compiler"):
        study.run(seeds=2, workers=1, device="cpu")


def test_the_stored_runs_are_of_both_kinds_of_work_and_change_no_result():
    stored = recorded("compile")
    assert set(stored["work"]) == set(study.WORK)
    for row in stored["work"].values():
        assert all(len(values) == stored["n"] >= 5 for values in row.values())
        assert max(row["largest_difference"]) < 1e-6
