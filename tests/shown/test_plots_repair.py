"""The pictures of lesson 08 say what is true, whichever network or tree they are given."""

from mnist_lab.plots.repair import blown_up, cut_rows, decision_tree, flat_losses, gradient_sizes

import pytest
import torch
from figures import marked, panels, places, png, point, texts, y


@pytest.mark.parametrize("size", [1, 4, 8, 10, 12])
def test_a_batch_is_cut_as_view_cuts_it(size):
    figure = cut_rows([size], per_image=6, per_row=24)
    (axes,) = figure.axes
    (words,) = texts(axes.texts)
    hatched = [bar for bar in axes.patches if bar.get_hatch()]
    try:
        rows = len(torch.zeros(size, 6).view(-1, 24))
    except RuntimeError:
        assert "error" in words
        assert [bar.get_width() for bar in hatched] == [size * 6 % 24]
    else:
        assert words.startswith(f"{rows} row") and f"where {size} should be" in words
        assert not hatched
    cuts = [lines.get_segments()[0][0][0] for lines in axes.collections]
    assert cuts == [24 * row for row in range(size * 6 // 24 + 1)]
    assert png(figure)


def test_a_cut_at_every_image_is_no_fold():
    (axes,) = cut_rows([3], per_image=6, per_row=6).axes
    assert texts(axes.texts) == ["3 rows"]


TREE = ("moves?", {"no": "leaf A", "yes": ("gradient?", {"no": "leaf B", "yes": "leaf C"})})


def test_a_tree_shows_every_question_answer_and_leaf():
    figure = decision_tree(TREE, title="A tree")
    (axes,) = figure.axes
    assert sorted(texts(axes.texts)) == sorted(
        ["moves?", "gradient?", "leaf A", "leaf B", "leaf C", "no", "no", "yes", "yes"]
    )
    at = places(axes)
    assert at["leaf A"][0] < at["leaf B"][0] < at["leaf C"][0]
    assert at["gradient?"] == (2.0, -1) and at["leaf A"][1] == -1 and at["leaf C"][1] == -2
    assert axes.get_title() == "A tree" and png(figure)


def test_an_edge_goes_from_a_question_to_its_answer():
    (axes,) = decision_tree(TREE).axes
    ends = [(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in axes.lines]
    assert ((2.0, 1.5), (-1, -2)) in ends and ((2.0, 2.5), (-1, -2)) in ends and len(ends) == 4


def test_boxes_of_a_tree_do_not_overlap():
    figure = decision_tree(TREE)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if "?" in text.get_text()]
    boxes += [text.get_window_extent() for text in figure.axes[0].texts if "leaf" in text.get_text()]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_layer_without_a_gradient_is_said_in_words():
    figure = gradient_sizes({"one": {"conv": 0.1, "fc": 0.01}, "other": {"conv": None, "fc": 0.0}})
    one, other = (panels(figure)[name] for name in ("one", "other"))
    assert [dot.get_xdata()[0] for dot in one.lines] == [0.1, 0.01]  # no bar: a log axis has no zero
    assert texts(other.texts) == ["no gradient"] * 2 and not other.lines and not one.texts
    assert texts(one.get_yticklabels()) == ["conv", "fc"]
    assert png(figure)


def test_a_flat_loss_stands_beside_a_healthy_one():
    figure = flat_losses({"a": [2.3, 2.3], "b": [2.4, 2.2]}, healthy=[2.3, 1.0], clueless=2.303)
    assert list(panels(figure)) == ["a", "b"]
    for axes, values in zip(figure.axes, ([2.3, 2.3], [2.4, 2.2]), strict=True):
        assert set(y(axes, "ln 10")) == {2.303}
        assert y(axes, "a healthy run") == [2.3, 1.0] and y(axes, "this one") == values
        styles = {line.get_linestyle() for line in axes.lines}
        assert len(styles) == 3, "told apart without colour too"
    assert png(figure)


def test_a_run_that_ends_early_is_marked_where_it_ends():
    figure = blown_up({"0.1": [2.3, 2.0, 1.5, 1.0], "10": [2.3, 1e20]}, clueless=2.303)
    (axes,) = figure.axes
    (words,) = axes.texts
    assert words.get_text() == "then nan" and words.xy == (1, 1e20)
    assert [point(cross) for cross in marked(axes, "X")] == [(1, 1e20)]
    assert axes.get_yscale() == "log" and png(figure)
