"""Screenshots of a whole lesson, page by page, at two widths; MNIST_LAB_SHOTS=FOLDER asks for them."""

from pathlib import Path

WIDTHS = (1300, 800)  # pixels; the narrow one without the side bar, as a reader would have it
HEIGHT = 1500

# The notebook is the part of the page that scrolls; returns its height in sight and in all.
EXTENT = """() => {
    const scroller = document.querySelector('.jp-NotebookPanel .jp-WindowedPanel-outer');
    return [scroller.clientHeight, scroller.scrollHeight];
}"""
SCROLL = "(top) => { document.querySelector('.jp-NotebookPanel .jp-WindowedPanel-outer').scrollTop = top; }"
SIDE_BAR = """(wanted) => {
    const shell = window.jupyterapp.shell;
    if (wanted) shell.expandLeft(); else shell.collapseLeft();
}"""
# [cell, what] of everything in an output that is cut at the right, or makes the output scroll sideways.
PARTS = "img, canvas, table, pre, button, label, .jp-OutputArea-output"
CUT = """(parts) => {
    const found = [];
    document.querySelectorAll('.jp-NotebookPanel .jp-Notebook .jp-Cell').forEach((cell, i) => {
        const area = cell.querySelector('.jp-Cell-outputArea');
        if (!area || !area.clientWidth) return;
        const edge = area.getBoundingClientRect().right;
        for (const part of area.querySelectorAll(parts)) {
            const beyond = part.getBoundingClientRect().right - edge;
            const hidden = part.clientWidth ? part.scrollWidth - part.clientWidth : 0;
            const over = Math.round(Math.max(beyond, part.tagName === 'TABLE' ? 0 : hidden));
            if (over > 1) {
                const name = [part.tagName.toLowerCase(), ...part.classList].slice(0, 3).join('.');
                found.push([i, name, over, part.textContent.trim().slice(0, 50)]);
            }
        }
    });
    return found;
}"""


def photograph(lesson, folder):
    """Write NAME-WIDTH-PAGE.png of an open lesson, and into cut.txt what is cut or too wide."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem, page = lesson.name.removesuffix(".ipynb"), lesson.page
    usual = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(SIDE_BAR, width > 1000)
        lesson.read()
        with (folder / "cut.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"{stem} {width} {part}\n" for part in page.evaluate(CUT, PARTS))
        in_sight, in_all = page.evaluate(EXTENT)
        for number, top in enumerate(range(0, in_all, in_sight), 1):
            page.evaluate(SCROLL, top)
            page.screenshot(path=folder / f"{stem}-{width}-{number:02d}.png")
    page.set_viewport_size(usual)
    page.evaluate(SIDE_BAR, True)
