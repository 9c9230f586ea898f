"""Lesson 01: three questions about lesson 00, and the exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="1.q1",
        text="A tensor of shape (7, 24) holds the temperatures of seven days, one each hour. "
        "Which move says, for each day, at which hour it was warmest?",
        right="argmax(dim=1)",
        why="The axis of hours disappears, and for each day the place of its largest value is left.",
        wrong={
            "max(dim=1).values": "That is how warm it was; argmax says when. A score is not the class, and a "
            "temperature is not the hour.",
            "argmax(dim=0)": "Here the days disappear: it says, for each hour, on which day it was warmest. "
            "The axis named in dim is the one that goes away.",
            "argmax()": "Without dim it finds one place in the whole table, not one for each day.",
        },
    ),
    Question(
        id="1.q2",
        text="Sixteen colour photos have the shape (16, 32, 48, 3), with channels last. "
        "Which move makes (16, 3, 32, 48) of them, so that each photo stays itself?",
        right="permute(0, 3, 1, 2)",
        why="For each new place it names the old axis that comes there: photos, channels, rows, columns.",
        wrong={
            "reshape(16, 3, 32, 48)": "reshape re-cuts the same sequence of numbers; permute moves axes. The "
            "shape would be right and the colours mixed up.",
            "permute(0, 2, 3, 1)": "This is the way back, from channels first to channels last. At place 1 "
            "it puts old axis 2, the columns.",
            "permute(3, 0, 1, 2)": "This puts the channels before the photos, which should stay first.",
        },
    ),
    Question(
        id="1.q3",
        text="A network reads 99 of a hundred digits right, all of them digits it was trained on. "
        "How well does it read new ones?",
        right="That cannot be told from this.",
        why="It may have remembered these digits. Only digits that it has never seen show whether it reads.",
        wrong={
            "About as well: 99 of a hundred.": "Digits that it has seen may simply be remembered. That is "
            "why some are held back.",
            "Better, because training goes on improving it.": "Scoring trains nothing, and on new digits a "
            "network is mostly worse than on those it learned from.",
            "Like a blind guess: 10 of a hundred.": "That would be a network that has learned nothing. It "
            "may read new digits well; this number just does not say so.",
        },
    ),
    Question(
        id="1.exit",
        text="Somebody says: a CNN recognises a digit wherever it stands, because convolution is invariant "
        "to shifts. What is wrong with that?",
        right="Convolution is equivariant: the maps move along, but later layers expect them in place.",
        why="The shifted digits of this lesson show both: equal maps, moved along, and wrong answers.",
        wrong={
            "Nothing: weight sharing makes the answer the same everywhere.": "Weight sharing makes the maps "
            "move along with the digit. The fully connected layers have a weight of its own for every place.",
            "Convolution is not invariant, but max pooling makes the whole network so.": "Pooling of 2 by 2 "
            "forgives about a pixel. The shifted digits went through two poolings and were still misread.",
            "Only zero padding breaks it; without padding the answer would not change.": "Padding disturbs "
            "the rim only. Away from the rim the maps moved along exactly, and the answers changed all "
            "the same.",
        },
    ),
]
