"""Commands for digits on paper: photos of them, and sheets."""

import sys
from itertools import chain, count
from pathlib import Path

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import refusals

import click

FILES = click.Path(path_type=Path)


@main.command()
@click.argument("photos", metavar="PHOTO…", nargs=-1, required=True, type=FILES)
@click.option("--output", type=FILES, default=Path("runs/read"), show_default=True, help="Where pictures go.")
def read(photos, output):
    """Read the digits in photos, one or several in rows, each dark on light or light on dark.

    A folder stands for the photos in it. Prints the digits and draws a picture of each photo: boxes and
    answers, beside what the network got.
    Nothing leaves this machine. Exit status 0 only if all photos were read.
    """
    from mnist_lab.handwriting.photo import PhotoError, open_photo, read_photo
    from mnist_lab.plots.handwriting import photo_with_answers

    failed = 0
    for path in _files_in(photos):
        try:
            photo = open_photo(path)
            found = read_photo(photo)
        except PhotoError as error:
            click.echo(f"{path}: {_what_it_is(path) or error}", err=True)
            failed += 1
            continue
        picture = _free_name(output, path.stem)
        with refusals(picture):
            output.mkdir(parents=True, exist_ok=True)
            photo_with_answers(photo, found).savefig(picture, dpi=150)
        click.echo(f"{path}: {' '.join(str(digit.answer) for digit in found)}{_doubt(found)}\n{picture}")
    sys.exit(1 if failed else 0)


def _what_it_is(path):
    """Return a sentence for a photo of a sheet, which this command cannot read, else ""."""
    from mnist_lab.handwriting.sheet import read_sheet

    try:
        read_sheet(path)
    except (ValueError, ImportError):
        return ""
    return "This is a sheet of mnist-lab; read it with `mnist-lab sheet --read PHOTO --to DIR`."


def _free_name(folder, stem):
    """Return the path of a picture that is not there yet."""
    endings = chain([""], (f"-{number}" for number in count(2)))
    names = (folder / f"{stem}-read{ending}.png" for ending in endings)
    return next(path for path in names if not path.exists())


def _doubt(found):
    """Return which answer is the least sure, in words."""
    sure = [digit.probabilities.max().item() for digit in found]
    place = min(range(len(sure)), key=sure.__getitem__)
    which = f"number {place + 1}, " if len(found) > 1 else ""
    return f"  (least sure: {which}{found[place].answer} at {sure[place]:.0%})"


@main.command()
@click.argument("photos", metavar="[PHOTO]…", nargs=-1, type=FILES)
@click.option(
    "--paper", type=click.Choice(["a4", "letter"], case_sensitive=False), default="a4", show_default=True
)
@click.option("--output", type=FILES, default=Path("sheet.pdf"), show_default=True, help="The PDF to print.")
@click.option("--read", "is_read", is_flag=True, help="Read the photos of written sheets instead.")
@click.option("--to", "folder", type=FILES, metavar="DIR", help="Where the set of the sheets read goes.")
def sheet(photos, paper, output, is_read, folder):
    """Make a sheet to print and write digits on, or --read photos of written ones into a set of digits.

    Each sheet is a writer's; a folder stands for the photos in it. DIR gets an MNIST root, a picture of every
    sheet's cells, and strike-out.txt, a list of cells to leave out: edit it, and run the same command again.
    load_digits("DIR") reads the set.
    """
    if is_read != bool(photos) or is_read != (folder is not None):
        raise click.UsageError(
            "To read sheets, name the photos and where the set goes: --read PHOTO… --to DIR."
        )
    if is_read:
        _read_sheets(photos, folder)
        return
    from mnist_lab.handwriting.sheet import write_sheet

    with refusals(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        click.echo(
            f"{write_sheet(output, paper=paper)}\nPrint it in its real size, write, and photograph it whole."
        )


def _read_sheets(photos, folder):
    """Read the photos, all or none, and write the set."""
    from mnist_lab.handwriting.strike_out import strike_out
    from mnist_lab.handwriting.writers import gather, write_root
    from mnist_lab.plots.handwriting import contact_sheet

    given, photos = photos, _files_in(photos)
    _check_place(given, photos, folder)
    sheets = _all_sheets(photos)
    with refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        left = strike_out(folder / "strike-out.txt", sheets, [path.name for path in photos])
        write_root(gather(left), folder)
        for old in folder.glob("writer-[0-9][0-9].png"):
            old.unlink()  # of a writer who is no longer among them
        for writer, (path, old, new) in enumerate(zip(photos, sheets, left, strict=True)):
            contact_sheet(new).savefig(folder / f"writer-{writer:02}.png")
            click.echo(f"writer {writer}, {path}: {_in_words(old, new)}{_blurred(old)}")
    place = folder.resolve().as_posix()
    click.echo(f'{folder}\nLook through its pictures; load_digits("{place}") reads the set.')
    if len(sheets) == 1:
        click.echo("One writer alone is all test set; to train on a set takes two sheets or more.")


def _blurred(sheet):
    from mnist_lab.handwriting.straightening import is_sharp

    sharp = is_sharp(sheet.page.numpy())
    return "" if sharp else "; the photo is blurred, so some may be misread: take it again, nearer and still"


def _in_words(old, new):
    digits, empty = (~new.is_empty).sum(), old.is_empty.sum()
    on_border = (new.over_border & ~new.is_empty).sum()
    return (
        f"{digits} digits, {empty} empty cells, {100 - empty - digits} struck out; {on_border} of the digits "
        "with ink on the border"
    )


def _files_in(places):
    """Return the photos named, those in a folder included; none at all is refused."""
    from mnist_lab.handwriting.writers import photos_in

    photos = [*chain.from_iterable(map(photos_in, places))]
    if not photos:
        names = ", ".join(map(str, places))
        raise click.UsageError(f"{names} has no photos in it; name a photo, or a folder with photos.")
    return photos


def _check_place(given, photos, folder):
    names = [path.name for path in photos]
    twice = {path for path in photos if names.count(path.name) > 1}
    if twice:
        raise click.UsageError(
            f"{min(twice)} is given twice, or another photo has its name; give each once, named differently."
        )
    if folder.resolve() in {path.resolve() for path in given}:
        raise click.UsageError(f"{folder} holds the photos; choose another folder for the set.")
    if (folder / "MNIST" / "raw").exists() and not (folder / "strike-out.txt").exists():
        raise click.UsageError(
            f"{folder} holds a set that this command did not write; choose another folder."
        )


def _all_sheets(photos):
    """Return the sheets in the photos, or end with a sentence for each photo that has none."""
    from mnist_lab.handwriting.sheet import read_sheet

    sheets = []
    for path in photos:
        try:
            sheets.append(read_sheet(path))
        except ValueError as error:
            click.echo(f"{path}: {error}", err=True)
    if len(sheets) < len(photos):
        raise click.ClickException(
            "Nothing was written. Move what is no sheet out of the way, take again what cannot be read, "
            "and run the same command."
        )
    return sheets
