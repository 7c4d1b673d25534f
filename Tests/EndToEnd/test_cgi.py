"""grantd as a plain CGI program behind fcgiwrap: the same answers."""

import json
import subprocess

from conftest import CHOSEN
from programs import GRANTD, environment


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
    body = json.dumps({"client_id": "direct", "client_secret": CHOSEN, "grant_type": "client_credentials"})
    request = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/token",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "GATEWAY_INTERFACE": "CGI/1.1",
    }
    done = subprocess.run(
        [GRANTD], env=environment(cgi.state, **request), input=body.encode(), capture_output=True, timeout=10
    )
    head, _, answer = done.stdout.partition(b"\r\n\r\n")
    assert done.returncode == 0 and b"Content-Type: application/json" in head.split(b"\r\n")
    assert json.loads(answer)["token_type"] == "bearer"
