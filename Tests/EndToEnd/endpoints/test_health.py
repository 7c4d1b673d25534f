"""Health: 200 while clients can be read and tokens issued, else 503 with the reason."""

import json
import os
import shutil
import subprocess
import time

import pytest
import requests
from support.fastcgi import Worker
from support.programs import grantctl
from support.temporary import directory, running

GOOD = {"status": "ok"}


@pytest.fixture
def made():
    """A worker on its own, its state directory, and the client `machine` with a token."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Worker(path, state)) as worker:
            yield prepared(worker, state)


def prepared(worker, state):
    secret = json.loads(grantctl(state, "client", "add", "machine", "--json").stdout)["client_secret"]
    worker.state = state
    machine = {"client_id": "machine", "client_secret": secret}
    worker.grant = lambda client=machine: worker.post("/token", client | {"grant_type": "client_credentials"})
    worker.token = json.loads(worker.grant().text)["access_token"]
    return worker


def health(worker):
    answer = worker.ask({"REQUEST_METHOD": "GET", "PATH_INFO": "/health", "REMOTE_ADDR": "192.0.2.1"})
    return answer.status, json.loads(answer.text)


def health_anew(worker):
    """What it says once it looks again: it tells what it found for a second."""
    time.sleep(1.1)
    return health(worker)


def failing(reason):
    return 503, {"status": "failing", "reason": reason}


def test_through_nginx(shared):
    url = f"{shared.url}/oauth2/health"
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.json()) == (200, GOOD) and answer.headers["Cache-Control"] == "no-store"
    head = requests.head(url, timeout=10)
    assert (head.status_code, head.text) == (200, "")
    refused = requests.post(url, timeout=10)
    assert refused.status_code == 405 and refused.headers["Allow"] == "GET, HEAD"


def test_the_reason_comes_through_nginx_as_it_is(own):
    shutil.rmtree(own.state / "tokens")
    answer = requests.get(f"{own.url}/oauth2/health", timeout=10)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert answer.json() == {"status": "failing", "reason": "tokens cannot be issued"}
    assert "openat" in own.pool.log.read_text()


def test_without_the_directory_of_tokens(made):
    assert health(made) == (200, GOOD)
    shutil.rmtree(made.state / "tokens")
    assert health_anew(made) == failing("tokens cannot be issued")
    assert made.grant().status == 503


def test_without_the_directory_of_clients(made):
    assert health(made) == (200, GOOD)
    shutil.rmtree(made.state / "clients")
    assert health_anew(made) == failing("clients cannot be read")
    assert made.grant().status == made.check(made.token) == 503


def test_a_window_of_another_format(made):
    assert health(made) == (200, GOOD)
    # A worker that has the window open goes on with it, a new one looks.
    for window in (made.state / "tokens").glob("6-*.slots"):
        window.write_bytes(b"another format".ljust(64))
    with running(Worker(made.state.parent, made.state, "second")) as second:
        assert health(second) == failing("tokens cannot be issued")
    for window in (made.state / "tokens").glob("6-*"):
        window.unlink()
    with running(Worker(made.state.parent, made.state, "third")) as third:
        assert health(third) == (200, GOOD)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_and_room_again():
    with directory() as path:
        state = path / "state"
        state.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", state], check=True)
        try:
            with running(Worker(path, state)) as worker:
                prepared(worker, state)
                # Its tokens lie in the same file as those of the health check.
                brief = json.loads(grantctl(state, "client", "add", "brief", "--lifetime", "1", "--json").stdout)
                assert health(worker) == (200, GOOD) and worker.grant(brief).status == 200
                filling = state / "filling"
                with filling.open("wb", buffering=0) as file, pytest.raises(OSError):
                    while file.write(bytes(4096)):
                        pass
                # What is left of the pages that are there already takes 64 tokens each.
                answers = [worker.grant(brief).status for _ in range(200)]
                assert answers[-1] == 503
                assert health_anew(worker) == failing("there is no room for another token")
                assert worker.check(worker.token) == 204, "those that were issued go on being good"
                filling.unlink()
                assert health_anew(worker) == (200, GOOD) and worker.grant().status == 200
        finally:
            subprocess.run(["umount", state], check=True)


def test_asking_leaves_nothing_behind(made):
    for _ in range(1000):
        assert health(made) == (200, GOOD)
    # It looks once a second, and a window takes at most 64 places at a time.
    assert sum(file.stat().st_size for file in (made.state / "tokens").iterdir()) < 300 * 64
    assert not json.loads(grantctl(made.state, "client", "list", "--json").stdout)[1:]
    assert made.log.read_text().count("\n") < 5
