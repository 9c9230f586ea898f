"""How long a sitting takes, by one formula: `python -m mnist_lab.workshop.upkeep.minutes` prints it for all.

Words at 150 a minute, shown lines of code at 15, 1.3 times the minutes that exercises say, and one minute
for each prediction, rounded up to five. Folded cells, folds within a text, and parts tagged `further` do not
count. No sitting takes more than an hour.
"""

import math
import re
from dataclasses import dataclass

from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.classroom.places import read_lesson

WORDS_A_MINUTE, LINES_A_MINUTE, EXERCISE_FACTOR, STEP = 150, 15, 1.3, 5
MOST = 60
UNREAD = re.compile(r"<details>.*?</details>|<[^>]*>|\]\([^)]*\)", re.DOTALL)  # folds, tags, targets of links


@dataclass
class Load:
    """What a sitting asks of its reader."""

    words: int = 0
    lines: int = 0
    exercise_minutes: int = 0
    predictions: int = 0

    @property
    def minutes(self):
        """The minutes that it takes, rounded up to five."""
        exact = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        exact += EXERCISE_FACTOR * self.exercise_minutes + self.predictions
        return STEP * math.ceil(exact / STEP)


def loads(notebook, places):
    """Return the Load of each sitting of a lesson; places are those of its exercises."""
    minutes = {place.stub: place.exercise.minutes for place in places}
    result = [Load()]
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if "pause" in tags:
            result.append(Load())
        if "further" not in tags:
            add_cell(result[-1], cell, minutes.get(number, 0))
    return result


def add_cell(load, cell, exercise_minutes):
    """Add what a cell asks of its reader to a Load."""
    load.exercise_minutes += exercise_minutes
    if cell.cell_type == "markdown":
        words = UNREAD.sub(" ", cell.source).split()
        load.words += sum(bool(re.search(r"\w", word)) for word in words)
    elif cell.cell_type == "code":
        load.predictions += len(re.findall(r"^\s*predict\(", cell.source, re.MULTILINE))
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            load.lines += sum(bool(line.strip()) for line in cell.source.splitlines())


def main():
    for path in lessons():
        for number, load in enumerate(loads(*read_lesson(path)), 1):
            parts = f"{load.words} words, {load.lines} lines, exercises {load.exercise_minutes} min"
            print(f"{path.stem[:2]}·{number}  {load.minutes} min: {parts}, {load.predictions} predictions")


if __name__ == "__main__":
    main()
