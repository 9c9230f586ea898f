"""Normalisation, PReLU, recurrent layers and attention that expect another number of features."""

from mnist_lab.anatomy import explain_shapes

import pytest
from broken_networks import IMAGES, MAPS, assert_explained, conv, net, weight
from torch import nn

# name: model, shape of the input; operation, path, line of forward, shape received, what stands, what fits
BROKEN = {
    "BatchNorm features": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.BatchNorm2d(32), **MAPS), IMAGES,
        "batch_norm", "norm", 4, (6, 4, 26, 26), 32, 4,
    ),
    "BatchNorm of another kind": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.BatchNorm1d(4), **MAPS), IMAGES,
        "BatchNorm1d", "norm", 4, (6, 4, 26, 26), "BatchNorm1d", "BatchNorm2d",
    ),
    "GroupNorm": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.GroupNorm(2, 8), **MAPS), IMAGES,
        "group_norm", "norm", 4, (6, 4, 26, 26), 8, 4,
    ),
    "LayerNorm": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.LayerNorm((4, 28, 28)), **MAPS), IMAGES,
        "layer_norm", "norm", 4, (6, 4, 26, 26), (4, 28, 28), (4, 26, 26),
    ),
    "LSTM": (
        net("x = x.squeeze(1)", "return self.lstm(x)[0]", lstm=nn.LSTM(14, 8, batch_first=True)), IMAGES,
        "LSTM", "lstm", 4, (6, 28, 28), 14, 28,
    ),
    "attention": (
        net("x = x.squeeze(1)", "return self.look(x, x, x)[0]",
            look=nn.MultiheadAttention(16, 2, batch_first=True)), IMAGES,
        "multi_head_attention_forward", "look", 4, (6, 28, 28), 16, 28,
    ),
    "BatchNorm1d on rows": (
        net("x = x.flatten(1)", "return self.norm(x)", norm=nn.BatchNorm1d(100)), IMAGES,
        "batch_norm", "norm", 4, (6, 784), 100, 784,
    ),
    "BatchNorm by hand": (
        net("return F.batch_norm(x, self.mean, self.var)", mean=weight(4), var=weight(4)), IMAGES,
        "batch_norm", "", 3, IMAGES, 4, 1,
    ),
    "BatchNorm of rows": (
        net("x = x.flatten(1)", "return self.norm(x)", norm=nn.BatchNorm2d(784)), IMAGES,
        "BatchNorm2d", "norm", 4, (6, 784), "BatchNorm2d", "BatchNorm1d",
    ),
    "BatchNorm of one axis": (
        net("x = x[:, 0, 0, 0]", "return self.norm(x)", norm=nn.BatchNorm1d(1)), IMAGES,
        "BatchNorm1d", "norm", 4, (6,), "BatchNorm1d", None,
    ),
    "BatchNorm of five axes": (
        net("x = x[:, :, None]", "return self.norm(x)", norm=nn.BatchNorm2d(1)), IMAGES,
        "BatchNorm2d", "norm", 4, (6, 1, 1, 28, 28), "BatchNorm2d", "BatchNorm3d",
    ),
    "BatchNorm of six axes": (
        net("x = x[:, :, None, None]", "return self.norm(x)", norm=nn.BatchNorm2d(1)), IMAGES,
        "BatchNorm2d", "norm", 4, (6, 1, 1, 1, 28, 28), "BatchNorm2d", None,
    ),
    "BatchNorm of one value": (
        net("x = F.batch_norm(x[:1, :, 0, 0], self.mean, self.var, training=True)", "return x",
            mean=weight(1), var=weight(1)), IMAGES,
        "batch_norm", "", 3, (1, 1), None, None,
    ),
    "BatchNorm of one value, without averages": (
        net("x = F.batch_norm(x[:1, :, 0, 0], None, None, training=True)", "return x"), IMAGES,
        "batch_norm", "", 3, (1, 1), None, None,
    ),
    "InstanceNorm": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.InstanceNorm2d(8, affine=True), **MAPS),
        IMAGES,
        "InstanceNorm2d", "norm", 4, (6, 4, 26, 26), 8, 4,
    ),
    "InstanceNorm of one pixel": (
        net("x = x[:, :, :1, :1]", "return self.norm(x)", norm=nn.InstanceNorm2d(1)), IMAGES,
        "instance_norm", "norm", 4, (6, 1, 1, 1), None, None,
    ),
    "GroupNorm on rows": (
        net("x = x.flatten(1)", "return self.norm(x)", norm=nn.GroupNorm(2, 700)), IMAGES,
        "group_norm", "norm", 4, (6, 784), 700, 784,
    ),
    "GroupNorm of one axis": (
        net("x = x[:, 0, 0, 0]", "return F.group_norm(x, 2)"), IMAGES,
        "group_norm", "", 4, (6,), None, None,
    ),
    "groups that do not divide": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.GroupNorm(3, 6, affine=False), **MAPS), IMAGES,
        "group_norm", "norm", 4, (6, 4, 26, 26), 3, 2,
    ),
    "groups that only one divides": (
        net("x = self.conv(x)", "return self.norm(x)",
            norm=nn.GroupNorm(2, 6, affine=False), conv=conv(1, 5)), IMAGES,
        "group_norm", "norm", 4, (6, 5, 26, 26), 2, 1,
    ),
    "groups that do not divide, by hand": (
        net("x = self.conv(x)", "return F.group_norm(x, 3, self.weight)", weight=weight(4), **MAPS), IMAGES,
        "group_norm", "", 4, (6, 4, 26, 26), 3, 2,
    ),
    "GroupNorm with a wrong bias alone": (
        net("x = self.conv(x)", "return F.group_norm(x, 2, self.weight, self.bias)",
            weight=weight(4), bias=weight(5), **MAPS), IMAGES,
        "group_norm", "", 4, (6, 4, 26, 26), None, None,
    ),
    "LayerNorm of one number": (
        net("x = x.flatten(1)", "return self.norm(x)", norm=nn.LayerNorm(700)), IMAGES,
        "layer_norm", "norm", 4, (6, 784), 700, 784,
    ),
    "LayerNorm of one axis": (
        net("x = x[:, 0, 0, 0]", "return self.norm(x)", norm=nn.LayerNorm(1)), IMAGES,
        "layer_norm", "norm", 4, (6,), 1, 6,
    ),
    "LayerNorm of two equal numbers": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.LayerNorm((28, 28)), **MAPS), IMAGES,
        "layer_norm", "norm", 4, (6, 4, 26, 26), (28, 28), (26, 26),
    ),
    "LayerNorm before a missing flatten": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.LayerNorm(2704), **MAPS), IMAGES,
        "layer_norm", "norm", 4, (6, 4, 26, 26), (6, 4, 26, 26), (6, 2704),
    ),
    "LayerNorm before a missing flatten of three axes": (
        net("x = x.squeeze(1)", "return self.norm(x)", norm=nn.LayerNorm(784)), IMAGES,
        "layer_norm", "norm", 4, (6, 28, 28), (6, 28, 28), (6, 784),
    ),
    "LayerNorm of the right number and one more": (
        net("x = x.squeeze(1)", "return self.norm(x)", norm=nn.LayerNorm((784, 3))), IMAGES,
        "layer_norm", "norm", 4, (6, 28, 28), (784, 3), (28, 28),
    ),
    "LayerNorm with a wrong bias alone": (
        net("return F.layer_norm(x, (28,), self.weight, self.bias)", weight=weight(28), bias=weight(27)),
        IMAGES,
        "layer_norm", "", 3, IMAGES, None, None,
    ),
    "RMSNorm": (
        net("return self.norm(x)", norm=nn.RMSNorm(14)), IMAGES,
        "rms_norm", "norm", 3, IMAGES, 14, 28,
    ),
    "PReLU": (
        net("x = self.conv(x)", "return self.act(x)", act=nn.PReLU(8), **MAPS), IMAGES,
        "prelu", "act", 4, (6, 4, 26, 26), 8, 4,
    ),
    "PReLU on rows": (
        net("x = x.flatten(1)", "return self.act(x)", act=nn.PReLU(8)), IMAGES,
        "prelu", "act", 4, (6, 784), 8, 784,
    ),
    "PReLU of one axis": (
        net("x = x[:, 0, 0, 0]", "return self.act(x)", act=nn.PReLU(8)), IMAGES,
        "prelu", "act", 4, (6,), None, None,
    ),
    "LSTM for the sizes of the other axes": (
        net("x = x[:, 0, :6]", "return self.lstm(x)[0]", lstm=nn.LSTM(6, 8, batch_first=True)), IMAGES,
        "LSTM", "lstm", 4, (6, 6, 28), (6, 6, 28), (6, 28, 6),
    ),
    "LSTM on images": (
        net("return self.lstm(x)[0]", lstm=nn.LSTM(28, 8, batch_first=True)), IMAGES,
        "LSTM", "lstm", 3, IMAGES, IMAGES, (6, 28, 28),
    ),
    "LSTM on maps": (
        net("x = self.conv(x)", "return self.lstm(x)[0]", lstm=nn.LSTM(26, 8, batch_first=True), **MAPS),
        IMAGES,
        "LSTM", "lstm", 4, (6, 4, 26, 26), (6, 4, 26, 26), None,
    ),
    "GRU on five axes": (
        net("x = x[:, :, None]", "return self.gru(x)[0]", gru=nn.GRU(28, 8, batch_first=True)), IMAGES,
        "GRU", "gru", 4, (6, 1, 1, 28, 28), (6, 1, 1, 28, 28), None,
    ),
    "RNN on rows": (
        net("x = x.flatten(1)", "return self.rnn(x)[0]", rnn=nn.RNN(28, 8)), IMAGES,
        "RNN", "rnn", 4, (6, 784), 28, 784,
    ),
    "RNN on one axis": (
        net("x = x[:, 0, 0, 0]", "return self.rnn(x)[0]", rnn=nn.RNN(28, 8)), IMAGES,
        "RNN", "rnn", 4, (6,), (6,), None,
    ),
    "attention with another query": (
        net("x = x.squeeze(1)", "return self.look(x[..., :14], x, x)[0]",
            look=nn.MultiheadAttention(28, 2, batch_first=True)), IMAGES,
        "multi_head_attention_forward", "look", 4, ((6, 28, 14), (6, 28, 28)), 28, 14,
    ),
    "attention with another key": (
        net("x = x.squeeze(1)", "return self.look(x, x[:, :5], x)[0]",
            look=nn.MultiheadAttention(28, 2, batch_first=True)), IMAGES,
        "multi_head_attention_forward", "look", 4, ((6, 28, 28), (6, 5, 28)), None, None,
    ),
    "attention with other values": (
        net("x = x.squeeze(1)", "return self.look(x, x, x[..., :14])[0]",
            look=nn.MultiheadAttention(28, 2, batch_first=True)), IMAGES,
        "multi_head_attention_forward", "look", 4, ((6, 28, 28), (6, 28, 14)), 28, 14,
    ),
    "LSTM with states that have no batch": (
        net("h = x[0, :, :1, :8].flatten(1)", "return self.lstm(x.squeeze(1), (h, h))[0]",
            lstm=nn.LSTM(28, 8, batch_first=True)), IMAGES,
        "LSTM", "lstm", 4, (6, 28, 28), None, None,
    ),
    "LSTM sequence-first with states for the batch": (
        net("h = x[None, :, 0, 0, :8]", "return self.lstm(x[:, 0, :20], (h, h))[0]", lstm=nn.LSTM(28, 8)),
        IMAGES,
        "LSTM.check_hidden_size", "lstm", 4, (1, 6, 8), False, True,
    ),
    "RNNCell": (
        net("return self.cell(x[:, 0, 0], x[:, 0, 0, :7])", cell=nn.RNNCell(28, 8)), IMAGES,
        "rnn_tanh_cell", "cell", 3, (6, 28), (6, 7), (6, 8),
    ),
    "LSTMCell": (
        net("return self.cell(x[:, 0, 0, :20])[0]", cell=nn.LSTMCell(28, 8)), IMAGES,
        "lstm_cell", "cell", 3, (6, 20), 28, 20,
    ),
    "positions": (
        net("return x + self.words(torch.arange(28))", fc=nn.Linear(1, 1), words=nn.Embedding(20, 28)),
        IMAGES,
        "embedding", "words", 3, (28,), 20, 28,
    ),
    "LayerNorm of the channels": (
        net("x = self.conv(x)", "return self.norm(x)", norm=nn.LayerNorm(4), **MAPS), IMAGES,
        "layer_norm", "norm", 4, (6, 4, 26, 26), (6, 4, 26, 26), (6, 26, 26, 4),
    ),
    "BatchNorm1d of steps": (
        net("return self.norm(x[:, 0, :20])", norm=nn.BatchNorm1d(28)), IMAGES,
        "batch_norm", "norm", 3, (6, 20, 28), (6, 20, 28), (6, 28, 20),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained(name):
    assert_explained(*BROKEN[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BatchNorm features", "expects 32 channels on axis 1, but there are 4."),
        ("BatchNorm of another kind", "expects 2 or 3 axes, but this has 4."),
        ("BatchNorm of rows", "expects 4 axes, (N, C, H, W), but this has 2."),
        ("groups that do not divide", "shares the channels among 3 groups, but 4 do not divide."),
        ("LayerNorm of one number", "expects 700 on the last axis, but there is 784."),
        ("LayerNorm of two equal numbers", "expects (28, 28) on the last 2 axes, but there is (26, 26)."),
        (
            "LayerNorm before a missing flatten",
            "x.flatten(1) belongs before it: 4·26·26 = 2704.",
        ),
        ("LSTM with states that have no batch", "hx and cx should also be 3-D but got (2-D, 2-D) tensors."),
        (
            "LayerNorm of the channels",
            "x.permute(0, 2, 3, 1) belongs before it; if not, normalized_shape=26.",
        ),
        ("attention with other values", "Built with kdim=28, vdim=14 it takes them."),
        ("LSTM", "expects steps of 14 numbers, but each has 28."),
        ("LSTM on images", "but this has 4. x.squeeze(1) takes the single channel away."),
        ("LSTM on maps", "expects 3 axes, such as (N, steps, 26), but this has 4."),
        ("RNN on rows", "expects steps of 28 numbers, but each has 784."),
        ("attention", "expects vectors of 16 numbers, but they have 28."),
    ],
)
def test_the_reason_names_both_numbers(name, words):
    model, shape, *_ = BROKEN[name]
    assert explain_shapes(model, shape).message.endswith(words)


OTHER_FAULTS = {
    "PReLU of one number of another dtype": (
        net("return F.prelu(self.conv(x), self.weight)", weight=weight(1).detach().double(), **MAPS),
        "Got Float and Double",
    ),
    "PReLU of another dtype": (
        net("return F.prelu(self.conv(x), self.weight)", weight=weight(4).detach().double(), **MAPS),
        "Got Float and Double",
    ),
    "BatchNorm of one axis by hand": (
        net("return F.batch_norm(x[:, 0, 0, 0], self.mean, self.var)", mean=weight(4), var=weight(4)),
        "running_mean should contain",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_FAULTS)
def test_what_fits_is_not_blamed_for_another_fault(name):
    model, words = OTHER_FAULTS[name]
    with pytest.raises(RuntimeError, match=words):
        explain_shapes(model, IMAGES)
