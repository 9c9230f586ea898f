"""Exercise 8.1: How many rows."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((64, 44, 10, 1),
     "The −1 does not stand for the batch. It stands for as many rows as the numbers fill, and a row takes "
     "more than one image here."),
    ((64, 44, 0, 0),
     "Right about which ones get through. But the −1 does not stand for the batch: four images fill one "
     "row."),
    ((16, 11, 2, 0),
     "`view` drops nothing. Ten images fill two rows and a half, and with numbers left over it raises an "
     "error."),
    ((16, 11, 3, 1),
     "`view` does not fill up with anything. Where the last row is not full, it raises an error."),
    ((16, 11, 2.5, 0.25),
     "The division is right, but there is no half row: where it does not come out even, `view` raises an "
     "error."),
    ((16, 0, 0, 0),
     "64 is right. It need be no power of two, though: any number of images that fills whole rows gets "
     "through. Try 44 again."),
    ((16, 11, 0, 1),
     "One image brings 2304 numbers, a quarter of a row. That is an error, as for any other row that is not "
     "full."),
    ((256, 176, 40, 4),
     "You multiplied: the rows are longer than an image's 2304 numbers, so there are fewer of them."),
    ((0, 0, 0, 0), "9216 is wrong for these maps, but `view` does not know that. It complains only if the "
     "numbers do not fill whole rows."),
    ((4, 4, 0, 0), "4 is how many images share a row. Asked for is the number of rows, for each batch."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.1",
    title="How many rows",
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
    mistakes=MISTAKES,
)
