"""Who must come over TLS: by the setting, by what the site says of the connection, and by the peer's address."""

import contextlib
import json
import time

import pytest
import requests
from support.certificates import self_signed
from support.fastcgi import AUTHORIZER, Worker
from support.programs import free_port, grantctl
from support.site import site
from support.temporary import directory, running

# Long enough to tell an answer that waited for it from one that did not.
DELAY = 1
SETTINGS = ["external", "all", "none"]
LOCAL = ["127.0.0.1", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "unix:"]
FOREIGN = ["192.0.2.1", "172.32.0.1", "100.64.0.1", "2001:db8::1", "::ffff:192.0.2.1", "", "localhost", "127.0.0.1,1.1"]
ON, OFF = ["on", "1", "ON"], [None, "", "off", "OFF"]


@pytest.fixture(scope="module")
def workers():
    """One worker for each setting, on one state, with the client `machine`."""
    with directory() as path, contextlib.ExitStack() as stack:
        state = path / "state"
        state.mkdir(mode=0o700)
        secret = json.loads(grantctl(state, "client", "add", "machine", "--json").stdout)["client_secret"]
        made = {}
        for setting in SETTINGS:
            delay = str(DELAY * 1000)
            worker = Worker(path, state, setting, GRANTD_REQUIRE_TLS=setting, GRANTD_FAILURE_DELAY=delay)
            made[setting] = stack.enter_context(running(worker))
            made[setting].credentials = {"client_id": "machine", "client_secret": secret}
        granted = made["none"].post("/token", made["none"].credentials | {"grant_type": "client_credentials"})
        made["none"].token = json.loads(granted.text)["access_token"]
        yield made


def statuses(worker, token, **parameters):
    """How a grant, an introspection, a revocation, a check and an Authorizer's request are answered."""
    form = worker.credentials | {"grant_type": "client_credentials", "token": "x"}
    authorized = {
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "PATH_INFO": "/the/site's",
        "OAUTH_REQUIRE_SCOPE": "",
    } | parameters
    return [worker.post(path, form, **parameters).status for path in ("/token", "/introspect", "/revoke")] + [
        worker.check(token, **parameters),
        worker.ask(authorized, role=AUTHORIZER).status,
    ]


SERVED, REFUSED = [200, 200, 200, 204, 200], [400, 400, 400, 403, 403]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("https", ON + OFF)
@pytest.mark.parametrize("is_local", [True, False], ids=["local", "foreign"])
def test_who_is_served(workers, setting, https, is_local):
    expected = setting == "none" or https in ON or (setting == "external" and is_local)
    for address in LOCAL if is_local else FOREIGN:
        parameters = {"REMOTE_ADDR": address} | ({} if https is None else {"HTTPS": https})
        answers = statuses(workers[setting], workers["none"].token, **parameters)
        assert answers == (SERVED if expected else REFUSED), address


def test_the_refusal_says_what_to_do(workers):
    answer = workers["all"].post("/token", workers["all"].credentials)
    assert answer.status == 400 and json.loads(answer.text) == {
        "error": "invalid_request",
        "error_description": "this is served over TLS only: use https",
    }
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    denied = workers["all"].ask({"PATH_INFO": "/check", "HTTP_AUTHORIZATION": "Bearer x"})
    assert 'error="invalid_request"' in denied.headers["x-oauth-challenge"]


@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
def test_credentials_of_a_refused_request_are_not_looked_at(workers, path):
    form = {"grant_type": "client_credentials", "token": workers["none"].token}
    secrets = workers["all"].credentials["client_secret"], "wrong"
    earlier, answers = len(workers["all"].log.read_text()), []
    for secret in secrets:
        for client in ("machine", "nobody"):
            start = time.monotonic()
            refused = workers["all"].post(path, form | {"client_id": client, "client_secret": secret})
            answers.append((refused.status, refused.text))
            assert time.monotonic() - start < DELAY / 2
    assert len(set(answers)) == 1 and answers[0][0] == 400
    assert workers["none"].check(workers["none"].token) == 204, "nothing was revoked"
    log = workers["all"].log.read_text()[earlier:]
    assert "TLS" in log and "machine" not in log and "nobody" not in log


def test_the_same_wrong_secret_is_looked_at_where_it_may_come(workers):
    start = time.monotonic()
    form = {"grant_type": "client_credentials", "client_id": "machine", "client_secret": "wrong"}
    assert workers["all"].post("/token", form, HTTPS="on").status == 401
    assert time.monotonic() - start >= DELAY


@pytest.mark.parametrize("path, status", [("/health", 200), ("/metadata", 404)])
def test_what_takes_no_credentials_is_served_to_all(workers, path, status):
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REMOTE_ADDR": "192.0.2.1"}
    assert workers["all"].ask(asked).status == status


def test_nginx_says_which_connections_are_over_tls():
    with directory() as path:
        certificate, key = self_signed(path)
        port = free_port()
        server = f"""
            listen 127.0.0.1:{port} ssl;
            ssl_certificate {certificate};
            ssl_certificate_key {key};
            location = /protected {{ auth_request oauth2-check/; empty_gif; }}
        """
        with site(settings={"GRANTD_REQUIRE_TLS": "all"}, server=server) as made:
            form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": made.add("a")}
            refused = requests.post(made.token_url, data=form, timeout=10)
            assert refused.status_code == 400 and "TLS" in refused.json()["error_description"]
            url = f"https://127.0.0.1:{port}"
            granted = requests.post(f"{url}/oauth2/token", data=form, timeout=10, verify=certificate)
            assert granted.status_code == 200
            bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
            assert requests.get(f"{url}/protected", headers=bearer, timeout=10, verify=certificate).status_code == 200
            assert requests.get(f"{made.url}/protected", headers=bearer, timeout=10).status_code == 403
