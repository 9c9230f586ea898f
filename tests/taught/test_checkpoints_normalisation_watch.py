"""A loaded model warns, once, of images that are normalised in another way than it was trained with."""

import warnings

from mnist_lab.analysis.corruptions import CORRUPTIONS
from mnist_lab.checkpoints import load_model, save_checkpoint
from mnist_lab.checkpoints.normalisation_watch import NormalisationWarning
from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.models import SimpleCNN
from mnist_lab.training import evaluate

import pytest
import torch
from PIL import Image, ImageDraw
from torch import nn
from torch.utils.data import Subset
from torchvision.transforms import v2

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}


@pytest.fixture(scope="module")
def digits():
    return Subset(load_digits().train, range(96))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pt"


def loaded(path, **about):
    save_checkpoint(path, SimpleCNN(), **(ABOUT | about))
    return load_model(path)


def test_the_right_normalisation_is_met_with_silence(path, digits):
    model = loaded(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(model, InMemoryLoader(digits, batch_size=1))
        augment = v2.RandomAffine(10, translate=(0.1, 0.1), fill=-1.0)
        evaluate(model, InMemoryLoader(digits, shuffle=True, augment=augment))
        model(torch.zeros(2, 1, 28, 28)), model(torch.empty(2, 1, 28, 28, device="cpu").fill_(-1))
    assert SimpleCNN()(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


@pytest.mark.parametrize("mean, std", [(0.0, 1.0), (0.1307, 0.3081), (0.0, 1 / 255), (0.5, 1.0), (0.5, 0.25)])
def test_another_normalisation_is_met_with_one_warning(path, digits, mean, std):
    model = loaded(path)
    with pytest.warns(NormalisationWarning, match=r"Normalise them.*mean=0.5 and std=0.5") as caught:
        evaluate(model, InMemoryLoader(digits, mean=mean, std=std))
        evaluate(model, InMemoryLoader(digits, mean=mean, std=std))
    assert len(caught) == 1


def test_a_range_that_is_too_small_is_noticed(path, digits):
    model = loaded(path, mean=0.0, std=0.25)
    with pytest.warns(NormalisationWarning, match=r"from 0.00 to 1.00.*0.00 \(black\) to 4.00 \(white\)"):
        evaluate(model, InMemoryLoader(digits, mean=0.0, std=1.0))


def test_the_warning_points_at_the_callers_line(path):
    with pytest.warns(NormalisationWarning) as caught:
        loaded(path)(torch.rand(4, 1, 28, 28))
    assert caught[0].filename == __file__


# Paper and ink


def said_of(path, images, **about):
    """Return what the warnings of a loaded model say of images, in one text."""
    model = loaded(path, **about)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with torch.inference_mode():
            model(images), model(images)
    return "\n".join(str(warning.message) for warning in caught)


def prepared(digits, *, mean=0.5, std=0.5, inverted=False):
    images = torch.cat([images for images, _ in InMemoryLoader(digits, mean=0.0, std=1.0)])
    return ((1 - images if inverted else images) - mean) / std


def paper_photo(digits, *, paper, ink):
    """Digits as dark ink on paper, from 0 to 1, with light that falls off and the noise of a camera."""
    light = paper + torch.linspace(0.1, -0.1, 28)
    draws = torch.randn(len(digits), 1, 28, 28, generator=torch.Generator().manual_seed(0))
    return (light - ink * prepared(digits, mean=0.0, std=1.0) + 0.02 * draws).clamp(0, 1)


@pytest.mark.parametrize("many", [1, 96])
@pytest.mark.parametrize("mean, std", [(0.5, 0.5), (0.1307, 0.3081), (0.0, 1.0), (0.0, 1 / 255)])
def test_dark_on_light_is_told_once_whatever_the_normalisation(path, digits, mean, std, many):
    said = said_of(path, prepared(digits, mean=mean, std=std, inverted=True)[:many])
    assert said.startswith("These images are dark on light and run from ")
    assert "Invert them (1 - images). Then normalise them as in training, with mean=0.5 and std=0.5." in said
    assert said.endswith("mnist_lab.handwriting.photo.read_photo does all of this.") and "grey" not in said


def test_a_digit_from_a_drawing_program_is_dark_on_light(path):
    image = Image.new("L", (28, 28), 255)
    ImageDraw.Draw(image).line([(8, 5), (20, 5), (12, 23)], fill=0, width=3)
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(1, 1, 28, 28)
    assert "are dark on light and" in said_of(path, (pixels / 255 - 0.5) / 0.5)


@pytest.mark.parametrize("mean, std", [(0.5, 0.5), (0.0, 1.0)], ids=["normalised", "only from 0 to 1"])
@pytest.mark.parametrize("paper, ink", [(0.85, 0.4), (0.6, 0.3), (0.75, 0.35)])
def test_a_photo_of_grey_paper_is_told_what_is_wrong(path, digits, paper, ink, mean, std):
    for images in ((paper_photo(digits, paper=paper, ink=ink) - mean) / std).split(1)[:8]:
        said = said_of(path, images)
        assert "are grey and dark on light and run" in said
        assert "Even out the paper and raise the contrast. Invert them (1 - images). Then normalise" in said


def test_a_photo_that_was_only_inverted_is_grey(path, digits):
    said = said_of(path, 1 - 2 * paper_photo(digits, paper=0.7, ink=0.3))
    assert "are grey and run" in said and "Invert" not in said


def test_faint_ink_on_black_is_told_to_raise_the_contrast(path, digits):
    assert said_of(path, 0.7 * prepared(digits) - 0.3) == "", "as white as a blurred digit may be"
    said = said_of(path, 0.5 * prepared(digits) - 0.5)
    assert "are faint and run from -1.00 to 0.00" in said and "Raise the contrast. Then" in said


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_corruptions_of_the_lessons_are_met_with_silence(path, digits, name):
    for strength in CORRUPTIONS[name].strengths:
        assert said_of(path, CORRUPTIONS[name].function(prepared(digits), strength)) == "", strength


def test_a_single_image_that_fills_its_frame_is_met_with_silence(path):
    pullover = torch.full((1, 1, 28, 28), -1.0)
    pullover[..., :, 4:24] = torch.linspace(0.2, 0.9, 20)
    assert said_of(path, pullover) == ""
    assert "are dark on light" in said_of(path, -pullover)
    assert said_of(path, prepared(Subset(load_digits().train, range(3500)))) == ""


def test_what_has_no_edges_is_judged_by_its_range_alone(path):
    save_checkpoint(path, nn.Linear(784, 10), **ABOUT)
    model = load_model(path, model=nn.Linear(784, 10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(torch.rand(4, 784) * 2 - 1)
    with pytest.warns(NormalisationWarning, match="from nan to nan.* Normalise them as in training"):
        model(torch.full((4, 784), float("nan")))
