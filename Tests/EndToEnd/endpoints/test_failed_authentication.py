"""A failed authentication tells nothing: the same bytes at the same time, whatever failed."""

import socket
import time

import pytest
from support.fastcgi import Worker
from support.programs import grantctl
from support.temporary import directory

DELAY = 0.1
FAILING = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "wrong"}


@pytest.fixture(scope="module")
def failures(shared):
    """Ways to fail, as functions that send one request: each has another cost on the inside."""
    shared.add("chosen", secret="a secret that a person chose")
    generated, disabled = shared.add("generated"), shared.add("disabled")
    grantctl(shared.state, "client", "disable", "disabled")
    return {
        "unknown client": lambda: shared.grant("nobody", "secret"),
        "wrong secret, slow hash": lambda: shared.grant("chosen", "wrong"),
        "wrong secret, fast hash": lambda: shared.grant("generated", generated[:-1]),
        "disabled client": lambda: shared.grant("disabled", disabled),
    }


def test_the_answers_are_equal_to_the_byte(failures):
    answers = [send() for send in failures.values()]
    shapes = {(answer.status_code, answer.text, str(headers_but_date(answer))) for answer in answers}
    assert len(shapes) == 1, shapes
    assert answers[0].status_code == 401


def test_the_answers_come_at_one_fixed_time(failures):
    fastest = {name: min(seconds(send) for _ in range(10)) for name, send in failures.items()}
    assert all(DELAY <= time < DELAY + 0.05 for time in fastest.values()), fastest
    assert max(fastest.values()) - min(fastest.values()) < 0.01, fastest


def test_the_time_counts_from_when_the_client_came():
    """A worker that is held up before it accepts may be given one that came later than the one that it heard of."""
    with directory() as path:
        (path / "state").mkdir(mode=0o700)
        held_up = ["-e", "trace=accept4", "-e", "inject=accept4:delay_enter=40000"]
        worker = Worker(path, path / "state", before=["strace", "-D", "-f", "-qq", "-o", path / "trace", *held_up])
        with worker.listener() as listener:
            worker.serve(listener)
            try:
                worker.post("/token", FAILING)
                times = list(filter(None, (answer_time_of_the_next(worker, listener) for _ in range(10))))
                assert times and min(times) >= DELAY, times
            finally:
                worker.stop()


def answer_time_of_the_next(worker, listener):
    """The seconds of a failure whose connection is accepted in place of one that the worker heard of, and which is gone;
    None where the test was held up for longer than the worker."""
    with socket.socket(socket.AF_UNIX) as heard_of:
        heard_of.connect(str(worker.socket))
        time.sleep(0.02)
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return None
        return seconds(lambda: worker.post("/token", FAILING))


def headers_but_date(answer):
    return {name: value for name, value in answer.headers.items() if name != "Date"}


def seconds(send):
    start = time.monotonic()
    send()
    return time.monotonic() - start
