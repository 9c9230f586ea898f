"""Exercise 11.1: the multiply-adds of a small network, layer by layer, by hand."""

from mnist_lab.exercises.engine.model import Exercise

RIGHT = (19_008, 2_880, 840)

MISTAKES = (
    ((23_328, 21_120, 6_160),
     "You left out `unshuffle`: the first convolution does not see 1 × 26 × 20, but four channels of half "
     "the height and width."),
    ((4_752, 2_880, 840),
     "The first convolution was counted with one input channel. After `unshuffle 2` there are four, and each "
     "filter reads all of them."),
    ((4_752, 480, 840),
     "The input channels are missing in both convolutions. A filter has a kernel for each channel that comes "
     "in, so each output value costs as many times more."),
    ((28_080, 7_200, 2_100),
     "The maps do not keep their size: without padding a kernel of side 3 has two places fewer along each "
     "axis, and one of side 2 has one fewer."),
    ((28_080, 4_800, 840),
     "The shapes are right, but you multiplied by the places of the input. What costs are the values that "
     "come out."),
    ((216, 240, 840),
     "Those are the numbers of weights. A filter of a convolution is used at every place of its output, so "
     "multiply by the places."),
    ((222, 250, 847),
     "Those are the numbers of parameters. A filter of a convolution is used at every place of its output, "
     "and a bias is added without a multiplication."),
    ((19_536, 3_000, 847), "The biases are among them. They are only added; count what is multiplied."),
    ((38_016, 5_760, 1_680),
     "Each is twice as large as asked: a multiplication and the addition behind it count as one "
     "multiply-add."),
    ((6_336, 1_440, 840),
     "A kernel of side 3 has 3 · 3 weights a channel, and one of side 2 has 2 · 2. You counted one row of "
     "each."),
    ((19_008, 16_800, 4_900),
     "`pool 2` was left out. It costs no multiplications, and quarters the places for all that follows."),
    ((19_008, 3_600, 1_050), "Pooling rounds down: of 11 rows it makes 5, and the last one is dropped."),
    ((19_008, 3_240, 420),
     "The second kernel has the side 2, not 3: `conv 10 2` says channels first, then the side."),
    ((19_008, 2_880, 70),
     "The linear layer gets all numbers of all maps, not one a channel: `flatten` makes 120 out of (10, 4, "
     "3)."),
    ((528, 120, 7),
     "Those are the values that come out. Each of them costs as many multiply-adds as its filter has "
     "weights."),
    ((19_008, 4_320, 1_260), "One of the maps after pooling has another size: (6, 5, 4), then (10, 4, 3)."),
    (sum(RIGHT), "That is the sum. Give the three numbers, so that one can see who pays."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.1",
    title="What an image costs",
    difficulty=1,
    minutes=5,
    points=2,
    reference=RIGHT,
    why="Without `unshuffle` and with the same layers it would be more than twice as much. Few places early "
    "in a network are what makes it cheap; parameters hardly tell.",
    hints=(
        "Write down the shape after each layer first. `unshuffle 2` makes four channels of half the height "
        "and half the width out of one.",
        "The shapes are (4, 13, 10), (6, 11, 8), (6, 5, 4), (10, 4, 3), and 120 numbers after `flatten`.",
        "Each output value of a convolution costs input channels · side · side. For the first one that is 4 "
        "· 3 · 3, and there are 6 · 11 · 8 output values.",
    ),
    mistakes=MISTAKES,
)
