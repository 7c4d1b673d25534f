"""`grantctl` on clients that have public keys and audiences, and `token request --key`."""

import json
import subprocess

import pytest
from support.keys import Pair, add_signing_key, key_set
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTCTL, GRANTD, environment, grantctl
from support.site import Site
from support.temporary import directory, running

ORDERS = "https://api.example.com/orders"


@pytest.fixture
def run(tmp_path):
    def run(*arguments, stdin=""):
        return grantctl(tmp_path / "state", *arguments, stdin=stdin, check=False)

    return run


@pytest.fixture
def shown(run):
    return lambda identifier: json.loads(run("client", "show", identifier, "--json").stdout)


@pytest.fixture(scope="module")
def pair():
    return Pair(kid="one")


def test_add_registers_keys_in_place_of_a_secret(run, shown, pair, tmp_path):
    done = run("client", "add", "signer", "--jwks", "-", "--audience", ORDERS, stdin=key_set(pair))
    assert (done.returncode, done.stdout) == (0, "Created client signer.\nkey one (EC P-256)\n")
    assert "private_key_jwt" in done.stderr and f'set $oauth_audience "{ORDERS}";' in done.stderr
    client = shown("signer")
    assert (client["token_endpoint_auth_method"], client["secrets"]) == ("private_key_jwt", [])
    assert client["audiences"] == [ORDERS] and "default_audience" not in client
    [key] = client["keys"]
    assert {name: key[name] for name in ("kid", "kty", "crv")} == {"kid": "one", "kty": "EC", "crv": "P-256"}
    file = json.loads((tmp_path / "state/clients/signer.json").read_text())
    assert file["jwks"]["keys"][0]["x"] == pair.public["x"] and "d" not in file["jwks"]["keys"][0]
    text = run("client", "show", "signer").stdout
    for words in "key one  ", "EC P-256", "assertions", ORDERS:
        assert words in text
    told = json.loads(run("client", "add", "other", "--jwks", "-", "--json", stdin=json.dumps(pair.public)).stdout)
    assert [key["kid"] for key in told["keys"]] == ["one"] and "client_secret" not in told


def test_a_private_key_is_refused_with_the_reason_and_nothing_is_made(run, pair):
    for text in json.dumps({"keys": [pair.private]}), json.dumps(pair.private), pair.pem:
        done = run("client", "add", "signer", "--jwks", "-", stdin=text)
        assert done.returncode == 1 and "which may have been copied by now" in done.stderr
        assert pair.private["d"] not in done.stdout + done.stderr
    assert run("client", "show", "signer").returncode == 1


def test_keys_that_are_left_out_are_noted_and_a_file_without_any_is_refused(run, pair):
    mixed = json.dumps({"keys": [{"kty": "new"}, pair.public]})
    done = run("client", "add", "signer", "--jwks", "-", stdin=mixed)
    assert done.returncode == 0
    assert (
        "grantctl: standard input: key number 1 is of a kty other than EC, RSA and OKP; it was left out" in done.stderr
    )
    done = run("client", "set", "signer", "--jwks", "-", stdin='{"keys":[]}')
    assert done.returncode == 1 and "has no key that can be used" in done.stderr
    done = run("client", "add", "x", "--jwks", "/nonexistent")
    assert done.returncode == 1 and "/nonexistent cannot be read" in done.stderr


def test_set_says_which_keys_and_audiences_changed_and_keeps_the_last_key(run, shown, pair):
    run("client", "add", "signer", "--jwks", "-", stdin=key_set(pair))
    done = run("client", "set", "signer", "--add-jwks", "-", "--add-audience", "a", stdin=key_set(Pair(kid="two")))
    assert "audiences: none -> a\nkeys: one -> one two\n" in done.stdout
    assert run("client", "set", "signer", "--remove-key", "one").returncode == 0
    done = run("client", "set", "signer", "--remove-key", "two")
    assert done.returncode == 1 and "could not authenticate any more" in done.stderr
    assert run("client", "set", "signer", "--jwks", "").returncode == 1
    assert [key["kid"] for key in shown("signer")["keys"]] == ["two"]
    assert run("client", "set", "signer", "--remove-key", "two", "--force").returncode == 0
    assert "keys" not in shown("signer")


def test_keys_are_declared_like_scope(run, shown, pair, tmp_path):
    declared = tmp_path / "declared"
    declared.mkdir()
    client = {"client_id": "signer", "jwks": {"keys": [pair.public]}, "audiences": [ORDERS], "default_audience": ORDERS}
    (declared / "signer.json").write_text(json.dumps(client))
    assert run("apply", declared, "--dry-run").returncode == 2
    done = run("apply", declared)
    assert done.returncode == 0 and "+ jwks: one" in done.stdout
    assert "unchanged: 1" in run("apply", declared).stdout or "Nothing to change" in run("apply", declared).stdout
    client["jwks"]["keys"] = [Pair(kid="two").public]
    (declared / "signer.json").write_text(json.dumps(client))
    told = json.loads(run("apply", declared, "--json").stdout)
    assert told["clients"][0]["differences"] == [{"member": "jwks", "added": ["two"], "removed": ["one"]}]
    assert [key["kid"] for key in shown("signer")["keys"]] == ["two"]


@pytest.fixture(scope="module")
def served():
    with directory() as path:
        pairs = {algorithm: Pair(algorithm, kid=algorithm) for algorithm in ("ES256", "ES384", "RS256", "EdDSA")}
        for algorithm, pair in pairs.items():
            (path / algorithm).write_text(pair.pem)
        state = path / "state"
        state.mkdir(mode=0o700)
        nginx = Nginx(path, path / "fastcgi.sock")
        with running(Pool(path, GRANTD, state, GRANTD_ISSUER=f"{nginx.url}/oauth2")) as pool, running(nginx):
            made = Site(state, pool, nginx)
            made.keys = path
            grantctl(
                made.state,
                "client",
                "add",
                "signer",
                "--jwks",
                "-",
                "--audience",
                ORDERS,
                stdin=key_set(*pairs.values()),
            )
            yield made


def request(made, *arguments, client="signer", stdin=""):
    return subprocess.run(
        [GRANTCTL, "token", "request", f"{made.url}/oauth2", "--client", client, *arguments],
        env=environment("/nonexistent"),
        input=stdin,
        text=True,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("way", [[], ["--as", "json"], ["--as", "form"]])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256", "EdDSA"])
def test_token_request_signs_an_assertion(served, algorithm, way):
    done = request(served, "--key", served.keys / algorithm, "--resource", ORDERS, *way)
    assert done.returncode == 0, done.stderr
    found = served.inspect(done.stdout.strip())
    assert (found["client_id"], found["aud"]) == ("signer", [ORDERS])


def test_a_refusal_of_an_assertion_is_explained(served):
    done = request(served, "--key", "-", stdin=Pair().pem)
    assert done.returncode == 1 and "it has no key that fits this one" in done.stderr
    done = request(served, "--key", served.keys / "ES256", "--audience", "other")
    assert done.returncode == 1 and "invalid_target" in done.stderr and "--add-audience" in done.stderr
    done = request(served, "--key", "-", stdin="nothing")
    assert done.returncode == 1 and "is not one unencrypted PEM block of PKCS #8" in done.stderr
    told = json.loads(request(served, "--key", "-", "--json", stdin="nothing").stdout)
    assert told["meaning"] == "It has to be a private key in PEM."


def test_a_changed_signed_token_is_told_from_a_foreign_one(served):
    add_signing_key(served.state)
    secret = served.add("signed", "--default-audience", ORDERS, "--token-format", "jwt")
    token = served.grant("signed", secret).json()["access_token"]
    assert served.inspect(token)["aud"] == [ORDERS]
    changed = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    done = grantctl(served.state, "token", "inspect", stdin=changed, check=False)
    assert done.returncode == 1 and "a character of it was changed" in done.stdout
    with directory() as path:
        (path / "state").mkdir(mode=0o700)
        grantctl(path / "state", "client", "add", "x")
        elsewhere = grantctl(path / "state", "token", "inspect", "--json", stdin=token, check=False)
        assert json.loads(elsewhere.stdout)["reason"] == "foreign"
    assert grantctl(served.state, "token", "revoke", stdin=token).returncode == 0
    assert served.inspect(token)["reason"] == "revoked"
