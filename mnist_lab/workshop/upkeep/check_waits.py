"""How long a check takes in a lesson: a new kernel for each exercise, which has only imported so far."""

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise

from mnist_lab.bars import tqdm
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.classroom.places import answer_code, read_lesson

from nbclient import NotebookClient
from nbformat import v4

CLOCK = "__import__('time').process_time()"
FIRST, AGAIN, WRONG = CHECKS = ("a check, first", "a check, again", "a wrong answer, first")


def check_waits(chosen=(), *, workers=1):
    """Return {id: {check: (seconds, processor seconds)}} for each check of CHECKS.

    chosen are ids, or the numbers of lessons; none means all. A kernel has run the imports of the exercise's
    sitting and the cell with the reference, and nothing else: no training, no other check. Then the reference
    is checked twice, and after it the last of the known mistakes, before which all others are compared.
    Seconds are from the kernel's word that it is busy to its word that it is idle. Nothing is kept in a
    learner's folder meanwhile, which would be some milliseconds.
    """
    jobs = dict(job for path in lessons() for job in jobs_of(path, chosen))
    with ThreadPoolExecutor(workers) as threads:
        waits = threads.map(waits_of, jobs, jobs.values())
        return dict(tqdm(zip(jobs, waits, strict=True), total=len(jobs), unit="exercise"))


def jobs_of(path, chosen):
    """Return (id, sources of cells) of each exercise of a lesson that is among the chosen ones."""
    notebook, places = read_lesson(path)
    known = ((place.exercise.id, place) for place in places)
    return [
        (id, [sitting_imports(notebook, place), answer_code(place), notebook.cells[place.check].source])
        for id, place in known
        if not chosen or {id, id.partition(".")[0]} & set(chosen)
    ]


def sitting_imports(notebook, place):
    """Return the imports of the sitting in which an exercise stands, as code."""
    above = [cell.source for cell in notebook.cells[: place.stub] if cell.cell_type == "code"]
    source = next(source for source in reversed(above) if "from mnist_lab.exercises import check" in source)
    magics = [line for line in source.splitlines() if line.startswith("%")]
    tree = ast.parse("\n".join(line for line in source.splitlines() if line not in magics))
    imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join([*magics, *imports])


def waits_of(id, sources):
    """Return {check: its times} of one exercise; raises ValueError unless the verdicts are as they should."""
    imports, reference, check = sources
    find = "from mnist_lab.exercises import registry, check"
    wrong = f'check("{id}", registry.find_exercise("{id}").mistakes[-1].answer)'
    timed = [source for check in (check, check, wrong) for source in (check, CLOCK)]
    cells = [v4.new_code_cell(source) for source in (imports, find, reference, CLOCK, *timed)]
    NotebookClient(v4.new_notebook(cells=cells), timeout=600, kernel_name="python3").execute()
    clocks, checks = cells[3::2], cells[4::2]
    texts = [text_of(cell) for cell in checks]
    if not all(": correct" in text for text in texts[:2]) or ": not yet" not in texts[2]:
        raise ValueError(f"The verdicts on exercise {id} are not correct, correct, not yet: {texts}")
    walls = [seconds(cell.metadata.execution) for cell in checks]
    used = [after - before for before, after in pairwise(float(text_of(cell)) for cell in clocks)]
    return dict(zip(CHECKS, zip(walls, used, strict=True), strict=True))


def text_of(cell):
    """Return what a cell printed or showed, as text."""
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in cell.outputs)


def seconds(execution):
    """Return the seconds in which a cell was running, by nbclient's record of the kernel's words."""
    busy, idle = (
        datetime.fromisoformat(execution[f"iopub.status.{word}"].replace("Z", "+00:00"))
        for word in ("busy", "idle")
    )
    return (idle - busy).total_seconds()
