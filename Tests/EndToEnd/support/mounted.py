"""Sites as people have them, each in a file of `sites/`, with the shipped files mounted as the README says.

A line that ends with "# grantd" is what the README has the site's owner add; without these lines the file is the site as it
was. Capital words stand for what a test puts there: PORT and SECURE_PORT, FILES (the site's own), APPLICATION (the port of
one), SOCKET (that of a FastCGI one) and DIRECTORY. The first lines of a file say in comments what kind of site it is, and

    # rest: METHOD PATH [HEADER: VALUE]     a request whose answer must be the same with grantd and without
    # mount: PATH                           where grantd is mounted, by the README's substitution; /oauth2 otherwise
    # host: NAME                            the site's name; example.com otherwise
    # balancer: ADDRESS                     whose word about TLS counts, as grantd.http.conf says; nobody's otherwise
"""

import os
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import requests
from support.nginx import SHIPPED_SOCKET
from support.programs import NGINX_USER, ROOT, SNIPPET, free_port, wait_until

SITES = sorted((Path(__file__).parents[1] / "servers/sites").glob("*.conf"))
README = (ROOT / "README.md").read_text()
# The README's way to another mount.
SUBSTITUTION = re.search(r"`sed -i '(s,oauth2,([^,]*),g)' /etc/nginx/snippets/grantd\.\*\.conf`", README)


class Surroundings:
    """What all sites stand on: files, applications, a password file and a certificate, and the workers' socket."""

    def __init__(self, directory, workers, application, fastcgi):
        self.directory, self.workers, self.application, self.fastcgi = directory, workers, application, fastcgi
        self.files = directory / "files"

    def put_in_place(self, script):
        """Writes what the sites serve; `script` is the FastCGI application's."""
        for name in (
            "index.html",
            "about.html",
            "logo.png",
            "static/report.txt",
            "public/page.html",
            "errors/refused.html",
        ):
            file = self.files / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"this is {name}\n")
        (self.files / "errors/failed.html").write_text("something failed\n")
        shutil.copy(script, self.files / "index.php")
        (self.directory / "passwords").write_text("staff:{PLAIN}password\n")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=example.com"]
            + ["-keyout", self.directory / "key.pem", "-out", self.directory / "certificate.pem"],
            check=True,
            capture_output=True,
        )

    def fill(self, text, ports):
        """A site's text with what its capital words stand for."""
        words = {
            "FILES": self.files,
            "SOCKET": self.fastcgi,
            "APPLICATION": self.application,
            "DIRECTORY": self.directory,
            **ports,
        }
        return re.sub(rf"\b({'|'.join(words)})\b", lambda match: str(words[match[0]]), text)


class MountedSite:
    """A site behind an nginx of its own, whose prefix has the shipped files in `snippets/`, with grantd or without."""

    def __init__(self, around, text, name, with_grantd=True, workers=None):
        said = dict(re.findall(r"(?m)^# (mount|host|balancer): (.+)$", text))
        self.rest = re.findall(r"(?m)^# rest: (.+)$", text)
        self.mount = said.get("mount", "oauth2")
        self.host = said.get("host", "example.com")
        self.prefix = around.directory / name
        self.errors = self.prefix / "errors.log"
        self.ports = {"SECURE_PORT": free_port(), "PORT": free_port()}
        self._process = None
        secure = "SECURE_PORT" in text
        self.url = (
            f"https://127.0.0.1:{self.ports['SECURE_PORT']}" if secure else f"http://127.0.0.1:{self.ports['PORT']}"
        )
        self.usual = {"Host": self.host}
        if "balancer" in said:
            self.usual |= {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        if not with_grantd:
            text = without_grantd(text)
        self._write(around.fill(text, self.ports), workers or around.workers, said.get("balancer"))

    def _write(self, text, workers, balancer):
        (self.prefix / "snippets").mkdir(parents=True)
        for file in SNIPPET.glob("*.conf"):
            shipped = file.read_text().replace(SHIPPED_SOCKET, str(workers))
            if balancer:
                shipped = trusting(shipped, balancer)
            (self.prefix / "snippets" / file.name).write_text(shipped)
        if self.mount != "oauth2":
            assert self.mount == SUBSTITUTION[2], "the README's own"
            files = (self.prefix / "snippets").glob("grantd.*.conf")
            subprocess.run(["sed", "-i", SUBSTITUTION[1], *files], check=True)
        for name in ("fastcgi_params", "mime.types"):
            shutil.copy(Path("/etc/nginx") / name, self.prefix / name)
        paths = "\n".join(
            f"{module}_temp_path {self.prefix}/{module};"
            for module in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
        )
        (self.prefix / "site.conf").write_text(text)
        (self.prefix / "nginx.conf").write_text(f"""
            {f"user {NGINX_USER};" if os.geteuid() == 0 else ""}
            worker_processes 1;
            daemon off;
            pid {self.prefix}/nginx.pid;
            error_log {self.errors} info;
            events {{ worker_connections 512; }}
            http {{
                access_log off;
                include mime.types;
                {paths}
                include site.conf;
            }}""")

    def start(self):
        self._process = subprocess.Popen(
            ["nginx", "-p", self.prefix, "-e", self.errors, "-c", self.prefix / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens, "nginx to listen")

    def _listens(self):
        assert self._process.poll() is None, self.errors.read_text()
        try:
            self.ask("GET", "/")
            return True
        except requests.ConnectionError:
            return False

    def stop(self):
        self._process.terminate()
        self._process.wait(10)

    def ask(self, method, path, headers={}, **more):
        """The answer to a request for a path, which is sent as it stands."""
        request = requests.Request(method, self.url, headers=self.usual | headers, **more).prepare()
        request.url = self.url + path
        with requests.Session() as session:
            session.trust_env = False
            return session.send(request, verify=False, timeout=15, allow_redirects=False)

    def post(self, endpoint, headers={}, **more):
        """The answer to a POST to one of grantd's endpoints."""
        return self.ask("POST", f"/{self.mount}/{endpoint}", headers, **more)

    def answer_of_rest(self, line):
        """What the site says to a line "METHOD PATH [HEADER: VALUE]", without what differs between any two answers."""
        method, path, *header = line.split(" ", 2)
        name, _, value = header[0].partition(": ") if header and header[0] else ("", "", "")
        answer = self.ask(method, path, {name: value} if name else {})
        headers = sorted((name, self._plain(value)) for name, value in answer.headers.items() if name != "Date")
        return answer.status_code, headers, self._plain(answer.text)

    def _plain(self, text):
        """A text without the ports of nginx and of the caller, and without what a location that includes the identity file
        says of nobody."""
        for name, port in self.ports.items():
            text = text.replace(str(port), name)
        return re.sub(r'"(REMOTE_PORT": "\d+|(HTTP_X_)?OAUTH_\w+": ")", ', "", text)


def without_grantd(text):
    """The site as it was."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.rstrip().endswith("# grantd"))


def trusting(shipped, balancer):
    """grantd.http.conf as its comment says for a site behind a load balancer."""
    plain = "map $https $grantd_https {\n    default $https;\n}\n"
    if plain not in shipped:
        return shipped
    told = re.search(r'(?m)^#map "\$realip_remote_addr.*\n(#.*\n)+', shipped)[0]
    return shipped.replace(told, "").replace(plain, told.replace("#", "").replace("10.0.0.5", balancer))


def examples():
    """The README's blocks of nginx's configuration, by their first lines, with our application for theirs."""
    blocks = re.findall(r"(?m)(?:^ {4,}\S.*\n(?:\n(?= {4}))?)+", README)
    found = {}
    for block in blocks:
        text = textwrap.dedent(block)
        if "include snippets/" in text:
            text = text.replace("127.0.0.1:8080", "127.0.0.1:APPLICATION").replace("/var/www/example", "FILES")
            text = re.sub(r"(?m)^( *)server \{$", r"\1server {\n    listen 127.0.0.1:PORT;", text)
            found[text.split()[0]] = text
    return found
