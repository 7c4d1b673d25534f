"""Lock-outs are shown by grantctl and ended by it, with files and with an engine."""

import contextlib
import json

import pytest
from support.engines import single
from support.machines import Machine
from support.temporary import directory, running

LIMIT = 3
SETTINGS = {"GRANTD_FAILURE_DELAY": "1", "GRANTD_FAILURE_LIMIT": str(LIMIT)}
HOME, NETWORK, ELSEWHERE = "192.0.2.1", "2001:db8:0:7::1", "198.51.100.7"


@pytest.fixture(scope="module", params=["files", "engine"])
def machine(request):
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(single()) if request.param == "engine" else None
        path = stack.enter_context(directory())
        audit = path / "audit"
        audit.mkdir(mode=0o700)
        settings = SETTINGS | {"GRANTD_AUDIT": str(audit / "audit.jsonl")} | (engine.settings() if engine else {})
        made = Machine(path / "machine", settings)
        if engine:
            made.grantctl("store", "init")
        stack.enter_context(running(made))
        made.engine = engine
        made.audit = audit / "audit.jsonl"
        yield made


@pytest.fixture
def client(machine, request):
    return machine.register(f"client-{abs(hash(request.node.name))}")


def ask(machine, client, address, secret=None):
    form = client | {"grant_type": "client_credentials"} | ({"client_secret": secret} if secret else {})
    return machine.post("/token", form, REMOTE_ADDR=address, HTTPS="on").status


def lock_out(machine, client, address):
    while ask(machine, client, address, "wrong") != 429:
        pass
    assert ask(machine, client, address) == 429


def shown(machine, client):
    return json.loads(machine.grantctl("client", "show", client["client_id"], "--json").stdout)["locked_out"]


def test_show_lists_from_where_a_client_has_to_wait_and_how_to_end_that(machine, client):
    assert shown(machine, client) == []
    # A wait of more than a second is there when it is looked at.
    for address in HOME, NETWORK:
        for _ in range(2):
            lock_out(machine, client, address)
            let_a_wait_pass(machine, client, address)
        ask(machine, client, address, "wrong")
    assert ask(machine, client, ELSEWHERE) == 200
    found = {entry["address"]: entry["failures"] for entry in shown(machine, client)}
    assert found == {HOME: LIMIT + 2, "2001:db8:0:7::/64": LIMIT + 2}
    text = machine.grantctl("client", "show", client["client_id"])
    assert f"from {HOME} until " in text.stdout
    assert f"grantctl client forgive {client['client_id']}" in text.stderr


def let_a_wait_pass(machine, client, address):
    while ask(machine, client, address) == 429:
        pass


def test_forgiving_ends_every_wait_at_the_next_request(machine, client):
    other = machine.register(client["client_id"] + "-other")
    for each in client, other:
        for address in HOME, NETWORK:
            lock_out(machine, each, address)
    done = machine.grantctl("client", "forgive", client["client_id"])
    assert "2 addresses" in done.stdout
    assert [ask(machine, client, address) for address in (HOME, NETWORK)] == [200, 200]
    assert [ask(machine, client, HOME, "wrong") for _ in range(LIMIT)] == [401] * LIMIT
    assert "No failures" in machine.grantctl("client", "forgive", client["client_id"], "--origin", ELSEWHERE).stdout
    kept = json.loads(machine.grantctl("client", "forgive", other["client_id"], "--json").stdout)["forgiven"]
    assert {entry["address"] for entry in kept} == {HOME, "2001:db8:0:7::/64"}
    lines = [json.loads(line) for line in machine.audit.read_text().splitlines()]
    assert [line["client"] for line in lines if line.get("change") == "forgive"][-3:] == [
        client["client_id"], client["client_id"], other["client_id"],
    ]  # fmt: skip


def test_one_origin_is_forgiven_alone(machine, client):
    for address in HOME, NETWORK:
        for _ in range(3):
            lock_out(machine, client, address)
            let_a_wait_pass(machine, client, address)
        lock_out(machine, client, address)
    machine.grantctl("client", "forgive", client["client_id"], "--origin", "2001:db8:0:7:ffff::")
    assert ask(machine, client, NETWORK) == 200
    assert [entry["address"] for entry in shown(machine, client)] == [HOME]


def test_counts_that_cannot_be_read_do_not_hide_the_client(machine, client):
    if machine.engine:
        pytest.skip("files alone can be taken away")
    file = machine.state / "guesses"
    mode = file.stat().st_mode
    file.chmod(0o644)
    assert shown(machine, client) == []
    file.chmod(mode)


def test_the_engine_cannot_tell_clients_or_addresses_from_the_counts(machine, client):
    if not machine.engine:
        pytest.skip("the engine's keys")
    ask(machine, client, HOME, "wrong")
    keys = machine.engine.members[0].ask("KEYS", "f{*")
    assert keys and not [key for key in keys if bytes(map(int, HOME.split("."))) in key]
    assert not [key for key in keys if client["client_id"].encode() in key]


def test_set_and_end_secret_work_on_the_engine_and_are_audited(machine, client):
    identifier = client["client_id"]
    machine.grantctl("client", "set", identifier, "--scope", "a b")
    machine.grantctl("client", "set", identifier, "--remove-scope", "b")
    machine.grantctl("client", "rotate", identifier, "--overlap", "1d")
    first = json.loads(machine.grantctl("client", "show", identifier, "--json").stdout)["secrets"][0]["id"]
    assert ask(machine, client, ELSEWHERE) == 200
    machine.grantctl("client", "end-secret", identifier, first)
    assert ask(machine, client, ELSEWHERE) == 401
    document = json.loads(machine.grantctl("client", "show", identifier, "--json").stdout)
    assert document["scope"] == "a" and len(document["secrets"]) == 1
    lines = [json.loads(line) for line in machine.audit.read_text().splitlines()]
    assert [line.get("change") for line in lines if line.get("client") == identifier and "change" in line] == [
        "add", "set", "restrict", "rotate", "end_secret",
    ]  # fmt: skip
    refused = machine.grantctl("client", "show", identifier[:-1], check=False)
    assert refused.returncode == 1 and f"did you mean {identifier}?" in refused.stderr
