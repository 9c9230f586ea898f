"""Lesson 12: one step of training that several processes take together."""

from mnist_lab.exercises import lesson_12_together_wrong as wrong
from mnist_lab.exercises.lesson_12_steps import how_they_step
from mnist_lab.exercises.lesson_12_together_wrong import variant
from mnist_lab.exercises.model import Exercise, Mistake

from torch.nn import functional as F


def step_together(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    num_images = add_up(len(labels))
    for weights in network.parameters():
        weights.grad = add_up(len(labels) * weights.grad) / num_images
    optimizer.step()


EXERCISES = [
    Exercise(
        id="12.5",
        title="One step together",
        kind="function",
        difficulty=3,
        minutes=10,
        points=5,
        reference=step_together,
        probe=how_they_step,
        seconds=30,  # the first step of an optimizer in a kernel imports a good deal
        why="Equal weights, equal gradients, equal steps: so the weights stay equal, and nobody ever has to "
        "send them. That is data-parallel training.",
        hints=(
            "It is the step of lesson 03, `zero_grad`, loss, `backward`, `step`, with one thing in between. "
            "Where is each gradient ready and not yet used?",
            "Between `backward` and `step`, for each tensor in `network.parameters()`: its `.grad` is a mean "
            "over this share, and has to become the mean over all images.",
            "`add_up(len(labels))` is how many images there are in all. A gradient times `len(labels)` is a "
            "sum over this share, and sums can be added up.",
            "`weights.grad = add_up(len(labels) * weights.grad) / num_images`, for all weights.",
        ),
        mistakes=(
            Mistake(
                variant(lambda gradient, n, add_up: add_up(gradient) / add_up(1)),
                "That is the mean of the processes' means: a share of one image counts as much as one of "
                "three. Weight each by its images.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(gradient)),
                "The means were added up. A sum for a mean is as if the rate were multiplied by the number "
                "of processes, the world size.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(gradient) / add_up(n)),
                "Each mean counted once, and the sum was divided by all images, which is far too small. Make "
                "sums of the means before: `len(labels) * weights.grad`.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(n * gradient)),
                "That is the sum over all images. The mean is still to be taken: divide by the number of "
                "images of all processes, `add_up(len(labels))`.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(n * gradient) / n),
                "`len(labels)` is how many images this process has. Each divides by another number, and the "
                "weights drift apart. All of them are `add_up(len(labels))`.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(gradient) / n),
                "The means were added up, and each process divided by its own images. Weight before, and "
                "divide by the images of all: `add_up(len(labels))`.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: n * add_up(gradient) / add_up(n)),
                "The sum of the means was weighted, by this process's images. Each mean has to be weighted "
                "by its own: multiply before you add up.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(n * gradient) / add_up(1)),
                "The sum over all images was divided by the number of processes. How many images are there?",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: n * gradient / add_up(n)),
                "Each process stepped along its own part of the mean. These parts have to be added up: "
                "`add_up` returns the sum, and leaves what it is given as it is.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: add_up(n * gradient) / add_up(n), loss=wrong.summed),
                'With `reduction="sum"` the gradient is a sum already, and it was multiplied by the images '
                "once more. Do one of the two.",
            ),
            Mistake(
                variant(lambda gradient, n, add_up: gradient),
                "Each process trains on its own, as if it were alone. Between `backward` and `step` the "
                "gradients have to become one.",
            ),
            Mistake(
                wrong.sum_is_dropped,
                "`add_up` returns the sum and leaves what was handed to it as it is. Put the result into "
                "`weights.grad`, where `step` looks for it.",
            ),
            Mistake(
                wrong.after_the_step,
                "The step was taken before the gradients were brought together, so each went its own way. "
                "`optimizer.step()` comes last.",
            ),
            Mistake(
                wrong.averages_weights,
                "Each stepped alone, then the weights were averaged. One step of plain SGD forgives that. "
                "With Adam, or after unequal steps, it is another training: average gradients.",
            ),
            Mistake(
                wrong.averages_weights_alike,
                "Each stepped alone, then the mean of the weights was taken, and a share of one image counts "
                "as much as one of three. Average gradients, weighted, before the step.",
            ),
            Mistake(
                wrong.averages_losses,
                "The losses were added up. What comes back from other processes is a number without a "
                "graph, so there is nothing to go `backward` through. Exchange gradients.",
            ),
            Mistake(
                wrong.before_backward,
                "There is no gradient yet: `backward` makes it. Add up after `backward`, and before `step`.",
            ),
            Mistake(
                wrong.first_tensor_only,
                "Only the first tensor of the network got the gradient of all images. Each layer has weights "
                "and biases: loop over all of `network.parameters()`.",
            ),
            Mistake(
                wrong.image_by_image,
                "Shares differ in length, so a process with three images calls `add_up` more often than one "
                "with one, and waits for ever. Call it as often in all: once a tensor.",
            ),
            Mistake(
                wrong.step_for_each_tensor,
                "`optimizer.step()` is inside the loop, so a step is taken for each tensor. It belongs after "
                "the loop.",
            ),
            Mistake(
                wrong.no_step,
                "The gradients are right, and nobody took a step. `optimizer.step()` is the last line.",
            ),
            Mistake(
                wrong.without_optimizer,
                "The weights were moved by hand, with a rate of your own. The optimizer has a rate, and Adam "
                "its averages: put the gradient into `weights.grad`, then `optimizer.step()`.",
            ),
            Mistake(
                wrong.no_zero_grad,
                "Without `zero_grad` the gradient of the last batch is still there, and the new one is added "
                "to it.",
            ),
            Mistake(
                wrong.zero_grad_late,
                "`zero_grad` deletes the gradients just added up. It belongs before `backward`.",
            ),
        ),
    ),
]
