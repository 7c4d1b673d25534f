"""A worker has given up what it does not need, says so where it cannot, and goes on without where it is told to."""

import re
from pathlib import Path

import pytest
from support.clock import let_the_clock_be_believed
from support.fastcgi import Worker
from support.programs import wait_until
from support.site import CHOSEN, site
from support.temporary import directory, running


def confinements(pid):
    """What the kernel says of each thread of a process: the numbers behind `NoNewPrivs` and `Seccomp`."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        yield int(fields["NoNewPrivs"]), int(fields["Seccomp"])


@pytest.mark.parametrize("setting, expected", [({}, (1, 2)), ({"GRANTD_CONFINEMENT": "off"}, (0, 0))])
def test_every_worker_is_confined_unless_told_otherwise(setting, expected):
    with site(settings=setting) as made:
        made.add("web-app", secret=CHOSEN)
        serving = lambda: made.pool.log.read_text().count("serving")
        wait_until(lambda: serving() == len(made.pool.pids), "all workers to serve")
        assert made.grant("web-app", CHOSEN).status_code == 200
        found = [confinement for pid in made.pool.pids for confinement in confinements(pid)]
        assert found == [expected] * 2 * len(made.pool.pids), "of both threads of each"


def test_a_confined_worker_opens_a_window_and_unlinks_those_that_have_passed(own):
    own.add("web-app", secret=CHOSEN)
    passed = [own.state / "tokens" / f"6-1.{kind}" for kind in ("slots", "grants")]
    for path in passed:
        path.touch(mode=0o600)
    let_the_clock_be_believed(own.state)
    assert own.grant("web-app", CHOSEN).status_code == 200
    assert not any(path.exists() for path in passed)
    assert "failed" not in own.pool.log.read_text()


def test_the_second_thread_starts_between_what_it_takes_on_and_the_filter_for_all():
    with directory() as path:
        state, trace = path / "state", path / "trace"
        state.mkdir(mode=0o700)
        calls = "trace=clone,clone3,landlock_restrict_self,seccomp"
        worker = Worker(path, state, before=["strace", "-D", "-f", "-qq", "-o", trace, "-e", calls])
        with running(worker):
            assert worker.ask({"REQUEST_METHOD": "GET", "PATH_INFO": "/health"}).status == 200
        # libseccomp tries what the kernel knows before, with calls that fail.
        calls = r"(landlock_restrict_self|clone)3?\(|SECCOMP_FILTER_(FLAG_TSYNC)\b.* = 0$"
        order = [one or other for one, other in re.findall(calls, trace.read_text(), re.MULTILINE)]
        assert order == ["landlock_restrict_self", "clone", "FLAG_TSYNC"], trace.read_text()
