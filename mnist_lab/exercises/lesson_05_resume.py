"""Lesson 05: a run that may be stopped after any epoch."""

from mnist_lab.exercises.lesson_05_run import what_is_lost
from mnist_lab.exercises.model import Exercise, Mistake

import torch as pytorch

# Assigned, not imported: Python compiles a call on an imported name in another way, and the stub in
# the lesson, to which given_one_more_epoch is compared, stands in a cell without the import.
torch = pytorch


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


def state_of(model, optimizer, scheduler, generator):
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "generator": generator.get_state(),
        "torch": torch.get_rng_state(),
    }


def put_back(saved, model, optimizer, scheduler, generator, *, without=()):
    """Put a state back, without some of its pieces."""
    moves = {
        "model": model.load_state_dict,
        "optimizer": optimizer.load_state_dict,
        "scheduler": scheduler.load_state_dict,
        "generator": generator.set_state,
        "torch": torch.set_rng_state,
    }
    for piece, move in moves.items():
        if piece not in without:
            move(saved[piece])


def variant(*without, early=False, once=False, trains=True, seeds=lambda generator: None):
    """Return a one_more_epoch that forgets some pieces, or saves at the wrong moment."""

    def one_more_epoch(path, model, optimizer, scheduler, generator, train):
        objects, known = (model, optimizer, scheduler, generator), path.exists()
        seeds(generator)
        if known:
            put_back(torch.load(path, weights_only=True), *objects, without=without)
        if early:
            torch.save(state_of(*objects), path)
        if trains:
            train()
        if not early and not (once and known):
            torch.save(state_of(*objects), path)

    return one_more_epoch


def both_seeds(generator):
    torch.manual_seed(0)
    generator.manual_seed(0)


def whole_objects(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
    train()
    torch.save({"model": model.state_dict(), "optimizer": optimizer}, path)


def whole_objects_opened(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=False)
        model, optimizer = saved["model"], saved["optimizer"]
    train()
    torch.save({"model": model, "optimizer": optimizer}, path)


RESUME = Exercise(
    id="5.8",
    title="Stop after any epoch",
    kind="training",
    difficulty=3,
    minutes=9,
    points=4,
    reference=one_more_epoch,
    given=given_one_more_epoch,
    probe=what_is_lost,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="Five states, and the run does not notice that it was stopped. To the last bit: nothing less "
    "could be told from a small mistake.",
    hints=(
        "Go through the arguments one by one: what does each of them know that a new one does not?",
        "Optimizer and scheduler have `state_dict` and `load_state_dict`, as the network has. A generator "
        "has `get_state` and `set_state`.",
        "Dropout draws from PyTorch's own generator. `torch.get_rng_state()` reads its state, and "
        "`torch.set_rng_state(…)` puts it back.",
        'Five entries in the dictionary, say `"model"`, `"optimizer"`, `"scheduler"`, `"generator"`, '
        '`"torch"`, and one line for each under `if path.exists()`.',
    ),
    mistakes=(
        Mistake(
            variant("optimizer"),
            "The optimizer is forgotten: Adam starts with empty averages, and with the first learning rate.",
        ),
        Mistake(
            variant("scheduler"),
            "The scheduler is restarted: it counts from 0 again, and the learning rates of the first "
            "epochs come back.",
        ),
        Mistake(
            variant("optimizer", "scheduler"),
            "Optimizer and scheduler both start anew: empty averages, and the learning rates of the first "
            "epochs again.",
        ),
        Mistake(
            variant("generator"),
            "The generator of the loader is forgotten, so the batches come in another order: `get_state` and "
            "`set_state`.",
        ),
        Mistake(
            variant("torch"),
            "PyTorch's own random state is lost, and dropout draws other masks: `torch.get_rng_state()` and "
            "`torch.set_rng_state(…)`.",
        ),
        Mistake(
            variant("generator", "torch"),
            "Both random states are lost: that of the loader's generator, and PyTorch's own, from which "
            "dropout draws.",
        ),
        Mistake(
            variant("scheduler", "generator", "torch"),
            "Weights and optimizer are what most tutorials save. The scheduler and both random states are "
            "still missing.",
        ),
        Mistake(
            variant("optimizer", "generator", "torch"),
            "The optimizer is forgotten, and so are both random states: the generator's, and PyTorch's own.",
        ),
        Mistake(
            variant("model"),
            "All is put back but the weights. `model.load_state_dict` has to stay.",
        ),
        Mistake(
            variant("model", "optimizer", "scheduler", "generator", "torch"),
            "What is in the file is never put back before `train()`. Each entry needs its line under "
            "`if path.exists()`.",
        ),
        Mistake(
            variant(early=True),
            "The file is written before the epoch, so the epoch is lost. Save after `train()`.",
        ),
        Mistake(
            variant(once=True),
            "The file is written after the first epoch and never again. Save after each epoch.",
        ),
        Mistake(
            variant(trains=False),
            "No epoch was trained. Call `train()` once, after what was saved is put back.",
        ),
        Mistake(
            variant("torch", seeds=lambda generator: torch.manual_seed(0)),
            "A seed is where a generator starts, not where it stands: with the same seed each epoch "
            "repeats its masks. Save `torch.get_rng_state()`.",
        ),
        Mistake(
            variant("generator", seeds=lambda generator: generator.manual_seed(0)),
            "A seed is where a generator starts, not where it stands: the batches come in the same order "
            "in each epoch. Save `generator.get_state()`.",
        ),
        Mistake(
            variant("generator", "torch", seeds=both_seeds),
            "Seeds are where generators start, not where they stand: each epoch repeats the order and the "
            "masks. Save both states.",
        ),
        Mistake(
            whole_objects,
            "The optimizer itself went into the file, and `weights_only=True` refuses it. Save "
            "`optimizer.state_dict()`.",
        ),
        Mistake(
            whole_objects_opened,
            "Whole objects from the file are others than those that `train` uses, and such a file may run "
            "code. Save states, and load them into what is there.",
        ),
    ),
)

EXERCISES = [RESUME]
