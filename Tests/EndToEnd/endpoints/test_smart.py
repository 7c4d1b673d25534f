"""SMART App Launch 2.2, Backend Services: as a client finds the server below a FHIR base, and gets a token by its key."""

import json
import os
import time
import uuid
from pathlib import Path

import jwt
import pytest
import requests
from support.issuing import GRANT, KeyClient, issuing_site
from support.keys import TYPE
from support.programs import ROOT, grantctl

LOCATION = f"""
    location = /fhir/.well-known/smart-configuration {{
        set $smart_issuer ISSUER;
        set $smart_scopes '"system/*.rs"';
        include {ROOT}/deploy/nginx/grantd.smart.conf;
    }}
"""
SCOPES = "system/*.rs"
VECTORS = Path(os.environ.get("GRANTD_VECTORS", "/nonexistent"))


@pytest.fixture(scope="module")
def site():
    with issuing_site(server=LOCATION, GRANTD_FAILURE_LIMIT="0") as made:
        yield made


@pytest.fixture(scope="module", params=["ES384", "RS384"])
def client(site, request):
    name = f"bulk-{request.param.lower()}"
    options = ("--scope", SCOPES, "--scope-policy", "smart", "--lifetime", "5m")
    return KeyClient(site, name, *options, algorithm=request.param)


def discovered(site):
    answer = requests.get(
        f"{site.url}/fhir/.well-known/smart-configuration", headers={"Accept": "application/json"}, timeout=10
    )
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


def ask(client, scope, **changed):
    """A request as §5.1.3 has it: the token endpoint is found first, and is the audience."""
    endpoint = discovered(client.site)["token_endpoint"]
    form = client.form(**{"aud": endpoint, "header": {"typ": "JWT"}} | changed)
    return requests.post(endpoint, data=form | {"scope": scope}, timeout=10)


def test_what_is_found_is_what_there_is(site):
    found = discovered(site)
    metadata = requests.get(f"{site.issuer}/metadata", timeout=10).json()
    assert {"client-confidential-asymmetric", "permission-v2"} == set(found["capabilities"])
    assert found["scopes_supported"] == [SCOPES]
    for name in "token_endpoint", "introspection_endpoint", "revocation_endpoint":
        assert found[name] == metadata[name]
    for name in "token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported":
        assert set(found[name]) <= set(metadata[name])


@pytest.mark.parametrize(
    "asked, granted",
    [
        ("system/*.rs", "system/*.rs"), ("system/Patient.r", "system/Patient.r"), ("system/Patient.read", "system/Patient.read"),
        ("system/Patient.rs?category=laboratory", "system/Patient.rs?category=laboratory"),
        ("system/Patient.cruds", "system/Patient.rs"), ("system/Patient.r user/Patient.r", "system/Patient.r"),
    ],
)  # fmt: skip
def test_a_token_for_what_is_within_the_scopes(client, asked, granted):
    answer = ask(client, asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Pragma"] == "no-cache"
    body = answer.json()
    assert (body["token_type"].lower(), body["expires_in"], body["scope"]) == ("bearer", 300, granted)


def test_nothing_within_the_scopes_is_an_invalid_scope(client):
    answer = ask(client, "system/Patient.cud")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 3600}, {"iss": "other"}, {"sub": "other"}, {"aud": "https://example.com/other"}, {"jti": None}, {"exp": None},
        {"header": {"kid": "unknown"}}, {"header": {"jku": "https://example.com/jwks.json"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_server_has_to_refuse(client, changed):
    changed = changed | ({"exp": int(time.time()) + 3600} if changed.get("exp") else {})
    answer = ask(client, "system/Patient.r", **changed)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" not in answer.headers


def test_the_keys_of_the_specification(site):
    """Its example keys, if the vectors are there (GRANTD_VECTORS)."""
    folder = VECTORS / "smart"
    if not folder.is_dir():
        pytest.skip("GRANTD_VECTORS names no directory with vectors")
    public, private = json.loads((folder / "RS384.private.json").read_text())["keys"]
    keys = site.state.parent / "specified.jwks"
    keys.write_text(json.dumps(public))
    grantctl(site.state, "client", "add", "specified", "--scope", SCOPES, "--jwks", str(keys))
    now = int(time.time())
    claims = {"iss": "specified", "sub": "specified", "aud": site.token_url, "exp": now + 300, "jti": uuid.uuid4().hex}
    assertion = jwt.encode(claims, jwt.PyJWK(private).key, "RS384", {"kid": public["kid"]})
    form = GRANT | {"client_assertion_type": TYPE, "client_assertion": assertion}
    assert requests.post(site.token_url, data=form, timeout=10).status_code == 200
