"""What lesson cells call: keep a figure, read a stored one, show an error on purpose."""

import json

from mnist_lab import lesson

import pytest
import torch


@pytest.fixture
def displayed(monkeypatch):
    """Catch what would be displayed in a notebook."""
    caught = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: caught.append(data))
    return caught


def test_record_stores_plain_numbers_and_says_how_many(displayed):
    lesson.record(test_accuracy=torch.tensor(0.9375), read_as=3, name="bundled")
    assert displayed[0][lesson.RECORD_TYPE] == {
        "test_accuracy": 0.9375,
        "read_as": 3,
        "name": "bundled",
    }
    assert json.loads(json.dumps(displayed[0][lesson.RECORD_TYPE])) == displayed[0][lesson.RECORD_TYPE]
    assert displayed[0]["text/plain"] == "3 key figures kept, for comparing runs."


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, None, 1j, torch.ones(2), torch.ones(0)])
def test_record_refuses_what_is_not_one_figure(displayed, value):
    with pytest.raises(ValueError, match="expects numbers or short texts, but curve is a"):
        lesson.record(curve=value)
    assert displayed == []


def test_recorded_reads_a_stored_result(monkeypatch, tmp_path):
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    (tmp_path / "seed_recipe.json").write_text('{"n": 5}')
    assert lesson.recorded("seed_recipe") == {"n": 5}
    with pytest.raises(
        ValueError, match=r"no stored result 'seed_recipes'; there are seed_recipe\. Did you mean"
    ):
        lesson.recorded("seed_recipes")


def test_shows_error_prints_the_lessons_own_line_and_goes_on(capsys):
    with lesson.shows_error(RuntimeError):
        torch.zeros(2, 3) @ torch.zeros(2, 3)
    printed = capsys.readouterr().out
    assert "torch.zeros(2, 3) @ torch.zeros(2, 3)" in printed
    assert printed.strip().splitlines()[-1].startswith("RuntimeError: mat1 and mat2")


def test_shows_error_fails_when_nothing_is_raised():
    with (
        pytest.raises(RuntimeError, match="meant to raise ValueError or KeyError, but it ran through"),
        lesson.shows_error(ValueError, KeyError),
    ):
        pass


def test_shows_error_lets_another_error_through():
    with pytest.raises(ZeroDivisionError), lesson.shows_error(ValueError):
        1 / 0  # noqa: B018


def test_shows_error_wants_a_type():
    with pytest.raises(ValueError, match="expects the error to come"), lesson.shows_error():
        pass


def test_a_damaged_result_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    (tmp_path / "sweep.json").write_text('{"n": 1,}')
    with pytest.raises(ValueError, match=r"sweep\.json cannot be read as a stored result: .*install it anew"):
        lesson.recorded("sweep")
