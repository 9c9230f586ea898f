"""Exercise 6.2: dropout on one row by hand."""

from mnist_lab.exercises.engine.model import Exercise

ROW = [2.0, -1.0, 4.0, 8.0]

TRAINED = [2.5, -1.25, 0.0, 10.0]  # with p = 0.2 and the third value dropped

MISTAKES = (
    (([2.0, -1.0, 0.0, 8.0], ROW),
     "No scaling: without it the layer above gets less in training than in evaluation. Divide what stays by "
     "1 − p."),
    ((TRAINED, [1.6, -0.8, 3.2, 6.4]),
     "Training has made up for the loss already. In evaluation there is nothing to scale."),
    (([2.0, -1.0, 0.0, 8.0], [1.6, -0.8, 3.2, 6.4]),
     "That is dropout as it was first published: scaled in evaluation. The inverted form divides by 1 − p in "
     "training, and leaves evaluation alone."),
    ((TRAINED, [2.5, -1.25, 5.0, 10.0]),
     "In evaluation nobody is missing, so nobody has to stand in: the row passes as it is."),
    ((TRAINED, TRAINED), "The mask is for training only. In evaluation the whole row passes."),
    ((TRAINED, [2.0, -1.0, 0.0, 8.0]), "In evaluation nothing is dropped, so the third value is there, too."),
    (([10.0, -5.0, 0.0, 40.0], ROW),
     "You divided by p, the share that is dropped. Divide by the share that stays, 1 − p."),
    (([1.6, -0.8, 0.0, 6.4], ROW),
     "You multiplied by 1 − p. What stays has to stand in for what is missing, so it gets larger: divide."),
    (([2.4, -1.2, 0.0, 9.6], ROW),
     "That is a fifth more, and it does not make up for a fifth less: 0.8 · 1.2 is not 1. Divide by 0.8."),
    (([0.0, 0.0, 5.0, 0.0], ROW), "You kept what the mask drops. The mask is multiplied: 1 stays, 0 goes."),
    (([8 / 3, -4 / 3, 0.0, 32 / 3], ROW),
     "You divided by the share that stayed this time, 3 of 4. Dropout divides by the share to be expected, 1 "
     "− p, whatever the draw."),
    (([2.5, -1.25, 4.0, 10.0], ROW), "The third value has a 0 in the mask, so in training it becomes 0."),
    ((ROW, TRAINED), "The two rows are exchanged: training comes first."),
    ((ROW, ROW), "In training the mask is multiplied, and what stays is divided by 1 − p."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.2",
    title="One row by hand",
    difficulty=1,
    minutes=3,
    points=1,
    reference=(TRAINED, ROW),
    why="All correction is done in training, so that in evaluation nothing is left to do.",
    hints=(
        "Begin with training mode: which value is dropped, and by what are the others divided?",
        "On average a share of 1 − p stays. Dividing by it makes up for the loss, whatever this one mask "
        "did.",
        "In training divide the three that stay by 0.8. In evaluation nothing is dropped, so nothing has to "
        "be made up for.",
    ),
    mistakes=MISTAKES,
)
