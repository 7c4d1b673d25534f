"""The Debian package as a file: what lintian says, what is in it, and that its papers are true."""

import os
import re
import subprocess

import pytest
from support.programs import GRANTCTL, GRANTD, ROOT, environment, grantctl

UNITS = ROOT / "deploy/systemd"

# `systemd-analyze security` counts from 0, nothing is exposed, to 10. What is left to the service is a unix socket, for
# systemd's notifications, the clock device that ProtectClock= lets be read, and the machine's own files, read-only.
HIGHEST_EXPOSURE = 0.2


def said(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, check=True, **options).stdout


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    path = tmp_path_factory.mktemp("package")
    said("dpkg-deb", "--extract", package, path)
    return path


def test_lintian_finds_nothing(package, tmp_path):
    user = ["--allow-root"] if os.geteuid() == 0 else []
    done = subprocess.run(
        ["lintian", *user, "--fail-on", "error,warning", package],
        env=os.environ | {"TMPDIR": str(tmp_path)},  # where it leaves files behind
        text=True,
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_version_is_the_changelog_s_and_the_programs(package):
    version = re.match(r"grantd \((.+)\) ", (ROOT / "deploy/debian/changelog").read_text())[1]
    assert [said(program, "--version").strip() for program in (GRANTD, GRANTCTL)] == [version, version]
    assert said("dpkg-deb", "--field", package, "Version").strip() == version
    assert package.name.startswith(f"grantd_{version}_")


def test_it_depends_on_libfcgi_and_not_on_swift(package, unpacked):
    depends = said("dpkg-deb", "--field", package, "Depends")
    assert "libfcgi0ldbl" in depends and "swift" not in depends
    needed = said("readelf", "--dynamic", unpacked / "usr/bin/grantd")
    assert "libfcgi.so.0" in needed and "swift" not in needed.lower()


def test_the_programs_are_stripped(unpacked):
    for program in ("grantd", "grantctl"):
        assert ".symtab" not in said("readelf", "--section-headers", "--wide", unpacked / "usr/bin" / program)


def test_installing_it_touches_no_configuration_that_nginx_reads_by_itself(unpacked):
    files = {str(path.relative_to(unpacked)) for path in (unpacked / "etc").rglob("*") if path.is_file()}
    snippets = {f"etc/nginx/snippets/{path.name}" for path in (ROOT / "deploy/nginx").glob("*.conf")}
    assert files == snippets | {"etc/grantd/grantd.conf", "etc/logrotate.d/grantd"}


def test_the_settings_file_shows_every_setting_at_its_default(unpacked, tmp_path):
    text = (unpacked / "etc/grantd/grantd.conf").read_text()
    shown = re.findall(r"(?m)^#(GRANTD_\w+)=(.*)$", text)
    table = re.findall(r"(?m)^\| `(GRANTD_\w+)` \| (?:`(.*?)`|none) \|", (ROOT / "README.md").read_text())
    assert shown == table and shown
    # And grantd takes it, as it is and with all of its lines in force.
    for number, content in enumerate([text, re.sub(r"(?m)^#(GRANTD_)", r"\1", text)]):
        file = tmp_path / f"{number}.conf"
        file.write_text(content)
        surroundings = environment(tmp_path / "state", GRANTD_CONFIG=str(file))
        grantctl(tmp_path / "state", "client", "add", f"client-{number}")
        done = subprocess.run([GRANTD, "--check"], env=surroundings, text=True, capture_output=True)
        assert (done.returncode, done.stderr) == (0, "")


def named(pattern, *source):
    """What a source file of the project names."""
    return re.findall(pattern, ROOT.joinpath(*source).read_text())


# What each page has to speak of: where that is a list, by its own source.
PAGES = {
    "man8/grantd.8": ["--check", "--token-lifetime", "SIGHUP", "--version"],
    "man1/grantctl.1": ["client add", "--secret-stdin"],
    "man5/grantd.conf.5": named(r"`(GRANTD_\w+)` \|", "README.md"),
    "man5/grantd-client.5": re.findall(
        r"\w+", " ".join(named(r"(?s)known: \[(.*?)\]", "Sources/FileStore/Clients/MemberNames.swift"))
    ),
    "man5/grantd-audit.5": named(r'object.add\("(\w+)"', "Sources/FileStore/Audit/AuditEvent.swift"),
    "man7/grantd-monitoring.7": named(r'"(grantd_\w+)"', "Sources/Monitoring/Exposition/MetricsDocument.swift"),
    "man7/grantd-cluster.7": ["GRANTD_STORE_VIA", "GRANTD_STORE_REPLICAS", "store init", "store status"],
    "man7/grantd-migrating.7": ["--hydra", "--keycloak", "--aidbox", "PBKDF2", "accessTokenLifespan"],
    "man7/grantd-image.7": ["--read-only", "fsGroupChangePolicy", "grantctl health", "FCGI_WEB_SERVER_ADDRS"],
    "man7/grantd-sites.7": ["auth_request", "access_log", "Apache", "lighttpd"],
}


@pytest.mark.parametrize("page", PAGES)
def test_a_manual_page_is_set_without_a_warning_and_says_all(page, unpacked):
    path = unpacked / f"usr/share/man/{page}.gz"
    done = subprocess.run(
        ["man", "--warnings", "--local-file", path], env=os.environ | {"MANWIDTH": "80"}, text=True, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = re.sub(r"\s+", " ", done.stdout)
    assert len(PAGES[page]) > 1
    assert [wanted for wanted in PAGES[page] if wanted not in text] == []


def test_the_examples_that_the_pages_name_are_there(unpacked):
    pages = [page.read_text() for page in (ROOT / "deploy/man").iterdir()]
    named = {path for page in pages for path in re.findall(r"/usr/share/doc/grantd/examples/[\w./-]*\w", page)}
    assert len(named) > 2 and [path for path in named if not (unpacked / path[1:]).exists()] == []


def test_the_schema_of_a_client_s_file_is_there(unpacked):
    installed = unpacked / "usr/share/grantd/client.schema.json"
    assert installed.read_bytes() == (ROOT / "deploy/schema/client.schema.json").read_bytes()


@pytest.mark.parametrize("program", ["grantd", "grantctl"])
def test_bash_takes_the_completions(program, unpacked):
    said("bash", "-n", unpacked / f"usr/share/bash-completion/completions/{program}")
    assert (unpacked / f"usr/share/zsh/vendor-completions/_{program}").read_text().startswith("#compdef")
    assert f"-c '{program}'" in (unpacked / f"usr/share/fish/vendor_completions.d/{program}.fish").read_text()


def test_the_service_is_exposed_to_as_little_as_can_be():
    rated = said("systemd-analyze", "security", "--offline=true", "--no-pager", UNITS / "grantd.service")
    score = float(re.search(r"exposure level for grantd.service: ([0-9.]+)", rated)[1])
    assert score <= HIGHEST_EXPOSURE, rated


def test_systemd_takes_the_units(unpacked, tmp_path):
    """Both units as they are packaged, over the programs of the package."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/usr/bin/grantd", str(unpacked / "usr/bin/grantd"))
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        text=True,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
