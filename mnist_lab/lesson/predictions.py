"""A guess before an experiment, and what came out beside it afterwards."""

from dataclasses import dataclass, field
from numbers import Number

from mnist_lab.lesson.boxes import position, rich, show, show_box, show_choices

CONFIDENCES = (50, 70, 90)  # percent
PREDICTIONS = {}  # id: Prediction, for as long as the kernel lives


@dataclass(eq=False)
class Prediction:
    """A question, its options, and the reader's guess; right is None until reveal."""

    id: str
    question: str
    options: list
    unit: str = ""
    misconceptions: dict = field(default_factory=dict)
    choice: int | None = None
    confidence: int | None = None
    right: bool | None = None

    @property
    def letters(self):
        """What each option is called, with its unit, by letter."""
        return dict(zip("ABCDEF", (f"{option}{self.unit}" for option in self.options), strict=False))

    def result(self, actual):
        """What came out, as text."""
        if isinstance(actual, Number) and not isinstance(actual, bool):
            return f"{actual:.3g}{self.unit}"
        return list(self.letters.values())[self.index_of(actual)]

    def index_of(self, option):
        """The place of an option given as itself, or by letter; the nearest one of numbers."""
        if option in self.options:
            return self.options.index(option)
        if isinstance(option, Number) and all(isinstance(known, Number) for known in self.options):
            return min(range(len(self.options)), key=lambda i: abs(self.options[i] - option))
        return position(option, self.letters, of=f"Prediction {self.id}")


def predict(id, question, options, *, unit=""):
    """Ask for a guess and a confidence before an experiment; reveal(id, actual) follows it.

    options are two to six texts or numbers, or a dictionary of each to the misconception behind it
    (None for the right one); unit is the text that follows each. Shows buttons in JupyterLab and
    the options as text everywhere; never waits for an answer.
    """
    behind = dict(options) if isinstance(options, dict) else {}
    options = list(options)
    if not 2 <= len(options) <= 6 or len(set(options)) < len(options):
        raise ValueError(f"predict expects two to six different options, but got {options}.")
    known = PREDICTIONS.get(id)
    if known is None or known.choice is None or (known.question, known.options) != (question, options):
        PREDICTIONS[id] = Prediction(id, question, options, unit, behind)
    asked = PREDICTIONS[id]
    rows = {
        "Your guess": asked.letters,
        "How sure": {f"{share} %": f"{share} percent" for share in CONFIDENCES},
    }
    show_choices(
        f"Prediction {id}",
        question,
        asked.letters,
        rows,
        lambda chosen: _noted(asked, *chosen),
        how=f'Without buttons: guess("{id}", "A", confidence=70)',
    )


def _noted(asked, choice, level):
    """Keep a guess made with the buttons and return the sentence that says so."""
    if asked.right is not None:
        return "The result is out; the guess from before it counts."
    asked.choice, asked.confidence = choice, None if level is None else CONFIDENCES[level]
    if choice is None or level is None:
        return f"Now choose {'how sure you are' if level is None else 'your guess'}."
    option = list(asked.letters.values())[choice]
    return f"Noted: {option}, {asked.confidence} % sure. Run on."


def guess(id, option, *, confidence):
    """Record a guess where there are no buttons: an option or its letter, and 50, 70 or 90."""
    if id not in PREDICTIONS:
        raise ValueError(
            f"No prediction {id!r} was asked, only {', '.join(PREDICTIONS) or 'none'}; run its cell first."
        )
    if confidence not in CONFIDENCES:
        raise ValueError(f"confidence is 50, 70 or 90, in percent, but got {confidence!r}.")
    asked = PREDICTIONS[id]
    reply = _noted(asked, asked.index_of(option), CONFIDENCES.index(confidence))
    show(reply, f"<div>{rich(reply)}</div>")


def reveal(id, actual, *, misconceptions=None):
    """Show the reader's guess beside what came out, and keep whether it was right.

    actual is the option that came out, or its letter; of options that are numbers the nearest one
    is right. misconceptions maps a wrong option to the sentence for whoever chose it.
    """
    asked = PREDICTIONS.get(id)
    if asked is None:
        show_box("plain", f"Prediction {id}: {actual}", "The cell that asks for a guess was not run.")
        return
    right = asked.index_of(actual)
    head = f"Prediction {id}: {asked.result(actual)}"
    if asked.choice is None:
        show_box("plain", head, "No guess was recorded. The next one costs nothing, right or wrong.")
        return
    asked.right = asked.choice == right
    guessed = asked.options[asked.choice]
    sure = f", {asked.confidence} % sure" if asked.confidence else ""
    behind = {**asked.misconceptions, **(misconceptions or {})}.get(guessed)
    lines = [f"You guessed {guessed}{asked.unit}{sure}.", behind]
    if asked.right:
        show_box("right", f"{head}. You were right.", lines[0])
    else:
        show_box("plain", f"{head}. Another answer than yours.", *filter(None, lines))


def reliability():
    """Return {confidence: (right, made)} over the predictions that were revealed."""
    guesses = [guess for guess in PREDICTIONS.values() if guess.right is not None and guess.confidence]
    levels = sorted({guess.confidence for guess in guesses})
    groups = {level: [guess.right for guess in guesses if guess.confidence == level] for level in levels}
    return {level: (sum(group), len(group)) for level, group in groups.items()}
