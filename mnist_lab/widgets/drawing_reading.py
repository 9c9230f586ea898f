"""What a network reads in strokes: an answer and ten probabilities, or the reason why not."""

from typing import NamedTuple

from mnist_lab.analysis.explanations import saliency
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.plots.drawing import reading
from mnist_lab.training import evaluation_mode
from mnist_lab.widgets.drawing_ink import as_digit, fault_of

import torch
from torch import nn

SURE = 0.6  # below this share the answer is called unsure


class Reading(NamedTuple):
    """image uint8 (28, 28); the answer, the probabilities (10,) and the saliency (28, 28) may be None."""

    image: torch.Tensor
    words: str
    answer: int | None = None
    probabilities: torch.Tensor | None = None
    saliency: torch.Tensor | None = None

    def figure(self, *, with_saliency):
        """Return the Figure of plots.drawing; an empty map where there is none, so that nothing jumps."""
        empty = torch.zeros(28, 28) if with_saliency else None
        return reading(
            self.image, self.probabilities, saliency=empty if self.saliency is None else self.saliency
        )


def read_strokes(model, strokes, *, mean=0.5, std=0.5, with_saliency=False):
    """Return the Reading of strokes, lists of (x, y), by a model that takes images (N, 1, 28, 28).

    An empty, cut off or crowded canvas, or one of two digits, has no answer; its words say why.
    """
    fault = fault_of(strokes)
    if fault:
        return Reading(visible(strokes), fault)
    return read_image(model, as_digit(strokes), mean=mean, std=std, with_saliency=with_saliency)


def read_image(model, image, *, mean=0.5, std=0.5, with_saliency=False):
    """Return the Reading of an image uint8 (28, 28) that was prepared as MNIST's were."""
    device = next((weights.device for weights in model.parameters()), "cpu")
    batch = ((image.float() / 255 - mean) / std)[None, None].to(device)
    with evaluation_mode(model), torch.inference_mode():
        probabilities = check_logits(model(batch)).softmax(dim=1)[0].cpu()
    answer = probabilities.argmax().item()
    heat = (
        saliency(model, batch, torch.tensor([answer], device=device))[0, 0].cpu() if with_saliency else None
    )
    return Reading(image, in_words(probabilities), answer, probabilities, heat)


def visible(strokes):
    """Return what can be seen of strokes as an image, black if there is nothing."""
    try:
        return as_digit(strokes)
    except ValueError:
        return torch.zeros(28, 28, dtype=torch.uint8)


def in_words(probabilities):
    """Return the answer as a sentence, with the second one where the first is unsure."""
    (first, second), (one, other) = (values.tolist() for values in probabilities.topk(2))
    if first < SURE:
        return f"Not sure: {one} ({first:.0%}), or perhaps {other} ({second:.0%})."
    return f"Read as {one}, {'more than 99 %' if first > 0.995 else f'{first:.0%}'} sure."


def digits_in_words(answers, probabilities):
    """Return the answers of several digits (N,) as a sentence, with a question mark where one is unsure."""
    unsure = [share < SURE for share in probabilities]
    listed = " ".join(f"{answer}{'?' * doubt}" for answer, doubt in zip(answers, unsure, strict=True))
    return f"{len(answers)} digits: {listed}.{f' A question mark: less than {SURE:.0%} sure.' * any(unsure)}"


def check_model(model):
    """Return the model, or the stored one for None; raise ValueError for what is no network."""
    if model is None:
        return load_reader()
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"The pad expects a network, such as SimpleCNN(), but got a {type(model).__name__}; leave it out "
            "to read with the one that comes with the package."
        )
    return model


def check_logits(logits):
    """Return logits of one image and ten classes, or raise ValueError."""
    if logits.shape != (1, 10):
        raise ValueError(
            f"The pad expects ten scores an image, shape (1, 10), but the network gave "
            f"{tuple(logits.shape)}; give it a network for digits."
        )
    return logits
