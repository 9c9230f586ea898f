"""Lesson 05: the exercise on the best weights of a run, with its known mistakes."""

import copy

from mnist_lab.exercises import lesson_05_best as best
from mnist_lab.exercises.model import Exercise, Mistake

EXERCISES = [
    Exercise(
        id="5.6",
        title="Keep the best weights",
        kind="training",
        difficulty=2,
        minutes=6,
        points=3,
        reference=best.keep_best,
        probe=best.what_is_kept,
        why="A copy when it is best, the copy back at the end: early stopping, in the next lesson, is "
        "this and a rule for when to stop.",
        hints=(
            "Two things have to be remembered through the loop: the best score so far, and the weights that "
            "made it.",
            "`model.state_dict()` shows what is in the network now. What makes its numbers independent of "
            "the network?",
            'Start with `float("-inf")`, so that the first epoch is always kept, also when scores are '
            "negative. A buffer such as `scale` is in the state_dict, but not among the parameters.",
            "If `now > best_score`: `best_score = now` and `best_weights = "
            "copy.deepcopy(model.state_dict())`. After the loop `model.load_state_dict(best_weights)`.",
        ),
        mistakes=(
            Mistake(
                best.variant(take=lambda weights: weights),
                "`model.state_dict()` holds live references, and so does a `dict(…)` or `.copy()` of it: "
                "they went on learning. `copy.deepcopy` makes numbers of its own.",
            ),
            Mistake(
                best.variant(put=lambda model, weights: None),
                "The network keeps its last weights. At the end `model.load_state_dict(best_weights)` "
                "puts the best ones into it; `model = …` only gives the name to something else.",
            ),
            Mistake(
                best.variant(start=float("inf"), better=float.__lt__),
                "You kept the minimum. For a loss that would be right; of scores the largest is the best.",
            ),
            Mistake(
                best.variant(start=0.0),
                "In one run no epoch was better than the value that you start with, so nothing was kept. "
                'Start with `float("-inf")`, and keep what is larger.',
            ),
            Mistake(
                best.variant(start=0.0, put=lambda model, weights: None),
                "Two things: nothing is put back into the network at the end, and scores below 0 never "
                "beat a start at 0.",
            ),
            Mistake(
                best.variant(start=0.0, first=lambda model: copy.deepcopy(model.state_dict())),
                "Scores below 0 never beat your start value, so the untrained weights came out as the best. "
                'Start with `float("-inf")`.',
            ),
            Mistake(
                best.variant(better=float.__ge__),
                "Of two equal scores the first one is asked for: `>`, not `>=`.",
            ),
            Mistake(
                best.never_the_first,
                "The first epoch is never really kept: what you start with are live references, or a later "
                "epoch. Treat it as every other epoch.",
            ),
            Mistake(
                best.better_than_the_last,
                "You compare each epoch with the one before it. A small rise after a deep fall is not a "
                "best; compare with the best score so far.",
            ),
            Mistake(
                best.score_first,
                "The score is taken before the training of its epoch, so an untrained network takes part and "
                "the last epoch does not. First `train()`, then `score()`.",
            ),
            Mistake(
                best.weights_from_before,
                "These are the weights from before the best epoch. Copy them after `train()`, when they "
                "are the ones that were scored.",
            ),
            Mistake(
                best.back_in_the_loop,
                "You put the best weights back inside the loop, so every epoch starts from there. Do it "
                "once, after the loop.",
            ),
            Mistake(
                best.stops_early,
                "You stop at the first epoch that is no better. A later one may be the best; go through "
                "all of them.",
            ),
            Mistake(
                best.asks_twice,
                "`score()` is called twice for one epoch. It goes through all validation digits each "
                "time: call it once and keep the number.",
            ),
            Mistake(
                best.parameters_only,
                "The parameters came back, the buffer did not. `state_dict()` holds both; "
                "`model.parameters()` only what an optimizer moves.",
            ),
            Mistake(
                best.returning(lambda model, scores: scores[-1]),
                "The weights are right, but what comes back is the last score, not the best.",
            ),
            Mistake(
                best.returning(lambda model, scores: None),
                "The weights are right, but nothing comes back: the function ends with `return best_score`.",
            ),
            Mistake(
                best.returning(lambda model, scores: model),
                "The weights are right, and the network is changed in place, so it need not come back. Asked "
                "for is the best score.",
            ),
            Mistake(
                best.returning(lambda model, scores: dict(model.state_dict())),
                "The weights belong into `model`, where they are already. What comes back is the best score.",
            ),
        ),
    ),
]
