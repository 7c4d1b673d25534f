"""An Apache of our own on a free port of the loopback, with the file that is shipped mounted in a site."""

import grp
import os
import pwd
import re

from support.programs import NGINX_USER, ROOT
from support.protected import SCOPES
from support.web_server import WebServer

SHIPPED = ROOT / "deploy/apache/grantd.conf"
MODULES = "/usr/lib/apache2/modules"
# What Debian's Apache has on before anything is added, as far as it matters here.
DEFAULT = "access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user"
DEFAULT += " deflate dir env filter mime mpm_event setenvif"
# What another module stands on, which a2enmod adds by itself.
NEEDED = {
    "cache_disk": "cache",
    "include": "mime",
    "proxy_fcgi": "proxy",
    "proxy_http": "proxy",
    "ssl": "socache_shmcb",
}


def named_in_the_file():
    """The modules that the shipped file says to enable."""
    [line] = re.findall(r"(?m)^#     a2enmod (.*)$", SHIPPED.read_text())
    return line.split()


def load(modules):
    """The lines that load modules, each once, after those that they stand on."""
    wanted = [module for name in modules for module in (NEEDED.get(name), name) if module]
    return "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in dict.fromkeys(wanted))


def location(path, scope, content=""):
    return f"""
        <Location "{path}">
            Use GrantdToken "{scope}"
            {content}
        </Location>"""


class Apache(WebServer):
    """A site with the endpoints, and with locations of each kind that want a token.

    `before` stands in the site before these, `locations` after them; FILES in either is a directory that is theirs, WWW the
    document root, APPLICATION the application's port.
    """

    asks_by_port = True
    tells_proxied = True

    def __init__(self, parts, before="", locations="", modules=""):
        super().__init__(parts.own)
        self._parts, own = parts, parts.own
        user = pwd.getpwnam(NGINX_USER)
        group = grp.getgrgid(user.pw_gid).gr_name
        shipped = SHIPPED.read_text().replace("/run/grantd/grantd.sock", str(parts.workers.socket))
        places = {"FILES": own, "WWW": parts.www, "APPLICATION": parts.application.port}
        for name, place in places.items():
            before, locations = before.replace(name, str(place)), locations.replace(name, str(place))
        site = f"DocumentRoot {parts.www}\n{before}\nUse GrantdEndpoints\n{self._protected()}\n{locations}"
        self.configuration = own / "apache.conf"
        self.configuration.write_text(f"""
            {load([*DEFAULT.split(), *named_in_the_file(), "proxy_http", "ssl", *modules.split()])}
            {f"User {NGINX_USER}{os.linesep}Group {group}" if os.geteuid() == 0 else ""}
            ServerRoot {own}
            ServerName localhost
            DefaultRuntimeDir {own}
            PidFile {own}/apache.pid
            ErrorLog {self.errors}
            Mutex posixsem
            TypesConfig /dev/null
            Listen 127.0.0.1:{self.port}
            Listen 127.0.0.1:{self.tls_port}
            StartServers 1
            <Directory />
                Require all denied
            </Directory>
            <Directory {parts.www}>
                Require all granted
            </Directory>
            {shipped.replace("127.0.0.1:9040", f"127.0.0.1:{parts.port}")}
            <VirtualHost 127.0.0.1:{self.port}>
                {site}
            </VirtualHost>
            <VirtualHost 127.0.0.1:{self.tls_port}>
                SSLEngine on
                SSLCertificateFile {parts.tls[0]}
                SSLCertificateKeyFile {parts.tls[1]}
                {site}
            </VirtualHost>
            """)
        self.command = ["apache2", "-DFOREGROUND", "-f", self.configuration]

    def _protected(self):
        return "".join(
            location(f"/{name}/{kind}/", scope, content)
            for name, scope in SCOPES.items()
            for kind, content in {
                "proxied": f"ProxyPass http://127.0.0.1:{self._parts.application.port}/{name}/proxied/\n"
                "SetEnvIf Request_Method ^ proxy-sendcl=1",
                "FastCGI": f'ProxyPass "unix:{self._parts.fastcgi.socket}|fcgi://application/"\n'
                f"ProxyFCGISetEnvIf true SCRIPT_FILENAME {self._parts.script}",
                "static": "",
            }.items()
        )
