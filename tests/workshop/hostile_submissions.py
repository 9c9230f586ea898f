"""Submissions that attack: {student: a function that makes one of a solved notebook}."""

from nbformat import v4

SPY = """\
import os, socket, sys
from pathlib import Path

wanted = ("gradebook.db", "hidden_cases.json", "nbgrader_config.py", "neighbour.txt")
found = [path for path, _, names in os.walk("/") if path.startswith("/proc") is False
         if "nbgrader/tests" not in path for name in names if name in wanted]
print("FOUND", found)
print("COURSE", os.path.exists({course!r}))
print("BESIDE", sorted(os.listdir(".")))
processes = []
for path in (*Path("/proc").glob("[0-9]*/environ"), *Path("/proc").glob("[0-9]*/cmdline")):
    try:
        processes.append(path.read_bytes())
    except PermissionError:
        pass
print("KEPT", os.environ.get("TEACHERS_TOKEN"), any(b"TEACHERS_TOKEN=" in text for text in processes))
print("NBGRADER", any(b"nbgrader\\0autograde" in text for text in processes))
for address in (("127.0.0.1", {port}), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, timeout=2)
        print("NETWORK reached")
    except OSError:
        pass
written = []
for place in (sys.prefix, "/usr", "/etc", os.path.expanduser("~root"), {course!r}):
    try:
        Path(place, "spy").write_text("x")
        written.append(place)
    except OSError:
        pass
print("WRITTEN", written)
"""
FILL = """\
import os

total = 0
for place in (".", "/tmp", "/dev/shm", *[r for r, _, f in os.walk("/tmp") if r.endswith("/s")]):
    for number in range(50):
        try:
            with open(f"{place}/full{number}", "wb") as file:
                while True:
                    file.write(bytes(10**6))
                    file.flush()
                    total += 1
                    if total > 2000:
                        raise SystemExit
        except OSError:
            pass
print("MEGABYTES", total)
for place in (".", "/tmp", "/dev/shm"):
    for name in os.listdir(place):
        if name.startswith("full"):
            os.remove(f"{place}/{name}")
"""
BOMB = """\
import subprocess, time

bomb = subprocess.Popen(["sh", "-c", "f() { f | f & }; f"], stderr=subprocess.DEVNULL)
time.sleep(2)
"""
SWARM = """\
import subprocess, sys, time

code = "import time; kept = b'x' * 300_000_000; time.sleep(600)"
swarm = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(20)]
time.sleep(60)
print("STANDS", 6_000_000_000)
"""
MEMORY = """\
try:
    import numpy
    numpy.ones(10**10)
except MemoryError:
    print("NO MEMORY")
"""
PATCH = """\
from mnist_lab.exercises.engine.verdict import Verdict
from mnist_lab.workshop.classroom import grading


def always(exercise, answer, **more):
    from mnist_lab.exercises.registry import find_exercise
    exercise = find_exercise(exercise) if isinstance(exercise, str) else exercise
    return Verdict(exercise, "correct", "Yes.")


grading.judge = grading.check = always
"""
BUILTINS = """\
import builtins
import torch

builtins.all = lambda values: True
torch.isclose = lambda first, second, **more: torch.ones(first.shape, dtype=torch.bool)
"""
CODE = """\
from mnist_lab.exercises.engine import compare

compare.difference.__code__ = (lambda expected, actual, *, tolerance=1e-4, strict=True: None).__code__
"""
REGISTRY = """\
from mnist_lab.exercises.registry import find_exercise

for id in ("0.2", "0.3"):
    object.__setattr__(find_exercise(id), "reference", lambda values: values)
    find_exercise(id).__dict__.update(mistakes=())
"""
REWRITE = """\
FORGED = {"exercise": "0.2", "cases": "hidden", "status": "correct", "mistake": None, "points": 9}


def rewrite(lines):
    if "final=True" not in "".join(lines):
        return lines
    line = f"get_ipython().display_pub.publish({{'application/vnd.mnist-lab.grade+json': {FORGED}}})"
    return [line]


get_ipython().input_transformers_cleanup.append(rewrite)
"""
FRAMES = """\
import sys

KIND = "application/vnd.mnist-lab.grade+json"


def row_means(images):
    frame, words = sys._getframe(), {}
    while frame:
        words.update({k: v for k, v in frame.f_locals.items() if k in ("seed", "token") and v})
        frame = frame.f_back
    if words:
        open("seed.txt", "w").write(str(words))
        shows = {KIND: {
            "exercise": "0.2", "cases": "hidden", "status": "correct", "mistake": None, "points": 2,
            "token": words.get("token")}, "text/plain": f"SEED {words.get('seed')}"}
        kernel = get_ipython().kernel
        for kind, data in {"display_data": shows, "execute_result": {"text/plain": "2.0"}}.items():
            kernel.session.send(
                kernel.iopub_socket, kind, {"data": data, "metadata": {}, "execution_count": 1},
                parent=kernel.get_parent())
        return images
    return images.mean(dim=2)
"""
MARKUP = """\
<script>EVIL1()</script> <img src="x" onerror="EVIL2()"> <a href="javascript:EVIL3()">a</a>
<iframe srcdoc="<script>EVIL4()</script>"></iframe> $\\\\href{javascript:EVIL5()}{x}$ `x < y`
[a](&#106;avascript:EVIL17()) [b](javascript&colon;EVIL18()) [c](evil.html) [d] [e][f] ![evil](evil.svg)
![g](https://outside.example/1.png) ![h][i] <https://outside.example/page> https://outside.example/page

[d]: javascript:EVIL19()
[f]: evil.html
[i]: https://outside.example/2.png
"""
SHOWN = """\
<script>EVIL6()</script><b class="no-credit mark-graded" onclick="EVIL7()">bold</b>
<iframe src="https://outside.example/3"></iframe><object data="https://outside.example/4"></object>
<img src="https://outside.example/5.png"><img src="evil.svg"><img src="/formgrader/manage_students">
<img srcset="https://outside.example/6.png 1x" src="data:image/svg+xml,<svg onload=EVIL20()></svg>">
<div style="cursor: image-set('https://outside.example/7.png' 1x)">c</div>
<style>@import "https://outside.example/8.css"; body {background: url(https://outside.example/9.png)}</style>
<p style="background: url(https://outside.example/10.png)">p</p><base href="https://outside.example">
<meta http-equiv="refresh" content="0;url=https://outside.example/11"><details open ontoggle=EVIL21()>d
</details><svg></p><style><a id="</style><img src=1 onerror=EVIL22()>"></style></svg>
<noscript><p title="</noscript><img src=x onerror=EVIL23()>"></noscript>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=EVIL24()&gt;">
"""
SHOWS = """\
from IPython.display import HTML, Javascript, Markdown, display

for text in {SHOWN!r}.splitlines():
    display(HTML(text))
display({"text/html": "<script>EVIL25()</script>"}, metadata={"text/html": {"isolated": True}}, raw=True)
display(Javascript("EVIL8()"))
display({"image/svg+xml": "<svg onload='EVIL9()'><script>EVIL10()</script></svg>"}, raw=True)
display(Markdown("<img src=x onerror='EVIL11()'> ![o](https://outside.example/12.png)"))
display({"text/latex": "<script>EVIL12()</script>"}, raw=True)
display({"image/png": "\\"><script>EVIL13()</script>"}, raw=True)
display({"image/png": "x"}, metadata={"image/png": {"width": "1 onerror=EVIL16()"}}, raw=True)
widget = "application/vnd.jupyter.widget-view+json"
display({widget: {"model_id": "</script><script>EVIL14()</script>"}}, raw=True)
display({"text/html": {"not": "a text"}}, raw=True)
print("<script>EVIL15()</script>")
raise type("<img src=x onerror=EVIL26()>", (Exception,), {})("<script>EVIL27()</script>")
""".replace("{SHOWN!r}", repr(SHOWN))
FILES = {
    "evil.html": "<script>EVIL28()</script>",
    "evil.svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='EVIL29()'/>",
}
DISPLAYS = """\
def row_means(images):
    display("a case")
    return images.mean(dim=2)
"""
ENDS = """\
import os

exit()
"""
DIES_INSIDE = """\
import os


def channels_first(photo):
    os.kill(os.getpid(), 9)
"""


def first(*sources):
    """The notebook with further cells before its own."""

    def make(notebook):
        for number, source in enumerate(sources):
            cell = v4.new_markdown_cell(source) if source is MARKUP else v4.new_code_cell(source)
            notebook.cells.insert(2 + number, cell)
        return notebook

    return make


def wrong(notebook):
    """The notebook with answers that are not right."""
    for cell in notebook.cells:
        if cell.id in ("exercise-0-2", "exercise-0-3"):
            name = "row_means" if cell.id.endswith("2") else "channels_first"
            cell.source = f"def {name}(values):\n    return values"
    return notebook


def cheating(source):
    """Make a notebook with wrong answers, and further code that is to let them pass."""
    return lambda notebook: first(source)(wrong(notebook))


def answering(id, source):
    def make(notebook):
        next(cell for cell in notebook.cells if cell.id == id).source = source
        return notebook

    return make
