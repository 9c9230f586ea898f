"""Answers to lesson 03 that nearly pass, and right ones of another kind."""

import copy

import numpy as np
import torch
from torch.nn import functional as F

# 3.2: a nudge to both sides


def with_a_small_nudge(loss_of, w):
    return (loss_of(w + 1e-4) - loss_of(w - 1e-4)) / 2e-4


def mean_of_two_slopes(loss_of, w):
    here, nudge = loss_of(w), np.float64(0.01)
    return sum(((loss_of(w + nudge) - here) / nudge, (here - loss_of(w - nudge)) / nudge)) / 2


def with_a_large_nudge(loss_of, w):
    return (loss_of(w + 1) - loss_of(w - 1)) / 2


def of_parabolas_only(loss_of, w):
    return 2 * (loss_of(w + 1) - loss_of(w) - (loss_of(2) - 2 * loss_of(1) + loss_of(0)) / 2)


# 3.3: cross-entropy from logits


def ready_made(logits, labels):
    return F.cross_entropy(logits, labels).item()


def in_a_loop(logits, labels):
    losses = [row.logsumexp(0) - row[label] for row, label in zip(logits, labels, strict=True)]
    return sum(losses) / len(losses)


def with_numpy(logits, labels):
    values = logits.double().numpy()
    shifted = values - values.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(values)), labels.numpy()]
    return (np.log(np.exp(shifted).sum(axis=1)) - chosen).mean()


def one_hot(logits, labels):
    return -(F.one_hot(labels, logits.shape[1]) * logits.log_softmax(dim=1)).sum() / len(logits)


def clamped(logits, labels):
    shares = logits.softmax(dim=1).clamp(min=1e-30)
    return -shares[range(len(labels)), labels].log().mean()


def of_ten_classes(logits, labels):
    return ready_made(logits, labels) / 10 * logits.shape[1]


def smoothed(logits, labels):
    return F.cross_entropy(logits, labels, label_smoothing=0.01)


def of_answers(logits, labels):
    return F.cross_entropy(logits, logits.argmax(dim=1))


# 3.6: accuracy over uneven batches


def all_at_once(batches):
    logits, labels = (torch.cat(part) for part in zip(*batches, strict=True))
    return (logits.argmax(dim=1) == labels).double().mean().item()


def counted_one_by_one(batches):
    hits = [
        row.tolist().index(max(row.tolist())) == k for x, y in batches for row, k in zip(x, y, strict=True)
    ]
    return np.mean(hits)


def weighted_means(batches):
    sizes = [len(labels) for _, labels in batches]
    shares = [all_at_once([batch]) for batch in batches]
    return float(np.average(shares, weights=sizes))


def mean_of_means(batches):
    return sum(all_at_once([batch]) for batch in batches) / len(batches)


def of_all_but_short_ones(batches):
    return all_at_once([batch for batch in batches if len(batch[1]) == len(batches[0][1])])


def rounded(batches):
    return round(all_at_once(batches), 1)


# 3.7: mend a loop


def loop(
    *,
    loss_of=F.cross_entropy,
    before=lambda optimizer, model: optimizer.zero_grad(),
    after=lambda optimizer, model: None,
    added=lambda loss, labels, loader: loss.item() * len(labels),
    result=lambda total, loader: total / len(loader.dataset),
):
    """Return a training loop with one of its pieces exchanged."""

    def train(model, loader, optimizer):
        total = 0
        for images, labels in loader:
            before(optimizer, model)
            loss = loss_of(model(images), labels)
            loss.backward()
            after(optimizer, model)
            optimizer.step()
            total += added(loss, labels, loader)
        return result(total, loader)

    return train


def by_lists(model, loader, optimizer):
    losses, sizes = [], []
    for number, (images, labels) in enumerate(loader):
        model.zero_grad(set_to_none=False)
        loss = F.nll_loss(F.log_softmax(model(images), dim=-1), labels)
        print(number, float(loss))
        loss.backward()
        losses.append(float(loss))
        sizes.append(labels.numel())
        optimizer.step()
    return np.average(losses, weights=sizes)


def no_grad_kept(optimizer, model):
    for weights in model.parameters():
        weights.grad = None


def clipped(optimizer, model):
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.01)


def first_batch_only(model, loader, optimizer):
    return loop()(model, [next(iter(loader))], optimizer)


def every_other_zero_grad(optimizer, model, calls=[]):  # noqa: B006, it is to be kept
    calls.append(0)
    if len(calls) % 2:
        optimizer.zero_grad()


# 3.8: leave no trace


def answering(*, before=lambda model: model.eval(), off=torch.inference_mode, after=None, change=lambda x: x):
    """Return answers_of with one of its pieces exchanged; after(model, was_training) leaves the model."""

    def answers_of(model, loader):
        was_training = model.training
        before(model)
        with off():
            answers = torch.cat([model(images).argmax(dim=1) for images, _ in loader])
        (after or type(model).train)(model, was_training)
        return change(answers)

    return answers_of


def by_hand(model, loader):
    mode, model.training = model.training, True
    try:
        model.eval()
        with torch.no_grad():
            logits = [model(images) for images, _ in loader]
    finally:
        model.train(mode)
    return torch.vstack(logits).max(dim=1).indices


def switched_off(model, loader):
    torch.set_grad_enabled(False)
    return answering(off=torch.no_grad)(model, loader)


def frozen(model, loader):
    model.requires_grad_(False)
    return answering(off=torch.enable_grad)(model, loader)


def eleven(model, loader):
    return answering()(model, loader)[:11]


RIGHT = {
    "3.2": [with_a_small_nudge, mean_of_two_slopes],
    "3.3": [ready_made, in_a_loop, with_numpy, one_hot],
    "3.6": [all_at_once, counted_one_by_one, weighted_means],
    "3.7": [
        by_lists,
        loop(),
        loop(before=no_grad_kept),
        loop(result=lambda total, x: np.float32(total / len(x.dataset))),
    ],
    "3.8": [
        by_hand,
        answering(off=torch.no_grad),
        lambda model, loader: answering()(copy.deepcopy(model), loader),
        answering(after=lambda model, mode: model.train() if mode else model.eval()),
    ],
}
WRONG = {
    "3.2": [with_a_large_nudge, of_parabolas_only],
    "3.3": [clamped, of_ten_classes, smoothed, of_answers],
    "3.6": [mean_of_means, of_all_but_short_ones, rounded],
    "3.7": [
        first_batch_only,
        loop(before=every_other_zero_grad),
        loop(after=clipped),
        loop(added=lambda loss, labels, loader: loss.item() * loader.batch_size),
        loop(added=lambda loss, labels, loader: loss.item() * 4),
        loop(result=lambda total, loader: round(total / len(loader.dataset), 2)),
        loop(result=lambda total, loader: total / 11),
        loop(result=lambda total, loader: str(total / len(loader.dataset))),
        loop(loss_of=lambda logits, labels: F.cross_entropy(logits, labels, label_smoothing=0.1)),
        loop(loss_of=lambda logits, labels: F.cross_entropy(logits.clamp(-1, 1), labels)),
    ],
    "3.8": [
        switched_off,
        frozen,
        eleven,
        answering(before=lambda model: model.train(False), after=lambda model, mode: None),
        answering(before=lambda model: None),
        answering(change=lambda answers: answers.tolist()),
        answering(change=lambda answers: answers.sort().values),
    ],
}
