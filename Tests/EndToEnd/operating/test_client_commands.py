"""What grantctl's client commands say and change: the next steps, settings, single secrets, misspelt names."""

import json
import re
import subprocess
import time

import pytest
from support.programs import GRANTCTL, SNIPPET, environment
from support.site import CHOSEN, site
from support.typed import Typed

ISSUER = "https://example.com/api/v1/auth"


@pytest.fixture
def run(tmp_path):
    """Runs grantctl on a state directory that is not there yet; answers with the finished process."""

    def run(*arguments, stdin="", **settings):
        surroundings = environment(tmp_path / "state", **settings)
        return subprocess.run(
            [GRANTCTL, *arguments], env=surroundings, input=stdin, text=True, capture_output=True, timeout=20
        )

    run.state = tmp_path / "state"
    return run


def shown(run, identifier):
    return json.loads(run("client", "show", identifier, "--json").stdout)


def typing(run, *arguments):
    return Typed([GRANTCTL, *arguments], environment(run.state))


# The next steps


def test_add_prints_the_next_steps_for_people_alone(run):
    done = run("client", "add", "orders", "--scope", "orders:read orders:write", GRANTD_ISSUER=ISSUER)
    assert len(done.stdout) == 44 and done.stdout.strip() not in done.stderr
    assert f"curl -u orders -d grant_type=client_credentials {ISSUER}/token\n" in done.stderr
    assert 'auth_request "api/v1/auth-check/orders:read orders:write";' in done.stderr
    assert run("client", "add", "other", "--json", GRANTD_ISSUER=ISSUER).stderr == ""


def test_without_an_issuer_the_setting_is_named(run):
    said = run("client", "add", "orders").stderr
    assert "https://SITE/oauth2/token" in said and "GRANTD_ISSUER" in said and '"oauth2-check/";' in said


def test_a_url_on_the_command_line_is_in_the_next_steps(run):
    said = run("client", "add", "orders", "--url", f"{ISSUER}/token").stderr
    assert f"grant_type=client_credentials {ISSUER}/token\n" in said and '"api/v1/auth-check/";' in said


@pytest.fixture(scope="module")
def mounted():
    with site() as made:
        yield made


@pytest.mark.parametrize(
    "identifier, options, question",
    [
        ("orders", [], "Enter host password"),
        ("it's $HOME", ["--auth-method", "client_secret_basic"], "Enter host password"),
        ("a:b", ["--auth-method", "client_secret_basic"], "Enter host password"),
        ("c:d", [], "Secret: "),
        ("jörg", ["--auth-method", "client_secret_post"], "Secret: "),
    ],
)
def test_the_curl_line_gets_a_token_when_the_secret_is_typed(mounted, identifier, options, question):
    settings = environment(mounted.state)
    made = subprocess.run(
        [GRANTCTL, "client", "add", identifier, *options], env=settings, text=True, capture_output=True, check=True
    )
    line = next(line.strip() for line in made.stderr.splitlines() if "curl " in line and "/token" in line)
    line = line.replace("https://SITE/oauth2", f"{mounted.url}/oauth2")
    with Typed(["/bin/bash", "-c", line]) as shell:
        shell.answer(question, made.stdout)
        status, said = shell.finish()
    assert status == 0 and '"access_token"' in said and made.stdout.strip() not in said


def test_the_location_that_add_prints_asks_for_the_scope(mounted):
    """Its lines, with a path and a page, are what nginx takes."""
    made = run_in(mounted.state, "client", "add", "reader", "--scope", "a:read b/write")
    block = re.search(r" {4}location .*?\n {4}}\n", made.stderr + "\n", re.DOTALL).group()
    block = (
        block.replace("/PATH/", "/orders/").replace("snippets/", f"{SNIPPET}/").replace("# proxy", "root /nowhere; #")
    )
    with site(server=block) as own:
        secret = own.add("reader", "--scope", "a:read b/write c")
        for scope, status in [("a:read b/write", 404), ("a:read", 403)]:
            token = own.grant("reader", secret, scope=scope).json()["access_token"]
            header = f"Authorization: Bearer {token}"
            asked = subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", header, f"{own.url}/orders/1"],
                text=True,
                capture_output=True,
            )
            assert asked.stdout == str(status)


def run_in(state, *arguments, stdin="", **settings):
    return subprocess.run(
        [GRANTCTL, *arguments], env=environment(state, **settings), input=stdin, text=True, capture_output=True
    )


# client set


def test_set_says_what_it_changed_and_what_tokens_keep(run):
    run("client", "add", "web", "--scope", "a b")
    done = run("client", "set", "web", "--add-scope", "c", "--remove-scope", "a", "--lifetime", "30m", "--name", "Web")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "Client web was changed.", "name: none -> Web", "scope: a b -> b c", "token lifetime: the server's -> 1800 s",
    ]  # fmt: skip
    assert "until they expire" in done.stderr and "grantctl client revoke-tokens web" in done.stderr
    document = shown(run, "web")
    assert (document["scope"], document["access_token_lifetime"], document["client_name"]) == ("b c", 1800, "Web")
    done = run("client", "set", "web", "--method", "client_secret_post", "--introspect", "--json")
    assert {change["member"]: change["to"] for change in json.loads(done.stdout)["changes"]} == {
        "token_endpoint_auth_method": "client_secret_post", "introspect": True,
    }  # fmt: skip
    assert done.stderr == ""


def test_set_leaves_everything_else_as_it_is(run):
    run("client", "add", "web", "--scope", "a", "--lifetime", "60")
    file = run.state / "clients/web.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"contacts": ["ops"]}))
    before = json.loads(file.read_text())
    run("client", "set", "web", "--scope", "b", "--scope", "c")
    assert json.loads(file.read_text()) == before | {"scope": "b c"}
    run("client", "set", "web", "--scope", "", "--lifetime", "default")
    del before["scope"], before["access_token_lifetime"]
    assert json.loads(file.read_text()) == before


def test_set_without_a_change_writes_nothing(run):
    run("client", "add", "web", "--scope", "a")
    file = run.state / "clients/web.json"
    before = file.stat().st_ino
    done = run("client", "set", "web", "--add-scope", "a")
    assert done.returncode == 0 and "nothing was changed" in done.stdout and file.stat().st_ino == before
    missing = run("client", "set", "web", "--remove-scope", "b")
    assert missing.returncode == 1 and "does not have the scope b; its scope is: a" in missing.stderr
    nothing = run("client", "set", "web")
    assert nothing.returncode == 64 and "--add-scope" in nothing.stderr and "--no-introspect" in nothing.stderr
    assert file.stat().st_ino == before


def test_set_takes_effect_on_the_next_request_and_issued_tokens_keep_their_scope(mounted):
    secret = mounted.add("changing", "--scope", "a b")
    token = mounted.grant("changing", secret).json()["access_token"]
    run_in(mounted.state, "client", "set", "changing", "--remove-scope", "b", "--lifetime", "5m")
    grants = [mounted.grant("changing", secret).json() for _ in range(4)]
    assert {(grant["scope"], grant["expires_in"]) for grant in grants} == {("a", 300)}
    assert mounted.inspect(token)["scope"] == "a b"


def test_what_only_takes_away_is_done_though_it_cannot_be_audited(run):
    run("client", "add", "web", "--scope", "a b", "--introspect")
    failing = {"GRANTD_AUDIT": str(run.state / "missing/audit.jsonl")}
    done = run("client", "set", "web", "--remove-scope", "b", "--no-introspect", **failing)
    assert done.returncode == 74 and "it was done, and is not in the audit" in done.stderr
    document = shown(run, "web")
    assert (document["scope"], document["introspect"]) == ("a", False)
    for options in ["--add-scope", "b"], ["--scope", "a b"], ["--introspect"]:
        done = run("client", "set", "web", *options, **failing)
        assert done.returncode == 74 and "nothing was done" in done.stderr
    assert shown(run, "web") == document
    assert run("client", "forgive", "web", **failing).returncode == 74


# Scopes and durations


def test_a_repeated_scope_adds_up_and_a_comma_is_refused_with_the_remedy(run):
    run("client", "add", "web", "--scope", "a", "--scope", "b c", "--scope", "a")
    assert shown(run, "web")["scope"] == "a b c"
    done = run("client", "add", "other", "--scope", "a,b")
    assert done.returncode == 64 and 'Scopes are separated by blanks: --scope "a b".' in done.stderr
    assert run("client", "show", "other").returncode == 1


def test_durations_have_units_and_settings_say_the_number(run):
    run("client", "add", "web", "--lifetime", "12h")
    assert shown(run, "web")["access_token_lifetime"] == 43200
    run("client", "rotate", "web", "--overlap", "1d")
    assert abs(shown(run, "web")["secrets"][0]["expires_at"] - time.time() - 86400) < 20
    assert "such as 3600, 90s" in run("client", "add", "x", "--lifetime", "1 hour").stderr
    done = run("client", "list", GRANTD_TOKEN_LIFETIME="1h")
    assert done.returncode == 64 and "it is in seconds: 3600." in done.stderr


# Single secrets


def test_end_secret_ends_one_by_its_first_characters(run):
    run("client", "add", "web")
    run("client", "rotate", "web", "--overlap", "1d")
    old, new = (secret["id"] for secret in shown(run, "web")["secrets"])
    later = json.loads(run("client", "end-secret", "web", old, "--after", "1h", "--json").stdout)
    assert later["secret"] == old and abs(later["expires_at"] - time.time() - 3600) < 20
    # Equal first characters of both would not say which.
    prefix = next(old[:length] for length in range(1, 9) if old[:length] != new[:length])
    done = run("client", "end-secret", "web", prefix.upper())
    assert done.returncode == 0 and f"Secret {old} of client web has ended." in done.stdout
    assert [secret["id"] for secret in shown(run, "web")["secrets"]] == [new]
    missing = run("client", "end-secret", "web", old)
    assert missing.returncode == 1 and f"it has the secrets {new}" in missing.stderr


def test_the_last_usable_secret_is_ended_by_force_alone(run):
    run("client", "add", "web")
    name = shown(run, "web")["secrets"][0]["id"]
    for more in [], ["--after", "1d"]:
        done = run("client", "end-secret", "web", name, *more)
        assert done.returncode == 1 and "last usable one" in done.stderr and "--force" in done.stderr
    assert "expires_at" not in shown(run, "web")["secrets"][0]
    done = run("client", "end-secret", "web", name, "--force")
    assert done.returncode == 0 and "grantctl client rotate web" in done.stderr
    assert shown(run, "web")["secrets"] == []


def test_an_ended_secret_is_refused_on_the_next_request(mounted):
    old = mounted.add("ending")
    rotated = json.loads(run_in(mounted.state, "client", "rotate", "ending", "--overlap", "1d", "--json").stdout)
    name = json.loads(run_in(mounted.state, "client", "show", "ending", "--json").stdout)["secrets"][0]["id"]
    assert mounted.grant("ending", old).status_code == 200
    run_in(mounted.state, "client", "end-secret", "ending", name)
    assert {mounted.grant("ending", old).status_code for _ in range(4)} == {401}
    assert mounted.grant("ending", rotated["client_secret"]).status_code == 200


# Typed secrets


@pytest.mark.parametrize("command", ["add", "rotate"])
def test_a_typed_secret_is_asked_for_twice(run, command):
    if command == "rotate":
        run("client", "add", "web")
    with typing(run, "client", command, "web", "--secret-stdin") as terminal:
        terminal.answer("Secret for web: ", "a long enough secret\n")
        terminal.answer("The same again: ", "a long enough secret\n")
        status, said = terminal.finish()
    assert status == 0 and "a long enough secret" not in said and "warning" not in said
    assert shown(run, "web")["secrets"][0]["kind"] == "crypt"


def test_two_different_secrets_are_refused_and_nothing_is_made(run):
    with typing(run, "client", "add", "web", "--secret-stdin") as terminal:
        terminal.answer("Secret for web: ", "a long enough secret\n")
        terminal.answer("The same again: ", "a long enough Secret\n")
        status, said = terminal.finish()
    assert status == 64 and "differ" in said and "enough" not in said
    assert run("client", "show", "web").returncode == 1


@pytest.mark.parametrize("secret, is_weak", [(CHOSEN, True), ("a" * 40, True), ("a long enough secret", False)])
def test_a_weak_secret_is_warned_of_and_taken(run, secret, is_weak):
    for words in ["add", "web"], ["rotate", "web"], ["add", "other", "--json"]:
        done = run("client", *words, "--secret-stdin", stdin=secret)
        assert done.returncode == 0 and ("grantctl: warning: the secret" in done.stderr) == is_weak
        assert secret not in done.stderr


# Names


def test_aliases_are_the_same_commands(run):
    run("client", "create", "web")
    assert run("client", "ls").stdout == run("client", "list").stdout != ""
    assert run("client", "rm", "web").returncode == 0
    run("client", "create", "web")
    assert run("client", "delete", "web").returncode == 0 and run("client", "ls", "--json").stdout == "[]\n"
    assert run("token", "show", stdin="x").stdout == run("token", "inspect", stdin="x").stdout
    assert "add, create" in run("client", "--help").stdout


def test_a_misspelt_id_is_told_with_the_nearest_one(run):
    run("client", "add", "orders")
    run("client", "add", "billing")
    for command in ["show"], ["rotate"], ["set", "--name", "x"], ["end-secret"], ["forgive"], ["disable"]:
        more = ["00"] if command == ["end-secret"] else []
        done = run("client", command[0], "orderz", *more, *command[1:])
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "grantctl: there is no client orderz; did you mean orders?\n"
    other = run("client", "show", "invoices")
    assert other.returncode == 1 and "orders" not in other.stderr and "billing" not in other.stderr


def test_a_token_in_the_place_of_an_id_is_not_repeated(run):
    secret = run("client", "add", "orders").stdout.strip()
    for text in secret, "a" * 64:
        done = run("client", "show", text)
        assert done.returncode == 1 and text not in done.stderr and "grantctl token inspect" in done.stderr
