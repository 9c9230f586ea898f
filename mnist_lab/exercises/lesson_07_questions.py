"""Lesson 07: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="7.q1",
        text="Two networks learned from the same few digits. P reads 86 of a hundred of them, and 84 of a "
        "hundred held-out ones. Q reads 99 of a hundred and 91 of a hundred held-out ones. Which do you "
        "take?",
        right="Q",
        why="Held-out digits rank them, never the gap. A gap is normal, and P has hardly one because it has "
        "learned too little.",
        wrong={
            "P: its gap is smaller": "The gap does not rank networks: one that has learned nothing has none. "
            "Compare what they do on held-out digits.",
            "neither: both overfit, since both have a gap": "Nearly every network reads its own digits "
            "better. The sign of overfitting is a held-out loss that gets worse.",
            "a third one with dropout, since Q has learned its digits by heart": "It may help, or not. "
            "Nearly all training digits right is no harm in itself, and of these two Q reads new digits "
            "better.",
        },
    ),
    Question(
        id="7.q2",
        text="Before a risky experiment somebody writes `before = net.state_dict()`. Twenty steps with a "
        "huge learning rate spoil the weights. Then comes `net.load_state_dict(before)`. Which weights has "
        "the network now?",
        right="the spoilt ones",
        why="`state_dict()` holds live references: it was spoilt along with the network. A deep copy would "
        "have kept the old numbers.",
        wrong={
            "those from before the experiment": "That would take `copy.deepcopy(net.state_dict())`. Without "
            "it `before` shows whatever is in the weights now.",
            "new random ones": "`load_state_dict` draws nothing. It copies numbers into the weights, here "
            "from themselves.",
            "none: net is now a report of keys": "`load_state_dict` returns that report, and it was not "
            "assigned here. It would have been with `net = net.load_state_dict(before)`.",
        },
    ),
    Question(
        id="7.q3",
        text="The loss is w · w, and its slope 2 · w. The weight is 2. Where is it after one SGD step with a "
        "learning rate of 0.25?",
        right="at 1",
        why="The slope is 4, and 2 − 0.25 · 4 = 1: learning rate times slope, against the slope.",
        wrong={
            "at 0": "There the loss is lowest, but a step does not know that. It goes by learning rate times "
            "slope, which is 1 here.",
            "at 1.75": "You subtracted the learning rate alone. It multiplies the slope, which is 4 at this "
            "place.",
            "at 3": "That is uphill. The step goes against the slope, so it is subtracted.",
            "at 1.5": "You multiplied by the weight. The step goes by the slope, which is 2 · w.",
        },
    ),
    Question(
        id="7.exit",
        text="Recipes A and B were trained once each. On the same 500 validation digits A reads 482 right, "
        "which is 96.4 %, and B 480, which is 96.0 %. What do you write down?",
        right="not shown: two images, and one seed each",
        why="Another seed moves the score by more than two images. Train both with several equal seeds, and "
        "ask whether the paired difference exceeds twice its standard error.",
        wrong={
            "A wins by 0.4 points": "Those are two images. The sampling floor of 500 digits is about twice "
            "as large, and another seed may turn the order round.",
            "A and B are equally good": "That is not shown either. One run each leaves room for a real "
            "difference, in either direction.",
            "A wins if its best of 20 seeds also beats B": "A best seed is a lottery ticket, not a recipe. "
            "All seeds of both sides count, in pairs.",
            "the one that does better on test wins": "Then test has chosen, and no digits are left that "
            "could report. And one run would still be one run.",
        },
    ),
]
