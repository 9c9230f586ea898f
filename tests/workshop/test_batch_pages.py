"""The page of a lesson, and the index of a run: both read well without a network and fetch nothing."""

import base64
import io
import re

from mnist_lab.workshop.batch.clean import WIDGET, clean_outputs
from mnist_lab.workshop.batch.execution import LessonRun
from mnist_lab.workshop.batch.index import index_page, text_table
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.batch.page import mathml, page, title_of

import nbformat
import pytest
from nbformat import v4
from page_fetches import Fetches, fetches
from PIL import Image

STORY = r"""# What *happens* to $x$?

Inline $a_i < b_{ij}$ here and $\hat{y}_k$ there.

$$\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$

\begin{align}
L &= \log p_{i, y_i} \\
  &< \ln 10
\end{align}

$$\begin{aligned} a_1 &= b \\ c &> d \end{aligned}$$

This one is broken: $x^a^<b>$.

| layer | parameters |
|---|---:|
| conv1 | 320 |

![an orange bar](../images/a%20bar.png) ![far away](https://example.org/far.png)

<img src="../images/a%20bar.png" alt="the same bar" width="100">
<img alt="also far" src="https://example.org/far.png">

Next: [lesson 01](01_cnn_anatomy.ipynb#top), or [elsewhere](https://example.org/x.ipynb).

<details><summary>Hint</summary>

Think of **padding**.

</details>
"""


def picture(colour):
    file = io.BytesIO()
    Image.new("RGB", (30, 8), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    home = tmp_path_factory.mktemp("a home")
    (home / "images").mkdir()
    (home / "notebooks").mkdir()
    (home / "images" / "a bar.png").write_bytes(picture("orange"))
    png = base64.b64encode(picture("blue")).decode()
    widget = {WIDGET: {"model_id": "1"}, "text/plain": "Slider()", "image/png": png}
    cells = [
        v4.new_markdown_cell(STORY),
        v4.new_code_cell(
            "explore()",
            execution_count=1,
            outputs=[
                v4.new_output("display_data", data=widget),
                v4.new_output("display_data", data={"text/latex": "$\\mu_0$", "text/plain": "mu"}),
            ],
        ),
        v4.new_code_cell("a_secret()", metadata={"jupyter": {"source_hidden": True}}),
    ]
    notebook = clean_outputs(v4.new_notebook(cells=cells))
    return page(notebook, folder=home / "notebooks", title="00_start_here")


def test_a_page_fetches_nothing_from_outside(html):
    assert fetches(html) == []
    assert "<script" not in html
    assert not re.search(r"\bimport\b[^;]*https?:", html)


def test_the_search_for_fetches_finds_them():
    seeded = '<script src="a"></script><link href="b"><style>@import "c";p{d:url(e)}</style>'
    assert len(fetches(seeded)) == 4


def test_formulas_become_mathml(html):
    assert html.count("<math ") == 7
    assert html.count("<mtable") == 2
    assert "&lt;</mo>" in html
    assert "\\begin{" not in html


def test_a_formula_that_cannot_be_converted_keeps_its_source(html):
    assert "<code>x^a^&lt;b&gt;</code>" in html
    assert mathml("", display="inline") == "<code></code>"


def test_pictures_and_widgets_are_inside(html):
    images = [attrs for tag, attrs in Fetches(html).tags if tag == "img"]
    inside = [attrs for attrs in images if "src" in attrs]
    assert len(inside) == 3
    assert all(attrs["src"].startswith("data:image/png;base64,") for attrs in inside)
    assert [attrs["alt"] for attrs in images if "src" not in attrs] == ["also far"]
    assert "[picture: far away]" in html
    assert base64.b64encode(picture("blue")).decode() in html


def test_title_language_table_links_and_folds(html):
    assert "<title>What happens to x?</title>" in html
    assert '<html lang="en">' in html
    assert ">18" not in html and re.search(r"<td[^>]*>320</td>", html)
    assert 'href="01_cnn_anatomy.html#top"' in html
    assert 'href="https://example.org/x.ipynb"' in html
    assert re.search(r"<details>.*<strong>padding</strong>.*</details>", html, re.S)


def test_a_folded_cell_is_folded_on_the_page_too(html):
    folds = re.findall(r'<details class="folded">.*?</details>', html, re.S)
    assert len(folds) == 1 and "a_secret" in folds[0] and "explore" not in folds[0]


def test_code_is_shown_and_an_svg_cleaned():
    svg = v4.new_output("display_data", data={"image/svg+xml": "<svg><script>fetch('x')</script></svg>"})
    cells = [v4.new_code_cell("'<script src=x>' < 1 & 2"), v4.new_code_cell("1", outputs=[svg])]
    text = page(v4.new_notebook(cells=cells), folder=".", title="00_a")
    assert fetches(text) == [] and "<script" not in text
    assert "&lt;script src=x&gt;" in text


def test_a_notebook_without_a_heading_is_called_by_its_name():
    notebook = v4.new_notebook(cells=[v4.new_code_cell("# not a heading")])
    assert title_of(notebook, "03_training") == "03_training"


RUNS = [
    LessonRun("00_start_here", "passed", 4.25, {"accuracy": 0.96412, "<b>": 3}, "", "", True, True),
    LessonRun("01_cnn_anatomy", "failed", 2.0, {}, "cell [3]: <oh>", "c-3", True, True),
    LessonRun("02_data_transforms"),
]


def test_the_index_has_a_row_a_lesson_and_fetches_nothing():
    text = index_page(RUNS, command="mnist-lab run 'a b'", device="cpu & 2 threads")
    assert fetches(text) == []
    assert text.count('<tr><th scope="row">') == 3
    for piece in (
        "1 of 3 lessons passed",
        "✓ passed",
        "✗ failed",
        "– not run",
        '<a href="00_start_here.html">',
        '<a href="00_start_here.ipynb"',
        '<a href="01_cnn_anatomy.html#cell-id=c-3">cell [3]: &lt;oh&gt;</a>',
        "<dt>accuracy</dt> <dd>0.9641</dd>",
        "<dt>&lt;b&gt;</dt>",
        "4.2",
        "cpu &amp; 2 threads",
        "mnist-lab run &#39;a b&#39;",
    ):
        assert piece in text, piece


def test_the_terminal_gets_the_same_table():
    lines = text_table(RUNS).splitlines()
    assert lines[1].split() == [
        "00_start_here",
        "passed",
        "4.2",
        *["accuracy", "=", "0.9641,", "<b>", "=", "3"],
    ]
    assert lines[3] == "    cell [3]: <oh>"
    assert lines[-1] == "1 of 3 lessons passed in 6 s"
    assert text_table(RUNS, 4).splitlines()[-1] == "1 of 3 lessons passed in 4 s"  # two at a time
    assert "passed in 4 s" in index_page(RUNS, command="", device="", seconds=4)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_the_page_of_a_lesson_fetches_nothing_and_shows_every_formula(lesson):
    text = page(nbformat.read(lesson, as_version=4), folder=lesson.parent, title=lesson.stem)
    assert fetches(text) == []
    formulas = re.sub(r"<(pre|code|annotation|style)\b.*?</\1>", "", text, flags=re.S)
    assert not re.search(r"\\(frac|sum|text|log|begin|left|hat|ln)\b", formulas), "a formula is left"
