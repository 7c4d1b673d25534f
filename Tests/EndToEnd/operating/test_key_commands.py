"""`grantctl key`: what each command does, says and exits with."""

import json
import os
import re
import subprocess
import time

import pytest
from support.programs import GRANTCTL, environment, grantctl


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def key(state, *words):
    return json.loads(grantctl(state, "key", *words, "--json").stdout)


def refused(state, *words, **settings):
    """The exit status, and what is said."""
    done = subprocess.run(
        [GRANTCTL, "key", *words], env=environment(state, **settings), capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr


def test_a_key_is_added_listed_shown_retired_and_removed(state):
    first, now = key(state, "add"), int(time.time())
    assert first | {"created_at": 0, "active_at": 0} == {
        "kid": first["kid"],
        "alg": "ES256",
        "stage": "active",
        "signs": True,
        "created_at": 0,
        "active_at": 0,
        "retired": [],
    }
    assert first["created_at"] == first["active_at"] and abs(first["created_at"] - now) < 10
    second = key(state, "add", "--alg", "PS384", "--bits", "3072", "--at", "2h")
    assert second["retired"] == [first["kid"]] and second["active_at"] == second["created_at"] + 7200
    listed = {each["kid"]: each for each in key(state, "list")}
    assert listed[first["kid"]]["retired_at"] == second["active_at"]
    assert listed[first["kid"]]["published_until"] == second["active_at"] + 3600
    jwk = key(state, "show", second["kid"][:20])
    assert (jwk["kid"], jwk["alg"], jwk["kty"], jwk["use"]) == (second["kid"], "PS384", "RSA", "sig")
    assert len(jwk["n"]) == 512 and not set(jwk) & {"d", "p", "q"}
    retired = key(state, "retire", first["kid"][:20], "--after", "2h")
    assert retired["stage"] == "active" and retired["signs"] and retired["retired_at"] == second["active_at"]
    forced = key(state, "retire", first["kid"], "--force")
    assert forced["stage"] == "retired" and not forced["signs"]
    assert key(state, "remove", first["kid"], "--force") == {"kid": first["kid"], "removed": True}
    assert [each["kid"] for each in key(state, "list")] == [second["kid"]]


def test_people_read_it_as_well(state):
    said = grantctl(state, "key", "add").stdout
    kid = re.fullmatch(r"Created the key (\S+) \(ES256\)\. It signs now\.\n", said)[1]
    done = grantctl(state, "key", "add", "--at", "0")
    assert f"Then these are retired: {kid}." in done.stdout and "for five minutes" in done.stderr
    head, *rows = grantctl(state, "key", "list").stdout.splitlines()
    assert head.split() == ["KEY", "ALG", "STAGE", "SINCE", "UNTIL"]
    assert [row.split()[2] for row in rows] == ["active", "retired"]
    done = grantctl(state, "key", "retire", rows[0].split()[0], "--force")
    assert "signs no more, and is published until" in done.stdout
    assert done.stderr == "No key signs tokens now. To make one: grantctl key add\n"


def test_a_time_in_utc_is_taken(state):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    key(state, "add")
    added = key(state, "add", "--at", at)
    assert added["stage"] == "published" and abs(added["active_at"] - time.time() - 86400) < 10


def test_what_would_stop_signing_or_verifying_is_refused(state):
    kid = key(state, "add")["kid"]
    status, said = refused(state, "retire", kid)
    assert status == 1 and "without the key" in said and "--force" in said
    status, said = refused(state, "remove", kid)
    assert status == 1 and "is not retired" in said
    key(state, "add", "--at", "0")
    status, said = refused(state, "remove", kid)
    assert status == 1 and "may be active until" in said
    assert refused(state, "retire", "x~y")[0] == 64 and refused(state, "show", "")[0] == 64
    status, said = refused(state, "remove", kid[:20] + ("A" if kid[20] != "A" else "B"))
    assert status == 1 and "no key has an id that begins with" in said
    assert len(key(state, "list")) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["add", "--alg", "HS256"], ["add", "--alg", "none"], ["add", "--bits", "3072"], ["add", "--alg", "RS256", "--bits", "1024"],
        ["add", "--alg", "RS256", "--bits", "2049"], ["add", "--at", "soon"], ["add", "--at", "2026-02-30T00:00:00Z"], ["retire"],
        ["retire", "a", "--after", "-1"], ["show"], ["remove", "a b"],
    ],
)  # fmt: skip
def test_wrong_usage_exits_with_64(state, words):
    assert refused(state, *words)[0] == 64
    assert not state.exists()


def test_without_a_state_only_add_makes_one(state):
    for words in (["list"], ["show", "a"], ["retire", "a"], ["remove", "a"]):
        assert refused(state, *words)[0] == 74 and not state.exists()
    key(state, "add")
    assert (state / "keys").stat().st_mode & 0o7777 == 0o700
    [file] = (state / "keys").iterdir()
    assert file.stat().st_mode & 0o7777 == 0o600
    assert "BEGIN PRIVATE KEY" in file.read_text()


def test_every_change_is_in_the_audit(state, tmp_path):
    audit = tmp_path / "log" / "audit.jsonl"
    audit.parent.mkdir(mode=0o700)

    def run(*words):
        done = subprocess.run(
            [GRANTCTL, "key", *words, "--json"],
            env=environment(state, GRANTD_AUDIT=str(audit)),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    kid = run("add")["kid"]
    run("list")
    run("retire", kid, "--force")
    run("remove", kid, "--force")
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [line.pop("change") for line in lines] == ["add", "retire", "remove"]
    for line in lines:
        del line["time"]
        assert line == {
            "event": "key_change",
            "outcome": "success",
            "key": kid,
            "endpoint": "grantctl",
            "uid": os.geteuid(),
        }
    audit.unlink()
    audit.parent.rmdir()
    status, said = refused(state, "add", GRANTD_AUDIT=str(audit))
    assert status == 74 and "nothing was done: the audit" in said and key(state, "list") == []
