"""A process in a container as engines make them, by Debian's crun: what the Open Container Initiative calls a runtime.

It has a root that cannot be written to, no capability, no network, and the filter of system calls with which Debian's
containers run (containers-common)."""

import contextlib
import json
import os
import shutil
import subprocess
import time
import uuid
from pathlib import Path

from support.programs import is_running, wait_until

FILTER = Path("/usr/share/containers/seccomp.json")
NAMESPACES = ["pid", "ipc", "uts", "mount", "network"]

# crun takes control groups of one version only, and needs none of them here.
CRUN = """
    if test -d /sys/fs/cgroup/unified; then mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup; fi
    exec crun --cgroup-manager=disabled "$@"
"""


def missing():
    """Why there can be no such container here, in words; nothing where there can."""
    if os.geteuid() != 0:
        return "it takes root"
    if not shutil.which("crun") or not FILTER.exists():
        return "crun or containers-common is missing"
    return ""


class Isolated:
    """One process, the first of its container; `mounts` are directories by where they are, `ro` those it only reads."""

    def __init__(self, path, root, command, user, environment, mounts, groups=(), ro=(), temporary=()):
        self.path, self.log = path, path / "log"
        self._id = f"grantd-{uuid.uuid4().hex[:8]}"
        self._user = f"{user[0]}:{user[1]}"
        self._environment = list(environment)
        self.process = self.pid = None
        path.mkdir(exist_ok=True)
        specification = {
            "ociVersion": "1.0.2",
            "root": {"path": str(root), "readonly": True},
            "process": {
                "args": list(command),
                "cwd": "/",
                "env": self._environment,
                "user": {"uid": user[0], "gid": user[1], "additionalGids": list(groups)},
                "capabilities": {},
                "noNewPrivileges": True,
            },
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                *(tmpfs(place) for place in temporary),
                *(bind(source, place, "ro" if place in ro else "rw") for place, source in mounts.items()),
            ],
            "linux": {
                "namespaces": [{"type": kind} for kind in NAMESPACES],
                "seccomp": system_calls(),
                "readonlyPaths": ["/proc/sys"],
            },
        }
        (path / "config.json").write_text(json.dumps(specification))

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._crun("run", "--bundle", self.path, "--pid-file", self.path / "pid", self._id),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._has_started, "the container to start")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.signal("KILL")
            self.process.wait(10)
        with contextlib.suppress(FileNotFoundError):
            (self.path / "pid").unlink()

    def signal(self, name):
        subprocess.run(self._crun("kill", self._id, name), check=True)

    def terminate(self):
        """Its exit status once it has been told to end, and the seconds that it took."""
        began = time.monotonic()
        self.signal("TERM")
        return self.process.wait(30), time.monotonic() - began

    def run(self, *command, stdin=""):
        """The finished process of a command in the container, under the same user."""
        environment = [part for variable in self._environment for part in ("--env", variable)]
        return subprocess.run(
            self._crun("exec", "--user", self._user, *environment, self._id, *command),
            input=stdin,
            text=True,
            capture_output=True,
            timeout=30,
        )

    def children(self):
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def _has_started(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.pid = int((self.path / "pid").read_text())
        return self.pid is not None and is_running(self.pid)

    def _crun(self, *arguments):
        runtime = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", CRUN, "sh"]
        return [*runtime, f"--root={self.path}/runtime", *map(str, arguments)]


def bind(source, place, mode):
    return {"destination": place, "type": "bind", "source": str(source), "options": ["bind", mode, "nosuid", "nodev"]}


def tmpfs(place):
    return {"destination": place, "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777", "nosuid", "nodev"]}


def system_calls():
    """Debian's filter for a container without capabilities on this machine's architecture."""
    given = json.loads(FILTER.read_text())
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    (native,) = [names for names in given["archMap"] if f"_{os.uname().machine.upper()}" in names["architecture"]]
    rules = []
    for rule in given["syscalls"]:
        asked = rule.get("includes") or {}
        if "caps" not in asked and machine in asked.get("arches", [machine]):
            rules.append({key: rule[key] for key in ("names", "action", "args", "errnoRet") if rule.get(key)})
    return {
        "defaultAction": given["defaultAction"],
        "defaultErrnoRet": given["defaultErrnoRet"],
        "architectures": [native["architecture"], *native["subArchitectures"]],
        "syscalls": rules,
    }
