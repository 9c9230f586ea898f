"""The command line, `mnist-lab`; each command imports what it needs only when it is called."""

from mnist_lab.cli import classroom_commands, run_commands, sweep_commands, train_commands  # noqa: F401
from mnist_lab.cli.group import main

__all__ = ["main"]
