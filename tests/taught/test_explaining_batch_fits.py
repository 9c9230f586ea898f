"""Where the batch, axis 0, is lost or folded, often without an error: the operation, and what keeps it."""

import linecache

from mnist_lab.anatomy import explain_shapes

import pytest
from broken_networks import IMAGES, MAPS, as_published, assert_explained, file_of, net, weight
from torch import nn

# name: model, shape of the input; operation, path, line of forward, shape received, what stands, what fits
BROKEN = {
    "view that folds into more rows": (
        net("x = x.view(-1, 392)", "return self.fc(x)", fc=nn.Linear(392, 10)), IMAGES,
        "view", "", 3, IMAGES, 392, 784,
    ),
    "view that folds before a right Linear": (
        net("x = x.view(-1, 1568)", "return self.fc(x)", fc=nn.Linear(784, 10)), IMAGES,
        "view", "", 3, IMAGES, 1568, 784,
    ),
    "view that folds before a cat": (
        net("y = x.view(-1, 1568)", "return torch.cat([x.flatten(1), y], dim=1)"), IMAGES,
        "view", "", 3, IMAGES, 1568, 784,
    ),
    "flatten(0)": (
        net("x = self.conv(x)", "x = x.flatten(0)", "return self.fc(x)", fc=nn.Linear(2704, 10), **MAPS),
        IMAGES,
        "flatten", "", 4, (6, 4, 26, 26), 0, 1,
    ),
    "torch.flatten from axis 0": (
        net("return torch.flatten(x)"), IMAGES,
        "flatten", "", 3, IMAGES, 0, 1,
    ),
    "cat along the batch": (
        net("x = torch.cat([x, x])", "return x.flatten(1)"), IMAGES,
        "cat", "", 3, (IMAGES, IMAGES), 0, 1,
    ),
    "mean over the batch": (
        net("x = x.flatten(1).mean(dim=0)", "return x"), IMAGES,
        "mean", "", 3, (6, 784), 0, 1,
    ),
    "squeeze of a batch of one": (
        net("x = x.mean(dim=(2, 3))", "return x.squeeze()"), (1, 4, 28, 28),
        "squeeze", "", 4, (1, 4), None, None,
    ),
    "squeeze of too much": (
        net("x = x.mean(dim=(2, 3), keepdim=True)", "return x.squeeze()"), (1, 4, 28, 28),
        "squeeze", "", 4, (1, 4, 1, 1), None, (2, 3),
    ),
    "mean over the batch and the rows": (
        net("x = self.conv(x).mean((0, 2))", "return self.fc(x)", fc=nn.Linear(4, 10), **MAPS), IMAGES,
        "mean", "", 3, (6, 4, 26, 26), (0, 2), (2, 3),
    ),
    "max over everything": (
        net("return x.max()"), IMAGES,
        "max", "", 3, IMAGES, None, None,
    ),
    "the last image in place of the last step": (
        net("x, _ = self.lstm(x.squeeze(1))", "return x[-1]", lstm=nn.LSTM(28, 8, batch_first=True)), IMAGES,
        "getitem", "", 4, (6, 28, 8), -1, "[:, -1]",
    ),
    "images split": (
        net("a, b = x.squeeze(1).chunk(2)", "return a - b"), IMAGES,
        "chunk", "", 3, (6, 28, 28), 0, 1,
    ),
    "images of one channel split": (
        net("a, b = x.split(3)", "return a - b"), IMAGES,
        "split", "", 3, IMAGES, (3, 1, 28, 28), None,
    ),
    "state of all layers": (
        net("_, h = self.gru(x.squeeze(1))", "return h", gru=nn.GRU(28, 8, batch_first=True)), IMAGES,
        "gru", "gru", 3, (6, 28, 28), (1, 6, 8), (6, 8),
    ),
    "mean over the batch behind the state of a layer": (
        net("_, h = self.gru(x.squeeze(1))", "return h[-1].mean(0)", gru=nn.GRU(28, 8, batch_first=True)),
        IMAGES,
        "mean", "", 4, (6, 8), 0, 1,
    ),
    "LSTM sequence-first": (
        net("x, _ = self.lstm(x[:, 0, :20])", "return x[-1]", lstm=nn.LSTM(28, 8)), IMAGES,
        "lstm", "lstm", 3, (6, 20, 28), False, True,
    ),
    "attention sequence-first": (
        net("x = x[:, 0, :20]", "return self.look(x, x, x)[0].mean(0)", look=nn.MultiheadAttention(28, 4)),
        IMAGES,
        "multi_head_attention_forward", "look", 4, (6, 20, 28), False, True,
    ),
    "transposed": (
        net("x = x.flatten(1).T", "return x"), IMAGES,
        "T", "", 3, (6, 784), (784, 6), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained(name):
    assert_explained(*BROKEN[name])


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


def test_a_batch_lost_out_of_sight_is_still_told():
    report = explain_shapes(net("return torch.zeros(3, 10)"), IMAGES)
    assert (report.ok, report.operation, report.line) == (False, "forward", None)
    assert "6 images go in, but (3, 10) comes out" in report.message
