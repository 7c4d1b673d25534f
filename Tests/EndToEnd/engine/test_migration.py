"""From files to an engine and back: no token is lost, and none comes back."""

import contextlib
import json
import types

import pytest
from support.engines import single
from support.machines import Machine
from support.temporary import directory

FILES = {"GRANTD_STORE": "files"}


class Files(Machine):
    """A machine whose store is named by its file of settings, so that a reload goes over to another."""

    def __init__(self, path):
        super().__init__(path, {})

    def use(self, settings):
        """Replaces the workers by such as have these settings."""
        self.config.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self.reload()


@pytest.fixture
def site():
    """A machine with files and an empty engine; further machines are made in its directory."""
    with single() as engine, directory() as path, contextlib.ExitStack() as stack:

        def machine(made):
            stack.callback(made.stop)
            made.start()
            return made

        yield types.SimpleNamespace(
            engine=engine,
            first=machine(Files(path / "first")),
            join=lambda name: machine(Machine(path / name, engine.settings())),
        )


def statuses(machine, tokens):
    """What each worker answers to a check of each token, in their order; all have to agree."""
    found = []
    for caller in machine.callers():
        with caller:
            found.append([caller.check(token) for token in tokens])
    assert all(each == found[0] for each in found), found
    return found[0]


def transfer(machine, settings, *options):
    """All that the files have, or the clients alone, into the engine."""
    lines = machine.grantctl("store", "export", *options, **FILES).stdout
    taken = machine.grantctl("store", "import", "--json", stdin=lines, **settings)
    return lines.splitlines(), json.loads(taken.stdout)


def test_a_machine_goes_over_from_files_to_an_engine_without_losing_a_token(site):
    first, settings = site.first, site.engine.settings()
    web = first.register("web", "--scope", "read write")
    lately = first.register("lately", "--lifetime", "86400")
    with first.caller() as caller:
        good = [caller.token(web) for _ in range(50)] + [caller.token(lately) for _ in range(50)]
        dead = [caller.token(web) for _ in range(20)]
        assert {caller.revoke(web, token) for token in dead} == {200}
    assert statuses(first, good + dead) == [204] * 100 + [401] * 20

    # The clients go first: the files still have the tokens.
    first.grantctl("store", "init", **settings)
    lines, taken = transfer(first, settings, "--clients-only")
    assert len(lines) == taken["clients"] == 2 and taken["tokens"] == 0
    assert not any(secret in "".join(lines) for secret in (web["client_secret"], *good))
    second = site.join("second")
    first.use(settings)
    assert statuses(first, good + dead) == [204] * 100 + [401] * 20
    assert statuses(second, good) == [401] * 100, "the second machine has no such files"

    # New tokens are the engine's, and old ones can be revoked.
    late = good.pop()
    new = []
    for caller in first.callers():
        with caller:
            new.append(caller.token(web))
    with first.caller() as caller:
        assert caller.revoke(lately, late) == 200
        assert caller.revoke(web, good[-1]) == 200, "another client's token is left as it is"
        assert caller.inspect(web, good[0])["scope"] == "read write"
    dead.append(late)
    assert statuses(first, [*good, *new, *dead]) == [204] * 101 + [401] * 21
    assert statuses(second, new) == [204, 204]

    # Then the tokens: the engine has them, and the files are not asked any more.
    lines, taken = transfer(first, settings)
    assert taken["tokens"] == 99 and taken["clients"] == 0 and taken["refused"] == []
    assert not any(token in "".join(lines) for token in good)
    assert statuses(first, [*good, *new, *dead]) == [204] * 101 + [401] * 21
    with first.caller() as caller:
        gone = good.pop(0)
        assert caller.revoke(web, gone) == 200
    dead.append(gone)
    assert statuses(first, [*good, *new, *dead]) == [204] * 100 + [401] * 22

    # Once more takes over what is not there, and brings nothing back.
    _, taken = transfer(first, settings)
    assert taken["tokens"] == 0 and taken["refused"] == []
    assert statuses(first, [*good, *new, *dead]) == [204] * 100 + [401] * 22

    # A client that is changed in the engine takes its old tokens with it.
    second.grantctl("client", "revoke-tokens", "lately")
    assert statuses(first, good) == [204] * 49 + [401] * 49


def gone_over(site):
    """A client and its tokens from files, once the first machine works on the engine and has not imported the tokens."""
    first, settings = site.first, site.engine.settings()
    web = first.register("web")
    with first.caller() as caller:
        tokens = [caller.token(web) for _ in range(10)]
    first.grantctl("store", "init", **settings)
    transfer(first, settings, "--clients-only")
    first.use(settings)
    return web, tokens


def test_tokens_that_were_taken_over_are_good_at_every_machine(site):
    web, tokens = gone_over(site)
    first = site.first
    transfer(first, site.engine.settings())
    second = site.join("second")
    assert statuses(first, tokens) == [204] * 10
    assert statuses(second, tokens) == [204] * 10
    with second.caller() as caller:
        assert caller.revoke(web, tokens[0]) == 200
    for machine in (first, second):
        assert statuses(machine, tokens) == [401] + [204] * 9


def test_a_token_that_is_revoked_before_the_import_stays_dead(site):
    """The lines were printed before the revocation, and are taken over after it, at another machine."""
    web, tokens = gone_over(site)
    first = site.first
    lines = first.grantctl("store", "export", **FILES).stdout
    assert lines.count('"token"') == 10
    with first.caller() as caller:
        assert {caller.revoke(web, token) for token in tokens[:5]} == {200}
    second = site.join("second")
    taken = json.loads(second.grantctl("store", "import", "--json", stdin=lines).stdout)
    assert taken["tokens"] == 5
    assert statuses(first, tokens) == [401] * 5 + [204] * 5


def test_from_the_engine_back_to_files_the_clients_stay(site):
    first, settings = site.first, site.engine.settings()
    first.grantctl("store", "init", **settings)
    first.use(settings)
    web = json.loads(
        first.grantctl("client", "add", "web", "--scope", "read", "--lifetime", "7200", "--json", **settings).stdout
    )
    web = {"client_id": "web", "client_secret": web["client_secret"]}
    first.grantctl("client", "add", "off", "--json", **settings)
    first.grantctl("client", "disable", "off", **settings)
    with first.caller() as caller:
        token = caller.token(web)
    lines = first.grantctl("store", "export", **settings).stdout
    # One token, or two if the worker had to issue it again because it saw that a client had changed.
    tokens = lines.count('"token"')
    assert tokens in (1, 2) and lines.count("\n") == 2 + tokens
    back = first.grantctl("store", "import", stdin=lines, **FILES)
    assert "2 clients and 0 tokens were imported" in back.stdout and f"{tokens} tokens were left out" in back.stderr
    first.use(FILES)
    assert statuses(first, [token]) == [401], "tokens of the engine have no place in files"
    with first.caller() as caller:
        new = caller.token(web)
        assert caller.check(new) == 204
        assert caller.inspect(web, new)["scope"] == "read"
    assert json.loads(first.grantctl("client", "show", "off", "--json", **FILES).stdout)["active"] is False
    exported = first.grantctl("store", "export", "--clients-only", **FILES).stdout
    assert sorted(exported.splitlines()) == sorted(line for line in lines.splitlines() if '"client"' in line[:10])


BAD = [
    "not JSON",
    "{}",
    "[]",
    '{"client":{}}',
    '{"client":{"client_id":"x"},"token":{}}',
    '{"token":{"sha256":"00","client_id":"web"}}',
    '{"token":{"sha256":"' + "0" * 64 + '","client_id":"web","issued_at_us":2,"expires_at_us":1}}',
    '{"token":{"sha256":"' + "0" * 64 + '","client_id":"web","issued_at_us":-1,"expires_at_us":"x"}}',
    '{"other":1}',
    '{"client":' + "[" * 5000,
    "\x00\x1b[31m",
]


def test_bad_lines_are_named_and_the_others_are_taken(site):
    first, settings = site.first, site.engine.settings()
    clients = [first.register(name) for name in ("one", "two", "three")]
    with first.caller() as caller:
        tokens = [caller.token(client) for client in clients for _ in range(2)]
    lines = first.grantctl("store", "export", **FILES).stdout.splitlines()
    assert len(lines) == 9
    mixed, expected = [], []
    for number in range(max(len(lines), len(BAD))):
        mixed += lines[number : number + 1]
        for bad in BAD[number : number + 1]:
            mixed.append(bad)
            expected.append(len(mixed))
    # An empty line is counted and left alone; the last has no newline.
    mixed.insert(0, "")
    expected = [number + 1 for number in expected]
    first.grantctl("store", "init", **settings)
    taken = first.grantctl("store", "import", stdin="\n".join(mixed), check=False, **settings)
    assert taken.returncode == 1, taken.stdout + taken.stderr
    assert "3 clients and 6 tokens were imported; 0 were there." in taken.stdout
    said = taken.stderr.splitlines()
    assert [line.split(":")[:2] for line in said] == [["grantctl", f" line {number}"] for number in expected]
    assert "\x1b" not in taken.stderr
    second = site.join("second")
    first.use(settings)
    assert statuses(first, tokens) == [204] * 6

    # A client of the same name with another registration is left as it is, unless it is to be replaced.
    second.grantctl("client", "disable", "one")
    again = second.grantctl("store", "import", stdin="\n".join(lines), check=False)
    assert again.returncode == 1 and "client one is there with another registration" in again.stderr
    assert statuses(first, tokens) == [401] * 2 + [204] * 4
    replaced = second.grantctl("store", "import", "--replace", stdin="\n".join(lines))
    assert "1 clients and 0 tokens were imported; 8 were there." in replaced.stdout
    assert statuses(first, tokens) == [204] * 6
