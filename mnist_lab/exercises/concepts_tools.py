"""Concept test: an honest clock, a real copy, dropout's scaling, the sign of overfitting."""

from mnist_lab.exercises.concepts_model import RIGHT, Asked, Idea

IDEAS = [
    Idea(
        name="timing",
        title="Timing a device that works on its own",
        lesson=4,
        misconceptions={
            "a card does all at once": "It works on many numbers at once, but not on any amount: far more "
            "work does take longer. A clock that shows no difference has not timed the work.",
            "averaging mends it": "Each of these readings times the request and not the work. So does "
            "whatever is computed from them.",
            "the clock is to blame": "The clock goes well. It was read when the work had been handed over, "
            "and not when it was done.",
        },
        a=Asked(
            text="A network on a graphics card has been warmed up. The clock is read, the network called, "
            "the clock read again. Ten images and ten thousand images seem to take equally long. What do you "
            "change first?",
            options={
                "the waiting: synchronise before each reading": RIGHT,
                "the clock: take one with finer ticks": "the clock is to blame",
                "the readings: take the mean of eleven": "averaging mends it",
                "nothing: a card treats all images at once": "a card does all at once",
            },
            why="A call returns as soon as the work is handed over. Only after synchronising is the work "
            "done.",
        ),
        b=Asked(
            text="The product of two huge matrices on an accelerator is timed, after a warm-up, by reading "
            "the clock just before and just after it. The time is the same as for two tiny matrices. What is "
            "the next thing to do?",
            options={
                "use a timer that resolves shorter times": "the clock is to blame",
                "wait until the accelerator has finished, then read": RIGHT,
                "report it: an accelerator computes all places in parallel": "a card does all at once",
                "repeat it a few times, and report the median": "averaging mends it",
            },
            why="The product is only handed over; Python goes on at once. Synchronise, and then read the "
            "clock.",
        ),
    ),
    Idea(
        name="state_dict",
        title="state_dict refers to the living weights",
        lesson=5,
        misconceptions={
            "state_dict is a snapshot": "`state_dict()` refers to the living weights. As training goes on, "
            "what it holds goes along.",
            "a shallow copy is enough": "`copy` puts a new dictionary or network around the same tensors. To "
            "keep their values, the tensors themselves have to be copied.",
            "a second name is a copy": "That is a second name for one and the same network. Training changes "
            "it under both names.",
        },
        a=Asked(
            text="After epoch 4 `net` is at its best, and training goes on in any case. Which line, run at "
            "that moment, keeps the weights of epoch 4? (`copy` and `deepcopy` come from Python's module "
            "`copy`.)",
            options={
                "best = net": "a second name is a copy",
                "best = copy(net.state_dict())": "a shallow copy is enough",
                "best = deepcopy(net.state_dict())": RIGHT,
                "best = net.state_dict()": "state_dict is a snapshot",
            },
            why="`deepcopy` copies the tensors, so later steps cannot reach them.",
        ),
        b=Asked(
            text="When training is over, each weight of `net` is to be compared with what it was at the "
            "start. Which line, run before training, makes this possible? (`copy` and `deepcopy` are those "
            "of Python's module `copy`.)",
            options={
                "start = copy(net)": "a shallow copy is enough",
                "start = deepcopy(net)": RIGHT,
                "start = net.state_dict()": "state_dict is a snapshot",
                "start = net": "a second name is a copy",
            },
            why="`deepcopy` makes a second network with tensors of its own, which training does not reach.",
        ),
    ),
    Idea(
        name="dropout",
        title="Dropout scales in training, and rests in evaluation",
        lesson=6,
        misconceptions={
            "what is kept stays as it is": "Then the sums behind it would be smaller in training than in "
            "evaluation. What is kept is divided by 1 − p, so that the mean stays.",
            "p is the share that is kept": "p is the share that is dropped. What is kept is divided by 1 − "
            "p, not by p.",
            "evaluation is scaled": "PyTorch scales in training, so that evaluation has nothing left to do: "
            "each value passes as it is.",
        },
        a=Asked(
            text="The value 12 reaches `nn.Dropout(p=0.75)`. What comes out in train mode, if the value is "
            "among those that are kept, and what in eval mode?",
            options={
                "12 in train mode, 3 in eval mode": "evaluation is scaled",
                "12 in train mode, 12 in eval mode": "what is kept stays as it is",
                "16 in train mode, 12 in eval mode": "p is the share that is kept",
                "48 in train mode, 12 in eval mode": RIGHT,
            },
            why="A quarter is kept, so what is kept counts four times: 12 / 0.25. In eval mode all values "
            "pass.",
        ),
        b=Asked(
            text="A layer `nn.Dropout(p=0.2)` meets the value 20 twice: once while the network is trained, "
            "where it happens to be kept, and once while it is evaluated. What does the layer give?",
            options={
                "25 in training, 20 in evaluation": RIGHT,
                "100 in training, 20 in evaluation": "p is the share that is kept",
                "20 in training, 20 in evaluation": "what is kept stays as it is",
                "20 in training, 16 in evaluation": "evaluation is scaled",
            },
            why="Four fifths are kept, so what is kept is divided by 0.8. In evaluation all values pass.",
        ),
    ),
    Idea(
        name="overfitting",
        title="The sign of overfitting",
        lesson=6,
        misconceptions={
            "any gap is overfitting": "A gap is normal: what was practised goes better. As long as the "
            "held-out loss falls, the network learns what holds for new data too.",
            "a high loss is overfitting": "This one has hardly learned anything, of known data or of new. "
            "That is underfitting.",
            "held-out must not be better": "So it looks when training is made harder by dropout or "
            "augmentation. The held-out loss falls to the end, and there is nothing to cure.",
        },
        a=Asked(
            text="Four networks learn to read letters. The loss of each is written down early, halfway and "
            "at the end of training, on training letters and on held-out ones. Which of the four overfits?",
            options={
                "training 1.0, 0.4, 0.2; held-out 1.1, 0.6, 0.5": "any gap is overfitting",
                "training 1.0, 0.6, 0.4; held-out 0.9, 0.5, 0.3": "held-out must not be better",
                "training 2.3, 2.2, 2.2; held-out 2.3, 2.3, 2.2": "a high loss is overfitting",
                "training 1.0, 0.3, 0.1; held-out 1.1, 0.5, 0.8": RIGHT,
            },
            why="The training loss falls to the end, and the held-out loss has risen again: the network gets "
            "more certain of what does not hold for new data.",
        ),
        b=Asked(
            text="A network forecasts rain. Four versions of it have these errors after 10, 20 and 30 "
            "epochs, on days they know from training and on other days. Which one should have been stopped "
            "after 20 epochs?",
            options={
                "known 9, 8, 8; other 9, 9, 8": "a high loss is overfitting",
                "known 6, 4, 2; other 7, 5, 4": "any gap is overfitting",
                "known 6, 3, 1; other 7, 4, 6": RIGHT,
                "known 6, 5, 4; other 5, 4, 3": "held-out must not be better",
            },
            why="On the days it learned from it gets better to the end, on other days worse since epoch 20: "
            "it learns by heart.",
        ),
    ),
]
