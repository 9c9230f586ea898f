"""Splits, loaders and the in-memory loader, against torchvision's own way to the same images."""

import time

from mnist_lab.data import (
    InMemoryLoader,
    as_tensors,
    class_labels,
    load_digits,
    make_loader,
    stratified_split,
)

import pytest
import torch
from torch.utils.data import DataLoader, Subset, TensorDataset
from torchvision import datasets
from torchvision.transforms import Compose, Normalize, ToTensor, v2


class TinySet:
    """A torchvision-like set of n different images, class i % 10."""

    def __init__(self, n=23, *, shape=(28, 28), dtype=torch.uint8):
        generator = torch.Generator().manual_seed(1)
        self.data = torch.randint(0, 256, (n, *shape), generator=generator).to(dtype)
        self.targets = torch.arange(n) % 10

    def __len__(self):
        return len(self.data)


def counts(labels):
    return torch.bincount(torch.as_tensor(labels), minlength=10).tolist()


@pytest.fixture(scope="module")
def digits():
    return load_digits()


# Splits ------------------------------------------------------------------------------------------


def test_bundled_sizes_and_classes(digits):
    assert digits._fields == ("train", "validation", "test")
    assert [len(split) for split in digits] == [3_500, 500, 1_000]
    for split, a_class in zip(digits, (350, 50, 100), strict=True):
        assert counts(as_tensors(split)[1]) == [a_class] * 10


def test_splits_have_no_image_in_common(digits):
    assert not set(digits.train.indices) & set(digits.validation.indices)
    assert sorted(digits.train.indices + digits.validation.indices) == list(range(4_000))
    seen = [set(map(bytes, as_tensors(split)[0].numpy())) for split in digits]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


def test_the_split_is_the_same_every_time(digits):
    torch.manual_seed(123)
    again = load_digits()
    assert again.train.indices == digits.train.indices
    assert again.validation.indices == digits.validation.indices
    # written down, so that no later version of anything moves an image unnoticed
    assert digits.validation.indices[:6] == [5, 6, 44, 46, 54, 55]


def test_a_name_may_be_written_in_any_case(digits):
    assert load_digits("Bundled").validation.indices == digits.validation.indices


def test_items_are_pairs_of_image_and_int(digits):
    image, label = digits.validation[3]
    assert image.size == (28, 28) and image.mode == "L" and type(label) is int
    tensor, same = load_digits(transform=ToTensor()).validation[3]
    assert torch.equal(tensor, ToTensor()(image)) and same == label


def test_full_mnist(full_mnist):
    splits = load_digits("full", root=full_mnist)
    assert [len(split) for split in splits] == [55_000, 5_000, 10_000]
    assert not set(splits.train.indices) & set(splits.validation.indices)
    official = torch.tensor(counts(class_labels(splits.train.dataset)))
    in_validation = torch.tensor(counts(as_tensors(splits.validation)[1]))
    assert ((in_validation - official / 12).abs() <= 1).all()


def test_full_mnist_by_environment(full_mnist, monkeypatch):
    monkeypatch.setenv("MNIST_LAB_DATA", str(full_mnist))
    assert len(load_digits("full").validation) == 5_000


@pytest.mark.parametrize("size", [0, 1, 7, 40, 99])
def test_stratified_split_keeps_proportions(size):
    labels = [0] * 50 + [1] * 30 + [2] * 20
    rest, held_out = stratified_split(labels, validation_size=size)
    assert sorted(rest + held_out) == list(range(100)) and len(held_out) == size
    for k, share in enumerate((0.5, 0.3, 0.2)):
        count = sum(labels[i] == k for i in held_out)
        assert abs(count - share * size) < 1


def test_stratified_split_follows_its_seed():
    labels = torch.arange(200) % 10
    splits = [stratified_split(labels, validation_size=50, seed=seed)[1] for seed in (0, 0, 1)]
    assert splits[0] == splits[1] != splits[2]


@pytest.mark.parametrize("size", [-1, 10, 11])
def test_stratified_split_refuses_a_size(size):
    with pytest.raises(ValueError, match=rf"from 0 to 9 of 10 labels, but got {size}"):
        stratified_split(list(range(10)), validation_size=size)


# as_tensors --------------------------------------------------------------------------------------


def test_as_tensors_of_nested_subsets():
    whole = TinySet()
    nested = Subset(Subset(whole, [5, 3, 8, 1]), [2, 0])
    pixels, labels = as_tensors(nested)
    assert torch.equal(pixels, whole.data[[8, 5]]) and labels.tolist() == [8, 5]
    assert pixels.dtype == torch.uint8 and labels.dtype == torch.int64


def test_as_tensors_of_an_empty_subset():
    pixels, labels = as_tensors(Subset(TinySet(), []))
    assert pixels.shape == (0, 28, 28) and labels.shape == (0,)


def test_as_tensors_equals_item_by_item(digits):
    pixels, labels = as_tensors(digits.validation)
    for i in (0, 17, 499):
        image, label = digits.validation[i]
        assert torch.equal(pixels[i], v2.functional.pil_to_tensor(image)[0]) and labels[i] == label


def test_labels_in_a_table_as_in_qmnist():
    qmnist = TinySet(4)
    qmnist.targets = torch.tensor([[7, 0, 1], [2, 0, 2], [1, 9, 3], [0, 5, 4]], dtype=torch.int32)
    assert class_labels(qmnist).tolist() == [7, 2, 1, 0]
    _, labels = as_tensors(Subset(qmnist, [1, 3]))
    assert labels.tolist() == [2, 0] and labels.dtype == torch.int64


def test_as_tensors_refuses_what_it_cannot_read():
    with pytest.raises(ValueError, match="got a TensorDataset; use make_loader"):
        as_tensors(TensorDataset(torch.zeros(2, 1)))
    with pytest.raises(ValueError, match=r"TinySet holds torch.uint8 \(3, 32, 32, 3\)"):
        as_tensors(TinySet(3, shape=(32, 32, 3)))
    with pytest.raises(ValueError, match=r"expects pixels uint8 .* holds torch.float32"):
        as_tensors(TinySet(3, dtype=torch.float32))


# Loaders -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean, std", [(0.5, 0.5), (0.1307, 0.3081), (0, 1)])
def test_in_memory_batches_equal_the_loaders_to_the_bit(digits, mean, std, device):
    """On the CPU; a card may round the last digit of a division its own way."""
    transform = Compose([ToTensor(), Normalize((mean,), (std,))])
    slow = make_loader(load_digits(transform=transform).validation, batch_size=64)
    fast = InMemoryLoader(digits.validation, batch_size=64, mean=mean, std=std, device=device)
    tolerance = 0 if device.type == "cpu" else 1e-6
    assert len(slow) == len(fast) == 8
    for (images, labels), (same_images, same_labels) in zip(slow, fast, strict=True):
        assert images.dtype == same_images.dtype == torch.float32
        assert same_images.device.type == same_labels.device.type == device.type
        torch.testing.assert_close(same_images.cpu(), images, atol=tolerance, rtol=tolerance)
        assert torch.equal(labels, same_labels.cpu())
        assert labels.dtype == same_labels.dtype == torch.int64
    assert images.shape == (500 - 7 * 64, 1, 28, 28)


def epoch_of(loader):
    """All images and labels of one epoch, in its order, on the CPU."""
    images, labels = zip(*loader, strict=True)
    return torch.cat(images).cpu(), torch.cat(labels).cpu()


def as_pairs(images, labels):
    return sorted(zip(map(bytes, images.numpy()), labels.tolist(), strict=True))


@pytest.mark.parametrize("make", [make_loader, InMemoryLoader])
def test_shuffling_keeps_every_pair_and_follows_its_seed(make):
    transform = Compose([ToTensor(), Normalize((0.5,), (0.5,))])

    def split():
        return Subset(load_digits(transform=transform).validation, range(150))

    plain = epoch_of(make(split()))
    first, again, other = (make(split(), shuffle=True, seed=seed) for seed in (3, 3, 4))
    torch.manual_seed(99)  # the global random numbers play no part
    epochs = [epoch_of(first), epoch_of(first)]
    for epoch in epochs:
        assert as_pairs(*epoch) == as_pairs(*plain)
        assert not torch.equal(epoch[0], plain[0])
    assert not torch.equal(epochs[0][0], epochs[1][0])
    torch.manual_seed(7)
    for epoch in epochs:
        images, labels = epoch_of(again)
        assert torch.equal(images, epoch[0]) and torch.equal(labels, epoch[1])
    assert not torch.equal(epoch_of(other)[0], epochs[0][0])


def test_a_seed_gives_the_same_order_on_every_device(device):
    """The order is drawn on the CPU: a card's own random numbers would be others."""
    here, there = (InMemoryLoader(TinySet(), shuffle=True, seed=5, device=d) for d in ("cpu", device))
    for _ in range(2):
        assert torch.equal(epoch_of(here)[1], epoch_of(there)[1])


@pytest.mark.parametrize(
    "n, batch_size, expected",
    [(23, 10, [10, 10, 3]), (20, 10, [10, 10]), (3, 64, [3]), (2, 1, [1, 1])],
)
def test_the_last_batch_may_be_short(n, batch_size, expected, device):
    for shuffle in (False, True):
        loader = InMemoryLoader(TinySet(n), batch_size=batch_size, shuffle=shuffle, device=device)
        assert [len(labels) for _, labels in loader] == expected
        assert len(loader) == len(expected)


def test_attributes_hold_the_normalised_split(device):
    loader = InMemoryLoader(TinySet(5), mean=0.5, std=0.25, device=device)
    assert loader.images.shape == (5, 1, 28, 28) and loader.images.dtype == torch.float32
    expected = (TinySet(5).data[:, None] / 255 - 0.5) / 0.25
    torch.testing.assert_close(loader.images.cpu(), expected)
    assert loader.labels.tolist() == [0, 1, 2, 3, 4]


def test_augment_is_called_on_each_batch_and_changes_nothing_stored(device):
    calls = []

    def darken(images):
        calls.append(tuple(images.shape))
        return images.sub_(100)

    loader = InMemoryLoader(TinySet(5), batch_size=2, augment=darken, device=device)
    before = loader.images.cpu().clone()
    images, labels = epoch_of(loader)
    assert calls == [(2, 1, 28, 28), (2, 1, 28, 28), (1, 1, 28, 28)]
    assert torch.equal(images, before - 100) and torch.equal(loader.images.cpu(), before)
    assert labels.tolist() == [0, 1, 2, 3, 4]


def test_a_v2_transform_draws_once_a_call():
    """What the lesson shows: one call turns a batch alike, calls an image turn it anew."""
    rotate = v2.RandomRotation(30)
    nine = TinySet(1).data[None].float().repeat(9, 1, 1, 1)
    one_call, calls = rotate(nine), torch.stack([rotate(image) for image in nine])
    assert all(torch.equal(image, one_call[0]) for image in one_call)
    assert len({bytes(image.numpy()) for image in calls}) > 1


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch_size": 0}, "a whole number from 1 up, but got 0; 64 is a good start"),
        ({"batch_size": -3}, "from 1 up, but got -3"),
        ({"batch_size": 2.5}, "batch_size is a whole number"),
        ({"std": 0}, "std is a number from 1e-06 .* but got 0; 0.5"),
        ({"std": -0.5}, "std is .* but got -0.5"),
        ({"std": float("nan")}, "std is .* but got nan"),
        ({"mean": float("nan")}, "mean is a number .* but got nan"),
        ({"mean": "grey"}, "mean is .* but got 'grey'"),
        ({"seed": "x"}, "seed is a whole number from 0 .* but got 'x'"),
    ],
)
def test_options_that_cannot_work(options, message):
    with pytest.raises(ValueError, match=message):
        InMemoryLoader(TinySet(), **options)


def test_mean_and_std_may_come_as_tensors():
    loader = InMemoryLoader(TinySet(), mean=torch.tensor(0.25), std=torch.tensor(0.5))
    assert torch.equal(loader.images, InMemoryLoader(TinySet(), mean=0.25, std=0.5).images)


def test_an_empty_split_is_refused():
    with pytest.raises(ValueError, match="at least one image, but the split is empty"):
        InMemoryLoader(Subset(TinySet(), []))


@pytest.mark.slow
def test_ten_times_the_speed_of_the_loader(full_mnist, record_property):
    """The promise of the project, as a ratio within one run on full MNIST."""
    transform = Compose([ToTensor(), Normalize((0.5,), (0.5,))])
    full = datasets.MNIST(full_mnist, train=True, transform=transform)

    def images_per_second(loader, *, at_most):
        best = 0
        for _ in range(3):
            seen, start = 0, time.perf_counter()
            for _, labels in loader:
                seen += len(labels)
                if seen >= at_most:
                    break
            best = max(best, seen / (time.perf_counter() - start))
        return best

    slow = images_per_second(DataLoader(full, batch_size=64, num_workers=0), at_most=6_400)
    fast = images_per_second(InMemoryLoader(full, batch_size=64, shuffle=True), at_most=60_000)
    print(f"{slow:,.0f} and {fast:,.0f} images per second: {fast / slow:.0f} times as many")
    assert fast >= 10 * slow
