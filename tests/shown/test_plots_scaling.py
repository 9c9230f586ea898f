"""The pictures of lesson 12: what is drawn is what was given."""

from mnist_lab.plots import BLUE, RED, scaling

import pytest
from figures import by_label, lines, of_colour, texts

ENDS = {"one worker": [3.0, 4.0, 5.5], "two workers": [3.0, 3.1, 4.0]}
WAYS = {
    32: {"alone": (0.02, 0.0), "two processes": (0.01, 0.004)},
    256: {"alone": (0.2, 0.0), "two processes": (0.1, 0.005)},
}
LANES = {"workers": 2, "seconds_each": 20, "start": 10, "limit": 60}


def test_a_job_counts_from_the_second_at_which_it_ended():
    (axes,) = scaling.finished(ENDS).axes
    marks = lines(axes)["one worker"]
    (steps,) = set(of_colour(axes.lines, BLUE)) - {marks}
    assert list(steps.get_xdata()) == [0, 3.0, 4.0, 5.5] and list(steps.get_ydata()) == [0, 1, 2, 3]
    assert steps.get_drawstyle() == "steps-post"
    assert marks.get_xydata().tolist() == [[3.0, 1], [4.0, 2], [5.5, 3]]
    assert texts(axes.get_legend().get_texts()) == list(ENDS)


def test_lanes_hold_whole_jobs_and_show_those_that_come_too_late():
    (axes,) = scaling.lanes(5, **LANES).axes
    starts = by_label(axes.containers)["start"]
    jobs = [bar for bar in axes.patches if bar not in starts]
    assert [bar.get_width() for bar in starts] == [10, 10]
    assert [bar.get_x() for bar in jobs] == [10, 10, 30, 30, 50]
    assert [round(bar.get_y() + 0.3) for bar in jobs] == [0, 1, 0, 1, 0]
    assert of_colour(jobs, RED) == [bar for bar in jobs if bar.get_hatch()] == jobs[-1:]


def test_a_job_that_ends_at_the_limit_is_in_time():
    (axes,) = scaling.lanes(2, workers=1, seconds_each=25, start=10, limit=60).axes
    assert not any(bar.get_hatch() for bar in axes.patches)


def test_the_parts_of_a_step_lie_end_to_end():
    small, large = scaling.steps(WAYS).axes
    bars = by_label(small.containers)
    computing, adding = bars["computing"], bars["adding up, and waiting for it"]
    assert [bar.get_width() for bar in computing] == pytest.approx([20, 10])
    assert [bar.get_x() for bar in adding] == pytest.approx([20, 10])
    assert [bar.get_width() for bar in adding] == pytest.approx([0, 4])
    assert (small.get_title(), large.get_title()) == ("32 images a batch", "256 images a batch")
    assert texts(small.get_yticklabels()) == ["alone", "two processes"]


def test_speed_ups_follow_amdahl():
    (axes,) = scaling.speed_ups({"a tenth": 0.1}, most=1024).axes
    straight = lines(axes)["nothing stays whole"]
    assert list(straight.get_xdata()) == list(straight.get_ydata())
    line = lines(axes)["a tenth: 10.00% stays whole"]
    assert line.get_xdata()[-1] == 1024
    assert line.get_ydata()[0] == pytest.approx(1)
    assert line.get_ydata()[1] == pytest.approx(20 / 11)  # a tenth whole, the rest in two
    assert line.get_ydata()[-1] == pytest.approx(9.9130, abs=1e-3)
    assert texts(axes.get_legend().get_texts()) == ["nothing stays whole", "a tenth: 10.00% stays whole"]
