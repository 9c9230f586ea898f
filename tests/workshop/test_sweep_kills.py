"""Sweeps with real processes: killed, hung, cut off, without room, on Dask; nothing finished is lost."""

import contextlib
import csv
import os
import re
import signal
import subprocess
import sys
import time
from operator import neg

from mnist_lab.workshop.batch.pool import LocalPool
from mnist_lab.workshop.batch.sweep_rows import read_rows
from mnist_lab.workshop.batch.worker import JobError, WorkerLost

import nbformat
import psutil
import pytest
from lesson_files import put, recording
from real_commands import MNIST_LAB, finish, nothing_left, on_posix, start, until  # noqa: F401

RECORDS = recording(half="RATE / 2", seed="SEED")
SHORT_SLEEP = "import time; time.sleep(1)"


def put_recording(folder, *codes, name="00_lesson"):
    """Put a lesson that records at its end."""
    return put(folder, name, *codes, RECORDS, parameters="RATE = 0\nSEED = 0")


def words(tmp_path, *given):
    return [*MNIST_LAB, "sweep", "--folder", str(tmp_path / "nb"), *map(str, given)]


def sweep(tmp_path, *given, status=0, **options):
    return finish(start(tmp_path, words(tmp_path, *given), **options), status=status)


def processes_in(folder):
    """The kernels and workers of this test: whatever runs in its folder."""
    processes = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in process.cwd() and process.status() != psutil.STATUS_ZOMBIE:
                processes.append(process)
    return processes


def kernels_in(folder):
    return [process for process in processes_in(folder) if "ipykernel" in " ".join(process.cmdline())]


def worker_of(kernel):
    """The worker that started the kernel; a nursery may stand between them."""
    return next(process for process in kernel.parents() if "batch.worker" in " ".join(process.cmdline()))


def nothing_runs_in(folder):
    until(lambda: not processes_in(folder), seconds=120)


def half_done(output_dir, rows=2):
    until(lambda: len(read_rows(output_dir)) >= rows)


def table(output_dir):
    """The rows of results.csv without their seconds."""
    with open(output_dir / "results.csv", encoding="utf-8", newline="") as file:
        return [{**row, "seconds": None} for row in csv.DictReader(file)]


# The pool by itself


@pytest.mark.slow
@on_posix
def test_the_pool_yields_results_errors_and_losses():
    assert sorted(LocalPool(2).run(neg, [1, 2])) == [(1, -1), (2, -2)]
    ((_, error),) = LocalPool().run(neg, ["text"])
    assert type(error) is JobError and str(error).startswith("TypeError: bad operand")
    ((_, error),) = LocalPool().run(os._exit, [3])
    assert type(error) is WorkerLost and "ended early (exit status 3)" in str(error)
    ((_, error),) = LocalPool().run(signal.raise_signal, [signal.SIGKILL])
    assert type(error) is WorkerLost and "was ended by SIGKILL" in str(error)


@pytest.mark.slow
def test_a_pool_that_is_left_early_ends_its_workers():
    before = psutil.Process().children(recursive=True)
    for job, _ in LocalPool(2).run(time.sleep, [0, 1000]):
        assert job == 0
        break
    assert psutil.Process().children(recursive=True) == before


# A run that is ended


@pytest.mark.slow
@on_posix
def test_a_killed_run_resumes_to_the_table_of_an_undisturbed_one(tmp_path):
    put_recording(tmp_path / "nb", SHORT_SLEEP)
    grid = ["0", "--grid", "RATE=1,2,3", "--seeds", 2, "--workers", 2]
    sweep(tmp_path, *grid, "--output-dir", "calm")
    process = start(tmp_path, words(tmp_path, *grid, "--output-dir", "hurt"))
    half_done(tmp_path / "hurt")
    process.kill()
    process.communicate()
    nothing_runs_in(tmp_path)
    assert 2 <= len(read_rows(tmp_path / "hurt")) < 6
    sweep(tmp_path, "--resume", "hurt", "--workers", 2)
    assert table(tmp_path / "hurt") == table(tmp_path / "calm")
    assert [row["half"] for row in table(tmp_path / "calm")] == ["0.5", "0.5", "1.0", "1.0", "1.5", "1.5"]
    names = {path.name for path in (tmp_path / "hurt").iterdir()}
    assert names == {path.name for path in (tmp_path / "calm").iterdir()}


@pytest.mark.slow
@on_posix
def test_ctrl_c_keeps_what_has_finished_and_says_how_to_go_on(tmp_path):
    put_recording(tmp_path / "nb", "while RATE > 2: pass")
    process = start(
        tmp_path, words(tmp_path, "0", "--grid", "RATE=1,2,3", "--workers", 2, "--output-dir", "o")
    )
    half_done(tmp_path / "o")
    until(lambda: kernels_in(tmp_path))
    process.send_signal(signal.SIGINT)
    output = finish(process, status=130)
    nothing_runs_in(tmp_path)
    assert [row["status"] for row in table(tmp_path / "o")] == ["passed", "passed"]
    command = re.search(r"Go on with: mnist-lab (.*)", output)[1]
    assert command == f"sweep --resume {tmp_path / 'o'} --workers 2"
    output = finish(start(tmp_path, [*MNIST_LAB, *command.split(), "--timeout", "20"]), status=1)
    assert "2 of 3 runs passed" in output
    assert "did not end within 20 seconds" in table(tmp_path / "o")[2]["error"]


# Workers and kernels that are ended


@pytest.mark.slow
@on_posix
def test_a_killed_worker_costs_no_job(tmp_path):
    put_recording(tmp_path / "nb", SHORT_SLEEP)
    process = start(
        tmp_path, words(tmp_path, "0", "--grid", "RATE=1,2,3,4", "--workers", 2, "--output-dir", "o")
    )
    kernel = until(lambda: kernels_in(tmp_path))[0]
    worker_of(kernel).kill()
    finish(process)
    assert [row["status"] for row in table(tmp_path / "o")] == 4 * ["passed"]
    nothing_runs_in(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="there are nurseries on Linux only")
def test_a_killed_nursery_costs_the_job_that_runs_and_no_process_is_left(tmp_path):
    put_recording(tmp_path / "nb", "open('begun', 'w').close()", "while RATE == 1: pass")
    process = start(tmp_path, words(tmp_path, "0", "--grid", "RATE=1,2,3", "--output-dir", "o"))
    until((tmp_path / "nb" / "begun").is_file)
    (kernel,) = kernels_in(tmp_path)
    assert kernel.parent() != worker_of(kernel)
    kernel.parent().kill()
    assert "the kernel died" in finish(process, status=1)
    assert sorted(row["status"] for row in table(tmp_path / "o")) == ["failed", "passed", "passed"]
    nothing_runs_in(tmp_path)


@pytest.mark.slow
@on_posix
def test_each_ill_job_is_named_and_the_others_pass(tmp_path):
    ills = [
        "import os, psutil",
        "if RATE == 1: os._exit(3)",
        "while RATE == 2: pass",
        "above = psutil.Process().parents() if RATE == 3 else []",
        "for one in above: 'batch.worker' in ' '.join(one.cmdline()) and one.kill()",
        "if RATE == 4: 1 / 0",
    ]
    put_recording(tmp_path / "nb", *ills)
    grid = ["0", "--grid", "RATE=0,1,2,3,4,5", "--workers", 2, "--timeout", 20, "--output-dir", "o"]
    output = sweep(tmp_path, *grid, status=1)
    errors = [row["error"] for row in table(tmp_path / "o")]
    assert errors[0] == errors[5] == ""
    assert "cell [4]: the kernel died" in errors[1]
    assert "cell [5]: the cell did not end within 20 seconds" in errors[2]
    assert "was ended by SIGKILL" in errors[3]
    assert "cell [8]: ZeroDivisionError" in errors[4]
    assert all(error in output for error in errors)
    nothing_runs_in(tmp_path)


# Files


def limited(size):
    """Return a preexec_fn that lets no file grow beyond so many bytes, as on a full disk."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
@on_posix
def test_a_notebook_without_room_is_named_and_resumed(tmp_path):
    put_recording(tmp_path / "nb", "if RATE == 2: print(60_000 * 'a')")
    grid = ["0", "--grid", "RATE=1,2,3", "--output-dir", "o"]
    sweep(tmp_path, *grid, status=1, preexec_fn=limited(40_000))
    rows = table(tmp_path / "o")
    assert [row["status"] for row in rows] == ["passed", "failed", "passed"]
    assert "File too large" in rows[1]["error"]
    for path in (tmp_path / "o").glob("*.ipynb"):
        nbformat.read(path, as_version=4)
    assert not list((tmp_path / "o").glob("*.tmp"))
    sweep(tmp_path, "--resume", "o")
    assert [row["status"] for row in table(tmp_path / "o")] == 3 * ["passed"]


@pytest.mark.slow
@on_posix
def test_tables_without_room_end_the_sweep_with_what_was_there(tmp_path):
    put_recording(tmp_path / "nb")
    rates = ",".join(map(str, range(8)))
    grid = ["0", "--grid", f"RATE={rates}", "--workers", 2, "--output-dir", "o"]
    output = " ".join(sweep(tmp_path, *grid, status=1, preexec_fn=limited(900)).split())
    assert "cannot be written: File too large. What is there is whole" in output
    assert f"go on with: mnist-lab sweep --resume {tmp_path / 'o'} --workers 2" in output
    assert 1 <= len(read_rows(tmp_path / "o")) < 8
    nothing_runs_in(tmp_path)
    sweep(tmp_path, "--resume", "o", "--workers", 2)
    assert [row["status"] for row in table(tmp_path / "o")] == 8 * ["passed"]


@pytest.mark.slow
@on_posix
def test_an_output_folder_that_vanishes_ends_the_sweep(tmp_path):
    put_recording(tmp_path / "nb", SHORT_SLEEP)
    process = start(tmp_path, words(tmp_path, "0", "--grid", "RATE=1,2,3", "--output-dir", "o"))
    half_done(tmp_path / "o", rows=1)
    (tmp_path / "o").rename(tmp_path / "elsewhere")
    output = finish(process, status=1)
    assert "has vanished, and the results with it; start the sweep again" in output
    nothing_runs_in(tmp_path)


# Lessons in the pool, and a real one


@pytest.mark.slow
def test_a_run_of_lessons_with_two_workers_leaves_what_one_does(tmp_path):
    put_recording(tmp_path / "nb", name="00_start_here")
    put_recording(tmp_path / "nb", "1 / 0", name="01_cnn_anatomy")
    options = ["--folder", "nb", "--output-dir", "o", "--workers", "2"]
    output = finish(start(tmp_path, [*MNIST_LAB, "run", *options]), status=1)
    assert "01_cnn_anatomy: failed, cell [2]: ZeroDivisionError: division by zero" in output
    names = [f"{name}.{kind}" for name in ("00_start_here", "01_cnn_anatomy") for kind in ("html", "ipynb")]
    assert sorted(os.listdir(tmp_path / "o")) == [".lock", *names, "index.html"]
    index = (tmp_path / "o" / "index.html").read_text(encoding="utf-8")
    assert "<dt>half</dt>" in index and 'href="01_cnn_anatomy.html#cell-id=code-0"' in index


@pytest.mark.slow
def test_a_sweep_of_the_real_lesson_03(tmp_path):
    grid = ["--grid", "NUM_EPOCHS=1", "--grid", "FINISH_EPOCHS=0", "--grid", "LEARNING_RATE=0.001,0.002"]
    command = [*MNIST_LAB, "sweep", "03", *grid, "--workers", "2", "--output-dir", "o"]
    finish(start(tmp_path, command))
    assert all(float(row["validation_accuracy"]) > 0.5 for row in table(tmp_path / "o"))
    assert (tmp_path / "o" / "sweep.png").is_file()


# Dask


@pytest.fixture
def cluster(tmp_path_factory):
    """Return the address of a Dask scheduler with two workers of one thread, and a nanny each."""
    distributed = pytest.importorskip("distributed")
    home = tmp_path_factory.mktemp("dask")
    file = home / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    where = ["--scheduler-file", str(file), "--no-dashboard"]
    with contextlib.ExitStack() as stack:
        for number, what in enumerate([["scheduler", "--port", "0"], *2 * [["worker", "--nthreads", "1"]]]):
            log = stack.enter_context(open(home / f"{number}.log", "w"))
            command = [*dask, *what, *where]
            stack.callback(end, subprocess.Popen(command, cwd=home, stdout=log, stderr=log))
            until(file.is_file)
        address = "tcp://" + re.search(r'"address": "tcp://([^"]*)"', file.read_text())[1]
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
        yield address


def end(process):
    for running in [*psutil.Process(process.pid).children(recursive=True), process]:
        with contextlib.suppress(psutil.Error):
            running.kill()
    process.wait()


@pytest.mark.slow
@on_posix
def test_a_killed_dask_worker_costs_no_job(tmp_path, cluster):
    address = cluster
    put_recording(tmp_path / "nb", SHORT_SLEEP)
    grid = ["0", "--grid", "RATE=1,2,3,4,5,6", "--scheduler", address, "--output-dir", "o"]
    process = start(tmp_path, words(tmp_path, *grid))
    kernel = until(lambda: kernels_in(tmp_path / "nb"))[0]
    worker_of(kernel).parent().kill()  # Dask's own, which has started ours
    finish(process)
    assert [row["half"] for row in table(tmp_path / "o")] == ["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]
    until(lambda: not kernels_in(tmp_path), seconds=120)


@pytest.mark.slow
@on_posix
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_dask_cluster_is_left_idle_when_the_run_ends(tmp_path, cluster, sent):
    address = cluster
    put_recording(tmp_path / "nb", "while RATE > 1: pass")
    grid = ["0", "--grid", "RATE=1,2,3", "--scheduler", address, "--output-dir", "o"]
    process = start(tmp_path, words(tmp_path, *grid))
    half_done(tmp_path / "o", rows=1)
    until(lambda: len(kernels_in(tmp_path)) == 2)
    process.send_signal(sent)
    output, _ = process.communicate(timeout=300)
    assert "Traceback" not in output
    until(lambda: not kernels_in(tmp_path), seconds=120)
    if sent == signal.SIGINT:
        assert f"--resume {tmp_path / 'o'} --scheduler {address}" in output


@pytest.mark.slow
@on_posix
def test_a_dask_cluster_takes_a_job_whose_folder_it_does_not_have(tmp_path, cluster):
    from mnist_lab.workshop.batch.cluster import DaskCluster
    from mnist_lab.workshop.batch.jobs import Job, perform, source_of

    put_recording(tmp_path / "nb", "import os; print('threads', os.environ['OMP_NUM_THREADS'])")
    source = source_of(tmp_path / "nb" / "00_lesson.ipynb")
    pool = DaskCluster(cluster)
    job = Job("a", "00_lesson", source, str(tmp_path / "not here"), {"RATE": 4})
    ((back, result),) = pool.run(perform, [job])
    pool.close()
    assert back is job and result.run.figures == {"half": 2.0, "seed": 0}
    cores = getattr(os, "process_cpu_count", os.cpu_count)()
    assert f"threads {max(1, cores // 2)}" in result.notebook
