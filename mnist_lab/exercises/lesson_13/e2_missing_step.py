"""Exercise 13.2: four rows of prepared digits, which the lesson shows, and the step that each lacks."""

from mnist_lab.exercises.engine.letters import exchanged, misplaced
from mnist_lab.exercises.engine.model import Exercise

MISSING = "LCPS"  # the steps that rows A to D lack: polarity P, light L, size S, centre of mass C

NAMED = {  # (row, letter): why that is not it
    (1, "P"): "In row A the ink is white, so its polarity is right. Look at what lies behind the digits.",
    (1, "S"): "What strikes in row A is behind the digits, not how large they are. Where should it be black?",
    (1, "C"): "What strikes in row A is behind the digits, not where they are. Where should it be black?",
    (2, "P"): "In row B the digits are white on black, as they should be. Compare the space on their sides.",
    (2, "L"): "In row B the background is black all over, so the light is taken out. Compare the space "
    "around the digits.",
    (2, "S"): "The digits of row B are as large as they should be, up to 20 pixels. Are they in their place?",
    (3, "L"): "In row C the light is even. Which of the two, paper or ink, is bright in MNIST?",
    (3, "S"): "The digits of row C have their size. Which of the two, paper or ink, is bright in MNIST?",
    (3, "C"): "The digits of row C stand where they should. Which of the two, paper or ink, is bright in "
    "MNIST?",
    (4, "P"): "In row D the digits are white on black. Compare them with those of row B: what else differs?",
    (4, "L"): "In row D the background is black all over. Compare the digits with those of row B: what else "
    "differs?",
    (4, "C"): "The digits of row D are in the middle. Compare them with those of row B: what else differs?",
}


MISTAKES = (
    *((exchanged(MISSING, {row: letter}), sentence) for (row, letter), sentence in NAMED.items()),
    (exchanged(MISSING, {1: "P", 3: "L"}),
     "A and C are exchanged. Without light the ink is white and some of the paper stays grey; without "
     "polarity black and white have changed places."),
    (exchanged(MISSING, {2: "S", 4: "C"}),
     "B and D are exchanged. Without a size the digits are too small, in the middle; without the centre of "
     "mass they have their size and stand aside."),
    (exchanged(MISSING, {1: "C", 2: "L"}),
     "A and B are exchanged. Grey paper behind the digits is a matter of light; digits that stand aside are "
     "one of the centre of mass."),
    (exchanged(MISSING, {1: "S", 4: "L"}),
     "A and D are exchanged. Grey paper behind the digits is a matter of light; small digits are one of "
     "size."),
    (exchanged(MISSING, {2: "P", 3: "C"}),
     "B and C are exchanged. White digits that stand aside lack the centre of mass; black ones lack the "
     "polarity."),
    (exchanged(MISSING, {3: "S", 4: "P"}),
     "C and D are exchanged. Black ink on white is a matter of polarity; small digits are one of size."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.2",
    title="The missing step",
    difficulty=1,
    minutes=4,
    points=1,
    reference=" ".join(MISSING),
    probe=misplaced(
        MISSING,
        letters="PLSC",
        form='The answer is a text of four letters from P, L, S and C, such as `"CLSP"`.',
        why=lambda row, letter: f"Row {'ABCD'[row - 1]}: {letter} is not it.",
    ),
    why="Each step leaves a mark of its own where it is missing. So one look at what the network gets tells "
    "more than its answer does.",
    hints=(
        "Which row shows black ink on white paper? That one lacks the polarity.",
        "In one row there is grey where MNIST has nothing: the light of the room. In the other two the "
        "background is black.",
        "In these two look at the digits: in one they are too small, in the other they have their size and "
        "stand aside.",
    ),
    mistakes=MISTAKES,
)
