"""Keys: tokens by Basic, signed ones, and tokens by private_key_jwt, in turn; checks of both kinds of token; the start of a
CGI process and a worker's memory with and without a signing key.

KEYS_ROUNDS and KEYS_SECONDS make a run shorter or longer."""

import base64
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from measuring import load
from support.programs import GRANTD, cgi_request, environment, grantctl
from support.signing import API, change_members, signing_site
from support.temporary import directory

ROUNDS, SECONDS = int(os.environ.get("KEYS_ROUNDS", "7")), int(os.environ.get("KEYS_SECONDS", "3"))
ASKED, STARTS = 5_000, 100
# The least that is aimed at, of the rate of opaque tokens by Basic or of their checks.
TARGETS = {"signed by Basic": 0.65, "opaque by private_key_jwt": 0.4, "checks of signed tokens": 0.9}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Asserting:
    """A client's key, and assertions by it, each with a jti of its own."""

    def __init__(self, issuer):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._claims = {"iss": "asserting", "sub": "asserting", "aud": issuer}
        numbers = self._key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "one", "alg": "ES256", "use": "sig"}
        self._head = base64url(json.dumps({"alg": "ES256", "kid": "one", "typ": "JWT"}).encode())
        self._made = 0

    def write(self, path, count):
        """Writes so many new ones to a file, one a line."""
        with path.open("w") as file:
            for _ in range(count):
                file.write(self._assertion() + "\n")

    def _assertion(self):
        self._made += 1
        now = int(time.time())
        claims = self._claims | {"jti": f"{self._made}-{os.urandom(8).hex()}", "iat": now, "exp": now + 250}
        text = f"{self._head}.{base64url(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def tokens(site, client, path):
    """Live tokens, one a line."""
    form = {"grant_type": "client_credentials"}
    with requests.Session() as session, path.open("w") as file:
        session.auth = (client.id, client.secret)
        for _ in range(ASKED):
            file.write(session.post(site.token_url, data=form, timeout=10).json()["access_token"] + "\n")


def measured(site, path, asserting, clients):
    """Rates by what was asked for, a list each."""

    def by_basic(client):
        os.environ["CREDENTIALS"] = base64.b64encode(f"{client.id}:{client.secret}".encode()).decode()
        return load(site.token_url, SECONDS, script="basic.lua")

    def by_assertion(fastest):
        os.environ["ASSERTIONS"] = str(path / "assertions")
        asserting.write(path / "assertions", int(fastest * SECONDS * 1.3) + 1000)
        return load(site.token_url, SECONDS, script="assertion.lua")

    def checks(name):
        os.environ["TOKENS"] = str(path / name)
        return load(f"{site.issuer}/check?audience={API}", SECONDS, script="check.lua")

    rates = {name: [] for name in ("opaque by Basic", *TARGETS, "checks of opaque tokens")}
    for turn in range(ROUNDS + 1):
        opaque = by_basic(clients["opaque"])
        found = {
            "opaque by Basic": opaque,
            "signed by Basic": by_basic(clients["signed"]),
            "opaque by private_key_jwt": by_assertion(opaque),
            "checks of opaque tokens": checks("opaque"),
            "checks of signed tokens": checks("signed"),
        }
        # The first round warms up.
        for name, rate in found.items() if turn else ():
            rates[name].append(rate)
    return rates


def resident(pid):
    return int(re.search(r"VmRSS:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def cgi_milliseconds(issuer, kinds):
    """From the start of a CGI process to its answer with a token: medians by kind, whose state and client take turns."""
    taken = {kind: [] for kind in kinds}
    for _ in range(STARTS):
        for kind, (state, client) in kinds.items():
            taken[kind].append(cgi(state, issuer, client))
    return {kind: statistics.median(found) for kind, found in taken.items()}


def cgi(state, issuer, client):
    request, body = cgi_request(client.id, client.secret)
    surroundings = environment(state, GRANTD_ISSUER=issuer, **request)
    start = time.perf_counter()
    done = subprocess.run([GRANTD], env=surroundings, input=body, capture_output=True, check=True)
    taken = (time.perf_counter() - start) * 1000
    assert b'"access_token"' in done.stdout, done.stdout
    return taken


with directory() as path, contextlib.ExitStack() as stack:
    site = stack.enter_context(signing_site(GRANTD_LOG_LEVEL="warning"))
    clients = {
        "opaque": site.client("opaque", access_token_format="opaque"),
        "signed": site.client("signed"),
    }
    asserting = Asserting(site.issuer)
    grantctl(site.state, "client", "add", "asserting")
    registration = site.state / "clients/asserting.json"
    change_members(
        registration,
        secrets=None,
        jwks={"keys": [asserting.jwk]},
        token_endpoint_auth_method="private_key_jwt",
        audiences=[API],
        default_audience=API,
    )
    keyless = path / "keyless"
    shutil.copytree(site.state, keyless)
    site.key("add")
    starts = cgi_milliseconds(
        site.issuer,
        {
            "keyless": (keyless, clients["opaque"]),
            "opaque": (site.state, clients["opaque"]),
            "signed": (site.state, clients["signed"]),
        },
    )
    tokens(site, clients["opaque"], path / "opaque")
    before = max(map(resident, site.pool.pids))
    tokens(site, clients["signed"], path / "signed")
    rates = measured(site, path, asserting, clients)
    after = max(map(resident, site.pool.pids))

print(f"Requests a second, medians of {ROUNDS} rounds of {SECONDS} s:")
for name, found in rates.items():
    of = "checks of opaque tokens" if name.startswith("checks") else "opaque by Basic"
    ratios = sorted(rate / other for rate, other in zip(found, rates[of], strict=True))
    said = f"  {name}: {statistics.median(found):.0f}"
    if name in TARGETS:
        said += f", {statistics.median(ratios):.2f} of {of} (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f}; target {TARGETS[name]})"
    print(said)
print(
    f"CGI, medians of {STARTS}: an opaque token {starts['keyless']:.1f} ms without a key, {starts['opaque']:.1f} ms with one;"
    f" a signed token {starts['signed']:.1f} ms"
)
print(f"a worker's resident memory: {before:.1f} MB after opaque tokens, {after:.1f} MB after all the above")
