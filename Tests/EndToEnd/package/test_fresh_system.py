"""The package on a Debian that has seen neither grantd nor Swift: systemd, a site with TLS, and README's own steps.

The tests tell one story, in their order.
"""

import json
import re
import subprocess
import sys
import time

import pytest
from support.container import Container, NoTree, base_tree, obstacle
from support.programs import ROOT, wait_until
from support.temporary import running

LOUDLY = "NO TEST OF THE PACKAGE ON A FRESH SYSTEM"
pytestmark = pytest.mark.skipif(bool(obstacle()), reason=f"{LOUDLY}: {obstacle()}")

CLIENTS = 6
CERTIFICATE = "/etc/ssl/example.pem"
AUTHORITY = "/usr/local/share/ca-certificates/example.crt"


def steps():
    """The blocks of commands and configuration in README's section on mounting."""
    section = (ROOT / "README.md").read_text().split("## Mounting it under your site\n")[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^ {7}.*\n|^\n(?= {7}))+", section, re.M)
    return [re.sub(r"(?m)^ {7}", "", block).strip().splitlines() for block in blocks]


@pytest.fixture(scope="module")
def system(package):
    try:
        base_tree()
    except NoTree as error:
        pytest.skip(f"{LOUDLY}: {error}")
    with running(Container()) as container:
        (container.root / package.name).write_bytes(package.read_bytes())
        (container.root / "etc/hosts").write_text("127.0.0.1 localhost example.com\n")
        # The certificate is its own authority, and the machine trusts it, so that README's curl needs no option.
        container.run(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {CERTIFICATE} -out {AUTHORITY}"
            f" -subj /CN=example.com -addext subjectAltName=DNS:example.com,IP:127.0.0.1 2>&1"
            f" && cat {AUTHORITY} >>{CERTIFICATE} && update-ca-certificates"
        )
        yield container


@pytest.fixture(scope="module")
def site(system, package):
    """The site once README's steps have been taken; `token` is what the last of them brought."""
    (building, installing), including, (adding, asking) = steps()
    assert building == "deploy/package"
    # There is no network: apt-get finds the libraries that the package depends on among what it has downloaded before.
    system.run(installing.replace("./.build/package/grantd_*.deb", f"--yes /{package.name}"))

    http, server = [line.split("#")[0].strip() for line in including if line.lstrip().startswith("include ")]
    (system.root / "etc/nginx/sites-available/default").write_text(site_configuration(http, server))
    system.run("nginx -t && systemctl reload nginx")
    # A reload is done when nginx has been told; a person is slower than nginx.
    system.run("curl -sS -o /dev/null --retry 20 --retry-delay 1 --retry-connrefused https://example.com/")

    system.secret = json.loads(system.output(f"{adding} --json"))["client_secret"]
    answer = json.loads(system.output(asking.replace("curl", "curl -sS", 1).replace("SECRET", system.secret)))
    assert (answer["token_type"], answer["scope"]) == ("bearer", "orders.read invoices.write")
    system.token = answer["access_token"]

    lines = [f"grantctl client add load-{number} --scope orders.read --json" for number in range(CLIENTS)]
    made = [json.loads(line) for line in system.output("; ".join(lines)).splitlines()]
    system.clients = [{name: client[name] for name in ("client_id", "client_secret")} for client in made]
    return system


def site_configuration(http, server):
    return f"""
        {http}
        server {{
            listen 443 ssl;
            server_name example.com;
            ssl_certificate {CERTIFICATE};
            ssl_certificate_key {CERTIFICATE};
            {server}
            location /orders/ {{
                auth_request "oauth2-check/orders.read";
                include snippets/grantd.client.conf;
                include snippets/grantd.identity.conf;
                default_type text/plain;
                empty_gif;
            }}
        }}
    """


def status(site, token):
    asking = "curl -sS -o /dev/null -w '%{http_code}' -H @- https://example.com/orders/"
    return site.output(f"{asking} <<<'Authorization: Bearer {token}'")


def challenge(site):
    return site.output("curl -sS -o /dev/null -D - https://example.com/orders/").lower()


def main_process(site):
    return site.output("systemctl show --value --property=MainPID grantd")


def workers(site):
    """The processes of grantd but the one that watches them."""
    return set(site.output("pgrep -x grantd || true").split()) - {main_process(site)}


def running_programs(site):
    """The files that the processes of grantd were started from, by their numbers."""
    return set(site.output("for pid in $(pgrep -x grantd); do stat -Lc %i /proc/$pid/exe || true; done").split())


class Load:
    """Steady load on the site, from the network of the container; `answers` once it has ended."""

    def __init__(self, site):
        authority = f"{site.root}{AUTHORITY}"
        self._task = {"host": "127.0.0.1", "clients": site.clients, "authority": authority, "token": site.token}
        self._command = ["nsenter", "--net", "--target", str(site.leader), sys.executable]
        self.answers = None

    def __enter__(self):
        self._process = subprocess.Popen(
            [*self._command, ROOT / "Tests/EndToEnd/support/load.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process.stdin.write(json.dumps(self._task) + "\n")
        self._process.stdin.flush()
        time.sleep(1)
        return self

    def __exit__(self, *_):
        time.sleep(1)
        output, _ = self._process.communicate(timeout=60)
        self.answers = json.loads(output)


def assert_nothing_lost(load):
    assert set(load.answers) == {"token 200", "check 200"}, load.answers
    assert load.answers["token 200"] > CLIENTS * 5


def test_there_is_no_swift(system):
    assert system.output("find / -xdev -name 'libswift*' -o -xdev -name swift -type d") == ""


def test_readmes_steps_lead_to_a_token_that_opens_the_site(site):
    assert status(site, site.token) == "200"
    assert status(site, "A" * 64) == "401"


def test_the_service_runs_as_its_own_user_with_a_private_state(site):
    assert site.output("stat -c '%U %G %a' /var/lib/grantd") == "grantd grantd 700"
    assert site.output("stat -c '%G %a' /run/grantd/grantd.sock") == "www-data 660"
    assert set(site.output("ps -o user= -C grantd").split()) == {"grantd"}
    assert site.output("systemctl is-enabled grantd.socket grantd.service").split() == ["enabled"] * 2
    assert site.output("grantd --check").endswith("in order.")
    facts = site.output(f"cat /proc/{main_process(site)}/status /proc/{main_process(site)}/limits")
    assert re.search(r"NoNewPrivs:\t1\n", facts) and re.search(r"Seccomp:\t2\n", facts), facts
    assert re.search(r"CapBnd:\t0+\n", facts) and re.search(r"Max core file size +0 +0 ", facts), facts


def test_its_workers_let_nginx_on_their_core_go_on(site):
    # CLS of ps: B is SCHED_BATCH.
    assert all(site.output(f"ps -o cls= -L -p {worker}").split() == ["B", "B"] for worker in workers(site))


def test_its_hardening_lets_the_workers_confine_themselves(site):
    assert "confined in part" not in site.output("journalctl -b -u grantd")

    def filters(process):
        return int(site.output(f"grep Seccomp_filters: /proc/{process}/status").split()[1])

    assert all(filters(worker) == filters(main_process(site)) + 1 for worker in workers(site))


def test_a_reload_replaces_the_workers_and_loses_nothing(site):
    main = main_process(site)
    with Load(site) as load:
        for _ in range(5):
            before = workers(site)
            site.run("systemctl reload grantd")
            wait_until(lambda: len(workers(site) - before) == len(workers(site)) == len(before), "new workers", 30)
    assert_nothing_lost(load)
    assert main_process(site) == main
    assert status(site, site.token) == "200"


def test_a_reload_takes_new_settings_and_refuses_wrong_ones(site):
    settings = site.root / "etc/grantd/grantd.conf"
    shipped = settings.read_text()
    try:
        settings.write_text(shipped + "GRANTD_REALM=orders\n")
        site.run("grantd --check && systemctl reload grantd")
        wait_until(lambda: 'realm="orders"' in challenge(site), "the new realm")
        settings.write_text(shipped + "GRANTD_REALM=\n")
        site.run("systemctl reload grantd")
        wait_until(lambda: "GRANTD_REALM" in site.output("journalctl -u grantd"), "the journal to name the setting")
        assert 'realm="orders"' in challenge(site)
    finally:
        settings.write_text(shipped)
    site.run("systemctl reload grantd")
    wait_until(lambda: 'realm="grantd"' in challenge(site), "the old realm")


def test_the_audit_stands_where_logrotate_turns_it_over(site):
    settings, audit = site.root / "etc/grantd/grantd.conf", site.root / "var/log/grantd/audit.jsonl"
    shipped = settings.read_text()
    settings.write_text(shipped + "GRANTD_AUDIT=/var/log/grantd/audit.jsonl\n")
    site.run("grantd --check && systemctl reload grantd")

    def has_a_grant():
        form = "".join(f" -d {name}={value}" for name, value in site.clients[0].items())
        site.run(f"curl -fsS -o /dev/null https://example.com/oauth2/token -d grant_type=client_credentials{form}")
        return audit.exists()

    wait_until(has_a_grant, "the audit")
    site.run("logrotate --force /etc/logrotate.d/grantd")
    assert not audit.exists() and has_a_grant()
    kept = site.output("stat -c '%U %a' /var/log/grantd /var/log/grantd/*").splitlines()
    assert kept == ["grantd 700", "grantd 600", "grantd 600"]
    settings.write_text(shipped)
    site.run("systemctl reload grantd")


def test_a_restart_and_a_TERM_lose_nothing(site):
    processes = [main_process(site)]
    with Load(site) as load:
        for ending in ("systemctl restart grantd", "systemctl kill --signal=TERM --kill-whom=main grantd") * 3:
            site.run(ending)
            wait_until(lambda: main_process(site) not in processes + ["0"], "a new process", 30)
            processes.append(main_process(site))
    assert_nothing_lost(load)
    assert status(site, site.token) == "200"


def test_an_upgrade_under_load_restarts_the_service_and_loses_nothing(site, package):
    newer = site.root / "newer"
    site.run(f"dpkg-deb --raw-extract /{package.name} /newer")
    control = newer / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*", r"\g<0>+1", control.read_text()))
    # Another file than the one that runs, so that it can be told apart.
    for program in ("grantd", "grantctl"):
        with (newer / "usr/bin" / program).open("ab") as file:
            file.write(b"newer")
    site.run("dpkg-deb --root-owner-group -Zgzip -z1 --build /newer /newer.deb")
    socket = site.output("stat -c %i /run/grantd/grantd.sock")
    before = running_programs(site)
    with Load(site) as load:
        site.run("apt-get install -y /newer.deb")
        wait_until(lambda: not before & running_programs(site), "the new program", 30)
    assert_nothing_lost(load)
    assert site.output("dpkg-query --show -f='${Version} ${Status}' grantd").endswith("+1 install ok installed")
    assert site.output("tail -c 5 /proc/$(systemctl show --value --property=MainPID grantd)/exe") == "newer"
    assert site.output("stat -c %i /run/grantd/grantd.sock") == socket
    assert status(site, site.token) == "200"


def test_a_reboot_loses_no_token(site):
    site.reboot()
    assert status(site, site.token) == "200"
    assert site.output("systemctl is-active nginx grantd.socket grantd.service").split() == ["active"] * 3


def test_a_supervisor_that_hangs_is_replaced(site):
    setting = site.root / "etc/systemd/system/grantd.service.d/watchdog.conf"
    setting.parent.mkdir()
    setting.write_text("[Service]\nWatchdogSec=4\n")
    site.run("systemctl daemon-reload && systemctl restart grantd")
    hanging = main_process(site)
    time.sleep(6)
    assert main_process(site) == hanging
    site.run(f"kill -STOP {hanging}")
    wait_until(lambda: main_process(site) not in (hanging, "0"), "another supervisor", 30)
    assert status(site, site.token) == "200"
    setting.unlink()
    site.run("systemctl daemon-reload && systemctl restart grantd")


def test_a_state_that_cannot_be_used_is_waited_for(site):
    def has_failed_often():
        # Each request wakes the service, and none of them makes systemd give up it or its socket.
        site.run("curl -s -m 0.2 -Z --parallel-immediate 'https://example.com/oauth2/[1-20]'", check=False)
        return int(site.output("systemctl show --value --property=NRestarts grantd")) >= 6

    site.run("chmod 755 /var/lib/grantd/clients && systemctl restart grantd", check=False)
    wait_until(has_failed_often, "some attempts", 60)
    assert "/var/lib/grantd/clients has mode 0755" in site.output("journalctl -b -u grantd")
    site.run("chmod 700 /var/lib/grantd/clients")
    wait_until(lambda: status(site, site.token) == "200", "the service to be back")


def test_no_secret_and_no_token_is_in_the_journal(site):
    journal = site.output("journalctl --no-pager")
    assert "grantd" in journal
    assert site.token not in journal and site.secret not in journal


def test_removing_keeps_the_state_and_purging_removes_it(site, package):
    site.run("apt-get remove -y grantd")
    assert site.output("pgrep -x grantd || true; ls /run/grantd 2>/dev/null || true") == ""
    assert status(site, site.token) == "500"
    site.run(f"apt-get install -y /{package.name} && nginx -t")
    assert status(site, site.token) == "200"
    site.run("apt-get purge -y grantd")
    assert site.output("find / -xdev -name '*grantd*' -not -path '/newer*' -not -path '/grantd_*.deb'") == ""
    assert "grantd" in site.output("getent passwd grantd")
