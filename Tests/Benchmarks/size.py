"""Size: the binaries, whether ICU is in them, and a worker's memory after 10,000 requests."""

import re
import subprocess
from pathlib import Path

from measuring import load, state_with_client
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTCTL, GRANTD
from support.temporary import directory, running

REQUESTS = 10_000


def resident(pid, name="VmRSS"):
    return int(re.search(rf"{name}:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def megabytes(program):
    """Its size as built and stripped of symbols, as a package has it."""
    with directory() as path:
        subprocess.run(["strip", "-o", path / "stripped", program], check=True)
        return program.stat().st_size / 1e6, (path / "stripped").stat().st_size / 1e6


for program in (GRANTD, GRANTCTL):
    strings = subprocess.run(["strings", program], capture_output=True, check=True).stdout
    built, stripped = megabytes(program)
    print(
        f"{program.name}: {built:.1f} MB, stripped {stripped:.1f} MB, names of ICU data in it: {strings.count(b'icudt')}"
    )

with state_with_client("web-app", "client-secret") as (state, _), directory() as path:
    with running(Pool(path, GRANTD, state, count=1)) as pool, running(Nginx(path, pool.socket)) as nginx:
        [pid] = pool.pids
        load(nginx.token_url, 1)
        early, answered = resident(pid), 0
        while answered < REQUESTS:
            answered += 2 * load(nginx.token_url, 2)
        print(
            f"a worker's resident memory: {early:.1f} MB after the first second,"
            f" {resident(pid):.1f} MB after {answered:.0f} more requests, {resident(pid, 'VmHWM'):.1f} MB at most"
        )
