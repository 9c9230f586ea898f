"""The group of commands, which the other modules add theirs to, and the doctor."""

import sys

from mnist_lab import __version__
from mnist_lab.cli.output import watched_output

import click


class Commands(click.Group):
    """Commands that end in a sentence where what they print gets lost."""

    def main(self, *args, **options):
        with watched_output():
            return super().main(*args, **options)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mnist-lab")
def main():
    """Convolutional neural networks with PyTorch and MNIST, in notebooks."""


@main.command()
def doctor():
    """Say what is installed, what fits, and the command that mends what does not."""
    from mnist_lab.workshop.doctor import report

    text, ok = report()
    click.echo(text)
    sys.exit(0 if ok else 1)
