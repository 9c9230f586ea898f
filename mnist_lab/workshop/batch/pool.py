"""Jobs on this machine's cores, in processes of their own."""

import contextlib
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

from mnist_lab.workshop.batch.worker import Worker, WorkerLost

import psutil


def cores():
    """Return how many cores this process may use."""
    return getattr(os, "process_cpu_count", os.cpu_count)() or 1


def share_of_threads(workers, *, most=""):
    """Return how many threads each of so many workers gets: the cores divided, at least 1.

    most is the text of a limit, such as that of OMP_NUM_THREADS; no number is no limit.
    """
    return max(1, min(cores() // workers, int(most) if most.isdecimal() else cores()))


def most_at_once(jobs):
    """Return how many of so many jobs to run at a time: one a core, with 1 GB of free memory for each."""
    return max(1, min(jobs, cores(), free_memory() // 10**9))


def free_memory(container=Path("/sys/fs/cgroup")):
    """Return how many bytes may still be taken: of the machine or, if less, of a container on Linux."""
    free = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):  # there is none, or it has no limit
        most, taken = (int((container / f"memory.{name}").read_text()) for name in ("max", "current"))
        free = min(free, most - taken)
    return free


class LocalPool:
    """So many worker processes here, each with so many threads, by default its share of the cores.

    A pool is what has such a `run`; DaskCluster is another.
    """

    def __init__(self, workers=1, *, threads=None):
        self.workers, self.threads = workers, threads

    def run(self, function, jobs):
        """Yield (job, function(job)) as they end, with the exception in place of what failed.

        The function is one that another process can import. Left early, it ends what is running.
        """
        most = os.environ.get("OMP_NUM_THREADS", "")
        workers = Workers(self.threads or share_of_threads(self.workers, most=most))
        threads = ThreadPoolExecutor(self.workers)
        running = {threads.submit(workers.call, function, job): job for job in jobs}
        try:
            while running:
                # a time limit, since on Windows Ctrl-C cannot wake a wait without one
                for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.exception() or future.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            workers.end()


class Workers:
    """Processes with so many threads each, started when they are needed and kept for the next job."""

    def __init__(self, threads):
        self.threads, self.idle, self.busy, self.is_over = threads, [], [], False
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def worker(self):
        """Lend a worker."""
        with self.lock:
            self.idle = [worker for worker in self.idle if worker.is_alive()]
            worker = self.idle.pop() if self.idle else Worker(self.threads)
            self.busy.append(worker)
        try:
            if self.is_over:
                worker.end()
            yield worker
        finally:
            with self.lock:
                self.busy.remove(worker)
                self.idle.append(worker)

    def call(self, function, job, is_cancelled=lambda: False):
        """Return function(job); if the worker is lost, once more in another.

        is_cancelled is asked every second; the worker is ended as soon as it says so.
        """
        for is_last in (False, True):
            try:
                with self.worker() as worker, watched(worker, is_cancelled):
                    return worker.call(function, job)
            except WorkerLost:
                if is_last or self.is_over or is_cancelled():
                    raise

    def end(self):
        """End all workers, also in the middle of a job."""
        self.is_over = True
        for worker in [*self.busy, *self.idle]:
            worker.end()


@contextlib.contextmanager
def watched(worker, is_cancelled):
    """End the worker within the block as soon as is_cancelled()."""
    is_done = threading.Event()

    def look():
        while not is_done.wait(1):
            if is_cancelled():
                worker.end()
                break

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
    finally:
        is_done.set()
