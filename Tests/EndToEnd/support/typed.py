"""A program on a terminal of its own, and what a person types there."""

import contextlib
import os
import pty
import select
import signal
import termios
import time

from support.programs import wait_until


class Typed:
    """Runs a program on a pseudo-terminal; used by `with`, at the end of which it is killed if it still runs.

    Whatever is awaited fails after `patience` seconds, with what the terminal has got by then."""

    def __init__(self, command, surroundings=None, patience=20):
        self.patience = patience
        self.said = b""
        self._status = None
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            # A test in the background passes on that interrupts are ignored, which no terminal's program expects.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            try:
                os.execvpe(command[0], command, surroundings or dict(os.environ))
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        os.close(self.terminal)

    @property
    def text(self):
        """All that was on the terminal."""
        return self.said.decode(errors="replace")

    @property
    def echoes(self):
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def wait_for(self, text):
        """Reads until this was on the terminal."""
        end = time.monotonic() + self.patience
        while text not in self.text:
            assert self._read(end), f"{text!r} is not in {self.text!r}"

    def type(self, keys):
        """Sends these characters, as keys would."""
        os.write(self.terminal, keys.encode())

    def answer(self, question, keys):
        """Types once the program has asked and shows nothing of what is typed."""
        self.wait_for(question)
        wait_until(lambda: not self.echoes, "the echo to be off", self.patience)
        self.type(keys)

    def finish(self):
        """The status, and all that was on the terminal."""
        end = time.monotonic() + self.patience
        while self._read(end):
            pass

        def has_ended():
            done, status = os.waitpid(self.child, os.WNOHANG)
            if done:
                self._status = os.waitstatus_to_exitcode(status)
            return done

        wait_until(has_ended, "the program to end", self.patience)
        return self._status, self.text

    def _read(self, end):
        """Adds what comes next; false once the program has closed the terminal."""
        if not select.select([self.terminal], [], [], max(0, end - time.monotonic()))[0]:
            raise AssertionError(f"waited in vain after {self.text!r}")
        try:
            read = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.said += read
        return bool(read)
