"""Exercise 0.1: Read a shape."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((4, 20), "A slice stops before its end: `2:5` takes the places 2, 3 and 4."),
    ((3, 28), "The `0` uses up the second axis, the 28 rows. The axis of columns remains."),
    ((3, 1, 20), "A single index removes its axis. Only a slice, such as `0:1`, leaves one of length 1."),
    ((3, 28, 20), "The `0` counts too: it picks one row of each image, and the axis of rows disappears."),
    ((28, 20), "That would be one whole image. `2:5` keeps the axis of images, and `0` takes away the rows."),
    ((20,), "`2:5` is a slice, so the axis of images stays and only gets shorter."),
    ((8, 20), "`2:5` does not keep all eight images: it takes the places 2, 3 and 4."),
    ((2, 20), "A slice leaves out its end, not its beginning: `2:5` takes the places 2, 3 and 4."),
    ((5, 20), "`2:5` starts at place 2, not at 0: it takes the places 2, 3 and 4."),
)  # fmt: skip


EXERCISE = Exercise(
    id="0.1",
    title="Read a shape",
    difficulty=1,
    minutes=3,
    points=1,
    reference=(3, 20),
    why="If you can read shapes in your head, you find many bugs before they happen.",
    hints=(
        "Take one index at a time, from the left, and write down what it leaves of its axis.",
        "The slice `2:5` shortens its axis. The single index `0` makes its axis disappear.",
        "Axis 0 keeps the places 2, 3 and 4, axis 1 is gone, axis 2 is as it was. Two numbers remain.",
    ),
    mistakes=MISTAKES,
)
