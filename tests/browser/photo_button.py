"""Photos for the drawing pad, and how a reader gives them to it."""

from mnist_lab.workshop.upkeep.made_up_photos import made_up_photo

PLAIN = {
    "ink": "felt pen",
    "paper": "white",
    "lines": "plain",
    "tilt": 10,
    "turn": 3,
    "blur": 0,
    "quality": 90,
}


def phone_photo():
    """Seven digits in two rows, 12 megapixels, held on its side."""
    return made_up_photo(5, rows=[4, 3], pixels=4000, orientation=6, **PLAIN)


def photo_of_one():
    return made_up_photo(2, rows=[1], pixels=1200, orientation=1, **PLAIN)


def give(pad, path, *, key=None):
    """Choose a file with the pad's button, which is clicked or, given a key, pressed."""
    button = pad.locator(".mnist-lab-photo")
    with pad.page.expect_file_chooser() as chooser:
        button.press(key) if key else button.click()
    chooser.value.set_files(path)
