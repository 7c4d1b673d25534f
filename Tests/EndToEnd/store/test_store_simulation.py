"""The store on a simulated machine: the states that a power cut can leave, and each call that can fail.

A violation is printed with the seed that brings it about again."""

import re
import subprocess

from support.programs import BUILT

# One seed, so that a commit is judged as it was before; to explore, run store-simulation with others.
STATES, RUNS, SEED = 100_000, 20, 1


def simulate(*arguments):
    """What the simulation prints, of runs from the seed."""
    command = [BUILT / "store-simulation", *map(str, arguments), str(SEED)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=600)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_promise_holds_in_every_state_that_a_power_cut_leaves(capsys):
    with capsys.disabled():
        said = simulate("power-cuts", STATES)
    assert int(re.search(r"(?m)^(\d+) states, and every promise held", said)[1]) >= STATES


def test_every_promise_holds_whichever_call_fails(capsys):
    with capsys.disabled():
        said = simulate("faults", RUNS)
    assert said.rstrip().endswith("every promise held")
