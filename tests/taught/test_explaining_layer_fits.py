"""Linear, convolution and pooling that do not fit: the layer, its line, and the value that would fit."""

from mnist_lab.models import SimpleCNN

import pytest
from broken_networks import IMAGES, MAPS, assert_explained, conv, net, weight
from torch import nn

# name: model, shape of the input; operation, path, line of forward, shape received, what stands, what fits
BROKEN = {
    "Linear after flatten": (
        net("x = self.conv(x).flatten(1)", "return self.fc(x)", fc=nn.Linear(9216, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 2704), 9216, 2704,
    ),
    "second Linear": (
        net("x = F.relu(self.a(x.flatten(1)))", "x = self.b(x)", "return x",
            a=nn.Linear(784, 128), b=nn.Linear(100, 10)), IMAGES,
        "linear", "b", 4, (6, 128), 100, 128,
    ),
    "Linear by hand": (
        net("return F.linear(x.flatten(1), self.weight)", weight=weight(10, 700)), IMAGES,
        "linear", "", 3, (6, 784), 700, 784,
    ),
    "Linear by hand with a weight to transpose": (
        net("return F.linear(x.flatten(1), self.weight)", weight=weight(784, 10)), IMAGES,
        "linear", "", 3, (6, 784), (784, 10), (10, 784),
    ),
    "Linear behind patches without a transpose": (
        net("x = self.conv(x).flatten(2)", "return self.fc(x)", fc=nn.Linear(4, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 4, 676), (6, 4, 676), (6, 676, 4),
    ),
    "Linear on channels last": (
        net("x = self.conv(x).permute(0, 2, 3, 1)", "return self.fc(x)", fc=nn.Linear(3, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 26, 26, 4), 3, 4,
    ),
    "a transpose too many": (
        net("x = x[:, 0, :20].transpose(1, 2)", "return self.fc(x)", fc=nn.Linear(28, 10)), IMAGES,
        "linear", "fc", 4, (6, 28, 20), (6, 28, 20), (6, 20, 28),
    ),
    "mean over the wrong axes": (
        net("x = self.conv(x).mean((1, 2))", "return self.fc(x)", fc=nn.Linear(4, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 26), (1, 2), (2, 3),
    ),
    "mean over the right axes": (
        net("x = self.conv(x).mean((2, 3))", "return self.fc(x)", fc=nn.Linear(26, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 4), 26, 4,
    ),
    "a pool that takes the rows for channels": (
        net("x = self.fc(self.p(x.flatten(1)))", "return x", fc=nn.Linear(4, 10), p=nn.AdaptiveAvgPool2d(1)),
        IMAGES,
        "adaptive_avg_pool2d", "p", 3, (6, 784), (1, 1), None,
    ),
    "missing flatten": (
        net("x = self.pool(self.conv(x))", "return self.fc(x)", fc=nn.Linear(676, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 4, 13, 13), (6, 4, 13, 13), (6, 676),
    ),
    "missing flatten and wrong Linear": (
        net("x = self.pool(self.conv(x))", "return self.fc(x)", fc=nn.Linear(600, 10), **MAPS), IMAGES,
        "linear", "fc", 4, (6, 4, 13, 13), 600, 676,
    ),
    "in_channels": (
        net("x = self.a(x)", "return self.b(x)", a=conv(1, 8), b=conv(4, 8)), IMAGES,
        "conv2d", "b", 4, (6, 8, 26, 26), 4, 8,
    ),
    "colour images": (
        SimpleCNN(), (6, 3, 28, 28),
        "conv2d", "conv1", None, (6, 3, 28, 28), 1, 3,
    ),
    "channels last": (
        net("return self.conv(x)", **MAPS), (6, 28, 28, 1),
        "conv2d", "conv", 3, (6, 28, 28, 1), (6, 28, 28, 1), (6, 1, 28, 28),
    ),
    "grouped convolution": (
        net("x = self.a(x)", "return self.b(x)", a=conv(1, 6), b=conv(4, 8, groups=2)), IMAGES,
        "conv2d", "b", 4, (6, 6, 26, 26), 4, 6,
    ),
    "ConvTranspose": (
        net("x = self.conv(x)", "return self.up(x)", up=nn.ConvTranspose2d(8, 4, 2), **MAPS), IMAGES,
        "conv_transpose2d", "up", 4, (6, 4, 26, 26), 8, 4,
    ),
    "Conv1d on images": (
        net("return self.conv(x)", conv=nn.Conv1d(1, 4, 3)), IMAGES,
        "conv1d", "conv", 3, IMAGES, "Conv1d", "Conv2d",
    ),
    "Conv2d after flatten": (
        net("x = x.flatten(1)", "return self.conv(x)", **MAPS), IMAGES,
        "conv2d", "conv", 4, (6, 784), (6, 784), (6, 1, 28, 28),
    ),
    "Conv2d without channels": (
        net("x = x.squeeze(1)", "return self.conv(x)", **MAPS), IMAGES,
        "conv2d", "conv", 4, (6, 28, 28), (6, 28, 28), (6, 1, 28, 28),
    ),
    "kernel larger than the map": (
        net("x = self.conv(x)", "return self.big(x)", conv=conv(1, 2), big=nn.Conv2d(2, 2, 5)), (6, 1, 5, 5),
        "conv2d", "big", 4, (6, 2, 3, 3), 5, 3,
    ),
    "dilated kernel larger than the map": (
        net("return self.big(x)", big=nn.Conv2d(1, 2, (3, 5), dilation=2, padding=1)), (6, 1, 6, 6),
        "conv2d", "big", 3, (6, 1, 6, 6), (3, 5), (3, 4),
    ),
    "pool that empties the map": (
        net("for _ in range(5):", "    x = self.pool(x)", "return x", pool=nn.MaxPool2d(2)), IMAGES,
        "max_pool2d", "pool", 4, (6, 1, 1, 1), 2, 1,
    ),
    "average pool by function": (
        net("return F.avg_pool2d(x, 30)"), IMAGES,
        "avg_pool2d", "", 3, IMAGES, 30, 28,
    ),
    "PixelShuffle": (
        net("return self.up(self.conv(x))", up=nn.PixelShuffle(2), conv=conv(1, 6)), IMAGES,
        "pixel_shuffle", "up", 3, (6, 6, 26, 26), 6, 8,
    ),
    "MaxPool3d on images": (
        net("return self.pool(x)", pool=nn.MaxPool3d(2)), IMAGES,
        "max_pool3d", "pool", 3, IMAGES, "MaxPool3d", "MaxPool2d",
    ),
    "MaxPool1d on images": (
        net("return self.pool(x)", pool=nn.MaxPool1d(2)), IMAGES,
        "max_pool1d", "pool", 3, IMAGES, "MaxPool1d", "MaxPool2d",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained(name):
    assert_explained(*BROKEN[name])
