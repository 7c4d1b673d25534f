"""A full disk refuses new tokens and changes, and goes on answering for what there is; with room, all resumes."""

import contextlib

import pytest
import requests
from support.disks import as_root, fill, small_disk
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD, grantctl, is_running
from support.site import Site
from support.states import LOCATIONS, Verdicts, revoke
from support.temporary import directory, running


@contextlib.contextmanager
def site_on(kind, **settings):
    with directory() as path, small_disk(kind, path / "state") as state:
        with running(Pool(path, GRANTD, state, **settings)) as pool:
            with running(Nginx(path, pool.socket, server=LOCATIONS)) as nginx:
                yield Site(state, pool, nginx)


@as_root
@pytest.mark.parametrize("durability", ["process", "disk"])
@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_old_tokens_open_the_site_and_issuing_resumes(kind, durability):
    with site_on(kind, GRANTD_DURABILITY=durability) as made:
        ask = Verdicts(made)
        secret = made.add("web-app")
        grant = lambda: made.grant("web-app", secret)
        tokens = [grant().json()["access_token"] for _ in range(20)]
        filling = made.state / "filling"
        fill(filling)

        # What room the files have left within their last pages is used first.
        for _ in range(3000):
            answer = grant()
            if answer.status_code != 200:
                break
            tokens.append(answer.json()["access_token"])
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert answer.json()["error"] == "temporarily_unavailable" and "access_token" not in answer.text
        assert all(grant().status_code in (200, 503) for _ in range(20))
        assert all(ask.of(token) == ["good"] * 3 for token in tokens[:5])
        assert {ask.check(token).status_code for token in tokens} == {200}

        revoke(made, tokens[0], "web-app", secret)
        assert ask.of(tokens[0]) == ["dead"] * 3, "a revocation needs no room"
        changed = grantctl(made.state, "client", "disable", "web-app", check=False)
        assert changed.returncode == 74 and "No space left on device" in changed.stderr
        assert {ask.check(token).status_code for token in tokens[1:]} == {200}, "the client is the old one, whole"

        filling.unlink()
        more = [grant() for _ in range(20)]
        assert {answer.status_code for answer in more} == {200}
        assert requests.get(f"{made.url}/oauth2/health", timeout=10).status_code == 200
        tokens += [answer.json()["access_token"] for answer in more]
        assert {ask.check(token).status_code for token in tokens[1:]} == {200}
        assert ask.check(tokens[0]).status_code == 401
        grantctl(made.state, "client", "disable", "web-app")
        assert {ask.check(token).status_code for token in tokens[1:5]} == {401}
        assert all(map(is_running, made.pool.pids)), "no worker had to end"
