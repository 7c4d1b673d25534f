"""The metadata (RFC 8414): where it is, and that every URL in it answers."""

import pytest
import requests
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from support.keys import KINDS, Pair, add_signing_key, key_set
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD, grantctl, wait_until
from support.site import Site
from support.temporary import directory, running

PATHS = ["/oauth2/metadata", "/.well-known/oauth-authorization-server/oauth2"]


@pytest.fixture(scope="module")
def made():
    """A site that has said its issuer, which is its own address."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        nginx = Nginx(path, path / "fastcgi.sock")
        pool = Pool(path, GRANTD, state, GRANTD_ISSUER=f"{nginx.url}/oauth2")
        with running(pool), running(nginx):
            yield Site(state, pool, nginx)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_where_libraries_look(made, path):
    answer = requests.get(made.url + path, timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.json()["issuer"] == f"{made.url}/oauth2"
    head = requests.head(made.url + path, timeout=10)
    assert (head.status_code, head.text) == (200, "")
    refused = requests.post(made.url + path, timeout=10)
    assert refused.status_code == 405 and refused.headers["Allow"] == "GET, HEAD"


def test_every_url_in_it_answers_in_every_way_that_it_names(made):
    metadata = requests.get(made.url + PATHS[0], timeout=10).json()
    secret, pair = made.add("machine"), Pair("ES256")
    grantctl(made.state, "client", "set", "machine", "--jwks", "-", stdin=key_set(pair))

    def signed(form):
        return form | pair.parameters("machine", aud=metadata["issuer"])

    by_body = {"client_id": "machine", "client_secret": secret}
    ways = {
        "client_secret_basic": lambda url, form: requests.post(url, data=form, auth=("machine", secret), timeout=10),
        "client_secret_post": lambda url, form: requests.post(url, data=form | by_body, timeout=10),
        "private_key_jwt": lambda url, form: requests.post(url, data=signed(form), timeout=10),
    }
    urls = {name: value for name, value in metadata.items() if str(value).startswith("http") and name != "issuer"}
    assert set(urls) == {"token_endpoint", "introspection_endpoint", "revocation_endpoint"}
    for name, url in urls.items():
        assert metadata[f"{name}_auth_methods_supported"] == list(ways)
        for way in ways:
            for grant_type in metadata["grant_types_supported"]:
                answer = ways[way](url, {"grant_type": grant_type, "token": "x"})
                assert answer.status_code == 200, (name, way)
    assert requests.get(metadata["issuer"] + "/metadata", timeout=10).json() == metadata


def test_every_algorithm_in_it_signs_an_assertion(made):
    metadata = requests.get(made.url + PATHS[0], timeout=10).json()
    pairs = {algorithm: Pair(algorithm, kid=algorithm) for algorithm in KINDS}
    grantctl(made.state, "client", "add", "signer", "--jwks", "-", stdin=key_set(*pairs.values()))
    for name in "token", "introspection", "revocation":
        for algorithm in metadata[f"{name}_endpoint_auth_signing_alg_values_supported"]:
            form = {"grant_type": "client_credentials", "token": "x"}
            form |= pairs[algorithm].parameters("signer", aud=metadata["issuer"])
            assert requests.post(metadata[f"{name}_endpoint"], data=form, timeout=10).status_code == 200
        assert set(metadata[f"{name}_endpoint_auth_signing_alg_values_supported"]) == set(KINDS)


def test_it_names_the_keys_of_signed_tokens_once_there_are_some(made):
    url = made.url + PATHS[0]
    before = requests.get(url, timeout=10).json()
    pair = add_signing_key(made.state)
    wait_until(lambda: "jwks_uri" in requests.get(url, timeout=10).json(), "the new key")
    after = requests.get(url, timeout=10).json()
    assert after == before | {"jwks_uri": f"{before['issuer']}/jwks"}
    [key] = requests.get(after["jwks_uri"], timeout=10).json()["keys"]
    assert key["kid"] == pair.kid


def test_introspection_names_the_issuer_as_the_metadata_does(made):
    secret = made.add("owner")
    form = {"client_id": "owner", "client_secret": secret}
    form["token"] = made.grant("owner", secret).json()["access_token"]
    told = requests.post(f"{made.url}/oauth2/introspect", data=form, timeout=10).json()
    assert told["iss"] == f"{made.url}/oauth2"


def test_authlib_finds_every_member_in_order(made):
    metadata = AuthorizationServerMetadata(requests.get(made.url + PATHS[1], timeout=10).json())
    # It would have a TLS site's issuer, and an authorization endpoint's response types.
    for name in set(metadata) - {"issuer", "response_types_supported"}:
        getattr(metadata, f"validate_{name}")()


@pytest.mark.parametrize("path", PATHS)
def test_without_an_issuer_there_is_none_and_the_log_says_why(shared, path):
    answer = requests.get(shared.url + path, timeout=10)
    assert answer.status_code == 404 and answer.json()["error"] == "invalid_request"
    assert "GRANTD_ISSUER is not set" in shared.pool.log.read_text()
