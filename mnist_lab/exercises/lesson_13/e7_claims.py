"""Exercise 13.7: six sentences about own handwriting, two of which may stand."""

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise

ALLOWED = "AE"

TOO_MANY = {
    "B": "B may not stand: the interval of 98 of 100 holds 97 as well.",
    "C": "C may not stand: writers that chose are writers that it has seen.",
    "D": "D may not stand: these digits are new, their writers are not.",
    "F": "F may not stand: notes in a hurry are other digits than those that were counted.",
}
MISSING = {
    "A": "A is missing: it gives the interval, and says for which digits.",
    "E": "E is missing: its test writers were in nothing before, and it says who wrote the sheets.",
}


MISTAKES = (
    ("B", "Count the interval: 98 of 100 leave room from 93.0 to 99.8, and 97 lies within. Two wrong or "
     "three wrong of a hundred is luck."),
    ("AB", "A is right, and it refutes B: between 93.0 and 99.8 there is room for 97, and for less."),
    ("ABE", "A and E are right. B forgets what A says: between 93.0 and 99.8 there is room for 97, and "
     "for less."),
    ("BE", "E is right. For B count the interval: 98 of 100 leave room from 93.0 to 99.8, and 97 lies "
     "within."),
    ("C", "Two of the four writers chose the learning rate, so the luck of that choice is in their "
     "numbers. Let other writers choose, and report on those left."),
    ("AC", "A is right. In C two of the four writers chose the learning rate: a choice has looked at "
     "them, though no step of training has."),
    ("ACE", "A and E are right. In C two of the four writers chose the learning rate: a choice has "
     "looked at them, though no step of training has."),
    ("CE", "E is right: its two writers chose nothing. In C two of the four did, so these four report on "
     "their own choice."),
    ("D", "Every tenth digit was kept out, and its writer was not. A new writer comes with a hand that "
     "the network has never practised: split by writer."),
    ("AD", "A is right. In D each writer is on both sides, so it says how well known hands are read, not "
     "new ones."),
    ("ADE", "A and E are right. In D each writer is on both sides, so it says how well known hands are "
     "read, not new ones."),
    ("DE", "E is right, since it is split by writer. D is split by digit: each writer is on both sides."),
    ("F", "They were written slowly, in boxes, in one sitting. Notes in a hurry come from the same hand, "
     "and are other digits: they have to be counted themselves."),
    ("AF", "A is right, for digits written like those. F goes on to notes in a hurry, which nobody has "
     "counted."),
    ("AEF", "A and E are right. F goes on from digits in boxes to notes in a hurry, which nobody has "
     "counted."),
    ("EF", "E is right. F goes on from digits in boxes to notes in a hurry, which nobody has counted. "
     "Which sentence says as much as the hundred digits do?"),
    ("A", "A is right, for one writer. Is there no sentence about several writers that says who they are "
     "and claims no more?"),
    ("E", "E is right, for several writers. Is there no sentence about the hundred digits that says how "
     "little they leave certain?"),
    ("BCDF", "These are the four that may not stand. The question asks for the others."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.7",
    title="What may be claimed?",
    difficulty=2,
    minutes=4,
    points=2,
    reference=ALLOWED,
    probe=misnamed(TOO_MANY, MISSING, example="CD"),
    why="Both say what was counted, on whose digits, and stop there. Your next hundred digits may well "
    "be read otherwise, and the sentence has said so.",
    hints=(
        "Ask of each: how many digits, whose, how were they written, and which of them had a say in "
        "training or in a choice?",
        "From 98 of 100 the interval reaches from 93.0 to 99.8. A writer is new if nothing of that hand "
        "was in training, nor in a choice.",
        "One of the two that may stand has an interval in it. The other speaks of made-up sheets, and "
        "says that they are.",
    ),
    mistakes=MISTAKES,
)
