"""Files that a hand takes away or replaces under running workers: what any of them holds is at most a second old."""

import json
import shutil
import time

import pytest
from support.own_pool import own_pool
from support.programs import grantctl, wait_until

# What a process goes on with is believed for a second, and a check may be under way then.
NOTICED = 1.2


@pytest.fixture
def pool():
    with own_pool(workers=4) as pool:
        pool.client = pool.add()
        yield pool


def issue(pool):
    answer = pool.post("/token", pool.client)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)["access_token"]


def checks(pool, token, count=60):
    """What the workers say, who take turns at no order of ours."""
    return {pool.check(token) for _ in range(count)}


def test_unlinked_windows_let_nothing_pass_after_a_second(pool):
    token = issue(pool)
    assert checks(pool, token) == {204}
    for file in (pool.state / "tokens").iterdir():
        file.unlink()
    time.sleep(NOTICED)
    assert checks(pool, token) == {401}
    assert checks(pool, issue(pool)) == {204}, "and the next is known to all of them"


@pytest.mark.parametrize("way", ["endpoint", "grantctl"])
def test_what_is_told_as_revoked_passes_nowhere_though_its_window_was_taken_away(pool, way):
    for _ in range(3):
        token = issue(pool)
        assert checks(pool, token) == {204}
        for file in (pool.state / "tokens").iterdir():
            file.unlink()
        if way == "endpoint":
            secret = {name: pool.client[name] for name in ("client_id", "client_secret")}
            assert pool.post("/revoke", secret | {"token": token}).status == 200
        else:
            assert grantctl(pool.state, "token", "revoke", stdin=token, check=False).returncode == 1
        assert checks(pool, token) == {401}


def test_a_token_of_no_window_is_told_at_once(pool):
    secret = {name: pool.client[name] for name in ("client_id", "client_secret")}
    begun = time.monotonic()
    for _ in range(20):
        assert pool.post("/revoke", secret | {"token": "of-another-server"}).status == 200
    assert time.monotonic() - begun < 20, "none was held for a second"


@pytest.mark.parametrize("name", ["", "clients", "tokens"])
def test_a_directory_put_in_another_s_place_is_the_one_that_counts(pool, name):
    token = issue(pool)
    assert checks(pool, token) == {204}
    place, aside = pool.state / name, pool.path / "aside"
    shutil.copytree(place, aside, copy_function=shutil.copy2)
    old = pool.path / "old"
    place.rename(old)
    aside.rename(place)
    # The clients of the one that counts: nobody asks the others any more.
    assert grantctl(pool.state, "client", "disable", "web-app").returncode == 0
    wait_until(lambda: checks(pool, token) == {401}, "the workers to see the other directory")
    noticed = "was replaced while it was in use"
    wait_until(lambda: checks(pool, token) and noticed in pool.said(), "the workers to end over it")
    assert grantctl(pool.state, "client", "enable", "web-app").returncode == 0
    wait_until(pool.is_whole, "the workers to be replaced")
    wait_until(lambda: checks(pool, token) == {204}, "the tokens that were copied to pass")
    assert pool.post("/token", pool.client).status == 200


def test_another_key_ends_what_was_issued_under_the_old_one(pool):
    token = issue(pool)
    assert checks(pool, token) == {204}
    (pool.state / "key").unlink()
    wait_until(lambda: checks(pool, token) == {401}, "the workers to use the new key")
    wait_until(pool.is_whole, "the workers to be replaced")
    assert checks(pool, issue(pool)) == {204}
