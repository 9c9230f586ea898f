"""Small sets of digits instead of the large ones, and a local server that torchvision takes them from."""

import gzip
import hashlib

from mnist_lab.data import _contents

import pytest
from digit_files import NUM_TEST, NUM_TRAIN, Server, small_files


@pytest.fixture
def small_sets(monkeypatch):
    """Make every set that is not bundled a small one, so that tests are quick."""
    for name, (dataset_class, _, _) in list(_contents.SETS.items()):
        if name != "bundled":
            monkeypatch.setitem(_contents.SETS, name, (dataset_class, NUM_TRAIN, NUM_TEST))
            monkeypatch.setitem(_contents.SHA256, name, {})


@pytest.fixture
def served(small_sets, monkeypatch):
    """Return a function that puts a set on a local server and points torchvision at it."""
    servers = []

    def serve(name):
        archives = {f"{file}.gz": gzip.compress(data) for file, data in small_files(name).items()}
        server = Server(archives)
        servers.append(server)
        dataset_class = _contents.SETS[name][0]
        listed = [(file, hashlib.md5(data).hexdigest()) for file, data in archives.items()]
        if name == "QMNIST":
            listed = [(server.url + file, md5) for file, md5 in listed]
            monkeypatch.setattr(dataset_class, "resources", {"train": listed[:2], "test": listed[2:]})
        else:
            monkeypatch.setattr(dataset_class, "mirrors", [server.url])
            monkeypatch.setattr(dataset_class, "resources", listed)
        return server

    yield serve
    for server in servers:
        server.close()
