"""Client libraries that others wrote: they authenticate by a key, and verify signed tokens by /jwks."""

import time

import jwt
import pytest
import requests
import requests_oauth2client
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from confluent_kafka import Producer
from joserfc import jws
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet, import_key
from support.issuing import KeyClient, issuing_site
from support.programs import grantctl, wait_until

ORDERS = "https://api.example.com/orders"
ALGORITHMS = ["ES256", "ES384", "RS256", "RS384", "PS256", "PS384", "EdDSA"]


@pytest.fixture(scope="module")
def site():
    with issuing_site() as made:
        grantctl(made.state, "key", "add")
        yield made


@pytest.fixture(scope="module", params=ALGORITHMS)
def client(site, request):
    return KeyClient(site, f"robot-{request.param}", "--scope", "read write", algorithm=request.param)


def test_authlib(site, client):
    """Its assertions last an hour, so that it has to be allowed: otherwise five minutes is the most."""
    method = PrivateKeyJWT(site.token_url, headers={"kid": client.pair.kid}, alg=client.pair.algorithm)
    key = import_key(client.pair.private)
    session = OAuth2Session(client.id, key, token_endpoint_auth_method=method, scope="read")
    with pytest.raises(OAuthError, match="invalid_client"):
        session.fetch_token(site.token_url, grant_type="client_credentials")
    grantctl(site.state, "client", "set", client.id, "--assertion-lifetime", "1h")
    method.claims = None
    token = session.fetch_token(site.token_url, grant_type="client_credentials")
    assert token["token_type"] == "bearer" and token["scope"] in ("read", ["read"])


def test_requests_oauth2client(site, client):
    made = requests_oauth2client.OAuth2Client(
        token_endpoint=site.token_url,
        revocation_endpoint=f"{site.issuer}/revoke",
        introspection_endpoint=f"{site.issuer}/introspect",
        client_id=client.id,
        private_key=client.pair.private | {"alg": client.pair.algorithm},
        id_token_signed_response_alg=client.pair.algorithm,
        testing=True,
    )
    token = made.client_credentials(scope="read write")
    assert token.expires_in > 3500 and token.scope == "read write"
    assert made.introspect_token(token)["client_id"] == client.id
    assert made.revoke_token(token) is True
    assert made.introspect_token(token) == {"active": False}


def test_pyjwt_and_joserfc_make_assertions(site, client):
    by_joserfc = client.form()
    claims = joserfc_jwt.decode(
        client.form()["client_assertion"], import_key(client.pair.public), algorithms=[client.pair.algorithm]
    ).claims
    key = jwt.PyJWK(client.pair.private, algorithm=client.pair.algorithm).key
    by_pyjwt = jwt.encode(claims, key, client.pair.algorithm, {"kid": client.pair.kid})
    for form in (by_joserfc, by_joserfc | {"client_assertion": by_pyjwt}):
        answer = requests.post(site.token_url, data=form, timeout=10)
        assert answer.status_code == 200, answer.text
        answer = requests.post(site.token_url, json=form, timeout=10)
        assert answer.status_code == 401, "each assertion counts once"


@pytest.fixture(scope="module")
def signed(site):
    """A client that gets signed tokens."""
    audiences = ("--audience", ORDERS, "--audience", "stock", "--default-audience", ORDERS)
    return KeyClient(site, "signed", "--scope", "read write", "--token-format", "jwt", *audiences)


def token_of(client, **more):
    answer = requests.post(client.site.token_url, data=client.form() | more, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def test_pyjwt_verifies_a_signed_token(site, signed):
    token = token_of(signed, scope="read")
    metadata = requests.get(f"{site.issuer}/metadata", timeout=10).json()
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["ES256"], audience=ORDERS, issuer=site.issuer, leeway=0)
    assert claims["sub"] == claims["client_id"] == "signed" and claims["scope"] == "read"
    assert abs(claims["iat"] - time.time()) < 30 and claims["exp"] == claims["iat"] + 3600
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, key, algorithms=["ES256"], audience="stock")


def test_joserfc_verifies_a_signed_token(site, signed):
    token = token_of(signed, audience="stock")
    keys = KeySet.import_key_set(requests.get(f"{site.issuer}/jwks", timeout=10).json())
    decoded = joserfc_jwt.decode(token, keys, algorithms=["ES256"])
    assert decoded.claims["aud"] == "stock" and decoded.header["alg"] == "ES256"
    assert jws.extract_compact(token.encode()).headers()["kid"] in [key.kid for key in keys]


def librdkafka(site, secret):
    """What librdkafka says once it has asked for a token by its method `oidc`, which reads the token (KIP-768)."""
    lines = []

    class Log:
        def log(self, level, text, *values):
            lines.append(text % values if values else text)

    producer = Producer(
        {
            "bootstrap.servers": "127.0.0.1:1", "security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "kafka", "sasl.oauthbearer.client.secret": secret,
            "sasl.oauthbearer.token.endpoint.url": site.token_url, "sasl.oauthbearer.scope": "produce", "debug": "security",
            "error_cb": lambda error: lines.append(str(error)), "logger": Log(),
        }
    )  # fmt: skip

    def told():
        producer.poll(0.1)
        return [line for line in lines if "OAUTHBEARER token" in line]

    wait_until(told, "librdkafka to have asked", seconds=30)
    return told()[0]


def test_librdkafka_accepts_a_signed_token_and_no_opaque_one(site):
    secret = site.add("kafka", "--scope", "produce")
    assert "acquire" in librdkafka(site, secret)
    changes = ("--token-format", "jwt", "--add-audience", "kafka", "--default-audience", "kafka")
    grantctl(site.state, "client", "set", "kafka", *changes)
    assert "after setting OAUTHBEARER token" in librdkafka(site, secret)
