"""Exercise 10.5: a network of ten letters in a file."""

from mnist_lab.analysis import glyphs  # noqa: F401 - a wrong answer takes its fonts
from mnist_lab.analysis.glyphs import font_glyphs
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_10.e5_model_in_file_probe import PARTS, what_the_file_says
from mnist_lab.models import SimpleCNN
from mnist_lab.training import train_one_epoch

import torch
from torch.utils.data import DataLoader, TensorDataset


def train_letters(path, letters, fonts, *, num_epochs, seed):
    torch.manual_seed(seed)
    images = font_glyphs(letters, fonts=fonts, mean=0.5, std=0.5)
    labels = torch.arange(len(letters)).repeat(len(fonts))
    loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True)
    model = SimpleCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(num_epochs):
        train_one_epoch(model, loader, optimizer)
    words = f"letters {letters}, {len(fonts)} of Matplotlib's fonts"
    save_checkpoint(path, model, digits=words, mean=0.5, std=0.5, classes=letters)


SEED, CLASSES = "torch.manual_seed(seed)", "classes=letters"
SAVE = f"save_checkpoint(path, model, digits=words, mean=0.5, std=0.5, {CLASSES})"
DEFAULT_CLASSES = {f", {CLASSES}": ""}
OTHER_WORDS = {"digits=words": 'digits="bundled"'}

MISTAKES = (
    (DEFAULT_CLASSES,
     "The classes were left at 0 to 9, so whoever opens the file reads an R as a 0. Give `classes=letters`."),
    (CLASSES, f"{CLASSES}.lower()",
     "The classes in the file are others than the ten letters that were given. Give `classes=letters` as "
     "they came."),
    (OTHER_WORDS, "The file does not say that the network was trained on letters. In `digits` say what it "
     "was: letters, and of which fonts."),
    (DEFAULT_CLASSES | OTHER_WORDS,
     "The classes in the file are still 0 to 9, and its words do not speak of letters. Give "
     "`classes=letters`, and say in `digits` that it was letters of fonts."),
    ("digits=words, mean=0.5, std=0.5", "digits=words, mean=0.1307, std=0.3081",
     "Mean and std in the file are not those that the images had in training. Whoever opens it will "
     "normalise otherwise; write those that you gave to `font_glyphs` (0.5 and 0.5 unless you chose)."),
    (".repeat(", ".roll(-1).repeat(",
     "Labels and classes are in different orders, by a shift or by sorting: the network tells letters apart "
     "and gives each the name of another. Label k has to be the letter `classes[k]`."),
    (".repeat(", ".repeat_interleave(",
     "The labels do not fit the glyphs. These come font by font, all letters each time, so the labels count "
     "from 0 to 9 anew for each font: `repeat`, not `repeat_interleave`."),
    ("torch.arange(len(letters))", "torch.arange(1, len(letters) + 1)",
     "Labels start at 0: with ten classes there is no class 10."),
    ("lr=0.001", "lr=0.0",
     "A network that has learned nothing was saved. Was the one in the file the one that was trained, and "
     "did the optimizer have its parameters?"),
    (SEED, f"{SEED}; fonts = tuple(glyphs.FONTS)",
     "It was trained on all fonts there are, the test fonts among them. Hand `fonts` on: "
     "`font_glyphs(letters, fonts=fonts)`."),
    (SEED, f"{SEED}; fonts = glyphs.FIVE_FONTS",
     "Without `fonts=fonts` you get five default fonts, and some of these may be test fonts. Hand on those "
     "that were given."),
    (SEED, f"{SEED}; fonts = fonts[:1]",
     "Only some of the fonts were used. Who knows one font will not know the next: give `font_glyphs` all of "
     "`fonts`."),
    (SEED, "pass",
     "The seed does not decide everything: the same seed ended with other weights. Set it in the first line, "
     "before the network draws its weights."),
    (SEED, "torch.manual_seed(0)",
     "Every seed trains the same network, so n runs would be one run counted n times. "
     "`torch.manual_seed(seed)` with the seed that comes in."),
    (SAVE, "torch.save(model.state_dict(), path)",
     "`torch.save` keeps weights without mean, std and classes, and `load_model` refuses the file. Write it "
     "with `save_checkpoint`."),
    (SAVE, "pass",
     "There is no file. Call `save_checkpoint` at the end, with the `path` that was given as its first "
     "argument, not a name of your own."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.5",
    title="Letters, part two: a model in a file",
    difficulty=3,
    minutes=15,
    points=5,
    reference=train_letters,
    probe=what_the_file_says,
    parts=PARTS,
    seconds=60.0,  # a learner's own training, three times, on a machine that may be slow
    why="The file alone was enough: the check opened it, normalised as it says, and read fonts that your "
    "code never saw.",
    hints=(
        "Three pieces: glyphs with their labels, a loop as in lesson 03, and a file as in lesson 05. Start "
        "with `torch.manual_seed(seed)`, before the network is made.",
        "`font_glyphs(letters, fonts=fonts)` gives all letters of the first font, then all of the next. So "
        "the labels are 0 to 9 for the first font, and again 0 to 9 for each further one.",
        "`TensorDataset(images, labels)` and `DataLoader(…, batch_size=16, shuffle=True)` make batches; "
        "`train_one_epoch(model, loader, optimizer)` is called `num_epochs` times.",
        "At the end `save_checkpoint(path, model, digits=…, mean=0.5, std=0.5, classes=letters)`: `digits` "
        "says in words what it was trained on, mean and std are those of `font_glyphs`.",
    ),
    mistakes=MISTAKES,
)
