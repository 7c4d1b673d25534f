"""grantctl apply, as a configuration manager runs it: what it changes, what it refuses, and what it leaves as it is."""

import contextlib
import json
import os
import signal
import subprocess

import pytest
from support.engines import single
from support.programs import GRANTCTL, environment

DIGESTS = ["sha256:" + digit * 64 for digit in "0123456789abcdef"]


class Declaring:
    """A directory of declared clients beside a state, and grantctl on both."""

    def __init__(self, path, **settings):
        self.directory, self.state, self.settings = path / "declared", path / "state", settings
        self.directory.mkdir()

    def declare(self, identifier, name=None, **members):
        """Writes a client's file; it has a secret unless `secrets` is None."""
        members.setdefault("secrets", [{"hash": DIGESTS[0]}])
        document = {"client_id": identifier} | {key: value for key, value in members.items() if value is not None}
        (self.directory / (name or f"{identifier}.json")).write_text(json.dumps(document))

    def run(self, *arguments, **settings):
        surroundings = environment(self.state, **self.settings, **settings)
        return subprocess.run([GRANTCTL, *arguments], env=surroundings, text=True, capture_output=True, timeout=60)

    def apply(self, *options, status=0):
        """Applies, and answers with what is said to programs."""
        done = self.run("apply", self.directory, "--json", *options)
        assert done.returncode == status and (status or not done.stderr), done.stdout + done.stderr
        return json.loads(done.stdout)

    def shown(self, identifier):
        return json.loads(self.run("client", "show", identifier, "--json").stdout)

    def ids(self):
        return [client["client_id"] for client in json.loads(self.run("client", "list", "--json").stdout)]

    def files(self):
        """The state's files of clients, as they are."""
        with contextlib.suppress(FileNotFoundError):
            return {file.name: (file.read_bytes(), file.stat().st_ino) for file in (self.state / "clients").iterdir()}


@pytest.fixture
def declaring(tmp_path):
    return Declaring(tmp_path)


def test_a_declared_client_is_made_and_a_second_run_changes_nothing(declaring):
    declaring.declare("billing", client_name="Billing", scope="orders.read", access_token_lifetime=600, owner="team a")
    first = declaring.apply()
    assert first["changed"] and [(c["client_id"], c["change"]) for c in first["clients"]] == [("billing", "created")]
    shown = declaring.shown("billing")
    assert (shown["client_name"], shown["scope"], shown["access_token_lifetime"]) == ("Billing", "orders.read", 600)
    assert len(shown["generation"]) == 16 and shown["secrets"][0]["created_at"]
    before = declaring.files()
    second = declaring.apply()
    assert (second["changed"], second["clients"], second["unchanged"]) == (False, [], 1)
    assert declaring.files() == before, "no file is written again"


def test_what_operators_change_stays_and_the_rest_becomes_as_declared(declaring):
    declaring.declare("a", secrets=None, client_name="A", scope="x")
    secret = declaring.apply("--generate-secrets")["clients"][0]["client_secret"]
    before = declaring.shown("a")
    for command in "rotate", "disable", "revoke-tokens":
        declaring.run("client", command, "a")
    file = declaring.state / "clients/a.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"owner": "team b", "not_before": 1700000000}))
    operated = declaring.shown("a")
    assert operated["secrets"] != before["secrets"] and len(secret) == 43
    declaring.declare("a", secrets=None, scope="x y")
    [change] = declaring.apply()["clients"]
    assert [d["member"] for d in change["differences"]] == ["client_name", "scope"]
    after = declaring.shown("a")
    assert after.pop("scope") == "x y" and "client_name" not in after
    assert after == {key: value for key, value in operated.items() if key not in ("scope", "client_name")}
    assert json.loads(file.read_text())["owner"] == "team b"


def test_a_client_that_stays_disabled_is_named(declaring):
    declaring.declare("a")
    declaring.apply()
    declaring.run("client", "disable", "a")
    done = declaring.run("apply", declaring.directory)
    assert (done.returncode, done.stdout) == (0, "Nothing to change; as declared: 1.\n")
    assert "disabled, and left so since their files do not name active: a" in done.stderr
    declaring.declare("a", active=True)
    assert declaring.apply()["changed"] and declaring.shown("a")["active"]


def test_declared_secrets_replace_those_that_there_are(declaring):
    declaring.declare("a", secrets=[{"hash": DIGESTS[1]}, {"hash": DIGESTS[2], "note": "of May"}])
    declaring.apply()
    first, second = declaring.shown("a")["secrets"]
    declaring.declare(
        "a",
        secrets=[{"hash": DIGESTS[2].upper().replace("SHA", "sha"), "expires_at": 4000000000}, {"hash": DIGESTS[3]}],
    )
    done = declaring.run("apply", declaring.directory)
    third = declaring.shown("a")["secrets"][1]["id"]
    expected = f"~ secrets: 1 added ({third}), 1 removed ({first['id']}), 1 changed ({second['id']})"
    assert expected in done.stdout, done.stdout + done.stderr
    kept = json.loads((declaring.state / "clients/a.json").read_text())["secrets"][0]
    assert (kept["created_at"], kept["note"]) == (pytest.approx(second["created_at"], abs=1), "of May")
    assert not declaring.apply()["changed"]


def test_a_new_client_without_secrets_is_refused_unless_one_is_to_be_generated(declaring):
    declaring.declare("a", secrets=None)
    refused = declaring.run("apply", declaring.directory)
    assert refused.returncode == 1 and "a.json: the client is new and its file has no secrets" in refused.stderr
    assert not declaring.ids()
    assert declaring.run("apply", declaring.directory, "--dry-run", "--generate-secrets").returncode == 2
    made = declaring.run("apply", declaring.directory, "--generate-secrets")
    [secret] = [line.split()[1] for line in made.stdout.splitlines() if "client_secret: " in line]
    assert len(secret) == 43 and "shown only once" in made.stderr
    again = declaring.apply("--generate-secrets")
    assert not again["changed"] and secret not in json.dumps(again)


def test_a_dry_run_says_member_by_member_what_would_change_and_changes_nothing(declaring):
    for identifier in "a", "b", "c":
        declaring.declare(identifier, scope="x", client_name="Name")
    declaring.apply()
    before = declaring.files()
    declaring.declare("b", scope="x y", introspect=True, software_id="s", secrets=[{"hash": DIGESTS[5]}])
    (declaring.directory / "c.json").unlink()
    declaring.declare("d", scope="z")
    done = declaring.run("apply", declaring.directory, "--dry-run", "--prune")
    assert done.returncode == 2 and done.stdout.splitlines()[:7] == [
        "- c", "~ b", '  - client_name: "Name"', '  - scope: "x"', '  + scope: "x y"', "  + introspect: true",
        done.stdout.splitlines()[6],
    ]  # fmt: skip
    assert done.stdout.endswith("Would be created: 1, changed: 1, removed: 1, unchanged: 1.\n"), done.stdout
    assert (
        "  ~ software_id\n" in done.stdout and "sha256:" not in done.stdout + done.stderr and "555" not in done.stdout
    )
    assert declaring.files() == before
    assert declaring.apply("--dry-run", "--prune", status=2)["changed"]
    declaring.apply("--prune")
    assert not declaring.apply("--dry-run", "--prune")["changed"] and declaring.ids() == ["a", "b", "d"]


def test_a_dry_run_on_a_new_machine_makes_no_state(declaring):
    declaring.declare("a")
    assert declaring.apply("--dry-run", status=2)["clients"][0]["change"] == "created"
    assert not declaring.state.exists()


def test_nothing_is_removed_without_prune(declaring):
    declaring.declare("a")
    declaring.run("client", "add", "other")
    done = declaring.run("apply", declaring.directory)
    assert done.returncode == 0 and "not declared, and left alone without --prune: other" in done.stderr
    assert declaring.apply()["undeclared"] == ["other"] and declaring.ids() == ["a", "other"]
    assert [c["change"] for c in declaring.apply("--prune")["clients"]] == ["removed"] and declaring.ids() == ["a"]


def test_an_empty_directory_does_not_remove_all_clients(declaring):
    declaring.run("client", "add", "a")
    done = declaring.run("apply", declaring.directory, "--prune")
    assert done.returncode == 1 and "--allow-empty" in done.stderr and declaring.ids() == ["a"]
    assert declaring.run("apply", declaring.directory, "--allow-empty").returncode == 64
    assert declaring.apply("--prune", "--allow-empty")["changed"] and not declaring.ids()


def test_all_faults_are_told_at_once_and_nothing_is_changed(declaring):
    declaring.declare("good")
    declaring.declare("a", name="b.json")
    declaring.declare("good", name="twin.json")
    declaring.declare("misspelt", actve=False)
    declaring.declare("wide", scope="a  b")
    declaring.declare("clear", client_secret="hunter2hunter2")
    declaring.declare("weak", secrets=[{"hash": "$1$abc$0123456789012345678901"}])
    declaring.declare("open")
    (declaring.directory / "open.json").chmod(0o666)
    (declaring.directory / "text.json").write_text("client_id: a")
    (declaring.directory / "twice.json").write_text('{"client_id":"twice","scope":"a","scope":"b"}')
    (declaring.directory / "long.json").write_text('{"client_id":"long","x":"' + "x" * 65536 + '"}')
    (declaring.directory / "link.json").symlink_to(declaring.directory / "good.json")
    (declaring.directory / "directory.json").mkdir()
    (declaring.directory / "billing.jsn").write_text("{}")
    (declaring.directory / ".gitkeep").touch()
    os.mkfifo(declaring.directory / "pipe.json")
    done = declaring.run("apply", declaring.directory, "--prune")
    told = dict(
        line.removeprefix("grantctl: ").split(": ", 1) for line in done.stderr.splitlines() if ": " in line[10:]
    )
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.endswith("grantctl: nothing was changed\n")
    assert told == {
        "b.json": "by its client_id its name has to be a.json",
        "twin.json": "its client_id is that of good.json, too",
        "misspelt.json": "its member actve is not known; active may be meant",
        "wide.json": "its scope is not words split by single spaces",
        "clear.json": "its member client_secret is not known; secrets may be meant",
        "weak.json": told["weak.json"],
        "open.json": "its mode 0666 lets every user write to it",
        "text.json": "it is not well-formed JSON: see line 1",
        "twice.json": "its member scope is repeated",
        "long.json": "it is longer than 65536 bytes",
        "link.json": "it is a symbolic link; the file itself has to be here",
        "directory.json": "it is a directory; only clients' files may be here",
        "billing.jsn": "its name does not end in .json; only clients' files may be here",
        "pipe.json": "it is not a regular file",
    }
    assert "MD5" in told["weak.json"] and "hunter2" not in done.stderr and not declaring.state.exists()
    faults = declaring.apply("--dry-run", status=1)["faults"]
    assert {fault["file"]: fault["reason"] for fault in faults} == told


def test_a_directory_that_is_not_there_is_told(declaring):
    done = declaring.run("apply", declaring.directory / "none")
    assert done.returncode == 1 and "none: the directory cannot be read: No such file or directory" in done.stderr


def test_a_client_that_cannot_be_used_is_not_overwritten(declaring):
    declaring.declare("a")
    declaring.apply()
    (declaring.state / "clients/a.json").write_text("{")
    done = declaring.run("apply", declaring.directory)
    assert (
        done.returncode == 1
        and "cannot be used: it is not well-formed JSON: see line 1; mend or remove it first" in done.stderr
    )
    (declaring.directory / "a.json").unlink()
    declaring.declare("b")
    assert declaring.apply("--prune")["changed"] and declaring.ids() == ["b"]


def test_each_change_is_in_the_audit(declaring):
    audit = declaring.state.parent / "audit.jsonl"
    declaring.settings["GRANTD_AUDIT"] = str(audit)
    declaring.declare("a", scope="x")
    declaring.declare("b")
    declaring.apply()
    declaring.declare("a", scope="x y", active=False, secrets=[{"hash": DIGESTS[7]}], generation="second")
    (declaring.directory / "b.json").unlink()
    declaring.apply("--prune")
    declaring.apply("--prune")
    declaring.declare("a", scope="x", active=False, secrets=[], generation="second", not_before=1700000000)
    declaring.apply()
    events = [(line["client"], line["change"]) for line in map(json.loads, audit.read_text().splitlines())]
    assert events[:3] == [("a", "add"), ("b", "add"), ("b", "remove")]
    assert sorted(events[3:6]) == [("a", "disable"), ("a", "other"), ("a", "rotate")]
    assert sorted(events[6:]) == [("a", "end_secret"), ("a", "restrict"), ("a", "revoke_tokens")]


def test_without_the_audit_a_client_is_removed_and_none_is_made(declaring):
    declaring.run("client", "add", "old")
    declaring.declare("new")
    declaring.settings["GRANTD_AUDIT"] = str(declaring.state.parent / "none/audit.jsonl")
    told = declaring.apply("--prune", status=74)
    assert (
        told["changed"] and told["failed_client"] == "old" and "it was done, and is not in the audit" in told["error"]
    )
    assert declaring.ids() == []
    told = declaring.apply("--prune", status=74)
    assert not told["changed"] and told["failed_client"] == "new" and "nothing was done" in told["error"]
    assert declaring.ids() == []


def test_what_was_done_before_a_failure_is_told_and_the_next_run_completes(declaring):
    for identifier in "a", "b", "c":
        declaring.declare(identifier)
    # Something is in the way of every file that is to be written; a removal writes none.
    declaring.run("client", "add", "z")
    (declaring.state / "clients/.publishing").mkdir()
    failed = declaring.run("apply", declaring.directory, "--prune")
    assert failed.returncode == 74 and "- z\n" in failed.stdout, failed.stdout + failed.stderr
    assert "client a: " in failed.stderr and "1 of 4 changes were made; run it again to make the rest" in failed.stderr
    told = declaring.apply(status=74)
    assert told["failed_client"] == "a" and told["changed"] is False and told["error"]
    (declaring.state / "clients/.publishing").rmdir()
    assert declaring.apply("--prune")["changed"] and declaring.ids() == ["a", "b", "c"]


def test_tokens_of_a_client_that_was_removed_stay_dead_when_it_is_declared_again(own, tmp_path):
    declaring = Declaring(tmp_path)
    declaring.state = own.state
    for members in {}, {"generation": "fixed"}:
        declaring.declare("a", secrets=None, **members)
        secret = declaring.apply("--generate-secrets")["clients"][0]["client_secret"]
        token = own.grant("a", secret).json()["access_token"]
        assert own.inspect(token)["active"]
        (declaring.directory / "a.json").unlink()
        declaring.apply("--prune", "--allow-empty")
        assert not own.inspect(token)["active"]
        declaring.declare("a", secrets=None, **members)
        secret = declaring.apply("--generate-secrets")["clients"][0]["client_secret"]
        assert not own.inspect(token)["active"]
        assert own.inspect(own.grant("a", secret).json()["access_token"])["active"]
        declaring.run("client", "remove", "a")


def test_runs_at_once_leave_every_client_whole(declaring, tmp_path):
    (tmp_path / "other").mkdir()
    other = Declaring(tmp_path / "other")
    other.state = declaring.state
    for number in range(12):
        declaring.declare(f"c{number}", scope="one", client_name="one")
        other.declare(f"c{number}", scope="two", client_name="two")
    command = [GRANTCTL, "apply", "--prune", "--json"]
    surroundings = environment(declaring.state)
    running = [
        subprocess.Popen([*command, directory], env=surroundings, stdout=subprocess.PIPE, text=True)
        for directory in [declaring.directory, other.directory] * 3
    ]
    assert [process.wait(60) for process in running] == [0] * 6
    created = sum(c["change"] == "created" for p in running for c in json.loads(p.stdout.read())["clients"])
    assert created == 12, "each client was made once"
    for number in range(12):
        shown = declaring.shown(f"c{number}")
        assert shown["scope"] == shown["client_name"] in ("one", "two")


@pytest.mark.parametrize("changed", [0, 1, 20], ids=lambda changed: f"after {changed} changes")
def test_a_run_that_is_killed_is_completed_by_the_next(declaring, changed):
    for number in range(40):
        declaring.declare(f"c{number}", scope="one")
    declaring.apply()
    for number in range(40):
        declaring.declare(f"c{number}", scope="two")

    def scopes():
        return [client["scope"] for client in json.loads(declaring.run("client", "list", "--json").stdout)]

    # A client's file takes its place by a rename; the signal comes when the next one is about to.
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat"]
        + ["-e", f"inject=renameat:signal=KILL:when={changed + 1}", GRANTCTL, "apply", declaring.directory],
        env=environment(declaring.state), capture_output=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")
    assert sorted(scopes()) == ["one"] * (40 - changed) + ["two"] * changed
    told = declaring.apply()
    assert len(told["clients"]) == 40 - changed and scopes() == ["two"] * 40


def test_an_engine_is_brought_into_the_declared_state_too(tmp_path):
    with single() as engine:
        declaring = Declaring(tmp_path, **engine.settings())
        assert declaring.run("store", "init").returncode == 0
        declaring.declare("a", scope="x")
        assert declaring.apply("--dry-run", status=2)["changed"] and declaring.ids() == []
        assert declaring.apply()["changed"] and not declaring.apply()["changed"]
        declaring.declare("a", scope="x y")
        declaring.declare("b")
        assert [c["change"] for c in declaring.apply()["clients"]] == ["changed", "created"]
        (declaring.directory / "b.json").unlink()
        assert [c["change"] for c in declaring.apply("--prune")["clients"]] == ["removed"]
        assert declaring.ids() == ["a"] and declaring.shown("a")["scope"] == "x y"
