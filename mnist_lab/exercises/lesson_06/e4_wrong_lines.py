"""Exercise 6.4: find the wrong line in three dropouts."""

import re

from mnist_lab.exercises.engine.model import Exercise

WRONG = ("A4", "B2", "C3")

# How each of the other lines is misread.
IN_ORDER = {
    "A1": "A1 keeps p for later, no more. Follow the values through both modes.",
    "A2": "`self.training` is set by `model.train()` and `model.eval()`, so A2 asks the right thing. Look at "
    "what is done there.",
    "A3": "A3 is in order: a random number is at least p with a chance of 1 − p, so the share p goes. p and "
    "1 − p are not swapped.",
    "A5": "A5 divides as yours does. (Without it, and with A4, this would be dropout as first published.) So "
    "what is left to do in evaluation?",
    "B1": "B1 keeps p for later, no more. When is the mask of B drawn?",
    "B3": "B3 asks the right thing. When is the mask of B drawn?",
    "B4": "B4 is in order: in evaluation dropout lets everything pass, without scaling.",
    "B5": "B5 drops and scales as it should. Its mask is what is wrong, and that comes from another line.",
    "C1": "C1 asks the right thing. How many draws does C make for a batch?",
    "C2": "C2 is in order: in evaluation dropout lets everything pass, without scaling.",
    "C4": "C4 is in order: what stays is divided by the share that stays. Look at how large the mask is.",
}


def what_was_misread(answer):
    """Return a sentence for each line that is named and in order, or for a form that cannot be read."""
    named = tuple(re.findall(r"[A-C]\d", _as_text(answer).upper()))
    if len(named) != 3 or {line[0] for line in named} != set("ABC"):
        return ['The answer names three lines, one of each dropout, such as `"A1 B1 C1"`.']
    if set(named) - set(WRONG) - set(IN_ORDER):
        return ["There is no line of that number."]
    return [f"{line} is in order." for line in sorted(set(named) - set(WRONG))]


def _as_text(answer):
    if isinstance(answer, list | tuple | set):
        return " ".join(str(part) for part in answer)
    return answer if isinstance(answer, str) else ""


def misread(line):
    """The answer that is right but for this line."""
    return " ".join(line if line[0] == wrong[0] else wrong for wrong in WRONG)


MISTAKES = (
    *((misread(line), sentence) for line, sentence in IN_ORDER.items()),
    ("A5 B5 C4", "These are the lines where mask and values meet, and all three are right. The faults lie "
     "where a mask is made, and in evaluation."),
    ("A3 B5 C4", "`>=` keeps a share of 1 − p, and dividing by 1 − p makes up for the rest: these are in "
     "order. Look at when and how large the masks are drawn."),
    ("A2 B3 C1", "All three ask for the mode in the right way. Look at what they do in either mode."),
    ("A4 B4 C2", "A is right. B and C let everything pass in evaluation, which is correct: their faults are "
     "in their masks."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.4",
    title="Three dropouts, three wrong lines",
    difficulty=2,
    minutes=4,
    points=2,
    reference=" ".join(WRONG),
    probe=what_was_misread,
    why="All three run, train and even score well enough. Only who reads the mask and the modes notices.",
    hints=(
        "Ask of each: when is its mask drawn, how large is it, and what happens in either mode?",
        "One of them meddles in evaluation, one draws too seldom, one draws too few numbers.",
        "In evaluation nothing is left to scale. A mask drawn in `__init__` is drawn once in a life. "
        "`values.shape[1]` counts the values of one sample, not those of the batch.",
    ),
    mistakes=MISTAKES,
)
