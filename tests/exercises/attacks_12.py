"""Answers to lesson 12 that nearly pass, and right ones of another kind."""

import math
from functools import reduce
from operator import add

import numpy as np
import torch
from by_heart import by_heart

# 12.1: how many workers


def from_jobs_each(jobs_each, *, workers=lambda jobs, each: math.ceil(jobs / each)):
    return lambda jobs, seconds_each, start, limit: workers(jobs, jobs_each(seconds_each, start, limit))


def tried_one_by_one(jobs, seconds_each, start, limit):
    workers = 1
    while start + -(-jobs // workers) * seconds_each > limit:
        workers += 1
    return workers


def played(jobs, seconds_each, start, limit):
    workers = 0
    while jobs > 0:
        workers, now = workers + 1, start
        while now + seconds_each <= limit:
            now, jobs = now + seconds_each, jobs - 1
    print(workers)
    return workers


def of_numpy(jobs, seconds_each, start, limit):
    return np.int64(np.ceil(jobs / np.floor((limit - start) / seconds_each)))


# 12.3 and 12.4: the gradient of the whole batch


def in_place(gradients):
    for gradient in gradients[1:]:
        gradients[0] += gradient
    return gradients[0] / len(gradients)


def one_after_another(gradients):
    mean = torch.zeros_like(gradients[0])
    for number, gradient in enumerate(gradients, 1):
        mean += (gradient - mean) / number
    return mean


def pairwise(gradients):
    return reduce(lambda mean, gradient: (mean + gradient) / 2, gradients)


def of_one_row(gradients):
    return torch.cat(gradients).reshape(len(gradients), -1).mean(dim=0)


def of_two_axes(gradients):
    return torch.stack(gradients).mean(dim=0).flatten()


def by_tensordot(gradients, counts):
    weights = torch.tensor(counts, dtype=gradients[0].dtype)
    return torch.tensordot(weights / weights.sum(), torch.stack(gradients), dims=1)


def by_numpy(gradients, counts):
    average = np.average([gradient.numpy() for gradient in gradients], axis=0, weights=counts)
    return torch.from_numpy(average).to(gradients[0].dtype)


def weighted(share):
    """Return the sum of the gradients, each times share(count, counts)."""
    return lambda gradients, counts: sum(
        gradient * share(count, counts) for gradient, count in zip(gradients, counts, strict=True)
    )


def first_changed(gradients, counts):
    gradients[0] *= counts[0]
    for gradient, count in zip(gradients[1:], counts[1:], strict=True):
        gradients[0] += count * gradient
    return gradients[0] / sum(counts)


RIGHT = {
    "12.1": [
        from_jobs_each(lambda each, start, limit: (limit - start) // each),
        from_jobs_each(lambda each, start, limit: int((limit - start) / each)),
        from_jobs_each(
            lambda each, start, limit: (limit - start) // each, workers=lambda jobs, each: -int(jobs // -each)
        ),
        tried_one_by_one,
        played,
        of_numpy,
    ],
    "12.2": [
        torch.tensor([5, 9, 6, -1]),
        np.array([5.0, 9, 6, -1]),
        [5.0, 9, 6.0, -1.0],
        (15 / 3, 9, 24 / 4, -1),
    ],
    "12.3": [
        lambda gradients: torch.stack(gradients).mean(0),
        lambda gradients: sum(gradients) / len(gradients),
        lambda gradients: reduce(add, gradients).div(len(gradients)),
        lambda gradients: torch.stack(gradients).sum(dim=0) / len(gradients),
        lambda gradients: torch.mean(torch.stack(gradients, dim=-1), dim=-1),
        one_after_another,
    ],
    "12.4": [
        by_tensordot,
        by_numpy,
        weighted(lambda count, counts: count / sum(counts)),
        lambda gradients, counts: sum(map(torch.mul, gradients, map(torch.tensor, counts))) / sum(counts),
    ],
}
WRONG = {
    "12.1": [
        by_heart("12.1"),
        from_jobs_each(lambda each, start, limit: (limit - start) / each),
        from_jobs_each(lambda each, start, limit: limit // each),
        from_jobs_each(lambda each, start, limit: limit // (each + start)),
        from_jobs_each(lambda each, start, limit: round((limit - start) / each)),
        from_jobs_each(lambda each, start, limit: (limit - start - 1) // each),
        from_jobs_each(lambda each, start, limit: (limit - 10) // each),
        from_jobs_each(lambda each, start, limit: 2),
        from_jobs_each(lambda each, start, limit: (limit - start) // each, workers=lambda j, each: j // each),
        from_jobs_each(
            lambda each, start, limit: (limit - start) // each, workers=lambda j, each: j // each + 1
        ),
        from_jobs_each(
            lambda each, start, limit: (limit - start) // each, workers=lambda j, each: round(j / each)
        ),
        lambda jobs, seconds_each, start, limit: math.ceil((jobs * seconds_each + start) / limit),
        lambda jobs, seconds_each, start, limit: math.ceil(jobs * seconds_each / (limit - start)),
        lambda jobs, seconds_each, start, limit: played(jobs, seconds_each, 0, limit),
        lambda jobs, seconds_each, start, limit: min(
            jobs, tried_one_by_one(jobs, seconds_each, start, limit) + 1
        ),
    ],
    "12.2": [(5, 9, 7, -1.5), (5, 9, 6, -3), (5, 9, 6, 5), (5, 9, 6), (5.0, 9.0, 6.0, -1.01), "5 9 6 -1"],
    "12.3": [
        by_heart("12.3"),
        in_place,
        pairwise,
        of_one_row,
        of_two_axes,
        lambda gradients: torch.stack(gradients).mean(),
        lambda gradients: torch.stack(gradients).mean(dim=1),
        lambda gradients: torch.stack(gradients).sum(dim=0) / 2,
        lambda gradients: torch.stack(gradients).sum(dim=0) // len(gradients),
        lambda gradients: torch.stack(gradients).median(dim=0).values,
        lambda gradients: (gradients[0] + gradients[-1]) / 2,
        lambda gradients: (torch.stack(gradients).amax(0) + torch.stack(gradients).amin(0)) / 2,
        lambda gradients: torch.stack(gradients).mean(0).tolist(),
    ],
    "12.4": [
        by_heart("12.4"),
        first_changed,
        weighted(lambda count, counts: 1 / len(counts)),
        weighted(lambda count, counts: 1 / sum(counts)),
        weighted(lambda count, counts: count / len(counts)),
        weighted(lambda count, counts: (count > 0) / sum(count > 0 for count in counts)),
        weighted(lambda count, counts: count / max(counts)),
        weighted(lambda count, counts: count / 5),
        weighted(lambda count, counts: max(count, 1) / sum(max(count, 1) for count in counts)),
        weighted(lambda count, counts: count // sum(counts)),
        weighted(lambda count, counts: round(count / sum(counts), 2)),
        lambda gradients, counts: weighted(lambda c, all: c / sum(all))(gradients, counts).flatten(),
    ],
}
