"""A kernel in a shelter, which talks through sockets in a folder and needs no network."""

import asyncio
import json
import os
from contextlib import suppress

from jupyter_client import AsyncKernelManager
from traitlets import Any


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

    async def _reach_in(self, info):
        """Let the folder of sockets lead to the one in the sandbox, which is memory and of limited size."""
        self.shelter.sockets.unlink(missing_ok=True)
        while await self.provisioner.poll() is None:
            with suppress(OSError, ValueError):
                child = json.loads(info.read_text(encoding="utf-8"))["child-pid"]
                self.shelter.sockets.symlink_to(f"/proc/{child}/root{self.shelter.sockets}")
                return
            await asyncio.sleep(0.02)
