"""Who may see /oauth2/metrics and /oauth2/status through the files that are shipped, and what they see there."""

import base64
import hashlib
import json
import re
import socket

import pytest
import requests
from support.any_server import site_behind
from support.apache import Apache
from support.certificates import self_signed
from support.exposition import FORMATS, Exposition, get, status
from support.fastcgi import Worker
from support.lighttpd import Lighttpd
from support.programs import free_port
from support.refusals import check
from support.site import CHOSEN, site
from support.temporary import directory, running

PATHS = ["metrics", "status"]
# An address that nginx takes for its peer's where the balancer, of this machine too, says so.
BALANCER, ADDED, FOREIGN = "127.0.0.5", "10.0.0.7", "203.0.113.9"
FORWARDED = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "localhost",
    "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "Via": "1.1 proxy",
}
FORGED = {
    "GRANTD-MONITORING": "1",
    "Grantd_Monitoring": "1",
    "HTTP_GRANTD_MONITORING": "1",
    "Http-Grantd-Monitoring": "1",
}
MEMBERS = {
    "version": str,
    "time": int,
    "since": int,
    "healthy": bool,
    "pool": dict,
    "workers": list,
    "totals": dict,
    "last_minute": dict,
    "last_hour": dict,
    "latencies": list,
    "history": dict,
    "tokens": dict,
    "clients": dict,
    "locked_out": list,
}


def add_address(text):
    """Switches on the line that is there as an example."""
    assert f"    #{ADDED}   1;\n" in text
    return text.replace(f"    #{ADDED}   1;\n", f"    {ADDED}   1;\n")


BEHIND_A_BALANCER = f"set_real_ip_from {BALANCER}; real_ip_header X-Forwarded-For; underscores_in_headers on;"


@pytest.fixture(scope="module")
def made():
    """A site that takes even headers with underscores, and one more address in `geo`."""
    with site(server=BEHIND_A_BALANCER, edit_http=add_address) as made:
        made.add("web-app", secret=CHOSEN)
        yield made


def ask(made, path, source="127.0.0.1", method="GET", headers={}, query=""):
    """An answer to a request from an address of this machine."""
    session = requests.Session()
    session.mount("http://", Adapter(source))
    return session.request(
        method, f"{made.url}/oauth2/{path}{query}", headers=headers, timeout=10, allow_redirects=False
    )


class Adapter(requests.adapters.HTTPAdapter):
    def __init__(self, source):
        self._source = source
        super().__init__()

    def init_poolmanager(self, *arguments, **more):
        super().init_poolmanager(*arguments, source_address=(self._source, 0), **more)


def from_address(made, path, address, **more):
    """An answer to a request that the balancer passes on for an address."""
    headers = {"X-Forwarded-For": address} | more.pop("headers", {})
    return ask(made, path, BALANCER, headers=headers, **more)


def check_refused(answer):
    body = check(answer, 403, "access_denied")
    assert body["error_description"] == "only this machine may ask for this, unless the site allows other addresses"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.9", "127.255.255.254"])
def test_this_machine_may(made, path, source):
    assert ask(made, path, source).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("value", [None, FOREIGN, "", "x"])
def test_what_a_proxy_on_this_machine_passes_on_may_not(made, path, name, value):
    headers = {name: FORWARDED[name] if value is None else value}
    answer = ask(made, path, headers=headers)
    # A header without a value says nothing.
    assert answer.status_code == 200 if value == "" else check_refused(answer) is None


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("address", [FOREIGN, "10.0.0.8", "192.168.1.1", "172.16.0.1", "2001:db8::1", "128.0.0.1"])
def test_another_address_may_not(made, path, address):
    check_refused(from_address(made, path, address))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name, value", [*FORGED.items(), *FORWARDED.items()])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_address_gets_nothing_by_headers(made, path, name, value, method):
    # What the caller says comes before what the balancer adds.
    headers = {name: value} if name != "X-Forwarded-For" else {name: f"{value}, {FOREIGN}"}
    answer = from_address(made, path, FOREIGN, headers=headers, method=method)
    assert answer.status_code == 403 and "grantd_" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_is_added_may(made, path):
    answer = from_address(made, path, ADDED)
    # The balancer's own header does not count against it, since nginx has not this machine as its peer.
    assert answer.status_code == 200
    check_refused(from_address(made, path, "10.0.0.70"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_405(made, path, method):
    answer = ask(made, path, method=method)
    check(answer, 405, "invalid_request")
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", PATHS)
def test_head_is_the_head_of_get(made, path):
    got, head = ask(made, path), ask(made, path, method="HEAD")
    assert head.status_code == 200 and head.content == b""
    same = set(got.headers) - {"Date", "Content-Length"}
    assert {name: head.headers.get(name) for name in same} == {name: got.headers[name] for name in same}


@pytest.mark.parametrize("path", ["metrics/", "status/"])
def test_a_slash_at_the_end_is_the_same(made, path):
    assert ask(made, path).status_code == 200


@pytest.mark.parametrize("path", ["metrics/x", "Metrics", "status.json", "metrics%00", "status;x"])
def test_another_path_is_404(made, path):
    assert ask(made, path).status_code in (400, 404)


@pytest.mark.parametrize("query", ["?format=xml", "?format=", "?format=JSON", "?format=json&format=xml"])
def test_another_format_is_400(made, query):
    check(ask(made, "status", query=query), 400, "invalid_request")


@pytest.mark.parametrize("query", ["", "?", "?format=html", "?other=x", "?format=json&format=html", "?formats=xml"])
def test_without_a_format_it_is_a_page(made, query):
    assert ask(made, "status", query=query).headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("query", ["?format=json", "?a=b&format=json", "?format=xml&format=json"])
def test_json_has_what_the_page_shows(made, query):
    answer = ask(made, "status", query=query)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.text)
    assert {name: type(value) for name, value in told.items()} == MEMBERS
    assert told["healthy"] is True and told["clients"]["active"] >= 1
    assert set(told["pool"]) == {"starting", "serving", "stopping", "restarts"}, "no supervisor is there"
    totals = {"seconds", "requests", "tokens_issued", "checks", "refusals", "dropped", "audit_failures"}
    assert all(set(told[part]) == totals for part in ("totals", "last_minute", "last_hour"))
    assert {one["process"] for one in told["workers"]} == set(made.pool.pids)
    assert {name: len(values) for name, values in told["history"].items() if isinstance(values, list)} == {
        name: 360 for name in ("tokens", "checks_allowed", "checks_denied", "token_p99", "check_p99")
    }
    assert set(told["tokens"]) == {"active", "counted_at", "by_expiry"}


def test_metrics_come_in_both_formats(made):
    for accept, content_type in FORMATS.values():
        answer = ask(made, "metrics", headers={"Accept": accept})
        assert answer.headers["Content-Type"] == content_type and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        told = Exposition(answer.text, content_type)
        assert told.value("grantd_healthy") == 1 and told.by("grantd_workers", "state") == {"serving": 2}


def test_the_page_needs_nothing_from_elsewhere(made):
    answer = ask(made, "status")
    page = answer.text
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert set(policy) == {f"{part}-src" for part in ("default", "connect", "style", "script")} | {
        "frame-ancestors",
        "base-uri",
        "form-action",
    }
    for name in ("style", "script"):
        [own] = re.findall(f"<{name}>(.*?)</{name}>", page, re.DOTALL)
        assert policy[f"{name}-src"] == f"'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'"
        assert not re.search(r"url\(|@import|://|import\b|eval|innerHTML", own)
        page = page.replace(own, "")
    assert "//" not in page and not re.search(r"(?i)<(link|img|iframe|object|embed|base|form)\b", page)
    assert not re.search(r"""(?i)<[^>]*\s(on[a-z]+|style|src|srcset|action|data|poster)\s*=""", page)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {"#main", "?format=json", "metrics"}


def test_nothing_that_gives_access_is_shown():
    secrets = []
    with site({"GRANTD_METRICS_CLIENTS": "on", "GRANTD_FAILURE_LIMIT": "2"}) as made:
        secrets.append(made.add("robot", "--scope", "orders.read"))
        for _ in range(20):
            secrets.append(made.grant("robot", secrets[0]).json()["access_token"])
        for number in range(6):
            # A person may put a secret where the id belongs.
            made.grant("robot", f"wrong-secret-{number}")
            made.grant("client-secret-as-an-id", "x")
        headers = {"Authorization": f"Bearer {secrets[-1]}"}
        assert requests.get(f"{made.url}/oauth2/check", headers=headers, timeout=10).status_code == 204
        secrets += [f"wrong-secret-{number}" for number in range(6)] + ["client-secret-as-an-id"]
        # And the hashes of both kinds.
        secrets += re.findall("[0-9a-f]{64}", (made.state / "clients/robot.json").read_text())
        shown = [ask(made, "metrics").text, ask(made, "status").text, ask(made, "status", query="?format=json").text]
        shown.append(ask(made, "metrics", headers={"Accept": "application/openmetrics-text"}).text)
    assert len(secrets) > 28 and all("robot" in text for text in shown)
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_whoever_may_not_see_it_learns_nothing_more(made):
    """The refusal comes before anything is looked at: a format, say."""
    check_refused(from_address(made, "status", FOREIGN, query="?format=xml"))
    assert from_address(made, "metrics", FOREIGN, method="POST").status_code == 405


def test_it_costs_no_request_limit():
    with site(limits=True) as made:
        assert {ask(made, path).status_code for path in PATHS for _ in range(150)} == {200}


def test_another_mount_shows_them_there():
    with site(mount="api/v1/auth") as made:
        for path in PATHS:
            assert requests.get(f"{made.url}/api/v1/auth/{path}", timeout=10).status_code == 200
            assert requests.get(f"{made.url}/oauth2/{path}", timeout=10).status_code == 404


def test_the_site_s_own_rules_by_address_stay():
    with site(server="deny all;") as closed:
        for path in PATHS:
            assert ask(closed, path).status_code == 403


def test_over_tls_it_is_the_same():
    with directory() as path:
        certificate, key = self_signed(path)
        port = free_port()
        server = f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
        with site({"GRANTD_REQUIRE_TLS": "all"}, server=server) as made:
            for part in PATHS:
                # No credentials are in it, so it need not.
                assert ask(made, part).status_code == 200
                url = f"https://127.0.0.1:{port}/oauth2/{part}"
                assert requests.get(url, timeout=10, verify=certificate).status_code == 200


def test_a_peer_on_a_socket_of_this_machine():
    """A site that listens on a unix socket: nginx says `unix:` of its peers."""
    with directory() as path:
        with site(server=f"listen unix:{path}/site.sock;") as made:
            with socket.socket(socket.AF_UNIX) as raw:
                raw.connect(f"{path}/site.sock")
                raw.sendall(b"GET /oauth2/metrics HTTP/1.0\r\nHost: x\r\n\r\n")
                head = raw.makefile("rb").readline().decode()
            assert ask(made, "metrics").status_code == 200
    assert head.startswith("HTTP/1.1 200 ")


# The address from another network, without nginx.


@pytest.fixture(scope="module")
def worker():
    with directory() as path:
        (path / "state").mkdir(mode=0o700)
        with running(Worker(path, path / "state")) as worker:
            yield worker


@pytest.mark.parametrize("path", ["/metrics", "/status"])
@pytest.mark.parametrize(
    "address, word, expected",
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("unix:", None, 200),
        ("192.0.2.1", None, 403),
        ("10.0.0.1", None, 403),
        ("", None, 403),
        ("localhost", None, 403),
        ("127.0.0.1, 192.0.2.1", None, 403),
        ("192.0.2.1", "1", 200),
        ("127.0.0.1", "1", 200),
        ("127.0.0.1", "", 403),
        ("127.0.0.1", "0", 403),
        ("192.0.2.1", "", 403),
        ("192.0.2.1", "11", 403),
        ("192.0.2.1", "yes", 403),
        ("192.0.2.1", " 1", 403),
    ],
)
def test_what_the_site_says_counts_and_without_it_the_address(worker, path, address, word, expected):
    more = {} if word is None else {"GRANTD_MONITORING": word}
    asked = get(path) | {"REMOTE_ADDR": address} | more
    assert worker.ask(asked).status == expected
    # A header is no word of the site's.
    forged = {f"HTTP_{name}": "1" for name in ("GRANTD_MONITORING", "HTTP_GRANTD_MONITORING")}
    assert worker.ask(asked | forged).status == expected


@pytest.mark.parametrize("path", ["/metrics", "/status"])
def test_without_an_address_nothing_is_shown(worker, path):
    assert worker.ask({"REQUEST_METHOD": "GET", "PATH_INFO": path}).status == 403


@pytest.mark.parametrize("path", ["/metrics", "/status"])
@pytest.mark.parametrize(
    "name", ["GRANTD_FORWARDED", "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA"]
)
@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "unix:"])
def test_what_was_passed_on_does_not_come_from_this_machine_whatever_the_site_says(worker, path, name, address):
    for word in ({}, {"GRANTD_MONITORING": "1"}):
        assert worker.ask(get(path) | {"REMOTE_ADDR": address, name: "192.0.2.1"} | word).status == 403


# Other servers and CGI.


@pytest.mark.parametrize("server", [Apache, Lighttpd], ids=["Apache", "lighttpd"])
def test_behind_another_server(server):
    with site_behind(server) as made:
        token = made.grant("reader", made.secrets["reader"]).json()["access_token"]
        for path in PATHS:
            url = f"{made.url}/oauth2/{path}"
            assert requests.get(url, timeout=10).status_code == 200, path
            for name, value in FORWARDED.items():
                answer = requests.get(url, headers={name: value}, timeout=10)
                assert answer.status_code == 403 and answer.json()["error"] == "access_denied", name
            for name, value in FORGED.items():
                assert requests.get(url, headers=FORWARDED | {name: value}, timeout=10).status_code == 403, name
            posted = requests.post(url, timeout=10)
            assert posted.status_code == 405
        told = json.loads(requests.get(f"{made.url}/oauth2/status?format=json", timeout=10).text)
        assert told["totals"]["tokens_issued"] == 1 and "counters_fault" not in told
        text = requests.get(f"{made.url}/oauth2/metrics", timeout=10).text
        assert "\ngrantd_tokens_issued_total 1\n" in text and token not in text


@pytest.mark.parametrize("server", [Apache, Lighttpd])
def test_another_server_passes_what_it_is_as_it_is(server):
    with site_behind(server) as made:
        page = requests.get(f"{made.url}/oauth2/status", timeout=10)
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["Cache-Control"] == "no-store"
        for accept, content_type in FORMATS.values():
            answer = requests.get(f"{made.url}/oauth2/metrics", headers={"Accept": accept}, timeout=10)
            assert answer.headers["Content-Type"] == content_type
            Exposition(answer.text, content_type)


def test_as_cgi(cgi):
    for path in PATHS:
        assert ask(cgi, path, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
        assert ask(cgi, path, method="POST").status_code == 405
    with directory() as path, running(Worker(path, cgi.state)) as worker:
        assert status(worker)["totals"]["requests"] == 0
        told = ask(cgi, "metrics")
        assert told.status_code == 200
        assert Exposition(told.text, told.headers["Content-Type"]).value("grantd_workers_wanted") == 1
        assert ask(cgi, "status").status_code == 200
