"""Exercise 5.2: four dictionaries of one network, and what each of them shows at the end."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((1.0, 1.0, 1.0, 2.0),
     "You read `state_dict()` as a photo of its moment. It holds live references: whatever is written into "
     "the weights later shows in it."),
    ((3.0, 1.0, 1.0, 3.0),
     "`dict(live)` copies the dictionary, not the tensors in it: it is a second list of the same things."),
    ((3.0, 1.0, 1.0, 2.0),
     "The first one is live, and so are the second, which holds the same tensors, and the last, which is "
     "only taken later."),
    ((3.0, 3.0, 1.0, 2.0),
     "`later` is live as well. When it was taken does not matter; it shows what is in the weights now."),
    ((3.0, 3.0, 3.0, 3.0),
     "`load_state_dict` copies the numbers of `deep` into the network's own tensors. They share nothing "
     "afterwards, so `deep` does not notice the 3."),
    ((1.0, 1.0, 1.0, 1.0),
     "After the load all weights are 1, but then comes one more line, and it writes 3 into the tensors that "
     "three of the dictionaries hold."),
    ((2.0, 2.0, 1.0, 3.0),
     "`load_state_dict` gives the network no new tensors; it writes into the old ones. So the first two "
     "dictionaries are still connected."),
    ((2.0, 2.0, 1.0, 2.0),
     "`load_state_dict` gives the network no new tensors; it writes into the old ones. So all live "
     "dictionaries see the last line, too."),
    ((1.0, 1.0, 1.0, 3.0),
     "Live is not a matter of when the dictionary was taken. `live` and `shallow` hold the same tensors as "
     "`later`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.2",
    title="Four dictionaries, one network",
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
    mistakes=MISTAKES,
)
