"""Locations that want a token, of each kind, in a plain site and in a hostile one."""

import hashlib
import itertools
import time

import pytest
import requests
from support.any_server import ask, test_a_missing_scope_is_403, test_a_revoked_token_is_401_at_the_next_request
from support.denials import INVALID, LACKS, TOLD, check_denied, spellings
from support.programs import grantctl
from support.protected import KINDS, longest_scope, protected_site, token


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def made(request):
    with protected_site(request.param) as built:
        built.is_hostile = request.param
        yield built


def told(answer):
    """What the application was told of the client, the same by every name; None where the location is static."""
    assert answer.status_code == 200, answer.text
    if answer.text == "content":
        return None
    content = answer.json()
    if "environment" in content:
        environment = content["environment"]
        found = [name for name in environment if "OAUTH" in name.upper()]
        by_parameter, by_header = (
            tuple(environment.get(prefix + name.upper().replace("-", "_")) for name in TOLD)
            for prefix in ("OAUTH_", "HTTP_X_OAUTH_")
        )
        assert by_parameter == by_header and len(found) == 6
        return by_parameter
    headers = [(name, value) for name, value in content["headers"] if "oauth" in name.lower()]
    assert len(headers) == len(dict(headers)) and set(dict(headers)) <= {f"X-OAuth-{name}" for name in TOLD}
    return tuple(dict(headers).get(f"X-OAuth-{name}", "") for name in TOLD)


def test_without_a_token_it_is_401(ask):
    for file in ("file", "page.html", "nothing", "", "?a=b", "%66ile", "./file"):
        check_denied(ask("read", file=file, headers={"Accept-Encoding": "gzip"}), 401, 'Bearer realm="grantd"')


@pytest.mark.parametrize("sent", ["garbage", "x" * 64, "x" * 7000])
def test_a_token_that_is_none_is_401(ask, sent):
    check_denied(ask("any", sent), 401, INVALID)


def test_a_password_is_no_token(ask):
    check_denied(ask("any", auth=("reader", "secret")), 401, 'Bearer realm="grantd"')


def test_the_application_is_told_the_client(made, ask):
    for scopes in ("any", "read", "both"):
        seen = told(ask(scopes, made.writer))
        if seen:
            assert seen[:2] == ("writer", "orders.read orders.write")
            assert 3500 < int(seen[2]) - time.time() < 3601


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_is_held_to_it(made, ask, method):
    assert ask("read", method=method).status_code == 401
    assert ask("both", made.reader, method=method).status_code == 403
    assert ask("read", made.reader, method=method).status_code == (
        200 if ask.kind != "static" or method == "HEAD" else 405
    )


@pytest.mark.parametrize("size", [1, 100_000, 8_000_000])
@pytest.mark.parametrize("method, is_chunked", [("POST", False), ("PUT", False), ("PUT", True)])
def test_a_body_reaches_the_application_whole(made, ask, size, method, is_chunked):
    body = bytes(range(256)) * (size // 256 + 1)
    parts = (body[start : start + 65536] for start in range(0, len(body), 65536))
    answer = ask("read", made.reader, method=method, data=parts if is_chunked else body)
    if ask.kind == "static":
        assert answer.status_code == 405
    else:
        assert answer.json()["body"] == hashlib.sha256(body).hexdigest()


def test_a_caller_cannot_tell_the_application_who_it_is(made, ask):
    for name in TOLD:
        for spelling in spellings(f"X-OAuth-{name}"):
            for sent in (spelling, spelling.upper(), spelling.lower()):
                seen = told(ask("any", made.reader, headers={sent: "forged"}))
                assert seen is None or seen[:2] == ("reader", "orders.read") and seen[2].isdigit()


def test_a_caller_cannot_ask_for_other_scopes(made, ask):
    forged = {
        sent: value
        for name in ("OAUTH_REQUIRE_SCOPE", "OAUTH-REQUIRE-SCOPE", "HTTP-OAUTH-REQUIRE-SCOPE", "X-OAuth-Scope")
        for sent, value in ((name, "orders.read"), (name.lower(), "orders.read"))
    }
    assert ask("both", made.reader, headers=forged).status_code == 403
    assert ask("both", made.reader, file="file?OAUTH_REQUIRE_SCOPE=orders.read").status_code == 403


def test_headers_of_any_size_do_not_fail_the_check(made, ask):
    # nginx itself hands a FastCGI application no more than 64 kB.
    size, number = (15000, 18 if ask.kind != "FastCGI" else 4) if made.is_hostile else (7000, 4)
    large = {f"X-Large-{index}": "\xff" * size for index in range(number)}
    assert ask("read", headers=large).status_code == 401
    assert ask("read", made.reader, headers=large).status_code == 200


def test_a_client_of_many_scopes_passes(made, ask):
    many = longest_scope()
    given = token(made, f"many {ask.kind}", many)
    seen = told(ask("read", given))
    assert seen is None or seen[1] == many


def test_an_id_is_told_in_visible_ascii(made, ask):
    seen = told(ask("any", token(made, f"zoë, 中%\u00a0{ask.kind}")))
    assert seen is None or seen[0] == f"zo%C3%AB,%20%E4%B8%AD%25%C2%A0{ask.kind}"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
@pytest.mark.parametrize("kind", ["proxied", "FastCGI"])
def test_what_the_application_answers_passes_as_it_is(made, kind, status):
    bearer = {"Authorization": f"Bearer {made.reader}"}
    answer = requests.get(f"{made.url}/read/{kind}/{status}", headers=bearer, timeout=10)
    assert answer.status_code == status
    if made.is_hostile and status in (401, 403, 500):
        # The site intercepts errors: then the page says that the token was good.
        assert answer.json() == {
            "error_description": "the application behind this location refused the request or failed"
        }
    else:
        assert "body" in answer.json()


def test_nobody_asks_the_check_from_outside_but_for_what_a_token_says(made):
    bearer = {"Authorization": f"Bearer {made.reader}", "OAUTH-REQUIRE-SCOPE": "admin", "OAUTH_REQUIRE_SCOPE": "admin"}
    for path in ("", "orders.read", "?x"):
        inside = requests.get(f"{made.url}/oauth2-check/{path}", headers=bearer, timeout=10)
        assert inside.status_code in (200, 404) and "X-OAuth-Client-Id" not in inside.headers
    answer = requests.get(f"{made.url}/oauth2/check", headers=bearer, timeout=10)
    assert answer.status_code == 204 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-OAuth-Client-Id"] == "reader"
    answer = requests.get(f"{made.url}/oauth2/check", timeout=10)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == 'Bearer realm="grantd"'


@pytest.mark.parametrize("is_hostile", [False, True], ids=["plain", "hostile"])
def test_nothing_passes_while_no_check_is_answered(is_hostile):
    with protected_site(is_hostile) as site:
        bearer = {"Authorization": f"Bearer {site.reader}"}
        urls = [f"{site.url}/any/{kind}/file" for kind in KINDS]
        assert [requests.get(url, headers=bearer, timeout=10).status_code for url in urls] == [200, 200, 200]
        site.pool.stop()
        for url, headers in itertools.product(urls, ({}, bearer)):
            check_denied(requests.get(url, headers=headers, timeout=10), 500, None)
