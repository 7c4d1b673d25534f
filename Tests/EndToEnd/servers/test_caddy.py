"""Caddy: grantd mounted and asked by forward_auth, as deploy/caddy has it."""

import contextlib
import hashlib
import itertools
import subprocess

import pytest
import requests
from support.application import HTTPApplication
from support.caddy import SHIPPED, Caddy
from support.certificates import self_signed
from support.denials import INVALID, LACKS, TOLD, spellings
from support.mounted import trusting
from support.programs import grantctl
from support.protected import token
from support.site import site
from support.temporary import directory, running

NEEDED = "orders.read orders.write"
REAL_IP = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"


@contextlib.contextmanager
def behind_caddy():
    """A site whose nginx takes the word of a Caddy in front of an application."""
    with directory() as path, running(HTTPApplication()) as application:
        with site(server=REAL_IP, edit_http=lambda shipped: trusting(shipped, "127.0.0.1")) as built:
            certificate = self_signed(path)
            with running(Caddy(path, built.nginx.port, application.port, certificate)) as built.caddy:
                built.session = requests.Session()
                built.session.verify = str(certificate[0])
                yield built


@pytest.fixture(scope="module")
def made():
    with behind_caddy() as built:
        built.reader = token(built, "reader", "orders.read")
        built.writer = token(built, "writer", NEEDED)
        yield built


def ask(made, given=None, path="/orders/1x", method="GET", headers={}, base=None, **more):
    bearer = {"Authorization": f"Bearer {given}"} if given else {}
    request = requests.Request(method, base or made.caddy.tls_url, headers=bearer | headers, **more)
    prepared = made.session.prepare_request(request)
    # As it stands: requests would tidy it.
    prepared.url = (base or made.caddy.tls_url) + path
    return made.session.send(prepared, timeout=10, verify=made.session.verify)


def told(answer):
    """The X-OAuth headers that reached the application, however spelt."""
    assert answer.status_code == 200, answer.text
    return [(name, value) for name, value in answer.json()["headers"] if "oauth" in name.lower()]


def check_denied(answer, status, challenge):
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (status, challenge), answer.text
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["error_description"]


def test_without_a_token_it_is_401(made):
    check_denied(ask(made), 401, 'Bearer realm="grantd"')


def test_an_unknown_token_is_401(made):
    check_denied(ask(made, "x" * 64), 401, INVALID)


def test_a_missing_scope_is_403(made):
    answer = ask(made, made.reader)
    check_denied(answer, 403, LACKS.format(NEEDED))
    assert answer.json()["error"] == "insufficient_scope"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_the_application_gets_the_request_with_its_client(made, method):
    body = b"x" * 100_000 if method in ("POST", "PUT") else b""
    answer = ask(made, made.writer, method=method, data=body, headers={"Expect": "100-continue"} if body else {})
    seen = dict(told(answer))
    assert seen.pop("X-Oauth-Expires").isdigit()
    assert seen == {"X-Oauth-Client-Id": "writer", "X-Oauth-Scope": NEEDED}
    assert answer.json()["method"] == method and answer.json()["body"] == hashlib.sha256(body).hexdigest()
    assert ask(made, method=method, data=body).status_code == 401


def test_a_head_request_and_a_websocket_are_checked_too(made):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    for method, headers in [("HEAD", {}), ("GET", upgrade)]:
        answers = [ask(made, given, method=method, headers=headers) for given in (None, made.reader, made.writer)]
        assert [answer.status_code for answer in answers] == [401, 403, 200]


@pytest.mark.parametrize("path", ["/orders", "/ORDERS/1x", "/%6frders/1x", "//orders/1x", "/public/../orders/1x"])
def test_no_other_spelling_of_the_path_leads_around_the_check(made, path):
    assert ask(made, path=path).status_code == 401


@pytest.mark.parametrize("query", ["?scope=", "?scope=x", "?a=%0d%0aX-Forwarded-Proto:%20x", "?;"])
def test_the_caller_s_own_query_does_not_change_what_is_needed(made, query):
    assert ask(made, made.reader, path="/orders/1x" + query).status_code == 403
    assert ask(made, made.writer, path="/orders/1x" + query).status_code == 200


def test_forged_headers_do_not_arrive(made):
    forged = {spelt: "forged" for name in TOLD for spelt in spellings(f"X-OAuth-{name}")}
    assert told(ask(made, path="/public", headers=forged)) == []
    assert "forged" not in dict(told(ask(made, made.writer, headers=forged))).values()
    assert told(ask(made, made.writer, headers=forged | {"Connection": "X-OAuth-Client-Id"}))
    asked = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Uri": "/public",
        "OAUTH_REQUIRE_SCOPE": "",
        "OAUTH-REQUIRE-SCOPE": "",
    }
    assert ask(made, made.reader, headers=asked).status_code == 403


def test_a_denial_is_logged_with_its_location(made):
    assert ask(made, made.reader, path="/orders/77?key=secret").status_code == 403
    log = made.pool.log.read_text()
    assert "location=/orders/77 " in log and "secret" not in log


def test_a_token_in_clear_is_refused_even_if_the_caller_says_https(made):
    for headers in ({}, {"X-Forwarded-Proto": "https"}):
        assert ask(made, made.writer, base=made.caddy.url, headers=headers).status_code == 403


def test_the_endpoints_are_mounted(made):
    secret = made.add("mounted")
    form = {"grant_type": "client_credentials", "client_id": "mounted", "client_secret": secret}
    answer = ask(made, path="/oauth2/token", method="POST", data=form)
    assert answer.status_code == 200 and made.inspect(answer.json()["access_token"])["active"]
    wrong = ask(made, path="/oauth2/token", method="POST", data=form | {"client_secret": "wrong"})
    assert wrong.status_code == 401 and wrong.headers["WWW-Authenticate"].startswith("Basic ")
    assert ask(made, path="/oauth2/health").status_code == 200
    assert [ask(made, path=f"/oauth2/{path}").status_code for path in ("metrics", "status")] == [403, 403]


def test_a_revoked_token_is_refused_at_once(made):
    given = token(made, "leaver", NEEDED)
    assert ask(made, given).status_code == 200
    grantctl(made.state, "token", "revoke", stdin=given)
    check_denied(ask(made, given), 401, INVALID)


def test_a_disabled_client_s_token_is_refused_at_once(made):
    given = token(made, "paused", NEEDED)
    assert ask(made, given).status_code == 200
    grantctl(made.state, "client", "disable", "paused")
    assert ask(made, given).status_code == 401


def test_nothing_passes_while_no_check_is_answered():
    with behind_caddy() as built:
        given = token(built, "writer", NEEDED)
        assert ask(built, given).status_code == 200
        built.pool.stop()
        for sent, _ in itertools.product((None, given), range(3)):
            assert ask(built, sent).status_code == 502
        built.nginx.stop()
        assert [ask(built, sent).status_code for sent in (None, given)] == [502, 502]
        built.nginx.start()
        built.pool.start()


def test_caddy_takes_the_shipped_file_and_finds_it_well_formatted():
    checked = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", SHIPPED], text=True, capture_output=True
    )
    assert checked.returncode == 0, checked.stderr
