"""Fixtures for several files: a learner's own copies of small lessons, and the website, built once."""

import os
import subprocess
import sys
from pathlib import Path

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


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the website, built by its command on a machine without a network."""
    pytest.importorskip("sphinx_book_theme", reason="needs the extra site")
    folder = tmp_path_factory.mktemp("website") / "site"
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "mnist_lab.workshop.site.build_site", folder]
    clone = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=clone, env=os.environ | nowhere, capture_output=True, text=True)
    assert done.returncode == 0 and "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr
    return folder
