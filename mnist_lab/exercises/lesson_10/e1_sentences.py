"""Exercise 10.1: six sentences of reports, two of which may stand."""

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise

HONEST = "CE"

TOO_MANY = {
    "A": "A may not stand: one seed each, and a difference that luck can make.",
    "B": "B may not stand: the digits that chose the epoch are those that report.",
    "D": "D may not stand: what was not shown is not shown to be equal.",
    "F": "F may not stand: seeds do not shrink the sampling floor.",
}
MISSING = {
    "C": "C is missing: it says mean, spread, n and floor, and nothing was chosen on test.",
    "E": "E is missing: pairs, a difference of more standard errors than five pairs need, and no more "
    "claimed.",
}


MISTAKES = (
    ("A", "Two tenths on 10,000 digits are twenty images, hardly more than the sampling floor, and another "
     "seed of either recipe moves as much. One seed each shows nothing."),
    ("ACE", "C and E are right. In A one seed stands against one seed: nobody knows how far apart two seeds "
     "of the same recipe would be."),
    ("AE", "E is right, because it has pairs. A has one seed each, so the luck of a seed and the gain of a "
     "recipe cannot be told apart."),
    ("AC", "C is right. A compares one seed with one seed; the comparison in E, with pairs, is the one that "
     "may stand."),
    ("B", "The best of ten test scores was chosen by the test digits, so its luck is in the number. Let "
     "validation choose the epoch, and test report it once."),
    ("BCE", "Two are right. In B the test digits chose the epoch: then they are validation, and nothing is "
     "left that could report."),
    ("BC", "C is right. B says a higher number, but test chose its epoch. Look for another sentence that "
     "says how certain it is."),
    ("D", "A difference smaller than its error means that these seeds cannot tell. Either recipe may be "
     "better by some tenths."),
    ("CDE", "C and E are right. D makes a verdict out of `not shown`: three seeds could not tell, which is "
     "not the same as no difference."),
    ("F", "Fifty seeds tell the mean on these 500 digits exactly. Other digits are another draw: the "
     "sampling floor is there with any number of seeds."),
    ("CEF", "C and E are right. F takes the error of a mean over seeds for the error on new digits, and "
     "forgets that there are only 500 of them."),
    ("CF", "C is right. F has more seeds and forgets its floor: on other digits it may well miss the narrow "
     "band it promises."),
    ("C", "C is right, for one recipe. Is there no comparison of two that says how it was made and claims no "
     "more than that?"),
    ("E", "E is right, for a comparison. Is there no sentence about a single recipe that says all you need "
     "to judge it?"),
    ("ABDF", "These are the four that may not stand. The question asks for the others."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.1",
    title="Which sentences may stand",
    difficulty=1,
    minutes=3,
    points=2,
    reference=HONEST,
    probe=misnamed(TOO_MANY, MISSING, example="BF"),
    why="Both say on how many seeds and on which digits, and stop there. That is nearly all of honesty.",
    hints=(
        "Ask the same four things of each: how many seeds, how far apart, on how many images, and which "
        "images had a say in the choice?",
        "A single run tells nothing of the luck in it. `not shown` is no verdict in either direction. And "
        "many seeds tell a lot about the recipe, but not about digits that nobody looked at.",
        "One of the two that may stand is about a single recipe and names its floor. The other compares two, "
        "in pairs.",
    ),
    mistakes=MISTAKES,
)
