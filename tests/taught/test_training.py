"""The loop: equal to hand-written maths, exact, repeatable, and clear when it goes wrong."""

import copy
import math
import subprocess
import sys
from functools import partial

from mnist_lab import training
from mnist_lab.data import InMemoryLoader, load_digits, make_loader
from mnist_lab.models import SimpleCNN
from mnist_lab.training import History, NotFiniteLoss, Score, evaluation_mode

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.transforms import v2

N, PIXELS, CLASSES = 23, 6, 3  # 23 in batches of 5 leaves a short one of 3; N ≠ K


def on_its_device(function):
    """A function of mnist_lab.training, told the device that its model is on; on the CPU, its own default."""

    def called(model, *args, **options):
        device = next(model.parameters()).device
        where = {} if device.type == "cpu" else {"device": device}
        return function(model, *args, **where, **options)

    return called


evaluate, fit = on_its_device(training.evaluate), on_its_device(training.fit)
train_one_epoch = on_its_device(training.train_one_epoch)


@pytest.fixture
def images(device):
    return torch.randn(N, PIXELS, generator=torch.Generator().manual_seed(1)).to(device)


@pytest.fixture
def labels(device):
    return torch.randint(0, CLASSES, (N,), generator=torch.Generator().manual_seed(2)).to(device)


@pytest.fixture
def model(device):
    torch.manual_seed(3)
    return nn.Linear(PIXELS, CLASSES).to(device)


def batches(images, labels, size=5):
    return list(zip(images.split(size), labels.split(size), strict=True))


def sgd(model, learning_rate=0.1):
    return torch.optim.SGD(model.parameters(), lr=learning_rate)


def softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


class ByHand:
    """A linear layer with cross-entropy and SGD in numpy, gradients written out."""

    def __init__(self, model):
        self.weight = model.weight.detach().cpu().double().numpy().copy()
        self.bias = model.bias.detach().cpu().double().numpy().copy()

    def losses(self, images, labels):
        probabilities = softmax(images @ self.weight.T + self.bias)
        return -np.log(probabilities[np.arange(len(labels)), labels]), probabilities.argmax(axis=1)

    def gradients(self, images, labels):
        error = softmax(images @ self.weight.T + self.bias) - np.eye(CLASSES)[labels]
        return error.T @ images / len(labels), error.mean(axis=0)

    def step(self, images, labels, learning_rate):
        weight, bias = self.gradients(images, labels)
        self.weight -= learning_rate * weight
        self.bias -= learning_rate * bias


# Hand-written maths


def test_the_gradients_that_the_lesson_derives(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    weight, bias = ByHand(model).gradients(images.cpu().numpy(), labels.cpu().numpy())
    np.testing.assert_allclose(model.weight.grad.cpu().numpy(), weight, atol=1e-6)
    np.testing.assert_allclose(model.bias.grad.cpu().numpy(), bias, atol=1e-6)


def test_an_epoch_equals_one_by_hand(model, images, labels):
    oracle, total_loss, num_correct = ByHand(model), 0.0, 0
    for x, y in batches(images.cpu().double(), labels.cpu()):
        x, y = x.numpy(), y.numpy()
        losses, answers = oracle.losses(x, y)
        total_loss, num_correct = total_loss + losses.sum(), num_correct + (answers == y).sum()
        oracle.step(x, y, 0.1)
    score = train_one_epoch(model, batches(images, labels), sgd(model))
    np.testing.assert_allclose(model.weight.detach().cpu().numpy(), oracle.weight, atol=1e-5)
    np.testing.assert_allclose(model.bias.detach().cpu().numpy(), oracle.bias, atol=1e-5)
    assert score.loss == pytest.approx(total_loss / N, abs=1e-5)
    assert score.accuracy == num_correct / N


# evaluate


@pytest.mark.parametrize("size", [1, 5, 7, 22, 23, 100])
def test_evaluate_is_exact_with_a_short_last_batch(model, images, labels, size):
    with torch.inference_mode():
        logits = model(images)
    score = evaluate(model, batches(images, labels, size))
    assert score.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-6)
    assert score.accuracy == (logits.argmax(dim=1) == labels).sum().item() / N


def test_the_mean_of_batch_means_would_be_wrong(model, images, labels):
    """The case above tells the two apart: 23 in batches of 5 is not a tie."""
    means = [evaluate(model, [batch]) for batch in batches(images, labels)]
    exact = evaluate(model, batches(images, labels))
    assert abs(np.mean([score.loss for score in means]) - exact.loss) > 1e-3
    assert abs(np.mean([score.accuracy for score in means]) - exact.accuracy) > 1e-3


def test_the_order_is_irrelevant(model, images, labels):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(4)).to(images.device)
    first = evaluate(model, batches(images, labels))
    second = evaluate(model, batches(images[order], labels[order]))
    assert second.accuracy == first.accuracy
    assert second.loss == pytest.approx(first.loss, rel=1e-6)


def test_evaluate_is_without_gradients_and_leaves_the_weights(model, images, labels):
    before = copy.deepcopy(model.state_dict())
    evaluate(model, batches(images, labels))
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_evaluate_switches_dropout_off(images, labels, device):
    model = nn.Sequential(nn.Linear(PIXELS, CLASSES), nn.Dropout(0.9)).to(device)
    first, second = (evaluate(model, batches(images, labels)) for _ in range(2))
    assert first == second == evaluate(model[0], batches(images, labels))


def half_frozen(device):
    """In training mode, but for one part that its owner keeps in eval mode."""
    model = nn.Sequential(nn.Linear(PIXELS, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, CLASSES))
    model.train()
    model[1].eval()
    return model.to(device)


def modes(model):
    return [module.training for module in model.modules()]


def test_every_module_gets_its_own_mode_back(images, labels, device):
    model = half_frozen(device)
    before = modes(model)
    assert set(before) == {True, False}
    evaluate(model, batches(images, labels))
    assert modes(model) == before


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_of_a_whole_model_comes_back(model, images, labels, training):
    model.train(training)
    evaluate(model, batches(images, labels))
    assert modes(model) == [training]


def test_the_modes_come_back_after_an_exception(images, labels, device):
    model = half_frozen(device)
    before = modes(model)
    with pytest.raises(RuntimeError):
        evaluate(model, [(images[:, :2], labels)])
    assert modes(model) == before


def test_evaluation_mode_is_eval_inside(device):
    model = half_frozen(device)
    with evaluation_mode(model) as same:
        assert same is model and not any(modes(model))


@pytest.mark.parametrize("loader", [[], [(torch.zeros(0, PIXELS), torch.zeros(0, dtype=torch.long))]])
def test_an_empty_loader(model, loader):
    with pytest.raises(ValueError, match="no samples, where at least one was expected; check its split"):
        evaluate(model, loader)


def test_training_on_an_empty_loader(model):
    with pytest.raises(ValueError, match="no samples, where at least one was expected"):
        train_one_epoch(model, [], sgd(model))


# train_one_epoch


def test_gradients_do_not_pile_up(model, images, labels):
    """After two batches the gradients equal those of the second batch alone, at its weights."""
    (first, second) = batches(images[:10], labels[:10])
    train_one_epoch(model, [first], sgd(model))
    alone = copy.deepcopy(model)
    F.cross_entropy(alone(second[0]), second[1]).backward()
    train_one_epoch(model, [second], sgd(model))
    torch.testing.assert_close(model.weight.grad, alone.weight.grad)


def test_training_switches_the_training_mode_on(model, images, labels):
    model.eval()
    train_one_epoch(model, batches(images, labels), sgd(model))
    assert model.training


def test_after_batch_gets_the_running_averages(model, images, labels):
    seen, scores = [], []
    twin = copy.deepcopy(model)
    score = train_one_epoch(
        model,
        batches(images, labels),
        sgd(model),
        after_batch=(lambda loss, accuracy: seen.append((loss, accuracy)),),
    )
    optimizer = sgd(twin)
    for batch in batches(images, labels):
        scores.append((*evaluate(twin, [batch]), len(batch[1])))  # before its own step
        train_one_epoch(twin, [batch], optimizer)
    losses, accuracies, sizes = np.array(scores).T
    np.testing.assert_allclose(
        seen,
        np.stack([losses * sizes, accuracies * sizes]).cumsum(axis=1).T / sizes.cumsum()[:, None],
        rtol=1e-5,
    )
    assert seen[-1] == score and isinstance(score, Score)


def test_every_after_batch_function_is_called_in_order(model, images, labels):
    calls = []
    functions = [lambda loss, accuracy, name=name: calls.append(name) for name in "ab"]
    train_one_epoch(model, batches(images, labels), sgd(model), after_batch=functions)
    assert calls == list("ab") * 5


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_not_finite(model, images, labels, value):
    images[7, 0] = value  # in the second batch
    twin = copy.deepcopy(model)
    words = r"The loss became (nan|inf), .*lower learning rate \(it was 0\.25\).*images are finite"
    with pytest.raises(NotFiniteLoss, match=words):
        train_one_epoch(model, batches(images, labels), sgd(model, 0.25))
    train_one_epoch(twin, batches(images, labels)[:1], sgd(twin, 0.25))
    assert torch.equal(model.weight, twin.weight), "the bad batch reached the weights"


def test_the_message_names_every_learning_rate(model, images, labels):
    groups = [{"params": [model.weight], "lr": 0.5}, {"params": [model.bias], "lr": 1e-5}]
    with pytest.raises(NotFiniteLoss, match=r"it was 0\.5, 1e-05"):
        train_one_epoch(model, batches(images * math.nan, labels), torch.optim.SGD(groups))


# fit and History


def run(model, images, labels, **options):
    loader = batches(images, labels)
    options = {"num_epochs": 3} | options
    return fit(model, loader, batches(images, labels, 8), sgd(model), **options)


def test_fit_is_epochs_and_evaluations(model, images, labels):
    twin = copy.deepcopy(model)
    history = run(model, images, labels)
    optimizer = sgd(twin)
    for epoch in range(3):
        train = train_one_epoch(twin, batches(images, labels), optimizer)
        validation = evaluate(twin, batches(images, labels, 8))
        assert (history.train_loss[epoch], history.train_accuracy[epoch]) == train
        assert (history.validation_loss[epoch], history.validation_accuracy[epoch]) == validation
    assert torch.equal(model.weight, twin.weight)
    assert isinstance(history, History) and len(history) == 3


def test_two_histories_share_nothing():
    first, second = History(), History()
    first.append(Score(1.0, 0.1), Score(2.0, 0.2))
    assert (len(first), len(second)) == (1, 0)
    assert first == History([1.0], [0.1], [2.0], [0.2])


@pytest.mark.parametrize("num_epochs", [0, -1, 2.0, math.nan, True, "3", None])
def test_what_is_no_number_of_epochs_is_refused_before_anything_is_touched(model, images, labels, num_epochs):
    before = model.weight.clone()
    with pytest.raises(ValueError, match="num_epochs is a whole number from 1 up, but got"):
        run(model, images, labels, num_epochs=num_epochs)
    assert torch.equal(model.weight, before)


def test_after_epoch_sees_the_history_grow(model, images, labels):
    lengths = []
    history = run(model, images, labels, after_epoch=(lambda history: lengths.append(len(history)),))
    assert lengths == [1, 2, 3] and len(history) == 3


def test_true_ends_the_training_and_all_functions_are_still_called(model, images, labels):
    calls = []

    def stop(history):
        calls.append("stop")
        return len(history) == 2

    def note(history):
        calls.append("note")

    assert len(run(model, images, labels, num_epochs=5, after_epoch=(stop, note))) == 2
    assert calls == ["stop", "note"] * 2


@pytest.mark.parametrize("value", [1, "yes", [0.5], False, None])
def test_only_true_itself_ends_the_training(model, images, labels, value):
    assert len(run(model, images, labels, after_epoch=(lambda history: value,))) == 3


def test_after_batch_goes_through_fit(model, images, labels):
    calls = []
    run(model, images, labels, after_batch=(lambda loss, accuracy: calls.append(loss),))
    assert len(calls) == 3 * 5


def test_after_epoch_may_evaluate_without_changing_the_run(images, labels, device):
    """Re-scoring inside fit, as the lesson does, leaves the numbers of the run as they were."""
    histories = []
    for rescore in (False, True):
        torch.manual_seed(5)
        model = half_frozen(device)
        watch = (lambda history, m=model: [evaluate(m, batches(images, labels))],) if rescore else ()
        histories.append(run(model, images, labels, after_epoch=watch))
    assert histories[0] == histories[1]


def test_fit_checks_the_validation_loss_too(model, images, labels):
    with pytest.raises(NotFiniteLoss, match="The loss became nan"):
        fit(model, batches(images, labels), batches(images * math.nan, labels), sgd(model), num_epochs=1)


def test_a_line_an_epoch_stays(model, images, labels, capsys):
    history = run(model, images, labels, num_epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert (
        lines[1].split()
        == (
            f"epoch 2 train loss {history.train_loss[1]:.3f}, {history.train_accuracy[1]:.1%} right "
            f"validation loss {history.validation_loss[1]:.3f}, {history.validation_accuracy[1]:.1%} right"
        ).split()
    )


# With the real network and both loaders


def digits(name, device, *, shuffle=True):
    """A few digits, as the loader of that name gives them; only the one in memory keeps them there."""
    to_tensor = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize((0.5,), (0.5,))]
    split = load_digits(transform=v2.Compose(to_tensor)).validation
    split = torch.utils.data.Subset(split, range(70))
    make = partial(InMemoryLoader, device=device) if name == "memory" else make_loader
    return make(split, batch_size=16, shuffle=shuffle, seed=6), make(split, batch_size=32)


def trained(name, device, *, dropout=0.2, shuffle=True):
    torch.manual_seed(7)
    model = SimpleCNN(dropout=dropout).to(device)
    train_loader, validation_loader = digits(name, device, shuffle=shuffle)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    return model, fit(model, train_loader, validation_loader, optimizer, num_epochs=2)


@pytest.mark.parametrize("name", ["memory", "files"])
def test_the_same_seed_gives_the_same_numbers(name, device):
    (model, history), (again, second) = trained(name, device), trained(name, device)
    assert second == history and history.train_loss[1] < history.train_loss[0]
    for name, value in again.state_dict().items():
        assert torch.equal(value, model.state_dict()[name])


def test_both_loaders_teach_the_same(device):
    """In a fixed order and without dropout, which leaves no chance; shuffles differ between them."""
    (_, memory), (_, files) = (trained(n, device, dropout=0.0, shuffle=False) for n in ("memory", "files"))
    np.testing.assert_allclose(memory.train_loss, files.train_loss, rtol=1e-4)
    np.testing.assert_allclose(memory.validation_loss, files.validation_loss, rtol=1e-4)
    assert memory.train_loss[1] < memory.train_loss[0]


def test_a_bar_that_ends_early_is_full_and_one_that_fails_is_not():
    with training.progress_bar(10) as progress:
        progress.advance(0.1, 0.5)
    assert progress.bar.total == progress.bar.n == 1
    with pytest.raises(ZeroDivisionError), training.progress_bar(10) as progress:
        progress.advance(0.1, 1 / 0)
    assert progress.bar.total == 10


def test_in_a_notebook_without_ipywidgets_the_progress_bar_comes_without_a_warning():
    program = (
        "import sys, ipykernel.zmqshell\n"
        "sys.modules['ipywidgets'] = None\n"
        "import mnist_lab.training, tqdm.auto\n"
        "print(tqdm.auto.notebook_tqdm is tqdm.auto.std_tqdm)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")
