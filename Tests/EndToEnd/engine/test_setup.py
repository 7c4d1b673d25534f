"""What is set up wrongly is said in one clear sentence: by a start, by --check, and by grantctl store status."""

import os
import re
import subprocess
import time

import pytest
from support import engines
from support.clock import LIBRARY, shifted
from support.machines import Machine
from support.programs import GRANTD, cgi_request, environment, wait_until
from support.temporary import directory, running

PASSWORD = "a-password-of-the-engine"


@pytest.fixture
def path():
    with directory() as path:
        yield path


def password_file(path, text=PASSWORD, mode=0o600):
    file = path / "password"
    file.write_text(f"{text}\n")
    file.chmod(mode)
    return str(file)


def set_up(engine, path, **settings):
    """A machine on an engine that is set up."""
    machine = Machine(path / "machine", engine.settings() | settings)
    machine.grantctl("store", "init")
    return machine


def refused(machine, sentence):
    """Makes sure that a start, --check and `store status` refuse with this sentence, which each says once."""
    surroundings = {"env": machine._environment, "text": True, "capture_output": True, "timeout": 60}
    start = subprocess.run(machine.command, **surroundings)
    check = subprocess.run([GRANTD, "--check"], **surroundings)
    status = machine.grantctl("store", "status", check=False)
    for done in (start, check, status):
        text = done.stdout + done.stderr
        assert done.returncode in (1, os.EX_IOERR), done.args
        assert PASSWORD not in text
        # The log of a start has it as well.
        lines = text.splitlines()[-1:] if done is start else text.splitlines()
        assert [sentence in line for line in lines].count(True) == 1, text


def test_a_wrong_password(path):
    with engines.single(requirepass=PASSWORD) as engine:
        wrong = password_file(path, "not-the-password")
        refused(
            Machine(path / "machine", engine.settings(GRANTD_STORE_PASSWORD_FILE=wrong)),
            f"127.0.0.1:{engine.members[0].port} refuses the user or the password",
        )


def test_no_password_where_one_is_wanted(path):
    with engines.single(requirepass=PASSWORD) as engine:
        refused(Machine(path / "machine", engine.settings()), "refuses the user or the password")


def test_a_password_where_none_is_wanted(path):
    with engines.single() as engine:
        settings = engine.settings(GRANTD_STORE_PASSWORD_FILE=password_file(path))
        refused(Machine(path / "machine", settings), "takes no password: unset GRANTD_STORE_PASSWORD_FILE")


def test_the_right_password_is_in_no_argument_and_no_log(path):
    with engines.single(requirepass=PASSWORD) as engine:
        machine = set_up(engine, path, GRANTD_STORE_PASSWORD_FILE=password_file(path))
        billing = machine.register("billing")
        with running(machine), machine.caller() as caller:
            token = caller.token(billing)
            assert caller.check(token) == 204
            for pid in [machine.process.pid, *machine.serving()]:
                for file in ("cmdline", "environ"):
                    with open(f"/proc/{pid}/{file}", "rb") as content:
                        assert PASSWORD.encode() not in content.read()
        assert PASSWORD not in machine.log.read_text()


def test_an_engine_that_is_not_set_up(path):
    with engines.single() as engine:
        refused(Machine(path / "machine", engine.settings()), "run `grantctl store init`")


def test_an_engine_without_the_functions(path):
    with engines.single() as engine:
        machine = set_up(engine, path)
        engine.members[0].ask("FUNCTION", "FLUSH")
        refused(machine, "has not got grantd's functions: run `grantctl store init`")
        machine.grantctl("store", "init")
        assert machine.grantctl("store", "status").returncode == 0


def test_a_replica_in_the_place_of_the_primary(path):
    with engines.single() as primary:
        set_up(primary, path)
        with engines.single(replicaof=f"127.0.0.1 {primary.members[0].port}") as replica:
            member = replica.members[0]
            wait_until(lambda: b"master_link_status:up" in member.ask("INFO", "replication"), "the replica to follow")
            refused(Machine(path / "other", replica.settings()), "is a replica: GRANTD_STORE has to name the primary")


def test_several_servers_that_are_no_cluster(path):
    with engines.single() as one, engines.single() as other:
        place = f"redis://{one.members[0].name},{other.members[0].name}"
        refused(Machine(path / "machine", one.settings(GRANTD_STORE=place)), "is not a member of a Cluster")


def test_an_engine_that_holds_other_data(path):
    with engines.single() as engine:
        engine.members[0].ask("SET", "something", "else")
        machine = Machine(path / "machine", engine.settings())
        done = machine.grantctl("store", "init", check=False)
        assert done.returncode == os.EX_IOERR and "holds other data" in done.stderr
        assert engine.members[0].ask("DBSIZE") == 1


def test_another_machine_without_tls(path):
    machine = Machine(path / "machine", {"GRANTD_STORE": "redis://192.0.2.1:6379"})
    refused(machine, "192.0.2.1:6379 is on another machine, and a connection without TLS is not allowed")


@pytest.mark.parametrize(
    "settings, sentence",
    [
        ({"maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"}, "has maxmemory-policy allkeys-lru"),
        ({"appendonly": "no"}, "writes no append-only file: set appendonly yes"),
    ],
)
def test_an_engine_that_may_lose_what_it_holds(path, settings, sentence):
    """It serves, and --check and status say what is wrong."""
    with engines.single(**settings) as engine:
        machine = set_up(engine, path)
        status = machine.grantctl("store", "status", check=False)
        assert status.returncode == 1 and status.stdout.count(sentence) == 1
        check = subprocess.run([GRANTD, "--check"], env=machine._environment, text=True, capture_output=True)
        assert check.returncode == os.EX_IOERR and check.stderr.count(sentence) == 1


def test_an_engine_that_evicts_is_in_the_log(path):
    with engines.single(maxmemory="100mb") as engine:
        engine.members[0].ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        machine = set_up(engine, path)
        with running(machine):
            assert "the engine evicts" in machine.log.read_text()


@pytest.mark.skipif(LIBRARY is None, reason="faketime is not installed")
@pytest.mark.parametrize("offset, words", [("-1h", "3600 s ahead of"), ("+1h", "3600 s behind")])
def test_a_clock_that_differs(path, offset, words):
    with engines.single() as engine:
        machine = set_up(engine, path)
        status = machine.grantctl("store", "status", check=False, **shifted(offset))
        assert status.returncode == 1 and words in status.stdout


def test_too_few_replicas(path):
    with engines.single() as engine:
        machine = set_up(engine, path)
        status = machine.grantctl("store", "status", check=False, GRANTD_STORE_REPLICAS="1")
        assert status.returncode == 1 and "has 0 replicas, and GRANTD_STORE_REPLICAS asks for 1" in status.stdout


def test_an_engine_that_syncs_too_rarely_for_what_is_promised(path):
    with engines.single() as engine:
        machine = set_up(engine, path)
        status = machine.grantctl("store", "status", check=False, GRANTD_DURABILITY="disk")
        assert status.returncode == 1
        assert "has appendfsync everysec, and GRANTD_DURABILITY=disk asks for always" in status.stdout


def test_a_full_engine(path):
    """It gives no new tokens, and checks go on. A revocation is answered by an error, and made all the same."""
    with engines.single() as engine:
        machine = set_up(engine, path)
        billing = machine.register("billing")
        with running(machine), machine.caller() as caller:
            good, other = caller.token(billing), caller.token(billing)
            engine.members[0].ask("CONFIG", "SET", "maxmemory", "1")
            began = time.monotonic()
            assert caller.grant(billing).status == 503
            assert time.monotonic() - began < 4, "it is not waited for"
            assert caller.check(good) == 204
            assert caller.revoke(billing, other) == 503
            assert (caller.check(other), caller.check(good)) == (401, 204)
            engine.members[0].ask("CONFIG", "SET", "maxmemory", "0")
            wait_until(lambda: caller.grant(billing).status == 200, "tokens to be issued again")


def test_the_health_of_an_engine(path):
    with engines.single() as engine:
        machine = set_up(engine, path, GRANTD_STORE_PATIENCE="1")
        health = {"REQUEST_METHOD": "GET", "PATH_INFO": "/health"}
        with running(machine), machine.caller() as caller:
            assert caller.ask(health).status == 200
            engine.members[0].kill()
            wait_until(lambda: caller.ask(health).status == 503, "the health to fail")
            answer = caller.ask(health)
            assert (answer.status, "reason" in answer.text) == (503, True)
            engine.members[0].start()
            wait_until(lambda: caller.ask(health).status == 200, "the health to be good again")


def test_a_worker_starts_before_its_engine(path):
    with engines.single() as engine:
        machine = set_up(engine, path, GRANTD_STORE_PATIENCE="1")
        billing = machine.register("billing")
        engine.members[0].kill()
        with running(machine), machine.caller() as caller:
            assert "the engine does not answer yet" in machine.log.read_text()
            assert caller.grant(billing).status == 503
            engine.members[0].start()
            wait_until(lambda: caller.grant(billing).status == 200, "tokens to be issued")


def test_cgi_serves_from_an_engine(path):
    with engines.single() as engine:
        machine = set_up(engine, path)
        billing = machine.register("billing")
        request, body = cgi_request("billing", billing["client_secret"])
        done = subprocess.run([GRANTD], env=machine._environment | request, input=body, capture_output=True, timeout=30)
        assert done.stdout.startswith(b"Status: 200 OK"), done.stdout + done.stderr


def test_the_administration_of_clients_is_the_same_as_with_files(path):
    with engines.single() as engine:
        machine = set_up(engine, path)
        files = environment(path / "files")

        def both(*arguments):
            """What grantctl prints with the engine and with files, which has to be the same but for what is new each time."""
            mine = machine.grantctl(*arguments, check=False)
            theirs = subprocess.run([str(mine.args[0]), *arguments], env=files, text=True, capture_output=True)
            assert (mine.returncode, mine.stderr) == (theirs.returncode, theirs.stderr), arguments
            new = r'"(generation|id|created_at)":("\w+"|\d+)'
            return tuple(re.sub(new, r'"\1":0', text) for text in (mine.stdout, theirs.stdout))

        (path / "files").mkdir(mode=0o700)
        for client in ("one", "two words", "é"):
            both("client", "add", client, "--scope", "a b", "--json")
        for arguments in [
            ("client", "add", "one"),
            ("client", "list"),
            ("client", "list", "--json"),
            ("client", "disable", "one"),
            ("client", "disable", "nobody"),
            ("client", "list"),
            ("client", "enable", "one"),
            ("client", "remove", "two words"),
            ("client", "remove", "two words"),
            ("client", "show", "nobody"),
            ("client", "list", "--json"),
        ]:
            mine, theirs = both(*arguments)
            assert mine == theirs, arguments
