"""What is said, and which remedy, if a user may not use the site's files, or they lie where they cannot be used."""

import os
import pwd
import shlex
import subprocess

import pytest
from support.disks import as_root, fill, small_disk
from support.programs import GRANTCTL, GRANTD, environment, grantctl
from support.temporary import directory

pytestmark = as_root

OWNER, OTHER = pwd.getpwnam("www-data"), pwd.getpwnam("nobody")


@pytest.fixture
def place():
    """A directory that every user may pass through, with a state in it that belongs to www-data."""
    with directory("permissions") as path:
        (path / "state").mkdir(mode=0o700)
        os.chown(path / "state", OWNER.pw_uid, OWNER.pw_gid)
        grantctl(path / "state", "client", "add", "web-app")
        yield path


def run(user, state, program, *arguments, **settings):
    return subprocess.run(
        [program, *arguments],
        env=environment(state, **settings),
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        text=True,
        capture_output=True,
        timeout=20,
    )


COMMANDS = [
    ["client", "list"], ["client", "add", "b"], ["client", "rotate", "web-app"], ["token", "stats"], ["token", "purge"],
    ["status"], ["store", "export"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_another_user_is_told_the_owner_and_a_line_that_works(place, command):
    done = run(OTHER, place / "state", GRANTCTL, *command)
    assert done.returncode == 74 and "belongs to www-data:www-data with mode 0700" in done.stderr
    assert "grantctl runs as nobody" in done.stderr
    words = shlex.split(done.stderr.splitlines()[-1].split("www-data: ", 1)[1])
    assert words[:3] == ["sudo", "-u", "www-data"] and words[-len(command) :] == command
    # What sudo would run, run as that user and with an empty environment, does the work.
    as_owner = subprocess.run(words[3:], env={"PATH": os.environ["PATH"]}, user=OWNER.pw_uid, group=OWNER.pw_gid,
                              extra_groups=[], text=True, capture_output=True)  # fmt: skip
    assert "Permission denied" not in as_owner.stderr and as_owner.returncode in (0, 1)


@pytest.mark.parametrize("part", ["clients/web-app.json", "key", "clients", "tokens"])
def test_what_root_made_by_mistake_is_given_back_to_the_owner(place, part):
    state = place / "state"
    os.chown(state / part, 0, 0)
    remedy = f"Give the state back to its owner: sudo chown -R www-data: {state}"
    for command in [GRANTCTL, "client", "show", "web-app"], [GRANTD, "--check"]:
        done = run(OWNER, state, *command)
        assert done.returncode != 0 and f"{state / part} belongs to root:root" in done.stderr
        assert done.stderr.rstrip().endswith(remedy)
    assert f"sudo chown -R www-data: {state}" in run(OWNER, state, GRANTCTL, "client", "list").stderr
    subprocess.run(shlex.split(remedy.split("sudo ")[1]), check=True)
    assert run(OWNER, state, GRANTCTL, "client", "show", "web-app").returncode == 0


def test_root_s_check_finds_what_the_service_could_not_use(place):
    os.chown(place / "state/key", 0, 0)
    done = subprocess.run([GRANTD, "--check"], env=environment(place / "state"), text=True, capture_output=True)
    assert done.returncode == 74 and "key belongs to root, and the state directory to www-data" in done.stderr
    assert f"sudo chown -R www-data: {place / 'state'}" in done.stderr


@pytest.mark.parametrize("command", [["client", "add", "b"], ["client", "rotate", "web-app"], ["token", "purge"]])
def test_what_root_s_commands_make_belongs_to_the_state_s_owner(place, command):
    audit = place / "audit.jsonl"
    surroundings = environment(place / "state", GRANTD_AUDIT=str(audit))
    assert subprocess.run([GRANTCTL, *command], env=surroundings, capture_output=True).returncode in (0, 1)
    made = [*(place / "state").rglob("*"), *([audit] if audit.exists() else [])]
    assert {path.stat().st_uid for path in made} == {OWNER.pw_uid}


def test_a_state_of_another_user_keeps_grantd_from_starting_and_says_whose_it_is(place):
    place.chmod(0o777)
    done = run(OTHER, place / "state", GRANTD, "--listen", f"unix:{place}/socket", "--workers", "1")
    assert done.returncode == 74 and "state belongs to www-data:www-data" in done.stderr
    assert "sudo chown -R nobody:" in done.stderr


def test_a_socket_s_directory_that_may_not_be_written_to_is_named(place):
    done = run(OWNER, place / "state", GRANTD, "--listen", f"unix:{place}/socket", "--workers", "1")
    assert done.returncode == 74 and f"{place} belongs to root:root with mode 0711" in done.stderr


@pytest.mark.parametrize("setting", ["GRANTD_CONFIG", "GRANTD_STORE_PASSWORD_FILE"])
def test_a_file_of_root_s_is_named_and_sudo_offered(place, setting):
    file = place / "file"
    file.write_text("")
    file.chmod(0o600)
    settings = {"GRANTD_STORE": "redis://127.0.0.1:1"} if "STORE" in setting else {}
    done = run(OWNER, place / "state", GRANTCTL, "client", "list", **{setting: str(file)}, **settings)
    assert done.returncode == 64 and f"{file} belongs to root:root with mode 0600" in done.stderr
    assert "Run it with sudo: sudo env GRANTD_" in done.stderr and f"{setting}={file}" in done.stderr
    done = run(OWNER, place / "state", GRANTD, "--check", **{setting: str(file)}, **settings)
    assert 'sudo chgrp "$(id -gn www-data)"' in done.stderr


def test_an_audit_that_may_not_be_made_is_a_problem_of_the_check(place):
    settings = {"GRANTD_AUDIT": str(place / "audit.jsonl")}
    done = run(OWNER, place / "state", GRANTD, "--check", **settings)
    assert done.returncode == 74 and f"{place} belongs to root:root" in done.stderr
    done = run(OWNER, place / "state", GRANTCTL, "client", "enable", "web-app", **settings)
    assert done.returncode == 74 and "nothing was done" in done.stderr and "Run it with sudo" in done.stderr


def test_a_file_that_others_can_read_has_the_chmod(place):
    file = place / "state/clients/web-app.json"
    file.chmod(0o644)
    done = run(OWNER, place / "state", GRANTCTL, "client", "show", "web-app")
    assert f"chmod go= {file}" in done.stderr
    (place / "state/tokens").chmod(0o750)
    assert f"chmod go= {place / 'state/tokens'}" in run(OWNER, place / "state", GRANTCTL, "token", "stats").stderr


@pytest.mark.parametrize(
    "path, said",
    [("wrong/state", "there is no directory {}/wrong"), ("other", "other belongs to"), ("file", "is a file")],
)
def test_a_wrong_path_is_said_with_where_it_comes_from(place, path, said):
    (place / "file").touch()
    for command in ["list"], ["add", "a"]:
        done = run(OWNER, place / path, GRANTCTL, "client", *command)
        assert done.returncode == 74
        if path == "other" and command == ["list"]:
            said = "comes from GRANTD_STATE in the environment"
        assert said.format(place) in done.stderr or f"{place} belongs to root:root" in done.stderr
    done = run(OWNER, "", GRANTCTL, "client", "list", "--state", str(place / "wrong/state"), GRANTD_STATE="/")
    assert "comes from --state." in done.stderr


def test_a_disk_without_room_and_one_that_is_read_only_are_named():
    with directory("permissions") as path, small_disk("tmpfs", path / "state") as state:
        grantctl(state, "client", "add", "web-app")
        fill(state / "filling")
        done = grantctl(state, "client", "add", "b", check=False)
        assert done.returncode == 74 and f"df -h {state}" in done.stderr and "token purge" in done.stderr
        (state / "filling").unlink()
        subprocess.run(["mount", "-o", "remount,ro", state], check=True)
        done = grantctl(state, "client", "add", "b", check=False)
        assert done.returncode == 74 and "mounted read-only" in done.stderr and "remount,rw" in done.stderr
        assert grantctl(state, "client", "list").stdout.count("web-app") == 1
