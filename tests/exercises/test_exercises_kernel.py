"""In a real kernel: boxes, the learner's line, the limit, buttons; and what is left when cleaned."""

from mnist_lab.workshop.batch.clean import clean_outputs

import pytest
from nbclient import NotebookClient
from nbformat import v4

CELLS = {
    "imports": "from mnist_lab.exercises import answer, check, hint, mine_or_reference, progress, question\n"
    "from mnist_lab.lesson import predict, reveal\nimport torch",
    "breaks": "def channels_first(photo):\n    doubled = photo * 2\n    return doubled.reshape(7, 7)",
    "error": 'check("0.3", channels_first)',
    "hangs": "def row_means(images):\n    while True:\n        pass",
    "slow": "from mnist_lab.exercises.engine import judge\n"
    "from dataclasses import replace\n"
    "from mnist_lab.exercises.registry import find_exercise\n"
    'print(judge.judge(replace(find_exercise("0.2"), seconds=0.3), row_means).status)',
    "leaves": "def row_means(images):\n    exit()",
    "left": 'verdict = check("0.2", row_means)',
    "silent": "verdict",
    "stub": "def accuracy(scores, labels):\n    ...",
    "untouched": 'check("0.5", accuracy)',
    "reference": 'accuracy = mine_or_reference("0.5")\naccuracy(torch.eye(3), torch.tensor([0, 1, 0]))',
    "predict": 'predict("0.9", "Which?", ["one", "two"])',
    "reveal": 'reveal("0.9", "two")',
    "question": 'question("0.exit")',
    "answer": 'answer("0.exit", "argmax(dim=0)")',
    "progress": "progress()",
}


@pytest.fixture(scope="module")
def ran():
    """The outputs of each cell, after the run and the cleaning that a committed lesson gets."""
    cells = [v4.new_code_cell(source) for source in CELLS.values()]
    notebook = v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    before = {
        name: [dict(o.get("data", {})) for o in c.outputs] for name, c in zip(CELLS, cells, strict=True)
    }
    clean_outputs(notebook)
    return before, {name: cell.outputs for name, cell in zip(CELLS, cells, strict=True)}


def text(outputs):
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in outputs)


def test_an_error_is_shown_with_the_line_of_the_cell(ran):
    said = text(ran[1]["error"])
    assert "stopped by an error" in said and "RuntimeError: shape '[7, 7]' is invalid" in said
    assert "line 3: return doubled.reshape(7, 7)" in said
    (output,) = ran[1]["error"]
    assert output.output_type == "display_data" and 'role="status"' in output.data["text/html"]


def test_a_loop_is_stopped_and_the_kernel_lives(ran):
    assert text(ran[1]["slow"]).strip() == "slow"
    assert "SystemExit" in text(ran[1]["left"])


def test_a_verdict_is_shown_once(ran):
    assert len(ran[1]["left"]) == 1 and ran[1]["silent"] == []


def test_an_untouched_stub_goes_on_with_the_reference(ran):
    assert "not started yet" in text(ran[1]["untouched"])
    assert "the reference for exercise 0.5" in text(ran[1]["reference"]) and "0.66" in text(
        ran[1]["reference"]
    )


@pytest.mark.parametrize("name", ["predict", "question"])
def test_buttons_leave_something_readable_when_cleaned(ran, name):
    before, after = ran
    fold = {"text/html"} if name == "question" else set()
    live = {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert [set(data) for data in before[name]] == [{"text/plain", "text/html"}, live | fold]
    assert [set(output.data) for output in after[name]] == [{"text/plain", "text/html"}] * (1 + len(fold))
    assert "  A  " in after[name][0].data["text/plain"]


def test_the_fold_of_a_question_has_its_answer_and_the_text_does_not(ran):
    asked, folded = ran[1]["question"]
    assert "<details" in folded.data["text/html"] and "highest score" in folded.data["text/html"]
    assert not any("highest score is left" in output.data["text/plain"] for output in (asked, folded))
    assert "<details" not in asked.data["text/html"], "live, the answer comes after a click"


def test_the_rest_says_what_it_should(ran):
    assert "No guess was recorded" in text(ran[1]["reveal"])
    assert "This makes the images disappear" in text(ran[1]["answer"])
    assert "✗ 0.3" in text(ran[1]["progress"]) and "not yet, 1 attempt" in text(ran[1]["progress"])
