"""Lock-outs are shown by grantctl and ended by it, with files and with an engine."""

import contextlib
import json
import time

import pytest
from support.engines import single
from support.machines import Machine
from support.temporary import directory, running

SETTINGS = {"GRANTD_FAILURE_DELAY": "1", "GRANTD_FAILURE_LIMIT": "1"}
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


def lock_out(machine, clients):
    """Makes each client wait for 8 seconds at both addresses: a wait that passes doubles the next one."""
    for wait in 1, 2, 4, 0:
        for client in clients:
            assert {ask(machine, client, address, "wrong") for address in (HOME, NETWORK)} <= {401, 429}
        time.sleep(wait and wait + 0.2)


def shown(machine, client):
    return json.loads(machine.grantctl("client", "show", client["client_id"], "--json").stdout)["locked_out"]


def test_lock_outs_are_shown_and_forgiven_by_origin_and_altogether(machine, client):
    other = machine.register(client["client_id"] + "-other")
    assert shown(machine, client) == []
    lock_out(machine, [client, other])
    text = machine.grantctl("client", "show", client["client_id"])
    assert {entry["address"]: entry["failures"] for entry in shown(machine, client)} == {
        HOME: 4,
        "2001:db8:0:7::/64": 4,
    }
    assert ask(machine, client, HOME) == 429 and ask(machine, client, ELSEWHERE) == 200
    assert f"from {HOME} until " in text.stdout
    assert f"grantctl client forgive {client['client_id']}" in text.stderr
    machine.grantctl("client", "forgive", client["client_id"], "--origin", "2001:db8:0:7:ffff::")
    assert ask(machine, client, NETWORK) == 200
    assert "2001" not in machine.grantctl("client", "show", client["client_id"]).stdout
    done = machine.grantctl("client", "forgive", client["client_id"])
    assert f"client {client['client_id']} are forgotten: 1 address" in done.stdout
    assert [ask(machine, client, address) for address in (HOME, NETWORK)] == [200, 200]
    assert ask(machine, client, HOME, "wrong") == 401, "it is counted from the start again"
    assert "No failures" in machine.grantctl("client", "forgive", client["client_id"], "--origin", ELSEWHERE).stdout
    kept = json.loads(machine.grantctl("client", "forgive", other["client_id"], "--json").stdout)["forgiven"]
    assert {entry["address"] for entry in kept} == {HOME, "2001:db8:0:7::/64"}
    lines = [json.loads(line) for line in machine.audit.read_text().splitlines()]
    assert [line["client"] for line in lines if line.get("change") == "forgive"] == [
        *[client["client_id"]] * 3,
        other["client_id"],
    ]


@pytest.mark.parametrize("machine", ["files"], indirect=True)
def test_a_file_of_counts_that_is_of_no_use_does_not_hide_the_client(machine, client):
    lock_out(machine, [client])
    file = machine.state / "guesses"
    mode = file.stat().st_mode
    file.chmod(0o644)
    try:
        assert shown(machine, client) == []
    finally:
        file.chmod(mode)
    assert len(shown(machine, client)) == 2


@pytest.mark.parametrize("machine", ["engine"], indirect=True)
def test_the_engine_cannot_tell_clients_or_addresses_from_the_counts(machine, client):
    member = machine.engine.members[0]
    # What is dumped is otherwise compressed.
    member.ask("CONFIG", "SET", "rdbcompression", "no")
    before = set(member.ask("KEYS", "f{*"))
    assert ask(machine, client, HOME, "wrong") == 401
    assert set(member.ask("KEYS", "f{*")) > before
    keys = member.ask("KEYS", "[fbp]{*")
    for held in filter(None, [*keys, *(member.ask("DUMP", key) for key in keys)]):
        assert client["client_id"].encode() not in held
        assert HOME.encode() not in held and bytes(map(int, HOME.split("."))) not in held


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
