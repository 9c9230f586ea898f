"""A sweep: its grid, its plan, its table, its command line; the jobs themselves are made up here."""

import csv
import json
import os
import re
import sys
from types import SimpleNamespace

from mnist_lab import lesson
from mnist_lab.cli import main
from mnist_lab.cli.shared import store_result
from mnist_lab.cli.sweep_commands import _store
from mnist_lab.workshop.batch import grid, pool, sweep_rows
from mnist_lab.workshop.batch.execution import LessonRun
from mnist_lab.workshop.batch.grid import Plan, digest, make_plan, read_plan, write_plan
from mnist_lab.workshop.batch.jobs import Job, JobResult, keep
from mnist_lab.workshop.batch.pool import LocalPool, most_at_once, share_of_threads
from mnist_lab.workshop.batch.run_folders import only_here
from mnist_lab.workshop.batch.sweep import chosen_figure, run_sweep, write_picture
from mnist_lab.workshop.batch.worker import JobError, WorkerLost

import nbformat
import psutil
import pytest
from click import ClickException
from click.testing import CliRunner
from lesson_files import put
from nbformat import v4

PARAMETERS = "SEED = 0\nRATE = 0.1\nSIZE = 4\nKIND = 'plain'\nLAYERS = [8]\nDIGITS = 'bundled'"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notebooks"
    put(folder, "00_records", "1", parameters=PARAMETERS)
    put(folder, "01_other", "1", parameters="RATE = 0.1")
    return folder


def plan_of(folder, *axes, **options):
    return make_plan("0", axes, folder=folder, **options)


class MadeUp:
    """A pool that runs nothing: what it is given comes back in reverse, with figures made up."""

    def __init__(self, *, ill=(), stop_after=None):
        self.ill, self.stop_after, self.jobs = ill, stop_after, []

    def run(self, function, jobs):
        for number, job in enumerate(reversed(jobs)):
            if number == self.stop_after:
                raise KeyboardInterrupt
            self.jobs.append(job)
            if job.name in self.ill:
                yield job, WorkerLost("the process was ended")
                continue
            seen = {"validation_accuracy": 0.9 + job.parameters.get("SEED", 0) / 100, "status": "fine"}
            yield job, JobResult(LessonRun(job.name, "passed", 1.234, {"loss": 0.5, **seen}), "{}\n")


# The grid


def test_the_points_are_every_combination_in_order(folder):
    plan = plan_of(folder, "RATE=0.1, 1e-2", "SIZE=1,2")
    assert plan.points() == {
        "00_records_1": {"RATE": 0.1, "SIZE": 1},
        "00_records_2": {"RATE": 0.1, "SIZE": 2},
        "00_records_3": {"RATE": 0.01, "SIZE": 1},
        "00_records_4": {"RATE": 0.01, "SIZE": 2},
    }


def test_seeds_are_a_further_axis(folder):
    points = plan_of(folder, "RATE=1,2", num_seeds=2).points()
    assert [(point["RATE"], point["SEED"]) for point in points.values()] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert list(plan_of(folder, num_seeds=3).points().values()) == [{"SEED": 0}, {"SEED": 1}, {"SEED": 2}]


def test_random_points_are_of_the_grid_and_always_the_same(folder):
    axes = ["RATE=1,2,3,4,5", "SIZE=1,2,3,4"]
    every = list(plan_of(folder, *axes).points().values())
    drawn = list(plan_of(folder, *axes, num_random=6).points().values())
    assert [(*point.values(),) for point in drawn] == [(1, 2), (2, 3), (3, 1), (4, 1), (4, 2), (4, 4)]
    assert all(point in every for point in drawn)
    assert drawn == list(plan_of(folder, *axes, num_random=6).points().values())
    assert len(plan_of(folder, *axes, num_random=6, num_seeds=2).points()) == 12


@pytest.mark.parametrize("names", [("RATE", "SIZE"), ("RATE", "SIZE", "LAYERS", "SEED", "DIGITS", "KIND")])
def test_random_points_of_a_grid_that_is_too_large_to_build(folder, names):
    """1,000**2 points, and 1,000**6 times 3: more than a range can count."""
    numbers = [str(number) for number in range(1, 10_001 if len(names) > 2 else 1_001)]
    axes = [f"{name}={','.join(f'[{n}]' if name == 'LAYERS' else n for n in numbers)}" for name in names]
    plan = plan_of(folder, *axes, num_random=3)
    points = list(plan.points().values())
    assert len(points) == 3 and points == list(plan.points().values())
    assert all(point[name] in plan.grid[name] for point in points for name in names)


def test_a_sweep_that_nobody_could_run_is_refused(folder):
    axes = [f"{name}={','.join(map(str, range(1, 401)))}" for name in ("RATE", "SIZE")]
    with pytest.raises(
        ValueError, match=r"would be 160,000 runs, and a sweep has at most 100,000; .*--random"
    ):
        plan_of(folder, *axes)
    with pytest.raises(ValueError, match="would be 1,000,000 runs"):
        plan_of(folder, *axes, num_random=10, num_seeds=100_000)


def test_values_with_commas_and_texts(folder):
    assert plan_of(folder, "LAYERS=[8],[16, 32],(4, 4)").grid == {"LAYERS": [[8], [16, 32], [4, 4]]}
    assert plan_of(folder, "KIND=plain,deep").grid == {"KIND": ["plain", "deep"]}


@pytest.mark.parametrize(
    ("axes", "options", "message"),
    [
        ([], {}, "The grid is empty; name an axis"),
        (["RATE="], {}, "expects NAME=value,value, .* but got 'RATE='"),
        (["RATE=0.1,,0.2"], {}, "expects NAME=value,value"),
        (["RATE"], {}, "expects NAME=value,value"),
        (["RATE=1,fast"], {}, "RATE expects a number, such as 0.1, but got 'fast'"),
        (["RAT=1"], {}, r"no|No chosen lesson has a parameter 'RAT'.* mean RATE\?"),
        (["RATE=1,1.0"], {}, "RATE has 1 twice"),
        (["RATE=1", "RATE=2"], {}, "RATE has two --grid"),
        (["SEED=1"], {"num_seeds": 2}, "SEED is set by --seeds and by --grid"),
        (["RATE=1,2"], {"num_random": 3}, "only 2 points"),
    ],
)
def test_a_bad_grid_is_refused(folder, axes, options, message):
    with pytest.raises(ValueError, match=message):
        plan_of(folder, *axes, **options)


def test_seeds_need_a_lesson_with_a_seed(folder):
    with pytest.raises(ValueError, match="No chosen lesson has a parameter 'SEED'"):
        make_plan("1", ["RATE=1"], num_seeds=2, folder=folder)


def test_every_point_of_a_grid_lies_in_the_ranges_that_the_lesson_declares(tmp_path):
    code = 'check_parameters(globals(), RUN=(2, 9), STOP=(1, "RUN - 1"))'
    put(tmp_path, "00_mine", code, parameters="RUN = 4\nSTOP = 2\nSEED = 0")
    grid = plan_of(tmp_path, "RUN=2,3", "STOP=1", num_seeds=2).grid  # 2 fits no default STOP
    assert grid == {"RUN": [2, 3], "STOP": [1]}
    for axes, sentence in (
        (["RUN=2,3", "STOP=1,2"], r"STOP is a whole number from 1 to 1 \(RUN - 1\), but got 2"),
        (["RUN=4,12"], "RUN is a whole number from 2 to 9, but got 12"),
        (["SEED=1,-1"], "SEED is a whole number from 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            plan_of(tmp_path, *axes)


# The plan


def test_the_folder_remembers_its_plan(folder, tmp_path):
    plan = plan_of(folder, "LAYERS=[8],[16]", num_seeds=2)
    write_plan(plan, tmp_path)
    assert read_plan(tmp_path) == read_plan(tmp_path, lesson="records") == plan
    with pytest.raises(ValueError, match=r"holds a sweep already; go on with it .*--resume"):
        write_plan(plan, tmp_path)


def test_a_folder_without_a_plan_or_with_half_of_one_is_refused(tmp_path):
    for text in (None, "{", '{"lesson": "00_records"}', "[]", 99_999 * "["):
        if text:
            (tmp_path / grid.PLAN).write_text(text)
        with pytest.raises(ValueError, match="holds no sweep to go on with"):
            read_plan(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"grid": None},
        {"grid": {}},
        {"grid": {"RATE": 0.1}},
        {"grid": {"RATE": []}},
        {"num_seeds": "2"},
        {"num_seeds": -1},
        {"num_random": 0.5},
        {"lesson": 3},
        {"folder": None},
        {"made_with": "torch"},
    ],
)
def test_a_plan_of_the_wrong_kind_is_refused(folder, tmp_path, change):
    write_plan(plan_of(folder, "RATE=1"), tmp_path)
    path = tmp_path / grid.PLAN
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match="holds no sweep to go on with"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"grid": {"RUN": [3], "STOP": [3]}}, r"00_mine: STOP is a whole number from 1 to 2 \(RUN - 1\)"),
        ({"grid": {"RUN": [10**9]}}, "RUN is a whole number from 2 to 9"),
        ({"grid": {"RUN": [2.5]}}, "RUN expects a whole number, such as 4, but got '2.5'"),
        ({"grid": {"RUN": ["3"]}}, "RUN expects a whole number, such as 4, but got"),
        ({"grid": {"RUN": [3, 3]}}, "RUN has 3 twice"),
        ({"grid": {"RAN": [3]}}, r"no|No chosen lesson has a parameter 'RAN'"),
        ({"grid": {"SEED": [1]}, "num_seeds": 2}, "SEED is set by --seeds and by --grid"),
        ({"num_seeds": 10**9}, "a sweep has at most 100,000"),
        ({"num_random": 9}, "only 2 points"),
        ({"grid": {"DEVICE": [3]}}, 'DEVICE is "auto"'),
    ],
)
def test_a_plan_edited_by_hand_is_held_to_what_a_new_one_is(tmp_path, change, reason):
    code = 'check_parameters(globals(), RUN=(2, 9), STOP=(1, "RUN - 1"))'
    put(tmp_path, "00_mine", code, parameters="RUN = 4\nSTOP = 1\nSEED = 0\nDEVICE = 'cpu'")
    write_plan(plan_of(tmp_path, "RUN=2,3"), tmp_path)
    path = tmp_path / grid.PLAN
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=f"holds no sweep to go on with.* changed, .*{reason}"):
        read_plan(tmp_path)


def test_a_plan_that_was_written_is_read_as_it_was(folder, tmp_path):
    put(folder, "00_records", "1", parameters=PARAMETERS + "\nIS_ON = False\nANY = None")
    axes = ["RATE=1,2e-5", "KIND='a',b", "LAYERS=[8],[1, 2]", "IS_ON=true", "ANY=a,3,None", "DIGITS=full"]
    plan = plan_of(folder, *axes, num_random=3, num_seeds=2)
    write_plan(plan, tmp_path)
    assert read_plan(tmp_path) == plan


def test_another_lesson_or_a_changed_one_is_refused(folder, tmp_path):
    write_plan(plan_of(folder, "RATE=1"), tmp_path)
    with pytest.raises(ValueError, match="a sweep of 00_records, not of 01_other"):
        read_plan(tmp_path, lesson="1")
    put(folder, "00_records", "2", parameters=PARAMETERS)
    with pytest.raises(ValueError, match=r"is not what it was when the sweep .* began"):
        read_plan(tmp_path)


@pytest.mark.parametrize("name", ["torch", "the training code of mnist_lab"])
def test_rows_of_another_torch_or_code_are_not_mixed(folder, tmp_path, name):
    write_plan(plan_of(folder, "RATE=1"), tmp_path)
    path = tmp_path / grid.PLAN
    plan = json.loads(path.read_text())
    plan["made_with"][name] = "another"
    path.write_text(json.dumps(plan))
    with pytest.raises(ValueError, match=f"^{name} is not what it was when the sweep .* began"):
        read_plan(tmp_path)
    del plan["made_with"]  # of an older mnist-lab
    path.write_text(json.dumps(plan))
    assert read_plan(tmp_path).grid == plan["grid"]


def test_outputs_do_not_count_in_the_digest(folder):
    path = folder / "00_records.ipynb"
    before, notebook = digest(path), nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [v4.new_output("stream", text="1")]
    nbformat.write(notebook, path)
    assert digest(path) == before


# The run and its table


def test_rows_come_in_the_order_of_the_grid_and_the_files_are_there(folder, tmp_path):
    plan = plan_of(folder, "RATE=1,2", num_seeds=2)
    rows = run_sweep(plan, tmp_path, MadeUp())
    assert [(row["RATE"], row["SEED"]) for row in rows] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert rows == sweep_rows.read_rows(tmp_path)
    with open(tmp_path / "results.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert table[1] == {
        "notebook": "00_records_2.ipynb", "RATE": "1.0", "SEED": "1", "status": "passed", "seconds": "1.23",
        "loss": "0.5", "validation_accuracy": "0.91", "recorded_status": "fine", "error": "",
    }  # fmt: skip
    assert all((tmp_path / row["notebook"]).is_file() for row in rows)


def test_a_further_column_stands_in_both_tables_and_is_no_figure(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sweep_rows.COLUMNS, "loss", lambda run: len(run.name))
    plan = plan_of(folder, "RATE=1,2")
    rows = run_sweep(plan, tmp_path, MadeUp())
    assert [(row["loss"], row["recorded_loss"]) for row in sweep_rows.read_rows(tmp_path)] == 2 * [(12, 0.5)]
    assert (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()[0] == (
        "notebook,RATE,status,seconds,loss,recorded_loss,validation_accuracy,recorded_status,error"
    )
    assert sweep_rows.figure_names(rows, {"RATE"}) == [
        "recorded_loss",
        "validation_accuracy",
        "recorded_status",
    ]


def test_a_failed_run_has_a_row_with_its_error(folder, tmp_path):
    rows = run_sweep(plan_of(folder, "RATE=1,2,3"), tmp_path, MadeUp(ill=["00_records_2"]))
    assert [row["status"] for row in rows] == ["passed", "failed", "passed"]
    assert rows[1]["error"] == "the process was ended"
    assert "loss" not in rows[1]


def test_a_resumed_sweep_runs_what_is_missing_or_failed(folder, tmp_path):
    plan = plan_of(folder, "RATE=1,2,3,4,5")
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path, MadeUp(ill=["00_records_4"], stop_after=3))
    assert len(sweep_rows.read_rows(tmp_path)) == 3
    (tmp_path / "00_records_5.ipynb").unlink()
    pool = MadeUp()
    rows = run_sweep(plan, tmp_path, pool)
    assert sorted(job.name for job in pool.jobs) == [f"00_records_{number}" for number in (1, 2, 4, 5)]
    assert [row["status"] for row in rows] == 5 * ["passed"]
    again = MadeUp()
    assert run_sweep(plan, tmp_path, again) == rows and again.jobs == []


def test_ctrl_c_between_the_two_tables_leaves_both_whole(folder, tmp_path, monkeypatch):
    write, names = sweep_rows.write_whole, []

    def interrupted_once(path, content):
        names.append(path.name)
        if names.count("results.csv") == 3 and path.name == "results.csv":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(sweep_rows, "write_whole", interrupted_once)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan_of(folder, "RATE=1,2,3"), tmp_path, MadeUp())
    assert len(sweep_rows.read_rows(tmp_path)) == 2
    assert len((tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2


def test_a_row_of_another_point_does_not_count(folder, tmp_path):
    run_sweep(plan_of(folder, "RATE=1,2"), tmp_path, MadeUp())
    with open(tmp_path / "results.jsonl", "a") as file:
        file.write('{"notebook": 3, "status": "passed", "seconds": 1, "error": ""}\n' + 99_999 * "[")
    pool = MadeUp()
    rows = run_sweep(plan_of(folder, "RATE=1,3"), tmp_path, pool)
    assert [job.parameters["RATE"] for job in pool.jobs] == [3]
    assert [row["RATE"] for row in rows] == [1, 3]


def test_a_job_carries_its_notebook_without_outputs(folder, tmp_path):
    pool = MadeUp()
    run_sweep(plan_of(folder, "RATE=1"), tmp_path, pool, timeout=7)
    (job,) = pool.jobs
    assert nbformat.reads(job.source, as_version=4).cells[2].source == "1"
    assert (job.lesson, job.folder) == ("00_records", str(folder))
    assert (job.parameters, job.timeout) == ({"RATE": 1}, 7)


def test_a_notebook_that_cannot_be_written_fails_its_run(tmp_path):
    job = Job("a", "00_a", "", "")
    run = keep(job, JobResult(LessonRun("a", "passed"), "{}"), tmp_path / "missing")
    assert run.status == "failed" and "could not be written: FileNotFoundError" in run.error
    assert keep(job, JobError("as it is"), tmp_path).error == "as it is"
    assert keep(job, RuntimeError("with its kind"), tmp_path).error == "RuntimeError: with its kind"


def test_a_folder_is_for_one_run_at_a_time(tmp_path):
    with only_here(tmp_path), pytest.raises(ValueError, match="in use by another run"), only_here(tmp_path):
        pass
    with only_here(tmp_path):
        pass


def test_threads_are_shared_out(monkeypatch):
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8, raising=False)
    monkeypatch.setattr(pool, "free_memory", lambda: 6_500_000_000)
    assert [most_at_once(jobs) for jobs in (0, 1, 5, 6, 7, 100)] == [1, 1, 5, 6, 6, 6]
    monkeypatch.setattr(pool, "free_memory", lambda: 9**20)
    assert most_at_once(100) == 8
    assert [share_of_threads(workers) for workers in (1, 3, 8, 20)] == [8, 2, 1, 1]
    assert [share_of_threads(workers, most="3") for workers in (1, 4)] == [3, 2]


def test_memory_is_that_of_the_machine_or_of_the_container(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5000))
    assert pool.free_memory(tmp_path) == 5000
    for most, free in (("max", 5000), ("9000", 5000), ("3000", 2000), ("500", -500)):
        (tmp_path / "memory.max").write_text(f"{most}\n")
        (tmp_path / "memory.current").write_text("1000\n")
        assert pool.free_memory(tmp_path) == free


# The picture


def test_the_picture_is_of_validation_if_it_is_recorded(folder, tmp_path):
    plan = plan_of(folder, "RATE=1,2", "KIND=plain")
    rows = run_sweep(plan, tmp_path, MadeUp())
    assert chosen_figure(plan, rows) == "validation_accuracy"
    assert chosen_figure(plan, rows, "loss") == "loss"
    with pytest.raises(ValueError, match="recorded no number 'los'; there are loss, validation_accuracy"):
        chosen_figure(plan, rows, "los")
    assert write_picture(plan, tmp_path, rows).read_bytes().startswith(b"\x89PNG")


def test_no_picture_of_a_single_point_or_of_nothing(folder, tmp_path):
    plan = plan_of(folder, "RATE=1")
    assert write_picture(plan, tmp_path, run_sweep(plan, tmp_path, MadeUp())) is None
    assert write_picture(Plan("a", "", "", {"RATE": [1, 2]}), tmp_path, []) is None
    seeds = plan_of(folder, num_seeds=2)
    (tmp_path / "seeds").mkdir()
    rows = run_sweep(seeds, tmp_path / "seeds", MadeUp())
    assert write_picture(seeds, tmp_path, rows).is_file()


# The command line


@pytest.fixture
def call(folder, monkeypatch):
    """Call mnist-lab sweep with a made-up pool, in the folder's parent."""
    monkeypatch.chdir(folder.parent)
    pools = []

    def call(*words, **made_up):
        pools.append(MadeUp(**made_up))
        monkeypatch.setattr(LocalPool, "run", lambda self, function, jobs: pools[-1].run(function, jobs))
        return CliRunner().invoke(main, ["sweep", "--folder", str(folder), *words])

    call.pools = pools
    return call


def test_a_sweep_ends_with_its_files(call):
    result = call("0", "--grid", "RATE=1,2", "--seeds", "2", "--output-dir", "o")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[-3] == "4 of 4 runs passed"
    assert [os.path.basename(line) for line in lines[-2:]] == ["results.csv", "sweep.png"]
    notebooks = [f"00_records_{number}.ipynb" for number in (1, 2, 3, 4)]
    others = [".lock", "plan.json", "results.csv", "results.jsonl", "sweep.png"]
    assert sorted(set(os.listdir("o")) | {".lock"}) == sorted([*notebooks, *others])


def test_ctrl_c_says_how_to_go_on_and_going_on_does(call):
    options = ["--workers", "2", "--timeout", "9"]
    result = call("0", "--grid", "RATE=1,2,3", "--output-dir", "o", *options, stop_after=1)
    assert result.exit_code == 130
    command = re.search(r"Go on with: mnist-lab (.*)", result.output)[1]
    assert command == f"sweep --resume {os.path.abspath('o')} --workers 2 --timeout 9"
    result = call(*command.split()[1:])
    assert result.exit_code == 0, result.output
    assert [job.name for job in call.pools[-1].jobs] == ["00_records_2", "00_records_1"]


def test_a_failed_run_is_told_with_how_to_run_it_again(call):
    result = call("0", "--grid", "RATE=1,2", "--output-dir", "o", ill=["00_records_1"])
    assert result.exit_code == 1
    assert "00_records_1: failed, the process was ended" in result.output
    assert result.output.splitlines()[-1].endswith(f"mnist-lab sweep --resume {os.path.abspath('o')}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--grid", "RATE=1"], "Name the lesson"),
        (["0"], "The grid is empty"),
        (["0", "--grid", "RATE=1", "--store", "../tried"], "--store expects a name of letters"),
        (["0", "--grid", "RATE=x"], "RATE expects a number"),
        (["0", "--grid", "RTE=1"], r"Did you mean RATE\?"),
        (["0", "--grid", "RATE=1", "--workers", "0"], "--workers.* 0 is not in the range"),
        (["0", "--grid", "RATE=1", "--workers", "1", "--scheduler", "a"], "leave out one of them"),
        (["--resume", "o", "--seeds", "2"], "--resume goes on with the plan of its folder"),
        (["--resume", "notebooks"], "holds no sweep to go on with"),
        (["0", "--grid", "RATE=1", "--output-dir", "notebooks/00_records.ipynb"], "cannot be made"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(call, words, message):
    result = call(*words)
    assert result.exit_code == 2
    assert re.search(message, " ".join(result.output.split())), result.output
    assert call.pools[-1].jobs == [] and not os.path.exists("runs")


def test_a_folder_with_a_sweep_or_in_use_is_refused(call):
    assert call("0", "--grid", "RATE=1", "--output-dir", "o").exit_code == 0
    result = call("0", "--grid", "RATE=2", "--output-dir", "o")
    assert result.exit_code == 2 and "holds a sweep already" in result.output
    with only_here("o"):
        result = call("--resume", "o")
    assert result.exit_code == 2 and "in use by another run" in result.output


def test_without_distributed_the_extra_is_named(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = call("0", "--grid", "RATE=1", "--scheduler", "tcp://127.0.0.1:1")
    assert result.exit_code == 2
    assert 'pip install "mnist-lab[scale]"' in " ".join(result.output.split())


def test_an_address_without_a_scheduler_says_what_to_start(call):
    pytest.importorskip("distributed")
    result = call("0", "--grid", "RATE=1", "--scheduler", "nowhere.invalid:1")
    assert result.exit_code == 2
    assert "No Dask scheduler answers" in result.output and "dask worker" in result.output


def test_only_a_table_without_failures_is_stored(call, monkeypatch):
    stored = []
    monkeypatch.setattr("mnist_lab.cli.sweep_commands._store", lambda *given: stored.append(given[0]))
    call("0", "--grid", "RATE=1,2", "--store", "tried", "--output-dir", "o", ill=["00_records_1"])
    assert stored == []
    call("--resume", "o", "--store", "tried")
    assert stored == ["tried"]


def test_a_stored_table_has_header_grid_and_rows(folder, monkeypatch, tmp_path):
    class Here:
        def run(self, function, jobs):
            return [(job, function(job)) for job in jobs]

    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    _store("tried", plan_of(folder, "RATE=1,2", num_seeds=5), [{"RATE": 1}], Here())
    stored = lesson.recorded("tried")
    assert (stored["n"], stored["digits"], stored["lesson"]) == (5, "bundled", "00_records")
    assert stored["grid"] == {"RATE": [1, 2]} and stored["rows"] == [{"RATE": 1}]
    assert "device" in stored["device"]


def test_a_place_to_store_is_tried_before_anything_runs(call, monkeypatch, tmp_path):
    monkeypatch.setattr(lesson, "RESULTS", tmp_path / "no folder")
    result = call("0", "--grid", "RATE=1", "--store", "tried")
    assert result.exit_code == 1 and "tried.json cannot be written" in " ".join(result.output.split())
    assert call.pools[-1].jobs == [] and not os.path.exists("runs")


def test_a_result_that_cannot_be_stored_after_all_is_printed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lesson, "RESULTS", tmp_path / "no folder")
    with pytest.raises(ClickException, match=r"cannot be written.*What is printed is the result"):
        store_result("tried", 1, "cpu", "bundled", {"accuracy": 0.9})
    assert json.loads(capsys.readouterr().out)["accuracy"] == 0.9


def test_a_torn_line_costs_only_itself(tmp_path):
    rows = [sweep_rows.row_of({"RATE": rate}, LessonRun(f"0_{rate}", "passed", 1.0)) for rate in (1, 2, 3)]
    sweep_rows.write_rows(tmp_path, rows)
    path = tmp_path / "results.jsonl"
    first, second, third = path.read_bytes().splitlines()
    for torn in (second[:20], b"\xff\xfe", b"7", b""):
        path.write_bytes(b"\n".join([first, torn, third, b""]))
        assert sweep_rows.read_rows(tmp_path) == [rows[0], rows[2]]


def test_json_lines_are_one_object_a_line(tmp_path):
    sweep_rows.write_rows(tmp_path, [{"a": [1, 2], "error": "Größe"}, {"a": [3], "b": 1, "error": ""}])
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["a"] for line in lines] == [[1, 2], [3]]
    assert (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()[0] == "a,b,error"
