"""What counts of a locked cell's output, what may stand in a page, and how a kernel is shut in."""

import subprocess
import sys
from types import SimpleNamespace

from mnist_lab.workshop.classroom import shut_in
from mnist_lab.workshop.classroom.shut_in import Shelter, chosen
from mnist_lab.workshop.classroom.shut_in_kernel import end_if_too_big

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError
from nbformat import v4
from run_nbgrader import can_shut_in

pytest.importorskip("nbgrader")

from mnist_lab.workshop.classroom import shut_in_run
from mnist_lab.workshop.classroom.grading import GRADE_TYPE
from mnist_lab.workshop.classroom.harmless import without_scripts
from mnist_lab.workshop.classroom.judged import NOT_DONE, graded_id, seen, sent, settled

SEED = 1234567890
FINDING = {"exercise": "6.7", "cases": "hidden", "status": "correct", "mistake": None}


def finding(points, token="right", **more):
    said = FINDING | {"points": points, "token": token} | more
    return v4.new_output("display_data", data={"text/plain": "said", GRADE_TYPE: said})


def result(text):
    return v4.new_output("execute_result", data={"text/plain": text})


def error():
    return v4.new_output("error", ename="NotEarned", evalue="no", traceback=["no"])


def points(*outputs, most=4):
    """The points that nbgrader gives to a locked cell with these outputs."""
    from nbgrader.utils import determine_grade

    marks = {"grade": True, "solution": False, "points": most, "grade_id": "check-6-7"}
    cell = v4.new_code_cell("", metadata={"nbgrader": marks})
    cell.outputs = settled(list(outputs), "right", SEED, most)
    return determine_grade(cell)[0]


def test_points_come_from_the_finding_alone():
    assert points(finding(4)) == 4 and points(finding(2), result("2.0")) == 2
    assert points(finding(0), error()) == 0
    assert points(finding(0)) == points(result("4.0"), finding(0), error()) == 0, (
        "an early result counts nothing"
    )
    assert points(result("4.0"), finding(2)) == 2
    assert points(finding(4), most=0) == 0, "an optional exercise"


@pytest.mark.parametrize("token", ["", "wrong", "…", None])
def test_a_finding_without_the_token_is_none(token):
    assert points(finding(4, token)) == points() == 0
    (first, kept) = settled([finding(4, token)], "right", SEED, 4)
    assert NOT_DONE in first.evalue and GRADE_TYPE not in kept.data


def test_two_findings_or_odd_points_are_none():
    assert points(finding(4), finding(0)) == points(finding("4")) == points(finding(None)) == 0


def test_seed_and_token_are_taken_out():
    said = v4.new_output("stream", text=f"{SEED} right")
    outputs = settled([said, finding(4)], "right", SEED, 4)
    assert outputs[0].text == "… …" and outputs[1].data[GRADE_TYPE] == FINDING


def test_what_is_sent_is_the_last_line_alone():
    source = 'grade("6.7", stop)\ngrade("6.7", stop, final=True, seed=5)\n'  # as assignments had it once
    cell = v4.new_code_cell(source, metadata={"nbgrader": {"grade": True}})
    assert graded_id(cell) == "6.7" and graded_id(v4.new_code_cell(source)) is None
    first, last = sent(source, SEED)[0].splitlines()
    assert first == 'grade("6.7", stop)' and f"final=True, seed={SEED}, token=" in last
    assert sent(source, SEED)[1] != sent(source, SEED)[1]


@pytest.mark.parametrize(
    "reply", [None, {}, {"content": {"user_expressions": {"seen": {"data": {"text/plain": "x("}}}}}]
)
def test_a_kernel_that_answers_nonsense_has_shown_nothing(reply):
    assert seen(reply) == {}


def test_texts_that_were_given_out_stay_and_others_lose_their_tags(tmp_path):
    given = v4.new_markdown_cell("<details>ours</details>")
    nbformat.write(v4.new_notebook(cells=[given]), tmp_path / "given.ipynb")
    own = v4.new_markdown_cell("`a<b` <b>x</b>", attachments={"a": {"text/html": "<script>"}})
    raw = v4.new_raw_cell("<script>")
    notebook = v4.new_notebook(cells=[given, own, raw], metadata={"title": "<script>"})
    without_scripts(notebook, tmp_path / "given.ipynb")
    assert [cell.source for cell in notebook.cells] == [given.source, "`a< b` < b>x< /b>", "< script>"]
    assert "attachments" not in own and "title" not in notebook.metadata


CHILDREN = """\
import subprocess, sys, time

code = "import time; kept = b'x' * 60_000_000; time.sleep(600)"
children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
time.sleep(600)
"""


def test_processes_that_use_too_much_together_end_together():
    with subprocess.Popen([sys.executable, "-c", CHILDREN]) as process:
        end_if_too_big(process.pid, 200_000_000)
        assert process.wait() != 0


def test_without_a_shelter_grading_is_refused(monkeypatch):
    monkeypatch.setattr(shut_in.shutil, "which", lambda name: None)
    with pytest.raises(
        ValueError, match=r"nothing here can shut it in\. On Linux install bubblewrap.*=none\."
    ):
        chosen("auto", image="")
    with pytest.raises(ValueError, match="can shut it in by container, as the settings ask for"):
        chosen("container", image="")
    with pytest.raises(ValueError, match="is one of auto, bubblewrap, container, none, but got 'yes'"):
        chosen("yes", image="")
    assert chosen("none", image="") == "none"


@pytest.mark.skipif(sys.platform != "linux", reason="on Linux alone a container and bubblewrap do this")
def test_a_container_gets_no_network_and_only_the_submission(monkeypatch, tmp_path):
    monkeypatch.setattr(shut_in.shutil, "which", lambda name: None if name == "bwrap" else f"/bin/{name}")
    has = lambda words, **more: SimpleNamespace(returncode=words[:3] != ["podman", "image", "inspect"])  # noqa: E731
    monkeypatch.setattr(shut_in.subprocess, "run", has)  # Docker is there too, and does not have the image
    assert chosen("auto", image="lab") == "container"
    shelter = Shelter("container", tmp_path, tmp_path / "course", 10**9, 10**8, 99, image="lab")
    monkeypatch.setenv("TEACHERS_TOKEN", "secret")
    command, _ = shelter.start(["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "kernel.json"])
    words = " ".join(command)
    assert words.startswith("podman run --rm") and words.endswith(
        "python -m ipykernel_launcher -f kernel.json"
    )
    for part in ("--network none", "--read-only", "--cap-drop ALL", "--memory 1000000000", "--pids-limit 99"):
        assert part in words
    mounted = [command[place + 1] for place, word in enumerate(command) if word == "-v"]
    assert len(mounted) == 3 and not any("course" in place for place in mounted) and "TOKEN" not in words


@pytest.mark.skipif(not can_shut_in(), reason="bubblewrap is not there, or may not")
def test_a_course_within_what_is_shown_is_covered(monkeypatch, tmp_path):
    data, course = tmp_path / "data", tmp_path / "data" / "course"
    course.mkdir(parents=True)
    (tmp_path / "files").mkdir()
    (course / "gradebook.db").touch()
    (data / "digits").touch()
    monkeypatch.setenv("MNIST_LAB_DATA", str(data))
    shelter = Shelter("bubblewrap", tmp_path, course, 10**9, 10**8, 99)
    command = shelter.under_bubblewrap(["sh", "-c", f"find {data}; getent ahosts $(hostname)"])
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert str(data / "digits") in shown and str(course / "gradebook.db") not in shown
    assert "127.0.0.1" in shown, "lesson 12 runs processes that call one another by the machine's name"
    monkeypatch.setattr(shut_in.sys, "executable", "/missing/python")
    with pytest.raises(ValueError, match=r"bubblewrap does not start Python here: .*missing"):
        shelter.check()


def test_whoever_ends_python_again_and_again_gets_no_grade(monkeypatch):
    def end(self, notebook, resources, km):
        self._at = len(self._left_out)
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr(shut_in_run.Execute, "preprocess", end)
    monkeypatch.setattr(shut_in_run, "_rows", lambda url: [])
    execute = shut_in_run.ShutInExecute(confinement="none")
    with pytest.raises(DeadKernelError):
        execute.preprocess(None, {"nbgrader": {"db_url": ""}})
    assert len(execute._left_out) == shut_in_run.MOST_ENDED
