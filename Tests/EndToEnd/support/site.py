"""What the tests stand on: state directories, workers and sites, each in a directory of its own under /tmp."""

import contextlib
import json

import requests
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD, grantctl
from support.temporary import directory, running

# A secret for tests that a person could have chosen, so that grantd stores it by crypt(3).
CHOSEN = "client-secret"


class Site:
    """Two workers on one state directory behind nginx, and what a test does with them."""

    def __init__(self, state, pool, nginx):
        self.state, self.pool, self.nginx = state, pool, nginx
        self.url, self.token_url = nginx.url, nginx.token_url

    def add(self, identifier, *options, secret=None):
        """Makes a client and returns its secret: the one given, or the one that grantctl generated."""
        chosen = [] if secret is None else ["--secret-stdin"]
        made = grantctl(self.state, "client", "add", identifier, *options, *chosen, "--json", stdin=secret or "")
        return secret or json.loads(made.stdout)["client_secret"]

    def grant(self, identifier, secret, **more):
        """The answer to a form with the credentials in the body."""
        form = {"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret}
        return requests.post(self.token_url, data=form | more, timeout=10)

    def inspect(self, token):
        """What grantctl says about a token."""
        found = grantctl(self.state, "token", "inspect", "--json", stdin=token, check=False)
        return json.loads(found.stdout or "{}")


@contextlib.contextmanager
def site(settings={}, count=2, program=GRANTD, **surroundings):
    """A site of its own for one test; the further options are those of Nginx."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        with running(Pool(path, program, state, count, **settings)) as pool:
            with running(Nginx(path, pool.socket, **surroundings)) as nginx:
                yield Site(state, pool, nginx)
