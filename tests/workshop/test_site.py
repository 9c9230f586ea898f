"""The website's texts: lessons with their folds, links, exercises; what is refused."""

import json
import re
import runpy
from html import unescape
from itertools import pairwise
from pathlib import Path

from mnist_lab.exercises.registry import exercises
from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.lesson.boxes import box, paragraph
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.site import build_site, lesson_pages, repository_pages
from mnist_lab.workshop.upkeep import addresses

import nbformat
import pytest
from nbformat import v4

ROOT = Path(__file__).parents[2]
STEMS = [path.stem for path in lessons()]


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
    assert len(asked) == len(ends) == sum(tag[0:5] == "asks-" for cell in cells for tag in tags_of(cell))
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
    texts = ["# 00 · A", "## B", "# Sitting 1", "### C", "```\n# no heading\n```\n### D", "## E"]
    found = [cell.source.split("\n")[-1] for cell in page_of(*map(v4.new_markdown_cell, texts))]
    assert found == ["# 00 · A", "## B", "## Sitting 1", "### C", "### D", "### E"]


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


# Pages


def test_every_section_of_the_readme_has_its_place():
    found = {
        heading
        for text in repository_pages.texts().values()
        for heading in repository_pages.PART.findall(text)
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    elsewhere = {"Glossary", "Teaching with it", "The website", "For contributors"}
    assert found | elsewhere == set(re.findall(r"^## (.*)$", readme, re.MULTILINE))


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("[a](notebooks/03_training.ipynb#Two-modes)", "[a](03_training.ipynb#two-modes)"),
        ("[a](05_persistence.ipynb)", "[a](05_persistence.ipynb)"),
        ("[a](README.md#full-mnist)", "[a](running.md#full-mnist)"),
        ("[a](README.md#glossary)", "[a](glossary.md)"),
        ("[a](../README.md)", "[a](index.md)"),
        ("[a](#routes)\n# Routes", "[a](#routes)\n# Routes"),
        ("[a](https://example.org/b#C)", "[a](https://example.org/b#C)"),
        ("![a](../images/b.png)", "![a](images/b.png)"),
        ("[a](mnist_lab/README.md)", "a"),
    ],
)
def test_a_link_of_the_repository_leads_to_the_same_on_the_site(link, there, monkeypatch):
    monkeypatch.setattr(repository_pages, "repository", lambda root: None)
    assert repository_pages.relinked(link) == there


def test_with_an_address_a_file_that_the_site_has_not_is_found_there(monkeypatch):
    monkeypatch.setattr(repository_pages, "repository", lambda root: "https://github.com/a/b")
    assert (
        repository_pages.relinked("[c](mnist_lab/d.py)")
        == "[c](https://github.com/a/b/blob/main/mnist_lab/d.py)"
    )


def test_the_exercises_are_listed_with_their_ideas_and_without_an_answer():
    text = repository_pages.texts()["exercises"]
    for exercise in (each for path in lessons() for each in exercises(int(path.stem[:2]))):
        line = next(line for line in text.splitlines() if line.startswith(f"- [{exercise.id} "))
        assert line.endswith(f" {exercise.dots} {exercise.minutes} minutes")
        told = [exercise.why, *exercise.hints, *(mistake.sentence for mistake in exercise.mistakes)]
        assert not [sentence for sentence in told if sentence in text]
    assert "*Afterwards you can find a learning rate:*" in text


def test_each_word_of_the_glossary_is_linked_where_it_first_stands():
    glossary_links = pytest.importorskip("mnist_lab.workshop.site.glossary_links", exc_type=ImportError)
    left = {word: (glossary_links.pattern(word), "") for word in ("batch", "learning rate", "test")}
    found = glossary_links.linked(
        "In a test, batches at two learning-rates; one batch, ten test digits.", left
    )
    assert [node.astext() for node in found if node.tagname == "reference"] == [
        "batches",
        "learning-rates",
        "test digits",
    ]
    assert "".join(node.astext() for node in found).startswith("In a test, batches") and left == {}
    assert all(
        word == word.lower() and len(meaning) > 10 for word, meaning in repository_pages.words().items()
    )


@pytest.mark.parametrize("address", [None, "https://example.org/a", "https://github.com/a/b"])
def test_buttons_are_there_where_an_address_at_github_is(address, monkeypatch):
    pytest.importorskip("docutils")
    monkeypatch.setattr(addresses, "repository", lambda root=None: address)
    options = runpy.run_path(Path(build_site.__file__).with_name("conf.py"))["html_theme_options"]
    assert (
        ("launch_buttons" in options)
        == options["use_download_button"]
        == (address == "https://github.com/a/b")
    )


# What is refused


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds something that is no site; name another folder"):
        build_site.build(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(build_site, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="made of a clone"):
        build_site.build(tmp_path / "site")
    monkeypatch.setattr(build_site, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"needs the extra site: pip install .*\[site\]"):
        build_site.build(tmp_path / "site")
