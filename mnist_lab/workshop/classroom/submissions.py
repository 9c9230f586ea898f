"""Steps that nbgrader takes with each submission, named in a course's nbgrader_config.py."""

import hashlib
import re
from pathlib import Path

from mnist_lab.workshop.classroom import judged
from mnist_lab.workshop.classroom.course import secret_of
from mnist_lab.workshop.classroom.harmless import without_scripts
from mnist_lab.workshop.classroom.hidden_cases import hidden_seed
from mnist_lab.workshop.classroom.judged import graded_id
from mnist_lab.workshop.classroom.lost_marks import mark_by_line
from mnist_lab.workshop.classroom.shut_in_run import ShutInExecute

from nbformat import ValidationError, v4
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Integer, default

MISSING = "# This cell was missing from what was handed in; it stands here as it was given out.\n"
LEFT_OUT = "\n… The rest of this cell's output was left out.\n"
OURS = "from mnist_lab.workshop.classroom.grading import"
ANSWER = re.compile(r"exercise-(\d+)-(\d+)")


class Mend(NbGraderPreprocessor):
    """Give the cells of a submission their marks back, and put back those of exercises that it lacks.

    A check that stands before its answer goes behind it. Nothing that a student wrote is taken out.
    """

    def preprocess(self, notebook, resources):
        given = _given(resources["nbgrader"])
        for cell in notebook.cells:
            self._mark(cell, given)
        for name in mark_by_line(notebook.cells, given):
            self.log.warning("Cell %s had lost its marks; it was found by its line.", name)
        place = 0
        for name in sorted(
            filter(ANSWER.fullmatch, given), key=lambda name: [*map(int, name.split("-")[1:])]
        ):
            place = self._answer(notebook.cells, given, name, place)
            check = name.replace("exercise", "check")
            if check in given:
                place = self._check(notebook.cells, given, check, place)
        return notebook, resources

    def _mark(self, cell, given):
        """Give a cell the marks with which it was given out; a cell that was not has none."""
        marks = cell.metadata.pop("nbgrader", None)
        name = (marks or {}).get("grade_id")
        if marks is None and cell.get("id") in given:
            name = cell.id
            self.log.warning("Cell %s had lost its marks; it has them again.", name)
        if name in given:
            cell.metadata["nbgrader"] = dict(given[name].metadata.nbgrader)

    def _answer(self, cells, given, name, place):
        """Return the place of an answer's cell, which is put back after the one before if it is missing."""
        index = _find(cells, name)
        if index is None:
            self.log.warning("Cell %s is missing from the submission; it was put back as given out.", name)
            cell = v4.new_code_cell(MISSING + given[name].source, metadata=given[name].metadata)
            index = place + 1 if place else len(cells)
            cells.insert(index, cell)
        return index

    def _check(self, cells, given, name, answer):
        """Return the place of a check, which goes right behind its answer unless it is further down."""
        index = _find(cells, name)
        if index is not None and index > answer:
            return index
        if index is None:
            self.log.warning("Cell %s is missing from the submission; it was put back.", name)
            cell = given[name]
        else:
            self.log.warning("Cell %s stood before its answer; it was moved behind it.", name)
            cell, answer = cells.pop(index), answer - 1
        cells.insert(answer + 1, cell)
        return answer + 1


class BoundedExecute(ShutInExecute):
    """nbgrader's Execute, shut in, which sends the seed of hidden cases and counts the finding alone.

    It keeps only the beginning of a cell that never stops printing. A locked cell has a limit of its own:
    in it each exercise keeps to its limit, and some train for long. A library's warning in such a cell costs
    no points; to nbgrader whatever goes to stderr is a failure.
    """

    max_output = Integer(2_000_000, help="Characters of a cell's output that are kept.").tag(config=True)
    graded_timeout = Integer(300, help="Seconds for a cell that grades an answer.").tag(config=True)

    _cell, _kept = None, 0
    _secret, _work, _before, _lessons = None, "", None, ()

    def preprocess(self, notebook, resources, km=None):
        """Run all cells; those of ours are graded on hidden cases of this learner and this work."""
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        ids = list(filter(None, map(graded_id, notebook.cells)))
        self._lessons = sorted({int(id.partition(".")[0]) for id in ids})
        self._work = hashlib.sha256("\n\n".join(code).encode(errors="replace")).hexdigest()
        course, facts = CourseDirectory(parent=self), resources["nbgrader"]
        self._secret = secret_of(course.root) if ids else None
        notebook, resources = super().preprocess(notebook, resources, km)
        source = course.format_path(course.source_directory, ".", facts["assignment"])
        without_scripts(notebook, Path(source) / f"{facts['notebook']}.ipynb")
        return notebook, resources

    def preprocess_cell(self, cell, resources, index):
        """Run a cell, unless it ended Python before; grade one of ours."""
        if self._at is None and self._lessons:
            self._before = self._look("prepare")
            if not self._before:
                raise RuntimeError("What grades could not be looked at in the kernel, so nothing is graded.")
        self._at, id = index, graded_id(cell)
        ended = [self.nb.cells[place].metadata.get("nbgrader", {}) for place in self._left_out]
        if id and any(marks.get("grade_id", "").endswith(f"-{id.replace('.', '-')}") for marks in ended):
            cell.outputs = judged.without_points(id, "crashed", judged.ENDED)
        elif index in self._left_out:
            cell.outputs = [v4.new_output("stream", name="stdout", text=judged.ENDED)]
        elif id:
            self._grade(cell, resources, index, id)
        else:
            return super().preprocess_cell(cell, resources, index)
        return cell, resources

    def _grade(self, cell, resources, index, id):
        """Run a locked cell with its seed, which stays out of the notebook."""
        source, changed = cell.source, self._changed()
        seed = hidden_seed(self._secret, id, student=resources["nbgrader"]["student"], work=self._work)
        cell.source, token = judged.sent(source, seed)
        try:
            if not changed:
                super().preprocess_cell(cell, resources, index)
        finally:
            cell.source = source
        changed = changed or self._changed()
        cell.outputs = judged.settled(cell.outputs, token, seed, cell.metadata.nbgrader.points)
        if changed:
            cell.outputs = judged.without_points(id, "tampered", judged.TAMPERED.format(changed))

    def _changed(self):
        """Return the first name, of what grades, behind which there is something else than at the start."""
        now = self._look("look")
        return next((name for name, number in self._before.items() if now.get(name) != number), "")

    def _look(self, name):
        asked = {"seen": judged.looking(name, self._lessons)}
        return judged.seen(self.wait_for_reply(self.kc.execute("", silent=True, user_expressions=asked)))

    @default("timeout_func")
    def _patience(self):
        return lambda cell: self.graded_timeout if is_grade(cell) else self.timeout

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output, whole or cut; a result or an error, which decide on points, always whole."""
        if msg["content"].get("name") == "stderr" and OURS in self.nb.cells[cell_index].source:
            msg["content"]["name"] = "stdout"
        if msg["msg_type"] in ("stream", "display_data"):
            if cell_index != self._cell:
                self._cell, self._kept = cell_index, 0
            room = self.max_output - self._kept
            self._kept += _size(msg["content"])
            if room < 0:
                return None
            if self._kept > self.max_output:
                msg = _cut(msg, room)
        try:
            return super().output(outs, msg, display_id, cell_index)
        except ValidationError:
            self.log.warning("Cell %s showed what is no output; it was left out.", cell_index + 1)
            return None


def _size(content):
    """The characters of what a stream message or a display holds."""
    return len(content.get("text", "")) + sum(len(str(data)) for data in content.get("data", {}).values())


def _cut(msg, room):
    """The message as a stream of at most so many characters, and a line that says so."""
    content = msg["content"]
    text = content.get("text", "")[:room] + LEFT_OUT
    header = {**msg["header"], "msg_type": "stream"}
    cut = {"name": content.get("name", "stdout"), "text": text}
    return {**msg, "msg_type": "stream", "header": header, "content": cut}


def _given(facts):
    """Return {name: cell} of all marked cells of an assignment, as the gradebook has them."""
    with Gradebook(facts["db_url"]) as gradebook:
        notebook, given = gradebook.find_notebook(facts["notebook"], facts["assignment"]), {}
        grades, tasks = notebook.grade_cells, notebook.task_cells
        kinds = {"grade": grades, "solution": notebook.solution_cells, "task": tasks}
        points = {cell.name: cell.max_score for cell in (*grades, *tasks)}
        for cell in notebook.source_cells:
            marks = {"schema_version": 3, "grade_id": cell.name, "locked": cell.locked}
            marks |= {kind: cell.name in [each.name for each in cells] for kind, cells in kinds.items()}
            marks |= {"points": points[cell.name]} if cell.name in points else {}
            make = v4.new_code_cell if cell.cell_type == "code" else v4.new_markdown_cell
            given[cell.name] = make(cell.source, metadata={"nbgrader": marks})
        return given


def _find(cells, name):
    """Return the place of the cell with this mark, or None."""
    marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    return marks.index(name) if name in marks else None
