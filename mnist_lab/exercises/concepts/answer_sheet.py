"""A learner's answers to a form of the concept test, as a file beside the notebook; and the gain."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mnist_lab import __version__
from mnist_lab.exercises.concepts.idea import FORMS, IDEAS, RIGHT
from mnist_lab.files import write_whole


@dataclass(eq=False)
class Sheet:
    """The answers to a form: {name of the idea: text of the option}; finished once the result was shown."""

    form: str
    answers: dict = field(default_factory=dict)
    finished: bool = False

    def behind(self, idea):
        """RIGHT, the name of the misconception that was chosen, or None where nothing was."""
        return idea.asked(self.form).options.get(self.answers.get(idea.name))

    def scores(self):
        """Return {name of the idea: True, False, or None where it was left out}."""
        chosen = {idea.name: self.behind(idea) for idea in IDEAS}
        return {name: None if behind is None else behind == RIGHT for name, behind in chosen.items()}

    def answered(self):
        """The names of the ideas that have an answer."""
        return [name for name, score in self.scores().items() if score is not None]

    def unanswered(self):
        """The numbers of the questions that have no answer yet."""
        return [number for number, score in enumerate(self.scores().values(), 1) if score is None]


def sheet_path(form, folder="."):
    """Where the answers to a form are kept: beside the notebook, so that they are handed in with it."""
    return Path(folder) / f"concept_test_{form}.json"


def read_sheet(path):
    """Return the Sheet of a file; raises ValueError if the file holds none."""
    try:
        stored = json.loads(Path(path).read_text(encoding="utf-8"))
        form, answers = stored["concept_test"], stored["answers"]
        sound = form in FORMS and all(isinstance(text, str) for text in answers.values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} holds no answers to the concept test: {error}") from error
    if not sound:
        raise ValueError(f"{path} holds no answers to the concept test: its form or an answer is none.")
    return Sheet(form, answers, stored.get("finished") is True)


def write_sheet(sheet, folder="."):
    """Keep a sheet on disk; raises OSError where nothing can be written."""
    stored = {
        "concept_test": sheet.form,
        "answers": sheet.answers,
        "finished": sheet.finished,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "mnist_lab": __version__,
    }
    write_whole(sheet_path(sheet.form, folder), json.dumps(stored, ensure_ascii=False, indent=1) + "\n")


def standing(folder):
    """Return a line for each form that was begun in a folder: its result, or how far it is."""
    lines = []
    for form in FORMS:
        with suppress(ValueError):
            sheet = read_sheet(sheet_path(form, folder))
            right = f"{sum(map(bool, sheet.scores().values()))} of {len(IDEAS)} ideas right"
            begun = f"{len(sheet.answered())} of {len(IDEAS)} answered"
            lines.append(f"Concept test, form {form}: {right if sheet.finished else begun}")
    return lines


def concept_gains(pairs):
    """Return {name of the idea: (right in A, right in B, learners)} over pairs of sheets.

    Each pair is form A and form B of one learner, so that the same people are compared. What was
    left out counts as not right.
    """
    scores = [(before.scores(), after.scores()) for before, after in pairs]
    return {
        idea.name: (
            sum(bool(before[idea.name]) for before, _ in scores),
            sum(bool(after[idea.name]) for _, after in scores),
            len(scores),
        )
        for idea in IDEAS
    }
