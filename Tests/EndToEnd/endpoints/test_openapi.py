"""deploy/openapi.yaml describes what grantd answers behind nginx: schemathesis asks what the document allows and forbids."""

import re
import subprocess
import sys

import pytest
import requests
import schemathesis
import yaml
from openapi_spec_validator import validate
from support.certificates import self_signed
from support.programs import ROOT, free_port
from support.site import site
from support.temporary import directory

DOCUMENT = ROOT / "deploy/openapi.yaml"
WELL_KNOWN = "/.well-known/oauth-authorization-server/oauth2"
SETTINGS = {
    "GRANTD_FAILURE_LIMIT": "0",
    "GRANTD_FAILURE_DELAY": "1",
    "GRANTD_ISSUER": "https://example.com/oauth2",
}
# All checks but these: nginx itself answers TRACE, before it looks at a location, and every method is a check.
LEFT_OUT = "unsupported_method"
# Random scopes and credentials beside those in Authorization are rightly 400, and random audiences of a check 403.
CONFIGURATION = """
[auth.openapi.basic]
username = "tester"
password = "{secret}"

[auth.openapi.bearer]
bearer = "{token}"

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403"]
"""


@pytest.fixture(scope="module")
def document():
    return yaml.safe_load(DOCUMENT.read_text())


@pytest.fixture(scope="module")
def described(document):
    """A site over TLS, and `operation`, which holds an answer against the document."""
    with directory() as path:
        certificate, key = self_signed(path)
        port = free_port()
        tls = f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
        with site(settings=SETTINGS, server=tls) as made:
            made.origin = f"https://127.0.0.1:{port}"
            made.secret = made.add("tester", "--scope", "orders.read orders.write", "--introspect")
            made.token = made.grant("tester", made.secret).json()["access_token"]
            made.path = path
            yield made


def hold(document, path, method, answer):
    """Fails unless an answer has a status, headers and a body that the document has."""
    assert str(answer.status_code) in document["paths"][path][method.lower()]["responses"]
    schemathesis.openapi.from_dict(document)[path][method].validate_response(answer)


def test_the_document_is_valid(document):
    validate(document)


def test_its_version_is_that_of_the_changelog(document):
    changelog = (ROOT / "deploy/debian/changelog").read_text()
    assert document["info"]["version"] == re.match(r"grantd \((.+?)\)", changelog)[1]


def test_it_describes_every_endpoint(document):
    source = (ROOT / "Sources/Counters/Layout/CountedEndpoint.swift").read_text()
    assert set(document["paths"]) == {*re.findall(r'case "(/\w+)":', source), WELL_KNOWN}


def test_grantd_answers_as_the_document_says(described):
    configuration = described.path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.format(secret=described.secret, token=described.token))
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", configuration]
        + ["run", DOCUMENT, "--origin", described.origin, "--tls-verify", "false", "--no-color"]
        + ["--exclude-path", WELL_KNOWN]
        + ["--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--generation-deterministic"]
        + [
            "--checks",
            "all",
            "--exclude-checks",
            LEFT_OUT,
            "--continue-on-failure",
            "--no-shrink",
            "--warnings",
            "off",
        ],
        cwd=described.path,
        text=True,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Nothing was left out by mistake.
    assert re.search(r"Tested: 9\b", done.stdout) and int(re.search(r"(\d+) generated", done.stdout)[1]) > 250


def test_the_metadata_has_two_places(described, document):
    """The second is below another server than the rest, which schemathesis does not ask."""
    answers = [requests.get(described.url + path, timeout=10) for path in ("/oauth2/metadata", WELL_KNOWN)]
    hold(document, "/metadata", "GET", answers[0])
    hold(document, WELL_KNOWN, "GET", answers[1])
    assert answers[0].json() == answers[1].json() and answers[0].status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_other_method_is_405_as_the_document_says(described, document, method):
    for path, operations in document["paths"].items():
        if method.lower() in operations or path in ("/check", WELL_KNOWN):
            continue
        answer = requests.request(method, f"{described.url}/oauth2{path}", timeout=10)
        assert answer.status_code == 405 and answer.headers["Allow"] in ("POST", "GET, HEAD")
        hold(document, path, next(iter(operations)).upper(), answer)


def test_what_is_too_large_or_of_another_type_is_answered_as_the_document_says(described, document):
    for path in ("/token", "/introspect", "/revoke"):
        for status, body, kind in [(413, "x" * 20_000, "application/json"), (415, "<a/>", "text/xml")]:
            answer = requests.post(
                f"{described.url}/oauth2{path}", data=body, headers={"Content-Type": kind}, timeout=10
            )
            assert answer.status_code == status
            hold(document, path, "POST", answer)


def test_a_denied_check_is_answered_as_the_document_says(described, document):
    for status, token, query in [
        (401, "x" * 64, ""),
        (403, described.token, "?scope=admin"),
        (204, described.token, ""),
    ]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.get(f"{described.url}/oauth2/check{query}", headers=headers, timeout=10)
        assert answer.status_code == status
        hold(document, "/check", "GET", answer)


def test_too_many_failures_and_what_is_switched_off_are_answered_as_the_document_says(document):
    with site(settings={"GRANTD_FAILURE_LIMIT": "1", "GRANTD_FAILURE_DELAY": "1", "GRANTD_METRICS": "off"}) as made:
        made.add("tester")
        for status in (401, 429):
            answer = made.grant("tester", "wrong")
            assert answer.status_code == status
            hold(document, "/token", "POST", answer)
        for path, status in [("/metadata", 404), ("/metrics", 404)]:
            answer = requests.get(f"{made.url}/oauth2{path}", timeout=10)
            assert answer.status_code == status
            hold(document, path, "GET", answer)
        forwarded = requests.get(f"{made.url}/oauth2/status", headers={"Via": "1.1 proxy"}, timeout=10)
        assert forwarded.status_code == 403
        hold(document, "/status", "GET", forwarded)
        made.pool.stop()
        try:
            for path, operations in document["paths"].items():
                [method] = map(str.upper, operations.keys() - {"servers"})
                base = made.url if path == WELL_KNOWN else f"{made.url}/oauth2"
                answer = requests.request(method, base + path, timeout=10)
                assert answer.status_code == 502
                hold(document, path, method, answer)
        finally:
            made.pool.start()
