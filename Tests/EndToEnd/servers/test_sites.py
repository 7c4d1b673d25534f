"""The kinds of sites that people mount grantd into: it answers there as everywhere, lets nobody pass, and changes nothing."""

import concurrent.futures
import contextlib
import json
import re
import warnings

import pytest
from support.application import HTTPApplication, fastcgi_application
from support.mounted import SITES, MountedSite, Surroundings, examples
from support.own_pool import GROUP, OwnPool
from support.programs import grantctl
from support.temporary import directory, running

PROTECTED = {"proxied": "/proxied/thing", "static": "/static/report.txt", "FastCGI": "/fastcgi/thing"}
FORGED = {
    f"X{a}OAuth{b}{name}": "forged"
    for a in "-_"
    for b in "-_"
    for name in ("Client-Id", "Client_Id", "Scope", "Expires")
}


@pytest.fixture(scope="module")
def around():
    """What all sites stand on, and the clients `reader`, `writer` and `watcher`, which may introspect."""
    warnings.filterwarnings("ignore", message="Unverified HTTPS")
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(directory())
        settings = {"GRANTD_ISSUER": "https://example.com/oauth2", "GRANTD_FAILURE_LIMIT": "0"}
        pool = OwnPool(path, *GROUP, workers=2, **settings)
        stack.enter_context(running(pool))
        application = HTTPApplication()
        stack.enter_context(running(application))
        fastcgi, script = fastcgi_application(path)
        stack.enter_context(running(fastcgi))
        made = Surroundings(path, pool.socket, application.port, fastcgi.socket)
        made.put_in_place(script)
        made.secrets = {}
        for identifier, *options in (
            ("reader", "--scope", "read"),
            ("writer", "--scope", "write"),
            ("hasty",),
            ("orders", "--scope", "orders.read orders.write"),
            ("watcher", "--introspect"),
        ):
            added = grantctl(pool.state, "client", "add", identifier, *options, "--json")
            made.secrets[identifier] = json.loads(added.stdout)["client_secret"]
        yield made


@pytest.fixture(scope="module", params=SITES, ids=lambda file: file.stem)
def site(request, around):
    """A site with grantd; beside it `bare`, as it was, and `lonely`, whose workers are not there."""
    text = request.param.read_text()
    name = request.param.stem
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(running(MountedSite(around, text, name)))
        made.bare = stack.enter_context(running(MountedSite(around, text, f"{name}-bare", with_grantd=False)))
        nobody = around.directory / "nobody.sock"
        made.lonely = stack.enter_context(running(MountedSite(around, text, f"{name}-lonely", workers=nobody)))
        made.around, made.text = around, text
        yield made


def credentials(around, identifier):
    return {"client_id": identifier, "client_secret": around.secrets[identifier]}


def token(site, around, identifier):
    answer = site.post("token", data=credentials(around, identifier) | {"grant_type": "client_credentials"})
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def assert_error(answer, status, *codes):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json" and "no-store" in answer.headers["Cache-Control"]
    assert answer.json()["error"] in codes and answer.json()["error_description"]


def test_a_token_in_all_three_ways(site, around):
    grant = {"grant_type": "client_credentials"}
    pair = credentials(around, "reader")
    for answer in (
        site.post("token", data=grant, auth=tuple(pair.values())),
        site.post("token", data=grant | pair),
        site.post("token", json=grant | pair),
        site.ask("POST", f"/{site.mount}/token/", data=grant | pair),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "bearer" and answer.json()["scope"] == "read"
        assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_secret(site):
    wrong = {"grant_type": "client_credentials", "client_id": "reader", "client_secret": "wrong"}
    for more in (
        {"data": wrong},
        {"json": wrong},
        {"data": {"grant_type": "client_credentials"}, "auth": ("reader", "x")},
    ):
        answer = site.post("token", **more)
        assert_error(answer, 401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')


def test_what_is_no_token_request(site):
    for method in ("GET", "PUT", "DELETE"):
        answer = site.ask(method, f"/{site.mount}/token")
        assert_error(answer, 405, "invalid_request")
        assert answer.headers["Allow"] == "POST"
    assert_error(site.post("token", data=b"x" * 20_000), 413, "invalid_request")
    assert_error(site.post("token", {"Content-Type": "text/plain"}, data=b"a=b"), 415, "invalid_request")
    assert_error(site.post("nowhere", data={"a": "b"}), 404, "invalid_request")


def test_too_many_requests(site, around):
    form = {"grant_type": "client_credentials"}
    pair = tuple(credentials(around, "hasty").values())
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: site.post("token", data=form, auth=pair), range(250)))
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 429}
    for answer in answers:
        if answer.status_code == 429:
            assert_error(answer, 429, "temporarily_unavailable")
            assert int(answer.headers["Retry-After"]) > 0


def test_no_worker(site, around):
    form = credentials(around, "reader") | {"grant_type": "client_credentials"}
    assert_error(site.lonely.post("token", data=form), 502, "temporarily_unavailable")
    for path in PROTECTED.values():
        answer = site.lonely.ask("GET", path, bearer("x"))
        assert answer.status_code in (500, 502, 503) and answer.json()["error"], answer.text


def test_metadata(site):
    for path in (f"/{site.mount}/metadata", f"/.well-known/oauth-authorization-server/{site.mount}"):
        answer = site.ask("GET", path)
        assert answer.status_code == 200 and answer.json()["issuer"] == "https://example.com/oauth2"
        assert answer.headers["Content-Type"] == "application/json"


def test_introspection_and_revocation(site, around):
    asked = credentials(around, "watcher")
    live = token(site, around, "reader")
    told = site.post("introspect", data=asked | {"token": live}).json()
    assert told["active"] is True and told["client_id"] == "reader"
    assert site.post("revoke", data=credentials(around, "reader") | {"token": live}).status_code == 200
    assert site.post("introspect", data=asked | {"token": live}).json() == {"active": False}
    assert site.ask("GET", PROTECTED["proxied"], bearer(live)).status_code == 401


def assert_protected(site, path, good, other):
    """401 without a token and with a dead one, 403 without the scope, each with its challenge; 200 with the right one."""
    for headers in ({}, bearer("x"), {"Authorization": "Basic c3RhZmY6cGFzc3dvcmQ="}):
        answer = site.ask("GET", path, headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer "), answer.text
        assert answer.headers["Content-Type"] == "application/json" and "forged" not in answer.text
        assert answer.json()["error_description"]
    answer = site.ask("GET", path, bearer(other))
    assert_error(answer, 403, "insufficient_scope")
    assert 'scope="read"' in answer.headers["WWW-Authenticate"]
    answer = site.ask("GET", path, bearer(good))
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("kind", PROTECTED)
def test_protected_locations(site, around, kind):
    good, other = token(site, around, "reader"), token(site, around, "writer")
    for _ in range(2):
        assert_protected(site, PROTECTED[kind], good, other)
    with pytest.raises(AssertionError):
        assert_protected(site.bare, PROTECTED[kind], good, other)


def heard(answer):
    """What an application heard of who asks: its headers' or parameters' values by their names, in one spelling."""
    told = answer.json()
    pairs = told["headers"] if "headers" in told else told["environment"].items()
    return [(re.sub("^HTTP_", "", name.upper().replace("-", "_")), value) for name, value in pairs]


@pytest.mark.parametrize("kind", ["proxied", "FastCGI"])
def test_forged_identities(site, around, kind):
    answer = site.ask("GET", PROTECTED[kind], bearer(token(site, around, "reader")) | FORGED)
    assert answer.status_code == 200
    names = heard(answer)
    assert {value for name, value in names if name in ("X_OAUTH_CLIENT_ID", "OAUTH_CLIENT_ID")} <= {"reader", ""}
    assert ("X_OAUTH_CLIENT_ID", "reader") in names or ("OAUTH_CLIENT_ID", "reader") in names
    assert ("X_OAUTH_SCOPE", "read") in names or ("OAUTH_SCOPE", "read") in names
    assert "forged" not in {value for _, value in names}


def test_forged_identities_are_heard_where_the_file_is_left_out(site, around):
    """What the test before relies on: the identity file is what keeps them out."""
    answer = site.bare.ask("GET", PROTECTED["proxied"] + "?by=nobody", FORGED)
    assert "forged" in {value for _, value in heard(answer)}


def test_the_rest_of_the_site_answers_as_it_did(site):
    assert site.rest
    for line in site.rest:
        for _ in range(2):
            assert site.answer_of_rest(line) == site.bare.answer_of_rest(line), line


def test_a_site_that_is_switched_off_still_grants(around):
    text = next(file for file in SITES if file.stem == "maintenance").read_text()
    with running(MountedSite(around, text, "switched-off")) as site:
        live = token(site, around, "reader")
        (around.files / "switched-off").touch()
        try:
            assert site.ask("GET", "/").text == "back soon"
            assert token(site, around, "reader")
            # What the site says of itself goes before what it asks of a caller.
            assert site.ask("GET", PROTECTED["proxied"], bearer(live)).status_code == 503
        finally:
            (around.files / "switched-off").unlink()


def test_the_readmes_examples(around):
    """Its lines as they stand: the mount, the closed site, and a location of a site that is mostly public."""
    blocks = examples()
    assert set(blocks) == {"include", "server", "location"}
    orders = credentials(around, "orders")
    mounted = blocks["include"]
    with running(MountedSite(around, mounted, "readme")) as site:
        good, other = token(site, around, "orders"), token(site, around, "reader")
        assert site.ask("GET", "/nothing").status_code == 404

    opened = mounted.rstrip().removesuffix("}") + blocks["location"] + "}\n"
    with running(MountedSite(around, opened, "readme-location")) as site:
        for headers, status in (({}, 401), (bearer(other), 403), (bearer(good), 200)):
            answer = site.ask("GET", "/orders/x.php", headers)
            assert answer.status_code == status
        assert ("X_OAUTH_CLIENT_ID", "orders") in heard(answer) and ("HOST", "example.com") in heard(answer)

    closed = mounted.splitlines()[0] + "\n" + blocks["server"]
    with running(MountedSite(around, closed, "readme-closed")) as site:
        assert site.ask("GET", "/public/page.html").text == "this is public/page.html\n"
        assert site.ask("POST", "/oauth2/token", data=orders | {"grant_type": "client_credentials"}).status_code == 200
        for path in ("/", "/any.php", "/publi", "/public/../x"):
            assert site.ask("GET", path).status_code == 401
            assert ("X_OAUTH_CLIENT_ID", "reader") in heard(site.ask("GET", path, bearer(other)))
