"""A kernel that ends at once, and a nursery of such.

`python -m mnist_lab.workshop.batch.quick_ipykernel WORDS` is IPython's kernel, less a second at its end.
With `--nursery` in place of the words it imports what most lessons import, and then reads lines from
stdin: [words, folder, environment] as JSON. For each it forks a process that becomes a kernel, and
prints its number. No lesson runs in the nursery itself, so no kernel sees what another has done. It
prints "none" and ends where its memory cannot be handed on: a graphics card is here.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import sys

INLINE = "module://matplotlib_inline.backend_inline"  # which a kernel sets, but here matplotlib comes first


def end_at_once():
    """End here; Python would first take apart the thousands of modules that torch consists of."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(0)


def import_much():
    """Import what most lessons do, and what torch imports when it makes its first optimizer.

    Nothing that looks at import for the kernel it is in, as tqdm.auto does, and nothing that starts a thread.
    """
    os.environ.setdefault("MPLBACKEND", INLINE)
    import torch

    for name in ("ipykernel.kernelapp", "matplotlib.pyplot", "torchvision.transforms.v2"):
        importlib.import_module(name)
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])


def has_a_card():
    """Whether torch finds an accelerator; asked in a process of its own, since to ask is to start it."""
    child = os.fork()
    if child == 0:
        answer = True
        try:
            import torch

            answer = torch.accelerator.is_available()
        finally:
            os._exit(answer)
    return os.waitpid(child, 0)[1] != 0


def nursery():
    """Fork a kernel for each line on stdin, until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    import_much()
    if has_a_card():
        print("none", file=answers, flush=True)
        return
    gc.freeze()  # what is here stays, so no kernel need ever look through it for what may go
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a kernel that has ended leaves nothing behind
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            answers.close()
            be_a_child(*json.loads(line))
            return
        with contextlib.suppress(OSError):  # it may have ended already
            os.setpgid(child, child)
        print(child, file=answers, flush=True)


def be_a_child(words, folder, environment):
    """Be the kernel of these words, in a group of processes of its own, which takes its signals."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    import numpy as np
    import torch

    np.random.seed()  # else all kernels would draw the same, unless they seed
    torch.default_generator.seed()
    be_a_kernel([*words, f"--IPKernelApp.parent_handle={os.getppid()}"])


def be_a_kernel(words):
    from ipykernel.kernelapp import launch_new_instance

    sys.argv[1:] = words
    launch_new_instance()


def main():
    atexit.register(end_at_once)  # the first that is registered is the last that is called
    if sys.argv[1:] == ["--nursery"]:
        nursery()
    else:
        be_a_kernel(sys.argv[1:])


if __name__ == "__main__":
    main()
