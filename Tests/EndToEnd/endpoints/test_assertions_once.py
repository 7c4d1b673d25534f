"""Each assertion authenticates its client once: in all workers at the same moment, and after they were killed."""

import http.client
import os
import signal
import threading
import time
from urllib.parse import urlencode

import requests
from support.issuing import KeyClient, issuing_site
from support.programs import wait_until

PAIRS = 10_000
LANES = 4


def body(client):
    """A request with an assertion that lasts as long as it may: all are made before the first is sent."""
    return urlencode(client.form(exp=int(time.time()) + 300))


class Lane:
    """Two connections that send the same requests in the same order, each at the same moment."""

    def __init__(self, site, bodies):
        self.bodies, self.statuses = bodies, ([], [])
        barrier = threading.Barrier(2)
        self.threads = [threading.Thread(target=self.send, args=(site, barrier, into)) for into in self.statuses]

    def send(self, site, barrier, statuses):
        connection = http.client.HTTPConnection("127.0.0.1", site.nginx.port, timeout=30)
        for text in self.bodies:
            barrier.wait(60)
            connection.request("POST", "/oauth2/token", text, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)


def test_of_two_requests_with_one_assertion_exactly_one_wins():
    with issuing_site(count=8, GRANTD_FAILURE_LIMIT="0", GRANTD_FAILURE_DELAY="0") as site:
        client = KeyClient(site, "robot")
        lanes = [Lane(site, [body(client) for _ in range(PAIRS // LANES)]) for _ in range(LANES)]
        threads = [thread for lane in lanes for thread in lane.threads]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pairs = [sorted(pair) for lane in lanes for pair in zip(*lane.statuses, strict=True)]
        assert len(pairs) == PAIRS
        assert [pair for pair in pairs if pair != [200, 401]] == []


def test_a_killed_worker_forgets_no_assertion():
    with issuing_site(GRANTD_FAILURE_LIMIT="0") as site:
        client = KeyClient(site, "robot")
        forms = [client.form() for _ in range(20)]
        for form in forms:
            assert requests.post(site.token_url, data=form, timeout=10).status_code == 200
        for pid in site.pool.pids:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(os.path.exists(f"/proc/{pid}/exe") for pid in site.pool.pids), "the workers to end")
        site.pool.stop()
        site.pool.start()
        for form in forms:
            assert requests.post(site.token_url, data=form, timeout=10).status_code == 401
        assert requests.post(site.token_url, data=client.form(), timeout=10).status_code == 200
