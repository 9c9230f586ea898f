"""The concept test: parallel forms, honest options, right answers recomputed, answers kept and not judged."""

import difflib
import json
import math
import re
from copy import copy, deepcopy
from dataclasses import replace

from mnist_lab.exercises import answer, concept_result, concept_test, concepts
from mnist_lab.exercises.concepts.idea import FORMS, RIGHT
from mnist_lab.exercises.concepts.sheet import (
    IDEAS,
    Sheet,
    concept_gains,
    read_sheet,
    sheet_path,
    write_sheet,
)
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
    lessons = [plain(each.text).split() for each in questions()]
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
    wanted = x.movedim(*move_to)
    for option, behind in asked("axes", form).options.items():
        came = move(option, x)
        assert (came.shape == wanted.shape and came.equal(wanted)) == (behind == RIGHT)
        assert (came.shape == wanted.shape) == (behind in (RIGHT, "reshape moves axes"))


@pytest.mark.parametrize(("form", "name"), [("A", "scores"), ("B", "votes")])
def test_argmax(form, name):
    shape = tuple(map(int, re.search(r"\((\d+), (\d+)\)", asked("argmax", form).text).groups()))
    table = torch.rand(shape)
    wanted = torch.tensor([max(range(shape[0]), key=lambda row: table[row, i]) for i in range(shape[1])])
    for option, behind in asked("argmax", form).options.items():
        came = eval(option, {name: table})
        assert (came.shape == wanted.shape and came.equal(wanted)) == (behind == RIGHT)


def layer_in(text):
    """The layer that a question names, built."""
    return eval(re.search(r"nn\.\w+\([^)]*\)", text)[0], {"nn": nn})


@pytest.mark.parametrize(
    ("form", "size", "kernel", "padding", "stride"), [("A", 22, 9, 4, 2), ("B", 24, 11, 5, 2)]
)
def test_output_size(form, size, kernel, padding, stride):
    assert {size, kernel, padding, stride} <= set(numbers(asked("output_size", form).text))
    layer = nn.Conv2d(1, 8, kernel, padding=padding, stride=stride)
    came = layer(torch.zeros(1, 1, size, size)).shape
    assert came[2] == came[3] == int(asked("output_size", form).right)
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
        came = network.train()(images)
    assert (came == 0).any() and not came.requires_grad
    came = network.eval()(images)
    assert not (came == 0).any() and came.requires_grad


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


# In a notebook and without


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """An empty folder as that of the notebook, and an empty memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(concepts, "UNSAVED", {})
    return tmp_path


@pytest.fixture
def front_end(monkeypatch):
    """Catch the bundles that a notebook would show."""
    caught = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda data, raw: caught.append(data))
    return caught


def said(capsys):
    return capsys.readouterr().out.strip()


def letter(form, number, behind=RIGHT):
    options = IDEAS[number - 1].asked(form).options
    return "ABCD"[list(options.values()).index(behind)]


def fill(form, *, wrong=()):
    """Answer all questions of a form, those of the given numbers with the first misconception."""
    for number, idea in enumerate(IDEAS, 1):
        behind = next(iter(idea.misconceptions)) if number in wrong else RIGHT
        answer(f"{form}{number}", letter(form, number, behind))


def test_a_run_of_all_cells_asks_and_writes_nothing(capsys, folder):
    concept_test("A")
    concept_result("A")
    text = said(capsys)
    assert text.count("Question A") == 20 and "Question A1. Eight pictures" in text
    assert 'Without buttons: answer("A20", "A")' in text and "0 of 20 answered" in text
    assert "Form A has no answers yet" in text
    assert list(folder.iterdir()) == []


@each_form
def test_the_questions_give_nothing_away(form, capsys, front_end):
    concept_test(form)
    shown = "".join(str(bundle) for bundle in front_end)
    for idea in IDEAS:
        assert idea.title not in shown and idea.asked(form).why[:40] not in shown
        assert not any(name in shown or help in shown for name, help in idea.misconceptions.items())


def test_right_and_wrong_are_noted_in_the_same_words(capsys):
    answer("A1", "C")
    right = said(capsys)
    answer("a1", "reshape(8, 20, 30, 3)")
    assert right == "Noted: C. 1 of 20 answered." and said(capsys) == "Noted: B. 1 of 20 answered."


def test_answers_are_kept_on_disk_by_their_text(folder):
    answer("B3", "B")
    stored = json.loads((folder / "concept_test_B.json").read_text(encoding="utf-8"))
    assert stored["concept_test"] == "B" and stored["answers"] == {"output_size": "12"}
    assert stored["finished"] is False and stored["saved"] and stored["mnist_lab"]
    assert read_sheet(sheet_path("B")).scores()["output_size"] is True


def test_the_next_kernel_goes_on_where_this_one_stopped(capsys):
    answer("A3", "C")
    said(capsys)
    concept_test("A")
    text = said(capsys)
    assert "1 of 20 answered. The answers are kept in concept_test_A.json." in text
    assert "Question A3, answered before. " in text and "Question A4. " in text


def test_the_result_waits_for_all_answers_unless_asked_for(capsys, folder):
    for number in range(1, 19):
        answer(f"A{number}", letter("A", number))
    said(capsys)
    concept_result("A")
    assert said(capsys).startswith("2 of 20 still open: A19, A20\n  Answer them, or leave them out:")
    assert json.loads((folder / "concept_test_A.json").read_text())["finished"] is False
    concept_result("A", now=True)
    text = said(capsys)
    assert text.startswith("Form A: 18 of 20 ideas") and "treated in lessons 09, 10." in text
    assert text.count("You left it out.") == 2 and "· A19 · " in text


def test_a_result_names_each_misconception_and_its_lesson(capsys):
    fill("A", wrong=(4,))
    said(capsys)
    concept_result("A")
    lines = said(capsys).splitlines()
    assert lines[0] == "Form A: 19 of 20 ideas" and "treated in lesson 01." in lines[2]
    place = next(i for i, line in enumerate(lines) if "✗" in line)
    assert lines[place].endswith("that they are shared · lesson 01")
    assert lines[place + 1] == "      Your answer: 100"
    assert lines[place + 2].startswith('      The misconception: "a filter is one square". Each filter spans')
    assert lines[place + 3].startswith("      Right is: 550. Ten filters")
    assert sum("✓" in line for line in lines) == 19


def test_every_option_of_every_question_can_be_answered_and_judged(capsys):
    for form in FORMS:
        for number, idea in enumerate(IDEAS, 1):
            for text, behind in idea.asked(form).options.items():
                answer(f"{form}{number}", text)
                assert read_sheet(sheet_path(form)).behind(idea) == behind
        concept_result(form)
    text = said(capsys)
    assert "From form A to form B: " in text


def test_after_the_result_no_answer_changes(capsys):
    fill("A", wrong=(1, 2))
    concept_result("A")
    said(capsys)
    answer("A1", letter("A", 1))
    assert said(capsys) == "The result of form A is out; the answers from before it count."
    before = sheet_path("A").stat().st_mtime_ns
    concept_result("A")
    assert "18 of 20 ideas" in said(capsys) and sheet_path("A").stat().st_mtime_ns == before
    concept_test("A")
    assert "Without the file concept_test_A.json it begins anew" in said(capsys)


def test_form_b_shows_what_has_changed_since_form_a(capsys):
    fill("A", wrong=(1, 2))
    concept_result("A")
    assert "From form A" not in said(capsys)
    fill("B", wrong=(2, 3))
    concept_result("B")
    text = said(capsys)
    first, third = IDEAS[0].title, IDEAS[2].title
    assert f"From form A to form B: 18 to 18. New: {first}. No longer there: {third}." in text


def test_a_notebook_shows_buttons_that_keep_the_answer(front_end):
    from ipywidgets.widgets.widget import _instances

    concept_test("A")
    assert len(front_end) == 42
    view = _instances[front_end[14]["application/vnd.jupyter.widget-view+json"]["model_id"]]
    toggle, reply = view.children
    assert toggle.value is None and toggle.tooltips[0] == "shifts by two pixels, in training"
    toggle.value = "B"
    assert "Noted: B. 1 of 20 answered." in reply.value
    toggle.value = "A"
    assert "Noted: A. 1 of 20 answered." in reply.value
    assert read_sheet(sheet_path("A")).scores()["augmentation"] is True


def test_the_button_lists_what_is_open_and_then_shows_the_result(front_end, folder):
    from ipywidgets.widgets.widget import _instances

    concept_test("A")
    bundle = front_end[-1]
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} == set(bundle)
    button, shown = _instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]].children
    button.click()
    button.click()
    assert "20 of 20 still open" in shown.value and not list(folder.iterdir())
    answer("A1", "C")
    button.click()
    assert "19 of 20 still open: A2" in shown.value and "press again" in shown.value
    answer("A2", "A")
    button.click()
    assert "18 of 20 still open: A3" in shown.value, "something was answered, so it lists anew"
    button.click()
    assert "Form A: 2 of 20 ideas" in shown.value and 'role="status"' in shown.value
    assert read_sheet(sheet_path("A")).finished


def test_without_ipywidgets_the_test_is_still_asked(front_end, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    concept_test("B")
    assert len(front_end) == 22 and all(set(b) == {"text/plain", "text/html"} for b in front_end)


# What goes wrong


@pytest.mark.parametrize("content", ["", "[]", "{", '{"concept_test": "C", "answers": {}}', "[" * 99_999])
def test_a_damaged_file_stops_nothing(content, capsys, folder):
    (folder / "concept_test_A.json").write_text(content)
    with pytest.raises(ValueError, match="holds no answers to the concept test"):
        read_sheet(sheet_path("A"))
    concept_test("A")
    text = said(capsys)
    assert "The next answer replaces it." in text and "0 of 20 answered" in text
    answer("A1", "C")
    assert "1 of 20 answered" in said(capsys)
    assert read_sheet(sheet_path("A")).answered() == ["axes"]


@pytest.mark.parametrize(
    "answers", [{"axes": 3}, {"axes": ["permute"]}, ["axes"], None, {"axes": {"option": "A"}}]
)
def test_answers_that_are_none_are_refused(answers, folder):
    path = folder / "sheet.json"
    path.write_text(json.dumps({"concept_test": "A", "answers": answers}))
    with pytest.raises(ValueError, match="holds no answers"):
        read_sheet(path)
    with pytest.raises(ValueError, match=r"missing\.json holds no answers"):
        read_sheet(folder / "missing.json")


def test_an_option_that_is_worded_otherwise_now_counts_as_open():
    sheet = Sheet("A", {"axes": "transpose(1, 3)", "an idea of old": "yes", "argmax": "scores.argmax()"})
    assert sheet.answered() == ["argmax"] and len(sheet.unanswered()) == 19


def test_the_sheet_of_the_other_form_is_not_taken(capsys, folder):
    write_sheet(Sheet("B", {"axes": "permute(0, 3, 1, 2)"}))
    sheet_path("B").rename("concept_test_A.json")
    concept_test("A")
    text = said(capsys)
    assert "concept_test_A.json is of form B." in text and "0 of 20 answered" in text


def test_where_nothing_can_be_written_the_answers_last_as_long_as_the_kernel(capsys, monkeypatch):
    def refuse(sheet):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(concepts, "write_sheet", refuse)
    answer("A1", "C")
    answer("A2", "A")
    assert "2 of 20 answered. It is not on disk (Read-only file system)" in said(capsys)
    concept_result("A", now=True)
    text = said(capsys)
    assert "Form A: 2 of 20 ideas" in text and "Read-only file system" in text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: concept_test("C"), "The concept test has the forms A and B, but got 'C'"),
        (lambda: concept_result(None), "forms A and B, but got None"),
        (lambda: answer("A1", "E"), r"Question A1 has no option 'E'; choose one of A"),
        (lambda: answer("A21", "A"), "There is no question 'A21'"),
        (lambda: answer("A0", "A"), "There is no question 'A0'"),
    ],
)
def test_what_cannot_be_asked_or_answered_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_gain_is_counted_over_the_same_learners():
    name, wrong = "argmax", "scores.argmax()"
    knows = {form: {name: asked(name, form).right} for form in FORMS}
    pairs = [
        (Sheet("A", {name: wrong}), Sheet("B", knows["B"])),
        (Sheet("A", knows["A"]), Sheet("B", knows["B"])),
        (Sheet("A"), Sheet("B")),
    ]
    gains = concept_gains(pairs)
    assert gains[name] == (1, 2, 3) and gains["axes"] == (0, 0, 3) and list(gains) == list(BY_NAME)
    assert concept_gains([])[name] == (0, 0, 0)
