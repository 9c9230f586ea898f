"""Fill TEACHING.md's table of sittings: `python -m mnist_lab.workshop.upkeep.fill_teaching`."""

import re
from dataclasses import dataclass

from mnist_lab.files import write_whole
from mnist_lab.workshop.batch.lessons import NOTEBOOKS, lessons
from mnist_lab.workshop.classroom.places import read_lesson

GUIDE = NOTEBOOKS.parent / "TEACHING.md"
TABLE = re.compile(r"(<!-- table: sittings -->\n).*?(<!-- / table -->)", re.DOTALL)
HEADER = "| sitting | minutes | ●○○ | ●●○ | ●●● | their minutes | points |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Sitting:
    """A half of a lesson, or a whole one: "03·2", what it is about, its minutes and its exercises.

    optional are those of the exercises that stand in a part tagged `further`.
    """

    code: str
    title: str
    minutes: int
    exercises: tuple
    optional: tuple = ()


def sittings():
    """Return the Sittings of every lesson, in order."""
    return [sitting for path in lessons() for sitting in sittings_of(path)]


def sittings_of(path):
    """Return the Sittings of a lesson; raises ValueError if its first cell does not say their minutes."""
    notebook, places = read_lesson(path)
    pauses = [i for i, cell in enumerate(notebook.cells) if "pause" in cell.metadata.get("tags", [])]
    bounds = [0, *pauses, len(notebook.cells)]
    result = []
    for number, minutes in enumerate(minutes_of(path.stem, notebook.cells[0].source, len(bounds) - 1)):
        here = [place for place in places if bounds[number] <= place.stub < bounds[number + 1]]
        result.append(
            Sitting(
                f"{path.stem[:2]}·{number + 1}",
                title_of(notebook.cells, number + 1),
                minutes,
                tuple(place.exercise for place in here),
                tuple(place.exercise for place in here if place.optional),
            )
        )
    return result


def minutes_of(lesson, first_cell, number):
    """Return the minutes of each of a lesson's sittings, from the line *Time:* of its first cell."""
    line = re.search(r"\*Time:\*(.*?)minutes", first_cell, re.DOTALL)
    minutes = [int(text) for text in re.findall(r"\d+", line[1])] if line else []
    if len(minutes) not in (1, number):
        raise ValueError(
            f"{lesson} has {number} sitting{'s' * (number > 1)}, but its first cell names {minutes} minutes; "
            "write there '*Time:* two sittings of about 50 minutes'."
        )
    return minutes if len(minutes) == number else minutes * number


def title_of(cells, number):
    """Return the words of a sitting's own heading, or of the lesson's where it has none."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    own = re.search(rf"^# Sitting {number} · (.*)$", text, re.MULTILINE)
    return own[1] if own else re.match(r"# \d\d · (.*)", text)[1]


def sittings_table(chosen=None):
    """Return the table as Markdown, a row a sitting; exercises of optional parts stand in brackets."""
    rows = [HEADER]
    for sitting in sittings() if chosen is None else chosen:
        by_level = " | ".join(_ids(sitting, level) for level in (1, 2, 3))
        core = [exercise for exercise in sitting.exercises if exercise not in sitting.optional]
        minutes = sum(exercise.minutes for exercise in core)
        points = sum(exercise.points for exercise in core)
        name = f"{sitting.code} {sitting.title} | {sitting.minutes}"
        rows.append(f"| {name} | {by_level} | {minutes or ''} | {points or ''} |")
    return "\n".join(rows) + "\n"


def _ids(sitting, level):
    ids = [exercise.id for exercise in sitting.exercises if exercise.difficulty == level]
    optional = {exercise.id for exercise in sitting.optional}
    return " ".join(f"({id})" if id in optional else id for id in ids)


def fill(text, table):
    """Return the guide's text with the table between its two markers; raises ValueError without them."""
    if len(TABLE.findall(text)) != 1:
        raise ValueError(
            "TEACHING.md needs one line <!-- table: sittings --> and, after it, one <!-- / table -->; "
            "the table comes between them."
        )
    return TABLE.sub(lambda match: match[1] + table + match[2], text)


def main():
    write_whole(GUIDE, fill(GUIDE.read_text(encoding="utf-8"), sittings_table()))
    print(f"The table of sittings in {GUIDE.name} is as the lessons are.")


if __name__ == "__main__":
    main()
