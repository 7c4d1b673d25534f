"""Signed tokens (RFC 9068) through nginx: what others can verify, what counts here, and which key signs."""

import base64
import json
import re
import subprocess
import time
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwk
from joserfc import jwt as joserfc_jwt
from support.fastcgi import Worker
from support.programs import GRANTCTL, GRANTD, environment, grantctl, wait_until
from support.signing import API, signing_site

ALGORITHMS = ["ES256", "ES384", "RS256", "RS384", "PS256", "PS384", "EdDSA", "Ed25519"]


@pytest.fixture(scope="module", params=["FastCGI", "CGI"])
def made(request):
    """A site of each kind, with a key and a client `robot`."""
    with signing_site(cgi=request.param == "CGI") as site:
        site.key("add")
        site.robot = site.client("robot", scope="read write")
        yield site


@pytest.fixture
def own():
    """A site for this test alone, with the client `robot` and without a key."""
    with signing_site() as site:
        site.robot = site.client("robot")
        yield site


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def decoded(site, token, audience=API):
    """The claims, as a service elsewhere reads them that knows no more than the issuer."""
    metadata = requests.get(f"{site.issuer}/metadata", timeout=10).json()
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=ALGORITHMS, audience=audience, issuer=metadata["issuer"])


def test_the_claims_are_those_of_the_standard(made):
    before = int(time.time())
    answer = made.ask(made.robot, scope="read")
    assert answer.json()["token_type"] == "bearer" and answer.json()["expires_in"] == 3600
    token = answer.json()["access_token"]
    claims = decoded(made, token)
    assert before <= claims["iat"] <= time.time()
    assert claims == {
        "jti": claims["jti"],
        "iss": made.issuer,
        "sub": "robot",
        "client_id": "robot",
        "aud": API,
        "iat": claims["iat"],
        "exp": claims["iat"] + 3600,
        "scope": "read",
    }
    assert re.fullmatch("[A-Za-z0-9_-]{64}", claims["jti"])
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": kid(token), "typ": "at+jwt"}
    assert made.token(made.robot) != token


def test_two_libraries_verify_it(made):
    token = made.token(made.robot, audience="reports")
    keys = jwk.KeySet.import_key_set(requests.get(f"{made.issuer}/jwks", timeout=10).json())
    assert joserfc_jwt.decode(token, keys, algorithms=ALGORITHMS).claims == decoded(made, token, "reports")


def test_the_keys_are_public_and_can_be_cached(made):
    answer = requests.get(f"{made.issuer}/jwks", timeout=10)
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["ETag"] == requests.get(f"{made.issuer}/jwks", timeout=10).headers["ETag"]
    for key in answer.json()["keys"]:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"} and key["use"] == "sig"
        # The id is the key's thumbprint (RFC 7638).
        assert jwk.ECKey.import_key(key).thumbprint() == key["kid"]
    assert requests.head(f"{made.issuer}/jwks", timeout=10).status_code == 200
    assert requests.post(f"{made.issuer}/jwks", timeout=10).status_code == 405


def test_it_counts_here_like_any_token(made):
    token = made.token(made.robot)
    assert made.check(token) == 204
    assert made.check(token, "reports") == 401 and made.check(token, None) == 401
    claims, told = decoded(made, token), made.introspect(made.robot, token)
    told_claims = {name: told[name] for name in ("iss", "sub", "client_id", "aud", "iat", "exp", "scope")}
    assert told["active"] and told_claims == {name: claims[name] for name in told_claims}
    assert made.introspect(made.client("stranger"), token) == {"active": False}
    assert made.inspect(token)["client_id"] == "robot"


def test_a_revocation_counts_at_the_next_check(made):
    token, other = made.token(made.robot), made.token(made.robot)
    assert made.revoke(made.client("thief"), token) == 200 and made.check(token) == 204
    assert made.revoke(made.robot, token) == 200
    assert made.check(token) == 401 and made.introspect(made.robot, token) == {"active": False}
    # Who knows nothing but the keys learns of it when it expires.
    assert decoded(made, token)["sub"] == "robot"
    assert made.check(other) == 204
    done = grantctl(made.state, "token", "revoke", "--json", stdin=other)
    assert json.loads(done.stdout)["revoked"] and made.check(other) == 401


def test_a_change_of_the_client_counts_at_the_next_check(made):
    token = made.token(made.robot)
    grantctl(made.state, "client", "disable", "robot")
    assert made.check(token) == 401
    grantctl(made.state, "client", "enable", "robot")
    assert made.check(token) == 204
    grantctl(made.state, "client", "revoke-tokens", "robot")
    assert made.check(token) == 401 and made.check(made.token(made.robot)) == 204


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def mirrored(signature):
    """The other signature of the same bytes by the same key: ECDSA has two."""
    r, s = signature[:32], int.from_bytes(signature[32:], "big")
    return r + (P256_ORDER - s).to_bytes(32, "big")


def forgeries(token):
    head, body, signature = token.split(".")
    claims, raw = json.loads(bytes_of(body)), bytes_of(signature)
    none = base64url(json.dumps(jwt.get_unverified_header(token) | {"alg": "none"}).encode())
    more = base64url(json.dumps(claims | {"scope": "read write admin"}, separators=(",", ":")).encode())
    stranger = ec.generate_private_key(ec.SECP256R1())
    own = jwt.encode(claims, stranger, "ES256", headers={"typ": "at+jwt", "kid": kid(token)})
    return {
        "another signature": f"{head}.{body}.{base64url(bytes([raw[0] ^ 1]) + raw[1:])}",
        "the other signature of ECDSA": f"{head}.{body}.{base64url(mirrored(raw))}",
        "no signature": f"{head}.{body}.",
        "alg none": f"{none}.{body}.",
        "alg none with the signature": f"{none}.{body}.{signature}",
        "more scope": f"{head}.{more}.{signature}",
        "the bare jti": claims["jti"],
        "another's signature": own,
        "one part more": f"{token}.{signature}",
        "padded": f"{token}==",
    }


def test_no_other_spelling_of_a_token_is_one(made):
    token = made.token(made.robot)
    head, body, signature = token.split(".")
    key = jwt.PyJWKClient(f"{made.issuer}/jwks").get_signing_key_from_jwt(token)
    other = f"{head}.{body}.{base64url(mirrored(bytes_of(signature)))}"
    assert jwt.decode(other, key, algorithms=["ES256"], audience=API), "the mirrored signature verifies elsewhere"
    for name, forged in forgeries(token).items():
        assert made.check(forged) == 401, name
        assert made.introspect(made.robot, forged) == {"active": False}, name
        assert made.revoke(made.robot, forged) == 200, name
    assert made.check(token) == 204


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_confined_workers_sign_by_each_algorithm(own, algorithm):
    # Before the first token the workers are confined, and no key is there.
    wait_until(lambda: own.log().count("serving") == len(own.pool.pids), "all workers to serve")
    assert own.ask(own.robot).status_code == 503
    for pid in own.pool.pids:
        assert "Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text()
    added = own.key("add", "--alg", algorithm)
    tokens = [own.token(own.robot) for _ in range(8)]
    keys = jwk.KeySet.import_key_set(requests.get(f"{own.issuer}/jwks", timeout=10).json())
    for token in tokens:
        assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": added["kid"], "typ": "at+jwt"}
        assert joserfc_jwt.decode(token, keys, algorithms=[algorithm]).claims["sub"] == "robot"
        if algorithm != "Ed25519":  # PyJWT does not know the name.
            assert decoded(own, token)["sub"] == "robot"
        assert own.check(token) == 204


def test_a_key_is_published_active_retired_and_gone(own):
    first = own.key("add")["kid"]
    old = own.token(own.robot)
    assert kid(old) == first and own.stages() == {first: "active"}

    added = own.key("add", "--alg", "RS256")
    second = added["kid"]
    assert added["retired"] == [first] and added["stage"] == "published" and not added["signs"]
    assert own.stages() == {first: "active", second: "published"}
    assert set(own.published()) == {first, second} and kid(own.token(own.robot)) == first

    # Five minutes pass.
    now = int(time.time())
    own.change_key(second, active_at=now)
    own.change_key(first, retired_at=now, published_until=now + 3600)
    new = own.token(own.robot)
    assert kid(new) == second and own.stages() == {first: "retired", second: "active"}
    assert set(own.published()) == {first, second}
    for token in (old, new):
        assert decoded(own, token)["sub"] == "robot" and own.check(token) == 204

    # An hour passes.
    own.change_key(first, published_until=now)
    assert own.stages() == {first: "gone", second: "active"} and own.published() == [second]
    assert own.check(old) == 204, "its record counts here"
    own.key("remove", first)
    assert own.stages() == {second: "active"} and kid(own.token(own.robot)) == second


def test_a_key_stays_published_for_the_longest_lifetime_of_a_client(own):
    own.client("slow", access_token_lifetime=86400)
    first = own.key("add")["kid"]
    own.key("add")
    now, [key] = int(time.time()), [key for key in own.key("list") if key["kid"] == first]
    assert abs(key["retired_at"] - now - 300) < 10 and key["published_until"] == key["retired_at"] + 86400


def test_workers_that_run_take_a_change_at_once(own):
    own.key("add")
    for _ in range(12):
        kids = {kid(own.token(own.robot)) for _ in range(4)}
        assert kids == {key["kid"] for key in own.key("list") if key["signs"]}
        added = own.key("add", "--at", "0")["kid"]
        assert {kid(own.token(own.robot)) for _ in range(4)} == {added}
        [key] = [key for key in own.key("list") if key["stage"] == "retired"]
        own.key("remove", key["kid"], "--force")
        assert own.published() == [added]


def test_without_a_key_none_is_issued_and_the_log_says_why(own):
    answer = own.ask(own.robot)
    assert answer.status_code == 503 and "key" not in answer.json()["error_description"]
    assert "no key signs tokens: make one by `grantctl key add`" in own.log()
    assert requests.get(f"{own.issuer}/jwks", timeout=10).json() == {"keys": []}
    assert "jwks_uri" not in requests.get(f"{own.issuer}/metadata", timeout=10).json()
    plain = own.client("plain", access_token_format="opaque")
    assert re.fullmatch("[A-Za-z0-9_-]{64}", own.token(plain))


def test_without_an_issuer_none_is_issued_and_the_log_says_why():
    with signing_site(issuer=False) as site:
        site.key("add")
        robot, plain = site.client("robot"), site.client("plain", access_token_format=None)
        answer = site.ask(robot)
        assert answer.status_code == 503 and "GRANTD_ISSUER is not set" in site.log()
        assert site.check(site.token(plain)) == 204


def test_the_setting_gives_every_client_signed_tokens():
    with signing_site(GRANTD_TOKEN_FORMAT="jwt") as site:
        site.key("add")
        robot = site.client("robot", access_token_format=None)
        assert decoded(site, site.token(robot))["sub"] == "robot"
        plain = site.client("plain", access_token_format="opaque")
        assert "." not in site.token(plain)
        bare = site.client("bare", access_token_format=None, default_audience=None)
        answer = site.ask(bare)
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_target"
        assert "default_audience" in answer.json()["error_description"]
        assert decoded(site, site.token(bare, resource=API))["aud"] == API
        refused = site.ask(bare, resource="https://other.example.com/")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


def broken(state, kid, fault):
    """Breaks a key's file, and returns how to undo it."""
    path = state / "keys" / f"{kid}.json"
    text = path.read_text()
    if fault == "mode":
        path.chmod(0o640)
        return lambda: path.chmod(0o600)
    if fault == "directory":
        path.parent.chmod(0o755)
        return lambda: path.parent.chmod(0o700)
    path.write_text(text[:50])
    return lambda: path.write_text(text)


FAULTS = {
    "mode": "so others than its owner can use it: chmod 600",
    "directory": "keys has the mode 0755, so others than its owner can use it: chmod 700",
    "torn": ".json is not a JSON object",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_key_that_cannot_be_used_stops_signing_and_nothing_else(own, fault):
    own.key("add")
    second = own.key("add")["kid"]
    plain = own.client("plain", access_token_format="opaque")
    token = own.token(own.robot)
    mend = broken(own.state, second, fault)
    # What is written in place shows within a second.
    time.sleep(1.1)
    assert own.ask(own.robot).status_code == 503 and FAULTS[fault] in own.log()
    assert requests.get(f"{own.issuer}/jwks", timeout=10).status_code == 503
    assert own.check(own.token(plain)) == 204 and own.check(token) == 204
    assert own.introspect(own.robot, token)["active"]
    mend()
    time.sleep(1.1)
    assert kid(own.token(own.robot)) != second and second in own.published()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_does_not_start_with_such_a_key_and_what_examines_names_it(own, fault):
    kid = own.key("add")["kid"]
    broken(own.state, kid, fault)
    settings = environment(own.state, GRANTD_ISSUER=own.issuer)
    worker = Worker(own.state.parent, own.state, name="another")
    worker.start()
    assert worker.wait(20) == 74 and FAULTS[fault] in worker.log.read_text()
    checked = subprocess.run([GRANTD, "--check"], env=settings, capture_output=True, text=True, timeout=20)
    assert checked.returncode == 74 and f"a signing key cannot be used: keys{'' if fault == 'directory' else '/'}" in (
        checked.stderr
    )
    doctor = subprocess.run([GRANTCTL, "doctor", "--json"], env=settings, capture_output=True, text=True, timeout=60)
    assert '"keys-unusable"' in doctor.stdout
    listed = grantctl(own.state, "key", "list", check=False)
    assert listed.returncode == 74 and FAULTS[fault] in listed.stderr


def test_the_check_says_who_gets_no_signed_token(own):
    def said(**settings):
        done = subprocess.run(
            [GRANTD, "--check"], env=environment(own.state, **settings), capture_output=True, text=True, timeout=20
        )
        return done.returncode, done.stderr

    issuer = {"GRANTD_ISSUER": own.issuer}
    status, text = said(**issuer)
    assert status == 74 and "client robot gets signed tokens: no key signs tokens: make one" in text
    own.key("add")
    assert said(**issuer)[0] == 0
    status, text = said()
    assert status == 74 and "client robot gets signed tokens: signed tokens name an issuer" in text
    grantctl(own.state, "client", "remove", "robot")
    assert said()[0] == 0
    status, text = said(GRANTD_TOKEN_FORMAT="jwt")
    assert status == 74 and "by GRANTD_TOKEN_FORMAT clients get signed tokens" in text


def test_a_client_whose_names_fill_a_token_gets_a_refusal_and_not_a_longer_one(own):
    own.key("add", "--alg", "RS256", "--bits", "4096")
    names = [f"https://{letter * 500}/" for letter in "abcd"]
    long = own.client(
        "long", scope=" ".join(f"word-{number:04}" for number in range(40)), audiences=names, default_audience=None
    )
    one = own.client("one", audiences=names[:1], default_audience=names[0])
    token = own.token(one)
    assert len(token) <= 4096 and own.check(token, names[0]) == 204
    answer = own.ask(long, audience=names)
    assert answer.status_code == 503 and "the signed token of long would be longer than 4096 characters" in own.log()
