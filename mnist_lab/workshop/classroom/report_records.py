"""What the class report is made of: a record for each student and exercise, and the concept test's sheets."""

from dataclasses import dataclass, field

RIGHT, WRONG, UNTOUCHED, BY_HAND = "right", "wrong", "untouched", "by hand"
UNKNOWN = "A mistake that is none of the known ones."


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one student has done on one exercise; status is RIGHT, WRONG, UNTOUCHED or, for points
    that the teacher has overridden, BY_HAND.

    mistake is the sentence that the check gave, for a WRONG answer; came is what an answer with none of the
    known mistakes came to. max_points is 0 where the exercise is optional.
    """

    student: str
    exercise: str
    points: float
    max_points: float
    status: str
    mistake: str = ""
    came: str = ""


@dataclass(eq=False)
class Class:
    """All that is known of a class: its students by id, records, sheets and what could not be read.

    sheets is {student: {"A": Sheet, "B": Sheet}}; remarks are pairs of a sentence and of whom it is about.
    """

    course: str
    students: dict = field(default_factory=dict)
    records: list = field(default_factory=list)
    sheets: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)

    def __post_init__(self):
        seen = set()
        for record in self.records:
            if (record.student, record.exercise) in seen:
                raise ValueError(
                    f"Exercise {record.exercise} is there twice for one student, {record.student}; "
                    "give one record for each student and exercise."
                )
            if record.status not in (RIGHT, WRONG, UNTOUCHED, BY_HAND):
                raise ValueError(
                    f"A status is right, wrong, untouched or by hand, but got {record.status!r}."
                )
            seen.add((record.student, record.exercise))


def grouped(pairs):
    """Return {key: list of values} of pairs (key, value), in the order in which the keys come first."""
    groups = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
