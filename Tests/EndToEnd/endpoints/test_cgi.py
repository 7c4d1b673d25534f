"""grantd as a plain CGI program behind fcgiwrap: the same answers."""

import json
import subprocess

import pytest
from support.programs import GRANTD, cgi_request, environment
from support.site import CHOSEN


def test_a_grant(cgi):
    cgi.add("web-app", secret=CHOSEN)
    answer = cgi.grant("web-app", CHOSEN)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert cgi.inspect(answer.json()["access_token"])["client_id"] == "web-app"


def test_a_failed_authentication(cgi):
    answer = cgi.grant("nobody", "wrong")
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.elapsed.total_seconds() >= 0.1


def test_one_request_from_environment_and_standard_input(cgi):
    cgi.add("direct", secret=CHOSEN)
    request, body = cgi_request("direct", CHOSEN)
    done = subprocess.run([GRANTD], env=environment(cgi.state, **request), input=body, capture_output=True, timeout=10)
    head, _, answer = done.stdout.partition(b"\r\n\r\n")
    assert done.returncode == 0 and b"Content-Type: application/json" in head.split(b"\r\n")
    assert json.loads(answer)["token_type"] == "bearer"


def test_a_process_whose_clock_is_a_day_ahead_ends_no_live_token(cgi):
    cgi.add("early", secret=CHOSEN)
    token = cgi.grant("early", CHOSEN).json()["access_token"]
    request, body = cgi_request("early", CHOSEN)
    before = {file.name for file in (cgi.state / "tokens").iterdir()}
    ahead = ["env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", "+1d"]
    for _ in range(2):
        done = subprocess.run(
            [*ahead, GRANTD],
            env=environment(cgi.state, **request),
            input=body,
            capture_output=True,
            timeout=10,
        )
        assert b'"access_token"' in done.stdout
    after = {file.name for file in (cgi.state / "tokens").iterdir()}
    assert before < after, "its windows are there, and so are those of the others"
    assert cgi.inspect(token)["client_id"] == "early"


def cgi_process(state, *arguments, **request):
    """The answer's head and body of a process that got these arguments, and its log."""
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/health",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REMOTE_ADDR": "127.0.0.1",
    }
    done = subprocess.run(
        [GRANTD, *arguments], env=environment(state, **asked | request), capture_output=True, timeout=10
    )
    head, _, body = done.stdout.decode().partition("\r\n\r\n")
    return head, body, done.stderr.decode()


@pytest.mark.parametrize(
    "arguments, query, status",
    [
        (["--check"], "", "503"),
        (["--require-tls", "none"], "", "503"),
        (["--audit", "/nonexistent/audit", "x"], "x", "400"),
        (["--help"], "--help", "400"),
        (["x"], "a=b", "503"),
    ],
)
def test_arguments_are_neither_obeyed_nor_dropped(cgi, arguments, query, status):
    head, body, log = cgi_process(cgi.state, *arguments, QUERY_STRING=query)
    assert f"Status: {status}" in head and "error" in json.loads(body)
    assert "refused" in log and ("GRANTD_ variables" in log) == (status == "503")


@pytest.mark.parametrize("query", ["", "x", "--check", "a=b"])
def test_a_query_alone_changes_nothing(cgi, query):
    head, body, _ = cgi_process(cgi.state, QUERY_STRING=query)
    assert "Status: 200" in head and json.loads(body) == {"status": "ok"}
