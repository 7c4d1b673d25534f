"""Counts by client: invented ids take no room, at most 1,000 clients are counted, and both text formats say the same."""

import collections
import concurrent.futures
import contextlib
import json
import os
import re
import signal
import threading

import pytest
from support.exposition import FORMATS, Exposition, get, metrics, status
from support.fastcgi import KeptConnection, Worker
from support.own_pool import OwnPool
from support.programs import grantctl, wait_until
from support.temporary import directory, running

ON = {"GRANTD_METRICS_CLIENTS": "on", "GRANTD_FAILURE_DELAY": "0", "GRANTD_FAILURE_LIMIT": "0"}
ISSUED, REFUSED = "grantd_client_tokens_issued_total", "grantd_client_refusals_total"
MOST = 1000
ODD = [
    'a "quoted" id',
    "back\\slash",
    'all \\" of \\n them\\\\',
    "ends with a backslash\\",
    "{braces}, commas, a=b",
    "# EOF",
    " spaces ",
    "zoë, 中文, 🦊",
    "\u202eright to left",
    "\ufeffmark",
    "\u2028separator",
    "</td><script>alert(1)</script>&amp;",
    "x" * 249 + "1",
    "x" * 249 + "2",
    "é" * 41,
]
# One letter in two spellings, which are two ids.
SPELLINGS = ["caf\u00e9", "cafe\u0301"]


class Connection(KeptConnection):
    """A connection to a worker, and what it asks for."""

    def token(self, identifier, secret, path="/token", **more):
        """The answer to a request by a client, as JSON so that an id may be anything."""
        body = json.dumps({"client_id": identifier, "client_secret": secret, **more}).encode()
        return self.ask(
            {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": path,
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(body)),
                "REMOTE_ADDR": "127.0.0.1",
            },
            body,
        )

    def grant(self, identifier, secret):
        return self.token(identifier, secret, grant_type="client_credentials").status


class Counting:
    """Three workers on sockets of their own, a connection to each, and what each client should have been counted."""

    def __init__(self, path, **settings):
        self.state = path / "state"
        self.state.mkdir(mode=0o700)
        self.workers = [Worker(path, self.state, f"worker-{number}", **ON | settings) for number in range(3)]
        self.connections = [Connection(worker.socket) for worker in self.workers]
        made = grantctl(self.state, "client", "add", "model", "--json").stdout
        self.secret = json.loads(made)["client_secret"]
        self._model = json.loads((self.state / "clients/model.json").read_text())
        self.issued, self.refused = collections.Counter(), collections.Counter()

    def start(self):
        for worker in self.workers:
            worker.start()

    def stop(self):
        for worker in self.workers:
            worker.stop()

    def add(self, identifier):
        """A client with the same secret as every other."""
        name = "".join(
            chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"._-") else f"%{byte:02X}"
            for byte in identifier.encode()
        )
        file = self.state / f"clients/{name}.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(self._model | {"client_id": identifier}))

    def grant(self, identifier, worker=0):
        assert self.connections[worker].grant(identifier, self.secret) == 200, identifier
        self.issued[identifier] += 1

    def fail(self, identifier, worker=0):
        assert self.connections[worker].grant(identifier, "wrong") == 401, identifier
        self.refused[identifier] += 1

    def text(self, worker=0):
        return self.workers[worker].ask(get("/metrics")).text


@contextlib.contextmanager
def counting(**settings):
    with directory() as path, running(made := Counting(path, **settings)):
        yield made


@pytest.fixture
def made():
    with counting() as made:
        yield made


def without_numbers(text):
    return re.sub(r"(?m) [0-9.e+-]+$", " N", text)


def check_clients(made):
    """Each worker says of each client what was sent, and of no other."""
    clients = {*made.issued, *made.refused}
    for worker in made.workers:
        told = metrics(worker)
        assert told.by(ISSUED, "client_id") == +made.issued
        assert told.by(REFUSED, "client_id") == +made.refused
        assert {dict(labels)["client_id"] for name, labels in told.values if name == ISSUED} == clients
        assert {dict(labels)["client_id"] for name, labels in told.values if name == REFUSED} == clients


def test_a_flood_of_invented_ids_leaves_no_trace_but_numbers(made):
    for worker in range(3):
        made.grant("model", worker)
        made.fail("model", worker)
        assert made.connections[worker].grant("invented", "wrong") == 401
    pages = [worker.ask(get("/status", QUERY_STRING="format=json")).text for worker in made.workers]
    made.text()
    before = [made.text(worker) for worker in range(3)]

    def flood(worker):
        for number in range(1000):
            kind = number % 4
            # Some are such that they could break out of a label, and some look like the client's.
            identifier = [f"{worker}-{number}", f'x"}} 1\n{number}', f"model{number}", f"{number}é\\"][kind]
            assert made.connections[worker].grant(identifier, made.secret) == 401, identifier

    with concurrent.futures.ThreadPoolExecutor() as threads:
        list(threads.map(flood, range(3)))
    for worker in range(3):
        made.fail("model", worker)
    after = [made.text(worker) for worker in range(3)]
    assert [without_numbers(text) for text in after] == [without_numbers(text) for text in before]
    assert all(len(text) < len(earlier) + 500 for text, earlier in zip(after, before))
    check_clients(made)
    assert metrics(made.workers[0]).by("grantd_refusals_total", "reason")["unknown_client"] == 3 + 3 * 1000
    for worker, earlier in zip(made.workers, pages):
        now = worker.ask(get("/status", QUERY_STRING="format=json")).text
        assert [use["client_id"] for use in json.loads(now)["clients_by_use"]] == ["model"]
        assert len(now) < len(earlier) + 2000
    assert (made.state / "counters").stat().st_size == 2854912


def test_what_is_refused_without_proof_that_a_client_exists_adds_no_client(made):
    first = made.connections[0]
    asked = {"grant_type": "client_credentials"}
    assert first.token("nobody", "wrong", **asked).status == 401
    assert first.token("model", "wrong", grant_type="password").status == 400
    assert first.token("nobody", "wrong", path="/introspect", token="x").status == 401
    assert first.token("nobody", "wrong", path="/revoke", token="x").status == 401
    assert first.ask(get("/check", HTTP_AUTHORIZATION="Bearer " + "x" * 64)).status == 401
    assert "client_id" not in made.text()
    # What does prove it.
    for identifier in ("wrong", "disabled", "lacking"):
        made.add(identifier)
    grantctl(made.state, "client", "disable", "disabled")
    made.fail("wrong")
    assert first.grant("disabled", made.secret) == 401
    made.refused["disabled"] += 1
    assert first.token("lacking", made.secret, **asked, scope="admin").status == 400
    made.refused["lacking"] += 1
    granted = first.token("model", made.secret, **asked)
    bearer = f"Bearer {json.loads(granted.text)['access_token']}"
    made.issued["model"] += 1
    assert first.ask(get("/check", HTTP_AUTHORIZATION=bearer, OAUTH_REQUIRE_SCOPE="admin")).status == 403
    made.refused["model"] += 1
    check_clients(made)


def test_at_most_a_thousand_clients_are_counted_and_all_workers_agree(made):
    clients = [f"client-{number}" for number in range(1200)]
    for identifier in clients:
        made.add(identifier)
    for number, identifier in enumerate(clients):
        made.grant(identifier, number % 3)
    for turn in range(1, 3):
        for number, identifier in enumerate(clients):
            made.grant(identifier, (number + turn) % 3)
            if number % 5 == 0:
                made.fail(identifier, (number + turn) % 3)
    expected = clients[:MOST]
    told = [metrics(worker) for worker in made.workers]
    for one in told:
        assert one.by(ISSUED, "client_id") == {identifier: 3 for identifier in expected}
        assert one.by(REFUSED, "client_id") == {identifier: 2 for identifier in expected[::5]}
        assert len([name for name, _ in one.values if name == ISSUED]) == MOST
        assert one.value("grantd_tokens_issued_total") == 3 * len(clients)
    for worker in made.workers:
        assert len(status(worker)["clients_by_use"]) == 20
    # The next worker finds them there as well.
    with directory() as path, running(Worker(path, made.state, **ON)) as late:
        connection = Connection(late.socket)
        for identifier in (clients[0], clients[-1]):
            assert connection.grant(identifier, made.secret) == 200
        found = metrics(late).by(ISSUED, "client_id")
        assert found[clients[0]] == 4 and clients[-1] not in found


def test_the_most_used_come_first_on_the_page(made):
    for number in range(30):
        made.add(f"client-{number:02}")
        for turn in range(number + 1):
            made.grant(f"client-{number:02}", turn % 3)
    made.fail("client-00")
    uses = status(made.workers[0])["clients_by_use"]
    assert uses == [
        {"client_id": f"client-{number:02}", "tokens_issued": number + 1, "refusals": 0} for number in range(29, 9, -1)
    ]


@pytest.mark.parametrize("accept", FORMATS)
def test_any_id_comes_back_as_it_is(made, accept):
    for identifier in ODD:
        made.add(identifier)
        for worker in range(3):
            made.grant(identifier, worker)
    for worker in made.workers:
        told = metrics(worker, FORMATS[accept][0])
        assert told.by(ISSUED, "client_id") == {identifier: 3 for identifier in ODD}
        assert {use["client_id"] for use in status(worker)["clients_by_use"]} == set(ODD)
    page = made.workers[0].ask(get("/status")).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_ids_that_only_look_alike_are_counted_apart(made):
    for identifier in SPELLINGS:
        made.add(identifier)
        made.grant(identifier)
    made.grant(SPELLINGS[0])
    made.fail(SPELLINGS[1])
    check_clients(made)


def test_clients_that_are_removed_and_made_again_are_counted_on(made):
    made.add("other")
    for worker in range(3):
        made.grant("model", worker)
        made.grant("other", worker)
    grantctl(made.state, "client", "remove", "other")
    check_clients(made)
    for worker in range(3):
        # It has an entry, so what is refused to it is counted, though there is no such client now.
        made.fail("other", worker)
        status(made.workers[worker])
    check_clients(made)
    made.add("other")
    made.grant("other")
    check_clients(made)


def test_workers_that_meet_the_same_clients_at_once_add_each_once():
    with directory() as path:
        state = path / "state"
        with running(pool := OwnPool(path, workers=4, **ON)):
            helper = Counting.__new__(Counting)
            helper.state = state
            made = json.loads(grantctl(state, "client", "add", "model", "--json").stdout)
            helper.secret = made["client_secret"]
            helper._model = json.loads((state / "clients/model.json").read_text())
            clients = [f"client-{number}" for number in range(300)]
            for identifier in clients:
                helper.add(identifier)
            counted, lost = collections.Counter(), collections.Counter()

            def load():
                connection = Connection(pool.socket)
                for identifier in clients:
                    try:
                        assert connection.grant(identifier, helper.secret) == 200
                        counted[identifier] += 1
                    except (OSError, AssertionError):
                        lost[identifier] += 1
                        connection.close()

            threads = [threading.Thread(target=load) for _ in range(8)]
            for thread in threads:
                thread.start()
            for _ in range(3):
                enough = sum(counted.values()) + 200
                wait_until(lambda: sum(counted.values()) > enough or not any(t.is_alive() for t in threads), "answers")
                victim = pool.workers()[-1]
                os.kill(victim, signal.SIGKILL)
                wait_until(lambda: victim not in pool.workers() and pool.is_whole(), "another worker", 30)
            for thread in threads:
                thread.join()
            # A kill breaks each connection once, and another attempt may meet its ruins.
            assert sum(lost.values()) <= 3 * 2 * len(threads)
            told = metrics(pool).by(ISSUED, "client_id")
            assert list(told) and set(told) <= set(clients) and set(counted) <= set(told)
            for identifier in clients:
                assert counted[identifier] <= told[identifier] <= counted[identifier] + lost[identifier]


def test_no_client_is_named_unless_it_is_asked_for():
    with counting(GRANTD_METRICS_CLIENTS="off") as made:
        made.grant("model")
        made.fail("model")
        assert "client_id" not in made.text() and "grantd_client_" not in made.text()
        assert "clients_by_use" not in status(made.workers[0])
        # Another worker may count them in the same file.
        with directory() as path, running(Worker(path, made.state, **ON)) as other:
            assert Connection(other.socket).grant("model", made.secret) == 200
            assert metrics(other).by(ISSUED, "client_id") == {"model": 1}
            assert "clients_by_use" not in status(made.workers[0])


# Formats


def test_both_formats_say_the_same(made):
    for number in range(20):
        made.grant("model", number % 3)
        made.fail("model", number % 3)
    texts = {}
    for name, (accept, content_type) in FORMATS.items():
        answered = made.workers[0].ask(get("/metrics", HTTP_ACCEPT=accept))
        assert answered.status == 200 and answered.headers["content-type"] == content_type
        assert answered.headers["cache-control"] == "no-store"
        texts[name] = answered.text
    told = {name: Exposition(text, FORMATS[name][1]) for name, text in texts.items()}
    values = [
        # But for what the questions themselves change.
        {
            sample: value
            for sample, value in one.values.items()
            if ("endpoint", "metrics") not in sample[1] and sample[0] != "grantd_connections"
        }
        for one in told.values()
    ]
    assert values[0] == values[1] and len(values[0]) > 70
    families = [{name: (one.kind, one.help) for name, one in each.families.items()} for each in told.values()]
    assert families[0] == families[1]
    assert texts["OpenMetrics"].endswith("\n# EOF\n") and "# EOF" not in texts["Prometheus"]
    assert told["OpenMetrics"].families["grantd_build"].kind == "info"


PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
PROMETHEUS_2 += "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
ACCEPT = {
    "Prometheus": [
        None,
        "",
        "*/*",
        "text/*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/plain",
        "text/plain;version=0.0.4",
        "application/json",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text; q=0.0, */*",
        "application/openmetrics-text;q=0.5,text/plain",
        "text/plain;q=0.9, application/openmetrics-text;q=0.8",
        "application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text;version=2.0.0,text/plain;q=0.1",
        "application/openmetrics-textual",
        "application/openmetrics-text;q=nan",
        "application/openmetrics-text;q=",
        "," * 5000,
        ";;;,;,q=1;;",
        "text/plain,".ljust(4000, "x"),
    ],
    "OpenMetrics": [
        "application/openmetrics-text",
        "APPLICATION/OpenMetrics-Text; Version=1.0.0",
        "application/openmetrics-text;version=1.0.0;charset=utf-8",
        "application/openmetrics-text;q=0.5,text/plain;q=0.5",
        "text/plain;q=0.4 ,\tapplication/openmetrics-text ; q=0.5",
        "*/*, application/openmetrics-text;q=0.1",
        "text/plain;q=0, application/openmetrics-text;q=0.001",
        PROMETHEUS_2,
        PROMETHEUS_3,
    ],
}


@pytest.fixture(scope="module")
def asked():
    with counting() as made:
        yield made.workers[0]


@pytest.mark.parametrize("expected, accept", [(name, accept) for name in ACCEPT for accept in ACCEPT[name]])
def test_the_format_is_what_is_accepted(asked, expected, accept):
    headers = {} if accept is None else {"HTTP_ACCEPT": accept}
    answered = asked.ask(get("/metrics", **headers))
    assert answered.status == 200 and answered.headers["content-type"] == FORMATS[expected][1]
    Exposition(answered.text, answered.headers["content-type"])


def test_the_parser_is_strict():
    good = '# HELP a_total Some.\n# TYPE a_total counter\na_total{b="c"} 1\n'
    kind = FORMATS["Prometheus"][1]
    assert Exposition(good, kind).value("a_total", b="c") == 1
    for old, new in [
        ("1\n", "1"),
        ("1\n", "1\n# EOF\n"),
        ("1\n", "1\n\n"),
        ("1\n", "-1\n"),
        ("1\n", "NaN\n"),
        ("1\n", '1\na_total{b="c"} 1\n'),
        ('"c"', '"c""'),
        ('"c"', '"c\\x"'),
        ('"c"', '"c",b="d"'),
        ("{b=", "{b ="),
        ("a_total{", "a{"),
        ("counter", "gauge"),
        ("# HELP a_total Some.\n", ""),
        ("counter\n", "counter\n# UNIT a_total total\n"),
    ]:
        assert old in good
        with pytest.raises((AssertionError, AttributeError)):
            Exposition(good.replace(old, new), kind)
    with pytest.raises(AssertionError):
        Exposition(good, FORMATS["OpenMetrics"][1])
