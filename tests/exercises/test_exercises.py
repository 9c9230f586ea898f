"""The engine: compare, limit, recognise, say, keep; what a learner is told, and what is never done."""

import random
import re
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from mnist_lab.exercises import answer as answer_question
from mnist_lab.exercises import asking, check, checking, hint, mine_or_reference, progress, question
from mnist_lab.exercises.engine import limit
from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.model import Exercise, Mistake, call
from mnist_lab.exercises.engine.outcome import attempt
from mnist_lab.exercises.engine.shorten import shorten
from mnist_lab.exercises.engine.untouched import is_untouched
from mnist_lab.exercises.questions import Question
from mnist_lab.exercises.registry import find_exercise, find_question
from mnist_lab.lesson import guess, predict, predictions, reveal

import numpy as np
import pytest
import torch
from torch import nn

NAN = float("nan")
REAL_TIMER = hasattr(signal, "setitimer")


def mean_of_squares(values, *, scale=1.0):
    return scale * (values**2).mean().item()


def forgets_the_square(values, *, scale=1.0):
    return scale * values.mean().item()


def wants_floats(values, *, scale=1.0):
    return values.long().mean().item()


def some_values(generator):
    return [
        call(torch.rand(200, generator=generator) + 2, scale=2.0),
        call(torch.tensor([2.0, 4.0])),
        call(torch.tensor([3.0, 5.0, 7.0]), scale=0.5),
    ]


def exercise(**changes):
    """An exercise as a lesson has it, with something changed."""
    settings = {
        "id": "7.1",
        "title": "Mean of squares",
        "kind": "function",
        "difficulty": 1,
        "minutes": 2,
        "points": 1,
        "reference": mean_of_squares,
        "cases": some_values,
        "why": "Squares weigh large values more.",
        "hints": ("Think of `x`.", "Square first.", "Then the mean."),
        "mistakes": (
            Mistake(forgets_the_square, "The values were not squared: `**2` comes first."),
            Mistake(wants_floats, "Whole numbers have no mean: keep floats."),
        ),
    }
    return Exercise(**{**settings, **changes})


def value_exercise(**changes):
    return exercise(**{"kind": "value", "cases": None, "reference": 4, "mistakes": (), **changes})


@pytest.fixture
def shelf(monkeypatch):
    """An exercise 7.1 and a question 7.q1 that check and question find, and an empty memory."""
    monkeypatch.setattr(checking, "ATTEMPTS", {})
    monkeypatch.setattr(checking, "find_exercise", lambda id: exercise())
    shelved = [exercise(), exercise(id="7.2", title="Another")]
    monkeypatch.setattr(checking, "exercises", lambda lesson: shelved if lesson in (7, None) else [])
    monkeypatch.setattr(predictions, "PREDICTIONS", {})
    monkeypatch.setattr(checking, "PREDICTIONS", predictions.PREDICTIONS)
    monkeypatch.setattr(asking, "find_question", lambda id: QUESTION)


# Comparing


@dataclass
class Pair:
    left: float
    right: float


def linear(seed):
    torch.manual_seed(seed)
    return nn.Linear(2, 3)


SAME = [
    (3, 3),
    (1.0, 1.0 + 1e-6),
    (1.0, 1),
    (NAN, NAN),
    (None, None),
    (True, True),
    ("B", " b "),
    ((1, 2), [1, 2]),
    (torch.Size([3, 2]), (3, 2)),
    ({"a": 1.0, "b": [2]}, {"b": (2,), "a": 1.0}),
    (torch.tensor([1.0, NAN]), torch.tensor([1.0 + 1e-6, NAN])),
    (np.array([1, 2]), np.array([1, 2])),
    (3, np.int64(3)),
    (Pair(1.0, 2.0), Pair(1.0, 2.0)),
    (linear(0), linear(0)),
    (torch.float32, torch.float32),
    (torch.ones(2, device="meta"), torch.zeros(2, device="meta")),
    ([torch.ones(2, device="meta")], (torch.ones(2, device="meta"),)),
    (linear(0).to("meta"), linear(1).to("meta")),
]
OTHER = [
    (3, 4, "The number differs"),
    (3, 3.0, r"The float 3\.0 came where a whole number was expected"),
    (0.5, torch.tensor(0.5), r"`\.item\(\)` takes the number out"),
    (0.5, "0.5", "A text came where a number was expected"),
    (1, True, "True or False came where a whole number"),
    (True, 1, "A whole number came where True or False"),
    (1.0, NAN, "nan is not a number"),
    (1.0, None, "does the function end with `return`"),
    (None, 1.0, "A number came where `None` was expected"),
    ("B", "C", "The text differs"),
    ((1, 2), (1, 2, 3), "3 entries came where 2 were expected"),
    ((1, 2), (1, 5), r"At \[1\]: the number differs"),
    ({"a": 1}, {"b": 1}, "The key 'a' is missing"),
    ({"a": 1}, {"a": 1, "b": 1}, "The key 'b' is too many"),
    ({"a": {"c": 1}}, {"a": {"c": 2}}, r"At \['a'\]: at \['c'\]: the number differs"),
    (torch.ones(2, 3), torch.ones(3, 2), r"The shape \(3, 2\) came where \(2, 3\)"),
    (torch.ones(2), torch.ones(2).double(), "The dtype float64 came where float32"),
    (torch.ones(2), [1.0, 1.0], "A list came where a tensor"),
    (torch.ones(2), np.ones(2, dtype="f"), "A NumPy array came where a tensor"),
    (
        torch.ones(2, 2),
        torch.tensor([[1, 1], [1, 2.5]]),
        r"1 of 4 values differ, the first at \[1, 1\]: 2\.5",
    ),
    (torch.ones(2), torch.full((2,), NAN), "2 of 2 values differ, .* nan came where 1 was"),
    (linear(0), linear(1), r"At \['weight'\]: 6 of 6 values differ"),
    (linear(0), linear(0).eval(), "The model is in eval mode, not in training mode"),
    (linear(0), nn.ReLU(), "The key 'bias' is missing"),
    (Pair(1.0, 2.0), Pair(1.0, 3.0), r"At \.right: the number differs"),
    (torch.float32, torch.float64, "The values differ|came where"),
    (torch.ones(2), torch.ones(2, device="meta"), "A tensor on meta came where one on cpu was expected"),
    (torch.ones(2, device="meta"), torch.ones(2), "A tensor on cpu came where one on meta was expected"),
    (torch.ones(2, 3, device="meta"), torch.ones(3, 2, device="meta"), r"The shape \(3, 2\) came"),
    (torch.ones(2, device="meta"), torch.ones(2, device="meta").double(), "The dtype float64 came"),
    ({"a": torch.ones(2)}, {"a": torch.ones(2, device="meta")}, r"At \['a'\]: A tensor on meta came"),
    (linear(0), linear(0).to("meta"), r"At \['weight'\]: A tensor on meta came where one on cpu"),
    (np.ones(2), torch.ones(2, device="meta"), "A tensor came where a NumPy array"),
    (0.5, torch.tensor(0.5, device="meta"), "A tensor came where a plain number was expected"),
]


@pytest.mark.parametrize(("expected", "came"), SAME, ids=str)
def test_what_is_the_same(expected, came):
    assert difference(expected, came) is None


@pytest.mark.parametrize(("expected", "came", "words"), OTHER, ids=str)
def test_what_differs_is_named(expected, came, words):
    found = difference(expected, came)
    assert found is not None and re.search(words, found), found


def test_loosely_a_type_does_not_count_but_the_value_does():
    assert difference(3, 3.0, strict=False) is None
    assert difference(0.5, torch.tensor(0.5), strict=False) is None
    assert difference(torch.ones(2), torch.ones(2).double(), strict=False) is None
    assert difference(torch.ones(2), torch.zeros(2), strict=False)
    assert difference(3, 3.5, strict=False)


def test_a_device_counts_loosely_too():
    here, there = torch.ones(2), torch.ones(2, device="meta")
    assert "on meta" in difference(here, there, strict=False)
    assert difference(there, there.double(), strict=False) is None
    assert difference(0.5, torch.tensor(0.5, device="meta"), strict=False)


@pytest.mark.skipif(not torch.accelerator.is_available(), reason="this machine has no accelerator")
def test_devices_are_compared_on_an_accelerator_too():
    here, there = torch.ones(2), torch.ones(2).to(torch.accelerator.current_accelerator())
    assert f"on {there.device} came where one on cpu" in difference(here, there)
    assert f"on cpu came where one on {there.device}" in difference(there, here)
    assert difference(there, there.clone()) is None
    assert "1 of 2 values differ" in difference(there, there * torch.tensor([1, 2]).to(there.device))


def test_the_tolerance_is_relative():
    assert difference(1000.0, 1000.05) is None and difference(1000.0, 1000.2)
    assert difference(1000.0, 1000.2, tolerance=1e-3) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456789, "0.123457"),
        (2.0, "2.0"),
        (torch.arange(3), "tensor (3,) int64: [0, 1, 2]"),
        (torch.zeros(100, 3), "tensor (100, 3) float32: 0, 0, 0, 0, 0, 0, …"),
        (torch.zeros(0, 3), "tensor (0, 3) float32"),
        (torch.zeros(2, device="meta"), "tensor (2,) float32 on meta"),
        ([torch.ones(1), 2], "[tensor (1,) float32: [1], 2]"),
        ((0.5,), "(0.5,)"),
        (nn.ReLU(), "ReLU"),
        (len, "len"),
        ("x" * 200, "'xxx"),
        (None, "None"),
    ],
    ids=str,
)
def test_values_are_shown_shortly(value, text):
    assert shorten(value).startswith(text) and len(shorten(value)) < 90


# Untouched stubs


def stub(x, *, y=1):
    """Do something.

    An example.
    """
    ...


def passes(x):
    pass


def has_a_gap(x):
    y = ...
    return x + y


def hands_a_gap_on(x):
    return x.permute(...)


def gap_within(x):
    def inner(z):
        return ...

    return inner(x)


def uses_an_ellipsis(x, i):
    return x[..., i] + x[..., 0] + x[...]


def given_loop(x):
    """Given."""
    return [value + 1 for value in x if value != "a"]


def same_loop(x):
    """Other words, other place."""
    return [value + 1 for value in x if value != "a"]


def other_loop(x):
    """Given."""
    return [value + 2 for value in x if value != "a"]


@pytest.mark.parametrize("answer", [..., None, stub, passes, has_a_gap, hands_a_gap_on, gap_within])
def test_a_stub_is_untouched(answer):
    assert is_untouched(answer)


@pytest.mark.parametrize(
    "answer", [uses_an_ellipsis, given_loop, len, nn.ReLU(), nn.ReLU, 0, "", [], torch.argmax]
)
def test_an_answer_is_touched(answer):
    assert not is_untouched(answer)


def test_code_that_was_given_is_untouched_until_it_changes():
    assert is_untouched(same_loop, given_loop)
    assert not is_untouched(other_loop, given_loop)


def test_a_stub_is_seen_without_its_source():
    names = {}
    exec("def f(x):\n    'Words.'\n    ...", names)
    assert is_untouched(names["f"])


# The limit


def hang():
    while True:
        time.sleep(0.01)


def swallows_exceptions():
    while True:
        with suppress(Exception):
            time.sleep(0.01)


WAYS = [limit._with_watchdog, *([limit._with_timer] if REAL_TIMER else [])]


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_that_never_ends_is_stopped(way):
    started = time.monotonic()
    with pytest.raises(limit.TimeIsUp):
        way(0.2, hang)
    assert 0.2 <= time.monotonic() - started < 3
    time.sleep(0.3)  # nothing fires late


@pytest.mark.skipif(not REAL_TIMER, reason="KeyboardInterrupt goes through there too")
def test_except_exception_does_not_swallow_the_limit():
    with pytest.raises(limit.TimeIsUp):
        limit.call_within(0.1, swallows_exceptions)


@pytest.mark.parametrize("way", WAYS)
def test_results_and_errors_pass_through(way):
    assert way(5, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        way(5, lambda: 1 / 0)
    with pytest.raises(KeyboardInterrupt):
        way(5, lambda: (_ for _ in ()).throw(KeyboardInterrupt))


@pytest.mark.skipif(not REAL_TIMER, reason="needs setitimer")
def test_the_timer_that_was_set_before_is_set_again():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        with pytest.raises(limit.TimeIsUp):
            limit.call_within(0.1, hang)
        assert not rang and 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.4
        time.sleep(0.5)
        assert len(rang) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not REAL_TIMER, reason="needs setitimer")
def test_no_timer_stays_behind():
    handler = signal.getsignal(signal.SIGALRM)
    limit.call_within(0.05, lambda: None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is handler


def test_outside_the_main_thread_a_check_still_works():
    found = []
    thread = threading.Thread(target=lambda: found.append(judge(exercise(), mean_of_squares)))
    thread.start()
    thread.join()
    assert found[0].ok


def test_an_endless_print_fills_no_memory():
    def shouts():
        while True:
            print("x" * 1000)

    outcome = attempt(shouts, seconds=0.2)
    assert outcome.kind == "slow" and len(outcome.printed) <= 10_000


def test_an_endless_generator_is_cut():
    def counts(values, *, scale=1.0):
        number = 0
        while True:
            number += 1
            yield number

    assert judge(exercise(), counts).status in ("mismatch", "slow")


# What a learner is told


def test_correct_says_why():
    verdict = judge(exercise(), mean_of_squares)
    assert verdict.ok and str(verdict) == (
        "✓ Exercise 7.1, Mean of squares: correct\n  Squares weigh large values more."
    )


def test_a_known_mistake_is_named_on_the_smallest_input():
    verdict = judge(exercise(), lambda values, *, scale=1.0: (values * scale).mean().item())
    assert verdict.status == "mistake" and verdict.mistake.answer is forgets_the_square
    lines = str(verdict).splitlines()
    assert lines[0] == "✗ Exercise 7.1, Mean of squares: not yet"
    assert lines[1] == "  The values were not squared: `**2` comes first."
    assert lines[2] == "  input     mean_of_squares(tensor (2,) float32: [2, 4])"
    assert lines[3:5] == ["  expected  10.0", "  came      3.0"]
    assert lines[5] == '  hint("7.1") gives a hint.'


def test_a_mistake_is_recognised_in_another_type_too():
    verdict = judge(exercise(), lambda values, *, scale=1.0: scale * values.mean())
    assert verdict.mistake.answer is forgets_the_square


def test_a_mistake_that_raises_is_recognised_by_its_error():
    verdict = judge(exercise(), lambda values, *, scale=1.0: (values.long() * 1).mean())
    assert verdict.mistake.answer is wants_floats
    assert "came      RuntimeError: mean(): could not infer output dtype" in str(verdict)


def test_an_unknown_mismatch_shows_the_smallest_input():
    verdict = judge(exercise(), lambda values, *, scale=1.0: 7.0)
    assert verdict.status == "mismatch" and verdict.mistake is None
    assert verdict.message == "The number differs." and ("came", "7.0") in verdict.facts


def test_right_on_small_inputs_only_is_shown_on_the_large_one():
    def half(values, *, scale=1.0):
        return mean_of_squares(values[:50], scale=scale)

    verdict = judge(exercise(), half)
    shown = dict(verdict.facts)["input"]
    assert (
        shown.startswith("mean_of_squares(\n    tensor (200,) float32: 2") and "…,\n    scale=2.0," in shown
    )


def test_a_right_value_in_the_wrong_type_is_told_how_to_change_it():
    verdict = judge(exercise(), lambda values, *, scale=1.0: scale * (values**2).mean())
    assert verdict.status == "mismatch" and "`.item()` takes the number out" in verdict.message


def test_an_error_shows_its_last_line_and_the_learner_s_line():
    def breaks(values, *, scale=1.0):
        return values.reshape(3, 5)

    text = str(judge(exercise(), breaks))
    assert "stopped by an error" in text
    assert "RuntimeError: shape '[3, 5]' is invalid for input of size 2" in text
    assert "return values.reshape(3, 5)" in text and "in your   line" in text


def test_printing_in_place_of_returning_is_named():
    verdict = judge(exercise(), lambda values, *, scale=1.0: print((values**2).mean()))
    assert "`return` hands it back" in verdict.message and ("printed", "tensor(10.)") in verdict.facts


def test_changing_the_input_is_named():
    def in_place(values, *, scale=1.0):
        values **= 2
        return scale * values.mean().item()

    verdict = judge(exercise(), in_place)
    assert verdict.status == "changed" and "changed its argument `values`" in verdict.message
    assert judge(exercise(changes_input=True), in_place).ok


def on_meta(values):
    return values.to("meta") * 2


def here_and_there(generator):
    return [call(torch.ones(2)), call(torch.ones(2, 3, device="meta"))]


def test_a_result_on_another_device_is_named():
    asked = exercise(reference=lambda values: values * 2, cases=here_and_there, mistakes=())
    verdict = judge(asked, on_meta)
    assert verdict.status == "mismatch"
    assert verdict.message == "A tensor on meta came where one on cpu was expected."
    assert judge(asked, lambda values: values + values).ok
    assert judge(asked, lambda values: values.double() * 2).message.startswith("The dtype float64 came")
    known = exercise(
        reference=lambda values: values * 2, cases=here_and_there, mistakes=(Mistake(on_meta, "Stay there."),)
    )
    assert judge(known, on_meta).status == "mistake"


def test_moving_the_argument_s_tensors_is_changing_it():
    def moves_within(batch):
        batch[0] = batch[0].to("meta")
        return len(batch)

    asked = exercise(
        reference=lambda batch: len(batch),
        cases=lambda g: [call([torch.ones(2)]), call([torch.ones(3)])],
        mistakes=(),
    )
    assert judge(asked, moves_within).status == "changed"


def test_the_default_device_is_as_it_was_after_a_check():
    def switches(values):
        torch.set_default_device("meta")
        return torch.ones(2)

    asked = exercise(reference=lambda values: values * 2, cases=here_and_there, mistakes=())
    assert "on meta" in judge(asked, switches).message
    assert torch.get_default_device().type == torch.ones(1).device.type == "cpu"


def test_too_slow_is_told_with_the_limit():
    def waits(values, *, scale=1.0):
        time.sleep(60)

    verdict = judge(exercise(seconds=0.1), waits)
    assert verdict.status == "slow" and "more than 0.1 seconds" in verdict.message


def test_a_value_is_told_wrong_without_being_given_away():
    verdict = judge(value_exercise(reference=[3, 1, 2], mistakes=(Mistake([1, 2, 3], "Sorted."),)), [3, 2, 1])
    assert "2 of 3 entries are wrong, the first is number 2" in verdict.message
    assert "1" not in dict(verdict.facts).get("expected", "") and "expected" not in dict(verdict.facts)
    assert judge(value_exercise(), 4.0).message == "The float 4.0 came where a whole number was expected."
    assert judge(value_exercise(), "4").message == "A text came where a whole number was expected."


def test_other_right_values_are_right_too():
    assert judge(value_exercise(reference="A", also=("C",)), "c").ok


def test_a_promised_error_is_wanted():
    def refuses(number):
        if number < 0:
            raise ValueError("expected at least 0")
        return number

    asked = exercise(
        reference=refuses, cases=lambda g: [call(1), call(-1)], mistakes=(Mistake(abs, "Refuse it."),)
    )

    def refuses_in_other_words(number):
        if number < 0:
            raise ValueError("no")
        return number

    assert judge(asked, refuses_in_other_words).ok
    assert judge(asked, lambda number: number).message == "A ValueError was to be raised here, and none was."


def test_a_probe_tells_what_it_saw():
    def probe(train):
        found = [] if train(1) else ["Nothing came back for 1."]
        return found + ([] if train(0) else ["Nothing came back for 0."])

    asked = exercise(
        kind="training",
        cases=None,
        reference=lambda number: True,
        probe=probe,
        mistakes=(Mistake(lambda number: None, "It never returns."),),
    )
    assert judge(asked, lambda number: 1).ok
    assert judge(asked, lambda number: number > 0).message == "Nothing came back for 0."
    verdict = judge(asked, lambda number: False)
    assert verdict.message == "It never returns." and "for 1." in dict(verdict.facts)["seen"]


def test_observe_makes_a_result_comparable():
    asked = exercise(
        reference=lambda n: iter(range(n)), cases=lambda g: [call(2), call(3)], observe=list, mistakes=()
    )
    assert judge(asked, lambda n: iter(list(range(n)))).ok
    assert judge(asked, lambda n: iter([0])).message == "1 entries came where 2 were expected."


def test_random_numbers_are_the_same_at_each_run_and_outside_untouched():
    asked = exercise(reference=lambda n: torch.rand(n), cases=lambda g: [call(2), call(3)], mistakes=())
    before = torch.random.get_rng_state()
    assert judge(asked, lambda n: torch.rand(n)).ok
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_box_is_for_screen_readers_and_holds_folded_hints():
    verdict = judge(exercise(), lambda values, *, scale=1.0: "<b>&")
    assert verdict.html().startswith('<div role="status"') and "&lt;b&gt;&amp;" in verdict.html()
    assert verdict.html().count("<details") == 3 and "<code>x</code>" in verdict.html()
    assert "color:" not in verdict.html().replace("background-color", ""), "the theme colours the text"
    assert "<details" not in judge(exercise(), mean_of_squares).html()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "essay"}, "kind is one of function, value, training, but got 'essay'"),
        ({"difficulty": 4}, "difficulty is 1, 2 or 3"),
        ({"kind": "training"}, "give it a probe"),
        ({"cases": None}, "needs cases"),
        ({"hints": ("One.",)}, "2 to 4 hints"),
    ],
)
def test_an_exercise_that_cannot_work_is_refused(changes, words):
    with pytest.raises(ValueError, match=f"Exercise 7.1: .*{words}"):
        exercise(**changes)


# What is kept while the kernel lives


def test_check_shows_once_and_raises_nothing(shelf, capsys):
    verdict = check("7.1", forgets_the_square)
    assert capsys.readouterr().out == f"{verdict}\n"
    assert verdict._ipython_display_() is None and capsys.readouterr().out == ""


def test_strict_raises_what_would_be_shown(shelf, monkeypatch, capsys):
    with pytest.raises(checking.NotCorrect, match="were not squared"):
        check("7.1", forgets_the_square, strict=True)
    with pytest.raises(ValueError, match="not started yet"):
        check("7.1", ..., strict=True)
    monkeypatch.setenv("MNIST_LAB_STRICT", "1")
    with pytest.raises(checking.NotCorrect):
        check("7.1", len)
    assert check("7.1", mean_of_squares).ok
    assert not check("7.1", len, strict=False).ok
    monkeypatch.setenv("MNIST_LAB_STRICT", "0")
    assert not check("7.1", len).ok


def test_an_unknown_id_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no exercise '0\.33'; there are 0\.1, .*Did you mean '0\.3'"):
        find_exercise("0.33")
    with pytest.raises(ValueError, match=r"no question '0\.exot'.*Did you mean '0\.exit'"):
        find_question("0.exot")


def test_hints_come_one_a_call_and_end(shelf, capsys):
    for number, text in enumerate(exercise().hints, 1):
        hint("7.1")
        assert capsys.readouterr().out == f"Hint {number} of 3 for exercise 7.1\n  {text}\n"
    hint("7.1")
    said = capsys.readouterr().out
    assert "no more hints than these 3" in said and "2. Square first." in said


def test_the_lesson_goes_on_with_what_is_right(shelf, capsys):
    assert mine_or_reference("7.1") is mean_of_squares
    assert "the reference for exercise 7.1" in capsys.readouterr().out

    def mine(values, *, scale=1.0):
        return (values * values).mean().item() * scale

    check("7.1", mine)
    assert mine_or_reference("7.1") is mine
    assert "your answer to exercise 7.1" in capsys.readouterr().out
    check("7.1", forgets_the_square)
    assert mine_or_reference("7.1") is mean_of_squares


def test_progress_counts_attempts_and_tells_how_reliable_the_reader_is(shelf, capsys):
    check("7.1", ...)
    check("7.1", forgets_the_square)
    check("7.1", forgets_the_square)
    check("7.1", mean_of_squares)
    hint("7.1")
    for number, (level, choice) in enumerate([(90, "A"), (90, "B"), (50, "A")]):
        predict(f"7.{number}", "Which?", ["one", "two"])
        guess(f"7.{number}", choice, confidence=level)
        reveal(f"7.{number}", "one")
    capsys.readouterr()
    progress()
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "1 of 2 exercises correct"
    assert "✓ 7.1" in said and "correct, 2 attempts, 1 hint" in said and "· 7.2" in said
    assert "When 50 % sure: right 1 of 1" in said and "When 90 % sure: right 1 of 2" in said
    progress(3)
    assert capsys.readouterr().out.startswith("0 of 0 exercises correct")


def test_progress_of_a_real_lesson(monkeypatch, capsys):
    monkeypatch.setattr(checking, "ATTEMPTS", {})
    progress(0)
    assert "· 0.1   Read a shape" in capsys.readouterr().out


# Questions

QUESTION = Question(
    id="7.q1",
    text="What is 1 + 1?",
    right="two",
    why="Count: one, two.",
    wrong={"eleven": "That joins the digits.", "one": "That multiplies."},
)


def letter(text):
    return next(letter for letter, option in QUESTION.options.items() if option == text)


def test_a_question_is_readable_without_buttons(shelf, capsys):
    question("7.q1")
    said = capsys.readouterr().out
    assert said.startswith("Question 7.q1. What is 1 + 1?\n  A  ")
    assert 'answer("7.q1", "A")' in said and "Count" not in said


def test_an_answer_is_met_with_its_misconception(shelf, capsys):
    answer_question("7.q1", letter("eleven").lower())
    assert capsys.readouterr().out.strip().endswith("is not it. That joins the digits.")
    answer_question("7.q1", "two")
    assert capsys.readouterr().out.strip().endswith("is right. Count: one, two.")
    with pytest.raises(ValueError, match=r"Question 7\.q1 has no option 'twoo'; .* Did you mean 'two'\?"):
        answer_question("7.q1", "twoo")


def test_the_order_of_options_is_fixed_and_not_the_author_s():
    assert QUESTION.options == QUESTION.options and list(QUESTION.options) == ["A", "B", "C"]
    random.seed(5)
    firsts = {
        Question(id=f"8.q{i}", text="?", right="a", why="b", wrong={"c": "d", "e": "f"}).options["A"]
        for i in range(20)
    }
    assert firsts == {"a", "c", "e"}
