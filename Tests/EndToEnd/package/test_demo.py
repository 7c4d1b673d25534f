"""deploy/demo, the way a reader runs it."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests
from support.programs import ROOT, free_port, grantctl, is_running, wait_until

DEMO = ROOT / "deploy/demo"


def surroundings(port, **more):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRANTD_")}
    return inherited | {"PORT": str(port)} | more


def demo(*arguments, port=None, **more):
    return subprocess.run(
        [DEMO, *arguments], env=surroundings(port or free_port(), **more), text=True, capture_output=True, timeout=300
    )


def left_behind():
    """What a demo could leave: its directory, and processes that name it."""
    processes = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            processes.append(path.read_bytes())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [*Path("/tmp").glob("grantd-demo.*"), *(line for line in processes if b"/grantd-demo." in line)]


def test_once_asks_for_tokens_and_uses_one_until_it_is_revoked():
    done = demo("--once")
    assert done.returncode == 0, done.stderr
    *replies, without, given, revoked = done.stdout.splitlines()
    assert len(replies) == 2
    for reply in replies:
        assert re.fullmatch(
            r'{"access_token":"[A-Za-z0-9_-]+","token_type":"bearer","expires_in":3600,"scope":"api.read"}', reply
        )
    assert (
        without
        == '/api/ answers 401 {"error_description":"this needs a bearer token: send Authorization: Bearer TOKEN"}'
    )
    assert revoked.startswith('/api/ answers 401 {"error":"invalid_token",')
    assert given == '/api/ answers 200 {"client_id":"web-app","scope":"api.read"}'
    assert not left_behind()


def test_a_reply_that_is_not_right_is_a_failure(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    grantctl(state, "client", "add", "web-app", "--scope", "other", "--secret-stdin", stdin="client-secret")
    done = demo("--once", GRANTD_STATE=str(state))
    assert done.returncode == 1 and "it should be 200" in done.stderr and "lacks a scope" in done.stderr
    assert not left_behind()


def test_a_given_state_is_kept_with_its_client(tmp_path):
    state = tmp_path / "state"
    for _ in range(2):
        assert demo("--once", GRANTD_STATE=str(state)).returncode == 0
        client = (state / "clients/web-app.json").read_bytes()
    assert demo("--once", GRANTD_STATE=str(state)).returncode == 0
    assert (state / "clients/web-app.json").read_bytes() == client


def test_a_port_in_use_is_a_clear_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = demo("--once", port=port)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == f"demo: port {port} on 127.0.0.1 is in use: choose another with PORT=\n"


@pytest.mark.parametrize("more", [{"PORT": "http"}, {"PORT": "65536"}, {"LIMITS": "maybe"}], ids=str)
def test_a_setting_that_makes_no_sense_is_a_clear_error(more):
    done = subprocess.run([DEMO, "--once"], env=surroundings(1, **more), text=True, capture_output=True)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


def start(port, **more):
    """The demo that goes on until it is stopped."""
    return subprocess.Popen(
        [DEMO],
        env=surroundings(port, **more),
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
        # Where the tests run in the background, all that they start ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "TERM"])
@pytest.mark.parametrize("limits", ["on", "off"])
def test_it_runs_until_it_is_stopped_and_leaves_nothing(end, limits):
    port = free_port()
    running = start(port, LIMITS=limits)
    last = f"curl http://localhost:{port}/api/ -H 'Authorization: Bearer TOKEN'\n"
    text = "".join(iter(running.stdout.readline, last))
    assert text.count(f"curl -X POST http://localhost:{port}/oauth2/token") == 2
    metadata = requests.get(f"http://127.0.0.1:{port}/oauth2/metadata", timeout=10).json()
    assert metadata["issuer"] == f"http://localhost:{port}/oauth2"
    form = {"grant_type": "client_credentials"}
    auth = ("web-app", "client-secret")
    statuses = [
        requests.post(f"http://127.0.0.1:{port}/oauth2/token", data=form, auth=auth, timeout=10).status_code
        for _ in range(150)
    ]
    assert set(statuses) == ({200, 429} if limits == "on" else {200})
    children = [int(pid) for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
    assert children
    os.killpg(running.pid, end) if end == signal.SIGINT else running.terminate()
    assert running.wait(20) == 0
    wait_until(lambda: not any(map(is_running, children)) and not left_behind(), "everything to be gone")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_doctor_line_finds_what_is_changed_in_the_demo():
    port = free_port()
    with start(port) as running:
        try:
            line = next(line for line in running.stdout if " doctor " in line)
            done = subprocess.run(line, shell=True, text=True, capture_output=True, timeout=60)
            assert done.returncode == 0 and "All is in order" in done.stdout, done.stdout + done.stderr
            configuration = Path(line.split()[-1])
            text = configuration.read_text()
            configuration.write_text(text.replace("proxy_pass", "return 200 open;\n            proxy_pass"))
            os.kill(int((configuration.parent / "nginx.pid").read_text()), signal.SIGHUP)
            url = f"http://127.0.0.1:{port}/api/"
            wait_until(lambda: requests.get(url, timeout=10).status_code == 200, "the change to take effect")
            done = subprocess.run(line, shell=True, text=True, capture_output=True, timeout=60)
            assert done.returncode == 1, done.stdout + done.stderr
            assert "[return-before-check]" in done.stdout and "[location-open]" in done.stdout
        finally:
            running.terminate()
    assert not left_behind()
