"""One lesson, open in JupyterLab: what a reader does with it, and what there is to see."""

import re
import time
from typing import NamedTuple

MINUTE = 60_000  # milliseconds, as Playwright counts; waits end as soon as what they wait for is there
LONGEST_RUN = 10 * MINUTE  # of a whole lesson; most take less than one minute
BROKEN = re.compile(
    r"Error displaying widget|model not found|Error creating widget|Could not create a (view|model)"
    r"|Failed to load model|Javascript Error|Loading widget",
    re.IGNORECASE,
)

# Everything below runs in the page. `panel` is the notebook in front, once it and its kernel are ready.
PANEL = """
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets;
"""
IS_OPEN = """(name) => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return panel?.context?.path === name && panel.context.isReady && panel.sessionContext.isReady
        && panel.sessionContext.session?.kernel?.status === 'idle'
        && panel.content.widgets.length > 0
        && panel.content.widgets.length === panel.content.model.cells.length;
}"""
COMMAND = """async ([id, limit]) => {
    const late = new Promise((_, no) => setTimeout(() => no(new Error(id + ' did not end in time')), limit));
    return await Promise.race([window.jupyterapp.commands.execute(id), late]);
}"""
RUN_TO = f"""async (index) => {{ {PANEL}
    panel.content.activeCellIndex = index;
    panel.content.deselectAll();
}}"""
SELECT = f"""async (index) => {{ {PANEL}
    panel.content.activeCellIndex = index;
    panel.content.deselectAll();
    panel.content.mode = 'command';
    panel.content.node.focus();
}}"""
CONTENT = f"() => {{ {PANEL} return panel.content.model.toJSON(); }}"
# A committed count can be the very one that running gives, so it is taken away first.
UNCOUNT = f"(index) => {{ {PANEL} cells[index].model.executionCount = null; }}"
HAS_RUN = f"""(index) => {{ {PANEL}
    const idle = panel.sessionContext.session?.kernel?.status === 'idle';
    return idle && cells[index].model.executionCount !== null;
}}"""
# The bytes of every picture in a part of the page, as one text; '' while one is still loading.
PICTURES = """async (part) => {
    const said = [];
    for (const image of part.querySelectorAll('img')) {
        if (!image.complete || !image.naturalWidth) return '';
        const bytes = await (await fetch(image.src)).arrayBuffer();
        const digest = await crypto.subtle.digest('SHA-256', bytes);
        said.push(Array.from(new Uint8Array(digest).slice(0, 8)).join('.'));
    }
    for (const canvas of part.querySelectorAll('canvas')) said.push(canvas.toDataURL().length);
    return said.join(' ');
}"""


class Sight(NamedTuple):
    """What a reader sees: complaints of JupyterLab about widgets, pictures, those that are none, errors."""

    broken: list
    num_pictures: int
    num_unloaded: int
    errors: list


class LessonPage:
    """A lesson in a browser's page; cells are named by a piece of their source."""

    def __init__(self, page, lab, name):
        self.page, self.lab, self.name = page, lab, name
        self.complaints = []  # what the page's own code complained of
        self.asked = []  # addresses that it asked for and that are not this server's
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)

    def _note(self, request):
        if not request.url.startswith((self.lab.address, "data:", "blob:", self._socket)):
            self.asked.append(request.url)

    @property
    def _socket(self):
        return self.lab.address.replace("http", "ws", 1)

    def open(self):
        """Open the committed lesson and wait for its cells and its kernel."""
        self.lab.fresh_copy(self.name)
        self.page.goto(self.lab.page_of(self.name), timeout=2 * MINUTE)
        self.page.wait_for_function(IS_OPEN, arg=self.name, timeout=3 * MINUTE)
        return self

    def reload(self):
        """Load the page anew, with the kernel still alive and the notebook as it was last saved."""
        self.page.reload(timeout=2 * MINUTE)
        self.page.wait_for_function(IS_OPEN, arg=self.name, timeout=3 * MINUTE)

    def close(self):
        """End the kernel; the page is the browser's to close."""
        self.page.evaluate(f"async () => {{ {PANEL} await panel.sessionContext.shutdown(); }}")

    # Cells

    def content(self):
        """The notebook as it stands, as JSON."""
        return self.page.evaluate(CONTENT)

    def sources(self):
        return ["".join(cell["source"]) for cell in self.content()["cells"]]

    def index(self, piece):
        """The place of the one code cell whose source has this piece."""
        found = [
            i
            for i, cell in enumerate(self.content()["cells"])
            if cell["cell_type"] == "code" and piece in "".join(cell["source"])
        ]
        if len(found) != 1:
            raise ValueError(f"{self.name} has {len(found)} code cells with {piece!r}; one was expected.")
        return found[0]

    def cell(self, index):
        """The locator of a cell, scrolled into sight."""
        self.page.evaluate(
            f"async (index) => {{ {PANEL} await panel.content.scrollToItem(index, 'start'); }}", index
        )
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").nth(index)

    def outputs(self, piece):
        """The locator of what stands under a cell."""
        return self.cell(self.index(piece)).locator(".jp-Cell-outputArea")

    # Running

    def command(self, id):
        """Run a command of JupyterLab to its end, and return what it returned."""
        self.begin(id)
        return self.ended()

    def begin(self, id):
        """Begin a command that may ask something first; ended() waits for it."""
        self.page.evaluate(f"(asked) => {{ window.begun = ({COMMAND})(asked); }}", [id, LONGEST_RUN])

    def ended(self):
        return self.page.evaluate("() => window.begun")

    def run_all(self):
        """Run every cell; true if none stopped the run."""
        done = self.command("notebook:run-all-cells")
        self.settle()
        return done

    def run_above(self, piece):
        """Run the cells above one, and not that one."""
        self.page.evaluate(RUN_TO, self.index(piece))
        done = self.command("notebook:run-all-above")
        self.settle()
        return done

    def run(self, piece):
        """Click into a cell, press Shift+Enter, and wait for its end."""
        self.start(piece)
        self.wait_until_run(piece)
        self.settle()

    def wait_until_run(self, piece):
        """Wait until a cell that was started has its execution count, and the kernel is idle."""
        self.page.wait_for_function(HAS_RUN, arg=self.index(piece), timeout=LONGEST_RUN)

    def start(self, piece):
        """Click into a cell, or select it where its code is folded, and press Shift+Enter."""
        index = self.index(piece)
        self.page.evaluate(UNCOUNT, index)
        editor = self.cell(index).locator(".cm-content")
        if editor.is_visible():
            editor.click()
        else:
            self.page.evaluate(SELECT, index)
        self.page.keyboard.press("Shift+Enter")

    def write(self, piece, source):
        """Select all in a cell's editor and type something else."""
        self.cell(self.index(piece)).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def read(self):
        """Scroll past every cell, as a reader does: JupyterLab draws a cell when it comes into sight."""
        for index in range(len(self.sources())):
            self.cell(index)
        self.settle()

    def settle(self):
        """Wait until every widget is drawn and every picture is loaded."""
        self.page.wait_for_function(
            """() => !document.querySelector('.jp-Notebook')?.textContent.includes('Loading widget')
                && [...document.querySelectorAll('.jp-Cell-outputArea img')].every((i) => i.complete)""",
            timeout=2 * MINUTE,
        )

    # What there is to see

    def errors(self):
        """(cell, what it says) of each error output, and of each word on stderr."""
        return [
            (i, output.get("ename") or "".join(output.get("text", "")))
            for i, cell in enumerate(self.content()["cells"])
            for output in cell.get("outputs", [])
            if output["output_type"] == "error" or output.get("name") == "stderr"
        ]

    def seen(self):
        """What stands in the outputs now."""
        text = self.page.locator(".jp-NotebookPanel .jp-Notebook").text_content()
        loaded = self.page.evaluate(
            "() => [...document.querySelectorAll('.jp-Cell-outputArea img')].map((i) => i.naturalWidth > 0)"
        )
        return Sight(
            broken=[text[max(found.start() - 60, 0) : found.end() + 60] for found in BROKEN.finditer(text)],
            num_pictures=loaded.count(True),
            num_unloaded=loaded.count(False),
            errors=self.errors(),
        )

    def pictures(self, part):
        """The bytes of the pictures in a locator, as one text that differs when one of them does."""
        return part.evaluate(PICTURES)

    def wait_for_change(self, part, before):
        """Wait until a locator's pictures are others than `before`; returns them."""
        return self._wait(part, lambda now: now not in ("", before), "changed")

    def wait_for(self, part, wanted):
        """Wait until a locator's pictures are those that `pictures` returned once."""
        return self._wait(part, lambda now: now == wanted, "what they were before")

    def _wait(self, part, is_there, wanted):
        end = time.monotonic() + MINUTE / 1000
        while not is_there(now := self.pictures(part)):
            if time.monotonic() > end:
                raise AssertionError(f"The pictures are not {wanted} after a minute, but {now!r}.")
            self.page.wait_for_timeout(50)
        return now
