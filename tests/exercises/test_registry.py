"""From a number to an exercise and its file: names, order, and the table in exercises/README.md."""

import importlib
import re
import textwrap
from pathlib import Path

from mnist_lab import exercises as room
from mnist_lab.exercises import registry
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.questions import Question
from mnist_lab.exercises.registry import exercises, file_of, find_exercise, find_question
from mnist_lab.exercises.texts import read_texts

import pytest
from all_exercises import each_exercise, each_lesson

ROOM = Path(room.__file__).parent
HEADER = "| lesson | id | title | file |\n|---|---|---|---|"


def test_an_unknown_id_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no exercise '0\.33'; there are 0\.1, .*Did you mean '0\.3'"):
        find_exercise("0.33")
    with pytest.raises(ValueError, match=r"no question '0\.exot'.*Did you mean '0\.exit'"):
        find_question("0.exot")


@pytest.mark.parametrize("id", ["00.3", "0.03", "0.3.", "8.0", "99.1", "0.\u0663", "3"])
def test_what_only_resembles_an_id_is_refused(id):
    with pytest.raises(ValueError, match="There is no exercise"):
        find_exercise(id)


def test_a_check_imports_the_exercise_that_is_asked_for_and_no_other(monkeypatch):
    asked, load = [], registry._exercise
    monkeypatch.setattr(registry, "_exercise", lambda path: asked.append(path) or load(path))
    assert find_exercise(" 8.10 ").id == "8.10"
    assert asked == [file_of("8.10")]


@each_exercise
def test_a_file_bears_the_number_of_its_exercise(exercise):
    path = file_of(exercise.id)
    lesson, number = map(int, exercise.id.split("."))
    assert re.fullmatch(rf"lesson_{lesson:02d}/e{number}_[a-z0-9_]+\.py", path.relative_to(ROOM).as_posix())
    module = importlib.import_module(f"mnist_lab.exercises.lesson_{lesson:02d}.{path.stem}")
    assert module.EXERCISE is exercise is find_exercise(exercise.id)


@each_lesson
def test_a_lesson_holds_each_of_its_files_in_order(lesson):
    folder = ROOM / f"lesson_{lesson:02d}"
    numbers = [int(exercise.id.partition(".")[2]) for exercise in exercises(lesson)]
    assert numbers == list(range(1, len(numbers) + 1))
    parts = set(folder.glob("e*_probe.py"))
    assert set(folder.glob("e*.py")) - parts == {file_of(exercise.id) for exercise in exercises(lesson)}
    for part in parts:
        assert part.with_name(part.name.replace("_probe", "")).exists(), f"{part} is a part of no exercise"


@pytest.mark.parametrize("path", sorted((ROOM / "engine").glob("*.py")), ids=lambda path: path.name)
def test_the_engine_knows_no_lesson(path):
    assert not re.search(r"lesson_|lesson \d|exercise \d", path.read_text(encoding="utf-8"), re.IGNORECASE)


def example(language):
    """The first example in a language in the room's README."""
    text = (ROOM / "README.md").read_text(encoding="utf-8")
    return textwrap.dedent(re.search(rf"^( *)```{language}\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)[2])


def test_the_readme_s_exercise_and_question_work(tmp_path, monkeypatch):
    (tmp_path / "e8_double.py").write_text(example("python"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    exercise = importlib.import_module("e8_double").EXERCISE
    assert judge(exercise, exercise.reference).ok and len(exercise.mistakes) == 2
    for mistake in exercise.mistakes:
        assert judge(exercise, mistake.answer).mistake is mistake
    (tmp_path / "questions.toml").write_text(example("toml"), encoding="utf-8")
    (question,) = read_texts(tmp_path / "questions.toml", "question", Question)
    assert question.id == "1.q2"


def test_the_readme_lists_each_exercise_with_its_file():
    rows = []
    for exercise in exercises():
        path = file_of(exercise.id).relative_to(ROOM).as_posix()
        rows.append(f"| {exercise.lesson:02d} | {exercise.id} | {exercise.title} | `{path}` |")
    table = "\n".join([HEADER, *rows]) + "\n"
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    assert table in readme, f"{ROOM / 'README.md'} needs this table:\n\n{table}"
