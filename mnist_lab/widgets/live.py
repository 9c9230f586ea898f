"""Lesson 03: learning curves that grow while fit trains."""

import time

from mnist_lab.plots.explored import growing_curves
from mnist_lab.widgets.shown import Shown

SHARE = 0.1  # of the time at most is spent on drawing
PAUSE = 0.4  # seconds between two pictures at least


class LiveCurves(Shown):
    """Learning curves that grow in place; a new one for each fit.

    after_batch and after_epoch go into fit's arguments of these names. Without ipywidgets it shows
    nothing, and fit's own progress bar has to do.
    """

    def __init__(self, *, num_steps=None):
        super().__init__("Learning curves", how="The curves grow while fit trains.")
        self.num_steps, self.running, self.epochs = num_steps, [], []
        self.next_time, self.is_displayed = 0.0, False
        if self.screen.image is not None:
            self.view = self._live()

    def _live(self):
        import ipywidgets

        view = ipywidgets.VBox([self.screen.image, self.screen.line])
        view.add_class("mnist-lab-widget")
        view.add_class("mnist-lab-curves")
        return view

    def after_batch(self, loss, accuracy):
        """Note the running scores, and draw if there is time."""
        self.running.append((loss, accuracy))
        if time.monotonic() >= self.next_time:
            self.draw()

    def after_epoch(self, history):
        """Note the validation scores of the last epoch, and draw."""
        self.epochs.append((len(self.running), history.validation_loss[-1], history.validation_accuracy[-1]))
        self.draw()

    def draw(self):
        """Draw all that came so far; an error is said beneath the picture and the training goes on."""
        if self.view is None:
            return
        start = time.monotonic()
        if not self.is_displayed:
            self.display()
        with self.screen.says_errors():
            figure = growing_curves(
                self.running, self.epochs, num_steps=self.num_steps, title="Learning curves"
            )
            self.screen.show(figure, self.words())
        spent = time.monotonic() - start
        self.next_time = time.monotonic() + max(PAUSE, spent / SHARE)

    def display(self):
        """Show the still empty widget in the notebook, once; the pictures come into it."""
        from IPython import get_ipython
        from IPython.display import display

        self.is_displayed = True
        if get_ipython() is not None:
            display(self)

    def words(self):
        """Return what the curves say so far, the same until an epoch ends."""
        if not self.epochs:
            return "The first epoch is running."
        _, loss, accuracy = self.epochs[-1]
        return f"After epoch {len(self.epochs)}: validation loss {loss:.3f} nats, accuracy {accuracy:.1%}."
