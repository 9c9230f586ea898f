"""Lesson 05, the file: read a state_dict, tell a copy from a reference."""

from collections.abc import Mapping

from mnist_lab.exercises.model import Exercise, Mistake

ENTRIES = {"0.weight": (4, 1, 3, 3), "0.bias": (4,), "4.weight": (10, 100)}


def wrong_entries(answer):
    """Return what is wrong with a dictionary of names and shapes, without saying what is right."""
    if not isinstance(answer, Mapping):
        return ['The answer is a dictionary of names and shapes, such as `{"name": (2, 3)}`.']
    found = []
    for name, shape in answer.items():
        if name not in ENTRIES:
            found.append(f"No entry is called {name!r}.")
        elif not isinstance(shape, list | tuple):
            found.append(f"The shape of {name!r} is no tuple.")
        elif tuple(shape) != ENTRIES[name]:
            found.append(f"{name!r} has not the shape {tuple(shape)}.")
    missing = len(ENTRIES.keys() - answer.keys())
    if missing:
        found.append(f"{missing} {'entry is' if missing == 1 else 'entries are'} missing.")
    return found


def with_entries(**changes):
    """The right entries with some changed; None leaves one out."""
    names = {"conv_weight": "0.weight", "conv_bias": "0.bias", "linear_weight": "4.weight"}
    changed = ENTRIES | {names[name]: shape for name, shape in changes.items()}
    return {name: shape for name, shape in changed.items() if shape is not None}


READ = Exercise(
    id="5.1",
    title="Read a state_dict",
    kind="value",
    difficulty=1,
    minutes=3,
    points=1,
    reference=ENTRIES,
    probe=wrong_entries,
    why="Names come from where a layer stands in the code, shapes from its settings: a file of weights holds "
    "no more than this.",
    hints=(
        "Which of the five layers have anything to learn? Only these have entries.",
        "The number in a name is the place of the layer, counted from 0 over all layers. Does each of "
        "them have a bias?",
        "A convolution's weight has the shape (out, in, height, width), a linear layer's (out, in), and a "
        "bias has one number for each output.",
    ),
    mistakes=(
        Mistake(
            with_entries(linear_weight=(100, 10)),
            "`nn.Linear(100, 10)` keeps its weight as (out, in), one row for each output: (10, 100).",
        ),
        Mistake(
            with_entries(conv_weight=(1, 4, 3, 3)),
            "A convolution keeps its weight as (out, in, height, width): the 4 filters come first.",
        ),
        Mistake(
            with_entries(conv_weight=(1, 4, 3, 3), linear_weight=(100, 10)),
            "Both weights have their first two axes exchanged: PyTorch keeps (out, in), whereas you name a "
            "layer by its input first.",
        ),
        Mistake(
            with_entries(conv_weight=(4, 3, 3)),
            "Each filter spans all input channels, also where there is only one. The axis of length 1 stays.",
        ),
        Mistake(
            with_entries(conv_bias=4),
            "`(4)` is the number 4 in brackets. A shape with one axis is a tuple with a comma: `(4,)`.",
        ),
        Mistake(
            with_entries() | {"4.bias": (10,)},
            "The linear layer was made with `bias=False`, so there is nothing to keep.",
        ),
        Mistake(
            with_entries(linear_weight=(100, 10)) | {"4.bias": (10,)},
            "The linear layer has no bias here, and it keeps its weight as (out, in): one row for each "
            "output.",
        ),
        Mistake(
            {"0.weight": (4, 1, 3, 3), "0.bias": (4,), "1.weight": (10, 100)},
            "The number is the place of the layer in the network, and the layers without weights are "
            "counted, too.",
        ),
        Mistake(
            {"1.weight": (4, 1, 3, 3), "1.bias": (4,), "5.weight": (10, 100)},
            "The places are counted from 0, as in every Python list.",
        ),
        Mistake(
            with_entries(conv_bias=None),
            "The convolution has a bias, one number for each filter, unless it was made with `bias=False`.",
        ),
        Mistake(
            with_entries(conv_bias=(1,)),
            "A bias belongs to an output: one for each of the 4 filters.",
        ),
    ),
)

DICTIONARIES = Exercise(
    id="5.2",
    title="Four dictionaries, one network",
    kind="value",
    difficulty=1,
    minutes=3,
    points=2,
    reference=(3.0, 3.0, 1.0, 3.0),
    also=((3, 3, 1, 3),),
    why="Only the deep copy has numbers of its own. The three others look at the network's own tensors, and "
    "show what is in there now.",
    hints=(
        "How many tensors are there after all these lines? It is fewer than four.",
        "`dict(live)` makes a new dictionary with the same tensors in it. `fill_` writes into a tensor.",
        "`load_state_dict` copies numbers into the tensors that the network already has. It puts no new "
        "tensor in their place.",
    ),
    mistakes=(
        Mistake(
            (1.0, 1.0, 1.0, 2.0),
            "You read `state_dict()` as a photo of its moment. It holds live references: whatever is "
            "written into the weights later shows in it.",
        ),
        Mistake(
            (3.0, 1.0, 1.0, 3.0),
            "`dict(live)` copies the dictionary, not the tensors in it: it is a second list of the same "
            "things.",
        ),
        Mistake(
            (3.0, 1.0, 1.0, 2.0),
            "The first one is live, and so are the second, which holds the same tensors, and the last, which "
            "is only taken later.",
        ),
        Mistake(
            (3.0, 3.0, 1.0, 2.0),
            "`later` is live as well. When it was taken does not matter; it shows what is in the weights "
            "now.",
        ),
        Mistake(
            (3.0, 3.0, 3.0, 3.0),
            "`load_state_dict` copies the numbers of `deep` into the network's own tensors. They share "
            "nothing afterwards, so `deep` does not notice the 3.",
        ),
        Mistake(
            (1.0, 1.0, 1.0, 1.0),
            "After the load all weights are 1, but then comes one more line, and it writes 3 into the "
            "tensors that three of the dictionaries hold.",
        ),
        Mistake(
            (2.0, 2.0, 1.0, 3.0),
            "`load_state_dict` gives the network no new tensors; it writes into the old ones. So the "
            "first two dictionaries are still connected.",
        ),
        Mistake(
            (2.0, 2.0, 1.0, 2.0),
            "`load_state_dict` gives the network no new tensors; it writes into the old ones. So all live "
            "dictionaries see the last line, too.",
        ),
        Mistake(
            (1.0, 1.0, 1.0, 3.0),
            "Live is not a matter of when the dictionary was taken. `live` and `shallow` hold the same "
            "tensors as `later`.",
        ),
    ),
)

EXERCISES = [READ, DICTIONARIES]
