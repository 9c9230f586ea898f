"""The verdict on an answer: right, a known mistake, or in which words it is wrong."""

import threading
import time

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.model import call

import numpy as np
import pytest
import torch
from sample_exercise import (
    doubling,
    exercise,
    forgets_the_square,
    mean_of_squares,
    value_exercise,
    wants_floats,
)


def test_correct_says_why():
    verdict = judge(exercise(), mean_of_squares)
    assert verdict.ok and str(verdict) == (
        "✓ Exercise 7.1, Mean of squares: correct\n  Squares weigh large values more."
    )


def test_outside_the_main_thread_a_check_still_works():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(judge(exercise(), mean_of_squares)))
    thread.start()
    thread.join()
    assert verdicts[0].ok


# Known mistakes


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


def test_a_mistake_of_the_very_type_goes_before_one_of_another():
    def tells_a_tensor(values, *, scale=1.0):
        return scale * values.mean()

    asked = exercise(mistakes=((forgets_the_square, "A number."), (tells_a_tensor, "A tensor.")))
    assert judge(asked, forgets_the_square).message == "A number."
    assert judge(asked, tells_a_tensor).message == "A tensor."


def test_a_mistake_that_raises_is_recognised_by_its_error():
    verdict = judge(exercise(), lambda values, *, scale=1.0: (values.long() * 1).mean())
    assert verdict.mistake.answer is wants_floats
    assert "came      RuntimeError: mean(): could not infer output dtype" in str(verdict)


# Mismatches that nobody foresaw


def test_an_unknown_mismatch_shows_the_smallest_input():
    verdict = judge(exercise(), lambda values, *, scale=1.0: 7.0)
    assert verdict.status == "mismatch" and verdict.mistake is None
    assert verdict.message == "The number differs." and ("came", "7.0") in verdict.facts


def test_right_on_small_inputs_only_is_shown_on_the_large_one():
    def half(values, *, scale=1.0):
        return mean_of_squares(values[:50], scale=scale)

    shown = dict(judge(exercise(), half).facts)["input"]
    assert shown.startswith("mean_of_squares(\n    tensor (200,) float32: 2")
    assert "…,\n    scale=2.0," in shown


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


def test_too_slow_is_told_with_the_limit():
    def waits(values, *, scale=1.0):
        time.sleep(60)

    verdict = judge(exercise(seconds=0.1), waits)
    assert verdict.status == "slow" and "more than 0.1 seconds" in verdict.message


def test_a_promised_error_is_expected():
    def refuses(number):
        if number < 0:
            raise ValueError("expected at least 0")
        return number

    def refuses_in_other_words(number):
        if number < 0:
            raise ValueError("no")
        return number

    asked = doubling([call(1), call(-1)], reference=refuses, mistakes=((abs, "Refuse it."),))
    assert judge(asked, refuses_in_other_words).ok
    assert judge(asked, lambda number: number).message == "A ValueError was to be raised here, and none was."


# The arguments, and the device


def test_changing_the_input_is_named():
    def in_place(values, *, scale=1.0):
        values **= 2
        return scale * values.mean().item()

    verdict = judge(exercise(), in_place)
    assert verdict.status == "changed" and "changed its argument `values`" in verdict.message


def test_moving_the_argument_s_tensors_is_changing_it():
    def moves_within(batch):
        batch[0] = batch[0].to("meta")
        return len(batch)

    cases = [call([torch.ones(2)]), call([torch.ones(3)])]
    assert judge(doubling(cases, reference=lambda batch: len(batch)), moves_within).status == "changed"


def on_meta(values):
    return values.to("meta") * 2


HERE_AND_THERE = [call(torch.ones(2)), call(torch.ones(2, 3, device="meta"))]


def test_a_result_on_another_device_is_named():
    asked = doubling(HERE_AND_THERE)
    verdict = judge(asked, on_meta)
    assert verdict.status == "mismatch"
    assert verdict.message == "A tensor on meta came where one on cpu was expected."
    assert judge(asked, lambda values: values + values).ok
    assert judge(asked, lambda values: values.half() * 2).message.startswith("The dtype float16 came")
    assert judge(asked, lambda values: values.double() * 2).ok
    known = doubling(HERE_AND_THERE, mistakes=((on_meta, "Stay there."),))
    assert judge(known, on_meta).status == "mistake"


# Values, probes, observed results


def test_a_value_is_told_wrong_without_being_given_away():
    verdict = judge(value_exercise(reference=[3, 1, 2], mistakes=(([1, 2, 3], "Sorted."),)), [3, 2, 1])
    assert "2 of 3 entries are wrong, the first is number 2" in verdict.message
    assert "1" not in dict(verdict.facts).get("expected", "") and "expected" not in dict(verdict.facts)
    assert judge(value_exercise(), 4.5).message == "The float 4.5 came where a whole number was expected."
    assert judge(value_exercise(), "4").message == "A text came where a whole number was expected."


@pytest.mark.parametrize("answer", [4.0, np.int64(4), np.float32(4), torch.tensor(4), torch.tensor(4.0)])
def test_a_number_by_hand_may_be_of_any_type(answer):
    assert judge(value_exercise(reference=4), answer).ok


@pytest.mark.parametrize("answer", [(3.0, 1, 2), np.array([3, 1, 2]), torch.tensor([3.0, 1, 2])])
def test_so_may_a_list_of_numbers(answer):
    exercise = value_exercise(reference=[3, 1, 2])
    assert judge(exercise, answer).ok and not judge(exercise, answer[:2]).ok
    assert not judge(exercise, torch.ones(3, device="meta")).ok


def test_other_right_values_are_right_too():
    assert judge(value_exercise(reference="A", also=("C",)), "c").ok


def test_a_probe_tells_what_it_saw():
    def probe(train):
        faults = [] if train(1) else ["Nothing came back for 1."]
        return faults + ([] if train(0) else ["Nothing came back for 0."])

    asked = exercise(
        cases=None,
        reference=lambda number: True,
        probe=probe,
        mistakes=((lambda number: None, "It never returns."),),
    )
    assert judge(asked, lambda number: 1).ok
    assert judge(asked, lambda number: number > 0).message == "Nothing came back for 0."
    verdict = judge(asked, lambda number: False)
    assert verdict.message == "It never returns." and "for 1." in dict(verdict.facts)["seen"]


def test_no_answer_is_right_while_the_reference_itself_fails():
    """As after a stop in the middle of torch's own work. Once all is well, answers are judged again."""
    broken = [True]

    def probe(answer):
        if broken:
            raise RuntimeError("torch is broken")
        return [] if answer is mean_of_squares else ["a fault"]

    probed = exercise(cases=None, probe=probe, mistakes=())
    assert judge(probed, forgets_the_square).status == "interrupted"
    assert judge(probed, mean_of_squares).status == "interrupted"
    broken.clear()
    assert judge(probed, forgets_the_square).status == "mismatch"
    assert judge(probed, mean_of_squares).ok


def test_observe_makes_a_result_comparable():
    asked = doubling([call(2), call(3)], reference=lambda n: iter(range(n)), observe=list)
    assert judge(asked, lambda n: iter(list(range(n)))).ok
    assert judge(asked, lambda n: iter([0])).message == "1 entries came where 2 were expected."


# The box


def test_the_box_is_for_screen_readers_and_holds_folded_hints():
    verdict = judge(exercise(), lambda values, *, scale=1.0: "<b>&")
    assert verdict.html().startswith('<div role="status"') and "&lt;b&gt;&amp;" in verdict.html()
    assert verdict.html().count("<details") == 3 and "<code>x</code>" in verdict.html()
    assert "color:" not in verdict.html().replace("background-color", ""), "the theme colours the text"
    assert "<details" not in judge(exercise(), mean_of_squares).html()
