"""Every lesson in a real JupyterLab: as it is opened, after all of its cells ran, and its widgets."""

import re

import nbformat
import pytest
from lab import NOTEBOOKS
from playwright.sync_api import expect

LESSONS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
# By lesson: the class of each widget that follows its controls, and how many controls it has.
WIDGETS = {
    "01_cnn_anatomy": {"convolution": 4, "maps": 3},
    "02_data_transforms": {"transforms": 3},
    "03_training": {"step": 1, "curves": 0},
    "06_overfitting_dropout": {"grid": 2},
    "07_hyperparameters": {"landscape": 3},
}
PADS = ["00_start_here", "09_what_the_network_sees"]
# A 3 on the canvas of 280 by 280, in two strokes, and a scribble over it.
THREE = [
    [(78, 66), (120, 42), (172, 52), (188, 88), (160, 122), (124, 134)],
    [(124, 134), (184, 148), (202, 188), (172, 226), (118, 236), (74, 212)],
]
SCRIBBLE = [(x, y) for y in range(30, 260, 24) for x in ((30, 250) if y // 24 % 2 else (250, 30))]

each_lesson = pytest.mark.parametrize("visited", LESSONS, indirect=True)


def num_pictures(name):
    """How many outputs of the committed lesson have a picture."""
    notebook = nbformat.read(NOTEBOOKS / name, 4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum(any(kind.startswith("image/") for kind in output.get("data", {})) for output in outputs)


@each_lesson
def test_a_lesson_is_whole_when_it_is_opened(visited):
    before = visited.before
    assert before.broken == [] and before.errors == [] and before.num_unloaded == 0
    assert before.num_pictures >= num_pictures(visited.lesson.name) > 0


@each_lesson
def test_a_lesson_runs_to_its_end(visited):
    after = visited.after
    assert visited.ran_through, after.errors
    assert after.errors == [] and after.broken == [] and after.num_unloaded == 0
    assert after.num_pictures >= num_pictures(visited.lesson.name)
    assert visited.lesson.asked == [], "the lesson asked for something outside this machine"
    cells = [cell for cell in visited.lesson.content()["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("visited", WIDGETS, indirect=True)
def test_every_control_changes_the_picture_and_back(visited):
    lesson = visited.lesson
    for name, num_controls in WIDGETS[lesson.name.removesuffix(".ipynb")].items():
        widget = lesson.page.locator(f".mnist-lab-widget.mnist-lab-{name}")
        expect(widget).to_have_count(1)
        widget.scroll_into_view_if_needed()
        controls = widget.locator(".noUi-handle, select")
        assert controls.count() == num_controls, name
        assert lesson.pictures(widget), f"{name} shows no picture"
        for i in range(num_controls):
            first = lesson.pictures(widget)
            there, back = keys(controls.nth(i))
            press(controls.nth(i), there)
            lesson.wait_for_change(widget, first)
            press(controls.nth(i), back)
            lesson.wait_for(widget, first)
            expect(widget.get_by_role("alert")).to_have_count(0)


def keys(control):
    """The keys that move a slider or a list one step, away from where it ends, and back.

    A list is opened with Space first: JupyterLab takes the arrows of a closed one for itself
    (https://github.com/jupyter-widgets/ipywidgets/issues/3912).
    """
    if control.get_attribute("role") == "slider":
        at_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
        there, back = ["ArrowRight"], ["ArrowLeft"]
    else:
        at_end = control.evaluate("(list) => list.selectedIndex === list.options.length - 1")
        there, back = ["Space", "ArrowDown", "Enter"], ["Space", "ArrowUp", "Enter"]
    return (back, there) if at_end else (there, back)


def press(control, keys):
    for key in keys:
        control.press(key)


@pytest.mark.parametrize("visited", PADS, indirect=True)
def test_a_3_drawn_by_mouse_is_read_as_3(visited):
    lesson = visited.lesson
    pad = lesson.page.locator(".mnist-lab-pad")
    words, clear = pad.locator(".mnist-lab-words"), pad.locator(".mnist-lab-clear")
    expect(pad.locator("canvas")).to_have_accessible_name(re.compile("one digit"))
    clear.click()
    expect(words).to_contain_text("Nothing is drawn yet")
    empty = lesson.pictures(pad)

    for stroke in THREE:
        draw(lesson, pad, stroke)
    expect(words).to_contain_text("Read as 3")
    lesson.wait_for_change(pad, empty)
    draw(lesson, pad, SCRIBBLE)
    expect(words).to_contain_text("more ink than any")
    pad.locator(".mnist-lab-undo").click()
    expect(words).to_contain_text("Read as 3")
    clear.press("Space")
    expect(words).to_contain_text("Nothing is drawn yet")
    lesson.wait_for(pad, empty)


def draw(lesson, pad, stroke):
    """Draw a stroke with the mouse, each piece in small steps."""
    canvas = pad.locator(".mnist-lab-canvas").locator("xpath=descendant-or-self::canvas").first
    canvas.scroll_into_view_if_needed()
    corner, mouse = canvas.bounding_box(), lesson.page.mouse
    points = [(corner["x"] + x, corner["y"] + y) for x, y in stroke]
    mouse.move(*points[0])
    mouse.down()
    for point in points[1:]:
        mouse.move(*point, steps=6)
    mouse.up()
