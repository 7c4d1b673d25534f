"""What a steady load loses while workers are killed, replaced and restarted: 4 workers, 64 connections through nginx.

Each part runs for SECONDS (60 unless the environment says otherwise), with and without connections that nginx keeps. The
exit status is 0 only if no reload and no restart lost a request, and no kill more than one."""

import contextlib
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading

from measuring import HERE
from support.nginx import Nginx
from support.own_pool import HANDING_OVER, OwnPool
from support.programs import NGINX_USER
from support.temporary import directory, running

SECONDS = int(os.environ.get("SECONDS_EACH", 60))
WORKERS, CONNECTIONS = 4, 64


def without_keeping(text):
    assert "fastcgi_keep_conn on;" in text
    return text.replace("fastcgi_keep_conn on;", "")


class Service:
    """A pool on a socket that this process holds, as systemd does."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.path = path / "service.sock"
        self.listener.bind(str(self.path))
        self.listener.listen(4096)
        self.pool = OwnPool(path, workers=WORKERS, LISTEN_FDS="1")
        self.pool.command = [part for part in self.pool.command if part != "--listen" and not part.startswith("unix:")]
        if os.geteuid() == 0:
            subprocess.run(["chown", NGINX_USER, self.path], check=True)

    def start(self):
        # What it says counts from this start on.
        self.pool.log.write_bytes(b"")
        self.pool.start(command=HANDING_OVER + self.pool.command, stdin=self.listener)

    def stop(self):
        self.pool.stop()


def killing(service, done):
    """A SIGKILL for a random worker every 200 ms."""
    count = 0
    while not done.wait(0.2):
        workers = service.pool.workers()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(workers), signal.SIGKILL)
                count += 1
    return count


def reloading(service, done):
    """A HUP every second."""
    count = 0
    while not done.wait(1):
        service.pool.signal(signal.SIGHUP)
        count += 1
    return count


def restarting(service, done):
    """A TERM, and a new pool on the same socket once the old one has gone, every three seconds."""
    count = 0
    while not done.wait(3):
        service.stop()
        service.start()
        count += 1
    return count


def load(url, seconds):
    """How many requests wrk made, and how many of them were lost: any answer but a success, or none."""
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "20s"]
    said = subprocess.run([*command, "-s", HERE / "token.lua", url], text=True, capture_output=True, check=True).stdout
    made = int(re.search(r"(\d+) requests in", said)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return made, int(bad[1] if bad else 0) + sum(map(int, errors.groups() if errors else ()))


def run(disturb, keeps):
    with directory() as path:
        service = Service(path)
        service.pool.add()
        with running(service):
            nginx = Nginx(path, service.path, edit=(lambda text: text) if keeps else without_keeping)
            with running(nginx):
                done, counted = threading.Event(), []
                thread = threading.Thread(target=lambda: counted.append(disturb(service, done)))
                thread.start()
                made, lost = load(nginx.token_url, SECONDS)
                done.set()
                thread.join()
        service.listener.close()
        return made, lost, counted[0]


failed = False
for disturb, keeps in itertools.product((killing, reloading, restarting), (False, True)):
    made, lost, count = run(disturb, keeps)
    allowed = count if disturb is killing else 0
    failed |= lost > allowed
    print(
        f"{disturb.__name__} {count} times in {SECONDS} s, {'kept' if keeps else 'new'} connections:"
        f" {made} requests, {lost} lost",
        flush=True,
    )
sys.exit(failed)
