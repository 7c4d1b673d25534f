"""A web server of our own in the foreground, on a port of the loopback."""

import socket
import subprocess

from support.programs import free_port, wait_until


class WebServer:
    """What Apache and lighttpd have in common; a subclass sets `command`, which runs it on its configuration."""

    def __init__(self, directory):
        self.port, self.tls_port = free_port(), free_port()
        self.url, self.tls_url = f"http://127.0.0.1:{self.port}", f"https://127.0.0.1:{self.tls_port}"
        self.token_url = f"{self.url}/oauth2/token"
        self.errors = directory / "server-errors.log"
        self.command = []
        self._process = None

    def start(self):
        with self.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
            )
        wait_until(self._answers, "the web server to listen")

    def stop(self):
        self._process.terminate()
        self._process.wait(20)

    def _answers(self):
        assert self._process.poll() is None, self.errors.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
