"""Lesson 03, one step: two steps by hand, a slope from both sides."""

import math

from mnist_lab.exercises.model import Exercise, Mistake, call
from mnist_lab.exercises.whole_numbers import whole_number


def slope_at(loss_of, w):
    nudge = 0.1
    return (loss_of(w + nudge) - loss_of(w - nudge)) / (2 * nudge)


def given_slope_at(loss_of, w):
    nudge = 0.1
    return (loss_of(w + nudge) - loss_of(w)) / nudge


def parabola(w):
    return (w * 2 - 6) ** 2


def cube(w):
    return w**3


def growth(w):
    return math.exp(w / 2)


def valley(w):
    return abs(w)


def curves_and_places(generator):
    """Curves on which any small nudge gives about the same, and a kink against those to one side."""
    listed = [call(parabola, 1.0), call(parabola, 3.5), call(cube, 2.0), call(growth, -1.2)]
    listed.append(call(valley, 0.0))
    return listed + [call(curve, whole_number(generator, 10, 30) / 10) for curve in (cube, growth)]


EXERCISES = [
    Exercise(
        id="3.1",
        title="Two steps by hand",
        kind="value",
        difficulty=1,
        minutes=3,
        points=1,
        reference=4.0,
        why="Slope here, step against it, then the slope anew: training is this, a few hundred times.",
        hints=(
            "Take one step at a time. What is the slope at `w = 1`, and which way is downhill?",
            "The slope at 1 is 2 · (1 − 5) = −8. The step is minus learning rate times slope. The second "
            "step needs the slope of the place where you stand then.",
            "The first step adds 0.25 · 8 = 2, so `w` is 3. There the slope is 2 · (3 − 5) = −4. One more "
            "step of the same kind.",
        ),
        mistakes=(
            Mistake(
                5.0,
                "You took the first slope twice. After a step the machine stands elsewhere, where the "
                "slope is another: calculate it anew.",
            ),
            Mistake(
                -4.0,
                "You went uphill. The slope is negative, so minus learning rate times slope is positive: "
                "`w` grows.",
            ),
            Mistake(3.0, "That is one step. From there take a second one, with the slope at 3."),
            Mistake(4.5, "That is three steps. Stop after the second."),
            Mistake(
                1.0,
                "You stepped by the whole slope, leapt across the valley, and leapt back. Multiply the "
                "slope by the learning rate first.",
            ),
            Mistake(
                2.75,
                "The 2 in front of the bracket got lost: the slope at 1 is 2 · (1 − 5) = −8, not −4.",
            ),
            Mistake(
                1.5,
                "You stepped by the learning rate alone. A step is learning rate times slope: steep places "
                "get long steps.",
            ),
            Mistake(
                6.0,
                "At the second step you added the first slope to the second. Each step uses only the slope "
                "where it starts.",
            ),
            Mistake(-1.0, "That is one step, and uphill. Where the slope is negative, step to the right."),
        ),
    ),
    Exercise(
        id="3.2",
        title="A nudge to both sides",
        kind="function",
        difficulty=1,
        minutes=3,
        points=1,
        reference=slope_at,
        given=given_slope_at,
        cases=curves_and_places,
        tolerance=5e-3,  # a smaller nudge than the given one is right as well
        why="From both sides the error shrinks with the square of the nudge; this is how people check a "
        "gradient by numbers.",
        hints=(
            "Which two places does the given line compare? Which two should it compare?",
            "The new places are `w + nudge` and `w - nudge`. How far apart are they?",
            "They are two nudges apart, so the difference is divided by `(2 * nudge)`, with the brackets.",
        ),
        mistakes=(
            Mistake(
                lambda loss_of, w: (loss_of(w + 0.1) - loss_of(w - 0.1)) / 0.1,
                "Twice too steep: the two places are two nudges apart, so divide by two nudges.",
            ),
            Mistake(
                lambda loss_of, w: (loss_of(w + 0.1) - loss_of(w - 0.1)) / 2 * 0.1,
                "Python reads `/ 2 * nudge` from the left: it divides by 2 and then multiplies by the nudge. "
                "Put brackets around `2 * nudge`.",
            ),
            Mistake(
                lambda loss_of, w: (loss_of(w) - loss_of(w - 0.1)) / 0.1,
                "This nudges to the left only, which is off as far as the right only, on the other side. "
                "Compare `w + nudge` with `w - nudge`.",
            ),
            Mistake(
                lambda loss_of, w: (loss_of(w - 0.1) - loss_of(w + 0.1)) / (2 * 0.1),
                "The sign is turned: a slope is the loss on the right minus the loss on the left.",
            ),
            Mistake(
                lambda loss_of, w: (loss_of(w + 0.1) + loss_of(w - 0.1)) / (2 * 0.1),
                "The two losses were added. A slope is a difference of losses.",
            ),
            Mistake(
                lambda loss_of, w: (loss_of(w + 0.1) - loss_of(w)) / (2 * 0.1),
                "You divide by two nudges, but the second place is still `w`, one nudge away. Move it to "
                "`w - nudge`.",
            ),
            Mistake(
                lambda loss_of, w: loss_of(w + 0.1) - loss_of(w - 0.1) / (2 * 0.1),
                "Only the second loss was divided. Put brackets around the difference.",
            ),
            Mistake(
                lambda loss_of, w: loss_of(w + 0.1) - loss_of(w - 0.1),
                "That is how much the loss changed. A slope is the change divided by the way, which is two "
                "nudges long.",
            ),
        ),
    ),
]
