"""The site's own application, which tells what it was told: over HTTP, and over FastCGI."""

import hashlib
import http.server
import json
import sys
import threading

from support.pool import Pool
from support.programs import FCGIWRAP

# For fcgiwrap: the status that the URI ends with, or 200, and JSON: the environment and the body's digest.
SCRIPT = f"""#!{sys.executable}
import hashlib, json, os, sys
told = dict(environment=dict(os.environ), body=hashlib.sha256(sys.stdin.buffer.read()).hexdigest())
status = os.environ["REQUEST_URI"].rpartition("/")[2]
print("Status:", status if status.isdigit() else 200)
print("Content-Type: application/json\\n\\n" + json.dumps(told))
"""


class Application(http.server.BaseHTTPRequestHandler):
    """Answers 200, or the status that the path ends with, and JSON: the method, the headers and the body's digest."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {"method": self.command, "headers": self.headers.items(), "body": hashlib.sha256(body).hexdigest()}
        content = json.dumps(told).encode()
        status = self.path.rpartition("/")[2]
        self.send_response(int(status) if status.isdigit() else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class HTTPApplication:
    """The application on a port of the loopback."""

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
        self.port = self._server.server_port

    def start(self):
        threading.Thread(target=self._server.serve_forever).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def fastcgi_application(directory):
    """The application behind fcgiwrap: its processes, and the script for SCRIPT_FILENAME."""
    script = directory / "application"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    return Pool(directory, FCGIWRAP, directory), script
