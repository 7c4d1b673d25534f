"""Clocks: what grantd remembers of the machine's, so that files of expired tokens go, and others than the machine's."""

import time
from pathlib import Path


def let_the_clock_be_believed(state):
    """Writes into a state directory that the clock has not been set for ten minutes."""
    boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
    distance = time.time_ns() // 1000 - boot
    record = state / "clock"
    record.touch(mode=0o600)
    record.write_text(f"{distance} {boot - 600_000_000} {boot} ".ljust(63) + "\n")


LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def shifted(text):
    """Has a process believe that it is another time, by the clock of the calendar alone."""
    # The names of what processes would share are given, so that the library leaves the environment, behind which a Swift
    # program finds its arguments, where it is.
    shared = {"FAKETIME_SHARED": "none none"}
    return shared | {"LD_PRELOAD": str(LIBRARY), "FAKETIME": text, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
