"""Lessons are found, chosen, run, reported and cleaned."""

import base64
import io
import json
import os
from datetime import datetime

from mnist_lab.cli import main
from mnist_lab.data import load_digits
from mnist_lab.plots.images import digit_grid
from mnist_lab.workshop.batch import execution, run_folders, runner
from mnist_lab.workshop.batch.clean import WIDGET, clean_metadata, clean_outputs, settled, shrink_pictures
from mnist_lab.workshop.batch.execution import _no_kernel_left, figures
from mnist_lab.workshop.batch.jobs import JobResult
from mnist_lab.workshop.batch.lessons import choose, convert, defaults, lessons, plan, ranges
from mnist_lab.workshop.batch.run_folders import output_folder, result_header
from mnist_lab.workshop.batch.runner import refresh, run_all, run_lesson

import nbformat
import numpy as np
import papermill
import psutil
import pytest
from click.testing import CliRunner
from jupyter_client.manager import KernelManager
from lesson_files import put, recording
from nbformat import v4
from PIL import Image

# Finding and choosing


@pytest.fixture
def folder(tmp_path):
    put(tmp_path, "00_start_here", parameters="SEED = 0\nDIGITS = 'bundled'")
    put(tmp_path, "03_training", parameters="SEED = 0\nNUM_EPOCHS = 3  # full = 10\nRATE = 0.1")
    put(tmp_path, "10_audit")
    (tmp_path / "notes.ipynb").write_text("")
    return tmp_path


def stems(paths):
    return [path.stem for path in paths]


def test_lessons_come_in_the_order_of_the_series(folder):
    assert stems(lessons(folder)) == ["00_start_here", "03_training", "10_audit"]
    assert choose([], folder=folder) == lessons(folder)


@pytest.mark.parametrize(
    "name",
    ["3", "03", "training", "03_training", "03_training.ipynb", "notebooks/03_training.ipynb"],
)
def test_a_lesson_goes_by_number_name_or_file(folder, name):
    assert stems(choose([name, "3"], folder=folder)) == ["03_training"]


@pytest.mark.parametrize("copy", ["-Copy1", " (1)", " copy", " - Kopie"])
def test_a_copy_is_left_out_unless_it_is_named_in_full(folder, capsys, copy):
    (folder / f"03_training{copy}.ipynb").write_text("")
    for name in ["3", "training"]:
        assert stems(choose([name], folder=folder)) == ["03_training"]
        assert f"Left out, as copies by their names: 03_training{copy}." in capsys.readouterr().err
    assert stems(choose([], folder=folder)) == ["00_start_here", "03_training", "10_audit"]
    assert capsys.readouterr().err and stems(lessons(folder)) == stems(
        choose(["0", "3", "10"], folder=folder)
    )
    capsys.readouterr()
    assert stems(choose([f"03_training{copy}"], folder=folder)) == [f"03_training{copy}"]
    assert stems(choose(["0"], folder=folder)) == ["00_start_here"]
    assert capsys.readouterr().err == ""


def test_a_copy_alone_is_the_lesson(folder):
    (folder / "03_training.ipynb").rename(folder / "03_training-Copy1.ipynb")
    assert stems(choose(["3"], folder=folder)) == ["03_training-Copy1"]


@pytest.mark.parametrize("name", ["trainning", "Training", "03_trainin"])
def test_an_unknown_lesson_names_those_that_exist_and_the_nearest(folder, name):
    with pytest.raises(ValueError, match=r"00_start_here, 03_training.* mean 03_training\?"):
        choose([name], folder=folder)


def test_no_lessons_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match=r"no lessons in .*--folder, or write copies .*mnist-lab start"):
        lessons(tmp_path / "site-packages" / "notebooks")


# Parameters


def test_defaults_are_read_even_with_an_equals_sign_in_the_comment(folder):
    assert defaults(folder / "03_training.ipynb") == {"SEED": 0, "NUM_EPOCHS": 3, "RATE": 0.1}


def test_a_file_that_is_no_notebook_is_named(folder):
    with pytest.raises(ValueError, match=r"notes\.ipynb cannot be read as a lesson"):
        defaults(folder / "notes.ipynb")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_or_endless_brackets_in_place_of_a_lesson_are_refused(folder):
    path = folder / "notes.ipynb"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="cannot be read as a lesson: it is a named pipe"):
        defaults(path)
    path.unlink()
    path.write_text(99_999 * "[")
    with pytest.raises(ValueError, match="cannot be read as a lesson"):
        defaults(path)


def test_a_lesson_gets_the_parameters_that_it_has(folder):
    jobs = plan(lessons(folder), {"NUM_EPOCHS": "5", "SEED": "7"})
    assert [given for _, given in jobs] == [{"SEED": 7}, {"NUM_EPOCHS": 5, "SEED": 7}, {"SEED": 7}]


@pytest.mark.parametrize("name", ["NUM_EPOCH", "num_epochs"])
def test_an_unknown_parameter_names_those_that_exist_and_the_nearest(folder, name):
    with pytest.raises(ValueError, match=r"SEED, .*RATE\. Did you mean NUM_EPOCHS\?"):
        plan(lessons(folder), {name: "5"})


CALL = 'check_parameters(globals(), NUM=(1, 9), PART=(1, "NUM - 1"), REST=(0.0, MOST))'


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        (f"x = 1\n{CALL}", {"NUM": (1, 9), "PART": (1, "NUM - 1")}),  # REST's is known in the lesson alone
        ("check_parameters(globals())", {}),
        ("print(1)", None),
        ("files = !ls", None),
    ],
)
def test_a_lesson_declares_its_ranges_in_the_cell_after_its_parameters(tmp_path, code, declared):
    path = put(tmp_path, "00_mine", code, CALL, parameters="NUM = 3\nPART = 2\nREST = 0.5")
    assert ranges(path) == declared
    given = {"NUM": "10"}
    if not declared:
        assert plan([path], given) == [(path, {"NUM": 10})]
    else:
        with pytest.raises(ValueError, match=r"^00_mine: NUM is a whole number from 1 to 9, but got 10"):
            plan([path], given)


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("5", 3, 5),
        ("-1", 3, -1),
        ("5", 0.1, 5.0),
        ("1e-3", 0.1, 0.001),
        ("5", "bundled", "5"),
        ("False", True, False),
        ("1", False, True),
        ("[1, 2]", [3], [1, 2]),
        ("1, 2", [3], [1, 2]),
        ("(1, 2)", (3, 4), [1, 2]),
        ("{'a': 1}", {}, {"a": 1}),
        ("5", None, 5),
        ("mps", None, "mps"),
        ("None", None, None),
    ],
)
def test_a_value_takes_the_type_of_the_default(text, default, value):
    converted = convert("NAME", text, default)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("three", 3, "a whole number, such as 3, but got 'three'"),
        ("2.5", 3, "a whole number"),
        ("fast", 0.1, "a number"),
        ("maybe", True, "true or false"),
        ("5", [3], "a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(text, default, expected):
    with pytest.raises(ValueError, match=f"NAME expects {expected}"):
        convert("NAME", text, default)


# Running


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A run of four lessons in a folder with braces and a space, two of which fail."""
    home = tmp_path_factory.mktemp("my {lab} of")
    records = put(home, "00_records", recording(rate="RATE", seed="SEED"), parameters="SEED = 0\nRATE = 0.1")
    fails = put(home, "01_fails", "x = 1", "1 / 0", "x")
    dies = put(home, "02_dies", "import os", "os._exit(3)")
    leaves = put(home, "03_leaves", "import sys", "sys.exit()", "1")
    jobs = [(records, {"RATE": 0.5}), (fails, {}), (dies, {}), (leaves, {})]
    out = output_folder(home / "out")
    return out, {run.name: run for run in run_all(jobs, out, command="mnist-lab run")}


def test_the_others_run_when_a_lesson_fails(ran):
    _, runs = ran
    assert [run.status for run in runs.values()] == ["passed", "failed", "failed", "failed"]


def test_a_failure_is_told_with_its_cell_and_exception(ran):
    out, runs = ran
    assert runs["01_fails"].error == "cell [3]: ZeroDivisionError: division by zero"
    assert runs["01_fails"].cell_id == "code-1"
    assert "division by zero" in (out / "01_fails.html").read_text(encoding="utf-8")
    executed = nbformat.read(out / "01_fails.ipynb", as_version=4)
    assert [cell.id for cell in executed.cells[1:4]] == ["parameters", "code-0", "code-1"]


def test_a_kernel_that_dies_is_told(ran):
    out, runs = ran
    assert runs["02_dies"].error.startswith("cell [3]: the kernel died")
    assert "the kernel died" in (out / "02_dies.html").read_text(encoding="utf-8")


def test_a_lesson_that_leaves_early_has_not_passed(ran):
    assert "SystemExit" in ran[1]["03_leaves"].error


def test_parameters_arrive_and_figures_come_back(ran):
    out, runs = ran
    assert runs["00_records"].figures == {"rate": 0.5, "seed": 0}
    executed = nbformat.read(out / "00_records.ipynb", as_version=4)
    assert figures(executed) == {"rate": 0.5, "seed": 0}
    assert executed.metadata.papermill.parameters == {"RATE": 0.5}
    assert executed.metadata.papermill.output_path == "00_records.ipynb"


def test_the_folder_holds_whole_files_and_nothing_else(ran):
    out, runs = ran
    names = [f"{name}.{kind}" for name in runs for kind in ("html", "ipynb")]
    assert sorted(os.listdir(out)) == sorted([*names, "index.html"])
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "<dt>rate</dt> <dd>0.5</dd>" in index
    assert 'href="01_fails.html#cell-id=code-1"' in index


def test_a_cell_that_hangs_is_ended_and_named(tmp_path):
    hangs = put(tmp_path, "00_hangs", parameters="while True: pass")
    run = run_lesson(hangs, tmp_path, timeout=1)
    assert run.status == "failed"
    assert run.error == "cell [1]: the cell did not end within 1 seconds"
    assert (tmp_path / "00_hangs.html").is_file()


def test_no_kernel_is_left_when_ctrl_c_comes_while_one_starts():
    manager = KernelManager()
    with pytest.raises(KeyboardInterrupt), _no_kernel_left():
        manager.start_kernel()
        pid = manager.provisioner.process.pid
        raise KeyboardInterrupt
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    manager.cleanup_resources()


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "interrupted"), (OSError, "failed")])
def test_the_finished_lessons_and_the_index_are_kept(tmp_path, monkeypatch, error, status):
    def fake(path, output_dir, **_):
        if path.stem == "01_b":
            raise error("stopped")
        return runner.LessonRun(path.stem, "passed", 1.0)

    monkeypatch.setattr(runner, "run_lesson", fake)
    jobs = [(tmp_path / f"{name}.ipynb", {}) for name in ("00_a", "01_b", "02_c")]
    runs = run_all(jobs, tmp_path)
    last = "not run" if error is KeyboardInterrupt else "passed"
    assert [run.status for run in runs] == ["passed", status, last]
    assert f"✗ {status}" in (tmp_path / "index.html").read_text(encoding="utf-8")


class Interrupted:
    """A pool of two workers in which Ctrl-C comes when the first lesson has ended."""

    workers = 2

    def run(self, function, jobs):
        yield jobs[0], JobResult(runner.LessonRun(jobs[0].name, "passed", 1.0))
        raise KeyboardInterrupt


def test_in_a_pool_the_long_lessons_come_first_and_those_that_ran_are_interrupted(tmp_path, monkeypatch):
    seconds = {"00_a": 1.0, "01_b": 4.0, "03_d": 3.0, "04_e": 2.0}
    monkeypatch.setattr(runner, "recorded", lambda name: {"lesson_seconds": {"seconds": seconds}}[name])
    jobs = [(put(tmp_path / "nb", f"0{number}_{'abcde'[number]}"), {}) for number in range(5)]
    assert runner.long_first(jobs) == [2, 1, 3, 4, 0]  # nobody knows how long the first of them takes
    runs = run_all(jobs, tmp_path, pool=Interrupted())
    assert [run.name for run in runs] == ["00_a", "01_b", "02_c", "03_d", "04_e"]
    assert [run.status for run in runs] == ["not run", "interrupted", "passed", "interrupted", "not run"]
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("✗ interrupted") == 2


def test_a_damaged_store_of_seconds_costs_no_more_than_the_order(tmp_path, monkeypatch):
    monkeypatch.setattr("mnist_lab.lesson.RESULTS", tmp_path)
    for text in (None, "{", "{}"):
        if text:
            (tmp_path / "lesson_seconds.json").write_text(text)
        assert runner.long_first([(tmp_path / "b.ipynb", {}), (tmp_path / "a.ipynb", {})]) == [0, 1]


def test_a_page_that_cannot_be_made_costs_only_itself(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no template")

    monkeypatch.setattr("mnist_lab.workshop.batch.jobs.page", broken)
    run = run_lesson(put(tmp_path / "notebooks", "00_a"), tmp_path)
    assert (run.status, run.error) == ("failed", "no HTML could be made: RuntimeError: no template")
    assert (tmp_path / "00_a.ipynb").is_file() and not run.has_page


def test_a_notebook_is_saved_as_seldom_as_papermill_allows(tmp_path, monkeypatch):
    """Its own engine saves it twice a cell; ours once, and papermill itself once more at the end."""
    saves = []

    def save(notebook, path):
        saves.append(path)
        nbformat.write(notebook, path)

    for module in (execution, papermill.engines, papermill.execute):
        monkeypatch.setattr(module, "write_ipynb", save)
    assert run_lesson(put(tmp_path / "notebooks", "00_a", *"1234"), tmp_path).status == "passed"
    assert len(saves) == 2
    assert papermill.engines.papermill_engines.get_engine() is papermill.engines.NBClientEngine


# Files


def test_output_folders_never_collide_and_suit_every_system(tmp_path, monkeypatch):
    class Stopped(datetime):
        @classmethod
        def now(cls):
            return datetime(2026, 1, 2, 3, 4, 5)

    monkeypatch.setattr(run_folders, "datetime", Stopped)
    monkeypatch.chdir(tmp_path)
    names = ["2026-01-02_03-04-05", "2026-01-02_03-04-05_2", "2026-01-02_03-04-05_3"]
    assert [output_folder() for _ in range(3)] == [tmp_path / "runs" / name for name in names]


def test_an_output_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(ValueError, match=r"out cannot be made .* --output-dir"):
        output_folder(tmp_path / "out")


def test_the_lessons_own_folder_is_no_output_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "nb", "00_first", "1")
    words = {"run": ["run", "0", "--output-dir", "nb"], "sweep": ["sweep", "0", "--seeds", "2"]}
    words["sweep"] += ["--output-dir", "nb/../nb"]
    for command in words.values():
        result = CliRunner().invoke(main, [*command, "--folder", "nb"])
        assert result.exit_code == 2 and "is the lessons' own folder" in result.output, result.output
    assert os.listdir("nb") == ["00_first.ipynb"]


def test_runs_that_is_a_link_to_nowhere_ends_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").symlink_to(tmp_path / "unplugged")
    with pytest.raises(ValueError, match=r"cannot be made or written to \(File exists\); choose another"):
        output_folder()


def test_a_stored_result_begins_with_its_header():
    header = result_header("mnist-lab run", n=1, device="cpu", digits="bundled")
    assert list(header) == ["command", "commit", "date", "n", "device", "versions", "digits"]
    assert set(header["versions"]) == {"python", "torch", "torchvision"}
    assert header["commit"]
    json.dumps(header)


# Cleaning


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def cleaned(*outputs):
    cell = v4.new_code_cell("x", outputs=list(outputs))
    return clean_outputs(v4.new_notebook(cells=[cell])).cells[0].outputs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\n", "a\nb\n"),
        ("10 %\r50 %\r100 %\ndone\n", "100 %\ndone\n"),
        ("abcdef\rxy", "xycdef"),
        ("long line\rshort    \n", "short\n"),
        ("one\n\x1b[A\rtwo", "one\ntwo"),
        ("  kept  \n", "  kept  \n"),
    ],
)
def test_overwritten_text_is_settled(text, shown):
    assert settled(text) == shown


def test_progress_bars_on_stderr_are_dropped_and_other_lines_kept():
    bar = "  0%|          | 0/3 [00:00<?, ?it/s]\r100%|██████████| 3/3 [00:00<00:00, 9.9it/s]\n"
    assert cleaned(stream(bar, "stderr")) == []
    assert cleaned(stream("12it [00:00, 5.0it/s]\n", "stderr")) == []
    assert cleaned(stream(f"{bar}UserWarning: look\n", "stderr"))[0].text == "UserWarning: look\n"
    named = "epoch 3:  67%|██▋ | 2/3 [01:02<00:31, 31.0s/it, loss=0.1]"
    assert cleaned(stream(named, "stderr")) == []


def test_streams_that_meet_are_joined():
    widget = v4.new_output("display_data", data={WIDGET: {}, "text/plain": "  0%|"})
    outputs = cleaned(stream("a\n"), widget, stream("b\n"), stream("!\n", "stderr"))
    assert [(o.name, o.text) for o in outputs] == [("stdout", "a\nb\n"), ("stderr", "!\n")]


def test_a_widget_leaves_its_picture():
    data = {WIDGET: {"model_id": "1"}, "text/plain": "Slider()", "image/png": "aGk="}
    (output,) = cleaned(v4.new_output("display_data", data=data))
    assert set(output.data) == {"text/plain", "image/png"}


def test_only_the_short_list_of_metadata_is_kept():
    metadata = {
        "tags": ["parameters"],
        "slideshow": {"slide_type": "slide"},
        "jupyter": {"source_hidden": True, "outputs_hidden": False},
        "papermill": {"status": "completed"},
        "collapsed": True,
    }
    cells = [
        v4.new_code_cell("1", execution_count=7, metadata=metadata, id="one"),
        v4.new_code_cell("", execution_count=8, metadata={"tags": []}),
        v4.new_code_cell("2", outputs=[v4.new_output("execute_result", execution_count=9)]),
    ]
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook = v4.new_notebook(cells=cells, metadata={"widgets": widgets, "papermill": {}})
    clean_metadata(clean_outputs(notebook))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(cells[0].metadata) == {"tags", "slideshow", "jupyter"}
    assert cells[0].metadata.jupyter == {"source_hidden": True}
    assert cells[0].metadata.tags == ["hide-input", "parameters"], "for pages that fold by a tag"
    assert cells[1].metadata == {}
    assert [cell.execution_count for cell in cells] == [1, None, 2]
    assert cells[2].outputs[0].execution_count == 2


def test_a_cell_that_reveals_an_answer_is_folded():
    cells = [v4.new_code_cell('print(1)\nreveal("1.1", "a")'), v4.new_code_cell("print(1)")]
    clean_metadata(v4.new_notebook(cells=cells))
    assert cells[0].metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
    assert cells[1].metadata == {}


# In place


def test_a_refreshed_lesson_is_clean_and_the_same_every_time(tmp_path):
    bar = "import sys, tqdm\nfor _ in tqdm.tqdm(range(2)): print('step')"
    path = put(tmp_path, "00_a", bar, "6 * 7", "")
    assert refresh(path).status == "passed"
    first = path.read_bytes()
    assert refresh(path).status == "passed"
    assert path.read_bytes() == first
    assert first.startswith(b'{\n "cells"') and first.endswith(b"}\n") and b"\r" not in first
    notebook = nbformat.read(path, as_version=4)
    assert [c.id for c in notebook.cells] == ["head", "parameters", "code-0", "code-1", "code-2"]
    assert [c.execution_count for c in notebook.cells[1:]] == [1, 2, 3, None]
    assert [o.text for o in notebook.cells[2].outputs] == ["step\nstep\n"]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_a_lesson_that_fails_in_place_is_left_as_it_was(tmp_path):
    path = put(tmp_path, "00_a", "1 / 0")
    before = path.read_bytes()
    assert refresh(path).error == "cell [2]: ZeroDivisionError: division by zero"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["00_a.ipynb"]


def test_a_lesson_that_is_too_large_is_left_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "LARGEST", 2_000)
    path = put(tmp_path, "00_a", "print('x' * 3000)")
    before = path.read_bytes()
    run = refresh(path)
    assert run.status == "failed"
    assert "KB, and a committed lesson has at most 2" in run.error
    assert path.read_bytes() == before


def test_pictures_shrink_to_a_palette_and_look_the_same():
    figure = digit_grid(load_digits().train.dataset.data[:20], captions=range(20), title="Digits")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    before = base64.b64encode(file.getvalue()).decode()
    output = v4.new_output("display_data", data={"image/png": before})
    notebook = v4.new_notebook(cells=[v4.new_code_cell(outputs=[output])])
    after = shrink_pictures(notebook).cells[0].outputs[0].data["image/png"]
    assert len(after) < 0.6 * len(before)
    old, new = (Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB") for png in (before, after))
    difference = np.abs(np.asarray(old, float) - np.asarray(new, float))
    assert old.size == new.size and difference.mean() < 2
