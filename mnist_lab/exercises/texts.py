"""Read the TOML files that hold texts and no code: questions, and the ideas of the concept test."""

import re
import tomllib


def read_texts(path, kind, make):
    """Return make(**entry) for each [[kind]] of a file, in its order.

    Raises ValueError that names the file and the line, for what is no TOML and for what make refuses.
    """
    text = path.read_text(encoding="utf-8")
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # says the line itself
        raise ValueError(f"{path} is not TOML: {error}") from error
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{kind}]]"]
    others = sorted(set(entries) - {kind})
    if others or not lines:
        raise ValueError(f"{path} holds {', '.join(others) or 'nothing'}; expected only [[{kind}]].")
    made = []
    for line, entry in zip(lines, entries[kind], strict=True):
        try:
            made.append(make(**entry))
        except (TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{path}, the [[{kind}]] of line {line}: {_reason(error)}") from error
    return made


def _reason(error):
    """What make says of an entry, without the name of the function that it came from."""
    return re.sub(r"^\w+(\.\w+)*\(\) ", "it ", str(error))
