"""Exercise 3.1: Two steps by hand."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (5.0, "That is the best weight, but two steps do not get there. Perhaps you took the first slope twice? "
     "After a step the machine stands elsewhere: calculate the slope anew."),
    (-4.0, "You went uphill. The slope is negative, so minus learning rate times slope is positive: `w` "
     "grows."),
    (3.0, "That is one step. From there take a second one, with the slope at 3."),
    (4.5, "That is three steps. Stop after the second."),
    (1.0, "That is the start again. Perhaps you stepped by the whole slope, across the valley and back? "
     "Multiply the slope by the learning rate first."),
    (2.75, "The 2 in front of the bracket got lost: the slope at 1 is 2 · (1 − 5) = −8, not −4."),
    (1.5, "Perhaps you stepped by the learning rate alone. A step is learning rate times slope: steep places "
     "get long steps."),
    (6.0, "Perhaps at the second step you added the first slope to the second. Each step uses only the slope "
     "where it starts."),
    (-1.0, "That is one step, and uphill. Where the slope is negative, step to the right."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.1",
    title="Two steps by hand",
    difficulty=1,
    minutes=3,
    points=1,
    reference=4.0,
    why="Slope here, step against it, then the slope anew: training is this, a few hundred times.",
    hints=(
        "Take one step at a time. What is the slope at `w = 1`, and which way is downhill?",
        "The slope at 1 is 2 · (1 − 5) = −8. The step is minus learning rate times slope. The second step "
        "needs the slope of the place where you stand then.",
        "The first step adds 0.25 · 8 = 2, so `w` is 3. There the slope is 2 · (3 − 5) = −4. One more step "
        "of the same kind.",
    ),
    mistakes=MISTAKES,
)
