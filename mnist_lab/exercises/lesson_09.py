"""Lesson 09, errors and calibration: read a table of confusions, and a calibration error by hand."""

from mnist_lab.exercises.model import Exercise, Mistake

# The table: true 3: 40 6 3 1 · true 5: 2 30 4 4 · true 8: 7 5 36 2 · true 9: 1 3 5 51
CONFUSIONS = Exercise(
    id="9.1",
    title="Read a table of confusions",
    kind="value",
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
    mistakes=(
        Mistake(
            (3, 8, 0.75, 0.72),
            "Rows and columns are exchanged: here a row is a true digit, and a column is what the network "
            "called it.",
        ),
        Mistake(
            (3, 8, 0.72, 0.75),
            "The shares are right. The pair is the wrong way round: the 7 stands in the row of the true "
            "8, in the column of the answer 3.",
        ),
        Mistake(
            (8, 3, 0.75, 0.72),
            "The pair is right, and the two shares are exchanged. All that are an 8 stand in one row, all "
            "that were called 8 in one column.",
        ),
        Mistake(
            (8, 3, 0.72, 0.72),
            "The 36 are the same, but the second share is one of all answers 8, and these stand in a column.",
        ),
        Mistake(
            (8, 3, 0.75, 0.75),
            "The 36 are the same, but the first share is one of all true 8s, and these stand in a row.",
        ),
        Mistake(
            (8, 3, 0.28, 0.25),
            "These are the shares that went wrong. Asked for is what was right: the number on the diagonal, "
            "divided.",
        ),
        Mistake(
            (8, 3, 0.18, 0.18),
            "You divided by all digits of the table. The first share is one of the true 8s only, the "
            "second one of the answers 8.",
        ),
        Mistake(
            (8, 3, 0.785, 0.785),
            "That is the accuracy over all four digits. It hides how one digit fares; stay in one row, "
            "then in one column.",
        ),
        Mistake(
            (8, 3, 36 / 14, 3.0),
            "You divided what was right by what was wrong. A share is a part of the whole: divide by the sum "
            "of the row, of the column.",
        ),
        Mistake(
            (8, 3, 36, 36),
            "36 is a count. A share divides it by how many there were: once by the true 8s, once by the "
            "answers 8.",
        ),
        Mistake(
            (8, 3, 72, 75),
            "Right in percent. Please give shares from 0 to 1, as everywhere in this series.",
        ),
        Mistake(
            (9, 9, 0.72, 0.75),
            "On the diagonal stand the digits that were read right. The most frequent mistake is the largest "
            "number beside it.",
        ),
        Mistake(
            (3, 5, 0.72, 0.75),
            "6 is a large count, but there is a larger one off the diagonal. Go through all four rows.",
        ),
    ),
)

# The bins: up to 0.75 four answers, 0.6 0.6 0.7 0.7, three right;
# above it six, 0.8 0.8 0.9 0.9 1.0 1.0, three right: one at 0.8, one at 0.9, one at 1.0
BY_HAND = Exercise(
    id="9.2",
    title="Ten answers in two bins",
    kind="value",
    difficulty=1,
    minutes=4,
    points=1,
    reference=0.28,
    why="The network is too modest in one bin and too sure in the other. Both count as errors, each as "
    "much as it has answers.",
    hints=(
        "For each bin work out two means: of its confidences, and of how many of its answers were right.",
        "The distances are 0.1 in the first bin and 0.4 in the second. The signs do not matter. How many "
        "answers stand behind each?",
        "Four of ten answers are off by 0.1, and six of ten by 0.4: weigh and add.",
    ),
    mistakes=(
        Mistake(
            0.25,
            "The bins went in unweighted. The second one holds more of the answers, so its distance counts "
            "for more.",
        ),
        Mistake(
            0.2,
            "The distances were added with their signs, so that too modest makes up for too sure. Take each "
            "distance without its sign.",
        ),
        Mistake(
            0.5,
            "You added the distances. Each of them is to be weighed by the share of the answers that fall "
            "into its bin.",
        ),
        Mistake(
            0.4,
            "That is the distance in the worst bin. The expected error is the mean over all answers, so the "
            "other bin belongs to it.",
        ),
        Mistake(
            0.1,
            "0.1 is the distance in the first bin, and by chance the mean of the squares. Asked for is "
            "the mean of the distances, over all ten answers.",
        ),
        Mistake(
            0.22,
            "The weights are exchanged: four answers are in the first bin, six in the second.",
        ),
        Mistake(
            0.275,
            "You took the middle of each bin for its confidence. Take the mean of the confidences that are "
            "in it.",
        ),
        Mistake(
            0.18,
            "The two answers with a confidence of 1.0 got lost. The last bin has its upper end in it.",
        ),
        Mistake(
            0.225,
            "The two answers with a confidence of 1.0 got lost, and with them a fifth of the weight. The "
            "last bin has its upper end in it.",
        ),
        Mistake(
            0.46,
            "You took the distance of each single answer from 0 or 1. One answer cannot be right to nine "
            "tenths: the mean over a bin can.",
        ),
        Mistake(
            0.1**0.5,
            "That is the root of the mean square, which punishes large distances more. The expected "
            "calibration error takes the distances as they are.",
        ),
        Mistake(
            2.8,
            "The distances are weighed by the number of answers. Divide by all ten at the end.",
        ),
        Mistake(
            28,
            "Right in percent. Please give a number from 0 to 1, as everywhere in this series.",
        ),
        Mistake(
            0.6,
            "That is the accuracy over all ten. Asked for is how far it lies from the confidence, bin by "
            "bin.",
        ),
        Mistake(
            0.8,
            "That is the mean confidence over all ten. Asked for is how far it lies from the accuracy, "
            "bin by bin.",
        ),
    ),
)

EXERCISES = [CONFUSIONS, BY_HAND]
