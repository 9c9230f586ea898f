"""The teaching guide is as the lessons are, the handout fits its page, the class experiment counts right."""

import io
import itertools
import re
import shlex
import sys
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.data import load_digits
from mnist_lab.exercises.registry import exercises, find_exercise, find_question
from mnist_lab.plots.classroom import seat_histogram
from mnist_lab.training import evaluate, train_one_epoch
from mnist_lab.workshop.classroom import experiment
from mnist_lab.workshop.upkeep import fill_teaching as guide

import click
import nbformat
import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.text import Text
from nbformat import v4
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
SITTINGS = {sitting.code: sitting for sitting in guide.sittings()}
CODE = re.compile(r"`(\d\d·\d)`")
MEASURED = re.compile(
    r"\d\s*(%|per ?cent\b|sec\b|seconds\b)|\d\s(s|ms)\b|±|\d\s*×(?!\s*\d)|\d\s*times\s+(faster|slower|as)"
)

sys.path.insert(0, str(ROOT / "images"))


def section(name, level="##"):
    found = re.search(rf"^{level} {re.escape(name)}.*?(?=^#{{1,{len(level)}}} |\Z)", TEXT, re.M | re.S)
    assert found, f"TEACHING.md has no section {name}"
    return found[0]


LESSONS = dict(re.findall(r"^### (\d\d) (.*?)\n(?=\n)", section("Lesson by lesson"), re.M))
each_lesson = pytest.mark.parametrize("number", LESSONS)


def lesson_section(number):
    return section(f"{number} {LESSONS[number]}", "###")


def rows(text):
    """The cells of each row of the tables in a Markdown text, without the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {i for i, line in enumerate(lines) if i + 1 < len(lines) and set(lines[i + 1]) <= set("|- ")}
    kept = [line for i, line in enumerate(lines) if i not in heads and not set(line) <= set("|- ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def lesson_file(number):
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    return path


def notebook_text(number):
    return "\n".join(cell.source for cell in nbformat.read(lesson_file(number), 4).cells)


# The guide against the lessons


def test_the_table_of_sittings_is_as_the_lessons_are():
    assert guide.fill(TEXT, guide.sittings_table()) == TEXT, (
        "run `python -m mnist_lab.workshop.upkeep.fill_teaching`"
    )


def test_every_lesson_has_its_section_in_order():
    files = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert list(LESSONS) == [path.name[:2] for path in files]
    for path in files:
        title = re.match(r"# (\d\d) · (.*)", nbformat.read(path, 4).cells[0].source)
        assert LESSONS[title[1]].removesuffix(" (further)") == title[2]


@each_lesson
def test_a_lesson_names_each_exercise_once_and_the_hard_ones_last(number):
    line = re.search(r"\*\*Exercises\.\*\* (.*)", lesson_section(number))[1]
    parts = [re.findall(r"\d+\.\d+", part) for part in re.split("; then|; stretch", line.split(". ")[0])]
    named = [id for part in parts for id in part]
    assert len(named) == len(set(named)) and all(find_exercise(id).lesson == int(number) for id in named)
    known = {each.id: each for each in exercises(int(number))}
    left = {id for id in known if id not in named}
    if "patients of sitting 2" in line:
        left -= {each.id for each in SITTINGS[f"{number}·2"].exercises}
    assert not left
    assert all(known[id].difficulty < 3 for id in parts[0]), "a core exercise with three dots"
    assert {id for id, each in known.items() if each.difficulty == 3} <= set(parts[-1])


@each_lesson
def test_the_votes_are_predictions_of_the_lesson(number):
    votes = re.findall(r"\d+\.\d+", re.search(r"\*\*Vote\.\*\*(.*?)\*\*Ask", lesson_section(number))[1])
    asked = re.findall(r'predict\(\s*"([\d.]+)"', notebook_text(number))
    assert len(votes) >= 3 and set(votes) <= set(asked)


def test_questions_and_headings_that_a_route_names_exist():
    for id in re.findall(r'question\("([\w.]+)"\)', TEXT):
        find_question(id)
    texts = {number: notebook_text(number) for number in ("01", "03", "06", "02")}
    for number, heading in [
        ("01", "One place"),
        ("01", "Padding, stride, dilation"),
        ("03", "The test set, once"),
        ("02", "Does it matter?"),
        ("06", "Is it the same as PyTorch's?"),
    ]:
        assert f"*{heading}*" in TEXT
        assert re.search(rf"^##+ {re.escape(heading)}$", texts[number], re.M)


def test_every_vote_and_exercise_of_a_route_exists():
    known = {each.id for each in exercises()}
    asked = {id for number in LESSONS for id in re.findall(r'predict\(\s*"([\d.]+)"', notebook_text(number))}
    for number in re.findall(r"\b\d{1,2}\.\d{1,2}\b", section("Routes").replace("96.8", "")):
        assert number in known | asked, number


# The routes


ROUTES = ("One room, 90 minutes", "Two sessions of 90 minutes", "Six sessions of 90 minutes")
each_route = pytest.mark.parametrize("name", ROUTES)


def needs(number):
    """The lessons that a lesson says it needs; those that only help are left out."""
    said = re.search(r"\*You need:\*(.*?)\\$", notebook_text(number), re.M | re.S)[1]
    parts = [part for part in said.split(";") if not re.search(r"\bhelps?\b", part)]
    return set(re.findall(r"\b(\d\d)\b", " ".join(parts)))


def test_needs_are_read_from_the_lessons():
    assert needs("00") == set()
    assert needs("03") == {"01", "02"}
    assert needs("10") == {"03", "06", "08"}


def taught(name):
    """The sittings of a route in their order, and those that it leaves out with words instead."""
    table = re.split(r"(?m)^(?=.*[Ll]eft out\b)", section(name, "###"), maxsplit=1)[0]
    order = [code for cells in rows(table) for code in CODE.findall(" ".join(cells))]
    left = CODE.findall(section(name, "###").removeprefix(table))
    return order, set(left)


@each_route
def test_what_a_route_skips_is_not_needed_later_or_is_said(name):
    order, left = taught(name)
    assert order and set(order) <= set(SITTINGS) and left <= set(SITTINGS)
    for i, code in enumerate(order):
        number, sitting = code.split("·")
        before = {other for other in order[:i] if other.split("·")[0] != number}
        for other in needs(number):
            wanted = {known for known in SITTINGS if known.startswith(other)}
            assert wanted <= before | left | set(order), f"{code} needs lesson {other}"
            assert wanted & (before | left), f"{code} stands before lesson {other}, which it needs"
        if sitting == "2":
            assert f"{number}·1" in {*order[:i], *left}, f"{code} without its first sitting"


@each_route
def test_nothing_is_both_taught_and_left_out(name):
    order, left = taught(name)
    assert len(order) == len(set(order)) and not set(order) & left


def test_the_blocks_of_ninety_minutes_join():
    blocks = [re.fullmatch(r"(\d+)–(\d+)", cells[0]) for cells in rows(section(ROUTES[0], "###"))]
    blocks = [(int(block[1]), int(block[2])) for block in blocks if block]
    assert blocks[0][0] == 0 and blocks[-1][1] == 90
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(blocks))


def test_the_two_sessions_last_ninety_minutes():
    for cells in rows(section(ROUTES[1], "###")):
        assert sum(int(minutes) for minutes in re.findall(r"\((\d+)(?: minutes)?\)", cells[1])) == 90


def test_the_six_sessions_fit_into_ninety_minutes_and_an_evening():
    sessions = rows(section(ROUTES[2], "###"))
    assert [cells[0] for cells in sessions] == list("123456")
    for cells in sessions:
        assert sum(SITTINGS[code].minutes for code in CODE.findall(cells[1])) <= 90
        assert sum(SITTINGS[code].minutes for code in CODE.findall(cells[2])) <= 100


@each_route
def test_every_row_of_a_route_has_its_minimum_stretch_and_way_out(name):
    for cells in rows(section(name, "###")):
        if len(cells) > 2:
            assert all(cells[-3:]), cells


# The words


def test_no_measured_figure_is_typed():
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", TEXT, flags=re.S)
    assert not (found := MEASURED.search(prose)), found.group()


def test_it_can_be_read_on_sunday_night():
    prose = re.sub(r"<!-- table.*?/ table -->|```.*?```|\]\([^)]*\)", " ", TEXT, flags=re.S)
    assert len([word for word in prose.split() if re.search(r"\w", word)]) <= 3_600
    assert not re.search(r"(?<!<)!(?!\[)", prose)


def test_every_link_leads_somewhere():
    lines = re.findall(r"^#+ (.*)$", TEXT, re.M)
    headings = {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}
    for target in re.findall(r"\]\(([^)]*)\)", TEXT):
        path, _, anchor = target.partition("#")
        assert (ROOT / path).exists(), target
        assert path or anchor in headings, target


def commands():
    """Every `mnist-lab …` of the page, as words."""
    inline = re.findall(r"`(mnist-lab [^`\n]+)`", TEXT)
    blocks = "\n".join(re.findall(r"```\n(.*?)```", TEXT, re.S))
    lines = [line[line.index("mnist-lab ") :] for line in blocks.splitlines() if "mnist-lab " in line]
    return [shlex.split(line.partition("  #")[0]) for line in [*inline, *lines]]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_and_option_exists(words):
    command, context = main, click.Context(main)
    rest = words[1:]
    while isinstance(command, click.Group) and rest:
        name = rest.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"there is no {name}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= known | {"--help"}


def test_the_packages_named_for_another_system_are_the_pins_of_that_system():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if "==" in line and line[0] != "#"]
    pins = [pin for pin in pins if pin.marker]
    systems = {
        "win_amd64": {"sys_platform": "win32", "os_name": "nt"},
        "macosx_14_0_arm64": {"sys_platform": "darwin", "os_name": "posix"},
    }
    linux = {"sys_platform": "linux", "os_name": "posix"}
    for platform, system in systems.items():
        (line,) = [line for line in TEXT.splitlines() if f"--platform {platform}" in line]
        only_there = [pin for pin in pins if pin.marker.evaluate(system) and not pin.marker.evaluate(linux)]
        wanted = {f"{pin.name}{pin.specifier}" for pin in only_there}
        assert set(re.findall(r"\w+==[\w.]+", line)) == wanted


# The table of sittings


def a_lesson(path, time, *cells):
    opening = v4.new_markdown_cell(f"# 03 · Training\n\n*Time:* {time} minutes, with a pause.")
    nbformat.write(v4.new_notebook(cells=[opening, *cells]), path)
    return path


def exercise_cells(id, tags=()):
    return [
        v4.new_code_cell("order = ...", metadata={"tags": [f"exercise:{id}", *tags]}),
        v4.new_code_cell(f'check("{id}", order)'),
    ]


def test_a_row_of_the_table_by_hand(tmp_path):
    pause = v4.new_markdown_cell("---", metadata={"tags": ["pause"]})
    second = v4.new_markdown_cell("# Sitting 2 · Many steps")
    optional = exercise_cells("3.3", ["further"])
    cells = [*exercise_cells("3.4"), pause, second, *exercise_cells("3.7"), *optional]
    path = a_lesson(tmp_path / "03_training.ipynb", "two sittings of about 50 and 40", *cells)
    found = guide.sittings_table(guide.sittings_of(path)).splitlines()
    assert found[2] == "| 03·1 Training | 50 | 3.4 |  |  | 3 | 2 |"
    assert found[3] == "| 03·2 Many steps | 40 |  |  | 3.7 (3.3) | 8 | 3 |"


def test_one_number_of_minutes_stands_for_both_sittings():
    assert guide.minutes_of("x", "*Time:* two sittings of about 50 minutes each", 2) == [50, 50]
    assert guide.minutes_of("x", "*Time:* one sitting of about 50 minutes.", 1) == [50]


@pytest.mark.parametrize("first", ["# 03 · Training", "*Time:* 10, 20 and 30 minutes"])
def test_minutes_that_are_missing_or_too_many_are_refused(first):
    with pytest.raises(ValueError, match="03_training has 2 sittings, but its first cell"):
        guide.minutes_of("03_training", first, 2)


def test_a_guide_without_markers_is_refused():
    with pytest.raises(ValueError, match="needs one line <!-- table: sittings -->"):
        guide.fill("# Teaching", "| table |\n")


# The class experiment


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
    assert f"{experiment.FIGURE}=" in notebook_text("03")


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


# The handout


@pytest.fixture(scope="module")
def page():
    from handout import handout

    figure = handout()
    FigureCanvasAgg(figure).draw()
    return figure


def artists(page, kind):
    return [artist for artist in page.findobj(kind) if artist.get_visible()]


def texts(page):
    return [text for text in artists(page, Text) if text.get_text().strip()]


def extent(page, artist):
    """Left, right, top and bottom of an artist, in mm from the upper left corner of the page."""
    box = artist.get_window_extent(page.canvas.get_renderer())
    mm = 25.4 / page.dpi
    height = page.bbox.height
    return box.x0 * mm, box.x1 * mm, (height - box.y1) * mm, (height - box.y0) * mm


def test_the_handout_is_one_a4_page_and_nothing_is_cut(page):
    assert [25.4 * length for length in page.get_size_inches()] == pytest.approx([210, 297])
    for text in texts(page):
        left, right, top, bottom = extent(page, text)
        assert left >= 10 and right <= 200 and top >= 8 and bottom <= 289, text.get_text()


def test_no_text_of_the_handout_lies_on_another(page):
    found = [(extent(page, text), text.get_text()) for text in texts(page)]
    for (a, first), (b, second) in itertools.combinations(found, 2):
        apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 0.3 or b[3] <= a[2] + 0.3
        assert apart, (first, second)


def test_the_texts_of_the_handout_stay_within_their_boxes(page):
    from handout import TREE

    boxes = [extent(page, box) for box in artists(page, Patch) if type(box).__name__ == "FancyBboxPatch"]
    within = 0
    for text in texts(page):
        left, right, top, bottom = extent(page, text)
        middle = (top + bottom) / 2
        for box in boxes:
            if box[0] <= left <= box[1] and box[2] <= middle <= box[3]:
                assert right <= box[1] and top >= box[2] and bottom <= box[3], text.get_text()
                within += 1
    assert within == len(boxes) == 2 * len(TREE)


def test_the_handout_is_grey(page):
    for artist in page.findobj():
        for name in ("color", "facecolor", "edgecolor"):
            if hasattr(artist, f"get_{name}"):
                colour = getattr(artist, f"get_{name}")()
                if isinstance(colour, str) or getattr(colour, "shape", (0,)) == (4,):
                    red, green, blue = to_rgb(colour)
                    assert red == green == blue, (artist, name)


def test_the_loop_of_the_handout_is_the_loop_of_the_package():
    import inspect

    from handout import LOOP, NOTES

    package = inspect.getsource(train_one_epoch) + inspect.getsource(evaluate)
    lines = LOOP.splitlines()
    for line in lines[2:7]:
        assert line.strip() in package
    assert lines[13].strip() in package and max(NOTES) < len(lines)


def test_the_shapes_of_the_handout_are_those_of_the_network(page):
    said = " ".join(text.get_text() for text in texts(page))
    assert "(N, 64, 6, 6)" in said and "(N, 2304)" in said and "295,040" in said
    assert "8 pixels, kernel 3, padding 1, stride 2: 4 starts" in said


def test_the_committed_handout_is_one_page_that_draw_makes():
    data = (ROOT / "images" / "handout.pdf").read_bytes()
    assert data.startswith(b"%PDF") and len(re.findall(rb"/Type /Page\b", data)) == 1
    assert '"handout.pdf"' in (ROOT / "images" / "draw.py").read_text()
