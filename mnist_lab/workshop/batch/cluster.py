"""Jobs on a running Dask cluster, through the same interface as pool.LocalPool."""

import asyncio
import logging
import re
import sys
import time
from collections import Counter, deque
from concurrent.futures import CancelledError
from uuid import uuid4

from mnist_lab.workshop.batch.pool import Workers, share_of_threads
from mnist_lab.workshop.batch.worker import JobError

from tqdm import tqdm

START = "Start one with `dask scheduler`, and on each machine that is to help `dask worker ADDRESS`."
LOST = "the connection to the Dask scheduler was lost before it had ended"
PATIENCE = 10  # seconds without a worker after which it is said
WORKERS = {}  # of this process, if it is a Dask worker: {threads: Workers}
# Sent as text, for a function is sent as a name in a module, which may be missing there, or as bytecode,
# which another Python may not survive.
VERSIONS = """{
    "Python": __import__("platform").python_version(),
    "mnist_lab": __import__("importlib.util").util.find_spec("mnist_lab")
    and __import__("mnist_lab").__version__,
    "torch": next(
        (one.version for one in __import__("importlib.metadata").metadata.distributions(name="torch")), None
    ),
}"""


class DaskCluster:
    """The workers of the Dask scheduler at an address such as tcp://127.0.0.1:8786.

    Each of a worker's threads runs one job at a time, in a process of its own. Raises ValueError if
    distributed is not installed, if no scheduler or no worker answers, and if one of them has other
    versions than ours. A worker that comes later with other versions is named, and gets no job.
    """

    def __init__(self, address, *, wait=10):
        self.address, self.client = address, connect(address, wait)
        self.misfits = {}  # {address of a worker: what does not fit, or ""}
        self.threads = {}  # {address of a worker that fits: how many jobs it runs at a time}
        try:
            self.client.wait_for_workers(1, timeout=wait)
            found = self.client.run_on_scheduler(eval, VERSIONS)  # it opens what we send, but uses no torch
            wrong = misfit(found | {"torch": eval(VERSIONS)["torch"]})
            wrong = [f"The Dask scheduler at {address} {wrong}"] if wrong else self._look()
        except TimeoutError:
            wrong = [f"The Dask scheduler at {address} has no workers. Start some: `dask worker {address}`."]
        if wrong:
            self.client.close()
            raise ValueError(wrong[0])

    def run(self, function, jobs):
        """Yield (job, function(job)) as they end, with the exception in place of what failed.

        A job whose Dask worker is lost is run again on another. Left early, it ends what is running.
        """
        waiting, running = deque(jobs), {}  # the second: {future: (job, address of its worker)}
        self.seen = time.monotonic()
        try:
            while (waiting or running) and self.client.status != "closed":
                self._watch(waiting, running)
                self._hand_out(function, waiting, running)
                for future in _ended(running):
                    job, _ = running.pop(future)
                    outcome = _outcome(future)
                    if isinstance(outcome, TimeoutError):
                        waiting.append(job)
                    else:
                        yield job, outcome
            for job in [*waiting, *(job for job, _ in running.values())]:
                yield job, JobError(LOST)
        finally:
            if self.client.status != "closed":
                self.client.cancel(list(running), force=True)

    def _look(self):
        """Notice which workers have come and gone; return what is wrong with those that came."""
        try:
            here = self.client.nthreads()
            new = [address for address in here if address not in self.misfits]
            found = self.client.run(eval, VERSIONS, workers=new, on_error="return") if new else {}
        except (OSError, RuntimeError):  # the scheduler does not answer, or this client has closed
            return []
        new = {address: misfit(what) for address, what in found.items() if not isinstance(what, OSError)}
        self.misfits = {address: text for address, text in (self.misfits | new).items() if address in here}
        self.threads = {address: here[address] for address, text in self.misfits.items() if not text}
        return [f"The Dask worker at {address} {text}" for address, text in new.items() if text]

    def _watch(self, waiting, running):
        """Say what is wrong with the workers, and put back what was lost with one."""
        for wrong in self._look():
            _say(f"{wrong} It gets no jobs.")
        for future, (job, address) in list(running.items()):
            if address not in self.threads:
                del running[future]
                future.cancel(force=True)
                waiting.appendleft(job)
        if self.threads:
            self.seen = time.monotonic()
        elif self.seen and time.monotonic() - self.seen > PATIENCE:
            self.seen = None  # said once, until there is one again
            _say(f"No workers are left; waiting for one. Start it with `dask worker {self.address}`.")

    def _hand_out(self, function, waiting, running):
        """Send so many jobs to each worker that all its threads have one."""
        from distributed.comm import get_address_host

        slots = Counter()
        for address, threads in self.threads.items():
            slots[get_address_host(address)] += threads
        free = Counter(self.threads)
        free.subtract(address for _, address in running.values())
        while waiting and free and (most := free.most_common(1)[0])[1] > 0:
            (address, _), job = most, waiting.popleft()
            key, free[address] = f"mnist-lab-{uuid4().hex}", most[1] - 1
            future = self.client.submit(on_worker, function, job, slots, key=key, workers=[address])
            running[future] = job, address

    def close(self):
        """Leave the cluster, which goes on without us."""
        self.client.close()


def connect(address, wait):
    """Return a Client of the scheduler at the address; raises ValueError if there is none."""
    try:
        from distributed import Client, Security
        from distributed.comm import connect as call
    except ImportError as error:
        text = 'A Dask cluster needs distributed, which is not installed: pip install "mnist-lab[scale]".'
        raise ValueError(text) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:  # by a call first, since a Client of an unusual address would not even end in good order
        asyncio.run(_hang_up(call(address, timeout=wait, **Security().get_connection_args("client"))))
        return Client(address, timeout=wait, set_as_default=False)
    except OSError as error:
        text = f"No Dask scheduler answers at {address} within {wait} seconds. {START}"
        raise ValueError(text) from error
    except Exception as error:  # each kind of address that is none fails in a way of its own
        text = f"{address!r} is no address of a Dask scheduler, as tcp://127.0.0.1:8786 would be"
        raise ValueError(f"{text} (tls:// also needs the certificates in Dask's configuration).") from error


async def _hang_up(call):
    await (await call).close()


def misfit(found):
    """Return in words what does not fit ours of the versions found elsewhere, "" if they do."""
    if isinstance(found, Exception):
        return f"cannot tell its versions ({type(found).__name__}: {found}); start it anew."
    ours = eval(VERSIONS)
    wrong = [
        f"has {name} {found[name]} (here {ours[name]})" if found[name] else f"has no {name}"
        for name in ours
        if _series(name, found[name]) != _series(name, ours[name])
    ]
    return f"{' and '.join(wrong)}; install the same there as here, with the extra scale." if wrong else ""


def _series(name, version):
    """Return what has to be the same of a version: 3.12 of Python 3.12.4, all but the build of others."""
    return version and re.match(r"\d+\.\d+" if name == "Python" else r"[^+]+", version)[0]


def _say(text):
    tqdm.write(text, file=sys.stderr)


def _ended(running):
    """Return the futures that have ended, as soon as there are some, and after a second at the latest."""
    end = time.monotonic() + 1
    while not (ended := [future for future in running if future.done()]) and time.monotonic() < end:
        time.sleep(0.02)
    return ended


def _outcome(future):
    """Return the result or the exception; TimeoutError if the result was lost with its worker."""
    try:
        return future.result(timeout=60)
    except CancelledError:
        return JobError(LOST)
    except Exception as error:
        return error


def on_worker(function, job, slots):
    """Return function(job), calculated beside this Dask worker in a process with its share of threads."""
    from distributed import get_worker
    from distributed.comm import get_address_host

    worker = get_worker()
    key = worker.get_current_task()
    # Dask's own OMP_NUM_THREADS, which is 1 in each worker, is no limit that anybody has chosen.
    threads = share_of_threads(slots.get(get_address_host(worker.address), worker.state.nthreads))
    workers = WORKERS.setdefault(threads, Workers(threads))
    return workers.call(function, job, lambda: _is_cancelled(worker, key))


def _is_cancelled(worker, key):
    """Whether nobody waits for the task any more: whoever did has left, or was killed."""
    task = worker.state.tasks.get(key)
    return task is None or task.state == "cancelled"
