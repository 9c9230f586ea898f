"""A guess before an experiment, the result beside it afterwards, and how far the guesses hold."""

import io

from mnist_lab.lesson import boxes, guess, predict, predictions, reveal

import pytest


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    monkeypatch.setattr(predictions, "PREDICTIONS", {})
    return predictions.PREDICTIONS


@pytest.fixture
def front_end(monkeypatch):
    """Catch the bundles that a notebook would show."""
    caught = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda data, raw: caught.append(data))
    return caught


def ask(**changes):
    settings = {"id": "3.2", "question": "What is the first loss?", "options": [0, 1, 2.3, 10]}
    predict(**{**settings, **changes})


def printed(capsys):
    return capsys.readouterr().out.strip()


def test_the_question_is_readable_as_text(capsys):
    ask(unit=" nats")
    assert printed(capsys).splitlines() == [
        "Prediction 3.2. What is the first loss?",
        "  A  0 nats",
        "  B  1 nats",
        "  C  2.3 nats",
        "  D  10 nats",
        '  Without buttons: guess("3.2", "A", confidence=70)',
    ]


def test_without_a_guess_reveal_says_so_and_goes_on(capsys):
    ask()
    printed(capsys)
    reveal("3.2", 2.31)
    assert printed(capsys).startswith("Prediction 3.2: 2.31\n  No guess was recorded.")
    assert predictions.reliability() == {}


def test_reveal_without_its_predict_cell_says_so_and_goes_on(capsys):
    reveal("3.9", 1)
    assert "The cell that asks for a guess was not run" in printed(capsys)


def test_of_numbers_the_nearest_option_is_right(capsys):
    ask(unit=" nats")
    guess("3.2", "C", confidence=90)
    printed(capsys)
    reveal("3.2", 2.2871)
    assert printed(capsys) == "Prediction 3.2: 2.29 nats. You were right.\n  You guessed 2.3 nats, 90 % sure."
    assert predictions.reliability() == {90: (1, 1)}


def test_a_wrong_guess_is_met_with_its_misconception(capsys):
    ask()
    guess("3.2", 0, confidence=70)
    printed(capsys)
    reveal("3.2", 2.3, misconceptions={0: "Zero is the loss of a perfect answer.", 1: "Other."})
    assert printed(capsys).splitlines() == [
        "Prediction 3.2: 2.3. Another answer than yours.",
        "  You guessed 0, 70 % sure.",
        "  Zero is the loss of a perfect answer.",
    ]
    assert predictions.reliability() == {70: (0, 1)}


def test_options_may_carry_their_misconceptions(capsys):
    ask(options={"the same": "It is not invariant.", "far fewer": None})
    guess("3.2", "the same", confidence=50)
    printed(capsys)
    reveal("3.2", "far fewer")
    assert "It is not invariant." in printed(capsys)


@pytest.mark.parametrize("actual", ["B", "b", "far fewer", "Far fewer"])
def test_texts_go_by_letter_or_by_themselves(actual, capsys):
    ask(options=["the same", "far fewer"])
    guess("3.2", "b", confidence=50)
    reveal("3.2", actual)
    assert "far fewer. You were right" in printed(capsys)


def test_hindsight_does_not_count(capsys):
    ask()
    guess("3.2", "A", confidence=90)
    reveal("3.2", 2.3)
    guess("3.2", "C", confidence=90)
    assert "the guess from before it counts" in printed(capsys)
    ask()
    reveal("3.2", 2.3)
    assert predictions.reliability() == {90: (0, 1)}


def test_after_a_run_without_a_guess_one_may_still_guess(capsys):
    ask()
    reveal("3.2", 2.3)
    ask()
    guess("3.2", "C", confidence=50)
    reveal("3.2", 2.3)
    assert predictions.reliability() == {50: (1, 1)}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ask(options=[1]), "two to six different options"),
        (lambda: ask(options=[1, 1]), "two to six different options"),
        (lambda: guess("9.9", "A", confidence=50), r"No prediction '9\.9' was asked, only 3\.2"),
        (lambda: guess("3.2", "A", confidence=60), "confidence is 50, 70 or 90, in percent, but got 60"),
        (
            lambda: guess("3.2", "Z", confidence=50),
            r"Prediction 3\.2 has no option 'Z'; choose one of A \(0\)",
        ),
    ],
)
def test_what_cannot_be_asked_or_guessed_is_refused(call, words):
    ask()
    with pytest.raises(ValueError, match=words):
        call()


def test_a_notebook_shows_buttons_and_keeps_something_readable(front_end):
    ask()
    asked, buttons = front_end
    assert set(asked) == {"text/plain", "text/html"}, "readable where a notebook is opened without a kernel"
    assert set(buttons) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert "What is the first loss?" in asked["text/html"] and 'role="status"' in asked["text/html"]
    assert asked["text/plain"].startswith("Prediction 3.2.")


def test_buttons_record_the_guess_and_the_confidence(front_end, memory):
    from ipywidgets.widgets.widget import _instances

    ask()
    view = _instances[front_end[1]["application/vnd.jupyter.widget-view+json"]["model_id"]]
    option, sure, answer = view.children
    assert option.value is None and sure.value is None, "nothing is chosen for the reader"
    option.value = "C"
    assert "Now choose how sure you are." in answer.value
    sure.value = "70 %"
    assert "Noted: 2.3, 70 % sure. Run on." in answer.value and 'role="status"' in answer.value
    assert (memory["3.2"].choice, memory["3.2"].confidence) == (2, 70)
    assert option.tooltips[2] == "2.3" and option.description == "Your guess"


def test_without_ipywidgets_the_question_is_still_asked(front_end, no_live_widgets):
    ask()
    assert [set(bundle) for bundle in front_end] == [{"text/plain", "text/html"}]


def test_a_terminal_that_knows_no_tick_does_not_stop_the_lesson(monkeypatch):
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", written)
    boxes.show("✓ right", "<b>right</b>")
    written.flush()
    assert written.buffer.getvalue().strip() == b"? right"


def test_html_of_a_reader_s_text_is_escaped():
    assert boxes.rich("`a<b` & <i>") == "<code>a&lt;b</code> &amp; &lt;i&gt;"


def test_what_is_no_id_no_option_and_no_dictionary_is_refused(memory):
    with pytest.raises(ValueError, match=r'an id such as "3.1", but got None; write it in quotes'):
        ask(id=None)
    ask()
    with pytest.raises(ValueError, match=r"No prediction '3.9' was asked, only 3.2"):
        guess("3.9", "A", confidence=70)
    with pytest.raises(ValueError, match="misconceptions are a dictionary by wrong option, but got 'x'"):
        reveal("3.2", 1, misconceptions="x")
    guess("3.2", 0, confidence=90)
    with pytest.raises(ValueError, match=r"Prediction 3.2 has no option nan"):
        reveal("3.2", float("nan"))
    assert memory["3.2"].right is None
