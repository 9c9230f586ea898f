"""Answers to lesson 11 that nearly pass, and right ones of another kind."""

import statistics
from dataclasses import replace

import numpy as np
import torch
from by_heart import by_heart

# 11.2: larger batches, as many images


def with_steps(steps, *, times=4, **changes):
    return lambda recipe: replace(
        recipe, batch_size=times * recipe.batch_size, steps=steps(recipe), **changes
    )


def a_quarter(recipe):
    return recipe.steps // 4


def in_two_changes(recipe):
    images = recipe.batch_size * recipe.steps
    larger = replace(recipe, batch_size=recipe.batch_size << 2)
    print(images)
    return replace(larger, steps=images // larger.batch_size)


def with_a_rate_to_match(recipe):
    return with_steps(a_quarter, learning_rate=4 * recipe.learning_rate)(recipe)


def with_epochs_too(recipe):
    return with_steps(a_quarter, epochs=1.0)(recipe)


def as_a_new_kind(recipe):
    return with_steps(a_quarter, layers=("flatten", "linear 10"))(recipe)


def only_described(recipe):
    return {"batch_size": 4 * recipe.batch_size, "steps": recipe.steps // 4}


# 11.4: seconds to a target


def reaching(
    *,
    there=lambda accuracies, target: statistics.median(accuracies) >= target,
    middle=statistics.median,
    order=sorted,
):
    def seconds_to(target, runs):
        for steps in order(runs):
            seconds, accuracies = zip(*runs[steps], strict=True)
            if there(accuracies, target):
                return middle(seconds)
        return None

    return seconds_to


def by_numpy(target, runs):
    medians = {steps: np.median(np.array(runs[steps]), axis=0) for steps in runs}
    there = [steps for steps, (_, accuracy) in medians.items() if accuracy >= target]
    return medians[min(there)][0] if there else None


def half_are_there(accuracies, target):
    return sum(accuracy >= target for accuracy in accuracies) >= len(accuracies) / 2


def quickest(target, runs):
    middles = [
        statistics.median(s for s, _ in runs[steps])
        for steps in runs
        if statistics.median(a for _, a in runs[steps]) >= target
    ]
    return min(middles, default=None)


def of_those_there(target, runs):
    for steps in sorted(runs):
        if statistics.median(a for _, a in runs[steps]) >= target:
            return statistics.median(s for s, a in runs[steps] if a >= target)


RIGHT = {
    "11.1": [torch.tensor([19008, 2880, 840]), np.array([19008, 2880, 840]), [19008.0, 2880, 840.0]],
    "11.2": [with_steps(a_quarter), in_two_changes, with_steps(lambda recipe: int(recipe.steps / 4))],
    "11.4": [
        reaching(),
        reaching(middle=np.median),
        reaching(middle=lambda values: torch.tensor(values).quantile(0.5).item()),
        reaching(there=lambda accuracies, target: np.quantile(accuracies, 0.5) >= target),
        by_numpy,
    ],
    "11.5": ["CEADB", list("ceadb"), "1C 2E 3A 4D 5B", ("C", "E", "A", "D", "B")],
}
WRONG = {
    "11.1": [
        (19008 * 4, 2880, 840),
        (19008, 2880),
        [19009, 2880, 840],
        (19014, 2890, 847),
        {19008, 2880, 840},
        "19008 2880 840",
    ],
    "11.2": [
        by_heart("11.2"),
        with_a_rate_to_match,
        with_epochs_too,
        as_a_new_kind,
        only_described,
        with_steps(a_quarter, times=2),
        with_steps(lambda recipe: 25),
        with_steps(lambda recipe: recipe.steps - 75),
        with_steps(lambda recipe: recipe.steps // 4 + 1),
        with_steps(lambda recipe: max(recipe.steps // 4, 20)),
        with_steps(a_quarter, label_smoothing=0.0),
        lambda recipe: replace(recipe, steps=recipe.steps // 4),
        lambda recipe: recipe,
    ],
    "11.4": [
        by_heart("11.4"),
        quickest,
        of_those_there,
        reaching(there=half_are_there),
        reaching(there=lambda accuracies, target: statistics.median(accuracies) > target),
        reaching(there=lambda accuracies, target: statistics.mean(accuracies) >= target),
        reaching(there=lambda accuracies, target: statistics.median_high(accuracies) >= target),
        reaching(there=lambda accuracies, target: max(accuracies) >= target),
        reaching(there=lambda accuracies, target: round(statistics.median(accuracies), 1) >= target),
        reaching(there=lambda accuracies, target: accuracies[len(accuracies) // 2] >= target),
        reaching(middle=statistics.mean),
        reaching(middle=statistics.median_low),
        reaching(middle=lambda seconds: torch.tensor(seconds).median().item()),
        reaching(middle=lambda seconds: seconds[len(seconds) // 2]),
        reaching(order=list),
        lambda target, runs: reaching()(98, runs),
        lambda target, runs: reaching()(target, runs) or 0.0,
    ],
    "11.5": ["CEADA", "C E A D", "CEADBB", "A A A A A", ["C", "E", "A", "B", "D"], None],
    "11.6": [
        lambda recipe: replace(recipe, about="mine", digits="full"),
        lambda recipe: replace(recipe, epochs=1, steps=None, layers=("linear",)),
        lambda recipe: replace(recipe, steps=None),
        lambda recipe: [replace(recipe, steps=50)],
        lambda recipe: print(replace(recipe, steps=50)),
    ],
}
