"""A damaged, foreign or missing file of counters costs counts, and never a request."""

import contextlib
import fcntl
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest
from support.disks import as_root, fill, run, small_disk
from support.exposition import get, metrics, status
from support.fastcgi import KEEP, KeptConnection, Worker, answer, request_bytes
from support.own_pool import OwnPool
from support.programs import GRANTD, environment, grantctl, is_running, wait_until
from support.temporary import directory, running

GRANT = {"grant_type": "client_credentials"}
ISSUED, CHECKED = "grantd_tokens_issued_total", "grantd_checks_total"
NOTICE, AGAIN = "not counting for the pool", "counting again"
CLIENTS = {"GRANTD_METRICS_CLIENTS": "on"}

# The file: a header of a page, the history, the clients, and two pages for each of 128 workers.
PAGE = 4096
HISTORY, TABLE = PAGE, 369 * PAGE
AREAS, AREA, AREA_COUNT = 441 * PAGE, 2 * PAGE, 128
SIZE = AREAS + AREA_COUNT * AREA
MAGIC = b"grantd counters 2\n"
NOISE = random.Random(1).randbytes(SIZE)


# What may become of it. Each takes its path and leaves something else there.


def overwrite(content, offset=0):
    def damage(file):
        with file.open("r+b" if file.exists() else "w+b") as opened:
            opened.seek(offset)
            opened.write(content)

    return damage


def truncate(size):
    def damage(file):
        if not file.exists():
            overwrite(MAGIC.ljust(SIZE, b"\0"))(file)
            file.chmod(0o600)
        os.truncate(file, size)

    return damage


def replace(make):
    """Puts what is made in the file's place."""

    def damage(file):
        file.unlink(missing_ok=True)
        make(file)

    return damage


def make_file(content, mode=0o600):
    def make(file):
        file.write_bytes(content)
        file.chmod(mode)

    return make


def make_socket(file):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(file))


def elsewhere(file):
    """Where a link leads."""
    return file.parent.parent / "elsewhere"


def make_link(file):
    elsewhere(file).write_bytes(MAGIC.ljust(SIZE, b"\1"))
    elsewhere(file).chmod(0o600)
    file.symlink_to(elsewhere(file))


def open_to_others(file):
    if not file.exists():
        make_file(MAGIC.ljust(SIZE, b"\0"))(file)
    file.chmod(0o644)


def block_the_making(file):
    """What a new file is made as cannot be had, until it is taken away."""
    file.unlink(missing_ok=True)
    file.with_name("counters.new").mkdir()


# After these there is another file, which is good, as soon as a worker has looked.
REPLACED = {
    "missing": replace(lambda file: None),
    "empty": truncate(0),
    "of one page": truncate(PAGE),
    "of half its size": truncate(SIZE // 2),
    "without its last byte": truncate(SIZE - 1),
    "too long": truncate(SIZE + PAGE),
    "another one, empty": replace(make_file(b"")),
    "noise": overwrite(NOISE),
    "noise at its beginning": overwrite(NOISE[:64]),
    "another one, of noise": replace(make_file(NOISE)),
    "of 0xFF": overwrite(b"\xff" * SIZE),
    "of zeros": overwrite(bytes(SIZE)),
    "of another version": overwrite(b"grantd counters 9\n"),
    "a text": replace(make_file(b"counters\n")),
    "a link": replace(make_link),
    "a link to nothing": replace(lambda file: file.symlink_to("/nonexistent/file")),
    "a link to a directory": replace(lambda file: file.symlink_to("/")),
    "a pipe": replace(os.mkfifo),
    "a socket": replace(make_socket),
    "open to others": open_to_others,
    "another one, open to others": replace(make_file(MAGIC.ljust(SIZE, b"\0"), 0o644)),
}
# Nothing tells these from a good file: counts are lost, or are nonsense, and go on from there.
NONSENSE = {
    "noise in the header": overwrite(NOISE[: PAGE - 32], 32),
    "noise in the history": overwrite(NOISE[: TABLE - HISTORY], HISTORY),
    "noise in the clients": overwrite(NOISE[: AREAS - TABLE], TABLE),
    "noise in the areas": overwrite(NOISE[: SIZE - AREAS], AREAS),
    "noise behind its name": overwrite(NOISE[: SIZE - 32], 32),
    "0xFF behind its name": overwrite(b"\xff" * (SIZE - 32), 32),
}
# With these no file can be made, until they are taken away.
BLOCKED = {
    "a directory": replace(lambda file: file.mkdir()),
    "a directory that is not empty": replace(lambda file: (file / "in").mkdir(parents=True)),
    "one that cannot be made": block_the_making,
}
ALL = REPLACED | NONSENSE | BLOCKED


class Asking:
    """Asks for tokens and checks over a connection that is kept; each has to be answered as it should."""

    def __init__(self, path, secret):
        self.tokens = self.checks = 0
        self.secret = secret
        self.connection = KeptConnection(path)
        self._body = f"grant_type=client_credentials&client_id=robot&client_secret={secret}".encode()
        self._grant = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/token",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(self._body)),
            "REMOTE_ADDR": "127.0.0.1",
        }
        self.token = None

    def once(self):
        """A token, and two checks."""
        granted = self.connection.ask(self._grant, self._body)
        assert granted.status == 200, granted.text
        self.tokens += 1
        self.token = json.loads(granted.text)["access_token"]
        self.check()
        self.check()

    def check(self):
        allowed = {"PATH_INFO": "/check", "HTTP_AUTHORIZATION": f"Bearer {self.token}", "REMOTE_ADDR": "127.0.0.1"}
        assert self.connection.ask(allowed).status == 204
        self.checks += 1


class Stream(threading.Thread):
    """A steady stream of tokens and checks; what goes wrong with it is told by `stop`."""

    def __init__(self, path, secret, pause=0.01):
        super().__init__()
        self._path, self._secret, self._pause = path, secret, pause
        self._end, self.failure, self.rounds = threading.Event(), None, 0

    def run(self):
        try:
            asking = Asking(self._path, self._secret)
            while not self._end.is_set():
                asking.once()
                self.rounds += 1
                self._end.wait(self._pause)
        except BaseException as failure:
            self.failure = failure

    def stop(self):
        self._end.set()
        self.join()
        if self.failure:
            raise self.failure
        assert self.rounds > 0


@contextlib.contextmanager
def streams(path, secret, count=3, pause=0.01):
    """Meanwhile there is a stream over as many connections."""
    running = [Stream(path, secret, pause) for _ in range(count)]
    for stream in running:
        stream.start()
    try:
        wait_until(lambda: all(stream.rounds or stream.failure for stream in running), "the first answers", 30)
        yield running
    finally:
        for stream in running:
            stream.stop()


def make_state(path):
    """A state directory with the client `robot`, and its secret."""
    state = path / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    made = grantctl(state, "client", "add", "robot", "--json").stdout
    return state, json.loads(made)["client_secret"]


def by_cgi(state, path, **settings):
    """The answer of a CGI process, which reads the file and counts nothing: its head, and its body."""
    asked = get(path, GATEWAY_INTERFACE="CGI/1.1", **settings)
    done = subprocess.run([GRANTD], env=environment(state, **asked), capture_output=True, timeout=30)
    head, _, body = done.stdout.decode().partition("\r\n\r\n")
    return head, body


def counted(state):
    """Tokens and checks, as a CGI process reads them."""
    head, body = by_cgi(state, "/metrics")
    assert "Status: 200" in head, head
    samples = (ISSUED, f'{CHECKED}{{decision="allowed"}}')
    return [int(re.search(f"(?m)^{re.escape(sample)} ([0-9]+)$", body)[1]) for sample in samples]


def check_counting(state, workers, secret):
    """What workers count from now on is in the file, exactly, whatever it holds from before."""
    before = counted(state)
    askings = [Asking(worker, secret) for worker in workers]
    for _ in range(7):
        for asking in askings:
            asking.once()
    tokens, checks = sum(asking.tokens for asking in askings), sum(asking.checks for asking in askings)
    now = counted(state)
    # Nonsense may overflow.
    assert [(after - earlier) % 2**64 for after, earlier in zip(now, before)] == [tokens, checks]


def check_shown(worker):
    """Metrics and status are shown, or it is said why not; returns whether they are."""
    asked = worker.ask(get("/metrics", HTTP_ACCEPT="application/openmetrics-text"))
    page, told = worker.ask(get("/status")), status(worker)
    assert page.status == 200 and page.text.startswith("<!DOCTYPE html>") and page.text.rstrip().endswith("</html>")
    if asked.status == 200:
        assert asked.text.endswith("# EOF\n")
        assert "counters_fault" not in told and told["since"] >= 0 and told["workers"] is not None
        return True
    assert asked.status == 503 and json.loads(asked.text)["error"] == "temporarily_unavailable"
    assert told["counters_fault"] and told["counters_fault"] in page.text
    return False


class Workers:
    """Three workers on sockets of their own and one state directory, so that each can be asked by itself."""

    def __init__(self, path, count=3, **settings):
        self.state, self.secret = make_state(path)
        self.file = self.state / "counters"
        self.all = [Worker(path, self.state, f"worker-{number}", **CLIENTS | settings) for number in range(count)]

    def start(self):
        for worker in self.all:
            worker.start()
        self.pids = [worker.pid for worker in self.all]

    def stop(self):
        for worker in self.all:
            worker.stop()

    def sockets(self):
        return [worker.socket for worker in self.all]

    def said(self, words):
        """The lines of each worker that have these words, without their time."""
        lines = [worker.log.read_text().splitlines() for worker in self.all]
        return [[line.partition(" ")[2] for line in some if words in line] for some in lines]

    def check(self, name):
        """All is as it should be once each has looked at the file."""
        shown = [check_shown(worker) for worker in self.all]
        assert shown == [name not in BLOCKED] * len(self.all)
        if name in BLOCKED:
            # Once; a confined worker may know another reason than it had before.
            assert all(1 <= len(lines) == len(set(lines)) <= 2 for lines in self.said(NOTICE)), self.said(NOTICE)
        else:
            check_counting(self.state, self.sockets(), self.secret)
        if name in REPLACED:
            assert self.file.lstat().st_mode == 0o100600 and self.file.stat().st_size == SIZE
            told = status(self.all[0])
            assert {worker["process"] for worker in told["workers"]} == set(self.pids)
        if name == "a link":
            assert elsewhere(self.file).read_bytes() == MAGIC.ljust(SIZE, b"\1")
        assert all(map(is_running, self.pids))

    def repair(self):
        """Takes away what keeps the file from being made."""
        for path in (self.file, self.file.with_name("counters.new")):
            if path.is_dir():
                run("rm", "-r", path)


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_is_there_before(name):
    with directory() as path:
        made = Workers(path)
        ALL[name](made.file)
        with running(made):
            for worker in made.all:
                asking = Asking(worker.socket, made.secret)
                for _ in range(5):
                    asking.once()
            made.check(name)
            if name in BLOCKED:
                made.repair()
                assert [check_shown(worker) for worker in made.all] == [True] * 3
                assert [len(lines) for lines in made.said(AGAIN)] == [1] * 3
                check_counting(made.state, made.sockets(), made.secret)


@pytest.mark.parametrize("name", [name for name in ALL if name != "of another version"])
def test_what_becomes_of_the_file_under_load(name):
    with directory() as path, running(made := Workers(path)):
        with contextlib.ExitStack() as stack:
            load = [stack.enter_context(streams(at, made.secret, 2, 0.002)) for at in made.sockets()]
            check_counting_is_shown(made)
            ALL[name](made.file)
            wait_for_rounds(load, 10)
            for worker in made.all:
                check_shown(worker)
            wait_for_rounds(load, 10)
        made.check(name)
        made.repair()
        assert [check_shown(worker) for worker in made.all] == [True] * 3
        check_counting(made.state, made.sockets(), made.secret)


def check_counting_is_shown(made):
    told = metrics(made.all[0])
    assert told.value(ISSUED) > 0 and told.by("grantd_client_tokens_issued_total", "client_id")["robot"] > 0


def wait_for_rounds(load, more):
    everyone = [stream for some in load for stream in some]
    enough = [stream.rounds + more for stream in everyone]
    wait_until(
        lambda: all(stream.failure or stream.rounds >= count for stream, count in zip(everyone, enough)),
        "more answers",
        60,
    )


class Locked:
    """A file of another version in which a process of that version counts."""

    def __init__(self, file, content):
        make_file(content)(file)
        self.content, self._file = content, file.open("r+b")
        fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, AREAS, 1, 0))

    def close(self):
        self._file.close()


# A version that lays things out otherwise has a file of another size.
OTHER_SIZE = SIZE + PAGE


@pytest.mark.parametrize("size", [SIZE, OTHER_SIZE])
def test_a_file_of_another_version_is_left_alone_while_that_version_counts_in_it(size):
    with directory() as path:
        made = Workers(path)
        other = Locked(made.file, b"grantd counters 9\n".ljust(size, b"\2"))
        with running(made):
            for worker in made.all:
                asking = Asking(worker.socket, made.secret)
                for _ in range(5):
                    asking.once()
            assert [check_shown(worker) for worker in made.all] == [False] * 3
            assert made.file.read_bytes() == other.content
            assert all(len(lines) == 1 and "another version" in lines[0] for lines in made.said(NOTICE))
            other.close()
            assert [check_shown(worker) for worker in made.all] == [True] * 3
            check_counting(made.state, made.sockets(), made.secret)


def test_workers_whose_file_says_another_version_are_not_of_that_version():
    """It was theirs, so it is damaged."""
    with directory() as path, running(made := Workers(path)):
        for at in made.sockets():
            Asking(at, made.secret).once()
        overwrite(b"grantd counters 9\n")(made.file)
        assert [check_shown(worker) for worker in made.all] == [True] * 3
        check_counting(made.state, made.sockets(), made.secret)
        assert not any(made.said(NOTICE))


def all_are_counted(pool):
    """Whether all workers are in the file; asks many of them at once, so that in the end each has looked."""
    asked = get("/metrics")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(contextlib.closing(KeptConnection(pool.socket).socket)) for _ in range(8)]
        for connection in connections:
            connection.sendall(request_bytes(asked, flags=KEEP))
        assert {answer(connection).status for connection in connections} <= {200, 503}
    return {worker["process"] for worker in status(pool)["workers"]} == set(pool.workers())


def test_a_file_that_is_restored_in_place_is_counted_in():
    """As `cp` does, which truncates it before it writes."""
    with directory() as path, running(made := Workers(path)):
        askings = [Asking(at, made.secret) for at in made.sockets()]
        for asking in askings:
            asking.once()
        copy = made.file.read_bytes()
        with made.file.open("r+b") as file:
            file.truncate(0)
            for asking in askings:
                asking.once()
            file.write(copy)
        assert [check_shown(worker) for worker in made.all] == [True] * 3
        check_counting(made.state, made.sockets(), made.secret)


@pytest.mark.parametrize("locked", ["the directory", "the file"])
def test_a_lock_that_another_process_has_keeps_no_request_waiting(locked):
    """As of `flock /var/lib/grantd tar …`, or of a process that is stopped while it has the lock."""
    with directory() as path, running(made := Workers(path, 1)):
        asking = Asking(made.all[0].socket, made.secret)
        asking.once()
        if locked == "the directory":
            made.file.unlink()
        else:
            # The first token of another client takes an entry.
            grantctl(made.state, "client", "add", "second", "--secret-stdin", stdin="client-secret")
        held = os.open(made.state if locked == "the directory" else made.file, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            asking.connection.socket.settimeout(3)
            if locked == "the directory":
                assert asking.connection.ask(get("/metrics")).status in (200, 503)
            else:
                form = GRANT | {"client_id": "second", "client_secret": "client-secret"}
                body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
                asked = asking._grant | {"CONTENT_LENGTH": str(len(body))}
                assert asking.connection.ask(asked, body).status == 200
        finally:
            os.close(held)


def test_more_workers_than_have_room_are_not_counted():
    with directory() as path:
        made = Workers(path)
        make_file(MAGIC.ljust(SIZE, b"\0"))(made.file)
        with made.file.open("r+b") as file:
            lock = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, AREAS, AREA * AREA_COUNT, 0)
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
            made.start()
            try:
                for worker in made.all:
                    Asking(worker.socket, made.secret).once()
                assert [check_shown(worker) for worker in made.all] == [False] * 3
                told = made.said(NOTICE)
                assert all(len(lines) == 1 and "128 workers count already" in lines[0] for lines in told), told
                file.close()
                assert [check_shown(worker) for worker in made.all] == [True] * 3
                check_counting(made.state, made.sockets(), made.secret)
            finally:
                made.stop()


# Nobody asks for metrics here: a worker looks by itself every 10 seconds, if it has something to count.


class Unasked:
    """Two workers under load whose file something becomes of."""

    def __init__(self, path, name):
        self.name = name
        path.mkdir(mode=0o711)
        self.made = Workers(path, 2)
        self.state, self.file = self.made.state, self.made.file
        self._stack = contextlib.ExitStack()

    def start(self):
        self._stack.enter_context(running(self.made))
        sockets = self.made.sockets()
        self.load = [
            stream for at in sockets for stream in self._stack.enter_context(streams(at, self.made.secret, 2, 0.1))
        ]

    def stop(self):
        self._stack.close()

    def begin(self):
        ALL[self.name](self.file)
        self.began = time.monotonic()
        self.done = None

    def look(self):
        """Whether the file is good again."""
        if self.done is None and self.is_good():
            self.done = time.monotonic() - self.began
        return self.done is not None

    def is_good(self):
        head, body = by_cgi(self.state, "/status", QUERY_STRING="format=json")
        assert "Status: 200" in head
        workers = {worker["process"]: worker["requests"] for worker in json.loads(body)["workers"]}
        return set(workers) == set(self.made.pids) and all(workers.values())

    def check_load(self):
        assert not any(stream.failure for stream in self.load)
        assert all(map(is_running, self.made.pids))


SLOW = ["missing", "empty", "of one page", "noise", "of 0xFF", "a link", "a pipe", "open to others"]


@pytest.fixture(scope="module")
def unasked():
    """A pool for each, all at the same time."""
    with directory() as path, contextlib.ExitStack() as stack:
        made = {name: Unasked(path / str(number), name) for number, name in enumerate([*SLOW, "a directory"])}
        for one in made.values():
            stack.callback(one.stop)
            one.start()
        for one in made.values():
            one.begin()
        wait_until(lambda: all([made[name].look() for name in SLOW]), "all files to be good again", 60)
        yield made


@pytest.mark.parametrize("name", SLOW)
def test_within_ten_seconds_workers_count_in_a_good_file(unasked, name):
    one = unasked[name]
    # Ten, and what a busy machine takes to look at all of these by a process each.
    assert one.done < 20
    one.check_load()
    assert one.file.lstat().st_mode == 0o100600 and one.file.stat().st_size == SIZE
    if name == "a link":
        assert elsewhere(one.file).read_bytes() == MAGIC.ljust(SIZE, b"\1")
    before, rounds = counted(one.state), [stream.rounds for stream in one.load]
    wait_until(lambda: all(stream.rounds > done + 5 for stream, done in zip(one.load, rounds)), "more answers", 30)
    now = counted(one.state)
    assert now[0] >= before[0] + 5 * len(rounds) and now[1] >= before[1] + 10 * len(rounds)


def test_what_keeps_workers_from_counting_is_said_once(unasked):
    one = unasked["a directory"]
    wait_until(lambda: time.monotonic() > one.began + 12, "another look of the workers", 20)
    rounds = [stream.rounds for stream in one.load]
    wait_until(lambda: all(stream.rounds > done for stream, done in zip(one.load, rounds)), "more answers", 30)
    one.check_load()
    assert one.file.is_dir() and [len(lines) for lines in one.made.said(NOTICE)] == [1, 1]


# What counts survive.


def test_counts_survive_killed_workers_and_supervisors_and_restarts():
    with directory() as path:
        _, secret = make_state(path)
        tokens = 0
        for end in ("kill the workers", "kill the supervisor", "stop", "stop"):
            pool = OwnPool(path, workers=2)
            pool.start()
            try:
                first = metrics(pool)
                assert first.value(ISSUED) == tokens and first.value(CHECKED, decision="allowed") == 2 * tokens
                for _ in range(10):
                    asking = Asking(pool.socket, secret)
                    asking.once()
                    tokens += 1
                if end == "kill the workers":
                    victims = pool.workers()
                    for victim in victims:
                        os.kill(victim, signal.SIGKILL)
                    wait_until(lambda: pool.is_whole() and not set(victims) & set(pool.workers()), "others", 30)
                if end == "kill the supervisor":
                    workers = pool.workers()
                    pool.process.kill()
                    pool.process.wait()
                    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers), "the workers to go")
                    pool.process = None
                    pool.socket.unlink()
                else:
                    told = metrics(pool)
                    assert told.value(ISSUED) == tokens
                    assert told.value("grantd_worker_restarts_total") == 2
                    assert told.by("grantd_workers", "state") == {"serving": 2}
                    assert told.value("grantd_workers_wanted") == 2
            finally:
                pool.stop()
        assert counted(path / "state") == [tokens, 2 * tokens]
        # Nobody is there.
        told = json.loads(by_cgi(path / "state", "/status", QUERY_STRING="format=json")[1])
        assert told["workers"] == [] and told["pool"]["restarts"] == 2 and told["pool"]["serving"] == 0


def test_a_file_that_is_made_anew_has_the_pool_again_once_it_changes():
    with directory() as path:
        _, secret = make_state(path)
        with running(pool := OwnPool(path, workers=2)):
            (pool.state / "counters").unlink()
            wait_until(lambda: all_are_counted(pool), "the workers to look", 30)
            told = metrics(pool)
            # The supervisor has not noticed: what the workers say of themselves is there.
            assert told.by("grantd_workers", "state") == {"serving": 2}
            assert told.value("grantd_workers_wanted") == 2
            victim = pool.workers()[0]
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: victim not in pool.workers() and pool.is_whole(), "another worker", 30)
            told = metrics(pool)
            assert told.value("grantd_worker_restarts_total") == 1
            assert status(pool)["pool"]["size"] == 2


def test_a_supervisor_that_is_killed_is_not_shown_while_another_is_there():
    with directory() as path:
        _, secret = make_state(path)
        (path / "second").mkdir()
        first, second = OwnPool(path, workers=1), OwnPool(path / "second", workers=2, state=path / "state")
        with running(second):
            first.start()
            assert metrics(second).value("grantd_workers_wanted") == 3
            first.process.kill()
            first.process.wait()
            first.process = None
            wait_until(lambda: metrics(second).by("grantd_workers", "state") == {"serving": 2}, "its workers to go")
            told = metrics(second)
            assert told.value("grantd_workers_wanted") == 2
            wait_until(lambda: len(status(second)["workers"]) == 2, "its workers to end")


# CGI, and no counters at all.


def test_cgi_reads_what_workers_count_and_counts_nothing():
    with directory() as path:
        state, secret = make_state(path)
        head, body = by_cgi(state, "/metrics")
        assert "Status: 503" in head and json.loads(body)["error"] == "temporarily_unavailable"
        told = json.loads(by_cgi(state, "/status", QUERY_STRING="format=json")[1])
        assert "no worker counts" in told["counters_fault"] and not (state / "counters").exists()
        with running(Worker(path, state)) as worker:
            asking = Asking(worker.socket, secret)
            for _ in range(5):
                asking.once()
            for _ in range(3):
                assert counted(state) == [5, 10]
            told = metrics(worker)
            assert told.by("grantd_requests_total", "endpoint", "status") == {
                ("token", "200"): 5,
                ("check", "204"): 10,
            }
            told = json.loads(by_cgi(state, "/status", QUERY_STRING="format=json")[1])
            assert [one["process"] for one in told["workers"]] == [worker.pid]
        assert counted(state) == [5, 10]


def test_without_counters_there_is_no_file_and_nothing_is_shown():
    off = {"GRANTD_METRICS": "off"}
    with directory() as path:
        state, secret = make_state(path)
        with running(pool := OwnPool(path, workers=2, **off, **CLIENTS)):
            asking = Asking(pool.socket, secret)
            for _ in range(5):
                asking.once()
            answered = pool.ask(get("/metrics"))
            assert answered.status == 404 and json.loads(answered.text)["error"] == "invalid_request"
            told = status(pool)
            assert told["counters_fault"] == "GRANTD_METRICS is off: nothing is counted"
            assert told["healthy"] and told["tokens"]["active"] == 5
            assert "GRANTD_METRICS is off" in pool.ask(get("/status")).text
            # Who may not see it, does not learn that either.
            assert pool.ask(get("/metrics", REMOTE_ADDR="192.0.2.1")).status == 403
            victim = pool.workers()[0]
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: victim not in pool.workers() and pool.is_whole(), "another worker", 30)
            assert pool.count(NOTICE) == 0
        assert "Status: 404" in by_cgi(state, "/metrics", GRANTD_METRICS="off")[0]
        assert not [file for file in os.listdir(state) if file.startswith("counters")]


# Disks.


class FullDisk:
    """Workers that counted before their disk was full, and one that came later."""

    def __init__(self, path, kind):
        path.mkdir(mode=0o711)
        self._stack = contextlib.ExitStack()
        self.state = self._stack.enter_context(small_disk(kind, path / "state"))
        self.made, self.late = Workers(path), Worker(path, self.state, "late", **CLIENTS)
        self._stack.enter_context(running(self.made))
        self.askings = [Asking(at, self.made.secret) for at in self.made.sockets()]
        for asking in self.askings:
            asking.once()
        fill(self.state / "filling")
        self._stack.enter_context(running(self.late))
        self.askings.append(Asking(self.late.socket, self.made.secret))
        self.askings[-1].token = self.askings[0].token
        self.all = [*self.made.all, self.late]

    def ask(self):
        for asking in self.askings:
            asking.check()
            # Granted, or 503 where the files have no room left within their last pages.
            assert asking.connection.ask(asking._grant, asking._body).status in (200, 503)

    def close(self):
        self._stack.close()


@as_root
def test_a_disk_that_fills_up():
    """Checks go on, and so do the counts of workers that counted before; the others count again once there is room."""
    with directory() as path, contextlib.ExitStack() as stack:
        disks = [stack.enter_context(contextlib.closing(FullDisk(path / kind, kind))) for kind in ("tmpfs", "ext4")]
        before = [metrics(disk.all[0]).value(CHECKED, decision="allowed") for disk in disks]
        # Each worker looks at the file by itself meanwhile.
        end, rounds = time.monotonic() + 11, 0
        while time.monotonic() < end:
            rounds += 1
            for disk in disks:
                disk.ask()
        for disk, earlier in zip(disks, before):
            assert all(is_running(worker.pid) for worker in disk.all)
            told = metrics(disk.all[0])
            assert told.value(CHECKED, decision="allowed") == earlier + 3 * rounds
            assert told.value("grantd_refusals_total", error="temporarily_unavailable", reason="storage_full") > 0
            assert not check_shown(disk.late)
            for worker in disk.all:
                lines = [line for line in worker.log.read_text().splitlines() if NOTICE in line]
                assert len(lines) <= 2 and all("No space left on device" in line for line in lines), lines
            (disk.state / "filling").unlink()
            assert [check_shown(worker) for worker in disk.all] == [True] * 4
            check_counting(disk.state, [worker.socket for worker in disk.all], disk.made.secret)


@as_root
@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_a_disk_that_is_full_before_there_is_a_file(kind):
    with directory() as path, small_disk(kind, path / "state") as state:
        made = Workers(path)
        # The state is complete but for the counters.
        with running(made):
            token = Asking(made.all[0].socket, made.secret)
            token.once()
        made.file.unlink()
        fill(state / "filling")
        made = [Worker(path, state, f"again-{number}", **CLIENTS) for number in range(2)]
        with contextlib.ExitStack() as stack:
            for worker in made:
                stack.enter_context(running(worker))
                for _ in range(20):
                    assert worker.check(token.token) == 204
                assert not check_shown(worker)
                assert "No space left on device" in status(worker)["counters_fault"]
                assert worker.log.read_text().count(NOTICE) == 1
            (state / "filling").unlink()
            for worker in made:
                assert check_shown(worker)
                assert worker.log.read_text().count(AGAIN) == 1
            check_counting(state, [worker.socket for worker in made], token.secret)


@as_root
def test_a_state_that_can_only_be_read():
    with directory() as path, small_disk("tmpfs", path / "state") as state:
        made = Workers(path)
        with running(made):
            asking = Asking(made.all[0].socket, made.secret)
            asking.once()
        run("mount", "-o", "remount,ro", state)
        with running(Worker(path, state, "late", **CLIENTS)) as late:
            for _ in range(20):
                assert late.ask(get("/health")).status == 503
                late.check(asking.token)
            assert not check_shown(late)
            assert late.log.read_text().count(NOTICE) == 1
            assert counted(state) == [1, 2], "what was counted before can be read"


@as_root
def test_a_file_of_another_user_is_replaced():
    with directory() as path:
        made = Workers(path)
        overwrite(MAGIC.ljust(SIZE, b"\0"))(made.file)
        made.file.chmod(0o600)
        user = ["setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups"]
        run("chown", "-R", "--", "www-data", made.state)
        os.chown(made.file, 0, 0)
        with running(Worker(path, made.state, "other", before=user, **CLIENTS)) as worker:
            Asking(worker.socket, made.secret).once()
            assert check_shown(worker)
            assert made.file.owner() == "www-data"
            assert metrics(worker).value(ISSUED) == 1
