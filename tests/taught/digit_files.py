"""Small sets of digits for the tests of data._files: their files, and a server that sends them or fails."""

import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mnist_lab.data import _contents

NUM_TRAIN, NUM_TEST = 30, 20
OFFLINE = r'DIGITS = "bundled" works offline'


def small_files(name):
    """Return {file name: bytes} of a set with NUM_TRAIN and NUM_TEST digits."""
    files = {}
    for file, (magic, shape) in _contents.expected_files(name).items():
        header = struct.pack(f">{1 + len(shape)}I", magic, *shape)
        labels = [i % 10 for i in range(shape[0])]
        if magic == _contents.IMAGES:
            values = bytes(i % 251 for i in range(shape[0] * 784))
        elif magic == _contents.LABELS:
            values = bytes(labels)
        else:
            values = b"".join(struct.pack(">8i", label, *range(100, 107)) for label in labels)
        files[file] = header + values
    return files


class Server:
    """Serves files on 127.0.0.1; `fault` names what goes wrong, `requests` counts."""

    def __init__(self, files):
        self.files, self.fault, self.requests = files, None, 0
        self.half_sent, self.release = threading.Event(), threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *args: None  # clients that hang up are part of the tests
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/"

    def answer(self, request):
        self.requests += 1
        data = self.files[request.path.lstrip("/")]
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        faulty = self.fault and "t10k-images" in request.path
        request.wfile.write(data[: len(data) // 2] if faulty else data)
        if faulty and self.fault == "stalls":
            request.wfile.flush()
            self.half_sent.set()
            self.release.wait(60)
            request.wfile.write(data[len(data) // 2 :])

    def close(self):
        self.release.set()
        self.http.shutdown()
        self.http.server_close()


def raw_folder(root, name="full"):
    return root / _contents.SETS[name][0].__name__ / "raw"


def write_set(root, name="full"):
    """Write the small set; return its raw folder."""
    raw = raw_folder(root, name)
    raw.mkdir(parents=True)
    for file, data in small_files(name).items():
        (raw / file).write_bytes(data)
    return raw


def snapshot(folder):
    """Return {path: (bytes, time of last change)} of all files below the folder."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    }


def assert_set_is_whole(root, name="full"):
    """The four files have the right bytes, and beside them is no more than the lock."""
    raw = raw_folder(root, name)
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == small_files(name)
    assert {path.name for path in raw.parent.iterdir()} <= {"raw", "download.lock"}
