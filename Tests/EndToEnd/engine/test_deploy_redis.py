"""deploy/redis as it is shipped: an engine with TLS and users, reached by grantd through nginx.

A primary has all slots, and a replica follows it, which takes the user, the password and the certificates of replicas."""

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from support.engines import cluster_ports, redis
from support.fastcgi import Worker
from support.own_pool import OwnPool, outcome
from support.programs import GRANTCTL, GRANTD, NGINX_USER, ROOT, environment, wait_until
from support.temporary import directory, running

SHIPPED = ROOT / "deploy/redis"
MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"

# Tries to make a socket of each family whenever the program connects somewhere, and says how that went.
PROBE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int connect(int number, const struct sockaddr *address, socklen_t size) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    char text[100];
    int result[2], families[] = {AF_INET, AF_INET6};
    for (int i = 0; i < 2; i++) {
        int made = socket(families[i], SOCK_STREAM, 0);
        result[i] = made < 0 ? errno : 0;
        if (made >= 0) close(made);
    }
    int length = snprintf(text, sizeof text, "probe: to family %d; sockets: %d %d\n", address->sa_family, result[0], result[1]);
    if (write(2, text, length) < 0) return -1;
    return real(number, address, size);
}
"""
EPERM = 1


def edited(name, replaced):
    """A shipped file with some of its lines replaced, each of which has to be there once."""
    text = (SHIPPED / name).read_text()
    for line, other in replaced.items():
        assert text.count(f"{line}\n") == 1, line
        text = text.replace(f"{line}\n", f"{other}\n")
    return text


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=60, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def authority(path, name):
    """The files of an authority's certificate and key, and of one that it signed, by the commands that redis.conf names."""
    commands = re.findall(r"(?m)^#     (openssl req (?:.*\\\n#)*.*)", (SHIPPED / "redis.conf").read_text())
    assert len(commands) == 2
    made = path / name
    made.mkdir()
    for command in commands:
        run("sh", "-c", re.sub(r"\\\n#", " ", command), cwd=made)
    return made


class Member:
    """A member with the shipped configuration; only its places are this test's."""

    def __init__(self, path, port, tls, access, passwords):
        self.path, self.port, self.tls = path, port, tls
        self.socket, self.log = path / "redis.sock", path / "log"
        path.mkdir()
        (path / "users.acl").write_text(access)
        self._keeper = passwords["redis-admin"]
        (path / "replication.conf").write_text(f"masteruser replica\nmasterauth {passwords['redis-replica']}\n")
        replaced = {
            "bind 10.0.0.1": "bind 127.0.0.1",
            "tls-port 6379": f"tls-port {port}",
            "unixsocket /run/redis/redis.sock": f"unixsocket {self.socket}",
            "dir /var/lib/redis": f"dir {path}",
            "aclfile /etc/redis/users.acl": f"aclfile {path}/users.acl",
            "include /etc/redis/replication.conf": f"include {path}/replication.conf",
        }
        for name in ("member.pem", "member.key", "authority.pem"):
            setting = {"member.pem": "cert", "member.key": "key", "authority.pem": "ca-cert"}[name]
            replaced[f"tls-{setting}-file /etc/redis/tls/{name}"] = f"tls-{setting}-file {tls}/{name}"
        (path / "redis.conf").write_text(edited("redis.conf", replaced))
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([redis(), self.path / "redis.conf"], stdout=log, stderr=log)
        wait_until(self.answers, "the member to answer")

    def stop(self):
        self.process.kill()
        self.process.wait(10)

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        return self.socket.exists() and self.ask("PING") == "PONG"

    def ask(self, *words, user="redis-admin", password=None, options=None):
        """What redis-cli prints; the password is not among its arguments."""
        secret = {"REDISCLI_AUTH": password or self._keeper} if user else {}
        name = ["--user", user] if user else []
        done = subprocess.run(
            ["redis-cli", *(options or ["-s", self.socket]), *name, "--no-auth-warning", *map(str, words)],
            env=os.environ | secret,
            text=True,
            capture_output=True,
            timeout=20,
        )
        return (done.stdout or done.stderr).strip()

    def over_tls(self, *names):
        """The options that connect to its port over TLS, with these of its certificates."""
        files = {"cacert": "authority.pem", "cert": "member.pem", "key": "member.key"}
        return [
            "-p",
            str(self.port),
            "--tls",
            *(word for name in names for word in (f"--{name}", self.tls / files[name])),
        ]


class Carrier:
    """nginx with the shipped stream part, which carries unix sockets to the members over TLS."""

    def __init__(self, path, servers):
        self.path, self.errors = path, path / "errors.log"
        path.mkdir(mode=0o711)
        (path / "servers.conf").write_text(servers)
        stream = edited(
            "nginx-stream.conf", {"    include /etc/nginx/grantd-redis.conf;": f"    include {path}/servers.conf;"}
        )
        (path / "nginx.conf").write_text(f"""
            {f"user {NGINX_USER};" if os.geteuid() == 0 else ""}
            load_module {MODULE};
            worker_processes 1;
            daemon off;
            pid {path}/nginx.pid;
            error_log {self.errors} info;
            events {{ worker_connections 512; }}
            {stream}""")
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            ["nginx", "-p", self.path, "-e", self.errors, "-c", self.path / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens, "nginx to listen")

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    def _listens(self):
        assert self._process.poll() is None, self.errors.read_text()
        return any(self.path.glob("*.sock"))


class Deployment:
    """Both members, with the users and passwords that `grantctl store acl` makes, and what grantd is told of them."""

    def __init__(self, path):
        self.path, self.state, self.said = path, path / "state", ""
        self.state.mkdir(mode=0o700)
        access = self.grantctl("store", "acl", path)
        self.tls, self.other = authority(path, "tls"), authority(path, "other")
        self.members = [
            Member(path / f"member-{number}", port, self.tls, access, self.passwords)
            for number, port in enumerate(cluster_ports(2))
        ]

    @property
    def port(self):
        return self.members[0].port

    @property
    def passwords(self):
        """By the names of their files."""
        names = ("grantd", "grantd-admin", "redis-admin", "redis-replica")
        return {name: (self.path / f"{name}.password").read_text().strip() for name in names}

    def settings(self, user="grantd", via=None, **more):
        """What the drop-in says, with this test's places."""
        through = {"GRANTD_STORE_VIA": f"{via}/%h-%p.sock"} if via else {}
        return {
            "GRANTD_STORE": f"redis://127.0.0.1:{self.port}",
            "GRANTD_STORE_USER": user,
            "GRANTD_STORE_PASSWORD_FILE": str(self.path / f"{user}.password"),
            **through,
            **more,
        }

    def grantctl(self, *words, check=True, stdin="", **settings):
        """What it prints; all of it is kept, to look for passwords in it."""
        done = subprocess.run(
            [GRANTCTL, *map(str, words)],
            env=environment(self.state, **settings),
            input=stdin,
            text=True,
            capture_output=True,
            timeout=30,
        )
        self.said += done.stdout + done.stderr
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done.stdout

    def join(self):
        """Gives the first all slots, and makes the second its replica: both over TLS, as the user redis-admin."""
        primary, replica = self.members
        assert primary.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383) == "OK"
        assert replica.ask("CLUSTER", "MEET", "127.0.0.1", self.port) == "OK"
        identity = primary.ask("CLUSTER", "MYID")
        wait_until(lambda: replica.ask("CLUSTER", "REPLICATE", identity) == "OK", "the members to meet")
        wait_until(lambda: "master_link_status:up" in replica.ask("INFO", "replication"), "the replica to follow", 20)
        wait_until(lambda: "cluster_state:ok" in primary.ask("CLUSTER", "INFO"), "the Cluster to form")
        wait_until(lambda: str(replica.port) in primary.ask("CLUSTER", "SLOTS"), "the primary to know its replica")

    def carrier(self, name, tls):
        """nginx by what `grantctl store nginx` prints for the members that it finds by the socket of one."""
        via = self.path / name
        servers = self.grantctl(
            *("store", "nginx", "--via", f"{via}/%h-%p.sock", "--authority", tls / "authority.pem"),
            *("--certificate", self.tls / "member.pem", "--key", self.tls / "member.key"),
            **self.settings("grantd-admin", GRANTD_STORE=f"redis+socket://{self.members[0].socket}"),
        )
        assert servers.count("server {") == 2 and servers.count("proxy_ssl_verify on;") == 2
        return Carrier(via, servers)

    def add(self, identifier):
        """Makes a client, and its form for a grant."""
        printed = self.grantctl("client", "add", identifier, "--json", **self.administration)
        self.form = {
            "grant_type": "client_credentials",
            "client_id": identifier,
            "client_secret": json.loads(printed)["client_secret"],
        }

    def pool(self, name, **settings):
        path = self.path / name
        path.mkdir()
        return OwnPool(path, state=self.state, **settings)

    def logs(self):
        """All that grantd, nginx, the engine and grantctl have said."""
        files = [file for kind in ("*/*.log", "*/log") for file in self.path.glob(kind)]
        assert len(files) >= 4, files
        return self.said + "".join(file.read_text() for file in files)


@pytest.fixture(scope="module")
def made():
    """The engine, set up through nginx, and a pool of two workers that knows it by GRANTD_STORE_VIA."""
    with directory() as path:
        deployment = Deployment(path)
        with running(deployment.members[0]), running(deployment.members[1]):
            deployment.join()
            with running(deployment.carrier("via", deployment.tls)) as carrier:
                deployment.via = carrier.path
                deployment.administration = deployment.settings("grantd-admin", via=carrier.path)
                deployment.grantctl("store", "init", **deployment.administration)
                deployment.add("web-app")
                with running(deployment.pool("pool", **deployment.settings(via=carrier.path))) as pool:
                    deployment.running = pool
                    yield deployment


def test_a_token_is_issued_checked_and_revoked_through_tls(made):
    answer = made.running.post("/token", made.form)
    assert answer.status == 200, answer.text
    token = json.loads(answer.text)["access_token"]
    assert made.running.check(token) == 204
    credentials = {name: made.form[name] for name in ("client_id", "client_secret")}
    assert made.running.post("/revoke", credentials | {"token": token}).status == 200
    assert made.running.check(token) == 401
    keys = [member.ask("DBSIZE") for member in made.members]
    assert keys[0] == keys[1] != "0", "the replica has what the primary has"


def test_grantctl_finds_the_engine_in_order(made):
    printed = made.grantctl("store", "status", "--json", **made.administration)
    status = json.loads(printed)
    assert status["problems"] == [] and [member["role"] for member in status["members"]] == ["primary", "replica"]


def test_no_connection_is_possible_without_tls_a_certificate_and_a_password(made):
    member = made.members[0]
    everything = member.over_tls("cacert", "cert", "key")
    worker = (made.path / "grantd.password").read_text().strip()
    assert member.ask("PING", options=everything) == "PONG"
    assert member.ask("GET", "k{000}", user="grantd", password=worker, options=everything).startswith("NOPERM")
    assert member.ask("PING", user=None, options=everything).startswith("NOAUTH")
    assert member.ask("PING", user=None).startswith("NOAUTH"), "on the unix socket"
    assert "PONG" not in member.ask("PING", options=member.over_tls("cacert"))
    assert "PONG" not in member.ask("PING", options=["-p", str(member.port)])
    assert member.ask("GET", "k", user="replica", password=made.passwords["redis-replica"]).startswith("NOPERM")


def test_members_of_another_authority_are_refused(made):
    settings = made.settings(via=made.path / "wrong", GRANTD_STORE_PATIENCE="1")
    with running(made.carrier("wrong", made.other)) as carrier:
        pool = made.pool("wrong-pool", **settings)
        pool.start(wait=False)
        try:
            wait_until(pool.socket.exists, "the socket")
            for path, form in [("/token", made.form), ("/introspect", made.form | {"token": "x" * 64})]:
                answer = pool.post(path, form)
                assert answer.status == 503 and int(answer.headers["retry-after"]) > 0, answer.text
                assert json.loads(answer.text)["error"] == "temporarily_unavailable"
        finally:
            pool.stop()
        assert "upstream SSL certificate verify error" in carrier.errors.read_text()
    assert made.running.post("/token", made.form).status == 200


@pytest.fixture(scope="module")
def probe(made):
    """A library that tries what a worker may not do, in the worker."""
    (made.path / "probe.c").write_text(PROBE)
    run("cc", "-shared", "-fPIC", "-o", made.path / "probe.so", made.path / "probe.c", "-ldl")
    return made.path / "probe.so"


@pytest.mark.parametrize("has_via", [True, False], ids=["via", "direct"])
def test_a_worker_that_goes_through_nginx_cannot_make_a_socket_of_the_network(made, probe, has_via):
    settings = made.settings(via=made.via if has_via else None, GRANTD_STORE_PATIENCE="1", LD_PRELOAD=str(probe))
    worker = Worker(made.path, made.state, name=f"probed-{has_via}", **settings)
    with running(worker):
        wait_until(lambda: "serving" in worker.log.read_text(), "the worker to serve")
        # Before it is confined it can, which shows that the probe works.
        assert re.search(r"sockets: 0 0\n.*serving", worker.log.read_text(), re.S)
        assert "\nSeccomp:\t2\n" in Path(f"/proc/{worker.pid}/status").read_text()
        count = lambda: worker.log.read_text().count("probe: ")
        before = count()
        made.members[0].ask("CLIENT", "KILL", "TYPE", "normal")
        status = worker.post("/token", made.form).status
        wait_until(lambda: count() > before, "a new connection")
        last = worker.log.read_text().split("probe: ")[-1].splitlines()[0]
    if has_via:
        assert status == 200 and last == f"to family {socket.AF_UNIX:d}; sockets: {EPERM} {EPERM}"
    else:
        assert status == 503 and last == f"to family {socket.AF_INET:d}; sockets: 0 0"


def test_no_password_is_in_a_log_an_argument_or_a_message(made):
    wrong = made.path / "wrong.password"
    wrong.write_text("not-the-password-9a4b\n")
    wrong.chmod(0o600)
    refused = made.settings("grantd", via=made.via, GRANTD_STORE_PASSWORD_FILE=str(wrong))
    made.grantctl("store", "status", check=False, **refused)
    assert "not-the-password" not in made.said
    pool = made.pool("refused", **refused, GRANTD_STORE_PATIENCE="1", GRANTD_LOG_LEVEL="debug")
    status, reason = outcome(pool)
    assert status == os.EX_IOERR and f"127.0.0.1:{made.port} refuses the user or the password" in reason
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path)]
    assert any(b"grantd" in line for line in lines)
    said = made.logs() + b"\n".join(lines).decode(errors="replace")
    for password in [*made.passwords.values(), "not-the-password-9a4b"]:
        assert len(password) > 15 and password not in said


@pytest.mark.parametrize("has_network", [False, True], ids=["via", "direct"])
def test_systemd_takes_the_drop_in(tmp_path, has_network):
    drop_in = (SHIPPED / "grantd-redis.conf").read_text()
    if has_network:
        drop_in, count = re.subn(r"(?m)^#(?=[A-Z]\w+=)", "", drop_in)
        assert count == 4
    for unit in ("grantd.service", "grantd.socket"):
        text = (ROOT / "deploy/systemd" / unit).read_text().replace("/usr/bin/grantd", str(GRANTD))
        (tmp_path / unit).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text))
    (tmp_path / "grantd.service.d").mkdir()
    (tmp_path / "grantd.service.d/redis.conf").write_text(drop_in)
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "grantd.service"],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        text=True,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_nightly_export_keeps_thirty_files_and_none_of_a_failed_one(tmp_path):
    """The shipped service's commands, with the clients of files."""
    service = (SHIPPED / "grantd-export.service").read_text()
    commands = [
        text.replace("$$", "$").replace("%%", "%") for text in re.findall(r"(?m)^Exec\w+=/bin/sh -c '(.*)'$", service)
    ]
    assert len(commands) == 2
    for unit in ("grantd-export.service", "grantd-export.timer"):
        text = re.sub(r"(?m)^Documentation=.*\n", "", (SHIPPED / unit).read_text())
        (tmp_path / unit).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "grantd-export.timer"],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        text=True,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, "")

    made = environment(tmp_path / "state", PATH=f"{GRANTCTL.parent}:{os.environ['PATH']}")
    subprocess.run([GRANTCTL, "client", "add", "billing"], env=made, check=True, capture_output=True)
    for day in range(1, 33):
        (tmp_path / f"clients-2020-01-{day:02}.jsonl").touch()

    def export(surroundings):
        return [
            subprocess.run(["sh", "-c", command], env=surroundings, cwd=tmp_path).returncode for command in commands
        ]

    assert export(made) == [0, 0]
    files = sorted(tmp_path.glob("clients-*.jsonl"))
    assert len(files) == 30 and "billing" in files[-1].read_text()
    files[-1].unlink()
    assert export(made | {"GRANTD_STORE": "redis://127.0.0.1:1", "GRANTD_STORE_PATIENCE": "0"})[0] != 0
    assert files[:-1] == sorted(tmp_path.glob("clients-*.jsonl"))


def test_grantd_understands_the_settings_of_the_drop_in(tmp_path):
    """There is no such engine here, so all that is missing in the end are nginx's sockets."""
    lines = re.findall(r"(?m)^Environment=(\w+)=(.*)", (SHIPPED / "grantd-redis.conf").read_text())
    settings = {name: value.replace("%%", "%").replace("%d", str(tmp_path)) for name, value in lines}
    assert settings["GRANTD_STORE_VIA"] == "/run/grantd/redis/%h-%p.sock"
    (tmp_path / "redis-password").write_text("password")
    (tmp_path / "redis-password").chmod(0o400)
    done = subprocess.run(
        [GRANTCTL, "store", "status"], env=environment(tmp_path, **settings), text=True, capture_output=True, timeout=30
    )
    assert done.returncode == os.EX_IOERR
    assert re.search(
        r"engine member (10\.0\.0\.\d:6379 by )?/run/(grantd/)?redis/\S+: connect: No such file", done.stderr
    )


def readable(path):
    try:
        path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True
