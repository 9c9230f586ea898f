"""What a checkpoint is made of: arguments, states, random numbers; and whether they fit."""

import inspect
import platform
import random
from dataclasses import asdict, is_dataclass
from importlib.metadata import version

from mnist_lab import __version__, models
from mnist_lab.checkpoints.sealed import CheckpointError, WrongArchitecture

import torch
from torch import nn

CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


def our_class(name):
    """Return the network of mnist_lab.models with that name, or None."""
    kind = getattr(models, name, None)
    is_ours = inspect.isclass(kind) and issubclass(kind, nn.Module) and kind.__module__ == models.__name__
    return kind if is_ours else None


def arguments_of(model):
    """Return the arguments that build this network anew, read back from it; {} for a class not ours.

    A network of mnist_lab.models keeps each argument under its own name, a Dropout for its share.
    """
    ours = our_class(type(model).__name__)
    if ours is None:
        return {}
    values = {name: getattr(model, name, None) for name in inspect.signature(ours).parameters}
    return {name: value.p if isinstance(value, nn.Dropout) else value for name, value in values.items()}


def build_model(content):
    """Return a fresh network of the recorded class, built with the recorded arguments."""
    name = content["architecture"]
    ours = our_class(name)
    if ours is None:
        raise WrongArchitecture(
            f"The checkpoint holds a {name}, which is not one of mnist_lab.models; build one and give it, "
            f"as in load_model(path, model={name}())."
        )
    try:
        return ours(**content["arguments"])
    except (TypeError, ValueError) as error:
        raise WrongArchitecture(
            f"{name} cannot be built with the recorded arguments {content['arguments']}: {error}"
        ) from error


def load_weights(model, weights):
    """Put weights into a model, or raise WrongArchitecture and leave it as it was."""
    check_weights(model, weights)
    model.load_state_dict(weights)


def check_weights(model, weights):
    """Raise WrongArchitecture, naming the layers, unless the weights fit the model."""
    expected = model.state_dict()
    sizes = [
        f"{name} {tuple(weights[name].shape)} in the file, {tuple(expected[name].shape)} in the network"
        for name in expected
        if name in weights and weights[name].shape != expected[name].shape
    ]
    problems = {
        "missing in the file": [name for name in expected if name not in weights],
        "not in the network": [name for name in weights if name not in expected],
        "of another size": sizes,
    }
    faults = [f"{what}: {', '.join(names)}" for what, names in problems.items() if names]
    if faults:
        raise WrongArchitecture(
            f"The weights do not fit this {type(model).__name__}; {'; '.join(faults)}. Build the network "
            "that was saved, or rename the weights; the network is unchanged."
        )


def state_of(part):
    return None if part is None else part.state_dict()


def kind_of(part):
    return None if part is None else type(part).__name__


def check_fit(content, *, model, optimizer, scheduler, loader):
    """Raise CheckpointError unless all that is given fits, and nothing needed to resume is left out."""
    if model is not None:
        check_weights(model, content["weights"])
    for name, part in (("optimizer", optimizer), ("scheduler", scheduler)):
        saved = content["kinds"].get(name)
        if part is not None and kind_of(part) != saved:
            raise CheckpointError(
                f"The checkpoint holds {'no ' + name if saved is None else 'the state of ' + saved}, but "
                f"{kind_of(part)} was given; build the same {name} as before, or leave it out."
            )
    if optimizer is not None:
        check_groups(content, optimizer)
        needed = {"scheduler": content["scheduler"], "loader": content["random"].get("loader")}
        check_complete(needed, scheduler=scheduler, loader=loader)


def check_groups(content, optimizer):
    """Raise WrongArchitecture unless the optimizer has as many parameters as the saved one."""
    sizes = [len(group["params"]) for group in optimizer.param_groups]
    saved = [len(group["params"]) for group in content["optimizer"]["param_groups"]]
    if sizes != saved:
        raise WrongArchitecture(
            f"The optimizer was saved with {saved} parameters in its groups, but this one has {sizes}; give "
            "it the parameters of the same network, in the same groups."
        )


def check_complete(needed, **given):
    """Raise CheckpointError if something was saved that the resumed run would go on without."""
    for name, saved in needed.items():
        if saved is not None and given[name] is None:
            raise CheckpointError(
                f"The run was saved with a {name}; without it, it would not go on as it was. Give {name}=…, "
                "or leave the optimizer out to take the weights alone."
            )


def random_states(loader=None):
    """Return the states of all random numbers that training draws from."""
    states = {"python": random.getstate(), "torch": torch.get_rng_state()}
    if torch.accelerator.is_available():
        states["accelerator"] = torch.get_device_module().get_rng_state()
    if getattr(loader, "generator", None) is not None:
        states["loader"] = loader.generator.get_state()
    return states


def restore_random_states(states, loader=None):
    """Put random states back; those of an accelerator only where there is one."""
    random.setstate(states["python"])
    torch.set_rng_state(states["torch"])
    if "accelerator" in states and torch.accelerator.is_available():
        torch.get_device_module().set_rng_state(states["accelerator"])
    if "loader" in states:
        loader.generator.set_state(states["loader"])


def history_lists(history):
    """Return a History, or a dictionary like it, or None, as a dictionary of lists."""
    values = asdict(history) if is_dataclass(history) else history or {}
    return {name: list(values.get(name, [])) for name in CURVES}


def versions():
    """Return what the file was written with; resuming is exact with the same versions and threads."""
    return {
        "mnist_lab": __version__,
        "python": platform.python_version(),
        "torch": version("torch"),
        "threads": torch.get_num_threads(),
    }
