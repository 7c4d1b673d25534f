"""What others do to a worker's speed: 256 kept connections, 1,000 peers that say nothing, 500 failed authentications."""

import contextlib
import re
import selectors
import socket
import statistics
import struct
import subprocess
import threading
import time

from measuring import HERE, load, state_with_client
from support.fastcgi import BEGIN_REQUEST, PARAMS, RESPONDER, STDIN, pair, record
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD
from support.temporary import directory, running

ROUNDS, SECONDS = 5, 2
BODY = b'{"client_id":"nobody","client_secret":"wrong","grant_type":"client_credentials"}'
ASKED = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/token",
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": str(len(BODY)),
    "REMOTE_ADDR": "127.0.0.1",
}
FAILING = (
    record(BEGIN_REQUEST, struct.pack(">HB5x", RESPONDER, 1))
    + record(PARAMS, b"".join(pair(*parameter) for parameter in ASKED.items()))
    + record(PARAMS)
    + record(STDIN, BODY)
    + record(STDIN)
)


@contextlib.contextmanager
def peers(path, count, sends=b""):
    """Connections to the workers' socket, which say so much and no more."""
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(count)]
        for peer in made:
            peer.connect(str(path))
            peer.sendall(sends)
        yield made


@contextlib.contextmanager
def failing(made):
    """Peers whose authentications fail, one after the other: each asks again as soon as it has its answer."""
    done = threading.Event()

    def ask_again():
        with selectors.DefaultSelector() as answered:
            for peer in made:
                answered.register(peer, selectors.EVENT_READ)
            while not done.is_set():
                for key, _ in answered.select(0.1):
                    # An answer is one write, and smaller than this.
                    assert key.fileobj.recv(65536), "the worker closed the connection"
                    key.fileobj.sendall(FAILING)

    asking = threading.Thread(target=ask_again)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def waiting(made):
    """How many of them have had neither an answer nor an end."""

    def is_waiting(peer):
        peer.setblocking(False)
        try:
            peer.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except ConnectionError:
            pass
        return False

    return sum(map(is_waiting, made))


def latencies(url):
    """The median and the 99th percentile of 256 connections' waits, in milliseconds, by wrk."""
    command = ["wrk", "-t", "1", "-c", "256", "-d", "10s", "--latency", "-s", HERE / "token.lua", url]
    said = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    found = {part: re.search(rf"{part}%\s+([\d.]+)(us|ms|s)\n", said).groups() for part in (50, 99)}
    return [float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit] for number, unit in found.values()]


# Failed authentications stay in flight for a second each, and silent peers for their five seconds.
with state_with_client("web-app", "client-secret") as (state, _), directory() as path:
    pool = Pool(path, GRANTD, state, GRANTD_FAILURE_DELAY="1000")
    with running(pool), running(Nginx(path, pool.socket, kept=256)) as nginx:
        load(nginx.token_url, 1)
        rates = {"alone": [], "silent": [], "failed": []}
        for _ in range(ROUNDS):
            rates["alone"].append(load(nginx.token_url, SECONDS))
            with peers(pool.socket, 1000) as made:
                rates["silent"].append(load(nginx.token_url, SECONDS))
                silent = waiting(made)
            with peers(pool.socket, 500, FAILING) as made:
                with failing(made):
                    time.sleep(0.5)
                    rates["failed"].append(load(nginx.token_url, SECONDS))
                failed = waiting(made)
        median, worst = latencies(nginx.token_url)

alone, *crowded = (statistics.median(measured) for measured in rates.values())
print(
    f"Requests a second, medians of {ROUNDS} rounds of {SECONDS} s: alone {alone:.0f};"
    f" with 1000 silent peers ({silent} still there at the end) {crowded[0] / alone:.2f} of it,"
    f" with 500 failed authentications in flight ({failed} at the end) {crowded[1] / alone:.2f}"
)
print(
    f"256 kept connections on 2 workers: median {median:.1f} ms, 99th percentile {worst:.1f} ms,"
    f" ratio {worst / median:.2f}"
)
