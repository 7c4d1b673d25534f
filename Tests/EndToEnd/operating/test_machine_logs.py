"""Logs for machines: grantd's lines as JSON, the trace of a request in them, and nginx's own log of a site as JSON."""

import json
import os
import re
import signal
import socket
import subprocess

import pytest
import requests
from support.any_server import site_behind
from support.apache import Apache
from support.fastcgi import AUTHORIZER
from support.lighttpd import Lighttpd
from support.nginx import Nginx
from support.own_pool import GROUP, OwnPool, outcome, unstarted
from support.programs import GRANTD, SNIPPET, environment, free_port, grantctl, wait_until
from support.protected import location, token
from support.refusals import FORM, basic
from support.site import site
from support.temporary import directory, running

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
VALID = {
    f"00-{TRACE}-{PARENT}-01": None,
    f"00-{TRACE}-{PARENT}-ff": None,
    # Of a later version, what it adds is left out.
    f"01-{TRACE}-{PARENT}-00": None,
    f"01-{TRACE}-{PARENT}-00-more": f"01-{TRACE}-{PARENT}-00",
    f"fe-{TRACE}-{PARENT}-00-": f"fe-{TRACE}-{PARENT}-00",
}
INVALID = [
    "",
    "x",
    f"ff-{TRACE}-{PARENT}-01",
    f"00-{TRACE}-{PARENT}-01-more",
    f"00-{TRACE}-{PARENT}-01-",
    f"00-{TRACE}-{PARENT}-1",
    f"01-{TRACE}-{PARENT}-012",
    f"00-{TRACE.upper()}-{PARENT}-01",
    f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE}-{PARENT}-0g",
    f'00-{TRACE}-{PARENT}-0"',
    f"00-{TRACE}-{PARENT}-01, 00-{TRACE}-{PARENT}-01",
    "x" * 7000,
]


def parsed(text):
    """The lines of grantd's log, each held against what every line has to be."""
    lines = []
    for line in text.splitlines():
        pairs = json.loads(line, object_pairs_hook=list)
        names = [name for name, _ in pairs]
        assert names[:3] == ["time", "level", "message"] and names[3:] == sorted(set(names[3:])), line
        assert all(isinstance(value, str) for _, value in pairs) and line == line.strip(), line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", pairs[0][1]), line
        assert re.fullmatch("trace|debug|info|notice|warning|error|critical", pairs[1][1]), line
        assert re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", line) is None
        lines.append(dict(pairs))
    return lines


class JSONPool(OwnPool):
    """A pool that logs JSON, or text until a reload."""

    def serving(self):
        told = {int(pid) for pid in re.findall(r'worker serves(?:  worker=|","worker":")(\d+)', self.said())}
        return [pid for pid in self.workers() if pid in told]


JSON_LOG = {"GRANTD_LOG_FORMAT": "json", "GRANTD_LOG_LEVEL": "debug"}
NOTHING = 'default_type text/plain; return 200 "x";'
EMPTY = "empty_gif;"
LOCATIONS = (
    location("/any/", "", EMPTY)
    + location("/orders/", "orders.read orders.write", EMPTY)
    + location("/misconfigured/", "two  spaces", EMPTY)
)


def bearer(given):
    return {"Authorization": f"Bearer {given}"}


def test_every_line_of_a_mixed_run_is_json_and_holds_no_secret():
    hostile = 'a"b\\c\u2028\u202e\u3000é' + "x" * 200
    wrong = "a-wrong-secret-of-somebody"
    with directory() as path:
        pool = JSONPool(path, *GROUP, **JSON_LOG, GRANTD_FAILURE_DELAY="0", GRANTD_FAILURE_LIMIT="3")
        try:
            pool.start()
            form = pool.add()
            made = grantctl(pool.state, "client", "add", "poor", "--scope", "orders.read", "--json")
            poor = {"grant_type": "client_credentials"} | json.loads(made.stdout)
            poor = {name: poor[name] for name in ("grant_type", "client_id", "client_secret")}
            with running(Nginx(path, pool.socket, server=LOCATIONS)) as nginx:
                granted = [requests.post(nginx.token_url, data=data, timeout=10).json() for data in (form, poor)]
                tokens = [answer["access_token"] for answer in granted]
                for identifier in ("web-app", "nobody", hostile, "a\nb"):
                    asked = form | {"client_id": identifier, "client_secret": wrong}
                    assert requests.post(nginx.token_url, data=asked, timeout=10).status_code >= 400
                for _ in range(5):
                    requests.post(
                        nginx.token_url, data=form | {"client_id": "many", "client_secret": wrong}, timeout=10
                    )
                for headers, body in [
                    ({"Authorization": basic(f"web-app:{wrong}")}, "grant_type=client_credentials"),
                    ({"Authorization": basic(f"web-app:{wrong}") + "!"}, "grant_type=client_credentials"),
                    ({"Content-Type": "text/xml\t"}, f"client_secret={wrong}"),
                    ({"Content-Type": "application/json"}, f'{{"client_secret":"{wrong}'),
                    ({"Content-Type": FORM}, f"scope=%0a%22&client_secret={wrong}&client_secret={wrong}"),
                    ({"Content-Type": FORM}, "scope=%22x%22&" + "&".join(f"{k}={v}" for k, v in form.items())),
                    ({"Content-Encoding": wrong}, "x"),
                ]:
                    assert requests.post(nginx.token_url, data=body, headers=headers, timeout=10).status_code >= 400
                requests.post(f"{nginx.token_url}?client_secret={wrong}", timeout=10)
                for endpoint in ("introspect", "revoke"):
                    asked = form | {"token": tokens[0]}
                    requests.post(f"{nginx.url}/oauth2/{endpoint}", data=asked, timeout=10)
                requests.get(f"{nginx.url}/oauth2/metadata", timeout=10)
                for headers in [
                    {},
                    bearer(tokens[0]),
                    bearer(wrong),
                    bearer(tokens[1]),
                    {"Authorization": f"Bearer {wrong} x"},
                    bearer(tokens[1]) | {"X-Forwarded-For": "203.0.113.9"},
                ]:
                    for place in ("orders", "misconfigured"):
                        answer = requests.get(
                            f'{nginx.url}/{place}/1"\u2028?access_token={wrong}', headers=headers, timeout=10
                        )
                        assert answer.status_code in (401, 403)
            asked = {"REMOTE_ADDR": '127.0.0.1"\n', "REQUEST_URI": "/orders/\u202e?secret=" + wrong}
            pool.ask(asked | {"HTTP_AUTHORIZATION": f"Bearer {wrong}"}, role=AUTHORIZER)
            pool.ask(asked | {"OAUTH_REQUIRE_SCOPE": "", "REQUEST_ID": 'x"\r\n\0y'}, role=AUTHORIZER)
            pool.ask(asked | {"REQUEST_METHOD": "POST"})
            pool.ask({"PATH_INFO": "/token", "REQUEST_METHOD": b"\xff\xfe", "REMOTE_ADDR": b"\xff"})
            (pool.state / "clients" / "broken.json").write_text('{"secrets": "\u2028\n')
            pool.post("/token", form | {"client_id": "broken"})
            pool.reload()
            wait_until(lambda: len(pool.workers()) == pool.size, "the old workers to have gone")
            os.kill(pool.workers()[0], signal.SIGKILL)
            wait_until(lambda: pool.count("worker ended and is replaced") == 1 and pool.is_whole(), "another worker")
            pool.config.write_text("GRANTD_TOKEN_LIFETIME=never\n")
            pool.signal(signal.SIGHUP)
            wait_until(lambda: pool.count("the old ones go on") == 1, "the reload to fail")
        finally:
            pool.stop()
        text = pool.log.read_bytes().decode()
    lines = parsed(text)
    for secret in (form["client_secret"], poor["client_secret"], wrong, *tokens):
        assert secret not in text
    messages = {line["message"] for line in lines}
    assert messages >= {
        "starting workers",
        "worker serves",
        "issued",
        "introspected",
        "revoked",
        "refused",
        "denied",
        "no metadata",
        "no endpoint",
        "client disabled",
        "replacing the workers one by one",
        "all workers are replaced",
        "worker ended and is replaced",
        "a new worker did not start: the old ones go on",
        "all workers have stopped",
    }
    assert [line["count"] for line in lines if line["message"] == "starting workers"] == ["2"]
    [killed] = [line for line in lines if line["message"] == "worker ended and is replaced"]
    assert killed["worker"].isdigit() and killed["level"] == "warning"
    refused = [line for line in lines if line["message"] == "refused"]
    assert all({"error", "reason"} <= set(line) for line in refused)
    assert {line.get("reason") for line in refused} >= {"wrong secret", "unknown client", "unsupported Content-Type"}
    assert {line["error"] for line in refused} >= {"invalid_client", "invalid_request", "temporarily_unavailable"}
    assert hostile in {line.get("client") for line in refused}
    through_nginx = [line for line in lines if line["message"] == "denied" and line.get("peer") == "127.0.0.1"]
    orders = [line for line in through_nginx if line.get("needs") == "orders.read orders.write"]
    assert len(orders) == 6 and all(line["location"] == "/orders/1%22%E2%80%A8" for line in orders)
    [lacking] = [line for line in orders if "lacks" in line["reason"]]
    assert (lacking["client"], lacking["level"]) == ("poor", "info") and re.fullmatch(
        "[0-9a-f]{32}", lacking["request"]
    )
    assert {line["reason"] for line in through_nginx} == {
        "no bearer token: send Authorization: Bearer TOKEN",
        "the token is unknown, expired or revoked: get a new one",
        "the Authorization header is not Bearer and a token",
        "the token lacks a scope that this needs",
        "the site asks for something that is not a scope or an audience",
        "tokens are taken over TLS only",
    }
    by_role = [line for line in lines if line["message"] == "denied" and line.get("peer") == '127.0.0.1"\n']
    assert [line["location"] for line in by_role] == ["/orders/\u202e"] * 2


def test_a_reload_takes_another_form_in_workers_and_in_their_supervisor():
    with directory() as path:
        pool = JSONPool(path)
        try:
            pool.start()
            pool.post("/token", {"client_id": "first"})
            pool.config.write_text("GRANTD_LOG_FORMAT=json\n")
            before = len(pool.said().splitlines())
            pool.reload()
            pool.post("/token", {"client_id": "second"})
            pool.config.write_text("GRANTD_LOG_FORMAT=text\n")
            after = len(pool.said().splitlines())
            pool.reload()
            pool.post("/token", {"client_id": "third"})
        finally:
            pool.stop()
        lines = pool.said().splitlines()
    # The settings are read before the first line of a reload.
    assert {line["message"] for line in parsed("\n".join(lines[before:after]))} == {
        "replacing the workers one by one",
        "worker serves",
        "all workers are replaced",
        "refused",
    }
    assert not [line for line in lines[:before] + lines[after:] if "{" in line]
    assert len([line for line in lines if "refused" in line]) == 3


def test_in_the_journal_each_object_follows_its_priority():
    with directory() as path:
        (path / "pool.log").touch()
        file = (path / "pool.log").stat()
        pool = JSONPool(path, **JSON_LOG, JOURNAL_STREAM=f"{file.st_dev}:{file.st_ino}")
        try:
            pool.start()
            pool.post("/token", {"client_id": "nobody", "client_secret": "x", "grant_type": "client_credentials"})
        finally:
            pool.stop()
        lines = pool.said().splitlines()
    levels = {"debug": "<7>", "info": "<6>", "notice": "<5>"}
    assert all(line[:3] == levels[told["level"]] for line, told in zip(lines, parsed("\n".join(x[3:] for x in lines))))
    assert any(line.startswith('<5>{"time":"') and '"client":"nobody"' in line for line in lines)


def test_what_is_said_without_settings_is_text():
    with unstarted(GRANTD_LOG_FORMAT="json", GRANTD_TOKEN_LIFETIME="never") as pool:
        status, last = outcome(pool)
        assert status == 64 and last.startswith("grantd: GRANTD_TOKEN_LIFETIME is")
    with unstarted(GRANTD_LOG_FORMAT="xml") as pool:
        assert outcome(pool)[0] == 64


@pytest.fixture(scope="module")
def logged():
    """A site that logs by nginx's log_format and by grantd's JSON, with tokens of clients `reader` and `poor`."""
    with directory() as path:
        file, other = path / "access.json.log", free_port()
        second = f"server {{ listen 127.0.0.1:{other}; access_log {file} grantd; location / {{ {NOTHING} }} }}"
        server = f"""
            access_log {file} grantd;
            location /public/ {{ {NOTHING} }}
            location /own/ {{ return 401; }}
            location /failing/ {{ return 503; }}
            location /page/ {{ error_page 404 =302 /public/; return 404; }}
            location = /allowed-and-failed {{
                auth_request "oauth2-check/"; include {SNIPPET}/grantd.client.conf; proxy_pass http://127.0.0.1:1;
            }}
            location /login/ {{
                auth_request "oauth2-check/"; error_page 401 =302 /public/; {EMPTY}
            }}
            location /refused/ {{
                deny all; auth_request "oauth2-check/"; include {SNIPPET}/grantd.client.conf; {EMPTY}
            }}
            {LOCATIONS}"""
        # Callers here forge the headers of a proxy, which would have to use TLS.
        settings = JSON_LOG | {"GRANTD_REQUIRE_TLS": "none", "GRANTD_FAILURE_LIMIT": "0", "GRANTD_FAILURE_DELAY": "0"}
        with site(settings=settings, server=server, http=second) as made:
            made.file, made.other = file, f"http://127.0.0.1:{other}"
            made.reader = token(made, "reader", "orders.read orders.write")
            made.poor = token(made, "poor", "orders.read")
            wait_until(lambda: len(raw_lines(made)) == 2, "nginx's lines about these")
            yield made


def lines_of(made, ask):
    """What `ask` makes nginx log, and grantd: the parsed lines of either, grantd's that are about a request."""
    before, said = len(raw_lines(made)), len(made.pool.log.read_text().splitlines())
    count = ask() or 1
    wait_until(lambda: len(raw_lines(made)) >= before + count, "nginx's line")
    lines = [nginx_line(line) for line in raw_lines(made)[before:]]
    assert len(lines) == count
    own = parsed("\n".join(made.pool.log.read_text().splitlines()[said:]))
    return lines, [line for line in own if "request" in line]


def raw_lines(made):
    return made.file.read_bytes().splitlines() if made.file.exists() else []


def nginx_line(line):
    told = json.loads(line.decode("ascii"))
    assert list(told) == [
        "time",
        "request",
        "peer",
        "method",
        "location",
        "status",
        "bytes",
        "seconds",
        "upstream_seconds",
        "client",
        "decision",
        "traceparent",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", told["time"])
    assert re.fullmatch("[0-9a-f]{32}", told["request"]) and isinstance(told["status"], int)
    return told


DECISIONS = {
    "allowed": ("/orders/1", "reader", 200, "allowed", "reader"),
    "allowed with any token": ("/any/1", "poor", 200, "allowed", "poor"),
    "allowed, and the application fails": ("/allowed-and-failed", "reader", 502, "allowed", "reader"),
    "no token": ("/orders/1", None, 401, "no_token", ""),
    "no token, and the site sends elsewhere": ("/login/", None, 302, "no_token", ""),
    "a wrong token": ("/orders/1", "wrong", 401, "invalid_token", ""),
    "a malformed token": ("/orders/1", "not a token", 401, "invalid_request", ""),
    "a missing scope": ("/orders/1", "poor", 403, "insufficient_scope", ""),
    "a requirement that is none": ("/misconfigured/1", "reader", 403, "insufficient_scope", ""),
    "a public location": ("/public/1", None, 200, "none", ""),
    "a public location and a token": ("/public/1", "reader", 200, "none", ""),
    "a public location's own 401": ("/own/1", "wrong", 401, "none", ""),
    "a public location's own 503": ("/failing/1", "wrong", 503, "none", ""),
    "another status of the site": ("/page/1", None, 302, "none", ""),
    "a rule by address before the check": ("/refused/1", "reader", 403, "none", ""),
    "no such page": ("/nothing", None, 404, "none", ""),
    "grantd's own endpoint": ("/oauth2/health", None, 200, "none", ""),
}


@pytest.mark.parametrize("path, given, status, decision, client", DECISIONS.values(), ids=DECISIONS)
def test_nginx_s_line_says_what_the_check_decided(logged, path, given, status, decision, client):
    headers = bearer(getattr(logged, given, given)) if given else {}

    def ask():
        answer = requests.get(f"{logged.url}{path}?a=b", headers=headers, timeout=10, allow_redirects=False)
        assert answer.status_code == status

    [line], own = lines_of(logged, ask)
    assert (line["location"], line["status"]) == (path, status)
    assert (line["method"], line["peer"]) == ("GET", "127.0.0.1")
    assert (line["decision"], line["client"], line["traceparent"]) == (decision, client, "")
    assert line["bytes"] > 0 and line["seconds"] >= 0
    denied = [told for told in own if told["message"] == "denied"]
    assert len(denied) == (decision not in ("allowed", "none"))
    for told in denied:
        assert told["request"] == line["request"] and told["location"] == line["location"]


def test_without_a_worker_the_decision_is_that_there_was_none(logged):
    logged.pool.stop()
    try:
        ask = lambda path: lambda: requests.get(logged.url + path, headers=bearer(logged.reader), timeout=10) and None
        [protected], _ = lines_of(logged, ask("/orders/1"))
        [public], _ = lines_of(logged, ask("/public/1"))
    finally:
        logged.pool.start()
    assert (protected["status"], protected["decision"], protected["client"]) == (500, "unavailable", "")
    assert (public["status"], public["decision"]) == (200, "none")


def test_a_server_that_does_not_mount_grantd_can_log_as_well(logged):
    [line], own = lines_of(logged, lambda: requests.get(f"{logged.other}/x?secret=1", timeout=10) and None)
    assert (line["location"], line["status"], line["decision"], line["client"]) == ("/x", 200, "none", "")
    assert own == []


def test_the_endpoints_have_the_same_request_id_in_either_log(logged):
    def ask():
        for secret in ("wrong", "more-wrong"):
            assert logged.grant("reader", secret).status_code == 401
        return 2

    lines, own = lines_of(logged, ask)
    assert [line["request"] for line in lines] == [told["request"] for told in own]
    assert [line["upstream_seconds"] != "" for line in lines] == [True, True]
    assert all(told["message"] == "refused" and told["client"] == "reader" for told in own)


@pytest.mark.parametrize(
    "sent, told",
    [
        (b"/orders/\xff\xfe", "/orders/"),
        ("/orders/é".encode(), "/orders/"),
        ("/orders/\u2028\u202e".encode(), "/orders/"),
        (b'/orders/"\\x', '/orders/"\\x'),
        (b"/orders/\x7f", None),
        (b"/orders/%22%0a%00x", None),
        (b"/orders/" + b"x" * 3000, "/orders/" + "x" * 192),
        (b"/orders/" + "é".encode() * 500, "/orders/"),
        (b"/orders/a?token=\xff", "/orders/a"),
        (b"/orders/%3f?token", "/orders/%3f"),
        (b"/orders/x?" + b"y" * 6000, "/orders/x"),
    ],
)
def test_every_line_is_ascii_whatever_the_path_holds(logged, sent, told):
    def ask():
        with socket.create_connection(("127.0.0.1", logged.nginx.port), timeout=10) as raw:
            raw.sendall(b"GET " + sent + b" HTTP/1.0\r\nAuthorization: Bearer x\r\n\r\n")
            while raw.recv(4096):
                pass

    [line], own = lines_of(logged, ask)
    assert told is None or line["location"] == told
    if own:
        assert own[0]["location"].startswith(line["location"]) and own[0]["request"] == line["request"]


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\x00\xff\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"GET /orders/1\r\n",
        b"GET /orders/1 HTTP/1.1\r\n\r\n",
        b"GET http://u:p@example.com/orders/1?x HTTP/1.1\r\nHost: x\r\n\r\n",
        b'G"ET / HTTP/1.1\r\nHost: x\r\n\r\n',
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_every_line_of_a_malformed_request_is_json(logged, sent):
    def ask():
        with socket.create_connection(("127.0.0.1", logged.nginx.port), timeout=10) as raw:
            raw.sendall(sent)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(4096):
                pass

    lines_of(logged, ask)


def test_no_token_or_secret_reaches_either_log(logged):
    secret = "a-secret-in-the-wrong-place"
    before = len(raw_lines(logged))
    for given in (logged.reader, logged.poor, secret):
        for path in ("/orders/1", "/public/1", "/nothing", "/oauth2/token", "/oauth2/check"):
            url = f"{logged.url}{path}?access_token={given}&client_secret={given}#{given}"
            headers = {
                "Authorization": f"Bearer {given}",
                "Cookie": f"token={given}",
                "Referer": f"https://example.com/?token={given}",
                "User-Agent": given,
                "X-Token": given,
                "traceparent": f"01-{TRACE}-{PARENT}-00-{given}",
                "tracestate": f"a={given}",
                "X-Forwarded-Uri": f"/x?token={given}",
            }
            requests.get(url, headers=headers, timeout=10)
            requests.post(url, headers=headers, data={"token": given, "client_secret": given}, timeout=10)
    wait_until(lambda: len(raw_lines(logged)) == before + 30, "nginx's lines")
    written = logged.file.read_text() + logged.pool.log.read_text()
    for given in (logged.reader, logged.poor, secret):
        assert given not in written


@pytest.mark.parametrize("sent", [*VALID, *INVALID], ids=lambda value: value[:80] or "none")
def test_a_request_s_trace_is_in_either_log_if_it_is_valid(logged, sent):
    expected = (VALID[sent] or sent) if sent in VALID else ""

    def ask():
        assert requests.get(f"{logged.url}/orders/1", headers={"traceparent": sent}, timeout=10).status_code == 401
        form = {"client_id": "x", "client_secret": "y", "grant_type": "client_credentials"}
        answer = requests.post(logged.token_url, data=form, headers={"traceparent": sent}, timeout=10)
        assert answer.status_code in (401, 429)
        return 2

    lines, own = lines_of(logged, ask)
    assert [line["traceparent"] for line in lines] == [expected] * 2
    assert [told["message"] for told in own] == ["denied", "refused"]
    assert [told.get("traceparent", "") for told in own] == [expected] * 2


def test_in_text_the_trace_is_a_detail_like_others(own):
    trace = next(iter(VALID))
    requests.post(own.token_url, headers={"traceparent": trace}, timeout=10)
    assert re.search(rf"refused .* request=[0-9a-f]{{32}} traceparent={trace}\n", own.pool.log.read_text())


@pytest.mark.parametrize("server", [Apache, Lighttpd])
def test_behind_another_server_denials_say_where_what_was_needed_and_the_trace(server):
    trace = next(iter(VALID))
    with site_behind(server, {"GRANTD_REQUIRE_TLS": "none"}) as made:
        given = made.grant("reader", made.secrets["reader"]).json()["access_token"]
        headers = bearer(given) | {"traceparent": trace, "X-Forwarded-Uri": "/elsewhere"}
        url = f"{made.url}/both/static/file?scope=other&token={given}"
        assert requests.get(url, headers=headers, timeout=10).status_code == 403
        assert requests.post(made.token_url, headers={"traceparent": trace}, timeout=10).status_code in (400, 415)
        checked, asked = made.parts.checkers.log.read_text(), made.pool.log.read_text()
    denied = (
        'client=reader location=/both/static/file needs="orders.read orders.write" peer=127.0.0.1 reason="the token'
    )
    assert re.search(rf" denied  {denied} lacks .*\" traceparent={trace}\n", checked), checked
    assert re.search(rf" refused  .* traceparent={trace}\n", asked), asked
    assert given not in checked + asked


def test_a_check_over_http_says_the_location_that_its_proxy_names(logged):
    def ask():
        for more in ({"X-Forwarded-Uri": "/orders/7?key=x"}, {}):
            headers = bearer(logged.poor) | more
            answer = requests.get(
                f"{logged.url}/oauth2/check?scope=orders.read+orders.write", headers=headers, timeout=10
            )
            assert answer.status_code == 403
        return 2

    _, own = lines_of(logged, ask)
    assert [told.get("location") for told in own] == ["/orders/7", None]
    assert {(told["client"], told["needs"]) for told in own} == {("poor", "orders.read orders.write")}


def test_one_request_by_cgi_logs_json(own):
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": "/token", "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": "0"}
    surroundings = environment(own.state, GATEWAY_INTERFACE="CGI/1.1", **request, **JSON_LOG)
    done = subprocess.run([GRANTD], env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    [line] = parsed(done.stderr.decode())
    assert (done.returncode, line["message"], line["error"]) == (0, "refused", "invalid_request")
