"""Lesson 03: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="3.q1",
        text="Pixels run from 0 to 1 and are normalised with mean 0.1 and standard deviation 0.3. What "
        "becomes of a white pixel, which was 1?",
        right="3",
        why="Subtract the mean, then divide by the standard deviation: (1 − 0.1) / 0.3 = 3.",
        wrong={
            "1": "Mean and standard deviation are no limits to end at. They are subtracted and divided, and "
            "values beyond 1 are all right.",
            "0.9": "The mean is subtracted, but the division is missing: (1 − 0.1) / 0.3.",
            "0.4": "Times standard deviation, plus mean is the way back. To normalise, subtract the mean and "
            "then divide.",
        },
    ),
    Question(
        id="3.q2",
        text="A convolution goes from 3 channels to 4, with kernels of 2 by 2 and biases. How many "
        "parameters has it?",
        right="52",
        why="Each of the 4 filters spans all 3 input channels: 4 · 3 · 2 · 2 weights, and 4 biases.",
        wrong={
            "20": "That is one 2 by 2 kernel for each of 4 filters. Each filter spans all 3 input channels, "
            "so it has 3 · 2 · 2 weights.",
            "48": "The weights are right; the biases are missing, one for each of the 4 filters.",
            "51": "The biases belong to the output: one for each of the 4 filters, not one for each input "
            "channel.",
            "it depends on the size of the image": "The same kernel visits every place, so the image may "
            "have any size. Only a linear layer has weights for each place.",
        },
    ),
    Question(
        id="3.q3",
        text="A tensor has the shape (64, 10, 3). Which shape has its `mean(dim=1)`?",
        right="(64, 3)",
        why="The axis named in dim disappears. Counted from 0, axis 1 is the one of length 10.",
        wrong={
            "(10, 3)": "Axes are counted from 0, so dim=1 is the second one. Here the first has gone.",
            "(10,)": "dim names the axis that goes away, not the one that stays.",
            "(64, 1, 3)": "The axis disappears altogether. Only with keepdim=True one of length 1 is left.",
        },
    ),
    Question(
        id="3.exit",
        text="After two epochs a colleague's loss is still 2.30, nearly ln 10, and the accuracy is one in "
        "ten. The code runs without an error. What do you look at first?",
        right="whether there is a gradient just before step",
        why="A loss that stays at ln 10 means that no weight moves. Print a gradient just before `step`: None"
        " or 0 tells that `zero_grad` stands after `backward`, or `backward` after `step`.",
        wrong={
            "nothing yet: two epochs are too few": "One epoch was enough for most digits, and even fifteen "
            "steps moved the loss. If it has not moved at all, more of the same will not help.",
            "whether zero_grad is missing": "Then the gradients add up and the loss jumps about. It moves, "
            "wildly. A loss that stands still has no gradient, or takes no step.",
            "whether loss.item() is missing": "Adding up loss itself holds on to every graph. That costs "
            "memory, but the weights learn as before.",
            "whether model.eval() is missing": "The mode decides how layers such as dropout behave. It "
            "stops no learning, and the loss would not stay at ln 10.",
        },
    ),
]
