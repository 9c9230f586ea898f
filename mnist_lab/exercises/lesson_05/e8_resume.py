"""Exercise 5.8: a run that may be stopped after any epoch; e8_resume_probe stops it after each."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_05.e8_resume_probe import PARTS, what_is_lost

import torch


def one_more_epoch(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        scheduler.load_state_dict(saved["scheduler"])
        generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"])
    train()
    saved = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "generator": generator.get_state(),
        "torch": torch.get_rng_state(),
    }
    torch.save(saved, path)


def given_one_more_epoch(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
    train()
    saved = {"model": model.state_dict()}
    torch.save(saved, path)


def whole_objects_opened(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=False)
        model, optimizer = saved["model"], saved["optimizer"]
    train()
    torch.save({"model": model, "optimizer": optimizer}, path)


PUT_BACK = {
    "model": 'model.load_state_dict(saved["model"])',
    "optimizer": 'optimizer.load_state_dict(saved["optimizer"])',
    "scheduler": 'scheduler.load_state_dict(saved["scheduler"])',
    "generator": 'generator.set_state(saved["generator"])',
    "torch": 'torch.set_rng_state(saved["torch"])',
}


def without(*pieces):
    """Return the edits that leave some pieces of the file where they are."""
    return {PUT_BACK[piece]: "pass" for piece in pieces}


SAVE = "torch.save(saved, path)"
EARLY = {"    train()\n": "    order, masks = generator.get_state(), torch.get_rng_state()\n    train()\n"}
EARLY_ORDER = {"generator.get_state()": "order"}
EARLY_MASKS = {"torch.get_rng_state()": "masks"}

MISTAKES = (
    (without("optimizer"),
     "The optimizer's state is lost, and with it Adam's averages and the learning rate. Perhaps it was "
     "forgotten, or saved before `train()`."),
    (without("scheduler"),
     "The scheduler's count is lost. Perhaps it starts at 0 again, and as it is a `LambdaLR`, the learning "
     "rates of the first epochs come back, one epoch later."),
    (without("optimizer", "scheduler"),
     "Optimizer and scheduler both seem to start anew: without Adam's averages, and with the learning rates "
     "of the first epochs again."),
    (without("generator"),
     "The generator of the loader is forgotten, so the batches come in another order: `get_state` and "
     "`set_state`."),
    (without("torch"),
     "PyTorch's own random state is lost, and dropout draws other masks: `torch.get_rng_state()` and "
     "`torch.set_rng_state(…)`."),
    (without("generator", "torch"),
     "Both random states are lost: that of the loader's generator, and PyTorch's own, from which dropout "
     "draws."),
    (without("scheduler", "generator", "torch"),
     "Weights and optimizer are what most tutorials save. The scheduler and both random states are still "
     "missing."),
    (without("optimizer", "generator", "torch"),
     "The optimizer's state is lost, and so are both random states: the generator's, and PyTorch's own."),
    (without("model"), "All is put back but the weights, or they not to the last bit. "
     "`model.load_state_dict` has to stay as it was."),
    (without(*PUT_BACK), "What is in the file is never put back before `train()`. Each entry needs its line "
     "under `if path.exists()`."),
    ({"    train()\n": "", SAVE: f"{SAVE}\n    train()"},
     "The file is written before the epoch, so the epoch is lost. Save after `train()`."),
    (SAVE, f"if not path.exists():\n        {SAVE}",
     "The file is written after the first epoch and never again. Save after each epoch."),
    ("    train()\n", "", "No epoch was trained. Call `train()` once, after what was saved is put back."),
    (PUT_BACK["torch"], "torch.manual_seed(0)",
     "A seed is where a generator starts, not where it stands: with the same seed each epoch repeats its "
     "masks. Save `torch.get_rng_state()`."),
    (PUT_BACK["generator"], "generator.manual_seed(0)",
     "A seed is where a generator starts, not where it stands: the batches come in the same order in each "
     "epoch. Save `generator.get_state()`."),
    ({PUT_BACK["generator"]: "generator.manual_seed(0)", PUT_BACK["torch"]: "torch.manual_seed(0)"},
     "Seeds are where generators start, not where they stand: each epoch repeats the order and the masks. "
     "Save both states."),
    (EARLY_ORDER | EARLY_MASKS | EARLY,
     "Both random states are saved, but from before `train()`: each epoch repeats the order and the masks of "
     "the one before. Read them after `train()`."),
    (EARLY_ORDER | EARLY,
     "The generator's state is saved, but from before `train()`: each epoch repeats the order of the one "
     "before. Read it after `train()`."),
    (EARLY_MASKS | EARLY,
     "PyTorch's random state is saved, but from before `train()`: each epoch repeats the masks of the one "
     "before. Read it after `train()`."),
    ({"    train()\n": "", SAVE: f"train()\n    {SAVE}"},
     "The dictionary is made before `train()`. The weights in it are live and go on; all else in it is from "
     "before the epoch. Make it after `train()`."),
    ("optimizer.state_dict()", "optimizer",
     "The optimizer itself went into the file, and `weights_only=True` refuses it. Save "
     "`optimizer.state_dict()`."),
    (whole_objects_opened, "Whole objects from the file are others than those that `train` uses, and such a "
     "file may run code. Save states, and load them into what is there."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.8",
    title="Stop after any epoch",
    difficulty=3,
    minutes=9,
    points=4,
    reference=one_more_epoch,
    given=given_one_more_epoch,
    probe=what_is_lost,
    parts=PARTS,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="Five states, and the run does not notice that it was stopped. To the last bit: nothing less could "
    "be told from a small mistake.",
    hints=(
        "Go through the arguments one by one: what does each of them know that a new one does not?",
        "Optimizer and scheduler have `state_dict` and `load_state_dict`, as the network has. A generator "
        "has `get_state` and `set_state`.",
        "Dropout draws from PyTorch's own generator. `torch.get_rng_state()` reads its state, and "
        "`torch.set_rng_state(…)` puts it back.",
        'Five entries in the dictionary, say `"model"`, `"optimizer"`, `"scheduler"`, `"generator"`, '
        '`"torch"`, and one line for each under `if path.exists()`.',
    ),
    mistakes=MISTAKES,
)
