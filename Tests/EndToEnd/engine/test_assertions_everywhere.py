"""Each assertion counts once on all machines of one engine, however close together they are asked."""

import threading
import time

import pytest
from support.engines import single
from support.keys import ISSUER, Pair, key_set
from support.machines import machines

COUNT = 1_000
KEY = Pair(kid="one")


@pytest.fixture(scope="module")
def two():
    settings = {"GRANTD_ISSUER": ISSUER, "GRANTD_FAILURE_LIMIT": "0", "GRANTD_FAILURE_DELAY": "0"}
    with single() as engine, machines(engine, "a", "b", settings=settings) as made:
        made[0].grantctl("client", "add", "robot", "--jwks", "-", stdin=key_set(KEY))
        yield made


def test_of_two_machines_that_are_asked_at_once_one_takes_it(two):
    sent = [KEY.parameters("robot", exp=int(time.time()) + 300) for _ in range(COUNT)]
    barrier, statuses = threading.Barrier(2), ([], [])

    def send(machine, into):
        with machine.caller() as caller:
            for credentials in sent:
                barrier.wait(60)
                into.append(caller.grant(credentials).status)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(two, statuses, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pairs = list(zip(*statuses, strict=True))
    assert len(pairs) == COUNT and all(sorted(pair) == [200, 401] for pair in pairs)
    # Each of them was the first at times: they were asked at the same moment indeed.
    assert {(200, 401), (401, 200)} == set(pairs)


def test_what_one_machine_took_no_other_takes_after_a_restart(two):
    a, b = two
    credentials = KEY.parameters("robot")
    assert a.caller().grant(credentials).status == 200
    b.stop()
    b.start()
    assert b.caller().grant(credentials).status == 401
    assert b.caller().grant(KEY.parameters("robot")).status == 200
