"""A kernel in a shelter, which talks through sockets in a folder and needs no network."""

import asyncio
import json
import os
import time
from contextlib import suppress
from threading import Thread

import psutil
from jupyter_client import AsyncKernelManager
from traitlets import Any

BETWEEN_LOOKS = 0.25  # seconds, in which more may be taken


class ShutInKernelManager(AsyncKernelManager):
    """Starts its kernel in its Shelter."""

    shelter = Any()

    async def _async_launch_kernel(self, kernel_cmd, **options):
        os.chmod(self.connection_file, 0o644)  # in a folder of mode 700
        command, told = self.shelter.start(kernel_cmd)
        info = self.shelter.folder / "info"
        info.unlink(missing_ok=True)
        await super()._async_launch_kernel(command, **options | told)
        if self.shelter.kind == "bubblewrap":
            await self._reach_in(info)
            watched = self.provisioner.pid, self.shelter.memory
            Thread(target=end_if_too_big, args=watched, daemon=True).start()

    async def _reach_in(self, info):
        """Let the folder of sockets lead to the one in the sandbox, which is memory and of limited size."""
        self.shelter.sockets.unlink(missing_ok=True)
        while await self.provisioner.poll() is None:
            with suppress(OSError, ValueError):
                child = json.loads(info.read_text(encoding="utf-8"))["child-pid"]
                self.shelter.sockets.symlink_to(f"/proc/{child}/root{self.shelter.sockets}")
                return
            await asyncio.sleep(0.02)


def end_if_too_big(pid, most):
    """End a process once all that it has started use more bytes together; return when it is gone."""
    with suppress(psutil.NoSuchProcess):
        shelter = psutil.Process(pid)
        while shelter.status() != psutil.STATUS_ZOMBIE:
            if sum(map(_bytes, shelter.children(recursive=True))) > most:
                shelter.kill()
            time.sleep(BETWEEN_LOOKS)


def _bytes(process):
    """The memory of a process, of what it shares its share; all of that where the system hides it."""
    with suppress(psutil.NoSuchProcess):
        try:
            return process.memory_full_info().pss
        except (psutil.AccessDenied, OSError):
            return process.memory_info().rss
    return 0
