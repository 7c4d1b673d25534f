"""Everything that is counted is what was sent: over several workers, connections and processes that are killed."""

import collections
import contextlib
import json
import os
import signal
import socket
import struct
import threading
import time
import types
from urllib.parse import urlencode

import pytest
import requests
from support.exposition import get, metrics, status
from support.fastcgi import AUTHORIZER, KEEP, RESPONDER, Worker, answer, request_bytes
from support.nginx import Nginx
from support.own_pool import GROUP, OwnPool
from support.programs import grantctl, wait_until
from support.refusals import FORM, JSON, basic
from support.states import LOCATIONS
from support.temporary import directory, running

GRANT = {"grant_type": "client_credentials"}
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.1"}
THREADS = 6
QUICK = {"GRANTD_FAILURE_DELAY": "0", "GRANTD_FAILURE_LIMIT": "0"}


class Lost(Exception):
    """A connection broke after a request was sent and before its answer came."""


class Connection:
    """A connection to a pool's socket that is kept, and replaced where the worker at its end has gone."""

    def __init__(self, path):
        self._path, self._socket, self.opened = str(path), None, 0

    def ask(self, parameters, body=b"", role=RESPONDER):
        sent = request_bytes(parameters, body, role, KEEP)
        while True:
            connection = self._connected()
            try:
                connection.sendall(sent)
                break
            except OSError:
                # Nothing of it was read: a whole request is in the socket, or nothing.
                self.close()
        try:
            return answer(connection)
        except (OSError, AssertionError) as error:
            self.close()
            raise Lost from error

    def close(self):
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connected(self):
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(20)
            self._socket.connect(self._path)
            self.opened += 1
        return self._socket


def post(path, body, kind=FORM, **more):
    body = body if isinstance(body, bytes) else (json.dumps(body) if kind == JSON else urlencode(body)).encode()
    usual = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
    }
    return usual | more, body


def authorized(credentials):
    return {"HTTP_AUTHORIZATION": basic(credentials)}


def check(token, scope="", **more):
    bearer = {} if token is None else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    return {"PATH_INFO": "/check", "OAUTH_REQUIRE_SCOPE": scope, "REMOTE_ADDR": "127.0.0.1"} | bearer | more, b""


# What each kind of request is counted as: endpoint and status, and what else grows by one.
REFUSED = "grantd_refusals_total"
CHECKED = "grantd_checks_total"
ISSUED, REVOKED = "grantd_tokens_issued_total", "grantd_tokens_revoked_total"


def kind(endpoint, status, *more):
    counted = collections.Counter({("grantd_requests_total", endpoint, str(status)): 1})
    for name in more:
        counted[name if isinstance(name, tuple) else (name,)] += 1
    return types.SimpleNamespace(status=status, endpoint=endpoint, counted=counted)


def refused(endpoint, status, error, reason):
    return kind(endpoint, status, (REFUSED, error, reason))


def checked(status, decision, endpoint="check"):
    return kind(endpoint, status, (CHECKED, decision))


KINDS = {
    "token by Basic": kind("token", 200, ISSUED),
    "token by form": kind("token", 200, ISSUED),
    "token by JSON": kind("token", 200, ISSUED),
    "wrong secret": refused("token", 401, "invalid_client", "wrong_secret"),
    "unknown client": refused("token", 401, "invalid_client", "unknown_client"),
    "expired secret": refused("token", 401, "invalid_client", "expired_secret"),
    "disabled client": refused("token", 401, "invalid_client", "disabled_client"),
    "other method": refused("token", 401, "invalid_client", "other_method"),
    "no credentials": refused("token", 401, "invalid_client", "no_credentials"),
    "other scheme": refused("token", 401, "invalid_client", "unsupported_scheme"),
    "wrong HTTP method": refused("token", 405, "invalid_request", "method_not_allowed"),
    "media type": refused("token", 415, "invalid_request", "unsupported_media_type"),
    "content encoding": refused("token", 415, "invalid_request", "unsupported_content_encoding"),
    "malformed JSON": refused("token", 400, "invalid_request", "malformed"),
    "secret in the query": refused("token", 400, "invalid_request", "malformed"),
    "other grant": refused("token", 400, "unsupported_grant_type", "unsupported_grant_type"),
    "no grant for it": refused("token", 400, "unauthorized_client", "grant_not_allowed"),
    "not yet": refused("token", 503, "temporarily_unavailable", "not_yet_valid"),
    "invalid scope": refused("token", 400, "invalid_scope", "invalid_scope"),
    "in clear": refused("token", 400, "invalid_request", "insecure_transport"),
    "introspect active": kind("introspect", 200),
    "introspect inactive": kind("introspect", 200),
    "introspect by nobody": refused("introspect", 401, "invalid_client", "unknown_client"),
    "introspect nothing": refused("introspect", 400, "invalid_request", "malformed"),
    "revoke own": kind("revoke", 200, REVOKED),
    "revoke again": kind("revoke", 200),
    "revoke foreign": kind("revoke", 200),
    "check allowed": checked(204, "allowed"),
    "check without a token": checked(401, "no_credentials"),
    "check garbage": checked(401, "invalid_token"),
    "check revoked": checked(401, "invalid_token"),
    "check lacks a scope": checked(403, "insufficient_scope"),
    "check malformed": checked(401, "malformed_request"),
    "check misconfigured": checked(403, "misconfigured"),
    "check in clear": checked(403, "insecure_transport"),
    "health": kind("health", 200),
    "health by POST": refused("health", 405, "invalid_request", "method_not_allowed"),
    "no metadata": refused("metadata", 404, "invalid_request", "not_found"),
    "unknown path": refused("other", 404, "invalid_request", "not_found"),
    "no path": refused("other", 404, "invalid_request", "not_found"),
    "metrics from elsewhere": refused("metrics", 403, "access_denied", "not_local"),
    "status from elsewhere": refused("status", 403, "access_denied", "not_local"),
    "status of no format": refused("status", 400, "invalid_request", "malformed"),
}
# Each takes a connection of its own, which the worker closes, for most of them without an answer.
CLOSING = {
    "body too large": refused("token", 413, "invalid_request", "body_too_large"),
    "authorizer": checked(200, "allowed", "authorizer"),
    "authorizer without a scope": checked(403, "misconfigured", "authorizer"),
    "garbage": kind("", 0),
    "management record": kind("", 0),
    "cut off": kind("", 0),
    "short body": kind("", 0),
}
for one in CLOSING.values():
    if not one.status:
        one.counted = collections.Counter({("grantd_requests_dropped_total",): 1})


class Caller:
    """Sends requests of each kind, one after the other, and keeps account of what they are counted as."""

    def __init__(self, made):
        self.made = made
        self.connection = Connection(made.pool.socket)
        self.tokens, self.revoked = [], []
        # What was answered, and what may have been counted since its connection broke.
        self.counted, self.lost = collections.Counter(), collections.Counter()
        self.answers = collections.Counter()

    def send_all(self, stop=lambda: False):
        """One request of each kind that may be kept."""
        for name, expected in KINDS.items():
            if stop():
                return
            self.send(name, expected)

    def send(self, name, expected):
        parameters, body = self.made.request(name, self)
        try:
            told = self.connection.ask(parameters, body)
        except Lost:
            self.lost.update(expected.counted)
            self.answers["lost"] += 1
            return
        assert told.status == expected.status, f"{name}: {told.status} {told.text}"
        self.answers[name] += 1
        self.counted.update(expected.counted)
        if name.startswith("token by"):
            self.tokens.append(json.loads(told.text)["access_token"])

    def send_closing(self):
        """One request of each kind whose connection is closed."""
        for name, expected in CLOSING.items():
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(20)
                connection.connect(str(self.made.pool.socket))
                connection.sendall(self.made.closing_request(name))
                if expected.status:
                    assert answer(connection).status == expected.status, name
                else:
                    connection.shutdown(socket.SHUT_WR)
                    with contextlib.suppress(ConnectionResetError):
                        assert connection.recv(1) == b"", name
            self.answers[name] += 1
            self.counted.update(expected.counted)


class Made:
    """A pool with clients of all sorts, and what was counted since one asked last."""

    def __init__(self, path, workers=4, **settings):
        self.pool = OwnPool(path, *GROUP, workers=workers, **QUICK | settings)
        self.state = self.pool.state
        self._asked = self._before = 0
        self._counts = collections.Counter()

    def add_clients(self):
        add = lambda *words: json.loads(grantctl(self.state, "client", *words, "--json").stdout)["client_secret"]
        self.secret = add("add", "robot", "--scope", "orders.read")
        self.foreign = add("add", "other", "--introspect")
        self.disabled = add("add", "disabled")
        grantctl(self.state, "client", "disable", "disabled")
        self.expired = add("add", "rotated")
        self.posting = add("add", "posting", "--auth-method", "client_secret_post")
        self.grantless, self.early = add("add", "grantless"), add("add", "early")
        for identifier, change in {
            "rotated": lambda client: client["secrets"][0].update(expires_at=1),
            "grantless": lambda client: client.update(grant_types=[]),
            "early": lambda client: client.update(not_before=4_000_000_000),
        }.items():
            file = self.state / f"clients/{identifier}.json"
            client = json.loads(file.read_text())
            change(client)
            file.write_text(json.dumps(client))

    def grant(self, secret="", identifier="robot"):
        answered = self.pool.post("/token", GRANT | {"client_id": identifier, "client_secret": secret or self.secret})
        assert answered.status == 200, answered.text
        return json.loads(answered.text)["access_token"]

    def issue(self):
        """Makes the tokens that requests are about."""
        self.good, self.others, self.dead = self.grant(), self.grant(self.foreign, "other"), self.grant()
        grantctl(self.state, "token", "revoke", stdin=self.dead)

    def own(self, form):
        return form | {"client_id": "robot", "client_secret": self.secret}

    def request(self, name, caller):
        """The parameters and the body of a kind of request."""
        credentials = f"robot:{self.secret}"
        token = lambda body=GRANT, **more: post("/token", body, **more)
        match name:
            case "token by Basic":
                return token(**authorized(credentials))
            case "token by form":
                return token(self.own(GRANT))
            case "token by JSON":
                return token(self.own(GRANT), kind=JSON)
            case "wrong secret":
                return token(**authorized("robot:wrong"))
            case "unknown client":
                return token(**authorized("nobody:wrong"))
            case "expired secret":
                return token(**authorized(f"rotated:{self.expired}"))
            case "disabled client":
                return token(**authorized(f"disabled:{self.disabled}"))
            case "other method":
                return token(**authorized(f"posting:{self.posting}"))
            case "no credentials":
                return token()
            case "other scheme":
                return token(HTTP_AUTHORIZATION="Digest x")
            case "wrong HTTP method":
                return token(REQUEST_METHOD="GET", **authorized(credentials))
            case "media type":
                return token(b"<xml/>", kind="text/xml", **authorized(credentials))
            case "content encoding":
                return token(HTTP_CONTENT_ENCODING="gzip", **authorized(credentials))
            case "malformed JSON":
                return token(b'{"grant_type":', kind=JSON, **authorized(credentials))
            case "secret in the query":
                return token(QUERY_STRING="client_secret=x", **authorized(credentials))
            case "other grant":
                return token({"grant_type": "password"}, **authorized(credentials))
            case "no grant for it":
                return token(**authorized(f"grantless:{self.grantless}"))
            case "not yet":
                return token(**authorized(f"early:{self.early}"))
            case "invalid scope":
                return token(GRANT | {"scope": "admin"}, **authorized(credentials))
            case "in clear":
                return token(**ELSEWHERE, **authorized(credentials))
            case "introspect active":
                return post("/introspect", self.own({"token": self.good}))
            case "introspect inactive":
                return post("/introspect", self.own({"token": self.dead}))
            case "introspect by nobody":
                return post("/introspect", {"token": self.good}, **authorized("nobody:wrong"))
            case "introspect nothing":
                return post("/introspect", self.own({}))
            case "revoke own":
                caller.revoked.append(caller.tokens.pop())
                return post("/revoke", self.own({"token": caller.revoked[-1]}))
            case "revoke again" | "revoke foreign":
                other = self.others if name == "revoke foreign" else self.dead
                return post("/revoke", self.own({"token": other}))
            case "check allowed":
                return check(self.good, "orders.read")
            case "check without a token":
                return check(None)
            case "check garbage":
                return check("x" * 64)
            case "check revoked":
                return check(self.dead)
            case "check lacks a scope":
                return check(self.good, "orders.write")
            case "check malformed":
                return check("a b")
            case "check misconfigured":
                return check(self.good, 'orders"read')
            case "check in clear":
                return check(self.good, **ELSEWHERE)
            case "health":
                return get("/health"), b""
            case "health by POST":
                return post("/health", b"")
            case "no metadata":
                return get("/metadata"), b""
            case "unknown path":
                return get("/nothing"), b""
            case "no path":
                return {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1"}, b""
            case "metrics from elsewhere":
                return get("/metrics", **ELSEWHERE), b""
            case "status from elsewhere":
                return get("/status", **ELSEWHERE), b""
            case "status of no format":
                return get("/status", QUERY_STRING="format=xml"), b""

    def closing_request(self, name):
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {self.good}", "REMOTE_ADDR": "127.0.0.1"}
        match name:
            case "body too large":
                return request_bytes(*post("/token", b"x" * 20000))
            case "authorizer":
                return request_bytes(bearer | {"OAUTH_REQUIRE_SCOPE": "orders.read"}, role=AUTHORIZER)
            case "authorizer without a scope":
                return request_bytes(bearer, role=AUTHORIZER)
            case "garbage":
                return b"GET / HTTP/1.1\r\n\r\n"
            case "management record":
                return struct.pack(">BBHHBx", 1, 9, 0, 0, 0)
            case "cut off":
                return request_bytes(*post("/token", self.own(GRANT)))[:100]
            case "short body":
                return request_bytes(*post("/token", self.own(GRANT), CONTENT_LENGTH="1000"))

    def callers(self, count=THREADS):
        return [Caller(self) for _ in range(count)]

    def counts(self, worker=None):
        """What was counted but for these questions themselves; it is what every worker says."""
        told = metrics(worker or self.pool)
        counts = collections.Counter()
        for name, labels in [
            ("grantd_requests_total", ["endpoint", "status"]),
            (REFUSED, ["error", "reason"]),
            (CHECKED, ["decision"]),
            (ISSUED, []),
            (REVOKED, []),
            ("grantd_requests_dropped_total", []),
            ("grantd_audit_failures_total", []),
        ]:
            for key, value in told.by(name, *labels).items():
                counts[name, *([key] if isinstance(key, str) else key)] += value
        durations = told.by("grantd_request_duration_seconds_count", "endpoint")
        requests_by_endpoint = collections.Counter()
        for (endpoint, _), value in told.by("grantd_requests_total", "endpoint", "status").items():
            requests_by_endpoint[endpoint] += value
        assert durations == dict(requests_by_endpoint)
        counts["grantd_requests_total", "metrics", "200"] -= self._asked
        self._asked += 1
        return +counts

    def counted(self):
        """What was counted since this was asked last."""
        now = self.counts()
        new = now - self._counts
        assert not self._counts - now, "no count ever falls"
        self._counts = now
        return new


def in_threads(callers, action):
    """Runs the action of each caller in a thread of its own; fails if one of them does."""
    failures = []

    def run(caller):
        try:
            action(caller)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


in_threads = contextlib.contextmanager(in_threads)


def total(callers, of):
    return sum((getattr(caller, of) for caller in callers), collections.Counter())


@contextlib.contextmanager
def counting(workers=4, **settings):
    """A pool that serves, with its clients; what was counted until now is known."""
    with directory() as path:
        made = Made(path, workers, **settings)
        made.add_clients()
        with running(made.pool):
            made.issue()
            made.counted()
            yield made


@pytest.fixture
def made():
    with counting() as made:
        yield made


def test_everything_counted_is_what_was_sent(made):
    callers = made.callers()
    for phase in range(4):
        with in_threads(callers, send_rounds):
            pass
        assert made.counted() == total(callers, "counted"), f"phase {phase}"
        for caller in callers:
            assert not caller.lost
            caller.counted.clear()
        disturb(made.pool, phase)
    sent = total(callers, "answers")
    assert sent.total() >= 10_000 and set(sent) == {*KINDS, *CLOSING}


def send_rounds(caller):
    for _ in range(9):
        caller.send_all()
        caller.send_closing()


def disturb(pool, phase):
    """Between requests: a worker is killed, all are, all are replaced."""
    victims = {0: pool.workers()[:1], 1: pool.workers()}.get(phase, [])
    if phase == 2:
        pool.reload()
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not set(victims) & set(pool.workers()) and pool.is_whole(), "the workers to be back", 30)


@pytest.mark.parametrize("workers", [4, 1])
def test_workers_that_are_killed_and_replaced_meanwhile_lose_at_most_what_they_were_at(workers):
    with counting(workers) as made:
        callers = made.callers()
        stop = threading.Event()

        def load(caller):
            while not stop.is_set():
                caller.send_all(stop.is_set)

        kills = 0
        with in_threads(callers, load):
            try:
                for _ in range(5):
                    wait_for_more(callers)
                    victim = made.pool.workers()[-1]
                    os.kill(victim, signal.SIGKILL)
                    kills += 1
                    wait_until(lambda: victim not in made.pool.workers() and made.pool.is_whole(), "another", 30)
                wait_for_more(callers)
                made.pool.reload()
                wait_for_more(callers)
            finally:
                stop.set()
        answered, lost = total(callers, "counted"), total(callers, "lost")
        answers = total(callers, "answers")
        # A caller has one request under way. At a reload it may lose one with each worker that it meets.
        assert answers.pop("lost", 0) <= len(callers) * (kills + workers)
        assert answers.total() > 2500
        counted = made.counted()
        assert not answered - counted, f"all that was answered is counted: {answered - counted}"
        assert not counted - answered - lost, f"nothing else is: {counted - answered - lost}"
        # And afterwards the counts are exact again.
        for caller in callers:
            caller.counted.clear()
            caller.send_all()
        assert made.counted() == total(callers, "counted")


def wait_for_more(callers):
    sent = lambda: sum(caller.answers.total() for caller in callers)
    enough = sent() + 400
    wait_until(lambda: sent() >= enough, "more answers", 60)


def test_what_comes_through_nginx_is_counted_once(made):
    expected = collections.Counter()
    with running(Nginx(made.pool.path, made.pool.socket, server=LOCATIONS)) as nginx:
        session = requests.Session()
        robot, bearer = ("robot", made.secret), {"Authorization": f"Bearer {made.good}"}

        def send(status, method, path, *kinds, **more):
            answered = session.request(method, nginx.url + path, timeout=20, **more)
            assert answered.status_code == status, answered.text
            for one in kinds:
                expected.update(one.counted)

        for _ in range(25):
            send(200, "POST", "/oauth2/token", KINDS["token by Basic"], data=GRANT, auth=robot)
            send(200, "POST", "/oauth2/token", KINDS["token by JSON"], json=made.own(GRANT))
            send(401, "POST", "/oauth2/token", KINDS["wrong secret"], data=GRANT, auth=("robot", "wrong"))
            send(405, "GET", "/oauth2/token", KINDS["wrong HTTP method"])
            # nginx refuses it by itself.
            send(413, "POST", "/oauth2/token", data="x" * 20000)
            send(200, "POST", "/oauth2/introspect", KINDS["introspect active"], data={"token": made.good}, auth=robot)
            send(200, "POST", "/oauth2/revoke", KINDS["revoke foreign"], data={"token": made.others}, auth=robot)
            send(200, "GET", "/any", KINDS["check allowed"], headers=bearer)
            send(200, "GET", "/read", KINDS["check allowed"], headers=bearer)
            send(403, "GET", "/write", KINDS["check lacks a scope"], headers=bearer)
            send(401, "GET", "/any", KINDS["check without a token"])
            send(401, "GET", "/any", KINDS["check garbage"], headers={"Authorization": "Bearer x"})
            send(204, "GET", "/oauth2/check", KINDS["check allowed"], headers=bearer)
            send(200, "GET", "/oauth2/health", KINDS["health"])
            send(200, "HEAD", "/oauth2/health", KINDS["health"])
            send(404, "GET", "/oauth2/metadata", KINDS["no metadata"])
            send(404, "GET", "/.well-known/oauth-authorization-server/oauth2", KINDS["no metadata"])
            send(404, "GET", "/oauth2/nothing", KINDS["unknown path"])
            send(404, "GET", "/nothing")
            forwarded = {"X-Forwarded-For": "127.0.0.1"}
            send(403, "GET", "/oauth2/metrics", KINDS["metrics from elsewhere"], headers=forwarded)
            send(403, "GET", "/oauth2/status", KINDS["status from elsewhere"], headers=forwarded)
            send(400, "GET", "/oauth2/status?format=xml", KINDS["status of no format"])
    assert made.counted() == expected


def test_all_programs_on_a_state_directory_count_together(made):
    """A second pool, and a worker without a supervisor, which has an issuer."""
    expected = collections.Counter()
    with directory() as path:
        second = OwnPool(path, *GROUP, workers=2, state=made.state, **QUICK)
        alone = Worker(path, made.state, **QUICK, GRANTD_ISSUER="https://example.com/oauth2")
        with running(second), running(alone):
            for asked in (made.pool, second, alone) * 10:
                caller = Caller(types.SimpleNamespace(pool=asked, request=made.request))
                for name in ("token by Basic", "wrong secret", "check allowed", "check revoked", "revoke own"):
                    caller.send(name, KINDS[name])
                expected.update(caller.counted)
                caller.connection.close()
            for _ in range(3):
                assert alone.ask(get("/metadata")).status == 200
            expected.update({("grantd_requests_total", "metadata", "200"): 3})
            assert made.counted() == expected
            assert made.counts(second) == made.counts(alone) == made.counts()
            told = metrics(alone)
            assert told.by("grantd_workers", "state") == {"serving": 6}
            assert told.value("grantd_workers_wanted") == 6
            assert len(status(second)["workers"]) == 7
    # Two questions were asked beside those of `counts`; what the others counted stays.
    expected = {("grantd_requests_total", "metrics", "200"): 1, ("grantd_requests_total", "status", "200"): 1}
    assert made.counted() == expected


def test_the_status_page_counts_the_same(made):
    callers = made.callers(2)
    for caller in callers:
        caller.send_all()
        caller.send_closing()
    before, told = metrics(made.pool), status(made.pool)
    totals = told["totals"]
    assert told["last_hour"] == totals | {"seconds": told["last_hour"]["seconds"]}
    assert totals["requests"] == sum(before.by("grantd_requests_total", "endpoint", "status").values()) + 1
    assert totals["tokens_issued"] == before.value(ISSUED)
    assert totals["dropped"] == before.value("grantd_requests_dropped_total")
    refusals = {(one["error"], one["reason"]): one["count"] for one in totals["refusals"]}
    assert refusals == before.by(REFUSED, "error", "reason")
    assert {name: count for name, count in totals["checks"].items() if count} == before.by(CHECKED, "decision")
    assert sum(worker["requests"] for worker in told["workers"]) == totals["requests"]
    assert {worker["process"] for worker in told["workers"]} == set(made.pool.workers())
    assert {one["endpoint"]: one["requests"] for one in told["latencies"]} == {
        name: count + (name == "metrics")
        for name, count in before.by("grantd_request_duration_seconds_count", "endpoint").items()
    }


def test_connections_are_counted_by_what_they_do(made):
    def connections():
        made.told = metrics(made.pool).by("grantd_connections", "state")
        return sum(made.told.values())

    # The question's own may be among them.
    wait_until(lambda: connections() <= 1, "no connection")
    kept = [Connection(made.pool.socket) for _ in range(20)]
    for connection in kept:
        assert connection.ask(get("/health")).status == 200
    wait_until(lambda: 20 <= connections() <= 21 and made.told["idle"] >= 20, "the connections")
    with socket.socket(socket.AF_UNIX) as begun:
        begun.connect(str(made.pool.socket))
        begun.sendall(request_bytes(get("/health"))[:20])
        wait_until(lambda: connections() >= 21 and made.told["busy"] >= 1, "the one that has begun")
    for connection in kept:
        connection.close()
    wait_until(lambda: connections() <= 1, "no connection")


def test_an_audit_that_cannot_be_written_is_counted():
    with directory() as path:
        audit = path / "audit"
        audit.mkdir(mode=0o700)
        with counting(GRANTD_AUDIT=str(audit / "audit.jsonl")) as made:
            (audit / "audit.jsonl").unlink(missing_ok=True)
            (audit / "audit.jsonl").mkdir()
            for _ in range(8):
                assert made.pool.post("/token", made.own(GRANT)).status == 503
            assert made.counted() == {
                ("grantd_requests_total", "token", "503"): 8,
                (REFUSED, "temporarily_unavailable", "unaudited"): 8,
                ("grantd_audit_failures_total",): 8,
            }


LIMIT, WINDOW = 3, 8
HERE, THERE = "127.0.0.1", "192.0.2.7"


def test_lock_outs_are_counted_and_shown_for_clients_that_there_are():
    with counting(GRANTD_FAILURE_LIMIT=str(LIMIT), GRANTD_FAILURE_WINDOW=str(WINDOW)) as made:

        def fail(client, address, count):
            form = GRANT | {"client_id": client, "client_secret": "wrong"}
            return [made.pool.post("/token", form, REMOTE_ADDR=address, HTTPS="on").status for _ in range(count)]

        for client, address in [("robot", HERE), ("other", THERE), ("nobody", HERE), ("invented", THERE)]:
            assert fail(client, address, LIMIT + 4) == [401] * LIMIT + [429] * 4
        counted = made.counted()
        assert counted["grantd_requests_total", "token", "429"] == 16
        assert counted[REFUSED, "temporarily_unavailable", "too_many_failures"] == 16
        assert counted[REFUSED, "invalid_client", "wrong_secret"] == 2 * LIMIT
        assert counted[REFUSED, "invalid_client", "unknown_client"] == 2 * LIMIT

        def locked_out():
            told = status(made.pool)["locked_out"]
            assert all(told_at - 1 <= one["until"] <= time.time() + WINDOW + 1 for one in told)
            # Of a client and address, one line, whichever workers have refused it.
            assert len({(one["client_id"], one["address"]) for one in told}) == len(told)
            return {(one["client_id"], one["address"]) for one in told}

        def fail_again():
            """Each further failure makes the wait longer, so that even a slow machine sees it."""
            for client, address in [("robot", HERE), ("other", THERE), ("nobody", HERE), ("invented", THERE)]:
                fail(client, address, 2)
            return locked_out()

        told_at = time.time()
        both = {("robot", HERE), ("other", THERE)}
        wait_until(lambda: fail_again() == both, "both to be shown", 60)
        grantctl(made.state, "client", "remove", "other")
        assert locked_out() <= {("robot", HERE)}
        told_at = 0
        wait_until(lambda: not locked_out(), "the waits to be over", WINDOW + 30)


def fail_four_times(made, client):
    """How long four wrong secrets took by the counts, and by the clock."""
    before, began = took(made), time.monotonic()
    for _ in range(4):
        assert made.pool.post("/token", GRANT | {"client_id": client, "client_secret": "wrong"}).status == 401
    passed = time.monotonic() - began
    return took(made) - before, passed


def test_a_failure_takes_as_long_as_its_hash(made):
    grantctl(made.state, "client", "add", "person", "--secret-stdin", stdin="client-secret")
    duration, passed = fail_four_times(made, "person")
    # Four slow hashes take longer on any machine.
    assert 0.004 <= duration <= passed


def test_the_delay_of_a_failure_is_not_in_its_duration():
    with counting(GRANTD_FAILURE_DELAY="1000") as made:
        duration, passed = fail_four_times(made, "robot")
        assert passed >= 4 and 0 < duration <= passed - 2


def took(made):
    return metrics(made.pool).value("grantd_request_duration_seconds_sum", endpoint="token")
