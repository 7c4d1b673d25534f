"""What nginx itself answers at the mount: JSON of RFC 6749 §5.2 with the right status."""

import socket

import pytest
import requests

from conftest import CHOSEN, directory, running, site
from nginx import Nginx
from programs import wait_until


def check(answer, status, error="temporarily_unavailable", retry_after=None):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert answer.headers.get("Retry-After") == retry_after
    assert answer.json()["error"] == error and set(answer.json()) == {"error", "error_description"}


def test_a_body_too_large_is_413(shared):
    check(requests.post(shared.token_url, data="x" * 16385, timeout=10), 413, "invalid_request")


def test_a_body_that_fits_reaches_no_file(shared):
    requests.post(shared.token_url, data="x" * 16384, timeout=10)
    assert "buffered to a temporary file" not in shared.nginx.errors.read_text()


def test_broken_chunks_are_400(shared):
    head = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", shared.nginx.port)) as raw:
        raw.sendall((head + "no size\r\n").encode())
        answer = raw.makefile().read()
    assert answer.startswith("HTTP/1.1 400 ") and '"error":"invalid_request"' in answer


def test_an_address_that_the_site_keeps_out_is_403():
    with site(server="deny all;") as closed:
        check(closed.grant("a", "b"), 403, "invalid_request")


def test_no_worker_is_502():
    with directory() as path, running(Nginx(path, path / "no-such.sock")) as nginx:
        check(requests.post(nginx.token_url, data="x", timeout=10), 502, retry_after="5")


def test_a_limit_of_the_site_is_503():
    with site(http="limit_conn_zone $server_port zone=all:1m;", server="limit_conn all 1;") as narrow:
        with socket.create_connection(("127.0.0.1", narrow.nginx.port)) as first:
            first.sendall(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
            wait_until(lambda: narrow.grant("a", "b").status_code == 503, "the first request to be counted")
            check(narrow.grant("a", "b"), 503, retry_after="5")


def test_a_worker_that_does_not_answer_is_504():
    def impatient(text):
        assert "fastcgi_read_timeout 10s" in text
        return text.replace("fastcgi_read_timeout 10s", "fastcgi_read_timeout 200ms")

    with directory() as path, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path / "silent.sock"))
        (path / "silent.sock").chmod(0o666)
        silent.listen(8)
        with running(Nginx(path, path / "silent.sock", edit=impatient)) as nginx:
            check(requests.post(nginx.token_url, data="x", timeout=10), 504, retry_after="5")


@pytest.fixture(scope="module")
def limited():
    with site(limits=True) as made:
        made.add("web-app", secret=CHOSEN)
        yield made


@pytest.mark.parametrize("auth", [("web-app", CHOSEN), None], ids=["one credential", "one address"])
def test_too_many_requests_are_429(limited, auth):
    form = {"grant_type": "client_credentials"}
    answers = [requests.post(limited.token_url, data=form, auth=auth, timeout=10) for _ in range(150)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(answers) - len(refused) >= 20 and refused
    for answer in refused:
        check(answer, 429, retry_after="1")
