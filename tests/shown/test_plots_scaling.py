"""The pictures of lesson 12: what is drawn is what was given."""

from mnist_lab.plots import RED, scaling

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

ENDS = {"one worker": [3.0, 4.0, 5.5], "two workers": [3.0, 3.1, 4.0]}
WAYS = {
    32: {"alone": (0.02, 0.0), "two processes": (0.01, 0.004)},
    256: {"alone": (0.2, 0.0), "two processes": (0.1, 0.005)},
}
LANES = {"workers": 2, "seconds_each": 20, "start": 10, "limit": 60}


def all_figures():
    return [
        scaling.finished(ENDS, title="t"),
        scaling.lanes(5, **LANES, title="t"),
        scaling.steps(WAYS, title="t"),
        scaling.speed_ups({"a": 0.1, "b": 0.01}, title="t"),
    ]


def test_every_figure_is_labelled_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert all(axes.get_xlabel() for axes in figure.axes)
        assert figure.axes[0].get_ylabel() or figure.axes[0].get_yticklabels()
        assert figure.axes[0].get_title() or figure.get_suptitle()


def test_a_job_counts_from_the_second_at_which_it_ended():
    (axes,) = scaling.finished(ENDS).axes
    steps, marks = axes.lines[:2]
    assert list(steps.get_xdata()) == [0, 3.0, 4.0, 5.5] and list(steps.get_ydata()) == [0, 1, 2, 3]
    assert steps.get_drawstyle() == "steps-post"
    assert list(zip(marks.get_xdata(), marks.get_ydata(), strict=True)) == [(3.0, 1), (4.0, 2), (5.5, 3)]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(ENDS)


def test_lanes_hold_whole_jobs_and_show_those_that_come_too_late():
    (axes,) = scaling.lanes(5, **LANES).axes
    starts, jobs = axes.patches[:2], axes.patches[2:]
    assert [bar.get_width() for bar in starts] == [10, 10]
    assert [bar.get_x() for bar in jobs] == [10, 10, 30, 30, 50]
    assert [round(bar.get_y() + 0.3) for bar in jobs] == [0, 1, 0, 1, 0]
    late = [to_hex(bar.get_facecolor()).upper() == RED for bar in jobs]
    assert late == [False, False, False, False, True]
    assert bool(jobs[-1].get_hatch()) and not jobs[0].get_hatch()


def test_a_job_that_ends_at_the_limit_is_in_time():
    (axes,) = scaling.lanes(2, workers=1, seconds_each=25, start=10, limit=60).axes
    assert not any(bar.get_hatch() for bar in axes.patches)


def test_the_parts_of_a_step_lie_end_to_end():
    small, large = scaling.steps(WAYS).axes
    computing, adding = small.containers
    assert [bar.get_width() for bar in computing] == pytest.approx([20, 10])
    assert [bar.get_x() for bar in adding] == pytest.approx([20, 10])
    assert [bar.get_width() for bar in adding] == pytest.approx([0, 4])
    assert (small.get_title(), large.get_title()) == ("32 images a batch", "256 images a batch")
    assert [label.get_text() for label in small.get_yticklabels()] == ["alone", "two processes"]


def test_speed_ups_follow_amdahl():
    (axes,) = scaling.speed_ups({"a tenth": 0.1}, most=1024).axes
    straight, line = axes.lines
    assert list(straight.get_xdata()) == list(straight.get_ydata())
    assert line.get_xdata()[-1] == 1024
    assert line.get_ydata()[0] == pytest.approx(1)
    assert line.get_ydata()[1] == pytest.approx(20 / 11)  # a tenth whole, the rest in two
    assert line.get_ydata()[-1] == pytest.approx(9.9130, abs=1e-3)
    assert "10.00% stays whole" in axes.get_legend().get_texts()[1].get_text()
