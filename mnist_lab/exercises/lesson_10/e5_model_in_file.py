"""Exercise 10.5: a network of ten letters in a file."""

import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from mnist_lab.analysis import glyphs
from mnist_lab.analysis.glyphs import font_glyphs
from mnist_lab.checkpoints import load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.sealed import CheckpointError
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.models import SimpleCNN
from mnist_lab.training import train_one_epoch

import torch
from torch.nn.modules.module import register_module_forward_pre_hook
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


LETTERS = "RAEHKSTMXG"  # not in the order of the alphabet
UNSEEN = ("DejaVu Serif", "Computer Modern", "STIX Bold", "DejaVu Sans Mono Oblique", "Computer Modern Sans")
SEEN = tuple(name for name in glyphs.FONTS if name not in UNSEEN)[::2]  # 8 fonts for the long run
FEW = (SEEN[0], SEEN[3], SEEN[5])
NUM_EPOCHS = 8
WORDS = ("letter", "font", "glyph", "capital", "character", "typeface", "alphabet")


def what_the_file_says(train_letters):
    """Return what is wrong: first with two short runs and their files, then with what is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "letters.pt")
        faults, first = short_run(train_letters, path, noise=1)
        faults = faults or _seeds(train_letters, path, first)
        if faults:
            return faults
        path.unlink()
        train_letters(path, LETTERS, list(SEEN), num_epochs=NUM_EPOCHS, seed=0)
        return _whole_file(path, LETTERS) or reads(path)


def short_run(train_letters, path, *, noise, seed=1):
    """Return the faults of one epoch on three fonts, and its weights."""
    torch.default_generator.manual_seed(noise)
    with watched() as (fonts, images):
        train_letters(path, LETTERS, list(FEW), num_epochs=1, seed=seed)
    faults = _whole_file(path, LETTERS)
    if faults:
        return faults, None
    content = load_checkpoint(path)
    return _training(content, fonts, images), content["weights"]


def _whole_file(path, letters):
    """Faults of the file itself: there, whole, of this network, with the right classes and words."""
    if not path.is_file():
        return ["No file was written at `path`."]
    try:
        load_model(path)
    except CheckpointError as error:
        return [f"`load_model(path)` refuses the file: {type(error).__name__}."]
    content, faults = load_checkpoint(path), []
    classes = [str(name) for name in content["classes"]]
    if classes == list("0123456789"):
        faults.append("By its file the network reads the classes 0 to 9.")
    elif sorted(classes) != sorted(letters):
        faults.append("The classes in the file are not the ten letters.")
    words = content["digits"].lower()
    if not any(word in words for word in (*WORDS, letters.lower())):
        faults.append("What it was trained on, `digits`, names neither letters nor fonts.")
    return faults


def _training(content, fonts, images):
    """Faults of what went in: fonts that were not given, images normalised otherwise than the file says."""
    faults = []
    if fonts - set(FEW):
        faults.append("Glyphs of fonts that were not given were drawn.")
    if set(FEW) - fonts:
        faults.append("Not all fonts that were given were drawn.")
    if not images:
        return [*faults, "No images (N, 1, 28, 28) went through a network."]
    black, white = ((value - content["mean"]) / content["std"] for value in (0, 1))
    least, most, reach = min(low for low, _ in images), max(high for _, high in images), white - black
    if abs(least - black) > 0.1 * reach or not -0.4 * reach <= most - white <= 0.1 * reach:
        faults.append("The images in training had another range than the mean and std in the file say.")
    return faults


@contextmanager
def watched():
    """Note the fonts that are drawn, and the least and largest value of each batch of images."""
    fonts, images, draw = set(), [], glyphs.font_file

    def noting(name):
        fonts.add(name)
        return draw(name)

    def look(module, arguments):
        x = arguments[0] if arguments else None
        if isinstance(x, torch.Tensor) and x.shape[1:] == (1, 28, 28) and x.numel():
            images.append([value.item() for value in x.detach().aminmax()])

    handle = register_module_forward_pre_hook(look)
    try:
        with patch.object(glyphs, "font_file", noting):
            yield fonts, images
    finally:
        handle.remove()


def _seeds(train_letters, path, first):
    """Faults of the seed: it has to decide the first weights and the batches, and nothing else."""
    (more, again), (fewer, other) = (short_run(train_letters, path, noise=2, seed=seed) for seed in (1, 2))
    if more or fewer:
        return more or fewer
    faults = [] if _apart(first, again) < 1e-4 else ["The same seed ended with other weights."]
    return faults if _apart(first, other) > 1e-4 else [*faults, "Another seed ended with the same weights."]


def _apart(first, second):
    """The mean difference between two sets of weights of the same network."""
    means = [(first[name] - second[name]).abs().mean().item() for name in first]
    return sum(means) / len(means)


def reads(path):
    """Return what is wrong with how the network in a file reads ten letters in five unseen fonts."""
    content = load_checkpoint(path)
    images = glyphs.font_glyphs(LETTERS, fonts=UNSEEN, mean=content["mean"], std=content["std"])
    labels = torch.tensor([content["classes"].index(letter) for letter in LETTERS]).repeat(len(UNSEEN))
    with torch.inference_mode():
        shares = load_model(path)(images).softmax(dim=1)
    called = shares.argmax(dim=1)
    right = (called == labels).float().mean().item()
    if right >= 0.4:
        return []
    if shares.amax(dim=1).mean() < 0.15:
        return ["Its probabilities are all nearly equal: it has hardly learned."]
    if _other_names(labels, called):
        return ["In unseen fonts nearly every letter is called by the name of another."]
    few = "hardly more than by guessing" if right < 0.25 else "fewer than four of ten letters"
    return [f"In unseen fonts it reads {few}."]


def _other_names(labels, called):
    """True if letters are told apart, but under wrong names."""
    pairs = torch.zeros(len(LETTERS), len(LETTERS))
    pairs.index_put_((labels, called), torch.ones(len(labels)), accumulate=True)
    agreed = pairs.amax(dim=1).sum().item() / len(labels)
    return agreed >= 0.7 and len(set(pairs.argmax(dim=1).tolist())) >= 8


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
    kind="training",
    difficulty=3,
    minutes=15,
    points=5,
    reference=train_letters,
    probe=what_the_file_says,
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
