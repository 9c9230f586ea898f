"""From a grey picture of paper to white ink on black: polarity, light, noise, width of the strokes."""

import numpy as np
from PIL import Image
from scipy import ndimage

SMALL = 256  # pixels: enough to see how light falls on paper
STROKE = 0.11  # of a digit's size: as wide as MNIST's strokes


def paper_is_light(grey):
    """Return whether the ink in grey, uint8 (H, W), is darker than its paper.

    Ink is rare and far from the paper around it, so it gives the third power of that distance its sign. The
    distance is one of logarithms, in which the edge of a shadow is no further than the ink inside it.
    """
    small = np.log(8 + np.asarray(shrunk(grey), dtype=np.float32))  # 8: black itself is no infinity
    around = ndimage.uniform_filter(small, max(small.shape) // 4)
    return bool(((small - around) ** 3).mean() <= 0)


def flatten_light(grey):
    """Return grey, uint8 (H, W), dark ink on light paper, with paper evened out to white."""
    paper = without_ink(grey, ndimage.grey_closing)
    lit = (grey + 1.0) * (255 / (paper + 1))  # 1: black paper is paper, too
    return np.minimum(lit, 255).astype(np.uint8)


def without_ink(grey, filter):
    """Return grey paper without its ink, float32 (H, W): closing takes dark ink off, opening light ink."""
    small = np.asarray(shrunk(grey), dtype=np.float32)
    paper = filter(small, size=max(3, min(small.shape) // 3))  # wider than a stroke, narrower than a shadow
    return np.asarray(Image.fromarray(ndimage.uniform_filter(paper, 5)).resize(grey.shape[::-1]))


def dark_on_light(grey):
    """Return grey, uint8 (H, W), as it is if its ink is dark, else as its negative.

    Chalk in a shadow is as far above the board as that is lit, so the board is evened out first.
    """
    if paper_is_light(grey):
        return grey
    board = without_ink(grey, ndimage.grey_opening) + 8  # black itself has no light to even out
    return (255 - np.minimum(grey * (board.max() / board), 255)).astype(np.uint8)


def ink_on_black(grey):
    """Return grey, uint8 (H, W), as white ink on black paper, uint8 (H, W); edges of strokes stay grey."""
    return spread_ink(flatten_light(dark_on_light(grey)))


def spread_ink(flat):
    """Return dark ink on white, uint8 (H, W), as white on black.

    What is less than a third as far from white as the ink is becomes 0.
    """
    levels = 255.0 - np.arange(256)
    return (255 * np.clip(1.5 * levels / ink_depth(flat) - 0.5, 0, 1)).astype(np.uint8)[flat]


def ink_depth(flat):
    """Return how far dark ink is from white, at least 1: a mean in which pale pixels hardly count."""
    pixels, levels = np.bincount(flat.ravel(), minlength=256), 255.0 - np.arange(256)
    return max(1.0, (pixels * levels**5).sum() / max((pixels * levels**4).sum(), 1))


def even_stroke(ink):
    """Return ink, uint8 (H, W), cropped to one digit, its strokes at least as wide as MNIST's."""
    if ink.max(initial=0) <= 127:
        return ink
    inside = ndimage.distance_transform_edt(ink > 127)
    width = (
        4 * inside[inside > 0].mean()
    )  # the mean distance to the edge of a stroke is a quarter of its width
    missing = round((STROKE * max(ink.shape) - width) / 2)
    if missing < 1:
        return ink
    y, x = np.ogrid[-missing : missing + 1, -missing : missing + 1]
    return ndimage.grey_dilation(np.pad(ink, missing), footprint=x**2 + y**2 <= missing**2)


def shrunk(grey):
    """Return grey as a PIL image of 256 pixels at most."""
    image = Image.fromarray(grey)
    image.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    return image
