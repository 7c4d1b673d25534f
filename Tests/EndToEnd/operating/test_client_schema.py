"""The JSON Schema of a client's file says what grantd's own reader says, apart from rules that a schema cannot say."""

import json
import re
import subprocess

import jsonschema
import pytest
from support.programs import GRANTCTL, ROOT, environment

SCHEMA = json.loads((ROOT / "deploy/schema/client.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DIGEST = "sha256:" + "a" * 64
YESCRYPT = "$y$j9T$" + "a" * 21 + ".$" + "a" * 43
BCRYPT = "$2b$10$" + "a" * 21 + "u" + "a" * 31
SHA512 = "$6$salt$" + "a" * 86


KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
ED25519 = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def keys(*jwks):
    return {"jwks": {"keys": list(jwks)}}


def secret(**members):
    return {"secrets": [{"hash": DIGEST} | members]}


def hashed(*hashes):
    return {"secrets": [{"hash": text} for text in hashes]}


# What is beside client_id, for both to take or to refuse.
DOCUMENTS = [
    {}, {"client_name": "A"}, {"client_name": ""}, {"client_name": 1}, {"client_name": None}, {"client_name": "\u202e"},
    {"grant_types": []}, {"grant_types": ["client_credentials", "x"]}, {"grant_types": "x"}, {"grant_types": [1]},
    {"scope": ""}, {"scope": "a"}, {"scope": "a b:c/d.*"}, {"scope": "a  b"}, {"scope": " a"}, {"scope": "a "},
    {"scope": "a\n"}, {"scope": "a\tb"}, {"scope": 'a"'}, {"scope": "a\\"}, {"scope": "ä"}, {"scope": ["a"]},
    {"scope": "a a"}, {"scope": "a" * 7168}, {"scope": "a" * 7169}, {"scope": None},
    {"token_endpoint_auth_method": "client_secret_basic"}, {"token_endpoint_auth_method": "client_secret_post"},
    {"token_endpoint_auth_method": "none"}, {"token_endpoint_auth_method": None},
    {"access_token_lifetime": 1}, {"access_token_lifetime": 31536000}, {"access_token_lifetime": 600.0},
    {"access_token_lifetime": 0}, {"access_token_lifetime": 31536001}, {"access_token_lifetime": 1.5},
    {"access_token_lifetime": "600"}, {"access_token_lifetime": -1}, {"access_token_lifetime": 1e300},
    {"active": True}, {"active": False}, {"active": "false"}, {"active": 0}, {"active": None},
    {"introspect": True}, {"introspect": "yes"}, {"generation": "a_B-9"}, {"generation": "a" * 64},
    {"generation": "a" * 65}, {"generation": ""}, {"generation": "a b"}, {"generation": "a\n"}, {"generation": 7},
    {"not_before": 0}, {"not_before": 1.5}, {"not_before": -1}, {"not_before": 253402300799},
    {"not_before": 253402300800}, {"not_before": "2026-01-01"},
    {"secrets": []}, {"secrets": {}}, {"secrets": [1]}, {"secrets": [{}]}, {"secrets": DIGEST}, {"secrets": [DIGEST]},
    secret(), secret(created_at=1.25), secret(created_at="now"), secret(expires_at=4000000000), secret(expires_at=-1),
    secret(note="x"), secret(hash=1), secret(hash=DIGEST.upper()), secret(hash=DIGEST[:-1]), secret(hash=DIGEST + "a"),
    secret(hash="sha256:" + "A" * 64), secret(hash=DIGEST + "\n"), hashed("secret"), hashed(DIGEST, YESCRYPT, BCRYPT),
    hashed(SHA512), hashed("$6$rounds=5000$salt$" + "a" * 86), hashed("$6$rounds=200000$salt$" + "a" * 86),
    hashed("$6$rounds=200001$salt$" + "a" * 86), hashed("$6$rounds=999$salt$" + "a" * 86),
    hashed("$6$" + "s" * 17 + "$" + "a" * 86), hashed("$5$salt$" + "a" * 43), hashed("$5$salt$" + "a" * 86),
    hashed("$5$sa!t$" + "a" * 43), hashed("$6$$" + "a" * 86), hashed("$6$rounds=x$" + "a" * 86),
    hashed(BCRYPT.replace("2b", "2a")), hashed(BCRYPT.replace("2b", "2x")), hashed(BCRYPT.replace("10", "14")),
    hashed(BCRYPT.replace("10", "03")), hashed(BCRYPT[:-1]), hashed("$2b$10$" + "a" * 53),
    hashed("$1$salt$" + "a" * 22), hashed("$apr1$salt$" + "a" * 22), hashed("{SHA}" + "a" * 28), hashed("$y$j9T$"),
    hashed(YESCRYPT[:-1]), hashed("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"), hashed(""),
    {"token_endpoint_auth_method": "private_key_jwt"}, {"token_endpoint_auth_method": "client_secret_jwt"},
    keys(KEY), keys(KEY, {"kty": "new"}), keys({"kty": "OKP", "crv": "Ed25519", "x": ED25519}), {"jwks": KEY}, {"jwks": []},
    {"jwks": None}, keys(), keys({"kty": "new"}), keys({"kty": "oct", "k": "AA"}), keys(KEY, {"kty": "oct", "k": "AA"}),
    keys(KEY | {"d": "AA"}), keys({"kty": "RSA", "p": "AA"}), keys(KEY, "x"), {"jwks": {"keys": KEY}}, {"jwks": {}},
    {"jwks": {"keys": [KEY | {"kid": str(number)} for number in range(32)]}},
    {"jwks": {"keys": [KEY | {"kid": str(number)} for number in range(33)]}},
    {"token_endpoint_auth_signing_alg": "ES256"}, {"token_endpoint_auth_signing_alg": "HS256"},
    {"token_endpoint_auth_signing_alg": ["ES256"]}, {"token_endpoint_auth_aud": "issuer"}, {"token_endpoint_auth_aud": "x"},
    {"assertion_lifetime": 1}, {"assertion_lifetime": 3600}, {"assertion_lifetime": 0}, {"assertion_lifetime": 3601},
    {"assertion_lifetime": "60"}, {"scope_policy": "smart"}, {"scope_policy": "exact"}, {"scope_policy": "any"},
    {"access_token_format": "jwt"}, {"access_token_format": "opaque"},
    {"access_token_format": "JWT"}, {"access_token_format": None}, {"audiences": []}, {"audiences": "a"},
    {"audiences": ["https://a/b", "urn:c"]}, {"audiences": ["a b"]}, {"audiences": [""]}, {"audiences": ""},
    {"audiences": ["a", 1]}, {"audiences": {}}, {"audiences": None}, {"audiences": ["a" * 512]}, {"audiences": ["a" * 513]},
    {"audiences": ["ä"]}, {"audiences": ['a"']}, {"audiences": ["a\\"]}, {"audiences": ["a\n"]},
    {"audiences": [str(number) for number in range(32)]}, {"audiences": [str(number) for number in range(33)]},
    {"audiences": ["a", "b"], "default_audience": "a"}, {"audiences": ["a"], "default_audience": ["a", "a"]},
    {"software_id": "x"}, {"redirect_uris": ["https://example.com/"]}, {"x_team": {"a": [None]}}, {"owner": "team a"},
]  # fmt: skip

# Ids, which the file's name has to be as well.
IDS = ["a", "a b", "jörg", "日本", "a" * 250, "a" * 251, "", "a\n", "\u0085", "a\x7f", 7, None]

# What grantd refuses and the schema takes.
BEYOND = [
    {"actve": False},  # the schema names the usual misspellings, grantd measures how alike names are
    {"scpoe": "a"},
    {"secrets": [{"hash": DIGEST, "expries_at": 1}]},
    hashed("$y$jjj$" + "a" * 21 + ".$" + "a" * 43),  # more memory than is allowed, by numbers in letters
    hashed("$y$j9T$" + "a" * 22 + "$" + "a" * 43),  # bits of the salt that are left over
    {"client_id": "ä" * 126},  # bytes, not characters
    {"client_id": "日" * 28},  # the file's name
    keys({"kty": "EC"}),  # what a key is
    keys(KEY | {"y": KEY["x"]}),  # a point of the curve
    keys(KEY | {"use": "enc"}),
    keys(
        KEY, KEY | {"kid": "a"}, KEY | {"kid": "a", "y": KEY["x"], "d": "AA", "kty": "new"}
    ),  # private, of another kind
    {"audiences": ["a"], "default_audience": "b"},
    {"audiences": [f"{number:0512}" for number in range(5)]},  # all together
    {"x": "x" * 65536},  # the file's size
]


def misspelt():
    """Documents with each of the names that the schema refuses."""
    for name in SCHEMA["propertyNames"]["not"]["enum"]:
        yield {name: True}
    for name in SCHEMA["$defs"]["secret"]["propertyNames"]["not"]["enum"]:
        yield secret(**{name: 1})


@pytest.fixture
def refused(tmp_path):
    """Asks grantd's reader: which of the documents it refuses, by their numbers, with the reason."""

    def refused(documents):
        directory = tmp_path / "declared"
        directory.mkdir()
        for number, document in enumerate(documents):
            (directory / f"c{number}.json").write_text(json.dumps({"client_id": f"c{number}"} | document))
        done = subprocess.run(
            [GRANTCTL, "apply", directory, "--dry-run", "--generate-secrets", "--json"],
            env=environment(tmp_path / "state"), text=True, capture_output=True, timeout=60,
        )  # fmt: skip
        faults = {int(fault["file"][1:-5]): fault["reason"] for fault in json.loads(done.stdout).get("faults", [])}
        # Of a document whose id is not its file's the reader has nothing else to say.
        return {n: why for n, why in faults.items() if not re.search("^by its client_id|^its client_id is that", why)}

    return refused


def test_the_schema_is_one(refused):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_and_the_reader_are_of_one_opinion(refused):
    documents = [*DOCUMENTS, *({"client_id": identifier} for identifier in IDS), *misspelt()]
    verdicts = refused(documents)
    assert len(DOCUMENTS) >= 100 and 40 < len(verdicts) < len(documents)
    for number, document in enumerate(documents):
        is_valid = VALIDATOR.is_valid({"client_id": f"c{number}"} | document)
        assert is_valid == (number not in verdicts), (document, verdicts.get(number))


def test_what_only_the_reader_refuses(refused):
    assert refused(BEYOND).keys() == set(range(len(BEYOND)))
    for document in BEYOND:
        assert VALIDATOR.is_valid({"client_id": "a"} | document), document


def test_a_document_without_an_id_or_that_is_not_an_object_is_refused_by_both(tmp_path):
    for document in {}, [], "a", None, {"client_name": "A"}:
        (tmp_path / "a.json").write_text(json.dumps(document))
        done = subprocess.run(
            [GRANTCTL, "apply", tmp_path, "--dry-run"],
            env=environment(tmp_path / "state"),
            capture_output=True,
            timeout=20,
        )
        assert done.returncode == 1 and not VALIDATOR.is_valid(document)


def test_every_member_of_the_manual_page_is_in_the_schema_and_described():
    page = (ROOT / "deploy/man/grantd-client.5").read_text().split(".SH MEMBERS")[1].split(".SH ERRORS")[0]
    members, secrets = page.split(".RS\n")[0] + page.split(".RE\n")[1], page.split(".RS\n")[1].split(".RE\n")[0]
    for text, properties in (members, SCHEMA["properties"]), (secrets, SCHEMA["$defs"]["secret"]["properties"]):
        assert re.findall(r"^\.TP\n\.B (\w+)$", text, re.MULTILINE) == list(properties)
        assert all(len(member["description"]) > 10 for member in properties.values())
