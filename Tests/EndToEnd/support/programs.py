"""The programs under test, and how to run them. Standard library only, so that the benchmarks use this as well."""

import json
import os
import pwd
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILT = Path(os.environ.get("BUILT_PROGRAMS", ROOT / ".build/release"))
GRANTD = BUILT / "grantd"
GRANTCTL = BUILT / "grantctl"
FCGIWRAP = "/usr/sbin/fcgiwrap"
SNIPPET = ROOT / "deploy/nginx"

# nginx's own workers give up root for this user, who must then reach the sockets.
NGINX_USER = "www-data" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def environment(state, **settings):
    """Surroundings for grantd and grantctl: a state directory, and no settings of the machine's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRANTD_")}
    return inherited | {"GRANTD_STATE": str(state), "GRANTD_CONFIG": "/dev/null"} | settings


def cgi_request(identifier, secret):
    """A request for a token by JSON as a CGI program gets it: its parameters and its body."""
    members = {"client_id": identifier, "client_secret": secret, "grant_type": "client_credentials"}
    body = json.dumps(members).encode()
    parameters = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/token",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "GATEWAY_INTERFACE": "CGI/1.1",
    }
    return parameters, body


def grantctl(state, *arguments, stdin="", check=True):
    """Runs grantctl on a state directory and returns the finished process, its output as text."""
    return subprocess.run(
        [GRANTCTL, *arguments], env=environment(state), input=stdin, text=True, capture_output=True, check=check
    )


def free_port():
    """A port on the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=10):
    """Returns as soon as the condition holds; fails in words after a while."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.01)


def is_running(pid):
    """Whether a process is there and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
