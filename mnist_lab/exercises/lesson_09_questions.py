"""Lesson 09: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="9.q1",
        text="The maps of one image hold 50 numbers. Somebody writes `x.view(-1, 200)`, then a linear layer "
        "of 200 inputs, then cross-entropy. A batch of 36 images comes. What happens first?",
        right="the loss complains: 9 rows, 36 labels",
        why="`view` counts numbers: 36 · 50 fill 9 rows of 200. The linear layer is content, and the "
        "loss is the first to see labels.",
        wrong={
            "`view` complains: 200 is not 50": "`view` knows no images. It only complains where the "
            "numbers do not fill whole rows, and 1800 of them fill 9.",
            "the linear layer complains: it gets 36 rows of 50": "The −1 stands for as many rows as the "
            "numbers fill, not for the batch. The rows have 200 numbers, as the layer wants them.",
            "nothing: it trains on 9 answers for each batch": "The loss counts: it wants one label for "
            "each row. Only by cutting the labels would it run, and 27 answers would be dropped.",
        },
    ),
    Question(
        id="9.q2",
        text="Two learning rates, each with the same five seeds on the same digits. Seed by seed the "
        "second is ahead by +0.8, −0.6, +0.2, −0.4 and +0.5 points, 0.1 on average. What do you write "
        "down?",
        right="a difference was not shown",
        why="The five differences scatter by more than half a point, so their mean is uncertain by a "
        "quarter. 0.1 is not twice that.",
        wrong={
            "the second is better by 0.1 points": "A mean is hardly ever exactly 0, whatever the truth. It "
            "counts once it exceeds twice its standard error, and this one is far below.",
            "the second is better: it won three times of five": "So does a coin, every other time. Look "
            "how far apart the five differences lie.",
            "both learning rates are equally good": "Not shown is not the same as shown to be equal. "
            "With five seeds that scatter so much, either may be better by some tenths.",
            "the second, with the seed of +0.8": "That is a lottery ticket, not a recipe. Choosing a seed is "
            "choosing luck, which does not come along to new digits.",
        },
    ),
    Question(
        id="9.q3",
        text="Two convolutions of 3 by 3 follow one another, without stride or pooling. On how many "
        "pixels of the image does one value behind the second depend?",
        right="25",
        why="It looks at 3 by 3 values, each of which looks at 3 by 3 pixels, and these overlap: one "
        "more ring, 5 by 5.",
        wrong={
            "9": "9 values of the maps in between. Each of them has looked at its own 3 by 3 pixels before.",
            "18": "The two areas do not add up. The field grows by a ring: from 3 by 3 to 5 by 5.",
            "81": "That would be so if the nine windows lay side by side. They overlap, because they are "
            "only one pixel apart.",
            "the whole image": "That takes a linear layer, or many more convolutions. Each one widens "
            "the field by two pixels only.",
        },
    ),
    Question(
        id="9.exit",
        text="A post office reads postcodes with a network. Digits that it reads with a confidence of "
        "0.99 or more are to go without a second look. What has to be done first?",
        right="count, on labelled digits of this post, how many of those answers are right",
        why="A confidence is a claim. Whether it is kept has to be counted, on digits like those that "
        "will come, and on enough of them.",
        wrong={
            "nothing: at 0.99 it is right in 99 of a hundred": "Only if it is calibrated, which has to be "
            "counted. Networks are often surer than they are right, and letters of the alphabet get "
            "0.99, too.",
            "look at saliency maps: does it look at the strokes?": "A map says what changes the score "
            "locally, not why, and not whether the answer is right. An untrained network's may look the "
            "same.",
            "work out the mean confidence: it should be 0.99": "A mean of claims is a claim. Without "
            "counting right answers it says nothing about how many are.",
            "divide the logits by a temperature of 2, to be safe": "A temperature is chosen on labelled "
            "validation digits, by counting. Picked from the air it only shifts the claims to other numbers.",
        },
    ),
]
