"""`mnist-lab run` on the command line: what it refuses, what it leaves, its exit status; and the doctor."""

import os
import re
import signal
import subprocess
import sys
import time
import types

from mnist_lab import __version__, lesson
from mnist_lab.cli import main
from mnist_lab.workshop.batch import lessons, runner
from mnist_lab.workshop.batch.execution import LessonRun
from mnist_lab.workshop.batch.run_folders import only_here

import nbformat
import psutil
import pytest
from click.testing import CliRunner
from lesson_files import put, recording

PARAMETERS = "SEED = 0\nDIGITS = 'bundled'"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notebooks"
    put(folder, "00_start_here", recording(seed="SEED"), parameters=PARAMETERS)
    put(folder, "01_cnn_anatomy", "raise ValueError('12·12 is not 6·6')", parameters=PARAMETERS)
    return folder


@pytest.fixture
def call(folder, monkeypatch):
    """Call mnist-lab run in the folder's parent."""
    monkeypatch.chdir(folder.parent)

    def call(*words):
        return CliRunner().invoke(main, ["run", "--folder", str(folder), *words])

    return call


@pytest.fixture
def nothing_runs(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a lesson was run")

    monkeypatch.setattr(runner, "execute", refuse)
    monkeypatch.setattr(runner, "perform", refuse)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["anatomie"], "There is no lesson 'anatomie'; .* Did you mean 01_cnn_anatomy?"),
        (["7"], "there are 00_start_here, 01_cnn_anatomy."),
        (["-p", "SEEDS", "1"], "No chosen lesson has a parameter 'SEEDS'; .* mean SEED?"),
        (["-p", "SEED", "one"], "SEED expects a whole number, such as 0, but got 'one'."),
        (["-p", "SEED", "1", "-p", "SEED", "2"], "SEED is given twice"),
        (["-p", "DIGITS", "full", "--digits", "full"], "DIGITS is given twice"),
        (["--in-place", "--digits", "full"], "--in-place runs .* default parameters"),
        (["--in-place", "--output-dir", "x"], "--in-place runs"),
        (["--store-seconds", "0"], "--store-seconds is for a run of all lessons"),
        (["--timeout", "0"], "--timeout"),
        (["--output-dir", "notebooks/00_start_here.ipynb"], "cannot be made"),
        (["--folder", "nowhere"], "no lessons in nowhere.*mnist-lab start"),
    ],
)
@pytest.mark.usefixtures("nothing_runs")
def test_bad_input_is_refused_before_anything_runs(call, words, message):
    result = call(*words)
    assert result.exit_code == 2
    assert re.search(message.replace("?", r"\?"), " ".join(result.output.split())), result.output
    assert not os.path.exists("runs")


def test_the_default_folder_is_beside_the_package(monkeypatch, tmp_path):
    assert lessons.NOTEBOOKS.parent.joinpath("mnist_lab", "cli").is_dir()
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path / "site-packages" / "notebooks")
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 2
    assert "There are no lessons in" in result.output


def test_a_run_ends_with_the_table_and_the_index(call):
    result = call("-p", "SEED", "-5", "--digits", "full")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert "01_cnn_anatomy: failed, cell [3]: ValueError: 12·12 is not 6·6" in lines
    assert lines[-2].startswith("1 of 2 lessons passed in ")
    assert lines[-1].endswith("index.html") and os.path.isfile(lines[-1])
    assert "seed = -5" in result.output
    (run,) = os.listdir("runs")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", run)
    executed = nbformat.read(f"runs/{run}/00_start_here.ipynb", as_version=4)
    assert executed.metadata.papermill.parameters == {"SEED": -5, "DIGITS": "full"}


@pytest.mark.parametrize("words", [["-p", "SEED=7"], ["--parameter", "SEED=7"], ["-p", "SEED", "7"]])
def test_a_parameter_comes_with_or_without_a_sign(call, monkeypatch, words):
    seen = []
    monkeypatch.setattr("mnist_lab.cli.run_commands._run", lambda jobs, *_: seen.extend(jobs) or [])
    assert call("0", *words, "-p", "DIGITS=a=b").exit_code == 0
    assert [parameters for _, parameters in seen] == [{"SEED": 7, "DIGITS": "a=b"}]


def test_a_place_that_cannot_be_written_is_found_before_anything_runs(
    call, folder, monkeypatch, nothing_runs
):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("mnist_lab.workshop.batch.run_folders.check_writable", refuse)
    result = call("0", "--output-dir", "o")
    assert result.exit_code == 2
    assert "cannot be made or written to (Permission denied)" in " ".join(result.output.split())
    monkeypatch.setattr("mnist_lab.workshop.batch.runner.check_writable", refuse)
    result = call("0", "--in-place")
    assert result.exit_code == 1 and "00_start_here: failed, PermissionError" in result.output


@pytest.mark.parametrize(
    ("words", "at_once"),
    [([], 2), (["0"], 1), (["--workers", "1"], 1), (["--workers", "3"], 3), (["--store-seconds"], 1)],
)
def test_as_many_lessons_run_at_a_time_as_there_are_cores(call, monkeypatch, words, at_once):
    seen = []

    def run_all(jobs, output_dir, *, pool, device, **_):
        seen.append((getattr(pool, "workers", 1), device))
        return [LessonRun(path.stem, "failed") for path, _ in jobs]

    monkeypatch.setattr(runner, "run_all", run_all)
    monkeypatch.setattr("mnist_lab.workshop.batch.pool.cores", lambda: 4)
    monkeypatch.setattr("mnist_lab.workshop.batch.pool.free_memory", lambda: 10**12)
    call(*words)
    ((workers, device),) = seen
    assert workers == at_once and (f", shared by {at_once} lessons at a time" in device) == (at_once > 1)


def test_exit_status_0_and_the_chosen_folder(call):
    result = call("start_here", "--output-dir", "here/it is")
    assert result.exit_code == 0, result.output
    assert sorted(os.listdir("here/it is")) == [
        ".lock",
        "00_start_here.html",
        "00_start_here.ipynb",
        "index.html",
    ]


def test_a_folder_in_use_is_refused_and_left_as_it_is(call):
    os.mkdir("o")
    with only_here("o"):
        result = call("start_here", "--output-dir", "o")
    assert result.exit_code == 1 and "o is in use by another run; wait" in " ".join(result.output.split())
    assert os.listdir("o") == [".lock"]


def test_a_folder_that_vanishes_is_said(call, monkeypatch):
    def run(path, output_dir, **_):
        output_dir.rename("elsewhere")
        return LessonRun(path.stem, "passed")

    monkeypatch.setattr("mnist_lab.workshop.batch.runner.run_lesson", run)
    result = call("start_here", "--output-dir", "o")
    assert result.exit_code == 1
    assert "o has vanished, and the results with it; start this again" in " ".join(result.output.split())


def test_in_place_writes_back_only_what_passed(call, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = call("--in-place")
    assert result.exit_code == 1
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == ["00_start_here.ipynb"]
    assert "papermill" not in after["00_start_here.ipynb"].decode()
    assert not os.path.exists("runs")


@pytest.mark.parametrize("status", ["passed", "failed"])
def test_seconds_are_stored_if_all_passed(call, monkeypatch, tmp_path, status):
    def fake(path, output_dir, **_):
        return runner.LessonRun(path.stem, status, 1.26)

    monkeypatch.setattr(runner, "run_lesson", fake)
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    result = call("--store-seconds", "--digits", "full")
    assert result.exit_code == (status == "failed")
    if status == "failed":
        assert "not stored" in result.output
        return
    stored = lesson.recorded("lesson_seconds")
    assert stored["seconds"] == {"00_start_here": 1.3, "01_cnn_anatomy": 1.3}
    assert (stored["n"], stored["digits"]) == (1, "full")


@pytest.mark.parametrize("ok", [True, False])
def test_doctor_prints_its_report(monkeypatch, ok):
    fake = types.SimpleNamespace(report=lambda: ("digits: here", ok))
    monkeypatch.setitem(sys.modules, "mnist_lab.workshop.doctor", fake)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.output == "digits: here\n"
    assert result.exit_code == (0 if ok else 1)


def started(*words, **streams):
    command = [sys.executable, "-m", "mnist_lab.cli", *map(str, words)]
    return subprocess.run(command, capture_output=not streams, text=True, timeout=120, **streams)


posix_only = pytest.mark.skipif(os.name != "posix", reason="closes streams as a POSIX shell does")


@posix_only
@pytest.mark.parametrize("words", [["--help"], ["run", "0"], ["sweep", "0", "--grid", "SEED=1"]])
def test_no_standard_output_is_said_before_anything_runs(folder, words):
    options = [] if words[0] == "--help" else ["--folder", folder, "--output-dir", folder / "o"]
    done = started(*words, *options, preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "Error: There is no standard output; "
        "send it to a file or to the null device.\n")  # fmt: skip
    assert not (folder / "o").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
def test_a_full_disk_under_the_output_is_a_sentence():
    with open("/dev/full", "w") as full:
        done = started("--version", stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert done.stderr.startswith("Error: Standard output cannot be written (No space left on device)")
        assert started("no-such", stdout=subprocess.PIPE, stderr=full).returncode == 1


@posix_only
def test_a_closed_pipe_ends_a_sweep_in_a_sentence_about_the_output(folder):
    """And not in one about the folder of the results, which is whole."""
    ours, theirs = os.pipe()
    os.close(ours)
    words = ["sweep", "0", "--grid", "SEED=1", "--folder", folder, "--output-dir", folder / "o"]
    done = started(*words, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert done.returncode == 1
    assert done.stderr == "Error: Standard output cannot be written (Broken pipe), so this ended early.\n"
    assert (folder / "o" / "results.jsonl").read_text().count("passed") == 1


@posix_only
def test_a_run_without_a_stream_for_errors_is_as_any(folder):
    words = ["run", "0", "--folder", folder, "--output-dir", folder / "o"]
    done = started(*words, preexec_fn=lambda: os.close(2), stdout=subprocess.PIPE)
    assert done.returncode == 0 and "1 of 1 lesson passed" in done.stdout


def test_no_bar_is_drawn_into_a_log():
    code = (
        "from mnist_lab.cli.output import watched_output\n"
        "with watched_output():\n"
        "    import os\n"
        "    from tqdm.auto import tqdm\n"
        "    for _ in tqdm(range(9)): pass\n"
        "    print(os.environ.get('TQDM_DISABLE'), flush=True)\n"
        "    import time\n"
        "    for _ in tqdm(range(100), disable=False, leave=False): time.sleep(0.01)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
    assert done.stderr.count("it/s") == 1  # at the beginning, of the bar that is insisted on


def test_version_and_help():
    assert __version__ in CliRunner().invoke(main, ["--version"]).output
    listed = CliRunner().invoke(main, ["--help"]).output
    assert "run" in listed and "doctor" in listed


@pytest.mark.parametrize("command", ["run", "sweep"])
def test_help_does_not_import_what_only_a_run_needs(command):
    code = (
        "import sys, mnist_lab.cli as c\n"
        f"try: c.main([{command!r}, '--help'])\n"
        "except SystemExit: print({'papermill', 'nbconvert', 'distributed', 'matplotlib'} & set(sys.modules))"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert completed.stdout.splitlines()[-1] == "set()"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send Ctrl-C there without itself")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_keeps_what_is_finished_and_leaves_no_kernel(folder, workers):
    put(
        folder,
        "01_cnn_anatomy",
        "open('pid', 'w').write(str(__import__('os').getpid()))\nwhile 1: 0",
    )
    command = [
        sys.executable,
        "-m",
        "mnist_lab.cli",
        "run",
        "--folder",
        folder,
        "--output-dir",
        "o",
        "--workers",
        workers,
    ]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # nohup and "&" have it ignored
    process = subprocess.Popen(
        command, cwd=folder.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    signal.signal(signal.SIGINT, before)
    marker, index = folder / "pid", folder.parent / "o" / "index.html"
    while not (marker.is_file() and marker.read_text() and "✓ passed" in index.read_text(encoding="utf-8")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    while psutil.pid_exists(int(marker.read_text())):  # it is killed, and its parent may have to notice
        time.sleep(0.05)
    text = index.read_text(encoding="utf-8")
    assert "✓ passed" in text and "✗ interrupted" in text
    assert (folder.parent / "o" / "00_start_here.html").is_file()


@pytest.mark.skipif(os.name == "nt", reason="there a current folder cannot be removed")
def test_a_current_folder_that_is_gone_is_said(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == 1
    assert "The current folder cannot be read (No such file or directory)" in result.output


@pytest.mark.parametrize("library", ["click", "tqdm"])  # the second is imported once the output is looked at
@pytest.mark.parametrize("words", [["-m", "mnist_lab.cli"], ["-c", "from mnist_lab.cli import main; main()"]])
def test_ctrl_c_while_the_command_is_imported_leaves_no_traceback(tmp_path, words, library):
    (tmp_path / f"{library}.py").write_text("raise KeyboardInterrupt")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


ENDED = """
import os, signal
from mnist_lab.cli.group import ended_in_order
with ended_in_order():
    try:
        os.kill(os.getpid(), signal.{})
        signal.pause()
    finally:
        print("cleared up", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(("variables", "said"), [({}, "cleared up\n"), ({"WORLD_SIZE": "2"}, "")])
def test_a_command_that_is_told_to_end_clears_up_first(name, variables, said):
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored
    command = [sys.executable, "-c", ENDED.format(name)]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
    signal.signal(signal.SIGHUP, before)
    assert (done.returncode, done.stdout, done.stderr) == (-getattr(signal, name), said, "")


DEAF = """
import os, signal, time
from mnist_lab.cli import group
group.CLEARING_UP = 0.2
with group.ended_in_order():
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except KeyboardInterrupt:
        pass  # as a finaliser drops it
    time.sleep(1000)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
def test_a_command_in_which_the_signal_gets_lost_ends_all_the_same():
    done = subprocess.run([sys.executable, "-c", DEAF], timeout=300, check=False)
    assert done.returncode == -signal.SIGTERM
