"""HUP: the workers of the pool that grantd runs itself are replaced, and no request is lost."""

import os
import shutil
import signal
import threading
import time

import requests
from support.nginx import Nginx
from support.own_pool import GROUP, own_pool, unstarted
from support.programs import GRANTD, wait_until
from support.temporary import running


def test_reloads_under_load_lose_no_request():
    with own_pool(*GROUP, workers=3) as pool, running(Nginx(pool.path, pool.socket)) as nginx:
        form = pool.add()
        statuses, stop = [], threading.Event()

        def load():
            session = requests.Session()
            while not stop.is_set():
                statuses.append(session.post(nginx.token_url, data=form, timeout=10).status_code)

        threads = [threading.Thread(target=load) for _ in range(6)]
        for thread in threads:
            thread.start()
        first = set(pool.workers())
        for _ in range(5):
            pool.reload()
            enough = len(statuses) + 50
            wait_until(lambda: len(statuses) >= enough, "more answers")
        stop.set()
        for thread in threads:
            thread.join()
        assert set(statuses) == {200}
        assert not first & set(pool.serving())


def test_reloads_that_come_faster_than_they_are_done_are_done_in_the_end():
    with own_pool(workers=3) as pool:
        first = set(pool.workers())
        for _ in range(20):
            pool.signal(signal.SIGHUP)
            time.sleep(0.02)
            assert len(pool.workers()) <= 2 * pool.size
        wait_until(lambda: pool.is_whole() and not first & set(pool.workers()), "all workers to be replaced")
        wait_until(lambda: pool.said().rstrip().endswith("all workers are replaced"), "the reload to end")
        assert pool.health() == 200


def test_a_reload_takes_new_settings():
    with unstarted() as pool:
        form = pool.add()
        pool.config.write_text("GRANTD_TOKEN_LIFETIME=100\n")
        pool.start()
        assert '"expires_in":100' in pool.post("/token", form).text
        pool.config.write_text("GRANTD_TOKEN_LIFETIME=200\n")
        pool.reload()
        for _ in range(10):
            assert '"expires_in":200' in pool.post("/token", form).text


def test_settings_that_do_not_load_leave_the_old_workers_in_place():
    with unstarted() as pool:
        form = pool.add()
        pool.config.write_text("GRANTD_TOKEN_LIFETIME=100\n")
        pool.start()
        workers = pool.workers()
        pool.config.write_text("GRANTD_TOKEN_LIFETIME=never\n")
        pool.signal(signal.SIGHUP)
        wait_until(lambda: pool.count("a new worker did not start: the old ones go on") == 1, "the reload to fail")
        wait_until(pool.is_whole, "the workers alone")
        assert pool.workers() == workers
        assert "GRANTD_TOKEN_LIFETIME is" in pool.said()
        assert '"expires_in":100' in pool.post("/token", form).text
        pool.config.write_text("GRANTD_TOKEN_LIFETIME=200\n")
        pool.reload()
        assert '"expires_in":200' in pool.post("/token", form).text


def test_a_reload_takes_the_program_that_has_replaced_the_first():
    with unstarted() as pool:
        form = pool.add() | {"client_secret": "wrong"}
        program = pool.path / "grantd"
        shutil.copy(GRANTD, program)
        # By a relative path and through a link, as an administrator might have it.
        (pool.path / "current").symlink_to(program)
        pool.command[0] = "./current"
        pool.start(cwd=pool.path)
        assert 'realm="grantd"' in challenge(pool, form)

        shell_program(program.with_name("grantd-2"), "second")
        (pool.path / "link").symlink_to("grantd-2")
        (pool.path / "link").rename(pool.path / "current")
        pool.reload()
        assert 'realm="second"' in challenge(pool, form)

        shell_program(program.with_name("grantd-3"), "third").rename(pool.path / "grantd-2")
        pool.reload()
        assert 'realm="third"' in challenge(pool, form)


def test_a_program_that_does_not_start_leaves_the_old_workers_in_place():
    with unstarted() as pool:
        program = pool.path / "grantd"
        shutil.copy(GRANTD, program)
        pool.command[0] = program
        pool.start()
        workers = pool.workers()
        program.unlink()
        pool.signal(signal.SIGHUP)
        wait_until(lambda: pool.count("a new worker did not start: the old ones go on") == 1, "the reload to fail")
        assert pool.workers() == workers and pool.health() == 200
        program.write_text("#!/bin/sh\nexit 3\n")
        program.chmod(0o755)
        pool.signal(signal.SIGHUP)
        wait_until(lambda: 'end="exit status 3"' in pool.said(), "the reload to fail")
        assert pool.workers() == workers and pool.health() == 200


def test_a_worker_that_is_killed_during_a_reload_does_not_end_it():
    with own_pool(workers=3) as pool:
        first = set(pool.workers())
        for _ in range(10):
            pool.signal(signal.SIGHUP)
            os.kill(pool.workers()[-1], signal.SIGKILL)
            time.sleep(0.05)
        wait_until(lambda: pool.is_whole() and not first & set(pool.workers()), "all workers to be replaced")
        assert pool.health() == 200


def shell_program(path, realm):
    """A program that differs from grantd in its realm."""
    path.write_text(f'#!/bin/sh\nexec {GRANTD} "$@" --realm {realm}\n')
    path.chmod(0o755)
    return path


def challenge(pool, form):
    body = {"grant_type": form["grant_type"]}
    return pool.post("/token", body, HTTP_AUTHORIZATION="Basic eDp5").headers["www-authenticate"]
