"""Lessons as the website shows them: headings, folds, answers that wait, checks."""

import json
import re
from html import unescape
from itertools import pairwise

from mnist_lab.exercises.registry import exercises
from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.lesson.boxes import box, paragraph
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.site import lesson_pages
from mnist_lab.workshop.upkeep import addresses

import nbformat
import pytest
from nbformat import v4

STEMS = [path.stem for path in lessons()]
FOLDED = re.compile(
    r'<details class="[^"]*prose after-1-1"><summary>.*?</summary>\s*(.*?)\s*</details>', re.S
)


@pytest.fixture(scope="module")
def shown():
    """Each lesson as the site shows it, by its stem."""
    return {
        path.stem: lesson_pages.lesson_page(nbformat.read(path, as_version=4), path.stem[:2])
        for path in lessons()
    }


def html_of(cell):
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))


def tags_of(cell):
    return cell.metadata.get("tags", [])


def page_of(*cells, number="99"):
    return lesson_pages.lesson_page(v4.new_notebook(cells=list(cells)), number).cells


def code(source, html="", **data):
    data = {"text/plain": "as text"} | ({"text/html": html} if html else {}) | data
    return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data)])


# Lessons


@pytest.mark.parametrize("stem", STEMS)
def test_what_answers_a_prediction_is_folded(stem, shown):
    cells = shown[stem].cells
    asked = [cell for cell in cells if 'class="prediction"' in html_of(cell)]
    for cell in cells:
        if told := re.search(r"<b>Prediction ([\d.]+): ", html_of(cell)):
            id = told[1].replace(".", "-")
            assert {"hide-output", f"tells-{id}", f"ends-{id}"} <= set(tags_of(cell))
    ends = [tag for cell in cells for tag in tags_of(cell) if tag.startswith("ends-")]
    assert len(asked) == len(ends)
    original = next(path for path in lessons() if path.stem == stem).read_text(encoding="utf-8")
    assert len(asked) == len(set(re.findall(r"<b>Prediction ([\d.]+)</b>", original)))


@pytest.mark.parametrize("stem", STEMS)
def test_headings_begin_with_one_title_and_skip_no_level(stem, shown):
    text = "\n".join(cell.source for cell in shown[stem].cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    levels = [len(signs) for signs in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_headings_of_one_kind_stay_on_one_level():
    texts = ["# 00 · A", "## B", "# Sitting 1", "## C", "```\n# no heading\n```\n### D", "## E"]
    found = [cell.source.strip().split("\n") for cell in page_of(*map(v4.new_markdown_cell, texts))]
    assert [lines[-1] for lines in found] == ["# 00 · A", "## B", "## Sitting 1", "### C", "#### D", "### E"]
    assert found[4][1] == "# no heading"


@pytest.mark.parametrize("stem", STEMS)
def test_checks_say_where_they_work_and_keep_their_hints(stem, shown):
    checks = [cell for cell in shown[stem].cells if cell.source.startswith("check(")]
    assert len(checks) == len(exercises(int(stem[:2])))
    for cell in checks:
        assert "hide-input" in tags_of(cell) and "not started" not in html_of(cell)
        assert 'href="running.html"' in html_of(cell) and "Hint 1 of" in html_of(cell)
        assert html_of(cell).count("<div") == html_of(cell).count("</div>")


@pytest.mark.parametrize("stem", STEMS)
def test_plumbing_is_folded_and_what_only_runs_read_is_left_out(stem, shown):
    folded = [cell for cell in shown[stem].cells if "hide-input" in tags_of(cell)]
    assert {"from mnist", "check_para"} <= {
        part for cell in folded for part in (cell.source[:10], *re.findall(r"from mnist", cell.source))
    }
    assert not any(
        RECORD_TYPE in output.get("data", {})
        for cell in shown[stem].cells
        for output in cell.get("outputs", [])
    )
    assert not any(tag == addresses.TAG for cell in shown[stem].cells for tag in tags_of(cell))


def asked(*options, id="1.1"):
    lines = (
        f'<div style="margin-top:.2em"><b>{letter}</b>&emsp;{text}</div>'
        for letter, text in zip("ABCD", options, strict=False)
    )
    return box("plain", f"Prediction {id}", paragraph("Which?"), *lines)


def told(answer, id="1.1"):
    return box(
        "plain", f"Prediction {id}: {answer}", paragraph("No guess was recorded. The next one is free.")
    )


def test_only_the_section_with_the_answer_is_folded():
    """A question may stand over a whole lesson, whose figures are to be seen."""
    cells = [
        code('predict("1.1")', asked("two", "three")),
        code("early()"),
        v4.new_markdown_cell("## Verdicts"),
    ]
    cells = page_of(*cells, code("late()"), code('reveal("1.1", n)', told("two")))
    assert ["hide-output" in tags_of(cell) for cell in cells] == [False, False, False, True, True]
    assert "No guess" not in html_of(cells[-1])


@pytest.mark.parametrize(
    ("options", "answer", "known", "behind"),
    [
        (
            ["two", "the <code>view</code>"],
            "two",
            '{"the `view`": "No `view`."}',
            {"B": "No <code>view</code>."},
        ),
        (["1 %", "3 %", "9 %"], "3.4 %", '{1: "few", 3: "yes", 9: "many"}', {"A": "few", "C": "many"}),
        (["−2", "1"], "0.6", '{-2: "below"}', {"A": "below"}),
        (["a", "b"], "b", '{"a": f"not {x}"}', {}),
    ],
)
def test_a_wrong_choice_finds_the_misconception_behind_it(options, answer, known, behind):
    source = f'reveal("1.1", x, misconceptions={known})'
    question, _ = page_of(code('predict("1.1", "Which?")', asked(*options)), code(source, told(answer)))
    mark = re.search(r'data-of="1-1" data-behind="([^"]*)"', html_of(question))
    assert json.loads(unescape(mark[1])) == behind


def test_text_after_an_answer_is_folded_with_it_up_to_a_heading_or_code():
    after = "Two.\n\n```\n# two\n```\n\n## Next\n\nMore."
    for last, shut in ((after, after.partition("\n\n## ")[0]), (code("n"), ""), ("## Next", "")):
        cells = [code('predict("1.1")', asked("two", "three")), code('reveal("1.1", n)', told("two"))]
        texts = [it if isinstance(it, dict) else v4.new_markdown_cell(it) for it in ("So.", last, "Later.")]
        folds = [FOLDED.match(cell.source) for cell in page_of(*cells, *texts)[2:]]
        assert [found[1] if found else "" for found in folds] == ["So.", shut, ""]
    assert page_of(*cells[:1], v4.new_markdown_cell("So."))[1].source == "So."
