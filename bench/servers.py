"""Starts the servers to be measured, each fresh, and never leaves one behind."""

import contextlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "bench"
NODE_MODULES = ROOT / "tests" / "e2e" / "node_modules"
READY_TIMEOUT_S = 30
STOP_TIMEOUT_S = 10


class Server:
    """A listening server: where, which process, and what the load client must add to speak to it."""

    def __init__(self, name, ready, load_options=(), load_environment=None):
        self.name = name
        self.port = ready["port"]
        self.pid = ready["pid"]
        self.load_options = list(load_options)
        self.load_environment = load_environment or {}


@contextlib.contextmanager
def stentor(binary):
    """A Stentor with an empty database, on the disk of the build folder."""
    require(binary, "build the release preset first")
    secret = secrets.token_hex(32)
    with fresh_folder() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/bench.db", "JWT_SECRET": secret}
        command = [binary, "--config", ROOT / "config" / "bench.toml", "--server.port=0", "--server.host=127.0.0.1"]
        with running(command, environment, folder) as ready:
            yield Server("stentor", ready, ["--api"], {"JWT_SECRET": secret})


@contextlib.contextmanager
def node():
    """The peer: Socket.IO on Node, with neither accounts nor a database."""
    modules = NODE_MODULES if (NODE_MODULES / "socket.io").exists() else pathlib.Path(os.environ.get("NODE_PATH", NODE_MODULES))
    require(modules / "socket.io", "run scripts/setup first")
    with fresh_folder() as folder:
        environment = {"NODE_PATH": str(modules), "NODE_ENV": "production"}
        with running(["node", ROOT / "bench" / "peers" / "socketio.js"], environment, folder) as ready:
            yield Server("node", ready)


@contextlib.contextmanager
def fresh_folder():
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=RESULTS) as name:
        yield pathlib.Path(name)


@contextlib.contextmanager
def running(command, environment, folder):
    """Runs a server in `folder`, yields what its ready line says, ends it."""
    output = folder / "output"
    with open(output, "wb") as out, open(folder / "log", "wb") as log:
        child = subprocess.Popen(command, env={**os.environ, **environment}, cwd=folder, stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=log)
    try:
        yield wait_until_ready(child, output, folder / "log")
    finally:
        stop(child)


def wait_until_ready(child, output, log):
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline and child.poll() is None:
        for line in output.read_text(errors="replace").splitlines(keepends=True):
            if line.startswith("ready ") and line.endswith("\n"):
                return json.loads(line.removeprefix("ready "))
        time.sleep(0.02)
    said = (output.read_text(errors="replace") + log.read_text(errors="replace")).strip()
    sys.exit(f"{child.args[0]} did not become ready:\n{said[-2000:]}")


def stop(child):
    try:
        child.terminate()
        child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        print(f"{child.args[0]} did not end within {STOP_TIMEOUT_S} s of SIGTERM", file=sys.stderr)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def require(path, what_to_do):
    if not pathlib.Path(path).exists():
        sys.exit(f"{path} is missing: {what_to_do}")
