"""Exercise 10.3: five claims, and which of eight measurements would test each."""

from functools import partial

from mnist_lab.exercises.engine.letters import exchanged, misplaced
from mnist_lab.exercises.engine.model import Exercise

TESTS = "DBGEH"  # the right measurement for claims 1 to 5

NAMED = {  # (claim, measurement): why it does not test it
    (1, "C"): "That a program ends without an error does not say that all 64 images came through: a `view` "
    "may fold them into fewer rows.",
    (1, "A"): "A training accuracy of the mended network says nothing about the network that was published. "
    "Give that one a batch.",
    (2, "A"): "Training accuracy is what was learned by heart. The claim is about digits that were not "
    "trained on.",
    (2, "E"): "The claim is about test digits as they are. Bent ones would be another claim, the fourth.",
    (3, "A"): "Near 100 in training shows capacity, not that dropout is needed, and not that it helps. "
    "Held-out digits, with it and without it, would.",
    (3, "F"): "A smaller gap may come from learning less: an untrained network has none. Held-out loss "
    "ranks, not the gap.",
    (3, "B"): "One recipe alone cannot say what dropout did. It takes the same seeds without it.",
    (4, "B"): "Test digits are of the same kind as those of training. Read strictly, the claim is about "
    "more: digits of another kind.",
    (4, "F"): "The gap compares two sets of the same kind of digits. Read strictly, the claim is about "
    "more: digits of another kind.",
    (4, "G"): "That compares two recipes on digits of the same kind. Read strictly, the claim is about "
    "digits of another kind.",
    (5, "C"): "A laptop without a card never enters the branch for cards. Should that move the network and "
    "no data, only a machine with a card would show it.",
    (5, "D"): "Shapes are the same on every device. The claim is about where network, images and labels are.",
}


def what_was_mismatched(answer):
    """Return a sentence for each claim that has the wrong measurement."""
    form = 'The answer is a text of five letters from A to H, such as `"F A C H B"`.'

    def why_not(claim, letter, known=NAMED):
        return f"Claim {claim}: {known.get((claim, letter), f'{letter} does not test it.')}"

    def faults(why):
        return misplaced(TESTS, letters="ABCDEFGH", form=form, why=why)(answer)

    several = len(faults(why_not)) > 1  # of a single one, MISTAKES says why
    return faults(why_not if several else partial(why_not, known={}))


MISTAKES = (
    *((exchanged(TESTS, {claim: letter}), sentence) for (claim, letter), sentence in NAMED.items()),
    (exchanged(TESTS, {3: "A", 5: "C"}),
     "Two of these cannot come out against their claim: near 100 in training is there with or without a need "
     "for dropout, and a laptop without a card never enters the branch for cards."),
    (exchanged(TESTS, {3: "F", 5: "C"}),
     "The gap shrinks also when a network learns less, and a laptop without a card never enters the branch "
     "for cards. Neither could come out against its claim."),
    (exchanged(TESTS, {1: "C", 5: "D"}),
     "These two are the wrong way round, nearly: shapes belong to the first claim. And for the last one "
     "it takes a machine with a card, too."),
    (exchanged(TESTS, {3: "E", 4: "G"}),
     "Claims 3 and 4 changed places: dropout takes pairs with and without it, generalisation takes digits of "
     "another kind."),
    (exchanged(TESTS, {2: "E", 4: "B"}),
     "Claims 2 and 4 changed places: the 98 are about test digits as they are, strong generalisation about "
     "digits of another kind."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.3",
    title="Which test for which claim",
    difficulty=2,
    minutes=4,
    points=2,
    reference=" ".join(TESTS),
    probe=what_was_mismatched,
    why="A measurement tests a claim if it could come out against it. The three left over could not.",
    hints=(
        "Imagine that the claim is false. Which measurement would then come out differently?",
        "Dropout is a claim about two recipes, strict generalisation one about digits of another kind, and "
        "the last one about two sorts of machines.",
        "A, C and F are not needed. D belongs to the first claim, and H to the last.",
    ),
    mistakes=MISTAKES,
)
