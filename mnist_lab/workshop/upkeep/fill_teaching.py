"""Fill the tables of TEACHING.md: `python -m mnist_lab.workshop.upkeep.fill_teaching`."""

import re
from dataclasses import dataclass

from mnist_lab.files import write_whole
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.classroom.places import read_lesson
from mnist_lab.workshop.classroom.slide_pieces import GUIDE

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


def points_line(chosen=None):
    """Return in words how many points there are, and which exercises give some of theirs for parts."""
    chosen = sittings() if chosen is None else chosen
    exercises = [each for sitting in chosen for each in sitting.exercises if each not in sitting.optional]
    parted = ", ".join(
        f"{each.id} ({'+'.join(str(points) for points, _ in each.parts.values())})"
        for each in exercises
        if each.parts
    )
    points = sum(exercise.points for exercise in exercises)
    return f"All lessons together have {points} points. In parts: {parted or 'none'}.\n"


def with_points(table, chosen=None):
    """Return the table of objectives with, in the last column, the points of the exercises of each row."""
    chosen = sittings() if chosen is None else chosen
    none = {exercise for sitting in chosen for exercise in sitting.optional}
    known = {exercise.id: exercise for sitting in chosen for exercise in sitting.exercises}
    rows = table.splitlines()
    for number, row in enumerate(rows[2:], 2):
        *cells, _, end = row.split("|")
        points = sum(known[id].points for id in ids_of(cells[3], known) if known[id] not in none)
        rows[number] = "|".join([*cells, f" {points or ''} ", end])
    return "\n".join(rows) + "\n"


def ids_of(cell, known):
    """Return the ids in a cell such as "8.1 8.3–8.5"; raises ValueError for one that is not known."""
    ids = []
    for first, last in re.findall(r"(\d+\.\d+)(?:–(\d+\.\d+))?", cell):
        lesson, number = map(int, first.split("."))
        ids += [f"{lesson}.{each}" for each in range(number, int((last or first).split(".")[1]) + 1)]
    if unknown := [id for id in ids if id not in known]:
        raise ValueError(f"TEACHING.md names exercise {unknown[0]}, which no lesson has; correct the row.")
    return ids


def table_of(text, name):
    """Return what stands between the two markers of a table of the guide; raises ValueError without them."""
    found = re.findall(rf"(?s)<!-- table: {name} -->\n(.*?)<!-- / table -->", text)
    if len(found) != 1:
        raise ValueError(
            f"TEACHING.md needs one line <!-- table: {name} --> and, after it, one <!-- / table -->; "
            "the table comes between them."
        )
    return found[0]


def fill(text, table, name="sittings"):
    """Return the guide's text with a table between its two markers; raises ValueError without them."""
    begin = f"<!-- table: {name} -->\n"
    return text.replace(begin + table_of(text, name), begin + table)


def filled(text):
    """Return the guide's text with every table as the lessons are."""
    text = fill(text, sittings_table())
    text = fill(text, points_line(), "points")
    return fill(text, with_points(table_of(text, "objectives")), "objectives")


def main():
    write_whole(GUIDE, filled(GUIDE.read_text(encoding="utf-8")))
    print(f"The tables in {GUIDE.name} are as the lessons are.")


if __name__ == "__main__":
    main()
