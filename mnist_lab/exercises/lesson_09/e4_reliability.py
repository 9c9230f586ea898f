"""Exercise 9.4: a reliability diagram of answers that were made up, and what may be read from it."""

from mnist_lab.exercises.engine.letters import misplaced
from mnist_lab.exercises.engine.model import Exercise

import torch

BINS = {  # letter: how sure, how many answers, how many of them right
    "A": (0.56, 6, 4),
    "B": (0.65, 150, 122),
    "C": (0.75, 5, 2),
    "D": (0.85, 200, 173),
    "E": (0.97, 400, 360),
}
READ_OFF = "?U?FO"

MISREAD = {  # bin and mark: why the mark does not fit
    "AU": "A: six answers are too few for that; one more that is wrong, and the point lies elsewhere.",
    "AO": "A: a point above the diagonal would be underconfident, and six answers are too few anyway.",
    "AF": "A: six answers cannot show a fit either; nearly any share would fit them.",
    "BO": "B: more is right than was said. That is too modest, not too sure.",
    "BF": "B: the interval does not reach the diagonal, and many answers stand behind it.",
    "B?": "B: 150 answers are enough to see a distance of this size.",
    "CO": "C: the largest distance of all, from five answers. Its interval reaches beyond the diagonal.",
    "CU": "C: a point below the diagonal would be overconfident, and five answers are too few anyway.",
    "CF": "C: five answers cannot show a fit either. Their interval holds nearly everything.",
    "DU": "D: a distance of this size comes by chance; the interval crosses the diagonal.",
    "DO": "D: what is right is not less than what was said.",
    "D?": "D: 200 answers are many. The interval is narrow, and the diagonal goes through it.",
    "EU": "E: less is right than was said. That is too sure, not too modest.",
    "EF": "E: the distance is small, but with 400 answers the interval is smaller still.",
    "E?": "E: no other bin has as many answers as this one.",
}


def made_up_answers():
    """Return confidences float32 (N,) and correct bool (N,) of answers made up for exercise 9.4."""
    confidences, correct = [], []
    for middle, num_answers, num_right in BINS.values():
        spread = torch.linspace(-0.02, 0.02, num_answers)  # all stay in their bin of width 0.1
        confidences.append(middle + spread)
        right = torch.arange(num_answers) * num_right // num_answers  # spread evenly over the bin
        correct.append(right.diff(append=torch.tensor([num_right])) > 0)
    return torch.cat(confidences), torch.cat(correct)


MISTAKES = (
    ("UUOFO", "You went by the height of the points. Look at the counts as well: where five or six answers "
     "decide, there is too little to say anything."),
    ("UUOUO", "Not every distance is a finding. Look at the counts and at the intervals: what comes by "
     "chance is no fault of the network."),
    ("?O?FU", "Over and under are exchanged: a point above the diagonal means that more was right than was "
     "said. That network was too modest."),
    ("OOUFU", "Over and under are exchanged: above the diagonal more was right than was said. And look at "
     "the counts before you read a point."),
    ("OOUOU", "Over and under are exchanged, and every distance was taken for a finding. Begin with the "
     "counts, then look at the intervals."),
    ("?U?FF", "You let the small distance of the last bin pass. With four hundred answers even a small one "
     "is no chance: the interval does not reach the diagonal."),
    ("?UOFO", "The largest distance impressed you. Five answers stand behind it, and its interval reaches "
     "beyond the diagonal."),
    ("UU?FO", "For C you looked at the count; for A you did not. Six answers are as good as five: too few to "
     "say."),
    ("FUFFO", "An interval that crosses the diagonal is no proof of a fit. With five or six answers it "
     "crosses much else; that is too few to say."),
    ("?U?UO", "D has many answers, and its interval crosses the diagonal: a distance of this size comes by "
     "chance. It fits."),
    ("?U??O", "That nothing was found in D is not for want of answers. Many answers and a narrow interval "
     "across the diagonal: it fits."),
    ("?F?FO", "With this many answers the distance in B is no chance: the interval stays above the diagonal. "
     "Too modest is a fault as well."),
    ("?O?FO", "Networks are mostly too sure, but this one was not in B: there the point lies above the "
     "diagonal."),
    ("OOOOO", "Overconfident would be a point below the diagonal, with enough answers behind it. Only one of "
     "the five is that."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.4",
    title="Read a reliability diagram",
    difficulty=2,
    minutes=4,
    points=2,
    reference=READ_OFF,
    probe=misplaced(
        READ_OFF,
        letters="OUF?",
        form='The answer is a text of five marks out of O, U, F and ?, such as `"OUF??"`.',
        why=lambda place, mark: MISREAD[list(BINS)[place - 1] + mark],
    ),
    why="First the count, then the interval, then the distance. The most striking point has five answers "
    "behind it, and the smallest finding has four hundred.",
    hints=(
        "Begin with the counts. Where a handful of answers decides, mark `?` and look no further.",
        "Where the interval goes across the diagonal and many answers stand behind it, confidence and "
        "accuracy fit: `F`.",
        "Two bins are left. Above the diagonal more was right than was said, so the network was too modest: "
        "`U`. Below it, it was too sure: `O`.",
    ),
    mistakes=MISTAKES,
)
