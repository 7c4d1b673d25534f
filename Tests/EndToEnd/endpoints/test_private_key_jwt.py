"""Clients that authenticate by assertions that they sign, private_key_jwt (RFC 7523), behind nginx."""

import json

import pytest
import requests
from support.keys import ISSUER, KINDS, Pair, key_set
from support.programs import grantctl
from support.site import site

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def pairs():
    return {algorithm: Pair(algorithm, kid=f"key-{algorithm}") for algorithm in KINDS}


@pytest.fixture(scope="module")
def made(pairs):
    with site({"GRANTD_ISSUER": ISSUER, "GRANTD_FAILURE_DELAY": "1", "GRANTD_FAILURE_LIMIT": "0"}) as built:
        grantctl(built.state, "client", "add", "signer", "--jwks", "-", stdin=key_set(*pairs.values()))
        built.secret = built.add("both", "--scope", "orders.read")
        grantctl(built.state, "client", "set", "both", "--jwks", "-", stdin=key_set(pairs["ES256"]))
        yield built


def post(made, path, body, is_json):
    return requests.post(f"{made.url}/oauth2{path}", timeout=10, **({"json": body} if is_json else {"data": body}))


@pytest.mark.parametrize("is_json", [False, True], ids=["form", "JSON"])
@pytest.mark.parametrize("algorithm", KINDS)
def test_an_assertion_gets_a_token_once(made, pairs, algorithm, is_json):
    body = GRANT | pairs[algorithm].parameters("signer")
    answer = post(made, "/token", body, is_json)
    assert answer.status_code == 200, answer.text
    assert made.inspect(answer.json()["access_token"])["client_id"] == "signer"
    again = post(made, "/token", body, is_json)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" not in again.headers


@pytest.mark.parametrize("is_json", [False, True], ids=["form", "JSON"])
def test_an_assertion_introspects_and_revokes(made, pairs, is_json):
    pair = pairs["ES256"]
    token = post(made, "/token", GRANT | pair.parameters("signer"), is_json).json()["access_token"]
    asked = post(made, "/introspect", {"token": token} | pair.parameters("signer"), is_json)
    assert asked.status_code == 200 and asked.json()["client_id"] == "signer"
    revoked = post(made, "/revoke", {"token": token} | pair.parameters("signer"), is_json)
    assert (revoked.status_code, revoked.json()) == (200, {})
    assert post(made, "/introspect", {"token": token} | pair.parameters("signer"), is_json).json() == {"active": False}
    for path in "/introspect", "/revoke":
        refused = post(made, path, {"token": token} | Pair("ES256", "key-ES256").parameters("signer"), is_json)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "claims, status",
    [
        ({}, 200),
        ({"aud": ISSUER + "/token"}, 200),
        ({"aud": [ISSUER]}, 200),
        ({"aud": ISSUER + "/"}, 401),
        ({"aud": [ISSUER, "https://other.example"]}, 401),
        ({"sub": "both"}, 401),
        ({"jti": None}, 401),
        ({"exp": 1}, 401),
        ({"header": {"kid": "unknown"}}, 401),
        ({"header": {"kid": None}}, 200),
        ({"header": {"typ": "at+jwt"}}, 401),
        ({"header": {"typ": "client-authentication+jwt"}}, 200),
    ],
)
def test_what_an_assertion_says_counts(made, pairs, claims, status):
    answer = post(made, "/token", GRANT | pairs["ES384"].parameters("signer", **claims), False)
    assert answer.status_code == status, answer.text


def test_a_client_without_a_method_of_its_own_may_do_both(made, pairs):
    assert post(made, "/token", GRANT | pairs["ES256"].parameters("both"), False).status_code == 200
    assert made.grant("both", made.secret).status_code == 200


def test_two_methods_at_once_are_refused(made, pairs):
    body = GRANT | pairs["ES256"].parameters("both")
    secret = {"client_id": "both", "client_secret": made.secret}
    for refused in (
        post(made, "/token", body | secret, False),
        requests.post(made.token_url, data=body, auth=("both", made.secret), timeout=10),
    ):
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_a_key_is_replaced_without_a_gap(made):
    old, new = Pair(kid="2025"), Pair(kid="2026")
    grantctl(made.state, "client", "add", "rotating", "--jwks", "-", stdin=key_set(old))

    def statuses():
        return [post(made, "/token", GRANT | pair.parameters("rotating"), False).status_code for pair in (old, new)]

    assert statuses() == [200, 401]
    grantctl(made.state, "client", "set", "rotating", "--add-jwks", "-", stdin=key_set(new))
    assert statuses() == [200, 200]
    grantctl(made.state, "client", "set", "rotating", "--remove-key", "2025")
    assert statuses() == [401, 200]
    shown = json.loads(grantctl(made.state, "client", "show", "rotating", "--json").stdout)
    assert [key["kid"] for key in shown["keys"]] == ["2026"]
