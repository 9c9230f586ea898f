"""Keep what a model learned: save, load, resume. One sealed file of plain values."""

import copy
import tempfile
from pathlib import Path

from mnist_lab.checkpoints.normalisation_watch import watch_normalisation
from mnist_lab.checkpoints.parts import (
    arguments_of,
    build_model,
    check_fit,
    history_lists,
    kind_of,
    load_weights,
    random_states,
    restore_random_states,
    state_of,
    versions,
)
from mnist_lab.checkpoints.sealed import (
    FORMAT,
    CheckpointError,
    as_path,
    read_sealed,
    to_be_written,
    write_sealed,
)
from mnist_lab.devices import pick_device
from mnist_lab.files import check_writable

CLASSES = tuple("0123456789")


def save_checkpoint(
    path, model, *, digits, mean, std,
    optimizer=None, scheduler=None, loader=None, history=None, classes=CLASSES,
):
    """Write all that a run needs to be used, judged or resumed into one file, whole or not at all.

    digits names what it was trained on; mean and std are the normalisation of its images. To resume
    exactly, give the optimizer, scheduler and training loader too. Raises CheckpointError.
    """
    history = history_lists(history)
    content = {
        "format": FORMAT,
        "architecture": type(model).__name__,
        "arguments": arguments_of(model),
        "weights": dict(model.state_dict()),
        "mean": mean,
        "std": std,
        "classes": classes,
        "digits": digits,
        "optimizer": state_of(optimizer),
        "scheduler": state_of(scheduler),
        "kinds": {"optimizer": kind_of(optimizer), "scheduler": kind_of(scheduler)},
        "epoch": len(history["train_loss"]),
        "history": history,
        "random": random_states(loader),
        "versions": versions(),
    }
    write_sealed(path, content)


def load_checkpoint(path, *, model=None, optimizer=None, scheduler=None, loader=None):
    """Return the content of a checkpoint; put back the states of what is given.

    With an optimizer the run is resumed, so the random states are put back as well. Nothing is
    changed if anything does not fit. Raises CheckpointError.
    """
    content = read_sealed(path)
    check_fit(content, model=model, optimizer=optimizer, scheduler=scheduler, loader=loader)
    if model is not None:
        model.load_state_dict(content["weights"])
    for name, part in (("optimizer", optimizer), ("scheduler", scheduler)):
        if part is not None:
            part.load_state_dict(copy.deepcopy(content[name]))
    if optimizer is not None:
        restore_random_states(content["random"], loader)
    return content


def load_model(path, *, model=None, device="cpu"):
    """Return the network of a checkpoint alone, in eval mode on the device.

    It warns when images come in that were normalised otherwise than in training. Give a fresh
    model if its class is not one of mnist_lab.models. Raises CheckpointError.
    """
    device = pick_device(device)
    content = load_checkpoint(path)
    model = model or build_model(content)
    load_weights(model, content["weights"])
    watch_normalisation(model, mean=content["mean"], std=content["std"])
    return model.to(device).eval()


class SaveEveryEpoch:
    """An after_epoch function for fit: a checkpoint after each epoch, in the place of the last one.

    kept goes to save_checkpoint. earlier is what load_checkpoint returned, if the run was resumed:
    its epochs come first in the history that is saved. What cannot be saved is refused at once. What an
    EarlyStopping has seen is not saved: after a resumption its patience begins anew.
    """

    def __init__(self, path, model, *, earlier=None, **kept):
        self.path, self.model, self.kept = path, model, kept
        if earlier is not None and not (isinstance(earlier, dict) and "history" in earlier):
            raise CheckpointError(
                f"earlier is what load_checkpoint returns, but got {earlier!r:.60}; or leave it out."
            )
        self.last, self.joined = None, history_lists(earlier and earlier["history"])
        with tempfile.TemporaryDirectory() as folder:
            save_checkpoint(Path(folder) / "trial.pt", model, history=self.joined, **kept)
        with to_be_written(as_path(path)):
            check_writable(as_path(path))

    def __call__(self, history):
        later = history_lists(history)
        if history is not self.last:  # a new fit: what the one before has saved goes first
            self.earlier, self.last = self.joined, history
        self.joined = {name: self.earlier[name] + later[name] for name in later}
        save_checkpoint(self.path, self.model, history=self.joined, **self.kept)
