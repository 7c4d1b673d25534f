"""deploy/prometheus and deploy/grafana as they are shipped: Prometheus scrapes two sites, and every query is run on it.

One site keeps its tokens in files, the other in an engine. Both get the same requests, twice."""

import contextlib
import json
import re
import subprocess
import time

import pytest
import requests
from support.engines import single
from support.fastcgi import AUTHORIZER
from support.nginx import Nginx
from support.own_pool import GROUP, OwnPool
from support.programs import GRANTCTL, GRANTD, ROOT, environment, free_port, wait_until
from support.site import Site
from support.states import LOCATIONS
from support.temporary import directory, running

SHIPPED = ROOT / "deploy/prometheus"
DASHBOARD = ROOT / "deploy/grafana/grantd.json"
ROUNDS = 2

# A location whose scope is not one.
MISCONFIGURED = """
    location = /typo {
        auth_request 'oauth2-check/orders"read';
        empty_gif;
    }
"""

# What a site alone has no data for, as its tokens and clients are elsewhere.
ABSENT = {
    "files": {"grantd_store_members", "grantd_store_request_duration_seconds"},
    "engine": {"grantd_active_tokens", "grantd_clients"},
    "files|engine": set(),
}

# What one round of requests comes to, by endpoint and status.
REQUESTS = {
    ("token", "200"): 3,
    ("token", "400"): 2,
    ("token", "401"): 4,
    ("token", "405"): 1,
    ("token", "415"): 1,
    ("introspect", "200"): 1,
    ("revoke", "200"): 1,
    ("check", "204"): 2,
    ("check", "401"): 3,
    ("check", "403"): 2,
    ("authorizer", "200"): 1,
    ("health", "200"): 1,
    ("metadata", "404"): 1,
    ("other", "404"): 1,
}
REFUSALS = {
    ("invalid_client", "no_credentials"): 1,
    ("invalid_client", "unknown_client"): 1,
    ("invalid_client", "wrong_secret"): 2,
    ("invalid_request", "method_not_allowed"): 1,
    ("invalid_request", "not_found"): 2,
    ("invalid_request", "unsupported_media_type"): 1,
    ("invalid_scope", "invalid_scope"): 1,
    ("unsupported_grant_type", "unsupported_grant_type"): 1,
}
CHECKS = {"allowed": 3, "no_credentials": 1, "invalid_token": 2, "insufficient_scope": 1, "misconfigured": 1}


def promtool(*words, stdin=None):
    """Runs promtool, which has to find nothing wrong; returns what it prints."""
    done = subprocess.run(["promtool", *map(str, words)], input=stdin, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def configuration(ports, interval):
    """A configuration with the shipped job, for nginx on these ports, and the shipped alerts."""
    text = (SHIPPED / "grantd.scrape.yml").read_text()
    targets = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    for line, other in [
        ('      - targets: ["127.0.0.1:9041"]', f"      - targets: [{targets}]"),
        ("    scrape_interval: 15s", f"    scrape_interval: {interval}"),
    ]:
        assert text.count(f"{line}\n") == 1, line
        text = text.replace(line, other)
    return f"global: {{evaluation_interval: {interval}}}\nrule_files: [{SHIPPED}/grantd.rules.yml]\n{text}"


class Prometheus:
    """Debian's Prometheus on a free port, with all its files in a directory of its own."""

    def __init__(self, path, ports):
        self.path, self.log, self.port = path, path / "log", free_port()
        path.mkdir()
        (path / "prometheus.yml").write_text(configuration(ports, "1s"))
        self._process = None

    def start(self):
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["prometheus", f"--config.file={self.path}/prometheus.yml", f"--storage.tsdb.path={self.path}/data"]
                + [f"--web.listen-address=127.0.0.1:{self.port}"],
                cwd=self.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._is_ready, "Prometheus to be ready", 30)

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(20)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()

    def _is_ready(self):
        assert self._process.poll() is None, self.log.read_text()
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).status_code == 200

    def ask(self, path, **parameters):
        """The data of an answer of its HTTP API."""
        answer = requests.get(f"http://127.0.0.1:{self.port}/api/v1/{path}", params=parameters, timeout=20).json()
        assert answer["status"] == "success", f"{answer['error']}: {parameters}"
        assert not answer.get("warnings"), answer
        return answer["data"]

    def query(self, expression):
        """Pairs of labels and a list of values, here of one."""
        data = self.ask("query", query=expression)
        if data["resultType"] == "scalar":
            return [({}, [float(data["result"][1])])]
        return [(one["metric"], [float(one["value"][1])]) for one in data["result"]]

    def query_range(self, expression):
        """The same of the last half minute."""
        now = time.time()
        data = self.ask("query_range", query=expression, start=now - 30, end=now, step=5)
        return [(one["metric"], [float(value) for _, value in one["values"]]) for one in data["result"]]

    def values(self, expression, *labels):
        """The values by these labels, or by the one if it is only one; without zeros."""
        found = {
            tuple(metric[label] for label in labels): values[0]
            for metric, values in self.query(expression)
            if values[0]
        }
        return {key[0] if len(labels) == 1 else key: value for key, value in found.items()}

    def catch_up(self):
        """Returns once it has scraped both sites after now, twice."""
        for _ in range(2):
            now = time.time()
            wait_until(lambda: self.query(f"count(timestamp(up) > {now}) == 2"), "both sites to be scraped", 20)


class WatchedSite(Site):
    """A pool with its supervisor behind nginx, with locations that need a token."""

    def __init__(self, path, **settings):
        path.mkdir(mode=0o711)
        pool = OwnPool(path, *GROUP, GRANTD_METRICS_CLIENTS="on", **settings)
        super().__init__(pool.state, pool, Nginx(path, pool.socket, server=LOCATIONS + MISCONFIGURED))
        self.instance = f"127.0.0.1:{self.nginx.port}"
        self._environment = environment(self.state, **settings)

    def grantctl(self, *words):
        return subprocess.run(
            [GRANTCTL, *words], env=self._environment, text=True, capture_output=True, check=True
        ).stdout

    def add_clients(self):
        made = json.loads(self.grantctl("client", "add", "robot", "--scope", "orders.read", "--json"))
        self.credentials = ("robot", made["client_secret"])
        self.grantctl("client", "add", "billing")
        self.grantctl("client", "disable", "billing")

    def send(self):
        """Sends one round of requests."""
        good, grant = {"auth": self.credentials}, {"grant_type": "client_credentials"}

        def post(status, path="token", data=grant, **more):
            answer = requests.post(f"{self.url}/oauth2/{path}", data=data, timeout=20, **more)
            assert answer.status_code == status, answer.text
            return answer.json()

        def get(status, path, token=None):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            assert requests.get(self.url + path, headers=headers, timeout=20).status_code == status

        token, _, other = [post(200, **good)["access_token"] for _ in range(3)]
        post(400, data=grant | {"scope": "admin"}, **good)
        post(400, data={"grant_type": "password"}, **good)
        for credentials in [("robot", "wrong"), ("robot", "wrong"), ("nobody", "wrong"), None]:
            post(401, auth=credentials)
        post(415, data="<xml/>", headers={"Content-Type": "text/xml"}, **good)
        get(405, "/oauth2/token")
        assert post(200, "introspect", {"token": token}, **good)["active"]
        post(200, "revoke", {"token": other}, **good)
        for status, path, bearer in [
            (200, "/any", token),
            (200, "/read", token),
            (401, "/any", None),
            (401, "/any", other),
            (401, "/any", "garbage"),
            (403, "/write", token),
            (403, "/typo", token),
        ]:
            get(status, path, bearer)
        authorization = {"HTTP_AUTHORIZATION": f"Bearer {token}", "OAUTH_REQUIRE_SCOPE": "", "REMOTE_ADDR": "127.0.0.1"}
        assert self.pool.ask(authorization, role=AUTHORIZER).status == 200
        get(200, "/oauth2/health")
        get(404, "/oauth2/metadata")
        get(404, "/oauth2/nothing")

    def exposition(self):
        answer = requests.get(f"{self.url}/oauth2/metrics", timeout=10)
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return answer.text


@pytest.fixture(scope="module")
def watched():
    """Prometheus, and the sites by their names, which have been sent the requests."""
    with directory() as path, contextlib.ExitStack() as stack:
        engine = stack.enter_context(single())
        sites = {
            "files": WatchedSite(path / "files"),
            "engine": WatchedSite(path / "engine", **engine.settings()),
        }
        sites["engine"].grantctl("store", "init")
        for site in sites.values():
            site.add_clients()
            stack.enter_context(running(site.pool))
            stack.enter_context(running(site.nginx))
        prometheus = Prometheus(path / "prometheus", [site.nginx.port for site in sites.values()])
        stack.enter_context(running(prometheus))
        for _ in range(ROUNDS):
            # So each counter has a value before it counts, and grows between two scrapes.
            prometheus.catch_up()
            for site in sites.values():
                site.send()
        prometheus.catch_up()
        wait_until(lambda: prometheus.query("count(ALERTS) >= 2"), "the alerts of the misconfigured locations")
        prometheus.sites = sites
        yield prometheus


def dashboard_panels():
    """The panels, those in collapsed rows included."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield panel
        yield from panel.get("panels", [])


def dashboard_queries():
    """Title, query, legend, and whether it is asked for one moment only: of each panel and of the annotations."""
    for panel in dashboard_panels():
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"], target["legendFormat"], target.get("instant", False)
    for annotation in json.loads(DASHBOARD.read_text())["annotations"]["list"]:
        if "expr" in annotation:
            yield annotation["name"], annotation["expr"], annotation["titleFormat"], False


def filled(expression, instances):
    """A query with its variables replaced as Grafana does it, which escapes what is special in a regular expression."""
    escaped = [re.sub(r"[.|()]", r"\\\\\g<0>", instance) for instance in instances]
    for name, value in {
        "$job": "grantd",
        "$instance": escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})",
        # Four times the interval of a scrape that Grafana supposes.
        "$__rate_interval": "1m",
        "$__range": "5m",
    }.items():
        expression = expression.replace(name, value)
    assert "$" not in expression, expression
    return expression


def alert_rules(prometheus):
    return [rule for group in prometheus.ask("rules", type="alert")["groups"] for rule in group["rules"]]


def names(expression):
    """The metrics in an expression."""
    return set(re.findall(r"\b(?:grantd_\w+|up|ALERTS)\b", re.sub(r'"[^"]*"', "", expression)))


def selectors(expression):
    """What an expression selects: each series with its labels, and for `=~"a|b"` both alternatives."""
    found = re.findall(r'\b((?:grantd_\w+|up|ALERTS)\b(?:\{(?:"[^"]*"|[^"}])*\})?)', expression)
    assert {name.partition("{")[0] for name in found} == names(expression)
    for selector in found:
        alternatives = re.search(r'(\w+)=~"(\w+(?:\|\w+)+)"', selector)
        if not alternatives:
            yield selector
        else:
            for word in alternatives[2].split("|"):
                yield selector.replace(alternatives[0], f'{alternatives[1]}="{word}"')


def without_suffix(name):
    return re.sub("_(bucket|sum|count)$", "", name)


def exported(prometheus):
    """The names of all series that either site exports, by the types in its exposition."""
    found = set()
    for site in prometheus.sites.values():
        for name, kind in re.findall(r"(?m)^# TYPE (\S+) (\S+)$", site.exposition()):
            found |= {f"{name}_{suffix}" for suffix in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return found


# The files


def test_promtool_takes_the_alerts_and_the_scrape_example(tmp_path):
    assert "SUCCESS" in promtool("check", "rules", "--lint=all", "--lint-fatal", SHIPPED / "grantd.rules.yml")
    (tmp_path / "prometheus.yml").write_text(configuration([9041], "15s"))
    assert "SUCCESS" in promtool("check", "config", "--lint=all", "--lint-fatal", tmp_path / "prometheus.yml")


def test_each_alert_fires_when_it_should_and_not_before():
    assert "SUCCESS" in promtool("test", "rules", SHIPPED / "grantd.rules.test.yml")
    alerts = re.findall(r"(?m)^ +- alert: (\w+)$", (SHIPPED / "grantd.rules.yml").read_text())
    tested = re.findall(r"(?m)^  - name: (Grantd\w+)$", (SHIPPED / "grantd.rules.test.yml").read_text())
    fired = re.findall(r'labels: \'\{alertname="(\w+)"', (SHIPPED / "grantd.rules.test.yml").read_text())
    assert alerts == tested and set(alerts) == set(fired)


def test_the_dashboard_is_tidy():
    text = DASHBOARD.read_text()
    dashboard = json.loads(text)
    assert text == json.dumps(dashboard, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    panels = list(dashboard_panels())
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = set()
    for panel in panels:
        place = panel["gridPos"]
        squares = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24 and not squares & places, panel["title"]
        places |= squares
        # Those that come with Grafana.
        assert panel["type"] in {"row", "stat", "timeseries", "heatmap", "table", "bargauge"}
        assert panel["type"] == "row" or panel["description"], panel["title"]
        for part in [panel, *panel.get("targets", [])]:
            assert panel["type"] == "row" or part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


# What Prometheus has


def test_the_sites_are_scraped(watched):
    targets = watched.ask("targets")["activeTargets"]
    assert [(target["health"], target["lastError"]) for target in targets] == [("up", "")] * 2
    assert {target["labels"]["instance"] for target in targets} == {site.instance for site in watched.sites.values()}


@pytest.mark.parametrize("kind", ["files", "engine"])
def test_the_counters_are_what_was_sent(watched, kind):
    site = watched.sites[kind]
    of = f'instance="{site.instance}"'

    def sent(counts):
        return {key: count * ROUNDS for key, count in counts.items()}

    # Scrapes themselves are counted too.
    counted = watched.values(f'grantd_requests_total{{{of},endpoint!="metrics"}}', "endpoint", "status")
    assert counted == sent(REQUESTS)
    assert watched.values(f'grantd_requests_total{{{of},endpoint="metrics"}}', "status")["200"] >= ROUNDS
    assert watched.values(f"grantd_refusals_total{{{of}}}", "error", "reason") == sent(REFUSALS)
    assert watched.values(f"grantd_checks_total{{{of}}}", "decision") == sent(CHECKS)
    issued = REQUESTS["token", "200"] * ROUNDS
    assert watched.values(f"grantd_tokens_issued_total{{{of}}}", "instance") == {site.instance: issued}
    assert watched.values(f"grantd_tokens_revoked_total{{{of}}}", "instance") == {site.instance: ROUNDS}
    assert watched.values(f"grantd_client_tokens_issued_total{{{of}}}", "client_id") == {"robot": issued}
    assert watched.values(f"grantd_client_refusals_total{{{of}}}", "client_id")["robot"] >= 2 * ROUNDS
    for name in ("grantd_requests_dropped_total", "grantd_audit_failures_total", "grantd_worker_restarts_total"):
        assert [values for _, values in watched.query(f"{name}{{{of}}}")] == [[0]]


@pytest.mark.parametrize("kind", ["files", "engine"])
def test_the_durations_are_of_what_was_sent(watched, kind):
    of = f'instance="{watched.sites[kind].instance}"'
    duration = "grantd_request_duration_seconds"
    answered = {}
    for (endpoint, _), count in REQUESTS.items():
        answered[endpoint] = answered.get(endpoint, 0) + count * ROUNDS
    assert watched.values(f'{duration}_count{{{of},endpoint!="metrics"}}', "endpoint") == answered
    assert watched.values(f'{duration}_bucket{{{of},endpoint!="metrics",le="+Inf"}}', "endpoint") == answered
    took = watched.values(f'{duration}_sum{{{of},endpoint="token"}}', "endpoint")["token"]
    assert took > 0


def test_the_gauges_are_of_the_whole_pool(watched):
    for kind, site in watched.sites.items():
        of = f'instance="{site.instance}"'
        assert watched.values(f"grantd_workers{{{of}}}", "state") == {"serving": site.pool.size}
        assert watched.values(f"grantd_workers_wanted{{{of}}}", "instance") == {site.instance: site.pool.size}
        assert watched.values(f"grantd_healthy{{{of}}}", "instance") == {site.instance: 1}
        version = subprocess.run([GRANTD, "--version"], text=True, capture_output=True, check=True).stdout.strip()
        assert watched.values(f"grantd_build_info{{{of}}}", "version") == {version: 1}
        [started] = watched.values(f"grantd_start_time_seconds{{{of}}}", "instance").values()
        assert 0 < time.time() - started < 600
        assert sum(watched.values(f"grantd_connections{{{of}}}", "state").values()) >= 1
        if kind == "files":
            assert watched.values(f"grantd_clients{{{of}}}", "state") == {"active": 1, "disabled": 1}
            active = (REQUESTS["token", "200"] - REQUESTS["revoke", "200"]) * ROUNDS
            # They are not counted anew for each scrape.
            wait_until(
                lambda: watched.values("grantd_active_tokens", "instance") == {site.instance: active},
                "the active tokens to be counted",
                60,
            )
        else:
            assert watched.values(f"grantd_store_members{{{of}}}", "state") == {"connected": 1}


def test_the_exposition_is_as_prometheus_wants_it(watched):
    for site in watched.sites.values():
        assert promtool("check", "metrics", stdin=site.exposition()) == ""


# What asks it


def test_each_name_is_one_that_grantd_exports(watched):
    known = exported(watched) | {"up", "ALERTS"}
    expressions = [expression for _, expression, _, _ in dashboard_queries()]
    expressions += [rule["query"] for rule in alert_rules(watched)]
    for variable in json.loads(DASHBOARD.read_text())["templating"]["list"]:
        expressions += [variable["definition"]] if "definition" in variable else []
    assert len(expressions) > 60
    for expression in expressions:
        assert names(expression) and names(expression) <= known, expression
    # And what is exported is of use to the one or the other.
    used = {without_suffix(name) for expression in expressions for name in names(expression)}
    assert {without_suffix(name) for name in exported(watched)} <= used


@pytest.mark.parametrize("kind", ABSENT)
def test_each_query_of_the_dashboard_has_data(watched, kind):
    instances = [watched.sites[name].instance for name in kind.split("|")]
    for title, expression, legend, is_instant in dashboard_queries():
        query = filled(expression, instances)
        found = watched.query(query) if is_instant else watched.query_range(query)
        if {without_suffix(name) for name in names(expression)} & ABSENT[kind]:
            continue
        assert found, f"{title}: {query}"
        numbers = [value for _, values in found for value in values if value == value]
        assert numbers, f"{title} is not a number: {query}"
        for label in re.findall(r"\{\{(\w+)\}\}", legend):
            assert all(label in metric for metric, _ in found), f"{title}: no series has the label {label}"
        for selector in selectors(query):
            assert watched.query(selector), f"{title} selects nothing: {selector}"


def test_each_alert_can_see_what_it_watches(watched):
    rules = alert_rules(watched)
    assert len(rules) >= 20 and {rule["health"] for rule in rules} == {"ok"}
    for rule in rules:
        watched.query(rule["query"])
        for selector in selectors(rule["query"]):
            assert watched.query(selector), f"{rule['name']} selects nothing: {selector}"


def test_the_misconfigured_location_fires_and_nothing_else(watched):
    firing = [alert for alert in watched.ask("alerts")["alerts"] if alert["state"] == "firing"]
    assert sorted((alert["labels"]["alertname"], alert["labels"]["instance"]) for alert in firing) == sorted(
        ("GrantdChecksMisconfigured", site.instance) for site in watched.sites.values()
    )
    for alert in firing:
        text = " ".join(alert["annotations"].values())
        assert alert["labels"]["instance"] in text and not re.search("[{}]|error expanding|no value", text)


def test_the_variables_list_the_job_and_the_instances(watched):
    variables = {one["name"]: one for one in json.loads(DASHBOARD.read_text())["templating"]["list"]}
    assert list(variables) == ["datasource", "job", "instance"]
    listed = {}
    for name in ("job", "instance"):
        series, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variables[name]["query"]["query"]).groups()
        listed[name] = watched.ask(f"label/{label}/values", **{"match[]": series.replace("$job", "grantd")})
    instances = sorted(site.instance for site in watched.sites.values())
    assert listed == {"job": ["grantd"], "instance": instances}
