"""Networks for the tests of explain_shapes, defined as in a notebook cell, and the check of a report."""

import linecache
from itertools import count

from mnist_lab.anatomy import explain_shapes

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


def conv(*sizes, **options):
    return nn.Conv2d(*sizes, 3, **options)


def residual(stem, branch):
    return net("x = self.stem(x)", "return x + self.branch(x)", stem=stem, branch=branch)


def weight(*sizes):
    return nn.Parameter(torch.zeros(sizes))


MAPS = {"conv": conv(1, 4), "pool": nn.MaxPool2d(2)}  # (6, 4, 26, 26), pooled (6, 4, 13, 13)


def file_of(model):
    return type(model).forward.__code__.co_filename


def assert_explained(model, shape, operation, path, line, received, stands, fits):
    """The report names operation, layer and line, what it received, what stands there and what would fit."""
    report = explain_shapes(model, shape)
    actual = (report.operation, report.path, report.received, report.stands, report.fits)
    assert actual == (operation, path, received, stands, fits), f"\n{report}"
    assert not report.ok and report.function == "forward"
    if line:  # else the line is one of models.py
        assert report.line == line and report.code == linecache.getline(file_of(model), line).strip()
    assert report.message.endswith(".") and (fits is None or str(fits) in str(report))
