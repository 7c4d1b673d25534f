"""The pool that grantd runs itself: its workers come, are replaced, and go."""

import os
import signal
import threading
import time

import pytest
from support.own_pool import outcome, own_pool, unstarted
from support.programs import is_running, wait_until


def test_as_many_workers_as_asked_for_serve_one_socket():
    with own_pool(workers=3) as pool:
        assert len(pool.workers()) == 3
        assert pool.health() == 200


def test_auto_is_a_worker_for_each_core_that_may_be_used():
    with unstarted(workers="auto") as pool:
        pool.size = 1
        pool.start(preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
        assert pool.health() == 200


def policies(process):
    """How the kernel schedules each thread of a process."""
    return {os.sched_getscheduler(int(thread)) for thread in os.listdir(f"/proc/{process}/task")}


def test_a_worker_lets_the_web_server_on_its_core_go_on():
    with own_pool() as pool:
        assert policies(pool.process.pid) == {os.SCHED_OTHER}
        assert all(policies(worker) == {os.SCHED_BATCH} for worker in pool.workers())


def test_a_worker_keeps_the_scheduling_that_it_was_given():
    with unstarted() as pool:
        pool.start(preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)))
        assert all(policies(worker) == {os.SCHED_IDLE} for worker in pool.workers())


def test_a_worker_that_is_killed_is_replaced():
    with own_pool() as pool:
        for victim in pool.workers():
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: not is_running(victim) and pool.is_whole(), "another worker")
            assert victim not in pool.workers()
            assert f'end="signal SIGKILL" worker={victim}' in pool.said()
        assert pool.health() == 200


def test_a_worker_that_is_told_to_stop_by_another_is_replaced():
    with own_pool() as pool:
        victim = pool.workers()[0]
        os.kill(victim, signal.SIGTERM)
        wait_until(lambda: not is_running(victim) and pool.is_whole(), "another worker")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_a_request_be_answered_and_leaves_nothing(number):
    # On a busy machine a second may pass before the stop is seen, and the request be answered by then: that shows nothing.
    assert any(stop_in_time(number) for _ in range(5))


def stop_in_time(number):
    """Stops a pool during a request; whether the socket's file went before the request was answered."""
    with unstarted(GRANTD_FAILURE_DELAY="1000") as pool:
        form = pool.add() | {"client_secret": "wrong"}
        pool.start()
        answers = []
        thread = threading.Thread(target=lambda: answers.append(pool.post("/token", form).status))
        thread.start()
        time.sleep(0.3)
        workers = pool.workers()
        pool.signal(number)
        wait_until(lambda: not pool.socket.exists(), "the socket's file to go")
        is_in_time = not answers
        pool.signal(number)
        thread.join()
        assert answers == [401]
        assert pool.process.wait(10) == 0
        assert not any(map(is_running, workers))
        return is_in_time


def test_the_workers_end_with_their_supervisor():
    with own_pool(workers=3) as pool:
        workers = pool.workers()
        pool.process.kill()
        pool.process.wait()
        wait_until(lambda: not any(map(is_running, workers)), "the workers to end")
        pool.process = None


def test_usr1_changes_nothing():
    with own_pool() as pool:
        workers = pool.workers()
        pool.signal(signal.SIGUSR1)
        assert pool.health() == 200
        assert pool.workers() == workers


def test_an_idle_supervisor_uses_no_processor_time():
    with own_pool() as pool:
        before = processor_ticks(pool.process.pid)
        time.sleep(1)
        assert processor_ticks(pool.process.pid) - before <= 1


def test_a_supervisor_holds_no_file_of_the_state_but_its_counters():
    with own_pool() as pool:
        assert pool.health() == 200
        folder = f"/proc/{pool.process.pid}/fd"
        if os.geteuid():
            pytest.skip("only root may look at the descriptors of a process that is protected")
        held = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder)]
        assert [path for path in held if path.startswith(str(pool.state))] == [f"{pool.state}/counters"]


def test_whatever_starts_it_may_have_left_signals_a_child_and_an_open_file_to_it():
    def surroundings():
        for number in (signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        if os.fork() == 0:
            time.sleep(0.3)
            os._exit(0)

    with unstarted() as pool, pool.config.open() as left:
        pool.start(wait=False, preexec_fn=surroundings, pass_fds=[left.fileno()])
        wait_until(lambda: pool.count("worker serves") == 2 and pool.is_whole(), "the workers alone")
        victim = pool.workers()[0]
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: not is_running(victim) and pool.is_whole(), "another worker")
        assert pool.count("ended") == 1
        for pid in pool.workers():
            assert signals_of(pid, "SigIgn") & {signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2} == set()
            assert signals_of(pid, "SigBlk") <= {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1}
            if os.geteuid() == 0:
                held = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
                assert "/dev/null" in held and str(pool.config) not in held


def break_state(pool):
    pool.state.chmod(0o755)
    return lambda: pool.state.chmod(0o700)


def break_settings(pool):
    pool.config.write_text("GRANTD_TOKEN_LIFETIME=never\n")
    return lambda: pool.config.write_text("GRANTD_TOKEN_LIFETIME=60\n")


@pytest.mark.parametrize("damage", [break_state, break_settings])
def test_a_pool_that_has_served_never_gives_up_and_is_whole_soon_after_a_repair(damage):
    with own_pool() as pool:
        repair = damage(pool)
        for pid in pool.workers():
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pool.count("did not start and is tried again  delay=3000ms") > 0, "the longest delay", 30)
        assert pool.process.poll() is None
        assert pool.count("reason=") == pool.count("did not start and is tried again") < 12
        repair()
        # After three seconds at the latest they are tried again, and then they have to start.
        wait_until(pool.is_whole, "the workers", 20)
        assert pool.health() == 200


def test_a_pool_whose_first_workers_do_not_start_ends_and_says_why():
    with unstarted() as pool:
        pool.state.chmod(0o755)
        status, last = outcome(pool)
        assert status == 74
        assert last.startswith("grantd: no worker started: ") and "has mode 0755" in last
        assert not pool.socket.exists()


def test_a_pool_with_wrong_settings_ends_and_says_why():
    with unstarted(GRANTD_TOKEN_LIFETIME="never") as pool:
        status, last = outcome(pool)
        assert status == 64 and "GRANTD_TOKEN_LIFETIME" in last


@pytest.mark.parametrize(
    "options",
    [
        ["--workers", "0"],
        ["--workers", "many"],
        ["--workers", "2"],
        ["--listen", "nowhere"],
        ["--listen", "unix:relative.sock"],
        ["--listen", "127.0.0.1:0"],
        ["--listen", "127.0.0.1:9000", "--socket-group", "www-data"],
        ["--socket-group", "www-data"],
        ["--listen", "127.0.0.1:9000", "--mode", "fastcgi"],
        ["--supervisor", "1"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_refused(options):
    with unstarted(*options, workers=None) as pool:
        assert outcome(pool)[0] == 64, pool.said()


def test_the_check_of_a_pool_starts_none():
    with unstarted("--check") as pool:
        pool.add()
        pool.start(wait=False)
        assert pool.process.wait(10) == 0
        assert not pool.socket.exists()


def signals_of(pid, kind):
    """The signals that a process ignores (SigIgn) or blocks (SigBlk)."""
    lines = open(f"/proc/{pid}/status").read().splitlines()
    mask = int(next(line for line in lines if line.startswith(kind)).split()[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


def processor_ticks(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
