"""What the benchmarks share: a state directory with a client, and nginx's load generator."""

import contextlib
import json
import re
import subprocess
from pathlib import Path

from support.programs import grantctl
from support.temporary import directory

HERE = Path(__file__).resolve().parent


@contextlib.contextmanager
def state_with_client(identifier, secret=None):
    """A state directory with one client, and the client's secret, generated unless given."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        chosen = ["--secret-stdin"] if secret else []
        made = grantctl(state, "client", "add", identifier, *chosen, "--json", stdin=secret or "")
        yield state, secret or json.loads(made.stdout)["client_secret"]


def load(url, seconds, connections=16, script="token.lua"):
    """Requests a second, by wrk; every one of them has to be a success."""
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "-s", HERE / script, url]
    said = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])
