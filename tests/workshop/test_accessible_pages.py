"""Pages that everybody can read: axe-core finds nothing on any kind of page, in light and in dark."""

import base64
import io
import shutil

from mnist_lab.workshop.batch.clean import clean_outputs
from mnist_lab.workshop.batch.execution import LessonRun
from mnist_lab.workshop.batch.index import index_page
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.batch.page import page
from mnist_lab.workshop.classroom.report_records import RIGHT, WRONG, Class
from mnist_lab.workshop.classroom.slides import slides
from mnist_lab.workshop.site.lesson_pages import lesson_page

import nbformat
import pytest
from nbformat import v4
from page_fetches import Fetches
from PIL import Image
from test_classroom_report import page_of, record, sheet

RUNS = [
    LessonRun("00_start_here", "passed", 4.25, {"accuracy": 0.96412}, "", "", True, True),
    LessonRun("01_cnn_anatomy", "failed", 2.0, {}, "cell [3]: oh", "c-3", True, True),
    LessonRun("02_data_transforms"),
]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """A function that opens a page, as a text or as a path, and returns what axe-core says against it."""
    sync_api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra dev").Axe()
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("No Chromium on the PATH.")
    folder = tmp_path_factory.mktemp("pages")

    def look(text, *, scheme="light", ready="true", query=""):
        path = folder / "page.html" if isinstance(text, str) else text
        if isinstance(text, str):
            path.write_text(text, encoding="utf-8")
        opened = browser.new_page(color_scheme=scheme)
        opened.set_default_timeout(300_000)
        opened.goto(path.as_uri() + query)
        opened.wait_for_function(ready)
        found = axe.run(opened).response["violations"]
        opened.close()
        return [(it["id"], node["html"][:200]) for it in found for node in it["nodes"]]

    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=120_000)
        yield look
        browser.close()


@pytest.mark.slow
def test_axe_finds_what_is_wrong(complaints):
    page = '<title>t</title><p style="color:#aaa">pale</p><img src="data:,">'
    assert {"color-contrast", "html-has-lang", "image-alt"} <= {kind for kind, _ in complaints(page)}


@pytest.mark.slow
@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_the_page_of_a_lesson(path, complaints):
    text = page(nbformat.read(path, as_version=4), folder=path.parent, title=path.stem)
    assert complaints(text) == []


# Together these hold every kind of piece of any deck, by its tag, class, role and style, but for the signs of
# two formulas. All fourteen decks take more than a minute.
DECKS = [path for path in lessons() if path.stem[:2] in ("03", "05", "10", "12")]
READY = "window.Reveal && Reveal.isReady()"
UNFOLDED = f"{READY} && [...document.querySelectorAll('details')].every(it => (it.open = true))"


@pytest.mark.slow
@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_every_slide_of_a_lesson(path, complaints):
    deck = slides(nbformat.read(path, as_version=4), folder=path.parent, title=path.stem, stored=True)
    assert complaints(deck, ready=READY) == []  # one slide as it is projected
    assert complaints(deck, ready=UNFOLDED, query="?print-pdf") == []  # all as they are printed, folds too


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_of_a_run_and_the_report_on_a_class(scheme, complaints):
    assert complaints(index_page(RUNS, command="mnist-lab run", device="cpu"), scheme=scheme) == []
    records = [record("a", "3.1", RIGHT), record("b", "3.3", WRONG, "A mean over the batch.")]
    sheets = {student: {"A": sheet("A", 4), "B": sheet("B", 12)} for student in "ab"}
    group = Class("c", {"a": "Ada", "b": "Grace"}, records, sheets, [("A file cannot be read.", "b")])
    assert complaints(page_of(group, named=True), scheme=scheme) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_website(scheme, complaints, site):
    pages = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    few = {"index", "draw", "train", lessons()[3].stem}  # of the same colours as all others
    found = {
        path.name: complaints(path, scheme=scheme) for path in pages if scheme == "light" or path.stem in few
    }
    assert len(found) > 3 and {name: wrong for name, wrong in found.items() if wrong} == {}


# The words of a picture, from the output's metadata to the page


@pytest.fixture
def pictured():
    """A notebook with a described picture and with one of Pillow's, which nothing describes."""
    file = io.BytesIO()
    Image.new("L", (3, 2)).save(file, "PNG")
    dot = base64.b64encode(file.getvalue()).decode()
    described = v4.new_output(
        "display_data", {"image/png": dot}, metadata={"image/png": {"alt": 'Lines: "a" < b.'}}
    )
    pillow = {"image/png": dot, "text/plain": "<PIL.Image.Image image mode=L size=840x84>"}
    cells = [
        v4.new_markdown_cell("# T\n\n| | a |\n|---|---|\n| b | 1 |"),
        v4.new_code_cell("draw()", outputs=[described]),
        v4.new_code_cell("image", outputs=[v4.new_output("display_data", pillow)]),
    ]
    return clean_outputs(v4.new_notebook(cells=cells))


@pytest.mark.parametrize("make", [page, slides])
def test_a_page_describes_its_pictures_and_makes_no_header_of_an_empty_cell(make, pictured, tmp_path):
    text = make(pictured, folder=tmp_path, title="t")
    tags = Fetches(text).tags
    shown = [attrs["alt"] for tag, attrs in tags if tag == "img"]
    assert shown == ['Lines: "a" < b.', "A picture of 840 × 84 pixels."]
    assert [tag for tag, _ in tags if tag in ("th", "td")] == ["td", "th", "td", "td"]


def test_the_website_takes_the_words_to_where_myst_nb_looks(pictured):
    told = [cell.metadata.get("mystnb") for cell in lesson_page(pictured, "99").cells]
    assert told[1] == {"image": {"alt": 'Lines: "a" < b.'}} and told[0] is None
