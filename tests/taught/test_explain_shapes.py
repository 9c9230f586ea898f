"""explain_shapes: the place of a fault, sound networks left in peace, a model left as it was, bad requests.

Which value would fit is tested by the rules: test_explaining_*.py.
"""

import copy
import inspect
import random

from mnist_lab.anatomy import explain_shapes
from mnist_lab.models import SimpleCNN

import numpy as np
import pytest
import torch
from broken_networks import IMAGES, as_published, conv, net, residual, weight
from torch import nn
from torch.nn import functional as F


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
    report = explain_shapes(model, IMAGES)
    assert (report.heading, report.operation) == (
        ("Does not fit", "view") if fails else ("Mixes images", "batch_norm")
    )
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
        "Every shape fits. (1, 1, 28, 28) goes in, (1, 10) comes out. Whether images\n"
        "mix was not found out: one image alone cannot show it."
    )
    assert str(explain_shapes(SimpleCNN(), IMAGES)) == (
        "Every shape fits. (6, 1, 28, 28) goes in, (6, 10) comes out."
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
