"""lighttpd: grantd mounted and asked by mod_fastcgi, as deploy/lighttpd has it."""

import re
import subprocess
from pathlib import Path

import pytest
from support.any_server import *
from support.any_server import check_nothing_passes_while_nobody_can_check, check_tls_is_told, site_behind, with_tokens
from support.lighttpd import SHIPPED, Lighttpd
from support.programs import free_port
from support.temporary import directory

ISSUER = {"GRANTD_ISSUER": "https://example.com/oauth2"}
# A later block takes the place of the scopes.
UNSAID = """
    $HTTP["url"] =^ "/unsaid/" {
        setenv.set-environment = ( "OAUTH_REQUIRE_SCOPE" => "orders.read" )
        fastcgi.server = grantd_check
    }
    $HTTP["url"] =^ "/audience/" {
        setenv.set-environment = (
            "OAUTH_REQUIRE_SCOPE" => "", "OAUTH_REQUIRE_AUDIENCE" => "https://api.example.com/orders"
        )
        fastcgi.server = grantd_check
        WITHIN
    }
    $HTTP["url"] =~ "^/unsaid/static" {
        setenv.set-environment = ( "OTHER" => "value" )
        WITHIN
    }
"""
# What a site may set for all of its requests, and what it says of that in a location that wants a token.
HOSTILE = {
    "modules": "auth authn_file deflate expire",
    "before": """
        auth.backend = "plain"
        auth.backend.plain.userfile = "/nonexistent"
        auth.require = ( "/" => ( "method" => "basic", "realm" => "site", "require" => "valid-user" ) )
        deflate.mimetypes = ( "application/json" )
        deflate.allowed-encodings = ( "gzip" )
        expire.url = ( "" => "access plus 1 hours" )
        setenv.add-response-header = ( "Cache-Control" => "public" )
        setenv.set-response-header = ( "Pragma" => "public", "X-Site" => "yes" )
        setenv.set-environment = ( "OAUTH_REQUIRE_SCOPE" => "", "OAUTH_CLIENT_ID" => "somebody" )
        server.error-handler = "/pretty"
        server.error-intercept = "enable"
        server.stream-request-body = 2
    """,
    "within": """
        auth.require = ( )
        deflate.mimetypes = ( )
        setenv.add-response-header = ( )
        setenv.set-response-header = ( )
        server.error-intercept = "disable"
        server.stream-request-body = 0
    """,
}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def made(request):
    around = HOSTILE if request.param else {"within": ""}
    with site_behind(Lighttpd, ISSUER, after=UNSAID.replace("WITHIN", around["within"]), **around) as built:
        yield with_tokens(built)


def test_lighttpd_takes_the_shipped_file_beside_debian_s_own():
    with directory() as path:
        enabled = path / "enabled"
        enabled.mkdir()
        (enabled / "05-grantd.conf").write_text(SHIPPED.read_text() + UNSAID.replace("WITHIN", ""))
        for name in ("05-setenv", "10-cgi", "10-fastcgi", "10-proxy", "10-rewrite"):
            (enabled / f"{name}.conf").symlink_to(f"/etc/lighttpd/conf-available/{name}.conf")
        text = Path("/etc/lighttpd/lighttpd.conf").read_text().replace("/etc/lighttpd/conf-enabled", str(enabled))
        (path / "lighttpd.conf").write_text(re.sub(r"(?m)^(server.port *=).*", rf"\1 {free_port()}", text))
        tested, printed = (
            subprocess.run(["lighttpd", option, "-f", path / "lighttpd.conf"], text=True, capture_output=True)
            for option in ("-tt", "-p")
        )
        assert tested.returncode == 0 and tested.stderr == "", tested.stderr
        assert printed.stdout.index('"mod_fastcgi"') < printed.stdout.index('"mod_proxy"')


def test_the_site_over_tls_is_told_apart():
    with site_behind(Lighttpd, {"GRANTD_REQUIRE_TLS": "all"}) as strict:
        check_tls_is_told(strict)


def test_nothing_passes_while_no_check_is_answered():
    with site_behind(Lighttpd) as made:
        assert check_nothing_passes_while_nobody_can_check(with_tokens(made)).status_code == 503
