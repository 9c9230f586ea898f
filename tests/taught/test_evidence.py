"""evidence: numpy and statistics are the oracle; every promised error is met."""

import math
import statistics

from mnist_lab.evidence import compare, compare_all, sampling_floor, summarise

import numpy as np
import pytest
from scipy import stats

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


@pytest.mark.parametrize("n", [2, 3, 5, 10, 1000])
@pytest.mark.parametrize("sign", [1, -1])
def test_shown_needs_student_s_factor_for_its_number_of_pairs(n, sign):
    """The factor of standard errors, 12.7 for two pairs and 2.8 for five, is the quantile of the textbook."""
    factor = stats.t.ppf(0.975, n - 1)
    noise = np.linspace(-1, 1, n)
    for share, shown in ((1.01, True), (0.99, False)):
        error = noise.std(ddof=1) / math.sqrt(n)
        result = compare(np.zeros(n), sign * (noise + share * factor * error))
        assert result.standard_error == pytest.approx(error)
        assert result.shown is shown
        assert result.percent().endswith(": shown" if shown else ": not shown")


def test_p_is_that_of_the_paired_t_test():
    assert compare(RUNS, OTHERS).p == pytest.approx(stats.ttest_rel(OTHERS, RUNS).pvalue)


@pytest.mark.parametrize(("n", "factor"), [(2, 12.706), (3, 4.303), (5, 2.776), (10, 2.262)])
def test_the_margin_is_student_s_factor_times_the_standard_error(n, factor):
    comparison = compare(np.zeros(n), np.arange(n))
    assert comparison.margin == pytest.approx(factor * comparison.standard_error, rel=1e-3)
    near = np.arange(n) - np.arange(n).mean()
    assert compare(np.zeros(n), near + 1.01 * comparison.margin).shown
    assert not compare(np.zeros(n), near + 0.99 * comparison.margin).shown


@pytest.mark.parametrize("n", [3, 5])
def test_chance_alone_is_called_shown_in_one_case_of_twenty(n):
    drawn = np.random.default_rng(0).normal(size=(2, 4_000, n))
    alarms = sum(compare(a, b).shown for a, b in zip(*drawn, strict=True))
    assert alarms / 4_000 == pytest.approx(0.05, abs=0.012)


def test_several_comparisons_are_corrected_as_holm_does():
    """By hand: p of 0.01, 0.03 and 0.04 become 0.03, 0.06 and 0.06."""
    noise = np.array([-1.0, 0.0, 1.0, 0.0, 0.0])
    error = noise.std(ddof=1) / math.sqrt(5)
    zeros = np.zeros(5)
    pairs = {f"{p}": (zeros, noise + stats.t.ppf(1 - p / 2, 4) * error) for p in (0.04, 0.01, 0.03)}
    results = compare_all(pairs)
    assert list(results) == list(pairs), "in the order in which they were given"
    assert [round(results[name].p, 6) for name in ("0.01", "0.03", "0.04")] == [0.03, 0.06, 0.06]
    assert [results[name].shown for name in ("0.01", "0.03", "0.04")] == [True, False, False]
    assert results["0.01"].percent().endswith("(n = 5 pairs, one of 3): shown")


def test_one_comparison_alone_needs_no_correction():
    (result,) = compare_all({"only": (RUNS, OTHERS)}).values()
    assert result == compare(RUNS, OTHERS)


def test_no_difference_at_all_is_not_shown():
    assert not compare(RUNS, RUNS).shown
    rounding = compare([0.1 + 0.2] * 9, [0.3] * 9)
    assert rounding.difference != 0 and rounding.p == 1


@pytest.mark.parametrize(("n", "p"), [(2, 0.5), (3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_equal_differences_are_judged_by_their_signs_alone(n, p):
    """Student's test has no spread to go by; so many equal signs come by chance in p of all cases."""
    for after in (0.962, 0.958):
        comparison = compare([0.960] * n, [after] * n)
        assert comparison.p == p and comparison.shown == (n > 5)


@pytest.mark.parametrize("values", [{0: 0.98, 1: 0.97}, {0.98, 0.97}, {0: 0.98}.keys()])
def test_what_has_no_order_of_runs_is_refused(values):
    for call in (lambda: summarise(values), lambda: compare(values, values), lambda: compare([1, 2], values)):
        with pytest.raises(ValueError, match=r"run by run, but got a (dict|set|dict_keys), .*sorted"):
            call()
    assert summarise({0: 0.98, 1: 0.97}.values()).n == 2


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_the_run_that_is_not_finite_is_named(wrong):
    with pytest.raises(ValueError, match=rf"values\[1\] is a number .* but got {wrong}; look at that run"):
        compare([0.9, wrong], [0.9, 0.8])


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
    with pytest.raises(ValueError, match=r"accuracy is a number from 0.0 .*, but got .*divide a percentage"):
        sampling_floor(accuracy, 100)


def test_a_floor_needs_images():
    with pytest.raises(ValueError, match=r"num_samples is a whole number from 1 up, but got 0"):
        sampling_floor(0.9, 0)
