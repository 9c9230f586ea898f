"""What a slide is made of: a lesson in pieces, without what only a reader at the keyboard needs."""

import base64
import io

from mnist_lab.workshop.classroom.slide_pieces import asks_of, pieces

import pytest
from nbformat import v4
from PIL import Image

HERE = "notebooks/07_x.ipynb"
ASKED = f"**Ask.** [Who waits?]({HERE}#So-what-is-100-%25?) (All.) [Why `so`?]({HERE}#Why)"


def text(source, *tags, slide=None):
    marks = {"slideshow": {"slide_type": slide}} if slide else {}
    return v4.new_markdown_cell(source, metadata={"tags": list(tags), **marks})


def code(source, *outputs, tags=(), slide=None):
    marks = {"slideshow": {"slide_type": slide}} if slide else {}
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags), **marks})


def html(markup):
    return v4.new_output("display_data", data={"text/html": markup, "text/plain": "…"})


def taken_apart(*cells, asks=()):
    return pieces(v4.new_notebook(cells=list(cells)), asks)


def sources(*cells):
    return [piece.source for piece in taken_apart(*cells)]


def kinds(*cells):
    return [piece.metadata.get("slideshow", {}).get("slide_type", "-") for piece in taken_apart(*cells)]


def picture(size=(10, 5), plain="<Figure>"):
    file = io.BytesIO()
    Image.new("L", size).save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": plain}
    return v4.new_output("display_data", data=data)


def test_a_text_comes_apart_between_paragraphs_and_list_items():
    long = "## A\n\nOne\nparagraph.\n\n1. first\n   and more\n2. second\n\n- a\n- b"
    assert sources(text(long)) == [
        "## A",
        "One\nparagraph.",
        "1. first\n   and more",
        "2. second",
        "- a",
        "- b",
    ]


@pytest.mark.parametrize(
    "whole", ["```\na\n\nb\n```", "$$\nx\n\ny\n$$", "<details>\n\nx\n\n</details>", "| a |\n|---|\n| b |"]
)
def test_what_belongs_together_stays_in_one_piece(whole):
    assert sources(text(f"A\n\n{whole}\n\nB")) == ["A", whole, "B"]


def test_marks_go_to_the_first_piece_of_a_cell_and_skipped_cells_go():
    assert kinds(
        text("## A\n\nB", slide="slide"), code("x = 1", slide="skip"), text("C", slide="fragment")
    ) == [
        "slide",
        "-",
        "fragment",
    ]


def test_code_is_folded_where_its_figure_says_it_and_stays_where_it_defines_something():
    drawn, defined = code("draw(1)", picture()), code("def f():\n    pass\n\ndraw(f)", picture())
    folded = [p.metadata.get("jupyter", {}).get("source_hidden", False) for p in taken_apart(drawn, defined)]
    assert folded == [True, False, False, False]


def test_an_exercise_is_its_task_alone():
    task, stub = text("### Exercise 7.1 · E"), code("n = ...", tags=["exercise:7.1"])
    check = code('check("7.1", n)', html("hints"), slide="skip")
    goes_on = html("The lesson goes on with the reference for exercise 7.1.")
    goes_on.data["text/plain"] = "The lesson goes on with the reference for exercise 7.1."
    used = code('n = mine_or_reference("7.1")\nprint(n)', goes_on, v4.new_output("stream", text="3"))
    leads_nowhere = [text("From here on yours, or ours."), code('n = mine_or_reference("7.1")')]
    ours = [text("Here is ours, folded, to compare with."), code("def n(): ...")]
    found = taken_apart(task, stub, check, *leads_nowhere, *ours, text("Go on."), used)
    assert [piece.source for piece in found] == ["### Exercise 7.1 · E", "n = ...", "Go on.", "print(n)", ""]
    assert [output.text for piece in found for output in piece.get("outputs", [])] == ["3"]


def test_an_answer_is_a_step_of_its_own_after_its_question():
    box, fold = (
        "<div><b>Question 7.q{}</b>?</div>",
        "<div><b></b><details><summary>Answer</summary>A</details></div>",
    )
    asked = code('question("7.q1", "7.q2")', *map(html, [box.format(1), fold, box.format(2), fold]))
    assert kinds(asked) == ["-", "fragment", "subslide", "fragment"]
    page = "".join(piece.outputs[0].data["text/html"] for piece in taken_apart(asked))
    assert "<details" not in page and page.count("<b>Answer</b>A") == 2


def test_what_reveal_says_is_a_step_without_a_word_on_guesses():
    said = '<div><b>Prediction 7.1: 3</b><div style="x">No guess was recorded. The next one.</div></div>'
    asked, told = html("<div><b>Prediction 7.1</b>How many?</div>"), html(said)
    cells = code('predict("7.1", "How many?", [1])', asked), code('n = 3\nreveal("7.1", n)', told)
    assert kinds(*cells) == ["-", "-", "fragment"]
    assert taken_apart(*cells)[2].outputs[0].data["text/html"] == "<div><b>Prediction 7.1: 3</b></div>"


def test_a_picture_of_pixels_is_enlarged_in_whole_pixels():
    (piece,) = taken_apart(code("", picture((1000, 4), plain="<PIL.Image.Image image>")))
    image = Image.open(io.BytesIO(base64.b64decode(piece.outputs[0].data["image/png"])))
    assert image.size == (3000, 12)


def test_a_question_for_the_class_stands_with_its_section(tmp_path):
    guide = tmp_path / "TEACHING.md"
    guide.write_text(f"**Ask.** Nobody.\n\n**Vote.** 1. {ASKED} **On paper.** No.\n", "utf-8")
    asks = asks_of("07_x", guide)
    assert asks == [("So-what-is-100-%?", "Who waits? (All.)"), ("Why", "Why `so`?")]
    found = taken_apart(text("## So what is *100 %*?\n\nText."), text("## Other"), asks=asks)
    assert [piece.source for piece in found] == [
        "## So what is *100 %*?",
        "**Ask.** Who waits? (All.)",
        "Text.",
        "## Other",
    ]
    assert asks_of("08_y", guide) == asks_of("07_x", tmp_path / "no guide") == []
