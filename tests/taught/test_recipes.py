"""Recipes: named, refused by name, carried out into plain numbers, without a look at the test set."""

import json
from dataclasses import replace

from mnist_lab.anatomy import count_parameters
from mnist_lab.data import Splits, as_tensors, load_digits
from mnist_lab.recipes import RECIPES, find_recipe, running, scoring, splits
from mnist_lab.recipes.layers import build
from mnist_lab.recipes.running import train_recipe
from mnist_lab.training import NotFiniteLoss, Score

import pytest
import torch
from torch.utils.data import Dataset, Subset

SHORT = replace(find_recipe("speedrun98"), digits="bundled", batch_size=32, steps=12)
SLOW_LOADER = replace(
    find_recipe("pytorch-example"), digits="bundled", batch_size=64, epochs=2, layers=("flatten", "linear 10")
)


class Sealed(Dataset):
    """A split that must not be read."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} of the test set was read")

    def __len__(self):
        raise AssertionError("the test set was counted")

    def __getitem__(self, index):
        raise AssertionError("the test set was read")


@pytest.fixture
def few_digits(monkeypatch, tmp_path):
    """The bundled digits, 300 and 100 to learn from and 50 to score; no full ones."""
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path))

    def load(name, *, root, transform=None):
        counts = (300, 100, 50)
        all_of = load_digits("bundled", transform=transform)
        return Splits(*(Subset(split, range(n)) for split, n in zip(all_of, counts, strict=True)))

    monkeypatch.setattr(splits, "load_digits", load)


def without_seconds(run):
    return {**run, "seconds": 0}


# The recipes


def test_the_seed_recipe_is_the_one_of_the_report():
    recipe = find_recipe("seed")
    assert (recipe.batch_size, recipe.learning_rate, recipe.epochs) == (64, 0.001, 10)
    assert (recipe.mean, recipe.std, recipe.optimizer) == (0.5, 0.5, "Adam")
    assert count_parameters(build(recipe.layers)) == 315_146


def test_pytorchs_example_has_its_number_of_parameters():
    # conv 1·32·9+32 and 32·64·9+64, linear 9216·128+128 and 128·10+10
    assert count_parameters(build(find_recipe("pytorch-example").layers)) == 1_199_882


def test_an_unknown_recipe_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match=r"no recipe 'sead'; there are seed, .* Did you mean 'seed'"):
        find_recipe("sead")


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_takes_steps_that_change_every_weight(name):
    recipe = find_recipe(name)
    torch.manual_seed(0)
    batches = running.random_batches(recipe, "cpu")
    torch.manual_seed(1)
    trained = running.train(recipe, batches, steps=2, device=torch.device("cpu"), precision="float32")
    torch.manual_seed(1)
    untrained = build(recipe.layers)
    for before, after in zip(untrained.parameters(), trained.parameters(), strict=True):
        assert after.isfinite().all() and not torch.equal(before, after)


# A run


def test_a_run_is_plain_numbers_and_repeats(few_digits, device):
    first, again, other = (train_recipe(SHORT, seed=seed, device=device.type) for seed in (1, 1, 2))
    assert json.loads(json.dumps(first)) == first
    assert (first["steps"], first["train_on"], first["num_test"]) == (12, 400, 50)
    assert first["images_seen"] == 12 * 32 and first["test_digits"] == "bundled"
    assert 0 <= first["test_accuracy"] <= 1 and first["seconds"] > 0
    assert without_seconds(first) == without_seconds(again)
    assert first["test_loss"] != other["test_loss"]


def test_a_recipe_learns(few_digits, device):
    run = train_recipe(replace(SHORT, steps=60), seed=0, device=device.type)
    assert run["test_accuracy"] > 0.6


def test_transforms_and_memory_show_the_network_the_same(few_digits):
    shown = {}
    for loader in ("transforms", "memory"):
        recipe = replace(SLOW_LOADER, loader=loader)
        learn, _, _ = splits.choose_splits("bundled", transform=running.transforms_of(recipe))
        batches = list(running.train_loader(recipe, learn, 3, "cpu"))
        assert [len(labels) for _, labels in batches] == [64] * 6 + [16]
        shown[loader] = torch.cat([images for images, _ in batches]).flatten(1).sum(dim=1).sort().values
    assert torch.allclose(shown["transforms"], shown["memory"], atol=1e-3)


def test_whole_epochs_of_transforms_end_with_their_short_batch(few_digits):
    run = train_recipe(SLOW_LOADER, seed=3, device="cpu")
    assert (run["steps"], run["images_seen"]) == (2 * 7, 2 * 400)


def test_tuning_learns_from_the_training_digits_and_leaves_the_test_set_sealed(monkeypatch):
    def load(name, *, root, transform=None):
        return load_digits(name, transform=transform)._replace(test=Sealed())

    monkeypatch.setattr(splits, "load_digits", load)
    run = train_recipe(SHORT, seed=0, device="cpu", tune=True)
    assert (run["train_on"], run["num_validation"]) == (3_500, 500)
    assert not any(name.startswith(("test_", "num_test")) for name in run)
    with pytest.raises(AssertionError, match="test set"):
        train_recipe(SHORT, seed=0, device="cpu")


def test_a_final_run_learns_from_training_and_validation_digits_once_each():
    every, _, _ = splits.choose_splits("bundled")
    train, validation, _ = load_digits("bundled")
    assert len(every) == 4_000
    assert torch.equal(every.data, torch.cat([as_tensors(train)[0], as_tensors(validation)[0]]))
    assert every[3_500][1] == validation[0][1] == every.targets[3_500]


def test_bundled_digits_are_scored_on_the_official_test_digits_where_they_are(full_mnist, tmp_path):
    _, test, name = splits.choose_splits("bundled", root=full_mnist)
    assert (len(test), name) == (10_000, "full")
    _, test, name = splits.choose_splits("bundled", root=tmp_path)
    assert (len(test), name) == (1_000, "bundled")
    _, test, name = splits.choose_splits("bundled", root=full_mnist, tune=True)
    assert (len(test), name) == (500, "bundled")


def test_the_cache_folder_is_looked_into_where_no_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_LAB_DATA", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    assert not splits.full_is_here()
    raw = tmp_path / "mnist-lab" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "t10k-images-idx3-ubyte").touch()
    assert splits.full_is_here()


def test_a_loss_that_is_not_finite_ends_the_run(few_digits):
    with pytest.raises(NotFiniteLoss, match="lower learning rate"):
        train_recipe(replace(SHORT, learning_rate=1e30), device="cpu")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": None}, "either steps or epochs, but got steps=None"),
        ({"epochs": 1}, "either steps or epochs, but got steps=12 and epochs=1"),
        ({"steps": 0}, "steps is a whole number from 1 up, but got 0"),
        ({"steps": 2.5}, "steps is a whole number from 1 up, but got 2.5"),
        ({"steps": None, "epochs": -1}, "epochs is a number from 0.001 up, but got -1"),
        ({"optimizer": "Adamm"}, "no optimizer 'Adamm' in torch.optim"),
        ({"optimizer": "lr_scheduler"}, "no optimizer 'lr_scheduler'"),
        ({"schedule": "square"}, "no schedule 'square'; there are constant, triangle"),
        ({"precision": "float8"}, "precision is float32 or bfloat16, but got 'float8'"),
        ({"layers": ("conf 3",)}, "no layer 'conf'"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(few_digits, changes, message):
    with pytest.raises(ValueError, match=message):
        train_recipe(replace(SHORT, **changes), device="cpu")


# Its clock


@pytest.fixture
def clock(monkeypatch):
    """A clock on which a step takes a second, scoring 100 and the rest no time."""

    class Clock:
        now = 0.0

        def perf_counter(self):
            return self.now

    clock = Clock()
    take_step = running.take_step

    def slow_step(*arguments):
        clock.now += 1
        return take_step(*arguments)

    def slow_score(*arguments, **options):
        clock.now += 100
        return Score(1.0, 0.5)

    monkeypatch.setattr(running, "time", clock)
    monkeypatch.setattr(running, "take_step", slow_step)
    monkeypatch.setattr(scoring, "evaluate", slow_score)
    return clock


def test_the_clock_counts_neither_the_warm_up_nor_the_scoring(few_digits, clock):
    assert train_recipe(SHORT, device="cpu")["seconds"] == 12
    assert clock.now == 3 + 12 + 100


def test_the_scoring_counts_where_it_looks_at_shifted_images(few_digits, clock):
    assert train_recipe(replace(SHORT, shifts=1), device="cpu")["seconds"] == 12 + 100


def test_the_warm_up_changes_nothing_about_the_run(few_digits, monkeypatch):
    once = train_recipe(SHORT, seed=4, device="cpu")
    monkeypatch.setattr(running, "WARM_UP_STEPS", 1)
    torch.manual_seed(99)
    assert without_seconds(train_recipe(SHORT, seed=4, device="cpu")) == without_seconds(once)


# Its precision


def test_without_the_hardware_bfloat16_becomes_float32_and_the_run_says_so(few_digits, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True}, raising=False)
    run = train_recipe(SHORT, device="cpu")
    assert run["precision"] == "float32"
    plain = train_recipe(replace(SHORT, precision="float32"), device="cpu")
    assert without_seconds(run) == without_seconds(plain)


@pytest.mark.parametrize("name", ["avx512_bf16", "amx_bf16", "bf16"])
def test_bfloat16_is_used_where_the_processor_has_it_and_learns(few_digits, monkeypatch, name):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {name: True}, raising=False)
    run = train_recipe(SHORT, device="cpu")
    assert run["precision"] == "bfloat16"
    plain = train_recipe(replace(SHORT, precision="float32"), device="cpu")
    assert 0 < abs(run["test_loss"] - plain["test_loss"]) < 0.3  # stale weights would be far off


def test_an_accelerator_is_asked_whether_it_has_bfloat16(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: including_emulation)
    assert running.usable_precision("bfloat16", torch.device("cuda")) == "float32"
    assert running.usable_precision("bfloat16", torch.device("mps")) == "float32"
    assert running.usable_precision("float32", torch.device("cpu")) == "float32"


# Its parts


def test_weight_decay_spares_biases_and_norms():
    recipe = replace(SHORT, options={"weight_decay": 0.3})
    network = build(recipe.layers)
    decayed, spared = running.make_optimizer(recipe, network).param_groups
    assert (decayed["weight_decay"], spared["weight_decay"]) == (0.3, 0.0)
    assert {weights.dim() for weights in decayed["params"]} == {2, 4}
    assert {weights.dim() for weights in spared["params"]} == {1}
    assert len(decayed["params"]) + len(spared["params"]) == len(list(network.parameters()))


@pytest.mark.parametrize("buffers", [False, True])
def test_the_average_is_the_one_by_hand(monkeypatch, buffers):
    averaging = {"decay": 0.75, "start": 0.5, "every": 2, "buffers": buffers}
    recipe = replace(SHORT, averaging=averaging, precision="float32")
    states, take_step = [], running.take_step

    def watched(network, *arguments):
        loss = take_step(network, *arguments)
        states.append({name: value.clone() for name, value in network.state_dict().items()})
        return loss

    monkeypatch.setattr(running, "take_step", watched)
    batches = running.random_batches(recipe, "cpu")
    average = running.train(recipe, batches, steps=10, device=torch.device("cpu"), precision="float32")
    by_hand = states[6]  # half of 10 steps, then the next even one
    by_hand = {name: 0.75 * value + 0.25 * states[8][name] for name, value in by_hand.items()}
    kept = dict(average.named_buffers())
    for name, value in average.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        expected = by_hand[name] if buffers or name not in kept else states[8][name]
        assert torch.allclose(value, expected, atol=1e-6), name


def test_an_average_that_never_began_is_the_network(monkeypatch):
    recipe = replace(SHORT, averaging={"decay": 0.9, "start": 0.9, "every": 50})
    batches = running.random_batches(recipe, "cpu")
    torch.manual_seed(0)
    given = running.train(recipe, batches, steps=2, device=torch.device("cpu"), precision="float32")
    torch.manual_seed(0)
    plain = running.train(
        replace(recipe, averaging=None), batches, steps=2, device=torch.device("cpu"), precision="float32"
    )
    assert all(map(torch.equal, given.parameters(), plain.parameters()))


def test_augmentation_gets_its_arguments_and_black_and_stops_in_time(few_digits, monkeypatch):
    calls = []

    def watched(images, **arguments):
        calls.append(arguments)
        return images

    monkeypatch.setattr(running, "random_warp", watched)
    recipe = replace(SHORT, augmentation={"degrees": 3.0}, augmented_share=0.75, mean=0.1, std=0.4)
    train_recipe(recipe, device="cpu")
    assert calls == [{"degrees": 3.0, "background": -0.25}] * (3 + 9)  # 2.25 steps of the warm-up: 3


def test_shifted_images_are_averaged_as_probabilities():
    network = build(("flatten", "linear 10"))
    images = torch.zeros(3, 1, 28, 28)
    images[:, :, 8:20, 8:20] = torch.rand(3, 1, 12, 12)
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2))
    views = [padded[:, :, y : y + 28, x : x + 28] for y, x in ((2, 2), (0, 2), (4, 2), (2, 0), (2, 4))]
    expected = sum(network(view).softmax(dim=1) for view in views) / 5
    assert torch.allclose(scoring.Shifted(network, 2)(images).exp(), expected, atol=1e-6)


@pytest.mark.parametrize(("epochs", "steps"), [(1, 10), (0.01, 1), (2.5, 25), (0.26, 3)])
def test_epochs_become_steps(few_digits, epochs, steps):
    recipe = replace(SLOW_LOADER, loader="memory", epochs=epochs, batch_size=40)
    run = train_recipe(recipe, device="cpu")
    assert (run["steps"], run["images_seen"]) == (steps, 40 * steps)
