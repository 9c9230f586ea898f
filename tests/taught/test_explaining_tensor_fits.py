"""view, sums, cat and matmul that do not fit: the sizes that stand, and those that would fit."""

import re

from mnist_lab.anatomy import explain_shapes

import pytest
from broken_networks import IMAGES, MAPS, assert_explained, conv, net, residual, weight
from torch import nn

# name: model, shape of the input; operation, path, line of forward, shape received, what stands, what fits
BROKEN = {
    "fold that is unfolded wrongly": (
        net("n = x.shape[0]", "x = self.fc(x.view(n * 4, 196))", "return x.view(n * 2, 20)",
            fc=nn.Linear(196, 10)), IMAGES,
        "view", "", 5, (24, 10), (12, 20), (-1, 40),
    ),
    "reshape to a fixed wrong size": (
        net("return self.fc(x.reshape(x.shape[0], 28 * 27))", fc=nn.Linear(756, 10)), IMAGES,
        "reshape", "", 3, IMAGES, 756, 784,
    ),
    "reshape to a fixed batch": (
        net("return self.fc(torch.reshape(x, (64, 784)))", fc=nn.Linear(784, 10)), IMAGES,
        "reshape", "", 3, IMAGES, 64, 6,
    ),
    "view to maps": (
        net("x = x.flatten(1)", "return x.view(-1, 4, 12, 12)"), IMAGES,
        "view", "", 4, (6, 784), (-1, 4, 12, 12), (-1, 4, 14, 14),
    ),
    "view of what permute reordered": (
        net("x = x.expand(-1, 3, -1, -1).permute(0, 2, 3, 1)", "return x.view(6, -1)"), IMAGES,
        "view", "", 4, (6, 28, 28, 3), "view", "reshape",
    ),
    "Unflatten": (
        net("x = x.flatten(1)", "return self.un(x)", un=nn.Unflatten(1, (1, 27, 27))), IMAGES,
        "unflatten", "un", 4, (6, 784), (1, 27, 27), (1, 28, 28),
    ),
    "residual sum, channels": (
        residual(conv(1, 4), conv(4, 8, padding=1)), IMAGES,
        "add", "", 4, ((6, 4, 26, 26), (6, 8, 26, 26)), (6, 4, 26, 26), (6, 8, 26, 26),
    ),
    "residual sum, map": (
        residual(conv(1, 4), conv(4, 4)), IMAGES,
        "add", "", 4, ((6, 4, 26, 26), (6, 4, 24, 24)), (6, 4, 24, 24), (6, 4, 26, 26),
    ),
    "cat along the wrong axis": (
        net("return torch.cat([self.a(x), self.b(x)], dim=2)", a=conv(1, 2), b=conv(1, 3)), IMAGES,
        "cat", "", 3, ((6, 2, 26, 26), (6, 3, 26, 26)), 2, 1,
    ),
    "cat of unequal maps": (
        net("return torch.cat([x, self.conv(x)], 1)", **MAPS), IMAGES,
        "cat", "", 3, (IMAGES, (6, 4, 26, 26)), (6, 4, 26, 26), (6, 4, 28, 28),
    ),
    "stack": (
        net("return torch.stack([x, self.conv(x)], dim=1)", conv=conv(1, 1)), IMAGES,
        "stack", "", 3, (IMAGES, (6, 1, 26, 26)), (6, 1, 26, 26), IMAGES,
    ),
    "matmul by hand": (
        net("x = x.flatten(1)", "return x @ self.weight", weight=weight(700, 10)), IMAGES,
        "matmul", "", 4, ((6, 784), (700, 10)), 700, 784,
    ),
    "matmul with a weight to transpose": (
        net("x = x.flatten(1)", "return x @ self.weight", weight=weight(10, 784)), IMAGES,
        "matmul", "", 4, ((6, 784), (10, 784)), (10, 784), (784, 10),
    ),
    "keys with their axes turned wrongly": (
        net("q = k = self.fc(x.squeeze(1))", "return q @ k.transpose(0, 1)", fc=nn.Linear(28, 16)), IMAGES,
        "matmul", "", 4, ((6, 28, 16), (28, 6, 16)), (28, 6, 16), (6, 16, 28),
    ),
    "values on the left": (
        net("x = x[:, 0, :20]", "return x @ (x @ x.transpose(1, 2))"), IMAGES,
        "matmul", "", 4, ((6, 20, 28), (6, 20, 20)), 20, 28,
    ),
    "a gate too narrow": (
        net("x = self.conv(x)", "return x * self.up(x.mean((2, 3)))[:, :, None, None]",
            up=nn.Linear(4, 2), **MAPS), IMAGES,
        "mul", "", 4, ((6, 4, 26, 26), (6, 2, 1, 1)), (6, 2, 1, 1), (6, 4, 1, 1),
    ),
    "a gate without its axes": (
        net("x = self.conv(x)", "return x * x.mean((2, 3))", **MAPS), IMAGES,
        "mul", "", 4, ((6, 4, 26, 26), (6, 4)), (6, 4), (6, 4, 1, 1),
    ),
    "positions too wide": (
        net("return x.squeeze(1) + self.places", places=weight(28, 32)), IMAGES,
        "add", "", 3, ((6, 28, 28), (28, 32)), (28, 32), (28, 28),
    ),
    "a sum with the axes turned": (
        net("x = self.conv(x)", "return x + self.fc(x.permute(0, 2, 3, 1))", fc=nn.Linear(4, 4), **MAPS),
        IMAGES,
        "add", "", 4, ((6, 4, 26, 26), (6, 26, 26, 4)), None, None,
    ),
    "a token for one image": (
        net("return torch.cat([self.token, x.squeeze(1)], 1)", token=weight(1, 1, 28)), IMAGES,
        "cat", "", 3, ((1, 1, 28), (6, 28, 28)), (1, 1, 28), (6, 1, 28),
    ),
    "einsum": (
        net("return torch.einsum('ni,ij->nj', x.flatten(1), self.w)", w=weight(700, 10)), IMAGES,
        "einsum", "", 3, ((6, 784), (700, 10)), None, None,
    ),
    "einsum without an axis": (
        net("return torch.einsum('ni,ji->nk', x.flatten(1), self.w)", w=weight(10, 784)), IMAGES,
        "einsum", "", 3, ((6, 784), (10, 784)), None, None,
    ),
    "an axis that is not there": (
        net("x = x.flatten(1)", "return x.mean(dim=(2, 3))"), IMAGES,
        "mean", "", 4, (6, 784), None, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained(name):
    assert_explained(*BROKEN[name])


@pytest.mark.parametrize("sizes, words", [("-1, -1", "only one"), ("0, -1", "0"), ("-2, 784", "-2")])
def test_sizes_that_make_no_sense_are_told_in_the_words_of_pytorch(sizes, words):
    report = explain_shapes(net(f"return x.view({sizes})"), IMAGES)
    assert report.operation == "view" and re.search(words, report.message) and report.fits is None
