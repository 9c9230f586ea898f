"""The class experiment: a line a seat in, the spread and its blocks out."""

import io
import re
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.data import load_digits
from mnist_lab.plots.classroom import seat_histogram
from mnist_lab.workshop.classroom import experiment

import pytest
from click.testing import CliRunner

LESSON = Path(__file__).parents[2] / "notebooks" / "03_training.ipynb"


def file_of(tmp_path, text, name="class.txt"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_a_seat_in_every_way_of_writing(tmp_path):
    text = "\ufeff17 0.968\n18, 96,4 %\n\n# went home\n19;97.1\n20\t0,95\n 21: 1\n"
    found = experiment.read_class(file_of(tmp_path, text))
    assert found == pytest.approx({17: 0.968, 18: 0.964, 19: 0.971, 20: 0.95, 21: 1.0})


def test_the_table_of_a_sweep_is_read_too(tmp_path):
    text = (
        "notebook,SEED,status,seconds,test_accuracy,error\n"
        "a.ipynb,0,passed,9.1,0.97,\nb.ipynb,1,passed,9.0,0.96,\nc.ipynb,2,failed,1.0,,oh\nd.ipynb,3,passed,9,0.95,\n"
    )
    assert experiment.read_class(file_of(tmp_path, text, "results.csv")) == {0: 0.97, 1: 0.96, 3: 0.95}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 0.96\nseat two: 0.95\n3 0.9", "line 2 should be a seat and a test accuracy, such as '17 0.968'"),
        ("1 0.96\n2 968\n3 0.9", "line 2 should be a seat"),
        ("0.96\n0.95\n0.9", "line 1 should be a seat"),
        ("1 0.96\n\n1 0.95\n3 0.9", "line 3: seat 1 is there twice; leave one"),
        ("1 0.96\n2 0.95", "has 2 seats, and a spread needs 3"),
        ("", "has 0 seats"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        experiment.read_class(file_of(tmp_path, text))


def test_pairs_are_counted_in_whole_images():
    result = experiment.class_result({1: 0.968, 2: 0.964, 3: 0.966}, num_images=1000, apart=0.4)
    assert (result.far_pairs, result.num_pairs) == (1, 3)  # 0.968 − 0.964 is a little less than 0.004
    assert result.summary.mean == pytest.approx(0.966)
    assert result.floor == pytest.approx((0.966 * 0.034 / 1000) ** 0.5)


@pytest.mark.parametrize(("apart", "far", "digits"), [(0.25, 0, "2.5"), (0.04, 2, "0.4"), (0.2, 2, "2")])
def test_points_between_whole_images_ask_for_the_next_one(apart, far, digits):
    result = experiment.class_result({1: 0.968, 2: 0.970, 3: 0.970}, apart=apart)
    assert result.far_pairs == far
    assert f"\n{apart} points are {digits} of 1,000 digits." in experiment.report(result)


def test_a_file_of_another_encoding_is_named(tmp_path):
    path = tmp_path / "class.txt"
    path.write_text("1 0.9\n2 0.9\n3 0.8\n", encoding="utf-16")
    with pytest.raises(ValueError, match=r"class\.txt is not UTF-8 text; save it as UTF-8"):
        experiment.read_class(path)


def test_the_report_names_seats_and_digits():
    text = experiment.report(experiment.class_result({4: 0.968, 9: 0.964, 11: 0.966}))
    assert "lowest 96.4 % (seat 9), highest 96.8 % (seat 4)" in text
    assert "0.4 points are 4 of 1,000 digits." in text
    assert "1 of 3 pairs of seats lie at least so far apart: 33 of a hundred." in text
    assert "One run of each cannot tell" in text


def test_the_report_says_when_luck_alone_is_not_enough():
    near = {seat: 0.9 + seat / 10_000 for seat in range(5)}
    assert "seldom" in experiment.report(experiment.class_result(near, apart=3))


def test_the_size_of_the_exam_is_that_of_the_bundled_test_digits():
    assert len(load_digits().test) == experiment.NUM_IMAGES
    assert f"{experiment.FIGURE}=" in LESSON.read_text(encoding="utf-8")


def test_every_seat_has_its_block():
    accuracies = {seat: 0.96 + seat % 7 / 1000 for seat in range(1, 31)}
    result = experiment.class_result(accuracies)
    figure = seat_histogram(accuracies, result.summary, floor=result.floor, num_images=1000, title="a title")
    figure.savefig(io.BytesIO(), format="png")
    blocks, bars = figure.axes
    assert sorted(int(text.get_text()) for text in blocks.texts) == list(range(1, 31))
    lefts = {round(patch.get_x(), 6) for patch in blocks.patches}
    assert len(lefts) == 7 and len(blocks.patches) == 30
    assert (blocks.get_title(), bars.get_xlabel()) == ("a title", "test accuracy")
    low, high = blocks.get_xlim()
    assert low < min(accuracies.values()) and high > max(accuracies.values())


def test_a_wide_spread_gets_wider_columns():
    accuracies = {seat: 0.1 + seat / 40 for seat in range(1, 31)}
    result = experiment.class_result(accuracies)
    figure = seat_histogram(accuracies, result.summary, floor=result.floor, num_images=1000)
    assert len({round(patch.get_x(), 6) for patch in figure.axes[0].patches}) <= 24


def test_the_command_prints_the_report_and_leaves_the_picture(tmp_path):
    path = file_of(tmp_path, "1 0.968\n2 0.964\n3 0.97\n")
    options = ["--apart", "0.6", "--images", "500"]
    done = CliRunner().invoke(main, ["classroom", "experiment", str(path), *options])
    assert done.exit_code == 0, done.output
    assert "0.6 points are 3 of 500 digits." in done.output
    assert (tmp_path / "class.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_says_what_is_wrong_with_a_file(tmp_path):
    path = file_of(tmp_path, "1 0.968\n2 o.964\n3 0.97\n")
    done = CliRunner().invoke(main, ["classroom", "experiment", str(path)])
    assert done.exit_code == 2 and "line 2 should be a seat" in done.output
    assert not (tmp_path / "class.png").exists()
