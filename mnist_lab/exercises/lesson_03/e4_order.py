"""Exercise 3.4: put the five lines of the loop in order."""

from mnist_lab.exercises.engine.letters import letters_of
from mnist_lab.exercises.engine.model import Exercise

LINES = {
    "A": "`optimizer.step()`",
    "B": "`loss = F.cross_entropy(logits, labels)`",
    "C": "`optimizer.zero_grad()`",
    "D": "`logits = model(images)`",
    "E": "`loss.backward()`",
}


def what_happens(answer):
    """Return what goes wrong when the lines run in this order, round after round."""
    order = letters_of(answer) if isinstance(answer, str | list | tuple) else []
    if not order or set(order) - set(LINES) or len(set(order)) < len(order):
        return ['The answer is a text of the five letters, each of them once, such as `"ABCDE"`.']
    missing = [f"Line {letter} is missing: {line}." for letter, line in LINES.items() if letter not in order]
    return missing or _faults({letter: order.index(letter) for letter in order})


def _faults(at):
    """What goes wrong at these places of the letters."""
    faults = []
    if at["B"] < at["D"]:
        faults.append("The loss is calculated before this batch has its logits.")
    if at["E"] < at["B"]:
        faults.append("`backward` comes before this batch has its loss.")
    if at["A"] < at["E"]:
        faults.append("`step` comes before `backward` has calculated the gradient of this batch.")
    elif at["E"] < at["C"] < at["A"]:
        faults.append("`step` finds an empty gradient.")
    return faults


MISTAKES = (
    ("DBECA", "You deleted the gradient just computed. Empty it before `backward`, or after `step`, never "
     "between the two."),
    ("DBCAE", "Step before backward: the weights move by an empty or an old gradient. First calculate the "
     "slopes, then step."),
    ("BDCEA", "The loss compares logits with labels, so the logits have to be there first."),
    ("DCEBA", "`backward` is a method of the loss: it goes back through the operations that made it. So the "
     "loss comes first."),
    ("DBEA", "Without `zero_grad` every `backward` adds to the gradients of all batches before, and the "
     "steps go astray."),
    ("DBCE", "`backward` does not update the weights. It calculates their slopes and leaves them in `.grad`; "
     "`step` moves the weights."),
    ("DBCA", "Without `backward` there are no slopes, and `step` does not know where to go."),
    ("CEA", "These three are the second half. Before them come the scores and the loss of this batch."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.4",
    title="Five lines in order",
    difficulty=1,
    minutes=3,
    points=2,
    reference="DBCEA",
    probe=what_happens,
    why="Only three things are fixed: forward before loss before `backward`, `step` after it, and "
    "`zero_grad` never between those two.",
    hints=(
        "Which line needs what another one makes? That fixes the order of most of them.",
        "Scores come before a loss, the loss before its slopes, the slopes before the step.",
        "`zero_grad` may stand at several places. It must only not delete what `step` is about to use.",
    ),
    mistakes=MISTAKES,
)
