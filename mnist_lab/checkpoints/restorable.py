"""Try whether what a checkpoint holds can be put back, on copies, so that a refusal changes nothing."""

import copy
import random
from numbers import Number

from mnist_lab.checkpoints.sealed import CheckpointError, WrongArchitecture

import torch
from torch.nn.parameter import is_lazy


def check_weights(model, weights):
    """Raise WrongArchitecture, naming the layers, unless the weights fit the model."""
    expected = model.state_dict()
    sizes = [
        f"{name} {tuple(weights[name].shape)} in the file, {tuple(expected[name].shape)} in the network"
        for name in expected
        if name in weights and not is_lazy(expected[name]) and weights[name].shape != expected[name].shape
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


def check_optimizer(state, optimizer):
    """Raise WrongArchitecture unless the state fits, tried on a copy with a step of no gradient."""
    try:
        saved = [len(group["params"]) for group in state["param_groups"]]
        sizes = [len(group["params"]) for group in optimizer.param_groups]
        if sizes != saved:
            raise WrongArchitecture(
                f"The optimizer was saved with {saved} parameters in its groups, but this one has {sizes}; "
                "give it the parameters of the same network, in the same groups."
            )
        for group, now in zip(state["param_groups"], optimizer.state_dict()["param_groups"], strict=True):
            refuse_unlike(group, now, optimizer)
        if type(optimizer).__module__.startswith("torch.optim"):  # another may keep more than a copy has
            take_empty_step(copy_of(optimizer), copy.deepcopy(state))
    except CheckpointError:
        raise
    except Exception as error:  # a crafted state breaks in any way
        raise cannot_be_restored(f"state of {type(optimizer).__name__}", error) from error


def copy_of(optimizer):
    """Return a copy with weights of its own, without hooks or what a scheduler put around its step."""
    kept = {name: v for name, v in vars(optimizer).items() if name != "step" and not name.endswith("hooks")}
    copied = object.__new__(type(optimizer))
    copied.__setstate__(copy.deepcopy(kept))
    return copied


def take_empty_step(optimizer, state):
    optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            zeros = torch.zeros_like(parameter)
            parameter.grad = zeros.to_sparse() if isinstance(optimizer, torch.optim.SparseAdam) else zeros
    optimizer.step(lambda: torch.zeros(()))


def check_scheduler(state, scheduler):
    """Raise WrongArchitecture unless every value of the state is like the one that it replaces."""
    try:
        refuse_unlike(state, scheduler.state_dict(), scheduler)
    except Exception as error:
        raise cannot_be_restored(f"state of {type(scheduler).__name__}", error) from error


def refuse_unlike(saved, now, part):
    """Raise ValueError if a saved value is of another kind than the present one, or replaces a method."""
    for name, value in saved.items():
        if name in now and not is_like(value, now[name]):
            raise ValueError(f"{name} is of another kind than before")
        if name not in now and hasattr(part, str(name)):
            raise ValueError(f"{name} is not part of it")


def is_like(saved, now):
    """Return whether a saved value may take the place of the present one, None of anything."""
    if isinstance(now, Number | torch.Tensor):
        size = now.numel() if isinstance(now, torch.Tensor) else 1
        return isinstance(saved, Number) or (isinstance(saved, torch.Tensor) and saved.numel() == size)
    if isinstance(now, list | tuple):
        return isinstance(saved, list | tuple) and len(saved) == len(now) and all(map(is_like, saved, now))
    if isinstance(now, dict):
        return isinstance(saved, dict) and all(is_like(saved[key], now[key]) for key in saved if key in now)
    return now is None or isinstance(saved, type(now))


def check_random_states(states, loader):
    """Raise CheckpointError unless the random states can be put back, tried on other generators."""
    trials = {"python": random.Random().setstate, "torch": torch.Generator().set_state}
    if "accelerator" in states and torch.accelerator.is_available():
        trials["accelerator"] = torch.Generator(torch.accelerator.current_accelerator()).set_state
    if "loader" in states:
        trials["loader"] = lambda state: torch.Generator(loader.generator.device).set_state(state)
    for name, put_back in trials.items():
        try:
            put_back(states[name])
        except Exception as error:
            raise cannot_be_restored(f"random state of {name}", error) from error


def cannot_be_restored(what, error):
    """Return the error for a part of the file that does not fit."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return WrongArchitecture(
        f"The {what} in the checkpoint cannot be put back ({reason}). Nothing was changed; build all as it "
        "was when it was saved, or leave the optimizer out to take the weights alone."
    )
