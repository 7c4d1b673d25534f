"""What holds behind any web server that asks grantd as a FastCGI Authorizer: a site, and tests of it.

A server's own module takes the tests over by their names, and has for them a fixture `made`, which yields the site.
"""

import contextlib
import hashlib
import json
import re
import select
import socket
import time
import types

import pytest
import requests
from support.application import HTTPApplication, fastcgi_application
from support.certificates import self_signed
from support.denials import INVALID, LACKS, TOLD, check_denied, spellings
from support.own_pool import OwnPool
from support.pool import Pool
from support.programs import GRANTD, free_port, grantctl, wait_until
from support.protected import KINDS, SCOPES, longest_scope, token
from support.site import Site
from support.temporary import directory, running

NONE = 'Bearer realm="grantd"'
ORDERS = "https://api.example.com/orders"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@contextlib.contextmanager
def site_behind(server, settings={}, **more):
    """A site of a server's own class, which is made of `parts` (see below) and `more`, with a client `reader`."""
    with directory() as path, contextlib.ExitStack() as stack:
        for name in ("state", "application", "workers", "checkers", "own"):
            (path / name).mkdir(mode=0o711)
        (path / "state").chmod(0o700)
        (path / "own").chmod(0o777)
        parts = types.SimpleNamespace(own=path / "own", www=path / "www", application=HTTPApplication())
        write_files(parts.www)
        parts.fastcgi, parts.script = fastcgi_application(path / "application")
        # Where a server finds the script by the URL.
        parts.scripts = path / "scripts"
        for name in SCOPES:
            (parts.scripts / name).mkdir(parents=True)
            (parts.scripts / name / "FastCGI").symlink_to(parts.script)
        parts.workers = Pool(path / "workers", GRANTD, path / "state", **settings)
        parts.checkers = parts.workers
        if server.asks_by_port:
            parts.port = free_port()
            listen = ["--listen", f"127.0.0.1:{parts.port}"]
            parts.checkers = OwnPool(path / "checkers", *listen, state=path / "state", **settings)
        for part in dict.fromkeys([parts.application, parts.fastcgi, parts.workers, parts.checkers]):
            stack.enter_context(running(part))
        parts.tls = self_signed(path)
        made = Site(path / "state", parts.workers, stack.enter_context(running(server(parts, **more))))
        made.parts, made.server = parts, made.nginx
        made.secrets = {"reader": made.add("reader", "--scope", "orders.read")}
        yield made


def with_tokens(made):
    """The site with a token of the client `reader`, for orders.read, and one of a client `writer`, for both scopes."""
    made.reader = made.grant("reader", made.secrets["reader"]).json()["access_token"]
    made.writer = token(made, "writer", "orders.read orders.write")
    return made


def write_files(www):
    """The document root: a file in each of the locations."""
    for name in [*SCOPES, "unsaid", "audience"]:
        for kind in KINDS:
            (www / name / kind).mkdir(parents=True)
            (www / name / kind / "file").write_text("content")


def token_request(made, way):
    """A grant for the client `reader`, asked for in one of the three ways."""
    secret, form = made.secrets["reader"], {"grant_type": "client_credentials"}
    return {
        "Basic": dict(data=form, auth=("reader", secret)),
        "form": dict(data=form | {"client_id": "reader", "client_secret": secret}),
        "JSON": dict(json=form | {"client_id": "reader", "client_secret": secret}),
    }[way]


def check_answer(answer, status, error=None):
    """An answer of grantd's own, as RFC 6749 §5.1 and §5.2 have it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == JSON and answer.headers["Cache-Control"] == "no-store"
    assert not {"Content-Encoding", "Expires"} & set(answer.headers)
    assert answer.json().get("error") == error


def post(made, path="/oauth2/token", **more):
    return requests.post(made.url + path, timeout=20, allow_redirects=False, **more)


@pytest.mark.parametrize("way", ["Basic", "form", "JSON"])
def test_it_grants(made, way):
    answer = post(made, **token_request(made, way))
    check_answer(answer, 200)
    assert answer.headers["Pragma"] == "no-cache"
    assert answer.json()["scope"] == "orders.read" and made.inspect(answer.json()["access_token"])["active"]


def test_a_chunked_request_is_granted(made):
    form = token_request(made, "form")["data"]
    chunks = (f"{name}={value}&".encode() for name, value in form.items())
    check_answer(post(made, data=chunks, headers={"Content-Type": FORM}), 200)


def test_the_public_keys_may_be_kept_and_nothing_else(made):
    answer = requests.get(f"{made.url}/oauth2/jwks", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"keys": []})
    assert answer.headers["Content-Type"] == "application/jwk-set+json" and answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "public, max-age=300" and "Pragma" not in answer.headers
    refused = post(made, "/oauth2/jwks")
    assert refused.status_code == 405 and refused.headers["Cache-Control"] == "no-store"


def test_a_location_takes_tokens_for_its_own_audience_alone(made):
    """The server's own module has a location that asks for ORDERS."""
    if "shop" not in made.secrets:
        made.secrets["shop"] = made.add("shop", "--audience", ORDERS, "--audience", "other")
    tokens = {
        name: made.grant("shop", made.secrets["shop"], audience=name).json()["access_token"]
        for name in (ORDERS, "other")
    }

    def passes(path, token):
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.get(made.url + path, headers=headers, timeout=10)
        assert answer.status_code in (200, 401), answer.text
        return answer.status_code == 200

    audience, plain = "/audience/static/file", "/any/static/file"
    assert [passes(audience, token) for token in (tokens[ORDERS], tokens["other"], made.reader)] == [True, False, False]
    assert [passes(plain, token) for token in (tokens[ORDERS], tokens["other"], made.reader)] == [False, False, True]


def test_it_refuses_in_the_words_of_the_standard(made):
    wrong = post(made, data={"grant_type": "client_credentials"}, auth=("reader", "wrong"))
    check_answer(wrong, 401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"] == 'Basic realm="grantd", charset="UTF-8"'
    check_answer(post(made, data={"a": "b"}, auth=("reader", made.secrets["reader"])), 400, "invalid_request")
    check_answer(post(made, data="<xml/>", headers={"Content-Type": "text/xml"}), 415, "invalid_request")
    check_answer(post(made, "/oauth2/nothing"), 404, "invalid_request")
    got = requests.get(made.token_url, timeout=10)
    check_answer(got, 405, "invalid_request")
    assert got.headers["Allow"] == "POST"


@pytest.mark.parametrize("is_chunked", [False, True], ids=["whole", "chunked"])
def test_a_body_too_large_is_413(made, is_chunked):
    body, headers = b"x" * 20000, {"Content-Type": FORM}
    check_answer(post(made, data=iter([body]) if is_chunked else body, headers=headers), 413, "invalid_request")


def test_a_body_far_too_large_is_refused_before_all_of_it_has_come(made):
    head = f"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 100000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", made.server.port)) as raw:
        raw.settimeout(10)
        raw.sendall(head.encode())
        for _ in range(1000):
            if select.select([raw], [], [], 0.001)[0]:
                break
            raw.sendall(b"x" * 8192)
        assert raw.recv(12) == b"HTTP/1.1 413"


def test_introspection_and_revocation_are_mounted(made):
    credentials = ("reader", made.secrets["reader"])
    given = post(made, **token_request(made, "form")).json()["access_token"]
    told = post(made, "/oauth2/introspect", data={"token": given}, auth=credentials)
    check_answer(told, 200)
    assert told.json()["active"] and told.json()["client_id"] == "reader"
    check_answer(post(made, "/oauth2/revoke", data={"token": given}, auth=credentials), 200)
    assert not made.inspect(given)["active"]


def test_health_and_metadata_are_mounted(made):
    check_answer(requests.get(f"{made.url}/oauth2/health", timeout=10), 200)
    for path in ("/oauth2/metadata", "/.well-known/oauth-authorization-server/oauth2"):
        answer = requests.get(made.url + path, timeout=10)
        check_answer(answer, 200)
        assert answer.json()["issuer"] == "https://example.com/oauth2"
    for other in ("/.well-known/oauth-authorization-server/other", f"{path}/x", f"{path}x"):
        assert requests.get(made.url + other, timeout=10).status_code != 200


@pytest.mark.parametrize("tail", ["%0a", "%0A%0a", "%20", ";x", ".", "%00"])
@pytest.mark.parametrize("path", ["token", "introspect", "revoke"])
def test_a_path_with_anything_else_at_its_end_is_another_path(made, path, tail):
    assert post(made, f"/oauth2/{path}{tail}", data={"token": "x"}).status_code in (400, 404)


@pytest.fixture(params=KINDS)
def ask(request, made):
    """Asks for `file` in a location of this kind."""

    def asked(scopes, token=None, method="GET", file="file", headers={}, **more):
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{more.pop('base', made.url)}/{scopes}/{request.param}/{file}"
        return requests.request(method, url, headers=bearer | headers, timeout=20, allow_redirects=False, **more)

    asked.kind = request.param
    return asked


def told(made, answer):
    """What the application was told of the client; None where it is told nothing."""
    assert answer.status_code == 200, answer.text
    if answer.text == "content":
        return None
    content = answer.json()
    if "environment" in content:
        return tuple(content["environment"].get("OAUTH_" + name.upper().replace("-", "_")) for name in TOLD)
    if not made.server.tells_proxied:
        return None
    headers = [(name.lower(), value) for name, value in content["headers"] if re.match("(?i)x.oauth", name)]
    names = [f"x-oauth-{name.lower()}" for name in TOLD]
    assert len(headers) == len(dict(headers)) and set(dict(headers)) <= set(names)
    return tuple(dict(headers).get(name, "") for name in names)


def test_without_a_live_token_it_is_401(made, ask):
    for file in ("file", "nothing", "", "?a=b", "%66ile", "./file"):
        check_denied(ask("read", file=file, headers={"Accept-Encoding": "gzip"}), 401, NONE)
    check_denied(ask("read", auth=("reader", made.secrets["reader"])), 401, NONE)
    for garbage in ("garbage", "x" * 64, "x" * 7000):
        check_denied(ask("any", garbage), 401, INVALID)


def test_a_missing_scope_is_403(made, ask):
    assert ask("read", made.reader).status_code == 200
    check_denied(ask("both", made.reader), 403, LACKS.format("orders.read orders.write"))
    poor = token(made, f"poor {ask.kind}")
    assert ask("any", poor).status_code == 200
    check_denied(ask("read", poor), 403, LACKS.format("orders.read"))


def test_a_revoked_token_is_401_at_the_next_request(made, ask):
    given = token(made, f"short {ask.kind}", "orders.read")
    assert ask("read", given).status_code == 200
    grantctl(made.state, "token", "revoke", stdin=given)
    check_denied(ask("read", given), 401, INVALID)


def test_the_application_is_told_the_client(made, ask):
    for scopes in SCOPES:
        seen = told(made, ask(scopes, made.writer))
        if seen:
            assert seen[:2] == ("writer", "orders.read orders.write")
            assert 3500 < int(seen[2]) - time.time() < 3601
    seen = told(made, ask("any", token(made, f"zoë, 中%{ask.kind}")))
    assert seen is None or seen[0] == f"zo%C3%AB,%20%E4%B8%AD%25{ask.kind}"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_is_held_to_it(made, ask, method):
    assert ask("read", method=method).status_code == 401
    assert ask("both", made.reader, method=method).status_code == 403
    if ask.kind != "static":
        assert ask("read", made.reader, method=method).status_code == 200


@pytest.mark.parametrize("size", [1, 100_000, 8_000_000])
@pytest.mark.parametrize("method, is_chunked", [("POST", False), ("PUT", False), ("PUT", True)])
def test_a_body_reaches_the_application_whole(made, ask, size, method, is_chunked):
    body = bytes(range(256)) * (size // 256 + 1)
    parts = (body[start : start + 65536] for start in range(0, len(body), 65536))
    if ask.kind != "static":
        answer = ask("read", made.reader, method=method, data=parts if is_chunked else body)
        assert answer.json()["body"] == hashlib.sha256(body).hexdigest()
    check_denied(ask("read", method=method, data=body[:1000]), 401, NONE)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
@pytest.mark.parametrize("kind", ["proxied", "FastCGI"])
def test_what_the_application_answers_passes_as_it_is(made, kind, status):
    bearer = {"Authorization": f"Bearer {made.reader}"}
    answer = requests.get(f"{made.url}/read/{kind}/{status}", headers=bearer, timeout=10)
    assert answer.status_code == status and "body" in answer.json() and "WWW-Authenticate" not in answer.headers


def test_a_caller_cannot_tell_the_application_who_it_is(made, ask):
    names = [*(f"X-OAuth-{name}" for name in TOLD), *(f"OAuth-{name}" for name in TOLD), "Variable-OAUTH-CLIENT-ID"]
    for name in [*names, "REDIRECT-OAUTH-CLIENT-ID", "Remote-User"]:
        for spelling in spellings(name):
            for sent in (spelling, spelling.upper(), spelling.lower()):
                seen = told(made, ask("any", made.reader, headers={sent: "forged"}))
                assert seen is None or seen[:2] == ("reader", "orders.read") and seen[2].isdigit()


def test_a_caller_cannot_ask_for_other_scopes_or_in_another_role(made, ask):
    for name, value in [
        ("OAUTH-REQUIRE-SCOPE", "orders.read"),
        ("HTTP-OAUTH-REQUIRE-SCOPE", "orders.read"),
        ("FCGI-ROLE", "RESPONDER"),
        ("PATH-INFO", "/health"),
    ]:
        for sent in spellings(name):
            check_denied(ask("both", made.reader, headers={sent: value}), 403, LACKS.format("orders.read orders.write"))
    assert ask("both", made.reader, file="file?OAUTH_REQUIRE_SCOPE=orders.read").status_code == 403


def test_two_authorizations_are_none(made):
    for order in ([made.reader, "garbage"], ["garbage", made.reader]):
        lines = "".join(f"Authorization: Bearer {token}\r\n" for token in order)
        with socket.create_connection(("127.0.0.1", made.server.port)) as raw:
            raw.sendall(f"GET /read/static/file HTTP/1.0\r\nHost: x\r\n{lines}\r\n".encode())
            assert raw.recv(12)[9:] in (b"400", b"401")


def test_a_client_of_many_scopes_passes(made, ask):
    many = longest_scope()
    seen = told(made, ask("read", token(made, f"many {ask.kind}", many)))
    assert seen is None or seen[1] == many


def test_where_the_site_lost_its_scopes_nobody_passes(made):
    bearer = {"Authorization": f"Bearer {made.writer}"}
    answer = requests.get(f"{made.url}/unsaid/static/file", headers=bearer, timeout=10)
    assert answer.status_code == 403 and answer.text != "content"
    assert "the site does not say which scope it asks for" in made.parts.checkers.log.read_text()


def check_nothing_passes_while_nobody_can_check(made):
    """Stops the workers for a while, in which nothing passes; returns the answer to a grant in it."""
    bearer = {"Authorization": f"Bearer {made.reader}"}
    urls = [f"{made.url}/any/{kind}/file" for kind in KINDS]
    assert [requests.get(url, headers=bearer, timeout=10).status_code for url in urls] == [200, 200, 200]
    for pool in {made.parts.workers, made.parts.checkers}:
        pool.stop()
    for url in urls:
        answer = requests.get(url, headers=bearer, timeout=10)
        assert answer.status_code in (500, 503) and answer.text != "content" and '"body"' not in answer.text
    refused = post(made, **token_request(made, "form"))
    for pool in {made.parts.workers, made.parts.checkers}:
        pool.start()
    # lighttpd leaves out for a second what it could not connect to.
    wait_until(lambda: post(made, **token_request(made, "form")).status_code == 200, "a grant")
    assert [requests.get(url, headers=bearer, timeout=10).status_code for url in urls] == [200, 200, 200]
    return refused


def check_tls_is_told(made):
    """On a site that wants TLS: a grant and a location, over TLS and not."""
    url, certificate = made.server.tls_url, made.parts.tls[0]
    refused = post(made, **token_request(made, "form"))
    check_answer(refused, 400, "invalid_request")
    assert "TLS" in refused.json()["error_description"]
    granted = requests.post(f"{url}/oauth2/token", verify=certificate, timeout=10, **token_request(made, "form"))
    check_answer(granted, 200)
    bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    for kind in KINDS:
        path = f"/read/{kind}/file"
        assert requests.get(url + path, headers=bearer, verify=certificate, timeout=10).status_code == 200
        denied = requests.get(made.url + path, headers=bearer, timeout=10)
        assert denied.status_code == 403 and "TLS" in json.dumps(denied.json())


# What a server's own module takes over.
__all__ = ["ask", *(name for name in globals() if name.startswith("test_"))]
