"""The command line, `mnist-lab`; each command imports what it needs only when it is called."""

import sys

try:
    from mnist_lab.cli import (  # noqa: F401
        classroom_commands,
        copy_commands,
        handwriting_commands,
        progress_commands,
        run_commands,
        sweep_commands,
        train_commands,
    )
    from mnist_lab.cli.group import main
except KeyboardInterrupt:  # Ctrl-C before there is a command that could say so
    sys.exit(130)

__all__ = ["main"]
