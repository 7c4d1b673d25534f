"""Signed tokens on several machines over one engine, to which the key's file is copied."""

import json
import shutil

import jwt
import pytest
from support.engines import single
from support.machines import machines
from support.signing import API

ISSUER = "https://example.com/oauth2"


@pytest.fixture(scope="module")
def two():
    """Two machines, and a client of signed tokens."""
    settings = {"GRANTD_ISSUER": ISSUER, "GRANTD_TOKEN_FORMAT": "jwt"}
    with single() as engine, machines(engine, "a", "b", settings=settings) as made:
        made[0].robot = made[0].register("robot", "--audience", API, "--default-audience", API)
        yield made


def copy(key, source, target):
    """Brings a key's file to another machine, whole."""
    (target.state / "keys").mkdir(mode=0o700, exist_ok=True)
    draft = target.state / "keys" / ".draft"
    shutil.copy2(source.state / "keys" / f"{key}.json", draft)
    draft.rename(target.state / "keys" / f"{key}.json")


def published(machine):
    answer = machine.ask({"REQUEST_METHOD": "GET", "PATH_INFO": "/jwks", "REMOTE_ADDR": "127.0.0.1"})
    return [key["kid"] for key in json.loads(answer.text)["keys"]]


def test_a_token_of_one_machine_counts_at_the_other_until_it_is_revoked(two):
    a, b = two
    made = a.grantctl("key", "add", "--json")
    key = json.loads(made.stdout)["kid"]
    told = a.grantctl("key", "add", "--alg", "EdDSA").stderr
    assert "to the other machines before it signs" in told
    assert b.caller().grant(a.robot).status == 503 and "no key signs tokens" in b.said()
    copy(key, a, b)
    assert published(b) == [key] and key in published(a)
    for issuing, checking in ((a.caller(), b.caller()), (b.caller(), a.caller())):
        token = issuing.token(a.robot)
        header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
        assert header["kid"] == key and claims["iss"] == ISSUER and claims["aud"] == API
        assert checking.check(token, QUERY_STRING=f"audience={API}") == 204
        assert checking.check(token) == 401 and checking.check(claims["jti"]) == 401
        assert checking.inspect(a.robot, token)["aud"] == API
        assert checking.revoke(a.robot, token) == 200
        assert issuing.check(token, QUERY_STRING=f"audience={API}") == 401
        assert issuing.inspect(a.robot, token) == {"active": False}
