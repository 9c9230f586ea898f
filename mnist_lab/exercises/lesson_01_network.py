"""Lesson 01: the flatten size of another network, and the parameters of a convolution."""

from mnist_lab.exercises.model import Exercise, Mistake, call
from mnist_lab.exercises.whole_numbers import different_numbers, whole_number


def conv_parameters(in_channels, out_channels, kernel_size, *, groups=1):
    weights_per_filter = in_channels // groups * kernel_size**2
    return out_channels * weights_per_filter + out_channels


def counting(rule):
    """Return a function like conv_parameters that counts by rule(in, out, kernel_size, groups)."""
    return lambda in_channels, out_channels, kernel_size, *, groups=1: rule(
        in_channels, out_channels, kernel_size, groups
    )


def layers(generator):
    plain = [call(1, 2, 3), call(3, 2, 5), call(32, 64, 3)]
    grouped = [call(4, 6, 3, groups=2), call(12, 8, 5, groups=4), call(6, 6, 3, groups=6)]
    for groups in (2, 3):
        in_channels, out_channels = (groups * n for n in different_numbers(generator, 2, 2, 9))
        grouped.append(call(in_channels, out_channels, whole_number(generator, 2, 7), groups=groups))
    return plain + grouped


EXERCISES = [
    Exercise(
        id="1.6",
        title="A 5×5 version",
        kind="value",
        difficulty=2,
        minutes=4,
        points=2,
        reference=1600,
        why="A wrong number at this place is the most common error of all, and you can now find it by hand.",
        hints=(
            "Go through `forward` with a pencil: one size after each convolution and each pooling.",
            "A 5×5 kernel with padding 1 takes two away from the size. Pooling halves it and drops a last "
            "odd row.",
            "The sizes are 28, 26, 13, 11 and, after the last pooling, 5. How many maps of 5 by 5 are there?",
        ),
        mistakes=(
            Mistake(
                2304,
                "That is 64 · 6 · 6, as with the old kernels. With the new ones the last pooling meets an "
                "odd size, and pooling rounds down.",
            ),
            Mistake(
                1024,
                "That is 64 · 4 · 4: some padding was lost. In both convolutions it adds a pixel on each of "
                "both sides.",
            ),
            Mistake(7744, "That is before the second pooling, which halves the size once more."),
            Mistake(25, "That is one map. `conv2` makes 64 of them, and flatten takes them all."),
            Mistake(800, "Those are 32 maps. The last convolution is `conv2`, with 64 channels."),
            Mistake(
                3136,
                "That is 64 · 7 · 7, as if each convolution kept its size. A 5×5 kernel needs padding 2 "
                "for that; with padding 1 it takes two away.",
            ),
            Mistake(
                204800,
                "That is the number of weights in `fc1`. Asked for is how many inputs each of its 128 "
                "outputs has.",
            ),
            Mistake(
                (64, 5, 5),
                "Those are the right maps. Flatten writes them into one row: how many numbers is that?",
            ),
            Mistake(
                36864,
                "That is 64 · 24 · 24, with no pooling at all. Each of the two poolings halves the size.",
            ),
        ),
    ),
    Exercise(
        id="1.7",
        title="Parameters of a convolution",
        kind="function",
        difficulty=2,
        minutes=6,
        points=2,
        reference=conv_parameters,
        cases=layers,
        why="Whoever can count parameters by hand notices when a layer is not what was meant.",
        hints=(
            "Begin with one filter: how many channels does it look at, and how many weights is that?",
            "One filter has `in_channels // groups` kernels of `kernel_size` by `kernel_size` weights. "
            "There are `out_channels` such filters.",
            "Each filter has one bias as well, whatever the groups. So the biases are `out_channels`.",
        ),
        mistakes=(
            Mistake(
                counting(lambda i, o, k, g: o * k**2 + o),
                "A filter has more than one kernel: each filter spans all input channels of its group. "
                "From 32 to 64 that is 64·32·9 weights, and 64 biases.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * i * k**2 + o),
                "The groups are ignored. With two groups a filter looks at half of the input channels.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * k**2),
                "The biases are missing: one for each filter.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * k**2 + i),
                "A bias belongs to a filter, so there are as many as output channels, not input channels.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * (k**2 + 1)),
                "A bias was counted for each kernel. The results of all input channels are added up first, "
                "then one bias is added for each filter.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * k**2 + 1),
                "One bias was counted for the whole layer. Each filter has its own.",
            ),
            Mistake(
                counting(lambda i, o, k, g: (o // g) * (i // g) * k**2 + o),
                "The groups were divided out twice. A group has fewer filters, but there are several "
                "groups; in all there are `out_channels` filters.",
            ),
            Mistake(
                counting(lambda i, o, k, g: (o * i * k**2 + o) // g),
                "The biases were divided by the groups too. Groups only narrow what a filter looks at; its "
                "bias stays.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * k + o),
                "A kernel is a square: `kernel_size` rows of `kernel_size` weights.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i / g) * k**2 + o),
                "The number is right, but `/` makes a fraction of it. `//` divides whole numbers.",
            ),
            Mistake(
                counting(lambda i, o, k, g: o * (i // g) * k**2 * 28 * 28 + o),
                "The size of the image does not come into it: the same weights are used at every place.",
            ),
        ),
    ),
]
