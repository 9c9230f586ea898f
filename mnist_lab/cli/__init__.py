"""The command line, `mnist-lab`; each command imports what it needs only when it is called."""

from mnist_lab.cli import batch, classroom, sweep, training  # noqa: F401  (their commands join the group)
from mnist_lab.cli.group import main

__all__ = ["main"]
