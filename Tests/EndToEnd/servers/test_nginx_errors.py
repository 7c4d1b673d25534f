"""What nginx itself answers at the mount: JSON of RFC 6749 §5.2 with the right status."""

import collections
import socket
import threading

import pytest
import requests
from support.nginx import Nginx
from support.programs import wait_until
from support.site import CHOSEN, site
from support.temporary import directory, running


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


def test_too_many_requests_of_one_credential_are_429(limited):
    form = {"grant_type": "client_credentials"}
    auth = ("web-app", CHOSEN)
    answers = [requests.post(limited.token_url, data=form, auth=auth, timeout=10) for _ in range(400)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(answers) - len(refused) >= 100 and refused
    for answer in refused:
        check(answer, 429, retry_after="1")


def test_a_flood_of_one_address_is_429(limited):
    assert flood(limited, "token")["429"] > 0


@pytest.mark.parametrize("path", ["health", "metadata", "introspect", "check"])
def test_a_flood_at_another_endpoint_takes_nothing_from_this_one(limited, path):
    assert "429" not in flood(limited, path)


def flood(made, path, connections=3, requests=900):
    """Sends requests as fast as nginx takes them, and counts the answers by status."""
    statuses = collections.Counter()
    for _ in range(connections):
        with socket.create_connection(("127.0.0.1", made.nginx.port), timeout=20) as raw, raw.makefile("rb") as answers:
            sending = threading.Thread(
                target=raw.sendall, args=(f"GET /oauth2/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * requests,)
            )
            sending.start()
            for _ in range(requests):
                status, length = answers.readline().split()[1].decode(), 0
                while line := answers.readline().strip():
                    name, _, value = line.partition(b": ")
                    length = int(value) if name.lower() == b"content-length" else length
                answers.read(length)
                statuses[status] += 1
            sending.join()
    return statuses
