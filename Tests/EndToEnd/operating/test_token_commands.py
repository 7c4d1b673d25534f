"""`grantctl token request`, which asks as a client does, and what `token inspect` says of tokens that are not active."""

import base64
import contextlib
import http.server
import json
import shutil
import ssl
import subprocess
import threading
import time
import urllib.parse

import pytest
from support.certificates import self_signed
from support.programs import GRANTCTL, environment, free_port, grantctl, wait_until
from support.site import CHOSEN, site
from support.temporary import directory

SECRET = "Sw0rdf1sh-and-more"


def request(url, *arguments, secret=SECRET, client="robot", **settings):
    """Runs `grantctl token request` where there is no state; the secret is in none of what it prints."""
    command = [GRANTCTL, "token", "request", *([url] if url else []), "--client", client, *arguments]
    done = subprocess.run(
        command, env=environment("/nonexistent", **settings), input=secret, text=True, capture_output=True, timeout=20
    )
    assert secret not in done.stdout + done.stderr
    return done


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers every request with what the server's `answer` is, and keeps the request's headers and body."""

    def do_POST(self):
        self.server.seen = (self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(certificate=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        server.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/oauth2"
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def other():
    """A server that is not grantd."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def place():
    """A site whose client `robot` has a chosen secret."""
    with site(settings={"GRANTD_FAILURE_LIMIT": "3", "GRANTD_FAILURE_DELAY": "0"}) as made:
        made.add("robot", "--scope", "read write", secret=SECRET)
        yield made


@pytest.mark.parametrize("way", ["basic", "form", "json"])
def test_a_token_is_printed_alone(place, way):
    done = request(f"{place.url}/oauth2", "--as", way, "--scope", "read")
    assert (done.returncode, done.stderr) == (0, "")
    assert place.inspect(done.stdout)["scope"] == "read"


def test_a_repeated_scope_adds_up(place):
    done = request(f"{place.url}/oauth2", "--scope", "read", "--scope", "write")
    assert place.inspect(done.stdout)["scope"] == "read write"


def test_json_is_the_server_s_whole_answer(place):
    done = request(f"{place.url}/oauth2/token", "--json")
    assert json.loads(done.stdout).keys() == {"access_token", "token_type", "expires_in", "scope"}


def test_the_issuer_of_the_settings_is_asked(place):
    done = request(None, GRANTD_ISSUER=f"{place.url}/oauth2")
    assert place.inspect(done.stdout)["active"]
    done = request(None)
    assert done.returncode == 64 and "GRANTD_ISSUER" in done.stderr and "URL" in done.stderr


@pytest.mark.parametrize("way", ["basic", "form", "json"])
def test_an_id_and_a_secret_of_any_characters_arrive(other, way):
    other.answer = (200, {}, '{"access_token": "abc"}')
    identifier, secret = 'zoë & "co" +%41\\', 'a:b "c"\\n + ü 中 @/etc/passwd'
    assert request(other.url, "--as", way, secret=secret, client=identifier).stdout == "abc\n"
    with site() as made:
        grantctl(made.state, "client", "add", "--secret-stdin", "--", identifier, stdin=secret)
        done = request(f"{made.url}/oauth2", "--as", way, secret=secret, client=identifier)
        assert made.inspect(done.stdout)["client_id"] == identifier, done.stderr


def refusal(done):
    """The explanation of a refusal: the words on standard error, and nothing on standard output."""
    assert (done.returncode, done.stdout) == (1, "")
    assert all(line.startswith("grantctl: ") for line in done.stderr.splitlines())
    return done.stderr


def test_refusals_by_grantd_are_explained(place):
    url = f"{place.url}/oauth2"
    assert (
        "401 invalid_client" in (said := refusal(request(url, secret="wrong secret"))) and "client rotate robot" in said
    )
    assert "invalid_scope" in (said := refusal(request(url, "--scope", "admin"))) and "client show robot" in said
    assert "404" in (said := refusal(request(f"{place.url}/auth"))) and "mount" in said
    for _ in range(4):
        done = request(url, "--json", client="guessed", secret="wrong secret")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and done.stderr == ""
    assert (told["status"], told["error"]) == (429, "temporarily_unavailable") and told["retry_after"] > 0
    assert f"Wait {told['retry_after']} seconds" in told["remedy"]


HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    "answer, words",
    [
        ((301, {"Location": "https://www.example.com/oauth2/token"}, ""), ["https://www.example.com", "not followed"]),
        ((200, HTML, "<html>"), ["not an answer of a token endpoint (text/html; charset=utf-8)", "mount"]),
        ((200, {"Content-Type": "application/json"}, '{"token": 1}'), ["not an answer", "another application"]),
        ((401, HTML | {"WWW-Authenticate": "Basic realm=x"}, ""), ["asks for a password", "grantd.server.conf"]),
        ((403, HTML, ""), ["refuses this address", "allow, deny"]),
        ((404, HTML, ""), ["Nothing is mounted", "grantd.server.conf"]),
        ((429, {"Retry-After": "17"}, ""), ["nginx limits", "17 seconds"]),
        ((502, HTML, ""), ["no worker", "systemctl start grantd"]),
        ((503, {"Retry-After": "6"}, '{"error":"temporarily_unavailable"}'), ["cannot issue", "6 seconds"]),
        ((400, {}, '{"error":"unauthorized_client"}'), ["client_credentials", "grant_types"]),
        ((400, {}, json.dumps({"error": "no\n\x1b[1m", "error_description": SECRET})), ["<secret>", "400 no\ufffd\ufffd[1m"]),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_a_token_is_explained(other, answer, words):
    other.answer = answer
    said = refusal(request(other.url))
    assert [word for word in words if word not in said] == [], said


def test_a_secret_that_the_server_repeats_is_shown_in_no_spelling(other):
    secret = "it's 100 % s3cret"
    basic = base64.b64encode(f"robot:{urllib.parse.quote(secret, safe='')}".encode()).decode()
    spellings = [secret, urllib.parse.quote(secret, safe=""), basic]
    other.answer = (400, {}, json.dumps({"error": "invalid_request", "error_description": " | ".join(spellings)}))
    said = refusal(request(other.url, secret=secret))
    assert said.count("<secret>") == 3 and [each for each in spellings if each in said] == []


def test_an_answer_may_not_be_too_long(other):
    other.answer = (200, {}, "x" * (2 << 20))
    assert "longer than 1048576 bytes" in refusal(request(other.url))


def test_no_connection_and_no_name_are_explained():
    said = refusal(request(f"http://127.0.0.1:{free_port()}/oauth2"))
    assert "No program listens" in said and "systemctl status nginx" in said
    # A label of a name has at most 63 characters, so no name server is asked.
    assert "has no address" in refusal(request(f"https://{'x' * 64}.invalid/oauth2"))


def test_a_certificate_is_believed_only_if_its_authority_is_known(tmp_path):
    certificate, key = self_signed(tmp_path)
    with serving((certificate, key)) as server:
        server.answer = (200, {}, '{"access_token": "abc"}')
        said = refusal(request(server.url))
        assert "certificate is not trusted" in said and "--ca FILE" in said
        keys = tmp_path / "keys"
        assert request(server.url, "--ca", str(certificate), SSLKEYLOGFILE=str(keys)).stdout == "abc\n"
        assert not keys.exists()
        assert "file of certificates" in refusal(request(server.url, "--ca", "/nonexistent"))
        refusal(request(server.url.replace("https", "http")))
        assert refusal(request(f"https://localhost:{server.server_port}/oauth2", "--ca", str(certificate)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://127.0.0.1/oauth2", "--secret", SECRET],
        ["http://127.0.0.1/oauth2", "--password", SECRET],
        ["http://127.0.0.1/oauth2", SECRET],
        [f"http://robot:{SECRET}@127.0.0.1/oauth2"],
        [f"http://127.0.0.1/oauth2?client_secret={SECRET}"],
        ["http://example.com/oauth2"],
        ["example.com/oauth2"],
        ["ftp://example.com/oauth2"],
        ["https:///oauth2"],
        ["https://exa mple.com/oauth2"],
    ],
)
def test_a_secret_as_an_argument_and_a_url_that_is_none_are_refused(arguments):
    done = subprocess.run(
        [GRANTCTL, "token", "request", *arguments, "--client", "robot"],
        env=environment("/nonexistent"), input="", text=True, capture_output=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 64 and SECRET not in done.stdout + done.stderr and done.stdout == ""


def test_no_argument_of_curl_holds_anything(other, tmp_path):
    """A curl before the real one writes down what it is called with."""
    curl = tmp_path / "curl"
    real = shutil.which("curl")
    curl.write_text(f'#!/bin/sh\necho "$0 $*" > {tmp_path}/arguments\nexec {real} "$@"\n')
    curl.chmod(0o755)
    other.answer = (200, {}, '{"access_token": "abc"}')
    assert request(other.url, PATH=f"{tmp_path}:/usr/bin:/bin").stdout == "abc\n"
    assert (tmp_path / "arguments").read_text().split()[1:] == ["-q", "--config", "-"]


def test_without_curl_it_is_said(other, tmp_path):
    assert "apt-get install curl" in refusal(request(other.url, PATH=str(tmp_path)))


# token inspect and revoke


def inspected(state, text):
    """What `token inspect` says, as text and as JSON; both agree on the status."""
    told = json.loads(grantctl(state, "token", "inspect", "--json", stdin=text, check=False).stdout)
    done = grantctl(state, "token", "inspect", stdin=text, check=False)
    assert done.returncode == (0 if told["active"] else 1)
    return told, done.stdout


@pytest.fixture(scope="module")
def answer(place):
    return place.grant("robot", SECRET).text


@pytest.mark.parametrize(
    "form",
    [
        "{token}",
        "  {token}\n\n",
        '"{token}"',
        "Bearer {token}",
        "Authorization: Bearer {token}\r\n",
        "authorization:bearer   {token}",
        "'Authorization: Bearer {token}',",
        "{answer}",
        "\n\n  {answer}\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{answer}",
    ],
)
def test_a_token_is_taken_in_any_form(place, answer, form):
    text = form.replace("{answer}", answer).replace("{token}", json.loads(answer)["access_token"])
    assert inspected(place.state, text)[0]["client_id"] == "robot"


def test_a_token_is_revoked_in_any_form(place):
    fresh = place.grant("robot", SECRET).json()["access_token"]
    done = grantctl(place.state, "token", "revoke", "--json", stdin=f"Authorization: Bearer {fresh}\n")
    assert json.loads(done.stdout) == {"revoked": True}
    done = grantctl(place.state, "token", "revoke", "--json", stdin=fresh, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (1, {"revoked": False, "reason": "revoked"})


@pytest.mark.parametrize(
    "text", ['{"error": "invalid_client"}', '{"access_token": 1}', '{"access_token', "", " \n", "{}"]
)
def test_an_input_without_a_token_is_wrong_usage(place, text):
    done = grantctl(place.state, "token", "inspect", stdin=text, check=False)
    assert (done.returncode, done.stdout) == (64, "") and done.stderr.startswith("grantctl: ")


@pytest.mark.parametrize(
    "text, reason, words",
    [
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "looks_like_jwt", "another authorization server"),
        ("A" * 43, "looks_like_client_secret", "grantctl token request"),
        ("A" * 50, "cut_short", "50 characters"),
        ("A" * 66, "too_long", "66 characters"),
        ("A" * 100, "too_long", "100 characters"),
        ("A" * 64, "foreign", "state directory"),
        ("A" * 60 + "+/==", "malformed", "64"),
    ],
)
def test_what_is_no_token_of_this_server_is_told_by_its_form(place, text, reason, words):
    told, said = inspected(place.state, text)
    assert told == {"active": False, "reason": reason} and words in said and text not in said


def test_why_a_token_is_not_active(place):
    """One client a reason; each token was active before."""
    tokens = {}
    for name in ["expired", "revoked", "disabled", "removed", "unusable", "renewed", "recreated", "dated"]:
        secret = place.add(name, *(["--lifetime", "5"] if name == "expired" else []))
        tokens[name] = place.grant(name, secret).json()["access_token"]
        assert inspected(place.state, tokens[name])[0]["client_id"] == name
    grantctl(place.state, "token", "revoke", stdin=tokens["revoked"])
    for command in ["disable disabled", "remove removed", "revoke-tokens renewed", "remove recreated", "add recreated"]:
        grantctl(place.state, "client", *command.split())
    (place.state / "clients/unusable.json").write_text("{")
    dated = place.state / "clients/dated.json"
    dated.write_text(json.dumps(json.loads(dated.read_text()) | {"not_before": int(time.time()) + 3600}))

    def has_expired():
        return "expired at" in grantctl(place.state, "token", "inspect", stdin=tokens["expired"], check=False).stdout

    wait_until(has_expired, "a token to expire", 20)
    told = {name: inspected(place.state, token) for name, token in tokens.items()}
    assert {name: reason["reason"] for name, (reason, _) in told.items()} == {
        "expired": "expired", "revoked": "revoked", "disabled": "client_disabled", "removed": "client_removed",
        "unusable": "client_unusable", "renewed": "client_tokens_revoked", "recreated": "client_tokens_revoked",
        "dated": "issued_before_not_before",
    }  # fmt: skip
    assert [name for name, (_, said) in told.items() if f"client {name}" not in said] == []
    assert "grantctl client enable disabled" in told["disabled"][1]


def test_a_token_whose_record_is_gone_and_one_of_another_state_are_told_apart():
    with site() as made, directory() as other:
        token = made.grant("web", made.add("web", secret=CHOSEN)).json()["access_token"]
        grantctl(other / "state", "client", "add", "web")
        assert inspected(other / "state", token)[0]["reason"] == "foreign"
        for file in (made.state / "tokens").iterdir():
            file.unlink()
        told, said = inspected(made.state, token)
        assert told["reason"] == "record_missing" and str(made.state) in said
