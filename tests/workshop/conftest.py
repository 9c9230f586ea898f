"""Fixtures of the tests on a learner's own copies: lessons in a clone, and a folder made of them."""

import os

from mnist_lab.workshop.own_copy.learner_folder import start

import pytest
from own_copies import publish


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Three small lessons as a clone has them."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # for the sake of speed
    publish(tmp_path / "notebooks")
    return tmp_path / "notebooks"


@pytest.fixture
def mine(tmp_path, notebooks):
    """The copies that a learner starts with."""
    start(tmp_path / "mine", source=notebooks)
    return tmp_path / "mine"
