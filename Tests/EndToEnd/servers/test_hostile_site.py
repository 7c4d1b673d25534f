"""A site whose server {} sets what would change or withhold the answers: at the mount nothing of it shows."""

import re

import pytest
import requests
from support.nginx import Nginx
from support.site import CHOSEN, site
from support.temporary import running

HTTP = """
    fastcgi_cache_path {directory}/cache keys_zone=cache:1m;
    limit_req_zone $server_port zone=site:1m rate=1r/m;
"""
SERVER = """
    root /nonexistent;
    index index.html;
    expires 1h;
    add_header Cache-Control "public, max-age=3600" always;
    add_header X-Site yes always;
    error_page 400 401 403 404 405 413 415 429 500 502 503 504 =200 /pretty;
    fastcgi_intercept_errors on;
    auth_basic "the site";
    auth_basic_user_file /nonexistent/passwords;
    auth_request /denied;
    gzip on;
    gzip_types *;
    gzip_min_length 1;
    charset utf-16;
    charset_types *;
    default_type text/plain;
    sub_filter_types *;
    sub_filter_once off;
    sub_filter token broken;
    sub_filter error broken;
    ssi on;
    ssi_types *;
    userid on;
    fastcgi_hide_header Cache-Control;
    fastcgi_hide_header Pragma;
    fastcgi_hide_header WWW-Authenticate;
    fastcgi_hide_header Allow;
    fastcgi_ignore_headers Cache-Control;
    fastcgi_param PATH_INFO /elsewhere;
    fastcgi_param REQUEST_METHOD GET;
    fastcgi_pass_request_body off;
    fastcgi_pass_request_headers off;
    fastcgi_request_buffering off;
    fastcgi_read_timeout 1ms;
    client_max_body_size 1;
    client_body_in_file_only on;
    client_body_buffer_size 1;
    limit_req zone=site;
    limit_req_dry_run on;
    limit_req_status 400;
    mirror /denied;
    fastcgi_force_ranges on;
    location = /denied {{ internal; return 403; }}
    location = /pretty {{ return 200 pretty; }}
    location ~ token {{ return 200 regex; }}
    location / {{ return 200 site; }}
"""
# nginx takes one of the two.
KEEPING = {
    "cache": "fastcgi_cache cache; fastcgi_cache_key all; fastcgi_cache_methods GET POST; fastcgi_cache_valid any 1h;",
    "store": "fastcgi_store {directory}/stored$request_id;",
}
FORM = {"grant_type": "client_credentials"}
REQUESTS = {
    "a grant": dict(data=FORM, auth=("web-app", CHOSEN)),
    "a wrong secret": dict(data=FORM, auth=("web-app", "wrong")),
    "no grant_type": dict(data={"scope": "read"}, auth=("web-app", CHOSEN)),
    "another type": dict(data="<xml/>", headers={"Content-Type": "text/xml"}),
    "another method": dict(method="GET"),
    "another path": dict(path="/oauth2/nothing.html"),
    "a body too large": dict(data="x" * 20000, path="/oauth2/token.html"),
    "a part of the answer": dict(data=FORM, auth=("web-app", CHOSEN), headers={"Range": "bytes=0-3"}),
}


@pytest.fixture(scope="module", params=KEEPING.values(), ids=KEEPING)
def sites(request):
    """A plain site and a hostile one before the same workers."""
    with site() as plain:
        plain.add("web-app", secret=CHOSEN)
        within = plain.pool.socket.parent / "hostile"
        within.mkdir()
        within.chmod(0o777)
        http, server = (text.format(directory=within) for text in (HTTP, SERVER + request.param))
        with running(Nginx(within, plain.pool.socket, http, server, limits=True)) as hostile:
            yield plain.nginx, hostile


@pytest.mark.parametrize("asked", REQUESTS.values(), ids=REQUESTS)
def test_the_answer_is_that_of_a_plain_site(sites, asked):
    plain, hostile = (seen(send(nginx, **asked)) for nginx in sites)
    assert plain == hostile


def test_no_secret_and_no_token_reaches_a_file(sites):
    _, hostile = sites
    tokens = {send(hostile, **REQUESTS["a grant"]).json()["access_token"] for _ in range(3)}
    assert len(tokens) == 3
    kept = [path.name for path in hostile.directory.rglob("*") if path.is_file()]
    assert sorted(kept) == ["nginx-errors.log", "nginx.conf", "nginx.pid"]
    assert "buffered to a temporary file" not in hostile.errors.read_text()


def test_nothing_but_a_grant_is_a_success(sites):
    statuses = [send(sites[1], **asked).status_code for asked in REQUESTS.values()]
    assert statuses == [200, 401, 400, 415, 405, 404, 413, 200]


def send(nginx, method="POST", path="/oauth2/token", **rest):
    return requests.request(method, nginx.url + path, timeout=10, allow_redirects=False, **rest)


def seen(answer):
    """Everything in an answer but its time and its token."""
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, headers, re.sub(rb'_token":"[A-Za-z0-9_-]+', b"", answer.content)
