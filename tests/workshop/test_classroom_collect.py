"""Before grading: misnamed hand-ins, who is missing, and answers that are identical; nothing is lost."""

import json
import re
import warnings

from mnist_lab.cli import main
from mnist_lab.workshop.classroom.alike import SOLUTION, normalised
from mnist_lab.workshop.classroom.build import build
from mnist_lab.workshop.classroom.collect import collect
from mnist_lab.workshop.classroom.course import read_gradebook

import pytest
from click.testing import CliRunner
from nbformat import read, v4, write

pytest.importorskip("nbgrader")
NAME = "01_tiny"
STUB = "def {}(*args, **more):\n    ..."
NAMES = {"1.1": "output_size", "1.4": "convolve", "1.7": "conv_parameters"}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.S)
LONG = {  # the first two are
    "1.1": "def output_size(size):\n    places = start = 0\n    while start < size:\n        places += 1\n"
    "        start += 2\n    return places",
    "1.4": "def convolve(image):\n    rows = []\n    for row in range(2):\n        rows.append(image[0])\n"
    "    return rows",
    "1.7": "def conv_parameters(a, b, k, *, groups=1):\n    return a * b * k * k + b",
}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The source of an assignment of three exercises."""
    folder = tmp_path_factory.mktemp("given")
    cells = [v4.new_markdown_cell("# Tiny"), v4.new_code_cell("import torch")]
    for id, name in NAMES.items():
        cells.append(v4.new_code_cell(STUB.format(name), metadata={"tags": [f"exercise:{id}"]}))
        cells.append(v4.new_code_cell(f'check("{id}", {name})'))
    write(v4.new_notebook(cells=cells), folder / f"{NAME}.ipynb")
    build(folder / "course", [folder / f"{NAME}.ipynb"])
    return read(folder / "course" / "source" / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.fixture
def course(given, tmp_path):
    """A course in which nobody has handed in yet."""
    source = tmp_path / "source" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    write(given, source)
    return tmp_path


def enrol(course, *learners):
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy has remarks on nbgrader's code
        patch.setattr(api, "get_alembic_version", lambda: "any")  # a program that takes long to start
        with api.Gradebook(f"sqlite:///{(course / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
            for learner in learners:
                gradebook.add_student(learner)


def hand_in(course, path, *, marks=True, **answers):
    """Write a hand-in into submitted/, with these answers, such as e4 for 1.4; return its path."""
    notebook = read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = HIDDEN.sub("", SOLUTION.sub("", cell.source))
        if cell.id.startswith("exercise-"):
            cell.source = answers.get(f"e{cell.id[-1]}", cell.source)
        if not marks:
            cell.metadata.pop("nbgrader", None)
            cell.id = v4.new_code_cell().id
    path = course / "submitted" / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def files(course):
    root = course / "submitted"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


RIGHT = f"ada/{NAME}/{NAME}.ipynb"
COPIES = (
    f"ada/{NAME}/{NAME} (1).ipynb",
    f"ada/{NAME}/{NAME}-Copy1.ipynb",
    f"ada/{NAME}/{NAME} - Copy.ipynb",
    f"ada/{NAME}/{NAME} – Kopie.ipynb",
    f"ada/{NAME}/{NAME}.ipynb.txt",
    f"ada/{NAME}/{NAME}.IPYNB",
    f"ada/{NAME} (1)/{NAME}.ipynb",
    f"ada/{NAME} (1)/{NAME} (1).ipynb",
    f"ada/{NAME}/{NAME}/{NAME}.ipynb",
    f"ada/{NAME}.ipynb",
)


@pytest.mark.parametrize("path", COPIES)
def test_a_single_copy_is_taken_as_meant(course, path):
    text = hand_in(course, path, e7=LONG["1.7"]).read_bytes()
    said = collect(course)
    assert said[0] == f"{path}: taken as handed in, now {RIGHT}." and files(course) == {RIGHT: text}
    assert not any(path in sentence for sentence in collect(course)), "once is enough"


@pytest.mark.parametrize("path", [COPIES[0], f"ada/{NAME} (1)/{NAME}.ipynb", f"ada/{NAME}.ipynb"])
def test_of_a_copy_and_an_original_the_copy_counts_and_both_stay(course, path):
    first = hand_in(course, RIGHT).read_bytes()
    second = hand_in(course, path, e7=LONG["1.7"]).read_bytes()
    (sentence, *_) = collect(course)
    assert (
        sentence == f"{path}: taken as handed in, now {RIGHT}; what was there is kept as {NAME}.ipynb.kept."
    )
    assert files(course) == {RIGHT: second, f"{RIGHT}.kept": first}


def test_a_copy_as_it_was_given_out_does_not_take_the_place_of_answers(course):
    first, second = (
        hand_in(course, RIGHT, e7=LONG["1.7"]).read_bytes(),
        hand_in(course, COPIES[0]).read_bytes(),
    )
    assert "as it was given out, so the other one counts" in collect(course)[0]
    assert files(course) == {RIGHT: first, f"{RIGHT}.kept": second}


def test_what_was_kept_before_stays(course):
    texts = [hand_in(course, RIGHT, e7="a = 0").read_bytes()]
    for number in (1, 2):
        texts.append(hand_in(course, COPIES[0], e7=f"a = {number}").read_bytes())
        collect(course)
    assert files(course) == {f"{RIGHT}.kept": texts[0], f"{RIGHT}.kept2": texts[1], RIGHT: texts[2]}


def test_of_several_copies_none_is_chosen(course):
    for path in COPIES[:2]:
        hand_in(course, path, e7=LONG["1.7"])
    before = files(course)
    said = collect(course)
    for path in COPIES[:2]:
        assert f"{path} should be {RIGHT}. Several are meant for it: choose one." in said
    assert files(course) == before


OTHERS = (f"ada/{NAME}/answers.ipynb", f"ada/week 1/ada_{NAME}.ipynb", "ada/my.ipynb", f"{NAME}.ipynb")


@pytest.mark.parametrize("path", OTHERS)
def test_another_name_is_known_by_its_locked_cells_and_listed(course, path):
    hand_in(course, path)
    wanted = RIGHT if "/" in path else RIGHT.replace("ada", "STUDENT")
    assert collect(course)[0] == f"{path} should be {wanted}."
    assert list(files(course)) == [path]


SWAPPED = {"ada.ipynb": "ada", "ada/my.ipynb": "ada", f"{NAME}.ipynb": "STUDENT"}


@pytest.mark.parametrize(("path", "learner"), SWAPPED.items())
def test_a_folder_of_an_assignment_is_no_learner(course, path, learner):
    enrol(course, "ada")
    hand_in(course, f"{NAME}/{path}")
    missing = [] if learner == "ada" else [f"{NAME}: nothing from ada."]
    assert collect(course) == [f"{NAME}/{path} should be {RIGHT.replace('ada', learner)}.", *missing]


def test_a_notebook_that_was_cut_off_is_listed(course):
    enrol(course, "ada")
    path = hand_in(course, RIGHT)
    path.write_bytes(path.read_bytes()[:3000])
    assert collect(course) == [f"{RIGHT} cannot be read as a notebook; ask for it anew."]


def test_files_beside_go_along_and_notes_and_checkpoints_are_nobodys_business(course):
    hand_in(course, f"ada/{NAME} (1)/{NAME}.ipynb")
    (course / "submitted/ada" / f"{NAME} (1)" / "timestamp.txt").write_text("2026-01-01")
    hand_in(course, f"ada/.ipynb_checkpoints/{NAME}.ipynb")
    write(v4.new_notebook(), course / "submitted" / "ada" / "notes.ipynb")
    collect(course)
    hand_in(course, f"ada/{NAME}/old answers.ipynb")
    assert (course / "submitted" / "ada" / NAME / "timestamp.txt").exists()
    assert collect(course)[1:] == [] and len(files(course)) == 5


def test_what_was_graded_under_another_name_is_to_be_graded_anew(course):
    (course / "autograded" / "ada" / NAME).mkdir(parents=True)
    hand_in(course, COPIES[0])
    assert collect(course)[0].endswith("Grade it anew: nbgrader autograde --force.")


def test_who_is_missing_is_known_from_the_roster(course):
    hand_in(course, RIGHT)
    assert collect(course)[-1].startswith("Who has handed in nothing is not known, for there is no roster.")
    enrol(course, "ada", "ben", "cleo")
    hand_in(course, f"cleoo/{NAME}/{NAME}.ipynb")
    assert collect(course) == [
        "cleoo is not in the roster. Did you mean 'cleo'?",
        f"{NAME}: nothing from ben, cleo.",
    ]


# Identical answers


def renamed(code):
    """The same answer with other names, comments and blanks."""
    code = re.sub(r"\b(places|rows)\b", "total", re.sub(r"\b(start|row)\b", "i", code))
    return "# mine\n\n" + code.replace("\n    return", "  # so\n\n    return")


def alike(course):
    return [sentence for sentence in collect(course) if "identical" in sentence]


@pytest.mark.parametrize("marks", [True, False])
def test_a_notebook_with_other_names_is_identical(course, marks):
    answers = {f"e{id[-1]}": code for id, code in LONG.items()}
    hand_in(course, RIGHT, **answers)
    other = {name: renamed(code) for name, code in answers.items()}
    hand_in(course, RIGHT.replace("ada", "ben"), marks=marks, **other)
    hand_in(course, RIGHT.replace("ada", "cleo"), **{**answers, "e4": answers["e4"].replace("[0]", "[1]")})
    assert alike(course) == [
        f"{NAME}: ada and ben: 3 answers are identical but for names and comments, the long ones are 1.1, "
        "1.4. Look at both before you judge."
    ]


def test_short_answers_untouched_ones_and_one_long_one_accuse_nobody(course):
    for learner in ("ada", "ben"):
        hand_in(
            course, RIGHT.replace("ada", learner), e7=LONG["1.7"], e1="def output_size(*a):\n    return 1"
        )
    for learner in ("cleo", "dan"):
        hand_in(course, RIGHT.replace("ada", learner))
    for learner in ("eve", "finn"):
        hand_in(course, RIGHT.replace("ada", learner), e4=LONG["1.4"])
    assert alike(course) == []


def test_what_much_of_the_class_writes_alike_accuses_nobody(course):
    for number in range(8):
        answers = {"e1": LONG["1.1"], "e4": LONG["1.4"]} if number < 5 else {}
        hand_in(course, RIGHT.replace("ada", f"s{number}"), **answers)
    assert alike(course) == []
    for number in range(3):
        (course / "submitted" / RIGHT.replace("ada", f"s{number}")).write_text("{", "utf-8")
    assert len(alike(course)) == 1 and "s3 and s4" in alike(course)[0]


def test_other_values_attributes_and_order_are_other_answers():
    same = normalised("def f(x):\n    y = x.mean(dim=1)\n    return y")
    assert same == normalised('def g(a):\n    """Say."""\n\n    b = a.mean(dim=1)  # b\n    return (b)')
    for other in ("a.mean(dim=2)", "a.sum(dim=1)", "torch.mean(a, dim=1)"):
        assert same != normalised(f"def g(a):\n    b = {other}\n    return b")
    assert normalised("def f(:\n\n   x") == normalised("def f(:\nx"), "no Python is compared as text"


# The command


def test_a_folder_with_the_name_of_a_notebook_is_no_hand_in(course):
    hand_in(course, "ada/00_small/00_small.ipynb")
    (course / "submitted" / "ada" / "notes.ipynb").mkdir()
    assert not any("notes" in line for line in collect(course))


def test_an_error_of_whoever_reads_a_gradebook_is_not_called_damage(course):
    enrol(course, "ada")
    with pytest.raises(ValueError, match=r"^of mine$"), read_gradebook(course):
        raise ValueError("of mine")


def test_the_command_says_it_and_refuses_what_is_no_course(course):
    enrol(course, "ada")
    hand_in(course, RIGHT)
    result = CliRunner().invoke(main, ["classroom", "collect", str(course)])
    assert (
        result.exit_code == 0 and result.output == "Every hand-in has its right name, and none is missing.\n"
    )
    result = CliRunner().invoke(main, ["classroom", "collect", str(course / "submitted")])
    assert result.exit_code == 2 and "is no course folder" in result.output
