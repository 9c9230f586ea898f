"""Named training recipes: all that decides a run but its seed and its device, as data.

How ours were chosen: never on the test set. The networks, rates and lengths of speedrun98, speedrun99
and record were compared with three to ten seeds a setting (record's full length with one) on the 5,000
validation digits of full MNIST, as `mnist-lab train NAME --tune` does, and the shortest speedruns were
taken that stood a little above fast-2024 there. For bundled, the 4,000 digits were cut into eight parts,
of which each was the validation set once, for up to eight runs a setting; its length is what fits into
a minute.
"""

from dataclasses import dataclass, field

from mnist_lab.near_names import did_you_mean


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a run consists of; the words of layers are those of network.py.

    Its length is either epochs, which may be a fraction, or a number of steps.
    """

    about: str
    digits: str = "full"  # trained on; load_digits knows the names
    layers: tuple
    loader: str = "memory"  # one tensor, or "transforms": image by image
    mean: float = 0.1307
    std: float = 0.3081
    batch_size: int
    epochs: float | None = None
    steps: int | None = None
    optimizer: str = "Adam"  # its name in torch.optim
    learning_rate: float
    options: dict = field(default_factory=dict)  # of the optimizer; weight decay spares biases and norms
    schedule: str = "constant"  # the names are those of schedules.py
    schedule_options: dict = field(default_factory=dict)
    precision: str = "float32"  # or "bfloat16", where the processor has it
    memory_format: str = "contiguous"  # or "channels_last"
    label_smoothing: float = 0.0
    whiten: bool = False  # start from the principal components of patches
    augmentation: dict | None = None  # arguments of data.augment.random_warp
    augmented_share: float = 1.0  # of the steps, from the first; the rest see the digits as they are
    averaging: dict | None = None  # of the weights: decay, start (share of the steps), every, buffers
    shifts: int = 0  # pixels; above 0, answers are averaged over five places of the test image


# torch's own two convolutions, as its MNIST example has them
EXAMPLE = (
    "conv 32 3", "relu", "conv 64 3", "relu", "pool 2", "dropout 0.25",
    "flatten", "linear 128", "relu", "dropout 0.5", "linear 10",
)  # fmt: skip
FAST = (
    "conv 24 5", "pool 2", "relu", "conv 32 3", "pool 2", "relu",
    "flatten", "linear 256", "relu", "linear 10",
)  # fmt: skip
SMALL = (
    "unshuffle 2", "conv 32 3", "pool 2", "norm", "silu", "conv 64 3", "norm", "silu",
    "conv 64 3", "norm", "silu", "max", "linear 10",
)  # fmt: skip
WIDE = (
    "unshuffle 2", "conv 32 3 pad=1", "pool 2", "norm", "relu", "conv 96 3 pad=1", "norm", "relu",
    "conv 128 3", "norm", "relu", "conv 128 3", "norm", "relu", "max", "linear 10",
)  # fmt: skip

SPEEDRUN = {
    "layers": SMALL,
    "batch_size": 128,
    "optimizer": "AdamW",
    "learning_rate": 0.03,
    "options": {"betas": (0.7, 0.9), "weight_decay": 0.0, "fused": True},
    "schedule": "triangle",
    "schedule_options": {"warmup": 0.2},
    "precision": "bfloat16",
    "memory_format": "channels_last",
    "label_smoothing": 0.1,
    "whiten": True,
}
PATIENT = {
    **SPEEDRUN,
    "layers": WIDE,
    "learning_rate": 0.02,
    "options": {"betas": (0.9, 0.99), "weight_decay": 0.05, "fused": True},
    "schedule_options": {"warmup": 0.1, "start": 0.05},
    "augmentation": {"degrees": 12.0, "scale": 0.12, "shear": 0.12, "pixels": 2.0, "elastic": 0.5},
    "shifts": 1,
}

RECIPES = {
    "seed": Recipe(
        about="what this series grew from: SimpleCNN, Adam, a DataLoader with transforms image by image",
        layers=("SimpleCNN",),
        loader="transforms",
        mean=0.5,
        std=0.5,
        batch_size=64,
        epochs=10,
        learning_rate=0.001,
    ),
    "pytorch-example": Recipe(
        about="the MNIST example of pytorch/examples: dropout, Adadelta, 14 epochs",
        layers=EXAMPLE,
        loader="transforms",
        batch_size=64,
        epochs=14,
        optimizer="Adadelta",
        learning_rate=1.0,
        schedule="step",
        schedule_options={"gamma": 0.7},
    ),
    "fast-2024": Recipe(
        about="train_mnist_fast, 2024: one epoch from memory, one cycle of the learning rate",
        layers=FAST,
        batch_size=256,
        epochs=1,
        learning_rate=0.01,
        options={"betas": (0.7, 0.9)},
        schedule="one-cycle",
    ),
    "speedrun98": Recipe(
        about="98 % in the least seconds: a small network on halved images, whitened, in bfloat16",
        steps=56,
        **SPEEDRUN,
    ),
    "speedrun99": Recipe(
        about="99 % in the least seconds: speedrun98 for longer",
        steps=160,
        **SPEEDRUN,
    ),
    "record": Recipe(
        about="the fewest mistakes: a wider network, augmentation, many epochs",
        epochs=36,
        **PATIENT,
    ),
    "bundled": Recipe(
        about="the fewest mistakes from the 4,000 bundled digits alone",
        digits="bundled",
        epochs=50,
        **PATIENT,
    ),
}


def find_recipe(name):
    """Return the Recipe of that name, or raise ValueError naming those that exist."""
    if name not in RECIPES:
        hint = did_you_mean(name, RECIPES)
        raise ValueError(f"There is no recipe {name!r}; there are {', '.join(RECIPES)}.{hint}")
    return RECIPES[name]
