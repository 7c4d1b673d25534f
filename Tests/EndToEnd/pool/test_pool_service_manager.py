"""The pool that grantd runs itself under a service manager: sockets handed over, and sd_notify(3)."""

import os
import re
import signal
import socket
import time

import pytest
from support.own_pool import HANDING_OVER, outcome, unstarted
from support.programs import wait_until


class Manager:
    """Hears what a service tells its manager."""

    def __init__(self, address):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.setblocking(False)
        self.messages = []

    def heard(self, pattern, start=0):
        """Whether a message from the given one on matches."""
        try:
            while True:
                self.messages.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            return any(re.search(pattern, message) for message in self.messages[start:])

    def wait(self, pattern, start=0):
        wait_until(lambda: self.heard(pattern, start), f"{pattern} in {self.messages}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()


def test_a_socket_that_is_handed_over_is_served_and_kept():
    with unstarted(workers=None, LISTEN_FDS="1") as pool, socket.socket(socket.AF_UNIX) as listener:
        pool.size = len(os.sched_getaffinity(0))
        listener.bind(str(pool.socket))
        listener.listen(64)
        pool.start(command=HANDING_OVER + pool.command, stdin=listener)
        assert pool.health() == 200
        os.kill(pool.workers()[0], signal.SIGKILL)
        wait_until(pool.is_whole, "another worker")
        pool.reload()
        assert pool.health() == 200
        pool.stop()
        assert pool.socket.exists()


@pytest.mark.parametrize(
    "options, variables, status, words",
    [
        ([], {"LISTEN_FDS": "2"}, 64, "hands over 2 descriptors"),
        ([], {"LISTEN_FDS": "x"}, 64, "hands over 0 descriptors"),
        (["--listen", "unix:/tmp/other.sock"], {"LISTEN_FDS": "1"}, 64, "leave one of them out"),
    ],
)
def test_what_is_handed_over_has_to_be_one_socket(options, variables, status, words):
    with unstarted(*options, workers=None, **variables) as pool, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(pool.socket))
        listener.listen(64)
        found = outcome(pool, command=HANDING_OVER + pool.command, stdin=listener)
        assert found[0] == status and words in found[1]


def test_what_is_handed_over_has_to_listen():
    with unstarted(workers=None, LISTEN_FDS="1") as pool, socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(pool.socket))
        status, last = outcome(pool, command=HANDING_OVER + pool.command, stdin=deaf)
        assert status == 64 and "a socket that listens" in last


def test_what_was_handed_over_to_another_process_is_not_taken():
    with unstarted(LISTEN_FDS="1", LISTEN_PID="1") as pool:
        pool.start()
        assert pool.health() == 200


@pytest.mark.parametrize("is_abstract", [False, True])
def test_the_manager_hears_how_it_goes(is_abstract):
    with unstarted() as pool:
        name = f"{pool.path}/notify"
        pool._environment["NOTIFY_SOCKET"] = f"@{name}" if is_abstract else name
        with Manager(f"\0{name}" if is_abstract else name) as manager:
            pool.start()
            manager.wait("^READY=1$")
            manager.wait("^STATUS=2 of 2 workers serve$")
            assert not manager.heard("WATCHDOG")

            heard = len(manager.messages)
            before = time.monotonic()
            pool.reload()
            manager.wait("^RELOADING=1\nMONOTONIC_USEC=", heard)
            manager.wait("^READY=1$", heard)
            kinds = [message.split("=")[0] for message in manager.messages[heard:]]
            assert kinds.index("RELOADING") < kinds.index("READY") and kinds.count("READY") == 1
            told = next(message for message in manager.messages if message.startswith("RELOADING"))
            assert before <= int(told.split("=")[-1]) / 1e6 <= time.monotonic()

            heard = len(manager.messages)
            pool.config.write_text("GRANTD_REALM=\n")
            pool.signal(signal.SIGHUP)
            manager.wait("^STATUS=2 of 2 workers serve; the last reload failed: GRANTD_REALM", heard)
            manager.wait("^READY=1$", heard)
            pool.config.write_text("")

            pool.stop()
            manager.wait("^STOPPING=1$")


def test_a_pool_is_ready_once_all_workers_are():
    with unstarted(workers=3) as pool:
        with Manager(f"{pool.path}/notify") as manager:
            pool._environment["NOTIFY_SOCKET"] = f"{pool.path}/notify"
            pool.start()
            manager.wait("^READY=1$")
            ready = manager.messages.index("READY=1")
            assert "STATUS=3 of 3 workers serve" not in manager.messages[:ready]
            assert manager.messages[ready + 1] == "STATUS=3 of 3 workers serve"


def test_a_pool_that_does_not_start_is_never_ready_and_tells_why():
    with unstarted() as pool:
        with Manager(f"{pool.path}/notify") as manager:
            pool._environment["NOTIFY_SOCKET"] = f"{pool.path}/notify"
            pool.state.chmod(0o755)
            assert outcome(pool)[0] == 74
            manager.wait("^STATUS=0 of 2 workers serve.*has mode 0755")
            assert not manager.heard("READY")


def test_a_manager_that_waits_for_signs_of_life_gets_them_even_while_no_worker_starts():
    with unstarted(WATCHDOG_USEC="400000") as pool:
        with Manager(f"{pool.path}/notify") as manager:
            pool._environment["NOTIFY_SOCKET"] = f"{pool.path}/notify"
            pool.start()
            wait_for_signs_of_life(manager)
            pool.state.chmod(0o755)
            for pid in pool.workers():
                os.kill(pid, signal.SIGKILL)
            manager.wait("^STATUS=0 of 2 workers serve; a worker did not start")
            wait_for_signs_of_life(manager)
            pool.state.chmod(0o700)
            wait_until(pool.is_whole, "the workers")
            os.kill(pool.process.pid, signal.SIGSTOP)
            manager.heard("")
            heard = len(manager.messages)
            time.sleep(0.5)
            assert not manager.heard("WATCHDOG=1", heard)
            os.kill(pool.process.pid, signal.SIGCONT)
            wait_for_signs_of_life(manager)


def test_signs_of_life_for_another_process_are_not_given():
    with unstarted(WATCHDOG_USEC="100000", WATCHDOG_PID="1") as pool:
        with Manager(f"{pool.path}/notify") as manager:
            pool._environment["NOTIFY_SOCKET"] = f"{pool.path}/notify"
            pool.start()
            time.sleep(0.3)
            assert not manager.heard("WATCHDOG=1")


def test_workers_do_not_inherit_what_is_between_the_manager_and_the_supervisor():
    with unstarted(workers=None, LISTEN_FDS="1") as pool, socket.socket(socket.AF_UNIX) as listener:
        if os.geteuid():
            pytest.skip("only root may look at the environment of a process that is protected")
        pool.size = len(os.sched_getaffinity(0))
        pool._environment |= {"NOTIFY_SOCKET": f"{pool.path}/nobody", "WATCHDOG_USEC": "1000000"}
        listener.bind(str(pool.socket))
        listener.listen(64)
        pool.start(command=HANDING_OVER + pool.command, stdin=listener)
        for pid in pool.workers():
            inherited = open(f"/proc/{pid}/environ").read()
            assert "GRANTD_STATE=" in inherited
            assert not re.search("LISTEN_|NOTIFY_|WATCHDOG_", inherited)
            assert {"0", "1", "2"} <= set(os.listdir(f"/proc/{pid}/fd"))


def wait_for_signs_of_life(manager):
    """Three, from now on."""
    for _ in range(3):
        manager.heard("")
        manager.wait("^WATCHDOG=1$", len(manager.messages))
