"""Independent runs in processes of their own, each on one thread, so that runs repeat exactly."""

import hashlib
import shutil
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from mnist_lab.recipes.run_store import code_digest, read_run, write_run

import torch
from tqdm.auto import tqdm


class StudyRuns:
    """The finished runs of a study, in the folder runs/study-NAME until the study ends.

    sources are files and folders of the package, such as "training.py" and "data": a run counts only for
    the same task, the same torch and the same code in the sources.
    """

    def __init__(self, name, sources):
        self.folder = Path("runs") / f"study-{name}"
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
    first error ends everything, and so does Ctrl-C, once the runs that have begun are done.
    """
    results = [finished.read(task) for task in tasks]
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin)
    try:
        missing = [i for i, result in enumerate(results) if result is None]
        futures = {pool.submit(function, **tasks[i]): i for i in missing}
        for future in tqdm(as_completed(futures), total=len(futures), unit="run"):
            i = futures[future]
            results[i] = future.result()
            finished.write(tasks[i], results[i])
        return results
    finally:
        pool.shutdown(cancel_futures=True)


def begin():
    """Start a worker: one thread, and Ctrl-C left to the parent, which ends its workers in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
