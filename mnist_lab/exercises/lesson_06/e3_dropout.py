"""Exercise 6.3: write dropout, judged by what holds for every draw."""

import math
from collections import namedtuple

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch


def dropout(values, *, p, training):
    if not training:
        return values
    mask = torch.rand_like(values) >= p
    return values * mask / (1 - p)


# How a known wrong answer draws its mask, scales what stays, and behaves in eval mode.
def a_coin_each(values, p):
    return torch.rand_like(values) >= p


def a_coin_each_but_swapped(values, p):
    return torch.rand_like(values) < p


def a_coin_a_column(values, p):
    return torch.rand(values.shape[1]) >= p


def a_coin_a_row(values, p):
    return torch.rand(len(values), 1) >= p


def half(values, p):
    return torch.rand_like(values) >= 0.5


def under_a_bell(values, p):
    return torch.randn_like(values) >= p


def one_coin(values, p):
    return torch.rand(1) >= p


def rounded(values, p):
    return torch.ones_like(values) * int(1 - p)


def not_a_mask(values, p):
    return torch.rand_like(values)


def a_fixed_number(values, p):
    order = torch.rand_like(values).argsort(dim=1).argsort(dim=1)
    return order >= round(p * values.shape[1])


def once(values, p):
    generator = torch.Generator().manual_seed(0)
    return torch.rand(values.shape, generator=generator) >= p


def variant(*, mask=a_coin_each, scale=lambda p: 1 / (1 - p), evaluate=lambda values, p: values):
    def dropout(values, *, p, training):
        if not training:
            return evaluate(values, p)
        return values * mask(values, p) * scale(p)

    return dropout


def in_every_mode(values, *, p, training):
    return dropout(values, p=p, training=True)


def in_every_mode_unscaled(values, *, p, training):
    return values * a_coin_each(values, p)


def turned_round(values, *, p, training):
    return dropout(values, p=p, training=not training)


def by_what_stayed(values, *, p, training):
    if not training:
        return values
    mask = a_coin_each(values, p).float()
    return values * mask / mask.mean()


def in_place(values, *, p, training):
    if training:
        values[torch.rand_like(values) < p] = 0
        values /= 1 - p
    return values


def in_place_unscaled(values, *, p, training):
    if training:
        values[torch.rand_like(values) < p] = 0
    return values


def only_the_mask(values, *, p, training):
    return a_coin_each(values, p) / (1 - p) if training else values


def only_what_stays(values, *, p, training):
    return values[a_coin_each(values, p)] / (1 - p) if training else values


def nothing_in_eval(values, *, p, training):
    if training:
        return dropout(values, p=p, training=True)
    return None


def zeros_in_eval(values, *, p, training):
    return dropout(values, p=p, training=True) if training else torch.zeros_like(values)


P = 0.2  # no share that can be confused with 1 − P, with one half, or with what a bell curve gives


ALMOST = 0.03  # a share of a few thousand coins is as near as this; it would stray further once in ages


BELL = 0.5 * (1 + math.erf(P / math.sqrt(2)))  # the share of a bell curve that lies below P


SHARES = {
    P: "",
    0.0: "In training mode nothing was dropped.",
    1.0: "In training mode everything was dropped.",
    1 - P: "A share of 1 − p was dropped, and a share of p stayed.",
    0.5: "Half of it was dropped, though p was 0.2.",
    BELL: "The share that was dropped is the part of a bell curve below p.",
}


FACTORS = {
    1 / (1 - P): "",
    1.0: "What stayed was not made larger.",
    1 / P: "What stayed was divided by p.",
    1 - P: "What stayed was multiplied by 1 − p.",
    1 + P: "What stayed was multiplied by 1 + p.",
    P: "What stayed was multiplied by p.",
}


EVAL_FACTORS = {
    1.0: "",
    1 / (1 - P): "In eval mode the values were divided by 1 − p.",
    1 - P: "In eval mode the values were multiplied by 1 − p.",
}


Tried = namedtuple("Tried", "came values problem")  # what came, what went in, what is wrong with it


def faults(drop, values, *, coins):
    """Return what drop(values, p=…, training=…) does wrong, judged by what holds for every draw.

    values (N, C, …) hold no 0. coins(dropped) is given True where a 0 came. It returns a sentence
    about the pattern, if that is wrong, and the coins (N, C), one for each place that has its own.
    """
    first, second = (tried(drop, values, p=P, training=True) for _ in range(2))
    if first.problem:
        return [first.problem]
    found = _pattern(first, second, coins) + _factor(first.came, values) + _in_eval(drop, values)
    found = found or _without_a_share(drop, values)
    if not torch.equal(first.values, values):
        found.append("The function changed the tensor that it was given.")
    return found


def tried(drop, values, **options):
    """Call drop on a copy, and say if what comes is no tensor of that shape."""
    copy, problem = values.clone(), ""
    came = drop(copy, **options)
    if came is None:
        problem = "`None` came: does the function end with `return`?"
    elif not isinstance(came, torch.Tensor):
        problem = f"Not a tensor came, but {kind_of(came)}."
    elif came.shape != values.shape:
        problem = _other_shape(came.shape, values.shape)
    elif not came.is_floating_point():
        problem = "The tensor that came does not hold floats, so it is no longer the values."
    return Tried(came if problem else came.detach().to(values.dtype), copy, problem)


def _other_shape(came, given):
    if len(came) == 1 and came.numel() < given.numel():
        return "Only some of the values came, in a single row."
    return f"The shape {tuple(came)} came where {tuple(given)} was expected."


def _pattern(first, second, coins):
    """What is wrong with the places that were dropped, and with their number."""
    dropped = first.came == 0
    sentence, tossed = coins(dropped)
    if sentence:
        return [sentence]
    share = tossed.float().mean().item()
    if 0 < share < 1:
        if torch.equal(tossed, tossed[:1].expand_as(tossed)):
            return ["All samples lost the same places."]
        if torch.equal(tossed, tossed[:, :1].expand_as(tossed)):
            return ["Each sample was dropped or kept as a whole."]
    found = _named(share)
    if 0 < share < 1 and torch.equal(dropped, second.came == 0):
        found.append("A second call dropped the same places.")
    if 0 < share < 1 and tossed.sum(dim=1).unique().numel() == 1:
        found.append("Every sample lost the same number of places.")
    return found


def _named(share):
    """What is wrong with the share that was dropped."""
    for known, sentence in SHARES.items():
        if abs(share - known) < ALMOST:
            return [sentence] if sentence else []
    return ["Another share than p was dropped."]


def _factor(came, values):
    """What is wrong with the factor of the values that stayed."""
    stayed = came != 0
    if not stayed.any():
        return []
    factors = came[stayed] / values[stayed]
    if not torch.isfinite(factors).all() or factors.max() - factors.min() > 1e-3:
        return ["What stayed was not all multiplied by the same number."]
    factor = factors.mean().item()
    for known, sentence in FACTORS.items():
        if abs(factor - known) < 1e-4:
            return [sentence] if sentence else []
    if abs(factor - 1 / (1 - P)) < 2 * ALMOST:
        return ["The factor is near 1 / (1 − p) and changes with the draw."]
    return ["What stayed was multiplied by another number than 1 / (1 − p)."]


def _in_eval(drop, values):
    """What is wrong in eval mode, where all should stay as it was."""
    came, _, problem = tried(drop, values, p=P, training=False)
    if problem:
        return [f"In eval mode: {problem[0].lower()}{problem[1:]}"]
    if (came == 0).any():
        return [f"In eval mode {'values were' if came.any() else 'everything was'} dropped."]
    for factor, sentence in EVAL_FACTORS.items():
        if torch.allclose(came, factor * values, rtol=1e-4):
            return [sentence] if sentence else []
    return ["In eval mode the values came back changed."]


def _without_a_share(drop, values):
    """What is wrong in training mode with p = 0, where nothing is dropped."""
    came, _, problem = tried(drop, values, p=0.0, training=True)
    if problem or not torch.allclose(came, values):
        return ["With p = 0 in training mode the values came back changed."]
    return []


def of_function(dropout):
    """Return the faults of a dropout, tried on 60 samples of 100 different values."""
    values = torch.arange(1.0, 6001.0).reshape(60, 100) / 1000
    values[:, ::2] *= -1
    return faults(dropout, values, coins=lambda dropped: ("", dropped))


HINTS = (
    "Three moves: what happens in eval mode, who is dropped, and what becomes of the rest.",
    "Draw a number between 0 and 1 for each value, with `torch.rand_like(values)`. Compared with `p`, it "
    "gives True or False; a value times False is 0.",
    "`torch.rand_like(values) >= p` is True with a chance of 1 − p: these stay. On average only a share of "
    "1 − p is left, so divide by it.",
)


MISTAKES = (
    (variant(scale=lambda p: 1),
     "No scaling: in training the sums are smaller than in evaluation, and the next layer learns the wrong "
     "size. Divide what stays by 1 − p."),
    (variant(evaluate=lambda values, p: values * (1 - p)),
     "Scaling in eval mode: training has made up for the loss already. In eval mode return the values as "
     "they are."),
    (variant(evaluate=lambda values, p: values / (1 - p)),
     "In eval mode nobody is missing, so nobody has to stand in. Return the values before you divide."),
    (variant(scale=lambda p: 1, evaluate=lambda values, p: values * (1 - p)),
     "That is dropout as it was first published: it scales in evaluation. Inverted dropout divides by 1 − p "
     "in training, so that evaluation costs nothing."),
    (variant(scale=lambda p: 1, evaluate=lambda values, p: values / (1 - p)),
     "The division stands in the wrong mode. It belongs to training, where values are missing."),
    (in_every_mode,
     "It drops in eval mode, too: `training` is not asked. The same digit would get another answer each "
     "time."),
    (in_every_mode_unscaled,
     "Two things are missing: the question whether it is training at all, and the division by 1 − p."),
    (turned_round, "The modes are exchanged: it drops in evaluation and rests in training."),
    (variant(mask=a_coin_each_but_swapped),
     "p and 1 − p are swapped in the mask: `rand < p` is true with a chance of p, and p is the share to be "
     "dropped. Keep where `rand >= p`."),
    (variant(mask=a_coin_each_but_swapped, scale=lambda p: 1 / p),
     "p and 1 − p are swapped throughout: your p is the chance to stay. Here, as in PyTorch, it is the "
     "chance to go."),
    (variant(mask=a_coin_each_but_swapped, scale=lambda p: 1),
     "Your p is the chance to stay, and here it is the chance to go. And what stays is not divided by 1 − p "
     "yet."),
    (variant(scale=lambda p: 1 / p),
     "The mask is right, but you divide by the share that goes. Divide by the share that stays, 1 − p."),
    (variant(scale=lambda p: 1 - p),
     "You multiply by 1 − p, which makes what stays even smaller. Divide by it."),
    (variant(scale=lambda p: 1 + p),
     "1 + p does not make up for 1 − p: a fifth less and then a fifth more is not where you began. Divide by "
     "1 − p."),
    (variant(scale=lambda p: 2), "The factor 2 is right for p = 0.5 only. In general it is 1 / (1 − p)."),
    (variant(mask=a_coin_a_column),
     "The same mask for every sample: all images of the batch lose the same values. Draw as many numbers as "
     "there are values: `torch.rand_like(values)`."),
    (variant(mask=a_coin_a_row),
     "One draw for each sample: an image loses all of its values or none. Every value needs a draw of its "
     "own."),
    (variant(mask=one_coin),
     "One draw for everything: the whole batch is kept or lost. Every value needs a draw of its own: "
     "`torch.rand_like(values)`."),
    (variant(mask=once),
     "The mask is drawn once and then always the same; a fixed seed inside the function does that, too. Then "
     "the same values never learn. Draw anew at each call."),
    (variant(mask=half), "The chance is fixed at one half. Compare the random numbers with `p`."),
    (variant(mask=under_a_bell),
     "`randn` draws from a bell curve around 0. For a chance of p you need numbers spread evenly from 0 to "
     "1: `torch.rand_like`."),
    (variant(mask=not_a_mask),
     "Each value was multiplied by a random number. Dropout keeps or drops: compare the random numbers with "
     "`p` to get True or False."),
    (variant(mask=rounded),
     "Everything became 0: the mask must be True or False by chance, not a share cut down to a whole "
     "number."),
    (variant(mask=a_fixed_number),
     "Every sample loses exactly the same number of values. In dropout each value is drawn on its own, so "
     "the number varies."),
    (by_what_stayed,
     "You divide by the share that happened to stay. Then each value depends on how the others were drawn; "
     "divide by 1 − p, which is fixed."),
    (in_place, "The function writes into the tensor that it was given, which the caller may still need. "
     "Multiply by a mask instead, that makes a new one."),
    (in_place_unscaled,
     "No scaling, and the function writes into the tensor that it was given. Multiply by a mask, divide by 1 "
     "− p, and return the new tensor."),
    (only_the_mask, "What comes back is the mask alone. Multiply the values by it."),
    (only_what_stays,
     "Values in square brackets pick those that stay, so the shape is lost. Multiply by the mask: what is "
     "dropped stays in its place, as 0."),
    (nothing_in_eval, "In eval mode nothing is returned, so `None` comes. Return the values there, too."),
    (zeros_in_eval,
     "In eval mode dropout is switched off, which means that everything passes, not that nothing does."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.3",
    title="Write dropout",
    kind="function",
    difficulty=2,
    minutes=6,
    points=3,
    reference=dropout,
    probe=of_function,
    why="A new mask for every value and every call, the mean kept, and silence in eval mode: this is all "
    "that dropout is.",
    hints=HINTS,
    mistakes=MISTAKES,
)
