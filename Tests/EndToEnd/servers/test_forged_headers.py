"""Headers that look like the site's own parameters do nothing, whoever sends them and however they are spelt."""

import itertools
import socket

import pytest
import requests
from support.fastcgi import Worker
from support.site import CHOSEN, site
from support.states import LOCATIONS, SCOPES
from support.temporary import directory, running

# What a caller would like to say, by the parameters that it would like to set.
WISHES = {
    "OAUTH_REQUIRE_SCOPE": ["", "orders.read"],
    "FCGI_ROLE": ["AUTHORIZER", "FILTER"],
    "REMOTE_ADDR": ["127.0.0.1", "unix:"],
    "HTTPS": ["on"],
    "REQUEST_SCHEME": ["https"],
    "X_FORWARDED_PROTO": ["https"],
    "X_FORWARDED_FOR": ["127.0.0.1"],
    "X_REAL_IP": ["127.0.0.1"],
    "FORWARDED": ["for=127.0.0.1;proto=https"],
    "PATH_INFO": ["/token", "/health"],
    "SCRIPT_NAME": ["/oauth2"],
    "REQUEST_METHOD": ["GET"],
    "X_HTTP_METHOD_OVERRIDE": ["GET"],
    "QUERY_STRING": ["client_id=web-app"],
    "GATEWAY_INTERFACE": ["CGI/1.1"],
    "REMOTE_USER": ["web-app"],
    "AUTH_TYPE": ["Bearer"],
    "REDIRECT_HTTP_AUTHORIZATION": ["Bearer {good}"],
    "X_AUTHORIZATION": ["Bearer {good}"],
    "PROXY_AUTHORIZATION": ["Bearer {good}"],
    "X_OAUTH_CLIENT_ID": ["web-app"],
    "X_OAUTH_SCOPE": ["orders.read orders.write"],
    "SSL_CLIENT_VERIFY": ["SUCCESS"],
    "GRANTD_REQUIRE_TLS": ["none"],
    "GRANTD_STATE": ["/nonexistent"],
    "GRANTD_CONFIG": ["/nonexistent"],
    "PROXY": ["http://192.0.2.1"],
    "STATUS": ["200"],
    "X_ORIGINAL_URI": ["/any"],
    "X_REWRITE_URL": ["/any"],
    "X_ACCEL_REDIRECT": ["/any"],
}


def spellings(name):
    """As it stands, as headers are usually written, and as a CGI variable's name."""
    return [name, name.title().replace("_", "-"), f"HTTP_{name}", f"Http-{name.title().replace('_', '-')}"]


FORGED = [
    (spelling, value)
    for name, values in WISHES.items()
    for spelling, value in itertools.product(spellings(name), values)
] + [(spelling, "Bearer {good}") for spelling in spellings("AUTHORIZATION")[2:]]

# nginx drops headers with underscores unless told otherwise. The site's own way to ask passes all headers on.
SERVER = (
    "underscores_in_headers on; ignore_invalid_headers off;"
    + LOCATIONS
    + "".join(
        f"""
            location = /own{path} {{ auth_request /ask{path}; empty_gif; }}
            location = /ask{path} {{
                internal;
                fastcgi_pass grantd;
                include /etc/nginx/fastcgi_params;
                fastcgi_param PATH_INFO /check;
                fastcgi_param OAUTH_REQUIRE_SCOPE "{scope}";
            }}
        """
        for path, scope in SCOPES.items()
    )
)


@pytest.fixture(scope="module")
def made():
    """A site that takes even headers with underscores, and three tokens: of no scope, of one, and a dead one."""
    # A request that says that a proxy passed it on has to come over TLS, whatever its address.
    with site(settings={"GRANTD_REQUIRE_TLS": "none"}, server=SERVER) as made:
        tokens = []
        for identifier, options in [("none", []), ("reader", ["--scope", "orders.read"]), ("gone", [])]:
            secret = made.add(identifier, *options)
            tokens.append(made.grant(identifier, secret).json()["access_token"])
        made.nothing, made.reader, made.dead = tokens
        (made.state / "clients/gone.json").unlink()
        yield made


@pytest.fixture(scope="module")
def strict():
    """A site that wants TLS, whose requests do not come over it."""
    with site(settings={"GRANTD_REQUIRE_TLS": "all"}, server=SERVER) as made:
        made.add("web-app", secret=CHOSEN)
        yield made


def status(made, path, token, headers):
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(made.url + path, headers=headers | bearer, timeout=10).status_code


@pytest.mark.parametrize("way", ["", "/own"], ids=["shipped", "own"])
@pytest.mark.parametrize("name, value", FORGED)
def test_no_header_opens_or_closes_a_location(made, way, name, value):
    headers, tokens = {name: value.format(good=made.reader)}, [made.reader, made.nothing, made.dead, None]
    answers = {path: [status(made, way + path, token, headers) for token in tokens] for path in SCOPES}
    assert answers == {
        "/any": [200, 200, 401, 401],
        "/read": [200, 403, 401, 401],
        "/write": [403, 403, 401, 401],
        "/both": [403, 403, 401, 401],
    }


@pytest.mark.parametrize("name, value", FORGED)
def test_no_header_passes_for_tls_or_for_another_request(strict, name, value):
    form = {"grant_type": "client_credentials", "client_id": "web-app", "client_secret": CHOSEN}
    for path in ("token", "introspect", "revoke"):
        answer = requests.post(f"{strict.url}/oauth2/{path}", data=form, headers={name: value}, timeout=10)
        assert answer.status_code == 400 and "TLS" in answer.json()["error_description"]
    assert status(strict, "/any", "x", {name: value}) == 403


def test_the_log_has_the_peer_s_own_address(made):
    for name in ("REMOTE_ADDR", "Remote-Addr", "X-Forwarded-For", "X-Real-IP", "Forwarded"):
        status(made, "/any", "x", {name: "203.0.113.9"})
    log = made.pool.log.read_text()
    assert "peer=127.0.0.1" in log and "203.0.113.9" not in log


@pytest.mark.parametrize("way", ["", "/own"], ids=["shipped", "own"])
def test_all_of_them_at_once(made, way):
    lines = "".join(f"{name}: {value}\r\n" for name, value in FORGED if "{" not in value)
    request = f"GET {way}/both HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {made.reader}\r\n{lines}\r\n"
    with socket.create_connection(("127.0.0.1", made.nginx.port)) as raw:
        raw.sendall(request.encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("path", ["/oauth2-check/", "/oauth2-check/orders.read", "/oauth2-check"])
def test_the_location_of_checks_is_not_there_for_callers(made, path):
    assert requests.get(made.url + path, timeout=10).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_check_asked_from_outside_tells_a_caller_of_its_own_token_alone(made, method):
    url = f"{made.url}/oauth2/check"
    for token, expected in [(made.reader, 204), (made.dead, 401)]:
        answer = requests.request(method, url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code == expected


def test_a_scope_that_is_not_utf_8_lets_nobody_pass():
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Worker(path, state)) as worker:
            assert worker.check("x", OAUTH_REQUIRE_SCOPE=b"l\xe9s") == 403
            assert worker.check("x", OAUTH_REQUIRE_SCOPE=b"") == 401
            assert "something that is not a scope" in worker.log.read_text()
