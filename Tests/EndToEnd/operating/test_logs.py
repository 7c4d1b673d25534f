"""No secret and no token reaches a log or an argument list."""

import base64
import json

import requests
from support.programs import grantctl
from support.site import CHOSEN


def test_logs_hold_the_reason_and_never_a_secret_or_a_token(own):
    own.add("web-app", secret=CHOSEN)
    generated = own.add("generated")
    wrong = "a-wrong-secret"
    tokens = [
        own.grant(identifier, secret).json()["access_token"]
        for identifier, secret in [("web-app", CHOSEN), ("generated", generated)]
    ]
    for identifier in ("web-app", "generated", "nobody"):
        assert own.grant(identifier, wrong).status_code == 401
    encoded = base64.b64encode(f"web-app:{wrong}".encode()).decode()
    for headers, body in [
        ({"Authorization": f"Basic {encoded}"}, "grant_type=client_credentials"),
        ({"Authorization": f"Basic {encoded}!"}, "grant_type=client_credentials"),
        ({"Content-Type": "text/xml"}, f"client_secret={wrong}"),
        ({"Content-Type": "application/json"}, f'{{"client_secret":"{wrong}", "client_secret":"{generated}"}}'),
        ({"Content-Type": "application/json"}, f'{{"client_secret":"{wrong}'),
    ]:
        assert requests.post(own.token_url, data=body, headers=headers, timeout=10).status_code >= 400
    requests.post(f"{own.token_url}?client_secret={wrong}", timeout=10)
    administration = [
        grantctl(own.state, "token", "inspect", stdin=tokens[0]),
        grantctl(own.state, "token", "revoke", stdin=tokens[1]),
        grantctl(own.state, "token", "stats", "--json"),
        grantctl(own.state, "client", "show", "web-app", "--json"),
        grantctl(own.state, "client", "list"),
    ]
    own.pool.stop()

    log = own.pool.log.read_text()
    said = log + "".join(done.stdout + done.stderr for done in administration)
    for secret in (CHOSEN, generated, wrong, encoded, *tokens):
        assert secret not in said
    for word in ("web-app", "nobody", "127.0.0.1", "wrong secret", "unknown client"):
        assert word in log, log


def test_no_secret_is_stored_in_clear(own):
    own.add("web-app", secret=CHOSEN)
    secrets = [CHOSEN, own.add("generated")]
    secrets.append(own.grant("generated", secrets[1]).json()["access_token"])
    kept = b"".join(path.read_bytes() for path in own.state.rglob("*") if path.is_file())
    assert kept and not [secret for secret in secrets if secret.encode() in kept]


def test_a_client_is_shown_without_its_secret(own):
    secret = own.add("generated")
    shown = json.loads(grantctl(own.state, "client", "show", "generated", "--json").stdout)
    assert shown["client_id"] == "generated" and secret not in json.dumps(shown)
