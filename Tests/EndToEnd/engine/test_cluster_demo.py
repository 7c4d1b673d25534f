"""deploy/cluster, the way a reader runs it."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests
from support.engines import is_free
from support.programs import BUILT, ROOT, free_port, is_running, wait_until
from support.temporary import directory

CLUSTER = ROOT / "deploy/cluster"

ONCE = r"""
a request without a token: 401
a token of site A at site A: 200
a token of site A at site B: 200
a token of site A at site C: 200
its revocation at site B: 200
the revoked token at site B: 401
the revoked token at site A: 401
the revoked token at site C: 401
a token at site A for a client that was disabled at site C: refused
the disabled client's token at site B: 401
the disabled client's token at site A: 401
tokens issued by all sites: 60
of them revoked: 30
a primary was killed, and its replica took over: \d+ ms
failed requests of \d+ during the failover: 0
the longest of these requests waited for the failover: \d+ ms
tokens issued before that are good at every site: 30
tokens revoked before that are refused at every site: 30
the killed member returned as: replica
the other tokens revoked: 30
of these refused at every site: 30
"""


def four_ports():
    """The first of four free ports in a row."""
    while True:
        first = free_port() - 3
        if all(is_free(port) for port in range(first, first + 4)):
            return first


@pytest.fixture
def place():
    """Where it makes its directory."""
    with directory() as path:
        yield path


def surroundings(port, place):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRANTD_")}
    return inherited | {"PORT": str(port), "TMPDIR": str(place), "BUILT_PROGRAMS": str(BUILT)}


def left_behind(place):
    """What it could leave: its directory, and processes that name it."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            processes.append(path.read_bytes())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [*place.glob("grantd-cluster.*"), *(line for line in processes if bytes(place) in line)]


def test_once_all_sites_agree_and_a_killed_primary_fails_no_request(place):
    done = subprocess.run(
        [CLUSTER, "--once"], env=surroundings(four_ports(), place), text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines, expected = done.stdout.splitlines(), ONCE.split("\n")[1:-1]
    assert len(lines) == len(expected), done.stdout
    for line, words in zip(lines, expected):
        assert re.fullmatch(f"ok      {words}", line)
    assert not left_behind(place)


def test_it_runs_until_it_is_stopped_and_leaves_nothing(place):
    port = four_ports()
    with subprocess.Popen([CLUSTER], env=surroundings(port, place), text=True, stdout=subprocess.PIPE) as running:
        text = ""
        while len(processes := re.findall(r"^kill -9 (\d+)  # (primary|replica) on port \d+$", text, re.M)) < 6:
            line = running.stdout.readline()
            assert line, text
            text += line
        assert sorted(role for _, role in processes) == ["primary"] * 3 + ["replica"] * 3
        assert all(is_running(int(pid)) for pid, _ in processes)
        # What it says to try, up to the next heading.
        said = re.search(r"^TOKEN=.*?\n\n", text, re.M | re.S)[0]
        tried = subprocess.run(["bash", "-c", said], text=True, capture_output=True, timeout=60)
        good = '{"client_id":"web-app","scope":"api.read"}'
        assert tried.stdout.startswith(good + '{}{"error":"invalid_token"'), said + tried.stdout + tried.stderr
        grantctl = re.search(r"^export .*?store status\n", text, re.M | re.S)[0]
        status = subprocess.run(["bash", "-c", grantctl], text=True, capture_output=True, timeout=60)
        assert "The engine is in order." in status.stdout, status.stdout + status.stderr
        for number in range(4):
            metadata = requests.get(f"http://127.0.0.1:{port + number}/oauth2/metadata", timeout=10).json()
            assert metadata["issuer"] == f"http://localhost:{port}/oauth2"
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    wait_until(lambda: not left_behind(place), "everything to be gone")


@pytest.mark.parametrize("number", range(4))
def test_a_port_in_use_is_a_clear_error(number, place):
    first = four_ports()
    with socket.create_server(("127.0.0.1", first + number)):
        done = subprocess.run(
            [CLUSTER, "--once"], env=surroundings(first, place), text=True, capture_output=True, timeout=30
        )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == f"cluster: port {first + number} on 127.0.0.1 is in use: choose another with PORT=\n"
