"""Commands for a learner's own copies of the lessons."""

from pathlib import Path

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import lessons_here, refusals

import click

FOLDER = click.argument(
    "folder", metavar="[DIR]", type=click.Path(path_type=Path), default=lambda: lessons_here() or "my-lessons"
)


@main.command()
@FOLDER
@click.option("--with-outputs", is_flag=True, help="Leave in them what their cells put out.")
def start(folder, with_outputs):
    """Write your own copies of the lessons into DIR (my-lessons), to work in.

    They come without outputs, so that no answer stands below a prediction. Nothing is overwritten.
    """
    from mnist_lab.workshop.own_copy.learner_folder import start

    with refusals(folder):
        click.echo("\n".join(start(folder, with_outputs=with_outputs)))


@main.command()
@FOLDER
def update(folder):
    """Bring newer versions of the lessons into DIR, with your work.

    Save what is open in JupyterLab first. The old file of each that you worked in stays beside it. DIR is
    this folder if it holds your copies, else my-lessons.
    """
    from mnist_lab.workshop.own_copy.learner_folder import update

    with refusals(folder):
        click.echo("\n".join(update(folder)))
