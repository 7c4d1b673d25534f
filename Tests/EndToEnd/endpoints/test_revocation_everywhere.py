"""A token that one worker revoked is refused by all of them at the very next request."""

import contextlib
import json

from support.fastcgi import Worker
from support.programs import grantctl
from support.temporary import directory, running


def test_revoked_in_one_of_eight_workers_and_refused_in_all():
    with directory() as path, contextlib.ExitStack() as stack:
        state = path / "state"
        state.mkdir(mode=0o700)
        workers = [stack.enter_context(running(Worker(path, state, f"worker-{number}"))) for number in range(8)]
        made = grantctl(state, "client", "add", "machine", "--json")
        credentials = {"client_id": "machine", "client_secret": json.loads(made.stdout)["client_secret"]}
        for turn in range(1000):
            issuing, revoking = workers[turn % 8], workers[turn * 5 // 8 % 8]
            granted = issuing.post("/token", credentials | {"grant_type": "client_credentials"})
            token = json.loads(granted.text)["access_token"]
            assert [worker.check(token) for worker in workers] == [204] * 8
            assert revoking.post("/revoke", credentials | {"token": token}).status == 200
            assert [worker.check(token) for worker in workers] == [401] * 8, f"in turn {turn}"
