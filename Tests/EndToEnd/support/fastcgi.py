"""A worker with a socket of its own, and a raw FastCGI client, for what nginx would not send (FastCGI 1.0)."""

import socket
import struct
import subprocess
import types
from urllib.parse import urlencode

from support.programs import GRANTD, environment

BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
RESPONDER, AUTHORIZER = 1, 2
KEEP = 1


class Asking:
    """What is asked of a grantd by its method `ask`."""

    def post(self, path, form, **more):
        """Sends a form from this machine; `more` are further parameters, which take the place of the usual ones."""
        body = urlencode(form).encode()
        usual = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "127.0.0.1",
        }
        return self.ask(usual | more, body)

    def check(self, token, **more):
        """The status with which a check of a token is answered."""
        usual = {"PATH_INFO": "/check", "HTTP_AUTHORIZATION": f"Bearer {token}", "REMOTE_ADDR": "127.0.0.1"}
        return self.ask(usual | more).status


class Worker(Asking):
    """One grantd on one state directory; `log` is the file of its standard error, `before` a program that runs it."""

    def __init__(self, directory, state, name="worker", before=(), **settings):
        self.socket, self.log = directory / f"{name}.sock", directory / f"{name}.log"
        self._environment, self._command = environment(state, **settings), [*before, GRANTD]

    def start(self):
        with self.listener() as listener:
            self.serve(listener)

    def listener(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.socket))
        listener.listen(1024)
        return listener

    def serve(self, listener):
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=listener, stdout=subprocess.DEVNULL, stderr=log
            )

    @property
    def pid(self):
        return self._process.pid

    def wait(self, seconds):
        """The exit status, once it has ended."""
        return self._process.wait(seconds)

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self.socket.unlink()

    def kill(self):
        self._process.kill()
        self._process.wait(10)
        self.socket.unlink()

    def ask(self, parameters, body=b"", role=RESPONDER):
        """The answer's status, its headers by their names in small letters, and its text."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            connection.sendall(request_bytes(parameters, body, role))
            return answer(connection)


def record(kind, content=b""):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def pair(name, value):
    texts = [text if isinstance(text, bytes) else text.encode() for text in (name, value)]
    return b"".join(map(length, texts)) + b"".join(texts)


def length(text):
    """One byte, or from 128 on four with the highest bit set."""
    return struct.pack(">B", len(text)) if len(text) < 128 else struct.pack(">L", len(text) | 1 << 31)


def request_bytes(parameters, body=b"", role=RESPONDER, flags=0):
    """A whole request; with KEEP the connection stays open after its answer."""
    return (
        record(BEGIN_REQUEST, struct.pack(">HB5x", role, flags))
        + record(PARAMS, b"".join(pair(*parameter) for parameter in parameters.items()))
        + record(PARAMS)
        + (record(STDIN, body) if body else b"")
        + record(STDIN)
    )


class KeptConnection:
    """A connection to a worker that is kept; it is made with the first request."""

    def __init__(self, path):
        self._path, self._socket = str(path), None

    @property
    def socket(self):
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(30)
            self._socket.connect(self._path)
        return self._socket

    def ask(self, parameters, body=b""):
        self.socket.sendall(request_bytes(parameters, body, flags=KEEP))
        return answer(self.socket)

    def close(self):
        if self._socket:
            self._socket.close()
        self._socket = None


def answer(connection):
    document = b""
    while True:
        _, kind, _, size, padding = struct.unpack(">BBHHBx", exactly(connection, 8))
        content = exactly(connection, size + padding)[:size]
        if kind == STDOUT:
            document += content
        if kind == END_REQUEST:
            break
    head, _, text = document.decode().partition("\r\n\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n"))}
    return types.SimpleNamespace(status=int(headers.pop("status").split()[0]), headers=headers, text=text)


def exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        assert more, "the worker closed the connection"
        data += more
    return data


def token_request(identifier, secret, address):
    """The bytes of a request for a token."""
    form = {"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret}
    body = urlencode(form).encode()
    parameters = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/token",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": address,
        "HTTPS": "on",
    }
    named = b"".join(pair(*parameter) for parameter in parameters.items())
    begin = record(BEGIN_REQUEST, struct.pack(">HB5x", RESPONDER, 0))
    return begin + record(PARAMS, named) + record(PARAMS) + record(STDIN, body) + record(STDIN)
