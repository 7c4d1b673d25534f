"""Backup and restore, by the lines of grantd-backup(7) word for word."""

import contextlib
import json
import os
import re
import subprocess

import pytest
import requests
from support.engines import single
from support.machines import Machine
from support.nginx import Nginx
from support.pool import Pool
from support.programs import BUILT, GRANTD, ROOT, environment, grantctl
from support.site import Site
from support.temporary import directory, running

PAGE = (ROOT / "deploy/man/grantd-backup.7").read_text()
BACKUP = "BACKING UP"
STOPPING = [f"systemctl {verb} grantd.socket grantd.service" for verb in ("stop", "disable --now")]


def blocks(section):
    """The blocks of commands in a section of the page."""
    [text] = re.findall(rf"(?ms)^\.SH {section}$(.*?)(?=^\.SH|\Z)", PAGE)
    return re.findall(r"(?ms)^\.nf\n(.*?)^\.fi$", text)


class Kept:
    """A machine with its state, settings and backups in directories of its own."""

    def __init__(self, path):
        self.path = path
        for name in ("lib", "etc", "log", "backups", "run", "root"):
            (path / name).mkdir(parents=True, mode=0o711)
        (path / "etc/grantd.conf").write_text("GRANTD_FAILURE_LIMIT=0\n")
        self.state = path / "lib/grantd"
        self.state.mkdir(mode=0o700)
        self.settings = {"GRANTD_AUDIT": str(path / "log/audit.jsonl")}
        self.pool = Pool(path / "run", GRANTD, self.state, **self.settings)

    def run(self, lines, check=True):
        """Runs lines as they stand, with these directories; systemctl stops and starts the workers."""
        places = {
            "/var/lib/grantd": self.state, "/var/lib": self.path / "lib", "/etc/grantd": self.path / "etc",
            "/var/log/grantd": self.path / "log", "/var/backups": self.path / "backups", "/root": self.path / "root",
        }  # fmt: skip
        said, pending = "", []
        for line in [*lines.splitlines(), "systemctl"]:
            if not line.startswith("systemctl"):
                pending.append(re.sub("|".join(places), lambda found: str(places[found[0]]), line))
                continue
            done = subprocess.run(
                ["sh", "-ec", "\n".join(pending)],
                env=environment(self.state, PATH=f"{BUILT}:{os.environ['PATH']}", **self.settings),
                stdin=subprocess.DEVNULL,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=60,
            )
            assert done.returncode == 0 or not check, (pending, done.stdout)
            said += done.stdout
            pending = []
            if line in STOPPING and self.pool.pids:
                self.stop()
            elif line == "systemctl start grantd.socket grantd.service":
                self.start()
            else:
                assert line in ("systemctl", *STOPPING)
        return said

    def start(self):
        self.pool.start()

    def stop(self):
        self.pool.stop()
        self.pool.pids = []


@contextlib.contextmanager
def machine():
    """A site on such a machine."""
    with directory() as path:
        kept = Kept(path / "machine")
        with running(Nginx(path, kept.pool.socket)) as nginx:
            made = Site(kept.state, kept.pool, nginx)
            made.kept, made.run = kept, kept.run
            kept.start()
            try:
                yield made
            finally:
                if kept.pool.pids:
                    kept.stop()


def granted(made, identifier, secret):
    answer = made.grant(identifier, secret)
    return answer.json()["access_token"] if answer.status_code == 200 else None


def passes(made, token):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{made.url}/oauth2/check", headers=headers, timeout=10).status_code == 204


def test_a_restore_brings_the_clients_back_and_no_token():
    with machine() as made:
        first, second = made.add("first", "--scope", "read"), made.add("second")
        revoked, kept = granted(made, "first", first), granted(made, "first", first)
        [lines] = blocks(BACKUP)
        made.run(lines)
        backups = made.kept.path / "backups/grantd"
        assert sorted(path.name for path in backups.iterdir()) == ["clients.jsonl", "etc"]
        assert [path.stat().st_mode & 0o077 for path in (backups, backups / "clients.jsonl")] == [0, 0]

        grantctl(made.state, "token", "revoke", stdin=revoked)
        later, after = made.add("later"), granted(made, "first", first)
        grantctl(made.state, "client", "disable", "second")
        changed = json.loads(grantctl(made.state, "client", "rotate", "first", "--json").stdout)["client_secret"]
        assert passes(made, kept) and passes(made, after) and not granted(made, "first", first)

        restore, _ = blocks("RESTORING")
        made.run(restore)
        assert not any(passes(made, token) for token in (revoked, kept, after))
        assert passes(made, granted(made, "first", first)) and made.grant("first", first).json()["scope"] == "read"
        # What the page says comes back, and goes.
        assert (
            granted(made, "second", second)
            and not granted(made, "first", changed)
            and not granted(made, "later", later)
        )
        assert not passes(made, revoked)
        found = [path for path in made.state.rglob("*") if path.stat().st_mode & 0o077]
        assert found == [] and made.state.stat().st_uid == (made.state / "clients/first.json").stat().st_uid


def test_the_audit_names_what_was_changed_since():
    with machine() as made:
        made.add("first")
        made.run("grantctl client disable first")
        [lines, _] = blocks("WHAT A RESTORE BRINGS BACK")
        assert '"change":"disable"' in made.run(lines)


def test_a_missing_client_is_brought_back_beside_the_tokens():
    with machine() as made:
        first, second = made.add("first"), made.add("second")
        made.run(blocks(BACKUP)[0])
        token = granted(made, "first", first)
        grantctl(made.state, "client", "remove", "second")
        _, one = blocks("RESTORING")
        made.run(one)
        assert passes(made, token) and granted(made, "second", second)


def test_a_lost_key_ends_all_tokens_and_nothing_else():
    with machine() as made:
        first = made.add("first")
        token = granted(made, "first", first)
        made.run("systemctl stop grantd.socket grantd.service\nrm /var/lib/grantd/key\n")
        made.run("systemctl start grantd.socket grantd.service")
        assert not passes(made, token) and passes(made, granted(made, "first", first))


def test_restored_tokens_would_undo_a_revocation():
    with machine() as made:
        token = granted(made, "first", made.add("first"))
        made.run("systemctl stop grantd.socket grantd.service\ncp -a /var/lib/grantd /var/backups/grantd")
        made.run("systemctl start grantd.socket grantd.service\n")
        grantctl(made.state, "token", "revoke", stdin=token)
        assert not passes(made, token)
        made.run(
            "systemctl stop grantd.socket grantd.service\nrm -rf /var/lib/grantd\n"
            "cp -a /var/backups/grantd /var/lib/grantd\nsystemctl start grantd.socket grantd.service"
        )
        assert passes(made, token)


def test_a_client_that_is_set_back_beside_its_tokens_wants_them_ended():
    with machine() as made:
        token = granted(made, "first", made.add("first"))
        made.run(blocks(BACKUP)[0])
        grantctl(made.state, "client", "revoke-tokens", "first")
        assert not passes(made, token)
        made.run("grantctl store import --replace < /var/backups/grantd/clients.jsonl")
        assert passes(made, token)
        [_, lines] = blocks("WHAT A RESTORE BRINGS BACK")
        made.run(lines.replace("CLIENT", "first"))
        assert not passes(made, token)


def test_a_client_that_cannot_be_used_ends_the_backup_and_the_last_one_stays():
    with machine() as made:
        made.add("first")
        made.run(blocks(BACKUP)[0])
        before = (made.kept.path / "backups/grantd/clients.jsonl").read_bytes()
        made.add("second")
        (made.state / "clients/second.json").write_text('{"client_id": "second", }')
        assert "second.json cannot be used: it is not well-formed JSON" in made.run(blocks(BACKUP)[0])
        assert (made.kept.path / "backups/grantd/clients.jsonl").read_bytes() == before


def test_a_backup_that_is_made_while_clients_change_is_whole():
    with machine() as made:
        for number in range(3):
            made.add(f"client-{number}")
        changing = "for n in 1 2 3 4 5 6 7 8; do grantctl client rotate client-$((n % 3)); done >/dev/null"
        made.run(f"({changing}) &\n{blocks(BACKUP)[0]}wait")
        lines = (made.kept.path / "backups/grantd/clients.jsonl").read_text().splitlines()
        assert [json.loads(line)["client"]["client_id"] for line in lines] == [f"client-{n}" for n in range(3)]


def test_a_move_keeps_tokens_and_revocations():
    with machine() as here, machine() as there:
        secret = here.add("first")
        token, revoked = granted(here, "first", secret), granted(here, "first", secret)
        grantctl(here.state, "token", "revoke", stdin=revoked)
        pack, unpack = blocks("MOVING TO ANOTHER MACHINE")
        here.run(pack)
        archive = "root/grantd-state.tar.gz"
        (there.kept.path / archive).write_bytes((here.kept.path / archive).read_bytes())
        there.run(unpack)
        assert passes(there, token) and not passes(there, revoked) and granted(there, "first", secret)
        assert not (there.kept.path / archive).exists()


@pytest.mark.parametrize(
    "share", [None, 0, 0.3, 0.7, 0.95], ids=lambda share: "missing" if share is None else f"{share}"
)
def test_what_cannot_be_read_is_not_restored_over_the_state(share):
    restore, (pack, unpack) = blocks("RESTORING")[0], blocks("MOVING TO ANOTHER MACHINE")
    with machine() as made:
        secret, _ = made.add("first"), made.add("second")
        token = granted(made, "first", secret)
        made.run(blocks(BACKUP)[0])
        made.run(pack)
        made.kept.start()
        for lines, file in (restore, "backups/grantd/clients.jsonl"), (unpack, "root/grantd-state.tar.gz"):
            whole = (made.kept.path / file).read_bytes()
            if share is None:
                (made.kept.path / file).unlink()
            else:
                (made.kept.path / file).write_bytes(whole[: int(len(whole) * share)])
            made.run(lines, check=False)
            assert passes(made, token) and granted(made, "first", secret)
            assert [line for line in audited(made) if line["event"] == "client_change"] == []


def audited(made):
    return [json.loads(line) for line in (made.kept.path / "log/audit.jsonl").read_text().splitlines()]


def test_an_engine_that_was_lost_gets_its_clients_back():
    lost, set_back = blocks("WITH AN ENGINE")
    with directory() as path:
        with single() as engine:
            before = Machine(path / "before", engine.settings())
            before.grantctl("store", "init")
            credentials = before.register("first")
            (path / "clients.jsonl").write_text(before.grantctl("store", "export", "--clients-only").stdout)
        with single() as engine:
            after = Machine(path / "after", engine.settings())
            init, restore = lost.splitlines()
            assert init.split()[0] == "grantctl" and restore.startswith("grantctl store import < ")
            after.grantctl(*init.split()[1:])
            after.grantctl("store", "import", stdin=(path / "clients.jsonl").read_text())
            with running(after), after.caller() as caller:
                token = caller.token(credentials)
                assert caller.check(token) == 204
                after.grantctl(*set_back.split()[1:])
                assert caller.check(token) == 401
                assert caller.check(caller.token(credentials)) == 204
