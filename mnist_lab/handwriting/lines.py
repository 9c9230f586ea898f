"""The printed lines of squared and lined paper, found by their length and taken away by their paleness."""

from mnist_lab.handwriting.ink import ink_depth

import numpy as np
from PIL import Image
from scipy import ndimage

SMALL, LONG = 320, 56  # pixels: of the picture in which lines are looked for, and of a line at least
SLOPES = np.arange(-0.4, 0.41, 0.8 / 12)  # pixels down for one across
PALER, UNEVEN = 0.8, 1.35  # lines as shares of the ink's depth, a line's darkest pixel of its usual ones


def erase_lines(flat):
    """Return flat, uint8 (H, W), dark ink on white, without long straight lines paler than the ink."""
    image = Image.fromarray(255 - flat)
    image.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    small = ndimage.white_tophat(np.asarray(image), 7)  # the rest of a shadow is wider than a line
    is_line = np.maximum(runs(small), runs(small.T).T) > 0.09 * ink_depth(flat)
    if is_line.mean() < 0.004:
        return flat
    mask = np.asarray(Image.fromarray(is_line).resize(flat.shape[::-1], Image.Resampling.NEAREST))
    depths, most = 255 - flat[mask], PALER * ink_depth(flat[~mask])
    if np.percentile(depths, 88) > most:
        return flat
    line = np.percentile(depths[depths <= most], 92)
    return np.where(mask & (255 - flat < UNEVEN * line), bridged(flat, mask), flat)


def bridged(flat, mask):
    """Return flat, uint8 (H, W), with what the mask covers no darker than the ink on both sides of it."""
    without, size = np.where(mask, 255, flat).astype(np.uint8), 2 * (max(flat.shape) // SMALL) + 1
    return np.maximum(flat, np.minimum(opened(without, size), opened(without.T, size).T))


def runs(depth):
    """Return how dark the darkest line is that runs from left to right through each pixel of depth (H, W)."""
    thick = ndimage.maximum_filter1d(depth, 3, axis=0).ravel()
    places = np.arange(depth.size).reshape(depth.shape)
    best = np.zeros_like(depth)
    for slope in SLOPES:
        shift = np.round(slope * np.arange(depth.shape[1])).astype(int) * depth.shape[1]
        level = opened(thick.take(places + shift, mode="wrap"), LONG)
        best = np.maximum(best, level.take(places - shift, mode="wrap"))
    return best


def opened(levels, length):
    """Return levels (H, W) without what rises over fewer than length pixels of a row."""
    for choose in (np.minimum, np.maximum):
        levels = np.pad(levels, ((0, 0), (length // 2, (length - 1) // 2)), mode="symmetric")
        done = 1
        while done < length:  # windows twice as long each time: many times faster than SciPy's filters
            step = min(done, length - done)
            levels = choose(levels[:, :-step], levels[:, step:])
            done += step
    return levels
