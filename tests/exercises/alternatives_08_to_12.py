"""Answers to lessons 08 to 12 of another kind than the reference, and what is said of the wrong ones."""

import random
from fractions import Fraction
from functools import partial
from math import inf

from mnist_lab.exercises.engine.edits import edited
from mnist_lab.exercises.lesson_08.e2_flatten import first_loss
from mnist_lab.exercises.lesson_08.e13_zero_logits import classifier
from mnist_lab.exercises.lesson_10.e5_model_in_file import train_letters
from mnist_lab.exercises.registry import find_exercise

import numpy as np
import torch
from alternatives import Alternatives
from torch import nn
from torch.nn import functional as F

ANSWERS = Alternatives()
accepted, refused = ANSWERS.accepted, ANSWERS.refused


# 8.2 to 8.6


def letters_in(*, words):
    """Return a right answer of 10.5 that writes other words about its digits."""
    return edited(train_letters, {"digits=words": f'digits="{words}"'}, name="exercise 10.5")


def loop(slopes):
    """Return a train in which slopes(loss, model) leaves the gradients of one batch."""

    def train(model, loader, optimizer):
        for images, labels in loader:
            optimizer.zero_grad()
            slopes(F.cross_entropy(model(images), labels), model)
            optimizer.step()

    return train


def steps_first(model, loader, optimizer):
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()


def by_grad(loss, model):
    weights = list(model.parameters())
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = slope


def of_scores(model, images, labels):
    """Score a model in eval mode, and give it back in its own."""
    was_training = model.training
    logits = model.eval()(images)
    model.train(was_training)
    return F.nll_loss(logits.log_softmax(dim=1), labels), logits.detach().softmax(dim=1)


def mended(end):
    """Return the reference of 8.2 with another loss at its end."""
    return edited(first_loss, {"F.cross_entropy(fc2(x), labels)": end}, name="exercise 8.2")


stretched = edited(
    first_loss,
    {"x.flatten(1)": "F.interpolate(x, 12).flatten(1)", "64 * 6 * 6": "9216"},
    name="exercise 8.2",
)
means_of_maps = edited(
    first_loss,
    {"F.max_pool2d(F.relu(conv2(x)), 2)": "F.avg_pool2d(F.relu(conv2(x)), 2)"},
    name="exercise 8.2",
)
BY_HAND = "-fc2(x).log_softmax(1)[range(len(labels)), labels].mean()"

accepted("8.2", "by hand", mended(BY_HAND))
accepted("8.2", "a module", mended("nn.CrossEntropyLoss()(fc2(x), labels)"))
refused("8.2", "no loss", lambda *batch: batch[0], "No mean cross-entropy", unsaid="Silenced")
refused("8.2", "by hand, no graph", mended(f"({BY_HAND}).detach()"), "has no graph", unsaid="Silenced")
refused(
    "8.2", "a sum", mended('F.cross_entropy(fc2(x), labels, reduction="sum")'), "not the mean cross-entropy"
)
refused("8.2", "stretched", stretched, "holds nothing new", unsaid="filled")
refused("8.2", "means of maps", means_of_maps, "A pooling takes means", unsaid="12, 12")
refused("8.2", "another loss", mended("fc2(x).pow(2).mean()"), "No mean cross-entropy", unsaid="Silenced")
refused("8.3", "three letters", "DAB", "one for each case")
accepted("8.4", "bytes", lambda model, images, labels: F.cross_entropy(model(images), labels.byte()))
refused("8.4", "a text", lambda *batch: "0.3", "What comes back is a text", unsaid="labels are")
refused("8.4", "another number", lambda *batch: 5.0, "Another number", unsaid="labels are right")
accepted("8.5", "torch.autograd.grad", loop(by_grad))
accepted("8.5", "torch.autograd.backward", loop(lambda loss, model: torch.autograd.backward([loss])))
refused(
    "8.5", "graph kept", loop(lambda loss, _: torch.autograd.backward(loss, None, True)), "keeps the notes"
)
refused("8.5", "step in between", steps_first, "gradients just emptied", unsaid="Empty it before")
refused("8.5", "half the loss", loop(lambda loss, model: by_grad(loss / 2, model)))
accepted("8.6", "the mode looked at", of_scores)
refused("8.6", "loss alone", lambda *batch: find_exercise("8.6").given(*batch)[0], "of 1.46", unsaid="mended")
refused("8.6", "three things", lambda *batch: (*of_scores(*batch), 3), "and 3 came", unsaid="mended")
refused("8.6", "a wrong number", lambda *batch: (1.4612, 0.5), "The loss is a number", unsaid="logits are")
refused("8.6", "no shares", lambda *batch: (0.0, 0.5), "not the shares", unsaid="logits are")

# 8.7 to 8.9


def sorted_by_label(images, labels):
    order = labels.argsort(descending=True)
    return images[order], labels[order]


def rolled(images, labels):
    start = int(torch.randint(1, len(images), (1,)))
    return images.roll(start, 0), labels.roll(start)


class Centred(nn.Module):
    def __init__(self, network, mean, persistent=True):
        super().__init__()
        self.network = network
        self.register_buffer("mean_image", mean, persistent=persistent)

    def forward(self, images):
        return self.network(images - self.mean_image)


def one_by_one(model, pixels):
    return torch.cat([model((image[None, None] / 255 - 0.5) / 0.5) for image in pixels])


refused("8.7", "a number", lambda images, labels: 5, "a whole number came", unsaid="alone")
refused("8.7", "labels alone", lambda images, labels: labels, "a tensor came", unsaid="alone")
refused("8.7", "two numbers", lambda images, labels: (1, 2), "a whole number, a whole number")
refused("8.7", "sorted", sorted_by_label, "a rule without chance")
refused("8.7", "rolled", rolled, "only begun at another place", unsaid="Nothing is shuffled")
accepted("8.8", "a class", Centred)
refused("8.8", "not saved", partial(Centred, persistent=False), "not saved", unsaid="copied")
accepted("8.9", "one by one", one_by_one)
refused("8.9", "no model", lambda model, pixels: pixels, "The network was never called", unsaid="Silenced")

# 8.11


def sgd(rate, *, make=torch.optim.SGD, norm=inf, kept=float):
    def train_with_sgd(model, loader):
        optimizer, losses = make(model.parameters(), lr=rate), []
        for images, labels in loader:
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), norm)
            optimizer.step()
            losses.append(kept(loss.detach()))
        return losses

    return train_with_sgd


def uphill(weights, lr):
    return torch.optim.SGD(weights, lr=lr, maximize=True)


for rate in (0.5, 0.03, 0.001):
    accepted("8.11", f"a rate of {rate}", sgd(rate))
refused("8.11", "0.0001", sgd(0.0001), "so small that hardly a weight moves")
refused("8.11", "2", sgd(2), "Most likely the learning rate")
refused("8.11", "uphill", sgd(0.5, make=uphill), "Most likely", unsaid="is still so large")
refused("8.11", "Adam", sgd(0.01, make=torch.optim.Adam), "plain SGD does")
refused("8.11", "gradients cut", sgd(10, norm=0.001), "The rate is still 10")
refused("8.11", "losses made up", sgd(0.1, kept=lambda loss: 0.5), "does not hold the losses")

# 8.12 to 8.15


class Deep(nn.Module):
    def __init__(self, num_hidden, bend):
        super().__init__()
        self.hidden = nn.ModuleDict({f"layer{i}": nn.Linear(16, 16) for i in range(num_hidden)})
        self.out, self.bend = nn.Linear(16, 10), bend

    def forward(self, x):
        for layer in self.hidden.values():
            x = self.bend(layer(x))
        return self.out(x)


def mean_of_hits(model, loader):
    was_training, _ = model.training, model.eval()
    with torch.no_grad():
        hits = torch.cat([model(images).argmax(1) == labels for images, labels in loader])
    model.train(was_training)
    return hits.float().numpy().mean()


def in_a_row(*end):
    """Return a right deep_network, made as a Sequential, with these layers behind its last one."""

    def deep_network(num_hidden):
        hidden = [layer for _ in range(num_hidden) for layer in (nn.Linear(16, 16), nn.ReLU())]
        return nn.Sequential(*hidden, nn.Linear(16, 10), *end)

    return deep_network


class Detached(Deep):
    def __init__(self, num_hidden):
        super().__init__(num_hidden, torch.relu)

    def forward(self, x):
        for layer in self.hidden.values():
            x = self.bend(layer(x))
        return self.out(x.detach())


class Absolute(nn.Module):
    def forward(self, x):
        return x.abs()


def ending(layer):
    """Return a classifier with a layer behind its last one."""
    return lambda num_classes: nn.Sequential(*classifier(num_classes), layer)


def mean_of_means(model, loader):
    with torch.no_grad():
        means = [(model(images).argmax(1) == labels).float().mean().item() for images, labels in loader]
    return sum(means) / len(means)


def renamed(change):
    """Return a restored that makes new names of those in the checkpoint."""

    def restored(model, checkpoint):
        model.load_state_dict({change(name): tensor for name, tensor in checkpoint["model"].items()})
        return model.eval()

    return restored


def missing_keys_only(model, checkpoint):
    weights = {name.partition(".")[2]: tensor for name, tensor in checkpoint["model"].items()}
    if model.load_state_dict(weights, strict=False).missing_keys:
        raise ValueError
    return model.eval()


accepted("8.12", "relu_", lambda num_hidden: Deep(num_hidden, torch.Tensor.relu_))
accepted("8.12", "clamp", lambda num_hidden: Deep(num_hidden, lambda x: x.clamp(min=0)))
accepted("8.12", "where", lambda num_hidden: Deep(num_hidden, lambda x: torch.where(x > 0, x, 0)))
refused("8.12", "sigmoid", lambda num_hidden: Deep(num_hidden, torch.sigmoid), "behind each", unsaid="row")
refused("8.12", "a ReLU at the end", in_a_row(nn.ReLU()), "may be any number")
refused("8.12", "shares", in_a_row(nn.Softmax(dim=1)), "returns shares")
refused(
    "8.12", "tanh at the end", in_a_row(nn.Tanh()), "not what the last layer makes", unsaid="registered now"
)
refused("8.12", "detached", Detached, "never moved", unsaid="plain list")
accepted("8.12", "in a row", in_a_row())
for activation in (nn.ELU(), nn.LeakyReLU(0.01)):
    name = type(activation).__name__
    refused("8.13", name, ending(activation), "behind the last layer still", unsaid="Leaky")
refused("8.13", "dropout", ending(nn.Dropout()), "Many scores are exactly 0", unsaid="ReLU")
refused("8.13", "absolute values", ending(Absolute()), "no score gets below 0", unsaid="is still a ReLU")
refused("8.14", "mean of means, in no mode", mean_of_means, "mean of the accuracies", unsaid="mode is right")
accepted("8.14", "a float of NumPy", mean_of_hits)
refused("8.15", "a tensor too many", missing_keys_only, "a tensor too many")
accepted("8.15", "the first alone", renamed(lambda name: name.replace("module.", "", 1)))
refused("8.15", "the word anywhere", renamed(lambda name: name.replace("module.", "")), "`subbias` is left")
refused(
    "8.15",
    "nothing loaded",
    lambda model, checkpoint: model.eval(),
    "Nothing was loaded",
    unsaid="no key fits",
)

# Lessons 09 and 10


def parts(change, order=sorted):
    """Return a split whose three lists are changed in the end."""

    def split_glyphs(fonts, *, num_validation, num_test, seed):
        names = order(set(fonts))
        random.Random(seed).shuffle(names)
        cut = names[num_validation + num_test :], names[:num_validation], names[num_validation:][:num_test]
        return [change([place for place, font in enumerate(fonts) if font in part]) for part in cut]

    return split_glyphs


def by_numpy(fonts, *, num_validation, num_test, seed):
    """Names of NumPy in a set: with the hashes of another Python they would not be found in it."""
    names = np.random.default_rng(seed).permutation(np.unique(fonts))
    cut = names[num_validation + num_test :], names[:num_validation], names[num_validation:][:num_test]
    return [[place for place, font in enumerate(fonts) if font in part] for part in map(set, cut)]


def drawn_apart(fonts, *, num_validation, num_test, seed):
    """Validation and test out of two shuffles: most seeds put a font into both."""
    names, counts = sorted(set(fonts)), (num_validation, num_test)
    drawn = [random.Random(seed + i).sample(names, count) for i, count in enumerate(counts)]
    parts = [name for name in names if name not in {*drawn[0], *drawn[1]}], *drawn
    return [[place for place, font in enumerate(fonts) if font in part] for part in parts]


def unseeded(fonts, **options):
    return parts(list)(fonts, **(options | {"seed": random.random()}))


accepted("9.2", "a fraction", Fraction(7, 25))
accepted("10.4", "arrays", parts(np.array))
accepted("10.4", "lists of NumPy's numbers", parts(lambda part: list(np.array(part))))
accepted("10.4", "lists of tensors", parts(lambda part: list(torch.tensor(part))))
accepted("10.4", "a set of NumPy's names", by_numpy)
refused("10.4", "texts", parts(lambda part: [*map(str, part)]), "A place is a whole number", unsaid="Names")
refused("10.4", "booleans", parts(lambda part: [i in part for i in range(90)]), "True came", unsaid="Names")
refused("10.4", "a dictionary", lambda fonts, **counts: {"train": []}, "Three lists", unsaid="Names")
refused("10.4", "order of a set", parts(list, order=list), "After a restart of Python")
refused("10.4", "two shuffles", drawn_apart, "each had been drawn for itself", unsaid="Names")
refused("10.4", "no seed", unseeded, "same seed makes another split", unsaid="Every seed makes the same")
accepted("10.5", "other words", letters_in(words="printed capitals in three typefaces"))
refused("10.5", "no words", letters_in(words="my own set"), "does not say", unsaid="on digits")

# Lessons 11 and 12


def timed_twice(make_network, train, digits, noise, *, seed, synchronize, clock):
    for batches in (noise, digits):
        torch.manual_seed(seed)
        synchronize()
        start = clock()
        network = make_network()
        train(network, batches)
        synchronize()
        seconds = clock() - start
    return network, seconds


def gradients_only(weigh, network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    for weights in network.parameters():
        weights.grad = add_up(weigh(len(labels)) * weights.grad) / add_up(weigh(len(labels)))


def loss_of_sums(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels, reduction="sum").backward()
    for weights in network.parameters():
        weights.grad = add_up(weights.grad) / add_up(len(labels))
    optimizer.step()


def scaled_loss(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    share = len(labels) / add_up(len(labels))
    (share * F.cross_entropy(network(images), labels)).backward()
    for weights in network.parameters():
        weights.grad.copy_(add_up(weights.grad))
    optimizer.step()


def one_message(network, optimizer, images, labels, add_up):
    """Exchange everything at once, and clear the gradients at the end."""
    F.cross_entropy(network(images), labels).backward()
    gradients = [weights.grad for weights in network.parameters()]
    message = torch.cat([*(gradient.flatten() for gradient in gradients), torch.ones(1)])
    message = add_up(len(labels) * message)
    parts = (message[:-1] / message[-1]).split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))
    optimizer.step()
    optimizer.zero_grad()


def softmax_twice(network, optimizer, images, labels, add_up):
    def softened(images):
        return network(images).softmax(dim=1)

    softened.parameters = network.parameters
    loss_of_sums(softened, optimizer, images, labels, add_up)


def from_the_longest(target, runs):
    """Look at every length, and keep the shortest that reaches it; the medians are numpy's."""
    found = None
    for steps in sorted(runs, reverse=True):
        table = np.array(runs[steps])
        if np.median(table[:, 1]) >= target:
            found = np.median(table[:, 0])
    return found


def rounded_up(jobs, seconds_each, start, limit):
    return -(-jobs // int((limit - start) / seconds_each))


def shares_of_the_whole(gradients, counts):
    shares = [count / sum(counts) for count in counts]
    return sum(share * gradient for share, gradient in zip(shares, gradients, strict=True))


unweighted, weighted = partial(gradients_only, lambda n: 1), partial(gradients_only, lambda n: n)
accepted("11.1", "floats", (19_008.0, 2_880, 840))
accepted("11.3", "warm-up timed as well", timed_twice)
accepted("11.4", "from the longest down", from_the_longest)
accepted("12.1", "rounded up", rounded_up)
accepted("12.2", "a list", [5, 9, 6, -1])
accepted("12.3", "sum", lambda gradients: sum(gradients) / len(gradients))
accepted("12.4", "shares of the whole", shares_of_the_whole)
for step in (loss_of_sums, scaled_loss, one_message):
    accepted("12.5", step.__name__, step)
refused("12.5", "nothing", lambda *given: 5, "No step", unsaid="are right")
refused("12.5", "unweighted, no step", unweighted, "No step was taken", unsaid="are right")
refused("12.5", "weighted, no step", weighted, "The gradients are right, and nobody took a step")
refused("12.5", "softmax twice", softmax_twice, "not yet\n  The gradient at the step is not that of the")
