"""A photo given to the drawing pad through the front end, by mouse and by keyboard; what is none is told."""

import pytest
from photo_button import give, phone_photo, photo_of_one
from playwright.sync_api import expect

IMPORTS, SHOWS_PAD = "from mnist_lab.widgets.drawing_pad import", "pad = DrawingPad(model)"


@pytest.fixture
def pad(start_here):
    """The pad of lesson 00, with the network that comes with the package."""
    start_here.run(IMPORTS)
    start_here.write(SHOWS_PAD, "pad = DrawingPad()\npad")
    start_here.run("pad = DrawingPad()")
    return start_here.outputs("pad = DrawingPad()").locator(".mnist-lab-pad")


def test_photos_are_read_and_what_is_none_is_told(start_here, pad, tmp_path):
    several, single = phone_photo(), photo_of_one()
    files = {"several.jpg": several.jpeg, "single.jpg": single.jpeg, "notes.txt": b"Not a picture."}
    files["phone.heic"] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(1000)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words, undo = pad.locator(".mnist-lab-words"), pad.locator(".mnist-lab-undo")
    expect(words).to_contain_text("Read as 3")
    drawing = start_here.pictures(pad)

    give(pad, tmp_path / "several.jpg", key="Enter")
    expect(words).to_contain_text(f"7 digits: {' '.join(map(str, several.digits))}")
    start_here.wait_for_change(pad, drawing)
    undo.click()
    expect(words).to_contain_text("Read as 3")
    start_here.wait_for(pad, drawing)

    for _ in range(2):  # the same file again
        give(pad, tmp_path / "single.jpg")
        expect(words).to_contain_text(f"Read as {single.digits[0]}")
        start_here.wait_for_change(pad, drawing)
        pad.locator(".mnist-lab-clear").click()
        start_here.wait_for(pad, drawing)

    for name, sentence in (("notes.txt", "picture"), ("phone.heic", "JPEG")):
        give(pad, tmp_path / name, key="Space")
        expect(pad.get_by_role("alert")).to_contain_text(sentence)
        expect(pad.get_by_role("alert")).not_to_contain_text("Error")
        undo.click()
        expect(words).to_contain_text("Read as 3")
        expect(pad.get_by_role("alert")).to_have_count(0)
    assert start_here.seen().broken == [] and start_here.complaints == [] and start_here.asked == []


def test_the_button_says_what_it_is_for_and_follows_the_canvas(pad):
    button = pad.get_by_role("button", name="Photo")
    expect(button).to_have_attribute(
        "title", "Read a photo of digits: a file of up to 10 MB, or from the camera"
    )
    pad.locator(".mnist-lab-clear").focus()
    pad.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    canvas = pad.locator(".mnist-lab-canvas").locator("xpath=descendant-or-self::canvas").first
    canvas.focus()
    canvas.press("Shift+Tab")
    expect(button).to_be_focused()
