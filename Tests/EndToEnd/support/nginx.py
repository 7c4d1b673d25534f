"""An nginx of our own on a free port of the loopback, with the snippet that is shipped mounted in a site."""

import os
import re
import socket
import subprocess

from support.programs import NGINX_USER, SNIPPET, free_port, wait_until

SHIPPED_SOCKET = "/run/grantd/grantd.sock"


def snippet(part, socket_path, limits=False):
    """The shipped file for http {} or server {}, with another socket and, unless asked for, without request limits."""
    text = (SNIPPET / f"grantd.{part}.conf").read_text().replace(SHIPPED_SOCKET, str(socket_path))
    return text if limits else re.sub(r"(?m)^\s*limit_req.*\n", "", text)


class Nginx:
    """A site: what the shipped snippet needs, and around it what a test wants to have there.

    nginx keeps `kept` connections to the workers. `edit_http` and `edit` change the two files, as a site may;
    `mount` is where they mount grantd, by the substitution that they name."""

    def __init__(
        self,
        directory,
        socket_path,
        http="",
        server="",
        limits=False,
        edit=lambda text: text,
        edit_http=lambda text: text,
        mount="oauth2",
        kept=64,
    ):
        def shipped(part):
            return re.sub("oauth2", mount, snippet(part, socket_path, limits))

        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token_url = f"{self.url}/{mount}/token"
        self.errors = directory / "nginx-errors.log"
        self.directory = directory
        self._process = None
        (directory / "nginx.conf").write_text(f"""
            {f"user {NGINX_USER};" if os.geteuid() == 0 else ""}
            worker_processes 2;
            daemon off;
            pid {directory}/nginx.pid;
            error_log {self.errors} info;
            events {{ worker_connections 512; }}
            http {{
                access_log off;
                client_body_temp_path {directory}/body;
                fastcgi_temp_path {directory}/fastcgi;
                proxy_temp_path {directory}/proxy;
                scgi_temp_path {directory}/scgi;
                uwsgi_temp_path {directory}/uwsgi;
                {edit_http(shipped("http")).replace("keepalive 64;", f"keepalive {kept};")}
                {http}
                server {{
                    listen 127.0.0.1:{self.port};
                    {server}
                    {edit(shipped("server"))}
                }}
            }}""")

    def start(self):
        self._process = subprocess.Popen(
            ["nginx", "-p", self.directory, "-e", self.errors, "-c", self.directory / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, "nginx to listen")

    def stop(self):
        """Ends nginx, if it was started."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)

    def _answers(self):
        assert self._process.poll() is None, self.errors.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
