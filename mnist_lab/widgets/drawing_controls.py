"""The controls of the drawing pad: a canvas that follows mouse, pen and finger, buttons, one for a photo."""

from mnist_lab.data.strokes import CANVAS
from mnist_lab.widgets.drawing_examples import EXAMPLES
from mnist_lab.widgets.shown import name_it

ROW = {"flex_flow": "row wrap", "align_items": "center"}


def make_canvas(pad, *, before, after):
    """Return the canvas of a pad; raises ImportError without ipycanvas.

    A canvas keeps every key to itself, Tab as well, so press moves the focus: to the buttons before and
    after it.
    """
    from ipycanvas import Canvas

    size = f"{CANVAS}px"  # fixed, without a border: the places of the mouse are measured from the outer edge
    look = {"width": size, "height": size, "min_width": size, "border": "none", "margin": "2px"}
    canvas = Canvas(width=CANVAS, height=CANVAS, layout=look)
    canvas.add_class("mnist-lab-canvas")
    name_it(canvas, "Canvas for one digit: draw with mouse, pen or finger. Backspace undoes, Tab leaves it.")
    canvas.on_mouse_down(pad.down)
    canvas.on_mouse_move(pad.move)
    canvas.on_mouse_up(pad.up)
    canvas.on_mouse_out(pad.up)
    canvas.on_touch_start(lambda touches: touches and pad.down(*touches[0]))
    canvas.on_touch_move(lambda touches: touches and pad.move(*touches[0]))
    canvas.on_touch_end(lambda touches: pad.up())
    canvas.on_touch_cancel(lambda touches: pad.up())
    canvas.on_client_ready(pad._redraw)
    canvas.on_key_down(lambda key, shift, *others: press(pad, key, before if shift else after))
    return canvas


def press(pad, key, neighbour):
    """Answer a key pressed on the canvas: Tab leaves it, Backspace undoes, Delete clears."""
    with pad.screen.says_errors():
        if key in ("Tab", "Escape"):
            neighbour.focus()
        elif key == "Backspace":
            pad.undo()
        elif key == "Delete":
            pad.clear()


def button_rows(pad):
    """Return two rows of buttons that Tab and Space reach: what to do, and the stored drawings."""
    import ipywidgets

    def button(label, css, tooltip, react):
        control = ipywidgets.Button(description=label, tooltip=tooltip, layout={"width": "auto"})
        control.on_click(react)
        control.add_class(f"mnist-lab-{css}")
        return control

    actions = [
        button("Undo", "undo", "Take the last stroke back, or a photo", pad.undo),
        button("Clear", "clear", "Take all strokes back, or a photo", pad.clear),
        photo_button(pad),
    ]
    stored = [
        button(
            name,
            f"take-{name.replace(' ', '-')}",
            f"Put a stored drawing on the canvas: {name}",
            taking(pad, name),
        )
        for name in EXAMPLES
    ]
    label = ipywidgets.Label("Stored drawings:")
    return [ipywidgets.HBox(actions, layout=ROW), ipywidgets.HBox([label, *stored], layout=ROW)]


def photo_button(pad):
    """Return a button for a photo out of a file, or of the camera where the browser offers one."""
    import ipywidgets

    tip = "Read a photo of digits: a file of up to 10 MB, or from the camera"  # Jupyter takes no more
    upload = ipywidgets.FileUpload(
        accept="image/*", description="Photo", icon="", tooltip=tip, layout={"width": "auto"}
    )

    def read(change):
        if change.new:
            upload.value = ()  # so that the same photo can come again, and no notebook keeps it
            pad.take_photo(bytes(change.new[0]["content"]))

    upload.observe(read, "value")
    upload.add_class("mnist-lab-photo")
    return upload


def taking(pad, name):
    """Return what a button does that puts this drawing on the canvas."""
    return lambda button: pad.take(name)
