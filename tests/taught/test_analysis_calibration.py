"""Calibration against numpy loops, exact binomial sums and a fine grid of temperatures."""

import math

from mnist_lab.analysis.calibration import (
    accuracy_intervals,
    expected_calibration_error,
    find_temperature,
    reliability_bins,
)

import numpy as np
import pytest
import torch
from torch.nn import functional as F


def make_answers(n=400, *, device="cpu"):
    confidences = torch.rand(n) ** 0.3  # most are high, as a network's are
    correct = torch.rand(n) < confidences**2
    return confidences.to(device), correct.to(device)


def bins_by_hand(confidences, correct, num_bins):
    """The oracle: (samples, mean confidence, accuracy) of each bin (low, high], 0 in the first."""
    rows = []
    for number in range(num_bins):
        low, high = number / num_bins, (number + 1) / num_bins
        inside = [
            (c, r)
            for c, r in zip(confidences.tolist(), correct.tolist(), strict=True)
            if low < c <= high or (number == 0 and c == 0)
        ]
        sure, right = np.array(inside, dtype=float).reshape(-1, 2).T
        rows.append((len(inside), sure.mean(), right.mean()) if inside else (0, np.nan, np.nan))
    return np.array(rows)


@pytest.mark.parametrize("num_bins", [1, 7, 10, 64])
def test_bins_equal_those_counted_by_hand(num_bins, device):
    confidences, correct = make_answers(device=device)
    bins = reliability_bins(confidences, correct, num_bins=num_bins)
    rows = bins_by_hand(confidences, correct, num_bins)
    np.testing.assert_allclose(bins.edges, np.linspace(0, 1, num_bins + 1), atol=1e-12)
    np.testing.assert_array_equal(bins.counts, rows[:, 0])
    np.testing.assert_allclose(bins.confidence, rows[:, 1], atol=1e-9)
    np.testing.assert_allclose(bins.accuracy, rows[:, 2], atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_confidence_on_an_edge_belongs_to_the_bin_below(dtype):
    edges = torch.tensor([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], dtype=dtype)
    assert reliability_bins(edges, edges > 0).counts.tolist() == [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_a_reader_s_own_predictions_can_be_counted():
    bins = reliability_bins([0.5, 0.9, 0.9], [True, True, False], num_bins=10)
    assert bins.counts[[4, 8]].tolist() == [1, 2] and bins.accuracy[8] == 0.5
    assert bins.accuracy[0].isnan()


@pytest.mark.parametrize("num_bins", [1, 10, 15])
def test_the_calibration_error_weights_each_bin_by_its_samples(num_bins, device):
    confidences, correct = make_answers(device=device)
    expected = sum(
        count / 400 * abs(sure - right)
        for count, sure, right in bins_by_hand(confidences, correct, num_bins)
        if count
    )
    error = expected_calibration_error(confidences, correct, num_bins=num_bins)
    assert error == pytest.approx(expected, abs=1e-9)


def test_the_calibration_error_of_known_cases():
    # 9 answers at 0.95 of which all are right, 1 at 0.55 that is wrong: 0.9 · 0.05 + 0.1 · 0.55
    confidences, correct = [0.95] * 9 + [0.55], [True] * 9 + [False]
    assert expected_calibration_error(confidences, correct) == pytest.approx(0.1)
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0
    assert expected_calibration_error([1.0, 1.0], [False, False]) == 1


def binomial_quantile(n, share, level):
    """The smallest k whose binomial sum reaches the level, as a share of n."""
    total = 0.0
    for k in range(n + 1):
        total += math.comb(n, k) * share**k * (1 - share) ** (n - k)
        if total >= level:
            return k / n
    return 1.0


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_bootstrap_finds_the_quantiles_of_the_binomial(level):
    # drawing n answers with replacement makes the number of right ones binomial
    confidences = torch.tensor([0.25] * 40 + [0.75] * 90)
    correct = torch.tensor([True] * 12 + [False] * 28 + [True] * 70 + [False] * 20)
    intervals = accuracy_intervals(confidences, correct, num_bins=4, num_draws=4000, level=level)
    assert intervals.shape == (4, 2)
    for number, n, share in ((0, 40, 12 / 40), (2, 90, 70 / 90)):
        for end, tail in enumerate(((1 - level) / 2, (1 + level) / 2)):
            expected = binomial_quantile(n, share, tail)
            assert intervals[number, end].item() == pytest.approx(expected, abs=1.01 / n)
    assert intervals[[1, 3]].isnan().all(), "bins without an answer"


def test_the_bootstrap_repeats_with_its_seed_and_leaves_the_global_state(device):
    confidences, correct = make_answers(device=device)
    state = torch.get_rng_state()
    first = accuracy_intervals(confidences, correct, num_draws=200)
    assert torch.equal(torch.get_rng_state(), state)
    again = accuracy_intervals(confidences, correct, num_draws=200)
    other = accuracy_intervals(confidences, correct, num_draws=200, seed=1)
    assert torch.equal(first.nan_to_num(), again.nan_to_num())
    assert not torch.equal(first.nan_to_num(), other.nan_to_num())
    accuracy = reliability_bins(confidences, correct).accuracy
    filled = ~accuracy.isnan()
    assert ((first[:, 0] <= accuracy) & (accuracy <= first[:, 1]))[filled].all()


def test_a_bin_of_right_answers_only_has_no_width():
    intervals = accuracy_intervals([0.9] * 20, [True] * 20, num_bins=1, num_draws=50)
    assert intervals.tolist() == [[1.0, 1.0]]


def make_logits(n=600, *, scale=1.0, device="cpu"):
    """Logits whose labels are drawn from their softmax, then scaled: the best temperature is near scale."""
    logits = 2.5 * torch.randn(n, 10)
    labels = torch.multinomial(logits.softmax(dim=1), 1)[:, 0]
    return (logits * scale).to(device), labels.to(device)


@pytest.mark.parametrize("scale", [0.05, 0.7, 1.0, 3.0, 40.0])
def test_the_temperature_is_the_best_of_a_fine_grid(scale, device):
    logits, labels = make_logits(scale=scale, device=device)
    temperature = find_temperature(logits, labels)
    assert temperature == pytest.approx(scale, rel=0.15)
    grid = temperature * torch.logspace(-0.3, 0.3, 1201, dtype=torch.float64)
    scores = logits.cpu().double() / grid[:, None, None]
    losses = torch.stack([F.cross_entropy(score, labels.cpu()) for score in scores])
    assert grid[losses.argmin()].item() == pytest.approx(temperature, rel=6e-4)
    at_temperature = F.cross_entropy(logits.cpu().double() / temperature, labels.cpu())
    assert at_temperature <= losses.min() + 1e-12


def test_a_temperature_lowers_the_loss_and_changes_no_answer():
    logits, labels = make_logits(scale=4.0)
    cooler = logits / find_temperature(logits, labels)
    assert torch.equal(cooler.argmax(dim=1), logits.argmax(dim=1))
    assert F.cross_entropy(cooler, labels) < F.cross_entropy(logits, labels)
    errors = [
        expected_calibration_error(z.softmax(dim=1).max(dim=1).values, z.argmax(dim=1) == labels)
        for z in (logits, cooler)
    ]
    assert errors[1] < errors[0] / 2


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (torch.eye(3) * 4, torch.arange(3), "all answers are right, .* give validation samples"),
        (torch.eye(3) * 4, torch.tensor([1, 2, 0]), "no better than chance, .* in the same order"),
        (
            torch.zeros(3, 4),
            torch.arange(2),
            r"logits \(N, K\) .* but got \(3, 4\) and \(2,\)",
        ),
        (torch.zeros(0, 4), torch.arange(0), "give all samples of the validation set at once"),
        (torch.tensor([[0.0, math.nan]]), torch.tensor([0]), "expected finite logits, but got nan or inf"),
    ],
)
def test_logits_without_a_best_temperature_are_refused(logits, labels, message):
    with pytest.raises(ValueError, match=message):
        find_temperature(logits, labels)


@pytest.mark.parametrize(
    ("confidences", "correct", "message"),
    [
        ([0.5, 0.6], [True], r"for each of N answers, but got shapes \(2,\) and \(1,\); the confidence"),
        ([[0.5, 0.5]], [[1, 0]], "for each of N answers"),
        ([], [], "for each of N answers"),
        ([0.5, 7.0], [True, False], "confidences lie from 0 to 1, but got 0.5 to 7; take the softmax"),
        ([0.5, math.nan], [True, False], "confidences lie from 0 to 1"),
        ([0.5, 0.6], [3, 8], "whether it was right, .* predicted == labels"),
    ],
)
@pytest.mark.parametrize("function", [reliability_bins, expected_calibration_error, accuracy_intervals])
def test_what_is_no_list_of_answers_is_refused(function, confidences, correct, message):
    with pytest.raises(ValueError, match=message):
        function(confidences, correct)


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"num_bins is a whole number from 1 .* but got 0; 10 is usual"):
        reliability_bins([0.5], [True], num_bins=0)
    for options in ({"num_draws": 0}, {"num_draws": 1.5}, {"level": 1.0}, {"level": 0}, {"seed": "x"}):
        with pytest.raises(ValueError, match=rf"{next(iter(options))} is .* but got"):
            accuracy_intervals([0.5], [True], **options)
