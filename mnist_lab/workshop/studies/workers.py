"""Independent runs in processes of their own, each on one thread, so that runs repeat exactly."""

import hashlib
import shutil
from contextlib import closing
from functools import partial
from operator import call
from pathlib import Path

from mnist_lab.bars import tqdm
from mnist_lab.recipes.run_store import code_digest, read_run, write_run
from mnist_lab.workshop.batch.pool import LocalPool

import torch


class StudyRuns:
    """The finished runs of a study, in the folder runs/study-NAME until the study ends.

    sources are files and folders of the package, such as "training.py" and "data": a run counts only for
    the same task, the same torch and the same code in the sources.
    """

    def __init__(self, name, sources):
        self.folder = Path("runs") / f"study-{name}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.identity = {"code": code_digest(sources), "torch": torch.__version__}

    def path(self, task):
        return self.folder / f"run-{hashlib.sha256(repr(task).encode()).hexdigest()[:16]}.json"

    def read(self, task):
        """Return the result of a task, or None if it is not there."""
        identity = {"task": repr(task), **self.identity}
        run = read_run(self.path(task), identity, holds=["result"], say=tqdm.write)
        return run and run["result"]

    def write(self, task, result):
        write_run(self.path(task), {"task": repr(task), **self.identity, "result": result})

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def run_all(function, tasks, *, finished, workers=1):
    """Return function(**task) for every task, in the order of the tasks.

    The function is one that a new process can import, and returns what JSON can hold, but not None. Each
    result is written to finished, a StudyRuns, and one that is there already is not calculated again. The
    first error ends everything at once, and so does Ctrl-C; what is finished stays.
    """
    results = [finished.read(task) for task in tasks]
    missing = {partial(function, **tasks[i]): i for i, result in enumerate(results) if result is None}
    with closing(in_workers(missing, workers=workers)) as ended:
        for job, result in tqdm(ended, total=len(missing), unit="run"):
            i = missing[job]
            results[i] = result
            finished.write(tasks[i], result)
    return results


def in_workers(jobs, *, workers=1):
    """Yield (job, job()) as they end, each on one thread; the first error, a JobError, ends them all."""
    with closing(LocalPool(workers, threads=1).run(call, jobs)) as ended:
        for job, result in ended:
            if isinstance(result, Exception):
                raise result
            yield job, result
