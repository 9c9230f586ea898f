"""Slides in a browser: a heading on each, nothing cut off, text for the last row, a page of paper a slide."""

import base64
import io
import re
import shutil
from itertools import pairwise
from types import SimpleNamespace

from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.classroom.slide_pieces import GUIDE
from mnist_lab.workshop.classroom.slides import ASPECTS, DPI, slides

import nbformat
import pytest
from nbformat import v4
from PIL import Image

pytestmark = pytest.mark.slow
STORED_DPI = 100  # most figures of the notebooks

LOOK = """height => [...document.querySelectorAll(".slides section.page")].map((box, number) => {
  const chapter = box.parentElement, size = it => parseFloat(getComputedStyle(it).fontSize);
  const least = them => Math.min(...[...box.querySelectorAll(them)].map(size)), page = box.firstElementChild;
  box.style.cssText = chapter.style.cssText = "display: block !important";
  const heading = page.querySelector("h1, h2, h3, h4");
  const found = {
    number, heading: heading ? heading.textContent.replace("¶", "") : "",
    empty: [...page.children].every(it => it.querySelector("h1, h2, h3, h4")), shrunk: page.style.zoom,
    cut: box.scrollHeight > height || box.scrollWidth > 1280 || page.offsetHeight > height - 28,
    prose: least("p, li, [role=status]"), code: least("pre, td, th, :not(p, li, pre) > code"),
    soft: [...box.querySelectorAll("img")].filter(it => it.naturalWidth < 2 * it.offsetWidth - 1).length,
    answers: [...box.querySelectorAll("[role=status]")].filter(it =>
      /^(Answer|Prediction [^ ]+: )/.test(it.innerText) && !it.closest(".fragment") && it.closest(".page")
        .querySelector("[role=status]") !== it).length,
    notes: [...box.querySelectorAll("aside.notes")].map(it => it.textContent.trim())};
  box.style.cssText = chapter.style.cssText = "";
  return found;
})"""


@pytest.fixture(scope="module")
def projector():
    """A page in the system's Chromium, and the lists of what it asks for and of its errors."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("No Chromium on the PATH.")
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=120_000)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(120_000)
        asked, errors = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield SimpleNamespace(page=page, asked=asked, errors=errors)
        browser.close()


def shown(projector, deck, query=""):
    """Open a deck from its file; return the page, once reveal.js has it."""
    projector.asked.clear(), projector.errors.clear()
    projector.page.goto("about:blank")  # an address that differs in its hash alone would not load anew
    projector.page.goto(deck.as_uri() + query)
    projector.page.wait_for_function("window.Reveal && Reveal.isReady()")
    return projector.page


def as_if_run(path):
    """A stored lesson with blank pictures as large as a run for slides draws them."""
    notebook = nbformat.read(path, as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        if "image/png" in data and not data.get("text/plain", "").startswith("<PIL."):
            size = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size
            data["image/png"] = blank(*(side * DPI // STORED_DPI for side in size))
    return notebook


def blank(width, height):
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def asked_in(stem):
    """(section, question) of each link after **Ask.** in TEACHING.md, blanks as in the link."""
    lines = [line for line in GUIDE.read_text("utf-8").splitlines() if f"/{stem}.ipynb#" in line]
    links = re.findall(r"\[([^]]+)\]\([^#]+#([^)]+)\)", " ".join(lines).split("**Ask.**")[1])
    return [(anchor.replace("%25", "%"), question) for question, anchor in links]


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_every_slide_of_a_lesson_can_be_read_and_talked_from(path, projector, tmp_path):
    notebook, asks = as_if_run(path), asked_in(path.stem)
    for aspect, height in ASPECTS.items():
        deck = tmp_path / f"{height}.html"
        deck.write_text(slides(notebook, folder=path.parent, title=path.stem, aspect=aspect), "utf-8")
        found = shown(projector, deck).evaluate(LOOK, height)
        bad = [
            slide
            for slide in found
            if not slide["heading"].strip()
            or any(slide[fault] for fault in ("empty", "shrunk", "cut", "soft", "answers"))
            or min(slide["prose"] or 28, 28) < 28
            or min(slide["code"] or 20, 20) < 20
        ]
        assert len(found) > 40 and bad == [], aspect
        notes = [(slide["heading"].replace(" ", "-"), note) for slide in found for note in slide["notes"]]
        assert [sum(question in note for _, note in notes) for _, question in asks] == [1] * len(asks)
        assert {(section, question) for section, question in asks} == {
            (heading, question) for heading, note in notes for _, question in asks if question in note
        }
        assert [url for url in projector.asked if not url.startswith(("data:", "about:", "file:"))] == []
        assert projector.errors == []
    pages = shown(projector, deck, "?print-pdf").locator(".pdf-page").count()
    assert pages == len(found), "one page of paper a slide"


# A small deck


@pytest.fixture
def deck(tmp_path):
    """A lesson of a picture, a question with its answer, folded code and a table of a hundred rows."""
    data = {"image/png": blank(2240, 960), "text/plain": "<Figure>"}
    figure = v4.new_output("display_data", data=data)
    box = '<div role="status"><b>Prediction 7.1{}</b></div>'
    asked, told = (
        v4.new_output("display_data", data={"text/html": box.format(end)}) for end in (" How?", ": 3")
    )
    table = "| a | b |\n|---|---|\n" + "\n".join(f"| {i} | {i * i} |" for i in range(60))
    cells = [
        v4.new_markdown_cell("# 07 · Made up\n\nA sentence."),
        v4.new_markdown_cell("## Look\n\nThe sentence before the picture."),
        v4.new_code_cell("draw()", outputs=[figure]),
        v4.new_markdown_cell(" ".join(["The picture shows it."] * 20) + "\n\nWhat it means."),
        v4.new_markdown_cell("**Predict.** How?"),
        v4.new_code_cell('predict("7.1", "How?", [3])', outputs=[asked]),
        v4.new_code_cell('reveal("7.1", 3)', outputs=[told]),
        v4.new_markdown_cell(f"## A table\n\n{table}"),
        v4.new_code_cell("\n".join(f"line_{i} = {i}" for i in range(80))),
        v4.new_markdown_cell("The end."),
    ]
    path = tmp_path / "deck.html"
    path.write_text(slides(v4.new_notebook(cells=cells), folder=tmp_path, title="t"), "utf-8")
    return path


def test_a_sentence_stands_with_its_picture_and_what_is_long_goes_on_under_its_heading(deck, projector):
    page = shown(projector, deck)
    texts = page.locator("section.page").all_text_contents()
    look = [number for number, text in enumerate(texts) if "Look" in text and "Predict" not in text]
    pictures = "boxes => boxes.map(box => box.querySelectorAll('img').length)"
    numbers = page.locator("section.page").evaluate_all(pictures)
    assert len(look) > 1 and [numbers[number] for number in look] == [1] * len(look)
    assert "before the picture" in texts[look[0]] and "What it means" in texts[look[-1]]
    rows = page.locator("section.page tbody tr td:first-child").all_text_contents()
    assert rows == [str(i) for i in range(60)], "cut between rows, in order"
    code = "".join(page.locator("section.page .highlight pre").all_text_contents())
    assert re.findall(r"line_(\d+) =", code) == [str(i) for i in range(80)]
    assert page.evaluate(LOOK, 720)[-1]["heading"].strip() == "A table"


def test_the_key_that_goes_on_shows_an_answer_as_a_step_after_its_question(deck, projector):
    page = shown(projector, deck)
    waiting = "Reveal.getCurrentSlide().querySelectorAll('.fragment:not(.visible)').length"
    state = f"[Reveal.getSlidePastCount(), {waiting}]"
    seen = [page.evaluate(state)]
    while not page.evaluate("Reveal.isLastSlide()"):
        page.keyboard.press("Space")
        seen.append(page.evaluate(state))
    texts = page.locator("section.page").all_text_contents()
    asking = next(number for number, text in enumerate(texts) if "7.1: 3" in text)
    assert "How?" in texts[asking] and [left for number, left in seen if number == asking] == [1, 0]
    assert all(after - before in (0, 1) for (before, _), (after, _) in pairwise(seen))
    assert len({number for number, _ in seen}) == page.evaluate("Reveal.getTotalSlides()")
    page.wait_for_function("location.hash")
    here = page.evaluate("location.hash")
    page.reload()
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    assert page.evaluate("location.hash") == here and page.evaluate("Reveal.isLastSlide()")
    page.keyboard.press("Escape")
    assert page.evaluate("Reveal.isOverview()") and projector.errors == []


def test_the_space_bar_opens_the_code_that_is_folded_and_does_not_go_on(deck, projector):
    page = shown(projector, deck)
    while not page.locator(".present .present summary").count():
        page.keyboard.press("Space")
    before = page.evaluate("Reveal.getSlidePastCount()")
    page.locator(".present .present summary").first.focus()
    page.keyboard.press("Space")
    assert page.locator(".present .present details[open] pre").is_visible()
    assert page.evaluate("Reveal.getSlidePastCount()") == before


@pytest.mark.parametrize("query", ["", "?print-pdf"])
def test_a_deck_is_printed_one_page_a_slide(deck, projector, tmp_path, query):
    page = shown(projector, deck, query)
    if query:  # reveal.js lays its pages out a moment after the deck is ready
        page.wait_for_function("document.querySelectorAll('section.page').length > 5")
    page.pdf(path=tmp_path / "deck.pdf", prefer_css_page_size=True, print_background=True)
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "deck.pdf").read_bytes())
    assert len(pages) == page.locator("section.page").count() > 5


def test_the_speaker_s_window_has_the_questions_for_the_class(projector, tmp_path):
    path = lessons()[0]
    deck = tmp_path / "deck.html"
    deck.write_text(slides(nbformat.read(path, 4), folder=path.parent, title=path.stem), "utf-8")
    page = shown(projector, deck)
    (section, question), *_ = asked_in(path.stem)
    where = page.evaluate(LOOK, 720)
    number = next(slide["number"] for slide in where if slide["heading"].replace(" ", "-") == section)
    page.evaluate(
        "i => { const {h, v} = Reveal.getIndices(Reveal.getSlides()[i]); Reveal.slide(h, v); }", number
    )
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    opened.value.locator(".speaker-controls-notes .value").get_by_text(question).wait_for()
    opened.value.close()
