"""grantctl on a terminal: tables that fit, progress that goes away, completions of a real shell, and hints after a slip."""

import contextlib
import fcntl
import functools
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios

import pytest
from support.programs import GRANTCTL, GRANTD, environment, grantctl
from support.typed import Typed

SCOPE = " ".join(f"orders{number}.read" for number in range(12))


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    path = tmp_path_factory.mktemp("terminal") / "state"
    grantctl(path, "client", "add", "web-app", "--scope", SCOPE, "--name", "日本の店", "--lifetime", "600")
    grantctl(path, "client", "add", "a-client-with-a-rather-long-id")
    grantctl(path, "client", "rotate", "web-app", "--overlap", "3600")
    return path


def obey_interrupts():
    """Where the tests run in the background, all that they start ignores an interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_terminal(state, *arguments, columns=80, locale="C.UTF-8", stdin=subprocess.DEVNULL, stdout=None, stop=None):
    """Runs grantctl with a terminal as standard output and error; returns its status and what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    surroundings = environment(state, TERM="xterm", LC_ALL=locale)
    process = subprocess.Popen([GRANTCTL, *arguments], env=surroundings, stdin=stdin, stdout=stdout or theirs,
                               stderr=theirs, close_fds=True, preexec_fn=obey_interrupts)  # fmt: skip
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):
        while select.select([ours], [], [], 20)[0] and (read := os.read(ours, 65536)):
            said += read
            if stop and stop in said:
                process.send_signal(signal.SIGINT)
                stop = None
    os.close(ours)
    return process.wait(20), said.decode().replace("\r\n", "\n")


def width(line):
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in line)


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize(
    "command", [["client", "list"], ["token", "stats"], ["client", "show", "web-app"]], ids=" ".join
)
def test_a_table_fits_the_terminal(state, command, columns):
    status, said = on_terminal(state, *command, columns=columns)
    assert status == 0 and [line for line in said.splitlines() if width(line) > columns] == []
    # What does not fit is broken or cut, and the table is there.
    assert ("ENDS" if command[0] == "token" else "web-app") in said


def test_what_goes_to_a_pipe_is_whole(state):
    assert (
        SCOPE in grantctl(state, "client", "list").stdout
        and SCOPE in grantctl(state, "client", "show", "web-app").stdout
    )
    assert SCOPE in on_terminal(state, "client", "list", "--wide")[1]


def test_the_list_cuts_scopes_and_no_id(state):
    said = on_terminal(state, "client", "list", columns=100)[1]
    assert re.search(r"orders0\S*…", said) and "a-client-with-a-rather-long-id  active" in said
    head, *rows = said.splitlines()
    assert head.split() == ["CLIENT", "STATE", "SECRETS", "LIFETIME", "SCOPE", "NAME"]
    assert re.search(r"^web-app +active +2, until 2\S+Z +600 s ", rows[1])
    assert "…" not in on_terminal(state, "client", "list", locale="C")[1]


def test_show_breaks_scopes_between_words(state):
    said = on_terminal(state, "client", "show", "web-app", columns=60)[1]
    assert SCOPE in re.sub(r"\n +", " ", said) and "…" not in said


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A file of 20,000 clients, whose import takes seconds."""
    path = tmp_path_factory.mktemp("many") / "htpasswd"
    path.write_text("".join(f"client-{number}:$2y$05${'a' * 21}u{'a' * 31}\n" for number in range(20_000)))
    return path


IMPORT = ["client", "import", "--htpasswd"]


def test_a_long_import_shows_how_far_it_is_and_an_interrupt_erases_it(tmp_path, many):
    with many.open() as lines:
        status, said = on_terminal(tmp_path / "state", *IMPORT, stdin=lines, stop=b"entries")
    assert status == -signal.SIGINT
    line = said.split("\r")[1]
    assert re.search(r"Importing clients  .*% +[0-9,]+ of 20,000 entries", line)
    assert said.endswith("\r\x1b[K") and "\x1b[?25l" not in said
    assert all(width(re.sub(r"\x1b\[\S*?[a-zA-Z]", "", part)) < 80 for part in said.split("\r"))


def trickle(lines):
    """A pipe from which lines come so slowly that progress is shown."""
    program = "import sys, time\nfor line in sys.argv[1:]:\n    print(line, flush=True)\n    time.sleep(0.4)"
    return subprocess.Popen([sys.executable, "-c", program, *lines], stdout=subprocess.PIPE)


def test_progress_is_erased_at_the_end_and_does_not_get_into_a_pipe(state, tmp_path):
    exported = grantctl(state, "store", "export").stdout.splitlines()
    assert len(exported) == 2
    with trickle([*exported, *exported]) as source:
        status, said = on_terminal(tmp_path / "state", "store", "import", stdin=source.stdout)
    assert status == 0 and re.search(r"\rImporting  [0-9] lines  [0-9.]+/s\x1b\[K", said)
    told = "2 clients and 0 tokens were imported; 2 were there.\n"
    assert re.sub(r"\r.*\r\x1b\[K", "", said) == told
    with trickle([*exported, *exported]) as source:
        surroundings = environment(tmp_path / "other", TERM="xterm")
        piped = subprocess.run(
            [GRANTCTL, "store", "import"], env=surroundings, stdin=source.stdout, capture_output=True
        )
    assert piped.stderr == b"" and piped.stdout == told.encode()


def test_what_is_soon_done_shows_no_progress(state):
    assert "\x1b" not in on_terminal(state, "token", "stats")[1] + on_terminal(state, "store", "export")[1]


@functools.cache
def completion_script(shell, program):
    return subprocess.run([program, "--generate-completion-script", shell], text=True, capture_output=True).stdout


def completed(shell, program, state, words):
    """What a shell offers after such words, the last of which is being typed; nothing is said beside it."""
    script = completion_script(shell, program)
    surroundings = environment(state, PATH=f"{program.parent}:{os.environ['PATH']}")
    name = program.name
    if shell == "fish":
        asking = f"{script}\ncomplete -C '{' '.join([name, *words])}'"
        done = subprocess.run(["fish", "--no-config", "-c", asking], env=surroundings, text=True, capture_output=True)
        assert done.stderr == ""
        return [line.split("\t")[0] for line in done.stdout.splitlines()]
    line = " ".join([name, *words])
    quoted = " ".join(f"'{word}'" for word in [name, *words])
    asking = (
        f"COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; COMP_LINE='{line}'; COMP_POINT={len(line)}; COMP_TYPE=9; COMP_KEY=9;"
        f"_{name} {name} '{words[-1]}' '{(['', name, *words])[-2]}'; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{asking}"], env=surroundings, text=True, capture_output=True, cwd=state.parent
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


IDS = {"web-app", "a-client-with-a-rather-long-id"}
# What is in the scripts themselves, and what a program or the directory says.
LISTED = [
    (GRANTCTL, ["client", ""], {"add", "list", "show"}),
    (GRANTCTL, ["client", "add", "x", "--auth-method", ""], {"client_secret_basic", "client_secret_post"}),
    (GRANTD, ["--require-tls", ""], {"all", "external", "none"}),
    (GRANTD, ["--log-format", ""], {"text", "json"}),
    (GRANTD, ["--mode", ""], {"fastcgi", "cgi"}),
]


def named(value):
    """The part of a test's name that is the same in every process."""
    return " ".join(sorted(value)) if isinstance(value, set) else str(value)


ASKED = [
    *((GRANTCTL, ["client", command, ""], IDS) for command in ("show", "rotate", "disable", "enable", "remove")),
    (GRANTCTL, ["client", "show", "web"], {"web-app"}),
    (GRANTCTL, ["client", "list", "--state", "st"], {"state"}),
    (GRANTD, ["--state", "st"], {"state"}),
]


def test_a_secret_is_completed_by_its_name(state):
    names = {
        secret["id"] for secret in json.loads(grantctl(state, "client", "show", "web-app", "--json").stdout)["secrets"]
    }
    assert names and names == set(completed("bash", GRANTCTL, state, ["client", "end-secret", "web-app", ""]))


@pytest.mark.parametrize("program, words, offered", LISTED + ASKED, ids=named)
def test_bash_completes_commands_values_and_paths(state, program, words, offered):
    assert offered <= set(completed("bash", program, state, words))


needs_fish = pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish")


@needs_fish
@pytest.mark.parametrize("program, words, offered", LISTED, ids=named)
def test_fish_completes_commands_and_values(state, program, words, offered):
    assert offered <= set(completed("fish", program, state, words))


@needs_fish
def test_fish_completes_an_id_that_is_typed(state, tmp_path):
    script = tmp_path / "grantctl.fish"
    script.write_text(completion_script("fish", GRANTCTL))
    surroundings = environment(state, PATH=f"{GRANTCTL.parent}:{os.environ['PATH']}", TERM="xterm", HOME=str(tmp_path))
    with Typed(["fish", "--no-config", "-i", "-C", f"source {script}; echo ready"], surroundings) as fish:
        fish.wait_for("ready\r\n")
        fish.type("grantctl client show we\t")
        fish.wait_for("web-app")


def test_completion_says_nothing_about_a_state_that_cannot_be_read(tmp_path):
    assert completed("bash", GRANTCTL, tmp_path / "none", ["client", "show", ""]) == [""]


@pytest.mark.parametrize(
    "words, hint",
    [
        (["clients"], "Did you mean 'grantctl client'?"),
        (["client", "add", "x", "--scope", "a", "b"], "Put quotes around a value with blanks: --scope 'a b'"),
        (["client", "add", "x", "–scope", "a"], '"–scope" begins with a typographic dash: type --scope'),
        (["client", "add"], "Give an id for the new client: grantctl client add web-app"),
        (["client", "add", "x", "--scpoe", "a"], "Did you mean '--scope'?"),
    ],
)
def test_a_slip_exits_with_64_and_says_what_may_be_meant(state, words, hint):
    done = grantctl(state, *words, check=False)
    assert done.returncode == 64 and hint in done.stderr and "Usage: grantctl " in done.stderr and done.stdout == ""


def test_an_id_that_is_not_there_has_a_neighbour(state):
    done = grantctl(state, "client", "show", "web-ap", check=False)
    assert done.stderr == "grantctl: there is no client web-ap; did you mean web-app?\n"
    assert "did you mean web-app?" in grantctl(state, "client", "show", "Web-App", check=False).stderr


def test_help_and_version_are_where_they_are_looked_for(state):
    assert "SUBCOMMANDS" in grantctl(state).stdout and "--scope" in grantctl(state, "help", "client", "add").stdout
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", grantctl(state, "--version").stdout)
    assert json.loads(grantctl(state, "client", "list", "--json").stdout)[1]["client_id"] == "web-app"
