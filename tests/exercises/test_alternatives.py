"""Answers to all lessons of another kind than the reference: right, wrong, and what is said of them."""

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import find_exercise

import alternatives_00_to_07 as early
import alternatives_08_to_12 as late
import pytest

RIGHT = [*early.ANSWERS.right, *late.ANSWERS.right]
WRONG = [*early.ANSWERS.wrong, *late.ANSWERS.wrong]


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_a_right_answer_of_another_kind_is_accepted(exercise, answer):
    verdict = judge(find_exercise(exercise), answer)
    assert verdict.ok, str(verdict)


@pytest.mark.parametrize(("exercise", "answer", "words", "unsaid"), WRONG)
def test_a_wrong_one_is_refused_with_what_is_true_of_it(exercise, answer, words, unsaid):
    verdict = judge(find_exercise(exercise), answer)
    assert not verdict.ok
    assert words in str(verdict) and unsaid not in str(verdict), str(verdict)
