"""A Caddy of our own on free ports of the loopback, with the file that is shipped as its configuration."""

import os
from pathlib import Path

from support.programs import ROOT
from support.web_server import WebServer

SHIPPED = ROOT / "deploy/caddy/Caddyfile"
# No administration, no port 80, and nothing in the user's directories.
GLOBAL = """{
    admin off
    auto_https disable_redirects
    storage file_system FILES
}
"""


class Caddy(WebServer):
    """The shipped site over TLS and, as `url`, in clear; it asks grantd's nginx at a port."""

    def __init__(self, directory: Path, nginx_port, application_port, certificate, edit=str):
        super().__init__(directory)
        shipped = edit(SHIPPED.read_text()).replace("9091", str(nginx_port)).replace("8080", str(application_port))
        snippets, site = shipped.split("\nexample.com {\n")
        over_tls = f"\nhttps://127.0.0.1:{self.tls_port} {{\n    tls {certificate[0]} {certificate[1]}\n{site}"
        in_clear = f"\nhttp://127.0.0.1:{self.port} {{\n{site}"
        self.configuration = directory / "Caddyfile"
        self.configuration.write_text(GLOBAL.replace("FILES", str(directory)) + snippets + over_tls + in_clear)
        self.command = ["env", f"HOME={directory}", f"XDG_CONFIG_HOME={directory}", f"XDG_DATA_HOME={directory}"]
        self.command += ["caddy", "run", "--adapter", "caddyfile", "--config", os.fspath(self.configuration)]
