"""The ideas of the concept test: parallel forms, honest options, right answers found again by code."""

import difflib
import math
import re
from copy import copy, deepcopy
from dataclasses import replace

from mnist_lab.exercises.concepts.idea import FORMS, IDEAS, RIGHT
from mnist_lab.exercises.registry import questions

import pytest
import torch
from torch import nn
from torch.nn import functional as F

BY_NAME = {idea.name: idea for idea in IDEAS}
ASKED = [(form, idea) for form in FORMS for idea in IDEAS]
each_idea = pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.name)
each_asked = pytest.mark.parametrize(
    ("form", "idea"), ASKED, ids=[f"{form}-{idea.name}" for form, idea in ASKED]
)
each_form = pytest.mark.parametrize("form", FORMS)


def asked(name, form):
    return BY_NAME[name].asked(form)


def option_of(name, form, misconception):
    """The option behind which a misconception stands."""
    return next(text for text, behind in asked(name, form).options.items() if behind == misconception)


def numbers(text):
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def plain(text):
    return text.replace("`", "")


# The two forms


def test_there_are_twenty_ideas_over_the_whole_course():
    assert len(IDEAS) == len(BY_NAME) == len({idea.title for idea in IDEAS}) == 20
    lessons = [idea.lesson for idea in IDEAS]
    assert lessons == sorted(lessons) and set(lessons) == set(range(11))


@each_idea
def test_both_forms_offer_the_same_misconceptions(idea):
    behind = [sorted(idea.asked(form).options.values()) for form in FORMS]
    assert behind[0] == behind[1] == sorted([RIGHT, *idea.misconceptions])
    assert all(len(set(idea.asked(form).options)) == 4 for form in FORMS)


def test_a_form_without_one_of_the_misconceptions_is_refused():
    idea = IDEAS[0]
    options = dict.fromkeys(["1", "2", "3", "4"], next(iter(idea.misconceptions)))
    with pytest.raises(ValueError, match=r"Idea axes, form B: each of .* has one option, but got"):
        replace(idea, b=replace(idea.b, options=options))


@each_form
def test_the_right_answers_are_spread_over_the_places(form):
    places = [list(idea.asked(form).options.values()).index(RIGHT) for idea in IDEAS]
    assert [places.count(place) for place in range(4)] == [5, 5, 5, 5]
    assert all(len(set(places[i : i + 3])) > 1 for i in range(18)), "three in a row invite a pattern"


@each_idea
def test_who_remembers_the_letter_of_form_a_gains_nothing(idea):
    places = {list(idea.asked(form).options.values()).index(RIGHT) for form in FORMS}
    assert len(places) == 2


@each_form
def test_the_right_answer_shows_neither_by_length_nor_by_brevity(form):
    longest = shortest = 0
    for idea in IDEAS:
        lengths = [len(plain(option)) for option in idea.asked(form).options]
        right = len(plain(idea.asked(form).right))
        longest += right == max(lengths) and lengths.count(right) == 1
        shortest += right == min(lengths) and lengths.count(right) == 1
        assert max(lengths) <= 3.5 * min(lengths), f"{idea.name}: options of very unequal length"
    assert longest <= 5 and shortest <= 5, (longest, shortest)


def test_no_question_is_asked_twice():
    texts = [plain(idea.asked(form).text).split() for form, idea in ASKED]
    lessons = [plain(question.text).split() for question in questions()]
    for place, text in enumerate(texts):
        for other in [*texts[:place], *lessons]:
            alike = difflib.SequenceMatcher(None, text, other, autojunk=False)
            asked_twice = alike.real_quick_ratio() > 0.5 < alike.quick_ratio() and alike.ratio() > 0.5
            assert not asked_twice, " ".join(["these are nearly the same:", *text, "·", *other])


@each_idea
def test_the_forms_take_equally_long_to_read(idea):
    lengths = [len(" ".join([idea.asked(form).text, *idea.asked(form).options]).split()) for form in FORMS]
    assert max(lengths) <= 1.4 * min(lengths) + 4, lengths


@each_asked
def test_the_wording_is_that_of_the_house(form, idea):
    question = idea.asked(form)
    assert question.text.endswith(("?", ")")) and "?" in question.text
    for text in [question.text, *question.options, question.why, *idea.misconceptions.values()]:
        assert text == text.strip() and "!" not in text and "  " not in text and text.count("`") % 2 == 0
        assert not re.search(r"\b(all|none|both) of (the above|these)\b|\b(not|no) un", text)
    for text in [question.why, *idea.misconceptions.values()]:
        assert 10 < len(text) < 260 and text[-1] in ".?", text
    assert not re.search(r"\b(not|never|except)\b", question.text), "no negation to overlook"


# The right answers, found again by code


def move(option, x):
    kind, places = re.fullmatch(r"(\w+)\((.*)\)", option).groups()
    return getattr(x, kind)(*[int(place) for place in places.split(",")])


@pytest.mark.parametrize(("form", "move_to"), [("A", (1, 3)), ("B", (3, 1))])
def test_axes(form, move_to):
    shape = [int(number) for number in re.search(r"\((.*?)\)", asked("axes", form).text)[1].split(",")]
    x = torch.arange(math.prod(shape)).reshape(shape)
    expected = x.movedim(*move_to)
    for option, behind in asked("axes", form).options.items():
        result = move(option, x)
        assert (result.shape == expected.shape and result.equal(expected)) == (behind == RIGHT)
        assert (result.shape == expected.shape) == (behind in (RIGHT, "reshape moves axes"))


@pytest.mark.parametrize(("form", "name"), [("A", "scores"), ("B", "votes")])
def test_argmax(form, name):
    shape = tuple(map(int, re.search(r"\((\d+), (\d+)\)", asked("argmax", form).text).groups()))
    table = torch.rand(shape)
    expected = torch.tensor([max(range(shape[0]), key=lambda row: table[row, i]) for i in range(shape[1])])
    for option, behind in asked("argmax", form).options.items():
        result = eval(option, {name: table})
        assert (result.shape == expected.shape and result.equal(expected)) == (behind == RIGHT)


def layer_in(text):
    """The layer that a question names, built."""
    return eval(re.search(r"nn\.\w+\([^)]*\)", text)[0], {"nn": nn})


@pytest.mark.parametrize(
    ("form", "size", "kernel", "padding", "stride"), [("A", 22, 9, 4, 2), ("B", 24, 11, 5, 2)]
)
def test_output_size(form, size, kernel, padding, stride):
    assert {size, kernel, padding, stride} <= set(numbers(asked("output_size", form).text))
    layer = nn.Conv2d(1, 8, kernel, padding=padding, stride=stride)
    result = layer(torch.zeros(1, 1, size, size)).shape
    assert result[2] == result[3] == int(asked("output_size", form).right)
    wrong = {
        "padding added once": (size + padding - kernel) // stride + 1,
        "steps counted for places": (size + 2 * padding - kernel) // stride,
        "stride ignored": size + 2 * padding - kernel + 1,
    }
    assert {name: int(option_of("output_size", form, name)) for name in wrong} == wrong
    starts = range(0, size + 2 * padding - kernel + 1, stride)
    assert f"makes {len(starts)} starts: 0, 2, …, {starts[-1]}" in asked("output_size", form).why
    assert f"places 0 to {size + 2 * padding - kernel};" in asked("output_size", form).why


@each_form
def test_parameters(form):
    layer, place = {
        "A": (nn.Conv2d(6, 10, 3, padding=1), 20),
        "B": (layer_in(asked("parameters", "B").text), 10),
    }[form]
    assert layer(torch.zeros(1, layer.in_channels, place, place)).shape[2:] == (place, place)
    count = sum(weights.numel() for weights in layer.parameters())
    wrong = {
        "a filter is one square": layer.out_channels * 10,
        "a bias for each input": layer.weight.numel() + layer.in_channels,
        "a weight for each place": count * place * place,
    }
    assert asked("parameters", form).right == f"{count:,}"
    assert {name: option_of("parameters", form, name) for name in wrong} == {
        name: f"{value:,}" for name, value in wrong.items()
    }


@pytest.mark.parametrize(("depth", "shift"), [(1, (0, -4)), (2, (5, 0))])
def test_equivariance(depth, shift):
    layers = [nn.Conv2d(1 if i == 0 else 3, 3, 3, padding=1) for i in range(depth)]
    body, head = nn.Sequential(*layers), nn.Linear(3 * 30 * 30, 4)
    image = torch.zeros(1, 1, 30, 30)
    image[..., 12:17, 12:17] = torch.rand(5, 5)
    moved = image.roll(shift, (2, 3))
    inner = (..., slice(6, 24), slice(6, 24))
    assert torch.allclose(body(image).roll(shift, (2, 3))[inner], body(moved)[inner], atol=1e-6)
    assert not torch.allclose(body(image)[inner], body(moved)[inner], atol=1e-3)
    assert not torch.allclose(head(body(image).flatten(1)), head(body(moved).flatten(1)), atol=1e-3)


def test_augmentation():
    """In the forms an arrow or letter is its class; a mirror or half turn gives that of another."""
    arrows = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
    mirrored = {name: (-x, y) for name, (x, y) in arrows.items()}
    turned = {name: (-x, -y) for name, (x, y) in arrows.items()}
    for changed in (mirrored, turned):
        assert changed != arrows and set(changed.values()) == set(arrows.values())


def test_cross_entropy():
    logits, labels = torch.randn(6, 3) * 4, torch.randint(3, (6,))
    by_hand = -(logits.exp() / logits.exp().sum(1, keepdim=True)).log()[range(6), labels].mean()
    assert F.cross_entropy(logits, labels).item() == pytest.approx(by_hand.item(), rel=1e-5)
    assert F.cross_entropy(100 * F.one_hot(labels, 3).float(), labels) < 1e-6
    assert F.cross_entropy(F.one_hot(labels, 3).float(), labels) > 0.5, "softmax twice never reaches 0"
    assert F.cross_entropy(logits.relu(), labels) != F.cross_entropy(logits, labels)
    with pytest.raises((RuntimeError, ValueError)):
        F.cross_entropy(logits.argmax(1), labels).backward()


@pytest.mark.parametrize(("form", "start", "slope", "rate"), [("A", 30, 3, 1.0), ("B", 20, 4, 0.5)])
def test_step(form, start, slope, rate):
    w = nn.Parameter(torch.tensor(float(start)))
    optimizer = torch.optim.SGD([w], lr=rate)
    calls = ["zero_grad", "backward", "step", "backward", "step"]
    assert ", ".join(f"`{call}`" for call in calls) in asked("step", form).text
    for call in calls:
        if call == "backward":
            (slope * w).backward()
        else:
            getattr(optimizer, call)()
    assert {str(start), str(slope)} <= set(re.findall(r"\d+", asked("step", form).text))
    move = rate * slope
    wrong = {
        "backward replaces the gradient": start - 2 * move,
        "backward moves the weights": start - 4 * move,
        "no step without zero_grad": start - move,
    }
    assert {name: int(option_of("step", form, name)) for name in wrong} == wrong
    assert int(asked("step", form).right) == w.item() == start - 3 * move


def test_modes():
    network, images = nn.Sequential(nn.Linear(4, 50), nn.Dropout(0.5)), torch.rand(2, 4)
    with torch.no_grad():
        result = network.train()(images)
    assert (result == 0).any() and not result.requires_grad
    result = network.eval()(images)
    assert not (result == 0).any() and result.requires_grad


def curve_of(rate):
    """What the question calls the loss of gradient descent with a rate, on a valley."""
    w = torch.tensor(1.0)
    losses = []
    for _ in range(50):
        losses.append((10 * w**2).item())
        w = w - rate * 20 * w
    if not math.isfinite(losses[-1]):
        return "no number"
    return "low" if losses[-1] < 0.01 * losses[0] else "near the start"


def test_learning_rate():
    first = dict(zip(numbers(asked("learning_rate", "A").right), (1, 2, 3), strict=True))
    assert {first[rate]: curve_of(rate) for rate in first} == {
        1: "low",
        2: "no number",
        3: "near the start",
    }
    pairs = re.findall(r"([\d.]+) to (\w)", asked("learning_rate", "B").right)
    assert {curve: curve_of(float(rate)) for rate, curve in pairs} == {
        "P": "near the start",
        "Q": "low",
        "R": "no number",
    }


def mean_loss(*groups):
    """The mean loss of (how many, probability of the right class)."""
    return sum(n * -math.log(p) for n, p in groups) / sum(n for n, _ in groups)


def test_loss():
    """Each loss of the questions belongs to many right answers, and to fewer."""
    timid = {0.50: [(100, 0.6065)], 0.25: [(100, 0.7788)], 0.60: [(100, 0.5488)], 0.30: [(100, 0.7408)]}
    for loss, groups in timid.items():
        assert mean_loss(*groups) == pytest.approx(loss, abs=0.01) and groups[0][1] > 0.5
    assert mean_loss((20, 0.4), (80, 0.92)) == pytest.approx(0.25, abs=0.005)
    assert mean_loss((20, 0.4), (80, 0.864)) == pytest.approx(0.30, abs=0.005)
    for form, pair in (("A", (0.50, 0.25)), ("B", (0.60, 0.30))):
        assert set(pair) <= set(numbers(asked("loss", form).text)) and pair[0] == 2 * pair[1]
    share = option_of("loss", "A", "a loss is a share"), option_of("loss", "B", "a loss is a share")
    assert list(map(numbers, share)) == [[50, 25], [40, 70]]


@each_form
def test_state_dict(form):
    for line, behind in asked("state_dict", form).options.items():
        net = nn.Linear(2, 1)
        before = [weight.clone() for weight in net.parameters()]
        names = {"net": net, "copy": copy, "deepcopy": deepcopy}
        exec(line, names)
        with torch.no_grad():
            for weight in net.parameters():
                weight.add_(1)
        kept = names[line.split(" =")[0]]
        if isinstance(kept, nn.Module):
            kept = list(kept.parameters())
        kept = list(kept.values()) if isinstance(kept, dict) else kept
        assert all(a.equal(b) for a, b in zip(kept, before, strict=True)) == (behind == RIGHT), line


@each_form
def test_dropout(form):
    layer = layer_in(asked("dropout", form).text)
    value = float(re.search(r"value (\d+)", asked("dropout", form).text)[1])
    kept = next(x for x in layer(torch.full((200,), value)).tolist() if x)
    passed = layer.eval()(torch.tensor(value)).item()
    assert numbers(asked("dropout", form).right) == pytest.approx([kept, passed])
    wrong = {
        "what is kept stays as it is": [value, value],
        "p is the share that is kept": [value / layer.p, value],
        "evaluation is scaled": [value, value * (1 - layer.p)],
    }
    for name, pair in wrong.items():
        assert numbers(option_of("dropout", form, name)) == pytest.approx(pair)


@each_form
def test_overfitting(form):
    for option, behind in asked("overfitting", form).options.items():
        known, new = (numbers(half) for half in option.split(";"))
        assert known == sorted(known, reverse=True) and len(known) == len(new) == 3
        assert (new[2] > new[1]) == (behind == RIGHT)
        assert (new != sorted(new, reverse=True)) == (behind == RIGHT)


@each_form
def test_folded_batch(form):
    text, right = asked("folded_batch", form).text, asked("folded_batch", form).right
    shape = [int(number) for number in re.search(r"\((\d+, \d+, \d+, \d+)\)", text)[1].split(",")]
    width = int(re.search(r"view\(-1, (\d+)\)", text)[1])
    logits = layer_in(text)(torch.zeros(shape).view(-1, width))
    labels = torch.zeros(shape[0], dtype=torch.long)
    assert numbers(right) == [len(logits), len(labels)]
    assert str(math.prod(shape[1:])) in text and f"{len(labels)} labels" in text
    with pytest.raises(ValueError, match="batch_size"):
        F.cross_entropy(logits, labels)


@pytest.mark.parametrize(("form", "sure", "n", "right"), [("A", 0.95, 100, 78), ("B", 0.9, 200, 140)])
def test_calibration(form, sure, n, right):
    assert {sure, n, right} <= set(numbers(asked("calibration", form).text))
    assert f"about {n * sure:.0f} should" in asked("calibration", form).why
    error = math.sqrt(n * sure * (1 - sure))
    assert n * sure - right > 4 * error, "bad luck is no explanation"
    assert right > n / 2


@pytest.mark.parametrize(
    ("form", "means", "spread", "n", "named"),
    [("A", (97.2, 97.0), 0.3, 5, "about 0.19"), ("B", (95.9, 95.6), 0.5, 8, "is 0.25")],
)
def test_claim(form, means, spread, n, named):
    error = spread * math.sqrt(2 / n)
    assert {*means, spread} <= set(numbers(asked("claim", form).text))
    assert f"{error:.2f}" in named and named in asked("claim", form).why
    assert f"difference of {means[0] - means[1]:.1f} does" in asked("claim", form).why
    assert 0 < means[0] - means[1] < 2 * error


def test_choosing():
    """The best of many equal settings scores higher where it was chosen than where it was not."""
    true, draws = 0.95, torch.distributions.Binomial(500, torch.full((200, 40), 0.95)).sample()
    best = draws.max(dim=1).values / 500
    assert best.mean() > true + 0.01
    assert (draws[:, 0] / 500).mean() == pytest.approx(true, abs=0.005)


def test_every_right_answer_with_a_number_is_found_again_here():
    by_number = {idea.name for form, idea in ASKED if re.search(r"\d", idea.asked(form).right)}
    assert all(f"test_{name}" in globals() for name in by_number), by_number
