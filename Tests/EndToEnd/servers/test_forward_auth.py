"""What ingress-nginx and Traefik ask over HTTP, as deploy/ingress-nginx and deploy/traefik have it."""

import hashlib
import http.client
import json
import re
import socket
import ssl

import pytest
import requests
import yaml
from support.application import HTTPApplication
from support.certificates import self_signed
from support.denials import INVALID, LACKS, TOLD, spellings
from support.forward_auth import INGRESS, TRAEFIK, Ingress, Traefik, ingress_server
from support.mounted import trusting
from support.programs import free_port, grantctl
from support.protected import longest_scope, token
from support.site import site
from support.temporary import directory, running

NEEDED = "orders.read orders.write"
# Of an annotation with a URL, ingress-nginx takes these characters and no other.
ANNOTATED = re.compile(r"[-._~a-zA-Z0-9/:,?&=$]*")


@pytest.fixture(scope="module")
def made():
    """A site over TLS that grantd is mounted in; `ingress` and `traefik` ask there."""
    with directory() as path, running(HTTPApplication()) as application:
        certificate, key = self_signed(path)
        port = free_port()
        tls = f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
        real_ip = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
        with site(server=tls + real_ip, edit_http=lambda shipped: trusting(shipped, "127.0.0.1")) as built:
            built.tls_port, built.tls_url = port, f"https://127.0.0.1:{port}"
            ingress, names = yaml.safe_load_all(INGRESS.read_text())
            built.annotations = ingress["metadata"]["annotations"]
            server = ingress_server(built.annotations, built.tls_url, application.port, names["data"])
            built.middlewares = yaml.safe_load(TRAEFIK.read_text())["http"]["middlewares"]
            built.traefik = Traefik(built.middlewares["grantd-orders"]["forwardAuth"], built.url)
            built.reader = token(built, "reader", "orders.read")
            built.writer = token(built, "writer", NEEDED)
            with running(Ingress(path / "ingress", server)) as built.ingress:
                yield built


def bearer(given):
    return {"Authorization": f"Bearer {given}"} if given else {}


def through_ingress(made, given=None, path="/orders/1x", method="GET", headers={}, **more):
    url = made.ingress.url + path
    return requests.request(method, url, headers=bearer(given) | headers, timeout=10, allow_redirects=False, **more)


def told(answer):
    """The X-OAuth headers that reached the application, however spelt."""
    assert answer.status_code == 200, answer.text
    return [(name, value) for name, value in answer.json()["headers"] if "oauth" in name.lower()]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"])
def test_ingress_nginx_lets_a_token_pass_whatever_the_method(made, method):
    body = b"x" * 100_000 if method in ("POST", "PUT") else None
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"} if body else {}
    headers |= {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"} if method == "OPTIONS" else {}
    assert through_ingress(made, method=method, data=body, headers=headers).status_code == 401
    assert through_ingress(made, made.reader, method=method, data=body, headers=headers).status_code == 403
    answer = through_ingress(made, made.writer, method=method, data=body, headers=headers)
    assert answer.status_code == 200
    if method != "HEAD":
        seen = dict(told(answer))
        assert seen.pop("X-OAuth-Expires").isdigit() and seen == {
            "X-OAuth-Client-Id": "writer",
            "X-OAuth-Scope": NEEDED,
        }
        assert answer.json()["body"] == hashlib.sha256(body or b"").hexdigest()


def test_ingress_nginx_hands_the_challenge_of_a_401_on(made):
    assert through_ingress(made).headers["WWW-Authenticate"] == 'Bearer realm="grantd"'
    assert through_ingress(made, "x" * 64).headers["WWW-Authenticate"] == INVALID


def test_ingress_nginx_passes_no_forged_header_on(made):
    forged = {spelt: "forged" for name in TOLD for spelt in spellings(f"X-OAuth-{name}")}
    assert told(through_ingress(made, path="/public", headers=forged)) == []
    seen = told(through_ingress(made, made.writer, headers=forged))
    assert len(seen) == 3 and "forged" not in dict(seen).values()


def test_the_annotation_has_only_characters_that_ingress_nginx_takes(made):
    assert all(ANNOTATED.fullmatch(value) for value in made.annotations.values())


@pytest.mark.parametrize(
    "path",
    [
        "/orders/1x%0aX-OAuth-Client-Id:%20x",
        "/orders/%0d%0a%0d%0aGET%20/",
        "/orders/?scope=",
        "/orders/?scope=x&%zz",
        "/orders/%ff",
    ],
)
def test_hostile_paths_change_no_decision(made, path):
    assert through_ingress(made, path=path).status_code == 401
    assert through_ingress(made, made.reader, path=path).status_code == 403
    assert through_ingress(made, made.writer, path=path).status_code == 200
    assert [made.traefik.ask(uri=path, headers=bearer(given))[0] for given in (None, made.reader, made.writer)] == [
        401, 403, 200,
    ]  # fmt: skip
    for line in made.pool.log.read_text().splitlines():
        assert re.fullmatch(r"\S+Z \w+ +(serving|denied)  [ -~]+", line), line


def test_what_the_caller_says_of_the_proxy_changes_no_decision(made):
    said = {
        "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/public", "X-Real-IP": "127.0.0.1",
        "X-Original-Method": "OPTIONS", "X-Forwarded-Uri": "/public", "OAUTH-REQUIRE-SCOPE": "", "GRANTD-FORWARDED": "",
        "Transfer-Encoding": "chunked", "X-Auth-Request-Redirect": "/public", "Range": "bytes=0-0", "If-None-Match": "*",
    }  # fmt: skip
    for given, status in [(None, 401), (made.reader, 403), (made.writer, 200)]:
        assert through_ingress(made, given, method="POST", headers=said, data=iter([b"abc"])).status_code == status
        assert made.traefik.ask("POST", headers=bearer(given) | said)[0] == status


def test_a_denial_names_the_path_of_the_original_url(made):
    through_ingress(made, made.reader, path="/orders/by-ingress?key=secret")
    made.traefik.ask(uri="/orders/by-traefik?key=secret", headers=bearer(made.reader))
    log = made.pool.log.read_text()
    for path in ("by-ingress", "by-traefik"):
        assert re.search(rf" denied  client=reader location=/orders/{path} needs=\"{NEEDED}\" ", log), log
    assert "secret" not in log


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Forwarded-Uri"])
@pytest.mark.parametrize(
    "value", ["/x%0a", "https://h/\xff\xfe", "x" * 7000, "https://", "?", "a://b", "\x1b[31m/\x0b", '/a b="c" peer=x']
)
def test_no_location_that_is_named_changes_a_decision_or_a_line(made, name, value):
    before = made.pool.log.stat().st_size
    for given, status in [(made.writer, 204), (made.reader, 403), ("x" * 64, 401)]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", made.tls_port, timeout=10, context=ssl._create_unverified_context()
        )
        connection.request(
            "GET", "/oauth2/check?scope=orders.read&scope=orders.write", headers=bearer(given) | {name: value}
        )
        assert connection.getresponse().status == status
        connection.close()
    lines = made.pool.log.read_bytes()[before:].decode().splitlines()
    assert len(lines) == 2
    assert all(
        re.fullmatch(r"\S+Z info +denied  [^\x00-\x1f\x7f]+", line) and line.count(" peer=127.0.0.1 ") == 1
        for line in lines
    )


def test_a_longest_scope_fits_the_answer(made):
    given = token(made, "longest", longest_scope())
    answer = requests.get(f"{made.url}/oauth2/check?scope=orders.read", headers=bearer(given), timeout=10)
    assert (answer.status_code, answer.headers["X-OAuth-Scope"]) == (204, longest_scope())


def test_the_site_s_own_limit_refuses_no_check():
    own = {"http": "limit_req_zone $binary_remote_addr zone=own:1m rate=1r/m;", "server": "limit_req zone=own;"}
    with site(limits=True, **own) as built:
        answers = [requests.get(f"{built.url}/oauth2/check", timeout=10).status_code for _ in range(5)]
        assert answers == [401] * 5


def test_a_preflight_request_to_the_check_itself_is_a_check():
    def listed(shipped):
        return shipped.replace("#https://app.example.com $http_origin;", "https://app.example.com $http_origin;")

    with site(edit_http=listed) as built:
        headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
        for path, status in [("token", 204), ("check", 401), ("check/", 401)]:
            answer = requests.options(f"{built.url}/oauth2/{path}", headers=headers, timeout=10)
            assert answer.status_code == status


def test_a_body_of_any_declared_length_cannot_fail_a_check(made):
    for length, status in [(0, b"204"), (10_000, b"204"), (20_000, b"413")]:
        head = f"POST /oauth2/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n"
        with socket.create_connection(("127.0.0.1", made.nginx.port), timeout=10) as raw:
            raw.sendall(f"{head}Authorization: Bearer {made.writer}\r\n\r\n".encode() + b"x" * length)
            assert raw.recv(12)[-3:] == status


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_traefik_lets_a_token_pass_whatever_the_method(made, method):
    headers = {
        "Content-Type": "application/json",
        "Content-Length": "1000000",
        "Expect": "100-continue",
        "Te": "trailers",
    }
    status, told, _ = made.traefik.ask(method, headers=bearer(made.writer) | headers | {"x-oauth-client-id": "forged"})
    assert status == 200 and told["X-OAuth-Client-Id"] == "writer" and "x-oauth-client-id" not in told
    # The same without authRequestHeaders, by which Traefik copies every header of the caller.
    everything = Traefik({**made.middlewares["grantd-orders"]["forwardAuth"], "authRequestHeaders": []}, made.url)
    assert [everything.ask(method, headers=bearer(given) | headers)[0] for given in (made.writer, made.reader, None)] == [
        200, 403, 401,
    ]  # fmt: skip


def test_traefik_hands_a_denial_on_as_grantd_words_it(made):
    for given, status, challenge, error in [
        (None, 401, 'Bearer realm="grantd"', None),
        ("x" * 64, 401, INVALID, "invalid_token"),
        (made.reader, 403, LACKS.format(NEEDED), "insufficient_scope"),
    ]:
        answered, headers, body = made.traefik.ask(headers=bearer(given))
        assert (answered, headers["WWW-Authenticate"], json.loads(body).get("error")) == (status, challenge, error)
        assert headers["Content-Type"] == "application/json" and headers["Cache-Control"] == "no-store"


def test_a_token_that_came_to_traefik_in_clear_is_refused(made):
    assert made.traefik.ask(headers=bearer(made.writer), is_tls=False)[0] == 403
    assert made.traefik.ask(headers=bearer(made.writer), is_tls=True)[0] == 200


def test_traefik_may_ask_over_tls(made):
    over_tls = Traefik(made.middlewares["grantd-orders"]["forwardAuth"], made.tls_url)
    assert over_tls.ask(headers=bearer(made.writer), is_tls=False)[0] == 200


def test_traefik_s_list_has_every_spelling_of_a_forged_header(made):
    listed = made.middlewares["grantd-no-identity"]["headers"]["customRequestHeaders"]
    assert set(listed) == {spelt for name in TOLD for spelt in spellings(f"X-OAuth-{name}")}
    assert set(listed.values()) == {""}


def test_a_revoked_token_is_refused_at_once(made):
    given = token(made, "leaver", NEEDED)
    assert through_ingress(made, given).status_code == made.traefik.ask(headers=bearer(given))[0] == 200
    grantctl(made.state, "token", "revoke", stdin=given)
    assert through_ingress(made, given).status_code == made.traefik.ask(headers=bearer(given))[0] == 401


def test_nothing_passes_while_grantd_is_down(made):
    made.pool.stop()
    try:
        assert [through_ingress(made, given).status_code for given in (None, made.writer)] == [500, 500]
        assert [made.traefik.ask(headers=bearer(given))[0] for given in (None, made.writer)] == [502, 502]
    finally:
        made.pool.start()
