"""The exercises of lesson 04: what they claim of devices is true, on this machine's accelerator too."""

import time

from mnist_lab.devices import synchronize
from mnist_lab.exercises.engine.device_watch import DeviceWatch
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.lesson_04.e4_clock import RIGHT
from mnist_lab.exercises.lesson_04.e5_timing_probe import Bench
from mnist_lab.exercises.registry import find_exercise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

# An accelerator where there is one, else meta, watched as strictly as an accelerator would be.
FAR = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("meta")


# 4.1 Runs or fails


def snippets():
    """The five snippets as pairs of lines, each a function of what the line before gave."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    images, labels = torch.rand(2, 1, 4, 4), torch.tensor([0, 2])
    far_network = nn.Sequential(nn.Flatten(), nn.Linear(16, 3)).to(FAR)
    far_images = torch.rand(2, 1, 4, 4).to(FAR)
    return {
        "A": (lambda _: images.to(FAR), lambda _: far_network(images)),
        "B": (lambda _: network.to(FAR), lambda _: network(far_images)),
        "C": (lambda _: torch.randn(far_images.shape), lambda noise: far_images + noise),
        "D": (lambda _: F.cross_entropy(far_network(far_images), labels), lambda loss: loss.backward()),
        "E": (lambda _: far_network(far_images).argmax(dim=1), lambda answers: answers.numpy()),
    }


def failing_line(lines):
    result = None
    for number, line in enumerate(lines, 1):
        try:
            with DeviceWatch():
                result = line(result)
        except (RuntimeError, TypeError):
            return number
    return 0


def test_the_five_snippets_do_what_the_exercise_says():
    assert tuple(map(failing_line, snippets().values())) == find_exercise("4.1").reference


def test_of_several_misreadings_the_first_is_explained():
    verdict = judge(find_exercise("4.1"), (0, 1, 0, 0, 0))
    assert verdict.status == "mistake" and verdict.message.startswith("A: ")
    assert "five numbers" in judge(find_exercise("4.1"), (2, 0, 2, 1)).message


# 4.4 What the clock shows, and 4.5 Time a function


@pytest.mark.parametrize(("work", "waits"), [(5, False), (5, True), (0.5, True)])
def test_the_clock_shows_what_the_exercise_says(work, waits):
    bench = Bench(pieces=((1, work),))
    start = bench.clock()
    for _ in range(3):
        bench.work()
    if waits:
        bench.synchronize()
    assert bench.clock() - start == RIGHT[[(5, False), (5, True), (0.5, True)].index((work, waits))]


def test_the_bench_passes_time_as_a_device_does():
    bench = Bench(pieces=((0.125, 50), (0.25, 4)))
    start = bench.clock()
    bench.work()
    assert bench.clock() - start == 0.125 and bench.readings[-1].busy
    bench.synchronize()
    assert bench.clock() - start == 50.125 and not bench.readings[-1].busy


def test_the_stopwatch_measures_a_real_device():
    measure = find_exercise("4.5").reference
    matrix = torch.ones(64, 64, device=FAR)
    assert measure(lambda: matrix @ matrix, lambda: synchronize(FAR), time.perf_counter) > 0
    slept = measure(lambda: time.sleep(0.002), lambda: None, time.perf_counter, num_runs=3)
    assert 0.002 <= slept < 0.1
