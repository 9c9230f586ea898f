"""A forged checkpoint with a right seal is refused in a sentence, changes nothing, and takes no memory."""

import pickle
import random
import zipfile

from mnist_lab.checkpoints import load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.sealed import CheckpointError, UnsafeCheckpoint
from mnist_lab.models import SimpleCNN

import pytest
import torch
from forged_checkpoints import (
    ABOUT,
    STRANGE,
    Call,
    content_of,
    peak_memory,
    pickled,
    places,
    random_forgery,
    replaced,
    rezipped,
    sealed,
    small_run,
    what_happens,
    what_load_model_does,
    with_pickle,
)
from torch import nn


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pt"


def refused(path, content):
    """The sentence that refuses a content, after which the run is as it was."""
    path.write_bytes(content if isinstance(content, bytes) else sealed(content))
    result = what_happens(path, small_run(seed=1))
    assert isinstance(result, CheckpointError), result
    return str(result)


def test_the_run_that_is_forged_can_be_resumed(path):
    content_of(path)
    assert what_happens(path, small_run(seed=1)) == "loaded"


# What the report found


@pytest.mark.parametrize("name", ["python", "torch", "loader"])
@pytest.mark.parametrize("value", [..., None, "x", (3, (1, 2), None), torch.zeros(3)])
def test_random_states_are_tried_first(path, name, value):
    if (name, value) == ("loader", ...) or (name, value) == ("loader", None):
        return  # a run without a loader
    content = replaced(content_of(path), ("random", name), value)
    assert f"random state of {name} in the checkpoint cannot be put back" in refused(path, content)


@pytest.mark.parametrize("state", [{}, [], {"param_groups": []}, {"state": {}, "param_groups": [{}]}])
def test_an_optimizer_state_with_parts_missing_is_refused(path, state):
    if not isinstance(state, dict):
        return
    words = refused(path, replaced(content_of(path), ("optimizer",), state))
    assert (
        "optimizer was saved with" in words or "state of Adam in the checkpoint cannot be put back" in words
    )


@pytest.mark.parametrize("name", ["lr", "betas", "eps", "params"])
@pytest.mark.parametrize("value", [..., None, "0.1", {}])
def test_an_optimizer_without_a_sound_setting_is_refused(path, name, value):
    content = replaced(content_of(path), ("optimizer", "param_groups", 0, name), value)
    words = refused(path, content)
    assert "cannot be put back" in words or "was saved with" in words


@pytest.mark.parametrize("value", [..., torch.zeros(7), torch.zeros(2, 2), "x"])
def test_averages_of_another_size_are_refused(path, value):
    content = replaced(content_of(path), ("optimizer", "state", 0, "exp_avg"), value)
    assert "state of Adam in the checkpoint cannot be put back" in refused(path, content)


@pytest.mark.parametrize("changes", [{"optimizer": 3}, {"step": 4}, {"last_epoch": "x"}, {"base_lrs": None}])
def test_a_scheduler_state_that_would_break_it_is_refused(path, changes):
    content = content_of(path)
    content["scheduler"] |= changes
    assert (
        f"MultiStepLR in the checkpoint cannot be put back (ValueError: {next(iter(changes))} is"
        in refused(path, content)
    )


@pytest.mark.parametrize("std", [0.0, -1.0, float("nan"), float("inf")])
def test_a_std_that_cannot_be_is_refused_when_read_and_when_written(path, std):
    assert "std of a checkpoint should be a finite number above 0" in refused(
        path, replaced(content_of(path), ("std",), std)
    )
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match="should be a finite number above 0"):
        save_checkpoint(path, nn.Linear(2, 1), digits="bundled", mean=0.5, std=std)
    assert path.read_bytes() == before


# Memory and code

HUGE = [
    Call(bytearray, 4 * 10**9),
    Call(torch.UntypedStorage, 4 * 10**9),
    Call(torch.Tensor, 10**9),
    Call(torch.FloatTensor, 10**9),
    Call(set, [1, Call(bytearray, 10**9)]),
    Call(torch._utils._rebuild_meta_tensor_no_storage, torch.float32, (10**9,), (1,), False),
    Call(torch._utils._rebuild_device_tensor_from_numpy, 3, torch.float32, "cpu", False),
]


@pytest.mark.parametrize("value", HUGE, ids=lambda call: call.reduced[0].__name__)
def test_what_would_be_built_large_is_not_built(path, value):
    content_of(path)
    path.write_bytes(with_pickle(path.read_bytes(), pickle.dumps({"format": 1, "x": value}, protocol=2)))
    before = peak_memory()
    with pytest.raises(UnsafeCheckpoint, match=r"nothing was run\. It names "):
        load_checkpoint(path)
    assert peak_memory() - before < 100_000_000


def test_a_tensor_that_repeats_one_number_a_thousand_million_times_is_refused(path):
    content = replaced(content_of(path), ("weights", "1.weight"), torch.zeros(1).expand(10**9))
    before = peak_memory()
    assert "its tensors say that they are 4,000," in refused(path, content)
    assert peak_memory() - before < 100_000_000


def test_a_zip_that_unpacks_to_more_than_itself_is_refused(path):
    save_checkpoint(path, nn.Linear(3_000, 1_000), **ABOUT)
    zeros = rezipped(
        path.read_bytes(),
        lambda old: {n: bytes(len(v)) if "data/" in n else v for n, v in old.items()},
        zipfile.ZIP_DEFLATED,
    )
    path.write_bytes(zeros)
    with pytest.raises(CheckpointError, match="its parts are larger than the file"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "arguments", [{"dropout": 3.0}, {"dropout": "x"}, {"dropout": [[]] * 9}, {"width": 1}, {"": 0}]
)
def test_arguments_that_build_nothing_are_refused(path, arguments):
    save_checkpoint(path, SimpleCNN(), **ABOUT)
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"arguments": arguments}))
    with pytest.raises(CheckpointError, match="SimpleCNN cannot be built with the recorded arguments"):
        load_model(path)


def test_a_nest_too_deep_to_copy_is_refused(path):
    nest = []
    for _ in range(200):
        nest = [nest]
    content = replaced(content_of(path), ("optimizer", "state", 0, "exp_avg"), nest)
    assert "cannot be put back" in refused(path, content)


def test_values_that_hold_one_another_a_million_fold_do_not_hang(path):
    bomb = ["x"]
    for _ in range(60):
        bomb = [bomb, bomb]
    save_checkpoint(path, SimpleCNN(), **ABOUT)
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"arguments": {"dropout": bomb}}))
    with pytest.raises(CheckpointError, match="cannot be built"):
        load_model(path)


# Many more


def faults_of(forgeries, path):
    """Load each file into a run; return what was no refusal in a sentence, and how many were refused."""
    run, refusals, faults = small_run(seed=1), 0, []
    for label, data in forgeries:
        path.write_bytes(data)
        memory = peak_memory()
        results = [what_happens(path, run), what_load_model_does(path, small_run(seed=1).model)]
        if peak_memory() - memory > 10 * len(data) + 64_000_000:
            faults.append((label, f"{peak_memory() - memory:,} bytes of memory"))
        faults += [(label, result) for result in results if isinstance(result, str) and result != "loaded"]
        refusals += isinstance(results[0], CheckpointError)
        if not isinstance(results[0], CheckpointError):
            run = small_run(seed=1)
    return faults, refusals


def every_value_changed(content):
    """Each value of a content replaced by each strange one, and left out."""
    for place in places(content):
        for new in [*STRANGE, ...]:
            yield (place, new), sealed(replaced(content, place, new))


@pytest.mark.slow
def test_each_value_replaced_by_each_strange_one(path):
    forgeries = list(every_value_changed(content_of(path)))
    assert len(forgeries) > 300
    chosen = random.Random(0).sample(forgeries, 1_000)
    faults, refusals = faults_of(chosen, path)
    assert not faults, f"{len(faults)} faults, such as {faults[:5]}"
    assert refusals > 300


@pytest.mark.slow
def test_a_thousand_forgeries_at_random(path):
    content = content_of(path)
    data, generator = path.read_bytes(), random.Random(1)
    forgeries = [(number, random_forgery(content, data, generator)) for number in range(1_000)]
    faults, refusals = faults_of(forgeries, path)
    assert not faults, f"{len(faults)} faults, such as {faults[:5]}"
    assert refusals > 500


@pytest.mark.slow
def test_pickles_of_odd_things(path):
    content_of(path)
    data = path.read_bytes()
    odd = [
        pickled(value)
        for value in (1, "x", [], {"format": 1}, {"format": {}}, b"x", object, print, {1: {2: 3}})
    ]
    odd += [
        b"",
        b".",
        b"\x80\x02.",
        b"\x80\x02" + b"(" * 1_000,
        b"\x80\x04\x95" + b"\xff" * 8,
        b"I1\nI2\n0.",
        b"h\x05.",
    ]
    faults, refusals = faults_of([(value, with_pickle(data, value)) for value in odd], path)
    assert not faults and refusals == len(odd)
