"""grantctl status and grantctl top, beside workers that count what is asked of them."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

import pytest
from support.own_pool import GROUP, own_pool
from support.programs import GRANTCTL, environment, is_running, wait_until

UTF8 = {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
WIDE = "日本語クライアント"


def run(state, *arguments, **settings):
    """The finished process of grantctl."""
    surroundings = environment(state, **(UTF8 | settings))
    return subprocess.run([GRANTCTL, *arguments], env=surroundings, text=True, capture_output=True, timeout=30)


def snapshot(state):
    """What is in a state directory: names, sizes, times of change."""
    return {
        str(path): (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        for path in [state, *state.rglob("*")]
        for found in [path.lstat()]
    }


@pytest.fixture(scope="module")
def pool():
    """Three workers that have answered what `sent` says."""
    with own_pool(*GROUP, workers=3, GRANTD_METRICS_CLIENTS="on") as pool:
        pool.form = pool.add("web-app")
        wide = json.loads(run(pool.state, "client", "add", WIDE, "--scope", "a", "--json").stdout)
        form = {"grant_type": "client_credentials"} | wide
        run(pool.state, "client", "add", "idle")
        run(pool.state, "client", "disable", "idle")
        tokens = [json.loads(pool.post("/token", form).text)["access_token"] for _ in range(5)]
        assert pool.post("/revoke", wide | {"token": tokens.pop()}).status == 200
        assert [pool.check(token) for token in tokens] == [204] * 4
        assert [pool.check("x" * 64) for _ in range(3)] == [401] * 3
        assert [pool.post("/token", form | {"scope": "b"}).status for _ in range(2)] == [400] * 2
        # It has to wait for seconds, and an id that no client has as well.
        for identifier in ("web-app", "invented"):
            while pool.post("/token", pool.form | {"client_id": identifier, "client_secret": "no"}).status != 429:
                pass
        pool.wide = form
        yield pool


def status(pool, **settings):
    """The document of grantctl status --json."""
    done = run(pool.state, "status", "--json", GRANTD_METRICS_CLIENTS="on", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


# grantctl status


def test_the_document_is_what_was_done(pool):
    document = status(pool)
    assert document["healthy"] and "failure" not in document and "counters_fault" not in document
    assert document["pool"] == {"size": 3, "starting": 0, "serving": 3, "stopping": 0, "restarts": 0}
    assert {worker["process"] for worker in document["workers"]} == set(pool.workers())
    for span in ("totals", "last_minute", "last_hour"):
        assert document[span]["tokens_issued"] == 5
        checks = {name: count for name, count in document[span]["checks"].items() if count}
        assert checks == {"allowed": 4, "invalid_token": 3}
        refusals = {(one["error"], one["reason"]): one["count"] for one in document[span]["refusals"]}
        assert refusals["invalid_scope", "invalid_scope"] == 2
        assert refusals["invalid_client", "wrong_secret"] == refusals["invalid_client", "unknown_client"] == 10
    assert document["tokens"]["active"] == 4 == sum(one["count"] for one in document["tokens"]["by_expiry"])
    assert {name: document["clients"][name] for name in ("active", "disabled", "unusable")} == {
        "active": 2,
        "disabled": 1,
        "unusable": 0,
    }
    assert document["clients_by_use"][0] == {"client_id": WIDE, "tokens_issued": 5, "refusals": 2}


def test_the_document_is_that_of_the_workers(pool):
    changing = ("time", "counted_at", "seconds")

    def asked():
        parameters = {"REQUEST_METHOD": "GET", "PATH_INFO": "/status", "QUERY_STRING": "format=json"}
        return json.loads(pool.ask(parameters | {"REMOTE_ADDR": "127.0.0.1"}).text)

    def still(part):
        """Without what changes while nothing is done."""
        if isinstance(part, list):
            return [still(one) for one in part]
        if not isinstance(part, dict):
            return part
        return {name: still(value) for name, value in part.items() if name not in changing}

    def alike():
        first, own, second = asked(), status(pool), asked()
        names = ["version", "since", "healthy", "pool", "clients", "clients_by_use", "locked_out"]
        assert own.keys() == first.keys() and own["history"].keys() == first["history"].keys()
        assert [still(own[name]) for name in names] == [still(first[name]) for name in names]
        # A census is kept for half a second, and asking counts itself.
        tokens = own["tokens"]["active"] == first["tokens"]["active"] == second["tokens"]["active"]
        requests = [document["totals"]["requests"] for document in (first, own, second)]
        return tokens and requests[1] in range(requests[0], requests[2] + 1)

    wait_until(alike, "the documents to be alike")


def test_the_text_says_the_same(pool):
    done = run(pool.state, "status", GRANTD_METRICS_CLIENTS="on")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "3 of 3 workers serve" and lines[1].startswith("Counted since 20")
    cells = {re.split(r"  +", line)[0]: re.split(r"  +", line)[1:] for line in lines if line}
    assert cells["tokens issued"] == ["5", "5", "5"] and cells["checks allowed"] == ["4", "4", "4"]
    assert cells["checks denied"] == ["3", "3", "3"]
    assert cells["invalid_scope"] == ["invalid_scope", "2"] and cells["invalid_token"] == ["3"]
    assert cells["token"][0] == str(5 + 2 + 2 * 11) and 0 < float(cells["token"][1]) <= float(cells["token"][2])
    assert cells["tokens"] == ["4 active"] and cells["clients"] == ["2 active, 1 disabled"]
    assert cells[WIDE] == ["5", "2"]
    assert all(cells[str(worker)] for worker in pool.workers())


def test_who_is_locked_out_is_a_client_that_there_is(pool):
    # The longer it fails, the longer it waits: now it is at its second second or so.
    def locked_out():
        while pool.post("/token", pool.form | {"client_secret": "no"}).status != 429:
            pass
        pool.post("/token", pool.form | {"client_id": "invented", "client_secret": "no"})
        return status(pool)["locked_out"]

    wait_until(locked_out, "web-app to be locked out")
    [entry] = locked_out()
    assert (entry["client_id"], entry["address"]) == ("web-app", "127.0.0.1")
    assert 0 < entry["until"] - time.time() < 310
    text = run(pool.state, "status").stdout
    assert re.search(r"(?m)^LOCKED OUT +FROM +FOR ANOTHER\nweb-app +127\.0\.0\.1 +\d+ (s|min.*)$", text)
    assert "invented" not in text


def test_nothing_in_the_state_directory_is_changed(pool):
    # No worker writes a sample meanwhile: nothing is asked of it.
    before = snapshot(pool.state)
    assert run(pool.state, "status").returncode == 0
    assert run(pool.state, "status", "--json").returncode == 0
    assert run(pool.state, "top", "--interval", "0.2", "--count", "2").returncode == 0
    assert snapshot(pool.state) == before


def test_clients_by_use_are_shown_only_if_counted(pool):
    done = run(pool.state, "status", "--json")
    assert "clients_by_use" not in json.loads(done.stdout)
    assert WIDE not in run(pool.state, "status").stdout


def test_it_is_quick(pool):
    def processor_time():
        spent = os.times()
        return spent.children_user + spent.children_system

    before = processor_time()
    run(pool.state, "status")
    assert processor_time() - before < 2


def test_a_worker_that_is_not_there_is_missed():
    with own_pool(*GROUP, workers=2) as pool:
        pool.add()
        assert run(pool.state, "status").stdout.startswith("2 of 2 workers serve\n")
        os.kill(pool.workers()[0], signal.SIGKILL)
        wait_until(lambda: status(pool)["pool"]["restarts"] == 1, "the death to be told")
        wait_until(lambda: status(pool)["pool"]["serving"] == 2, "the worker to be replaced")
        assert "1 worker has died and was replaced" in run(pool.state, "status").stdout
    # The pool has stopped and its directory is gone.
    done = run(pool.state, "status")
    assert (done.returncode, done.stdout) == (74, "") and "there is no state directory" in done.stderr


def test_without_a_worker_the_status_is_1(tmp_path):
    with own_pool(*GROUP, workers=1, state=tmp_path / "state") as pool:
        token = json.loads(pool.post("/token", pool.add()).text)["access_token"]
        assert pool.check(token) == 204
    done = run(tmp_path / "state", "status")
    assert done.returncode == 1 and done.stdout.startswith("No worker serves\nStart grantd")
    assert "tokens issued             1" in done.stdout, "what was counted is still there"
    done = run(tmp_path / "state", "status", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["healthy"], document["failure"]) == (1, False, "no worker serves")
    assert document["totals"]["tokens_issued"] == 1 and document["tokens"]["active"] == 1


def lay(path, kind):
    """Puts something in the place of the counters."""
    if kind == "foreign":
        path.write_bytes(b"something else")
        path.chmod(0o600)
    elif kind == "damaged":
        path.write_bytes(os.urandom(1 << 20))
        path.chmod(0o600)
    elif kind == "readable":
        path.write_bytes(b"")
        path.chmod(0o644)
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path, 0o600)


@pytest.mark.parametrize("kind", ["missing", "foreign", "damaged", "readable", "link", "directory", "pipe"])
def test_without_counters_it_says_why_and_what_to_do(tmp_path, kind):
    state = tmp_path / "state"
    run(state, "client", "add", "web-app")
    lay(state / "counters", kind)
    before = snapshot(state)
    done = run(state, "status")
    assert (done.returncode, done.stderr) == (1, "")
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith("No counters: ") and second, done.stdout
    assert rest == ["", "tokens   0 active", "clients  1 active, 0 disabled"]
    document = json.loads(run(state, "status", "--json").stdout)
    assert not document["healthy"] and document["counters_fault"] and document["clients"]["active"] == 1
    assert document["failure"] == f"no counters: {document['counters_fault']}"
    top = run(state, "top", "--count", "1", "--interval", "0.2")
    assert (top.returncode, top.stderr) == (0, "") and document["counters_fault"][:40] in top.stdout
    assert snapshot(state) == before


def test_a_file_of_nonsense_is_shown_all_the_same(tmp_path):
    with own_pool(*GROUP, workers=1, state=tmp_path / "state") as pool:
        pool.health()
    counters = tmp_path / "state/counters"
    magic = counters.read_bytes()[:32]
    for filling in (os.urandom(counters.stat().st_size - 32), b"\xff" * (counters.stat().st_size - 32)):
        counters.write_bytes(magic + filling)
        for settings in ({}, {"GRANTD_METRICS_CLIENTS": "on"}):
            done = run(pool.state, "status", **settings)
            assert (done.returncode, done.stderr) == (1, "") and done.stdout.startswith("No worker serves\n")
            # By their categories: Python may know fewer letters than grantctl.
            hidden = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs"}
            assert not [c for c in done.stdout if unicodedata.category(c) in hidden and c != "\n"]
            done = run(pool.state, "status", "--json", **settings)
            assert done.returncode == 1 and json.loads(done.stdout)["pool"]["serving"] == 0
            done = run(pool.state, "top", "--count", "2", "--interval", "0.2", **settings)
            assert (done.returncode, done.stderr) == (0, "") and "no worker serves" in done.stdout


def test_a_setting_that_switches_counting_off_is_named(tmp_path):
    with own_pool(*GROUP, workers=1, state=tmp_path / "state", GRANTD_METRICS="off") as pool:
        pool.add()
        done = run(pool.state, "status", GRANTD_METRICS="off")
        assert done.returncode == 1
        assert done.stdout.startswith("No counters: GRANTD_METRICS is off: nothing is counted\n\ntokens ")
        document = json.loads(run(pool.state, "status", "--json", GRANTD_METRICS="off").stdout)
        assert document["counters_fault"] == "GRANTD_METRICS is off: nothing is counted"
        done = run(pool.state, "top", GRANTD_METRICS="off")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "grantctl: GRANTD_METRICS is off: nothing is counted\n"


@pytest.mark.parametrize("command", [["status"], ["top", "--count", "1"]])
def test_wrong_settings_and_no_state_are_told_as_by_every_command(tmp_path, command):
    done = run(tmp_path / "state", *command)
    assert (done.returncode, done.stdout) == (74, "") and not (tmp_path / "state").exists()
    assert run(tmp_path / "state", *command, GRANTD_METRICS="perhaps").returncode == 64
    assert run(tmp_path / "state", command[0], "--wrong").returncode == 64


def test_with_an_engine_that_does_not_answer_the_counters_are_shown(tmp_path):
    with own_pool(*GROUP, workers=1, state=tmp_path / "state") as pool:
        pool.health()
        # It does not wait for the engine as long as a request would: `run` gives up before that.
        done = run(pool.state, "status", GRANTD_STORE="redis://127.0.0.1:1", GRANTD_STORE_PATIENCE="60")
        assert done.returncode == 0 and done.stdout.startswith("1 of 1 worker serves\n")
        assert "clients " not in done.stdout
        document = status(pool, GRANTD_STORE="redis://127.0.0.1:1")
        assert "tokens" not in document and "clients" not in document


# grantctl top


def frames(text):
    """The frames that were drawn, each as the lines that are seen, and what came before the first."""
    start, *drawn = text.split("\x1b[H")
    return start, [re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", frame).replace("\r", "").split("\n") for frame in drawn]


def width(line):
    """Columns of a terminal that a line takes; of wide letters there are only those of WIDE here."""
    return sum(2 if letter in WIDE else 1 for letter in line)


class Terminal:
    """grantctl top on a pseudo-terminal of its own."""

    def __init__(self, state, *options, columns=80, rows=24, **settings):
        self.seen = b""
        surroundings = environment(state, **(UTF8 | settings))
        self.leader, follower = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.leader)
        self.process = subprocess.Popen(
            [GRANTCTL, "top", "--interval", "0.3", *options],
            env=surroundings,
            stdin=follower,
            stdout=follower,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        # This end stays open, so that what the terminal is set to can be looked at afterwards.
        self.follower = follower

    def resize(self, columns, rows):
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.leader, keys)

    def read(self):
        while select.select([self.leader], [], [], 0.02)[0]:
            self.seen += os.read(self.leader, 65536)
        return frames(self.seen.decode(errors="replace"))[1]

    def last(self):
        """The last frame that is there as a whole."""
        drawn = self.read()
        return drawn[-1] if drawn else []

    def wait(self, condition, what, seconds=10):
        wait_until(lambda: condition(self.last()), f"{what} in {self.last()}", seconds=seconds)

    def ended(self):
        """The exit status, once it has ended; the terminal has to be as it was."""

        def is_over():
            self.read()
            return self.process.poll() is not None

        wait_until(is_over, "top to end")
        self.read()
        text = self.seen.decode()
        assert text.startswith("\x1b[?1049h\x1b[?25l") and text.count("\x1b[?1049h") == text.count("\x1b[?1049l")
        assert text.endswith("\x1b[?7h\x1b[?25h\x1b[?1049l"), text[-100:]
        assert termios.tcgetattr(self.leader) == self.before
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        os.close(self.leader)
        os.close(self.follower)


@pytest.fixture
def terminal():
    with contextlib.ExitStack() as stack:

        def open_terminal(*arguments, **more):
            made = Terminal(*arguments, **more)
            stack.callback(made.close)
            return made

        yield open_terminal


def has(word):
    return lambda frame: any(line.startswith(word) for line in frame)


def test_top_draws_what_is_done_now(pool, terminal):
    top = terminal(pool.state, rows=50)
    top.wait(has("WORKER"), "the workers")
    assert re.match(r"\d\d:\d\d:\d\d UTC  3 of 3 workers serve$", top.last()[0])
    assert top.last()[1] == "Every 0.30 s: p pauses, q quits"

    def counts(frame):
        """A rate above zero over the last interval."""
        token = json.loads(pool.post("/token", pool.wide).text)["access_token"]
        pool.check(token)
        pool.check("x" * 64)
        pool.post("/token", pool.wide | {"scope": "b"})
        now = {cells[0]: cells[1:] for cells in (re.split("  +", line) for line in frame) if len(cells) > 2}
        names = ["token", "check", "tokens issued", "checks allowed", "denied: invalid_token", "invalid_scope", "all"]
        return all(name in now and now[name][0] not in ("0", "-") for name in names + [WIDE])

    top.wait(counts, "rates")
    assert "WORKER" in "\n".join(top.last()) and len(top.last()) <= 50

    def bars(frame):
        return any(line.startswith("tokens/s") and "█" in line for line in frame)

    # The hour's last bar is of ten seconds that are over.
    top.wait(bars, "the bar of what was done", seconds=30)
    top.type(b"q")
    assert top.ended() == 0


@pytest.mark.parametrize("columns, rows", [(40, 12), (40, 50), (80, 24), (100, 10), (132, 43), (10, 3)])
def test_top_fits_the_terminal(pool, terminal, columns, rows):
    top = terminal(pool.state, columns=columns, rows=rows)
    wait_until(lambda: len(top.read()) >= 2, "two frames")
    for frame in top.read():
        assert len(frame) <= rows and all(width(line) <= columns for line in frame)
    top.type(b"q")
    assert top.ended() == 0


def test_top_follows_the_size_also_when_paused(pool, terminal):
    top = terminal(pool.state, columns=132, rows=40)
    top.wait(lambda frame: any("OUTCOMES" in line and line.startswith("REQUESTS") for line in frame), "two tables")
    top.type(b"p")
    top.wait(lambda frame: frame[1] == "Paused: p goes on, q quits", "the pause")
    top.resize(60, 40)
    top.wait(has("OUTCOMES"), "one table below the other")
    assert all(width(line) <= 60 for line in top.last()) and top.last()[1].startswith("Paused")
    count = len(top.read())
    time.sleep(1)
    assert len(top.read()) == count, "nothing is drawn in a pause"
    top.type(b"p")
    wait_until(lambda: len(top.read()) > count + 2, "frames after the pause")
    top.type(b"q")
    assert top.ended() == 0


@pytest.mark.parametrize(
    "end, expected",
    [
        (lambda top: top.type(b"q"), 0),
        (lambda top: top.type(b"\x04"), 0),
        (lambda top: top.type(b"\x03"), 128 + signal.SIGINT),
        (lambda top: top.process.send_signal(signal.SIGINT), 128 + signal.SIGINT),
        (lambda top: top.process.terminate(), 128 + signal.SIGTERM),
        (lambda top: top.process.send_signal(signal.SIGHUP), 128 + signal.SIGHUP),
    ],
    ids=["q", "Ctrl-D", "Ctrl-C", "INT", "TERM", "HUP"],
)
def test_whatever_ends_top_the_terminal_is_as_it_was(pool, terminal, end, expected):
    top = terminal(pool.state)
    top.wait(has("WORKER"), "the workers")
    assert termios.tcgetattr(top.leader) != top.before
    end(top)
    assert top.ended() == expected


def test_other_keys_do_nothing(pool, terminal):
    top = terminal(pool.state)
    top.wait(has("WORKER"), "the workers")
    top.type(b"\x1b[Ax\r\x1c\x1bOp")
    count = len(top.read())
    wait_until(lambda: len(top.read()) > count + 1, "further frames")
    assert not any(b"x" == line for line in top.seen.split(b"\r\n"))
    top.type(b"q")
    assert top.ended() == 0


def test_ctrl_z_gives_the_terminal_to_the_shell_and_takes_it_again(pool, terminal):
    # In a session whose leader is another process, as a shell's is: an orphaned group is not stopped.
    surroundings = environment(pool.state, **UTF8)
    child, leader = pty.fork()
    if child == 0:
        os.execve("/bin/sh", ["sh", "-c", 'set -m; "$0" top; stty -a; fg; stty -a', str(GRANTCTL)], surroundings)
    seen = b""

    def has_come(mark, times=1):
        nonlocal seen
        with contextlib.suppress(OSError):
            while select.select([leader], [], [], 0.02)[0]:
                seen += os.read(leader, 65536)
        return seen.count(mark) >= times

    try:
        wait_until(lambda: has_come(b"workers serve"), "a frame")
        os.write(leader, b"\x1a")
        wait_until(lambda: has_come(b"\x1b[?1049l"), "the terminal to be given back")
        wait_until(lambda: has_come(b"\x1b[?1049h", 2), "the terminal to be taken again")
        shown = seen.decode(errors="replace")
        assert re.search(r"\x1b\[\?1049l.*[^-]icanon.*[^-]echo .*\x1b\[\?1049h", shown, re.DOTALL)
        frames_before = seen.count(b"workers serve")
        wait_until(lambda: has_come(b"workers serve", frames_before + 1), "a further frame")
        os.write(leader, b"q")
        wait_until(lambda: has_come(b"\x1b[?1049l", 2), "the end")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGHUP)
        os.close(leader)
        os.waitpid(child, 0)


def test_top_ends_if_the_terminal_goes(pool):
    top = Terminal(pool.state)
    top.wait(has("WORKER"), "the workers")
    os.close(top.follower)
    os.close(top.leader)
    wait_until(lambda: top.process.poll() is not None, "top to end")
    top.process.stderr.close()


def test_a_count_ends_top_on_a_terminal_too(pool, terminal):
    top = terminal(pool.state, "--count", "2")
    assert top.ended() == 0
    assert len(top.read()) >= 3, "one at once, and one after each interval"


def test_without_utf8_all_is_ascii(pool, terminal):
    top = terminal(pool.state, LC_ALL="C", rows=50)
    top.wait(has("CLIENT"), "the clients")
    assert top.seen.isascii() and any(line.startswith("?????????  ") for line in top.last())
    top.type(b"q")
    assert top.ended() == 0
    assert run(pool.state, "status", GRANTD_METRICS_CLIENTS="on", LC_ALL="C").stdout.isascii()


@pytest.mark.parametrize("settings", [{}, {"TERM": "dumb"}])
def test_without_a_terminal_it_prints_a_block_for_each_interval(pool, settings):
    began = time.monotonic()
    done = run(pool.state, "top", "--interval", "0.5", "--count", "3", **settings)
    assert time.monotonic() - began > 1.4
    assert (done.returncode, done.stderr) == (0, "") and "\x1b" not in done.stdout
    blocks = re.split(r"(?m)^(?=\d\d:\d\d:\d\d UTC)", done.stdout)[1:]
    assert len(blocks) == 3
    for block in blocks:
        assert "3 of 3 workers serve\nEvery 0.50 s\n" in block and block.endswith("\n\n")
        assert re.search(r"(?m)^tokens issued +\d\S* +\d", block), "rates from the first block on"


def test_output_that_is_closed_ends_it(pool):
    done = subprocess.run(
        ["sh", "-c", '"$0" top --interval 0.2 | head -n 1', GRANTCTL],
        env=environment(pool.state, **UTF8),
        text=True,
        capture_output=True,
        timeout=20,
    )
    assert done.stdout.endswith("3 of 3 workers serve\n") and done.stderr == ""


def test_top_goes_on_while_counters_and_workers_come_and_go(tmp_path, terminal):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    counters = state / "counters"
    top = terminal(state)
    top.wait(lambda frame: "counters is missing" in frame[0], "the missing file")
    with own_pool(*GROUP, workers=2, state=state) as pool:
        form = pool.add()
        top.wait(lambda frame: frame[0].endswith("2 of 2 workers serve"), "the workers")
        assert pool.post("/token", form).status == 200
        top.wait(has("token "), "the request")
        lay(counters.with_name("other"), "damaged")
        counters.with_name("other").rename(counters)
        top.wait(lambda frame: "not a file of counters" in frame[0], "the damage")
        counters.unlink()
        top.wait(lambda frame: "counters is missing" in frame[0], "the missing file")

        def has_recovered(frame):
            pool.health()
            return "serve" in frame[0] and has("WORKER")(frame)

        wait_until(lambda: has_recovered(top.last()), "a new file", 30)
        pool.reload()
        top.wait(lambda frame: frame[0].endswith("2 of 2 workers serve"), "the workers after a reload")
    top.wait(lambda frame: "no worker serves" in frame[0], "the end of the pool")
    assert not any(re.search(r" -\d", line) for frame in top.read() for line in frame), "no rate is negative"
    top.type(b"q")
    assert top.ended() == 0
    assert top.process.stderr.read() == b"" and not is_running(top.process.pid)
