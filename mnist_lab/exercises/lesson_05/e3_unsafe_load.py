"""Exercise 5.3: spot the unsafe load."""

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise

UNSAFE = "BCD"  # of the five ways to open a stranger's file, A to E
SIDES = "AE", UNSAFE

MISTAKES = (
    ("CD", "B unpickles everything, and the code in the file runs during `torch.load`. That the result then "
     "goes through `load_state_dict` comes too late."),
    ("BD", "C asks first and then ignores the answer: exactly the dangerous files are refused, and exactly "
     "these are opened again without protection."),
    ("BC", "The sum in D tells that the file arrived as it was sent. It stands on the sender's own page, so "
     "it says nothing about what the sender put in."),
    ("ABCD", "A is sloppy, not unsafe: `strict=False` may leave layers random, but `weights_only=True` "
     "refuses the code in a file."),
    ("BCDE", "E reads bytes and looks at them. Bytes do nothing by themselves; code runs only when something "
     "unpickles them."),
    ("B", "B is unsafe. Look at C and D, too: both can end in a `torch.load` that unpickles everything."),
    ("AE", "These are the two harmless ones. The exercise asks for the unsafe ones."),
    ("ABCDE", "Not every load is dangerous. `weights_only=True` takes tensors and plain values alone, and "
     "reading bytes runs nothing."),
    ("A", "`strict=False` is a danger to your accuracy, not to your machine. Look for the loads that "
     "unpickle everything."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.3",
    title="Spot the unsafe load",
    difficulty=2,
    minutes=3,
    points=2,
    reference=UNSAFE,
    probe=misnamed(*({each: f"Look again at {each}." for each in side} for side in SIDES), example="AE"),
    why="Code in a pickle runs while it is opened. Nothing that you do afterwards, and no sum that its "
    "author could write as well, can undo that. A format without code has no such moment.",
    hints=(
        "The question is not whether the load is good, but whether a line of the stranger's could run.",
        "Code in a file runs at one moment only: when the file is unpickled, inside `torch.load`. Follow "
        "each snippet to that moment.",
        "`weights_only=True` refuses everything but plain data. Three snippets can reach a `torch.load` that "
        "does not.",
    ),
    mistakes=MISTAKES,
)
