"""How a run starts its kernels: such as end at once and, in a worker on Linux, out of a nursery."""

import contextlib
import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint

import psutil
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "mnist-lab-quick"
LAUNCHER = "ipykernel_launcher"  # what a kernel's command names
QUICK = [sys.executable, "-P", "-m", "mnist_lab.workshop.batch.quick_ipykernel"]  # what we put in its place
NURSERIES = []  # of this process: one, once it is open


def start_quick_kernels():
    """Let jupyter_client start the kernels of this process as QuickProvisioner does."""
    factory = KernelProvisionerFactory.instance()
    place = f"{__name__}:{QuickProvisioner.__name__}"
    factory.provisioners[NAME] = EntryPoint(NAME, place, factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


def open_nursery():
    """Let a nursery hand out all kernels of this process from now on; on Linux only, which forks safely."""
    if sys.platform == "linux" and not NURSERIES:
        NURSERIES.append(Nursery())


def kernels_here():
    """Return the process of each kernel that this process has started."""
    nurseries, found = [nursery.process.pid for nursery in NURSERIES], set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.pid not in nurseries and "ipykernel" in " ".join(process.cmdline()):
                found.add(process)
    return found


class QuickProvisioner(LocalProvisioner):
    """Starts IPython kernels of this Python in our way, and every other kernel as ever."""

    async def launch_kernel(self, cmd, **options):
        """Start the kernel and return how to connect to it."""
        if cmd[0] != sys.executable or LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **options)
        words = cmd[cmd.index(LAUNCHER) + 1 :]
        for nursery in NURSERIES:
            if process := nursery.kernel(words, options):
                self.process, self.pid, self.pgid = process, process.pid, process.pid
                return self.connection_info
        return await super().launch_kernel([*QUICK, *words], **options)


class Nursery:
    """A process with the imports done, of which each kernel is a copy; see quick_ipykernel."""

    def __init__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        self.process = subprocess.Popen([*QUICK, "--nursery"], cwd=os.sep, **pipes)

    def kernel(self, words, options):
        """Return the process of a new kernel, None if there is none to be had."""
        request = json.dumps([words, options.get("cwd") or os.getcwd(), options["env"]])
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            print(request, file=self.process.stdin, flush=True)
            return Forked(int(self.process.stdout.readline()))
        return None


class Forked(psutil.Process):
    """A process that is no child of ours, with what jupyter_client asks of one that is."""

    stdin = stdout = stderr = None

    def poll(self):
        """Return None while it runs, then 0."""
        return None if self.is_running() else 0

    def send_signal(self, sig):
        """Send a signal, if it still runs."""
        with contextlib.suppress(psutil.NoSuchProcess):
            super().send_signal(sig)
