"""A real JupyterLab on a free port, which knows nothing of the machine's own Jupyter settings."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TRIES, STARTS_WITHIN = 3, 180  # seconds; some ten are usual
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--expose-app-in-browser",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
]


class Lab:
    """A running JupyterLab over a copy of the lessons; each of its folders is its own."""

    application = "jupyterlab"

    def __init__(self, folder):
        self.folder = Path(folder)
        self.lessons = self.folder / "notebooks"
        self.log = self.folder / "jupyterlab.log"
        self.token = secrets.token_hex(16)
        self.port = self.process = None
        shutil.copytree(NOTEBOOKS, self.lessons, ignore=shutil.ignore_patterns(".*", "concept_test_*"))
        for name, values in SETTINGS.items():
            path = self.folder / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def page_of(self, name):
        """The address that opens a lesson alone, in a workspace that nothing else uses."""
        return f"{self.address}/lab/workspaces/{secrets.token_hex(4)}/tree/{name}?token={self.token}"

    def fresh_copy(self, name):
        """Put the committed lesson back in its place, as it was before anybody touched it."""
        shutil.copy(NOTEBOOKS / name, self.lessons)

    def start(self):
        """Start the server and wait until it answers; another port if somebody took this one."""
        for _ in range(TRIES):
            self._launch()
            if self._answers():
                return self
            self.stop()
        raise RuntimeError(f"{self.application} did not start; its log says:\n{self.said()}")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def _launch(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", self.application, str(self.lessons), *OPTIONS]
        command += [f"--ServerApp.port={self.port}", f"--IdentityProvider.token={self.token}"]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, cwd=self.lessons, env=self._environment(), stdout=log, stderr=subprocess.STDOUT
            )

    def _environment(self):
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        own = {name: str(self.folder / part) for name, part in folders.items()}
        # The kernel is this environment's; one of the user's own by the same name is not looked for.
        return {**os.environ, **own, "JUPYTER_PREFER_ENV_PATH": "1", "OMP_NUM_THREADS": "1"}

    def _answers(self):
        """Wait for the server; False if it ended, or if its time was up."""
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/api/status?token={self.token}", timeout=10).close()
                return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        return False
