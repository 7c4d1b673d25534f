"""A server that a client's code talks to: a protected resource with paths that do something first, and a token endpoint."""

import contextlib
import http.server
import json
import threading
import time
import urllib.parse
from pathlib import Path


class Resource(http.server.BaseHTTPRequestHandler):
    """The server's `actions` are called by their paths with the bearer token; `seen` has the tokens in order.

    `/busy` is 429 at first, with a second to wait. A POST is a request for a token, of which the first is 503."""

    def do_GET(self):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.seen.append((self.path, token, time.monotonic()))
        if action := self.server.actions.get(self.path):
            action(token)
        visits = sum(path == self.path for path, *_ in self.server.seen)
        self.tell(*((429, {"Retry-After": "1"}) if self.path == "/busy" and visits == 1 else (200, {})), body=self.path)

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, dict(urllib.parse.parse_qsl(form)), time.monotonic()))
        self.server.arguments += arguments_of_all()
        if len(self.server.asked) == 1:
            return self.tell(503, {"Retry-After": "1"}, body='{"error":"temporarily_unavailable"}')
        self.tell(200, {}, body=json.dumps({"access_token": "a" * 64, "token_type": "bearer", "expires_in": 3600}))

    def tell(self, status, headers, body):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def arguments_of_all():
    """The command lines of all processes; one that ends meanwhile has none."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.append(file.read_bytes())
    return found


@contextlib.contextmanager
def resource(**actions):
    """The server; an action's name is its path without the slash."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Resource)
    server.actions = {f"/{name}": action for name, action in actions.items()}
    server.seen, server.asked, server.arguments = [], [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
