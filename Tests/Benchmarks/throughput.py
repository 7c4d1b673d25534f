"""Throughput: two workers through nginx that issue tokens, in turn with two that do nothing, 16 connections."""

import contextlib
import statistics
import sys

from measuring import directory, load, running, state_with_client
from nginx import Nginx
from pool import Pool
from programs import GRANTD

ROUNDS, SECONDS = 7, 3


def serving(stack, program, state):
    path = stack.enter_context(directory())
    pool = stack.enter_context(running(Pool(path, program, state)))
    return stack.enter_context(running(Nginx(path, pool.socket))).token_url


with state_with_client("web-app", "client-secret") as (state, _), contextlib.ExitStack() as stack:
    rates = {serving(stack, program, state): [] for program in (GRANTD, sys.argv[1])}
    for url in rates:
        load(url, 1)
    for _ in range(ROUNDS):
        for url, measured in rates.items():
            measured.append(load(url, SECONDS))

ours, nothing = (statistics.median(measured) for measured in rates.values())
ratios = sorted(a / b for a, b in zip(*rates.values()))
print(
    f"Requests a second, medians of {ROUNDS} rounds of {SECONDS} s: grantd {ours:.0f}, do-nothing {nothing:.0f},"
    f" ratio {ours / nothing:.2f} (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
)
