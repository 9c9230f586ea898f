"""Exercise 3.2: A nudge to both sides."""

import math

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def slope_at(loss_of, w):
    nudge = 0.1
    return (loss_of(w + nudge) - loss_of(w - nudge)) / (2 * nudge)


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


CHANGE = "loss_of(w + nudge) - loss_of(w - nudge)"

OFF = "which is a little off wherever the curve bends."
HIDDEN = (
    "which so small a nudge hides where the curve is smooth, but not at a sharp bend, such as the bottom of "
    "a valley."
)


def one_sided():
    """Rows for nudges to one side that are smaller than the given one."""
    for side, right, left in (("right", "w + nudge", "w"), ("left", "w", "w - nudge")):
        for nudge, why in (("0.01", OFF), ("1e-5", HIDDEN)):
            edits = {"w + nudge": right, "w - nudge": left, "(2 * nudge)": "nudge", "= 0.1": f"= {nudge}"}
            yield edits, f"This nudges to the {side} only, {why} Compare `w + nudge` with `w - nudge`."


MISTAKES = (
    ("(2 * nudge)", "nudge",
     "Twice too steep: the two places are two nudges apart, so divide by two nudges."),
    ("(2 * nudge)", "2 * nudge", "Python reads `/ 2 * nudge` from the left: it divides by 2 and then "
     "multiplies by the nudge. Put brackets around `2 * nudge`."),
    ({"w + nudge": "w", "(2 * nudge)": "nudge"},
     "This nudges to the left only, which is off as far as the right only, on the other side. Compare `w + "
     "nudge` with `w - nudge`."),
    *one_sided(),
    (CHANGE, "loss_of(w - nudge) - loss_of(w + nudge)",
     "The sign is turned: a slope is the loss on the right minus the loss on the left."),
    (") - loss_of", ") + loss_of", "The two losses were added. A slope is a difference of losses."),
    ("w - nudge", "w",
     "You divide by two nudges, but the second place is still `w`, one nudge away. Move it to `w - nudge`."),
    (f"({CHANGE})", CHANGE, "Only the second loss was divided. Put brackets around the difference."),
    (" / (2 * nudge)", "", "That is how much the loss changed. A slope is the change divided by the way, "
     "which is two nudges long."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.2",
    title="A nudge to both sides",
    difficulty=1,
    minutes=3,
    points=1,
    reference=slope_at,
    given={" - loss_of(w - nudge)) / (2 * nudge)": " - loss_of(w)) / nudge"},
    cases=curves_and_places,
    tolerance=5e-3,  # a smaller nudge than the given one is right as well
    why="From both sides the error shrinks with the square of the nudge; this is how people check a gradient "
    "by numbers.",
    hints=(
        "Which two places does the given line compare? Which two should it compare?",
        "The new places are `w + nudge` and `w - nudge`. How far apart are they?",
        "They are two nudges apart, so the difference is divided by `(2 * nudge)`, with the brackets.",
    ),
    mistakes=MISTAKES,
)
