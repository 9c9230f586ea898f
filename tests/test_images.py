"""What images/ draws: the handout fits its page, the house shows every room."""

import itertools
import re
import sys
from pathlib import Path

from mnist_lab.training import evaluate, train_one_epoch

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "images"))

# The handout


@pytest.fixture(scope="module")
def page():
    from handout import handout

    figure = handout()
    FigureCanvasAgg(figure).draw()
    return figure


def artists(page, kind):
    return [artist for artist in page.findobj(kind) if artist.get_visible()]


def texts(page):
    return [text for text in artists(page, Text) if text.get_text().strip()]


def extent(page, artist):
    """Left, right, top and bottom of an artist, in mm from the upper left corner of the page."""
    box = artist.get_window_extent(page.canvas.get_renderer())
    mm = 25.4 / page.dpi
    height = page.bbox.height
    return box.x0 * mm, box.x1 * mm, (height - box.y1) * mm, (height - box.y0) * mm


def test_the_handout_is_one_a4_page_and_nothing_is_cut(page):
    assert [25.4 * length for length in page.get_size_inches()] == pytest.approx([210, 297])
    for text in texts(page):
        left, right, top, bottom = extent(page, text)
        assert left >= 10 and right <= 200 and top >= 8 and bottom <= 289, text.get_text()


def test_no_text_of_the_handout_lies_on_another(page):
    found = [(extent(page, text), text.get_text()) for text in texts(page)]
    for (a, first), (b, second) in itertools.combinations(found, 2):
        apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 0.3 or b[3] <= a[2] + 0.3
        assert apart, (first, second)


def test_the_texts_of_the_handout_stay_within_their_boxes(page):
    from handout import TREE

    boxes = [extent(page, box) for box in artists(page, Patch) if type(box).__name__ == "FancyBboxPatch"]
    within = 0
    for text in texts(page):
        left, right, top, bottom = extent(page, text)
        middle = (top + bottom) / 2
        for box in boxes:
            if box[0] <= left <= box[1] and box[2] <= middle <= box[3]:
                assert right <= box[1] and top >= box[2] and bottom <= box[3], text.get_text()
                within += 1
    assert within == len(boxes) == 2 * len(TREE)


def test_the_handout_is_grey(page):
    for artist in page.findobj():
        for name in ("color", "facecolor", "edgecolor"):
            if hasattr(artist, f"get_{name}"):
                colour = getattr(artist, f"get_{name}")()
                if isinstance(colour, str) or getattr(colour, "shape", (0,)) == (4,):
                    red, green, blue = to_rgb(colour)
                    assert red == green == blue, (artist, name)


def test_the_loop_of_the_handout_is_the_loop_of_the_package():
    import inspect

    from handout import LOOP, NOTES

    package = inspect.getsource(train_one_epoch) + inspect.getsource(evaluate)
    lines = LOOP.splitlines()
    for line in lines[2:7]:
        assert line.strip() in package
    assert lines[13].strip() in package and max(NOTES) < len(lines)


def test_the_shapes_of_the_handout_are_those_of_the_network(page):
    said = " ".join(text.get_text() for text in texts(page))
    assert "(N, 64, 6, 6)" in said and "(N, 2304)" in said and "295,040" in said
    assert "8 pixels, kernel 3, padding 1, stride 2: 4 starts" in said


def test_the_committed_handout_is_one_page_that_draw_makes():
    data = (ROOT / "images" / "handout.pdf").read_bytes()
    assert data.startswith(b"%PDF") and len(re.findall(rb"/Type /Page\b", data)) == 1
    assert '"handout.pdf"' in (ROOT / "images" / "draw.py").read_text()


# The house


def test_the_house_shows_every_room_of_the_table():
    from house import STOREYS, house, read_rooms

    (axes,) = house().axes
    texts = {text.get_text() for text in axes.texts}
    assert {room.removeprefix("workshop/") for _, room, _ in read_rooms()} | set(STOREYS) <= texts
