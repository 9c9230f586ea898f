"""What a learner is told in JupyterLab: of a guess, of an exercise wrong and right, of a question."""

import shutil

import pytest
from playwright.sync_api import expect

WRONG = "def accuracy(scores, labels):\n    return (scores.max(dim=1).values == labels).float().mean().item()"
RIGHT = "def accuracy(scores, labels):\n    return (scores.argmax(dim=1) == labels).float().mean().item()"
FIRST_REVEAL = 'reveal(\n    "0.1"'


def button(outputs, name):
    return outputs.get_by_role("button", name=name, exact=True)


def letter(outputs, option):
    """The letter that stands before an option."""
    row = outputs.locator("div").filter(has_text=option).filter(has=outputs.page.locator(":scope > b")).last
    return row.locator("b").text_content()


def test_a_prediction_is_kept_and_read_back(start_here):
    assert start_here.run_above(FIRST_REVEAL)
    asked = start_here.outputs('predict("0.1"')
    button(asked, letter(asked, "10")).click()
    expect(asked).to_contain_text("Now choose how sure you are.")
    button(asked, "70 %").focus()
    start_here.page.keyboard.press("Space")
    expect(asked).to_contain_text("Noted: 10, 70 % sure. Run on.")

    start_here.run(FIRST_REVEAL)
    told = start_here.outputs(FIRST_REVEAL)
    expect(told).to_contain_text("You were right.")
    expect(told).to_contain_text("You guessed 10, 70 % sure.")
    start_here.run("from mnist_lab.exercises import")
    start_here.run("progress()")
    expect(start_here.outputs("progress()")).to_contain_text("When 70 % sure: right 1 of 1")

    button(asked, letter(asked, "90")).click()
    expect(asked).to_contain_text("The result is out; the guess from before it counts.")


def test_an_exercise_wrong_and_then_right(start_here):
    start_here.run("from mnist_lab.exercises import")
    check = 'check("0.5", accuracy)'
    said = start_here.outputs(check)
    for answer, head, sentence in (
        (None, "not started yet", "0.5"),
        (WRONG, "not yet", "That is the score; argmax is the class."),
        ("def accuracy(scores, labels):\n    return scores.nothing", "stopped by an error", "nothing"),
        (RIGHT, "correct", "These few moves score every network of the series."),
    ):
        if answer:
            start_here.write("def accuracy(scores, labels)", answer)
        start_here.run("def accuracy(scores, labels)")
        start_here.run(check)
        expect(said).to_contain_text(f"Accuracy from scores: {head}")
        expect(said).to_contain_text(sentence)
        if answer == WRONG:
            hint = said.locator("details").first
            hint.locator("summary").first.click()
            expect(hint.get_by_text("Three steps")).to_be_visible()
    start_here.run("progress()")
    expect(start_here.outputs("progress()")).to_contain_text("correct, 3 attempts")


def test_a_question_is_answered_by_button(start_here):
    start_here.run("from mnist_lab.exercises import")
    start_here.run('question("0.exit")')
    asked = start_here.outputs('question("0.exit")')
    button(asked, letter(asked, "argmax(dim=0)")).click()
    expect(asked).to_contain_text("This makes the images disappear")
    button(asked, letter(asked, "argmax(dim=1)")).focus()
    start_here.page.keyboard.press("Space")
    expect(asked).to_contain_text("the place of its highest score is left")


@pytest.fixture
def learners_folder(start_here):
    """The folder of the lesson, marked as a learner's for one test."""
    mark = start_here.lab.lessons / ".mnist-lab"
    mark.mkdir()
    yield mark
    shutil.rmtree(mark)


def test_in_a_learner_s_folder_clicks_outlive_the_kernel(start_here, learners_folder):
    imports, predicts, asks = "from mnist_lab.exercises import", 'predict("0.1"', 'question("0.exit")'
    for piece in (imports, predicts, asks):
        start_here.run(piece)
    asked = start_here.outputs(predicts)
    button(asked, letter(asked, "10")).click()
    button(asked, "70 %").click()
    expect(asked).to_contain_text("Noted: 10, 70 % sure. Run on.")
    asked = start_here.outputs(asks)
    button(asked, letter(asked, "argmax(dim=0)")).click()
    expect(asked).to_contain_text("This makes the images disappear")

    start_here.close()
    start_here.reload()  # a new kernel, which has only the file
    for piece in (imports, predicts, "progress()"):
        start_here.run(piece)
    expect(start_here.outputs(predicts)).to_contain_text("(You have guessed: 10.)")
    expect(start_here.outputs("progress()")).to_contain_text("0 of 1")
    assert {path.name for path in learners_folder.iterdir()} <= {"progress.json", "progress.lock"}
