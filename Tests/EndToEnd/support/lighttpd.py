"""A lighttpd of our own on a free port of the loopback, with the file that is shipped mounted in a site."""

import grp
import os
import pwd
import re

from support.programs import NGINX_USER, ROOT
from support.protected import SCOPES
from support.web_server import WebServer

SHIPPED = ROOT / "deploy/lighttpd/grantd.conf"


class Lighttpd(WebServer):
    """A site with the endpoints, and with locations of each kind that want a token.

    `before` stands before the shipped file, `after` after the site's locations, `within` in each of them.
    `modules` are loaded after its own, and its lines for them switched on.
    """

    asks_by_port = False
    tells_proxied = False

    def __init__(self, parts, before="", after="", within="", modules=""):
        super().__init__(parts.own)
        user = pwd.getpwnam(NGINX_USER)
        group = grp.getgrgid(user.pw_gid).gr_name
        shipped = SHIPPED.read_text().replace("/run/grantd/grantd.sock", str(parts.workers.socket))
        if modules:
            shipped = re.sub(r"(?m)^( *)#(\S+ = \( \))$", r"\1\2", shipped)
        more = ", ".join(f'"mod_{name}"' for name in ["openssl", "proxy", *modules.split()])
        self.configuration = parts.own / "lighttpd.conf"
        self.configuration.write_text(f"""
            {f'server.username = "{NGINX_USER}"{os.linesep}server.groupname = "{group}"' if os.geteuid() == 0 else ""}
            server.modules = ( "mod_indexfile", "mod_access", "mod_alias", "mod_redirect" )
            server.bind = "127.0.0.1"
            server.port = {self.port}
            server.document-root = "{parts.www}"
            server.upload-dirs = ( "{parts.own}" )
            $SERVER["socket"] == "127.0.0.1:{self.tls_port}" {{
                ssl.engine = "enable"
                ssl.pemfile = "{parts.tls[0]}"
                ssl.privkey = "{parts.tls[1]}"
            }}
            {before}
            {shipped}
            server.modules += ( {more} )
            {self._protected(parts, within)}
            {after}
            """)
        self.command = ["lighttpd", "-D", "-f", self.configuration]

    def _protected(self, parts, within):
        return "".join(
            location(f"/{name}/{kind}/", scope, *content, within)
            for name, scope in SCOPES.items()
            for kind, content in {
                "proxied": (
                    "grantd_check",
                    f'proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => {parts.application.port} )) )',
                ),
                "FastCGI": (
                    f'grantd_check + ( "/{name}/FastCGI" => (( "socket" => "{parts.fastcgi.socket}",'
                    f' "check-local" => "disable", "docroot" => "{parts.scripts}" )) )',
                ),
                "static": ("grantd_check",),
            }.items()
        )


def location(path, scope, fastcgi, *contents):
    return f"""
        $HTTP["url"] =^ "{path}" {{
            setenv.set-environment = ( "OAUTH_REQUIRE_SCOPE" => "{scope}" )
            fastcgi.server = {fastcgi}
            {" ".join(contents)}
        }}"""
