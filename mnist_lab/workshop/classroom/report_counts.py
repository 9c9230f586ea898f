"""Count a class: exercises with their mistakes, and ideas with the gain from form A to form B."""

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from statistics import fmean

from mnist_lab.evidence import compare
from mnist_lab.exercises.concepts.answer_sheet import IDEAS, concept_gains
from mnist_lab.exercises.concepts.idea import RIGHT as RIGHT_OPTION
from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.classroom.report_records import BY_HAND, RIGHT, UNKNOWN, UNTOUCHED, WRONG, grouped

CAME = "It came to:"
ORDER = attrgetter("order")
FEWEST = 6  # learners who changed: that all of fewer change to one side happens by chance too often


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the report; mistakes is a tuple of (sentence, students), the most frequent first.

    right, wrong and left are numbers of students: right, wrong, untouched or left out. by_hand are those
    whose points the teacher has overridden; they count in none of the others. points is the mean of all.
    """

    kind: str
    id: str
    title: str
    lesson: int
    right: int
    wrong: int
    left: int
    mistakes: tuple
    optional: bool = False
    by_hand: int = 0
    points: float = 0.0
    most: float = 0.0
    gain: object = None

    @property
    def n(self):
        return self.right + self.wrong + self.left

    @property
    def order(self):
        """What to teach again comes first: the smallest share right; what is optional comes last."""
        gain = self.gain.normalised if self.gain and self.gain.normalised is not None else 0.0
        return self.optional, self.right / max(self.n, 1), gain, -self.n, self.lesson, self.title


@dataclass(frozen=True)
class Gain:
    """The change from form A to form B over n learners who did both; before and after are shares.

    changed is the number of learners whose score is another; comparison is None for fewer than two.
    """

    n: int
    before: float
    after: float
    changed: int
    comparison: object

    @property
    def normalised(self):
        """Return (after − before) / (1 − before), or None if all knew it before.

        Source: R. R. Hake, American Journal of Physics 66(1), 64 to 74, 1998.
        """
        return None if self.before == 1 else (self.after - self.before) / (1 - self.before)

    @property
    def shown(self):
        """True if more than chance is needed: many enough changed, and compare says so."""
        return self.changed >= FEWEST and self.comparison.shown


def exercise_rows(records):
    """Return a Row for each exercise that somebody handed in, what to teach again first."""
    ids = dict.fromkeys(record.exercise for record in records)
    return sorted((_exercise_row(id, [r for r in records if r.exercise == id]) for id in ids), key=ORDER)


def idea_rows(sheets):
    """Return a Row for each idea from the latest form that most answered, what to teach again first."""
    form = latest_form(sheets)
    if form is None:
        return []
    chosen = {student: forms[form] for student, forms in sheets.items() if form in forms}
    pairs = both_forms(sheets)
    return sorted((_idea_row(idea, form, chosen, pairs) for idea in IDEAS), key=ORDER)


def latest_form(sheets):
    """Return "B" if anybody handed it in, else "A" or None."""
    handed_in = {form for forms in sheets.values() for form in forms}
    return max(handed_in, default=None)


def both_forms(sheets):
    """Return the pairs of form A and form B of the learners who handed in both."""
    return [(forms["A"], forms["B"]) for forms in sheets.values() if len(forms) == 2]


def whole_gain(sheets):
    """Return the Gain over all ideas together, or None where nobody handed in both forms."""
    shares = [
        [sum(map(bool, sheet.scores().values())) / len(IDEAS) for sheet in forms]
        for forms in both_forms(sheets)
    ]
    if not shares:
        return None
    before, after = (fmean(form) for form in zip(*shares, strict=True))
    return Gain(len(shares), before, after, *_compared(shares))


def _exercise_row(id, records):
    counts = Counter(record.status for record in records)
    try:
        title = find_exercise(id).title
    except ValueError:  # graded with another version of the package
        title = "an exercise that this version does not have"
    return Row(
        kind="exercise",
        id=id,
        title=title,
        lesson=int(id.split(".")[0]),
        right=counts[RIGHT],
        wrong=counts[WRONG],
        left=counts[UNTOUCHED],
        mistakes=_gathered(
            (f"{UNKNOWN} {CAME} {record.came}" if record.came else record.mistake, record.student)
            for record in records
            if record.status == WRONG
        ),
        optional=not any(record.max_points for record in records),
        by_hand=counts[BY_HAND],
        points=fmean(record.points for record in records),
        most=max(record.max_points for record in records),
    )


def _idea_row(idea, form, sheets, pairs):
    options = {student: sheet.behind(idea) for student, sheet in sheets.items()}
    right = sum(name == RIGHT_OPTION for name in options.values())
    missed = {student: name for student, name in options.items() if name not in (RIGHT_OPTION, None)}
    before, after, n = concept_gains(pairs)[idea.name]
    scores = [[bool(sheet.scores()[idea.name]) for sheet in pair] for pair in pairs]
    return Row(
        kind="idea",
        id=f"{form}{IDEAS.index(idea) + 1}",
        title=idea.title,
        lesson=idea.lesson,
        right=right,
        wrong=len(missed),
        left=len(options) - right - len(missed),
        mistakes=_gathered(
            (f'"{name}". {idea.misconceptions[name]}', student) for student, name in missed.items()
        ),
        gain=Gain(n, before / n, after / n, *_compared(scores)) if n else None,
    )


def _compared(scores):
    """The number of learners whose two scores differ, and the Comparison, which needs two learners."""
    changed = sum(before != after for before, after in scores)
    return changed, compare(*zip(*scores, strict=True)) if len(scores) > 1 else None


def _gathered(pairs):
    """Return (sentence, students) for each sentence, the most frequent first and the unknown ones last."""
    students = grouped(pairs)
    ranked = sorted(students, key=lambda s: (s == UNKNOWN, s.startswith(UNKNOWN), -len(students[s]), s))
    return tuple((sentence, tuple(students[sentence])) for sentence in ranked)
