"""Find the lessons, choose among them, and read the parameters that each one takes."""

import ast
import re
import sys
from contextlib import suppress
from pathlib import Path

from mnist_lab.files import regular_file
from mnist_lab.lesson import check_parameters
from mnist_lab.near_names import did_you_mean
from mnist_lab.workshop.batch.run_folders import PACKAGE

import nbformat

SHIPPED = PACKAGE / "lessons"  # in an installed wheel
NOTEBOOKS = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent / "notebooks"
TRUTH = {"true": True, "1": True, "false": False, "0": False}
KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a dictionary",
}


def lessons(folder=NOTEBOOKS):
    """Return the paths of the lessons, NN_name.ipynb, in the order of the series, without copies of them."""
    paths = _notebooks(folder)
    return [path for path in paths if not original(path, paths)]


def _notebooks(folder):
    paths = sorted(Path(folder).glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise ValueError(
            f"There are no lessons in {folder}. Name a folder that has some with --folder, or write copies "
            "of your own with `mnist-lab start`."
        )
    return [path.resolve() for path in paths]


def original(path, paths):
    """Return the one of the paths that another is a copy of by its name, or None.

    Jupyter, browsers and file managers add -Copy1, " (1)", " copy", " - Copy", in every language.
    """
    return next((p for p in paths if re.match(re.escape(p.stem) + r"\W", path.stem)), None)


def choose(names, *, folder=NOTEBOOKS):
    """Return the lessons with these numbers or names, each once; all if none is named.

    A copy has to be named in full; says on standard error which copies of chosen lessons were left out.
    """
    paths = _notebooks(folder)
    copies = {path.stem: original(path, paths).stem for path in paths if original(path, paths)}
    known = {path.stem: path for path in sorted(paths, key=lambda path: path.stem in copies)}
    chosen = dict.fromkeys(
        _stem(name, known) for name in names or [stem for stem in known if stem not in copies]
    )
    left = [copy for copy, lesson in copies.items() if lesson in chosen and copy not in chosen]
    if left:
        print(
            f"Left out, as copies by their names: {', '.join(left)}. To have one, name it.", file=sys.stderr
        )
    return [known[stem] for stem in chosen]


def _stem(name, known):
    """Return the lesson that "3", "03", "training", "03_training" or its file name stands for."""
    name = str(name)
    text = Path(name).name.removesuffix(".ipynb")
    number = f"{int(text):02d}" if text.isdecimal() else None
    for stem in known:
        if text in (stem, stem[3:]) or number == stem[:2]:
            return stem
    raise ValueError(f"There is no lesson {name!r}; {_there_are(text, known)}")


def _there_are(text, known):
    """Name those that exist and the nearest, in whatever case and without a lesson's number."""
    spellings = {name.lower(): name for name in known}
    spellings |= {name.lower()[3:]: name for name in known if name[:2].isdecimal()}
    hint = did_you_mean(text.lower(), spellings, cutoff=0.5, shown=spellings.get)
    return f"there are {', '.join(known) or 'none'}.{hint}"


def defaults(path):
    """Return {name: default} of the cell tagged `parameters`; None where that is no literal.

    Reads the cell's syntax tree: papermill's own inspection leaves out a line with a second "=",
    even one in a comment.
    """
    try:
        statements = ast.parse(_opening(path)[0]).body
    except (OSError, ValueError, SyntaxError, RecursionError, nbformat.ValidationError) as error:
        raise ValueError(f"{Path(path).name} cannot be read as a lesson: {error}") from error
    return {
        statement.targets[0].id: _literal(statement.value)
        for statement in statements
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }


def ranges(path):
    """Return the ranges that the cell after the parameters gives to check_parameters, None if it does not."""
    with suppress(SyntaxError):  # a magic, perhaps
        for node in ast.walk(ast.parse(_opening(path)[1])):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_parameters":
                found = {keyword.arg: _literal(keyword.value) for keyword in node.keywords}
                return {name: ends for name, ends in found.items() if ends}
    return None


def _opening(path):
    """Return the sources of the cell tagged `parameters` and of the code cell after it; "" for none."""
    regular_file(path)
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    tagged = [i for i, cell in enumerate(code) if "parameters" in cell.metadata.get("tags", [])]
    sources = [cell.source for cell in code[tagged[0] : tagged[0] + 2]] if tagged else []
    return [*sources, "", ""][:2]


def _literal(source):
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None


def plan(paths, given):
    """Return (path, parameters) for each lesson, from the texts in `given`, {name: text}.

    Raises ValueError for a name that no lesson has, for a wrong type, and for a value out of its range.
    """
    jobs = typed(paths, given)
    for path, parameters in jobs:
        check(path, [parameters])
    return jobs


def typed(paths, given):
    """Return (path, parameters) for each lesson: those that it has, converted to its default's type."""
    taken = {path: defaults(path) for path in paths}
    known = list(dict.fromkeys(name for own in taken.values() for name in own))
    for name in given:
        if name not in known:
            raise ValueError(f"No chosen lesson has a parameter {name!r}; {_there_are(name, known)}")
    return [
        (path, {name: convert(name, given[name], own[name]) for name in given if name in own})
        for path, own in taken.items()
    ]


def check(path, points):
    """Raise ValueError for the first of these parameters of a lesson that is out of the range it declares."""
    own, declared = defaults(path), ranges(path)
    if declared is None:
        return
    try:
        for point in points:
            check_parameters({**own, **point}, **declared)
    except ValueError as error:
        raise ValueError(f"{path.stem}: {error}") from error


def convert(name, text, default):
    """Return the text as a value of the default's type, or as any literal where that is None."""
    if isinstance(default, str):
        if name == "SHEETS" and text:
            return str(Path(text).expanduser().absolute())  # a lesson runs in another folder
        return _from_here(text) if name in ("DIGITS", "OTHER_SET") else text
    value = TRUTH.get(text.lower()) if isinstance(default, bool) else _literal(text)
    if default is None:
        return text if value is None and text != "None" else value
    kind = list if isinstance(default, tuple) else type(default)  # papermill passes no tuples
    if (kind, type(value)) in ((float, int), (list, tuple)):
        value = kind(value)
    if type(value) is not kind:
        expected = f"{KINDS.get(kind, kind.__name__)}, such as {default!r}"
        raise ValueError(f"{name} expects {expected}, but got {text!r}.")
    return value


def _from_here(text):
    """Return the name of a set, or the whole path of its folder, since a lesson runs in another one."""
    from mnist_lab.data._files import known_name

    with suppress(ValueError):  # check says what is wrong with it
        return known_name(text)
    return text
