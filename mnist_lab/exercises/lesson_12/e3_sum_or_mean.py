"""Exercise 12.3: the gradient that all step with, from equal shards: a mean, not a sum."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch


def combine(gradients):
    return torch.stack(gradients).mean(dim=0)


def gradients_of_processes(generator):
    shapes = ((2, (2,)), (3, (2,)), (2, (3,)), (1, (3,)), (4, (3, 2)), (3, (2, 4)))
    return [call([torch.randn(shape, generator=generator) for _ in range(n)]) for n, shape in shapes]


MEAN = "mean(dim=0)"

MISTAKES = (
    (lambda gradients: sum(gradients),
     "That is the sum again. All would take the step of one big batch with a rate multiplied by the number "
     "of processes, the world size."),
    ("dim=0", "",
     "Without `dim=0` the mean runs over all weights too, and one number is left. Each weight has a gradient "
     "of its own."),
    ("dim=0", "dim=1",
     "The mean ran over axis 1, which belongs to the weights. The processes are along axis 0."),
    (MEAN, "sum(dim=1)",
     "The sum ran over the weights of each process. What is to go away is axis 0, the processes, and by a "
     "mean."),
    ("stack", "cat",
     "`cat` puts the gradients end to end, so the mean ran over weights as well. `stack` gives the processes "
     "an axis of their own."),
    ("dim=0", "dim=0, keepdim=True",
     "The numbers are right, but the axis of the processes is still there, with length 1. Leave out "
     "`keepdim`."),
    (MEAN, "sum(dim=0) / 2",
     "Divided by two, it is right for two processes only. Divide by as many as there are, or take the mean."),
    (MEAN, "sum(dim=0) / 4",
     "Divided by four, it is right for four processes only. Divide by as many as there are, or take the "
     "mean."),
    (MEAN, "sum(dim=0) / len(gradients[0])",
     "You divided by the length of a gradient. What was added up are the processes: `len(gradients)` of "
     "them."),
    (MEAN, "sum(dim=0) / gradients[0].numel()",
     "You divided by the number of weights. What was added up are the processes: `len(gradients)` of them."),
    (MEAN, "mean(dim=0) / len(gradients)",
     "A mean has been divided already. Divided once more, the step gets shorter with each process."),
    (MEAN, "median(dim=0).values",
     "That is the middle one of each weight's gradients. What the big batch would give is their mean."),
    (lambda gradients: gradients[0],
     "That is the gradient of the first shard alone. The other processes would have worked for nothing."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.3",
    title="Sum or mean",
    difficulty=1,
    minutes=3,
    points=1,
    reference=combine,
    given={"mean(": "sum("},
    cases=gradients_of_processes,
    why="Unchanged it would have been one process with the rate 0.4: a sum multiplies the rate by the world "
    "size, and a run that was stable on one machine may not be on eight.",
    hints=(
        "The loss of a batch is a mean over its images. If all shards are equally long, what is the mean of "
        "all, in terms of the means of the shards?",
        "Change one word of the line. The axis stays: `stack` has put the processes along axis 0.",
    ),
    mistakes=MISTAKES,
)
