"""Introspection through nginx (RFC 7662): what is told, to whom, and what is refused."""

import json
import time

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from support.refusals import FORM, JSON, basic, check


@pytest.fixture(scope="module", params=["FastCGI", "CGI"])
def site(request):
    """A client with scope, another without, and one that may ask about all, behind workers and behind fcgiwrap."""
    made = request.getfixturevalue("shared" if request.param == "FastCGI" else "cgi")
    made.introspect_url = f"{made.url}/oauth2/introspect"
    made.secrets = {
        "owner": made.add("owner", "--scope", "read write"),
        "stranger": made.add("stranger"),
        "guard": made.add("guard", "--introspect"),
        'zoë "}': made.add('zoë "}'),
    }
    return made


def issue(site, identifier):
    return site.grant(identifier, site.secrets[identifier]).json()["access_token"]


def ask(site, token, caller, **more):
    form = {"client_id": caller, "client_secret": site.secrets[caller], "token": token}
    return requests.post(site.introspect_url, data=form | more, timeout=10)


def test_a_live_token_is_told_whole(site):
    before = int(time.time())
    answer = ask(site, issue(site, "owner"), "owner")
    told = answer.json()
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Pragma"] == "no-cache"
    assert before <= told["iat"] <= time.time() and told["exp"] == told["iat"] + 3600
    assert told == {
        "active": True,
        "scope": "read write",
        "client_id": "owner",
        "token_type": "bearer",
        "exp": told["exp"],
        "iat": told["iat"],
        "sub": "owner",
    }


def test_an_id_is_told_whatever_it_holds(site):
    told = ask(site, issue(site, 'zoë "}'), "guard").json()
    assert told["client_id"] == told["sub"] == 'zoë "}' and "scope" not in told


def test_only_the_owner_and_who_may_ask_about_all_are_told(site):
    token = issue(site, "owner")
    told = {caller: ask(site, token, caller).json()["active"] for caller in ("owner", "guard", "stranger")}
    assert told == {"owner": True, "guard": True, "stranger": False}
    unknown, anothers = ask(site, "A" * 64, "stranger"), ask(site, token, "stranger")
    assert unknown.text == anothers.text == '{"active":false}'


@pytest.mark.parametrize("token", ["x", "ö", "a b", "\0", '"', "A" * 10000])
def test_what_is_no_token_is_not_active(site, token):
    answer = ask(site, token, "guard")
    assert (answer.status_code, answer.text) == (200, '{"active":false}')


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "x", ""])
def test_a_hint_changes_nothing(site, hint):
    assert ask(site, issue(site, "owner"), "guard", token_type_hint=hint).json()["active"]


def test_basic_and_json_ask_as_well(site):
    token, secret = issue(site, "owner"), site.secrets["owner"]
    by_basic = requests.post(site.introspect_url, data={"token": token}, auth=("owner", secret), timeout=10)
    members = {"client_id": "owner", "client_secret": secret, "token": token, "more": [1, {}]}
    by_json = requests.post(site.introspect_url, json=members, timeout=10)
    assert by_basic.text == by_json.text and by_basic.json()["active"]


# name: (status, error, Content-Type, Authorization, body)
REFUSED = {
    "no token": (400, "invalid_request", FORM, "owner", "x=y"),
    "empty token": (400, "invalid_request", FORM, "owner", "token="),
    "token twice": (400, "invalid_request", FORM, "owner", "token=a&token=b"),
    "no caller": (401, "invalid_client", FORM, None, "token=a"),
    "wrong secret": (401, "invalid_client", FORM, basic("owner:wrong"), "token=a"),
    "unknown caller": (401, "invalid_client", FORM, basic("nobody:wrong"), "token=a"),
    "a bearer token as the caller": (401, "invalid_client", FORM, "Bearer abc", "token=a"),
    "two ways at once": (400, "invalid_request", FORM, "owner", "token=a&client_secret=b"),
    "a number as token": (400, "invalid_request", JSON, None, '{"token":1,"client_id":"a","client_secret":"b"}'),
    "no client in JSON": (401, "invalid_client", JSON, None, '{"token":"a"}'),
    "half a client in JSON": (400, "invalid_request", JSON, None, '{"token":"a","client_id":"b"}'),
    "JSON as a form": (400, "invalid_request", "application/x-www-form-urlencoded", "owner", '{"token":"a"}'),
    "another type": (415, "invalid_request", "text/plain", "owner", "token=a"),
}


@pytest.mark.parametrize("path", ["introspect", "revoke"])
@pytest.mark.parametrize("status, error, content_type, authorization, body", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_the_words_of_the_standard(site, path, status, error, content_type, authorization, body):
    if authorization == "owner":
        authorization = basic(f"owner:{site.secrets['owner']}")
    headers = {"Content-Type": content_type, "Authorization": authorization}
    check(requests.post(f"{site.url}/oauth2/{path}", data=body, headers=headers, timeout=10), status, error)


@pytest.mark.parametrize("path", ["introspect", "revoke"])
def test_it_is_asked_by_post_alone_and_not_in_the_uri(site, path):
    url, auth = f"{site.url}/oauth2/{path}", ("owner", site.secrets["owner"])
    token = issue(site, "owner")
    for method in ("GET", "PUT", "DELETE"):
        answer = requests.request(method, url, params={"token": token}, auth=auth, timeout=10)
        check(answer, 405, "invalid_request")
        assert answer.headers["Allow"] == "POST"
    check(requests.post(url, params={"token": token}, data={"x": "y"}, auth=auth, timeout=10), 400, "invalid_request")
    assert ask(site, token, "owner").json()["active"]


@pytest.mark.parametrize("path", ["introspect", "revoke"])
def test_a_failed_authentication_tells_nothing_and_takes_its_time(site, path):
    answers = []
    for caller in ("owner", "nobody"):
        for token in (issue(site, "owner"), "A" * 64):
            start = time.monotonic()
            form = {"client_id": caller, "client_secret": "wrong", "token": token}
            answer = requests.post(f"{site.url}/oauth2/{path}", data=form, timeout=10)
            assert time.monotonic() - start >= 0.1
            answers.append((answer.status_code, answer.text))
    assert len(set(answers)) == 1 and answers[0][0] == 401


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_asks_and_gives_back(site, method):
    token = issue(site, "owner")
    with OAuth2Session("owner", site.secrets["owner"], token_endpoint_auth_method=method) as session:
        session.revocation_endpoint_auth_method = method
        told = session.introspect_token(site.introspect_url, token=token, token_type_hint="access_token")
        assert told.status_code == 200 and told.json()["active"] and told.json()["client_id"] == "owner"
        given = session.revoke_token(f"{site.url}/oauth2/revoke", token=token, token_type_hint="access_token")
        assert (given.status_code, given.json()) == (200, {})
        assert session.introspect_token(site.introspect_url, token=token).json() == {"active": False}


def test_the_answer_is_json_with_its_members_each_once(site):
    pairs = json.loads(ask(site, issue(site, "owner"), "owner").text, object_pairs_hook=list)
    assert len(pairs) == len(dict(pairs)) == 7
