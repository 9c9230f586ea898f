"""Where a lesson's seconds go: the stopwatch tells kinds apart, and the parts of a run are all of it."""

import threading

from mnist_lab.workshop.batch import lesson_parts
from mnist_lab.workshop.batch.jobs import Job, perform, source_of
from mnist_lab.workshop.batch.lesson_parts import PARTS, READING, parts_of, row, watched
from mnist_lab.workshop.batch.speed import beyond_training
from mnist_lab.workshop.batch.stopwatch import KINDS, Stopwatch, kind_of

import nbformat
import pytest
from lesson_files import put

SHELL = "/x/IPython/core/interactiveshell.py"
CELL = "/tmp/ipykernel_1/2.py"
FIT = "/x/mnist_lab/training.py"
FROZEN = "<frozen importlib._bootstrap>"
CHECK = "/x/mnist_lab/exercises/engine/judge.py"


def calls(*places):
    """A stack of calls, the innermost first; a place is a file, its function, and what else that calls."""
    for file, function, *names in (f"{place},f".split(",") for place in (*places, SHELL)):
        yield file, function, ("step", *names)


@pytest.mark.parametrize(
    ("places", "kind"),
    [
        ([CELL], "other"),
        ([f"{CELL},f,backward"], "training"),
        (["/x/torch/nn/linear.py", f"{CELL},train_one_epoch"], "training"),
        (["/x/torch/nn/linear.py", f"{CELL},outfit"], "other"),
        (["/x/torch/optim/adam.py", f"{FIT},f,backward", f"{FIT},fit", CELL], "training"),
        ([FROZEN, "/x/torch/optim/adam.py", f"{FIT},f,backward", CELL], "imports"),
        (["/x/mnist_lab/plots/graph.py", FROZEN, CELL], "imports"),
        (["/x/torch/nn/linear.py", CHECK, CELL], "checks"),
        (["/x/torch/nn/linear.py", f"{FIT},fit", CHECK, CELL], "training"),
        (["/x/matplotlib/axes.py", "/x/mnist_lab/plots/live.py", f"{FIT},fit", CELL], "figures"),
        (["/x/torch/nn/linear.py", "/x/mnist_lab/plots/one_batch.py,f,backward", CELL], "training"),
        (["/x/matplotlib/figure.py", "/x/matplotlib_inline/backend_inline.py"], "figures"),
        (["/usr/lib/python3/subprocess.py", CELL], "waiting"),
        (["/usr/lib/python3/json/decoder.py", "/usr/lib/python3/subprocess.py", CELL], "other"),
    ],
)
def test_a_stack_has_its_kind(places, kind):
    assert kind_of(list(calls(*places))) == kind
    windows = [(f"C:{file}".replace("/", "\\"), *rest) for file, *rest in calls(*places)]
    assert kind_of(windows) == kind
    between_two_cells = [call for call in calls(*places) if call[0] != SHELL]
    assert kind_of(between_two_cells) is None


def test_a_stopwatch_sees_where_its_thread_stands():
    """The code ends as soon as it has been seen; the main thread waits for it."""
    watches = []

    def until_seen():
        watches.append(Stopwatch())
        names = {"watch": watches[0]}
        code = "while not watch.seconds['figures']: pass"
        exec(compile(code, "/x/mnist_lab/plots/p.py", "exec"), names)

    caller = compile("until_seen()", SHELL, "exec")
    thread = threading.Thread(target=exec, args=(caller, {"until_seen": until_seen}))
    thread.start()
    thread.join(60)
    seconds = watches[0].read()
    assert not thread.is_alive() and seconds["figures"] > 0
    assert all(seconds[kind] == 0 for kind in KINDS if kind not in ("figures", "other"))


def job_of(path):
    return Job(path.stem, path.stem, watched(source_of(path)), str(path.parent), with_page=True)


def test_the_parts_of_a_lesson_are_all_of_its_seconds(tmp_path, monkeypatch):
    results = []
    monkeypatch.setattr(lesson_parts, "keep", lambda job, result, _: results.append(result) or result.run)
    parts = parts_of(job_of(put(tmp_path, "00_a", "1")), perform)
    assert tuple(parts) == PARTS and min(parts.values()) >= 0
    (result,) = results
    assert sum(parts.values()) - parts["saving"] == pytest.approx(result.run.seconds)
    sources = [cell.source for cell in nbformat.reads(result.notebook, as_version=4).cells]
    assert sources[1:4] == ["# 00_a", "SEED = 0", "1"] and len(sources) == 5


def test_a_lesson_that_fails_has_no_parts(tmp_path):
    with pytest.raises(RuntimeError, match=r"00_a: cell \[3\]: ZeroDivisionError"):
        parts_of(job_of(put(tmp_path, "00_a", "1 / 0")), perform)


def test_a_row_ends_with_how_many_times_the_floor_a_lesson_takes():
    parts = dict.fromkeys(PARTS, 1.0) | {"training": 3.0}
    assert row("00_a", parts).split() == ["00_a", *3 * ["1.0"], "1.0", "3.0", *3 * ["1.0"], "10.0", "2.5"]


def test_what_a_job_costs_beyond_its_training():
    rows = [{"seconds": 5.0, READING: {"imports": 0.5, "training": training}} for training in (3.0, 4.0)]
    assert beyond_training(12.0, rows) == {"imports": 500, "kernel": 1000, "around": 1000}
