"""Lesson 12: what it asks of the lessons before, and its exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="12.q1",
        text="Of the 10 s that a training takes, 8 s go into preparing images and 2 s into the network. A "
        "colleague makes the network's part four times as fast. What becomes of the training?",
        right="8.5 s, so it is about 1.2 times as fast",
        why="2 s become half a second, and the 8 s stay. Where the time goes decides what a change can "
        "save: even for nothing, the network would leave 8 s.",
        wrong={
            "2.5 s, so it is four times as fast": "That would be so if all of it got faster. The 8 s for the "
            "images stay what they were.",
            "8 s, so it is 1.25 times as fast": "That is the limit, with a network that costs nothing. Four "
            "times as fast, it still takes half a second.",
            "4 s, so it is 2.5 times as fast": "Then the images would have to be ready in 2 s. It is the "
            "network's part that became faster.",
            "9.5 s, since half a second is saved": "Half a second is what the network's part still takes. "
            "One second and a half is saved.",
        },
    ),
    Question(
        id="12.q2",
        text="A report claims: training goes on after a crash as if nothing had happened. Which test "
        "could come out against that?",
        right="kill a run in the middle, resume it, compare the weights with those of an undisturbed run",
        why="It puts the claim itself at risk: there is a crash, and an undisturbed run to compare with.",
        wrong={
            "run it to the end three times; all three pass": "In none of them is there a crash, so the "
            "claim was never put to the test.",
            "kill a run in the middle, resume it, see that it ends without an error": "It may end and have "
            "forgotten half, such as Adam's averages. As if nothing had happened means: the same result.",
            "read the code that saves and loads": "Reading shows what is meant to happen. Whether it does "
            "is shown by a run that could fail.",
            "compare its accuracy with that of another recipe": "That answers another question. Of resuming "
            "it says nothing, however it comes out.",
        },
    ),
    Question(
        id="12.q3",
        text="One recipe, five epochs, the same learning rate, several seeds: with batches of 512 the "
        "network reads clearly worse than with batches of 64. What has been shown?",
        right="not much about the size of batches: it also took an eighth of the steps",
        why="At equal epochs large batches take fewer steps. Compare at equal steps as well, before the size "
        "of the batch is blamed.",
        wrong={
            "large batches make worse networks": "They may or may not. Two things changed: the batches, and "
            "with them the number of steps.",
            "nothing: that may be the luck of a seed": "There were several seeds, and the difference is "
            "clear. It is real; the question is what caused it.",
            "the large batches saw fewer images": "Both saw each image five times. What there was less of "
            "are steps.",
        },
    ),
    Question(
        id="12.exit",
        text="Four hundred trainings of a small network are to be compared. Each takes between a quarter of "
        "a minute and two minutes on one core. There are four machines with eight cores each. How are they "
        "best used?",
        right="32 workers, each takes the next training when it has ended one",
        why="The trainings need nothing of each other, so nothing has to be exchanged. Who is free takes the "
        "next, and if a worker dies, one training is run again.",
        wrong={
            "one training after another, each spread over all 32 cores": "At every small step 32 processes "
            "would wait for a sum over the network. Data-parallel training is for one job too large for one "
            "machine.",
            "32 workers, each gets its list of 12 or 13 trainings at the start": "One gets the long ones and "
            "all others wait for it; one dies and its whole list is missing. A queue evens that out.",
            "400 workers, one for each training, all at once": "32 cores do not become more. The 400 take "
            "turns on them, each pays for its start, and all hold their memory at the same time.",
            "one machine only, since other machines give other results": "The seeds and the number of "
            "threads go along with the job. What is left are roundings, and those do not rank recipes.",
        },
    ),
]
