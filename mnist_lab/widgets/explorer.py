"""A picture that follows its controls: sliders and lists over a function that draws."""

from contextlib import suppress
from typing import NamedTuple

from mnist_lab.lesson.boxes import live_widgets
from mnist_lab.widgets.shown import Shown


class Slider(NamedTuple):
    """A whole number from low to high, both included."""

    label: str
    low: int
    high: int
    value: int

    def check(self, value):
        if not self.low <= value <= self.high:
            raise ValueError(
                f"{self.label} goes from {self.low} to {self.high}, but got {value}; choose one in between."
            )
        return value

    def widget(self, ipywidgets, look):
        return ipywidgets.IntSlider(self.value, self.low, self.high, description=self.label, **look)


class Choice(NamedTuple):
    """One of a list of options, or of the values of a dictionary of name: value."""

    label: str
    options: list | dict
    value: object

    def check(self, value):
        known = self.options.values() if isinstance(self.options, dict) else self.options
        if value not in known:
            raise ValueError(
                f"{self.label} has no option {value!r}; choose one of {', '.join(map(str, self.options))}."
            )
        return value

    def widget(self, ipywidgets, look):
        options = list(self.options.items() if isinstance(self.options, dict) else self.options)
        return ipywidgets.Dropdown(options=options, value=self.value, description=self.label, **look)


class Explorer(Shown):
    """A picture that draw(**values) makes anew when one of its controls is moved.

    draw returns a Figure and the words beneath it. controls maps each argument of draw to a Slider or a
    Choice. What draw raises for the first values is raised here; afterwards it is said beneath the picture.
    """

    def __init__(self, draw, controls, *, name, css, how):
        super().__init__(name, how=how)
        self.draw, self.controls = draw, {}
        self.values = {key: control.check(control.value) for key, control in controls.items()}
        self.screen.show(*draw(**self.values))
        with suppress(ImportError):
            self.view = self._live(controls, css)

    def _live(self, controls, css):
        ipywidgets = live_widgets()
        # descriptions as wide as they are; a row of controls that breaks where the page is narrow
        look = {"style": {"description_width": "initial"}, "layout": {"width": "auto", "min_width": "20em"}}
        for key, control in controls.items():
            self.controls[key] = control_widget = control.widget(ipywidgets, look)
            control_widget.add_class(f"mnist-lab-{key}".replace("_", "-"))
            control_widget.observe(self.follow, "value")
        row = ipywidgets.Box(
            list(self.controls.values()), layout={"flex_flow": "row wrap", "overflow": "visible"}
        )
        view = ipywidgets.VBox([row, self.screen.image, self.screen.line])
        view.add_class("mnist-lab-widget")
        view.add_class(f"mnist-lab-{css}")
        return view

    def follow(self, change=None):
        """Draw what the controls say now."""
        with self.screen.says_errors():
            self.values = {key: control_widget.value for key, control_widget in self.controls.items()}
            self.screen.show(*self.draw(**self.values))
