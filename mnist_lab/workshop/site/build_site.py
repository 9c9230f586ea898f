"""Build the website: `make site`, or `python -m mnist_lab.workshop.site.build_site [DIR]`.

It is made of the committed lessons. Nothing is run, and nothing fetched. The folder is written anew; one
that holds anything else is refused.
"""

import argparse
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.site.lesson_pages import lesson_page
from mnist_lab.workshop.site.repository_pages import HERE, ROOT, texts
from mnist_lab.workshop.site.write_parts import write_parts

import nbformat

MARK = "searchindex.js"  # what a folder has that Sphinx wrote


def build(target):
    """Write the site into a folder; raises ValueError, with one sentence, where that cannot be."""
    target = Path(target).absolute()
    if find_spec("myst_nb") is None or find_spec("sphinx_book_theme") is None:
        raise ValueError(
            "The site needs the extra site: pip install -c requirements.txt -e '.[site]' brings it."
        )
    if not (ROOT / "README.md").is_file():
        raise ValueError(
            "The site is made of a clone, with README and TEACHING; in an installed wheel there are none."
        )
    if target.exists() and not (target / MARK).is_file() and (target.is_file() or any(target.iterdir())):
        raise ValueError(f"{target} holds something that is no site; name another folder, or empty that one.")
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "source"), Path(folder, "site")
        write_sources(source)
        run_sphinx(source, made)
        shutil.copytree(HERE / "alive", made / "alive")
        write_parts(made / "alive")
        for path in lessons():  # what the download button gives is the lesson as it is committed
            shutil.copy(path, made / "_sources")
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(made, target)
    return target


def write_sources(folder):
    """Write what Sphinx reads: lessons, pages and pictures in one folder, so that links are short."""
    shutil.copytree(ROOT / "images", folder / "images", ignore=shutil.ignore_patterns("*.py"))
    for name, text in texts().items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    for path in lessons():
        nbformat.write(lesson_page(nbformat.read(path, as_version=4), path.stem[:2]), folder / path.name)


def run_sphinx(source, made):
    """Run Sphinx, without its cache; raises ValueError with what it warns of."""
    from sphinx.cmd.build import main

    arguments = ["-q", "-W", "--keep-going", "-c", HERE, "-d", source.parent / "cache", source, made]
    if main([str(argument) for argument in arguments]):
        raise ValueError("Sphinx found faults, as said above: mend them, then build the site again.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the website of the series from the stored lessons.")
    parser.add_argument("folder", nargs="?", default="site", help="where it goes")
    try:
        print(f"The site is in {build(parser.parse_args().folder)}: open index.html.")
    except (ValueError, OSError) as error:
        sys.exit(str(error))
