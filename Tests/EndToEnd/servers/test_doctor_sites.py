"""The doctor's sites: nginx takes or refuses each as the site says, and the doctor reads files as nginx itself does.

`Tests/DoctorTests/SiteFixture.swift` says what the comments of a site mean.
"""

import json
import re
import shutil
import subprocess

import pytest
from support.certificates import self_signed
from support.programs import ROOT, SNIPPET, grantctl
from support.temporary import directory

SITES = ROOT / "Tests/DoctorTests/Sites"
FILES = {f"{path.parent.name}/{path.stem}": path for path in sorted(SITES.glob("*/*.conf"))}
REFUSED = "# nginx: refuses\n"


@pytest.fixture(scope="module")
def certificate():
    with directory() as path:
        yield self_signed(path)


@pytest.fixture(params=FILES.values(), ids=FILES)
def site(request, certificate):
    """A prefix of nginx's with one of the sites, on the loopback: its text and the path of nginx.conf."""
    text = request.param.read_text()
    with directory() as path:
        (path / "snippets/grantd.d").mkdir(parents=True)
        for file in SNIPPET.glob("*.conf"):
            (path / "snippets" / file.name).write_text(edited(file, text))
        for name, content in re.findall(r"(?m)^# file: (\S+) \| (.*)$", text):
            (path / "snippets" / name).write_text(content.replace("\\n", "\n"))
        for name in ("fastcgi_params", "uwsgi_params", "mime.types"):
            shutil.copy(f"/etc/nginx/{name}", path)
        for file in certificate:
            shutil.copy(file, path)
        (path / "site.conf").write_text(
            on_loopback(text).replace("/var/log/nginx", str(path)).replace("/var/cache/nginx", str(path))
        )
        temporary = "".join(
            f"{of}_temp_path {path}/{of};" for of in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
        )
        (path / "nginx.conf").write_text(
            f"pid {path}/pid;\nevents {{}}\nhttp {{\n    {temporary}\n    include mime.types;\n    include site.conf;\n}}\n"
        )
        yield text, path / "nginx.conf"


def edited(file, text):
    """A shipped file with the site's edits."""
    shipped = file.read_text()
    for edit in re.findall(r"(?m)^# edit: (.*)$", text):
        name, old, new = (part.replace("\\n", "\n") for part in edit.split(" | "))
        if name == file.name:
            assert old in shipped
            shipped = shipped.replace(old, new)
    return shipped


def on_loopback(text):
    """A site that listens on loopback addresses alone, and on ports that need no root."""
    text = re.sub(r"(?m)^( *listen )\[::\]:(\d+)", r"\g<1>127.0.0.2:10\2", text)
    text = re.sub(r"(?m)^( *listen )(\d+)(?=[ ;])", r"\g<1>127.0.0.1:10\2", text)
    return text if "listen " in text else text.replace("server {", "server {\n    listen 127.0.0.1:18080;")


def nginx(option, configuration):
    command = ["nginx", option, "-e", "stderr", "-c", configuration, "-g", "error_log stderr;"]
    return subprocess.run(command, text=True, capture_output=True)


def findings(state, *arguments, **more):
    answer = grantctl(state, "doctor", "--site-only", "--json", *arguments, check=False, **more)
    assert answer.returncode in (0, 1), answer.stderr
    return json.loads(answer.stdout)["findings"]


def test_nginx_takes_it_or_refuses_it_and_the_doctor_reads_the_same(site, tmp_path):
    text, configuration = site
    printed = nginx("-T", configuration)
    by_file = findings(tmp_path, "--nginx", configuration)
    if REFUSED in text:
        assert printed.returncode != 0 and "[emerg]" in printed.stderr
        assert [found["severity"] for found in by_file].count("failure") == 1
    else:
        assert printed.returncode == 0, printed.stderr
        assert findings(tmp_path, "--nginx", "-", stdin=printed.stdout) == by_file
