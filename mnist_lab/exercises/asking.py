"""Closed-book questions: buttons where there are some, text everywhere, and the misconception."""

from mnist_lab.exercises.concepts import is_concept, note
from mnist_lab.exercises.registry import find_question, lessons, questions
from mnist_lab.lesson.boxes import box, fold, paragraph, position, show, show_choices
from mnist_lab.lesson.kept import keep, kept, progress_file

GAPS = (1, 3, 7)  # in lessons, from one answer to the next asking
ASKED_IN = {}  # id of a question that came back: the lesson


def question(*ids):
    """Ask the questions of these ids; a click says at once what is right, and why.

    Where progress is kept, those that come back follow the opening questions of a lesson.
    """
    own, back = [find_question(id) for id in ids], []
    if any(asked.id.endswith(".q1") for asked in own) and progress_file() is not None:
        back = coming_back(own[0].lesson, kept()["questions"])
        ASKED_IN.update((asked.id, own[0].lesson) for asked in back)
    for asked in (*own, *back):
        letter = _letter(asked)
        solution = f"{letter}: {asked.right.removesuffix('.')}. {asked.why}"
        show_choices(
            f"Question {asked.id}" + (f", back from lesson {asked.lesson:02d}" if asked in back else ""),
            asked.text,
            asked.options,
            {"Your answer": asked.options},
            lambda chosen, asked=asked: _reply(asked, chosen[0])[1],
            folded=fold("Answer", paragraph(solution)),
            how=f'Without buttons: answer("{asked.id}", "A")',
        )


def answer(id, option):
    """Answer a question with a letter or the text of an option; shows what is right, and why.

    An answer to the concept test, such as answer("A7", "C"), is kept and not judged.
    """
    if is_concept(id):
        note(id, option)
        return
    asked = find_question(id)
    place = position(option, asked.options, of=f"Question {asked.id}")
    show(*_reply(asked, place))


def _letter(asked):
    return next(letter for letter, text in asked.options.items() if text == asked.right)


def _reply(asked, place):
    """Text and HTML of the answer to a choice; the first one in a lesson is kept."""
    letter, text = list(asked.options.items())[place]
    name, new = _name(asked, ASKED_IN.get(asked.id, asked.lesson)), {"right": text == asked.right}
    trouble = keep("questions", name, lambda entry: {} if "right" in entry else new)
    if text == asked.right:
        head, line, tone = f"✓ {letter} is right", asked.why, "right"
    else:
        head, line, tone = f"✗ {letter} is not it", asked.wrong[text], "wrong"
    line = f"{line} {trouble}".rstrip()
    return f"{head}. {line}", box(tone, head, paragraph(line))


def coming_back(lesson, answers):
    """Return the questions that come back in a lesson, two at most, the longest due first.

    answers are entries as they are kept, by question and lesson. A question that was answered wrong is due
    one lesson after that answer, then three after the next one, then seven; two right answers end it. What
    is due in a lesson that is left out, or that has its two, waits for the next.
    """
    dates = {asked: _due(asked, answers) for asked in questions()}
    due = [asked for asked, date in dates.items() if date is not None and date <= lesson]
    return sorted(due, key=dates.get)[:2]


def _due(asked, answers):
    """The lesson from which on a question is to be asked again, or None."""
    given = [(at, answers[_name(asked, at)]) for at in lessons() if _name(asked, at) in answers]
    rights = sum(entry.get("right") is True for _, entry in given)
    over = rights in (len(given), 2) or len(given) > len(GAPS)
    return None if over else given[-1][0] + GAPS[len(given) - 1]


def _name(asked, lesson):
    """The name under which the answer to a question in a lesson is kept."""
    return f"{asked.id} in lesson {lesson:02d}"
