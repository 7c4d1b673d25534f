"""What grantd remembers of the machine's clock, so that files of expired tokens go."""

import time


def let_the_clock_be_believed(state):
    """Writes into a state directory that the clock has not been set for ten minutes."""
    boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
    distance = time.time_ns() // 1000 - boot
    record = state / "clock"
    record.touch(mode=0o600)
    record.write_text(f"{distance} {boot - 600_000_000} {boot} ".ljust(63) + "\n")
