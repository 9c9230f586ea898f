"""Lesson 02: three questions on lessons 00 and 01, and the exit question."""

from mnist_lab.exercises.model import Question

QUESTIONS = [
    Question(
        id="2.q1",
        text="A convolution takes 8 channels in and gives 16, with 5×5 kernels. "
        "How many weights has it, biases aside?",
        right="16 · 8 · 25",
        why="Each of the 16 filters spans all 8 input channels, with 25 weights in each.",
        wrong={
            "16 · 25": "That is one 5×5 square a filter. Each filter spans all 8 input channels, so it has 8 "
            "of them.",
            "(8 + 16) · 25": "The channels do not add up. Each of the 16 filters has a square for each "
            "of the 8 input channels.",
            "it depends on the size of the image": "The same filters slide over every place, so height and "
            "width cost work, but no weights.",
        },
    ),
    Question(
        id="2.q2",
        text="A photo has the shape (32, 48, 3): rows, columns, colours. "
        "What does `photo.reshape(3, 32, 48)` give?",
        right="the shape of channels first, with the values in wrong places",
        why="`reshape` re-cuts the same sequence; only `permute` moves axes.",
        wrong={
            "the photo with its channels first": "The shape is right, the picture is not: `reshape` re-cuts "
            "the same sequence; `permute` moves axes.",
            "an error, because the axes are in another order": "`reshape` only counts: as many numbers as "
            "before, so it has nothing to complain about.",
            "the photo mirrored on its diagonal": "That is what exchanging rows and columns does. `reshape` "
            "moves no axis at all; it cuts the same sequence at other places.",
        },
    ),
    Question(
        id="2.q3",
        text="A network reads all of its training digits correctly. "
        "What follows for digits that it has never seen?",
        right="nothing, until it is scored on some of them",
        why="It may have learned to read, or to remember. Only held-out digits can tell.",
        wrong={
            "it reads nearly all of them, too": "It may simply remember its training digits. Reading and "
            "remembering look the same on images it has seen.",
            "it reads about one in ten": "That is blind guessing. A network that learned something is mostly "
            "better, but how much better only held-out digits can tell.",
            "it reads them badly, because it has learned by heart": "It may, and it may not: a full score in "
            "training is no proof of either. Score it on held-out digits.",
        },
    ),
    Question(
        id="2.exit",
        text="A friend chains `v2.ToImage()`, `v2.ToDtype(torch.float32)` and "
        "`v2.Normalize((0.5,), (0.5,))`, trains with SGD, and wonders. In which range are the numbers that "
        "reach the network?",
        right="−1 to 509",
        why="`scale=True` is missing, so 255 stays 255: (0 − 0.5) / 0.5 is −1, and (255 − 0.5) / 0.5 is 509.",
        wrong={
            "−1 to 1": "So it would be with `scale=True`. Without it, `ToDtype` changes the kind of "
            "number and not its size: 255 stays 255.",
            "0 to 255": "`Normalize` does not care whether the pixels are scaled. It subtracts 0.5 and "
            "divides by 0.5 in any case.",
            "0 to 0.5": "Constants are subtracted and divided, not target limits, and nothing has scaled the "
            "bytes before.",
            "−0.5 to 254.5": "The mean is subtracted. The division by 0.5 is still missing, and it doubles "
            "all of this.",
        },
    ),
]
