"""A Python process of ours that runs one function after another, and ends when we end.

concurrent.futures cannot serve here: a Dask worker may start no multiprocessing process, and a pool
that loses one process gives up the others' work too.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading

import psutil

IDLE = 60  # seconds without a job after which a worker ends by itself
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")  # a nanny of Dask sets all
if os.name == "posix":  # Ctrl-C is for the process that started us
    APART = {"start_new_session": True}
else:
    APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}


class JobError(RuntimeError):
    """A function failed in its worker; the text says how."""


class WorkerLost(JobError):
    """A worker ended before its function did."""


class Worker:
    """A process with so many threads for arithmetic; what it starts, such as kernels, inherits them."""

    def __init__(self, threads):
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the worker)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mnist_lab.workshop.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=os.environ | dict.fromkeys(THREADS, str(threads)),
            **APART,
        )

    def is_alive(self):
        return self.process.poll() is None

    def call(self, function, argument):
        """Return function(argument), both sent as pickles; raises WorkerLost or JobError."""
        message = pickle.dumps((function, argument))
        try:
            pickle.dump(message, self.process.stdin)
            self.process.stdin.flush()
            is_result, value = pickle.loads(pickle.load(self.process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise WorkerLost(self._reason()) from error
        if not is_result:
            raise JobError(value)
        return value

    def _reason(self):
        code = self.process.wait()
        if code < 0:
            name = signal.Signals(-code).name
            return f"the process that ran it was ended by {name}; it may have run out of memory"
        self.errors.seek(0)
        last = self.errors.read().decode(errors="replace").strip().split("\n")[-1]
        return f"the process that ran it ended early (exit status {code}). {last}".rstrip()

    def end(self):
        """End the process and all that it has started, at once."""
        end_tree(self.process.pid)
        self.process.wait()


def end_tree(pid, *, itself=True):
    """End a process and everything below it."""
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in [parent] * itself + parent.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()


def serve():
    """Be a worker: take pickles of (function, argument) from stdin, answer with pickles on stdout."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    jobs = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    with contextlib.suppress(queue.Empty):
        while True:
            pickle.dump(_answer(jobs.get(timeout=IDLE)), answers)
            answers.flush()
    os._exit(0)  # the thread that listens would get in the way of an orderly end


def _listen(jobs):
    """Pass on what comes; stdin ends when the process at its other end does, even if it is killed."""
    with contextlib.suppress(EOFError, pickle.UnpicklingError):  # the second: killed while it wrote
        while True:
            jobs.put(pickle.load(sys.stdin.buffer))
    end_tree(os.getpid(), itself=False)
    os._exit(0)


def _answer(message):
    try:
        function, argument = pickle.loads(message)
        return pickle.dumps((True, function(argument)))
    except Exception as error:
        return pickle.dumps((False, f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    serve()
