"""Cost: what one request takes of a worker on a kept connection, beside the C program that parks connections.

Allocations and their bytes by a preloaded malloc, instructions by callgrind, processor time by the kernel's accounts;
libfcgi's part is in all of them, and is all that the C program has."""

import base64
import contextlib
import re
import resource
import socket
import struct
import subprocess
import sys
import time
from urllib.parse import urlencode

from measuring import state_with_client
from support.fastcgi import KEEP, Worker, request_bytes
from support.programs import GRANTD
from support.temporary import directory, running

FEW, COUNTED, TIMED, INSTRUCTED = 20, 2_000, 30_000, 420


class Program(Worker):
    """A worker of grantd or of another program, run by `before`, in surroundings of its own."""

    def __init__(self, directory, state, program=None, before=(), **surroundings):
        super().__init__(directory, state, before=before, **surroundings)
        if program:
            self._command = [*before, program]


def post(path, form, **more):
    return post_body(path, urlencode(form).encode(), "application/x-www-form-urlencoded", **more)


def post_body(path, body, content_type, **more):
    parameters = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/oauth2",
        "PATH_INFO": path,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_ID": "0123456789abcdef0123456789abcdef",
    }
    return request(parameters | more, body)


def request(parameters, body=b""):
    return request_bytes(parameters, body, flags=KEEP)


def send(worker, sent, number, status=b"Status: 20"):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(worker.socket))
        for _ in range(number):
            connection.sendall(sent)
            # An answer is one write, and smaller than this.
            answer = connection.recv(65536)
            assert status in answer, answer


def allocated(state, sent, program, counting):
    """Allocations and bytes of a request."""
    with directory() as path:
        counts = path / "counts"
        counts.write_bytes(bytes(16))
        with running(Program(path, state, program, LD_PRELOAD=counting, ALLOCATIONS=str(counts))) as worker:
            send(worker, sent, FEW, status(program))
            before = struct.unpack("LL", counts.read_bytes())
            send(worker, sent, COUNTED, status(program))
            after = struct.unpack("LL", counts.read_bytes())
    return [(b - a) / COUNTED for a, b in zip(before, after)]


def timed(state, sent, program):
    """Microseconds of a request, in the program and in the kernel."""

    def used(number):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with directory() as path, running(Program(path, state, program)) as worker:
            send(worker, sent, number, status(program))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime

    return [(b - a) / TIMED * 1e6 for a, b in zip(used(FEW), used(FEW + TIMED))]


def instructed(state, sent, program=None, runs=1, answered=None, **surroundings):
    """Instructions of a request, which has this answer, by the runs that took the least."""

    def executed(number):
        with directory() as path:
            # valgrind cannot read Swift's debugging information.
            out, stripped = path / "callgrind", path / "program"
            subprocess.run(["strip", "-g", "-o", stripped, program or GRANTD], check=True)
            valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
            with running(
                Program(path, state, stripped, before=valgrind, GRANTD_CONFINEMENT="off", **surroundings)
            ) as worker:
                send(worker, sent, number, answered or status(program))
            return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])

    few, many = (min(executed(number) for _ in range(runs)) for number in (FEW, INSTRUCTED))
    return (many - few) / (INSTRUCTED - FEW)


def status(program):
    return b"access_token" if program else b"Status: 20"


@contextlib.contextmanager
def site():
    """A state directory, and a request for a token by Basic and by form and a check, as they are sent."""
    with state_with_client("web-app") as (state, secret):
        # Until its time stamp is a second old, a client's file is read again at each request.
        time.sleep(2)
        form = {"grant_type": "client_credentials"}
        basic = "Basic " + base64.b64encode(f"web-app:{secret}".encode()).decode()
        token_form = post("/token", form | {"client_id": "web-app", "client_secret": secret})
        with directory() as path, running(Program(path, state)) as worker, socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(worker.socket))
            connection.sendall(token_form)
            token = re.search(rb'"access_token":"([^"]+)"', connection.recv(65536))[1].decode()
        check = {
            "PATH_INFO": "/check",
            "OAUTH_REQUIRE_SCOPE": "",
            "OAUTH_LOCATION": "/protected/",
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_ID": "0123456789abcdef0123456789abcdef",
        }
        yield state, post("/token", form, HTTP_AUTHORIZATION=basic), token_form, request(check)


def main(parking, counting):
    with site() as (state, basic, form, check):
        kinds = {
            "a token by Basic": (basic, None),
            "a token by form": (form, None),
            "a check": (check, None),
            "do-nothing, parking": (basic, parking),
        }
        print("A request on a kept connection of one worker:")
        for name, (sent, program) in kinds.items():
            allocations, size = allocated(state, sent, program, counting)
            user, system = timed(state, sent, program)
            instructions = instructed(state, sent, program)
            print(
                f"  {name}: {allocations:.1f} allocations of {size / 1000:.1f} KB, {instructions:.0f} instructions,"
                f" {user:.1f} µs of user and {system:.1f} µs of system time"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
