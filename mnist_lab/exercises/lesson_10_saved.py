"""Lesson 10, unaided: the exercise on the saved model of ten letters, with its known mistakes."""

from mnist_lab.analysis.glyphs import FIVE_FONTS, FONTS
from mnist_lab.exercises import lesson_10_letters as letters
from mnist_lab.exercises.lesson_10_letters import variant
from mnist_lab.exercises.lesson_10_reading import what_the_file_says
from mnist_lab.exercises.model import Exercise, Mistake

EXERCISES = [
    Exercise(
        id="10.5",
        title="Letters, part two: a model in a file",
        kind="training",
        difficulty=3,
        minutes=7,
        points=5,
        reference=letters.train_letters,
        probe=what_the_file_says,
        seconds=60.0,  # a learner's own training, three times, on a machine that may be slow
        why="The file alone was enough: the check opened it, normalised as it says, and read fonts that your "
        "code never saw.",
        hints=(
            "Three pieces: glyphs with their labels, a loop as in lesson 03, and a file as in lesson 05. "
            "Start with `torch.manual_seed(seed)`, before the network is made.",
            "`font_glyphs(letters, fonts=fonts)` gives all letters of the first font, then all of the next. "
            "So the labels are 0 to 9 for the first font, and again 0 to 9 for each further one.",
            "`TensorDataset(images, labels)` and `DataLoader(…, batch_size=16, shuffle=True)` make batches; "
            "`train_one_epoch(model, loader, optimizer)` is called `num_epochs` times.",
            "At the end `save_checkpoint(path, model, digits=…, mean=0.5, std=0.5, classes=letters)`: "
            "`digits` says in words what it was trained on, mean and std are those of `font_glyphs`.",
        ),
        mistakes=(
            Mistake(
                variant(save=letters.default_classes),
                "The classes were left at 0 to 9, so whoever opens the file reads an R as a 0. Give "
                "`classes=letters`.",
            ),
            Mistake(
                variant(classes=lambda letters: letters.lower()),
                "The classes in the file are others than the ten letters that were given. Give "
                "`classes=letters` as they came.",
            ),
            Mistake(
                variant(words="bundled"),
                "The file does not say that the network was trained on letters. In `digits` say what it was: "
                "letters, and of which fonts.",
            ),
            Mistake(
                variant(save=letters.default_classes, words="bundled"),
                "The classes in the file are still 0 to 9, and its words do not speak of letters. Give "
                "`classes=letters`, and say in `digits` that it was letters of fonts.",
            ),
            Mistake(
                variant(said=(0.1307, 0.3081)),
                "Mean and std in the file are not those that the images had in training. Whoever opens it "
                "will normalise otherwise; write those that you gave to `font_glyphs` (0.5 and 0.5 unless "
                "you chose).",
            ),
            Mistake(
                variant(labels_of=letters.one_further),
                "Labels and classes are in different orders, by a shift or by sorting: the network tells "
                "letters apart and gives each the name of another. Label k has to be the letter "
                "`classes[k]`.",
            ),
            Mistake(
                variant(labels_of=letters.letter_by_letter),
                "The labels do not fit the glyphs. These come font by font, all letters each time, so the "
                "labels count from 0 to 9 anew for each font: `repeat`, not `repeat_interleave`.",
            ),
            Mistake(
                variant(labels_of=letters.from_one),
                "Labels start at 0: with ten classes there is no class 10.",
            ),
            Mistake(
                variant(trains=False),
                "A network that has learned nothing was saved. Was the one in the file the one that was "
                "trained, and did the optimizer have its parameters?",
            ),
            Mistake(
                variant(fonts_of=lambda fonts: tuple(FONTS)),
                "It was trained on all fonts there are, the test fonts among them. Hand `fonts` on: "
                "`font_glyphs(letters, fonts=fonts)`.",
            ),
            Mistake(
                variant(fonts_of=lambda fonts: FIVE_FONTS),
                "Without `fonts=fonts` you get five default fonts, and some of these may be test fonts. "
                "Hand on those that were given.",
            ),
            Mistake(
                variant(fonts_of=lambda fonts: tuple(fonts[:1])),
                "Only some of the fonts were used. Who knows one font will not know the next: give "
                "`font_glyphs` all of `fonts`.",
            ),
            Mistake(
                variant(seeds="never"),
                "The seed does not decide everything: the same seed ended with other weights. Set it in the "
                "first line, before the network draws its weights.",
            ),
            Mistake(
                variant(seeds="fixed"),
                "Every seed trains the same network, so n runs would be one run counted n times. "
                "`torch.manual_seed(seed)` with the seed that comes in.",
            ),
            Mistake(
                variant(save=letters.weights_alone),
                "`torch.save` keeps weights without mean, std and classes, and `load_model` refuses the "
                "file. Write it with `save_checkpoint`.",
            ),
            Mistake(
                variant(save=letters.nowhere),
                "There is no file. Call `save_checkpoint` at the end, with the `path` that was given as its "
                "first argument, not a name of your own.",
            ),
        ),
    ),
]
