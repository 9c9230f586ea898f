"""Exercise 1.7: Parameters of a convolution."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def conv_parameters(in_channels, out_channels, kernel_size, *, groups=1):
    weights_per_filter = in_channels // groups * kernel_size**2
    return out_channels * weights_per_filter + out_channels


def layers(generator):
    plain = [call(1, 2, 3), call(3, 2, 5), call(32, 64, 3)]
    grouped = [call(4, 6, 3, groups=2), call(12, 8, 5, groups=4), call(6, 6, 3, groups=6)]
    for groups in (2, 3):
        in_channels, out_channels = (groups * n for n in different_numbers(generator, 2, 2, 9))
        grouped.append(call(in_channels, out_channels, whole_number(generator, 2, 7), groups=groups))
    return plain + grouped


MISTAKES = (
    ("in_channels // groups * ", "", "A filter has more than one kernel: each filter spans all input "
     "channels of its group. From 32 to 64 that is 64·32·9 weights, and 64 biases."),
    (" // groups", "",
     "The groups are ignored. With two groups a filter looks at half of the input channels."),
    (" + out_channels", "", "The biases are missing: one for each filter."),
    ("+ out_channels", "+ in_channels",
     "A bias belongs to a filter, so there are as many as output channels, not input channels."),
    ({"kernel_size**2": "(kernel_size**2 + 1)", " + out_channels": ""},
     "A bias was counted for each kernel. The results of all input channels are added up first, then one "
     "bias is added for each filter."),
    ("+ out_channels", "+ 1", "One bias was counted for the whole layer. Each filter has its own."),
    ("return out_channels", "return out_channels // groups",
     "The groups were divided out twice. A group has fewer filters, but there are several groups; in all "
     "there are `out_channels` filters."),
    ("+ out_channels", "+ out_channels // groups",
     "The biases were divided by the groups too. Groups only narrow what a filter looks at; its bias stays."),
    ("kernel_size**2", "kernel_size", "A kernel is a square: `kernel_size` rows of `kernel_size` weights."),
    ("//", "/", "The number is right, but no plain whole number. Perhaps `/` made a fraction of it; `//` "
     "divides whole numbers."),
    ("kernel_size**2", "kernel_size**2 * 28 * 28",
     "The size of the image does not come into it: the same weights are used at every place."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.7",
    title="Parameters of a convolution",
    difficulty=2,
    minutes=6,
    points=2,
    reference=conv_parameters,
    cases=layers,
    why="If you can count parameters by hand, you notice when a layer is not what you meant.",
    hints=(
        "Begin with one filter: how many channels does it look at, and how many weights is that?",
        "One filter has `in_channels // groups` kernels of `kernel_size` by `kernel_size` weights. There are "
        "`out_channels` such filters.",
        "Each filter has one bias as well, whatever the groups. So the biases are `out_channels`.",
    ),
    mistakes=MISTAKES,
)
