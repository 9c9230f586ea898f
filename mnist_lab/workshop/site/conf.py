"""What Sphinx reads: extensions, the theme, and formulas as MathML."""

from pathlib import Path

from mnist_lab import __version__
from mnist_lab.workshop.batch.page import mathml
from mnist_lab.workshop.site.glossary_links import link_first_uses
from mnist_lab.workshop.upkeep.addresses import FIRST, links, repository

from docutils.nodes import SkipNode, math

ALIVE = {"draw": "Draw, and see the network read it", "train": "Train a network yourself"}

project = "mnist-lab"
version = release = __version__
language = "en"
extensions = ["myst_nb", "sphinx.ext.githubpages"]
exclude_patterns = ["README.md"]  # pages take their parts from it
smartquotes = False
highlight_language = "text"  # where a page names no language
nb_execution_mode = "off"
nb_code_prompt_show = "Show the {type}"
nb_code_prompt_hide = "Hide the {type}"
myst_enable_extensions = ["dollarmath", "amsmath", "substitution"]
myst_substitutions = {
    name: f'<a class="alive" href="alive/{name}.html">{title}</a>' for name, title in ALIVE.items()
}
myst_heading_anchors = 4
myst_heading_slug_func = "mnist_lab.workshop.site.repository_pages.slug"

html_theme = "sphinx_book_theme"
html_title = project
html_show_copyright = html_show_sphinx = False
html_sourcelink_suffix = ""
html_static_path = [str(path) for path in Path(__file__).parent.glob("predict.*")]
html_css_files = ["predict.css"]
html_js_files = ["predict.js"]
html_math_renderer = "mathml"
html_use_index = False
html_context = {"default_mode": "auto", "alive": ALIVE}  # light or dark, as the reader's system is
templates_path = [str(Path(__file__).parent)]
SIDE = ("home_link", "icon-links", "search-button-field", "alive_links", "sbt-sidebar-nav")
html_sidebars = {"**": [f"{name}.html" for name in SIDE]}
html_theme_options = {"show_toc_level": 2, "use_download_button": False, "navbar_persistent": []}
address = repository()
if address and links(address, FIRST):
    html_theme_options |= {
        "repository_url": address,
        "repository_branch": "main",
        "path_to_docs": Path(FIRST).parent.name,
        "use_repository_button": True,
        "use_download_button": True,
        "launch_buttons": {
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }


def formula(translator, node):
    shown = mathml(node.astext(), display="inline" if isinstance(node, math) else "block")
    wide = f'<div class="formula" tabindex="0">{shown}</div>'  # may have to be moved to the side
    translator.body.append(shown if isinstance(node, math) else wide)
    raise SkipNode


def without_empty_headings(app, pagename, templatename, context, doctree):
    """Make the empty corner of a table a plain cell: as a heading it would be read out as one."""
    if "body" in context:
        context["body"] = context["body"].replace('<th class="head"><p></p></th>', "<td></td>")


def setup(app):
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    app.connect("doctree-read", link_first_uses)
    app.connect("html-page-context", without_empty_headings)
