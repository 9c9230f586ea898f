"""Exercise 8.6: Patient 4, never below 1.46."""

from mnist_lab.exercises.engine.call_watch import named
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.probes import fresh_slopes
from mnist_lab.exercises.engine.recording import perfect_model
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def loss_and_shares(model, images, labels):
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    return loss, logits.softmax(dim=1)


class Scaled(nn.Module):
    """The perfect model, with its logits times a factor."""

    def __init__(self, factor):
        super().__init__()
        self.perfect, self.factor = perfect_model(), factor

    def forward(self, images):
        return self.factor * self.perfect(images)


def of_both(loss_and_shares, generator):
    of_loss, of_shares = _faults(loss_and_shares, generator)
    return of_loss + of_shares


def of_the_loss(loss_and_shares, generator):
    return _faults(loss_and_shares, generator)[0]


def _faults(loss_and_shares, generator):
    """Say what is wrong with the losses of a perfect, a hopeless and an unsure network, and with shares."""
    size, factor = whole_number(generator, 20, 60), whole_number(generator, 4, 9)
    labels = torch.randint(10, (size,), generator=generator)
    images = F.one_hot(labels, 10).float().reshape(size, 1, 1, 10)
    sure, unsure = perfect_model(), nn.Sequential(nn.Flatten(), nn.Linear(10, 10))
    unsure[1].weight.data.normal_(generator=generator)
    pair = loss_and_shares(sure, images.clone(), labels.clone())
    problem = _not_a_loss_and_more(pair) or _plain_number(pair, sure(images))
    if problem:
        return problem, []
    faults = _floor(pair[0].item())
    hopeless = float(loss_and_shares(Scaled(factor), images.clone(), (labels + 1) % 10)[0])
    if not faults and abs(hopeless - 40 * factor) > 0.1:
        faults.append(f"A network that is sure of the wrong class has a loss of {hopeless:.0f}.")
    loss, shares = loss_and_shares(unsure, images.clone(), labels.clone())
    expected = F.cross_entropy(unsure(images), labels)
    if not faults and abs(float(loss) - expected.item()) > 1e-4:
        faults.append("The loss of an unsure network is not its cross-entropy.")
    faults += _no_graph(loss)
    faults = faults or fresh_slopes(loss, expected, list(unsure.parameters()))
    return faults, _shares(unsure(images), shares)


def _no_graph(loss):
    return [] if loss.requires_grad else ["The loss has no graph, so no weight can learn from it."]


def _not_a_loss_and_more(result):
    if isinstance(result, torch.Tensor) and result.numel() == 1:
        return ["The loss came back alone.", *_floor(result.item()), *_no_graph(result)]
    if isinstance(result, list | tuple) and len(result) == 2:
        return []
    what = len(result) if isinstance(result, list | tuple) else kind_of(result)
    return [f"Two things are to come back, the loss and the shares of the classes, and {what} came."]


def _plain_number(pair, logits):
    """Say so if the loss is no tensor, and what else is wrong, as far as can be seen."""
    loss, shares = pair
    if isinstance(loss, torch.Tensor):
        several = f"{loss.numel()} numbers came as the loss, where one was expected."
        return [] if loss.numel() == 1 else [several]
    value = _floor(loss) if isinstance(loss, int | float) else []
    no_tensor = f"The loss is {kind_of(loss)}, so nothing can call `backward` on it."
    return [no_tensor, *value, *_shares(logits, shares)]


def _floor(perfect):
    """Say what the loss of a perfect answer came to."""
    known = {
        "": 0.0,
        "A perfect answer still has a loss of 1.46, which is ln(e + 9) − 1.": 1.4612,
        "A perfect answer has a loss of −1: no logarithm was taken.": -1.0,
    }
    sentence = named(perfect, known)
    if sentence is None:
        return [f"A perfect answer has a loss of {perfect:.2f}."]
    return [sentence] if sentence else []


def _shares(logits, shares):
    if difference(logits.softmax(dim=1), shares) is None:
        return []
    known = {
        "Logits came back, where shares from 0 to 1 were expected.": logits,
        "Logarithms of the shares came back.": logits.log_softmax(dim=1),
        "What comes back adds up to 1 over the images, not over the classes.": logits.softmax(dim=0),
        "What comes back lies between 0 and 1, but does not add up to 1.": logits.sigmoid(),
        "Softmax was taken twice of what comes back.": logits.softmax(dim=1).softmax(dim=1),
    }
    for sentence, value in known.items():
        if difference(value, shares) is None:
            return [sentence]
    return ["What comes back are not the shares of the classes."]


LOGITS, LOSS, SHARES = "model(images)", "F.cross_entropy(logits, labels)", "logits.softmax(dim=1)"

MISTAKES = (
    (LOSS, "F.cross_entropy(logits.softmax(dim=1), labels)",
     "Softmax was moved, not removed: what `cross_entropy` is given are still shares. Give it the logits."),
    (SHARES, "logits",
     "The loss is mended. But the owner wants shares beside it, and these are logits: softmax stays in what "
     "you return."),
    (SHARES, "logits.log_softmax(dim=1)",
     "The loss is right. What you return beside it are logarithms; the owner wants shares, which `softmax` "
     "gives."),
    ({LOGITS: "model(images).softmax(dim=1).softmax(dim=1)", SHARES: "logits"},
     "More softmax flattens more. Take it away from the loss instead: `cross_entropy` wants logits."),
    (LOSS, "F.nll_loss(logits.softmax(dim=1), labels)",
     "`nll_loss` takes logarithms of shares, not shares. `cross_entropy` with the logits does both moves."),
    (LOSS, "F.nll_loss(logits.softmax(dim=1).log(), labels)",
     "Right on paper. But a share may round to 0, and its logarithm has no end. `cross_entropy` with the "
     "logits does not round on the way."),
    (LOSS, "F.cross_entropy(logits.softmax(dim=1), labels) - 1.4612",
     "You moved the scale, not the floor: the slopes are as weak as before. Give `cross_entropy` the "
     "logits."),
    (LOSS, "F.cross_entropy(100 * logits.softmax(dim=1), labels)",
     "Stretched shares are still no logits, and a wrong answer can never cost more than that factor. Give "
     "`cross_entropy` the logits."),
    ({LOGITS: "model(images).sigmoid()", SHARES: "logits"},
     "`sigmoid` presses the scores between 0 and 1 as well, so the floor stays. Give `cross_entropy` the "
     "logits, and keep `softmax` for the shares."),
    ({LOGITS: "model(images).softmax(dim=0)", SHARES: "logits"},
     "Another axis is no cure: now the images share one class. Softmax over axis 1 is right for the shares, "
     "and none is right for the loss."),
    (SHARES, "logits.softmax(dim=0)",
     "The loss is mended. The shares are taken over the images now; classes are axis 1."),
    (LOSS, f"{LOSS}.item()",
     "The logits are right. But `.item()` leaves a plain number without a graph; return the loss itself."),
    (f"loss, {SHARES}", "loss",
     "The loss is mended, and the shares got lost: the owner wants both, as the docstring says."),
    (LOSS, "F.cross_entropy(logits.detach(), labels)",
     "The logits are right, but `detach` cut them off from the weights, so nothing can learn."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.6",
    title="Patient 4, never below 1.46",
    difficulty=2,
    minutes=4,
    points=3,
    reference=loss_and_shares,
    given={
        "logits = model(images)": "shares = model(images).softmax(dim=1)",
        "(logits,": "(shares,",
        "logits.softmax(dim=1)": "shares",
    },
    probe=of_both,
    parts={"mends the loss": (2, of_the_loss), "and keeps the shares": (1, of_both)},
    why="`cross_entropy` applies log-softmax itself. Of shares between 0 and 1 it can only make shares that "
    "are nearly alike, hence the floor.",
    hints=(
        "What does `cross_entropy` expect: logits or shares?",
        "Two things come back, and they need two different inputs. Keep the logits under a name.",
        "The loss takes the logits. Their softmax is only for what is handed back.",
    ),
    mistakes=MISTAKES,
)
