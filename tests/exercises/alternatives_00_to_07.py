"""Answers to lessons 00 to 07 of another kind than the reference, and what is said of the wrong ones."""

import copy
import random
import statistics
from fractions import Fraction
from itertools import pairwise

from mnist_lab.evidence import compare
from mnist_lab.exercises.lesson_04.e6_nested_batch import Digits
from mnist_lab.exercises.registry import find_exercise

import numpy as np
import torch
from alternatives import Alternatives
from torch.nn import functional as F

ANSWERS = Alternatives()
accepted, refused = ANSWERS.accepted, ANSWERS.refused


# Values

FORMS = {
    "1.5": [torch.tensor([[-1, -2, -1], [2, 4, 2], [-1, -2, -1]])],
    "2.6": ["B 2", "B-2", "B2.", "line B2", ["B2"], ("b", 2), "b 1"],
    "3.4": ["D/B/C/E/A", "D\nB\nC\nE\nA", "1D 2B 3C 4E 5A", "1:D 2:B 3:E 4:A 5:C", "D → B → E → A → C"],
    "4.1": ["20212", "2, 0, 2, 1, 2", [2, 0, 2, 1, 2]],
    "4.4": [(np.float64(3), 16, 3.5), (3, np.int64(16), Fraction(7, 2))],
    "5.3": ["B, C and D", "B & C & D", "B+C+D", "B-C-D", "BCD.", "D/C/B", {"B", "C", "D"}],
    "5.7": ["1E 2B 3D 4A 5C", "E/B/D/A/C"],
    "6.1": ["B/D", "D\nB"],
    "7.3": [np.float32(0.006), Fraction(1, 200)],
    "7.6": ["B/D", {"B", "D"}],
}
for number, answers in FORMS.items():
    for place, answer in enumerate(answers, 1):
        accepted(number, f"form {place}", answer)

accepted("0.1", "floats", (3.0, 20.0))
accepted("0.1", "a size", torch.Size([3, 20]))
accepted("0.1", "a tensor", torch.tensor([3, 20]))
accepted("0.1", "an array", np.array([3.0, 20.0]))
refused("0.1", "wrong floats", (3.0, 19.0), "That is not it.")
refused("2.6", "a line in another form", "D 4", "That is a fault")
refused("2.6", "two lines", "B2 and D4")
refused("3.4", "numbers out of order", "2D 1B 3C 4E 5A", "a text of the five letters")
refused("3.5", "texts", ("0.003", "0.3", "0.0003", "0.03"), "text came where a number", unsaid="are wrong")
refused("4.4", "True", (True, 16, 3.5), "three numbers")
refused("4.4", "seconds", (Fraction(3, 1000), 0.016, 0.0035), "right, in seconds")
refused("4.4", "only the first in seconds", (0.003, 16, 3.5), "is not 0.003 ms", unsaid="All three")
refused("5.3", "A/B/C", "A/B/C", "Look again at A.")
rows = find_exercise("6.2").reference
accepted("6.2", "tensors", tuple(map(torch.tensor, rows)))
accepted("6.2", "arrays", [np.array(row) for row in rows])

# Lessons 00 and 01

outweighing = torch.tensor([[-1.0] * 3, [3.0] * 3, [-1.0] * 3])
accepted("0.2", "einsum", lambda images: torch.einsum("nhw->nh", images) / images.size(-1))
accepted("0.5", "NumPy", lambda scores, labels: np.mean(scores.numpy().argmax(1) == labels.numpy()))
refused("1.5", "plus outweighs", outweighing, "plus outweighs the minus", unsaid="adds up what is bright")
bright_row = torch.tensor([[0.0] * 3, [1.0] * 3, [0.0] * 3])
refused("1.2", "a sign lost", 8, "perhaps a minus sign was lost")
refused("1.5", "bright row only", bright_row, "A vertical stroke is answered too.", unsaid="most strongly")
refused("1.5", "array", outweighing.numpy(), "What came is a NumPy array", unsaid="This is a list")
refused("1.5", "list", outweighing.tolist(), "This is a list")

# Lesson 02


def split_with_python(labels, *, per_class, seed=0):
    shuffled, train, validation = random.Random(seed), [], []
    for digit in labels.unique():
        mine = (labels == digit).nonzero()[:, 0].tolist()
        shuffled.shuffle(mine)
        validation += mine[:per_class]
        train += mine[per_class:]
    return train, validation


def bytes_too_early(images, mean, std):
    return (images * std + mean).to(torch.uint8) * 255


def cut_by_class(labels, seed, for_validation, for_training):
    """A split whose two sides are slices of each shuffled class."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    classes = [order[labels[order] == digit].tolist() for digit in labels.unique()]
    return [[i for mine in classes for i in mine[cut]] for cut in (for_training, for_validation)]


def counted_from_the_end(labels, *, per_class, seed=0):
    return cut_by_class(labels, seed, slice(-per_class, None), slice(-per_class))


def overlapping(labels, *, per_class, seed=0):
    return cut_by_class(labels, seed, slice(per_class), slice(per_class - 2, None))


def five_of_each(labels, *, per_class, seed=0):
    return cut_by_class(labels, seed, slice(5), slice(None))


def zipped(images, labels, order, batch_size):
    return zip(images[order].split(batch_size), labels[order].split(batch_size), strict=True)


def mapped(images, labels, order, batch_size):
    return map(lambda chosen: (images[chosen], labels[chosen]), order.split(batch_size))


accepted("2.2", "five times, less two", lambda images: images * 5 - 2)
accepted("2.2", "float64", lambda images: images.double() * 5 - 2)
accepted("2.5", "shuffled by Python", split_with_python)
refused("2.1", "sign slip, not divided", 0.3, "Perhaps you divided before", unsaid="You divided before")
refused("2.4", "bytes, then times 255", bytes_too_early, "Times 255 first")
accepted("2.5", "counted from the end", counted_from_the_end)
refused("2.5", "two in both lists", overlapping, "Some images are on both sides", unsaid="never taken out")
refused("2.5", "a part in both lists", five_of_each, unsaid="Each list holds every image")
accepted("2.7", "zip", zipped)
accepted("2.7", "map", mapped)
refused("2.7", "zip of one image", lambda x, y, order, size: zipped(x, y, 0 * order, size), unsaid="zip came")

# Lesson 03


def training(learn, shares=lambda logits: logits):
    """A loop of exercise 3.7 that takes its step with learn(loss_of, optimizer)."""

    def train(model, loader, optimizer):
        total_loss, num_samples = 0.0, 0
        for images, labels in loader:
            loss = learn(lambda x=images, y=labels: F.cross_entropy(shares(model(x)), y), optimizer)
            total_loss += loss.item() * len(labels)
            num_samples += len(labels)
        return total_loss / num_samples

    return train


def with_autograd_backward(loss_of, optimizer):
    loss = loss_of()
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return loss


def with_closure(loss_of, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return optimizer.step(closure)


@torch.no_grad()
def answers_of_a_copy(model, loader):
    twin = copy.deepcopy(model).eval()
    return torch.cat([twin(images).argmax(dim=1) for images, _ in loader])


@torch.no_grad()
def answers_by_forward(model, loader):
    return torch.cat([model.forward(images).argmax(dim=1) for images, _ in loader])


def less_the_mean(logits, labels):
    shifted = logits - logits.mean(dim=1, keepdim=True)
    shares = shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)
    return -shares[torch.arange(len(labels)), labels].log().mean()


def less_the_maximum(logits, labels):
    shifted = logits - logits.max()
    log_shares = shifted - shifted.exp().sum(dim=1).log()[:, None]
    return -log_shares[torch.arange(len(labels)), labels].mean()


def over_images(logits, labels):
    return -logits.softmax(dim=0).log()[torch.arange(len(labels)), labels].mean()


def with_step_first(loss_of, optimizer):
    loss = loss_of()
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss


accepted("3.2", "nudge 1e-4", lambda loss_of, w: (loss_of(w + 1e-4) - loss_of(w - 1e-4)) / 2e-4)
refused("3.2", "right nudge 1e-4", lambda loss_of, w: (loss_of(w + 1e-4) - loss_of(w)) / 1e-4, "right only")
refused("3.2", "left nudge 1e-6", lambda loss_of, w: (loss_of(w) - loss_of(w - 1e-6)) / 1e-6, "left only")
accepted("3.3", "logsumexp", lambda s, y: (s.logsumexp(1) - s.gather(1, y[:, None])[:, 0]).mean())
refused("3.3", "less the mean", less_the_mean, "the largest logit of each image", unsaid="whole batch")
refused("3.3", "less the whole maximum", less_the_maximum, "largest score of the whole batch")
refused("3.3", "softmax over images", over_images, "taken along the images")
accepted("3.7", "torch.autograd.backward", training(with_autograd_backward))
accepted("3.7", "closure", training(with_closure))
refused("3.7", "step before backward", training(with_step_first), "Step before backward", unsaid="deleted")
refused("3.7", "closure, softmax twice", training(with_closure, shares=lambda logits: logits.softmax(1)))
accepted("3.8", "a copy answers", answers_of_a_copy)
refused("3.8", "forward", answers_by_forward, "was never called as `model(images)`")

# Lesson 04


def ramp_moved(images):
    ramp = torch.linspace(0, 1, images.shape[-1])
    ramp = ramp.to(images.device)
    return images * ramp


def ramp_like(images):
    return images * torch.linspace(0, 1, images.shape[-1]).to(images)


def ramp_in_context(images):
    with images.device:
        return images * torch.linspace(0, 1, images.shape[-1])


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
        images, labels = (tensor.to(device) for tensor in (images, labels))
        num_right += (model(images).argmax(dim=1) == labels).sum()
        num_images += len(labels)
    return (num_right / num_images)[0]


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


def chained(num_warmups):
    """A stopwatch that reads the clock once between two calls, and leaves the first times out."""

    def stopwatch(work, synchronize, clock, *, num_runs=5):
        readings = [clock()]
        for _ in range(num_warmups + num_runs):
            work()
            synchronize()
            readings.append(clock())
        return statistics.median(end - start for start, end in pairwise(readings[num_warmups:]))

    return stopwatch


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


def guesses(work, synchronize, clock, *, num_runs=5):
    waits_once_before(work, synchronize, clock, num_runs=num_runs)
    return 0.001


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


def without_namedtuples(value, device):
    moved = with_make(value, device)
    return tuple(moved) if isinstance(value, Digits) else moved


for answer in (ramp_moved, ramp_like, ramp_in_context):
    accepted("4.2", answer.__name__, answer)
for answer in (count_from_zero, count_a_single_number, count_at_the_end, zeros_moved):
    accepted("4.3", answer.__name__, answer)
refused("4.3", "silenced", silenced, "on cpu.\n  The error was caught", unsaid="seen")
accepted("4.5", "warm-up in the chain", chained(1))
refused("4.5", "no warm-up in the chain", chained(0), "warm-up")
for answer in (waits_once_before, leaves_the_first_out, reads_each_time_once, warms_up_each_time):
    accepted("4.5", answer.__name__, answer)
refused("4.5", "a constant", guesses, "Another number than the median")
accepted("4.6", "_make", with_make)
refused("4.6", "namedtuples dropped", without_namedtuples, "namedtuple")

# Lessons 05 to 07


def load_and_read_the_report(*names):
    def ready_model(model, path):
        weights = torch.load(path, map_location="cpu", weights_only=True)
        report = model.load_state_dict(weights, strict=False)
        if any(getattr(report, name) for name in names):
            raise ValueError(report)
        return model.eval()

    return ready_model


def resumed_in_a_loop(path, model, optimizer, scheduler, generator, train):
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    if path.exists():
        states, order, masks = torch.load(path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(states[name])
        generator.set_state(order)
        torch.default_generator.set_state(masks)
    train()
    states = {name: part.state_dict() for name, part in parts.items()}
    torch.save((states, generator.get_state(), torch.default_generator.get_state()), path)


def resumed_from_a_seed(path, model, optimizer, scheduler, generator, train):
    is_resumed = path.exists()
    resumed_in_a_loop(
        path, model, optimizer, scheduler, generator, lambda: (is_resumed and torch.manual_seed(42), train())
    )


def dropping(mask):
    return lambda values, *, p, training: values * mask(values, p) / (1 - p) if training else values


def with_its_own_dropout(model, images):
    x = model.pool(model.relu(model.conv2(model.pool(model.relu(model.conv1(images))))))
    x = model.relu(model.fc1(model.flatten(x)))
    return model.fc2(F.dropout(x, model.dropout.p, model.dropout.training))


accepted("5.4", "report read", load_and_read_the_report("missing_keys", "unexpected_keys"))
refused("5.4", "extra layer", load_and_read_the_report("missing_keys"), "with a layer too many was taken")
accepted("5.8", "in a loop", resumed_in_a_loop)
refused("5.8", "another seed", resumed_from_a_seed, "A seed is where a generator starts")
refused("5.9", "nothing loaded", lambda model, optimizer, new_model, new_optimizer: 5, "Nothing reached")
accepted("6.3", "drawn by NumPy", dropping(lambda x, p: torch.tensor(np.random.rand(*x.shape) >= p)))
refused("6.3", "bell curve", dropping(lambda x, p: torch.randn_like(x).abs() >= p), "Another share")
refused("6.3", "four fifths of p", dropping(lambda x, p: torch.rand_like(x) >= 0.8 * p), "Another share")
for dim in (0, 1):
    exactly = dropping(lambda x, p, dim=dim: torch.rand_like(x).argsort(dim).argsort(dim) >= p * x.shape[dim])
    refused("6.3", f"exactly a share along axis {dim}", exactly, "exactly the same number")
noisy = dropping(lambda x, p: (torch.rand_like(x) >= p) * (1 + torch.rand_like(x)))
refused("6.3", "noise", noisy, "not all multiplied by the same number", unsaid="mask alone")
refused("6.3", "flat", lambda x, *, p, training: x.flatten(), "shape (6000,)", unsaid="square brackets")
refused("6.5", "its own dropout", with_its_own_dropout, "`model.dropout` was not called", unsaid="error")
accepted("6.6", "dropout2d", lambda maps, *, p, training: F.dropout2d(maps, p, training))
accepted("7.1", "geomspace", lambda lowest, highest, num_steps: [*np.geomspace(lowest, highest, num_steps)])
refused("7.3", "twelve times lower", 0.002, "falling steeply", unsaid="only begun")
accepted("7.4", "floats", [34.0, np.int64(5), Fraction(68)])
refused("7.4", "a third of a step", (33.3, 4.17, 80), "no third of a step")
refused("7.4", "one number", (34, 5, 60), "The epochs with 240 are not 60.")


def by_compare(a, b):
    result = compare(a, b)
    return "not shown" if not result.shown else "B" if result.difference > 0 else "A"


def by_factor(factor):
    """Return an answer to 7.7 that asks for as many standard errors, whatever the number of pairs."""

    def better(a, b):
        result = compare(a, b)
        if abs(result.difference) <= factor * result.standard_error:
            return "not shown"
        return "B" if result.difference > 0 else "A"

    return better


accepted("7.7", "exact factors", by_compare)
refused("7.7", "1.96", by_factor(1.96), "rule of two standard errors")
refused("7.7", "4", by_factor(4), "One factor was taken", unsaid="A and of B apart")
refused("7.7", "10", by_factor(10), "One factor was taken", unsaid="standard deviation")
