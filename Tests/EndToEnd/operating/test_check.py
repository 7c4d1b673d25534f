"""`grantd --check` and commands that only look: what they say, and that they write nothing."""

import json
import subprocess

import pytest
from support.programs import GRANTCTL, GRANTD, environment, grantctl

HASH = "sha256:" + "ab" * 32


def run(state, *command, **settings):
    return subprocess.run(command, env=environment(state, **settings), capture_output=True, text=True, input="x")


@pytest.fixture
def state(tmp_path):
    made = tmp_path / "state"
    grantctl(made, "client", "add", "good")
    return made


def write(state, identifier, **members):
    file = state / "clients" / f"{identifier}.json"
    file.write_text(json.dumps({"client_id": identifier, "secrets": [{"hash": HASH}]} | members))
    file.chmod(0o600)


LOOKING = [["client", "list"], ["client", "show", "good"], ["token", "inspect"], ["token", "stats"]]


@pytest.mark.parametrize("command", [[GRANTD, "--check"], *([GRANTCTL, *words] for words in LOOKING)], ids=str)
@pytest.mark.parametrize("is_there", [False, True], ids=["without a state", "with an empty one"])
def test_what_only_looks_makes_nothing(tmp_path, command, is_there):
    state = tmp_path / "state"
    if is_there:
        state.mkdir(mode=0o700)
    done = run(state, *command)
    assert done.returncode != 0 and str(state) in done.stderr
    assert state.exists() == is_there and (not is_there or not list(state.iterdir()))


def test_what_only_looks_leaves_a_state_as_it_is(state):
    def seen():
        return {path: path.stat().st_mtime_ns for path in [state, *state.rglob("*")]}

    before = seen()
    for command in [[GRANTD, "--check"], *([GRANTCTL, *words] for words in LOOKING)]:
        run(state, *command)
    assert seen() == before


@pytest.mark.parametrize(
    "members, said",
    [
        ({"secrets": []}, "client web has no secret"),
        ({"secrets": [{"hash": HASH, "expires_at": 1}]}, "client web has only secrets that have expired"),
        ({"not_before": 4_000_000_000}, "client web has a not_before in the future"),
        ({"client_secret": "in clear"}, "its member client_secret is not known; secrets may be meant"),
        ({"secrets": [{"hash": "in clear"}]}, "a hash in its secrets is not a hash"),
        ({"actve": False}, "its member actve is not known; active may be meant"),
    ],
)
def test_a_client_that_cannot_work_is_a_problem(state, members, said):
    write(state, "web", **members)
    done = run(state, GRANTD, "--check")
    assert done.returncode == 74 and said in done.stderr and "in clear" not in done.stderr


def test_an_unknown_member_is_a_notice(state):
    write(state, "web", owner="team", contacts=["a"])
    done = run(state, GRANTD, "--check")
    assert done.returncode == 0 and done.stdout.splitlines()[:-1] == [
        "notice: client web has a member that grantd does not know: contacts; grantd-client(5) lists those it reads",
        "notice: client web has a member that grantd does not know: owner; grantd-client(5) lists those it reads",
    ]


def test_a_client_that_is_switched_off_needs_no_secret(state):
    write(state, "web", secrets=[], active=False)
    assert run(state, GRANTD, "--check").returncode == 0
