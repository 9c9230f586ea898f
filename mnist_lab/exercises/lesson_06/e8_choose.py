"""Exercise 6.8: one table of remedies, three wishes, and the remedy that the table supports for each."""

from mnist_lab.exercises.engine.letters import exchanged, misplaced
from mnist_lab.exercises.engine.model import Exercise

RIGHT = "BCA"  # a wish each

# What speaks against each other remedy, by wish.
AGAINST = (
    {
        "A": "A does help, but time is no matter here, and B raises the accuracy by more, also shown.",
        "C": "Here only the answers count. The accuracy of C is not shown to rise: its loss fell.",
        "D": "The small gap of D is no merit. Neither its accuracy nor its loss is shown to change.",
        "E": "E has the highest mean accuracy. But it is “not shown”: chance alone could bring such a mean.",
    },
    {
        "A": "Here training may take no longer than plain does, and A takes longer.",
        "B": "B lowers the loss most, but training takes three times as long. Here it may take no longer.",
        "D": "Here the probabilities count, so look at the loss. That of D is not shown to change.",
        "E": "Here the probabilities count, so look at the loss. That of E is not shown to fall.",
    },
    {
        "B": "Here training may take half as long again as plain does. B takes three times as long.",
        "C": "Here the answers should become better. C lowers the loss; its accuracy is not shown to rise.",
        "D": "The accuracy of D is not shown to rise, however small its gap.",
        "E": "The mean accuracy of E is high, but “not shown”: another eight seeds might bring the opposite.",
    },
)


MISTAKES = (
    *(
        (exchanged(RIGHT, {wish: letter}), f"Wish {wish}: {sentence}")
        for wish, against in enumerate(AGAINST, 1)
        for letter, sentence in against.items()
    ),
    ("E C E", "You took the highest mean accuracy. It is “not shown”: its standard error is so large that "
     "chance alone could bring it. Choose among what is shown."),
    ("D D D", "Perhaps you went by the gap. A network that reads its training digits worse has a small gap, "
     "too. Look at accuracy and loss."),
    ("B B B", "B is the best of what is shown in both columns. But two of the wishes limit the time."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.8",
    title="Choose and defend a remedy",
    difficulty=2,
    minutes=6,
    points=2,
    reference=" ".join(RIGHT),
    probe=misplaced(
        RIGHT,
        letters="ABCDE",
        form='The answer is a text of three letters from A to E, one a wish, such as `"D E A"`.',
        why="Wish {}: the table does not support {}.".format,
    ),
    why="Choose for a purpose and within a budget, among what is shown to help. Neither the highest mean nor "
    "the smallest gap decides.",
    hints=(
        "Cross out what is “not shown” in the column that the wish is about. Then cross out what takes too "
        "long.",
        "Where only the answers count, read the accuracy. Where the probabilities are used, read the loss.",
        "For wish 1 time is no matter. For wish 2 only three rows take no longer than plain does. For wish 3 "
        "one of the candidates of wish 1 takes too long.",
    ),
    mistakes=MISTAKES,
)
