"""Apache: grantd mounted by mod_proxy_fcgi, and asked by mod_authnz_fcgi, as deploy/apache has it."""

import subprocess

import pytest
import requests
from support.any_server import *
from support.any_server import (
    check_answer,
    check_nothing_passes_while_nobody_can_check,
    check_tls_is_told,
    site_behind,
    with_tokens,
)
from support.apache import DEFAULT, SHIPPED, Apache, load, location, named_in_the_file
from support.programs import free_port
from support.temporary import directory

# SetEnv sets it when grantd has been asked already.
UNSAID = """
    <Location "/audience/">
        Use GrantdTokenFor "https://api.example.com/orders" ""
    </Location>
    <Location "/unsaid/">
        AuthnzFcgiCheckAuthnProvider grantd UserExpr "%{reqenv:OAUTH_CLIENT_ID}"
        CGIPassAuth On
        SetEnv OAUTH_REQUIRE_SCOPE orders.read
        AuthType None
        AuthMerging Off
        Require grantd
        Satisfy All
    </Location>
"""


# What a site may set around them.
HOSTILE_MODULES = "expires substitute cache_disk request authn_file auth_basic"
HOSTILE = """
    SetEnv OAUTH_REQUIRE_SCOPE ""
    SetEnvIf Request_Method ^ HTTPS=on
    RequestHeader set X-OAuth-Client-Id somebody
    AddDefaultCharset koi8-r
    ExpiresActive On
    ExpiresDefault "access plus 1 hour"
    Header set Cache-Control "public, max-age=3600"
    Header always set Cache-Control public
    Header always append Pragma public
    Header always set Content-Type text/html
    ErrorDocument 400 /pretty
    ErrorDocument 401 "site"
    ErrorDocument 403 /pretty
    ErrorDocument 404 /pretty
    ErrorDocument 405 /pretty
    ErrorDocument 413 /pretty
    ErrorDocument 415 /pretty
    ErrorDocument 500 /pretty
    ErrorDocument 503 /pretty
    ProxyErrorOverride On
    CacheRoot FILES
    CacheQuickHandler off
    CacheEnable disk /
    CacheIgnoreCacheControl On
    CacheStoreNoStore On
    CacheStorePrivate On
    AddOutputFilterByType SUBSTITUTE application/json
    <Location "/">
        SetOutputFilter DEFLATE
        Substitute s/token/broken/
        AuthType Basic
        AuthName site
        AuthBasicProvider file
        AuthUserFile /nonexistent/passwords
        AuthMerging Or
        Require all granted
        Satisfy Any
        Order deny,allow
        Allow from all
        CGIPassAuth Off
    </Location>
"""


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def made(request):
    around = {"before": HOSTILE, "modules": HOSTILE_MODULES} if request.param else {}
    with site_behind(Apache, {"GRANTD_ISSUER": "https://example.com/oauth2"}, locations=UNSAID, **around) as built:
        yield with_tokens(built)


def test_the_site_over_tls_is_told_apart():
    with site_behind(Apache, {"GRANTD_REQUIRE_TLS": "all"}) as strict:
        check_tls_is_told(strict)


def test_nothing_passes_while_no_check_is_answered():
    with site_behind(Apache) as made:
        check_answer(check_nothing_passes_while_nobody_can_check(with_tokens(made)), 503, "temporarily_unavailable")


def test_apache_takes_the_shipped_file_with_the_modules_that_it_names():
    with directory() as path:
        site = location("/orders/", "orders.read orders.write", "ProxyPass http://127.0.0.1:8080/")
        (path / "apache.conf").write_text(f"""
            {load([*DEFAULT.split(), *named_in_the_file(), "proxy_http"])}
            ServerName localhost
            ErrorLog {path}/errors.log
            {SHIPPED.read_text()}
            <VirtualHost *:80>
                Use GrantdEndpoints
                {site}
            </VirtualHost>
            <VirtualHost *:81>
                Use GrantdEndpoints
                {site}
            </VirtualHost>
            Listen {free_port()}""")
        tested = subprocess.run(["apache2", "-t", "-f", path / "apache.conf"], text=True, capture_output=True)
        assert tested.returncode == 0 and tested.stderr == "Syntax OK\n", tested.stderr


# A page that takes in others, and what stands behind a rewrite and a directory.
WITHIN = """
    <Directory "WWW">
        Options +Includes +ExecCGI +FollowSymLinks
        AddOutputFilter INCLUDES .shtml
        AddHandler cgi-script .cgi
        DirectoryIndex index.cgi
        RewriteEngine on
        RewriteRule ^rewritten$ /any/static/index.cgi [PT]
    </Directory>
    <Directory "WWW/any/static">
        RewriteEngine on
        RewriteRule ^deeper$ index.cgi
    </Directory>
"""


@pytest.fixture(scope="module")
def within():
    with site_behind(Apache, locations=WITHIN, modules="cgi include rewrite") as built:
        (built.parts.www / "any/static/page.shtml").write_text('<!--#include virtual="/both/static/file" -->')
        script = built.parts.www / "any/static/index.cgi"
        script.write_text("#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; env")
        script.chmod(0o755)
        yield with_tokens(built)


def get(made, path, token):
    return requests.get(made.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=10)


def test_a_page_takes_in_nothing_that_wants_another_scope(within):
    for token in (within.reader, within.writer):
        page = get(within, "/any/static/page.shtml", token)
        assert page.status_code == 200 and "content" not in page.text and "error occurred" in page.text


@pytest.mark.parametrize("path", ["/any/static/", "/any/static/deeper", "/rewritten"])
def test_the_application_is_told_wherever_the_request_goes_on(within, path):
    for token, name in [(within.reader, "reader"), (within.writer, "writer")]:
        told = dict(line.split("=", 1) for line in get(within, path, token).text.splitlines())
        assert told["OAUTH_CLIENT_ID"] == told["HTTP_X_OAUTH_CLIENT_ID"] == name
        assert told["OAUTH_SCOPE"].startswith("orders.read") and told["REMOTE_USER"] == f"client:{name}"
    assert get(within, path, "garbage").status_code == 401


CLOSED = """
    <Location "/">
        Use GrantdToken ""
        ProxyPass http://127.0.0.1:APPLICATION/
    </Location>
    <Location "/public/">
        Require all granted
        Use GrantdIdentity
    </Location>
    Use GrantdEndpoints
"""


def test_a_site_that_is_closed_as_a_whole_opens_what_it_names():
    with site_behind(Apache, locations=CLOSED) as made:
        with_tokens(made)
        for path in ("/", "/orders/1", "/Orders/1", "/public", "/oauth", "/public/../orders/1", "/public/..%2forders"):
            assert requests.get(made.url + path, timeout=10).status_code in (401, 404), path
        assert get(made, "/orders/1", made.reader).status_code == 200
        forged = {
            spelt: "forged"
            for spelt in ("X-OAuth-Client-Id", "X_OAuth_Client_Id", "x-oauth_client-id", "X-OAuth-Scope")
        }
        for path, bearer in [("/public/1", {}), ("/orders/1", {"Authorization": f"Bearer {made.reader}"})]:
            answer = requests.get(made.url + path, headers=forged | bearer, timeout=10)
            assert answer.status_code == 200 and "forged" not in answer.text
