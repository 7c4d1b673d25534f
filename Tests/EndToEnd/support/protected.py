"""A site with locations that want a token: proxied, FastCGI and static ones."""

import contextlib

from support.application import HTTPApplication, fastcgi_application
from support.programs import SNIPPET
from support.site import site
from support.temporary import directory, running

KINDS = ["proxied", "FastCGI", "static"]
# The locations of each kind, and what they ask for.
SCOPES = {"any": "", "read": "orders.read", "both": "orders.read orders.write"}

# What a site may set around them; FILES stands for the site's directory.
HOSTILE_HTTP = "fastcgi_cache_path FILES/../cache keys_zone=site:1m;"
HOSTILE_SERVER = """
    satisfy any;
    allow all;
    auth_basic "the site";
    auth_basic_user_file /nonexistent/passwords;
    auth_request /pretty;
    error_page 400 401 403 404 500 502 503 504 =200 /pretty;
    proxy_intercept_errors on;
    fastcgi_intercept_errors on;
    recursive_error_pages on;
    underscores_in_headers on;
    ignore_invalid_headers off;
    proxy_set_header X-OAuth-Client-Id somebody;
    fastcgi_param OAUTH_CLIENT_ID somebody;
    fastcgi_param OAUTH_REQUIRE_SCOPE "";
    fastcgi_hide_header WWW-Authenticate;
    fastcgi_hide_header X-OAuth-Client-Id;
    fastcgi_cache site;
    fastcgi_cache_key same;
    fastcgi_cache_valid any 1h;
    fastcgi_cache_use_stale error http_503;
    fastcgi_ignore_headers Cache-Control;
    fastcgi_read_timeout 1ms;
    fastcgi_buffer_size 1k;
    fastcgi_busy_buffers_size 8k;
    large_client_header_buffers 20 16k;
    expires 1h;
    add_header WWW-Authenticate "Basic realm=site" always;
    gzip on;
    gzip_types *;
    gzip_min_length 1;
    charset koi8-r;
    charset_types *;
    ssi on;
    ssi_types *;
    sub_filter_types *;
    sub_filter "live bearer" broken;
    sub_filter "checked now" broken;
    types { text/html html; }
    set $oauth_client_id somebody;
    set $oauth_scope everything;
    location = /pretty { auth_request off; return 200 pretty; }
    location ~ check { return 200 regex; }
    location ~ (any|read|both) { return 200 regex; }
"""
# Below the snippet: sends to a page whatever is neither a file nor protected.
HOSTILE_REWRITE = "if (!-e FILES$uri) { rewrite ^/(?!any/|read/|both/) /pretty last; }"


def location(path, scope, content):
    return f"""
        location ^~ {path} {{
            auth_request "oauth2-check/{scope}";
            include {SNIPPET}/grantd.client.conf;
            include {SNIPPET}/grantd.identity.conf;
            client_max_body_size 16m;
            {content}
        }}"""


@contextlib.contextmanager
def protected_site(is_hostile=False, server="", **more):
    """The site, with the tokens of a client `reader` of orders.read and a client `writer` of both scopes."""
    with directory() as path, contextlib.ExitStack() as stack:
        for name in ("file", "page.html"):
            (path / name).write_text("content")
        application = HTTPApplication()
        stack.enter_context(running(application))
        pool, script = fastcgi_application(path)
        stack.enter_context(running(pool))
        contents = {
            "proxied": f"proxy_pass http://127.0.0.1:{application.port};",
            "FastCGI": f"fastcgi_pass unix:{pool.socket}; fastcgi_cache off; fastcgi_read_timeout 10s;"
            f" include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME {script};",
            "static": f"alias {path}/; expires off;",
        }
        for name, scope in SCOPES.items():
            server += "".join(location(f"/{name}/{kind}/", scope, content) for kind, content in contents.items())
        if is_hostile:
            (path / "cache").mkdir(mode=0o777)
            server += HOSTILE_SERVER
            edit, rewrite = more.get("edit", str), HOSTILE_REWRITE.replace("FILES", str(path))
            more |= {"http": HOSTILE_HTTP.replace("FILES", str(path)), "edit": lambda text: edit(text) + rewrite}
        made = stack.enter_context(site(server=server, **more))
        made.reader = token(made, "reader", "orders.read")
        made.writer = token(made, "writer", "orders.read orders.write")
        yield made


def longest_scope():
    """As many bytes as a client's scope may have."""
    words = " ".join(["orders.read", *(f"https://example.com/scopes/{number}" for number in range(300))])
    return words[:7168].rpartition(" ")[0].ljust(7168, "x")


def token(site, identifier, scope=""):
    """A new client's token."""
    secret = site.add(identifier, *(["--scope", scope] if scope else []))
    return site.grant(identifier, secret).json()["access_token"]
