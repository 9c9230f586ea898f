"""What a checkpoint holds: complete, plain, and a resumed run ends where the undisturbed one does.

How its file is written and read, whole or not at all, is in test_checkpoints_sealed.py.
"""

import copy
import random
import re

from mnist_lab.checkpoints import SaveEveryEpoch, load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.sealed import CheckpointError, WrongArchitecture
from mnist_lab.data import InMemoryLoader, load_digits, make_loader
from mnist_lab.devices import seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.training import History, Score, fit

import pytest
import torch
from torch import nn
from torch.utils.data import Subset
from torchvision.transforms import v2

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}
NETWORK = nn.Linear(2, 1)
SCHEDULE = torch.optim.lr_scheduler.StepLR(torch.optim.Adam(NETWORK.parameters()), 1)


@pytest.fixture(scope="module")
def digits():
    train, validation, _ = load_digits()
    return Subset(train, range(96)), Subset(validation, range(40))


@pytest.fixture
def images(digits):
    return next(iter(InMemoryLoader(digits[1], batch_size=40)))[0]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pt"


# What is in it


def test_a_checkpoint_holds_all_that_was_promised_in_plain_types(path, digits, device):
    model = SimpleCNN(dropout=0.25).to(device)
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    loader = InMemoryLoader(digits[0], shuffle=True, device=device)
    history = fit(model, loader, loader, optimizer, num_epochs=2, device=device)
    save_checkpoint(
        path, model, **ABOUT, optimizer=optimizer, scheduler=scheduler, loader=loader, history=history
    )
    content = torch.load(path, weights_only=True)
    assert content["format"] == 1
    assert (content["architecture"], content["arguments"]) == ("SimpleCNN", {"dropout": 0.25})
    assert (content["mean"], content["std"], content["digits"]) == (0.5, 0.5, "bundled")
    assert content["classes"] == list("0123456789")
    assert content["epoch"] == 2 and content["history"]["validation_loss"] == history.validation_loss
    assert content["kinds"] == {"optimizer": "Adam", "scheduler": "StepLR"}
    assert {"python", "torch", "loader"} <= set(content["random"])
    assert content["versions"]["torch"] == str(torch.__version__)
    tensors = [*content["weights"].values(), *content["optimizer"]["state"][0].values()]
    assert all(tensor.device.type == "cpu" for tensor in tensors)


def test_load_model_gives_the_same_logits_in_eval_mode(path, images, device):
    model = SimpleCNN(dropout=0.5).to(device)
    save_checkpoint(path, model, **ABOUT)
    loaded = load_model(path, device=str(device))
    assert not loaded.training and loaded.dropout.p == 0.5
    with torch.inference_mode():
        assert torch.equal(loaded(images.to(device)), model.eval()(images.to(device)))


def test_loading_into_a_model_leaves_its_mode_alone(path):
    save_checkpoint(path, SimpleCNN(), **ABOUT)
    assert load_checkpoint(path, model=(model := SimpleCNN().train())) and model.training


def test_digits_mean_and_std_have_no_default(path):
    with pytest.raises(TypeError, match=r"digits.*mean.*std"):
        save_checkpoint(path, SimpleCNN())


def test_a_network_of_ones_own_is_given_to_load_model(path):
    own = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    save_checkpoint(path, own, **ABOUT)
    with pytest.raises(WrongArchitecture, match=r"holds a Sequential.*load_model\(path, model=Sequential"):
        load_model(path)
    fresh = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    assert torch.equal(load_model(path, model=fresh)[1].weight, own[1].weight)


# Exact resumption


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=0.002), None


def sgd_with_schedule(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    return optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)


def adamw_one_cycle(model):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=4)


def in_memory(dataset, device):
    augment = v2.RandomAffine(10, translate=(0.1, 0.1), fill=-1.0)
    return InMemoryLoader(dataset, shuffle=True, seed=3, augment=augment, device=device)


def per_image(dataset, device):
    steps = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.RandomRotation(10)]
    train, _, _ = load_digits(transform=v2.Compose([*steps, v2.Normalize((0.5,), (0.5,))]))
    return make_loader(Subset(train, dataset.indices), shuffle=True, seed=3)


def start(digits, make_loader, make_optimizer, device):
    """Everything anew, as a fresh process has it."""
    seed_everything(5)
    model = SimpleCNN(dropout=0.4).to(device)
    optimizer, scheduler = make_optimizer(model)
    return model, optimizer, scheduler, make_loader(digits[0], device)


def train_on(parts, digits, path, *, num_epochs, device, earlier=None):
    model, optimizer, scheduler, loader = parts
    save = SaveEveryEpoch(
        path, model, optimizer=optimizer, scheduler=scheduler, loader=loader, earlier=earlier, **ABOUT
    )
    step = [lambda history: scheduler.step()] if scheduler else []
    validation = InMemoryLoader(digits[1], device=device)
    return fit(
        model, loader, validation, optimizer,
        num_epochs=num_epochs, device=device, after_epoch=[*step, save],
    )  # fmt: skip


@pytest.mark.parametrize("kind_of_loader", [in_memory, per_image])
@pytest.mark.parametrize("kind_of_optimizer", [adam, sgd_with_schedule, adamw_one_cycle])
def test_a_resumed_run_ends_bit_identical(tmp_path, digits, kind_of_loader, kind_of_optimizer):
    device = "cpu"  # what an accelerator adds up in parallel may differ in the last bit from run to run
    straight = start(digits, kind_of_loader, kind_of_optimizer, device)
    train_on(straight, digits, tmp_path / "straight.pt", num_epochs=4, device=device)
    stopped = start(digits, kind_of_loader, kind_of_optimizer, device)
    train_on(stopped, digits, tmp_path / "stopped.pt", num_epochs=2, device=device)

    random.random(), torch.rand(7)
    model, optimizer, scheduler, loader = start(digits, kind_of_loader, kind_of_optimizer, device)
    earlier = load_checkpoint(
        tmp_path / "stopped.pt", model=model, optimizer=optimizer, scheduler=scheduler, loader=loader
    )
    assert earlier["epoch"] == 2
    parts = (model, optimizer, scheduler, loader)
    train_on(parts, digits, tmp_path / "stopped.pt", num_epochs=2, device=device, earlier=earlier)

    assert_same(model.state_dict(), straight[0].state_dict())
    first, second = (load_checkpoint(tmp_path / name) for name in ("straight.pt", "stopped.pt"))
    assert second["epoch"] == 4 and first["history"] == second["history"]
    assert_same(first["random"], second["random"])


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        same = torch.equal(value, second[name]) if isinstance(value, torch.Tensor) else value == second[name]
        assert same, name


def test_the_run_that_goes_on_does_not_change_what_was_loaded(tmp_path, digits):
    parts = start(digits, in_memory, adam, "cpu")
    train_on(parts, digits, tmp_path / "a.pt", num_epochs=1, device="cpu")
    model, optimizer, _, loader = parts
    content = load_checkpoint(tmp_path / "a.pt", model=model, optimizer=optimizer, loader=loader)
    before = copy.deepcopy(content["optimizer"]["state"][0])
    fit(model, loader, loader, optimizer, num_epochs=1)
    assert_same(content["optimizer"]["state"][0], before)


@pytest.mark.parametrize("left_out", ["scheduler", "loader"])
def test_a_resumed_run_may_leave_nothing_out(path, digits, left_out):
    model, optimizer, scheduler, loader = start(digits, in_memory, sgd_with_schedule, "cpu")
    parts = {"optimizer": optimizer, "scheduler": scheduler, "loader": loader}
    save_checkpoint(path, model, **ABOUT, **parts)
    before = copy.deepcopy(model.state_dict())
    nn.init.zeros_(model.fc2.weight)
    with pytest.raises(CheckpointError, match=f"saved with a {left_out}.*Give {left_out}="):
        load_checkpoint(path, model=model, **{**parts, left_out: None})
    assert model.fc2.weight.abs().sum() == 0, "nothing is loaded if anything is missing"
    assert load_checkpoint(path, model=model)
    assert_same(model.state_dict(), before)


def test_another_optimizer_is_refused_by_name(path):
    model = SimpleCNN()
    save_checkpoint(path, model, **ABOUT, optimizer=adam(model)[0])
    with pytest.raises(CheckpointError, match="the state of Adam, but SGD was given"):
        load_checkpoint(path, model=model, optimizer=sgd_with_schedule(model)[0])
    save_checkpoint(path, model, **ABOUT)
    with pytest.raises(CheckpointError, match="holds no optimizer, but Adam was given"):
        load_checkpoint(path, model=model, optimizer=adam(model)[0])


def test_an_optimizer_of_another_network_is_refused(path):
    model = SimpleCNN()
    save_checkpoint(path, model, **ABOUT, optimizer=adam(model)[0])
    half = torch.optim.Adam(list(model.parameters())[:3])
    with pytest.raises(WrongArchitecture, match=r"saved with \[8\] parameters.*has \[3\]"):
        load_checkpoint(path, model=model, optimizer=half)


def test_history_joins_earlier_epochs(path):
    history = History()
    history.append(Score(2.0, 0.1), Score(1.5, 0.2))
    save = SaveEveryEpoch(path, SimpleCNN(), **ABOUT)
    save(history)
    again = SaveEveryEpoch(path, SimpleCNN(), earlier=load_checkpoint(path), **ABOUT)
    again(history)
    again(history)
    assert load_checkpoint(path)["history"]["train_loss"] == [2.0, 2.0]


# Every optimizer and scheduler of torch

OPTIMIZERS = sorted(
    name for name, kind in vars(torch.optim).items()
    if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer) and name != "Optimizer"
)  # fmt: skip


def one_step(model, optimizer, name):
    def closure():
        optimizer.zero_grad()
        loss = model(torch.tensor([1, 2])).square().sum()
        loss.backward()
        return loss

    closure()
    optimizer.step(closure)


def build_optimizer(name):
    torch.manual_seed(0)
    model = nn.Embedding(5, 4, sparse=name == "SparseAdam")
    return model, getattr(torch.optim, name)(model.parameters(), lr=0.1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_resumed_exactly(path, name):
    model, optimizer = build_optimizer(name)
    one_step(model, optimizer, name)
    save_checkpoint(path, model, **ABOUT, optimizer=optimizer)
    fresh, resumed = build_optimizer(name)
    load_checkpoint(path, model=fresh, optimizer=resumed)
    one_step(model, optimizer, name)
    one_step(fresh, resumed, name)
    assert torch.equal(model.weight, fresh.weight)


class Home(torch.optim.SGD):
    """An optimizer of one's own that keeps more than torch copies."""

    def __init__(self, params, lr):
        super().__init__(params, lr=lr, momentum=0.9)
        self.calls = 0

    def step(self, closure=None):
        self.calls += 1
        return super().step(closure)


def test_an_optimizer_of_ones_own_is_resumed(path):
    model = nn.Linear(2, 1)
    save_checkpoint(path, model, **ABOUT, optimizer=Home(model.parameters(), 0.1))
    load_checkpoint(path, model=model, optimizer=(own := Home(model.parameters(), 0.3)))
    assert own.param_groups[0]["lr"] == 0.1


lr = torch.optim.lr_scheduler
SCHEDULERS = {
    "StepLR": lambda o: lr.StepLR(o, 2),
    "MultiStepLR": lambda o: lr.MultiStepLR(o, [2, 3]),
    "ConstantLR": lr.ConstantLR,
    "LinearLR": lr.LinearLR,
    "ExponentialLR": lambda o: lr.ExponentialLR(o, 0.9),
    "PolynomialLR": lr.PolynomialLR,
    "CosineAnnealingLR": lambda o: lr.CosineAnnealingLR(o, 4),
    "CosineAnnealingWarmRestarts": lambda o: lr.CosineAnnealingWarmRestarts(o, 4),
    "CyclicLR": lambda o: lr.CyclicLR(o, 0.01, 0.1),
    "OneCycleLR": lambda o: lr.OneCycleLR(o, 0.1, total_steps=4),
    "LambdaLR": lambda o: lr.LambdaLR(o, lambda step: 0.9**step),
    "MultiplicativeLR": lambda o: lr.MultiplicativeLR(o, lambda step: 0.9),
    "ReduceLROnPlateau": lambda o: lr.ReduceLROnPlateau(o, patience=0),
    "SequentialLR": lambda o: lr.SequentialLR(o, [lr.ConstantLR(o), lr.ExponentialLR(o, 0.9)], [2]),
    "ChainedScheduler": lambda o: lr.ChainedScheduler([lr.ConstantLR(o), lr.ExponentialLR(o, 0.9)]),
}


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_is_resumed_exactly(path, name, steps):
    def build():
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        return model, optimizer, SCHEDULERS[name](optimizer)

    def step(optimizer, scheduler):
        optimizer.step()
        scheduler.step(*([1.0] if name == "ReduceLROnPlateau" else []))
        return optimizer.param_groups[0]["lr"]

    model, optimizer, scheduler = build()
    for _ in range(steps):
        step(optimizer, scheduler)
    save_checkpoint(path, model, **ABOUT, optimizer=optimizer, scheduler=scheduler)
    fresh, other, resumed = build()
    load_checkpoint(path, model=fresh, optimizer=other, scheduler=resumed)
    assert step(other, resumed) == step(optimizer, scheduler)


# Another architecture


class Renamed(SimpleCNN):
    def __init__(self):
        super().__init__()
        self.output = self.fc2
        del self.fc2


class Wider(SimpleCNN):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64 * 12 * 12, 128)


def test_missing_and_unexpected_layers_are_named_and_nothing_is_changed(path):
    save_checkpoint(path, Renamed(), **ABOUT)
    model = SimpleCNN()
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(WrongArchitecture) as caught:
        load_checkpoint(path, model=model)
    text = str(caught.value)
    assert "missing in the file: fc2.weight, fc2.bias" in text
    assert "not in the network: output.weight, output.bias" in text
    assert_same(model.state_dict(), before)


def test_a_wrong_size_is_named_with_both_sizes(path):
    save_checkpoint(path, Wider(), **ABOUT)
    with pytest.raises(
        WrongArchitecture,
        match=r"fc1.weight \(128, 9216\) in the file, \(128, 2304\) in the network",
    ):
        load_model(path, model=SimpleCNN())


# What is given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mean": (0.5, 0.5)}, r"mean missing or of the wrong type \(got \(0.5, 0.5\)\)"),
        ({"std": None}, r"std missing or of the wrong type \(got None\)"),
        ({"mean": "grey"}, r"mean missing or of the wrong type \(got 'grey'\)"),
        ({"mean": torch.zeros(2)}, "mean missing or of the wrong type"),
        ({"std": 0}, "std of a checkpoint should be a finite number above 0, but got 0.0"),
        ({"classes": 10}, r"classes missing or of the wrong type \(got 10\)"),
        ({"digits": 5000}, r"digits missing or of the wrong type \(got 5000\)"),
        ({"optimizer": "adam"}, "optimizer and scheduler are objects of torch.optim, .* but got 'adam'"),
        ({"optimizer": torch.optim.Adam}, "optimizer and scheduler are objects of torch.optim"),
        ({"scheduler": 3}, "optimizer and scheduler are objects of torch.optim, .* but got 3"),
        ({"optimizer": SCHEDULE}, "optimizer of a checkpoint should be the state of an optimizer, but got {"),
        ({"optimizer": NETWORK}, "optimizer and scheduler are objects of torch.optim, .* but got Linear"),
        ({"scheduler": SCHEDULE.optimizer}, "scheduler of a checkpoint should be the state of a scheduler"),
        ({"scheduler": NETWORK}, "optimizer and scheduler are objects of torch.optim"),
        ({"classes": set("01")}, r"classes missing or of the wrong type \(got {'"),
        ({"classes": {0: "zero"}}, r"classes missing or of the wrong type \(got {0: 'zero'}\)"),
        ({"history": [0.5]}, r"history is what fit returns, but got \[0.5\]"),
        ({"history": {"train_loss": 0.5}}, "history is what fit returns, but got {'train_loss': 0.5}"),
        ({"history": {"loss": [0.5]}}, "history is what fit returns, but got {'loss'"),
        ({"loader": 3}, "loader is one that shuffles, .* but got 3; or leave it out"),
        ({"loader": InMemoryLoader}, "loader is .* but got <class"),
        ({"loader": SCHEDULE.optimizer}, "loader is .* but got Adam"),
    ],
)
def test_what_cannot_be_saved_is_named_and_nothing_is_written(path, given, said):
    with pytest.raises(CheckpointError, match=said):
        save_checkpoint(path, nn.Linear(2, 1), **{**ABOUT, **given})
    with pytest.raises(CheckpointError, match=said):  # before the first epoch, not after it
        earlier = {"history": given.pop("history", None)}
        SaveEveryEpoch(path, nn.Linear(2, 1), earlier=earlier, **ABOUT | given)
    assert not path.exists()


def test_a_place_where_nothing_can_be_saved_is_found_before_the_first_epoch(path):
    for place in (path.parent, path / "model.pt"):
        with pytest.raises(CheckpointError, match=re.escape(str(place))):
            SaveEveryEpoch(place, nn.Linear(2, 1), **ABOUT)
    for wrong in (3, "model.pt", {}):
        with pytest.raises(CheckpointError, match="earlier is what load_checkpoint returns, but got"):
            SaveEveryEpoch(path, nn.Linear(2, 1), earlier=wrong, **ABOUT)
    SaveEveryEpoch(path, nn.Linear(2, 1), **ABOUT)
    assert not path.exists()


def test_numbers_of_other_kinds_are_saved_as_numbers(path):
    save_checkpoint(path, nn.Linear(2, 1), digits="bundled", mean=torch.tensor(0.5), std=1, classes="ab")
    content = load_checkpoint(path)
    assert [content[name] for name in ("mean", "std", "classes")] == [0.5, 1.0, ["a", "b"]]
    assert type(content["mean"]) is type(content["std"]) is float


def test_a_device_that_is_not_here_leaves_the_given_model_as_it_was(path):
    save_checkpoint(path, nn.Linear(2, 1), **ABOUT)
    model = nn.Linear(2, 1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ValueError, match="There is no device 'cuda:99' here"):
        load_model(path, model=model, device="cuda:99")
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not model._forward_pre_hooks


class Doubled(SimpleCNN):
    def forward(self, images):
        return 2 * super().forward(images)


Doubled.__name__ = "SimpleCNN"


def with_tanh():
    model = SimpleCNN()
    model.relu = nn.Tanh()
    return model


@pytest.mark.parametrize("build", [Doubled, with_tanh])
def test_another_network_of_the_same_name_is_asked_for(path, images, build):
    model = build().eval()
    save_checkpoint(path, model, **ABOUT)
    with pytest.raises(WrongArchitecture, match=r"SimpleCNN, which is not one of mnist_lab.models as"):
        load_model(path)
    with torch.inference_mode():
        assert torch.equal(load_model(path, model=build())(images), model(images))


def test_the_weights_keep_their_precision(path):
    model = SimpleCNN().double()
    save_checkpoint(path, model, **ABOUT)
    assert torch.equal(load_model(path).fc1.weight, model.fc1.weight)


def test_a_run_is_not_resumed_without_its_network(path):
    model, other = SimpleCNN(), SimpleCNN()
    save_checkpoint(path, model, **ABOUT, optimizer=torch.optim.Adam(model.parameters()))
    optimizer = torch.optim.Adam(other.parameters())
    with pytest.raises(CheckpointError, match=r"saved with a model; .* Give model="):
        load_checkpoint(path, optimizer=optimizer)
    with pytest.raises(CheckpointError, match=r"built for another network .* anew with model\.parameters"):
        load_checkpoint(path, model=model, optimizer=optimizer)
    assert not optimizer.state_dict()["state"]


def test_a_missing_folder_is_named(path):
    with pytest.raises(CheckpointError, match=r"There is no folder .*models; make it first\.$"):
        save_checkpoint(path.parent / "models" / "m.pt", NETWORK, **ABOUT)


def test_a_second_fit_is_saved_behind_the_first(path):
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    batches = [(torch.randn(4, 1, 28, 28), torch.zeros(4).long())]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    save = SaveEveryEpoch(path, model, optimizer=optimizer, **ABOUT)
    losses = []
    for _ in range(3):
        losses += fit(model, batches, batches, optimizer, num_epochs=2, after_epoch=[save]).train_loss
    content = load_checkpoint(path)
    assert content["epoch"] == 6 and content["history"]["train_loss"] == losses
