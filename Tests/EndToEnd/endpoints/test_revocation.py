"""Revocation through nginx (RFC 7009): a client gives its own tokens back, and no other's."""

import json

import pytest
import requests
from support.fastcgi import Worker
from support.programs import grantctl
from support.site import site
from support.temporary import directory, running


@pytest.fixture(scope="module")
def made():
    with site() as made:
        made.secrets = {name: made.add(name, *options) for name, *options in [["owner"], ["other", "--introspect"]]}
        yield made


def issue(made):
    return made.grant("owner", made.secrets["owner"]).json()["access_token"]


def revoke(made, token, client="owner", **more):
    form = {"client_id": client, "client_secret": made.secrets[client], "token": token}
    return requests.post(f"{made.url}/oauth2/revoke", data=form | more, timeout=10)


def test_the_token_is_dead_and_the_others_live(made):
    token, kept = issue(made), issue(made)
    answer = revoke(made, token)
    assert (answer.status_code, answer.text) == (200, "{}")
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert not made.inspect(token)["active"] and made.inspect(kept)["active"]


def test_the_answer_never_tells_whether_there_was_such_a_token(made):
    token, dead = issue(made), issue(made)
    revoke(made, dead)
    answers = [
        revoke(made, issue(made)),
        revoke(made, dead),
        revoke(made, "A" * 64),
        revoke(made, "ö"),
        revoke(made, "A" * 10000),
        revoke(made, token, "other"),
    ]
    shapes = {(each.status_code, each.text, str({**each.headers, "Date": ""})) for each in answers}
    assert len(shapes) == 1 and answers[0].status_code == 200, shapes
    assert made.inspect(token)["active"], "another's token lives on"


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "x", ""])
def test_a_hint_changes_nothing(made, hint):
    token = issue(made)
    assert revoke(made, token, token_type_hint=hint).status_code == 200 and not made.inspect(token)["active"]


def test_json_and_basic_give_back_as_well(made):
    tokens = issue(made), issue(made)
    url, secret = f"{made.url}/oauth2/revoke", made.secrets["owner"]
    members = {"client_id": "owner", "client_secret": secret, "token": tokens[0]}
    assert requests.post(url, json=members, timeout=10).text == "{}"
    assert requests.post(url, data={"token": tokens[1]}, auth=("owner", secret), timeout=10).text == "{}"
    assert not any(made.inspect(token)["active"] for token in tokens)


def test_the_log_names_the_client_and_not_the_token(made):
    token = issue(made)
    revoke(made, token)
    log = made.pool.log.read_text()
    assert "revoked  client=owner" in log and token not in log


def test_a_store_that_cannot_be_read_is_a_503_and_no_success():
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        secret = json.loads(grantctl(state, "client", "add", "owner", "--json").stdout)["client_secret"]
        credentials = {"client_id": "owner", "client_secret": secret}
        with running(Worker(path, state)) as worker:
            granted = worker.post("/token", credentials | {"grant_type": "client_credentials"})
        token = json.loads(granted.text)["access_token"]
        [window] = (state / "tokens").glob("*.slots")
        good = window.read_bytes()
        window.write_bytes(b"another format".ljust(64) + good[64:])
        with running(Worker(path, state)) as worker:
            for endpoint in ("/revoke", "/introspect"):
                answer = worker.post(endpoint, credentials | {"token": token})
                assert answer.status == 503 and answer.headers["retry-after"] == "5"
                assert json.loads(answer.text)["error"] == "temporarily_unavailable"
            assert worker.check(token) == 503
            assert window.name in worker.log.read_text() and window.name not in answer.text
            window.write_bytes(good)
            assert worker.check(token) == 204
            assert worker.post("/revoke", credentials | {"token": token}).status == 200
            assert worker.check(token) == 401
