"""The requests that README shows, by curl and word for word."""

import json
import re
import subprocess

import pytest

REQUESTS = {
    "JSON": """curl -X POST http://localhost:8888/oauth2/token -H 'content-type: application/json' \\
      -d '{"client_id":"web-app","client_secret":"client-secret", "grant_type":"client_credentials"}'""",
    "Basic": """curl -X POST http://localhost:8888/oauth2/token -H 'Authorization: Basic d2ViLWFwcDpjbGllbnQtc2VjcmV0' \\
      -H 'Content-Type: application/x-www-form-urlencoded' -d 'grant_type=client_credentials'""",
    "form": """curl -X POST http://localhost:8888/oauth2/token \\
      -d grant_type=client_credentials -d client_id=web-app -d client_secret=client-secret""",
    "-u": "curl -u web-app:client-secret -d grant_type=client_credentials http://localhost:8888/oauth2/token",
}


@pytest.mark.parametrize("command", REQUESTS.values(), ids=REQUESTS)
def test_curl_gets_a_token(shared, command):
    command = command.replace("8888", str(shared.nginx.port))
    done = subprocess.run(["bash", "-c", command], text=True, capture_output=True, check=True)
    assert re.fullmatch(r'{"access_token":"[A-Za-z0-9_-]{43,80}","token_type":"bearer","expires_in":3600}', done.stdout)
    assert shared.inspect(json.loads(done.stdout)["access_token"])["client_id"] == "web-app"


@pytest.mark.parametrize(
    "identifier, secret",
    [("raw%41", "100%25+m"), ("raw+plus", "a+b/c=="), ("a space", "to be"), ("zoë", "pässwörd 中"), ("x", "a:b:c")],
)
def test_curl_u_does_not_encode_and_is_understood(shared, identifier, secret):
    shared.add(identifier, secret=secret)
    done = subprocess.run(
        ["curl", "-sS", "-K", "-", "-d", "grant_type=client_credentials", shared.token_url],
        input=f'user = "{identifier}:{secret}"\n',
        text=True,
        capture_output=True,
        check=True,
    )
    assert "access_token" in json.loads(done.stdout), done.stdout
