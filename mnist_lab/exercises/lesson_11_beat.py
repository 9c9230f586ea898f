"""Lesson 11: beat the stored recipe, judged by runs of five seeds."""

from dataclasses import asdict, replace

from mnist_lab.exercises.lesson_11_race import LONGER, LOST, how_it_fares
from mnist_lab.exercises.model import Exercise, Mistake
from mnist_lab.recipes.network import build


def faster(recipe):
    moved = {"degrees": 0.0, "scale": 0.0, "pixels": 1.0}
    return replace(recipe, batch_size=96, steps=55, augmentation=moved)


def few_steps(recipe):
    return replace(recipe, steps=12)


def twice_as_long(recipe):
    return replace(recipe, steps=2 * recipe.steps)


def in_epochs_too(recipe):
    return replace(recipe, epochs=1)


def set_in_place(recipe):
    recipe.steps = 55
    return recipe


# Raced by tests/test_lesson_11_race.py, and only read off here: a check then races the learner's recipe
# alone, which takes long enough.
OURS = ((faster, []), (few_steps, [LOST]), (twice_as_long, [LONGER]))


def how_an_answer_fares(answer):
    """Return the faults of a function that makes a recipe; ours are known."""
    for ours, found in OURS:
        if answer is ours:
            return found
    return how_it_fares(answer)


EXERCISES = [
    Exercise(
        id="11.6",
        title="Beat the stored recipe",
        kind="function",
        difficulty=3,
        minutes=10,
        points=5,
        reference=faster,
        probe=how_an_answer_fares,
        seconds=240.0,  # up to ten trainings, on a machine that may be slow and busy
        why="At least a tenth faster, in pairs of equal seeds, and a loss of half a point is excluded. The "
        "seeds of the check had a say in your choice, so report fresh ones.",
        hints=(
            "These are fewer digits than the recipe was made for: with 100 steps of 128 each is seen between "
            "three and four times. What can be had from them more cheaply, or made worth more?",
            "There are two ways. Steps with fewer images cost less: a smaller batch. Or let each step teach "
            "more, and take fewer of them: `augmentation` makes new digits of the old ones.",
            'With `augmentation={"degrees": 0.0, "scale": 0.0, "pixels": 1.0}` each digit is moved by up '
            "to a pixel. A step then costs more, but about half the steps do, with batches of 96.",
        ),
        mistakes=(
            Mistake(
                few_steps,
                "The seconds were bought with mistakes: at equal accuracy nothing was won. Fewer steps alone "
                "nearly always do that; something else has to make up for them.",
            ),
            Mistake(
                twice_as_long,
                "It takes longer. More steps or larger batches make a recipe better sooner than faster; the "
                "bar here is the accuracy it has already.",
            ),
            Mistake(
                lambda recipe: recipe,
                "That is the recipe to beat. `digits` and `about` do not count: the check trains both on "
                "the bundled digits. Change how it learns.",
            ),
            Mistake(
                in_epochs_too,
                "Now it says twice how long it trains. Give a number of steps, or give epochs and "
                "`steps=None`.",
            ),
            Mistake(
                set_in_place,
                "A recipe cannot be changed, so that what was measured stays what it was. `replace(recipe, "
                "steps=…)` makes another one.",
            ),
            Mistake(
                lambda recipe: "speedrun98",
                "That is the name of a recipe. Return the Recipe itself, as `replace` or `find_recipe` gives "
                "it.",
            ),
            Mistake(
                asdict,
                "That is a dictionary, of fields or of the numbers of a run. The check does the runs; "
                "return the Recipe.",
            ),
            Mistake(
                lambda recipe: build(recipe.layers),
                "That is a network. A recipe says with which layers one is built: "
                "`replace(recipe, layers=(…))`.",
            ),
        ),
    ),
]
