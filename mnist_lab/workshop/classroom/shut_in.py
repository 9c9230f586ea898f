"""Shut in what is handed in: its kernel sees it, Python and this package, and nothing of the course."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import mnist_lab

KINDS = ("auto", "bubblewrap", "container", "none")
NOTHING = (
    "A submission is a stranger's code, and nothing here can shut it in{}. On Linux install bubblewrap, 0.7 "
    "or newer (apt-get install bubblewrap); or name an image that has mnist-lab, for Docker or Podman "
    "(c.BoundedExecute.image). On other systems grade in a virtual machine. To grade with your own rights "
    "all the same: nbgrader autograde … --BoundedExecute.confinement=none."
)
NOBODY = 1_900_000_000  # a user without a name, another for each of our processes: its limits are its own
KEPT = ("LANG", "LC_ALL", "TZ", "OMP_NUM_THREADS", "MNIST_LAB_DATA", "NBGRADER_EXECUTION", "PYTHONWARNINGS")
BEGIN = 'mkdir -p /tmp/work && { cp -R /handed-in/. /tmp/work; cd /tmp/work; } && exec "$@"'
OUTSIDE = 'trap "" INT; exec 3>"$0"; exec "$@"'  # an interrupt is for the kernel, not for bubblewrap
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("ld.so.cache", "alternatives", "fonts", "localtime", "hosts", "nsswitch.conf", "passwd")
ALONE = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --hostname localhost"
ALONE += " --info-fd 3 --die-with-parent"
FIRST_TO_GO = "echo 1000 > /proc/self/oom_score_adj"  # where memory runs out, before all else


@dataclass(frozen=True)
class Shelter:
    """A way to shut in a kernel, of a course, with a folder of our own for its files and sockets.

    memory and disk are bytes, for all processes and for each place to write; processes is their number.
    """

    kind: str
    folder: Path
    course: Path
    memory: int
    disk: int
    processes: int
    image: str = ""

    @property
    def sockets(self):
        return self.folder / "s"

    def start(self, command):
        """Return the command that runs a kernel's command shut in, and what Popen is to be told."""
        told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": str(self.folder)}
        if self.kind == "bubblewrap":
            return self.under_bubblewrap([sys.executable, *command[1:]]), told | {"env": _variables()}
        return self._in_container(command[1:]), told | {"env": dict(os.environ)}

    def check(self):
        """Raise ValueError if Python could not start under bubblewrap."""
        if self.kind == "bubblewrap":
            command = self.under_bubblewrap([sys.executable, "-c", "import ipykernel, mnist_lab"])
            tried = subprocess.run(command, capture_output=True, text=True, env=_variables())
            if tried.returncode:
                said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise ValueError(NOTHING.format(f" (bubblewrap does not start Python here: {said})"))

    def close(self):
        """End what a kernel may have left behind."""
        if self.kind == "container":
            subprocess.run([engine(self.image), "rm", "--force", self.folder.name], capture_output=True)

    def under_bubblewrap(self, command):
        """Return a command without network, rights, or a place on the disk to write to."""
        facts, (rights, as_nobody) = str(self.folder / "kernel.json"), _nobody()
        room = ("--size", str(self.disk), "--perms", "1777", "--tmpfs")
        rooms = [word for place in ("/dev/shm", "/tmp", str(self.sockets)) for word in (*room, place)]
        limits = (f"--data={self.memory}", f"--fsize={self.disk}", f"--nproc={self.processes}", "--core=0")
        return [
            *("sh", "-c", OUTSIDE, str(self.folder / "info"), "bwrap", *ALONE.split(), *rights),
            *("--proc", "/proc", "--dev", "/dev", *rooms, *self._seen(), "--ro-bind-try", facts, facts),
            *("--ro-bind", str(self.folder / "files"), "/handed-in", "--remount-ro", "/"),
            *("--unsetenv", "JPY_PARENT_PID", "--chdir", "/tmp", *as_nobody),
            *("sh", "-c", f"{FIRST_TO_GO}; {BEGIN}", "sh", "prlimit", *limits, *command),
        ]

    def _seen(self):
        """What bubblewrap shows, read-only; a course that lies within is covered."""
        parts = ["/usr", sys.prefix, sys.base_prefix, Path(mnist_lab.__file__).parent]
        parts += filter(None, [os.environ.get("MNIST_LAB_DATA")])
        places = {way for part in map(Path, parts) for way in (part.absolute(), part.resolve())}
        shown = {*places, *map(Path, SYSTEM), *(Path("/etc", name) for name in ETC)}
        above = sorted({parent for place in shown for parent in place.parents} - {Path("/")})
        words = [word for place in above for word in ("--perms", "0755", "--dir", str(place))]
        for place in sorted(shown | {self.course}):
            if place != self.course:
                words += ["--ro-bind-try", str(place), str(place)]
            elif places & {place, *place.parents}:
                words += ["--tmpfs", str(place)]
        return words

    def _in_container(self, words):
        """Return Python with these words in a container. Its folder of sockets lies on the disk."""
        self.sockets.mkdir(exist_ok=True)
        facts, place = self.folder / "kernel.json", f"{self.sockets}:{self.sockets}"
        program = engine(self.image)
        owner = "0:0" if program == "podman" else f"{os.getuid()}:{os.getgid()}"  # Podman's 0 is who calls it
        return [
            *(program, "run", "--rm", "--name", self.folder.name, "--network", "none", "--read-only"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", owner),
            *("--env", "LANG", "--env", "OMP_NUM_THREADS", "--env", "HOME=/tmp"),
            *("--memory", str(self.memory), "--pids-limit", str(self.processes)),
            *("--ulimit", f"fsize={self.disk}", "--tmpfs", f"/tmp:size={self.disk},mode=1777"),
            *("-v", f"{self.folder / 'files'}:/handed-in:ro", "-v", f"{facts}:{facts}:ro", "-v", place),
            *("-w", "/tmp", self.image, "sh", "-c", BEGIN, "sh", "python", *words),
        ]


def chosen(kind, *, image):
    """Return the kind of shelter that there is, or raise ValueError with what to do."""
    if kind not in KINDS:
        raise ValueError(f"c.BoundedExecute.confinement is one of {', '.join(KINDS)}, but got {kind!r}.")
    there = {
        "bubblewrap": bool(shutil.which("bwrap")),
        "container": sys.platform == "linux" and bool(engine(image)),
        "none": kind == "none",
    }
    fitting = [name for name in KINDS[1:] if there[name] and kind in ("auto", name)]
    if not fitting:
        raise ValueError(NOTHING.format("" if kind == "auto" else f" by {kind}, as the settings ask for"))
    return fitting[0]


def engine(image):
    """Docker or Podman, whichever has the image; None if neither has."""
    for name in ("docker", "podman") if image else ():
        asked = [name, "image", "inspect", image]
        if shutil.which(name) and not subprocess.run(asked, capture_output=True).returncode:
            return name
    return None


def _variables():
    """The environment of a kernel: nothing that the teacher keeps in it."""
    own = {"HOME": "/tmp", "USER": "learner", "PATH": os.defpath}
    own["OMP_NUM_THREADS"] = str(min(4, os.cpu_count() or 1))
    return own | {name: os.environ[name] for name in KEPT if name in os.environ}


def _nobody():
    """Words for bubblewrap and what it starts: root becomes nobody, and no other user has rights to lose."""
    if os.geteuid() != 0:
        return ["--unshare-user"], []
    number = NOBODY + os.getpid()
    rights = [word for right in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{right}")]
    dropped = ("--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
    return rights, ["setpriv", f"--reuid={number}", f"--regid={number}", *dropped]
