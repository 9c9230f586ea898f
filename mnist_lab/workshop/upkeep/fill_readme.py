"""Fill the README's marked figures from the stored results: `make figures`.

A figure stands between two comments, which a reader of the rendered page does not see:

    <!-- figure: benchmark.recipes.seed.accuracy_mean:.2% -->98.90 %<!-- / -->

The first names results/benchmark.json, the keys (or list positions) that lead to the value, and,
after a colon, the Python format that shows it; a number in percent gets a space before its sign.
"""

import argparse
import json
import re
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "results"
README = RESULTS.parent.parent / "README.md"

OPENING = r"<!-- figure:\s*(?P<path>[\w.-]+)(?::(?P<spec>[^\s|]+))?\s*-->"
FIGURE = re.compile(rf"(?P<opening>{OPENING})(?P<shown>(?:(?!<!--).)*)(?P<closing><!-- / -->)")


class FigureError(ValueError):
    """A marker in the README that cannot be filled."""


def load_results(folder=RESULTS):
    """Return every stored result by name."""
    files = sorted(Path(folder).glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def look_up(path, results):
    """Return the value at a dotted path such as "benchmark.recipes.seed.accuracy_mean"."""
    value, where = results, "results"
    for key in path.split("."):
        known = keys_of(value)
        if key not in known:
            raise FigureError(
                f"README figure {path!r}: there is no {key!r} in {where}, "
                f"which has {', '.join(known) or 'no keys'}; "
                "correct the marker, or run the command that makes the stored result."
            )
        value, where = value[known[key]], f"{where}.{key}"
    return value


def keys_of(value):
    """Return {text: key} of a table, {text: position} of a list, nothing of a single value."""
    if isinstance(value, dict):
        return {str(key): key for key in value}
    return {str(i): i for i in range(len(value))} if isinstance(value, list) else {}


def show(value, spec, *, path):
    """Return the value formatted, as in "98.90 %"."""
    try:
        shown = format(value, spec)
    except (TypeError, ValueError) as error:
        raise FigureError(
            f"README figure {path!r}: {value!r} cannot be shown as {spec!r} ({error})"
            "; give a path to a single value and a format that suits it."
        ) from error
    return re.sub(r"(?<=\d)%$", " %", shown)


def fill(text, results):
    """Return the text with every marked figure replaced by its stored value."""
    for line in text.splitlines():
        if line.count("<!-- figure:") != len(FIGURE.findall(line)):
            raise FigureError(
                f"README figure not understood in the line {line!r}; write it as "
                "<!-- figure: NAME.path.to.value:format -->…<!-- / -->, on one line."
            )

    def replace(match):
        value = look_up(match["path"], results)
        shown = show(value, match["spec"] or "", path=match["path"])
        return match["opening"] + shown + match["closing"]

    return FIGURE.sub(replace, text)


def main(arguments=None):
    """Fill the README, or with --check return 1 and name the lines that differ."""
    parser = argparse.ArgumentParser(prog="make figures", description=fill.__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if it differs")
    parser.add_argument("--readme", type=Path, default=README)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    text = options.readme.read_text(encoding="utf-8")
    try:
        filled = fill(text, load_results(options.results))
    except FigureError as error:
        raise SystemExit(str(error)) from error
    if not options.check:
        options.readme.write_text(filled, encoding="utf-8", newline="\n")
        print(f"{len(FIGURE.findall(text))} figures in {options.readme.name} are as stored.")
        return 0
    pairs = zip(text.splitlines(), filled.splitlines(), strict=True)
    stale = [(old, new) for old, new in pairs if old != new]
    for old, new in stale:
        print(f"README: {old}\nstored: {new}\n")
    if stale:
        print("The README's figures differ from mnist_lab/results: run `make figures`.")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
