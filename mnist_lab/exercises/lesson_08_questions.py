"""Lesson 08: three questions on earlier lessons, and the exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="8.q1",
        text="A colleague trains one recipe with 20 seeds, keeps the network with the best validation "
        "accuracy and reports this accuracy for the recipe. You run the recipe once. What do you "
        "probably find?",
        right="less: the best of 20 seeds owes something to luck",
        why="The best of many draws lies above what the recipe gives on average. Report the mean and the "
        "spread, and score the chosen network on test.",
        wrong={
            "the same: it is the same recipe": "The seed is another one, and the reported number was the "
            "luckiest of 20. That is a lottery ticket, not the recipe.",
            "more: 20 runs have shown that the recipe is good": "That there were many runs says how "
            "exactly the mean is known. The best of them is not the mean.",
            "nothing that could be compared: a seed decides everything": "Seeds make a spread, and not a "
            "wide one. Mean and spread can be compared very well.",
        },
    ),
    Question(
        id="8.q2",
        text="`nn.Dropout(0.2)` in training mode is given a row of 1,000 ones. What comes out?",
        right="about 200 zeros, and 1.25 for all others",
        why="A share of 0.2 is set to 0, and the rest is divided by 0.8, so that the mean stays what it was.",
        wrong={
            "about 200 zeros, and 1 for all others": "The scaling is missing: without it the row would "
            "add up to less in training than in eval mode.",
            "about 800 zeros, and 5 for all others": "0.2 is the share that goes, not the share that stays.",
            "0.8 everywhere": "That is what would remain on average without scaling. Dropout draws for each "
            "value: all or nothing.",
        },
    ),
    Question(
        id="8.q3",
        text="A new network is to read the 26 letters. It is untrained and prefers none of them. What is its "
        "cross-entropy on the first batch?",
        right="about 3.26, which is ln 26",
        why="Who knows nothing gives each class 1/26, and minus the logarithm of 1/26 is ln 26.",
        wrong={
            "about 2.30, which is ln 10": "That belongs to ten classes. Here the right one has a share "
            "of 1/26.",
            "about 0.04, which is 1/26": "That is the share of the right class. The loss is minus its "
            "logarithm.",
            "0, because nothing is learned yet": "0 is the loss of a network that is sure and right. Who "
            "knows nothing pays for it.",
            "about 0.96, the share of wrong answers": "Loss is nats, not a share. It asks how much of its "
            "belief went to the right class.",
        },
    ),
    Question(
        id="8.exit",
        text="A colleague's training stops in its first round: `Expected input batch_size (20) to match "
        "target batch_size (50)`, raised by the loss. What do you advise?",
        right="print the shapes from the first layer on, to see where 50 became 20",
        why="The loss only counts. Some line before it has cut the numbers into other rows, without a word; "
        "most likely a `view` with −1.",
        wrong={
            "take `labels[:20]`, so that both have one length": "Then 30 answers are dropped, and the 20 "
            "rows left over are mixtures of several images each.",
            "put the loss into `try` and `except`, and go on with the next batch": "Silenced, not mended: no "
            "batch would get through, and nothing would be learned.",
            "try other sizes for the first linear layer until it runs": "With −1 in a `view`, many wrong "
            "sizes run as far as the loss. Print the shape that arrives there first.",
            "set the batch size to 20": "Then 20 images become 8 rows. What is wrong is the proportion, "
            "in the network, not the number of images.",
        },
    ),
]
