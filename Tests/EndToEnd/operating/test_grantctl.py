"""grantctl, run as an administrator or a script runs it; what it does to a running site is in test_clients_change.py."""

import json
import os
import pwd
import subprocess
import time

import pytest
from support.clock import let_the_clock_be_believed
from support.programs import GRANTCTL, environment
from support.typed import Typed


@pytest.fixture
def run(tmp_path):
    """Runs grantctl on a state directory that is not there yet; answers with the finished process."""

    def run(*arguments, stdin=b"", **settings):
        stdin = stdin if isinstance(stdin, bytes) else stdin.encode()
        surroundings = environment(tmp_path / "state", **settings)
        done = subprocess.run([GRANTCTL, *arguments], env=surroundings, input=stdin, capture_output=True, timeout=20)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    run.state = tmp_path / "state"
    return run


def shown(run, identifier):
    return json.loads(run("client", "show", identifier, "--json").stdout)


def test_add_prints_a_generated_secret_once_and_alone(run):
    done = run("client", "add", "web-app")
    assert done.returncode == 0 and len(done.stdout) == 44 and "shown only once" in done.stderr
    secret = done.stdout.strip()
    assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    for arguments in ["show", "web-app"], ["show", "web-app", "--json"], ["list"], ["list", "--json"]:
        done = run("client", *arguments)
        assert "web-app" in done.stdout and secret not in done.stdout + done.stderr


def test_add_as_json_is_the_two_members_that_a_script_needs(run):
    done = run("client", "add", "web-app", "--json")
    assert json.loads(done.stdout).keys() == {"client_id", "client_secret"} and done.stderr == ""


def test_everything_that_add_is_told_is_shown(run):
    run(*"client add a --name Ä --lifetime 60 --introspect --auth-method client_secret_post --scope".split(), "r w")
    document = shown(run, "a")
    assert document.pop("secrets")[0]["kind"] == "sha256"
    assert len(document.pop("generation")) == 16, "tokens of an earlier client of this id are not this one's"
    assert document == {
        "client_id": "a", "client_name": "Ä", "access_token_lifetime": 60, "introspect": True, "active": True,
        "locked_out": [], "scope": "r w", "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"],
    }  # fmt: skip


def test_a_chosen_secret_is_hashed_slowly_and_not_printed(run):
    done = run("client", "add", "web-app", "--secret-stdin", stdin="client-secret\n")
    assert done.returncode == 0 and "client-secret" not in done.stdout + done.stderr
    assert shown(run, "web-app")["secrets"][0]["kind"] == "crypt"


@pytest.mark.parametrize("stdin", [b"", b"\n", b"a\nb", b"a\0b", b"\xff", b"a" * 1025, b"a" * 100_000])
def test_a_secret_that_is_none_is_refused_and_makes_no_client(run, stdin):
    done = run("client", "add", "web-app", "--secret-stdin", stdin=stdin)
    assert done.returncode == 64 and done.stderr.startswith("grantctl: ") and done.stderr.count("\n") == 1
    assert run("client", "show", "web-app").returncode == 1


@pytest.mark.parametrize(
    "identifier", ["a:b", "50%+/", "a b", "jörg", "..", ".hidden", "../../x", "x" * 250, "日" * 27]
)
def test_an_id_of_any_letters_is_one_file_in_the_directory(run, identifier):
    assert run("client", "add", "--", identifier).returncode == 0
    assert [client["client_id"] for client in json.loads(run("client", "list", "--json").stdout)] == [identifier]
    assert len(list((run.state / "clients").iterdir())) == 1
    assert run("client", "remove", "--", identifier).returncode == 0
    assert list((run.state / "clients").iterdir()) == []


def test_an_id_that_exists_is_refused_and_left_alone(run):
    run("client", "add", "web-app")
    before = (run.state / "clients/web-app.json").read_bytes()
    done = run("client", "add", "web-app", "--secret-stdin", stdin="other")
    assert (done.returncode, done.stdout) == (1, "") and "exists" in done.stderr
    assert (run.state / "clients/web-app.json").read_bytes() == before


def test_what_is_not_there_is_not_found(run):
    run("client", "add", "a")
    for command in ["show"], ["rotate"], ["disable"], ["enable"], ["remove"], ["revoke-tokens"]:
        done = run("client", *command, "b")
        assert done.returncode == 1 and done.stderr.startswith("grantctl: there is no client b;")


def test_rotate_with_overlap_sets_an_end_and_without_it_drops_the_old_ones(run):
    run("client", "add", "a")
    run("client", "rotate", "a", "--overlap", "600")
    old, new = shown(run, "a")["secrets"]
    assert 590 < old["expires_at"] - time.time() < 610 and "expires_at" not in new
    run("client", "rotate", "a", "--overlap", "60")
    run("client", "rotate", "a", "--overlap", "600")
    assert [secret["expires_at"] - time.time() < 70 for secret in shown(run, "a")["secrets"][:3]] == [True, True, False]
    run("client", "rotate", "a")
    assert len(shown(run, "a")["secrets"]) == 1


def test_switches_and_revoke_tokens_are_shown(run):
    run("client", "add", "a")
    assert json.loads(run("client", "disable", "a", "--json").stdout) == {"client_id": "a", "active": False}
    assert "disabled" in run("client", "show", "a").stdout
    assert json.loads(run("client", "enable", "a", "--json").stdout) == {"client_id": "a", "active": True}
    before = shown(run, "a")["generation"]
    after = json.loads(run("client", "revoke-tokens", "a", "--json").stdout)["generation"]
    assert before != after == shown(run, "a")["generation"]


def test_a_file_that_cannot_be_used_is_listed_with_the_reason(run):
    run("client", "add", "a")
    broken = run.state / "clients/broken.json"
    broken.touch(mode=0o600)
    listed = json.loads(run("client", "list", "--json").stdout)
    assert [client["client_id"] for client in listed] == ["a", "broken"] and "JSON" in listed[1]["error"]
    assert run("client", "show", "broken").returncode == 1
    assert run("client", "remove", "broken").returncode == 0 and not broken.exists()


def test_members_that_grantd_does_not_know_survive_a_change(run):
    run("client", "add", "a")
    path = run.state / "clients/a.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"contacts": ["a@example.com"]}))
    run("client", "disable", "a")
    assert json.loads(path.read_text())["contacts"] == ["a@example.com"]


@pytest.mark.parametrize(
    "token, reason", [("x", "cut_short"), ("A" * 64, "foreign"), ("A" * 81, "too_long"), ("a b", "malformed")]
)
def test_an_unknown_token_is_inactive(run, token, reason):
    run("client", "add", "a")
    done = run("token", "inspect", "--json", stdin=token)
    assert (done.returncode, json.loads(done.stdout)) == (1, {"active": False, "reason": reason})
    done = run("token", "revoke", "--json", stdin=token)
    assert (done.returncode, json.loads(done.stdout)) == (1, {"revoked": False, "reason": reason})


def test_a_token_is_inspected_counted_and_revoked(own):
    def run(*arguments, stdin=""):
        surroundings = environment(own.state)
        return subprocess.run([GRANTCTL, *arguments], env=surroundings, input=stdin, text=True, capture_output=True)

    secret = own.add("robot", "--scope", "read write")
    token = own.grant("robot", secret).json()["access_token"]
    done = run("token", "inspect", "--json", stdin=token + "\n")
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["exp"] - found["iat"] == 3600
    assert found.keys() == {"active", "client_id", "scope", "token_type", "iat", "exp"}
    assert [found["client_id"], found["scope"], found["token_type"]] == ["robot", "read write", "bearer"]
    own.grant("robot", secret)
    assert json.loads(run("token", "stats", "--json").stdout)["total"]["live"] == 2
    assert run("token", "revoke", stdin=token).returncode == 0
    assert run("token", "revoke", stdin=token).returncode == 1
    total = json.loads(run("token", "stats", "--json").stdout)["total"]
    assert (total["live"], total["revoked"]) == (1, 1)
    other = own.grant("robot", secret).json()["access_token"]
    run("client", "revoke-tokens", "robot")
    later = own.grant("robot", secret).json()["access_token"]
    assert run("token", "inspect", stdin=other).returncode == 1
    assert run("token", "inspect", stdin=later).returncode == 0


def test_purge_removes_a_window_that_has_passed(run):
    run("client", "add", "a")
    (run.state / "tokens/6-1.slots").touch(mode=0o600)
    early = run("token", "purge", "--json")
    told = json.loads(early.stdout)
    assert early.returncode == 1 and told["purged_windows"] == 0 and 290 < told["wait_seconds"] <= 300
    assert [file.name for file in (run.state / "tokens").iterdir()] == ["6-1.slots"]
    let_the_clock_be_believed(run.state)
    assert json.loads(run("token", "purge", "--json").stdout) == {"purged_windows": 1}
    assert list((run.state / "tokens").iterdir()) == []


def test_purge_believes_the_clock_when_it_is_told_to(run):
    run("client", "add", "a")
    (run.state / "tokens/6-1.slots").touch(mode=0o600)
    assert "Try again in" in run("token", "purge").stdout
    assert json.loads(run("token", "purge", "--believe-clock", "--json").stdout) == {"purged_windows": 1}
    assert list((run.state / "tokens").iterdir()) == []


def test_wrong_usage_and_wrong_settings_exit_with_64(run):
    for done in (
        run("client", "add", "a", "--scope", "a  b"),
        run("client", "list", "--state", "relative"),
        run("client", "list", GRANTD_UNKNOWN="1"),
        run("client", "list", GRANTD_CONFIG="/nonexistent"),
    ):
        assert done.returncode == 64 and done.stdout == "" and done.stderr


def test_a_state_directory_that_cannot_be_used_exits_with_74(run):
    assert run("client", "list").returncode == 74 and not run.state.exists()
    run("client", "add", "a")
    run.state.chmod(0o755)
    assert run("client", "list").returncode == 74
    run.state.chmod(0o700)
    with open("/dev/full", "wb") as full:
        surroundings = environment(run.state)
        assert subprocess.run([GRANTCTL, "client", "list"], env=surroundings, stdout=full).returncode == 74


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's directory takes root")
def test_what_root_makes_in_a_users_state_is_that_users(run):
    user = pwd.getpwnam("nobody")
    run.state.mkdir(mode=0o700)
    os.chown(run.state, user.pw_uid, user.pw_gid)
    assert run("client", "add", "a").returncode == 0
    assert {path.stat().st_uid for path in run.state.rglob("*")} == {user.pw_uid}


def test_eight_at_once_each_make_their_client(run):
    run("client", "add", "first")
    surroundings = environment(run.state)
    adding = [
        subprocess.Popen([GRANTCTL, "client", "add", f"{name}"], env=surroundings, stdout=subprocess.DEVNULL)
        for name in [*range(8), *range(8)]
    ]
    assert sorted(process.wait(20) for process in adding) == [0] * 8 + [1] * 8
    assert len(json.loads(run("client", "list", "--json").stdout)) == 9


@pytest.mark.parametrize("keys, status", [("client-secret\n", 0), ("\x03", 130)], ids=["a secret", "an interrupt"])
def test_a_secret_that_is_typed_is_not_echoed_and_the_echo_comes_back(run, keys, status):
    with Typed([GRANTCTL, "client", "add", "web-app", "--secret-stdin"], environment(run.state)) as terminal:
        for question in ["Secret for web-app: ", "The same again: "][: 2 if status == 0 else 1]:
            terminal.answer(question, keys)
        ended, said = terminal.finish()
    assert ended == status and said.startswith("Secret for web-app: ") and "client-secret" not in said


def test_the_echo_comes_back_after_a_typed_secret_and_after_an_interrupt(run):
    line = '"$0" client add web-app --secret-stdin; echo "ended by $?"; read -r'
    for keys, status in ("client-secret\n", 0), ("\x03", 130):
        with Typed(["/bin/bash", "-c", f"trap : INT; {line}", GRANTCTL], environment(run.state)) as terminal:
            terminal.answer("Secret for web-app: ", keys)
            if status == 0:
                terminal.answer("The same again: ", keys)
            terminal.wait_for(f"ended by {status}")
            assert terminal.echoes
        run("client", "remove", "web-app")


def test_completion_offers_ids_and_none_that_a_shell_would_expand(run, tmp_path):
    for identifier in "web-app", "$(touch pwned)", "`touch pwned`", "a b":
        run("client", "add", identifier)
    script = run("--generate-completion-script", "bash").stdout
    asking = "COMP_WORDS=(grantctl client show ''); COMP_CWORD=3; COMP_LINE='grantctl client show '; COMP_POINT=21"
    call = f'{asking}; COMP_TYPE=9; COMP_KEY=9; _grantctl grantctl "" show; printf "%s\\n" "${{COMPREPLY[@]}}"'
    surroundings = environment(run.state)
    surroundings["PATH"] = f"{GRANTCTL.parent}:{surroundings['PATH']}"
    offered = subprocess.run(
        ["bash", "-c", f"{script}\n{call}"], env=surroundings, cwd=tmp_path, capture_output=True, text=True
    ).stdout.split("\n")
    assert "web-app" in offered and "a b" not in offered and not (tmp_path / "pwned").exists()
