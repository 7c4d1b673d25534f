"""Counting: what the counters of /metrics and /status cost a request, beside none in the same run.

Instructions by callgrind, the least of several runs: every ten seconds a worker takes a sample as well, which not every
run meets. Rates by wrk through nginx, in turns."""

import contextlib
import json
import os
import statistics
import urllib.request

from cost import instructed, site
from measuring import load, state_with_client
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD, SNIPPET
from support.temporary import directory, running

RUNS, ROUNDS, SECONDS = 5, 7, 3
SWITCHES = ("on", "off")


def serving(stack, state, switch):
    path = stack.enter_context(directory())
    (path / "file").write_text("content")
    pool = stack.enter_context(running(Pool(path, GRANTD, state, GRANTD_METRICS=switch)))
    location = (
        f'location /protected/ {{ auth_request "oauth2-check/"; include {SNIPPET}/grantd.client.conf;'
        f" include {SNIPPET}/grantd.identity.conf; alias {path}/; }}"
    )
    return stack.enter_context(running(Nginx(path, pool.socket, server=location)))


with site() as (state, basic, _, check):
    print(f"Instructions of a request, the least of {RUNS} runs:")
    for name, sent in {"a token by Basic": basic, "a check": check}.items():
        with_, without = (instructed(state, sent, runs=RUNS, GRANTD_METRICS=switch) for switch in SWITCHES)
        print(f"  {name}: {with_:.0f} with counters, {without:.0f} without: {(with_ / without - 1) * 100:+.2f} %")

with state_with_client("web-app", "client-secret") as (state, _), contextlib.ExitStack() as stack:
    sites = {switch: serving(stack, state, switch) for switch in SWITCHES}
    asked = {"client_id": "web-app", "client_secret": "client-secret", "grant_type": "client_credentials"}
    request = urllib.request.Request(
        sites["on"].token_url, json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        (state.parent / "tokens").write_text(json.load(answer)["access_token"] + "\n")
    os.environ["TOKENS"] = str(state.parent / "tokens")
    print(f"Requests a second of two workers through nginx, medians of {ROUNDS} rounds of {SECONDS} s:")
    for kind, script in {"tokens": "token.lua", "checks": "check.lua"}.items():
        urls = {
            switch: server.token_url if kind == "tokens" else server.url + "/protected/file"
            for switch, server in sites.items()
        }
        rates = {switch: [] for switch in SWITCHES}
        for number in range(-1, ROUNDS):
            # The first round warms up; the order changes, since the second of two has the warmer machine.
            for switch in SWITCHES if number % 2 else SWITCHES[::-1]:
                rate = load(urls[switch], SECONDS if number >= 0 else 1, script=script)
                if number >= 0:
                    rates[switch].append(rate)
        ratios = sorted(a / b for a, b in zip(rates["on"], rates["off"], strict=True))
        print(
            f"  {kind}: {statistics.median(rates['on']):.0f} with counters, {statistics.median(rates['off']):.0f}"
            f" without: {statistics.median(ratios):.3f} (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
