"""The website as built: links and formulas; in a browser folds, search and widths, without scripts too."""

import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.site.repository_pages import words

import nbformat
import pytest
from page_fetches import fetches

pytestmark = pytest.mark.slow
STEMS = [path.stem for path in lessons()]
OUTSIDE = re.compile(r"(?:\w+:)?//")
WAITING = "[class*=tag_tells-] details.hide:has(.cell_output)"


class Anchors(HTMLParser):
    """The ids of a page and the addresses of its links, less those that its own scripts make."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])


def pages_of(site):
    """Return {path: text} of every page; the theme's own pieces under _static are none."""
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {path: path.read_text(encoding="utf-8") for path in paths}


def article(site, stem):
    return (site / f"{stem}.html").read_text("utf-8").split("<article", 1)[1].split("</article>")[0]


# As it lies there


def test_every_lesson_has_a_page_and_the_pages_lead_from_one_to_the_next(site):
    for stem, following in zip(STEMS, [*STEMS[1:], "exercises"], strict=True):
        text = (site / f"{stem}.html").read_text(encoding="utf-8")
        assert f'href="{following}.html"\n       title="next page"' in text
        assert all(f'href="{other}.html"' in text for other in STEMS if other != stem)


def test_no_page_fetches_anything_from_outside(site):
    found = {
        path.name: [url for url in fetches(text) if OUTSIDE.match(url)]
        for path, text in pages_of(site).items()
    }
    styles = {
        path.name: re.findall(r"url\(['\"]?((?:https?:)?//[^)]*)", path.read_text("utf-8"))
        for path in site.rglob("*.css")
    }
    assert not any(found.values()) and not any(styles.values())


def test_every_link_inside_leads_somewhere(site):
    pages = {path.resolve(): Anchors(text) for path, text in pages_of(site).items()}
    lost = []
    for path, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(link)
            there = (path.parent / unquote(target)).resolve() if target else path
            if not OUTSIDE.match(link) and not link.startswith(("mailto:", "javascript:")):
                known = not anchor or there not in pages or unquote(anchor) in pages[there].ids
                lost += [] if there.is_file() and known else [(path.name, link)]
    assert not lost


@pytest.mark.parametrize("stem", STEMS)
def test_formulas_are_mathml(stem, site):
    source = nbformat.read(lessons()[STEMS.index(stem)], as_version=4)
    texts = [
        re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.S)
        for cell in source.cells
        if cell.cell_type == "markdown"
    ]
    formulas = re.findall(r"(?<!\\)\$\$.*?\$\$|(?<!\\)\$(?! ).*?\$", "\n\n".join(texts), re.S)
    page = article(site, stem)
    assert page.count("<math") == len(formulas)
    assert 'class="math' not in page


def test_words_of_the_glossary_lead_to_their_meaning_once_a_lesson(site):
    meanings = Anchors((site / "glossary.html").read_text("utf-8")).ids
    for stem in STEMS:
        links = [link for link in Anchors(article(site, stem)).links if link.startswith("glossary.html#")]
        assert len(links) == len(set(links)) > 5
        assert {link.partition("#")[2] for link in links} <= meanings
    assert len([id for id in meanings if id and id.startswith("term-")]) == len(
        ", ".join(words()).split(", ")
    )


def test_what_the_download_gives_is_the_committed_lesson(site):
    for path in lessons():
        assert (site / "_sources" / path.name).read_bytes() == path.read_bytes()


# In a browser


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("No Chromium on the PATH.")
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, site):
    """A function that opens a page from its file, and returns it; at the end nothing may have gone wrong."""
    wrong, contexts = [], []

    def open_page(name, width=1300, **options):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda it: it.url.startswith(("file:", "data:", "blob:")) or wrong.append(it.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda message: message.type in ("error", "warning") and wrong.append(message.text)
        )
        page.goto((site / name.partition("?")[0]).as_uri() + name[len(name.partition("?")[0]) :])
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (400, "dark"), (1300, "light")])
def test_pages_fit_the_screen(width, scheme, opened, site):
    page = opened("index.html", width, color_scheme=scheme)
    for path in site.glob("*.html"):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    assert page.evaluate("document.documentElement.dataset.theme") == scheme


@pytest.mark.parametrize("stem", STEMS)
def test_what_answers_a_prediction_stays_closed_until_the_reader_has_chosen(stem, opened):
    page = opened(f"{stem}.html")
    folds = page.locator(WAITING)
    total = folds.count()
    prose = page.locator("details.prose")
    assert total > 3 and page.locator(f"{WAITING}[open]").count() == 0
    assert prose.count() > 0 and not any(fold.is_visible() for fold in prose.all())
    folds.first.locator("summary").click()  # leads to the question
    assert page.locator(f"{WAITING}[open]").count() == 0
    assert page.evaluate("document.activeElement.closest('.prediction') !== null")
    for question in page.locator(".prediction").all():
        id = question.get_attribute("data-of")
        question.locator("button").first.click()
        assert page.locator(f".tag_tells-{id} details.hide:has(.cell_output):not([open])").count() == 0
        assert page.locator(f".tag_ends-{id}").get_by_text("You chose A.").count() == 1
        assert all(text.is_visible() for text in page.locator(f".after-{id} > :not(summary)").all())
    assert page.locator(f"{WAITING}[open]").count() == total


def test_who_will_not_guess_may_look_and_another_choice_replaces_the_first(opened):
    page = opened("01_cnn_anatomy.html")
    first, second = page.locator(".prediction").all()[:2]
    first.get_by_text("Show it without a guess").click()
    assert page.locator(".tag_tells-1-1 details[open]").count() > 0
    assert page.get_by_text("You chose").count() == 0
    second.locator("button", has_text="B").first.click()
    second.locator("button").first.press("Enter")
    assert page.locator(".tag_ends-1-2").get_by_text("You chose").inner_text().startswith("You chose A.")
    assert second.locator("[aria-pressed=true]").count() == 1


@pytest.mark.parametrize("stem", STEMS)
def test_without_scripts_answers_lie_in_a_fold_that_opens(stem, opened):
    page = opened(f"{stem}.html", java_script_enabled=False)
    folds = page.locator(WAITING)
    shown = page.locator(".prediction").first
    assert shown.is_visible() and folds.count() > 3 and page.locator(f"{WAITING}[open]").count() == 0
    assert not folds.first.locator(".cell_output").is_visible()
    folds.first.locator("summary").click()
    assert folds.first.locator(".cell_output").is_visible()
    prose = page.locator("details.prose").first
    assert not prose.locator("p").last.is_visible()
    prose.locator("summary").click()
    assert prose.locator("p").last.is_visible()


def test_the_search_works_from_the_disk(opened):
    page = opened("search.html?q=padding")
    page.wait_for_selector("#search-results li a")
    found = [link.get_attribute("href") for link in page.locator("#search-results li a").all()]
    assert any(href.startswith("01_cnn_anatomy.html") for href in found)
    page.locator("#search-results li a").first.click()
    page.get_by_text("padding").first.wait_for(state="attached")


def test_paper_is_white_and_the_screen_as_it_was_afterwards(opened, tmp_path):
    page = opened("02_data_transforms.html", color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    page.evaluate(
        "addEventListener('beforeprint', () => (window.printed = document.documentElement.dataset.theme))"
    )
    assert len(page.pdf(format="A4")) > 100_000
    assert (page.evaluate("window.printed"), page.evaluate(theme)) == ("light", "dark")
    page.emulate_media(media="print")
    assert not page.locator("#pst-primary-sidebar").is_visible()
