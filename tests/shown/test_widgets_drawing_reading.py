"""How a drawing is read: the network that is stored for it, and what it answers."""

from mnist_lab.checkpoints import load_checkpoint
from mnist_lab.data import InMemoryLoader, as_tensors, load_digits
from mnist_lab.handwriting.reader import READER, load_reader
from mnist_lab.models import SimpleCNN
from mnist_lab.training import evaluate
from mnist_lab.widgets.drawing_examples import EXAMPLES
from mnist_lab.widgets.drawing_ink import as_digit
from mnist_lab.widgets.drawing_reading import read_strokes
from mnist_lab.workshop.upkeep import drawing_reader

import pytest
import torch
from drawings import DRAWINGS, scaled
from torch import nn


@pytest.fixture(scope="module")
def reader():
    return load_reader()


# The stored network


def test_the_stored_network_is_small_and_says_what_it_learned_from():
    assert READER.stat().st_size < 300_000
    content = load_checkpoint(READER)
    assert content["digits"] == "bundled"
    assert (content["mean"], content["std"]) == (0.5, 0.5)
    assert sum(weights.numel() for weights in content["weights"].values()) < 70_000


def test_the_stored_network_is_as_good_as_its_file_says(reader):
    score = evaluate(reader, InMemoryLoader(load_digits().validation, batch_size=500))
    stored = load_checkpoint(READER)["history"]
    assert score.accuracy == pytest.approx(stored["validation_accuracy"][0], abs=0.005)
    assert score.accuracy > 0.98


def test_the_command_writes_such_a_network(tmp_path):
    path = tmp_path / "reader.pt"
    score, number = drawing_reader.make_reader(path, sheets=[0], steps=2, show=False)
    written, stored = load_checkpoint(path), load_checkpoint(READER)
    assert number == 500 and 0 <= score.accuracy <= 1
    assert {name: w.shape for name, w in written["weights"].items()} == {
        name: w.shape for name, w in stored["weights"].items()
    }
    for key in ("digits", "mean", "std"):
        assert written[key] == stored[key]


def test_the_command_trains_on_the_training_split_alone(tmp_path, monkeypatch):
    images, labels = as_tensors(load_digits().train)
    seen, train = {}, drawing_reader.train

    def ink(some, meant):
        assert some.equal(images) and meant.equal(labels)
        return images

    def cells(some, meant, sheets):
        assert some.equal(images) and meant.equal(labels) and list(sheets) == [0]
        return images[:100], labels[:100]

    def watched(recipe, loader, **options):
        seen["labels"] = loader.labels
        return train(recipe, loader, **options)

    for name, stand_in in {"in_ink": ink, "photographed": cells, "train": watched}.items():
        monkeypatch.setattr(drawing_reader, name, stand_in)
    drawing_reader.make_reader(tmp_path / "reader.pt", sheets=[0], steps=1, show=False)
    assert seen["labels"].equal(torch.cat([labels, labels, labels[:100]]))


def test_each_digit_is_written_and_photographed_under_its_label(reader):
    images, labels = as_tensors(load_digits().train)
    cells, meant = drawing_reader.photographed(images, labels, [0])
    assert meant.tolist() == [digit for digit in range(10) for _ in range(10)]
    for written, digits in (
        (cells, meant),
        (drawing_reader.in_ink(images[:200], labels[:200]), labels[:200]),
    ):
        with torch.inference_mode():
            answers = reader((written.unsqueeze(1) / 255 - 0.5) / 0.5).argmax(dim=1)
        assert (answers == digits).float().mean() > 0.9


# What is read


def test_there_are_three_hands_of_each_digit():
    assert sorted(drawing["digit"] for drawing in DRAWINGS) == sorted(3 * list(range(10)))
    points = [point for drawing in DRAWINGS for stroke in drawing["strokes"] for point in stroke]
    assert all(0 <= value <= 280 for point in points for value in point)


def test_most_drawings_are_read_right(reader):
    answers = [read_strokes(reader, drawing["strokes"]).answer for drawing in DRAWINGS]
    assert None not in answers, "a drawing of a digit was refused"
    assert sum(answer == drawing["digit"] for answer, drawing in zip(answers, DRAWINGS, strict=True)) >= 27


def test_size_and_place_hardly_matter(reader):
    """The same drawing, half as large and in a corner, becomes nearly the same image."""
    for drawing in DRAWINGS[:10]:
        small = scaled(drawing["strokes"], 0.5, right=5, down=100)
        difference = as_digit(small).float() - as_digit(drawing["strokes"]).float()
        assert difference.abs().mean() < 16  # of 255; two digits differ by about 40
        assert read_strokes(reader, small).answer == drawing["digit"]


def test_probabilities_and_answer_are_those_of_the_model(reader):
    result = read_strokes(reader, EXAMPLES["7"])
    batch = ((as_digit(EXAMPLES["7"]).float() / 255 - 0.5) / 0.5)[None, None]
    with torch.inference_mode():
        expected = reader(batch).softmax(dim=1)[0]
    assert torch.allclose(result.probabilities, expected, atol=1e-6)
    assert result.answer == expected.argmax() == 7


def test_the_saliency_is_the_size_of_the_gradient(reader):
    result = read_strokes(reader, EXAMPLES["3"], with_saliency=True)
    batch = ((as_digit(EXAMPLES["3"]).float() / 255 - 0.5) / 0.5)[None, None].requires_grad_()
    reader(batch)[0, result.answer].backward()
    assert torch.allclose(result.saliency, batch.grad[0, 0].abs(), atol=1e-5)


def test_a_model_in_training_mode_reads_without_dropout_and_stays_in_its_mode():
    model = SimpleCNN(dropout=0.9).train()
    first, second = (read_strokes(model, EXAMPLES["3"]).probabilities for _ in range(2))
    assert torch.equal(first, second) and model.training


def test_an_unsure_answer_says_so():
    class Torn(nn.Module):
        def forward(self, images):
            logits = torch.zeros(len(images), 10)
            logits[:, 4], logits[:, 9] = 5.0, 4.8
            return logits

    words = read_strokes(Torn(), EXAMPLES["3"]).words
    assert words.startswith("Not sure: 4 (5") and "or perhaps 9 (4" in words
