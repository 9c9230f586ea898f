"""Exercise 1.6: A 5×5 version."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (2304, "That is 64 · 6 · 6, as with the old kernels. Perhaps the last pooling was rounded up: with the "
     "new kernels it meets an odd size, and pooling rounds down."),
    (1024, "That is 64 · 4 · 4. Perhaps some padding was lost: in both convolutions it adds a pixel on "
     "either side."),
    (7744, "That is before the second pooling, which halves the size once more."),
    (25, "That is one map. `conv2` makes 64 of them, and flatten takes them all."),
    (800, "Those are 32 maps. The last convolution is `conv2`, with 64 channels."),
    (3136, "That is 64 · 7 · 7, as if each convolution kept its size. A 5×5 kernel needs padding 2 for that; "
     "with padding 1 it takes two away."),
    (204800, "That is the number of weights in `fc1`. The question is how many inputs each of its 128 "
     "outputs has."),
    ((64, 5, 5), "Those are the right maps. Flatten writes them into one row: how many numbers is that?"),
    (36864, "That is 64 · 24 · 24, with no pooling at all. Each of the two poolings halves the size."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.6",
    title="A 5×5 version",
    difficulty=2,
    minutes=4,
    points=2,
    reference=1600,
    why="A wrong number at this place is a very common error, and you can now find it by hand.",
    hints=(
        "Go through `forward` with a pencil: one size after each convolution and each pooling.",
        "A 5×5 kernel with padding 1 takes two away from the size. Pooling halves it and drops a last odd "
        "row.",
        "The sizes are 28, 26, 13, 11 and, after the last pooling, 5. How many maps of 5 by 5 are there?",
    ),
    mistakes=MISTAKES,
)
