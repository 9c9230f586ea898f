"""Lesson 08: how many rows a view makes, and which cause keeps a loss at 2.30."""

from mnist_lab.exercises.letters import misplaced
from mnist_lab.exercises.model import Exercise, Mistake

ROWS = Exercise(
    id="8.1",
    title="How many rows",
    kind="value",
    difficulty=1,
    minutes=3,
    points=1,
    reference=(16, 11, 0, 0),
    why="`view` counts numbers and knows no images. Whether it complains depends on the size of the batch, "
    "so its silence tells nothing.",
    hints=(
        "`view` keeps the numbers, in their order, and cuts them into rows of 9216. How many numbers come "
        "in?",
        "One image brings 64·6·6 = 2304 numbers. How many images fill one row of 9216?",
        "Four images fill a row. A row must be full, or `view` raises an error.",
    ),
    mistakes=(
        Mistake(
            (64, 44, 10, 1),
            "The −1 does not stand for the batch. It stands for as many rows as the numbers fill, and a row "
            "takes more than one image here.",
        ),
        Mistake(
            (64, 44, 0, 0),
            "Right about which ones get through. But the −1 does not stand for the batch: four images fill "
            "one row.",
        ),
        Mistake(
            (16, 11, 2, 0),
            "`view` drops nothing. Ten images fill two rows and a half, and with numbers left over it raises "
            "an error.",
        ),
        Mistake(
            (16, 11, 3, 1),
            "`view` does not fill up with anything. Where the last row is not full, it raises an error.",
        ),
        Mistake(
            (16, 11, 2.5, 0.25),
            "The division is right, but there is no half row: where it does not come out even, `view` raises "
            "an error.",
        ),
        Mistake(
            (16, 0, 0, 0),
            "64 is right. It need be no power of two, though: any number of images that fills whole rows "
            "gets through. Try 44 again.",
        ),
        Mistake(
            (16, 11, 0, 1),
            "One image brings 2304 numbers, a quarter of a row. That is an error, as for any other row that "
            "is not full.",
        ),
        Mistake(
            (256, 176, 40, 4),
            "You multiplied: the rows are longer than an image's 2304 numbers, so there are fewer of them.",
        ),
        Mistake(
            (0, 0, 0, 0),
            "9216 is wrong for these maps, but `view` does not know that. It complains only if the numbers "
            "do not fill whole rows.",
        ),
        Mistake(
            (4, 4, 0, 0),
            "4 is how many images share a row. Asked for is the number of rows, for each batch.",
        ),
    ),
)

CAUSES = "DABC"  # of the four patients, in their order; lesson_08_stuck.py makes them ill accordingly


def wrong_causes(answer):
    """Return for which of the four patients another cause fits."""
    form = 'The answer is a text of four letters, one for each case, such as `"ABCD"`.'
    return misplaced(answer, CAUSES, letters="ABCD", form=form, why=_why_not)


def _why_not(place, letter):
    return f"Case {place} has another cause."


STUCK = Exercise(
    id="8.3",
    title="Four losses at 2.30",
    kind="value",
    difficulty=2,
    minutes=4,
    points=2,
    reference=CAUSES,
    probe=wrong_causes,
    why="One symptom, four causes, and three numbers tell them apart: the gradient before the step, the "
    "change of a weight, and one batch over and over.",
    hints=(
        "Begin with the gradient as `step` finds it. For one patient there is none.",
        "Then the weights. One patient's change by nothing, one's by next to nothing, one's by as much as a "
        "healthy network's.",
        "Weights that move, and a single batch that can be learned by heart: then the machinery works, and "
        "what it is fed with is wrong.",
    ),
    mistakes=(
        Mistake(
            "CABD",
            "A weight that moves a little moves: the step is only too small. Change by exactly nothing means "
            "that the optimizer never sees the weight.",
        ),
        Mistake(
            "DCBA",
            "Both have weights that stay exactly where they are. The gradient just before `step` tells them "
            "apart: is there one to go by?",
        ),
        Mistake(
            "BADC",
            "Where hardly a weight moves, not even one batch can be learned. With labels shuffled apart the "
            "weights move well, and one batch is learned by heart.",
        ),
        Mistake(
            "DBAC",
            "Labels shuffled apart give a proper gradient, only in no useful direction. No gradient at all "
            "before `step` is a matter of the order of lines.",
        ),
        Mistake(
            "DACB",
            "Frozen weights learn nothing, not even one batch. Labels shuffled apart can be learned by "
            "heart, as long as it is the same batch.",
        ),
        Mistake(
            "ADBC",
            "The rate does not touch the gradient. If it is there after `backward` and gone before `step`, "
            "look at the order of the lines.",
        ),
        Mistake(
            "DCAB",
            "Look at the last column for those whose weights move, and at the gradient before `step` for "
            "those whose weights do not.",
        ),
    ),
)

EXERCISES = [ROWS, STUCK]
