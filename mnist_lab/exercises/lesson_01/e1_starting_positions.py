"""Exercise 1.1: Count the starting positions."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def output_size(size, kernel_size, *, padding=0, stride=1):
    return (size + 2 * padding - kernel_size) // stride + 1


def rows_of_pixels(generator):
    """Sizes at which steps fit exactly, sizes at which they do not, and two that are drawn."""
    cases = [call(6, 3), call(9, 2), call(6, 3, padding=1), call(9, 4, padding=2)]
    for size, kernel_size, stride in (8, 3, 2), (9, 3, 2), (10, 4, 3):
        cases.append(call(size, kernel_size, stride=stride))
    for size, kernel_size, padding, stride in (8, 3, 1, 2), (28, 5, 2, 3), (7, 3, 1, 4):
        cases.append(call(size, kernel_size, padding=padding, stride=stride))
    for _ in range(2):
        size, kernel_size = whole_number(generator, 20, 60), whole_number(generator, 3, 7)
        padding, stride = whole_number(generator, 1, kernel_size // 2), whole_number(generator, 2, 4)
        cases.append(call(size, kernel_size, padding=padding, stride=stride))
    return cases


MISTAKES = (
    ("2 * padding", "padding",
     "Padding was added once. It is on both sides, so the row grows by twice as much."),
    (" // stride", "",
     "The stride is ignored: this counts every start, and the kernel only takes every `stride`-th of them."),
    (" + 2 * padding", "", "The padding is ignored. It makes the row longer, on both sides."),
    ("//", "/", "`/` makes a fraction, and there are no half outputs. Count starting positions: floor with "
     "`//`, then plus one."),
    ("kernel_size) //", "kernel_size + stride - 1) //",
     "This rounds up, and counts a last step that runs over the end. Count starting positions: floor, then "
     "plus one."),
    ({"return (": "return round((", "// stride + 1": "/ stride + 1)"},
     "`round` sometimes goes up, and then the last step runs over the end. Count starting positions: floor, "
     "then plus one."),
    ("kernel_size) // stride + 1", "kernel_size + 1) // stride",
     "The one is added too early. Divide first, then add one for the start at 0."),
    (" + 1", "", "One is missing: the start at 0 is an output too."),
    ({" + 2 * padding": "", " + 1": " + 1 + 2 * padding"},
     "The padding was added after the division. It makes the row longer before the kernel steps along it."),
    (" - kernel_size) // stride + 1", ") // stride",
     "The kernel's own width is missing: at its last start the whole kernel must still fit in."),
    ("(size + 2 * padding - kernel_size)", "size + 2 * padding - kernel_size",
     "`//` binds more tightly than minus, so only the kernel was divided. Put brackets around the last "
     "start."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.1",
    title="Count the starting positions",
    difficulty=1,
    minutes=4,
    points=2,
    reference=output_size,
    given={"(size + 2 * padding - kernel_size) // stride": "size - kernel_size"},
    cases=rows_of_pixels,
    why="Nearly every shape error in a convolutional network is a slip in this one count.",
    hints=(
        "Where does the kernel start first, and where at the latest? How many starts lie between, in steps "
        "of `stride`?",
        "With padding the row is `size + 2 * padding` long. The last start is what is left of it when the "
        "kernel has taken its `kernel_size` places.",
        "Divide the last start by the step with `//`, which drops the remainder. Then add one, for the start "
        "at 0.",
    ),
    mistakes=MISTAKES,
)
