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
    if not lines or set(entries) != {kind} or len(entries[kind]) != len(lines):
        raise ValueError(f"{path} holds {', '.join(entries) or 'nothing'}; expected only [[{kind}]].")
    texts = []
    for line, entry in zip(lines, entries[kind], strict=True):
        try:
            texts.append(make(**entry))
        except (TypeError, ValueError, AttributeError) as error:
            reason = re.sub(r"^[\w.]+\(\) ", "", str(error))  # without the name of a function of ours
            raise ValueError(f"{path}, the [[{kind}]] of line {line}: {reason}") from error
    return texts
