"""Exercise 9.2: the expected calibration error by hand, of ten answers that the lesson shows, in two bins."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (0.25, "The bins went in unweighted. The second one holds more of the answers, so its distance counts "
     "for more."),
    (0.2, "The distances were added with their signs, so that too modest makes up for too sure. Take each "
     "distance without its sign."),
    (-0.2, "The distances were added with their signs, so that too modest makes up for too sure. A distance "
     "has no sign, up or down."),
    (0.5, "You added the distances. Each of them is to be weighed by the share of the answers that fall into "
     "its bin."),
    (0.4, "That is the distance in the worst bin. The expected error is the mean over all answers, so the "
     "other bin belongs to it."),
    (0.1, "0.1 is the distance in the first bin, and by chance the mean of the squares. Asked for is the "
     "mean of the distances, over all ten answers."),
    (0.22, "The weights are exchanged: four answers are in the first bin, six in the second."),
    (0.275, "You took the middle of each bin for its confidence. Take the mean of the confidences that are "
     "in it."),
    (0.18, "The two answers with a confidence of 1.0 got lost. The last bin has its upper end in it."),
    (0.225, "The two answers with a confidence of 1.0 got lost, and with them a fifth of the weight. The "
     "last bin has its upper end in it."),
    (0.46, "You took the distance of each single answer from 0 or 1. One answer cannot be right to nine "
     "tenths: the mean over a bin can."),
    (0.1**0.5, "That is the root of the mean square, which punishes large distances more. The expected "
     "calibration error takes the distances as they are."),
    (2.8, "The distances are weighed by the number of answers. Divide by all ten at the end."),
    (28, "Right, but in percent. Please give a number from 0 to 1, as everywhere in this series."),
    (0.6, "That is the accuracy over all ten. Asked for is how far it lies from the confidence, bin by bin."),
    (0.8, "That is the mean confidence over all ten. Asked for is how far it lies from the accuracy, bin by "
     "bin."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.2",
    title="Ten answers in two bins",
    difficulty=1,
    minutes=4,
    points=1,
    reference=0.28,
    why="The network is too modest in one bin and too sure in the other. Both count as errors, each as much "
    "as it has answers.",
    hints=(
        "For each bin work out two means: of its confidences, and of how many of its answers were right.",
        "The distances are 0.1 in the first bin and 0.4 in the second. The signs do not matter. How many "
        "answers stand behind each?",
        "Four of ten answers are off by 0.1, and six of ten by 0.4: weigh and add.",
    ),
    mistakes=MISTAKES,
)
