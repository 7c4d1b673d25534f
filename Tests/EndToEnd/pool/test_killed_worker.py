"""A worker killed in mid-load costs at most the requests that it was at: every token handed out is good."""

import os
import signal
import threading

import pytest
import requests
from support.programs import wait_until
from support.site import CHOSEN, site


@pytest.mark.parametrize("durability", ["process", "disk"])
def test_every_token_handed_out_lives_on(durability):
    with site(settings={"GRANTD_DURABILITY": durability}, count=6) as made:
        made.add("web-app", secret=CHOSEN)
        tokens, stop = [], threading.Event()

        def load():
            session = requests.Session()
            while not stop.is_set():
                form = {"grant_type": "client_credentials"}
                answer = session.post(made.token_url, data=form, auth=("web-app", CHOSEN), timeout=10)
                assert answer.status_code in (200, 502, 504)
                if answer.status_code == 200:
                    tokens.append(answer.json()["access_token"])

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for victim in made.pool.pids[:5]:
            wait_for_more(tokens)
            os.kill(victim, signal.SIGKILL)
        wait_for_more(tokens)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(set(tokens)) == len(tokens) >= 150
        assert all(made.inspect(token)["active"] for token in tokens)


def wait_for_more(tokens):
    enough = len(tokens) + 25
    wait_until(lambda: len(tokens) >= enough, "more tokens")
