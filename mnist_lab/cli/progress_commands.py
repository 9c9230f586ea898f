"""The command that shows what a learner has done, and forgets it."""

from mnist_lab.cli.copy_commands import FOLDER
from mnist_lab.cli.group import main
from mnist_lab.cli.shared import refusals

import click


@main.command()
@FOLDER
@click.option("--forget", is_flag=True, help="Delete what is kept there, the concept tests too.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def progress(folder, forget, yes):
    """Show what you have done, lesson by lesson, and what to do next.

    DIR is the current folder if it holds your copies of the lessons, else my-lessons.
    """
    from mnist_lab.exercises.concepts.answer_sheet import standing
    from mnist_lab.exercises.series import next_step, series
    from mnist_lab.lesson.kept import FILE, read_progress, with_unsaved

    path = folder / FILE
    if not path.parent.is_dir():
        text = f"{folder} holds no copies of yours. Name the folder that does; `mnist-lab start` makes one."
        raise click.UsageError(text)
    if forget:
        _forget([*path.parent.glob("progress*.json"), *folder.glob("concept_test_[AB].json")], path, yes)
        return
    try:
        known = with_unsaved(read_progress(path))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from error
    click.echo("\n".join([*series(known), *standing(folder), next_step(known)]))


def _forget(found, path, yes):
    """Delete the progress file, what was put aside as damaged, and the concept tests."""
    from filelock import FileLock

    names = ", ".join(map(str, found))
    if found and not yes:
        click.confirm(f"Delete {names}?", abort=True)
    with refusals(path), FileLock(path.with_suffix(".lock"), timeout=10):
        for file in found:
            file.unlink(missing_ok=True)
    click.echo(f"Deleted: {names}." if found else f"Nothing is kept in {path.parent}.")
