"""The socket of the pool that grantd runs itself."""

import grp
import os
import socket
import stat
import struct
import threading

import pytest
from support.fastcgi import BEGIN_REQUEST, PARAMS, RESPONDER, STDIN, answer, pair, record
from support.own_pool import GROUP, OwnPool, outcome, own_pool, unstarted
from support.programs import free_port, wait_until


def test_the_file_is_for_its_user_and_group_alone():
    with own_pool(*GROUP) as pool:
        status = pool.socket.stat()
        assert stat.S_IMODE(status.st_mode) == 0o660
        assert status.st_gid == (grp.getgrnam("www-data").gr_gid if GROUP else os.getegid())
    assert not pool.socket.exists()


def test_a_socket_that_nobody_listens_on_is_replaced_and_never_missing():
    with unstarted() as pool:
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(pool.socket))
        old = pool.socket.stat().st_ino
        seen, stop = set(), threading.Event()

        def watch():
            while not stop.is_set():
                status = pool.socket.stat()
                seen.add((status.st_ino == old, stat.S_IMODE(status.st_mode) == 0o660))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            pool.start()
        finally:
            stop.set()
            watcher.join()
        assert (False, True) in seen and (False, False) not in seen
        assert pool.health() == 200
        assert [path.name for path in pool.path.glob("pool.sock*")] == ["pool.sock"]


def test_a_socket_that_another_listens_on_is_left_to_it():
    with own_pool() as pool:
        before = pool.socket.stat().st_ino
        second = OwnPool(pool.path)
        second.log = pool.path / "second.log"
        status, last = outcome(second)
        assert (
            status == 74 and last == f"grantd: another process listens on {pool.socket}: stop it, or listen elsewhere"
        )
        assert pool.socket.stat().st_ino == before
        assert pool.health() == 200


def test_of_many_that_start_at_once_one_gets_the_path():
    with unstarted(workers=1) as pool:
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(pool.socket))
        rivals = [pool] + [OwnPool(pool.path, workers=1) for _ in range(9)]
        for number, rival in enumerate(rivals):
            rival.log = pool.path / f"{number}.log"
        try:
            for rival in rivals:
                rival.start(wait=False)
            wait_until(lambda: sum(rival.process.poll() is None for rival in rivals) == 1, "all but one to give up")
            left = next(rival for rival in rivals if rival.process.poll() is None)
            wait_until(left.is_whole, "its worker")
            assert left.health() == 200
            assert {rival.process.returncode for rival in rivals if rival is not left} == {74}
        finally:
            for rival in rivals:
                if rival.process and rival.process.poll() is None:
                    rival.process.terminate()
                    rival.process.wait(10)
                rival.process = None


def test_a_socket_whose_queue_is_full_is_left_to_its_owner():
    with unstarted() as pool, socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(str(pool.socket))
        busy.listen(0)
        waiting.connect(str(pool.socket))
        status, last = outcome(pool)
        assert (
            status == 74 and last == f"grantd: another process listens on {pool.socket}: stop it, or listen elsewhere"
        )


@pytest.mark.parametrize("make", [lambda path: path.write_text("kept"), lambda path: path.mkdir()])
def test_what_is_no_socket_is_left_alone(make):
    with unstarted() as pool:
        make(pool.socket)
        status, last = outcome(pool)
        assert status == 74 and "is not a socket" in last
        assert pool.socket.exists() and not pool.socket.is_socket()


def test_a_stop_leaves_the_file_of_another():
    with own_pool() as pool, socket.socket(socket.AF_UNIX) as other:
        other.bind(str(pool.path / "other"))
        (pool.path / "other").rename(pool.socket)
        pool.stop()
        assert pool.socket.is_socket()


def test_a_group_that_does_not_exist_is_named():
    with unstarted("--socket-group", "no-such-group") as pool:
        assert outcome(pool) == (
            64,
            "grantd: there is no group no-such-group: name that of nginx's user, such as www-data",
        )


def test_a_path_that_is_too_long_is_refused():
    with unstarted() as pool:
        pool.command = [part.replace("pool.sock", "x" * 100) for part in pool.command]
        status, last = outcome(pool)
        assert status == 64 and "106 bytes" in last


def test_a_directory_that_does_not_exist_is_named():
    with unstarted() as pool:
        pool.command = [part.replace("pool.sock", "nowhere/pool.sock") for part in pool.command]
        status, last = outcome(pool)
        assert status == 74 and f"{pool.path}/nowhere" in last


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_port_is_served_and_left_to_the_first(host):
    address = host.strip("[]")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.socket(family).bind((address, 0))
    except OSError:
        pytest.skip(f"this machine has no {host}")
    place = f"{host}:{free_port()}"
    with own_pool("--listen", place) as pool:
        port = int(place.rsplit(":", 1)[1])
        for _ in range(2):
            with socket.create_connection((address, port), timeout=10) as connection:
                assert health_over(connection) == 200
            second = OwnPool(pool.path, "--listen", place)
            second.log = pool.path / "second.log"
            status, last = outcome(second)
            assert status == 74 and last == f"grantd: another process listens on {place}: stop it, or listen elsewhere"


def test_a_port_can_be_had_again_at_once():
    place = f"127.0.0.1:{free_port()}"
    for _ in range(2):
        with own_pool("--listen", place):
            with socket.create_connection(("127.0.0.1", int(place.split(":")[1])), timeout=10) as connection:
                assert health_over(connection) == 200


def test_a_socket_on_descriptor_0_is_served_by_as_many_workers_as_asked_for():
    with unstarted("--workers", "2", workers=None) as pool, socket.socket(socket.AF_UNIX) as listener:
        pool.size = 2
        listener.bind(str(pool.socket))
        listener.listen(64)
        pool.start(stdin=listener)
        assert pool.health() == 200
        pool.stop()
        assert pool.socket.exists()
        pool.socket.unlink()


def health_over(connection):
    """The status of the health, over a connection of any kind."""
    parameters = {"PATH_INFO": "/health", "REQUEST_METHOD": "GET"}
    connection.sendall(
        record(BEGIN_REQUEST, b"\0\1\0\0\0\0\0\0")
        + record(PARAMS, b"".join(pair(*parameter) for parameter in parameters.items()))
        + record(PARAMS)
        + record(STDIN)
    )
    status = answer(connection).status
    assert connection.recv(1) == b"", "the worker closes first, and so its port is the one that lingers"
    return status


@pytest.mark.parametrize(
    "servers, is_served", [("127.0.0.1", True), ("192.0.2.1, ::1 ,127.0.0.1", True), ("192.0.2.1", False)]
)
def test_over_tcp_only_the_named_web_servers_are_served(servers, is_served):
    port = free_port()
    with own_pool("--listen", f"127.0.0.1:{port}", FCGI_WEB_SERVER_ADDRS=servers) as pool:
        for _ in range(8):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
                peer.sendall(record(BEGIN_REQUEST, struct.pack(">HB5x", RESPONDER, 0)) + record(PARAMS) + record(STDIN))
                try:
                    answered = peer.recv(100)
                except ConnectionResetError:
                    answered = b""
                assert bool(answered) == is_served
        assert ("FCGI_WEB_SERVER_ADDRS" in pool.said()) != is_served


def test_a_name_among_the_web_servers_addresses_is_an_error():
    with unstarted("--listen", f"127.0.0.1:{free_port()}", FCGI_WEB_SERVER_ADDRS="localhost") as pool:
        status, said = outcome(pool)
        assert status == 64 and '"localhost" is not an IP address' in said
