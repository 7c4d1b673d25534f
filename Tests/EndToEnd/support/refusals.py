"""What every refusal of an endpoint is held against."""

import base64
import json
import re

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def check(answer, status, error):
    """Holds an answer against RFC 6749 §5.2 and returns its JSON."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Pragma"] == "no-cache"
    challenge = 'Basic realm="grantd", charset="UTF-8"' if status == 401 else None
    assert answer.headers.get("WWW-Authenticate") == challenge
    body = json.loads(answer.text)
    assert body["error"] == error and set(body) == {"error", "error_description"}
    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+", body["error_description"])
    return body
