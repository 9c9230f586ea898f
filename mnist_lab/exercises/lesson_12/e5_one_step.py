"""Exercise 12.5: one step of training that several processes take together."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_12.e5_one_step_probe import PARTS, how_they_step

from torch.nn import functional as F


def step_together(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    num_images = add_up(len(labels))
    for weights in network.parameters():
        weights.grad = add_up(len(labels) * weights.grad) / num_images
    optimizer.step()


def image_by_image(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    num_images = add_up(len(labels))
    for image, label in zip(images, labels, strict=True):
        F.cross_entropy(network(image[None]), label[None]).backward()
        for weights in network.parameters():
            weights.grad = add_up(weights.grad) / num_images
    optimizer.step()


LOSS = "F.cross_entropy(network(images), labels)"
MEAN = "add_up(len(labels) * weights.grad) / num_images"
EXCHANGE = f"""
    num_images = add_up(len(labels))
    for weights in network.parameters():
        weights.grad = {MEAN}"""
STEP = "\n    optimizer.step()"
STEP_FIRST = {STEP: "", ".backward()": f".backward(){STEP}"}  # in this order: a piece has to stand there once

MISTAKES = (
    (MEAN, "add_up(weights.grad) / add_up(1)",
     "That is the mean of the processes' means: a shard of one image counts as much as one of three. Weight "
     "each by its images."),
    (MEAN, "add_up(weights.grad)",
     "The means were added up. A sum for a mean is as if the rate were multiplied by the number of "
     "processes, the world size."),
    (MEAN, "add_up(weights.grad) / num_images",
     "Each mean counted once, and the sum was divided by all images, which is far too small. Make sums of "
     "the means before: `len(labels) * weights.grad`."),
    (MEAN, "add_up(len(labels) * weights.grad)",
     "That is the sum over all images. The mean is still to be taken: divide by the number of images of all "
     "processes, `add_up(len(labels))`."),
    (MEAN, "add_up(len(labels) * weights.grad) / len(labels)",
     "`len(labels)` is how many images this process has. Each divides by another number, and the weights "
     "drift apart. All of them are `add_up(len(labels))`."),
    (MEAN, "add_up(weights.grad) / len(labels)",
     "The means were added up, and each process divided by its own images. Weight before, and divide by the "
     "images of all: `add_up(len(labels))`."),
    (MEAN, "len(labels) * add_up(weights.grad) / num_images",
     "The sum of the means was weighted, by this process's images. Each mean has to be weighted by its own: "
     "multiply before you add up."),
    (MEAN, "add_up(len(labels) * weights.grad) / add_up(1)",
     "The sum over all images was divided by the number of processes. How many images are there?"),
    (MEAN, "len(labels) * weights.grad / num_images",
     "Each process stepped along its own part of the mean. These parts have to be added up: `add_up` returns "
     "the sum, and leaves what it is given as it is."),
    ("labels).backward", 'labels, reduction="sum").backward',
     'With `reduction="sum"` the gradient is a sum already, and it was multiplied by the images once more. '
     "Do one of the two."),
    (EXCHANGE, "",
     "Each process trains on its own, as if it were alone. Between `backward` and `step` the gradients have "
     "to become one."),
    (f"weights.grad = {MEAN}", "add_up(weights.grad)\n        weights.grad /= add_up(1)",
     "`all_reduce` changes what it is given; `add_up` returns the sum. So each kept its own gradient, "
     "divided by the processes. Use what comes back, weighted by images."),
    ("weights.grad = ", "",
     "`add_up` returns the sum and leaves what was handed to it as it is. Put the result into "
     "`weights.grad`, where `step` looks for it."),
    (STEP_FIRST,
     "The step was taken before the gradients were brought together, so each went its own way. "
     "`optimizer.step()` comes last."),
    (STEP_FIRST | {f"grad = {MEAN}": "data = add_up(len(labels) * weights.data) / num_images"},
     "Each stepped alone, then the weights were averaged. One step of plain SGD forgives that. With Adam, or "
     "after unequal steps, it is another training: average gradients."),
    (STEP_FIRST | {f"grad = {MEAN}": "data = add_up(weights.data) / add_up(1)"},
     "Each stepped alone, then the mean of the weights was taken, and a shard of one image counts as much as "
     "one of three. Average gradients, weighted, before the step."),
    ({EXCHANGE: "", LOSS: f"(add_up(len(labels) * {LOSS}) / add_up(len(labels)))"},
     "The losses were added up. What comes back from other processes is a number without a graph, so there "
     "is nothing to go `backward` through. Exchange gradients."),
    ({f"{LOSS}.backward()\n    ": "", STEP: f"\n    {LOSS}.backward(){STEP}"},
     "There is no gradient yet: `backward` makes it. Add up after `backward`, and before `step`."),
    ("network.parameters()", "[next(network.parameters())]",
     "Only the first tensor of the network got the gradient of all images. Each layer has weights and "
     "biases: loop over all of `network.parameters()`."),
    (image_by_image,
     "Shards differ in length, so a process with three images calls `add_up` more often than one with one, "
     "and waits for ever. Call it as often in all: once a tensor."),
    (STEP, "\n        optimizer.step()",
     "`optimizer.step()` is inside the loop, so a step is taken for each tensor. It belongs after the loop."),
    (STEP, "", "The gradients are right, and nobody took a step. `optimizer.step()` is the last line."),
    (STEP, "\n        weights.data -= 0.1 * weights.grad",
     "The weights were moved by hand, with a rate of your own. The optimizer has a rate, and Adam its "
     "averages: put the gradient into `weights.grad`, then `optimizer.step()`."),
    ("optimizer.zero_grad()\n    ", "",
     "Without `zero_grad` the gradient of the last batch is still there, and the new one is added to it."),
    (STEP, f"\n    optimizer.zero_grad(){STEP}",
     "`zero_grad` deletes the gradients just added up. It belongs before `backward`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.5",
    title="One step together",
    difficulty=3,
    minutes=10,
    points=5,
    reference=step_together,
    probe=how_they_step,
    parts=PARTS,
    seconds=30,  # the first step of an optimizer in a kernel imports a good deal
    why="Equal weights, equal gradients, equal steps: so the weights stay equal, and nobody ever has to send "
    "them. DistributedDataParallel leaves the weighting out, since its sampler makes the shards equal.",
    hints=(
        "It is the step of lesson 03, `zero_grad`, loss, `backward`, `step`, with one thing in between. "
        "Where is each gradient ready and not yet used?",
        "Between `backward` and `step`, for each tensor in `network.parameters()`: its `.grad` is a mean "
        "over this shard, and has to become the mean over all images.",
        "`add_up(len(labels))` is how many images there are in all. A gradient times `len(labels)` is a sum "
        "over this shard, and sums can be added up.",
        "`weights.grad = add_up(len(labels) * weights.grad) / num_images`, for all weights.",
    ),
    mistakes=MISTAKES,
)
