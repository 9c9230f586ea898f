"""A browser, a JupyterLab and a lesson for each test; what was seen is kept when one fails."""

import json
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from lab import Lab
from lesson_page import MINUTE, LessonPage, Sight
from playwright.sync_api import expect, sync_playwright
from shots import photograph

KEPT = Path(__file__).parents[2] / "runs" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZE = {"width": 1300, "height": 900}
OPEN = []  # the lesson that is open now


class Visit(NamedTuple):
    """A lesson, what was seen in it before and after it ran, and whether it ran to its end."""

    lesson: LessonPage
    before: Sight
    after: Sight
    ran_through: bool


def pytest_collection_modifyitems(items):
    """A browser is slow: `make test` leaves these tests out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


def missing(sentence):
    """Skip the test, or fail where MNIST_LAB_BROWSER says that a browser must be there."""
    if os.environ.get("MNIST_LAB_BROWSER") == "required":
        pytest.fail(f"{sentence} MNIST_LAB_BROWSER=required makes this a failure.", pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium; without it nothing else is begun."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing("No Chromium on the PATH: install it (Debian: `sudo apt install chromium`).")
    return program


@pytest.fixture(scope="session")
def lab(tmp_path_factory, chromium):
    """One server for all tests; a lesson is copied afresh each time it is opened."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    try:
        yield lab.start()
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def browser(chromium):
    """A browser for one module, since the event loop of Playwright would disturb other tests."""
    expect.set_options(timeout=MINUTE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS, timeout=2 * MINUTE)
        yield browser
        browser.close()


@contextmanager
def lesson_in(browser, lab, start):
    """Open a lesson, named by its beginning, in a browser that knows nothing of others; end its kernel."""
    (path,) = lab.lessons.glob(f"{start}*.ipynb")
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(MINUTE)
    lesson = LessonPage(context.new_page(), lab, path.name)
    try:
        lesson.open()
        OPEN.append(lesson)
        yield lesson
        lesson.close()
    except Exception as error:
        error.add_note(keep(lesson, f"setup-{lesson.name}"))
        raise
    finally:
        OPEN.clear()  # one is open at a time
        context.close()


@pytest.fixture
def start_here(browser, lab):
    """Lesson 00, opened for one test."""
    with lesson_in(browser, lab, "00") as lesson:
        yield lesson


@pytest.fixture(scope="module")
def visited(browser, lab, request):
    """A lesson that was read as it is committed, then run from top to bottom and read again."""
    with lesson_in(browser, lab, request.param) as lesson:
        lesson.read()
        before = lesson.seen()
        ran_through = lesson.run_all()
        lesson.read()
        visit = Visit(lesson, before, lesson.seen(), ran_through)
        if os.environ.get("MNIST_LAB_SHOTS"):
            photograph(lesson, os.environ["MNIST_LAB_SHOTS"])
        yield visit


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a screenshot and the notebook of the lesson that was open when a test failed."""
    report = yield
    if report.failed:
        for lesson in OPEN:
            report.sections.append(("What the browser showed", keep(lesson, item.name)))
    return report


def keep(lesson, name):
    """Write what a lesson's page shows into runs/browser; returns what to tell."""
    KEPT.mkdir(parents=True, exist_ok=True)
    base = KEPT / re.sub(r"\W+", "-", name).strip("-")
    told = [f"errors of the page: {lesson.complaints[:5]}"]
    try:
        lesson.page.screenshot(path=f"{base}.png", timeout=MINUTE)
        Path(f"{base}.ipynb").write_text(json.dumps(lesson.content(), indent=1), encoding="utf-8")
        told.insert(0, f"screenshot and notebook: {base}.png, {base}.ipynb")
    except Exception as trouble:  # a page that crashed must not hide why the test failed
        told.insert(0, f"no screenshot: {trouble}")
    return "\n".join(told)
