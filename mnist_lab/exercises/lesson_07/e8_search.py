"""Exercise 7.8: a search that chooses on the test digits, one line to change."""

from dataclasses import dataclass, field
from string import ascii_uppercase

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def search(settings, train, accuracy):
    models = [train(setting) for setting in settings]
    best = max(models, key=lambda model: accuracy(model, "validation"))
    return settings[models.index(best)], accuracy(best, "test")


@dataclass(frozen=True, eq=False)
class Model:
    """What train makes of a setting."""

    setting: str


@dataclass
class Trial:
    """Settings with a validation and a test accuracy each, and what a search asks for."""

    accuracies: dict
    trained: int = 0
    tested: list = field(default_factory=list)

    def train(self, setting):
        self.trained += 1
        return Model(setting)

    def accuracy(self, model, digits):
        if not isinstance(model, Model):
            raise TypeError(f"accuracy takes a network that train returned, but {kind_of(model)} came.")
        if digits not in ("validation", "test"):
            raise ValueError(f'digits are "validation" or "test", but {digits!r} came.')
        if digits == "test":
            self.tested.append(model.setting)
        return self.accuracies[model.setting][digits == "test"]


CHOSEN, LUCKIEST, STEADY = (950, 965, 905, 915), (900, 915, 960, 970), (943, 948, 946, 952)
OTHER = (870, 898, 870, 900)  # thousandths: on validation from, to, and on test from, to


def table(generator):
    """Return {setting: its two accuracies}: best on validation, on test and in their sum are three of them.

    Neither the first setting nor the last is the best on validation.
    """
    ranges = [LUCKIEST, STEADY, *[OTHER] * whole_number(generator, 1, 3)]
    ranges = [ranges[place] for place in different_numbers(generator, len(ranges), 0, len(ranges) - 1)]
    ranges.insert(whole_number(generator, 1, len(ranges) - 1), CHOSEN)
    names = different_numbers(generator, len(ranges), 0, 25)
    pairs = ((whole_number(generator, *r[:2]), whole_number(generator, *r[2:])) for r in ranges)
    return {ascii_uppercase[n]: (v / 1000, t / 1000) for n, (v, t) in zip(names, pairs, strict=True)}


def what_it_chooses_on(search, generator):
    """Return what a search does otherwise than choose on validation and test once."""
    problems = []
    for number in range(1, 4):
        trial = Trial(table(generator))
        result = search(list(trial.accuracies), trial.train, trial.accuracy)
        problems += [f"Search {number}: {fault}" for fault in _faults(trial, result)]
    return problems


def _faults(trial, result):
    best = max(trial.accuracies, key=lambda setting: trial.accuracies[setting][0])
    if trial.trained != len(trial.accuracies):
        yield f"{trial.trained} networks were trained for {len(trial.accuracies)} settings."
    if len(trial.tested) != 1:
        yield f"the test digits were scored {len(trial.tested)} times."
    elif trial.tested != [best]:
        yield f"the test digits were scored with {trial.tested[0]}, and {best} is the best on validation."
    if not isinstance(result, list | tuple) or len(result) != 2:
        yield f"{kind_of(result)} came back, where a setting and an accuracy were expected."
        return
    if not isinstance(result[0], str) or result[0] != best:
        actual = result[0] if isinstance(result[0], str) else kind_of(result[0])
        yield f"{actual} was chosen, and {best} is the best on validation."
    if difference(trial.accuracies[best][1], result[1], strict=False):
        actual = f"{result[1]:.4g}" if isinstance(result[1], int | float) else kind_of(result[1])
        yield f"{actual} was reported, and {best} has {trial.accuracies[best][1]} on test."


SCORE, REPORT = 'accuracy(model, "validation")', 'accuracy(best, "test")'
BEST = f"max(models, key=lambda model: {SCORE})"

MISTAKES = (
    ('"test"', '"validation"',
     "Chosen on validation, and reported on validation. The luck of the choice is in that number; the report "
     "comes from the test digits."),
    ({'model, "validation"': 'model, "test"', 'best, "test"': 'best, "validation"'},
     "The two are exchanged: the test digits choose, and validation reports. The number is clean, but the "
     "test digits are used up."),
    (SCORE, f'{SCORE} + accuracy(model, "test")',
     "Both sets choose together, so neither can report. The test digits have no part in the choice at all."),
    (REPORT, 'max(accuracy(model, "test") for model in models)',
     "The setting is right, but the number belongs to another network: it is the best test accuracy of them "
     "all, which is choosing on test once more."),
    (SCORE, f'({SCORE}, accuracy(model, "test"))',
     "The test digits break a tie here, and are scored with every network. They are for the chosen one "
     "alone; for a tie take any."),
    (REPORT, f'(accuracy(best, "validation") + {REPORT}) / 2',
     "The report is a mean of both scores, and half of the luck of the choice is in it. Report the test "
     "accuracy alone."),
    ("max", "min", "That is the network with the lowest validation accuracy. For a loss the smallest wins, "
     "for an accuracy the largest."),
    (BEST, "models[0]",
     "The first network was taken, whatever its score. `max` with a key chooses the best."),
    (BEST, "models[-1]",
     "The last network was taken, whatever its score. `max` with a key chooses the best."),
    ("settings[models.index(best)]", "best",
     "The network came back in place of its setting. Leave the last line as it was."),
    (REPORT, "None", "Nothing is reported. Score the chosen network on the test digits, once."),
    ("accuracy(best", "accuracy(train(settings[models.index(best)])",
     "The chosen setting was trained once more, which makes another network than the one that was chosen. "
     "Keep the networks."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.8",
    title="A search that peeks",
    difficulty=2,
    minutes=4,
    points=2,
    reference=search,
    given={'"validation"': '"test"'},
    probe=what_it_chooses_on,
    why="Choose on validation, score test once, and whatever comes out there is the result.",
    hints=(
        "Which digits decide which network wins, and which digits report how good it is?",
        "Digits that choose cannot report. In the line with `max`, which digits does it look at?",
        'In the line with `max` the word `"test"` has to be another one.',
    ),
    mistakes=MISTAKES,
)
