"""The fixtures that tests of several folders share."""

import subprocess
import types
from pathlib import Path

import pytest
from support.programs import FCGIWRAP, GRANTD, ROOT
from support.site import CHOSEN, site
from support.temporary import directory

# What is compared in these is told, as in a module of tests.
pytest.register_assert_rewrite("support.any_server", "support.denials", "support.refusals")


LONGEST = ["package", "store", "engine"]


def pytest_collection_modifyitems(items):
    """Two processes run the tests, a file in each at a time. The package's files share one build, so they stay together.

    What takes longest comes first, so that both end at about the same time."""
    items.sort(
        key=lambda item: LONGEST.index(item.path.parent.name) if item.path.parent.name in LONGEST else len(LONGEST)
    )
    for item in items:
        folder = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group(folder if folder == "package" else item.path.stem))


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
