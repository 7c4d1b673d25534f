"""An engine beside files: rates of two workers, the cost of a check at several sites, and what failing members do.

Arguments choose parts: rates cost failover hang (default: all)."""

import base64
import binascii
import collections
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from measuring import HERE, load
from support.certificates import self_signed
from support.engines import cluster, single
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTCTL, GRANTD, SNIPPET, environment, free_port, wait_until
from support.temporary import directory, running

LIVE, ROUNDS, SECONDS = 5_000, 7, 3
# Milliseconds between two requests of a connection, where the cost of each counts and not the rate.
PAUSE = 20
CREDENTIALS = {"client_id": "web-app", "client_secret": "client-secret"}


class Site:
    """Two workers with a state directory and an nginx of their own.

    `stream` is nginx's configuration for carrying connections to the engine, which another site has set up then."""

    def __init__(self, stack, stream="", **settings):
        self.path = stack.enter_context(directory())
        self.state = self.path / "state"
        self.state.mkdir(mode=0o700)
        self.tokens = self.path / "tokens"
        self._settings = settings
        if "GRANTD_STORE" in settings and not stream:
            self.administer("store", "init")
        self._pool = Pool(self.path, GRANTD, self.state, **settings)
        (self.path / "file").write_text("content")
        server = f'location /protected/ {{ auth_request "oauth2-check/"; include {SNIPPET}/grantd.client.conf; include {SNIPPET}/grantd.identity.conf; alias {self.path}/; }}'
        self._nginx = Nginx(self.path, self._pool.socket, server=server)
        if stream:
            configuration = self.path / "nginx.conf"
            module = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;"
            configuration.write_text(f"{module}\n{configuration.read_text()}\nstream {{\n{stream}\n}}\n")
        stack.enter_context(running(self._nginx))
        stack.enter_context(running(self._pool))
        self.url, self.token_url = f"{self._nginx.url}/protected/file", self._nginx.token_url

    def administer(self, *words, stdin=""):
        surroundings = environment(self.state, **self._settings)
        subprocess.run(
            [GRANTCTL, *words], env=surroundings, input=stdin, text=True, check=True, stdout=subprocess.DEVNULL
        )

    def add_client(self):
        self.administer("client", "add", CREDENTIALS["client_id"], "--secret-stdin", stdin=CREDENTIALS["client_secret"])

    def pids(self):
        """nginx's and the workers' processes."""
        master = (self.path / "nginx.pid").read_text().strip()
        workers = subprocess.run(["pgrep", "-P", master], text=True, capture_output=True, check=True).stdout
        return [*self._pool.pids, *map(int, workers.split())]

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self._nginx.port, timeout=20)

    def issue(self, count):
        """So many live tokens, which go to the file of tokens as well."""

        def some(number):
            with contextlib.closing(self.connection()) as connection:
                return [issue(connection)[1] for _ in range(number)]

        with concurrent.futures.ThreadPoolExecutor(8) as asking:
            issued = sum(asking.map(some, [count // 8] * 8), [])
        self.tokens.write_text("\n".join(issued) + "\n")
        return issued


def ask(connection, method, path, form=None, **headers):
    body = form and urllib.parse.urlencode(form)
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def issue(connection):
    """The status, and the token if there is one."""
    status, body = ask(connection, "POST", "/oauth2/token", CREDENTIALS | {"grant_type": "client_credentials"})
    return status, json.loads(body)["access_token"] if status == 200 else None


def check(connection, token):
    return ask(connection, "GET", "/protected/file", Authorization=f"Bearer {token}")[0]


def revoke(connection, token):
    return ask(connection, "POST", "/oauth2/revoke", CREDENTIALS | {"token": token})[0]


def check_load(site, tokens, seconds):
    os.environ["TOKENS"] = str(tokens)
    return load(site.url, seconds, script="check.lua")


def show(title, rates):
    print(f"{title} a second at {LIVE} live tokens, 16 connections, medians of {ROUNDS} rounds of {SECONDS} s:")
    files = rates["files"]
    for name, measured in rates.items():
        ratios = sorted(a / b for a, b in zip(measured, files))
        print(
            f"  {name}: {statistics.median(measured):.0f}; to files' {statistics.median(ratios):.2f}"
            f" (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})",
            flush=True,
        )


def carrying(path, port, *tls):
    """nginx's server that carries connections to a port of this machine, on the socket that GRANTD_STORE_VIA leads to."""
    lines = [f"listen unix:{path}/127.0.0.1-{port}.sock", f"proxy_pass 127.0.0.1:{port}", *tls]
    return f"server {{ {''.join(f'{line}; ' for line in lines)}}}"


def rates():
    """Checks and tokens by files, and by one engine that is reached in several ways."""
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(directory())
        certificate, key = self_signed(path)
        port = free_port()
        tls = {"tls-port": str(port), "tls-cert-file": str(certificate), "tls-key-file": str(key)}
        engine = stack.enter_context(single(**tls, **{"tls-auth-clients": "no"})).members[0]
        ours = {"GRANTD_STORE_REPLICAS": "0"}
        carried = ours | {"GRANTD_STORE_VIA": f"{path}/%h-%p.sock"}
        verified = "proxy_ssl on", "proxy_ssl_verify on", "proxy_ssl_name 127.0.0.1"
        secured = carrying(path, port, *verified, f"proxy_ssl_trusted_certificate {certificate}")
        sites = {
            "files": Site(stack),
            "engine, its unix socket": Site(stack, GRANTD_STORE=f"redis+socket://{engine.socket}", **ours),
            "engine, TCP": Site(stack, GRANTD_STORE=f"redis://{engine.name}", **ours),
            "engine, nginx's stream": Site(
                stack, carrying(path, engine.port), GRANTD_STORE=f"redis://{engine.name}", **carried
            ),
            "engine, nginx's stream with TLS": Site(
                stack, secured, GRANTD_STORE=f"redis://127.0.0.1:{port}", **carried
            ),
        }
        files, local, *_ = sites.values()
        for site in files, local:
            site.add_client()
            site.issue(LIVE)

        checked = {name: [] for name in sites}
        issued = {name: [] for name in sites}
        for measured, run in (
            (checked, lambda site: check_load(site, (files if site is files else local).tokens, SECONDS)),
            (issued, lambda site: load(site.token_url, SECONDS)),
        ):
            for number in range(ROUNDS + 1):
                for name, site in sites.items():
                    rate = run(site)
                    # The first round is for warming up.
                    if number:
                        measured[name].append(rate)
        show("Checks", checked)
        show("Tokens (AOF, fsync every second)", issued)


def used(pids):
    """The processor time that processes have had, in seconds."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def cost_of_check(sites, members):
    """Processor time of a check in nginx and workers, and in members, in microseconds, each site with a load of its own."""
    groups = [pid for site in sites for pid in site.pids()], [member.process.pid for member in members]
    before = [used(group) for group in groups]
    loads = []
    for site in sites:
        # Pauses keep two cores from being full with three sites: a full machine batches, which makes a check cheaper.
        script = site.path / "paced.lua"
        script.write_text(f'dofile("{HERE}/check.lua")\nfunction delay() return {PAUSE} end\n')
        command = ["wrk", "-t", "1", "-c", "16", "-d", f"{SECONDS}s", "-s", script, site.url]
        surroundings = os.environ | {"TOKENS": str(site.tokens)}
        loads.append(subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True))
    said = [load.communicate()[0] for load in loads]
    after = [used(group) for group in groups]
    assert not any("Non-2xx" in text or "Socket errors" in text for text in said), said
    made = sum(int(re.search(r"(\d+) requests in", text)[1]) for text in said)
    return [(b - a) / made * 1e6 for a, b in zip(before, after)] + [made / SECONDS]


def cost():
    """What a check costs with one, two and three sites on three primaries, and beside them on files of their own."""
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(cluster(replicas=0))
        files = [Site(stack) for _ in range(3)]
        sites = [Site(stack, **engine.settings()) for _ in range(3)]
        for site in *files, sites[0]:
            site.add_client()
            site.issue(LIVE)
        for site in sites:
            site.tokens = sites[0].tokens
        kinds = {("files", count): (files[:count], []) for count in (1, 2, 3)}
        kinds |= {("engine", count): (sites[:count], engine.members) for count in (1, 2, 3)}
        measured = {kind: [] for kind in kinds}
        for number in range(ROUNDS + 1):
            for kind, (asked, members) in kinds.items():
                costs = cost_of_check(asked, members)
                # The first round is for warming up.
                if number:
                    measured[kind].append(costs)

    print(f"Processor time of a check, three primaries without replicas, medians of {ROUNDS} rounds of {SECONDS} s:")
    for (place, count), costs in measured.items():
        web, members, rate = (statistics.median(part) for part in zip(*costs))
        ratios = sorted(sum(a[:2]) / sum(b[:2]) for a, b in zip(costs, measured[place, 1]))
        print(
            f"  {place}, sites: {count}, {rate:.0f} checks a second: {web + members:.1f} µs (nginx and workers {web:.1f},"
            f" engine {members:.1f}); to one site's {statistics.median(ratios):.2f}"
            f" (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})",
            flush=True,
        )


class Asking:
    """Threads that repeat what they do on a connection each, with pauses, and take down how it ended."""

    def __init__(self, site, **actions):
        self.answers = collections.defaultdict(list)
        self._site, self._done = site, threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(name, action, pause))
            for name, (action, count, pause) in actions.items()
            for _ in range(count)
        ]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, name, action, pause):
        self._done.wait(random.random() * pause)
        with contextlib.closing(self._site.connection()) as connection:
            while not self._done.is_set():
                began = time.monotonic()
                try:
                    status = action(connection)
                except (OSError, http.client.HTTPException) as error:
                    status = f"{type(error).__name__}: {error}"
                    connection.close()
                self.answers[name].append((status, time.monotonic() - began))
                self._done.wait(pause)

    def counts(self, name):
        return collections.Counter(status for status, _ in self.answers[name])

    def longest(self, name):
        return max(seconds for _, seconds in self.answers[name])


def failover():
    """Each primary of three with replicas is killed in turn under load, and comes back."""
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(cluster())
        site = Site(stack, **engine.settings(GRANTD_STORE_PATIENCE="5"))
        site.add_client()
        issued, ending = site.issue(1000), site.issue(1000)
        known, revoked, unconfirmed = list(issued), [], []

        def issuing(connection):
            status, token = issue(connection)
            if token:
                issued.append(token)
            return status

        def revoking(connection):
            token = ending.pop()
            status = revoke(connection, token)
            (revoked if status == 200 else unconfirmed).append(token)
            return status

        with contextlib.closing(site.connection()) as connection:
            for _ in range(100):
                assert revoking(connection) == 200
        actions = {
            "checks": (lambda connection: check(connection, random.choice(known)), 32, 0.1),
            "tokens": (issuing, 12, 0.1),
            "revocations": (revoking, 2, 0.1),
            "checks of revoked tokens": (lambda connection: check(connection, random.choice(revoked)), 8, 0.1),
        }
        expected = {"checks": 200, "tokens": 200, "checks of revoked tokens": 401, "revocations": 200}
        print("A primary of three with a replica each is killed under load, patience 5 s, node-timeout 1 s:")
        failed = {}
        for member in engine.primaries():
            print(f"  {member.name}:")
            with running(Asking(site, **actions)) as asking:
                time.sleep(2)
                member.kill()
                time.sleep(6)
                member.start()
                wait_until(engine.is_whole, "the member to come back", seconds=60)
                time.sleep(1)
            for name, status in expected.items():
                counts = asking.counts(name)
                others = {other: count for other, count in counts.items() if other != status}
                print(
                    f"    {name}: {counts[status]} answered {status}, others {others or 'none'},"
                    f" longest wait {asking.longest(name):.2f} s",
                    flush=True,
                )
                if name != "revocations":
                    failed |= others

        with contextlib.closing(site.connection()) as connection:
            left = collections.Counter(check(connection, token) for token in issued)
            ended = collections.Counter(check(connection, token) for token in revoked)
            undone = collections.Counter(check(connection, token) for token in unconfirmed)
        print(
            f"  Afterwards {left[401]} of {len(issued)} tokens were unknown, {ended[200]} of {len(revoked)} revoked ones"
            f" accepted, and {undone[200]} of {len(unconfirmed)} whose revocation was answered by an error",
            flush=True,
        )
        assert not failed and set(left) <= {200, 401} and set(ended) == {401}, (failed, left, ended)


def slot(token):
    """The slot of a token, as Sources/RedisStore/Cluster says it."""
    digest = hashlib.sha256(base64.urlsafe_b64decode(token)).digest()
    tag = int.from_bytes(digest[:2], "big") >> 6
    return binascii.crc_hqx(b"%03x" % tag, 0) % 16384


def hang():
    """One of three primaries hangs for a while, and does not hold up what the others are asked."""
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(cluster(replicas=0))
        site = Site(stack, **engine.settings())
        site.add_client()
        stopped = engine.primaries()[0]
        ranges = [entry[:2] for entry in stopped.ask("CLUSTER", "SLOTS") if entry[2][1] == stopped.port]
        tokens = site.issue(LIVE)
        its = [token for token in tokens if any(first <= slot(token) <= last for first, last in ranges)]
        theirs = site.path / "theirs"
        theirs.write_text("\n".join(set(tokens) - set(its)) + "\n")
        asking = Asking(site, checks=(lambda connection: check(connection, random.choice(its)), 16, 0.2))
        before, during = [], []
        with running(asking):
            check_load(site, theirs, SECONDS)
            for _ in range(ROUNDS):
                before.append(check_load(site, theirs, SECONDS))
                stopped.signal(signal.SIGSTOP)
                try:
                    during.append(check_load(site, theirs, SECONDS))
                finally:
                    stopped.signal(signal.SIGCONT)
                time.sleep(3)
        ratios = sorted(b / a for a, b in zip(before, during))
        print(
            f"Checks a second at two of three primaries, medians of {ROUNDS} rounds of {SECONDS} s:"
            f" {statistics.median(before):.0f}; while the third hangs {statistics.median(during):.0f}, to these"
            f" {statistics.median(during) / statistics.median(before):.2f}"
            f" (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
        print(
            f"  checks at the third meanwhile: {dict(asking.counts('checks'))}, longest {asking.longest('checks'):.2f} s"
        )


PARTS = {"rates": rates, "cost": cost, "failover": failover, "hang": hang}
for part in sys.argv[1:] or PARTS:
    PARTS[part]()
