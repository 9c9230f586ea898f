"""Lesson 06: stop when it gets worse, and put the best weights back."""

import math

from mnist_lab.exercises import lesson_06_impatient as impatient
from mnist_lab.exercises.lesson_06_impatient import variant
from mnist_lab.exercises.lesson_06_patience import of_function, train_with_patience
from mnist_lab.exercises.model import Exercise, Mistake

STOPPING = Exercise(
    id="6.7",
    title="Stop, and go back to the best",
    kind="function",
    difficulty=3,
    minutes=9,
    points=4,
    reference=train_with_patience,
    probe=of_function,
    why="The best network lies in the past when you notice it, so keep a copy of it until you know.",
    hints=(
        "Three things have to be remembered on the way: the lowest loss so far, its epoch, and the weights "
        "of that moment.",
        "Start with `math.inf`, which every loss is below. Whether patience has run out is a difference: "
        "this epoch minus the best one.",
        "`copy.deepcopy(model.state_dict())` keeps weights that training cannot change. A plain "
        "`state_dict()` goes on moving with the model.",
        "After the loop, however it ended, `model.load_state_dict(best_weights)` and `return best_epoch`.",
    ),
    mistakes=(
        Mistake(
            variant(put_back=lambda stopped: False),
            "It keeps the last weights: the best ones never got back into the model that the caller holds. "
            "After the loop call `model.load_state_dict(…)`.",
        ),
        Mistake(
            variant(keep=lambda weights: weights),
            "`state_dict()` gives live references: they moved on with the model, so the last weights were "
            "put back. Keep `copy.deepcopy(model.state_dict())`.",
        ),
        Mistake(
            variant(better=lambda loss, best: loss > best, start=-math.inf),
            "The minimum has the wrong sign: the highest loss counts as the best. For a loss, smaller is "
            "better; for an accuracy it is the other way.",
        ),
        Mistake(
            variant(start=0.0),
            "No epoch ever counted as better: a loss is never below 0, nor above infinity. Start with "
            "`math.inf` and compare with `<`.",
        ),
        Mistake(
            variant(start=1.0),
            "The first best loss is 1, so a run that stays above it never improves. Start with `math.inf`.",
        ),
        Mistake(
            variant(over=lambda epochs, patience: epochs > patience),
            "Patience is off by one: it stops an epoch too late. With a patience of 2 it ends after the "
            "second epoch without progress, so compare with `>=`.",
        ),
        Mistake(
            variant(over=lambda epochs, patience: epochs >= patience - 1),
            "Patience is off by one: it stops an epoch too soon. Count epochs without progress from 1.",
        ),
        Mistake(
            variant(over=lambda epochs, patience: True),
            "It stops at the first epoch without progress. One bump is often noise; wait for `patience` of "
            "them.",
        ),
        Mistake(
            variant(over=lambda epochs, patience: False),
            "It never stops early: the best weights come back, but all epochs were paid for. Leave the loop "
            "once patience has run out.",
        ),
        Mistake(
            impatient.never_reset,
            "The counter is never reset: it adds up all bad epochs of the run. Progress must set it back to "
            "0.",
        ),
        Mistake(
            impatient.against_the_one_before,
            "You compare each loss with the one before. After a bump the way back down looks like progress; "
            "compare with the best so far.",
        ),
        Mistake(
            impatient.patience_against_the_one_before,
            "The weights are judged against the best, but patience against the epoch before. Reset the "
            "counter only where a new best is found.",
        ),
        Mistake(
            variant(better=lambda loss, best: loss <= best),
            "An equal loss counts as better here, and a run that stands still never ends. It has to fall: "
            "`<`, not `<=`.",
        ),
        Mistake(
            variant(put_back=lambda stopped: stopped),
            "The best weights come back only if it stopped early. A run that uses all its epochs has a best "
            "one, too, which is rarely the last.",
        ),
        Mistake(
            variant(put_back=lambda stopped: not stopped),
            "A `return` inside the loop leaves before the weights are put back. Use `break`, and put them "
            "back after the loop.",
        ),
        Mistake(
            impatient.back_in_the_middle,
            "The weights are put back in the middle of training, so a bad epoch is undone and the next one "
            "starts over. Put them back once, after the loop.",
        ),
        Mistake(
            impatient.scored_too_early,
            "The loss is taken before the epoch is trained, and the weights after it, so they do not belong "
            "together. First train, then score.",
        ),
        Mistake(
            impatient.kept_at_the_start,
            "The weights were copied once, before training. Copy them anew whenever the loss is a new best.",
        ),
        Mistake(
            impatient.without_an_end,
            "It stops for lack of progress only. While the loss goes on falling it must end after "
            "`num_epochs`.",
        ),
        Mistake(
            variant(result=lambda best_epoch, best_loss, epoch: epoch),
            "The weights are right, but the epoch that came back is the last one. The best one is asked for.",
        ),
        Mistake(
            variant(result=lambda best_epoch, best_loss, epoch: best_epoch - 1),
            "The weights are right, but the epochs are counted from 0. The first one is epoch 1: "
            "`range(1, num_epochs + 1)`.",
        ),
        Mistake(
            variant(result=lambda best_epoch, best_loss, epoch: best_loss),
            "The weights are right, but the best loss came back. The number of its epoch is asked for.",
        ),
        Mistake(
            variant(result=lambda best_epoch, best_loss, epoch: None),
            "The weights are right, and nothing came back: end with `return best_epoch`.",
        ),
    ),
)

EXERCISES = [STOPPING]
