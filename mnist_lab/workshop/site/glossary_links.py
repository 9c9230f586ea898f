"""Link the first use of each of the glossary's words in a lesson to its meaning there."""

import re

from mnist_lab.workshop.site.repository_pages import words

from docutils import nodes
from sphinx.addnodes import pending_xref

LEFT_ALONE = (nodes.title, nodes.reference, pending_xref, nodes.literal, nodes.FixedTextElement, nodes.raw)
# Words that also mean something else, and where the glossary's meaning is meant.
ONLY_IN = {
    "test": r"test (?:set|digit|image|accuracy|loss)",
    "parameter": r"(?<!set the )(?<!its )(?<!changed a )parameter",
    "recipe": r"(?<!A )recipe",
}
OTHERWISE = {"kernel": "00", "scheduler": "12"}  # Jupyter's and Dask's, in the lessons of these numbers


def link_first_uses(app, doctree):
    """Change the tree of a lesson's page, when Sphinx has read it."""
    number = app.env.current_document.docname[:2]
    if not number.isdecimal():
        return
    left = {
        word: (pattern(word), meaning)
        for several, meaning in words().items()
        for word in several.split(", ")
        if OTHERWISE.get(word) != number
    }
    for text in list(doctree.findall(nodes.Text)):
        above = text.parent
        while above is not None and not isinstance(above, LEFT_ALONE):
            above = above.parent
        if above is None:
            text.parent.replace(text, linked(text.astext(), left))


def pattern(word):
    """Return the pattern of a word, with a hyphen or a blank within, and its plural."""
    return re.compile(rf"\b{ONLY_IN.get(word, word.replace(' ', '[ -]'))}(?:s|es)?\b", re.IGNORECASE)


def linked(text, left):
    """Return the nodes of a text with a link at the first place of each word that is left."""
    found = [(match, word) for word, (regex, _) in left.items() if (match := regex.search(text))]
    if not found:
        return [nodes.Text(text)] if text else []
    match, word = min(found, key=lambda pair: (pair[0].start(), -pair[0].end()))
    _, meaning = left.pop(word)
    link = nodes.reference("", match[0], refuri=f"glossary.html#term-{nodes.make_id(word)}", reftitle=meaning)
    link["classes"].append("word")
    before, after = text[: match.start()], text[match.end() :]
    return [*([nodes.Text(before)] if before else []), link, *linked(after, left)]
