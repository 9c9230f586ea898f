"""Concept test: shifted images, held-out images, augmented images, and the batch they come in."""

from mnist_lab.exercises.concepts_model import RIGHT, Asked, Idea

IDEAS = [
    Idea(
        name="equivariance",
        title="Convolution moves along; a linear layer does not",
        lesson=1,
        misconceptions={
            "convolution ignores the place": "A kernel answers wherever its pattern stands, and the map "
            "shows where. Convolution is equivariant: shift in, shift out. It is not invariant.",
            "moving along is enough": "The maps do move along. But the linear layer has a weight of its own "
            "for each place of a map, so it meets the pattern with other weights.",
            "a kernel belongs to one place": "One and the same kernel visits all places, so it finds the "
            "pattern at the new place as well as at the old one.",
        },
        a=Asked(
            text="A network is one convolution with stride 1, then flatten, then a linear layer. All birds "
            "it learned from sat in the middle. Now one sits four pixels to the left, still far from the "
            "border. What becomes of the maps of the convolution, and of the scores?",
            options={
                "The maps stay as they were, and so do the scores.": "convolution ignores the place",
                "The maps lose the bird, and the scores change.": "a kernel belongs to one place",
                "The maps move along, and the scores stay as they were.": "moving along is enough",
                "The maps move along, and the scores change.": RIGHT,
            },
            why="The convolution gives the same pattern four pixels to the left. The linear layer has other "
            "weights there.",
        ),
        b=Asked(
            text="A reader of house numbers has two convolutions with stride 1, no pooling, then flatten and "
            "a linear layer. It learned from numbers at one height. Now a sign hangs five pixels lower, well "
            "inside the picture. What do the layers make of it?",
            options={
                "Same maps, five pixels lower; same scores.": "moving along is enough",
                "Maps in which the number is lost; other scores.": "a kernel belongs to one place",
                "Same maps, five pixels lower; other scores.": RIGHT,
                "Same maps, at the old height; same scores.": "convolution ignores the place",
            },
            why="Both convolutions give the same patterns five pixels lower. The linear layer has other "
            "weights there.",
        ),
    ),
    Idea(
        name="constants",
        title="What is computed from data is computed from training data",
        lesson=2,
        misconceptions={
            "without labels nothing leaks": "Held-out images without their labels are information too. "
            "Whatever is computed from them enters training, and the score no longer tells about unseen "
            "data.",
            "each set has its own constants": "Then the same grey or the same reading becomes another number "
            "in each set. What was learned holds only for the scale it was learned on.",
            "held-out data stays raw": "A network understands only the scale that it was trained on. "
            "Held-out data goes through the same steps, with the same constants.",
        },
        a=Asked(
            text="Photos are divided into training, validation and test. They are to be normalised with a "
            "mean and a standard deviation. Which photos give these constants, and which are normalised with "
            "them?",
            options={
                "All photos give them, and all are normalised.": "without labels nothing leaks",
                "The training photos give them, and all are normalised.": RIGHT,
                "Each of the three sets gives its own, for itself.": "each set has its own constants",
                "The training photos give them, and only those are normalised.": "held-out data stays raw",
            },
            why="Held-out photos play the part of photos that come tomorrow: nothing is computed from them, "
            "and they are treated with what training has fixed.",
        ),
        b=Asked(
            text="A clinic scales blood pressures before it trains a network: minus a lowest value, divided "
            "by a range. A fifth of the patients is held out for the test. Whose pressures give the two "
            "numbers, and whose are scaled with them?",
            options={
                "Each of the two groups gives its own, for itself.": "each set has its own constants",
                "All patients give them, and all are scaled.": "without labels nothing leaks",
                "The training patients give them; only those are scaled.": "held-out data stays raw",
                "The training patients give them; all are scaled.": RIGHT,
            },
            why="The held-out patients play the part of those who come tomorrow: nothing is computed from "
            "them, and they are treated with what training has fixed.",
        ),
    ),
    Idea(
        name="augmentation",
        title="A change that the label survives, in training only",
        lesson=2,
        misconceptions={
            "a mirror keeps the label": "Mirrored, some of these pictures show another class, and would be "
            "taught with the wrong label.",
            "half a turn keeps the label": "Turned upside down, some of these pictures show another class, "
            "and would be taught with the wrong label.",
            "validation is augmented too": "Validation is an exam, the same each time. Altered at random it "
            "measures something else in every epoch.",
        },
        a=Asked(
            text="Signs show an arrow to the left, to the right, up or down. Their pictures are to be "
            "altered at random while a network learns to tell the four apart. Which plan is sound?",
            options={
                "shifts by two pixels, in training": RIGHT,
                "shifts by two pixels, in training and in validation": "validation is augmented too",
                "mirroring from left to right, in training": "a mirror keeps the label",
                "half turns, in training": "half a turn keeps the label",
            },
            why="A shifted arrow still points the same way, and the exam stays as it is.",
        ),
        b=Asked(
            text="A network is to tell the handwritten letters b, d, p and q apart. Its pictures are to be "
            "altered at random. Which plan is sound?",
            options={
                "half turns of the training pictures": "half a turn keeps the label",
                "tilts by five degrees of training and validation pictures": "validation is augmented too",
                "tilts by five degrees of the training pictures": RIGHT,
                "mirroring of the training pictures, from left to right": "a mirror keeps the label",
            },
            why="A letter tilted a little is still the same letter, and the exam stays as it is.",
        ),
    ),
    Idea(
        name="folded_batch",
        title="A view that folds the batch",
        lesson=8,
        misconceptions={
            "view checks each image": "`view` knows nothing of images. It counts numbers, and here they can "
            "be cut into rows of the length asked for without a rest.",
            "view fills up": "`view` adds nothing and drops nothing. It cuts the numbers that are there into "
            "rows.",
            "-1 stands for the batch": "`-1` keeps no batch size: it becomes whatever number of rows comes "
            "out. The rows have the length asked for, so the linear layer is content.",
        },
        a=Asked(
            text="Pooled maps have the shape (30, 8, 6, 6), which is 288 numbers an image. `forward` goes on "
            "with `x.view(-1, 576)` and `nn.Linear(576, 10)`. There are 30 labels. What happens?",
            options={
                "`view` stops: 288 numbers are not 576.": "view checks each image",
                "`view` fills each image up to 576 numbers with zeros.": "view fills up",
                "`view` makes 15 rows; the loss stops, since there are 30 labels.": RIGHT,
                "`view` makes 30 rows of 288; the linear layer stops, since it expects 576.": (
                    "-1 stands for the batch"
                ),
            },
            why="30 · 288 numbers are cut into 15 rows of 576. The linear layer takes them; only the loss "
            "sees that 15 answers meet 30 labels.",
        ),
        b=Asked(
            text="A pooling layer gives (40, 4, 5, 5), which is 100 numbers a photo. The next lines are "
            "`x.view(-1, 200)` and `nn.Linear(200, 3)`, and then the loss against 40 labels. What happens?",
            options={
                "`view` adds zeros, so that each photo has 200 numbers.": "view fills up",
                "`view` gives 40 rows of 100, and the linear layer fails: it wants 200.": (
                    "-1 stands for the batch"
                ),
                "`view` fails, because a photo has 100 numbers.": "view checks each image",
                "`view` gives 20 rows, and the loss fails: there are 40 labels.": RIGHT,
            },
            why="40 · 100 numbers are cut into 20 rows of 200. The linear layer takes them; only the loss "
            "sees that 20 answers meet 40 labels.",
        ),
    ),
]
