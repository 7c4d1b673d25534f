"""What the token endpoint grants: the ways to ask, scope, lifetime."""

import pytest
import requests

JSON = "application/json"


def test_scope_is_all_that_the_client_has_unless_it_asks(shared):
    assert shared.grant(shared.robot.id, shared.robot.secret).json()["scope"] == "read write admin"


def test_scope_is_what_was_asked_for(shared):
    assert shared.grant(shared.robot.id, shared.robot.secret, scope="admin read").json()["scope"].split() in (
        ["admin", "read"],
        ["read", "admin"],
    )


def test_an_empty_scope_is_as_if_omitted(shared):
    assert shared.grant(shared.robot.id, shared.robot.secret, scope="").json()["scope"] == "read write admin"


def test_an_unknown_parameter_is_ignored(shared):
    assert shared.grant(shared.robot.id, shared.robot.secret, tenant="https://x").status_code == 200


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON", "application/json; charset=utf-8"])
def test_json_may_hold_escapes_and_unknown_members(shared, content_type):
    body = (
        rf'{{ "client_\u0069d": "robot", "client_secret": "{shared.robot.secret}", "unknown": [{{"a": null}}, 1e3],'
        r' "grant_type": "client\u005fcredentials", "scope": "read" }'
    )
    answer = requests.post(shared.token_url, data=body, headers={"Content-Type": content_type}, timeout=10)
    assert answer.status_code == 200 and answer.json()["scope"] == "read"


def test_a_chunked_body_is_read(shared):
    chunks = (part.encode() for part in ["grant_type=client_cred", "entials&client_id=robot&client_secret="])
    chunks = [*chunks, shared.robot.secret.encode()]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(shared.token_url, data=iter(chunks), headers=headers, timeout=10).status_code == 200


def test_the_answer_is_not_to_be_stored(shared):
    headers = shared.grant(shared.robot.id, shared.robot.secret).headers
    assert headers["Content-Type"] == "application/json"
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")


def test_a_client_can_have_a_lifetime_of_its_own(shared):
    secret = shared.add("short-lived", "--lifetime", "60")
    assert shared.grant("short-lived", secret).json()["expires_in"] == 60


def test_both_workers_know_every_token(shared):
    tokens = {shared.grant(shared.robot.id, shared.robot.secret).json()["access_token"] for _ in range(20)}
    assert len(tokens) == 20
    assert all(shared.inspect(token)["active"] for token in tokens)
