"""Run a submission in its shelter: what it ends goes on without the cell that ended it."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from mnist_lab.workshop.classroom.shut_in import Shelter, chosen
from mnist_lab.workshop.classroom.shut_in_kernel import ShutInKernelManager

from nbclient.exceptions import DeadKernelError
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from sqlalchemy import MetaData, create_engine, select
from traitlets import Integer, Unicode

MOST_ENDED = 5  # cells that may end Python; whoever ends it more often gets no grade
CHANGED = (
    "While the submission of {} ran, rows of the gradebook changed, so grading stops here. If you graded by "
    "hand meanwhile, run the command again. If not, the submission did it: bring gradebook.db back from a "
    "copy, and read what was handed in before you run it."
)


class GradebookChanged(KeyboardInterrupt):
    """Stops nbgrader, which goes on after any other error with the next submission."""


class ShutInExecute(Execute):
    """nbgrader's Execute, in a kernel that sees the submission, Python and this package only."""

    confinement = Unicode("auto", help="auto, bubblewrap, container or none.").tag(config=True)
    image = Unicode("", help="An image of Docker or Podman that has mnist-lab.").tag(config=True)
    memory = Integer(8_000_000_000, help="Bytes for all processes together.").tag(config=True)
    disk = Integer(1_000_000_000, help="Bytes for files, which are kept in memory.").tag(config=True)
    processes = Integer(512, help="Processes and threads.").tag(config=True)

    _at, _left_out, _shelter = None, frozenset(), None  # _at: the place of the cell that runs

    def preprocess(self, notebook, resources, km=None):
        """Run all cells; after one that ends Python, all but this one again."""
        facts, self._left_out = resources["nbgrader"], set()
        rows = _rows(facts["db_url"])
        while True:
            self._at = None
            try:
                with self._sheltered(resources) as self._shelter:
                    notebook, resources = super().preprocess(notebook, resources, km)
                break
            except DeadKernelError:
                if self._at is None or self._at in self._left_out or len(self._left_out) == MOST_ENDED:
                    raise
                self.log.warning("Cell %s ended Python; all the others are run again.", self._at + 1)
                self._left_out.add(self._at)
        if _rows(facts["db_url"]) != rows:
            self.log.error(CHANGED.format(facts["student"]))
            raise GradebookChanged
        return notebook, resources

    def create_kernel_manager(self):
        """Return a manager of a kernel in the shelter."""
        if self._shelter is None:
            return super().create_kernel_manager()
        folder = self._shelter.folder
        options = {"connection_file": str(folder / "kernel.json"), "ip": str(self._shelter.sockets / "k")}
        self.km = ShutInKernelManager(
            kernel_name=self.kernel_name or "python3", config=self.config, transport="ipc", **options
        )
        self.km.shelter = self._shelter
        return self.km

    @contextmanager
    def _sheltered(self, resources):
        """Yield the Shelter, with what was handed in beside the notebook; None if there is to be none."""
        kind = chosen(self.confinement, image=self.image)
        if kind == "none":
            yield None
            return
        course, facts = CourseDirectory(parent=self), resources["nbgrader"]
        step = course.format_path(course.submitted_directory, facts["student"], facts["assignment"])
        limits = {"memory": self.memory, "disk": self.disk, "processes": self.processes}
        with tempfile.TemporaryDirectory(prefix="mnist-lab-", ignore_cleanup_errors=True) as folder:
            files = Path(folder, "files")
            copy_own(Path(resources["metadata"]["path"]), Path(step), files)
            shelter = Shelter(kind, Path(folder), Path(course.root).absolute(), **limits, image=self.image)
            try:
                yield shelter
            except RuntimeError:
                if self._at is None:  # the kernel did not even start
                    shelter.check()
                raise
            finally:
                shelter.close()


def copy_own(folder, handed_in, target):
    """Copy a folder's files, but none that was handed in as a link: it may lead to somebody else's."""
    target.mkdir()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        ways = [handed_in / parent for parent in (name, *name.parents)][:-1]
        if path.is_file() and not path.is_symlink() and not any(way.is_symlink() for way in ways):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)


def _rows(url):
    """Return all rows of a gradebook."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        asked = [select(table).order_by(*table.primary_key) for table in tables.sorted_tables]
        rows = [tuple(row) for each in asked for row in connection.execute(each)]
    engine.dispose()
    return rows
