"""Slides: which cells make one, and a page that fetches nothing; test_slides_in_browser.py looks at it."""

import base64
import io
import re
from copy import deepcopy

from mnist_lab.cli import main
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.batch.slideshow import mark_slides, without_calls
from mnist_lab.workshop.classroom.slides import slides, write_slides

import nbformat
import pytest
from click.testing import CliRunner
from nbformat import v4
from page_fetches import fetches
from PIL import Image

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LONG, SHORT = " ".join(["word"] * 400), " ".join(["word"] * 20)


def text(source, *tags):
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *outputs, **metadata):
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata, execution_count=1)


def shown(picture=False, html=None, plain="…"):
    data = (
        {"text/plain": plain}
        | ({"image/png": PICTURE} if picture else {})
        | ({"text/html": html} if html else {})
    )
    return v4.new_output("display_data", data=data)


def kinds(*cells):
    """The slide_type of each cell, "-" where it carries none."""
    notebook = mark_slides(v4.new_notebook(cells=list(cells)))
    return [cell.metadata.get("slideshow", {}).get("slide_type", "-") for cell in notebook.cells]


# Which cells make a slide


def test_headings_begin_slides_and_code_stands_under_its_text():
    cells = [
        text("# 03 · Training"),
        text("Prose."),
        code("x = 1"),
        text("## A part"),
        code("y = 2"),
        text("### Exercise"),
        code("z = ..."),
        text("Rest here.", "pause"),
    ]
    assert kinds(*cells) == ["slide", "subslide", "-", "slide", "-", "subslide", "-", "slide"]


def test_imports_and_checks_are_skipped_and_do_not_part_code_from_its_text():
    cells = [
        text("# T"),
        code("%matplotlib inline\nimport torch\nfrom torch import nn"),
        code("x = 1"),
        code('check("1.1", x)'),
        code('f = mine_or_reference("1.1")'),
        code("record(accuracy=x)"),
        code('if "SEED" not in globals():\n    SEED = 0\ndevice = pick_device("auto")'),
        code(""),
        code('f = mine_or_reference("1.1")\nprint(f(1))'),
    ]
    assert kinds(*cells) == ["slide", "skip", "-", "skip", "skip", "skip", "skip", "skip", "-"]


def test_after_a_prediction_comes_a_new_slide_and_the_answer_waits():
    cells = [text("Predict."), code('predict("1.1", "?", [1, 2])'), code("x = 2"), code('reveal("1.1", x)')]
    assert kinds(*cells) == ["subslide", "-", "subslide", "fragment"]


def test_after_the_stub_of_an_exercise_comes_a_new_slide_so_that_nothing_tells_its_answer():
    stub, check = code("n = ...", tags=["exercise:1.1"]), code('check("1.1", n)')
    assert kinds(text("### E"), stub, check, code("n = 3"))[1:] == ["-", "skip", "subslide"]
    assert kinds(text("### E"), stub, check, text("Three."), text("## U"))[3] == "subslide"


def test_what_follows_code_joins_it_only_where_there_is_room():
    short, tall = code("x = 1"), code("\n".join(["x = 1"] * 20), shown(picture=True))
    closing = [text("## T"), text("A remark."), text("## U")]
    assert kinds(text("a"), short, code("y = 2"), *closing[1:]) == ["subslide", "-", "-", "fragment", "slide"]
    assert kinds(text("a"), tall, code("y = 2")) == ["subslide", "-", "subslide"]
    assert kinds(text("a"), tall, *closing[1:]) == ["subslide", "-", "subslide", "slide"]
    assert kinds(text("a"), short, text(LONG), text("## U"))[2] == "subslide"
    assert kinds(text("a"), short, text("Leads on."), code("y = 2"))[2:] == ["subslide", "-"]


def test_marks_from_before_are_replaced_and_do_not_drift():
    stale = code("import torch", slideshow={"slide_type": "slide"})
    assert kinds(text("# T"), stale) == ["slide", "skip"]
    notebook = mark_slides(v4.new_notebook(cells=[text("# T"), code("x = 1"), text("Prose.")]))
    assert mark_slides(deepcopy(notebook)) == notebook


def test_a_cell_that_is_no_python_is_a_slide_like_another():
    assert kinds(text("a"), code("%%bash\nls | wc")) == ["subslide", "-"]
    assert without_calls("%%bash\nreveal (", {"reveal"}) == "%%bash\nreveal ("


def test_calls_that_make_a_box_are_taken_out_of_the_code():
    source = 'far = 3\nreveal(\n    "1.1",\n    far,\n)\nfar'
    assert without_calls(source, {"reveal"}) == "far = 3\nfar"
    assert without_calls('guess = predict("1.1", "?", [1, 2])', {"predict"}) == ""


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_the_lessons_carry_the_slides_that_the_rule_gives(path):
    notebook = nbformat.read(path, as_version=4)
    marked = mark_slides(deepcopy(notebook))
    stale = [
        number
        for number, (cell, right) in enumerate(zip(notebook.cells, marked.cells, strict=True))
        if cell.metadata != right.metadata
    ]
    assert not stale, f"cells {stale}: `mnist-lab run --in-place {path.stem[:2]}` marks the slides anew"


# The page


def body(page):
    return page.partition("<main")[2].partition("<script")[0]


@pytest.fixture
def deck(tmp_path):
    """A lesson with all that a slide may hold, and its page."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "images").mkdir()
    path = tmp_path / "notebooks" / "07_made_up.ipynb"
    cells = [
        text("# 07 · Made *up*\n\nThe loss is $\\ln 10$. Next: [lesson 01](01_cnn_anatomy.ipynb#top)."),
        code("import torch"),
        text("## Look\n\nA sentence."),
        code("secret = 1", shown(picture=True), jupyter={"source_hidden": True}),
        text("Predict."),
        code('predict("7.1", "How many?", [1, 2])', shown(html="<b>How many?</b>")),
        code('n = 1\nreveal("7.1", n)', shown(html="<b>One.</b>")),
        text(f"## What we may claim\n\n{LONG}\n\n## Where this breaks\n\n{SHORT}\n\n## Further\n\n{SHORT}"),
        code("\n".join(f"line_{i} = {i}" for i in range(80)), v4.new_output("stream", text="wide " * 300)),
        text("The end."),
    ]
    nbformat.write(v4.new_notebook(cells=cells), path)
    (run,) = write_slides([path], tmp_path / "out", stored=True)
    assert (run.status, run.seconds) == ("passed", None)
    return tmp_path / "out" / "07_made_up.slides.html"


def test_a_page_of_slides_fetches_nothing(deck):
    page = deck.read_text(encoding="utf-8")
    assert deck.name == "07_made_up.slides.html" and fetches(page) == []
    assert not re.search(r"(\bimport\b|require\(|fetch\()[^;]*https?:", page)
    assert page.count("reveal.js 5") == 2, "its style and its program"
    assert "<math" in page and f"data:image/png;base64,{PICTURE}" in page


def test_the_page_holds_what_is_to_be_projected(deck):
    page = deck.read_text(encoding="utf-8")
    assert "<title>07 · Made up</title>" in page
    assert 'href="01_cnn_anatomy.slides.html#top"' in page, "a link to a lesson leads to its slides"
    assert "How many?" in page and "predict" not in body(page), "the question, not its code"
    assert "import" not in body(page), "imports are skipped"
    folded = r'<details class="code"><summary>Code</summary>.*?secret.*?</details>'
    assert re.search(folded, page, re.S), "not lost"


def test_metadata_that_a_lesson_carries_is_followed():
    cells = [text("# A"), text("## B"), text("## C")]
    for cell, kind in zip(cells, ("slide", "skip", "subslide"), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
    page = slides(v4.new_notebook(cells=cells), folder=".", title="t")
    assert ">A" in page and ">B" not in page and ">C" in page


def test_slides_are_not_overwritten_unless_asked(deck):
    lesson, before = deck.parents[1] / "notebooks", deck.read_bytes()
    command = ["classroom", "slides", str(deck.parent), "07", "--folder", str(lesson), "--stored"]
    deck.write_bytes(b"my own")
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2 and "has 07_made_up.slides.html already" in refused.output
    assert deck.read_bytes() == b"my own"
    made = CliRunner().invoke(main, [*command, "--force"])
    assert made.exit_code == 0 and "1 of 1 lesson passed" in made.output
    assert deck.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("99", "There is no lesson '99'"), ("08", "08_broken.ipynb cannot be read as a lesson")],
)
def test_a_lesson_that_cannot_be_read_is_refused_and_nothing_written(tmp_path, name, sentence):
    (tmp_path / "08_broken.ipynb").write_text("{", "utf-8")
    command = ["classroom", "slides", str(tmp_path / "out"), name, "--folder", str(tmp_path)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2 and sentence in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_without_reveal_js_a_sentence_says_what_to_install(deck, monkeypatch):
    monkeypatch.setattr("mnist_lab.workshop.classroom.slides.find_spec", lambda name: None)
    lessons, target = deck.parents[1] / "notebooks", deck.parent / "new"
    result = CliRunner().invoke(main, ["classroom", "slides", str(target), "--folder", str(lessons)])
    assert result.exit_code == 2 and 'not installed: pip install "mnist-lab[classroom]"' in result.output
    assert not target.exists()


def test_a_file_in_place_of_the_folder_is_refused(deck):
    lesson = deck.parents[1] / "notebooks" / "07_made_up.ipynb"
    with pytest.raises(ValueError, match=r"is a file\. Name a folder for the slides"):
        write_slides([lesson], deck)


# A lesson that is run for its slides


@pytest.fixture
def lesson(tmp_path):
    """A function that writes a lesson of one cell of code, and returns its path."""

    def write(source):
        path = tmp_path / "notebooks" / "07_made_up.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(v4.new_notebook(cells=[text("# 07 · Made up"), code(source)]), path)
        return path

    return write


def test_a_lesson_is_run_for_its_slides_and_its_figures_are_sharp(lesson, tmp_path):
    path = lesson(
        "%matplotlib inline\n"
        "from matplotlib.figure import Figure\n"
        "from mnist_lab.widgets.shown import Shown\n"
        "figure = Figure(figsize=(2, 1), dpi=50)\n"
        "figure.add_subplot()\n"
        "widget = Shown('W', how='')\n"
        "widget.screen.show(figure, 'words')\n"
        "display(figure, widget)"
    )
    before = path.read_bytes()
    (run,) = write_slides([path], tmp_path / "out", aspect="4:3")
    assert run.status == "passed" and run.seconds > 0
    page = (tmp_path / "out" / "07_made_up.slides.html").read_text(encoding="utf-8")
    pictures = re.findall(r'<img[^>]* src="data:image/png;base64,([^"]+)', page)
    widths = [Image.open(io.BytesIO(base64.b64decode(picture))).width for picture in pictures]
    assert len(widths) == 2 and all(width > 500 for width in widths), "320 dots an inch, not 50 or 80"
    assert "const HEIGHT = 960" in page and path.read_bytes() == before


def test_a_lesson_that_fails_has_no_slides_and_the_command_says_why(lesson, tmp_path):
    path = lesson("1 / 0")
    command = ["classroom", "slides", str(tmp_path / "out"), "--folder", str(path.parent)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1 and "ZeroDivisionError" in result.output
    assert list((tmp_path / "out").iterdir()) == []
