"""Pieces of ink, and which of them make up one digit, in reading order."""

import numpy as np
from scipy import ndimage

WHOLE = 0.75  # of a digit's height: a piece as high may be a digit of its own
SPECK = 1 / 160  # of the photo's longer side
WIDEST = 3  # width over height
HOLE, MOST_HOLES = 0.002, 4  # of the digit's box; an 8 and a looped 2 have two
PART = 0.45  # lower than that, it is none


def digits_in(ink):
    """Return labels, int (H, W), and for each digit, in reading order, its box and the labels of its pieces.

    ink is white on black, uint8 (H, W); a box is (left, top, right, bottom).
    """
    labels, _ = ndimage.label(ink > 60, structure=np.ones((3, 3)))
    pieces = without_surroundings(pieces_of(ink, labels), ink.shape)
    if not pieces:
        return labels, []
    for _ in range(2):  # once more with the height of what was joined
        size = usual_height(pieces)
        pieces = joined(pieces, labels, size)
    digits = [
        (box, numbers)
        for box, numbers, _ in pieces
        if box[3] - box[1] > max(PART * size, (box[2] - box[0]) / WIDEST)
    ]
    return labels, in_reading_order(digits, size) if digits else []


def pieces_of(ink, labels):
    """Return the pieces of ink as (box, [label], number of pixels), without specks and what is faint."""
    pixels, pieces = np.bincount(labels.ravel()), []
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        size = max(down.stop - down.start, across.stop - across.start)
        if size > SPECK * max(ink.shape) and is_sharp(ink, labels, number, down, across):
            box = across.start, down.start, across.stop, down.stop
            pieces.append((box, [number], pixels[number]))
    return pieces


def is_sharp(ink, labels, number, down, across):
    """Return whether a piece is dark and has an edge somewhere, which the rest of a shadow has not."""
    if ink[down, across][labels[down, across] == number].max() <= 200:
        return False
    around = (slice(max(0, side.start - 4), side.stop + 4) for side in (down, across))
    return ndimage.morphological_gradient(ink[tuple(around)], 7).max() > 150


def is_scribble(ink):
    """Return whether ink, cropped to one digit, uint8 (H, W), has more loops than a digit has."""
    ink = np.pad(ink > 60, 1)
    holes, _ = ndimage.label(~ink)
    return (np.bincount(holes.ravel())[2:] > HOLE * ink.size).sum() > MOST_HOLES


def usual_height(pieces):
    """Return the height of the piece that the middle pixel of all ink lies in."""
    heights = np.array([box[3] - box[1] for box, _, _ in pieces])
    order = heights.argsort()
    total = np.cumsum([pieces[i][2] for i in order])
    return heights[order][np.searchsorted(total, total[-1] / 2)]


def without_surroundings(pieces, shape):
    """Return the pieces without those at the photo's border that are far larger than what is inside."""
    height, width = shape
    inside = [
        piece for piece in pieces if min(piece[0][:2]) > 0 and piece[0][2] < width and piece[0][3] < height
    ]
    if not inside:
        return pieces
    most = 1.6 * usual_height(inside)
    return [
        (box, *rest)
        for box, *rest in pieces
        if (box, *rest) in inside or max(box[3] - box[1], box[2] - box[0]) <= most
    ]


def joined(pieces, labels, size):
    """Return the pieces with those that belong together as one."""
    groups = sorted(pieces, key=lambda piece: piece[2])
    done = []
    while groups:
        piece, groups = groups[0], groups[1:]
        gaps = [gap(piece, other, labels, size) for other in groups]
        near = min(range(len(gaps)), key=gaps.__getitem__, default=None)
        if near is None or gaps[near] == np.inf:
            done.append(piece)
            continue
        (a, numbers, pixels), (b, others, more) = piece, groups[near]
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        groups[near] = (box, numbers + others, pixels + more)
        groups.sort(key=lambda piece: piece[2])
    return done


def gap(piece, other, labels, size):
    """Return the distance of two pieces in pixels if it makes them parts of one digit, else infinity."""
    (a, numbers, _), (b, others, _) = piece, other
    apart = [max(a[i], b[i]) - min(a[i + 2], b[i + 2]) for i in (0, 1)]
    if max(apart) > 0.25 * size:
        return np.inf
    joint_width = max(a[2], b[2]) - min(a[0], b[0])
    joint_height = max(a[3], b[3]) - min(a[1], b[1])
    if joint_width > 1.6 * size or joint_height > 1.6 * size:
        return np.inf
    overlap = -apart[0] / min(a[2] - a[0], b[2] - b[0])
    is_part = min(a[3] - a[1], b[3] - b[1]) < WHOLE * size
    most = (0.25 if overlap > 0.4 else 0.1) if is_part else (0.15 if overlap > 0.5 else 0)
    rows = slice(min(a[1], b[1]), max(a[3], b[3]))
    columns = slice(min(a[0], b[0]), max(a[2], b[2]))
    region = labels[rows, columns]
    away = ndimage.distance_transform_edt(~np.isin(region, numbers))[np.isin(region, others)].min()
    return away if away <= most * size else np.inf


def in_reading_order(groups, size):
    """Return the groups row by row, each from left to right; rows may slope."""
    centres = np.array([((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box, _ in groups])
    heights = centres[:, 1] - slope_of(centres, size) * centres[:, 0]
    order, rows = heights.argsort(), []
    for i in order:
        if rows and heights[i] - np.mean(heights[rows[-1]]) < 0.6 * size:
            rows[-1].append(i)
        else:
            rows.append([i])
    return [groups[i] for row in rows for i in sorted(row, key=lambda i: centres[i, 0])]


def slope_of(centres, size):
    """Return how far rows go down for each pixel to the right: the median over neighbours."""
    slopes = []
    for x, y in centres:
        right, down = centres[:, 0] - x, centres[:, 1] - y
        near = np.where((right > 0.3 * size) & (abs(down) < 0.7 * right), right + 2 * abs(down), np.inf)
        i = near.argmin()
        if near[i] < 3 * size:
            slopes.append(down[i] / right[i])
    return np.median(slopes) if slopes else 0.0
