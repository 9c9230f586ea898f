"""A guess before an experiment, and what came out beside it afterwards."""

from dataclasses import dataclass, field
from numbers import Number

from mnist_lab.lesson.boxes import position, rich, show, show_box, show_choices
from mnist_lab.lesson.kept import keep, kept

CONFIDENCES = (50, 70, 90)  # percent
PREDICTIONS = {}  # id: Prediction, for as long as the kernel lives


@dataclass(eq=False)
class Prediction:
    """A question, its options, and the reader's guess; right is None until reveal.

    A guess that was kept before the kernel started is there again, if it was made on the same question.
    """

    id: str
    question: str
    options: list
    unit: str = ""
    misconceptions: dict = field(default_factory=dict)
    choice: int | None = None
    confidence: int | None = None
    right: bool | None = None

    def __post_init__(self):
        before = kept()["predictions"].get(self.id, {})
        guesses = list(self.letters.values())
        if before.get("question") == self.question and before.get("guess") in guesses:
            self.choice = guesses.index(before["guess"])
            self.confidence, self.right = before.get("confidence"), before.get("right")

    @property
    def guess(self):
        """The option that was guessed, with its unit."""
        return list(self.letters.values())[self.choice]

    def keep(self):
        """Keep the guess and, once it is out, whether it was right; return what kept.keep says."""
        new = {"question": self.question, "guess": self.guess}
        new |= {"confidence": self.confidence, "right": self.right}
        return keep("predictions", self.id, lambda entry: new)

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
        is_number = isinstance(option, Number) and option == option  # nan is near to nothing
        if is_number and all(isinstance(known, Number) for known in self.options):
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
    if not isinstance(id, str):
        raise ValueError(f'predict expects an id such as "3.1", but got {id!r}; write it in quotes.')
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
        question if asked.choice is None else f"{question} (You have guessed: {asked.guess}.)",
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
    return f"Noted: {asked.guess}, {asked.confidence} % sure. Run on. {asked.keep()}".rstrip()


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
    if misconceptions is not None and not isinstance(misconceptions, dict):
        raise ValueError(f"misconceptions are a dictionary by wrong option, but got {misconceptions!r:.60}.")
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
    sure = f", {asked.confidence} % sure" if asked.confidence else ""
    behind = {**asked.misconceptions, **(misconceptions or {})}.get(asked.options[asked.choice])
    lines = [f"You guessed {asked.guess}{sure}.", "" if asked.right else behind, asked.keep()]
    verdict = "You were right." if asked.right else "Another answer than yours."
    show_box("right" if asked.right else "plain", f"{head}. {verdict}", *filter(None, lines))


def reliability():
    """Return {confidence: (right, made)} over what was revealed, in a learner's folder in all lessons."""
    groups = {}
    for made in kept()["predictions"].values():
        if made.get("right") is not None and made.get("confidence"):
            groups.setdefault(made["confidence"], []).append(made["right"])
    return {level: (sum(groups[level]), len(groups[level])) for level in sorted(groups)}
