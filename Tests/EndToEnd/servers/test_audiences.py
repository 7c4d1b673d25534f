"""Locations that are services with names of their own: which tokens pass, by `set $oauth_audience` (RFC 8707, RFC 9068 §4)."""

import pytest
import requests
from support.keys import ISSUER, add_signing_key, verified
from support.programs import SNIPPET, grantctl
from support.site import site

ORDERS, INVOICES = "https://api.example.com/orders", "urn:example:invoices"
REFUSED = (
    'Bearer realm="grantd", error="invalid_token", error_description='
    '"the token is for another service: ask for one with this service\'s resource or audience"'
)


def location(path, audience=None, content="return 200 passed;", more=""):
    name = f'set $oauth_audience "{audience}";' if audience is not None else ""
    return f"""
        location ^~ {path} {{
            {name}
            auth_request "oauth2-check/";
            include {SNIPPET}/grantd.client.conf;
            {more}
            try_files /nothing @passed;
        }}"""


SERVER = "".join(
    [
        location("/orders/", ORDERS),
        location("/invoices/", INVOICES),
        location("/either/", f"{INVOICES} {ORDERS}"),
        location("/any/"),
        location("/none/", ""),
        location("/malformed/", "two  spaces"),
        location("/outer/", ORDERS, more="location ^~ /outer/inner/ { try_files /nothing @passed; }"),
        "location @passed { return 200 passed; }",
    ]
)


def token(made, identifier, **more):
    return made.grant(identifier, made.secrets[identifier], **more).json()["access_token"]


@pytest.fixture(scope="module")
def made():
    with site(server=SERVER) as built:
        built.secrets = {
            "shop": built.add("shop", "--audience", ORDERS, "--audience", INVOICES),
            "plain": built.add("plain"),
        }
        built.tokens = {
            "orders": token(built, "shop", resource=ORDERS),
            "invoices": token(built, "shop", audience=INVOICES),
            "both": token(built, "shop", resource=ORDERS, audience=INVOICES),
            "none": token(built, "plain"),
        }
        yield built


def ask(made, path, name, **more):
    headers = {"Authorization": f"Bearer {made.tokens[name]}"} | more
    return requests.get(made.url + path, headers=headers, timeout=10)


PASSES = {
    "/orders/": {"orders", "both"},
    "/invoices/": {"invoices", "both"},
    "/either/": {"orders", "invoices", "both"},
    "/any/": {"none"},
    "/none/": {"none"},
    "/malformed/": set(),
    "/outer/": {"orders", "both"},
    # nginx does not hand a set on to a location within.
    "/outer/inner/": {"none"},
}


@pytest.mark.parametrize("name", ["orders", "invoices", "both", "none"])
@pytest.mark.parametrize("path", PASSES)
def test_a_location_takes_tokens_for_its_own_audience_alone(made, path, name):
    answer = ask(made, path, name)
    if name in PASSES[path]:
        assert (answer.status_code, answer.text) == (200, "passed")
    elif path == "/malformed/":
        assert answer.status_code == 403
    else:
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, REFUSED)
        assert answer.json()["error"] == "invalid_token"


def test_no_caller_chooses_the_audience(made):
    for name in ("OAUTH_REQUIRE_AUDIENCE", "OAuth-Require-Audience", "X-OAuth-Audience", "oauth_audience"):
        assert ask(made, "/invoices/", "orders", **{name: ORDERS}).status_code == 401
    for query in ("?audience=", "?oauth_audience=", "?OAUTH_REQUIRE_AUDIENCE="):
        assert ask(made, f"/invoices/{query}{ORDERS}", "orders").status_code == 401


@pytest.mark.parametrize("name", ["orders", "invoices", "both", "none"])
@pytest.mark.parametrize(
    "query, passing",
    [
        ("", {"none"}),
        (f"?audience={ORDERS}", {"orders", "both"}),
        (f"?scope=&audience={ORDERS}+{INVOICES}", {"orders", "invoices", "both"}),
        (f"?audience={ORDERS}&audience={INVOICES}", None),
        (f"?Audience={ORDERS}", None),
    ],
)
def test_another_proxy_asks_by_its_query(made, query, passing, name):
    status = 403 if passing is None else 204 if name in passing else 401
    assert ask(made, f"/oauth2/check{query}", name).status_code == status


def test_a_line_in_server_holds_for_all_locations_and_takes_the_place_of_theirs():
    around = f"set $oauth_audience {ORDERS};" + location("/a/") + location("/b/", INVOICES)
    around += "location @passed { return 200 passed; }"
    with site(server=around) as made:
        made.secrets = {"shop": made.add("shop", "--audience", ORDERS, "--audience", INVOICES)}
        made.tokens = {
            "orders": token(made, "shop", resource=ORDERS),
            "invoices": token(made, "shop", audience=INVOICES),
        }
        assert [ask(made, path, "orders").status_code for path in ("/a/", "/b/")] == [200, 200]
        assert [ask(made, path, "invoices").status_code for path in ("/a/", "/b/")] == [401, 401]


def test_opaque_and_signed_tokens_pass_and_the_signed_are_verified_by_the_published_keys():
    with site({"GRANTD_ISSUER": ISSUER}, server=SERVER) as made:
        pair = add_signing_key(made.state)
        options = ["--audience", INVOICES, "--default-audience", ORDERS]
        made.secrets = {
            "signed": made.add("signed", *options, "--token-format", "jwt"),
            "opaque": made.add("opaque", *options),
        }
        made.tokens = {name: token(made, name) for name in made.secrets}
        for name in made.tokens:
            assert [ask(made, path, name).status_code for path in ("/orders/", "/any/")] == [200, 401]
        published = requests.get(f"{made.url}/oauth2/jwks", timeout=10)
        assert published.headers["Content-Type"] == "application/jwk-set+json"
        assert published.headers["Cache-Control"] == "public, max-age=300" and published.headers["ETag"]
        assert [key["kid"] for key in published.json()["keys"]] == [pair.kid]
        claims = verified(made.tokens["signed"], published.json(), ORDERS)
        assert (claims["sub"], claims["client_id"], claims["aud"]) == ("signed", "signed", ORDERS)
        metadata = requests.get(f"{made.url}/oauth2/metadata", timeout=10).json()
        assert metadata["jwks_uri"] == f"{ISSUER}/jwks"
        inspected = made.inspect(made.tokens["signed"])
        assert (inspected["active"], inspected["aud"]) == (True, [ORDERS])
        grantctl(made.state, "token", "revoke", stdin=made.tokens["signed"])
        assert ask(made, "/orders/", "signed").status_code == 401
