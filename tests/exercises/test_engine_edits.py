"""Wrong answers as edits of the right one: the piece changes, the rest stays, and a stale edit is refused."""

import inspect
import math

from mnist_lab.exercises.engine.edits import edited

import pytest

LIMIT = 2


def area(width, height):
    """Return the area of a rectangle, at most LIMIT wide."""
    width = min(width, LIMIT)
    return width * height


def factorial(number):
    if number < 2:
        return 1
    return number * factorial(number - 1)


class Circle:
    """A circle."""

    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius**2


def edit(function, changes):
    return edited(function, changes, name="exercise 7.1")


def test_a_piece_is_replaced_and_the_original_stays():
    wrong = edit(area, {"width * height": "width + height"})
    assert wrong(1, 5) == 6 and area(1, 5) == 5
    assert wrong(9, 5) == 7, "the names of the module are at hand"


def test_several_pieces_are_replaced():
    wrong = edit(area, {"min(width": "max(width", "width * height": "width - height"})
    assert wrong(9, 5) == 4


def test_a_recursive_function_calls_its_edited_self():
    wrong = edit(factorial, {"return 1": "return 10"})
    assert wrong(1) == 10 and wrong(3) == 60 and factorial(3) == 6


def test_a_class_is_edited_too():
    wrong = edit(Circle, {"**2": ""})
    assert wrong(2).area() == 2 * math.pi and Circle(2).area() == 4 * math.pi


def test_the_result_has_a_source_of_its_own():
    first, second = (edit(area, {"width * height": text}) for text in ("0", "1"))
    assert "return 0" in inspect.getsource(first) and "return 1" in inspect.getsource(second)
    assert first.__doc__ == area.__doc__


@pytest.mark.parametrize(("piece", "times"), [("width / height", 0), ("height", 2), ("width", 4)])
def test_a_piece_that_does_not_stand_there_once_is_refused(piece, times):
    words = f"In exercise 7.1, an edit replaces '{piece}', which stands {times} times in the source of area"
    with pytest.raises(ValueError, match=words):
        edit(area, {piece: "0"})


def test_an_edit_that_a_former_edit_made_stale_is_refused():
    with pytest.raises(ValueError, match="'height', which stands 3 times"):
        edit(area, {"width * height": "height * height", "height": "0"})
