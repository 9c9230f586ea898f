"""Exercise 9.1: the most frequent mistake in a table of confusions, and two shares of one count.

The table, of the digits 3, 5, 8 and 9, stands in the lesson.
"""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((3, 8, 0.75, 0.72),
     "Rows and columns are exchanged: here a row is a true digit, and a column is what the network called "
     "it."),
    ((3, 8, 0.72, 0.75),
     "The shares are right. The pair is the wrong way round: the 7 stands in the row of the true 8, in the "
     "column of the answer 3."),
    ((8, 3, 0.75, 0.72),
     "The pair is right, and the two shares are exchanged. All that are an 8 stand in one row, all that were "
     "called 8 in one column."),
    ((8, 3, 0.72, 0.72),
     "The 36 are the same, but the second share is one of all answers 8, and these stand in a column."),
    ((8, 3, 0.75, 0.75),
     "The 36 are the same, but the first share is one of all true 8s, and these stand in a row."),
    ((8, 3, 0.28, 0.25),
     "These are the shares that went wrong. Asked for is what was right: the number on the diagonal, "
     "divided."),
    ((8, 3, 0.18, 0.18),
     "You divided by all digits of the table. The first share is one of the true 8s only, the second one of "
     "the answers 8."),
    ((8, 3, 0.785, 0.785),
     "That is the accuracy over all four digits. It hides how one digit fares; stay in one row, then in one "
     "column."),
    ((8, 3, 36 / 14, 3.0),
     "You divided what was right by what was wrong. A share is a part of the whole: divide by the sum of the "
     "row, of the column."),
    ((8, 3, 36, 36),
     "36 is a count. A share divides it by how many there were: once by the true 8s, once by the answers 8."),
    ((8, 3, 72, 75), "Right, but in percent. Please give shares from 0 to 1, as everywhere in this series."),
    ((9, 9, 0.72, 0.75),
     "On the diagonal stand the digits that were read right. The most frequent mistake is the largest number "
     "beside it."),
    ((3, 5, 0.72, 0.75),
     "6 is a large count, but there is a larger one off the diagonal. Go through all four rows."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.1",
    title="Read a table of confusions",
    difficulty=1,
    minutes=4,
    points=1,
    reference=(8, 3, 0.72, 0.75),
    also=(((8, 3), 0.72, 0.75), ((8, 3), (0.72, 0.75))),
    why="A row follows what was written, a column what was answered, so the same 36 digits are two different "
    "shares. Which of them matters depends on who asks.",
    hints=(
        "A row belongs to a true digit. Leave the diagonal aside: it counts what was read right.",
        "The largest number off the diagonal is a 7. In whose row does it stand, and under whose answer?",
        "The first share divides 36 by the sum of a row, the second by the sum of a column.",
    ),
    mistakes=MISTAKES,
)
