"""The texts of the site that are in no lesson: README, TEACHING, the ideas of the exercises, the glossary.

Which part of README stands on which page is said in `pages/`.
"""

import re
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.batch.lessons import NOTEBOOKS, lessons
from mnist_lab.workshop.batch.page import title_of
from mnist_lab.workshop.upkeep.addresses import repository
from mnist_lab.workshop.upkeep.fill_teaching import ids_of, table_of

import nbformat

ROOT = NOTEBOOKS.parent
HERE = Path(__file__).parent
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!#|images/|\w+:)([^)\s#]+)#?([^)\s]*)\)")  # to files
NOTE = re.compile(r"<!--.*?-->", re.DOTALL)  # what fills the figures of README and TEACHING
PAGES = {"README.md": "index.md", "TEACHING.md": "teaching.md"}


def texts():
    """Return {name: Markdown} of what Sphinx reads beside the lessons; pages take their parts from README."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in (HERE / "pages").glob("*.md")}
    readme, guide = ((ROOT / name).read_text(encoding="utf-8") for name in PAGES)
    own = {"README": relinked(readme), "teaching": relinked(guide), "exercises": exercise_ideas(guide)}
    return found | own | {"glossary": glossary()}


def words():
    """Return {word: meaning} of README's glossary; "kernel, filter" is one word here."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Glossary\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| (?!word)(.+?) \| (.+?) \|$", section, re.MULTILINE))


def glossary():
    """Return the glossary as Sphinx takes it: each word below the other, and its meaning indented."""
    entries = ["\n".join([*word.split(", "), f"  {meaning}"]) for word, meaning in words().items()]
    return "# Glossary\n\n```{glossary}\n" + "\n\n".join(entries) + "\n```\n"


def exercise_ideas(guide):
    """Return a page with each lesson's exercises below what they are for, as TEACHING says it; no answers."""
    known = {each.id: each for each in exercises()}
    rows = [row.split("|") for row in table_of(guide, "objectives").splitlines()[2:]]
    goals = {id: f"Afterwards you can {row[2].strip()}" for row in rows for id in ids_of(row[3], known)}
    parts = [
        f"# Exercises\n\nThere are {len(known)}, each in its lesson, which checks an answer when it runs. "
        "Dots say how hard one is, minutes how long it takes a learner who has followed so far."
    ]
    for path in lessons():
        by_goal = groupby(exercises(int(path.stem[:2])), lambda each: goals.get(each.id, "And besides"))
        ideas = [[f"*{goal}:*\n", *(_idea(each, path.name) for each in some)] for goal, some in by_goal]
        title = title_of(nbformat.read(path, as_version=4), path.stem)
        parts += [f"## {title}", *map("\n".join, ideas)] if ideas else []
    return "\n\n".join(parts)


def _idea(exercise, lesson):
    rest = f"{exercise.dots} {exercise.minutes} minutes"
    anchor = slug(f"Exercise {exercise.id} · {exercise.title} {rest}")
    return f"- [{exercise.id} {exercise.title}]({lesson}#{anchor}) {rest}"


def slug(heading):
    """Return the anchor of a heading, as GitHub makes it; Jupyter's own lead to the same."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def relinked(text):
    """Return Markdown of the repository with its links as the site has them: all pages in one folder."""
    return LINK.sub(_relinked, NOTE.sub("", text).replace("](../", "]("))


def _relinked(link):
    text, path, anchor = link[1], link[2], slug(unquote(link[3]))
    if path not in PAGES and not path.endswith(".ipynb"):
        address = repository(ROOT)
        return f"[{text}]({address}/blob/main/{path})" if address else text
    page = PAGES.get(path, path.rpartition("/")[2])
    if path == "README.md" and anchor:
        page = ""  # pages/ says where such a section is
    return f"[{text}]({page}{'#' * bool(anchor)}{anchor})"
