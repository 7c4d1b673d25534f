"""Checks: two workers that nginx asks about tokens, a million of which are live, in turn with two of each
C program that does nothing."""

import contextlib
import os
import random
import statistics
import subprocess
import sys

from measuring import load, state_with_client
from support.nginx import Nginx
from support.pool import Pool
from support.programs import BUILT, GRANTD, SNIPPET, environment, grantctl
from support.temporary import directory, running

LIVE, ASKED, ROUNDS, SECONDS = 1_000_000, 5_000, 7, 3


def fill(state, tokens):
    """A million live tokens; some of them, from all over the store, go to a file."""
    for number in range(16):
        grantctl(state, "client", "add", f"client-{number}")
    issuing = [BUILT / "store-issuing-process", state, "process", str(LIVE)]
    said = subprocess.run(issuing, env=environment(state), stdout=subprocess.PIPE, check=True).stdout
    issued = said.decode().split()
    assert len(issued) == LIVE
    tokens.write_text("\n".join(random.sample(issued, ASKED)) + "\n")


def protected(stack, program, state):
    path = stack.enter_context(directory())
    (path / "file").write_text("content")
    pool = stack.enter_context(running(Pool(path, program, state)))
    server = f'location /protected/ {{ auth_request "oauth2-check/"; include {SNIPPET}/grantd.client.conf; include {SNIPPET}/grantd.identity.conf; alias {path}/; }}'
    return stack.enter_context(running(Nginx(path, pool.socket, server=server))).url + "/protected/file"


with state_with_client("unused") as (state, _), contextlib.ExitStack() as stack:
    os.environ["TOKENS"] = str(state.parent / "tokens")
    fill(state, state.parent / "tokens")
    rates = {protected(stack, program, state): [] for program in (GRANTD, *sys.argv[1:])}
    for url in rates:
        load(url, 1, script="check.lua")
    for _ in range(ROUNDS):
        for url, measured in rates.items():
            measured.append(load(url, SECONDS, script="check.lua"))

ours, *others = rates.values()
print(f"Checks a second at {LIVE} live tokens, medians of {ROUNDS} rounds of {SECONDS} s:")
print(f"  grantd: {statistics.median(ours):.0f}")
for name, measured in zip(("textbook", "parking"), others, strict=True):
    ratios = sorted(a / b for a, b in zip(ours, measured))
    print(
        f"  do-nothing, {name}: {statistics.median(measured):.0f}; grantd's to these"
        f" {statistics.median(ours) / statistics.median(measured):.2f}"
        f" (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
