"""grantctl client import, of what other servers export: their clients get tokens with the secrets that they have."""

import json
import subprocess
from pathlib import Path

import pytest
import requests
from support.programs import GRANTCTL, environment

EXPORTS = Path(__file__).parent / "exports"
# The secrets of the clients in EXPORTS.
SECRETS = {
    "billing": "mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6A",
    "reports": "4c1c2f0e-6a0b-4b8e-9c70-1f6f3f7f7a55",
    "ledger": "hydra-bcrypt-secret-2f81",
    "lab-import": "verysecret-lab",
}


@pytest.fixture
def importing(tmp_path):
    """Runs grantctl on a state directory that is not there yet; answers with the finished process."""

    def run(*arguments, state=tmp_path / "state", stdin=""):
        return subprocess.run(
            [GRANTCTL, *arguments], env=environment(state), text=True, input=stdin, capture_output=True, timeout=60
        )

    run.state = tmp_path / "state"
    return run


def shown(run, identifier):
    document = json.loads(run("client", "show", identifier, "--json").stdout)
    return {key: value for key, value in document.items() if key not in ("generation", "grant_types", "client_id")}


def reasons(entries, name="reason"):
    return [(entry["client_id"], entry[name]) for entry in entries]


@pytest.mark.parametrize(
    ("option", "file", "identifier"),
    [
        ("--keycloak", "keycloak-realm.json", "billing"),
        ("--hydra", "hydra-rows.ndjson", "ledger"),
        ("--aidbox", "aidbox-bundle.json", "lab-import"),
    ],
)
def test_a_client_of_each_system_gets_a_token_with_its_old_secret(own, importing, option, file, identifier):
    done = importing("client", "import", option, EXPORTS / file, state=own.state)
    assert done.returncode == 1, "each export has something that cannot be taken over"
    assert not [secret for secret in SECRETS.values() if secret in done.stdout + done.stderr]
    assert own.grant(identifier, SECRETS[identifier] + "x").status_code == 401
    basic = own.grant(identifier, SECRETS[identifier])
    if identifier == "ledger":
        assert basic.json()["error"] == "invalid_client", "Hydra holds it to client_secret_basic"
        form = {"grant_type": "client_credentials"}
        basic = requests.post(own.token_url, data=form, auth=(identifier, SECRETS[identifier]), timeout=10)
    assert basic.status_code == 200 and basic.json()["access_token"], basic.text


def test_a_realm_of_keycloak(importing):
    told = json.loads(importing("client", "import", "--keycloak", "--json", EXPORTS / "keycloak-realm.json").stdout)
    assert (told["imported"], told["without_secret"], told["dry_run"]) == (["billing", "reports"], [], False)
    assert reasons(told["skipped"]) == [
        ("account", "it is public: it has no secret"),
        ("broker", "it is bearer-only: it gets no tokens"),
        ("urn:saml:sp", "its protocol is saml"),
    ]
    assert reasons(told["refused"]) == [
        ("signed", "it authenticates by a signed assertion, and the export does not contain its jwks.string")
    ]
    assert [client for client, _ in reasons(told["notes"], "note")] == ["billing", "reports", "reports"]
    billing, reports = shown(importing, "billing"), shown(importing, "reports")
    assert [secret.pop("id") for secret in billing["secrets"] + reports["secrets"]]
    assert billing == {
        "client_name": "Billing run", "scope": "orders.read orders.write", "access_token_lifetime": 600,
        "active": True, "introspect": False, "locked_out": [],
        "secrets": [{"kind": "sha256", "created_at": 1760000000}],
    }  # fmt: skip
    assert reports["secrets"][0].pop("created_at")
    assert reports == {
        "scope": "reports.read", "access_token_lifetime": 300, "active": False, "introspect": False, "locked_out": [],
        "secrets": [{"kind": "crypt", "expires_at": 4000000000}],
    }  # fmt: skip


def test_clients_of_hydra_that_come_without_secrets_get_one_by_rotate(own, importing):
    text = (EXPORTS / "hydra-clients.json").read_text()
    done = importing("client", "import", "--hydra", stdin=text, state=own.state)
    identifier = "0e1a4a54-2f0f-4b93-8f4c-55b0f3f0c0a1"
    assert (done.returncode, done.stdout) == (1, "1 client was imported, 1 skipped.\n")
    assert f"grantctl: client {identifier}: the export does not contain its secret\n" in done.stderr
    assert "client web-shop was skipped: it has no client_credentials grant" in done.stderr
    importing("client", "rotate", identifier, "--secret-stdin", stdin="the-old-one", state=own.state)
    answer = own.grant(identifier, "the-old-one").json()
    assert (answer["expires_in"], answer["scope"]) == (1800, "orders.read orders.write")


def test_rows_of_hydras_table(importing):
    told = json.loads(importing("client", "import", "--hydra", "--json", EXPORTS / "hydra-rows.ndjson").stdout)
    assert (told["imported"], told["without_secret"]) == (["ledger", "stock"], ["stock"])
    assert reasons(told["refused"]) == [
        ("old", "it authenticates by private_key_jwt, and the export does not contain its jwks")
    ]
    notes = reasons(told["notes"], "note")
    assert notes[0] == ("stock", "its secret is hashed by PBKDF2, which grantd does not use")
    assert notes[1][0] == "stock" and "grantctl client rotate" in notes[1][1] and len(notes) == 2
    ledger = shown(importing, "ledger")
    assert (ledger["access_token_lifetime"], ledger["token_endpoint_auth_method"]) == (900, "client_secret_basic")


def test_a_bundle_of_aidbox(importing):
    told = json.loads(importing("client", "import", "--aidbox", "--json", EXPORTS / "aidbox-bundle.json").stdout)
    assert told["imported"] == ["lab-import"] and len(told["notes"]) == 3
    assert reasons(told["skipped"]) == [
        ("root", "it has no client_credentials grant, but basic"),
        ("allow-lab", "its resourceType is AccessPolicy"),
    ]
    assert [client for client, _ in reasons(told["refused"])] == ["backend"]
    lab = shown(importing, "lab-import")
    assert (lab["scope"], lab["access_token_lifetime"]) == ("system/Patient.read system/Observation.write", 900)


def test_clients_that_exist_are_left_alone(importing):
    importing("client", "add", "billing")
    before = (importing.state / "clients/billing.json").read_bytes()
    done = importing("client", "import", "--keycloak", EXPORTS / "keycloak-realm.json")
    assert done.returncode == 1 and "client billing was refused: client billing exists" in done.stderr
    assert done.stdout == "1 client was imported, 3 skipped, 2 refused.\n"
    assert (importing.state / "clients/billing.json").read_bytes() == before


def test_a_dry_run_creates_nothing(importing):
    importing("client", "add", "other")
    for option, file in ("--keycloak", "keycloak-realm.json"), ("--aidbox", "aidbox-bundle.json"):
        done = importing("client", "import", option, EXPORTS / file, "--dry-run")
        assert done.returncode == 1 and "would be imported" in done.stdout
    assert [file.name for file in (importing.state / "clients").iterdir()] == ["other.json"]


@pytest.mark.parametrize("option", ["--hydra", "--keycloak", "--aidbox"])
@pytest.mark.parametrize("text", ["", "clients:\n  - id: a\n", '{"client_id": "a"', '[{"clientId": "a"},]'])
def test_what_is_not_json_is_told_and_nothing_is_imported(importing, option, text):
    done = importing("client", "import", option, stdin=text)
    assert (done.returncode, done.stdout) == (1, "") and "nothing was imported: the input is" in done.stderr


def test_a_file_that_is_not_there_is_told(importing):
    done = importing("client", "import", "--hydra", "/nowhere/clients.json")
    assert done.returncode == 1 and "/nowhere/clients.json cannot be read: No such file or directory" in done.stderr
