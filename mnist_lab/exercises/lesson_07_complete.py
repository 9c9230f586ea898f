"""Lesson 07: complete the range test."""

import copy

from mnist_lab.exercises import lesson_07_range_wrong as wrong
from mnist_lab.exercises.lesson_07_range import range_test, what_it_does
from mnist_lab.exercises.lesson_07_range_wrong import variant
from mnist_lab.exercises.model import Exercise, Mistake

COMPLETE = Exercise(
    id="7.2",
    title="Complete the range test",
    kind="training",
    difficulty=2,
    minutes=7,
    points=3,
    reference=range_test,
    probe=what_it_does,
    seconds=20,  # the first step of an optimizer in a kernel imports a good deal
    why="One short run on a copy tries every rate. Nobody has to train a network for each of them, and the "
    "model stays as it was.",
    hints=(
        "Two gaps. The first one: the test ends in weights that are good for nothing, so whose weights may "
        "it spoil, and which mode belongs to training?",
        "In the loop stands the loop of lesson 03, with one line before it and one in the middle: the rate "
        "is set, and the loss is noted.",
        "`copy.deepcopy(model).train()` is the first gap. The rate lies in `optimizer.param_groups`, a list "
        'of dictionaries: `for group in optimizer.param_groups: group["lr"] = rate`.',
        "Then the loss of the batch, `losses.append(loss.item())`, `zero_grad`, `backward`, `step`.",
    ),
    mistakes=(
        Mistake(
            variant(trained=lambda model: model.train()),
            "The model that was handed over was trained to its ruin. `copy.deepcopy(model)` gives the test "
            "weights of its own.",
        ),
        Mistake(
            variant(trained=lambda model: model),
            "It trains the model that was handed over, and in eval mode. Take a deep copy, and put that into "
            "training mode.",
        ),
        Mistake(
            variant(trained=lambda model: copy.copy(model).train()),
            "`copy.copy` makes a second model around the same weights, so training the one moves the other. "
            "It takes `copy.deepcopy`.",
        ),
        Mistake(
            variant(trained=copy.deepcopy),
            "The copy is still in eval mode, as the model was. Training is to be tested, dropout and all, so "
            "call `.train()` on the copy.",
        ),
        Mistake(
            variant(trained=lambda model: copy.deepcopy(model.train())),
            "`model.train()` switches the model that was handed over, and it stays so. Copy first, then "
            "switch the copy.",
        ),
        Mistake(
            variant(before=wrong.set_attribute),
            "All steps were taken with the first rate. An optimizer reads its rate from "
            "`optimizer.param_groups`, not from an attribute `lr`.",
        ),
        Mistake(
            variant(before=wrong.multiply_rate),
            "The rate was multiplied by the list of rates, which holds rates and no factors. Set it: "
            '`group["lr"] = rate`.',
        ),
        Mistake(
            variant(before=wrong.do_nothing, after=wrong.set_rate),
            "Each rate comes into force a batch too late, so every loss is noted beside the wrong one. Set "
            "the rate before `step`.",
        ),
        Mistake(
            wrong.optimizer_each_rate,
            "A new optimizer for each rate forgets what the old one knew, such as Adam's averages. Keep one, "
            "and change its rate.",
        ),
        Mistake(
            wrong.each_rate_anew,
            "Each rate begins with the untrained weights. In a range test one model goes through all rates, "
            "so copy it once, before the loop.",
        ),
        Mistake(
            wrong.scored_afterwards,
            "The loss was calculated once more after the step. That costs a second pass; note the loss that "
            "the step starts from.",
        ),
        Mistake(
            wrong.through_the_model,
            "The batches went through the network that was handed over, and the steps were left to the copy, "
            "which got no gradient. Inside the loop use `trained`.",
        ),
        Mistake(
            wrong.through_softmax,
            "The loss got probabilities where logits belong: `cross_entropy` applies log-softmax itself.",
        ),
        Mistake(
            wrong.running_mean,
            "A mean over all losses so far hides the place where it goes up. Note the loss of each batch.",
        ),
        Mistake(
            wrong.last_loss,
            "Only the last loss came back. The curve needs one for each rate.",
        ),
        Mistake(
            variant(keep=lambda loss: loss),
            "The losses are tensors, and each holds on to its whole graph. `loss.item()` takes out the "
            "number.",
        ),
        Mistake(
            variant(learn=wrong.learn_without_zero),
            "Without `zero_grad` each step goes by the gradients of all batches before, so a high loss says "
            "little about the rate.",
        ),
        Mistake(
            variant(learn=wrong.learn_from_nothing),
            "`zero_grad` deletes the gradient just computed, so no rate can do anything. It belongs before "
            "`backward`.",
        ),
        Mistake(
            variant(learn=wrong.only_backward),
            "No step was taken, so the curve shows nothing but the noise of the batches. `optimizer.step()` "
            "ends each round.",
        ),
    ),
)

EXERCISES = [COMPLETE]
