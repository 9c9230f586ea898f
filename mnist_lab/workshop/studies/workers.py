"""Independent runs in processes of their own, each on one thread, so that runs repeat exactly."""

import json
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from mnist_lab.recipes.kept import code_digest

import torch
from tqdm.auto import tqdm


def run_all(function, tasks, *, workers=1, kept=None):
    """Return function(**task) for every task, in the order of the tasks.

    The function is one that a new process can import, and returns what JSON can hold. With kept, a
    path, each finished result is written there, and those that are there already are not run again.
    The first error ends everything, and so does Ctrl-C, once the runs that have begun are done.
    """
    done = read_kept(kept)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin)
    try:
        futures = {pool.submit(function, **task): repr(task) for task in tasks if repr(task) not in done}
        for future in tqdm(as_completed(futures), total=len(futures), unit="run"):
            done[futures[future]] = future.result()
            keep(kept, futures[future], future.result())
        return [done[repr(task)] for task in tasks]
    finally:
        pool.shutdown(cancel_futures=True)


def begin():
    """Start a worker: one thread, and Ctrl-C left to the parent, which ends its workers in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def kept_path(name, sources, *, folder="runs"):
    """Return where a study keeps its runs: another file for another torch or other code in the sources.

    sources are files and folders of the package, such as "training.py" and "data".
    """
    return Path(folder) / f"{name}-torch-{torch.__version__}-{code_digest(sources)}.jsonl"


def read_kept(path):
    """Return {task: result} of the finished runs; a line that was cut off is left out."""
    done = {}
    if path and path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                done.update([json.loads(line)])
            except ValueError:
                continue
    return done


def keep(path, task, result):
    """Append a finished run to the file, a line of JSON."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps([task, result]) + "\n")
