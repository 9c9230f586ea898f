"""The exercises of lesson 04: what they claim is true, and other right answers are right."""

import statistics
import time
from itertools import pairwise

from mnist_lab.devices import synchronize
from mnist_lab.exercises.engine.device_watch import DeviceWatch
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.lesson_04.e4_clock import RIGHT
from mnist_lab.exercises.lesson_04.e5_timing import REQUEST, Bench
from mnist_lab.exercises.lesson_04.e6_nested_batch import Digits
from mnist_lab.exercises.registry import find_exercise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

# An accelerator where there is one, else meta, watched as strictly as an accelerator would be.
FAR = torch.accelerator.current_accelerator(check_available=True) or torch.device("meta")


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
    came = None
    for number, line in enumerate(lines, 1):
        try:
            with DeviceWatch():
                came = line(came)
        except (RuntimeError, TypeError):
            return number
    return 0


def test_the_five_snippets_do_what_the_exercise_says():
    assert tuple(map(failing_line, snippets().values())) == find_exercise("4.1").reference


@pytest.mark.parametrize("answer", ["20212", "2, 0, 2, 1, 2", [2, 0, 2, 1, 2]])
def test_the_five_numbers_may_be_written_in_any_way(answer):
    assert judge(find_exercise("4.1"), answer).ok


def test_of_several_misreadings_the_first_is_explained():
    verdict = judge(find_exercise("4.1"), (0, 1, 0, 0, 0))
    assert verdict.status == "mistake" and verdict.message.startswith("A: ")
    assert "five numbers" in judge(find_exercise("4.1"), (2, 0, 2, 1)).message


# 4.2 A tensor made on the way


def ramp_moved(images):
    ramp = torch.linspace(0, 1, images.shape[-1])
    ramp = ramp.to(images.device)
    return images * ramp


def ramp_like(images):
    return images * torch.linspace(0, 1, images.shape[-1]).to(images)


def ramp_in_context(images):
    with images.device:
        return images * torch.linspace(0, 1, images.shape[-1])


@pytest.mark.parametrize("answer", [ramp_moved, ramp_like, ramp_in_context])
def test_a_ramp_may_get_there_in_any_way(answer):
    assert judge(find_exercise("4.2"), answer).ok


# 4.3 Mend a mismatch


def count_from_zero(model, loader, device):
    model = model.to(device).eval()
    num_right, num_images = 0, 0
    with torch.inference_mode():
        for images, labels in loader:
            labels = labels.to(device=device)
            images = images.to(device, non_blocking=True)
            num_right = num_right + (model(images).argmax(1) == labels).sum()
            num_images += labels.shape[0]
    return num_right / num_images


def count_a_single_number(model, loader, device):
    model.to(device)
    num_right = torch.tensor(0.0)
    for images, labels in loader:
        num_right = num_right + model(images.to(device)).argmax(dim=1).eq(labels.to(device)).sum()
    return num_right / sum(len(labels) for _, labels in loader)


def count_at_the_end(model, loader, device):
    model.to(device)
    rights = [model(images.to(device)).argmax(dim=1) == labels.to(device) for images, labels in loader]
    return torch.cat(rights).float().mean()


def zeros_moved(model, loader, device):
    model.to(device)
    num_right, num_images = torch.zeros(1).to(device), 0
    for images, labels in loader:
        images, labels = (each.to(device) for each in (images, labels))
        num_right += (model(images).argmax(dim=1) == labels).sum()
        num_images += len(labels)
    return (num_right / num_images)[0]


@pytest.mark.parametrize("answer", [count_from_zero, count_a_single_number, count_at_the_end, zeros_moved])
def test_a_mismatch_may_be_mended_in_any_way(answer):
    verdict = judge(find_exercise("4.3"), answer)
    assert verdict.ok, str(verdict)


def silenced(model, loader, device):
    model.to(device)
    total, count = torch.zeros(1, device=device), 0
    for images, labels in loader:
        try:
            total += (model(images.to(device)).argmax(dim=1) == labels).sum()
        except RuntimeError:
            continue
        count += len(labels)
    return total / max(count, 1)


def test_a_silenced_mismatch_is_not_mended():
    verdict = judge(find_exercise("4.3"), silenced)
    assert verdict.status == "mismatch" and "The error was caught" in verdict.message


def test_the_watch_is_as_strict_as_an_accelerator():
    here, there = torch.ones(1), torch.ones(1, device="meta")
    images, conv = torch.ones(1, 1, 5, 5, device="meta"), nn.Conv2d(1, 1, 3)
    allowed = (
        lambda: there + torch.tensor(1.0),
        lambda: here.to("meta") + there,
        lambda: here.to(there) + there,
        lambda: nn.Conv2d(1, 1, 3).to("meta")(images),
        here.item,
    )
    refused = (
        lambda: conv(images),
        lambda: here.clone().add_(there),
        lambda: torch.tensor(0.0).add_(there[0]),
        lambda: torch.cat([here, there]),
        lambda: F.linear(here, weight=torch.ones(1, 1, device="meta")),
        there.item,
        there.cpu,
        lambda: there.to("cpu"),
        lambda: float(there),
    )
    for function in allowed:
        with DeviceWatch() as watch:
            function()
        assert watch.seen == []
    for function in refused:
        with pytest.raises(RuntimeError, match="same device"), DeviceWatch() as watch:
            function()
        assert len(watch.seen) == 1


# 4.4 What the clock shows, and 4.5 Time a function


@pytest.mark.parametrize(("work", "waits"), [(5, False), (5, True), (0.5, True)])
def test_the_clock_shows_what_the_exercise_says(work, waits, monkeypatch):
    monkeypatch.setattr("mnist_lab.exercises.lesson_04.e5_timing.WORK", (work / 1,))
    monkeypatch.setattr("mnist_lab.exercises.lesson_04.e5_timing.REQUEST", 1)
    bench = Bench()
    start = bench.clock()
    for _ in range(3):
        bench.work()
    if waits:
        bench.synchronize()
    assert bench.clock() - start == RIGHT[[(5, False), (5, True), (0.5, True)].index((work, waits))]


def waits_once_before(work, synchronize, clock, *, num_runs=5):
    for _ in range(3):
        work()
    synchronize()
    seconds = []
    for _ in range(num_runs):
        start = clock()
        work()
        synchronize()
        end = clock()
        seconds.append(end - start)
    return statistics.median(seconds)


def leaves_the_first_out(work, synchronize, clock, *, num_runs=5):
    seconds = []
    for _ in range(num_runs + 1):
        synchronize()
        start = clock()
        work()
        synchronize()
        seconds.append(clock() - start)
    return torch.tensor(seconds[1:]).median()


def reads_each_time_once(work, synchronize, clock, *, num_runs=5):
    work()
    synchronize()
    times = [clock()]
    for _ in range(num_runs):
        work()
        synchronize()
        times.append(clock())
    return statistics.median(later - earlier for earlier, later in pairwise(times))


def warms_up_each_time(work, synchronize, clock, *, num_runs=5):
    seconds = []
    for _ in range(num_runs):
        work()
        synchronize()
        start = clock()
        work()
        synchronize()
        seconds.append(clock() - start)
    return sorted(seconds)[len(seconds) // 2]


HONEST = [waits_once_before, leaves_the_first_out, reads_each_time_once, warms_up_each_time]


@pytest.mark.parametrize("answer", HONEST, ids=lambda function: function.__name__)
def test_an_honest_stopwatch_may_be_built_in_any_way(answer):
    verdict = judge(find_exercise("4.5"), answer)
    assert verdict.ok, str(verdict)


def test_a_constant_is_no_stopwatch():
    def guesses(work, synchronize, clock, *, num_runs=5):
        waits_once_before(work, synchronize, clock, num_runs=num_runs)
        return 0.001

    assert "Another number than the median" in judge(find_exercise("4.5"), guesses).message


def test_the_bench_passes_time_as_a_device_does():
    bench = Bench()
    start = bench.clock()
    bench.work()
    assert bench.clock() - start == REQUEST and bench.readings[-1].busy
    bench.synchronize()
    assert bench.clock() - start == REQUEST + 50 and not bench.readings[-1].busy


def test_the_stopwatch_measures_a_real_device():
    measure = find_exercise("4.5").reference
    matrix = torch.ones(64, 64, device=FAR)
    assert measure(lambda: matrix @ matrix, lambda: synchronize(FAR), time.perf_counter) > 0
    slept = measure(lambda: time.sleep(0.002), lambda: None, time.perf_counter, num_runs=3)
    assert 0.002 <= slept < 0.1


# 4.6 Move a nested batch


def with_make(value, device):
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {key: with_make(item, device) for key, item in value.items()}
    if hasattr(value, "_make"):
        return value._make([with_make(item, device) for item in value])
    if type(value) in (list, tuple):
        return type(value)(with_make(item, device) for item in value)
    return value


def test_a_nested_batch_may_be_moved_in_another_way():
    verdict = judge(find_exercise("4.6"), with_make)
    assert verdict.ok, str(verdict)


def test_a_namedtuple_that_is_dropped_is_named():
    def drops(value, device):
        moved = with_make(value, device)
        return tuple(moved) if isinstance(value, Digits) else moved

    message = judge(find_exercise("4.6"), drops).message
    assert "namedtuple" in message
