"""Several machines over one engine: pools of grantd with state directories of their own, asked over kept connections."""

import base64
import binascii
import contextlib
import hashlib
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import threading
import time
import types
from pathlib import Path

from support.fastcgi import BEGIN_REQUEST, END_REQUEST, PARAMS, RESPONDER, STDIN, STDOUT, Asking, pair, record
from support.own_pool import OwnPool
from support.programs import GRANTCTL, wait_until
from support.temporary import directory

KEEP_CONNECTION = 1
BEGIN = record(BEGIN_REQUEST, struct.pack(">HB5x", RESPONDER, KEEP_CONNECTION))


class Machine(OwnPool):
    """One grantd, and grantctl beside it; `before` is what runs both, such as a namespace."""

    def __init__(self, path, settings, before=(), workers=2):
        path.mkdir()
        super().__init__(path, workers=workers, **settings)
        self.before = [*before]

    def start(self):
        super().start(command=[*self.before, *self.command])

    def grantctl(self, *arguments, stdin="", check=True, **settings):
        done = subprocess.run(
            [*self.before, GRANTCTL, *arguments],
            env=self._environment | settings,
            input=stdin,
            text=True,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0 or not check, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def register(self, identifier, *options):
        """Makes a client and returns its credentials."""
        made = json.loads(self.grantctl("client", "add", identifier, "--json", *options).stdout)
        return {"client_id": identifier, "client_secret": made["client_secret"]}

    def caller(self):
        return Caller(self.socket)

    def callers(self):
        """A connection to each worker: the others are stopped while it is made, so that they cannot take it."""
        made = []
        # After a reload the old ones may not have gone yet.
        wait_until(self.is_whole, "the workers to serve")
        workers = self.serving()
        for number in range(len(workers)):
            others = workers[:number] + workers[number + 1 :]
            for pid in others:
                os.kill(pid, signal.SIGSTOP)
            try:
                # Until it has really stopped, it might be woken in the place of the one that is to be.
                wait_until(lambda: all(map(is_stopped, others)), "the other workers to stop")
                caller = self.caller()
                # What is not there needs no store.
                assert caller.ask({"REQUEST_METHOD": "GET", "PATH_INFO": "/nothing"}).status == 404
            finally:
                for pid in others:
                    os.kill(pid, signal.SIGCONT)
            made.append(caller)
        return made


def is_stopped(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


class Caller(Asking):
    """A kept connection to one worker, for one thread at a time."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")

    def close(self):
        self._file.close()
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, parameters, body=b""):
        """The status, the headers by their names in small letters, and the text."""
        named = b"".join(pair(*parameter) for parameter in parameters.items())
        content = record(STDIN, body) if body else b""
        self._socket.sendall(BEGIN + record(PARAMS, named) + record(PARAMS) + content + record(STDIN))
        document = b""
        while True:
            head = self._file.read(8)
            if len(head) < 8:
                raise ConnectionError("the worker closed the connection")
            _, kind, _, size, padding = struct.unpack(">BBHHBx", head)
            text = self._file.read(size + padding)[:size]
            if kind == STDOUT:
                document += text
            if kind == END_REQUEST:
                break
        head, _, text = document.decode().partition("\r\n\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n"))}
        return types.SimpleNamespace(status=int(headers.pop("status").split()[0]), headers=headers, text=text)

    def grant(self, credentials):
        """The answer to a request for a token."""
        return self.post("/token", {"grant_type": "client_credentials"} | credentials)

    def token(self, credentials):
        """A new token."""
        answer = self.grant(credentials)
        assert answer.status == 200, (answer.status, answer.text)
        return json.loads(answer.text)["access_token"]

    def revoke(self, credentials, token):
        """The status with which a revocation is answered."""
        return self.post("/revoke", credentials | {"token": token}).status

    def inspect(self, credentials, token):
        """What introspection says."""
        answer = self.post("/introspect", credentials | {"token": token})
        assert answer.status == 200, (answer.status, answer.text)
        return json.loads(answer.text)


@contextlib.contextmanager
def machines(engine, *names, settings={}, own={}):
    """Machines over an engine that is set up; `own` has further settings for one of them, by its name."""
    with directory() as path, contextlib.ExitStack() as stack:
        made = []
        for name in names:
            machine = Machine(path / name, engine.settings(**settings) | own.get(name, {}))
            if not made:
                machine.grantctl("store", "init")
            stack.callback(machine.stop)
            machine.start()
            made.append(machine)
        yield made


def in_parallel(work, items, threads=8):
    """Calls for each item in some threads, and fails with the first failure of any."""
    waiting, failures = queue.SimpleQueue(), []
    for item in items:
        waiting.put(item)

    def run(number):
        try:
            while not failures:
                work(number, waiting.get_nowait())
        except queue.Empty:
            pass
        except BaseException as failure:
            failures.append(failure)

    started = [threading.Thread(target=run, args=[number]) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if failures:
        raise failures[0]


# Where a token is kept, for looks at the engine past grantd.


def digest(token):
    return hashlib.sha256(base64.urlsafe_b64decode(token)).digest()


def key(token):
    """The token's key in the engine."""
    hashed = digest(token)
    return b"t{%03x}" % (hashed[0] << 2 | hashed[1] >> 6) + hashed[1:]


def slot(token):
    """The slot of a token's key."""
    return slot_of_digest(digest(token))


def client_slot(identifier):
    """The slot of a client's registration."""
    return slot_of_digest(hashlib.sha256(identifier.encode()).digest())


def slot_of_digest(hashed):
    """CRC-16/XMODEM of what is in a key's braces."""
    return binascii.crc_hqx(b"%03x" % (hashed[0] << 2 | hashed[1] >> 6), 0) % 16384


def owner(engine, token):
    """The member that is the primary of a token's slot, and its replicas."""
    return owner_of_slot(engine, slot(token))


def owner_of_slot(engine, number):
    """A slot's primary and its replicas, by the word of any member whose state is good."""
    for member in engine.members:
        with contextlib.suppress(OSError):
            if not member.is_running() or b"cluster_state:ok" not in member.ask("CLUSTER", "INFO", timeout=1):
                continue
            for first, last, *entries in member.ask("CLUSTER", "SLOTS", timeout=1):
                if first <= number <= last:
                    by_port = {one.port: one for one in engine.members}
                    primary, *replicas = [by_port[entry[1]] for entry in entries]
                    return primary, replicas
    raise AssertionError("no member knows the slot")


class Token:
    """A token, and what was done with it; `revoked` once a revocation was answered by 200."""

    def __init__(self, text):
        self.text, self.issued = text, time.monotonic()
        self.touched = self.revoked = False


class Load:
    """Tokens, checks and revocations at each worker of machines, at a moderate rate, until the block ends.

    What must never be, ends up in `wrong`; a live token that is refused, in `lost`."""

    def __init__(self, machines, credentials, pause=0.01):
        self.machines, self.credentials, self.pause = machines, credentials, pause
        self.tokens, self.revoked = [], []
        self.wrong, self.failed, self.lost = [], [], []
        # Revocations that were answered by 503, each of which is asked for again.
        self.unconfirmed = 0
        self.requests, self.longest = 0, 0.0
        self._lock, self._end, self._threads = threading.Lock(), threading.Event(), []

    def __enter__(self):
        callers = [(machine, caller) for machine in self.machines for caller in machine.callers()]
        self._threads = [threading.Thread(target=self._run, args=pair) for pair in callers]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _run(self, machine, caller):
        try:
            number = 0
            while not self._end.is_set():
                self._issue(machine, caller)
                for _ in range(3):
                    self._check_any(machine, caller)
                if number % 2:
                    self._revoke(machine, caller)
                    self._check_revoked(machine, caller)
                number += 1
                self._end.wait(self.pause)
        except Exception as failure:
            self.wrong.append(repr(failure))
        finally:
            caller.close()

    def _timed(self, question):
        start = time.monotonic()
        answer = question()
        with self._lock:
            self.requests += 1
            self.longest = max(self.longest, time.monotonic() - start)
        return answer

    def _random(self, items):
        with self._lock:
            return items[int.from_bytes(os.urandom(4), "little") % len(items)] if items else None

    def _issue(self, machine, caller):
        answer = self._timed(lambda: caller.grant(self.credentials))
        if answer.status != 200:
            return self.failed.append((time.monotonic(), machine.path.name, "issue", answer.status, answer.text))
        token = Token(json.loads(answer.text)["access_token"])
        with self._lock:
            self.tokens.append(token)

    def _check_any(self, machine, caller):
        if token := self._random(self.tokens):
            self.check(token, machine.path.name, caller)

    def check(self, token, place, caller):
        """Checks a token, and judges the answer."""
        was_revoked = token.revoked
        status = self._timed(lambda: caller.check(token.text))
        if was_revoked and status != 401:
            (self.wrong if status == 204 else self.failed).append((time.monotonic(), place, "revoked", status))
        elif status not in (204, 401):
            self.failed.append((time.monotonic(), place, "check", status))
        elif status == 401 and not token.touched:
            # A check that began before a revocation may end after it, so this is looked at last.
            with self._lock:
                token.touched = True
                self.tokens.remove(token)
                self.lost.append(token)

    def _revoke(self, machine, caller):
        with self._lock:
            if not self.tokens:
                return
            token = self.tokens.pop(int.from_bytes(os.urandom(4), "little") % len(self.tokens))
            token.touched = True
        while True:
            status = self._timed(lambda: caller.revoke(self.credentials, token.text))
            if status == 200:
                break
            if status != 503:
                self.failed.append((time.monotonic(), machine.path.name, "revoke", status))
            with self._lock:
                self.unconfirmed += 1
            if self._end.wait(0.1):
                return
        token.revoked = True
        with self._lock:
            self.revoked.append(token)

    def _check_revoked(self, machine, caller):
        if token := self._random(self.revoked):
            self.check(token, machine.path.name, caller)

    def check_all(self):
        """Asks each worker for every token."""
        for machine in self.machines:
            for caller in machine.callers():
                with caller:
                    for token in [*self.tokens, *self.revoked]:
                        self.check(token, machine.path.name, caller)

    def said(self):
        return (
            f"{self.requests} requests, {len(self.failed)} failed, the longest took {self.longest:.2f} s; "
            f"{len(self.revoked)} revoked, {self.unconfirmed} not at once; {len(self.lost)} tokens lost"
        )
