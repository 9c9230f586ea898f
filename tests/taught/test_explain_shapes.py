"""Broken networks, each named with its line and the value that fits, and sound ones left in peace."""

import copy
import inspect
import linecache
import random
import re
from itertools import count

from mnist_lab.anatomy import explain_shapes
from mnist_lab.models import SimpleCNN

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

IMAGES = (6, 1, 28, 28)
cells = count()


def net(*forward, source=True, **layers):
    """Build a model of these layers and these lines of forward, as a notebook cell would define it."""
    lines = ["class Net(nn.Module):", "    def forward(self, x):", *(f"        {line}" for line in forward)]
    text, name = "\n".join(lines), f"<cell {next(cells)}>"
    if source:
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"torch": torch, "nn": nn, "F": F}
    exec(compile(text, name, "exec"), space)
    model = space["Net"]()
    for key, layer in layers.items():
        setattr(model, key, layer)
    return model


def as_published():
    return net(
        "x = self.pool(F.relu(self.conv1(x)))",
        "x = self.pool(F.relu(self.conv2(x)))",
        "x = x.view(-1, 64 * 12 * 12)",
        "x = F.relu(self.fc1(x))",
        "return self.fc2(x)",
        conv1=nn.Conv2d(1, 32, 3, padding=1),
        conv2=nn.Conv2d(32, 64, 3),
        pool=nn.MaxPool2d(2),
        fc1=nn.Linear(64 * 12 * 12, 128),
        fc2=nn.Linear(128, 10),
    )


class Head(nn.Module):
    def __init__(self, num_inputs):
        super().__init__()
        self.fc1 = nn.Linear(num_inputs, 10)

    def forward(self, x):
        x = x.flatten(1)
        return self.fc1(x)  # the line of Head


class Nested(nn.Module):
    def __init__(self, num_inputs):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), Head(num_inputs))

    def forward(self, x):
        return self.body(x)


def conv(*sizes, **options):
    return nn.Conv2d(*sizes, 3, **options)


def residual(stem, branch):
    return net("x = self.stem(x)", "return x + self.branch(x)", stem=stem, branch=branch)


def weight(*sizes):
    return nn.Parameter(torch.zeros(sizes))


MAPS = {"conv": conv(1, 4), "pool": nn.MaxPool2d(2)}  # (6, 4, 26, 26), pooled (6, 4, 13, 13)

# name: model, shape of the input; operation, path, line of forward, shape received, what stands, what fits
BROKEN = {
    "Linear after flatten": (
        net("x = self.conv(x).flatten(1)", "return self.fc(x)", fc=nn.Linear(9216, 10), **MAPS),
        IMAGES,
        "linear",
        "fc",
        4,
        (6, 2704),
        9216,
        2704,
    ),
    "second Linear": (
        net(
            "x = F.relu(self.a(x.flatten(1)))",
            "x = self.b(x)",
            "return x",
            a=nn.Linear(784, 128),
            b=nn.Linear(100, 10),
        ),
        IMAGES,
        "linear",
        "b",
        4,
        (6, 128),
        100,
        128,
    ),
    "Linear by hand": (
        net("return F.linear(x.flatten(1), self.weight)", weight=weight(10, 700)),
        IMAGES,
        "linear",
        "",
        3,
        (6, 784),
        700,
        784,
    ),
    "missing flatten": (
        net("x = self.pool(self.conv(x))", "return self.fc(x)", fc=nn.Linear(676, 10), **MAPS),
        IMAGES,
        "linear",
        "fc",
        4,
        (6, 4, 13, 13),
        (6, 4, 13, 13),
        (6, 676),
    ),
    "missing flatten and wrong Linear": (
        net("x = self.pool(self.conv(x))", "return self.fc(x)", fc=nn.Linear(600, 10), **MAPS),
        IMAGES,
        "linear",
        "fc",
        4,
        (6, 4, 13, 13),
        600,
        676,
    ),
    "in_channels": (
        net("x = self.a(x)", "return self.b(x)", a=conv(1, 8), b=conv(4, 8)),
        IMAGES,
        "conv2d",
        "b",
        4,
        (6, 8, 26, 26),
        4,
        8,
    ),
    "colour images": (
        SimpleCNN(),
        (6, 3, 28, 28),
        "conv2d",
        "conv1",
        None,
        (6, 3, 28, 28),
        1,
        3,
    ),
    "channels last": (
        net("return self.conv(x)", **MAPS),
        (6, 28, 28, 1),
        "conv2d",
        "conv",
        3,
        (6, 28, 28, 1),
        (6, 28, 28, 1),
        (6, 1, 28, 28),
    ),
    "grouped convolution": (
        net("x = self.a(x)", "return self.b(x)", a=conv(1, 6), b=conv(4, 8, groups=2)),
        IMAGES,
        "conv2d",
        "b",
        4,
        (6, 6, 26, 26),
        4,
        6,
    ),
    "ConvTranspose": (
        net("x = self.conv(x)", "return self.up(x)", up=nn.ConvTranspose2d(8, 4, 2), **MAPS),
        IMAGES,
        "conv_transpose2d",
        "up",
        4,
        (6, 4, 26, 26),
        8,
        4,
    ),
    "Conv1d on images": (
        net("return self.conv(x)", conv=nn.Conv1d(1, 4, 3)),
        IMAGES,
        "conv1d",
        "conv",
        3,
        IMAGES,
        "Conv1d",
        "Conv2d",
    ),
    "Conv2d after flatten": (
        net("x = x.flatten(1)", "return self.conv(x)", **MAPS),
        IMAGES,
        "conv2d",
        "conv",
        4,
        (6, 784),
        (6, 784),
        (6, 1, 28, 28),
    ),
    "Conv2d without channels": (
        net("x = x.squeeze(1)", "return self.conv(x)", **MAPS),
        IMAGES,
        "conv2d",
        "conv",
        4,
        (6, 28, 28),
        (6, 28, 28),
        (6, 1, 28, 28),
    ),
    "kernel larger than the map": (
        net("x = self.conv(x)", "return self.big(x)", conv=conv(1, 2), big=nn.Conv2d(2, 2, 5)),
        (6, 1, 5, 5),
        "conv2d",
        "big",
        4,
        (6, 2, 3, 3),
        5,
        3,
    ),
    "dilated kernel larger than the map": (
        net("return self.big(x)", big=nn.Conv2d(1, 2, (3, 5), dilation=2, padding=1)),
        (6, 1, 6, 6),
        "conv2d",
        "big",
        3,
        (6, 1, 6, 6),
        (3, 5),
        (3, 4),
    ),
    "pool that empties the map": (
        net("for _ in range(5):", "    x = self.pool(x)", "return x", pool=nn.MaxPool2d(2)),
        IMAGES,
        "max_pool2d",
        "pool",
        4,
        (6, 1, 1, 1),
        2,
        1,
    ),
    "average pool by function": (
        net("return F.avg_pool2d(x, 30)"),
        IMAGES,
        "avg_pool2d",
        "",
        3,
        IMAGES,
        30,
        28,
    ),
    "MaxPool1d on images": (
        net("return self.pool(x)", pool=nn.MaxPool1d(2)),
        IMAGES,
        "max_pool1d",
        "pool",
        3,
        IMAGES,
        "MaxPool1d",
        "MaxPool2d",
    ),
    "BatchNorm features": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.BatchNorm2d(32), **MAPS),
        IMAGES,
        "batch_norm",
        "norm",
        4,
        (6, 4, 26, 26),
        32,
        4,
    ),
    "BatchNorm of another kind": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.BatchNorm1d(4), **MAPS),
        IMAGES,
        "BatchNorm1d",
        "norm",
        4,
        (6, 4, 26, 26),
        "BatchNorm1d",
        "BatchNorm2d",
    ),
    "GroupNorm": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.GroupNorm(2, 8), **MAPS),
        IMAGES,
        "group_norm",
        "norm",
        4,
        (6, 4, 26, 26),
        8,
        4,
    ),
    "LayerNorm": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.LayerNorm((4, 28, 28)), **MAPS),
        IMAGES,
        "layer_norm",
        "norm",
        4,
        (6, 4, 26, 26),
        (4, 28, 28),
        (4, 26, 26),
    ),
    "LSTM": (
        net("x = x.squeeze(1)", "return self.lstm(x)[0]", lstm=nn.LSTM(14, 8, batch_first=True)),
        IMAGES,
        "LSTM",
        "lstm",
        4,
        (6, 28, 28),
        14,
        28,
    ),
    "attention": (
        net(
            "x = x.squeeze(1)",
            "return self.look(x, x, x)[0]",
            look=nn.MultiheadAttention(16, 2, batch_first=True),
        ),
        IMAGES,
        "multi_head_attention_forward",
        "look",
        4,
        (28, 6, 28),
        16,
        28,
    ),
    "view that folds into more rows": (
        net("x = x.view(-1, 392)", "return self.fc(x)", fc=nn.Linear(392, 10)),
        IMAGES,
        "view",
        "",
        3,
        IMAGES,
        392,
        784,
    ),
    "view that folds before a right Linear": (
        net("x = x.view(-1, 1568)", "return self.fc(x)", fc=nn.Linear(784, 10)),
        IMAGES,
        "view",
        "",
        3,
        IMAGES,
        1568,
        784,
    ),
    "view that folds before a cat": (
        net("y = x.view(-1, 1568)", "return torch.cat([x.flatten(1), y], dim=1)"),
        IMAGES,
        "view",
        "",
        3,
        IMAGES,
        1568,
        784,
    ),
    "fold that is unfolded wrongly": (
        net(
            "n = x.shape[0]",
            "x = self.fc(x.view(n * 4, 196))",
            "return x.view(n * 2, 20)",
            fc=nn.Linear(196, 10),
        ),
        IMAGES,
        "view",
        "",
        5,
        (24, 10),
        (12, 20),
        (-1, 40),
    ),
    "reshape to a fixed wrong size": (
        net("return self.fc(x.reshape(x.shape[0], 28 * 27))", fc=nn.Linear(756, 10)),
        IMAGES,
        "reshape",
        "",
        3,
        IMAGES,
        756,
        784,
    ),
    "reshape to a fixed batch": (
        net("return self.fc(torch.reshape(x, (64, 784)))", fc=nn.Linear(784, 10)),
        IMAGES,
        "reshape",
        "",
        3,
        IMAGES,
        64,
        6,
    ),
    "view to maps": (
        net("x = x.flatten(1)", "return x.view(-1, 4, 12, 12)"),
        IMAGES,
        "view",
        "",
        4,
        (6, 784),
        (-1, 4, 12, 12),
        (-1, 4, 14, 14),
    ),
    "view of what permute reordered": (
        net("x = x.expand(-1, 3, -1, -1).permute(0, 2, 3, 1)", "return x.view(6, -1)"),
        IMAGES,
        "view",
        "",
        4,
        (6, 28, 28, 3),
        "view",
        "reshape",
    ),
    "Unflatten": (
        net("x = x.flatten(1)", "return self.un(x)", un=nn.Unflatten(1, (1, 27, 27))),
        IMAGES,
        "unflatten",
        "un",
        4,
        (6, 784),
        (1, 27, 27),
        (1, 28, 28),
    ),
    "flatten(0)": (
        net("x = self.conv(x)", "x = x.flatten(0)", "return self.fc(x)", fc=nn.Linear(2704, 10), **MAPS),
        IMAGES,
        "flatten",
        "",
        4,
        (6, 4, 26, 26),
        0,
        1,
    ),
    "torch.flatten from axis 0": (
        net("return torch.flatten(x)"),
        IMAGES,
        "flatten",
        "",
        3,
        IMAGES,
        0,
        1,
    ),
    "residual sum, channels": (
        residual(conv(1, 4), conv(4, 8, padding=1)),
        IMAGES,
        "add",
        "",
        4,
        ((6, 4, 26, 26), (6, 8, 26, 26)),
        (6, 4, 26, 26),
        (6, 8, 26, 26),
    ),
    "residual sum, map": (
        residual(conv(1, 4), conv(4, 4)),
        IMAGES,
        "add",
        "",
        4,
        ((6, 4, 26, 26), (6, 4, 24, 24)),
        (6, 4, 24, 24),
        (6, 4, 26, 26),
    ),
    "cat along the wrong axis": (
        net("return torch.cat([self.a(x), self.b(x)], dim=2)", a=conv(1, 2), b=conv(1, 3)),
        IMAGES,
        "cat",
        "",
        3,
        ((6, 2, 26, 26), (6, 3, 26, 26)),
        2,
        1,
    ),
    "cat of unequal maps": (
        net("return torch.cat([x, self.conv(x)], 1)", **MAPS),
        IMAGES,
        "cat",
        "",
        3,
        (IMAGES, (6, 4, 26, 26)),
        (6, 4, 26, 26),
        (6, 4, 28, 28),
    ),
    "cat along the batch": (
        net("x = torch.cat([x, x])", "return x.flatten(1)"),
        IMAGES,
        "cat",
        "",
        3,
        (IMAGES, IMAGES),
        0,
        1,
    ),
    "stack": (
        net("return torch.stack([x, self.conv(x)], dim=1)", conv=conv(1, 1)),
        IMAGES,
        "stack",
        "",
        3,
        (IMAGES, (6, 1, 26, 26)),
        (6, 1, 26, 26),
        IMAGES,
    ),
    "matmul by hand": (
        net("x = x.flatten(1)", "return x @ self.weight", weight=weight(700, 10)),
        IMAGES,
        "matmul",
        "",
        4,
        ((6, 784), (700, 10)),
        700,
        784,
    ),
    "matmul with a weight to transpose": (
        net("x = x.flatten(1)", "return x @ self.weight", weight=weight(10, 784)),
        IMAGES,
        "matmul",
        "",
        4,
        ((6, 784), (10, 784)),
        (10, 784),
        (784, 10),
    ),
    "mean over the batch": (
        net("x = x.flatten(1).mean(dim=0)", "return x"),
        IMAGES,
        "mean",
        "",
        3,
        (6, 784),
        0,
        1,
    ),
    "squeeze of a batch of one": (
        net("x = x.mean(dim=(2, 3))", "return x.squeeze()"),
        (1, 4, 28, 28),
        "squeeze",
        "",
        4,
        (1, 4),
        None,
        None,
    ),
    "squeeze of too much": (
        net("x = x.mean(dim=(2, 3), keepdim=True)", "return x.squeeze()"),
        (1, 4, 28, 28),
        "squeeze",
        "",
        4,
        (1, 4, 1, 1),
        None,
        (2, 3),
    ),
    "transposed": (
        net("x = x.flatten(1).T", "return x"),
        IMAGES,
        "T",
        "",
        3,
        (6, 784),
        (784, 6),
        None,
    ),
    "an axis that is not there": (
        net("x = x.flatten(1)", "return x.mean(dim=(2, 3))"),
        IMAGES,
        "mean",
        "",
        4,
        (6, 784),
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained(name):
    model, shape, operation, path, line, received, stands, fits = BROKEN[name]
    report = explain_shapes(model, shape)
    found = (report.operation, report.path, report.received, report.stands, report.fits)
    assert found == (operation, path, received, stands, fits), f"\n{report}"
    assert not report.ok and report.function == "forward"
    if line:  # else the line is one of models.py
        assert report.line == line and report.code == linecache.getline(file_of(model), line).strip()
    assert report.message.endswith(".") and (fits is None or str(fits) in str(report))


def file_of(model):
    return type(model).forward.__code__.co_filename


@pytest.mark.parametrize("batch_size", [64, 44, 10, 1])
def test_the_network_as_first_published(batch_size):
    report = explain_shapes(as_published(), (batch_size, 1, 28, 28))
    assert (report.operation, report.path, report.line) == ("view", "", 5)
    assert report.code == "x = x.view(-1, 64 * 12 * 12)"
    assert report.received == (batch_size, 64, 6, 6)
    assert (report.stands, report.fits) == (9216, 2304)
    assert "64·6·6 = 2304" in report.message
    rows = {64: "64 images into 16 rows", 44: "44 images into 11 rows"}
    assert rows.get(batch_size, "asks for 9216 numbers") in report.message


@pytest.mark.parametrize("batch_size", [64, 10])
def test_the_value_that_fits_mends_the_network(batch_size):
    model = as_published()
    mended = net(
        *(line.strip().replace("12 * 12", "6 * 6") for line in linecache.getlines(file_of(model))[2:]),
        **dict(model.named_children()),
    )
    report = explain_shapes(mended, (batch_size, 1, 28, 28))
    assert (report.path, report.stands, report.fits) == ("fc1", 9216, 2304)
    mended.fc1 = nn.Linear(report.fits, 128)
    assert explain_shapes(mended, (batch_size, 1, 28, 28)).output_shape == (batch_size, 10)


def test_a_path_goes_down_to_the_layer_and_the_line_to_its_forward():
    report = explain_shapes(Nested(1000), IMAGES)
    assert (report.path, report.stands, report.fits) == ("body.1.fc1", 1000, 1352)
    assert report.code == "return self.fc1(x)  # the line of Head"
    assert report.line == inspect.getsourcelines(Head)[1] + 7
    assert "2·26·26 = 1352" in report.message


def test_a_chain_of_layers_has_a_path_but_no_line():
    report = explain_shapes(nn.Sequential(nn.Flatten(), nn.Linear(700, 10)), IMAGES)
    assert (report.path, report.line, report.code) == ("1", None, "")
    assert "layer 1 (Linear)\n" in str(report)


def test_a_forward_without_source_has_a_line_number_alone():
    report = explain_shapes(net("return x.view(-1, 5)", source=False), IMAGES)
    assert (report.operation, report.line, report.code) == ("view", 3, "")
    assert "line 3 of forward\n  received" in str(report)


def test_a_helper_is_named_with_its_own_line():
    def shrink(x):
        return F.max_pool2d(x, 99)  # in the helper

    model = net("return self.shrink(x)")
    model.shrink = shrink
    report = explain_shapes(model, IMAGES)
    assert (report.function, report.code) == ("shrink", "return F.max_pool2d(x, 99)  # in the helper")


def test_a_layer_in_a_plain_list_is_named_by_its_model():
    model = net("return self.layers[0](x)")
    model.layers = [nn.Conv2d(3, 1, 3)]
    report = explain_shapes(model, IMAGES)
    assert (report.operation, report.path, report.line, report.fits) == ("conv2d", "", 3, 1)


def test_a_fold_before_another_fault_is_told():
    report = explain_shapes(net("x = x.view(-1, 1176)", "return x @ self.w", w=weight(5, 5)), IMAGES)
    assert report.operation == "matmul" and report.fits == 1176
    assert "Before that, line 3 turns 6 images into 4 rows." in report.message


def test_a_fault_inside_a_deliberate_fold_is_its_own():
    model = net("n = len(x)", "x = self.fc(x.view(n * 4, 196))", "return x.view(n, -1)", fc=nn.Linear(5, 10))
    report = explain_shapes(model, IMAGES)
    assert (report.path, report.received, report.fits) == ("fc", (24, 196), 196)
    assert "Before" not in report.message


def test_a_product_with_what_was_averaged_over_the_batch_is_a_product_that_fails():
    report = explain_shapes(net("return x * x.mean(dim=(0, 2, 3)).repeat(3)"), IMAGES)
    assert (report.operation, report.stands, report.fits) == ("mul", (3,), IMAGES)


def test_a_state_of_the_wrong_size_is_the_layers_own_complaint():
    model = net(
        "state = x.flatten(1)[:5, None, :8].transpose(0, 1)",
        "return self.gru(x.squeeze(1), state)[0]",
        gru=nn.GRU(28, 8, batch_first=True),
    )
    report = explain_shapes(model, IMAGES)
    assert (report.operation, report.path, report.line) == ("GRU.check_hidden_size", "gru", 4)
    assert report.received == (1, 5, 8)
    assert report.message == "gru (GRU) refuses it: Expected hidden size (1, 6, 8), got [1, 5, 8]."


@pytest.mark.parametrize("sizes, said", [("-1, -1", "only one"), ("0, -1", "0"), ("-2, 784", "-2")])
def test_sizes_that_make_no_sense_are_told_in_the_words_of_pytorch(sizes, said):
    report = explain_shapes(net(f"return x.view({sizes})"), IMAGES)
    assert report.operation == "view" and re.search(said, report.message) and report.fits is None


def test_a_batch_lost_out_of_sight_is_still_told():
    report = explain_shapes(net("return torch.zeros(3, 10)"), IMAGES)
    assert (report.ok, report.operation, report.line) == (False, "forward", None)
    assert "6 images go in, but (3, 10) comes out" in report.message


def test_a_failure_that_forward_explains_itself_is_still_found():
    lines = "try:", "    return self.fc(x)", "except RuntimeError as e:", "    raise ValueError('hm') from e"
    report = explain_shapes(net(*lines, fc=nn.Linear(9, 2)), IMAGES)
    assert (report.path, report.line, report.fits) == ("fc", 4, 784)


class Twice(nn.Module):
    """Its output has two parts."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 784)

    def forward(self, x):
        hidden = self.fc(self.fc(x.flatten(1)))
        return hidden, {"mean": hidden.mean(), "sizes": [hidden.sum(1)]}


SOUND = {
    "SimpleCNN": (SimpleCNN(), (6, 10)),
    "mended": (Nested(1352), (6, 10)),
    "chain of layers": (nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), (6, 10)),
    "fold and unfold": (
        net("n = len(x)", "x = self.fc(x.view(n * 4, 196))", "return x.view(n, -1)", fc=nn.Linear(196, 3)),
        (6, 12),
    ),
    "fold into too few rows and back": (net("x = x.view(-1, 1568) * 2", "return x.view(-1, 784)"), (6, 784)),
    "residual": (residual(conv(1, 4), conv(4, 4, padding=1)), (6, 4, 26, 26)),
    "functions alone": (net("return F.linear(F.relu(x).flatten(1), self.w.t())", w=weight(784, 10)), (6, 10)),
    "modes": (
        nn.Sequential(conv(1, 4), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.Flatten(), nn.Linear(2704, 2)),
        (6, 2),
    ),
    "shared module, several outputs": (Twice(), ((6, 784), (), (6,))),
    "adaptive pooling": (nn.Sequential(conv(1, 4), nn.AdaptiveAvgPool2d(1), nn.Flatten()), (6, 4)),
    "cat": (net("return torch.cat([x, self.conv(x)], dim=1)", conv=conv(1, 4, padding=1)), (6, 5, 28, 28)),
    "LSTM": (
        net("rows, _ = self.lstm(x.squeeze(1))", "return rows[:, -1]", lstm=nn.LSTM(28, 8, batch_first=True)),
        (6, 8),
    ),
    "LSTM with its states": (
        net("return self.lstm(x.squeeze(1))", lstm=nn.LSTM(28, 8, batch_first=True)),
        ((6, 28, 8), (1, 6, 8), (1, 6, 8)),
    ),
    "Linear on the last axis": (nn.Linear(28, 5), (6, 1, 28, 5)),
    "a failure that forward expects": (
        net("try:", "    x = x.view(-1, 5)", "except RuntimeError:", "    x = x.flatten(1)", "return x"),
        (6, 784),
    ),
    "sequence first inside": (net("x = x.squeeze(1).transpose(0, 1)", "return x.mean(0)"), (6, 28)),
    "lazy layers": (nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(10)), (6, 10)),
    "double precision": (SimpleCNN().double(), (6, 10)),
    "no parameters": (net("return x.flatten(1)"), (6, 784)),
    "transformer": (
        net("return self.layer(x.squeeze(1))", layer=nn.TransformerEncoderLayer(28, 4, 8, batch_first=True)),
        (6, 28, 28),
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_network_is_left_in_peace(name):
    model, output_shape = SOUND[name]
    report = explain_shapes(model, IMAGES)
    assert report.ok and report.output_shape == output_shape, f"\n{report}"
    assert (report.operation, report.line, report.fits) == (None, None, None)
    assert repr(report).startswith("Every shape fits. (6, 1, 28, 28) goes in")


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_a_fold_is_left_in_peace_for_every_batch(batch_size):
    assert explain_shapes(SOUND["fold and unfold"][0], (batch_size, 1, 28, 28)).ok


def test_words_are_looked_up_with_integers():
    model = nn.Sequential(nn.Embedding(100, 8), nn.Flatten(), nn.Linear(40, 2))
    assert explain_shapes(model, (6, 5)).output_shape == (6, 2)
    report = explain_shapes(model, (6, 7))
    assert (report.path, report.received, report.fits) == ("2", (6, 56), 56)


def test_integers_behind_a_float_layer_are_a_clear_sentence():
    model = net("return self.words(x) + self.fc(x)", fc=nn.Linear(5, 8), words=nn.Embedding(100, 8))
    with pytest.raises(ValueError, match=r"words \(Embedding\) expects whole numbers.*explain the layers"):
        explain_shapes(model, (6, 5))


class Busy(nn.Module):
    """A forward that changes whatever it can reach."""

    def __init__(self, *, fails):
        super().__init__()
        self.fails, self.seen = fails, []
        self.norm, self.drop, self.fc = nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Linear(784, 10)
        self.register_buffer("count", torch.zeros(()))
        self.hidden = [nn.BatchNorm2d(1)]

    def forward(self, x):
        self.count += 1
        self.seen.append(x)
        self.last = self.norm.train()(x)
        with torch.no_grad():
            self.fc.weight.mul_(2)
        random.random(), np.random.rand(), torch.rand(1)
        x = self.hidden[0](self.drop.train()(x))
        return self.fc(x.view(-1, 5) if self.fails else x.flatten(1))


def state_of(model):
    """All that a trial run might change: the tensors, then the rest."""
    tensors = {**model.state_dict(), **dict(model.hidden[0].named_buffers(prefix="hidden"))}
    tensors |= {f"{name}.grad": p.grad for name, p in model.named_parameters()}
    tensors["random state"] = torch.get_rng_state()
    return {name: None if tensor is None else tensor.clone() for name, tensor in tensors.items()}, (
        {name: module.training for name, module in model.named_modules()},
        {name: sorted(vars(module)) for name, module in model.named_modules()},
        len(model.seen),
        random.getstate(),
        np.random.get_state()[1].tolist(),
    )


def assert_unchanged(model, before):
    tensors, rest = state_of(model)
    torch.testing.assert_close(tensors, before[0], rtol=0, atol=0)
    assert rest == before[1]


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_changes(fails):
    model = Busy(fails=fails)
    model.norm.eval()
    model.fc(torch.ones(1, 784)).sum().backward()
    before = state_of(model)
    assert explain_shapes(model, IMAGES).ok is not fails
    assert_unchanged(model, before)


def test_nothing_changes_if_another_error_goes_on():
    model = Busy(fails=False)
    model.drop = None
    before = state_of(model)
    with pytest.raises(AttributeError, match="'train'"):
        explain_shapes(model, IMAGES)
    assert_unchanged(model, before)


def test_lazy_layers_stay_lazy():
    model = nn.Sequential(nn.Flatten(), nn.LazyLinear(10))
    assert explain_shapes(model, IMAGES).ok
    assert isinstance(model[1], nn.LazyLinear) and model[1].has_uninitialized_params()


def test_what_cannot_be_copied_is_no_obstacle():
    model = SimpleCNN()
    model.last_maps = model.conv1(torch.zeros(IMAGES))  # has a history, so deepcopy refuses it
    model.pool.turns = (i for i in range(3))
    with pytest.raises(RuntimeError):
        copy.deepcopy(model.last_maps)
    assert explain_shapes(model, IMAGES).ok
    assert model.last_maps.requires_grad and next(model.pool.turns) == 0


OTHER_FAULTS = {
    "attribute": ("return self.fc9(x)", AttributeError, "fc9"),
    "dtype": ("return self.fc(x.double().flatten(1))", RuntimeError, "dtype"),
    "integers": ("return x.long().mean()", RuntimeError, "floating point"),
    "own words": ("raise ValueError('the shape of my heart')", ValueError, "heart"),
    "no tensor": ("return self.fc(None)", TypeError, "NoneType"),
    "arguments": ("return self.fc(x, 1)", TypeError, "positional"),
    "unpacking": ("a, b = x.shape", ValueError, "too many values"),
    "gradient": ("return torch.autograd.grad(x.sum(), x)[0]", RuntimeError, "grad"),
}


@pytest.mark.parametrize("name", OTHER_FAULTS)
def test_another_fault_goes_on_as_what_it_is(name):
    line, error, match = OTHER_FAULTS[name]
    with pytest.raises(error, match=match) as caught:
        explain_shapes(net(line, fc=nn.Linear(784, 10)), IMAGES)
    (note,) = caught.value.__notes__
    assert note.startswith("explain_shapes: no operation refused a shape here; it came up at line 3 of")
    assert line in note


def test_a_forward_without_return_is_told():
    with pytest.raises(ValueError, match=r"expected to return a tensor.*NoneType.*end it with return"):
        explain_shapes(net("x.flatten(1)"), IMAGES)


@pytest.mark.parametrize(
    "model, shape, match",
    [
        (SimpleCNN, IMAGES, r"got the class SimpleCNN; build one first, as in SimpleCNN\(\)"),
        (IMAGES, SimpleCNN(), r"expects an nn\.Module, but got a tuple; the model comes first"),
        (SimpleCNN(), torch.zeros(IMAGES), r"whole numbers.*got a tensor \(6, 1, 28, 28\).*images\.shape"),
        (SimpleCNN(), 28, r"tuple of whole numbers, such as \(64, 1, 28, 28\), but got 28"),
        (SimpleCNN(), "6, 1, 28, 28", "tuple of whole numbers"),
        (SimpleCNN(), (6, 1, 28.0, 28), r"tuple of whole numbers.*got \(6, 1, 28\.0, 28\)"),
        (SimpleCNN(), (True, 1, 28, 28), "tuple of whole numbers"),
        (SimpleCNN(), (None, 1, 28, 28), "tuple of whole numbers"),
        (SimpleCNN(), (0, 1, 28, 28), r"at least 1.*got \(0, 1, 28, 28\); give the shape of a real"),
        (SimpleCNN(), (-1, 1, 28, 28), "at least 1"),
        (SimpleCNN(), (), "the batch and at least one more axis"),
        (SimpleCNN(), (784,), r"the batch and at least one more axis.*got \(784,\); put the number"),
        (SimpleCNN(), (28, 28), r"conv1 \(Conv2d\) takes 4 axes, \(N, C, H, W\), but got \(28, 28\); give"),
        (SimpleCNN(), (1, 28, 28), r"the batch and the channels too.*got \(1, 28, 28\)"),
        (nn.Conv2d(1, 2, 3), (1, 28, 28), r"the batch and the channels too.*got \(1, 28, 28\)"),
        (SimpleCNN().to("meta"), IMAGES, "meta device.*build it on the CPU"),
    ],
)
def test_a_bad_request_is_told(model, shape, match):
    with pytest.raises(ValueError, match=match):
        explain_shapes(model, shape)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_traced_model_is_told():
    traced = torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2))
    with pytest.raises(ValueError, match=r"a model in Python.*the model that this one was made from"):
        explain_shapes(traced, (1, 2))


@pytest.mark.parametrize("shape", [list(IMAGES), torch.Size(IMAGES), tuple(np.array(IMAGES))])
def test_a_shape_may_come_in_any_form(shape):
    assert explain_shapes(SimpleCNN(), shape).input_shape == IMAGES


def test_a_report_reads_well():
    assert str(explain_shapes(as_published(), (64, 1, 28, 28))) == (
        "Does not fit: view, line 5 of forward\n"
        "    x = x.view(-1, 64 * 12 * 12)\n"
        "  received   (64, 64, 6, 6)\n"
        "  would fit  size 2304, where 9216 stands\n"
        "  because    view turns 64 images into 16 rows without a word: a row takes\n"
        "             9216 numbers, but an image has 64·6·6 = 2304."
    )
    assert str(explain_shapes(SimpleCNN(), (1, 1, 28, 28))) == (
        "Every shape fits. (1, 1, 28, 28) goes in, (1, 10) comes out."
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # importing torchvision.models warns
def test_a_library_is_no_torch_and_its_line_is_named():
    from torchvision.models import resnet18

    model = resnet18()
    model.layer3[0].downsample = None
    report = explain_shapes(model, (2, 3, 64, 64))
    assert (report.operation, report.path, report.code) == ("add", "layer3.0", "out += identity")
    assert (report.stands, report.fits) == ((2, 128, 8, 8), (2, 256, 4, 4))
    assert "nn.Conv2d(128, 256, 1, stride=2) on the side with 128 channels" in report.message


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # so does torch.compile
def test_a_compiled_model_is_taken_out_of_its_wrapper():
    report = explain_shapes(torch.compile(SimpleCNN()), (6, 1, 32, 32))
    assert (report.path, report.fits) == ("fc1", 3136)
