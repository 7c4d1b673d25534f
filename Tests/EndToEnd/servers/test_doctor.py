"""`grantctl doctor` on a site in order, and on the same site broken in one way after another."""

import contextlib
import json
import os
import signal
import subprocess
import time

import pytest
import requests
from support.certificates import self_signed
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTCTL, GRANTD, SNIPPET, environment, free_port, grantctl, wait_until
from support.temporary import directory, running

MARK = "marker-5e7c2"
IDENTITY = f"include {SNIPPET}/grantd.identity.conf;"
LOCATION = f"""
    location ^~ /orders/ {{
        auth_request "oauth2-check/orders.read";
        include {SNIPPET}/grantd.client.conf;
        {IDENTITY}
        empty_gif;
    }}
    location /application/ {{
        proxy_pass http://127.0.0.1:1/;
        proxy_set_header X-Key {MARK};
        fastcgi_param PASSWORD {MARK};
        auth_basic {MARK};
        auth_basic_user_file /nonexistent/{MARK};
    }}
"""


class DoctoredSite:
    """A site, of which `doctor` says what it finds."""

    def __init__(self, path, state, pool, nginx):
        self.path, self.state, self.pool, self.nginx = path, state, pool, nginx
        self.url = f"{nginx.url}/oauth2"

    def command(self, *options, url=None):
        configuration = self.path / "nginx.conf"
        return [GRANTCTL, "doctor", url or self.url, "--nginx", configuration, *options]

    def doctor(self, *options, url=None, stdin="", **settings):
        done = subprocess.run(
            self.command(*options, url=url),
            env=environment(self.state, **settings),
            text=True,
            capture_output=True,
            input=stdin,
            timeout=60,
        )
        assert MARK not in done.stdout + done.stderr
        assert not doctors(self.state)
        return done

    def findings(self, *options, **more):
        """The names of what is not in order, by the part in which the doctor looked."""
        done = self.doctor("--json", *options, **more)
        assert done.stderr == ""
        document = json.loads(done.stdout)
        found = [entry for entry in document["findings"] if entry["severity"] != "ok"]
        # The state may lie on a disk in memory.
        found = [entry for entry in found if entry["name"] != "disk-in-memory"]
        assert all(entry["remedy"] for entry in found)
        assert done.returncode == any(entry["severity"] == "failure" for entry in found)
        return {part: {e["name"] for e in found if e["part"] == part} for part in ("site", "machine", "live")}


def doctors(state):
    """The doctor's own clients that are there."""
    return [file.name for file in (state / "clients").glob("doctor-*.json")]


@contextlib.contextmanager
def doctored(location=LOCATION, http="", **surroundings):
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Pool(path, GRANTD, state, 1)) as pool:
            with running(Nginx(path, pool.socket, server=location, http=http, **surroundings)) as nginx:
                wait_until(lambda: requests.get(f"{nginx.url}/oauth2/health", timeout=5).ok, "grantd to serve")
                yield DoctoredSite(path, state, pool, nginx)


@pytest.fixture(scope="module")
def sound():
    with doctored() as made:
        yield made


def test_a_site_in_order_has_no_findings(sound):
    assert sound.findings() == {"site": set(), "machine": set(), "live": set()}


def test_people_are_told_in_sentences(sound):
    done = sound.doctor()
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if line in ("Site", "Machine", "Live")] == [
        "Site",
        "Machine",
        "Live",
    ]
    assert done.stdout.splitlines()[-1].startswith("All is in order") or "disk-in-memory" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_client_of_the_site_s_can_be_used(sound):
    options = ["--scope", "orders.read", "--introspect", "--json"]
    made = subprocess.run(
        [GRANTCTL, "client", "add", "probe", *options],
        env=environment(sound.state),
        text=True,
        capture_output=True,
        check=True,
    )
    secret = json.loads(made.stdout)["client_secret"]

    def live():
        done = grantctl(sound.state, "token", "stats", "--json")
        return json.loads(done.stdout)["total"]["live"]

    # Those of clients that earlier tests removed are among them.
    before = live()
    assert sound.findings("--client", "probe", stdin=secret)["live"] == set()
    # The token of a health check lives for a second.
    wait_until(lambda: live() <= before, "its tokens to be revoked")
    assert sound.findings("--client", "probe", stdin="wrong")["live"] == {"client-refused"}


def test_the_secret_of_a_client_is_in_no_list_of_processes(sound):
    with subprocess.Popen(
        sound.command("--client", "nobody"),
        env=environment(sound.state),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        process.stdin.write(MARK.encode())
        process.stdin.close()
        while process.poll() is None:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError):
                    assert MARK.encode() not in open(f"/proc/{pid}/cmdline", "rb").read()


def test_a_url_without_the_mount_is_completed(sound):
    assert sound.findings(url=sound.nginx.url)["live"] == {"url-without-mount"}


def test_another_host_name_has_another_issuer(sound):
    assert sound.findings(GRANTD_ISSUER="http://localhost/oauth2")["live"] == set(), "the worker has none"


def test_a_stopped_worker():
    with unasked(LOCATION, edit=lambda text: text.replace("_read_timeout 10s", "_read_timeout 1s")) as site:
        for pid in site.pool.pids:
            os.kill(pid, signal.SIGSTOP)
        found = site.findings()
        for pid in site.pool.pids:
            os.kill(pid, signal.SIGCONT)
    assert "socket-silent" in found["machine"] and found["live"] == {"worker-silent"}


def test_no_worker():
    with doctored() as site:
        site.pool.stop()
        found = site.findings()
    assert {"socket-missing", "no-worker"} <= found["machine"] and found["live"] == {"worker-unreachable"}


def test_a_socket_that_nginx_may_not_use():
    # nginx has no connection yet that it keeps.
    with unasked(LOCATION) as site:
        os.chown(site.pool.socket, 0, 0)
        found = site.findings()
    assert "socket-forbidden" in found["machine"] and found["live"] == {"worker-unreachable"}


def test_a_socket_for_everybody(sound):
    sound.pool.socket.chmod(0o666)
    try:
        assert sound.findings()["machine"] == {"socket-open-to-all"}
    finally:
        sound.pool.socket.chmod(0o600)


def test_a_clock_that_was_set_back(sound):
    key = sound.state / "key"
    at = key.stat().st_mtime
    os.utime(key, (at + 86400, at + 86400))
    try:
        assert sound.findings()["machine"] == {"clock-behind"}
    finally:
        os.utime(key, (at, at))


def test_a_client_that_cannot_authenticate(sound):
    file = sound.state / "clients/broken.json"
    file.write_text('{"client_id": "broken", "secrets": []}')
    file.chmod(0o600)
    try:
        assert sound.findings()["machine"] == {"client-problem"}
    finally:
        file.unlink()


def test_another_state_than_the_workers(sound):
    with directory() as other:
        subprocess.run(
            [GRANTCTL, "client", "add", "a"], env=environment(other / "state"), capture_output=True, check=True
        )
        assert sound.findings("--state", other / "state")["live"] == {"state-differs"}


def test_a_setting_that_is_none(sound):
    found = sound.findings(GRANTD_TOKN_LIFETIME="1")
    assert found["machine"] == {"settings-invalid"} and found["live"] == {"live-without-client"}


def test_a_configuration_that_changed_after_the_last_reload(sound):
    file = sound.path / "nginx.conf"
    at = file.stat().st_mtime
    os.utime(file, (at + 30, at + 30))
    try:
        assert sound.findings()["machine"] == {"nginx-not-reloaded"}
    finally:
        os.utime(file, (at, at))


def test_nothing_listens(sound):
    assert sound.findings(url="http://127.0.0.1:1/oauth2")["live"] == {"connection-refused"}


def test_a_site_without_tls(sound):
    url = sound.url.replace("http:", "https:")
    assert sound.findings(url=url)["live"] == {"tls-handshake"}


def test_another_mount(sound):
    assert sound.findings(url=f"{sound.nginx.url}/auth")["live"] == {"mount-missing"}


def test_the_client_is_gone_after_a_signal(sound):
    for pid in sound.pool.pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        # The mount is asked first, without a client; it answers once the worker goes on.
        process = subprocess.Popen(
            sound.command("--protected", "/slow/"),
            env=environment(sound.state),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    finally:
        for pid in sound.pool.pids:
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: doctors(sound.state), "the doctor's client")
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and output == b"" and b"interrupted" in errors
    assert not doctors(sound.state)


def test_what_a_killed_run_left_is_taken_away(sound):
    process = subprocess.Popen(sound.command(), env=environment(sound.state), stdout=subprocess.DEVNULL)
    wait_until(lambda: doctors(sound.state), "the doctor's client")
    process.kill()
    process.wait()
    (left,) = doctors(sound.state)
    file = sound.state / "clients" / left
    document = json.loads(file.read_text())
    # Half a minute more for the one protected path.
    assert 60 < document["secrets"][0]["expires_at"] - time.time() <= 150
    document["secrets"][0]["expires_at"] = int(time.time()) - 1
    file.write_text(json.dumps(document))
    assert left.removesuffix(".json") in sound.doctor().stdout


# A site that is broken: what is in server {}, and what the doctor's questions find there.
BROKEN = {
    "an open location": (
        LOCATION.replace("location ^~ /orders/ {", "location ~ ^/orders/ { return 200 open; } location /orders/ {"),
        {"location-open"},
    ),
    "an answer before the check": (LOCATION.replace("empty_gif;", "return 200 early;"), {"location-open"}),
    "an error page in place of 401": (
        LOCATION.replace(f"include {SNIPPET}/grantd.client.conf;", "error_page 401 =200 /page;")
        + "location = /page { return 200 page; }",
        {"location-open"},
    ),
    "a location that redirects": (LOCATION.replace("empty_gif;", "return 302 /login;"), {"location-redirects"}),
    "a scope that no one checks": (
        LOCATION.replace('"oauth2-check/orders.read"', '"oauth2-check/"'),
        {"scope-not-checked"},
    ),
    "a check that is not there": (LOCATION.replace("oauth2-check/", "oauth-check/"), {"check-fails"}),
    "a redirect of the whole site": ("return 301 https://example.com$request_uri;" + LOCATION, {"mount-redirects"}),
    "a rule by address": ("deny all;" + LOCATION, {"mount-forbidden"}),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_location_is_found(broken):
    location, expected = BROKEN[broken]
    with unasked(location) as site:
        # The configuration does not say what was meant.
        assert site.findings("--protected", "/orders/ orders.read")["live"] == expected


@contextlib.contextmanager
def unasked(location, **surroundings):
    """The same without waiting for an answer, which may never come."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Pool(path, GRANTD, state, 1)) as pool:
            with running(Nginx(path, pool.socket, server=location, **surroundings)) as nginx:
                wait_until((state / "key").exists, "grantd's state")
                yield DoctoredSite(path, state, pool, nginx)


def test_a_check_that_is_cached_lets_a_revoked_token_pass():
    def cached(text):
        return text.replace(
            "    fastcgi_cache off;\n    fastcgi_store off;\n    mirror off;\n    auth_basic off;\n    auth_request off;\n\n    # To cache",
            "    fastcgi_cache checks; fastcgi_cache_valid any 1h; fastcgi_ignore_headers Cache-Control Expires;\n"
            "    fastcgi_cache_key $http_authorization;\n    # To cache",
        )

    with directory() as cache:
        zone = f"fastcgi_cache_path {cache}/checks keys_zone=checks:1m;"
        with unasked(LOCATION, http=zone, edit=cached) as site:
            assert "revoked-token-passes" in site.findings()["live"]


def test_a_wrong_issuer():
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Pool(path, GRANTD, state, 1, GRANTD_ISSUER="https://example.com/oauth2")) as pool:
            with running(Nginx(path, pool.socket, server=LOCATION)) as nginx:
                wait_until((state / "key").exists, "grantd's state")
                site = DoctoredSite(path, state, pool, nginx)
                assert site.findings()["live"] == {"issuer-differs"}


def test_tls_and_its_authority():
    with directory() as path:
        certificate, key = self_signed(path)
        port = free_port()
        tls = f"ssl_certificate {certificate}; ssl_certificate_key {key}; listen 127.0.0.1:{port} ssl;"
        with unasked(LOCATION + tls) as site:
            url = f"https://127.0.0.1:{port}/oauth2"
            assert site.findings(url=url)["live"] == {"certificate-untrusted"}
            assert site.findings("--ca", certificate, url=url)["live"] == set()
