"""The website's texts that are in no lesson: links, exercises, the glossary, buttons; what is refused."""

import re
import runpy
from pathlib import Path

from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.site import build_site, repository_pages
from mnist_lab.workshop.upkeep import addresses

import pytest

ROOT = Path(__file__).parents[2]


def test_every_section_of_the_readme_has_its_place():
    parts = re.compile(r'^:start-after: "## (.*)"', re.MULTILINE)
    found = {heading for text in repository_pages.texts().values() for heading in parts.findall(text)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    elsewhere = {"Glossary", "Teaching with it", "The website", "For contributors"}
    assert found | elsewhere == set(re.findall(r"^## (.*)$", readme, re.MULTILINE))


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("[a](notebooks/03_training.ipynb#Two-modes)", "[a](03_training.ipynb#two-modes)"),
        ("[a](05_persistence.ipynb)", "[a](05_persistence.ipynb)"),
        ("[a](README.md#full-mnist)", "[a](#full-mnist)"),
        ("[a](README.md#glossary)", "[a](#glossary)"),
        ("[a](../README.md)", "[a](index.md)"),
        ("[a](TEACHING.md#The-plan)", "[a](teaching.md#the-plan)"),
        ("<!-- figure: x -->[a](#b)<!-- / -->", "[a](#b)"),
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
    nodes = pytest.importorskip("docutils.nodes")
    text = "In a test, batches at two learning-rates; one batch, ten test digits."
    heading, page = nodes.title("", "A batch"), nodes.section()
    page += [heading, nodes.paragraph("", text), nodes.paragraph("", "A learning rate, a test set, a batch.")]
    for word in ("learning rate", "batch", "test"):
        glossary_links.link_first_use(page, word, f"what {word} means")
    found = {node.astext(): (node["refuri"], node["reftitle"]) for node in page.findall(nodes.reference)}
    assert list(found) == ["batches", "learning-rates", "test digits"]
    assert found["learning-rates"] == ("glossary.html#term-learning-rate", "what learning rate means")
    assert page[1].astext() == text and heading.astext() == "A batch"
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
