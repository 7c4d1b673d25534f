"""What the tests stand on: state directories, workers and sites, each in a directory of its own under /tmp."""

import contextlib
import json
import shutil
import subprocess
import tempfile
import types
from pathlib import Path

import pytest
import requests

from nginx import Nginx
from pool import Pool
from programs import FCGIWRAP, GRANTD, ROOT, grantctl

# What is compared in these is told, as in a module of tests.
pytest.register_assert_rewrite("any_server")

# A secret for tests that a person could have chosen, so that grantd stores it by crypt(3).
CHOSEN = "client-secret"


@contextlib.contextmanager
def directory():
    """A short path (a unix socket's must fit in 107 bytes) that nginx's user may pass through."""
    path = Path(tempfile.mkdtemp(prefix="grantd-test-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def running(part):
    part.start()
    try:
        yield part
    finally:
        part.stop()


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


@pytest.fixture(scope="session")
def shared():
    """The site that tests share when all they need is the clients `web-app` (chosen secret, no scope) and `robot`.

    They fail there as often as they want."""
    with site(settings={"GRANTD_FAILURE_LIMIT": "0"}) as made:
        made.add("web-app", secret=CHOSEN)
        robot = made.add("robot", "--scope", "read write admin")
        made.robot = types.SimpleNamespace(id="robot", secret=robot)
        yield made


@pytest.fixture
def own():
    """A site for this test alone, without clients."""
    with site() as made:
        yield made


@pytest.fixture(scope="session")
def cgi():
    """A site whose grantd is a CGI program: fcgiwrap starts one for every request."""

    def through_fcgiwrap(text):
        return text.replace("fastcgi_pass grantd;", f"fastcgi_pass grantd; fastcgi_param SCRIPT_FILENAME {GRANTD};")

    with site(program=FCGIWRAP, edit=through_fcgiwrap) as made:
        yield made


@pytest.fixture(scope="session")
def package():
    """The Debian package, built by deploy/package."""
    with directory() as path:
        done = subprocess.run([ROOT / "deploy/package", path], text=True, capture_output=True, timeout=600)
        assert done.returncode == 0, done.stderr
        yield Path(done.stdout.strip())
