"""Lesson 05: three questions on earlier lessons, and the exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="5.q1",
        text="`device` is a graphics card. `network.to(device)` stands alone on one line, "
        "`digits.to(device)` alone on the next, and nothing is assigned. What does `network(digits)` do "
        "then?",
        right="it fails: the network has moved, the digits have not",
        why="A network moves in place, its own tensors with it. A tensor's `to` returns a copy, and "
        "nobody kept it.",
        wrong={
            "it works: both have moved": "A tensor's `to` changes nothing; it returns a copy on the card. "
            "Nobody gave that copy a name.",
            "it fails: the digits have moved, the network has not": "It is the other way round: modules "
            "change in place, tensors return a copy.",
            "it works: a network takes its input along": "A layer calculates where its weights are, and "
            "refuses an input from elsewhere.",
        },
    ),
    Question(
        id="5.q2",
        text="Three batches of 100, 100 and 50 images have the accuracies 0.9, 0.9 and 0.6. What is the "
        "accuracy over all 250 images?",
        right="0.84",
        why="90 + 90 + 30 right answers, divided by 250: sums over samples, one division at the end.",
        wrong={
            "0.8": "That is the mean of the three means. The short batch counts as much as a full one in it, "
            "though it has half as many images.",
            "0.9": "The short last batch is left out. Its images belong to the set as all others do.",
            "0.75": "That is the mean of the two values that occur. Each batch counts by its number of "
            "images.",
        },
    ),
    Question(
        id="5.q3",
        text="A network was trained on images normalised with mean 0.5 and standard deviation 0.5. Now it "
        "gets images from 0 to 1, not normalised. As what does it see their black background?",
        right="as a middle grey",
        why="In training black was (0 − 0.5) / 0.5, which is −1, and 0 was the grey in the middle. The "
        "constants belong beside the weights.",
        wrong={
            "as black, because 0 is 0": "In training black came as −1. To this network 0 is what the "
            "middle of the scale was.",
            "as white": "White came as +1 in training, and 0 lies halfway between black and white.",
            "not at all: it raises an error": "Shape and dtype are right, so nothing complains. The "
            "answers only get worse.",
        },
    ),
    Question(
        id="5.exit",
        text="Weights are loaded into a new network, without an error. It scores a few points lower than "
        "it did after training, and each time the same digits are scored, the number is another. What was "
        "forgotten?",
        right="model.eval()",
        why="Only something random differs from one scoring to the next: dropout is active, because a new "
        "network starts in training mode.",
        wrong={
            "the strict load: with strict=False a layer stayed random": "A layer that stayed random costs "
            "points, but it is the same layer each time: the score would be low and steady.",
            "the normalisation constants": "Other constants cost points, and the same ones each time: the "
            "score would be lower and steady.",
            "the random states": "They matter when training is resumed. Scoring in eval mode draws no random "
            "number, so it has nothing to restore.",
            "the optimizer": "An optimizer moves weights in training. An answer needs the weights alone.",
        },
    ),
]
