"""Exercise 5.1: read a state_dict, the name and the shape of each entry."""

from collections.abc import Mapping

from mnist_lab.exercises.engine.model import Exercise

ENTRIES = {"0.weight": (4, 1, 3, 3), "0.bias": (4,), "4.weight": (10, 100)}


def wrong_entries(answer):
    """Return what is wrong with a dictionary of names and shapes, without saying what is right."""
    if not isinstance(answer, Mapping):
        return ['The answer is a dictionary of names and shapes, such as `{"name": (2, 3)}`.']
    faults = []
    for name, shape in answer.items():
        if name not in ENTRIES:
            faults.append(f"No entry is called {name!r}.")
        elif not isinstance(shape, list | tuple):
            faults.append(f"The shape of {name!r} is no tuple.")
        elif tuple(shape) != ENTRIES[name]:
            faults.append(f"{name!r} has not the shape {tuple(shape)}.")
    missing = len(ENTRIES.keys() - answer.keys())
    if missing:
        faults.append(f"{missing} {'entry is' if missing == 1 else 'entries are'} missing.")
    return faults


MISTAKES = (
    (ENTRIES | {"4.weight": (100, 10)},
     "`nn.Linear(100, 10)` keeps its weight as (out, in), one row for each output: (10, 100)."),
    (ENTRIES | {"0.weight": (1, 4, 3, 3)},
     "A convolution keeps its weight as (out, in, height, width): the 4 filters come first."),
    (ENTRIES | {"0.weight": (1, 4, 3, 3), "4.weight": (100, 10)},
     "Both weights have their first two axes exchanged: PyTorch keeps (out, in), whereas you name a layer by "
     "its input first."),
    (ENTRIES | {"0.weight": (4, 3, 3)},
     "Each filter spans all input channels, also where there is only one. The axis of length 1 stays."),
    (ENTRIES | {"0.bias": 4},
     "`(4)` is the number 4 in brackets. A shape with one axis is a tuple with a comma: `(4,)`."),
    (ENTRIES | {"4.bias": (10,)},
     "The linear layer was made with `bias=False`, so there is nothing to keep."),
    (ENTRIES | {"4.weight": (100, 10), "4.bias": (10,)},
     "The linear layer has no bias here, and it keeps its weight as (out, in): one row for each output."),
    ({"0.weight": (4, 1, 3, 3), "0.bias": (4,), "1.weight": (10, 100)},
     "The number is the place of the layer in the network, and the layers without weights are counted, too."),
    ({"1.weight": (4, 1, 3, 3), "1.bias": (4,), "5.weight": (10, 100)},
     "The places are counted from 0, as in every Python list."),
    ({"0.weight": (4, 1, 3, 3), "4.weight": (10, 100)},
     "The convolution has a bias, one number for each filter, unless it was made with `bias=False`."),
    (ENTRIES | {"0.bias": (1,)}, "A bias belongs to an output: one for each of the 4 filters."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.1",
    title="Read a state_dict",
    difficulty=1,
    minutes=3,
    points=1,
    reference=ENTRIES,
    probe=wrong_entries,
    why="Names come from where a layer stands in the code, shapes from its settings: a file of weights holds "
    "no more than this.",
    hints=(
        "Which of the five layers have anything to learn? Only these have entries.",
        "The number in a name is the place of the layer, counted from 0 over all layers. Does each of them "
        "have a bias?",
        "A convolution's weight has the shape (out, in, height, width), a linear layer's (out, in), and a "
        "bias has one number for each output.",
    ),
    mistakes=MISTAKES,
)
