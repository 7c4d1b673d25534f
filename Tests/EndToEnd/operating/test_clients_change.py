"""What happens to a client's file takes effect at the next request, in every worker, with no reload."""

import json

import pytest
from support.programs import grantctl
from support.site import CHOSEN


def works(site, identifier, secret):
    """Whether both workers grant: a few requests in a row meet both."""
    statuses = {site.grant(identifier, secret).status_code for _ in range(6)}
    # After many refusals 429 takes the place of 401.
    assert statuses == {200} or statuses <= {401, 429}, statuses
    return statuses == {200}


def file_of(site, identifier):
    return site.state / "clients" / f"{identifier}.json"


def test_a_file_dropped_in_makes_a_client(own):
    secret = own.add("model")
    made = json.loads(file_of(own, "model").read_text())
    assert not works(own, "copied", secret)
    file_of(own, "copied").write_text(json.dumps(made | {"client_id": "copied"}))
    file_of(own, "copied").chmod(0o600)
    assert works(own, "copied", secret)


@pytest.mark.parametrize("broken", ["", "{", "[]", "{}", '{"client_id":"broken","secrets":[{"hash":"x"}]}', "\0" * 99])
def test_a_broken_file_disables_that_client_alone(shared, broken):
    secret = shared.add(f"broken{abs(hash(broken))}")
    path = file_of(shared, f"broken{abs(hash(broken))}")
    good = path.read_text()
    path.write_text(broken)
    assert not works(shared, path.stem, secret) and works(shared, shared.robot.id, shared.robot.secret)
    path.write_text(good)
    assert works(shared, path.stem, secret)


def test_rotate_ends_the_old_secret(own):
    old = own.add("rotated")
    assert works(own, "rotated", old)
    new = json.loads(grantctl(own.state, "client", "rotate", "rotated", "--json").stdout)["client_secret"]
    assert works(own, "rotated", new) and not works(own, "rotated", old)


def test_rotate_with_overlap_leaves_both(own):
    old = own.add("rotated")
    rotated = grantctl(own.state, "client", "rotate", "rotated", "--overlap", "600", "--json")
    assert works(own, "rotated", json.loads(rotated.stdout)["client_secret"]) and works(own, "rotated", old)


def test_disable_enable_and_remove_act_at_once(own):
    secret = own.add("machine")
    token = own.grant("machine", secret).json()["access_token"]
    assert own.inspect(token)["active"]
    grantctl(own.state, "client", "disable", "machine")
    assert not works(own, "machine", secret) and not own.inspect(token)["active"]
    grantctl(own.state, "client", "enable", "machine")
    assert works(own, "machine", secret)
    grantctl(own.state, "client", "remove", "machine")
    assert not works(own, "machine", secret) and not own.inspect(token)["active"]


def test_a_chosen_secret_that_workers_remember_is_forgotten_when_it_changes(own):
    own.add("person", secret="a secret that a person chose")
    assert works(own, "person", "a secret that a person chose")
    grantctl(own.state, "client", "rotate", "person")
    assert not works(own, "person", "a secret that a person chose")


def test_a_revoked_token_is_dead_and_the_others_live(own):
    secret = own.add("machine")
    first, second = (own.grant("machine", secret).json()["access_token"] for _ in range(2))
    grantctl(own.state, "token", "revoke", stdin=first)
    assert not own.inspect(first)["active"] and own.inspect(second)["active"]


def test_a_client_made_anew_and_one_whose_tokens_were_revoked_leave_no_token_alive(own):
    secret = own.add("a")
    tokens = [own.grant("a", secret).json()["access_token"]]
    grantctl(own.state, "client", "remove", "a")
    secret = own.add("a")
    tokens.append(own.grant("a", secret).json()["access_token"])
    assert [own.inspect(token)["active"] for token in tokens] == [False, True]
    grantctl(own.state, "client", "revoke-tokens", "a")
    tokens.append(own.grant("a", secret).json()["access_token"])
    assert [own.inspect(token)["active"] for token in tokens] == [False, False, True]


def test_a_file_of_the_version_before_keeps_its_tokens(own):
    """A file without a generation goes with tokens without one; the first revoke-tokens ends them."""
    file = own.state / "clients/old.json"
    own.add("old", secret=CHOSEN)
    members = json.loads(file.read_text())
    del members["generation"]
    file.write_text(json.dumps(members | {"not_before": 1}))
    token = own.grant("old", CHOSEN).json()["access_token"]
    assert own.inspect(token)["active"]
    grantctl(own.state, "client", "revoke-tokens", "old")
    assert not own.inspect(token)["active"]
    assert "not_before" not in json.loads(file.read_text())


def test_a_not_before_that_lies_ahead_is_said(own):
    file = own.state / "clients/early.json"
    own.add("early", secret=CHOSEN)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"not_before": 4_000_000_000}))
    answer = own.grant("early", CHOSEN)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 1_000_000
    assert "not_before lies ahead" in answer.json()["error_description"]
    assert "not_before lies ahead" in own.pool.log.read_text()
    assert "which lies ahead: it gets no tokens yet" in grantctl(own.state, "client", "show", "early").stdout
