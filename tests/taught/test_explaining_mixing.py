"""Images that mix although every shape fits: which rows change, the operation, and what keeps them apart."""

import random

from mnist_lab.anatomy import explain_shapes, rows_changed_by
from mnist_lab.models import SimpleCNN

import numpy as np
import pytest
import torch
from broken_networks import IMAGES, MAPS, conv, net, weight
from torch import nn

ROWS = (6, 20, 28)
ENCODER = nn.TransformerEncoderLayer(28, 4, 8, batch_first=True)
HEAD = nn.Linear(784, 10)


def parameter(*sizes):
    return nn.Parameter(torch.rand(sizes, generator=torch.Generator().manual_seed(0)))


# name: model, shape of the input; operation, path, line of forward, stands, fits
MIXING = {
    "broadcast of a row": (
        net("y = self.fc(x.flatten(1))", "return y + self.fc(x.flatten(2))", fc=HEAD), IMAGES,
        "add", "", 4, (6, 1, 10), (6, 10),
    ),
    "broadcast of a number": (
        net("return self.fc(x.flatten(1)) - x.flatten(1).mean(1)", fc=nn.Linear(784, 1)), IMAGES,
        "sub", "", 3, (6, 1), (6,),
    ),
    "broadcast of steps": (
        net("return x + x.mean(1)"), (6, 6, 28),
        "add", "", 3, (6, 28), (6, 1, 28),
    ),
    "broadcast of two that are turned": (
        net("x = x.flatten(1).mean(1)", "return x[:, None] + x[None]"), IMAGES,
        "add", "", 4, None, None,
    ),
    "LSTM sequence-first": (
        net("x, _ = self.lstm(x)", "return x[:, -1]", lstm=nn.LSTM(28, 8)), ROWS,
        "lstm", "lstm", 3, False, True,
    ),
    "LSTM on rows": (
        net("return self.lstm(x.flatten(1))[0]", lstm=nn.LSTM(560, 8, batch_first=True)), ROWS,
        "lstm", "lstm", 3, (6, 560), (6, 1, 560),
    ),
    "attention sequence-first": (
        net("return self.look(x, x, x)[0].mean(1)", look=nn.MultiheadAttention(28, 4)), ROWS,
        "multi_head_attention_forward", "look", 3, False, True,
    ),
    "transformer sequence-first": (
        net("return self.encode(x).mean(1)", encode=nn.TransformerEncoderLayer(28, 4, 8)), ROWS,
        "multi_head_attention_forward", "encode.self_attn", 3, False, True,
    ),
    "attention by hand between images": (
        net("x = x.flatten(1)", "return (x @ x.T / 99).softmax(-1) @ x"), ROWS,
        "matmul", "", 4, None, None,
    ),
    "heads in place of the batch": (
        net("x = x.unflatten(2, (4, 7)).permute(1, 2, 0, 3)",
            "return F.scaled_dot_product_attention(x, x, x).permute(2, 0, 1, 3)"), ROWS,
        "scaled_dot_product_attention", "", 4, None, None,
    ),
    "softmax over the batch": (
        net("return self.fc(x.flatten(1)).softmax(0)", fc=HEAD), IMAGES,
        "softmax", "", 3, 0, -1,
    ),
    "Softmax of its own choice": (
        net("return self.soft(x @ x.transpose(1, 2))", soft=nn.Softmax()), ROWS,
        "softmax", "soft", 3, None, -1,
    ),
    "normalize over the batch": (
        net("return F.normalize(self.fc(x.flatten(1)), dim=0)", fc=HEAD), IMAGES,
        "normalize", "", 3, 0, -1,
    ),
    "mean of the batch": (
        net("x = x.flatten(1)", "return x - x.mean(0, keepdim=True)"), IMAGES,
        "mean", "", 4, 0, 1,
    ),
    "mean of everything": (
        net("return (x - x.mean()).flatten(1)"), IMAGES,
        "mean", "", 3, None, (2, 3),
    ),
    "the brightest pixel of the batch": (
        net("return (x / x.max()).flatten(1)"), IMAGES,
        "max", "", 3, None, None,
    ),
    "BatchNorm without averages": (
        net("return self.norm(self.conv(x))", norm=nn.BatchNorm2d(4, track_running_stats=False), **MAPS),
        IMAGES,
        "batch_norm", "norm", 3, False, True,
    ),
    "BatchNorm that keeps on training": (
        net("return self.norm.train()(self.conv(x))", norm=nn.BatchNorm2d(4), **MAPS), IMAGES,
        "batch_norm", "norm", 3, True, False,
    ),
    "reshape of what is sequence-first": (
        net("return x.transpose(0, 1).reshape(6, -1)"), ROWS,
        "reshape", "", 3, (20, 6, 28), (6, 20, 28),
    ),
    "reshape of the states of two layers": (
        net("_, h = self.gru(x)", "return h.reshape(6, -1)", gru=nn.GRU(28, 8, 2, batch_first=True)), ROWS,
        "reshape", "", 4, (2, 6, 8), (6, 2, 8),
    ),
    "images as channels": (
        net("return self.conv(x.transpose(0, 1)).transpose(0, 1)", conv=conv(6, 6)), IMAGES,
        "conv2d", "conv", 3, None, None,
    ),
    "a parameter on the axis of the batch": (
        net("return self.places + self.fc(x.flatten(1))", places=parameter(6, 1, 10), fc=HEAD), IMAGES,
        "forward", "", None, None, None,
    ),
    "a loop that ends with the batch": (
        net("while x.abs().max() > 0.1:", "    x = x / 2", "return x.flatten(1)"), IMAGES,
        "forward", "", None, None, None,
    ),
    "images in another order": (
        net("return x.roll(1, 0)"), IMAGES,
        "forward", "", None, None, None,
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Implicit dimension choice")
@pytest.mark.parametrize("name", MIXING)
def test_images_that_mix_are_found(name):
    model, shape, operation, path, line, stands, fits = MIXING[name]
    report = explain_shapes(model, shape)
    actual = (report.heading, report.operation, report.path, report.line, report.stands, report.fits)
    assert actual == ("Mixes images", operation, path, line, stands, fits), f"\n{report}"
    assert not report.ok
    assert report.message.startswith("Every shape fits, but changing image 0 changes rows "), f"\n{report}"


APART = {
    "SimpleCNN": (SimpleCNN(), IMAGES),
    "dropout that is always on": (net("return F.dropout(x)"), IMAGES),
    "transformer": (net("return self.encode(x).mean(1)", encode=ENCODER), ROWS),
    "sequence-first on purpose": (
        net("x, _ = self.lstm(x.transpose(0, 1))", "return x[-1]", lstm=nn.LSTM(28, 8)),
        ROWS,
    ),
    "as many steps as images": (
        net("x, _ = self.lstm(x.transpose(0, 1))", "return x[-1]", lstm=nn.LSTM(28, 8)),
        (20, 20, 28),
    ),
    "images in groups of channels": (
        net(
            "n = len(x)",
            "y = F.conv2d(x.view(1, n, 28, 28), self.w.repeat(n, 1, 1, 1), groups=n)",
            "return y.view(n, -1, 26, 26)",
            w=parameter(4, 1, 3, 3),
        ),
        IMAGES,
    ),
    "words": (nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(40, 2)), (6, 5)),
    "a mean that nobody uses": (net("self.seen = x.mean()", "return x.flatten(1)"), IMAGES),
    "numbers that are none": (net("return x.flatten(1) / 0 - x.flatten(1) / 0"), IMAGES),
    "whole numbers": (net("return (9 * x).long().flatten(1)"), IMAGES),
}


@pytest.mark.parametrize("name", APART)
def test_images_that_stay_apart_are_left_in_peace(name):
    model, shape = APART[name]
    report = explain_shapes(model, shape)
    assert report.ok, f"\n{report}"
    assert report.note == ("" if name != "numbers that are none" else report.note)


@pytest.mark.parametrize(
    ("model", "shape", "note"),
    [
        (SimpleCNN(), (1, 1, 28, 28), "one image alone cannot show it."),
        (net("return x.flatten(1) @ self.w", w=weight(784, 10)), IMAGES, "the same for other images."),
        (net("assert x.max() <= 1, 'too bright'", "return x.flatten(1)"), IMAGES, "too bright"),
        (
            net("return x.flatten(1).mean(), x.flatten(1)"),
            IMAGES,
            "first output has no row for each image.",
        ),
        (net("x = x.flatten(1)", "return x, x - x.mean(0)"), IMAGES, "found out for the first output alone."),
    ],
)
def test_what_cannot_be_told_is_told(model, shape, note):
    report = explain_shapes(model, shape)
    assert report.ok and note in report.note


def test_what_forward_prints_is_printed_once(capsys):
    for line in ("return x.flatten(1)", "return x - x.mean()"):
        explain_shapes(net("print(tuple(x.shape))", line), IMAGES)
        assert capsys.readouterr().out == f"{IMAGES}\n"


def digits(count=6):
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("index", [0, 3, 5])
def test_one_image_changes_its_own_row_alone(index):
    assert rows_changed_by(SimpleCNN(), digits(), index=index) == [index]


def test_the_rows_that_change_are_named():
    pairs = net("return x + x.view(2, 3, 1, 28, 28).flip(0).flatten(0, 1)")
    assert rows_changed_by(pairs, digits()) == [0, 3]
    assert rows_changed_by(pairs, digits(), index=4) == [1, 4]
    assert rows_changed_by(net("return x * 0"), digits()) == []
    assert rows_changed_by(net("return x, x.mean()"), digits(), index=2) == [2]


def test_a_model_in_training_is_asked_in_eval_mode_and_left_as_it_was():
    model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784), nn.Dropout(0.5), nn.Linear(784, 10)).train()
    model[1].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    images = digits()
    assert rows_changed_by(model, images) == [0]
    assert [module.training for module in model] == [True, False, True, True]
    torch.testing.assert_close(dict(model.state_dict()), before, rtol=0, atol=0)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states[:2]
    assert torch.equal(torch.get_rng_state(), states[2]) and torch.equal(images, digits())
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize(
    ("model", "images", "index", "match"),
    [
        (SimpleCNN(), digits(1), 0, r"at least two images, but got \(1, 1, 28, 28\); with one alone"),
        (SimpleCNN(), IMAGES, 0, "a tensor of at least two images, but got tuple"),
        (SimpleCNN(), digits(), 6, "index expects a place in the batch, 0 to 5, but got 6; count from 0"),
        (SimpleCNN(), digits(), -1, "but got -1"),
        (
            net("return x.mean(0)"),
            digits(),
            0,
            r"a row of the output for each of 6 images, but got \(1, 28, 28\)",
        ),
        (net("return None"), digits(), 0, r"for each of 6 images, but got \(0,\); ask explain_shapes"),
    ],
)
def test_a_bad_request_is_told(model, images, index, match):
    with pytest.raises(ValueError, match=match):
        rows_changed_by(model, images, index=index)
