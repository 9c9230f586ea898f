"""A Dask cluster says what it is doing: whose versions differ, that nobody is left, what is no address."""

import contextlib
import re
import subprocess
import sys
import time
from operator import neg

from mnist_lab import __version__
from mnist_lab.workshop.batch import cluster
from mnist_lab.workshop.batch.cluster import DaskCluster, misfit
from mnist_lab.workshop.batch.worker import JobError

import psutil
import pytest

pytest.importorskip("distributed")

VERSIONS = eval(cluster.VERSIONS)
# What makes a worker of Dask one that has no mnist_lab, another one, or another torch.
WORKERS = {
    "as here": "",
    "without": "sys.path = [path for path in sys.path if not os.path.isdir(os.path.join(path, 'mnist_lab'))]",
    "other": "import mnist_lab; mnist_lab.__version__ = '0.0.1'; sys.path.insert(0, 'other')",
}


class Cluster:
    """A Dask scheduler on this machine, and as many workers as are started, each of one thread."""

    def __init__(self, home):
        self.home, self.processes = home, []
        metadata = home / "other" / "torch-1.0.dist-info" / "METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text("Name: torch\nVersion: 1.0\n")
        file = home / "scheduler.json"
        self.options = ["--scheduler-file", str(file), "--no-dashboard"]
        self.start(sys.executable, "-m", "dask", "scheduler", "--port", "0", *self.options)
        until(file.is_file)
        self.address = "tcp://" + re.search(r'"address": "tcp://([^"]*)"', file.read_text())[1]

    def start(self, *command):
        with open(self.home / f"{len(self.processes)}.log", "w") as log:
            self.processes.append(subprocess.Popen(command, cwd=self.home, stdout=log, stderr=log))

    def add_worker(self, kind="as here"):
        """Start a worker, without a nanny, which would start it in a process of its own."""
        main = f"import os, sys; {WORKERS[kind]}\nfrom distributed.cli.dask_worker import main; main()"
        self.start(sys.executable, "-c", main, "--nthreads", "1", "--no-nanny", *self.options)

    def count(self, number):
        """Wait until there are so many workers."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            until(lambda: len(client.nthreads()) == number)

    def end(self, *which):
        for process in which or self.processes:
            with contextlib.suppress(psutil.Error):
                for below in [*psutil.Process(process.pid).children(recursive=True), process]:
                    below.kill()
            process.wait()


def until(happens):
    """Wait until happens() returns something true."""
    end = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@pytest.fixture
def dask(tmp_path):
    dask = Cluster(tmp_path)
    yield dask
    dask.end()


@pytest.fixture
def said(monkeypatch):
    said = []
    monkeypatch.setattr(cluster, "_say", said.append)
    return said


def refusal(address):
    with pytest.raises(ValueError) as caught:
        DaskCluster(address, wait=30)
    return str(caught.value)


# Versions


def test_what_has_to_be_the_same():
    python, torch = VERSIONS["Python"], VERSIONS["torch"]
    assert misfit(VERSIONS) == ""
    series = python.rpartition(".")[0]
    same = VERSIONS | {"Python": f"{series}.99", "torch": torch.partition("+")[0] + "+cu130"}
    assert misfit(same) == ""
    text = misfit(VERSIONS | {"Python": "3.9.1"})
    assert text.startswith(f"has Python 3.9.1 (here {python}); install the same there as here, ")
    text = misfit(VERSIONS | {"mnist_lab": None, "torch": "1.0"})
    assert text.startswith(f"has no mnist_lab and has torch 1.0 (here {torch}); ")
    assert misfit(KeyError("a")) == "cannot tell its versions (KeyError: 'a'); start it anew."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("without", "has no mnist_lab;"),
        ("other", f"has mnist_lab 0.0.1 (here {__version__}) and has torch 1.0 (here {VERSIONS['torch']});"),
    ],
)
def test_a_worker_that_does_not_fit_is_refused_by_its_address(dask, kind, words):
    dask.add_worker(kind)
    dask.add_worker()
    dask.count(2)
    text = refusal(dask.address)
    assert re.match(r"The Dask worker at tcp://[\d.:]+ " + re.escape(words), text)
    assert "install the same there as here, with the extra scale" in text


@pytest.mark.slow
def test_a_worker_that_comes_later_and_does_not_fit_is_named_and_gets_no_job(dask, said):
    dask.add_worker()
    pool = DaskCluster(dask.address, wait=30)
    ended = pool.run(neg, range(20))
    assert next(ended) == (0, 0)
    dask.add_worker("without")
    dask.count(2)
    assert list(ended) == [(number, -number) for number in range(1, 20)]
    pool.close()
    (text,) = said
    assert "has no mnist_lab;" in text and text.endswith("It gets no jobs.")


# Workers that come and go


@pytest.mark.slow
def test_nobody_left_is_said_once_and_the_next_worker_goes_on(dask, monkeypatch):
    said = []

    def help_at_last(text):
        said.append(text)
        dask.add_worker()

    monkeypatch.setattr(cluster, "_say", help_at_last)
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    dask.add_worker()
    pool = DaskCluster(dask.address, wait=30)
    ended = pool.run(neg, range(6))
    assert next(ended) == (0, 0)
    dask.end(dask.processes[1])
    assert sorted(ended) == [(number, -number) for number in range(1, 6)]
    pool.close()
    assert said == [f"No workers are left; waiting for one. Start it with `dask worker {dask.address}`."]


@pytest.mark.slow
def test_a_job_goes_on_elsewhere_when_its_worker_is_killed(dask, said, tmp_path):
    dask.add_worker()
    pool = DaskCluster(dask.address, wait=30)
    dask.add_worker()
    dask.count(2)
    ended = pool.run(time.sleep, [0, 3, 3, 3])
    assert next(ended)[0] == 0
    dask.end(dask.processes[1])
    assert list(ended) == [(3, None)] * 3
    pool.close()


@pytest.mark.slow
def test_a_lost_scheduler_costs_every_job_a_sentence(dask, said):
    dask.add_worker()
    pool = DaskCluster(dask.address, wait=3)
    ended = pool.run(time.sleep, [0, 1000, 1000])
    assert next(ended)[0] == 0
    dask.end(dask.processes[0])
    for _, error in ended:
        assert type(error) is JobError and "connection to the Dask scheduler was lost" in str(error)
    pool.close()


@pytest.mark.slow
def test_a_cluster_without_workers_says_how_to_start_one(dask):
    with pytest.raises(ValueError, match=rf"has no workers\. Start some: `dask worker {dask.address}`\."):
        DaskCluster(dask.address, wait=1)


# Addresses

STRANGE = [
    "tls://127.0.0.1:1", "inproc://x", "ucx://127.0.0.1:1", "ws://127.0.0.1:1", "http://127.0.0.1:1", "", " ",
    "[::1]:1", "::1", "tcp://[::1", "/tmp/scheduler.json", "tcp://127.0.0.1:99999", "tcp://127.0.0.1:-1",
    "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://", "://", "127.0.0.1:port", "a://b://c:1", "\x00", "é" * 99,
]  # fmt: skip


@pytest.mark.slow
def test_each_strange_address_ends_in_a_sentence(tmp_path):
    """In a process of its own, since Dask's threads print their tracebacks beside the exception."""
    code = (
        "import sys; from mnist_lab.workshop.batch.cluster import DaskCluster\n"
        f"for address in {STRANGE!r}:\n"
        "    try: DaskCluster(address, wait=1)\n"
        "    except ValueError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == len(STRANGE)
    for address, line in zip(STRANGE, lines, strict=True):
        no_answer = f"No Dask scheduler answers at {address} within 1 seconds. Start one with "
        assert line.startswith((no_answer, f"{address!r} is no address of a Dask scheduler, as tcp://"))
