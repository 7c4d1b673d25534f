"""CGI: from the start of the process to its whole answer, in turn with a C program that does nothing."""

import json
import statistics
import subprocess
import sys
import time

from measuring import state_with_client
from support.programs import GRANTD, cgi_request, environment

ROUNDS = 200


def milliseconds(program, surroundings, body):
    start = time.perf_counter()
    done = subprocess.run([program], env=surroundings, input=body, capture_output=True, check=True)
    passed = (time.perf_counter() - start) * 1000
    assert json.loads(done.stdout.partition(b"\r\n\r\n")[2])["token_type"] == "bearer", done.stdout
    return passed


with state_with_client("generated") as (state, secret):
    request, body = cgi_request("generated", secret)
    surroundings = environment(state, **request)
    times = {GRANTD: [], sys.argv[1]: []}
    for _ in range(ROUNDS):
        for program, taken in times.items():
            taken.append(milliseconds(program, surroundings, body))

ours, nothing = (statistics.median(taken) for taken in times.values())
print(f"CGI, median of {ROUNDS}: grantd {ours:.1f} ms, do-nothing {nothing:.1f} ms, difference {ours - nothing:.1f} ms")
