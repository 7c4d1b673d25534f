"""While a slow hash is computed its worker serves others, and what came of the hash counts once, whoever is left."""

import concurrent.futures
import contextlib
import ctypes
import itertools
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from support.fastcgi import Worker, answer, token_request
from support.programs import grantctl, wait_until
from support.temporary import directory, running

SECRET = "the right secret"
HOME = "192.0.2.1"
# How many requests wait for a hash before one more is refused.
WAITING = 128


def crypt(setting):
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(SECRET.encode(), setting.encode()).decode()


# As expensive as a hash may be, four times: a wrong secret is held against each, for two seconds or more together.
SLOW = [crypt(f"$2b$13${salt * 21}u") for salt in "abcd"]


class Machine:
    """One worker on a state directory, and an audit."""

    def __init__(self, path, worker):
        self.state, self.audit, self.worker = path / "state", path / "audit.jsonl", worker

    def register(self, identifier, *hashes):
        file = self.state / "clients" / f"{identifier}.json"
        file.write_text(json.dumps({"client_id": identifier, "secrets": [{"hash": text} for text in hashes]}))
        file.chmod(0o600)

    def ask(self, identifier, secret, address=HOME):
        form = {"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret}
        return self.worker.post("/token", form, REMOTE_ADDR=address, HTTPS="on")

    @contextlib.contextmanager
    def asking(self, identifier, secret, address=HOME):
        """A connection on which a request for a token was sent."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.worker.socket))
            connection.sendall(token_request(identifier, secret, address))
            yield connection

    def hashing_time(self):
        """The processor time of all threads but the first, in ticks."""
        tasks = Path(f"/proc/{self.worker.pid}/task")
        others = [task for task in tasks.iterdir() if task.name != str(self.worker.pid)]
        return sum(int((task / "stat").read_text().rpartition(")")[2].split()[11]) for task in others)

    @contextlib.contextmanager
    def hashing(self, identifier="slow", secret="wrong"):
        """A connection whose request's secret is being hashed."""
        before = self.hashing_time()
        with self.asking(identifier, secret) as connection:
            wait_until(lambda: self.hashing_time() > before, "the hash to begin")
            yield connection

    def audited(self, client):
        lines = [json.loads(line) for line in self.audit.read_text().splitlines()]
        return [line["event"] for line in lines if line["client"] == client]


@contextlib.contextmanager
def machine(**settings):
    with directory() as path:
        (path / "state/clients").mkdir(mode=0o700, parents=True)
        (path / "state").chmod(0o700)
        worker = Worker(path, path / "state", GRANTD_AUDIT=str(path / "audit.jsonl"), **settings)
        made = Machine(path, worker)
        made.register("slow", *SLOW)
        made.robot = json.loads(grantctl(made.state, "client", "add", "robot", "--json").stdout)["client_secret"]
        with running(worker):
            made.token = json.loads(made.ask("robot", made.robot).text)["access_token"]
            yield made


def is_answered(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(20)


def test_a_hundred_checks_and_tokens_are_answered_meanwhile():
    with machine() as made, made.hashing() as slow:
        for _ in range(100):
            assert made.worker.check(made.token) == 204
            assert made.ask("robot", made.robot).status == 200
        assert not is_answered(slow)
        assert answer(slow).status == 401
        assert made.audited("slow") == ["denial"]


def test_a_right_secret_is_hashed_once_for_all_who_bring_it_meanwhile():
    with machine() as made:
        made.register("slow", *SLOW[:1])
        with made.hashing(secret=SECRET) as first:
            with made.asking("slow", SECRET) as second, made.asking("slow", "wrong") as third:
                assert answer(first).status == 200
                after = made.hashing_time()
                assert (answer(second).status, answer(third).status) == (200, 401)
        assert [made.ask("slow", SECRET).status for _ in range(20)] == [200] * 20
        # A tick or two is what the thread takes to go to sleep.
        assert made.hashing_time() <= after + 2
        assert made.audited("slow") == ["issue"] * 2 + ["denial"] + ["issue"] * 20


@pytest.mark.parametrize("addresses", ["one", "many"])
def test_of_guesses_that_come_at_once_no_more_are_hashed_than_one_after_the_other(addresses):
    limit, count = 4, 40
    with machine(GRANTD_FAILURE_LIMIT=str(limit)) as made:
        made.register("person", crypt("$y$j9T$saltsalt"))
        began = time.monotonic()
        with contextlib.ExitStack() as stack:
            places = [HOME if addresses == "one" else f"10.0.0.{number}" for number in range(count)]
            asked = [
                stack.enter_context(made.asking("person", f"guess {number}", place))
                for number, place in enumerate(places)
            ]
            statuses = [answer(connection).status for connection in asked]
        lasted = time.monotonic() - began
        assert set(statuses) == {401, 429}
        most = limit + lasted + (addresses == "many")
        assert limit <= statuses.count(401) <= most
        assert made.audited("person") == ["denial"] * count


def test_many_clients_that_are_guessed_at_once_leave_others_served():
    with machine() as made:
        people = [f"person-{number}" for number in range(50)]
        for person in people:
            made.register(person, crypt("$y$j9T$" + person.replace("-", "").ljust(12, ".")))
        statuses, stop = [], threading.Event()

        def guess(number):
            for attempt in itertools.count():
                if stop.is_set():
                    return
                address = f"10.{number}.{attempt >> 8 & 255}.{attempt & 255}"
                statuses.append(made.ask(people[number], f"guess {attempt}", address).status)

        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            guesses = [pool.submit(guess, number) for number in range(50)]
            try:
                wait_until(lambda: len(statuses) > 10, "guesses to be answered")
                before, began = len(statuses), time.monotonic()
                for _ in range(200):
                    assert made.worker.check(made.token) == 204
                    assert made.ask("robot", made.robot).status == 200
                    # One after the other it would be dozens of guesses for every request.
                    assert len(statuses) - before < 200
                meanwhile, lasted = len(statuses) - before, time.monotonic() - began
            finally:
                stop.set()
        [guess.result() for guess in guesses]
        print(f"400 requests were answered in {lasted:.2f} s, and {meanwhile} guesses meanwhile")
        assert set(statuses) <= {401, 429, 503}


KINDS = {"nobody": "wrong", "robot": "wrong", "person": "wrong", "slow": "wrong"}


def test_where_too_many_wait_all_that_fail_are_refused_alike_and_a_known_secret_is_not():
    with machine(GRANTD_FAILURE_LIMIT="0") as made, contextlib.ExitStack() as stack:
        made.register("person", crypt("$y$j9T$saltsalt"))
        first = stack.enter_context(made.hashing())
        waiting = [stack.enter_context(made.asking("nobody", "wrong")) for _ in range(WAITING)]
        refused = {(found.status, str(found.headers), found.text) for found in map(made.ask, KINDS, KINDS.values())}
        assert len(refused) == 1, refused
        status, headers, text = next(iter(refused))
        assert status == 503 and "'retry-after': '5'" in headers and "temporarily_unavailable" in text
        assert made.ask("robot", made.robot).status == 200
        assert not is_answered(first) and not any(map(is_answered, waiting))
        assert answer(first).status == 401
        assert {answer(connection).status for connection in waiting} == {401}
        assert made.ask("person", SECRET).status == 200
        log = made.worker.log.read_text()
        assert log.count("too many authentications wait") == len(KINDS) and "wrong secret" in log


def test_what_fails_waits_alike_whether_it_takes_a_hash_or_not():
    with machine(GRANTD_FAILURE_LIMIT="0") as made, contextlib.ExitStack() as stack:
        first = stack.enter_context(made.hashing())
        others = [stack.enter_context(made.asking(*kind)) for kind in (("nobody", "wrong"), ("robot", "wrong"))]
        assert made.ask("robot", made.robot).status == 200
        time.sleep(0.3)
        assert not any(map(is_answered, [first, *others]))
        assert {answer(connection).status for connection in [first, *others]} == {401}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_worker_that_is_told_to_stop_answers_first(number):
    with machine() as made, made.hashing() as slow, made.asking("robot", "wrong") as behind:
        os.kill(made.worker.pid, number)
        assert answer(slow).status == 401
        assert answer(behind).status == 401
        assert made.worker.wait(10) == 0
        assert made.audited("slow") == ["denial"]


def test_a_peer_that_leaves_does_not_take_its_failure_with_it():
    with machine() as made:
        with made.hashing():
            pass
        assert made.worker.check(made.token) == 204
        os.kill(made.worker.pid, signal.SIGTERM)
        assert made.worker.wait(10) == 0
        assert made.audited("slow") == ["denial"]
