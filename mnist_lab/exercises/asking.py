"""Closed-book questions: buttons where there are some, text everywhere, and the misconception."""

from mnist_lab.exercises.concepts import is_concept, note
from mnist_lab.exercises.registry import find_question
from mnist_lab.lesson.boxes import box, fold, paragraph, position, show, show_choices


def question(*ids):
    """Ask the questions of these ids; a click says at once what is right, and why."""
    for asked in map(find_question, ids):
        letter = _letter(asked)
        solution = f"{letter}: {asked.right.removesuffix('.')}. {asked.why}"
        show_choices(
            f"Question {asked.id}",
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
    """Text and HTML of the answer to a choice."""
    letter, text = list(asked.options.items())[place]
    if text == asked.right:
        head, line, tone = f"✓ {letter} is right", asked.why, "right"
    else:
        head, line, tone = f"✗ {letter} is not it", asked.wrong[text], "wrong"
    return f"{head}. {line}", box(tone, head, paragraph(line))
