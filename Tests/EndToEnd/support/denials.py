"""What a denied request to the site is told, and what callers try."""

import itertools
import re

INVALID = 'Bearer realm="grantd", error="invalid_token", error_description="the token is unknown, expired or revoked: get a new one"'
LACKS = (
    'Bearer realm="grantd", error="insufficient_scope",'
    ' error_description="the token lacks a scope that this needs", scope="{}"'
)
TOLD = ("Client-Id", "Scope", "Expires")


def check_denied(answer, status, challenge):
    assert answer.status_code == status, answer.text
    assert answer.headers.get("WWW-Authenticate") == challenge
    assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers and len(answer.content) == int(answer.headers["Content-Length"])
    assert "broken" not in answer.text
    # RFC 6750 §3.1: the body says what the challenge says.
    found = re.search(r'error="(\w+)"', challenge or "")
    error = "temporarily_unavailable" if status == 500 else found and found[1]
    assert answer.json().get("error") == error and "error_description" in answer.json()


def spellings(name):
    """A header's name with every mixture of - and _, and of other signs that some applications take for them."""
    words = name.split("-")
    for signs in itertools.product("-_", repeat=len(words) - 1):
        yield "".join(itertools.chain(*zip(words, [*signs, ""])))
