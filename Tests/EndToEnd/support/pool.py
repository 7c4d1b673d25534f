"""Processes on one FastCGI socket, started by spawn-fcgi as a site would start them."""

import os
import signal
import subprocess

from support.programs import NGINX_USER, environment, is_running, wait_until


class Pool:
    """`count` processes of a program that share a unix socket; their standard error goes to one log file."""

    def __init__(self, directory, program, state, count=2, **settings):
        self.socket = directory / "fastcgi.sock"
        self.log = directory / "fastcgi.log"
        self._pid_file = directory / "fastcgi.pid"
        self._program = program
        self._count = count
        self._environment = environment(state, **settings)
        self.pids = []

    def start(self):
        owner = ["-U", NGINX_USER] if os.geteuid() == 0 else []
        # spawn-fcgi sends standard error to /dev/null and searches no PATH.
        logging = ["/bin/sh", "-c", f'exec "$0" 2>>"{self.log}"', self._program]
        subprocess.run(
            ["spawn-fcgi", "-s", self.socket, "-M", "0600", *owner, "-b", "1024", "-F", str(self._count)]
            + ["-P", self._pid_file, "--", *logging],
            env=self._environment,
            check=True,
            capture_output=True,
        )
        self.pids = [int(line) for line in self._pid_file.read_text().split()]
        assert len(self.pids) == self._count and all(is_running(pid) for pid in self.pids), self.log.read_text()

    def stop(self):
        """Stops every worker and fails if one would not go by itself."""
        for pid in filter(is_running, self.pids):
            os.kill(pid, signal.SIGTERM)
        try:
            wait_until(lambda: not any(map(is_running, self.pids)), "the workers to stop")
        finally:
            for pid in filter(is_running, self.pids):
                os.kill(pid, signal.SIGKILL)
            self.socket.unlink(missing_ok=True)
