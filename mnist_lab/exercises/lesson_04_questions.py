"""Lesson 04: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="4.q1",
        text="A network has a mean loss of 0.2 nats on a hundred digits. How many of them does it read "
        "wrong?",
        right="the loss alone does not tell",
        why="The loss asks how sure the network was of the right class, in nats. It is no share of anything; "
        "mistakes have to be counted.",
        wrong={
            "20": "A loss of 0.2 is no share: nats are not percent. Half of a nat does not mean half of the "
            "digits either.",
            "2": "The mean is already per digit, but it is a loss, not a share of mistakes. Those have to be "
            "counted.",
            "none: below ln 10 all are right": "Below ln 10 the network knows more than nothing, on average. "
            "Single digits may still be wrong, and dearly.",
        },
    ),
    Question(
        id="4.q2",
        text="A trained network is scored twice on the same validation digits: in order, in batches of 64, "
        "and shuffled, in batches of 300. Both times right answers are added up and divided once. What of "
        "the two accuracies?",
        right="they are equal",
        why="Order and batch size cannot change a count. Validation is not shuffled because there is nothing "
        "to gain.",
        wrong={
            "the shuffled one is higher": "Shuffling helps while a network learns. Here it only answers, and "
            "order cannot change a count.",
            "the one in order is higher": "The network keeps no memory of the digit before, so the order is "
            "all one to it.",
            "they differ, because one last batch is shorter": "That would be so for a mean of batch means. "
            "Added up and divided once, each digit counts the same.",
        },
    ),
    Question(
        id="4.q3",
        text="An image is 30 pixels wide. A convolution has a kernel of 6 by 6, padding 3 and stride 2. How "
        "wide is its output?",
        right="16",
        why="Both sides are padded: 36. The kernel can start at places 0 to 30, every second one: 15 steps, "
        "and the start itself.",
        wrong={
            "14": "Padding was added once. It is on both sides, so 3 and 3 are added to the width.",
            "15": "Those are the steps between starting positions. Count the positions themselves: one more.",
            "31": "The stride was ignored: the kernel starts at every second place only.",
            "30": "Padding keeps the width if the stride is 1 and the kernel is odd. Here it takes two "
            "places at a time.",
        },
    ),
    Question(
        id="4.exit",
        text="A friend reads the clock, calls a network on the graphics card with ten digits, and reads the "
        "clock again, once. It shows less than on the processor, so the card is faster, says the friend. "
        "Which objection comes first?",
        right="nobody waited for the card: the request was timed",
        why="The call returns as soon as the work is handed over. Synchronise before both readings of the "
        "clock; then warm up, repeat, and take the median.",
        wrong={
            "none: a graphics card is always faster": "With ten digits there is little work behind each "
            "request: small batches are all overhead, and the processor may well win.",
            "one run is not enough: take the mean of many": "More runs of this kind only repeat the mistake: "
            "each of them times a request. And against a run that was held up, the median helps.",
            "there was no warm-up, so the card is even faster": "A first call is slow, that is true. But the "
            "clock did not show the work at all, only the handing over.",
            "the digits may still be on the processor": "Then there would have been an error, and no time at "
            "all: network and digits must be on one device.",
        },
    ),
]
