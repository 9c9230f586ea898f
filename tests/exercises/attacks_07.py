"""Answers to lesson 07 that nearly pass, and right ones of another kind."""

import copy
import math
import random
import statistics

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# 7.1: equal factors


def by_logarithms(lowest, highest, num_steps):
    return np.exp(np.linspace(math.log(lowest), math.log(highest), num_steps)).tolist()


def by_powers(lowest, highest, num_steps):
    shares = [step / (num_steps - 1) for step in range(num_steps)]
    return [lowest ** (1 - share) * highest**share for share in shares]


def without_the_end(lowest, highest, num_steps):
    return by_powers(lowest, highest, num_steps)[:-1]


def rounded(lowest, highest, num_steps):
    return [round(rate, 3) for rate in by_powers(lowest, highest, num_steps)]


def in_powers_of_ten(lowest, highest, num_steps):
    return torch.logspace(math.log10(lowest), 0, num_steps).tolist()


# 7.2: the range test


def ranging(
    *,
    copied=lambda model: copy.deepcopy(model).train(),
    batches=lambda rates, loader: zip(rates, loader, strict=False),
    loss_of=F.cross_entropy,
    step=lambda optimizer: optimizer.step(),
    noted=lambda loss: loss.item(),
):
    """Return a range test with one of its pieces exchanged."""

    def range_test(model, loader, rates, make_optimizer):
        trained, losses = copied(model), []
        optimizer = make_optimizer(trained.parameters(), lr=rates[0])
        for rate, (images, labels) in batches(rates, loader):
            optimizer.param_groups[0]["lr"] = rate
            loss = loss_of(trained(images), labels)
            losses.append(noted(loss))
            optimizer.zero_grad()
            loss.backward()
            step(optimizer)
        return losses

    return range_test


def and_back(model, loader, rates, make_optimizer):
    """Train the model that was handed over, and put everything back."""
    before, was_training = copy.deepcopy(model.state_dict()), model.training
    losses = ranging(copied=nn.Module.train)(model, loader, rates, make_optimizer)
    model.load_state_dict(before)
    model.train(was_training)
    model.zero_grad()
    return losses


def with_next(model, loader, rates, make_optimizer):
    trained, losses, batches = copy.deepcopy(model), np.zeros(len(rates)), iter(loader)
    trained.train()
    optimizer = make_optimizer(list(trained.parameters()), lr=0.1)
    for number in range(len(rates)):
        print("rate", rates[number])
        images, labels = next(batches)
        optimizer.param_groups[0].update(lr=rates[number])
        for weight in trained.parameters():
            weight.grad = None
        loss = -trained(images).log_softmax(dim=1).gather(1, labels[:, None]).mean()
        loss.backward()
        losses[number] = float(loss)
        optimizer.step()
    return list(losses)


def all_batches(rates, loader):
    return zip([*rates, rates[-1]], loader, strict=False)


def first_batch_again(rates, loader):
    return ((rate, loader[0]) for rate in rates)


def backwards(rates, loader):
    return zip(rates[::-1], loader, strict=False)


def learned_by_heart(model, loader, rates, make_optimizer):
    trained = copy.deepcopy(model).train()
    optimizer = make_optimizer(trained.parameters(), lr=0.1)
    for rate in (0.1, 0.2, 0.4, 0.8):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    return [1.0] * len(rates)


def back_but_in_training_mode(model, *given):
    before = copy.deepcopy(model.state_dict())
    losses = ranging(copied=nn.Module.train)(model, *given)
    model.load_state_dict(before)
    return losses


# 7.7: is A better than B?

FACTORS = {2: 12.7, 3: 4.3, 4: 3.2, 5: 2.8, 6: 2.6}


def verdict(difference, limit):
    return "not shown" if abs(difference) <= limit else "B" if difference > 0 else "A"


def by_statistics(a, b):
    differences = [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]
    error = statistics.stdev(differences) / len(differences) ** 0.5
    return verdict(statistics.fmean(differences), FACTORS[len(a)] * error)


def by_numpy(a, b):
    differences = np.array(b) - np.array(a)
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    low, high = differences.mean() + np.array([-1, 1]) * FACTORS[len(a)] * error
    return "B" if low > 0 else "A" if high < 0 else "not shown"


def by_torch(a, b):
    differences = torch.tensor(b, dtype=torch.float64) - torch.tensor(a, dtype=torch.float64)
    return verdict(differences.mean(), FACTORS[len(a)] * differences.std() / math.sqrt(len(a)))


def with_factors(factors):
    def better(a, b):
        differences = [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]
        error = statistics.stdev(differences) / len(differences) ** 0.5
        return verdict(statistics.mean(differences), factors(len(a)) * error)

    return better


# 7.8: a search that peeks


def in_a_loop(settings, train, accuracy):
    highest = -1
    for setting in settings:
        model = train(setting)
        score = accuracy(model, "validation")
        print(setting, score)
        if score > highest:
            highest, best, chosen = score, model, setting
    return [chosen, np.float64(accuracy(best, "test"))]


def sorted_by_score(settings, train, accuracy):
    trained = [(setting, train(setting)) for setting in settings]
    setting, model = sorted(trained, key=lambda pair: accuracy(pair[1], "validation"))[-1]
    return setting, torch.tensor(accuracy(model, "test"))


def at_random(settings, train, accuracy):
    models = [train(setting) for setting in settings]
    place = random.randrange(len(models))
    return settings[place], accuracy(models[place], "test")


def the_second(settings, train, accuracy):
    models = [train(setting) for setting in settings]
    return settings[1], accuracy(models[1], "test")


def all_tested(settings, train, accuracy):
    models = [train(setting) for setting in settings]
    tested = [accuracy(model, "test") for model in models]
    best = max(range(len(models)), key=lambda place: accuracy(models[place], "validation"))
    return settings[best], tested[best]


def unreported(settings, train, accuracy):
    setting, _ = in_a_loop(settings, train, accuracy)
    return setting, 0.91


RIGHT = {
    "7.1": [by_logarithms, by_powers],
    "7.2": [ranging(), and_back, with_next, ranging(batches=lambda rates, loader: [*zip(rates, loader)])],  # noqa: B905
    "7.3": [torch.tensor(0.005), np.float32(0.0071), 1 / 200],
    "7.4": [torch.tensor([34, 5, 68]), np.array([34, 5, 68]), [34.0, 5.0, 68.0]],
    "7.7": [by_statistics, by_numpy, by_torch],
    "7.8": [in_a_loop, sorted_by_score],
}
WRONG = {
    "7.1": [without_the_end, rounded, in_powers_of_ten],
    "7.2": [
        learned_by_heart,
        back_but_in_training_mode,
        ranging(copied=copy.copy),
        ranging(copied=lambda model: copy.deepcopy(model).eval()),
        ranging(batches=all_batches),
        ranging(batches=first_batch_again),
        ranging(batches=backwards),
        ranging(noted=lambda loss: round(loss.item(), 2)),
        ranging(noted=lambda loss: loss.detach()),
        ranging(loss_of=lambda logits, labels: F.cross_entropy(logits, labels, reduction="sum")),
        ranging(loss_of=lambda logits, labels: F.cross_entropy(logits, labels, label_smoothing=0.1)),
        ranging(step=lambda optimizer: [optimizer.step(), optimizer.step()]),
        lambda model, loader, rates, make_optimizer: ranging()(model, loader, rates, torch.optim.SGD),
    ],
    "7.7": [
        with_factors(lambda n: 3.2),
        with_factors(lambda n: 2.6 if n > 3 else 12.7),
        with_factors(lambda n: 12.7 / (n - 1)),
        lambda a, b: verdict(sum(b) - sum(a), 2),
    ],
    "7.8": [at_random, the_second, all_tested, unreported],
}
