"""See on which devices tensors meet, on any machine, with the meta device."""

import torch
from torch.overrides import TorchFunctionMode

MOVES = {"to", "copy_", "type_as", "__get__", "__set__", "_has_compatible_shallow_copy_type"}
FETCHES = {"item", "__float__", "__int__", "__bool__", "__index__", "cpu", "tolist", "numpy", "__array__"}
SIGNS = {"__eq__": "==", "eq": "==", "__ne__": "!=", "ne": "!=", "add_": "+=", "__iadd__": "+=", "add": "+"}


class DeviceWatch(TorchFunctionMode):
    """Notes each operation that no accelerator allows, and raises an error there as one would.

    Stricter than `meta` alone, which takes a convolution or `+=` over two devices without a word.
    seen holds a sentence each: two devices met, or a value was fetched from meta, which has none.
    """

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        tensors = list(_tensors_in([*args, *kwargs.values()]))
        devices = list(dict.fromkeys(str(t.device) for t in tensors if _counts(t, tensors, name)))
        shown = f"`{SIGNS.get(name, name)}`"
        if name in FETCHES and "meta" in devices:
            self._refuse(f"{shown} fetched from the device what was to stay there.")
        if len(devices) > 1 and name not in MOVES:
            self._refuse(f"{shown} was given one tensor on {devices[0]} and one on {devices[1]}.")
        try:
            return func(*args, **kwargs)
        except NotImplementedError:
            if name == "to" and "meta" in devices:
                self._refuse("`to` fetched from the device what was to stay there.")
            raise

    def _refuse(self, sentence):
        self.seen.append(sentence)
        raise RuntimeError(f"Expected all tensors to be on the same device: {sentence}")


def _tensors_in(values):
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors_in(value)


def _counts(tensor, tensors, name):
    """A single number on the processor goes with any device, unless it is to be changed in place."""
    if tensor.dim() or tensor.device.type != "cpu":
        return True
    return tensor is tensors[0] and name.endswith("_") and not name.startswith("__")
