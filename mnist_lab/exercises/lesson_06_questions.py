"""Lesson 06: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="6.q1",
        text="The power fails after the sixth of ten epochs. The file on disk holds the weights and the "
        "number 6, and training goes on from there, with a new Adam. What comes of it?",
        right="it trains on, but ends with other weights than without the failure",
        why="The weights are what the network knows. Adam's averages and the random states belong to the "
        "run, and they began anew.",
        wrong={
            "the same weights as without the failure": "Adam's averages are lost, and so is the place in the "
            "random order of the batches. Both decide how the weights move on.",
            "an error, because Adam misses its averages": "A new Adam is a proper Adam; it starts with "
            "averages of 0. Nothing tells you that something was forgotten.",
            "a network that has to learn from the beginning": "The weights are in the file, so what was "
            "learned in six epochs is there.",
        },
    ),
    Question(
        id="6.q2",
        text="Two lines, and nothing is assigned: `network.to(device)`, then `labels.to(device)`. Which of "
        "the two is on the device afterwards?",
        right="the network only",
        why="A module changes in place. A tensor stays where it is and returns a copy, which is lost here.",
        wrong={
            "both": "`to` returns a copy of a tensor, and nobody keeps it here. Only a module changes in "
            "place.",
            "neither": "For the labels that is right: the copy is lost. But a module moves its own weights, "
            "assigned or not.",
            "the labels only": "It is the other way round: modules change in place, tensors return a copy.",
        },
    ),
    Question(
        id="6.q3",
        text="On four digits one network gives the right class the probabilities 0.9, 0.9, 0.9 and 0.001. "
        "Another gives it 0.6 four times. Which has the smaller mean loss?",
        right="the second",
        why="Minus the logarithm of 0.001 is nearly 7 nats, more than the second pays for all four.",
        wrong={
            "the first: it is the surest on three of four": "Sureness saves little, and being sure of the "
            "wrong class costs without limit. The fourth digit alone decides.",
            "that depends on the logits of the other classes": "Cross-entropy looks at the probability of "
            "the right class, and at nothing else.",
            "both the same, if they read the same digits right": "That would be their accuracy. The loss "
            "asks how much of its share each gave to the right class.",
        },
    ),
    Question(
        id="6.exit",
        text="A network learns from 300 digits. In training it reaches 100 %. Its validation loss is lowest "
        "after epoch 6 and climbs from then on, while its validation accuracy hardly changes. Which network "
        "do you hand on?",
        right="the one after epoch 6, scored on test digits once",
        why="Worsening held-out loss is the sign: from there on it only gets more certain of its mistakes. "
        "Choose on validation, report test once.",
        wrong={
            "the last one: it has learned all training digits": "100 % in training shows capacity, not "
            "learning. The last network is the most certain of its mistakes.",
            "the one with the best test accuracy of all epochs": "Then the test digits have chosen, so they "
            "are validation, and nothing is left that could report honestly.",
            "the one with the smallest gap between training and validation": "A gap is normal. The smallest "
            "one is at the very beginning, when the network knows nothing on either side.",
            "a new one, with dropout on the logits": "There you delete the answer: a score set to 0 has no "
            "later layer to make up for it. Dropout belongs on hidden values.",
        },
    ),
]
