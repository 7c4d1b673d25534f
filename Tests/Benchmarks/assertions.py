"""Assertions: what a worker does to refuse a hostile one of 8 KiB, beside a wrong secret in the same run.

Instructions of a request by callgrind, without the kernel's part. Exits with 1 if one costs more than a wrong secret."""

import base64
import json
import sys
import time
from urllib.parse import urlencode

from cost import instructed, post_body
from measuring import state_with_client

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT = {"grant_type": "client_credentials"}
# The longest that is looked at, in bytes.
LONGEST = 8192


def base64url(text):
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def filled(start, unit, end):
    """JSON that makes a token as long as it may be: a start, as many units as fit, and an end."""
    room = (LONGEST - 200) * 3 // 4 - len(start) - len(end)
    return start + unit * (room // len(unit)) + end


def token(header='{"alg":"ES256"}', claims="{}"):
    return f"{base64url(header)}.{base64url(claims)}.AAAA"


TEXTS = {
    "nested arrays": filled('{"alg":"ES256","a":', "[", ""),
    "nested objects": filled('{"alg":"ES256","a":', '{"a":', ""),
    "arrays as deep as they may be": filled('{"alg":"ES256","a":[', "[" * 29 + "]" * 29 + ",", "1]}"),
    "small arrays": filled('{"alg":"ES256","a":[', "[],", "1]}"),
    "small objects": filled('{"alg":"ES256","a":[', "{},", "1]}"),
    "many members": '{"alg":"ES256"' + "".join(f',"{number}":1' for number in range(600)) + "}",
    "numbers": filled('{"alg":"ES256","a":[', "1,", "1]}"),
    "a huge number": filled('{"exp":', "9", "}"),
    "a huge exponent": filled('{"exp":1e', "9", "}"),
    "escapes": filled('{"alg":"ES256","a":"', "\\u00e9", '"}'),
    "short escapes": filled('{"alg":"ES256","a":"', "\\n", '"}'),
    "one string": filled('{"alg":"ES256","kid":"', "a", '"}'),
    "spaces": filled('{"alg":"ES256"', " ", "}"),
    "one name many times": filled('{"alg":"ES256"', ',"a":1', "}"),
}
HOSTILE = {
    "dots": "." * LONGEST,
    "no dot": "A" * LONGEST,
    "a signature that is too long": token() + "A" * (LONGEST - 100),
    "one byte too many": "A" * (LONGEST + 1),
    **{f"header: {name}": token(header=text) for name, text in TEXTS.items()},
    **{f"claims: {name}": token(claims=text) for name, text in TEXTS.items()},
}


BODIES = {
    "form": ("application/x-www-form-urlencoded", urlencode),
    "JSON": ("application/json", json.dumps),
}

costs = {}
with state_with_client("web-app") as (state, _):
    # Until its time stamp is a second old, a client's file is read again at each request.
    time.sleep(2)

    def cost(kind, **credentials):
        content_type, encode = BODIES[kind]
        sent = post_body("/token", encode(GRANT | credentials).encode(), content_type)
        # Failures are counted, and none of them is one too many; their answers do not wait.
        return instructed(state, sent, answered=b"Status: 401", GRANTD_FAILURE_DELAY="0", GRANTD_FAILURE_LIMIT="1000")

    for kind in BODIES:
        wrong = cost(kind, client_id="web-app", client_secret="wrong" * 8)
        print(f"Instructions of a request that is refused, by {kind}: a wrong secret {wrong:.0f}")
        for name, text in HOSTILE.items():
            instructions = cost(kind, client_assertion_type=TYPE, client_assertion=text)
            costs[f"{name}, by {kind}"] = instructions, instructions / wrong

for name, (instructions, ratio) in sorted(costs.items(), key=lambda item: -item[1][1]):
    print(f"  {name}: {instructions:.0f}, {ratio:.2f} of it")
sys.exit(any(ratio > 1 for _, ratio in costs.values()))
