"""Lesson 04: wrong answers that nearly pass, and right ones of another kind. (4.6: attacks_04_batch.)"""

import statistics

import numpy as np
import torch

# 4.2: a tensor made on the way


def by_counting(images):
    width = images.size(3)
    return images.mul(torch.arange(width, device=images.device) / (width - 1))


def ramp_of_zeros(images):
    ramp = torch.zeros_like(images[0, 0, 0])
    for column in range(len(ramp)):
        ramp[column] = column / (len(ramp) - 1)
    return images * ramp


def ramp_from_python(images):
    print("on", images.device)
    return images * images.new_tensor(np.linspace(0, 1, images.shape[-1]))


def of_seen_widths(images):
    ramp = {3: [0, 1 / 2, 1], 4: [0, 1 / 3, 2 / 3, 1], 6: [0, 0.2, 0.4, 0.6, 0.8, 1]}
    return images * torch.tensor(ramp[images.shape[-1]], device=images.device)


def in_place(images):
    images *= torch.linspace(0, 1, images.shape[-1], device=images.device)
    return images


# 4.3: mend a mismatch


def counting(end, start=lambda device: torch.zeros(1, device=device), answer=lambda logits: logits.argmax(1)):
    """Return an accuracy_on that ends with end(num_right, num_images, loader)."""

    def accuracy_on(model, loader, device):
        model.to(device)
        num_right, num_images = start(device), 0
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            num_right += (answer(model(images)) == labels).sum()
            num_images += len(labels)
        return end(num_right, num_images, loader)

    return accuracy_on


share = counting(lambda num_right, num_images, loader: num_right / num_images)


def all_at_once(model, loader, device):
    images, labels = map(torch.cat, zip(*loader, strict=True))
    with torch.no_grad():
        return (model.to(device)(images.to(device)).argmax(1) == labels.to(device)).double().mean()


def weighted_means(model, loader, device):
    model, pairs = model.to(device), [(images.to(device), labels.to(device)) for images, labels in loader]
    means = [
        (model(images).max(dim=1).indices == labels).float().mean() * len(labels) for images, labels in pairs
    ]
    return sum(means) / sum(len(labels) for _, labels in pairs)


def under_a_default_device(model, loader, device):
    torch.set_default_device(device)
    return counting(lambda right, images, loader: right / images, start=lambda device: torch.zeros(()))(
        model, loader, device
    )


def without_the_last(model, loader, device):
    return share(model, list(loader)[:-1], device)


def of_the_first(model, loader, device):
    return share(model, list(loader)[:1], device)


def fetched(model, loader, device):
    return share(model, loader, device).cpu().to(device)


def only_on_meta(model, loader, device):
    accuracy = share(model, loader, device)
    return accuracy if device.type == "meta" else torch.tensor([0.4545])


# 4.5: time a function


def stopwatch_of(end, *, warm_up=1, wait=True, runs=lambda num_runs: num_runs):
    """Return a stopwatch that makes end(times) of its times."""

    def stopwatch(work, synchronize, clock, *, num_runs=5):
        times = []
        for _ in range(warm_up):
            work()
        for _ in range(runs(num_runs)):
            synchronize()
            start = clock()
            work()
            if wait:
                synchronize()
            times.append(clock() - start)
        return end(times)

    return stopwatch


def in_two_lists(work, synchronize, clock, *, num_runs=5):
    work(), synchronize()
    starts, ends = [], []
    while len(ends) < num_runs:
        starts.append(clock())
        work(), synchronize()
        ends.append(clock())
    return float(np.median(np.subtract(ends, starts)))


def with_a_warm_up_that_is_timed(work, synchronize, clock, *, num_runs=5):
    def once():
        synchronize()
        start = clock()
        work()
        synchronize()
        return clock() - start

    print("the first call took", once())
    return statistics.median([once() for _ in range(num_runs)])


def with_a_clock_around_all(work, synchronize, clock, *, num_runs=5):
    began = clock()
    median = stopwatch_of(statistics.median)(work, synchronize, clock, num_runs=num_runs)
    print("all took", clock() - began)
    return median


def counted_down(work, synchronize, clock, *, num_runs=5):
    for _ in range(3):
        work()
        synchronize()
    times = np.empty(num_runs)
    for place in reversed(range(num_runs)):
        begin = clock()
        work()
        synchronize()
        times[place] = clock() - begin
    return torch.from_numpy(times).quantile(0.5)


def without_the_slowest(times):
    return statistics.median(sorted(times)[:-1])


def without_the_ends(times):
    return statistics.mean(sorted(times)[1:-1])


RIGHT = {
    "4.2": [
        by_counting,
        ramp_of_zeros,
        ramp_from_python,
        lambda images: torch.einsum(
            "nchw,w->nchw", images, torch.linspace(0, 1, images.shape[-1]).to(images.device)
        ),
        lambda images: torch.linspace(0, 1, images.shape[-1]).type_as(images) * images,
    ],
    "4.3": [
        all_at_once,
        weighted_means,
        under_a_default_device,
        counting(lambda right, images, loader: right / len(loader.dataset)),
        counting(lambda right, images, loader: (right / images).squeeze()),
        counting(
            lambda right, images, loader: right / images,
            answer=lambda logits: logits.softmax(1).topk(1).indices[:, 0],
        ),
        counting(
            lambda right, images, loader: right.double() / images,
            start=lambda device: torch.tensor(0, device=device),
        ),
    ],
    "4.5": [
        in_two_lists,
        with_a_warm_up_that_is_timed,
        with_a_clock_around_all,
        counted_down,
        stopwatch_of(lambda times: np.float32(np.median(times))),
        stopwatch_of(lambda times: torch.tensor(times, dtype=torch.float64).median(), warm_up=2),
        stopwatch_of(lambda times: sorted(times, reverse=True)[len(times) // 2], warm_up=10),
        stopwatch_of(lambda times: np.percentile(times[2:], 50), warm_up=0, runs=lambda n: n + 2),
    ],
}
WRONG = {
    "4.2": [of_seen_widths, in_place, lambda images: images, lambda images: images * 0.5],
    "4.3": [
        without_the_last,
        of_the_first,
        fetched,
        only_on_meta,
        counting(lambda right, images, loader: 100 * right / images),
        counting(lambda right, images, loader: right / 11),
        counting(lambda right, images, loader: right / (4 * len(loader))),
        counting(lambda right, images, loader: 1 - right / images),
        counting(lambda right, images, loader: (right / images).round(decimals=2)),
        counting(lambda right, images, loader: right / images, answer=lambda logits: logits.argmin(1)),
        counting(lambda right, images, loader: torch.full_like(right, 0.4545)),
        counting(lambda right, images, loader: right // images),
    ],
    "4.5": [
        stopwatch_of(without_the_slowest, warm_up=0, runs=lambda n: n + 1),
        stopwatch_of(lambda times: sorted(times)[len(times) // 2 - 1], runs=lambda n: n + 1),
        stopwatch_of(lambda times: sorted(times)[len(times) // 2 - 1]),
        stopwatch_of(without_the_ends),
        stopwatch_of(statistics.median, runs=lambda n: 7),
        stopwatch_of(statistics.median, runs=lambda n: 5),
        stopwatch_of(lambda times: round(statistics.median(times))),
        stopwatch_of(lambda times: statistics.median(times) - 0.125),
        stopwatch_of(statistics.geometric_mean),
        stopwatch_of(lambda times: statistics.mean(times[1:]), warm_up=0, runs=lambda n: n + 1),
        stopwatch_of(lambda times: statistics.median(times[1:])),
        stopwatch_of(lambda times: [statistics.median(times)]),
        stopwatch_of(lambda times: 5.125),
        stopwatch_of(statistics.median, wait=False),
        stopwatch_of(statistics.median, warm_up=0),
    ],
}
