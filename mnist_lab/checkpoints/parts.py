"""What a checkpoint is made of: arguments, states, random numbers; and whether they fit."""

import inspect
import platform
import random
import reprlib
from dataclasses import asdict, is_dataclass

from mnist_lab import __version__, models
from mnist_lab.checkpoints.restorable import (
    check_optimizer,
    check_random_states,
    check_scheduler,
    check_weights,
)
from mnist_lab.checkpoints.sealed import CheckpointError, WrongArchitecture

import torch
from torch import nn

WRAPPERS = {"DataParallel": "model.module", "DistributedDataParallel": "model.module",
            "OptimizedModule": "model._orig_mod"}  # fmt: skip
CURVES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


def our_class(name):
    """Return the network of mnist_lab.models with that name, or None."""
    kind = getattr(models, name, None)
    is_ours = inspect.isclass(kind) and issubclass(kind, nn.Module) and kind.__module__ == models.__name__
    return kind if is_ours else None


def arguments_of(model):
    """Return the arguments that build this network anew, read back from it; {} for one that is not ours.

    A network of mnist_lab.models keeps each argument under its own name, a Dropout for its share.
    """
    refuse_no_network(model)
    ours = our_class(type(model).__name__)
    if ours is not type(model):
        return {}
    values = {name: getattr(model, name, None) for name in inspect.signature(ours).parameters}
    values = {name: value.p if isinstance(value, nn.Dropout) else value for name, value in values.items()}
    with torch.device("meta"):
        fresh = ours(**values)
    return values if list(map(type, fresh.modules())) == list(map(type, model.modules())) else {}


def build_model(content):
    """Return a fresh network of the recorded class, built with the recorded arguments."""
    name = content["architecture"]
    ours = our_class(name)
    if name in WRAPPERS:
        raise WrongArchitecture(
            f"The checkpoint holds a network inside a {name}. Build that network and give it, as in "
            f"load_model(path, model=SimpleCNN()); next time save {WRAPPERS[name]} instead."
        )
    if ours is None or not content["arguments"]:
        raise WrongArchitecture(
            f"The checkpoint holds a {name}, which is not one of mnist_lab.models as it is there; build one "
            f"and give it, as in load_model(path, model={name}())."
        )
    try:
        with torch.device("meta"):  # without memory, however large the arguments make it
            check_weights(ours(**content["arguments"]), content["weights"])
        return ours(**content["arguments"]).to(next(iter(content["weights"].values())).dtype)
    except WrongArchitecture:
        raise
    except Exception as error:  # a crafted argument may break anything
        raise WrongArchitecture(
            f"{name} cannot be built with the recorded arguments {reprlib.repr(content['arguments'])}: "
            f"{error}"
        ) from error


def load_weights(model, weights):
    """Put weights into a model, or raise WrongArchitecture and leave it as it was."""
    weights = as_named_in(model, weights)
    check_weights(model, weights)
    model.load_state_dict(weights)


def as_named_in(model, weights):
    """Return weights under the model's names, where DataParallel or torch.compile changed one side."""
    refuse_no_network(model)
    own = list(model.state_dict())
    known = dict(zip(without_wrapper(own), own, strict=True))
    named = {
        known.get(bare, name): value
        for bare, (name, value) in zip(without_wrapper(weights), weights.items(), strict=True)
    }
    is_clear = len(known) == len(own) and len(named) == len(weights)
    return named if is_clear and set(weights) != set(own) else weights


def without_wrapper(names):
    """Return names of weights as the network inside a wrapper calls them."""
    names = [name.replace("_orig_mod.", "") for name in names]
    while names and all(name.startswith("module.") for name in names):
        names = [name.removeprefix("module.") for name in names]
    return names


def refuse_no_network(model):
    """Raise WrongArchitecture for a class in place of a network, and for anything else that is none."""
    if not isinstance(model, nn.Module):
        name = getattr(model, "__name__", None)
        advice = f"; call it: {name}()" if isinstance(model, type) else ""
        raise WrongArchitecture(
            f"model is a network, such as SimpleCNN(), but got {name or repr(model)}{advice}."
        )


def state_of(part):
    """Return the state of an optimizer or scheduler, None for None; raises CheckpointError for others."""
    if part is None:
        return None
    if isinstance(part, type | nn.Module) or not hasattr(part, "state_dict"):
        raise CheckpointError(
            f"optimizer and scheduler are objects of torch.optim, such as Adam(model.parameters()), but got "
            f"{part!r}; give one, or leave it out."
        )
    return part.state_dict()


def kind_of(part):
    return None if part is None else type(part).__name__


def check_fit(content, *, model, optimizer, scheduler, loader):
    """Raise CheckpointError unless all that is given fits, and nothing needed to resume is left out.

    The weights in content get the names of the model, if it is wrapped otherwise than the saved one.
    """
    if model is not None:
        content["weights"] = as_named_in(model, content["weights"])
        check_weights(model, content["weights"])
    for name, part in (("optimizer", optimizer), ("scheduler", scheduler)):
        saved = content["kinds"].get(name)
        if part is not None and (kind_of(part) != saved or content[name] is None):
            raise CheckpointError(
                f"The checkpoint holds {'no ' + name if saved is None else 'the state of ' + saved}, but "
                f"{kind_of(part)} was given; build the same {name} as before, or leave it out."
            )
    if optimizer is not None:
        check_optimizer(content["optimizer"], optimizer)
        needed = {"model": content["weights"], "scheduler": content["scheduler"]}
        needed |= {"loader": content["random"].get("loader")}
        check_complete(needed, model=model, scheduler=scheduler, loader=loader)
        own = {id(weight) for weight in model.parameters()}
        if own.isdisjoint(id(weight) for group in optimizer.param_groups for weight in group["params"]):
            raise CheckpointError(
                "The optimizer was built for another network than model, so it would not train it; build it "
                "anew with model.parameters()."
            )
        check_random_states(content["random"], loader)
    if scheduler is not None:
        check_scheduler(content["scheduler"], scheduler)


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
    if loader is not None and (isinstance(loader, type) or not hasattr(loader, "generator")):
        raise CheckpointError(
            f"loader is one that shuffles, as InMemoryLoader can, but got {loader!r:.60}; or leave it out."
        )
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
    values = asdict(history) if is_dataclass(history) else history or {name: [] for name in CURVES}
    curves = [values[name] for name in CURVES if name in values] if isinstance(values, dict) else []
    if not curves or not all(isinstance(curve, list | tuple) for curve in curves):
        raise CheckpointError(
            f"history is what fit returns, but got {history!r}; give that, or leave it out."
        )
    return {name: list(values.get(name, [])) for name in CURVES}


def versions():
    """Return what the file was written with; resuming is exact with the same versions and threads."""
    return {
        "mnist_lab": __version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),  # the build that runs, such as 2.13.0+cu130
        "threads": torch.get_num_threads(),
    }
