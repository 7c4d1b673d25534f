"""A newcomer: what they type into a shell, in a directory of their own, and all that they are told."""

import contextlib
import os
import shutil
import signal
import subprocess

from support.certificates import self_signed
from support.nginx import Nginx
from support.pool import Pool
from support.programs import BUILT, GRANTD, SNIPPET, environment, free_port, grantctl, wait_until

# Words that stand for more: another user, a line of the settings, a client's file, what is tried until it comes true.
SHELL = """
nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
www_data() { setpriv --reuid=www-data --regid=www-data --clear-groups "$@"; }
setting() { printf '%s\\n' "$1" >"$GRANTD_CONFIG"; grantd --check; }
soon() { for _ in $(seq 200); do "$@" && return; sleep 0.05; done; }
is_expired() { echo "$1" | grantctl token inspect | grep "and it expired"; }
export -f soon
token_request() { curl -sS "$SITE/oauth2/token" "$@"; }
token() { token_request -u "orders:$SECRET" -d grant_type=client_credentials | cut -d'"' -f4; }
client_file() { printf '%s' "$2" >"state/clients/$1"; chmod 600 "state/clients/$1"; grantd --check; }
"""
SECRETS = '"secrets": [{"hash": "sha256:' + "ab" * 32 + '"}]'


class Newcomer:
    """Types into a shell at a state that has the client `orders`."""

    def __init__(self, path, **variables):
        self.path = path
        self._environment = environment(path / "state", GRANTD_CONFIG=str(path / "grantd.conf"), SECRETS=SECRETS)
        self._environment |= {
            "PATH": f"{BUILT}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "DIR": str(path),
        } | variables
        (path / "grantd.conf").touch()

    def types(self, line):
        """All that is said on both outputs, as one line of words, with DIR for the directory."""
        shell = subprocess.Popen(
            ["bash", "-c", SHELL + line],
            cwd=self.path,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = shell.communicate(timeout=60)
        finally:
            # What the line has left in the background goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait(10)
            shell.stdout.close()
        return " ".join(said.decode().replace(str(self.path), "DIR").split())

    def writes(self, site):
        """What nginx and the doctor say of a configuration whose http {} holds this, with a port of its own for PORT."""
        snippets = self.path / "snippets"
        (snippets / "grantd.d").mkdir(parents=True)
        for file in SNIPPET.glob("*.conf"):
            shutil.copy(file, snippets)
        shutil.copy("/etc/nginx/fastcgi_params", self.path)
        temporary = "".join(
            f"{of}_temp_path {self.path}/{of};" for of in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
        )
        (self.path / "nginx.conf").write_text(
            f"pid {self.path}/pid;\nevents {{}}\nhttp {{\n{temporary}\naccess_log off;\n{site}\n}}\n".replace(
                "PORT", str(free_port())
            )
        )
        return self.types("nginx -t -e stderr -c $DIR/nginx.conf; grantctl doctor --nginx nginx.conf --site-only")


class LiveSite:
    """A worker behind nginx with a protected location, beside a server that redirects and one that does not mount."""

    def __init__(self, path):
        self.path, self.state = path, path / "state"
        self.state.mkdir(mode=0o700)
        self.pool = Pool(path, GRANTD, self.state, 1)
        self.redirecting, self.bare, self.tls = free_port(), free_port(), free_port()
        certificate, key = self_signed(path)
        others = f"""
            server {{ listen 127.0.0.1:{self.redirecting}; return 301 https://127.0.0.1:{self.tls}$request_uri; }}
            server {{ listen 127.0.0.1:{self.bare}; root {path}/none; }}
            server {{ listen 127.0.0.1:{self.tls} ssl; ssl_certificate {certificate}; ssl_certificate_key {key}; }}
        """
        protected = f"""
            location ^~ /orders/ {{
                auth_request "oauth2-check/orders.read";
                include {SNIPPET}/grantd.client.conf;
                include {SNIPPET}/grantd.identity.conf;
                empty_gif;
            }}
            location ^~ /invoices/ {{
                auth_request "oauth2-check/invoices.write";
                include {SNIPPET}/grantd.client.conf;
                include {SNIPPET}/grantd.identity.conf;
                empty_gif;
            }}
        """
        self.nginx = Nginx(path, self.pool.socket, http=others, server=protected)

    def start(self):
        self.pool.start()
        self.nginx.start()
        wait_until((self.state / "key").exists, "grantd's state")
        made = grantctl(
            self.state, "client", "add", "orders", "--scope", "orders.read", "--secret-stdin", stdin="s" * 43
        )
        assert made.returncode == 0
        self.newcomer = Newcomer(
            self.path,
            SITE=self.nginx.url,
            REDIRECTING=f"http://127.0.0.1:{self.redirecting}",
            BARE=f"http://127.0.0.1:{self.bare}",
            TLS=f"https://127.0.0.1:{self.tls}",
            SECRET="s" * 43,
        )

    def stop(self):
        try:
            self.nginx.stop()
        finally:
            self.pool.stop()
