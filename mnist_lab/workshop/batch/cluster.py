"""Jobs on a running Dask cluster, through the same interface as pool.LocalPool."""

import logging
from collections import Counter
from concurrent.futures import CancelledError
from uuid import uuid4

from mnist_lab.workshop.batch.pool import Workers, share_of_threads
from mnist_lab.workshop.batch.worker import JobError

START = "Start one with `dask scheduler`, and on each machine that is to help `dask worker ADDRESS`."
WORKERS = {}  # of this process, if it is a Dask worker: {threads: Workers}


class DaskCluster:
    """The workers of the Dask scheduler at an address such as tcp://127.0.0.1:8786.

    Each of a worker's threads runs one job at a time, in a process of its own.
    Raises ValueError if distributed is not installed, and if no scheduler or no worker answers.
    """

    def __init__(self, address, *, wait=10):
        try:
            from distributed import Client
            from distributed.comm import resolve_address
        except ImportError as error:
            text = 'A Dask cluster needs distributed, which is not installed: pip install -e ".[scale]".'
            raise ValueError(text) from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            resolve_address(address)  # a Client of an unknown host would not even end in good order
            self.client = Client(address, timeout=wait, set_as_default=False)
        except (OSError, ValueError) as error:
            text = f"No Dask scheduler answers at {address} within {wait} seconds. {START}"
            raise ValueError(text) from error
        try:
            self.client.wait_for_workers(1, timeout=wait)
        except TimeoutError as error:
            self.client.close()
            text = f"The Dask scheduler at {address} has no workers. Start some: `dask worker {address}`."
            raise ValueError(text) from error

    def run(self, function, jobs):
        """Yield (job, function(job)) as they end, with the exception in place of what failed.

        A job whose Dask worker is lost is run again on another. Left early, it ends what is running.
        """
        from distributed import as_completed

        slots = self._slots()
        name = f"mnist-lab-{uuid4().hex}"
        running = {
            self.client.submit(on_worker, function, job, slots, key=f"{name}-{number}"): job
            for number, job in enumerate(jobs)
        }
        try:
            for future in as_completed(list(running), loop=self.client.loop, raise_errors=False):
                yield running.pop(future), _outcome(future)
        finally:
            self.client.cancel(list(running), force=True)

    def _slots(self):
        """Return {host: how many jobs its workers run at a time}."""
        from distributed.comm import get_address_host

        slots = Counter()
        for address, threads in self.client.nthreads().items():
            slots[get_address_host(address)] += threads
        return slots

    def close(self):
        """Leave the cluster, which goes on without us."""
        self.client.close()


def _outcome(future):
    try:
        return future.result()
    except CancelledError:
        return JobError("the connection to the Dask scheduler was lost before it had ended")
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
