"""Throughput: two workers through nginx that issue tokens, in turn with C programs that do nothing, 16 connections.

The one is the textbook's, for which nginx makes a connection for each request; the other parks kept connections, as
grantd does."""

import contextlib
import statistics
import sys

from measuring import load, state_with_client
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD
from support.temporary import directory, running

ROUNDS, SECONDS = 7, 3


def serving(stack, program, state, edit=lambda text: text):
    path = stack.enter_context(directory())
    pool = stack.enter_context(running(Pool(path, program, state)))
    return stack.enter_context(running(Nginx(path, pool.socket, edit=edit))).token_url


def without_keeping(text):
    assert "fastcgi_keep_conn on;" in text
    return text.replace("fastcgi_keep_conn on;", "")


with state_with_client("web-app", "client-secret") as (state, _), contextlib.ExitStack() as stack:
    textbook, parking = sys.argv[1:]
    rates = {
        "grantd": (serving(stack, GRANTD, state), []),
        "grantd without kept connections": (serving(stack, GRANTD, state, without_keeping), []),
        "do-nothing, parking": (serving(stack, parking, state), []),
        "do-nothing, textbook": (serving(stack, textbook, state, without_keeping), []),
    }
    for url, _ in rates.values():
        load(url, 1)
    for _ in range(ROUNDS):
        for url, measured in rates.values():
            measured.append(load(url, SECONDS))

print(f"Requests a second, medians of {ROUNDS} rounds of {SECONDS} s:")
ours = rates["grantd"][1]
for name, (_, measured) in rates.items():
    ratios = sorted(a / b for a, b in zip(ours, measured))
    print(
        f"  {name}: {statistics.median(measured):.0f}; grantd's to these"
        f" {statistics.median(ours) / statistics.median(measured):.2f} (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
