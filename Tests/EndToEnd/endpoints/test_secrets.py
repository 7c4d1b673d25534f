"""The life of secrets: several at once, their ends, hashes that come from elsewhere, and when each was last used."""

import json
import time

import pytest
import requests
from support.programs import grantctl

# Hashes of "a chosen secret", made by htpasswd -niB, openssl passwd -6 and crypt(3).
SECRET = "a chosen secret"
HASHES = {
    "bcrypt": "$2y$05$sdZmsnMaV9/fiZtRc3RpDeuSi/n0r32g28Fsjc6r7G3.5k/m83.eC",
    "sha512": "$6$9NBA6apt5NjTH8RH$Okqr8NeP1Vejqh1Lq30kIyAF9ZhRHxowSKZnjp/FZwuXzONYAVei7pImlQQN0Bpvh12PETY4cBGLI8AO4/Xks0",
    "yescrypt": "$y$j75$abcdefgh.saltsaltsalt1$0cgPMOWSLUrI1NXsEd7pLWl1AAd7tJPYEw8eNx1lrw5",
}


def shown(site, identifier):
    return json.loads(grantctl(site.state, "client", "show", identifier, "--json").stdout)["secrets"]


def works(site, identifier, secret):
    return site.grant(identifier, secret).status_code == 200


def test_several_secrets_serve_at_once_and_each_ends_at_its_own_time(own):
    secrets = [own.add("machine")]
    for overlap in ("600", "500"):
        rotated = grantctl(own.state, "client", "rotate", "machine", "--overlap", overlap, "--json")
        secrets.append(json.loads(rotated.stdout)["client_secret"])
    chosen = "one that a person chose"
    grantctl(own.state, "client", "rotate", "machine", "--overlap", "400", "--secret-stdin", stdin=chosen)
    grantctl(own.state, "client", "rotate", "machine", "--overlap", "300", "--hash-stdin", stdin=HASHES["bcrypt"])
    assert all(works(own, "machine", secret) for secret in [*secrets, chosen, SECRET])
    # The first three end with the later rotation's overlap, the sooner of the two; a file's own word brings it about now.
    path = own.state / "clients/machine.json"
    content = json.loads(path.read_text())
    assert len(content["secrets"]) == 5
    content["secrets"][1]["expires_at"] = int(time.time()) - 1
    path.write_text(json.dumps(content))
    assert [works(own, "machine", secret) for secret in [*secrets, chosen, SECRET]] == [True, False, True, True, True]
    grantctl(own.state, "client", "rotate", "machine")
    assert not any(works(own, "machine", secret) for secret in [*secrets, chosen, SECRET])


@pytest.mark.parametrize("method", HASHES)
def test_a_hash_from_elsewhere_lets_its_secret_in(own, method):
    made = grantctl(own.state, "client", "add", "old", "--hash-stdin", "--json", stdin=HASHES[method] + "\n")
    assert json.loads(made.stdout) == {"client_id": "old"}
    for _ in range(2):
        assert works(own, "old", SECRET) and not works(own, "old", SECRET + "x")
    assert HASHES[method] not in grantctl(own.state, "client", "show", "old", "--json").stdout


def test_an_htpasswd_file_is_imported_line_by_line(own):
    own.add("taken")
    text = f"""# users of the old site
alice:{HASHES["bcrypt"]}
bob:$apr1$WAQdg9yA$7bw.WcJ0hQ3V4qChoUw0F1

carol:{HASHES["sha512"]}:19000:0:99999:7:::
dave:{{SHA}}EfatjsUqKYSrqv18O1FlA3hcIHI=
taken:{HASHES["bcrypt"]}
erin:{HASHES["bcrypt"].replace("$05$", "$31$")}
frank:{HASHES["yescrypt"]}
nonsense
"""
    done = grantctl(
        own.state, "client", "import", "--htpasswd", "--scope", "orders.read", "--json", stdin=text, check=False
    )
    outcome = json.loads(done.stdout)
    assert done.returncode == 1 and outcome["imported"] == ["alice", "carol", "frank"]
    assert [refused["line"] for refused in outcome["refused"]] == [3, 6, 7, 8, 10]
    reasons = " ".join(refused["reason"] for refused in outcome["refused"])
    for words in ("apr1", "SHA-1", "client taken exists", "bcrypt's cost may be 13", "no colon"):
        assert words in reasons
    for identifier in outcome["imported"]:
        assert own.grant(identifier, SECRET).json()["scope"] == "orders.read"
    again = grantctl(own.state, "client", "import", "--htpasswd", stdin=text, check=False)
    assert again.returncode == 1 and again.stdout == "0 clients were imported.\n"
    assert "grantctl: line 2: client alice exists\n" in again.stderr
    assert HASHES["bcrypt"] not in done.stdout + again.stderr


@pytest.mark.parametrize(
    "text", ["", "x", "$apr1$WAQdg9yA$7bw.WcJ0hQ3V4qChoUw0F1", HASHES["bcrypt"].replace("$05$", "$31$"), "$2y$05$cut"]
)
def test_a_hash_that_is_none_makes_no_client(own, text):
    own.add("other")
    done = grantctl(own.state, "client", "add", "old", "--hash-stdin", stdin=text, check=False)
    assert done.returncode in (1, 64) and done.stdout == "" and done.stderr.count("\n") == 1
    assert not (own.state / "clients/old.json").exists()


def test_a_file_with_an_absurd_cost_disables_its_client_and_holds_no_worker(own):
    good = own.add("good")
    own.add("slow")
    path = own.state / "clients/slow.json"
    content = json.loads(path.read_text())
    content["secrets"] = [{"hash": HASHES["bcrypt"].replace("$05$", "$31$")}]
    path.write_text(json.dumps(content))
    start = time.monotonic()
    assert not works(own, "slow", SECRET) and works(own, "good", good)
    assert time.monotonic() - start < 8, "cost 31 would take days"
    assert "costs too much" in own.pool.log.read_text()


@pytest.mark.parametrize("length", [72, 73])
def test_bcrypt_reads_72_bytes_and_a_longer_secret_never_matches(own, length):
    # crypt(3) of 72 times the letter a.
    text = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"
    grantctl(own.state, "client", "add", "old", "--hash-stdin", stdin=text)
    assert works(own, "old", "a" * length) == (length == 72)


def test_a_chosen_secret_that_crypt_does_not_take_is_refused_in_words(own):
    own.add("other")
    done = grantctl(own.state, "client", "add", "long", "--secret-stdin", stdin="s" * 512, check=False)
    assert done.returncode == 64 and "1 to 511 bytes" in done.stderr
    longest = "s" * 511
    own.add("long", secret=longest)
    assert works(own, "long", longest) and not works(own, "long", longest + "s")


def test_each_secret_tells_when_it_was_last_used(own):
    first = own.add("machine")
    second = json.loads(grantctl(own.state, "client", "rotate", "machine", "--overlap", "600", "--json").stdout)[
        "client_secret"
    ]
    assert ["last_used_at" in secret for secret in shown(own, "machine")] == [False, False]
    before = int(time.time())
    assert works(own, "machine", second) and not works(own, "machine", "wrong")
    old, new = shown(own, "machine")
    assert "last_used_at" not in old and before <= new["last_used_at"] <= time.time()
    assert old["id"] != new["id"] and len(new["id"]) == 8
    assert f"secret {new['id']}" in grantctl(own.state, "client", "show", "machine").stdout
    form = {"client_id": "machine", "client_secret": first, "token": "x"}
    assert requests.post(f"{own.url}/oauth2/introspect", data=form, timeout=10).status_code == 200
    assert all(secret["last_used_at"] >= before for secret in shown(own, "machine"))
    grantctl(own.state, "client", "remove", "machine")
    assert list((own.state / "used").iterdir()) == []


def test_a_use_is_written_once_and_not_at_every_request(own):
    secret = own.add("machine")
    assert works(own, "machine", secret)
    written = (own.state / "used/machine.json").stat()
    for _ in range(50):
        assert works(own, "machine", secret)
    after = (own.state / "used/machine.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_a_use_that_cannot_be_written_refuses_nobody(own):
    secret = own.add("machine")
    (own.state / "used").touch()
    for _ in range(5):
        assert works(own, "machine", secret)
    assert own.pool.log.read_text().count("a secret's use was not recorded") <= 2, "each worker says it once a minute"
    (own.state / "used").unlink()
    assert "last_used_at" not in shown(own, "machine")[0]
