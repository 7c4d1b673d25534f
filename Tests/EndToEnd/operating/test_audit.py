"""The audit: a line for everything that is granted, denied, revoked and administered, and no grant without one."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading

import pytest
import requests
from support.fastcgi import Worker
from support.programs import GRANTCTL, GRANTD, NGINX_USER, environment, grantctl, wait_until
from support.site import site
from support.states import LOCATIONS
from support.temporary import directory, running


class Audit:
    """The audit's file, in a directory of its own that grantd's user may write to."""

    def __init__(self, path):
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(path, NGINX_USER)
        self.directory, self.file = path, path / "audit.jsonl"
        self.settings = {"GRANTD_AUDIT": str(self.file)}

    def lines(self, name="audit.jsonl"):
        file = self.directory / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def events(self):
        """Each line without what differs from run to run."""
        varying = ("time", "address", "request", "uid", "token")
        return [{name: value for name, value in line.items() if name not in varying} for line in self.lines()]


@pytest.fixture
def audited():
    """A site with an audit, and the client `machine`."""
    with directory() as path:
        audit = Audit(path / "audit")
        with site(audit.settings, server=LOCATIONS) as made:
            made.audit = audit
            made.secret = made.add("machine", "--scope", "orders.read")
            yield made


def ctl(site, *arguments, stdin="", check=True):
    """Runs grantctl with the audit's setting."""
    surroundings = environment(site.state, **site.audit.settings)
    return subprocess.run(
        [GRANTCTL, *arguments], env=surroundings, input=stdin, text=True, capture_output=True, check=check
    )


def test_every_event_of_requests_is_a_line(audited):
    token = audited.grant("machine", audited.secret).json()["access_token"]
    assert audited.grant("machine", "wrong").status_code == 401
    assert audited.grant("nobody", "wrong").status_code == 401
    good = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{audited.url}/any", headers=good, timeout=10).status_code == 200
    assert requests.get(f"{audited.url}/write", headers=good, timeout=10).status_code == 403
    assert requests.get(f"{audited.url}/any", timeout=10).status_code == 401
    form = {"client_id": "machine", "client_secret": audited.secret, "token": token}
    assert requests.post(f"{audited.url}/oauth2/introspect", data=form, timeout=10).status_code == 200
    assert requests.post(f"{audited.url}/oauth2/revoke", data=form, timeout=10).status_code == 200

    def denial(endpoint, reason, **client):
        return {"event": "denial", "outcome": "refused", "endpoint": endpoint, "reason": reason} | client

    assert audited.audit.events() == [
        {"event": "issue", "outcome": "success", "client": "machine", "endpoint": "/token", "scope": "orders.read"},
        denial("/token", "wrong secret", client="machine"),
        denial("/token", "unknown client", client="nobody"),
        denial("/check", "the token lacks a scope that this needs", client="machine"),
        {"event": "revocation", "outcome": "success", "client": "machine", "endpoint": "/revoke"},
    ]
    lines = audited.audit.lines()
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"])
        assert line["address"] == "127.0.0.1" and re.fullmatch("[0-9a-f]{32}", line["request"])
    fingerprint = hashlib.sha256(token.encode()).hexdigest()[:16]
    assert lines[0]["token"] == lines[-1]["token"] == fingerprint
    text = audited.audit.file.read_text()
    assert token not in text and audited.secret not in text and "wrong" in text
    assert audited.audit.file.stat().st_mode & 0o7777 == 0o600


def test_what_grantctl_changes_is_a_line(audited):
    token = audited.grant("machine", audited.secret).json()["access_token"]
    ctl(audited, "token", "revoke", stdin=token)
    ctl(audited, "token", "revoke", stdin=token, check=False)
    secrets = [json.loads(ctl(audited, "client", "add", "other", "--json").stdout)["client_secret"]]
    secrets.append(json.loads(ctl(audited, "client", "rotate", "other", "--json").stdout)["client_secret"])
    for command in ("disable", "enable", "revoke-tokens", "remove"):
        ctl(audited, "client", command, "other")
    for command in (["show", "machine"], ["list"], ["rotate", "other"]):
        ctl(audited, "client", *command, check=False)
    ctl(audited, "client", "import", "--htpasswd", stdin="old:$2y$05$" + "a" * 21 + "u" + "a" * 31)
    events = audited.audit.events()[1:]
    assert events[0] == {"event": "revocation", "outcome": "success", "client": "machine", "endpoint": "grantctl"}
    expected = [("add", "other"), ("rotate", "other"), ("disable", "other"), ("enable", "other")]
    expected += [("revoke_tokens", "other"), ("remove", "other"), ("import", "old")]
    assert events[1:] == [
        {"event": "client_change", "change": change, "outcome": "success", "client": client, "endpoint": "grantctl"}
        for change, client in expected
    ]
    assert {line["uid"] for line in audited.audit.lines()[1:]} == {os.geteuid()}
    assert not [secret for secret in secrets + [token] if secret in audited.audit.file.read_text()]


def test_a_file_that_root_began_is_written_by_the_workers(audited):
    ctl(audited, "client", "disable", "machine")
    ctl(audited, "client", "enable", "machine")
    assert audited.grant("machine", audited.secret).status_code == 200
    assert len(audited.audit.lines()) == 3


def test_a_file_that_was_renamed_or_truncated_needs_no_signal(audited):
    def grant():
        assert audited.grant("machine", audited.secret).status_code == 200

    for _ in range(4):
        grant()
    audited.audit.file.rename(audited.audit.directory / "audit.jsonl.1")
    for _ in range(4):
        grant()
    assert len(audited.audit.lines("audit.jsonl.1")) == 4 and len(audited.audit.lines()) == 4
    os.truncate(audited.audit.file, 0)
    for _ in range(4):
        grant()
    assert len(audited.audit.lines()) == 4


def test_a_torn_last_line_does_not_harm_the_next(audited):
    audited.grant("machine", audited.secret)
    os.truncate(audited.audit.file, audited.audit.file.stat().st_size - 20)
    audited.grant("machine", audited.secret)
    torn, whole = audited.audit.file.read_text().splitlines()
    assert json.loads(whole)["event"] == "issue" and torn.startswith('{"time":"') and not torn.endswith("}")


@contextlib.contextmanager
def small_disk(path):
    """A file system of 64 KiB, mounted at a path."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0777", "grantd-test", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def fill(path):
    """Takes all the room that there is, by a file."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system takes root")
def test_on_a_full_disk_nothing_is_granted_and_checks_go_on():
    with directory() as path:
        audit = Audit(path / "audit")
        # It is there before the workers are: they are confined to what they know.
        with small_disk(audit.directory), site(audit.settings, server=LOCATIONS) as made:
            made.audit = audit
            secret = made.add("machine")
            token = made.grant("machine", secret).json()["access_token"]
            good, bad = {"Authorization": f"Bearer {token}"}, {"Authorization": "Bearer none"}
            fill(audit.directory / "filler")
            # What is left of the last page takes some lines yet.
            while made.grant("machine", secret).status_code == 200:
                pass
            for tried in (secret, "wrong"):
                answer = made.grant("machine", tried)
                assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
                assert answer.elapsed.total_seconds() >= 0.1, "a right secret is not told from a wrong one"
            assert requests.get(f"{made.url}/any", headers=good, timeout=10).status_code == 200
            assert requests.get(f"{made.url}/any", headers=bad, timeout=10).status_code == 401
            refused = ctl(made, "client", "add", "other", check=False)
            assert refused.returncode == 74 and "nothing was done: the audit" in refused.stderr
            assert not (made.state / "clients/other.json").exists()
            form = {"client_id": "machine", "client_secret": secret, "token": token}
            assert requests.post(f"{made.url}/oauth2/revoke", data=form, timeout=10).status_code == 503
            assert requests.get(f"{made.url}/any", headers=good, timeout=10).status_code == 401, "it is revoked"
            (audit.directory / "filler").unlink()
            assert made.grant("machine", secret).status_code == 200, "there is room again"
            log = made.pool.log.read_text()
            assert "cannot be written" in log and "No space left on device" in log
            assert secret not in log and token not in log


def test_what_cannot_be_written_is_told_by_check_and_health(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    grantctl(state, "client", "add", "a")
    audit = tmp_path / "missing" / "audit.jsonl"
    checked = subprocess.run(
        [GRANTD, "--check"], env=environment(state, GRANTD_AUDIT=str(audit)), capture_output=True, text=True
    )
    assert checked.returncode == 74 and f"the audit {audit} cannot be written" in checked.stderr
    with running(Worker(tmp_path, state, GRANTD_AUDIT=str(audit))) as worker:
        health = worker.ask({"REQUEST_METHOD": "GET", "PATH_INFO": "/health"})
        assert health.status == 503 and "the audit cannot be written" in health.text


def test_a_killed_worker_leaves_whole_lines_of_all_that_was_answered(tmp_path):
    """Each token that a client was told has its line, however its worker ended."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    audit = Audit(tmp_path / "audit")
    if os.geteuid() == 0:
        shutil.chown(audit.directory, 0)
    surroundings = environment(state, **audit.settings)
    made = subprocess.run([GRANTCTL, "client", "add", "a", "--json"], env=surroundings, capture_output=True, check=True)
    form = {"client_id": "a", "client_secret": json.loads(made.stdout)["client_secret"]}
    form["grant_type"] = "client_credentials"
    told = []

    def ask_until_it_is_gone(worker):
        with contextlib.suppress(OSError, AssertionError):
            while True:
                told.append(json.loads(worker.post("/token", form).text)["access_token"])

    for number in range(5):
        worker = Worker(tmp_path, state, f"worker{number}", **audit.settings)
        worker.start()
        asking, before = threading.Thread(target=ask_until_it_is_gone, args=[worker]), len(told)
        asking.start()
        wait_until(lambda: len(told) >= before + 5, "five tokens")
        worker.kill()
        asking.join()
    lines = {line.get("token") for line in audit.lines()}
    assert len(told) >= 25 and {hashlib.sha256(token.encode()).hexdigest()[:16] for token in told} <= lines


@pytest.mark.parametrize("command", ["disable", "revoke-tokens", "remove"])
def test_what_keeps_a_client_out_does_not_wait_for_the_audit(audited, command):
    secret = audited.add("shut out")
    token = audited.grant("shut out", secret).json()["access_token"]
    with audited.audit.file.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        surroundings = environment(audited.state, **audited.audit.settings)
        waiting = subprocess.Popen(
            [GRANTCTL, "client", command, "shut out"], env=surroundings, stdout=subprocess.DEVNULL
        )
        wait_until(lambda: not audited.inspect(token)["active"], "the token to end")
        assert waiting.poll() is None
    assert waiting.wait(10) == 0
    assert audited.audit.lines()[-1]["change"] == command.replace("-", "_")


@pytest.mark.parametrize("place", ["/audit.jsonl", "//audit.jsonl", "/./audit.jsonl"])
def test_an_audit_in_the_root_directory_is_refused(tmp_path, place):
    state = tmp_path / "state"
    grantctl(state, "client", "add", "a")
    checked = subprocess.run(
        [GRANTD, "--check"], env=environment(state, GRANTD_AUDIT=place), capture_output=True, text=True
    )
    assert checked.returncode == 64 and "GRANTD_AUDIT" in checked.stderr and "directory of its own" in checked.stderr
    assert not os.path.exists(place)


def test_an_audit_with_another_name_or_owner_is_refused(tmp_path):
    state, audit = tmp_path / "state", tmp_path / "log" / "audit.jsonl"
    audit.parent.mkdir()
    grantctl(state, "client", "add", "a")

    def checked():
        settings = environment(state, GRANTD_AUDIT=str(audit))
        return subprocess.run([GRANTD, "--check"], env=settings, capture_output=True, text=True)

    assert checked().returncode == 0 and not audit.exists()
    audit.touch(mode=0o600)
    os.link(audit, tmp_path / "other")
    assert "it has 2 names" in checked().stderr
    (tmp_path / "other").unlink()
    assert checked().returncode == 0
    if os.geteuid() == 0:
        shutil.chown(audit, NGINX_USER)
        assert "it belongs to user" in checked().stderr


def test_nothing_in_a_line_turns_or_hides_what_is_read(audited):
    audited.grant("\u202egnissap\u2066\u00ad\u200b", "wrong")
    text = audited.audit.file.read_text()
    assert "\\u202egnissap\\u2066\\u00ad\\u200b" in text and "\u202e" not in text
