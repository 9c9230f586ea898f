"""Link the first use of each of the glossary's words in a lesson to its meaning there."""

import re

from mnist_lab.workshop.site.repository_pages import words

from docutils import nodes

PROSE = (nodes.paragraph, nodes.emphasis, nodes.strong)  # no headings, no code, no links
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
    meanings = {word: meaning for several, meaning in words().items() for word in several.split(", ")}
    for word in sorted(meanings, key=len, reverse=True):  # a learning rate before a rate
        if number.isdecimal() and OTHERWISE.get(word) != number:
            link_first_use(doctree, word, meanings[word])


def link_first_use(doctree, word, meaning):
    """Link a word where it first stands: itself or its plural, with a hyphen or a blank within."""
    pattern = rf"\b{ONLY_IN.get(word, word.replace(' ', '[ -]'))}(?:s|es)?\b"
    for text in doctree.findall(nodes.Text):
        if isinstance(text.parent, PROSE) and (found := re.search(pattern, text, re.IGNORECASE)):
            target = {"refuri": f"glossary.html#term-{nodes.make_id(word)}", "reftitle": meaning}
            link = nodes.reference("", found[0], classes=["word"], **target)
            before, after = nodes.Text(text[: found.start()]), nodes.Text(text[found.end() :])
            text.parent.replace(text, [before, link, after])
            return
