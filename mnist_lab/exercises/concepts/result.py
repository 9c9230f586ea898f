"""What a finished form of the concept test says: idea by idea, and what has changed since the other form."""

from mnist_lab.exercises.concepts.answer_sheet import IDEAS
from mnist_lab.exercises.concepts.idea import RIGHT
from mnist_lab.lesson.boxes import box, indented, paragraph


def list_open(sheet):
    """The line that names the questions without an answer."""
    numbers = [f"{sheet.form}{number}" for number in sheet.unanswered()]
    return f"{len(numbers)} of {len(IDEAS)} still open: {', '.join(numbers)}"


def result(sheet, other=None, remarks=()):
    """Text and HTML of a result: every idea, each miss with its misconception and its lesson."""
    scores = sheet.scores()
    head = f"Form {sheet.form}: {sum(map(bool, scores.values()))} of {len(IDEAS)} ideas"
    lines = [*_summary(sheet), *([_change(sheet, other)] if other else []), *remarks]
    entries = [_entry(sheet, number, idea) for number, idea in enumerate(IDEAS, 1)]
    text = "\n".join([head, *indented(lines), *(line for entry in entries for line in _as_text(*entry))])
    pieces = [*map(paragraph, lines), *(_as_html(*entry) for entry in entries)]
    return text, box("plain", head, *pieces)


def _summary(sheet):
    """Which lessons to read again."""
    missed = sorted({idea.lesson for idea in IDEAS if sheet.behind(idea) != RIGHT})
    guessing = len(IDEAS) // 4
    lines = [f"Guessing alone would find about {guessing}."]
    if missed:
        listed = ", ".join(f"{lesson:02d}" for lesson in missed)
        lines.append(f"What is missing is treated in lesson{'s' if len(missed) > 1 else ''} {listed}.")
    return lines


def _change(sheet, other):
    """The way from form A to form B, in one line."""
    first, second = sorted((sheet, other), key=lambda sheet: sheet.form)
    before, after = first.scores(), second.scores()
    gained = [idea.title for idea in IDEAS if after[idea.name] and not before[idea.name]]
    lost = [idea.title for idea in IDEAS if before[idea.name] and not after[idea.name]]
    line = f"From form A to form B: {sum(map(bool, before.values()))} to {sum(map(bool, after.values()))}."
    for what, titles in (("New", gained), ("No longer there", lost)):
        line += f" {what}: {'; '.join(titles)}." if titles else ""
    return line


def _entry(sheet, number, idea):
    """Mark, tone, headline and lines of one idea."""
    asked, behind = idea.asked(sheet.form), sheet.behind(idea)
    head = f"{sheet.form}{number} · {idea.title}"
    if behind == RIGHT:
        return "✓", "right", head, []
    right = f"Right is: {asked.right.rstrip('.')}. {asked.why}"
    if behind is None:
        return "·", "plain", f"{head} · lesson {idea.lesson:02d}", ["You left it out.", right]
    chosen = f"Your answer: {sheet.answers[idea.name]}"
    misconception = f'The misconception: "{behind}". {idea.misconceptions[behind]}'
    return "✗", "wrong", f"{head} · lesson {idea.lesson:02d}", [chosen, misconception, right]


def _as_text(mark, tone, head, lines):
    return [f"  {mark} {head}", *(f"      {line}" for line in lines)]


def _as_html(mark, tone, head, lines):
    return box(tone, f"{mark} {head}", *map(paragraph, lines))
