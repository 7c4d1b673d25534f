"""Debian with systemd in a container: a tree that debootstrap made, booted with no network but its own loopback."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

from support.programs import ROOT, wait_until

# The site as it was before: nginx, and what its administrator uses. The packages of libraries lie beside, not installed.
LIBRARIES = ["libfcgi0ldbl", "libhiredis0.14"]
PACKAGES = "systemd-sysv,dbus,nginx-light,logrotate,procps,curl,openssl,ca-certificates"
TREES = ROOT / ".build-system"

# What nspawn ends with when the machine inside wants to be started again.
REBOOT = 133

# What a machine of its own would allow, and nspawn does not.
CALLS = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"

PR_SET_PDEATHSIG = 1

# As root has it after a login.
SURROUNDINGS = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"}


def obstacle():
    """Why there can be no container here, in words; nothing where there can."""
    if os.geteuid() != 0:
        return "it takes root"
    missing = [name for name in ("debootstrap", "systemd-nspawn", "nsenter", "unshare") if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} cannot be found"
    probe = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, text=True)
    return probe.stderr.strip()


class NoTree(Exception):
    """There is no tree to boot, and debootstrap could make none: there is no network, say."""


class Container:
    """A machine of its own; what it runs ends with it, and its directory is removed.

    It is a copy of a tree, that of this machine's release unless another is given. `patience` is how many seconds it has to
    shut down."""

    def __init__(self, tree=None, patience=20):
        self._tree = tree
        self._patience = patience
        self.name = f"grantd-{uuid.uuid4().hex[:8]}"
        self._directory = Path(tempfile.mkdtemp(prefix="grantd-test-"))
        self.root = self._directory / "root"
        self._console = self._directory / "console"
        self._nspawn = None
        self._cgroups = []

    def start(self):
        subprocess.run(["cp", "-a", "--reflink=auto", self._tree or base_tree(), self.root], check=True)
        (self.root / "etc/machine-id").write_text("")
        self._cgroups = [path / self.name for path in cgroups()]
        for path in self._cgroups:
            path.mkdir()
        self._boot()

    def _boot(self):
        # In a mount namespace with a /run of its own, where nspawn leaves what it does not clean up.
        outside = 'mount -t tmpfs tmpfs /run && exec systemd-nspawn "$@"'
        with self._console.open("w") as console:
            self._nspawn = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", outside, "sh"]
                + ["--quiet", "--boot", "--register=no", "--keep-unit", "--private-network", "--link-journal=no"]
                + ["--directory", self.root, "--machine", self.name, "--console=pipe", f"--system-call-filter={CALLS}"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=self._settle,
            )
        self._wait_for_boot()

    def stop(self):
        """Shuts down; by force where that takes too long, or was never reached."""
        try:
            if self._nspawn and self._nspawn.poll() is None:
                self._nspawn.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._nspawn.wait(self._patience)
                for pid in self._children() + [self._nspawn.pid]:
                    # The first process of the container takes all others along.
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self._nspawn.wait(20)
        finally:
            for path in self._cgroups:
                wait_until(lambda: remove_cgroup(path), f"the processes of {path} to end")
            shutil.rmtree(self._directory)

    def run(self, command, check=True, **options):
        """Runs a line of shell inside; its output, together with what it said of errors, is the result's stdout."""
        done = subprocess.run(
            ["nsenter", "--all", "--target", str(self.leader), "env", "-i"]
            + [f"{name}={value}" for name, value in SURROUNDINGS.items()]
            + ["bash", "-ec", f"cd; {command}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            **{"stdin": subprocess.DEVNULL} | options,
        )
        assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{self.journal()}"
        return done

    def output(self, command):
        return self.run(command).stdout.strip()

    @property
    def leader(self):
        """The process that is the first one inside; another one after a reboot."""
        (pid,) = self._inside()
        return pid

    def reboot(self):
        self.run("systemctl reboot", check=False)
        assert self._nspawn.wait(30) == REBOOT, self._console.read_text()
        self._boot()

    def _wait_for_boot(self):
        def is_up():
            assert self._nspawn.poll() is None, self._console.read_text()
            if not self._inside():
                return False
            state = self.run("systemctl is-system-running", check=False).stdout.strip()
            assert state != "degraded", self.run("systemctl --failed", check=False).stdout + self.journal()
            return state == "running"

        try:
            wait_until(is_up, "the container to boot", 60)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._console.read_text()}") from None

    def journal(self):
        """What systemd and grantd said last, for a failure."""
        return self.run("journalctl --no-pager --lines=60 _PID=1 + _COMM=grantd", check=False).stdout

    def _inside(self):
        """The first process inside, alone, or nothing while there is none yet."""
        found = []
        for pid in self._children():
            # One that has just ended has no name.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    found.append(pid)
        return found

    def _children(self):
        pid = self._nspawn.pid
        try:
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def _settle(self):
        """Before nspawn is run: it has to end where the tests end without a word, and to have a control group."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        for path in self._cgroups:
            (path / "cgroup.procs").write_text("0")


def base_tree():
    """The tree that every container is a copy of; made once, which takes the network and most of a minute."""
    TREES.mkdir(exist_ok=True)
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    suite = release["VERSION_CODENAME"].strip('"')
    wanted = f"{suite} {PACKAGES} {LIBRARIES}\n"
    made, tree = TREES / "made", TREES / "root"
    with (TREES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists() or made.read_text() != wanted:
            made.unlink(missing_ok=True)
            shutil.rmtree(tree, ignore_errors=True)
            debootstrap(suite, tree)
            made.write_text(wanted)
    return tree


def debootstrap(suite, tree):
    # Where this machine gets its own packages from.
    sites = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(SITE)"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()
    mirror = next(line.split()[1] for line in sites if line.split()[0] == suite)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with (TREES / "log").open("w") as log:
        for command in (
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, tree, mirror],
            # Nobody waits for the disk of a machine that is thrown away.
            ["sh", "-c", 'echo force-unsafe-io >"$0/etc/dpkg/dpkg.cfg.d/unsafe-io"', tree],
            ["chroot", tree, "apt-get", "clean"],
            ["chroot", tree, "apt-get", "install", "--yes", "--download-only", *LIBRARIES],
        ):
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if done.returncode != 0:
                last = (TREES / "log").read_text().strip().splitlines()[-1:]
                raise NoTree(f"{command[0]} failed, see {TREES}/log: {''.join(last)}")


def cgroups():
    """The directories of the control groups in which this process is and of which systemd makes use."""
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    paths = {controllers: path for _, controllers, path in own}
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, kind = line.split(" - ")
        mount, options = fields.split()[4], kind.split()[2]
        controllers = "" if kind.startswith("cgroup2 ") else "name=systemd"
        if kind.startswith("cgroup2 ") or (kind.startswith("cgroup ") and "name=systemd" in options):
            found.append(Path(mount + paths[controllers]))
    return found


def remove_cgroup(path):
    """Removes a control group with those below it; false where one is still in use."""
    try:
        for directory, _, _ in os.walk(path, topdown=False):
            os.rmdir(directory)
    except OSError:
        return False
    return True
