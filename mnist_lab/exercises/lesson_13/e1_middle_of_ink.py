"""Exercise 13.1: the centre of mass of a 7 in a grid of 5 by 5, which the lesson shows."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((2.5, 3.0), "That is the middle of the box around the ink. The foot is faint, so it should pull less "
     "than the bar: by mass, each place counts as much as it has ink."),
    ((2, 2), "That is the middle of the grid, where the centre of mass is to be put later. Where is it now?"),
    ((2.0, 19 / 6), "Each place with ink counts the same in your mean. By mass a place with 6 counts six "
     "times as much as one with 1."),
    ((3.4, 1.75), "Both numbers are right, and they are exchanged: the row comes first."),
    ((2.75, 4.4), "Right, had you counted from 1. Rows and columns are counted from 0, as everywhere in "
     "Python."),
    ((0.75, 1.4), "You counted from the corner of the box around the ink. Row 0 and column 0 are those of "
     "the grid."),
    ((2, 3), "That looks rounded to whole places. A centre of mass may lie between them: give it as it is."),
    ((1, 3), "That looks cut off to whole places. A centre of mass may lie between them: give it as it is."),
    ((2, 4), "There is the most ink in a single place. The centre of mass is a mean over all of it."),
    ((1, 4), "That row and that column have the most ink. The centre of mass is a mean over all rows, and "
     "over all columns."),
    ((35, 68), "These are the two sums. A mean divides them by the mass, all ink of the grid."),
    ((1.4, 2.72), "You divided by the 25 places. A mean by mass divides by the mass, all ink of the grid."),
    ((35 / 6, 34 / 3), "You divided by the number of places with ink. A mean by mass divides by the mass, "
     "all ink of the grid."),
    ((2.25, 3.4), "The column is right. The row was counted from below; row 0 is the uppermost."),
    ((0.25, -1.4), "That is how far the ink has to move to the middle of the grid. Asked for is where it is "
     "now."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.1",
    title="The middle of the ink",
    difficulty=1,
    minutes=3,
    points=1,
    reference=(1.75, 3.4),
    why="Half of the ink is in the bar, so the centre is near it, and the faint foot hardly counts. The "
    "middle of the box would be lower and further to the left.",
    hints=(
        "The mean row, in which each row counts by its ink, and likewise the mean column.",
        "All the ink together is 20. The rows have 0, 10, 6, 3 and 1 of it.",
        "The row is (1 · 10 + 2 · 6 + 3 · 3 + 4 · 1) / 20. The columns have 0, 0, 2, 8 and 10.",
    ),
    mistakes=MISTAKES,
)
