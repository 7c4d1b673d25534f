"""The pool that grantd runs itself, and a raw client for it."""

import contextlib
import os
import re
import signal
import subprocess

from support.fastcgi import Worker
from support.programs import GRANTD, environment, grantctl, is_running, wait_until
from support.temporary import directory

# The user that the tests run as can always give a file to its own group.
GROUP = ["--socket-group", "www-data"] if os.geteuid() == 0 else []

# Puts standard input on descriptor 3, as systemd hands over a socket.
HANDING_OVER = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@" 3<&0 </dev/null']


class OwnPool(Worker):
    """A supervisor and its workers; `ask`, `post` and `check` are those of a single worker."""

    def __init__(self, path, *options, workers=2, program=GRANTD, state=None, **settings):
        self.path, self.state = path, state or path / "state"
        self.state.mkdir(mode=0o700, exist_ok=True)
        self.config = path / "grantd.conf"
        self.config.touch()
        self.socket, self.log = path / "pool.sock", path / "pool.log"
        listen = [] if "--listen" in options or workers is None else ["--listen", f"unix:{self.socket}"]
        count = [] if workers is None else ["--workers", str(workers)]
        self.size = workers or 1
        self.command = [str(program), *listen, *count, *options]
        self._environment = environment(self.state, GRANTD_CONFIG=str(self.config)) | settings
        self.process = None

    def start(self, wait=True, command=None, **surroundings):
        """Starts it and returns once all workers serve, unless told not to wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command or self.command,
                env=self._environment,
                stdin=surroundings.pop("stdin", subprocess.DEVNULL),
                stdout=subprocess.DEVNULL,
                stderr=log,
                **surroundings,
            )
        if wait:
            wait_until(self.is_whole, "the workers to serve")

    def stop(self):
        """Stops it, if it still runs, and fails if it would not go by itself or leaves a worker behind."""
        if self.process is None:
            return
        workers = self.workers()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(15)
        finally:
            for pid in (self.process.pid, *workers):
                if self.process.poll() is None or is_running(pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        assert status == 0, self.said()

    def signal(self, number):
        self.process.send_signal(number)

    def said(self):
        return self.log.read_text()

    def count(self, words):
        """How many lines of the log hold these words."""
        return self.said().count(words)

    def workers(self):
        """The process ids of the workers that are there."""
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
                return [pid for pid in map(int, children.read().split()) if is_running(pid)]
        except (FileNotFoundError, ProcessLookupError):
            return []

    def serving(self):
        """The process ids of the workers that have said that they serve."""
        told = {int(pid) for pid in re.findall(r"worker serves  worker=(\d+)", self.said())}
        return [pid for pid in self.workers() if pid in told]

    def is_whole(self):
        assert self.process.poll() is None, self.said()
        return len(self.serving()) == self.size == len(self.workers())

    def health(self):
        """The status of an answer to a request for the health."""
        return self.ask({"PATH_INFO": "/health", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1"}).status

    def add(self, identifier="web-app"):
        """Makes a client and returns its form for a grant."""
        made = grantctl(self.state, "client", "add", identifier, "--secret-stdin", stdin="client-secret")
        assert made.returncode == 0
        return {"grant_type": "client_credentials", "client_id": identifier, "client_secret": "client-secret"}

    def reload(self):
        """Sends HUP and returns once all workers are replaced."""
        done = self.count("all workers are replaced")
        self.signal(signal.SIGHUP)
        wait_until(lambda: self.count("all workers are replaced") > done, "the workers to be replaced")


@contextlib.contextmanager
def own_pool(*options, **more):
    """A pool in a directory of its own that serves."""
    with directory() as path:
        pool = OwnPool(path, *options, **more)
        try:
            pool.start()
            yield pool
        finally:
            pool.stop()


@contextlib.contextmanager
def unstarted(*options, **more):
    """The same before its start."""
    with directory() as path:
        pool = OwnPool(path, *options, **more)
        try:
            yield pool
        finally:
            pool.stop()


def outcome(pool, **surroundings):
    """The exit status of a pool that does not start, and what it says last."""
    pool.start(wait=False, **surroundings)
    try:
        status = pool.process.wait(10)
    finally:
        if pool.process.poll() is None:
            pool.process.kill()
            pool.process.wait()
        pool.process = None
    return status, pool.said().splitlines()[-1]
