"""The command that measures what people wait for."""

from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.upkeep import waits
from mnist_lab.workshop.upkeep.check_waits import CHECKS, check_waits, jobs_of, waits_of
from mnist_lab.workshop.upkeep.slider_waits import explorers, places

import pytest

CHECKED = {"1.1": dict.fromkeys(CHECKS, (2.0, 1.0)), "1.2": dict.fromkeys(CHECKS, (0.5, 0.25))}


def jobs(*chosen):
    return [job for path in lessons() for job in jobs_of(path, chosen)]


def test_every_exercise_is_measured_after_the_imports_of_its_own_sitting():
    every = dict(jobs())
    assert list(every) == [exercise.id for exercise in exercises()]
    for id, (imports, reference, check) in every.items():
        lines = imports.splitlines()
        assert lines[0] == "%matplotlib inline" or all(line.startswith(("import", "from")) for line in lines)
        assert check.startswith(f'check("{id}", ') and check.split(", ")[1].rstrip(")") in reference
    assert every["3.1"][0] != every["3.8"][0], "lesson 03 has two sittings"


def test_ids_and_numbers_of_lessons_choose():
    assert [id for id, _ in jobs("0", "3.4")] == ["0.1", "0.2", "0.3", "0.4", "0.5", "3.4"]


@pytest.mark.slow
def test_a_check_is_timed_in_a_real_kernel():
    ((id, times),) = check_waits(["0.2"]).items()
    assert id == "0.2" and tuple(times) == CHECKS
    assert all(0 < wall < 60 and 0 < processor < 60 for wall, processor in times.values())
    imports, _, check = dict(jobs("0.2"))["0.2"]
    with pytest.raises(ValueError, match=r"verdicts on exercise 0\.2 are not correct, correct, not yet"):
        waits_of("0.2", [imports, "def row_means(images):\n    return images", check])


def test_every_control_goes_to_other_places_and_comes_back():
    seen = {}
    for explorer in explorers():
        for key, control in explorer.controls.items():
            there = places(control)
            assert there[-1] == control.value and there[0] != control.value, "a move that changes nothing"
            seen[explorer.name, key] = len(there)
    assert len({name for name, _ in seen}) == 6
    assert seen["Feature-map browser", "layer"] == 11 and seen["Convolution explorer", "padding"] == 5


def test_the_table_has_the_median_the_worst_and_who_it_was(capsys):
    moves = {"Widget · digit": [(0.25, 0.125), (0.75, 0.5)]}
    table = waits.tables(CHECKED, moves)
    assert list(table) == [*CHECKS, "a slider, first move", "a slider, every move"]
    assert table["a check, first"] == {
        "median": [1.25, 0.625], "worst": [2.0, 1.0], "slowest": {"1.1": 2.0, "1.2": 0.5}
    }  # fmt: skip
    assert list(table["a slider, every move"]["slowest"]) == [
        "Widget · digit, move 2",
        "Widget · digit, move 1",
    ]
    waits.show(table)
    said = capsys.readouterr().out
    assert "2.000 (1.000)   1.1 2.00; 1.2 0.50" in said


def test_without_sliders_the_table_has_checks_only():
    assert list(waits.tables(CHECKED, {})) == list(CHECKS)
