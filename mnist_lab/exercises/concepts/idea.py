"""What the concept test is made of: an idea, its misconceptions, and the two questions that ask for it."""

from dataclasses import dataclass, field
from pathlib import Path

from mnist_lab.exercises.texts import read_texts

RIGHT = "right"
FORMS = ("A", "B")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One idea as a form asks for it.

    options maps each option, in the order shown, to RIGHT or to the name of the misconception
    behind it; why says what makes the right one right.
    """

    text: str
    options: dict = field(hash=False)
    why: str

    @property
    def right(self):
        """The text of the right option."""
        return next(option for option, behind in self.options.items() if behind == RIGHT)

    @property
    def letters(self):
        """The options by letter."""
        return dict(zip("ABCD", self.options, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class Idea:
    """An idea of the course, asked for once in form A and once in form B.

    misconceptions maps the name of each known mistake to the sentence that helps; both forms have
    one option for each of them, so that they differ in their surface alone.
    """

    name: str
    title: str
    lesson: int
    misconceptions: dict
    a: Asked
    b: Asked

    def __post_init__(self):
        expected = {RIGHT, *self.misconceptions}
        for form in FORMS:
            behind = list(self.asked(form).options.values())
            if set(behind) != expected or len(behind) != len(expected):
                raise ValueError(
                    f"Idea {self.name}, form {form}: each of {', '.join(sorted(expected))} has one option, "
                    f"but got {', '.join(behind)}."
                )

    def asked(self, form):
        """The question of form A or B."""
        return {"A": self.a, "B": self.b}[form]


def _make_idea(*, a, b, **entry):
    return Idea(a=Asked(**a), b=Asked(**b), **entry)


IDEAS = read_texts(Path(__file__).with_name("ideas.toml"), "idea", _make_idea)
