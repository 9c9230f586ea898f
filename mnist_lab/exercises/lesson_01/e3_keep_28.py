"""Exercise 1.3: Which padding keeps 28?"""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (2, "That is right for a 5×5 kernel without dilation. Dilation 2 makes its reach longer."),
    (8, "That is both sides together. `padding` is added on each side."),
    (1, "That keeps 28 for a 3×3 kernel. This one has five weights in a row, and gaps."),
    (9, "That is the kernel's reach. How many starts does it cost, and what is half of them?"),
    (5, "The reach is 9, not 10 or 11: five weights have only four gaps between them. And one start always "
     "remains."),
    (3, "Count the reach again: five weights and one empty place in each of the four gaps between them."),
    (0, "Without padding the map shrinks by what the kernel reaches beyond one pixel."),
    ("same", 'PyTorch does understand `padding="same"`. Which number does it stand for here?'),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.3",
    title="Which padding keeps 28?",
    difficulty=2,
    minutes=4,
    points=1,
    reference=4,
    also=((4, 4),),
    why="Half of what the kernel reaches beyond one pixel, on each side: so a map keeps its size.",
    hints=(
        "How far does the kernel reach from its first to its last weight, if one place lies empty between "
        "two neighbours?",
        "Five weights and four gaps make a reach of 9. With stride 1 and no padding, how many starts are "
        "missing from the 28?",
        "A reach of 9 takes away 8 starts. Padding gives them back, half of them on each side.",
    ),
    mistakes=MISTAKES,
)
