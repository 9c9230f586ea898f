"""An executed notebook as one HTML file without a network: formulas in MathML, pictures inside."""

import html
import logging
import re
import warnings
from pathlib import Path
from urllib.parse import unquote

from jinja2 import pass_context
from latex2mathml.converter import convert
from mistune.plugins.table import render_table_cell
from nbconvert import HTMLExporter
from nbconvert.filters import clean_html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# nbconvert's own page, less the scripts that it would fetch.
TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block input_group -%}
{%- if cell.metadata.get("jupyter", {}).get("source_hidden") -%}
<details class="folded"><summary>Code, folded</summary>{{ super() }}</details>
{%- else -%}{{ super() }}{%- endif -%}
{%- endblock input_group -%}
{%- block data_png scoped -%}{{ super() | with_alt(output) }}{%- endblock -%}
{%- block data_latex scoped -%}
<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown jp-OutputArea-output">
{{ output.data['text/latex'] | markdown2html }}</div>
{%- endblock -%}
{%- block html_head_css -%}
<style>{{ resources.readable }}</style>
<style>
body.jp-Notebook { max-width: 60rem; margin: 0 auto; padding: 1rem;
  --jp-content-font-size1: 1rem; --jp-content-line-height: 1.55; --jp-code-font-size: 0.875rem;
  --jp-cell-prompt-width: 5rem; }
.jp-RenderedHTMLCommon p, .jp-RenderedHTMLCommon li { max-width: 46rem; }
.cm-editor.cm-s-jupyter .highlight pre { white-space: pre-wrap; }
.jp-OutputArea-output pre { overflow-x: auto; }
.jp-OutputArea-child:not(.jp-OutputArea-executeResult) > .jp-OutputArea-output {
  padding-left: 16px; }
.jp-OutputArea-output img, .jp-RenderedMarkdown img { max-width: 100%; height: auto; }
.jp-RenderedHTMLCommon table { margin-left: 0; }
details.folded > summary { margin-left: 5.5rem; color: #666; font-size: 0.85rem; cursor: pointer; }
math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", math; font-size: 1.1em; }
math[display="block"] { margin: 0.8em 0; }
mfrac > * { padding-block: 0.15em; }
mtable[columnspacing] > mtr > mtd { padding-inline: 0.1em; }
mtd[columnalign="left"] { text-align: left; }
mtd[columnalign="right"] { text-align: right; }
@media (max-width: 40rem) { .jp-InputPrompt, .jp-OutputPrompt { display: none; } }
</style>
{%- endblock -%}
"""
# JupyterLab's colours of code, prompts and links, darkened until they stand out from their ground.
READABLE = """
:root { --jp-mirror-editor-number-color: #006400; --jp-mirror-editor-operator-color: #7a00cc;
  --jp-mirror-editor-comment-color: #306060; --jp-cell-prompt-not-active-opacity: 1;
  --jp-content-link-color: #0b5394; }
.jp-RenderedHTMLCommon a:link { text-decoration: underline; }
"""
QUIET = logging.getLogger(f"{__name__}.nbconvert")
IMG = re.compile(r"""(<img\b[^>]*?\s)src=["']([^"']*)["']""", re.I)
XMLNS = ' xmlns="http://www.w3.org/1998/Math/MathML"'  # no use in HTML; as XML it spoils headings
# Environments that latex2mathml does not know, or would number, and its own for the same picture.
SAME_PICTURE = {
    "align": "align*",
    "aligned": "align*",
    "gather": "gather*",
    "gathered": "gather*",
    "equation": "gather*",
    "equation*": "gather*",
}


def page(notebook, *, folder, title):
    """Return the notebook as HTML; folder is where the lesson lives, to find its pictures."""
    metadata = {"name": title_of(notebook, title), "path": str(folder)}
    return export(OfflineExporter, TEMPLATE, notebook, {"metadata": metadata})


def export(kind, template, notebook, resources, **options):
    """Return the page that an exporter of this kind makes of the notebook, without a word in the terminal."""
    QUIET.setLevel(logging.CRITICAL)
    exporter = kind(raw_template=template, embed_images=True, log=QUIET, **options)
    exporter.register_filter("with_alt", with_alt)
    exporter.register_filter("clean_html", cleaned)
    resources["readable"] = READABLE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an output that only `figures` reads has no picture
        return exporter.from_notebook_node(notebook, resources)[0]


def cleaned(markup):
    """Clean an SVG as nbconvert does, but not the code it has just coloured: a third of a page's time."""
    return markup if isinstance(markup, str) else clean_html(markup)


def with_alt(markup, output):
    """Return the HTML of a picture with its output's description, which JupyterLab's template leaves out."""
    words = output.metadata.get("image/png", {}).get("alt")
    return markup.replace("<img ", f'<img alt="{html.escape(words)}" ', 1) if words else markup


def title_of(notebook, default):
    """Return the notebook's first heading in plain words."""
    for cell in notebook.cells:
        heading = re.search(r"^#+ +(.+?)[ #]*$", cell.source, re.M)
        if heading and cell.cell_type == "markdown":
            return re.sub(r"[*`$]", "", heading[1])
    return default


def mathml(latex, *, display):
    """Return the formula as MathML, or its source as code where it cannot be converted."""
    for name, known in SAME_PICTURE.items():
        latex = re.sub(rf"\\(begin|end)\{{{re.escape(name)}\}}", rf"\\\1{{{known}}}", latex)
    try:
        return convert(latex, display=display).replace(XMLNS, "")
    except Exception:  # latex2mathml raises whatever its parser stumbles over
        return f"<code>{html.escape(latex)}</code>"


class OfflineExporter(HTMLExporter):
    """nbconvert's HTML exporter with OfflineRenderer in place of its own."""

    @pass_context
    def markdown2html(self, context, source):
        """Markdown to HTML, as the parent does it."""
        renderer = OfflineRenderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=self.embed_images,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
        )
        return MarkdownWithMath(renderer=renderer).render(source)


class OfflineRenderer(IPythonRenderer):
    """Formulas as MathML, pictures of the whole repository embedded, links from page to page."""

    def inline_math(self, body):
        return mathml(body, display="inline")

    def block_math(self, body):
        return mathml(body, display="block")

    def latex_environment(self, name, body):
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")

    def link(self, text, url, title=None):
        """Let a link to another lesson lead to its page."""
        if "://" not in url:
            url = re.sub(r"\.ipynb(?=$|#)", ".html", url)
        return super().link(text, url, title)

    def table_cell(self, text, align=None, head=False):
        """Make no header of an empty cell."""
        return render_table_cell(self, text, align, head and text.strip())

    def image(self, text, url, title=None):
        """Embed a picture; one on the net, or missing, becomes a link with its description."""
        embedded = self._embed_image_or_attachment(url)
        if embedded.startswith("data:"):
            return super().image(text, embedded, title)
        return super().link(f"[picture: {text or url}]", url, title)

    def _html_embed_images(self, html):
        """Embed pictures written as HTML; leaves unclosed tags alone, which nbconvert would close.

        A fold, <details>, comes in two pieces with Markdown between them.
        """
        return IMG.sub(self._embedded_tag, html)

    def _embedded_tag(self, match):
        embedded = self._embed_image_or_attachment(match[2])
        return f'{match[1]}src="{embedded}"' if embedded.startswith("data:") else match[1]

    def _src_to_base64(self, src):
        """Look beside the lesson's folder too: nbconvert refuses ../images, where ours are."""
        if "://" in src or src.startswith("data:"):
            return None
        picture = (Path(self.path) / unquote(src)).resolve()
        home = Path(self.path).resolve().parent
        if home not in picture.parents or not picture.is_file():
            return None
        renderer = IPythonRenderer(embed_images=True, path=str(picture.parent))
        return IPythonRenderer._src_to_base64(renderer, picture.name)
