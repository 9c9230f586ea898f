"""Watch a forward: every operation that it calls, the shapes that go in and out, and the line."""

import linecache
import os
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

TORCH = str(Path(torch.__file__).parent) + os.sep  # so that torchvision is not meant
HERE = str(Path(__file__).parent) + os.sep
PATHS = sysconfig.get_paths()
LIBRARIES = (PATHS["stdlib"], PATHS["purelib"], PATHS["platlib"], "<frozen")


class Shape(tuple):
    """A tensor's shape, standing where the tensor stood among the arguments of a call."""


class Made(NamedTuple):
    """What a watched call made: the call, and the shape of the tensor that carries this mark."""

    call: object
    shape: tuple


class Place(NamedTuple):
    """Where a call stands: the path of its module, the layer that makes it, and the line of forward.

    A layer that the model has not registered, such as one in a plain list, has the path of its model.
    given is what a layer of torch was called with, before it transposed or padded it.
    """

    path: str = ""
    layer: object = None
    is_registered: bool = True
    line: object = None
    function: str = ""
    code: str = ""
    given: tuple = ()


@dataclass
class Call:
    """A call of an operation, with shapes for tensors; sources are the marks of what came from the input."""

    operation: str
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)
    sources: tuple = ()
    place: Place = field(default_factory=Place)

    @property
    def shapes(self):
        return [item for item in walk((self.args, self.kwargs)) if isinstance(item, Shape)]

    def argument(self, position, name, default=None):
        value = self.args[position] if position < len(self.args) else self.kwargs.get(name)
        return default if value is None else value


class Watcher(TorchFunctionMode):
    """Inside a with block, keeps every call that makes a tensor, and every one that fails."""

    def __init__(self, model, images):
        super().__init__()
        self.model, self.input_shape, self.dtype = model, tuple(images.shape), images.dtype
        self.paths = {id(module): path for path, module in model.named_modules()}
        self.calls, self.failures = [], []
        images.made = Made(Call("input"), self.input_shape)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        sources = tuple(tensor.made for tensor in tensors((args, kwargs)) if hasattr(tensor, "made"))
        call = Call(operation_name(function), as_shapes(args), as_shapes(kwargs), sources)
        try:
            output = function(*args, **kwargs)
        except Exception as error:
            call.place = self.find_place(frames_above(sys._getframe()))
            self.failures.append((error, call))
            raise
        self.mark(call, list(tensors(output)))
        return output

    def __exit__(self, *error):
        self.failures.clear()  # an error holds its frames, and these all that forward made
        super().__exit__(*error)

    def mark(self, call, made):
        """Keep a call that made tensors, and mark those that come from the input."""
        if made:
            call.place = self.find_place(frames_above(sys._getframe()))
            self.calls.append(call)
        for tensor in made if call.sources else ():
            tensor.made = Made(call, tuple(tensor.shape))

    def find_place(self, frames):
        """Return the Place of a call: frames are (frame, line) from the innermost one outwards."""
        frames = [(frame, line, module_of(frame)) for frame, line in frames]
        inside = [i for i, (*_, module) in enumerate(frames) if module is self.model]
        frames = frames[: inside[-1] + 1] if inside else []
        layer = next((module for *_, module in frames if module is not None), None)
        path = next((self.paths[id(module)] for *_, module in frames if id(module) in self.paths), "")
        given = next((given_to(frame) for frame, _, module in frames if is_call_of(layer, frame, module)), ())
        place = Place(path, layer, id(layer) in self.paths, given=given)
        for frame, line, module in frames:
            if is_own(frame, module):
                code = frame.f_code
                text = linecache.getline(code.co_filename, line, frame.f_globals).strip()
                return place._replace(line=line, function=code.co_name, code=text)
        return place

    def failed_call(self, error):
        """Return the call that an error came from, an operation or a layer, and the error as it began."""
        cause = error
        while cause is not None:
            for known, call in self.failures:
                if known is cause:
                    return call, known
            cause = cause.__cause__
        return self.refusing_layer(frames_below(error.__traceback__)), error

    def refusing_layer(self, frames):
        """Return the Call of the torch layer whose own code raised, else a Call without a name."""
        frame, place = frames[0][0], self.find_place(frames)
        layer, shape_in = module_of(frame), list(tensors(dict(frame.f_locals)))[:1]
        if layer is None or not is_in(frame, TORCH) or not shape_in:
            return Call("", place=place)
        takes_input = shape_in[0] is frame.f_locals.get("input")
        name = kind_of(layer) if takes_input else f"{kind_of(layer)}.{frame.f_code.co_name}"
        sources = tuple(tensor.made for tensor in shape_in if hasattr(tensor, "made"))
        return Call(name, as_shapes(shape_in), {}, sources, place)


def walk(value):
    """Yield a value, or what a tuple, list or dictionary holds, at any depth; a Shape is one value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list) and not isinstance(value, Shape):
        for item in value:
            yield from walk(item)
    else:
        yield value


def tensors(value):
    return (item for item in walk(value) if isinstance(item, torch.Tensor))


def first_tensor(value):
    """Return a tensor, or the first that a tuple, list or dictionary holds; an empty one if there is none."""
    return next(tensors(value), torch.empty(0))


def as_shapes(value):
    """Return a copy of the arguments with a Shape for each tensor, so that none is kept alive."""
    if isinstance(value, torch.Tensor):
        return Shape() if is_lazy(value) else Shape(value.shape)
    if isinstance(value, dict):
        return {key: as_shapes(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(as_shapes(item) for item in value)
    return value


def operation_name(function):
    """The name of a torch function as a reader writes it: add for both + and +=, T for x.T."""
    name = getattr(function, "__name__", "")
    return function.__self__.__name__ if name == "__get__" else name.strip("_")


def frames_above(frame):
    """Return the callers of a frame and the lines they are at, innermost first."""
    frames = []
    while frame := frame.f_back:
        frames.append((frame, frame.f_lineno))
    return frames


def frames_below(traceback):
    """Return the frames that an error passed through and their lines, innermost first."""
    frames = []
    while traceback:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return frames[::-1]


def module_of(frame):
    """Return the module whose method a frame runs, or None."""
    code = frame.f_code
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    return first if isinstance(first, nn.Module) and hasattr(type(first), code.co_name) else None


def is_call_of(layer, frame, module):
    """Whether a frame is where a layer whose forward is torch's own is called."""
    is_torchs = type(layer).__module__.startswith("torch.nn")
    return is_torchs and module is layer and frame.f_code.co_name == "_call_impl"


def given_to(frame):
    return as_shapes((frame.f_locals["args"], frame.f_locals["kwargs"]))


def kind_of(module):
    """The torch class that a layer is of, or extends, such as Linear; nothing for a model of one's own."""
    kinds = (kind.__name__ for kind in type(module).__mro__ if kind.__module__.startswith("torch.nn.modules"))
    kind = next(kinds, "Module")
    return "" if kind in ("Module", "Sequential", "ModuleList") else kind


def is_in(frame, *folders):
    return frame.f_code.co_filename.startswith(folders)


def is_own(frame, module):
    """Whether a frame is the reader's: a forward outside torch, or a function outside every library."""
    if is_in(frame, TORCH, HERE):
        return False
    return module is not None or not is_in(frame, *LIBRARIES)
