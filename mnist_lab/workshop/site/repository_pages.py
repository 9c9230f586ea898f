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
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
NOTE = re.compile(r"<!--.*?-->", re.DOTALL)  # what fills the figures of README and TEACHING
PART = re.compile(r'^:start-after: "## (.*)"', re.MULTILINE)


def texts():
    """Return {name: Markdown} of what Sphinx reads beside the lessons; pages take their parts from README."""
    readme, guide = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "TEACHING.md"))
    found = {path.stem: path.read_text(encoding="utf-8") for path in (HERE / "pages").glob("*.md")}
    found |= {"README": relinked(NOTE.sub("", readme)), "teaching": relinked(NOTE.sub("", guide))}
    return found | {"glossary": glossary(), "exercises": exercise_ideas(guide)}


def alive_pages():
    """Return {address: title} of the pages that run in the reader's browser, in their order."""
    found = {name: HERE / "alive" / f"{name}.html" for name in ("draw", "train")}
    texts = {name: path.read_text(encoding="utf-8") for name, path in found.items() if path.is_file()}
    return {f"alive/{name}.html": re.search(r"<h1>(.*?)</h1>", text)[1] for name, text in texts.items()}


def alive_links(only=""):
    """Return links to these pages, or to the one of this name; nothing where there are none."""
    links = [f'<a href="{path}">{title}</a>' for path, title in alive_pages().items() if only in path]
    return f'<p class="alive">{" ".join(links)}</p>' if links else ""


def words():
    """Return {word: meaning} of README's glossary; "kernel, filter" is one word here."""
    section = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("## Glossary\n")[2].partition("## ")[0]
    )
    return dict(re.findall(r"^\| (?!word)(.+?) \| (.+?) \|$", section, re.MULTILINE))


def glossary():
    """Return the glossary as Sphinx takes it: each word below the other, and its meaning indented."""
    entries = ["\n".join([*word.split(", "), f"  {meaning}"]) for word, meaning in words().items()]
    return "# Glossary\n\n```{glossary}\n" + "\n\n".join(entries) + "\n```\n"


def exercise_ideas(guide):
    """Return a page with each lesson's exercises below what they are for, as TEACHING says it; no answers."""
    own = {path: exercises(int(path.stem[:2])) for path in lessons()}
    known = {exercise.id: exercise for exercise in exercises()}
    rows = [row.split("|") for row in table_of(guide, "objectives").splitlines()[2:]]
    goals = {id: goal.strip() for _, _, goal, ids, *_ in rows for id in ids_of(ids, known)}
    parts = [
        "# Exercises",
        f"There are {sum(map(len, own.values()))}, each in its lesson, which checks an answer when it runs. "
        "Dots say how hard one is, minutes how long it takes a learner who has followed so far.",
    ]
    for path, some in own.items():
        if some:
            title = title_of(nbformat.read(path, as_version=4), path.stem)
            parts += [f"## {title}", *_ideas(some, path.name, goals)]
    return "\n\n".join([*parts, ""])


def _ideas(some, lesson, goals):
    """What the exercises of one lesson are for, each goal above those that lead to it."""
    for goal, those in groupby(some, key=lambda each: goals.get(each.id)):
        yield f"*Afterwards you can {goal}:*" if goal else "*And besides:*"
        lines = []
        for each in those:
            heading = f"Exercise {each.id} · {each.title} {each.dots} {each.minutes} minutes"
            lines.append(
                f"- [{each.id} {each.title}]({lesson}#{slug(heading)}) {each.dots} {each.minutes} minutes"
            )
        yield "\n".join(lines)


def slug(heading):
    """Return the anchor of a heading, as GitHub makes it; Jupyter's own lead to the same."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def relinked(text):
    """Return Markdown of the repository with its links as the site has them."""
    headings = [] if text.startswith("# mnist-lab") else re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    own = set(map(slug, headings))  # none in README, which is cut up
    return LINK.sub(lambda link: _relinked(link, own), text.replace("](../", "]("))


def _relinked(link, own):
    text, target = link[1], link[2]
    path, _, anchor = target.partition("#")
    anchor = slug(unquote(anchor))
    if "://" in target or path.startswith("images/") or (not path and anchor in own):
        return link[0]
    if path in ("", "README.md"):
        path, anchor = home_of(anchor)
    elif path == "TEACHING.md":
        path = "teaching.md"
    elif path.endswith(".ipynb"):
        path = path.rpartition("/")[2]
    else:
        address = repository(ROOT)
        return f"[{text}]({address}/blob/main/{path})" if address else text
    return f"[{text}]({path}{'#' * bool(anchor)}{anchor})"


def home_of(anchor):
    """Return the page that has a section of README, and its anchor there: none where it is the page."""
    for path in (HERE / "pages").glob("*.md"):
        own = [slug(heading) for heading in PART.findall(path.read_text(encoding="utf-8"))]
        if anchor in own:
            return path.name, anchor if len(own) > 1 else ""
    return {"glossary": "glossary.md", "teaching-with-it": "teaching.md"}.get(anchor, "index.md"), ""
