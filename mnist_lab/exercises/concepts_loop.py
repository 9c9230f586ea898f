"""Concept test: what the loss wants, what a step does, the two switches, the learning rate."""

from mnist_lab.exercises.concepts_model import RIGHT, Asked, Idea

IDEAS = [
    Idea(
        name="cross_entropy",
        title="What cross-entropy wants: logits",
        lesson=3,
        misconceptions={
            "softmax before the loss": "The loss applies log-softmax itself. Done twice, softmax flattens "
            "the scores, and even a perfect network keeps a loss well above 0.",
            "scores below zero are faults": "A logit may be any number. Cutting off what is below zero takes "
            "away the means to say that a class is unlikely.",
            "the loss compares classes": "A class has no slope: nudge a weight, and it stays or jumps. The "
            "loss compares the scores of all classes with the one right label.",
        },
        a=Asked(
            text="A network for ten classes is trained with `nn.CrossEntropyLoss`. What does its `forward` "
            "return, after the last linear layer?",
            options={
                "the ten scores after ReLU, so that none is negative": "scores below zero are faults",
                "the ten scores, whatever their size and sign": RIGHT,
                "the number of the class with the highest score": "the loss compares classes",
                "the ten scores after softmax, so that they sum to 1": "softmax before the loss",
            },
            why="`nn.CrossEntropyLoss` takes logits, any real numbers, and applies log-softmax itself.",
        ),
        b=Asked(
            text="Apples of three sorts are told apart with `loss = F.cross_entropy(x, labels)`. `labels` "
            "holds the number of the right sort for each apple. What is `x` meant to hold for each apple?",
            options={
                "the number of the sort that is most likely": "the loss compares classes",
                "three probabilities, which sum to 1": "softmax before the loss",
                "three scores that are not negative": "scores below zero are faults",
                "three scores, which may be any numbers": RIGHT,
            },
            why="`F.cross_entropy` takes logits, any real numbers, and applies log-softmax itself.",
        ),
    ),
    Idea(
        name="step",
        title="backward adds up, step moves, zero_grad empties",
        lesson=3,
        misconceptions={
            "backward replaces the gradient": "`backward` adds to the gradient that is there. Neither "
            "`backward` nor `step` empties it; that is what `zero_grad` is for.",
            "backward moves the weights": "`backward` only writes gradients down. Weights move in `step`, "
            "and only there.",
            "no step without zero_grad": "A step uses whatever the gradient holds, emptied before or not.",
        },
        a=Asked(
            text="A weight `w` is 30. The loss is `3 * w`, so its slope is 3 everywhere. With SGD and a "
            "learning rate of 1 these calls follow each other, the loss computed anew before each "
            "`backward`: `zero_grad`, `backward`, `step`, `backward`, `step`. What is `w` then?",
            options={
                "18": "backward moves the weights",
                "21": RIGHT,
                "24": "backward replaces the gradient",
                "27": "no step without zero_grad",
            },
            why="The first step takes 3 off. Nothing empties the gradient, so the second `backward` makes it "
            "6, and the second step takes 6 off.",
        ),
        b=Asked(
            text="SGD has a learning rate of 0.5, and the loss is `4 * w`: slope 4 everywhere. `w` starts at "
            "20. What is it after `zero_grad`, `backward`, `step`, `backward`, `step`, if the loss is "
            "computed anew before each `backward`?",
            options={
                "18": "no step without zero_grad",
                "16": "backward replaces the gradient",
                "14": RIGHT,
                "12": "backward moves the weights",
            },
            why="The first step takes 0.5 · 4 off. Nothing empties the gradient, so the second `backward` "
            "makes it 8, and the second step takes 4 off.",
        ),
    ),
    Idea(
        name="modes",
        title="Two switches: the mode and the gradients",
        lesson=3,
        misconceptions={
            "one switch does both": "The mode decides what dropout does; `no_grad` decides whether gradients "
            "are tracked. Neither implies the other.",
            "the two switches confused": "It is the other way round: the mode decides what dropout does, and "
            "`no_grad` decides whether gradients are tracked.",
            "each needs the other": "Each switch works alone. Using one without the other does half of what "
            "is wanted, not nothing.",
        },
        a=Asked(
            text="A network with dropout has just been trained, and is in train mode. It now answers inside "
            "`with torch.no_grad():`, and no other line is added. What happens to values and gradients?",
            options={
                "values are dropped; no gradients are tracked": RIGHT,
                "values are dropped; gradients are tracked": "each needs the other",
                "no values are dropped; no gradients are tracked": "one switch does both",
                "no values are dropped; gradients are tracked": "the two switches confused",
            },
            why="`no_grad` switches the tracking off. The mode is still train, so dropout drops.",
        ),
        b=Asked(
            text="Before scoring, somebody calls `network.eval()` and nothing else; the network has dropout. "
            "Then `loss = loss_function(network(images), labels)`. What did the network do on the way?",
            options={
                "It dropped values, and tracked gradients.": "each needs the other",
                "It dropped no values, and tracked no gradients.": "one switch does both",
                "It dropped values, and tracked no gradients.": "the two switches confused",
                "It dropped no values, and tracked gradients.": RIGHT,
            },
            why="`eval` switches dropout off. Gradients are still tracked, so even `loss.backward()` would "
            "work.",
        ),
    ),
    Idea(
        name="learning_rate",
        title="Which learning rate makes which curve",
        lesson=3,
        misconceptions={
            "the larger, the faster": "Up to a point. Beyond it each step lands higher on the other side of "
            "the valley, and the loss grows.",
            "the smaller, the better": "A small step is safe, but short. In the same number of steps it gets "
            "nowhere near the bottom.",
            "small steps tremble": "Small steps give a smooth, slow curve. It is the large ones that leap "
            "from side to side.",
        },
        a=Asked(
            text="Three runs differ in the learning rate of SGD alone: 0.0001, 0.01 and 10. Curve 1 drops at "
            "once and settles low. Curve 2 leaps about and ends as NaN. Curve 3 sinks evenly, and at the end "
            "is hardly below its start. Which rate made curves 1, 2 and 3?",
            options={
                "0.0001, then 10, then 0.01": "the smaller, the better",
                "10, then 0.01, then 0.0001": "the larger, the faster",
                "0.01, then 0.0001, then 10": "small steps tremble",
                "0.01, then 10, then 0.0001": RIGHT,
            },
            why="Far too large a rate leaps out of the valley, far too small a one creeps; between them lies "
            "the one that arrives.",
        ),
        b=Asked(
            text="One network is trained three times with SGD, with learning rates of 0.0003, 0.03 and 30. "
            "Loss P is still near its first value after all epochs, on a smooth line. Loss Q falls steeply, "
            "then stays low. Loss R jumps up and down, until it is no number any more. Which rate belongs to "
            "P, Q and R?",
            options={
                "0.0003 to P, 0.03 to Q, 30 to R": RIGHT,
                "0.0003 to P, 30 to Q, 0.03 to R": "the larger, the faster",
                "30 to P, 0.03 to Q, 0.0003 to R": "small steps tremble",
                "0.03 to P, 0.0003 to Q, 30 to R": "the smaller, the better",
            },
            why="Far too large a rate leaps out of the valley, far too small a one creeps; between them lies "
            "the one that arrives.",
        ),
    ),
]
