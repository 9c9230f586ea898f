"""nbgrader's formgrader in a real Jupyter server, looked at with a real browser."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import NamedTuple
from urllib.request import urlopen

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
MINUTE = 60_000
NOTED = """\
window.ran = [];
for (let i = 1; i < 99; i++) window["EVIL" + i] = () => window.ran.push("EVIL" + i);
"""


class Sight(NamedTuple):
    """What ran in a page, every address that was asked for, and what the notebook in it has."""

    ran: list
    fetched: list
    pictures: list
    links: list
    buttons: int


def look_at(course, name, learner, *, then):
    """Open a submission as a teacher does, and run a line of the test's own at the end; return a Sight."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    sync_api = pytest.importorskip("playwright.sync_api")
    if program is None:
        pytest.skip("no Chromium on the PATH")
    with serving(course) as address, sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=2 * MINUTE)
        page, fetched = browser.new_page(extra_http_headers={"Authorization": "token secret"}), []
        page.set_default_timeout(MINUTE)
        page.add_init_script(NOTED)
        page.route("**/*", lambda route: fetched.append(route.request.url) or let_through(route, address))
        page.goto(f"{address}/formgrader/manage_submissions/{name}", wait_until="networkidle")
        asked = page.request.get(f"{address}/formgrader/api/submitted_notebooks/{name}/{name}")
        ids = {each["student"]: each["id"] for each in json.loads(asked.text())}
        page.goto(f"{address}/formgrader/submissions/{ids[learner]}/", wait_until="networkidle")
        page.evaluate(then)
        ran = page.evaluate("window.ran")
        pictures, links = (
            page.evaluate(f"[...document.querySelectorAll('#notebook {tag}[{name}]')].map(e => e.{name})")
            for tag, name in (("img", "src"), ("a", "href"))
        )
        buttons = page.locator("#notebook .no-credit").count()
        browser.close()
    return Sight(ran, fetched, pictures, links, buttons)


def let_through(route, address):
    """Let a page have what the server has, and nothing else."""
    return route.continue_() if route.request.url.startswith((address, "data:")) else route.abort()


@contextmanager
def serving(course):
    """Yield the address of a Jupyter server over a course, which knows nothing of this machine's settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {kind: str(course.parent / kind.lower()) for kind in kinds}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=secret"]
    with (course.parent / "server.log").open("w") as log:
        said = {"stdout": log, "stderr": log}
        server = subprocess.Popen(
            [*command, "--ServerApp.ip=127.0.0.1"], cwd=course, env=os.environ | own, **said
        )
    try:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + 180
        while not answers(f"{address}/api/status?token=secret"):
            assert server.poll() is None and time.monotonic() < end, (
                course.parent / "server.log"
            ).read_text()
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


def answers(address):
    try:
        urlopen(address, timeout=10).close()
    except OSError:
        return False
    return True
