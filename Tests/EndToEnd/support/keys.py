"""Pairs of keys, the assertions that clients sign by them (RFC 7523), and the keys that grantd signs tokens by."""

import json
import time
import uuid

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

ISSUER = "https://example.com/oauth2"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# A pair for each algorithm.
KINDS = {
    "ES256": (ECKey, "P-256"),
    "ES384": (ECKey, "P-384"),
    "RS256": (RSAKey, 2048),
    "RS384": (RSAKey, 2048),
    "PS256": (RSAKey, 2048),
    "PS384": (RSAKey, 2048),
    "EdDSA": (OKPKey, "Ed25519"),
    "Ed25519": (OKPKey, "Ed25519"),
}


class Pair:
    """A pair of keys for one algorithm; without a `kid` it has none."""

    def __init__(self, algorithm="ES256", kid=None):
        kind, size = KINDS[algorithm]
        self.algorithm, self.kid = algorithm, kid
        self.key = kind.generate_key(size, {"kid": kid} if kid else {}, auto_kid=False)
        self.pem = self.key.as_pem(private=True).decode()

    @property
    def public(self):
        """The JWK of the public key."""
        return self.key.as_dict(private=False)

    @property
    def private(self):
        return self.key.as_dict(private=True)

    def assertion(self, client, header={}, **claims):
        """A new assertion; claims and members of the header that are None are left out."""
        now = int(time.time())
        known = {"iss": client, "sub": client, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
        head = {"alg": self.algorithm, "kid": self.kid} | header
        return jwt.encode(
            {name: value for name, value in head.items() if value is not None},
            {name: value for name, value in (known | claims).items() if value is not None},
            self.key,
            algorithms=list(KINDS),
        )

    def parameters(self, client, header={}, **claims):
        """What a request authenticates by."""
        return {"client_assertion_type": TYPE, "client_assertion": self.assertion(client, header, **claims)}


def key_set(*pairs):
    """A JWK Set of the public keys, as JSON."""
    return json.dumps({"keys": [pair.public for pair in pairs]})


def add_signing_key(state, algorithm="ES256"):
    """Puts a key in place by which grantd signs tokens from now on, and returns its pair."""
    pair = Pair(algorithm)
    pair.kid = pair.key.thumbprint()
    (state / "keys").mkdir(mode=0o700, exist_ok=True)
    file = state / "keys" / f"{pair.kid}.json"
    file.touch(mode=0o600)
    made = int(time.time()) - 1
    members = {"kid": pair.kid, "alg": algorithm, "created_at": made, "active_at": made, "private_key": pair.pem}
    file.write_text(json.dumps(members))
    return pair


def verified(token, keys, audience):
    """The claims of a signed token that others verify by the published keys."""
    found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(KINDS))
    assert found.header["typ"] == "at+jwt"
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": audience}
    )
    registry.validate(found.claims)
    return found.claims
