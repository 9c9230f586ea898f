"""Exercise 1.7: Parameters of a convolution."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


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


MISTAKES = (
    (counting(lambda i, o, k, g: o * k**2 + o),
     "A filter has more than one kernel: each filter spans all input channels of its group. From 32 to 64 "
     "that is 64·32·9 weights, and 64 biases."),
    (counting(lambda i, o, k, g: o * i * k**2 + o),
     "The groups are ignored. With two groups a filter looks at half of the input channels."),
    (counting(lambda i, o, k, g: o * (i // g) * k**2), "The biases are missing: one for each filter."),
    (counting(lambda i, o, k, g: o * (i // g) * k**2 + i),
     "A bias belongs to a filter, so there are as many as output channels, not input channels."),
    (counting(lambda i, o, k, g: o * (i // g) * (k**2 + 1)),
     "A bias was counted for each kernel. The results of all input channels are added up first, then one "
     "bias is added for each filter."),
    (counting(lambda i, o, k, g: o * (i // g) * k**2 + 1),
     "One bias was counted for the whole layer. Each filter has its own."),
    (counting(lambda i, o, k, g: (o // g) * (i // g) * k**2 + o),
     "The groups were divided out twice. A group has fewer filters, but there are several groups; in all "
     "there are `out_channels` filters."),
    (counting(lambda i, o, k, g: (o * i * k**2 + o) // g),
     "The biases were divided by the groups too. Groups only narrow what a filter looks at; its bias stays."),
    (counting(lambda i, o, k, g: o * (i // g) * k + o),
     "A kernel is a square: `kernel_size` rows of `kernel_size` weights."),
    (counting(lambda i, o, k, g: o * (i / g) * k**2 + o),
     "The number is right, but `/` makes a fraction of it. `//` divides whole numbers."),
    (counting(lambda i, o, k, g: o * (i // g) * k**2 * 28 * 28 + o),
     "The size of the image does not come into it: the same weights are used at every place."),
)  # fmt: skip


EXERCISE = Exercise(
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
        "One filter has `in_channels // groups` kernels of `kernel_size` by `kernel_size` weights. There are "
        "`out_channels` such filters.",
        "Each filter has one bias as well, whatever the groups. So the biases are `out_channels`.",
    ),
    mistakes=MISTAKES,
)
