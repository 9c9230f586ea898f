"""What a check says: a Verdict, as text in a terminal and as a box in a notebook."""

from dataclasses import dataclass

from mnist_lab.lesson.boxes import box, fold, indented, paragraph, rich

HEADS = {
    "correct": ("right", "✓", "correct"),
    "not started": ("plain", "·", "not started yet"),
    "mistake": ("wrong", "✗", "not yet"),
    "mismatch": ("wrong", "✗", "not yet"),
    "changed": ("wrong", "✗", "not yet"),
    "error": ("wrong", "✗", "stopped by an error"),
    "slow": ("wrong", "✗", "took too long"),
    "arguments": ("wrong", "✗", "not what can be checked"),
    "interrupted": ("plain", "·", "the check was interrupted"),
}


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a check found; status is a key of HEADS, facts are (label, text) pairs."""

    exercise: object
    status: str
    message: str
    facts: tuple = ()
    mistake: object = None

    @property
    def ok(self):
        return self.status == "correct"

    @property
    def tone(self):
        return HEADS[self.status][0]

    @property
    def head(self):
        _, mark, words = HEADS[self.status]
        return f"{mark} Exercise {self.exercise.id}, {self.exercise.title}: {words}"

    def __str__(self):
        lines = [self.head, *indented([self.message])]
        for label, text in self.facts:
            first, *rest = text.splitlines()
            lines += [f"  {label:<9} {first}", *(f"  {'':<9} {line}" for line in rest)]
        if not self.ok:
            lines.append(f'  hint("{self.exercise.id}") gives a hint.')
        return "\n".join(lines)

    __repr__ = __str__

    def html(self):
        """Return the box, with the facts in a table and the hints in folds."""
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{rich(label)}</th>'
            f'<td style="text-align:left"><code style="white-space:pre-wrap">{_code(text)}</code></td></tr>'
            for label, text in self.facts
        )
        table = f'<table style="margin:.3em 0">{rows}</table>' if rows else ""
        hints = "" if self.ok else _hints(self.exercise.hints)
        return box(self.tone, self.head, *map(paragraph, self.message.splitlines()), table, hints)

    def _ipython_display_(self):
        """Nothing: check has shown it already."""


def _code(text):
    return rich(text.replace("`", "'"))


def _hints(hints, number=1):
    """Each hint in a fold of its own, the next one inside it."""
    following = _hints(hints, number + 1) if number < len(hints) else ""
    summary = f"Hint {number} of {len(hints)}"
    return fold(summary, paragraph(hints[number - 1]) + following)
