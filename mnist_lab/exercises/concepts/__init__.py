"""The concept test in a notebook: twenty closed-book questions, judged only when the reader asks."""

import os
import re
from contextlib import suppress

from mnist_lab.exercises.concepts.answer_sheet import IDEAS, Sheet, read_sheet, sheet_path, write_sheet
from mnist_lab.exercises.concepts.idea import FORMS
from mnist_lab.exercises.concepts.result import list_open, result
from mnist_lab.lesson.boxes import box, live_widgets, paragraph, position, rich, show, show_box, show_choices

UNSAVED = {}  # form: Sheet, where the disk refused it
INTRODUCTION = (
    "Each question asks for one idea of the course. Answer with the book closed, and run nothing. One option "
    "is right. Leave out what you do not know: a lucky guess hides what there is to learn. Nothing is judged "
    "before you ask for the result, and until then you may change your mind."
)


def concept_test(form):
    """Ask the questions of form A (before the course) or B (after it), and judge none before the end.

    The answers are kept in concept_test_A.json (or B) beside the notebook, and are still there next
    time. Waits for nothing; where there are no buttons, answer("A7", "C") answers a question and
    concept_result("A") shows the result.
    """
    form = _form(form)
    sheet, trouble = _sheet(form)
    show_box("plain", f"Concept test, form {form}", INTRODUCTION, _state(sheet), *trouble)
    left = sheet.unanswered()
    for number, idea in enumerate(IDEAS, 1):
        id, asked = f"{form}{number}", idea.asked(form)
        show_choices(
            f"Question {id}" if number in left else f"Question {id}, answered before",
            asked.text,
            asked.letters,
            {"Your answer": asked.letters},
            lambda chosen, id=id: _noted(id, chosen[0]),
            how=f'Without buttons: answer("{id}", "A")',
        )
    call = f'concept_result("{form}")'
    bundle = {}
    with suppress(ImportError):
        bundle = _button(form)
    markup = box("plain", f"The end of form {form}", paragraph(f"`{call}` shows the result."))
    show(f"The end of form {form}. {call} shows the result.", markup, **bundle)


def concept_result(form, *, now=False):
    """Show which ideas are there and which misconceptions; from then on the answers are final.

    While questions are open it only lists them, unless now=True, which counts them as left out.
    """
    form = _form(form)
    sheet, _ = _sheet(form)
    if not sheet.finished and not sheet.answered():
        show_box("plain", f"Form {form} has no answers yet", f'`concept_test("{form}")` asks the questions.')
    elif not sheet.finished and sheet.unanswered() and not now:
        call = f'`concept_result("{form}", now=True)`'
        show_box("plain", list_open(sheet), f"Answer them, or leave them out: {call} shows the result.")
    else:
        show(*_finish(sheet))


def is_concept(id):
    """Say whether an id is one of the concept test, such as A7."""
    match = re.fullmatch(r"[AB]([1-9][0-9]?)", str(id).strip().upper())
    return match is not None and int(match[1]) <= len(IDEAS)


def note(id, option):
    """Keep the answer to a question, by letter or text, and say so without judging it."""
    id = str(id).strip().upper()
    letters = IDEAS[int(id[1:]) - 1].asked(id[0]).letters
    message = _noted(id, position(option, letters, of=f"Question {id}"))
    show(message, f'<div role="status">{rich(message)}</div>')


def _noted(id, place):
    """Keep an answer given by its place, and return the sentence that says so."""
    form, idea = id[0], IDEAS[int(id[1:]) - 1]
    sheet, _ = _sheet(form)
    if sheet.finished:
        return f"The result of form {form} is out; the answers from before it count."
    if place is None:
        return ""
    letter, text = list(idea.asked(form).letters.items())[place]
    sheet.answers[idea.name] = text
    trouble = _keep(sheet)
    answered = f"{len(sheet.answered())} of {len(IDEAS)} answered."
    return " ".join([f"Noted: {letter}.", answered, *trouble])


def _finish(sheet):
    """Make the answers final; text and HTML of the result, beside the other form's if that is final."""
    trouble = []
    if not sheet.finished:
        sheet.finished = True
        trouble = _keep(sheet)
    other, _ = _sheet("B" if sheet.form == "A" else "A")
    return result(sheet, other if other.finished else None, trouble)


def _button(form):
    """The mime bundle of a button that shows the result; open questions are listed first, once."""
    ipywidgets = live_widgets()
    button = ipywidgets.Button(description="Show my result", tooltip="right and wrong; the answers are final")
    reply, listed = ipywidgets.HTML(), []

    def pressed(_):
        sheet, _ = _sheet(form)
        left = sheet.unanswered()
        if not sheet.finished and left and (left != listed or not sheet.answered()):
            listed[:] = left
            again = paragraph("Answer them, or press again to leave them out.")
            reply.value = box("plain", list_open(sheet), again)
        else:
            reply.value = _finish(sheet)[1]

    button.on_click(pressed)
    bundle = ipywidgets.VBox([button, reply])._repr_mimebundle_()
    return {kind: data for kind, data in bundle.items() if kind != "text/plain"}


def _form(form):
    """The name of a form, as it was meant."""
    name = str(form).strip().upper()
    if name not in FORMS:
        raise ValueError(f"The concept test has the forms A and B, but got {form!r}.")
    return name


def _sheet(form):
    """The answers so far, and a sentence where the file of them cannot be read."""
    path = sheet_path(form)
    if form in UNSAVED:
        return UNSAVED[form], []
    if not os.path.exists(path):
        return Sheet(form), []
    try:
        sheet = read_sheet(path)
        return (sheet, []) if sheet.form == form else (Sheet(form), [f"{path} is of form {sheet.form}."])
    except ValueError as error:
        return Sheet(form), [f"{error} The next answer replaces it."]


def _keep(sheet):
    """Write a sheet; a sentence where the disk refuses it."""
    try:
        write_sheet(sheet)
        UNSAVED.pop(sheet.form, None)
    except OSError as error:
        UNSAVED[sheet.form] = sheet
        return [f"It is not on disk ({error.strerror or error}) and lasts as long as this kernel."]
    return []


def _state(sheet):
    """How far a form is, and where its answers are."""
    path = sheet_path(sheet.form)
    if sheet.finished:
        return f'Its result is out: `concept_result("{sheet.form}")`. Without the file {path} it begins anew.'
    return f"{len(sheet.answered())} of {len(IDEAS)} answered. The answers are kept in {path}."
