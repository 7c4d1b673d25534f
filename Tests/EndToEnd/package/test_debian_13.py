"""The package for the next release of Debian: built among its packages, and installed on it behind its nginx.

The C libraries have other versions there, and libhiredis another interface. deploy/suite says what is not built again."""

import json
import os
import re
import shutil
import subprocess

import pytest
from support.contained import ContainedService
from support.container import Container, obstacle
from support.image import Image
from support.isolated import missing
from support.programs import ROOT, wait_until
from support.temporary import directory, running

LOUDLY = "NO TEST OF THE PACKAGE ON DEBIAN 13"
pytestmark = pytest.mark.skipif(bool(obstacle()), reason=f"{LOUDLY}: {obstacle()}")

SITE = """
    include snippets/grantd.http.conf;
    server {
        listen 80;
        include snippets/grantd.server.conf;
        location ^~ /orders/ {
            auth_request "oauth2-check/orders.read";
            include snippets/grantd.client.conf;
            include snippets/grantd.identity.conf;
            empty_gif;
        }
    }
"""


def has_network():
    """Whether the lists of packages can be had from where this machine gets its own."""
    with directory("lists") as path:
        (path / "partial").mkdir()
        update = ["apt-get", "-qq", "-o", f"Dir::State::Lists={path}", "-o", "APT::Update::Error-Mode=any", "update"]
        return subprocess.run(update, capture_output=True, timeout=300).returncode == 0


@pytest.fixture(scope="module")
def tree():
    done = subprocess.run([ROOT / "deploy/suite", "trixie"], text=True, capture_output=True, timeout=600)
    if re.search("mmdebstrap failed|apt-get could not install", done.stderr) and not has_network():
        pytest.skip(f"{LOUDLY}: {done.stderr}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def built(tree):
    with directory("trixie") as path:
        command = [ROOT / "deploy/package", "--suite", "trixie", path]
        done = subprocess.run(command, text=True, capture_output=True, timeout=1200)
        assert done.returncode == 0, done.stderr[-3000:]
        (package,) = path.iterdir()
        assert done.stdout == f"{package}\n"
        yield package


@pytest.fixture(scope="module")
def system(tree, built):
    with running(Container(tree, patience=1)) as container:
        shutil.copy(built, container.root)
        container.run(f"apt-get install --yes /{built.name}")
        (container.root / "etc/nginx/sites-available/default").write_text(SITE)
        container.run("nginx -t && systemctl reload nginx")
        # A reload is done when nginx has been told.
        container.run("curl -fsS --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1/oauth2/health")
        done = container.output("grantctl client add billing --scope 'orders.read orders.write' --json")
        container.secret = json.loads(done)["client_secret"]
        yield container


def token(system):
    asking = f"curl -sS -u billing:{system.secret} -d grant_type=client_credentials http://127.0.0.1/oauth2/token"
    return json.loads(system.output(asking))["access_token"]


def status(system, token):
    asking = "curl -sS -o /dev/null -w '%{http_code}' -H @- http://127.0.0.1/orders/"
    return system.output(f"{asking} <<<'Authorization: Bearer {token}'")


def test_it_depends_on_that_release_s_libraries(built):
    depends = subprocess.check_output(["dpkg-deb", "--field", built, "Depends"], text=True)
    assert "libfcgi0t64" in depends and "libhiredis1.1.0" in depends


def test_a_token_opens_a_site_of_its_nginx(system):
    assert "nginx/1.26." in system.output("nginx -v")
    assert re.search(r"(?m)^VERSION_CODENAME=trixie$", system.output("cat /etc/os-release"))
    issued = token(system)
    assert (status(system, issued), status(system, "A" * 64)) == ("200", "401")
    system.run(f"grantctl token revoke <<<'{issued}'")
    assert status(system, issued) == "401"


def test_the_service_is_in_order_and_its_workers_confine_themselves(system):
    assert system.output("systemctl is-active grantd.socket grantd.service").split() == ["active"] * 2
    assert system.output("grantd --check").endswith("in order.")
    journal = system.output("journalctl -b -u grantd")
    assert "confined in part" not in journal and "warning" not in journal, journal
    main = system.output("systemctl show --value --property=MainPID grantd")

    def filters(process):
        return int(system.output(f"grep Seccomp_filters: /proc/{process}/status").split()[1])

    workers = set(system.output("pgrep -x grantd").split()) - {main}
    assert workers and all(filters(worker) == filters(main) + 1 for worker in workers)


def test_a_reload_and_a_restart_keep_tokens(system):
    issued = token(system)
    for command in ("reload", "restart"):
        system.run(f"systemctl {command} grantd")
        wait_until(lambda: status(system, issued) == "200", "the token to pass", 20)


def test_a_secret_that_a_person_chose_is_hashed_by_its_libcrypt(system):
    system.run("grantctl client add person --secret-stdin <<<'correct horse battery staple'")
    assert "$y$" in system.output("cat /var/lib/grantd/clients/person.json")
    asking = "curl -sS -o /dev/null -w '%{http_code}' -d grant_type=client_credentials http://127.0.0.1/oauth2/token"
    assert system.output(f"{asking} -u 'person:correct horse battery staple'") == "200"
    assert system.output(f"{asking} -u 'person:correct horse'") == "401"


def test_an_engine_is_understood_by_its_libhiredis(system):
    place = system.root / "srv"
    server = ["redis-server", "--port", "0", "--unixsocket", place / "engine.sock", "--unixsocketperm", "777"]
    engine = subprocess.Popen(
        [*server, "--dir", place, "--save", "", "--appendonly", "yes", "--daemonize", "no"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until((place / "engine.sock").exists, "the engine")
        names = "GRANTD_STORE=redis+socket:///srv/engine.sock GRANTD_STORE_REPLICAS=0 GRANTD_STATE=/srv/state"
        system.run(f"install -d -m 700 /srv/state; export {names}; grantctl store init")
        for number in range(20):
            system.run(f"export {names}; grantctl client add client-{number} --scope orders.read")
        listed = json.loads(system.output(f"export {names}; grantctl client list --json"))
        assert {client["client_id"] for client in listed} == {f"client-{number}" for number in range(20)}
    finally:
        engine.terminate()
        engine.wait(10)


@pytest.mark.skipif(bool(missing()), reason=f"{LOUDLY} IN A CONTAINER: {missing()}")
def test_an_image_of_that_release_runs(built):
    with directory("image") as path:
        command = [ROOT / "deploy/image", "--suite", "trixie", "--package", built, "--output", path / "image.tar"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        image = Image(path / "image.tar")
        assert image.reference["annotations"]["org.opencontainers.image.ref.name"].endswith("-trixie")
        assert [tag for tag in image.tags if not tag.endswith("-trixie")] == []
        assert b"VERSION_CODENAME=trixie" in image.contents()["/usr/lib/os-release"]
        with running(ContainedService(path, image)) as made, running(made.nginx):
            done = made.container.run("/usr/bin/grantctl", "client", "add", "billing", "--json")
            assert made.token(json.loads(done.stdout)["client_secret"])


def test_lintian_s_errors_are_none(built):
    user = ["--allow-root"] if os.geteuid() == 0 else []
    done = subprocess.run(["lintian", *user, "--fail-on", "error", built], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
