"""Client libraries that others wrote, with ids and secrets that are hard to send."""

from urllib.parse import quote_plus

import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

# Every one of the pairs can be sent in a body, and in Basic where it is form-encoded first (RFC 6749 §2.3.1).
PAIRS = {
    "plain": ("lib-plain", "plain-secret"),
    "colon": ("lib:colon", "sec:ret:"),
    "percent": ("lib%41", "100%25%"),
    "plus": ("lib+plus", "a+b+"),
    "slash": ("lib/slash", "a/b=="),
    "space": ("lib space", "to be or not"),
    "non-ASCII": ("lib-zoë-中", "pässwörd-中"),
    "all": ('все: %2B+/&="', "ü: %3A+/&=\\?#"),
}
pairs = pytest.mark.parametrize("identifier, secret", PAIRS.values(), ids=PAIRS)


@pytest.fixture(autouse=True)
def plain_http(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture(scope="module", params=["FastCGI", "CGI"])
def site(request):
    """The same clients, behind workers and behind fcgiwrap."""
    made = request.getfixturevalue("shared" if request.param == "FastCGI" else "cgi")
    for identifier, secret in PAIRS.values():
        made.add(identifier, "--scope", "read write", secret=secret)
    return made


@pairs
def test_requests_oauthlib_with_basic(site, identifier, secret):
    auth = HTTPBasicAuth(quote_plus(identifier), quote_plus(secret))
    session = OAuth2Session(client=BackendApplicationClient(identifier))
    check(session.fetch_token(site.token_url, auth=auth), "read write")


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in ("colon", "all")])
def test_requests_oauthlib_with_basic_that_nobody_encoded(site, name):
    identifier, secret = (text.encode() for text in PAIRS[name])
    session = OAuth2Session(client=BackendApplicationClient(PAIRS[name][0]))
    check(session.fetch_token(site.token_url, auth=HTTPBasicAuth(identifier, secret)), "read write")


@pairs
def test_requests_oauthlib_with_credentials_in_the_body(site, identifier, secret):
    session = OAuth2Session(client=BackendApplicationClient(identifier, scope=["read"]))
    check(session.fetch_token(site.token_url, client_secret=secret, include_client_id=True), "read")


@pairs
def test_authlib_with_client_secret_basic(site, identifier, secret):
    session = AuthlibSession(
        quote_plus(identifier), quote_plus(secret), token_endpoint_auth_method="client_secret_basic", scope="write"
    )
    check(session.fetch_token(site.token_url, grant_type="client_credentials"), "write")


@pairs
def test_authlib_with_client_secret_post(site, identifier, secret):
    session = AuthlibSession(identifier, secret, token_endpoint_auth_method="client_secret_post")
    check(session.fetch_token(site.token_url, grant_type="client_credentials"), "read write")


def test_requests_oauthlib_understands_a_refusal(site):
    session = OAuth2Session(client=BackendApplicationClient("lib-plain"))
    with pytest.raises(InvalidClientError):
        session.fetch_token(site.token_url, client_secret="wrong", include_client_id=True)


def check(token, scope):
    assert token["token_type"] == "bearer" and token["expires_in"] == 3600
    granted = token["scope"]
    assert (granted.split() if isinstance(granted, str) else granted) == scope.split()
