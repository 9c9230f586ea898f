"""Measure what an install downloads: `python -m mnist_lab.workshop.upkeep.install_sizes NAME [PIP OPTION…]`.

Asks pip what it would install into an empty environment, without installing it, and adds up the
sizes of the files. Keeps the sum under NAME in install_sizes.json, for the README.
"""

import json
import platform
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

RESULTS = Path(__file__).parents[2] / "results"
WHAT = ["-c", "requirements.txt", ".[lab,draw,camera]"]


def plan(options):
    """Return pip's report of what it would install."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        ask = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", report]
        command = [sys.executable, "-m", "pip", *ask, *options, *WHAT]
        subprocess.run(command, check=True, cwd=RESULTS.parents[1])
        return json.loads(report.read_text(encoding="utf-8"))["install"]


def size(url):
    """Return a file's size in bytes, by its path or by its server's word."""
    if urlsplit(url).scheme == "file":
        path = Path(unquote(urlsplit(url).path))
        return path.stat().st_size if path.is_file() else 0  # 0: the project's own folder
    with urlopen(Request(url, method="HEAD"), timeout=60) as answer:
        return int(answer.headers["Content-Length"])


def main(name, *options):
    sizes = [(item["metadata"], size(item["download_info"]["url"])) for item in plan(options)]
    torch = next(metadata["version"] for metadata, _ in sizes if metadata["name"] == "torch")
    file = RESULTS / "install_sizes.json"
    stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    stored[name] = {
        "command": f"python -m mnist_lab.workshop.upkeep.install_sizes {name}",
        "date": date.today().isoformat(),
        "n": 1,
        "device": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version(), "pip": version("pip"), "torch": torch},
        "files": len(sizes),
        "gigabytes": round(sum(count for _, count in sizes) / 1e9, 2),
    }
    file.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    print(f"{name}: {len(sizes)} files, {stored[name]['gigabytes']} GB")


if __name__ == "__main__":
    main(*sys.argv[1:])
