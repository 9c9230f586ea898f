"""A lesson in Jupyter Notebook 7: its page is built of JupyterLab's parts, but it is another page."""

import pytest
from lab import Lab
from photo_button import give, phone_photo
from playwright.sync_api import expect


class Notebook(Lab):
    """A running Jupyter Notebook 7."""

    application = "notebook"

    def page_of(self, name):
        return f"{self.address}/notebooks/{name}?token={self.token}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, chromium):
    """Takes the place of the server that the other browser tests share."""
    pytest.importorskip("notebook", "7", "needs notebook: install the extra dev")
    notebook = Notebook(tmp_path_factory.mktemp("notebook"))
    try:
        yield notebook.start()
    finally:
        notebook.stop()


@pytest.mark.parametrize("visited", ["00_start_here"], indirect=True)
def test_a_lesson_runs_and_its_pad_reads(visited, tmp_path):
    after, lesson = visited.after, visited.lesson
    assert visited.ran_through, after.errors
    assert after.errors == [] and after.broken == [] and after.num_unloaded == 0
    assert after.num_pictures == visited.before.num_pictures > 0
    assert lesson.asked == [], "the lesson asked for something outside this machine"
    pad = lesson.page.locator(".mnist-lab-widget.mnist-lab-pad")
    expect(pad.locator("canvas")).to_have_count(1)
    first = lesson.pictures(pad)
    pad.locator(".mnist-lab-take-7").click()
    drawn = lesson.wait_for_change(pad, first)
    (tmp_path / "photo.jpg").write_bytes(phone_photo().jpeg)
    give(pad, tmp_path / "photo.jpg")
    expect(pad.locator(".mnist-lab-words")).to_contain_text("7 digits: ")
    lesson.wait_for_change(pad, drawn)
    expect(pad.get_by_role("alert")).to_have_count(0)
