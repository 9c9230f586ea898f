"""What explain_shapes says, word for word, about networks that learners break most often."""

from mnist_lab.anatomy import explain_shapes

import pytest
from broken_networks import conv, net, weight
from torch import nn

IMAGES, STEPS = (8, 1, 28, 28), (8, 28, 64)


def lstm(answer):
    """A classifier that takes the images for steps of a sequence."""
    layers = {"lstm": nn.LSTM(28, 16), "fc": nn.Linear(16, 10)}
    return net("x, _ = self.lstm(x.squeeze(1))", f"return self.fc({answer})", **layers)


def attention(answer):
    """The same with attention in place of the LSTM."""
    layers = {"look": nn.MultiheadAttention(64, 4), "fc": nn.Linear(64, 10)}
    return net("x = self.look(x, x, x)[0]", f"return self.fc({answer})", **layers)


# name: model, shape of the input, the report
REPORTS = {
    "ViT patches": (
        net(
            "x = self.patch(x).flatten(2)",
            "x = x.transpose(1, 2)",
            "return self.fc(x).mean(1)",
            patch=nn.Conv2d(1, 64, 7, stride=7),
            fc=nn.Linear(48, 10),
        ),
        IMAGES,
        """Does not fit: fc (Linear), line 5 of forward
    return self.fc(x).mean(1)
  received   (8, 16, 64)
  would fit  in_features 64, where 48 stands
  because    fc (Linear) expects rows of 48 numbers, but each row has 64.""",
    ),
    "U-Net cat": (
        net(
            "a = self.a(x)",
            "b = self.up(self.pool(a))",
            "return torch.cat([a, b], 1)",
            a=conv(1, 8),
            pool=nn.Sequential(nn.MaxPool2d(2), conv(8, 16, padding=1)),
            up=nn.ConvTranspose2d(16, 8, 3, stride=2),
        ),
        IMAGES,
        """Does not fit: cat, line 5 of forward
    return torch.cat([a, b], 1)
  received   (8, 8, 26, 26) and (8, 8, 27, 27)
  would fit  shape (8, 8, 26, 26), where (8, 8, 27, 27) stands
  because    cat joins along dim=1, so every other axis must be equal, but
             axis 2 is 26 and 27, axis 3 is 26 and 27. F.interpolate(x,
             size=(26, 26)) makes the other map as large.""",
    ),
    "Q@K": (
        net(
            "x = x.squeeze(1)",
            "return (self.q(x) @ self.k(x)).softmax(-1)",
            q=nn.Linear(28, 16),
            k=nn.Linear(28, 16),
        ),
        IMAGES,
        """Does not fit: matmul, line 4 of forward
    return (self.q(x) @ self.k(x)).softmax(-1)
  received   (8, 28, 16) and (8, 28, 16)
  would fit  right shape (8, 16, 28), where (8, 28, 16) stands
  because    The right side has 28 rows, so the left needs rows of 28
             numbers, but has 16. Likely the right side is to be (8, 16,
             28), turned as in x @ k.transpose(-2, -1).""",
    ),
    "F.linear transposed": (
        net("return F.linear(x.flatten(1), self.w)", w=weight(784, 10)),
        IMAGES,
        """Does not fit: linear, line 3 of forward
    return F.linear(x.flatten(1), self.w)
  received   (8, 784)
  would fit  weight (10, 784), where (784, 10) stands
  because    linear expects rows of 10 numbers, but each row has 1·28·28 =
             784. It wants the weight as (out, in): likely weight.T is
             meant.""",
    ),
    "PixelShuffle": (
        net("return self.up(self.a(x))", a=conv(1, 6), up=nn.PixelShuffle(2)),
        IMAGES,
        """Does not fit: up (PixelShuffle), line 3 of forward
    return self.up(self.a(x))
  received   (8, 6, 26, 26)
  would fit  channels 8, where 6 stands
  because    up (PixelShuffle) makes 2×2 pixels of 4 channels, but 6 do not
             divide.""",
    ),
    "einsum": (
        net("return torch.einsum('ni,ij->nj', x.flatten(1), self.w)", w=weight(700, 10)),
        IMAGES,
        """Does not fit: einsum, line 3 of forward
    return torch.einsum('ni,ij->nj', x.flatten(1), self.w)
  received   (8, 784) and (700, 10)
  because    einsum refuses it: einsum(): subscript i has size 700 for
             operand 1 which does not broadcast with previously seen size
             784.""",
    ),
    "LSTM sequence-first, -1": (
        lstm("x[-1]"),
        IMAGES,
        """Does not fit: lstm (LSTM), line 3 of forward
    x, _ = self.lstm(x.squeeze(1))
  received   (8, 28, 28)
  would fit  batch_first True, where False stands
  because    lstm (LSTM) takes (8, 28, 28) for 8 steps of 28 sequences, as
             batch_first is False; likely batch_first=True is meant.""",
    ),
    "LSTM sequence-first, [:, -1]": (
        lstm("x[:, -1]"),
        IMAGES,
        """Mixes images: lstm (LSTM), line 3 of forward
    x, _ = self.lstm(x.squeeze(1))
  received   (8, 28, 28)
  would fit  batch_first True, where False stands
  because    Every shape fits, but changing image 0 changes rows 0 to 7 of
             the output, not row 0 alone. lstm (LSTM) takes (8, 28, 28) for
             8 steps of 28 sequences, as batch_first is False; likely
             batch_first=True is meant.""",
    ),
    "MHA keys of 48": (
        net(
            "return self.look(x, self.k(x), self.k(x))[0]",
            k=nn.Linear(64, 48),
            look=nn.MultiheadAttention(64, 4, batch_first=True),
        ),
        STEPS,
        """Does not fit: look (MultiheadAttention), line 3 of forward
    return self.look(x, self.k(x), self.k(x))[0]
  received   (8, 28, 64) and (8, 28, 48)
  would fit  kdim 48, where 64 stands
  because    look (MultiheadAttention) expects keys of 64 numbers, but they
             have 48. Built with kdim=48, vdim=48 it takes them.""",
    ),
    "MHA sequence-first, mean": (
        attention("x.mean(0)"),
        STEPS,
        """Does not fit: look (MultiheadAttention), line 3 of forward
    x = self.look(x, x, x)[0]
  received   (8, 28, 64)
  would fit  batch_first True, where False stands
  because    look (MultiheadAttention) takes (8, 28, 64) for 8 steps of 28
             sequences, as batch_first is False; likely batch_first=True is
             meant.""",
    ),
    "MHA sequence-first, mean 1": (
        attention("x.mean(1)"),
        STEPS,
        """Mixes images: look (MultiheadAttention), line 3 of forward
    x = self.look(x, x, x)[0]
  received   (8, 28, 64)
  would fit  batch_first True, where False stands
  because    Every shape fits, but changing image 0 changes rows 0 to 7 of
             the output, not row 0 alone. look (MultiheadAttention) takes
             (8, 28, 64) for 8 steps of 28 sequences, as batch_first is
             False; likely batch_first=True is meant.""",
    ),
    "mean((0, 2))": (
        net("x = self.conv(x).mean((0, 2))", "return self.fc(x)", conv=conv(1, 10), fc=nn.Linear(10, 10)),
        IMAGES,
        """Does not fit: mean, line 3 of forward
    x = self.conv(x).mean((0, 2))
  received   (8, 10, 26, 26)
  would fit  dim (2, 3), where (0, 2) stands
  because    mean makes (10, 26) of (8, 10, 26, 26), so axis 0 is no longer
             8 images. Likely dim=(2, 3) is meant, which leaves it alone.""",
    ),
    "wrong permute": (
        net("x = self.a(x).permute(0, 2, 1, 3)", "return self.b(x)", a=conv(1, 8), b=conv(8, 16)),
        IMAGES,
        """Does not fit: b (Conv2d), line 4 of forward
    return self.b(x)
  received   (8, 26, 8, 26)
  would fit  shape (8, 8, 26, 26), where (8, 26, 8, 26) stands
  because    b (Conv2d) would take (8, 8, 26, 26), but permute in line 3
             made (8, 26, 8, 26) of (8, 8, 26, 26); likely permute is to go.""",
    ),
    "interpolate + add": (
        net(
            "y = self.a(x)",
            "y = F.interpolate(y, scale_factor=2)",
            "return F.interpolate(x, scale_factor=2) + y",
            a=nn.Conv2d(1, 6, 5),
        ),
        IMAGES,
        """Does not fit: add, line 5 of forward
    return F.interpolate(x, scale_factor=2) + y
  received   (8, 1, 56, 56) and (8, 6, 48, 48)
  would fit  shape (8, 1, 48, 48), where (8, 1, 56, 56) stands
  because    add needs equal sizes, but axis 2 (height) is 56 on the left
             and 48 on the right, axis 3 (width) is 56 on the left and 48 on
             the right. F.interpolate(x, size=(48, 48)) makes the other map
             as large.""",
    ),
    "(N,10) + (N,1,10)": (
        net("y = self.fc(x.flatten(1))", "return y + self.fc(x.flatten(2))", fc=nn.Linear(784, 10)),
        IMAGES,
        """Mixes images: add, line 4 of forward
    return y + self.fc(x.flatten(2))
  received   (8, 10) and (8, 1, 10)
  would fit  shape (8, 10), where (8, 1, 10) stands
  because    Every shape fits, but changing image 0 changes rows 0 to 7 of
             the output, not row 0 alone. add stretches (8, 10) and (8, 1,
             10) to (8, 8, 10), so that every image meets every other.
             Likely squeeze or flatten belongs behind (8, 1, 10).""",
    ),
    "gate 8 against 16": (
        net(
            "x = self.conv(x)",
            "s = self.up(F.relu(self.down(x.mean((2, 3)))))",
            "return x * s.sigmoid()[:, :, None, None]",
            conv=conv(1, 16),
            down=nn.Linear(16, 4),
            up=nn.Linear(4, 8),
        ),
        IMAGES,
        """Does not fit: mul, line 5 of forward
    return x * s.sigmoid()[:, :, None, None]
  received   (8, 16, 26, 26) and (8, 8, 1, 1)
  would fit  shape (8, 16, 1, 1), where (8, 8, 1, 1) stands
  because    mul needs equal sizes, but axis 1 (channels) is 16 on the left
             and 8 on the right. Likely up (Linear) is to be Linear(4, 16).""",
    ),
    "conv -> Embedding": (
        net(
            "x = self.conv(x).flatten(1)", "return self.words(x)", conv=conv(1, 4), words=nn.Embedding(100, 8)
        ),
        IMAGES,
        """Does not fit: words (Embedding), line 4 of forward
    return self.words(x)
  received   (8, 2704)
  because    words (Embedding) looks rows up by whole numbers, but conv
             (Conv2d) makes floats.""",
    ),
    "GRUCell state of 64": (
        net(
            "x = x.squeeze(1)",
            "h = x.new_zeros(len(x), 64)",
            "for i in range(28):",
            "    h = self.cell(x[:, i], h)",
            "return h",
            cell=nn.GRUCell(28, 32),
        ),
        IMAGES,
        """Does not fit: cell (GRUCell), line 6 of forward
    h = self.cell(x[:, i], h)
  received   (8, 28)
  would fit  state (8, 32), where (8, 64) stands
  because    cell (GRUCell) keeps a state of 32 numbers for each image, (8,
             32), but was handed (8, 64).""",
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_says_what_was_seen_and_what_is_likely(name):
    model, shape, report = REPORTS[name]
    assert str(explain_shapes(model, shape)) == report
