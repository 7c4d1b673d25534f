"""The code that `grantctl client code` and `client add --for` print, run as it is in each of the languages."""

import concurrent.futures
import json
import os
import subprocess
import time

import pytest
from support.programs import GRANTCTL, environment, grantctl
from support.protected import location
from support.resource import resource
from support.site import site
from support.temporary import directory

# The files, by the names that grantctl suggests, and how they are run.
PROGRAMS = {
    "curl": ["sh", "token.sh"],
    "python": ["python3", "token.py"],
    "go": ["go", "run", "token.go"],
    "node": ["node", "token.mjs"],
    "java": ["java", "-XX:TieredStopAtLevel=1", "Token.java"],
    "php": ["php", "token.php"],
}
# These keep the token in a file, for all processes.
SHARING = {"curl", "php"}
# The same, compiled first, which is quicker from the second run on.
COMPILED = {
    "go": ("go build -o token token.go", ["./token"]),
    "java": ("javac -d . Token.java", ["java", "-XX:TieredStopAtLevel=1", "-cp", ".", "Token"]),
}
# Seconds for which tokens live, and for which the one lives that is to be replaced before it expires: a tenth earlier.
LIFETIME, SHORT = 600, 12

# Eight threads, or what the language has instead, ask at once.
THREADS = {
    "python": (
        "threads.py",
        """
import os
from concurrent.futures import ThreadPoolExecutor
from oauth import Client
client = Client(os.environ["OAUTH_CLIENT_ID"], os.environ["OAUTH_CLIENT_SECRET"])
with ThreadPoolExecutor(8) as pool:
    print("\\n".join(pool.map(lambda _: client.token(), range(8))))
""",
        "mv token.py oauth.py; python3 threads.py",
    ),
    "go": (
        "threads.go",
        """
package main
import ("fmt"; "os"; "sync")
func init() {
    client := &Client{ID: os.Getenv("OAUTH_CLIENT_ID"), Secret: os.Getenv("OAUTH_CLIENT_SECRET")}
    var group sync.WaitGroup
    for range [8]int{} {
        group.Add(1)
        go func() {
            defer group.Done()
            token, _ := client.Token("")
            fmt.Println(token)
        }()
    }
    group.Wait()
    os.Exit(0)
}
""",
        "go run token.go threads.go",
    ),
    "node": (
        "threads.mjs",
        """
import { Client } from "./token.mjs";
const client = new Client(process.env.OAUTH_CLIENT_ID, process.env.OAUTH_CLIENT_SECRET);
console.log((await Promise.all(Array.from({ length: 8 }, () => client.token()))).join("\\n"));
""",
        "node threads.mjs",
    ),
    "java": (
        "Threads.java",
        """
class Threads {
    public static void main(String[] none) throws Exception {
        var client = new Token(System.getenv("OAUTH_CLIENT_ID"), System.getenv("OAUTH_CLIENT_SECRET"));
        var threads = new Thread[8];
        for (int i = 0; i < 8; i++) {
            threads[i] = new Thread(() -> {
                try { System.out.println(client.get(null)); } catch (Exception e) { throw new RuntimeException(e); }
            });
            threads[i].start();
        }
        for (var thread : threads) thread.join();
    }
}
""",
        "javac -cp . -d . Threads.java && java -XX:TieredStopAtLevel=1 -cp . Threads",
    ),
}


def run(command, place, identifier, secret, *urls, shell=False):
    """Runs a program in a directory of its own, in which it keeps what it keeps."""
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(place), "XDG_RUNTIME_DIR": str(place), "LANG": "C.UTF-8"}
    surroundings |= {"GOCACHE": str(place.parent / "go"), "OAUTH_CLIENT_ID": identifier, "OAUTH_CLIENT_SECRET": secret}
    surroundings |= {"GOFLAGS": "-mod=mod", "GO111MODULE": "off"}
    return subprocess.run(
        command if shell else [*command, *urls],
        env={name: value for name, value in surroundings.items() if value},
        cwd=place, shell=shell, text=True, capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


class Trial:
    """What became of the code in one language."""

    def __init__(self, made, language, path):
        self.made, self.language, self.identifier = made, language, f"in-{language}"
        self.place = path / language
        self.place.mkdir()
        self.quick = PROGRAMS[language]
        added = grantctl(
            made.state, "client", "add", self.identifier, "--for", language, "--url", f"{made.url}/oauth2",
            "--lifetime", str(LIFETIME), "--scope", "orders.read",
        )  # fmt: skip
        self.secret, self.told = added.stderr.split("\n", 1)
        self.code = added.stdout
        (self.place / PROGRAMS[language][-1]).write_text(self.code)

    def run(self, *urls, secret=None, command=None):
        command = command or self.quick
        return run(command, self.place, self.identifier, self.secret if secret is None else secret, *urls)

    def issued(self):
        """How many tokens the client has got."""
        lines = [json.loads(line) for line in self.made.audit.read_text().splitlines()]
        return sum(line["event"] == "issue" and line.get("client") == self.identifier for line in lines)

    def go(self):
        """Gets pages that are protected by nginx, and some of a server that does something to the token first."""

        def set_lifetime(seconds):
            grantctl(self.made.state, "client", "set", self.identifier, "--lifetime", str(seconds))

        def revoke(token):
            set_lifetime(SHORT)
            grantctl(self.made.state, "token", "revoke", stdin=token)

        def wait(_):
            """Until the client renews the token, which it has had at the latest when it first came with it."""
            set_lifetime(LIFETIME)
            came = next(at for path, _, at in server.seen if path == "/busy")
            time.sleep(max(0, came + 0.9 * SHORT + 0.1 - time.monotonic()))

        page = f"{self.made.url}/any/static/file"
        with resource(revoke=revoke, wait=wait) as server:
            paths = [f"{server.url}/{name}" for name in ("revoke", "busy", "wait", "last")]
            urls = [page, page, paths[0], page, *paths[1:], page]
            self.done = self.run(*urls, command=PROGRAMS[self.language])
            self.seen = server.seen
        self.issued_at_first = self.issued()
        if self.language in COMPILED:
            compile, self.quick = COMPILED[self.language]
            assert run(compile, self.place, "", "", shell=True).returncode == 0
        self.again = [self.run(), self.run()]
        self.issued_in_all = self.issued()
        kept = [file for file in self.place.iterdir() if "oauth-token-" in file.name]
        self.modes = [file.stat().st_mode & 0o777 for file in kept]
        for file in kept:
            file.unlink()
        self.wrong = self.run(secret="a wrong secret, not in any error")
        self.without = self.run(secret="")
        self.threads = None
        if harness := THREADS.get(self.language):
            name, source, command = harness
            (self.place / name).write_text(source)
            self.threads = run(command, self.place, self.identifier, self.secret, shell=True)
            self.issued_to_threads = self.issued() - self.issued_in_all
        return self


@pytest.fixture(scope="module")
def trials():
    """All the languages at once, each as a client of its own."""
    with directory() as path:
        (path / "file").write_text("content\n")
        audit = path / "audit/lines"
        audit.parent.mkdir(mode=0o700)
        protected = location("/any/static/", "orders.read", f"alias {path}/;")
        with site(server=protected, settings={"GRANTD_AUDIT": str(audit)}) as made:
            made.audit = audit
            trials = {language: Trial(made, language, path) for language in PROGRAMS}
            with concurrent.futures.ThreadPoolExecutor(len(PROGRAMS)) as pool:
                list(pool.map(Trial.go, trials.values()))
            yield trials


@pytest.fixture(params=PROGRAMS)
def trial(request, trials):
    return trials[request.param]


def test_it_gets_what_is_protected(trial):
    assert trial.done.returncode == 0, trial.done.stderr
    pages = ["content\n", "content\n", "/revoke", "content\n", "/busy", "/wait", "/last", "content\n"]
    assert trial.done.stdout == "".join(pages)


def test_a_token_is_kept_until_it_is_refused_or_about_to_expire(trial):
    tokens = [token for _, token, _ in trial.seen]
    assert [path for path, *_ in trial.seen] == ["/revoke", "/busy", "/busy", "/wait", "/last"]
    first, busy, same, also_same, last = tokens
    assert busy == same == also_same and len({first, busy, last}) == 3
    assert trial.issued_at_first == 3, "neither a page nor a wait costs a token"


def test_retry_after_is_obeyed(trial):
    first, second = [at for path, _, at in trial.seen if path == "/busy"]
    assert second - first >= 1


def test_without_a_url_a_token_is_printed(trial):
    printed = [done.stdout for done in trial.again]
    assert all(trial.made.inspect(token).keys() and len(token) == 65 for token in printed)
    if trial.language in SHARING:
        assert printed[0] == printed[1], "processes share it"
        assert trial.modes == [0o600]
    else:
        assert printed[0] != printed[1] and trial.modes == []


def test_a_wrong_secret_is_a_clear_error(trial):
    done = trial.wrong
    assert done.returncode != 0 and done.stdout == ""
    assert "401" in done.stderr and "invalid_client" in done.stderr and "/oauth2/token" in done.stderr
    assert "wrong secret" not in done.stderr and "Traceback" not in done.stderr


def test_what_is_not_set_is_named(trial):
    assert trial.without.returncode != 0 and "OAUTH_CLIENT_SECRET" in trial.without.stderr
    assert "not set" in trial.without.stderr


def test_the_secret_is_printed_beside_the_code_and_is_not_in_it(trial):
    assert len(trial.secret) == 43 and trial.secret not in trial.code and trial.identifier not in trial.code
    assert "shown only once" in trial.told and " ".join(PROGRAMS[trial.language][:1]) in trial.told
    outputs = [trial.done, trial.wrong, trial.without, *trial.again]
    assert [done for done in outputs if trial.secret in done.stdout + done.stderr] == []


@pytest.mark.parametrize("language", THREADS)
def test_threads_share_one_token(trials, language):
    done = trials[language].threads
    assert done.returncode == 0, done.stderr
    tokens = done.stdout.split()
    assert len(tokens) == 8 and len(set(tokens)) == 1 and trials[language].issued_to_threads == 1


# What a URL and a scope may hold, and what languages may take it for.
PATH = "/it's/$HOME/$(id)/%41/*/"
SCOPE = "it's $HOME $(id) #{x} */ ${x} %s %41 {0} <?php +"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_urls_and_scopes_of_any_characters_arrive_and_no_argument_has_the_secret(tmp_path, method):
    identifier, secret = "zoë+co %41", 'a "b" \\ ü&=%41\'$HOME'
    state = tmp_path / "state"
    grantctl(
        state, "client", "add", identifier, "--secret-stdin", "--scope", SCOPE, "--auth-method", method, stdin=secret
    )

    def ask(language):
        place = tmp_path / language
        place.mkdir()
        with resource() as server:
            code = grantctl(state, "client", "code", identifier, "--for", language, "--url", server.url + PATH).stdout
            (place / PROGRAMS[language][-1]).write_text(code)
            done = run(PROGRAMS[language], place, identifier, secret)
            return done, server

    with concurrent.futures.ThreadPoolExecutor(len(PROGRAMS)) as pool:
        answers = dict(zip(PROGRAMS, pool.map(ask, PROGRAMS), strict=True))
    for language, (done, server) in answers.items():
        assert (done.returncode, done.stdout) == (0, "a" * 64 + "\n"), f"{language}: {done.stderr}"
        first, second = server.asked
        assert second[2] - first[2] >= 1, f"{language}: Retry-After of the token endpoint"
        assert first[0] == second[0] == PATH + "token", language
        credentials = {"client_id": identifier, "client_secret": secret} if method.endswith("post") else {}
        assert second[1] == {"grant_type": "client_credentials", "scope": SCOPE} | credentials, language
        assert server.arguments and not [line for line in server.arguments if secret.encode() in line], language


def test_without_a_url_nothing_is_done_and_both_ways_to_give_it_are_named(tmp_path):
    state = tmp_path / "state"
    grantctl(state, "client", "add", "other")
    for command, identifier in [("add", "web"), ("code", "other")]:
        done = grantctl(state, "client", command, identifier, "--for", "go", check=False)
        assert (done.returncode, done.stdout) == (64, "")
        assert "GRANTD_ISSUER" in done.stderr and "--url" in done.stderr
    assert [file.name for file in (state / "clients").iterdir()] == ["other.json"]


def test_the_issuer_of_the_settings_is_taken_and_json_has_the_code(tmp_path):
    surroundings = environment(tmp_path / "state", GRANTD_ISSUER="https://example.com/oauth2")
    for command in ["add", "code"]:
        done = subprocess.run(
            [GRANTCTL, "client", command, "web", "--for", "python", "--json"],
            env=surroundings, text=True, capture_output=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        assert 'TOKEN_URL = "https://example.com/oauth2/token"' in told["code"] and done.stderr == ""
        assert told["client_id"] == "web" and ("client_secret" in told) == (command == "add")
