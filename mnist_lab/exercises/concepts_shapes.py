"""Concept test: axes, the answer among the scores, the size and the weights of a convolution."""

from mnist_lab.exercises.concepts_model import RIGHT, Asked, Idea

IDEAS = [
    Idea(
        name="axes",
        title="Moving an axis is not re-cutting",
        lesson=0,
        misconceptions={
            "reshape moves axes": "`reshape` re-cuts the same sequence of numbers: the shape is right, and "
            "the values stand in wrong places. Only `permute` moves axes.",
            "permute read backwards": "For each new place `permute` names the old axis that comes there. "
            "This one says, for each old axis, where it should go.",
            "all axes turned round": "That exchanges rows and columns as well, so each picture lies on its "
            "side.",
        },
        a=Asked(
            text="Eight pictures have the shape (8, 3, 20, 30): pictures, colours, rows, columns. A plotting "
            "library wants the colours last. Which move gives it eight intact pictures?",
            options={
                "permute(0, 3, 1, 2)": "permute read backwards",
                "reshape(8, 20, 30, 3)": "reshape moves axes",
                "permute(0, 2, 3, 1)": RIGHT,
                "permute(0, 3, 2, 1)": "all axes turned round",
            },
            why="The new places take the old axes 0, 2, 3 and 1: pictures, rows, columns, colours.",
        ),
        b=Asked(
            text="Five films have the shape (5, 40, 60, 12): films, rows, columns, and last the 12 frames of "
            "each. A network wants the frames right after the films. Which move gives it five intact films?",
            options={
                "permute(0, 3, 1, 2)": RIGHT,
                "permute(0, 3, 2, 1)": "all axes turned round",
                "permute(0, 2, 3, 1)": "permute read backwards",
                "reshape(5, 12, 40, 60)": "reshape moves axes",
            },
            why="The new places take the old axes 0, 3, 1 and 2: films, frames, rows, columns.",
        ),
    ),
    Idea(
        name="argmax",
        title="The place of the largest value, along one axis",
        lesson=0,
        misconceptions={
            "the score taken for the class": "`max` gives the largest value itself. Which row it stands in "
            "is what `argmax` tells.",
            "dim names the axis that stays": "The axis named in `dim` is the one that disappears. Here the "
            "rows have to go, so that one answer is left for each column.",
            "one answer for all": "Without `dim` the whole table has a single answer, not one for each "
            "column.",
        },
        a=Asked(
            text="`scores` has the shape (5, 32): a row for each of five animals, a column for each of 32 "
            "photos. Which line tells, for each photo, the animal with the highest score?",
            options={
                "scores.argmax(dim=0)": RIGHT,
                "scores.argmax(dim=1)": "dim names the axis that stays",
                "scores.argmax()": "one answer for all",
                "scores.max(dim=0).values": "the score taken for the class",
            },
            why="Axis 0, the animals, disappears. For each of the 32 photos the number of one animal is "
            "left.",
        ),
        b=Asked(
            text="A table `votes`, of shape (4, 90), holds what each of four parties (the rows) got in each "
            "of 90 towns (the columns). Which line finds, for every town, the party that won there?",
            options={
                "votes.argmax()": "one answer for all",
                "votes.max(dim=0).values": "the score taken for the class",
                "votes.argmax(dim=1)": "dim names the axis that stays",
                "votes.argmax(dim=0)": RIGHT,
            },
            why="Axis 0, the parties, disappears. For each of the 90 towns the number of one party is left.",
        ),
    ),
    Idea(
        name="output_size",
        title="The size of what a convolution gives",
        lesson=1,
        misconceptions={
            "padding added once": "Padding is on both sides, so it widens the image twice.",
            "steps counted for places": "Those are the steps from the first starting place to the last. The "
            "places themselves are one more.",
            "stride ignored": "The stride was left out: the kernel stops at every second place only.",
        },
        a=Asked(
            text="`nn.Conv2d(1, 8, kernel_size=9, padding=4, stride=2)` gets an image that is 22 pixels "
            "wide. How wide are the maps that it gives?",
            options={
                "9": "padding added once",
                "10": "steps counted for places",
                "11": RIGHT,
                "22": "stride ignored",
            },
            why="Padded on both sides the width is 30. The kernel can start at places 0 to 21; every second "
            "one makes 11 starts: 0, 2, …, 20.",
        ),
        b=Asked(
            text="Kernels of 11 by 11 move over a photo that is 24 pixels high, in a layer with `padding=5` "
            "and `stride=2`. How many pixels high is each map that comes out?",
            options={
                "24": "stride ignored",
                "12": RIGHT,
                "11": "steps counted for places",
                "10": "padding added once",
            },
            why="Padded on both sides the height is 34. The kernel can start at places 0 to 23; every second "
            "one makes 12 starts: 0, 2, …, 22.",
        ),
    ),
    Idea(
        name="parameters",
        title="The weights of a convolution, and that they are shared",
        lesson=1,
        misconceptions={
            "a filter is one square": "Each filter spans all input channels, so it has one square of weights "
            "for each of them, and not one in all.",
            "a bias for each input": "The weights are right. The biases belong to the output: one for each "
            "filter.",
            "a weight for each place": "The same filters visit every place, so their weights are shared. The "
            "size of the image costs work, but no parameters.",
        },
        a=Asked(
            text="A convolution with biases turns 6 maps into 10, with kernels of 3 by 3 and padding 1. All "
            "maps are 20 by 20. How many parameters has it?",
            options={
                "100": "a filter is one square",
                "546": "a bias for each input",
                "550": RIGHT,
                "220,000": "a weight for each place",
            },
            why="Ten filters of 6 · 3 · 3 weights make 540, and each has one bias.",
        ),
        b=Asked(
            text="How many numbers does training adjust in `nn.Conv2d(5, 12, kernel_size=3, padding=1)`, "
            "when its input is 10 by 10?",
            options={
                "55,200": "a weight for each place",
                "552": RIGHT,
                "545": "a bias for each input",
                "120": "a filter is one square",
            },
            why="Twelve filters of 5 · 3 · 3 weights make 540, and each has one bias.",
        ),
    ),
]
