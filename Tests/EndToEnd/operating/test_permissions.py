"""What is said, and which remedy, if a user may not use the site's files, or they lie where they cannot be used."""

import json
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


def told(done, place):
    """The lines on standard error after the first, which has the failure itself: each without the program's name."""
    _, *lines = done.stderr.replace(str(place), "DIR").replace(str(GRANTCTL), "GRANTCTL").splitlines()
    return [line.split(": ", 1)[1] for line in lines]


# Commands, and their status when the owner runs them: no worker has watched the clock, and none counts.
COMMANDS = [
    (["client", "list"], 0), (["client", "add", "b"], 0), (["client", "rotate", "web-app"], 0), (["token", "stats"], 0),
    (["token", "purge"], 1), (["status"], 1), (["store", "export"], 0),
]  # fmt: skip


@pytest.mark.parametrize("command, status", COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_another_user_is_told_the_owner_and_a_line_that_works(place, command, status):
    done = run(OTHER, place / "state", GRANTCTL, *command)
    assert (done.returncode, done.stdout) == (74, "")
    as_owner = "sudo -u www-data env GRANTD_CONFIG=/dev/null GRANTD_STATE=DIR/state GRANTCTL"
    assert told(done, place) == [
        "DIR/state belongs to www-data:www-data with mode 0700, and grantctl runs as nobody",
        f"Run it with sudo, or as the user www-data: {' '.join([as_owner, *command])}",
    ]
    # What sudo would run, run as that user and with an empty environment, does the work.
    words = shlex.split(done.stderr.splitlines()[-1].split("www-data: ", 1)[1])
    done = subprocess.run(words[3:], env={"PATH": os.environ["PATH"]}, user=OWNER.pw_uid, group=OWNER.pw_gid,
                          extra_groups=[], text=True, capture_output=True)  # fmt: skip
    assert done.returncode == status and "Permission denied" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "part, mode, list_status", [("clients/web-app.json", "0600", 0), ("key", "0600", 74), ("clients", "0700", 74), ("tokens", "0700", 74)]
)  # fmt: skip
def test_what_root_made_by_mistake_is_given_back_to_the_owner(place, part, mode, list_status):
    state = place / "state"
    os.chown(state / part, 0, 0)
    # A single client that cannot be used is refused alone, and the list has the others.
    show_status = 1 if list_status == 0 else 74
    for program, *arguments, status in [
        (GRANTCTL, "client", "show", "web-app", show_status), (GRANTCTL, "client", "list", list_status), (GRANTD, "--check", 74),
    ]:  # fmt: skip
        done = run(OWNER, state, program, *arguments)
        assert done.returncode == status
        assert [line.split(": ", 1)[1] for line in done.stderr.splitlines()[-2:]] == [
            f"{state / part} belongs to root:root with mode {mode}, and {program.name} runs as www-data",
            f"Give the state back to its owner: sudo chown -R www-data: {state}",
        ]
    subprocess.run(shlex.split(done.stderr.rstrip().split("sudo ")[1]), check=True)
    assert run(OWNER, state, GRANTCTL, "client", "show", "web-app").returncode == 0


def test_root_s_check_finds_what_the_service_could_not_use(place):
    os.chown(place / "state/key", 0, 0)
    done = subprocess.run([GRANTD, "--check"], env=environment(place / "state"), text=True, capture_output=True)
    assert done.returncode == 74
    assert done.stderr.replace(str(place), "DIR") == (
        "grantd: DIR/state/key belongs to root, and the state directory to www-data: sudo chown -R www-data: DIR/state\n"
    )


@pytest.mark.parametrize(
    "command, status", [(["client", "add", "b"], 0), (["client", "rotate", "web-app"], 0), (["token", "purge"], 1)]
)
def test_what_root_s_commands_make_belongs_to_the_state_s_owner(place, command, status):
    audit = place / "audit.jsonl"
    surroundings = environment(place / "state", GRANTD_AUDIT=str(audit))
    assert subprocess.run([GRANTCTL, *command], env=surroundings, capture_output=True).returncode == status
    assert audit.exists() == (command[0] == "client")
    made = [*(place / "state").rglob("*"), *([audit] if audit.exists() else [])]
    assert {path.stat().st_uid for path in made} == {OWNER.pw_uid}


def test_a_state_of_another_user_keeps_grantd_from_starting_and_says_whose_it_is(place):
    place.chmod(0o777)
    done = run(OTHER, place / "state", GRANTD, "--listen", f"unix:{place}/socket", "--workers", "1")
    assert done.returncode == 74
    assert done.stderr.replace(str(place), "DIR").splitlines()[-2:] == [
        "grantd: DIR/state belongs to www-data:www-data with mode 0700, and grantd runs as nobody",
        "grantd: If grantd is to run as nobody, give it the state: sudo chown -R nobody: DIR/state; if not, run it as www-data",
    ]


A_DIRECTORY_OF_ITS_OWN = (
    "Let www-data write there, or name a directory of its own: sudo install -d -m 700 -o www-data DIR/grantd"
)


def test_a_socket_s_directory_that_may_not_be_written_to_is_named(place):
    done = run(OWNER, place / "state", GRANTD, "--listen", f"unix:{place}/socket", "--workers", "1")
    assert done.returncode == 74
    assert told(done, place) == [
        "DIR belongs to root:root with mode 0711, and grantd runs as www-data",
        A_DIRECTORY_OF_ITS_OWN,
    ]


@pytest.mark.parametrize("setting, check_status", [("GRANTD_CONFIG", 64), ("GRANTD_STORE_PASSWORD_FILE", 74)])
def test_a_file_of_root_s_is_named_and_sudo_offered(place, setting, check_status):
    file = place / "file"
    file.write_text("")
    file.chmod(0o600)
    settings = {"GRANTD_STATE": "DIR/state"} | (
        {"GRANTD_CONFIG": "/dev/null", "GRANTD_STORE": "redis://127.0.0.1:1"} if "STORE" in setting else {}
    )
    given = {name: value.replace("DIR", str(place)) for name, value in settings.items()} | {setting: str(file)}
    done = run(OWNER, place / "state", GRANTCTL, "client", "list", **given)
    words = " ".join(f"{name}={value}" for name, value in order(settings | {setting: "DIR/file"}))
    assert (done.returncode, done.stdout) == (64, "")
    assert told(done, place) == [
        "DIR/file belongs to root:root with mode 0600, and grantctl runs as www-data",
        f"Run it with sudo: sudo env {words} GRANTCTL client list",
    ]
    done = run(OWNER, place / "state", GRANTD, "--check", **given)
    assert done.returncode == check_status
    assert told(done, place) == [
        "DIR/file belongs to root:root with mode 0600, and grantd runs as www-data",
        'Let the group of www-data read it: sudo chgrp "$(id -gn www-data)" DIR/file && sudo chmod g+r DIR/file',
    ]


def order(settings):
    """The settings in the order in which a line for sudo has them."""
    names = ["GRANTD_AUDIT", "GRANTD_CONFIG", "GRANTD_STATE", "GRANTD_STORE", "GRANTD_STORE_PASSWORD_FILE"]
    return sorted(settings.items(), key=lambda item: names.index(item[0]))


def test_an_audit_that_may_not_be_made_is_a_problem_of_the_check(place):
    settings = {"GRANTD_AUDIT": str(place / "audit.jsonl")}
    done = run(OWNER, place / "state", GRANTD, "--check", **settings)
    assert done.returncode == 74
    assert told(done, place) == [
        "DIR belongs to root:root with mode 0711, and grantd runs as www-data",
        A_DIRECTORY_OF_ITS_OWN,
    ]
    done = run(OWNER, place / "state", GRANTCTL, "client", "enable", "web-app", **settings)
    assert done.returncode == 74 and done.stderr.startswith("grantctl: nothing was done: the audit ")
    surroundings = "GRANTD_AUDIT=DIR/audit.jsonl GRANTD_CONFIG=/dev/null GRANTD_STATE=DIR/state"
    assert told(done, place) == [
        "DIR belongs to root:root with mode 0711, and grantctl runs as www-data",
        f"Run it with sudo: sudo env {surroundings} GRANTCTL client enable web-app",
    ]


def test_a_file_that_others_can_read_has_the_chmod(place):
    file = place / "state/clients/web-app.json"
    file.chmod(0o644)
    done = run(OWNER, place / "state", GRANTCTL, "client", "show", "web-app")
    assert done.returncode == 1
    assert told(done, place) == [
        "DIR/state/clients/web-app.json has mode 0644",
        "Let only its owner use it: chmod go= DIR/state/clients/web-app.json",
    ]
    file.chmod(0o600)
    (place / "state/tokens").chmod(0o750)
    done = run(OWNER, place / "state", GRANTCTL, "token", "stats")
    assert done.returncode == 74
    assert done.stderr.replace(str(place), "DIR").splitlines()[0] == (
        "grantctl: DIR/state/tokens has mode 0750: others than its owner may use it; chmod go= DIR/state/tokens"
    )


SUDO = "Run it with sudo: sudo env GRANTD_CONFIG=/dev/null GRANTD_STATE=DIR/other GRANTCTL client"
NO_DIRECTORY = ["there is no directory DIR/wrong", "Correct the path, or make the directory: sudo mkdir -p DIR/wrong"]


@pytest.mark.parametrize(
    "path, said",
    [
        ("wrong/state", [*NO_DIRECTORY, "The path DIR/wrong/state comes from GRANTD_STATE in the environment."]),
        ("other", ["DIR belongs to root:root with mode 0711, and grantctl runs as www-data", f"{SUDO} COMMAND"]),
        ("file", ["DIR/file is a file, and a directory is needed", "Correct the path."]),
    ],
    ids=["no directory", "not allowed", "a file"],
)
def test_a_wrong_path_is_said_with_what_to_do(place, path, said):
    (place / "file").touch()
    for command in ["list"], ["add", "a"]:
        done = run(OWNER, place / path, GRANTCTL, "client", *command)
        assert done.returncode == 74
        assert told(done, place) == [line.replace("COMMAND", " ".join(command)) for line in said]


def test_a_wrong_path_of_an_option_is_said_to_come_from_it(place):
    done = run(OWNER, "", GRANTCTL, "client", "list", "--state", str(place / "wrong/state"), GRANTD_STATE="/")
    assert done.returncode == 74
    assert told(done, place) == [*NO_DIRECTORY, "The path DIR/wrong/state comes from --state."]


def test_a_disk_without_room_and_one_that_is_read_only_are_named():
    with directory("permissions") as path, small_disk("tmpfs", path / "state") as state:
        grantctl(state, "client", "add", "web-app")
        fill(state / "filling")
        done = grantctl(state, "client", "add", "b", check=False)
        assert done.returncode == 74
        assert told(done, path) == [
            "the file system of DIR/state has no room left",
            "Make room on it: df -h DIR/state; grantctl token purge deletes expired tokens.",
        ]
        (state / "filling").unlink()
        subprocess.run(["mount", "-o", "remount,ro", state], check=True)
        done = grantctl(state, "client", "add", "b", check=False)
        assert done.returncode == 74
        assert told(done, path) == [
            "DIR/state is on a file system that is mounted read-only",
            'Mount it for writing: sudo mount -o remount,rw "$(findmnt -no TARGET -T DIR/state)"',
        ]
        listed = grantctl(state, "client", "list", "--json").stdout
        assert [client["client_id"] for client in json.loads(listed)] == ["web-app"]
