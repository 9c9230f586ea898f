"""Exercise 7.6: six sentences about twenty seeds, two of which may stand."""

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise

HONEST = "BD"

TOO_MANY = {
    "A": "A may not stand: the highest of twenty is partly the luckiest.",
    "C": "C may not stand: to take the best of many test scores is to choose on test.",
    "E": "E may not stand: the seed was best with these training digits, and others were not tried.",
    "F": "F may not stand: a best of twenty comes down again without any overfitting.",
}

MISSING = {
    "B": "B is missing: it leaves no seed out, and says how far they lie apart.",
    "D": "D is missing: what chose and what reports are different digits there.",
}


MISTAKES = (
    ("A", "The best seed is a lottery ticket, not a recipe: with another seed it mostly gives less. Report "
     "the mean of all seeds, with their spread."),
    ("AB", "B is right. A is the same recipe once more with its luckiest ticket for a result: the best seed "
     "is a lottery ticket, not a recipe."),
    ("AD", "D is right. A reports the score that did the choosing, so the luck of the choice is still in it. "
     "A recipe is reported with all its seeds."),
    ("ABD", "Two are right. But in A the best seed stands for the recipe, and it is a lottery ticket, not a "
     "recipe."),
    ("B", "B is right, for the recipe. May a single network not be handed on as well, if other digits than "
     "those that chose it report?"),
    ("D", "D is right, for one network. What would you say about the recipe, to somebody who trains it "
     "anew?"),
    ("BC", "B is right. In C the test digits choose, so they are validation, and no digits are left that "
     "could report."),
    ("CD", "D is right. C uses the test digits to choose, and to report with the same number: its luck is in "
     "there."),
    ("BCD", "Two are right. But in C the test digits choose the network, and after that they cannot report."),
    ("C", "Nobody trained on the test digits, and still they cannot report here. To take the best of twenty "
     "test scores is to choose, and then they are validation."),
    ("AC", "Both report the best of twenty by the very digits that found it. Its luck is in the number."),
    ("E", "A seed is no skill. It was best once, with these training digits. Learning from others the same "
     "seed makes another network, and nothing was shown about that one."),
    ("BDE", "Two are right. But E speaks of other training digits, with which the same seed makes another "
     "network, and none was trained."),
    ("F", "Nothing was trained on the validation digits. The best of twenty was partly lucky there, and that "
     "part does not come along to the test digits."),
    ("BDF", "Two are right. F gives luck the wrong name: chosen as the best of twenty, a network comes down "
     "again also without overfitting."),
    ("ACEF", "These are the four that may not stand. The question asks for the others."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.6",
    title="What may be reported",
    difficulty=1,
    minutes=4,
    points=2,
    reference=HONEST,
    probe=misnamed(TOO_MANY, MISSING, example="CE"),
    why="For a recipe: all seeds, mean and spread. For one network: choose on validation, and let digits "
    "report that had no part in the choice.",
    hints=(
        "Ask of each sentence: who chose, and who reports? If both are the same digits, the luck of the "
        "choice is in the number.",
        "A recipe and a network are two things. If you follow the recipe, you get a seed at random; if you "
        "take the network, you get just this one.",
        "One of the two that may stand is about the recipe and leaves out no seed. The other is about a "
        "single network and names two sets of digits.",
    ),
    mistakes=MISTAKES,
)
