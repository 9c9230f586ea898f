"""Lesson 11: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="11.q1",
        text="A recipe reads 99.6 % of 10,000 test digits, the mean of 60 seeds that lie 0.04 points apart. "
        "How far may its accuracy be from that on another 10,000 digits of the same kind?",
        right="by about 0.06 points, the sampling floor",
        why="The root of 0.996 · 0.004 / 10,000 is 0.0006. These 10,000 digits are a draw themselves, and "
        "seeds do not draw them anew.",
        wrong={
            "by about 0.005 points: 0.04 divided by the root of 60": "That says how well the mean on these "
            "digits is known. Other digits are another draw, which no number of seeds makes smaller.",
            "by 0.04 points, as seeds lie apart": "That is the luck of a seed on these digits. The luck of "
            "the digits themselves comes from their number.",
            "by about 1 point: the root of 10,000 is 100": "So it would be near the middle, at one right of "
            "two. So far up there are few mistakes to count, and the floor is lower.",
            "not at all: with 60 seeds it is known": "On these digits it is. Forty mistakes were counted, "
            "and other digits might have made it 33 or 47.",
        },
    ),
    Question(
        id="11.q2",
        text="For an occlusion map squares of an image are covered with 0, after normalising with a mean of "
        "0.13 and a standard deviation of 0.31. What does a covered square look like?",
        right="a dark grey, a little brighter than the background",
        why="0 is the mean brightness, here 0.13 of white. Black is (0 − 0.13) / 0.31, about −0.42.",
        wrong={
            "black, like the background": "Before normalising 0 was black. Afterwards black is (0 − 0.13) / "
            "0.31, about −0.42, and 0 is the mean.",
            "half grey": "It would be with a mean of 0.5. After normalising 0 is the mean, whatever that "
            "was, and here it is 0.13.",
            "white": "White is (1 − 0.13) / 0.31, about 2.8. After normalising 0 is the mean.",
        },
    ),
    Question(
        id="11.q3",
        text="On some machine a training step takes 4 ms, and 0.05 ms more for each digit in its batch. How "
        "long do 6,400 digits take in batches of 32, and how long in batches of 128?",
        right="1.12 s and 0.52 s",
        why="200 steps of 5.6 ms, or 50 steps of 10.4 ms. What a step costs by itself is paid a quarter as "
        "often; the digits cost the same.",
        wrong={
            "1.12 s and 0.28 s": "A quarter of the steps, but each is longer: four times the digits take "
            "four times 1.6 ms. Only the 4 ms are saved.",
            "the same, since both see 6,400 digits": "The digits cost the same, 0.32 s. But each step costs "
            "4 ms besides, and there are 200 of them or 50.",
            "1.12 s and 2.08 s": "A step with 128 digits is longer, 10.4 ms, but there are only 50 of "
            "them. You counted 200.",
            "5.6 ms and 10.4 ms": "That is one step each. An epoch has 200 or 50 of them.",
        },
    ),
    Question(
        id="11.exit",
        text="Somebody trains for two epochs in place of four: 3.1 s, where it was 6.0 s, medians of ten "
        "runs after a warm-up. The accuracy went from 98.9 ± 0.1 to 98.5 ± 0.1. The report says: twice as "
        "fast. What is the first objection?",
        right="the time of both to the same accuracy is missing",
        why="Shorter training is always faster and nearly always worse. Only at equal accuracy do seconds "
        "compare recipes; four tenths may cost all that was won.",
        wrong={
            "none: half the seconds is twice as fast": "It is another result that came sooner. Half an "
            "epoch would be faster still: compare the time at equal accuracy.",
            "too few runs: with more the seconds would be equal": "Ten after a warm-up are plenty for a "
            "difference of half. It is the results that are not equal.",
            "the warm-up should be on the clock": "It is paid once for a machine, and neither recipe has "
            "more of it. What differs is what was reached.",
            "the best of the ten runs should be compared": "The best run is luck, in seconds and in "
            "accuracy. Medians and means were right here.",
        },
    ),
]
