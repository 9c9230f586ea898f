"""Exercise 11.2: a recipe with larger batches that takes in as many images as before."""

from dataclasses import replace

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number
from mnist_lab.recipes import Recipe, find_recipe


def larger_batches(recipe):
    return replace(recipe, batch_size=4 * recipe.batch_size, steps=recipe.steps // 4)


def some_recipes(generator):
    """Recipes whose steps can be divided by four."""
    small = Recipe(
        about="a try", layers=("flatten", "linear 10"), batch_size=64, steps=100, learning_rate=0.01
    )
    drawn_size, drawn_steps = 8 * whole_number(generator, 3, 30), 4 * whole_number(generator, 15, 60)
    return [
        call(small),
        call(replace(small, batch_size=32, steps=48, learning_rate=0.02, whiten=True, mean=0.5)),
        call(replace(small, batch_size=128, steps=140, optimizer="AdamW", precision="bfloat16")),
        call(replace(find_recipe("speedrun99"), batch_size=drawn_size, epochs=None, steps=drawn_steps)),
    ]


def what_was_set(answer):
    """Return what a recipe says beyond the defaults, which fits into a line; other values as they are."""
    if not isinstance(answer, Recipe):
        return answer
    plain = vars(Recipe(about="", layers=(), batch_size=0, learning_rate=0.0))
    return {name: value for name, value in vars(answer).items() if value != plain[name]}


def sets_batch_size(recipe):
    recipe.batch_size = 4 * recipe.batch_size


def sets_steps(recipe):
    recipe.steps = recipe.steps // 4


SIZE, STEPS = "4 * recipe.batch_size", "recipe.steps // 4"

MISTAKES = (
    (STEPS, "4 * recipe.steps",
     "Four times as many steps with four times as many images each are sixteen times as many. The steps have "
     "to become fewer."),
    ("//", "/", "Steps are counted, so they are a whole number: `//` divides without a remainder."),
    (SIZE, "recipe.batch_size",
     "The batches are as small as before, so a quarter of the images is left. Keep `batch_size=4 * "
     "recipe.batch_size`."),
    ({SIZE: "recipe.batch_size // 4", STEPS: "4 * recipe.steps"},
     "As many images are seen, but in smaller batches. It was to be the other way round."),
    ({SIZE: "recipe.batch_size // 4", STEPS: "recipe.steps"},
     "The batches became smaller, and the steps stayed, so far fewer images are seen."),
    (STEPS, f"{STEPS}, learning_rate=4 * recipe.learning_rate",
     "Batches and steps are right. The learning rate was changed as well: one change at a time, or nobody "
     "knows which of them did it."),
    (STEPS, f"{STEPS}, learning_rate=2 * recipe.learning_rate",
     "Batches and steps are right. A rate larger by the root of the growth is a sensible change, but one of "
     "its own: here it stays."),
    (f"steps={STEPS}", "learning_rate=4 * recipe.learning_rate",
     "It was the learning rate that you changed. The run still sees four times as many images: the field "
     "that says how long is `steps`."),
    (f"steps={STEPS}", "learning_rate=2 * recipe.learning_rate",
     "The learning rate does not change how many images are seen. The field that says how long is `steps`."),
    (STEPS, "recipe.steps // 2",
     "Half the steps with batches four times as large still see twice as many images."),
    (STEPS, "recipe.steps - 4", "Four steps less are not a quarter of the steps: `recipe.steps // 4`."),
    (f"steps={STEPS}", "steps=None, epochs=1",
     "One epoch is as many images as there are training digits, which is not what this recipe saw. Keep its "
     "length in `steps`."),
    (sets_batch_size,
     "A recipe cannot be changed, so that the one that was measured stays what it was. `replace` makes "
     "another one."),
    (sets_steps, "The steps of a recipe cannot be set from outside: it is frozen. Give `steps=` to "
     "`replace`, which makes another recipe."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.2",
    title="Larger batches, as many images",
    difficulty=1,
    minutes=3,
    points=1,
    reference=larger_batches,
    given={f", steps={STEPS}": ""},
    cases=some_recipes,
    observe=what_was_set,
    why="Now the two runs see as many images, and a difference in seconds is due to the batches alone. What "
    "the fewer steps do to the accuracy has to be measured.",
    hints=(
        "Images seen are steps times images a step. One of the two was multiplied by four.",
        "`replace` takes several fields at once: `replace(recipe, batch_size=…, steps=…)`.",
        "The steps are a whole number: `recipe.steps // 4`.",
    ),
    mistakes=MISTAKES,
)
