"""A drawing becomes an image as MNIST's were made: fitted into 20 by 20, centred by its mass."""

from mnist_lab.data.strokes import BOX, SIDE, rasterise

import pytest
import torch

THREE = [
    [(80, 70), (120, 45), (170, 50), (190, 85), (165, 120), (125, 133)],
    [(125, 133), (180, 145), (200, 185), (175, 225), (120, 235), (75, 210)],
]
ONE = [[(140, 20), (140, 260)]]
SEVEN = [[(20, 20), (260, 20), (100, 260)]]
EDGES = [[(0, 0), (280, 0), (280, 280)]]
DOT = [[(30, 200)]]
DRAWINGS = {"three": THREE, "one": ONE, "seven": SEVEN, "edges": EDGES, "dot": DOT}
each_drawing = pytest.mark.parametrize("strokes", DRAWINGS.values(), ids=DRAWINGS)


def extent(image):
    """Rows and columns that the ink spans."""
    rows, columns = (image > 0).nonzero(as_tuple=True)
    return (rows.max() - rows.min() + 1).item(), (columns.max() - columns.min() + 1).item()


def centre_of_mass(image):
    weights = image.double() / image.sum()
    places = torch.arange(SIDE, dtype=torch.float64)
    return (weights.sum(1) @ places).item(), (weights.sum(0) @ places).item()


@each_drawing
def test_form_and_ink_box(strokes):
    image = rasterise(strokes)
    assert image.shape == (SIDE, SIDE) and image.dtype == torch.uint8
    assert max(extent(image)) <= BOX
    assert image.max() > 200  # the ink is nearly white


@pytest.mark.parametrize("strokes", [THREE, ONE, DOT], ids=["three", "one", "dot"])
def test_the_mass_is_in_the_middle(strokes):
    for place in centre_of_mass(rasterise(strokes)):
        assert abs(place - (SIDE - 1) / 2) <= 0.5 + 1e-6


@each_drawing
def test_no_ink_is_cut_off(strokes):
    """Where the mass is far from the middle of the ink, the ink still fits into the image."""
    tall, wide = extent(rasterise(strokes))
    assert max(tall, wide) >= BOX - 1


def test_place_and_size_of_a_drawing_do_not_matter():
    moved = [[(x - 50, y + 20) for x, y in stroke] for stroke in THREE]
    assert torch.equal(rasterise(moved), rasterise(THREE))
    small = [[(x / 2, y / 2) for x, y in stroke] for stroke in THREE]
    difference = rasterise(small, width=11).float() - rasterise(THREE).float()
    assert difference.abs().mean() < 8  # of 255: the strokes end between other pixels


def test_orientation_is_kept():
    image = rasterise(SEVEN).float()
    top, bottom = image[: SIDE // 2].sum(dim=1), image[SIDE // 2 :].sum(dim=1)
    assert top.max() > 2 * bottom.max()  # the bar of a 7 is on top: y runs downwards


def test_a_single_dot_is_a_disc():
    image = rasterise(DOT)
    assert extent(image) == (BOX, BOX)
    assert image[14, 14] == 255 and image[4, 4] < 128
    assert (image.int() - image.T.int()).abs().max() <= 25  # round, but for the grid


def test_ink_outside_the_canvas_is_ignored():
    inside = [[(140, 100), (140, 200)]]
    assert torch.equal(rasterise([*inside, [(900, 900), (950, 950)]]), rasterise(inside))


def test_points_may_be_lists_and_fractions_and_strokes_empty():
    strokes = [[[80.5, 70.25], [200.0, 210.75]], []]
    assert torch.equal(rasterise(strokes), rasterise([[(80.5, 70.25), (200.0, 210.75)]]))


@pytest.mark.parametrize("strokes", [[], [[]], [[(400, 400), (500, 400)]]])
def test_no_ink_is_refused(strokes):
    with pytest.raises(ValueError, match=r"empty: expected ink on the canvas of 280 by 280"):
        rasterise(strokes)


def test_a_square_stroke_becomes_a_ring():
    image = rasterise([[(100, 100), (100, 180), (180, 180), (180, 100), (100, 100)]], width=20)
    rows, columns = (image > 0).nonzero(as_tuple=True)
    ring = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert ring.shape == (BOX, BOX)
    assert ring[7:13, 7:13].max() <= 10  # hollow, but for the ringing of Lanczos' filter
    assert min(ring[1, 10], ring[10, 1], ring[18, 10], ring[10, 18]) >= 250  # white on all sides
