"""What lies in a course's folder submitted/, and the name that each hand-in should have."""

import re
from dataclasses import dataclass
from pathlib import Path

GRADES = re.compile(r'grade\(\\?"(\d+)\.\d+\\?", ')  # in the text of a notebook file
NOTEBOOK = re.compile(r"\.ipynb(\.(txt|json))?$", re.I)


@dataclass(frozen=True)
class HandIn:
    """A notebook in submitted/, the assignment that it is meant for, and where it should lie.

    learner is "" for one that lies in no learner's folder. is_copy says that a browser, Jupyter or a file
    manager made its name out of the right one.
    """

    path: Path
    learner: str
    lesson: str
    target: Path
    is_copy: bool

    @property
    def fits(self):
        return self.path == self.target


def source_of_assignment(folder, name):
    """Return the notebook that an assignment of a course is made from."""
    return folder / "source" / name / f"{name}.ipynb"


def hand_ins(folder):
    """Return a HandIn for each notebook in submitted/ that is one, in the order of their paths."""
    root, names = folder / "submitted", sorted(path.stem for path in folder.glob("source/*/*.ipynb"))
    paths = [path for path in sorted(root.rglob("*")) if NOTEBOOK.search(path.name) and path.is_file()]
    shown = [path for path in paths if not any(p.startswith(".") for p in path.relative_to(root).parts)]
    found = list(filter(None, (_hand_in(path, root, names) for path in shown)))
    fitting = {each.target for each in found if each.fits}
    return [each for each in found if each.fits or each.is_copy or each.target not in fitting]


def _hand_in(path, root, names):
    """The HandIn of a path; None for a notebook that is no assignment, such as a learner's notes."""
    *folders, file = path.relative_to(root).parts
    learner, inner = folders[0] if folders else "", [file, *folders[1:]]
    lesson = next((name for name in names if _made_of(name, file)), None) or _by_its_cells(path, names)
    if lesson is None:
        return None
    if learner in names:  # the folder of an assignment, with its learners in it
        learner = folders[1] if folders[1:] else "" if _made_of(learner, file) else NOTEBOOK.sub("", file)
    target = root / (learner or "STUDENT") / lesson / f"{lesson}.ipynb"
    is_copy = learner != "" and all(_made_of(lesson, part) for part in inner)
    return HandIn(path, learner, lesson, target, is_copy)


def _made_of(name, part):
    """True for "03_training", "03_training.ipynb", "03_training (1).ipynb", "03_training-Copy1" …"""
    return re.match(re.escape(name) + r"(?!\w)", part) is not None


def _by_its_cells(path, names):
    """The assignment whose locked cells a notebook holds, or None."""
    found = GRADES.search(path.read_text(encoding="utf-8", errors="replace"))
    return next((name for name in names if found and name.startswith(f"{int(found[1]):02d}_")), None)
