"""evidence: numpy and statistics are the oracle; every promised error is met."""

import math
import statistics

from mnist_lab.evidence import compare, sampling_floor, summarise

import numpy as np
import pytest

RUNS = [0.962, 0.971, 0.958, 0.967, 0.964]
OTHERS = [0.969, 0.975, 0.961, 0.966, 0.973]


def test_mean_and_sample_standard_deviation():
    summary = summarise(RUNS)
    assert summary.n == 5
    assert summary.mean == pytest.approx(np.mean(RUNS))
    assert summary.std == pytest.approx(np.std(RUNS, ddof=1))
    assert summary.std == pytest.approx(statistics.stdev(RUNS))


def test_summarise_takes_any_iterable_of_numbers():
    assert summarise(run for run in RUNS) == summarise(np.array(RUNS)) == summarise(reversed(RUNS))


def test_equal_values_have_no_spread_and_one_value_has_an_unknown_one():
    assert summarise([0.5, 0.5, 0.5]).std == 0
    single = summarise([0.96])
    assert single.mean == 0.96 and math.isnan(single.std)
    assert single.percent() == "96.0 % (n = 1, spread unknown)"


def test_a_summary_in_words():
    assert summarise([0.95, 0.97]).percent() == "96.0 ± 1.4 % (n = 2)"
    assert summarise([0.95, 0.97]).percent(digits=2) == "96.00 ± 1.41 % (n = 2)"


def test_summarise_of_nothing():
    with pytest.raises(ValueError, match=r"at least one value, but got none; run the experiment"):
        summarise([])


def test_compare_is_the_paired_difference():
    comparison = compare(RUNS, OTHERS)
    differences = np.subtract(OTHERS, RUNS)
    assert comparison.n == 5
    assert comparison.difference == pytest.approx(differences.mean())
    assert comparison.standard_error == pytest.approx(differences.std(ddof=1) / math.sqrt(5))


def test_compare_depends_on_the_pairing_and_changes_sign_with_the_sides():
    forwards, backwards = compare(RUNS, OTHERS), compare(OTHERS, RUNS)
    assert backwards.difference == pytest.approx(-forwards.difference)
    assert backwards.standard_error == pytest.approx(forwards.standard_error)
    shuffled = compare(RUNS, OTHERS[::-1])
    assert shuffled.difference == pytest.approx(forwards.difference)
    assert shuffled.standard_error != pytest.approx(forwards.standard_error)


@pytest.mark.parametrize(
    ("difference", "shown"), [(0.021, True), (0.019, False), (-0.021, True), (-0.019, False)]
)
def test_shown_needs_more_than_two_standard_errors(difference, shown):
    before = [0.0, 0.0]
    after = [difference - 0.01, difference + 0.01]  # standard error 0.01
    comparison = compare(before, after)
    assert comparison.standard_error == pytest.approx(0.01)
    assert comparison.shown is shown
    assert comparison.percent().endswith(": shown" if shown else ": not shown")


def test_no_difference_at_all_is_not_shown():
    assert not compare(RUNS, RUNS).shown


def test_a_comparison_in_words():
    text = compare([0.90, 0.90], [0.91, 0.93]).percent()
    assert text == "+2.00 points, standard error 1.00 (n = 2 pairs): not shown"


@pytest.mark.parametrize(("before", "after"), [([0.9], [0.9]), ([0.9, 0.8], [0.9]), ([], [])])
def test_compare_refuses_what_cannot_be_paired(before, after):
    words = rf"equally long.* at least 2 values.* got {len(before)} and {len(after)}; run both sides"
    with pytest.raises(ValueError, match=words):
        compare(before, after)


@pytest.mark.parametrize(
    ("accuracy", "num_samples", "points"), [(0.99, 10_000, 0.10), (0.99, 1_000, 0.31), (0.90, 500, 1.3)]
)
def test_the_sampling_floors_that_the_course_quotes(accuracy, num_samples, points):
    digits = 1 if points > 1 else 2
    assert round(100 * sampling_floor(accuracy, num_samples), digits) == points


def test_the_sampling_floor_is_the_spread_of_counting():
    shares = np.random.default_rng(0).binomial(400, 0.93, size=20_000) / 400
    assert sampling_floor(0.93, 400) == pytest.approx(shares.std(), rel=0.03)


def test_no_floor_at_the_ends():
    assert sampling_floor(0, 10) == sampling_floor(1, 10) == 0


@pytest.mark.parametrize("accuracy", [96, -0.1, float("nan")])
def test_an_accuracy_is_a_share(accuracy):
    with pytest.raises(ValueError, match=r"share from 0 to 1, but got .*divide a percentage by 100"):
        sampling_floor(accuracy, 100)


def test_a_floor_needs_images():
    with pytest.raises(ValueError, match=r"at least 1, but got 0"):
        sampling_floor(0.9, 0)
