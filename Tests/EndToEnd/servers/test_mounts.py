"""What the site around the shipped files does: other mounts, other servers, captures, caches, proxies and browsers."""

import concurrent.futures
import contextlib
import re

import pytest
import requests
from support.application import HTTPApplication, fastcgi_application
from support.nginx import Nginx
from support.programs import SNIPPET, free_port
from support.site import site
from support.temporary import directory, running

INCLUDES = f"include {SNIPPET}/grantd.client.conf; include {SNIPPET}/grantd.identity.conf;"


@pytest.fixture
def path():
    with directory() as made:
        yield made


def get(url, token=None, **headers):
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(url, headers=bearer | headers, timeout=10, allow_redirects=False)


def token_of(made, identifier, *options):
    return made.grant(identifier, made.add(identifier, *options)).json()["access_token"]


# What a server {} may make of a request that none of its locations is meant for.
FALLBACKS = {
    "a single page": "root FILES; location / { try_files $uri /index.html; }",
    "a catch-all application": "location / { proxy_pass http://127.0.0.1:APPLICATION; }",
    "a front controller": "root FILES; location / { rewrite ^ /index.html last; } location = /index.html { }",
    "a rewrite of all paths": "root FILES; rewrite ^/(?!private) /index.html break;",
    "regular expressions": "location ~ ^/.*check { return 200 open; } location ~ \\.(php|read)$ { return 200 open; }",
    "nothing": "",
}


@pytest.mark.parametrize("fallback", FALLBACKS.values(), ids=FALLBACKS)
def test_a_server_without_the_mount_lets_nobody_pass(path, fallback):
    port = free_port()
    with served(
        path, f"{fallback} location = /private {{ auth_request oauth2-check/; {INCLUDES} empty_gif; }}", port
    ) as made:
        assert get(f"{made.url}/private").status_code == 404
        for token in (None, "x", token_of(made, "robot")):
            answer = requests.get(
                f"http://127.0.0.1:{port}/private", headers={"Authorization": f"Bearer {token}"}, timeout=10
            )
            assert answer.status_code == 500


@pytest.mark.parametrize(
    "fallback",
    [
        "root FILES; try_files $uri /index.html;",
        "root FILES; rewrite ^(.*)$ /index.html break; location / { }",
        "error_page 404 =200 /index.html; root FILES;",
        "location ~ .* { return 200 open; }",
    ],
    ids=["try_files", "a rewrite of everything", "an error page", "a regular expression of everything"],
)
def test_what_a_server_without_the_mount_leaves_open_is_what_the_readme_says(path, fallback):
    port = free_port()
    private = (
        f"location = /private {{ auth_request oauth2-check/; empty_gif; }} {INCLUDES.replace('include', '#include')}"
    )
    with served(path, f"{fallback} {private}\n", port):
        assert requests.get(f"http://127.0.0.1:{port}/private", timeout=10).status_code == 200


@contextlib.contextmanager
def served(path, server, port):
    """A mounted site, and beside it a second server {} that does not mount grantd."""
    (path / "index.html").write_text("open")
    application = HTTPApplication()
    text = server.replace("FILES", str(path)).replace("APPLICATION", str(application.port))
    # The variables of the denied page are known by the first server's mount alone.
    second = f"server {{ listen 127.0.0.1:{port}; {text} location @grantd_denied {{ return 200; }} }}"
    with running(application), site(http=second) as made:
        yield made


@pytest.fixture(scope="module", params=["auth", "api/v1/auth", "v1.0/o-auth"])
def elsewhere(request):
    """A site with grantd at another path, beside rewrites that take every other request."""
    private = f'location ^~ /private {{ auth_request "{request.param}-check/read"; {INCLUDES} empty_gif; }}'

    def edit(text):
        return (
            text + "if ($uri !~ ^/private) { rewrite ^ /index.php last; } location ~ \\.php { return 200 application; }"
        )

    with site(server=private, edit=edit, mount=request.param) as made:
        made.mount = request.param
        yield made


def test_another_mount_grants_and_checks(elsewhere):
    secret = elsewhere.add("robot", "--scope", "read")
    answer = elsewhere.grant("robot", secret)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["access_token"]
    assert get(f"{elsewhere.url}/private").status_code == 401
    assert get(f"{elsewhere.url}/private", "x").json()["error"] == "invalid_token"
    assert get(f"{elsewhere.url}/private", token).status_code == 200
    assert get(f"{elsewhere.url}/private", token_of(elsewhere, "poor")).status_code == 403


def test_another_mount_has_its_metadata_and_leaves_oauth2_to_the_site(elsewhere):
    assert get(f"{elsewhere.url}/{elsewhere.mount}/health").json() == {"status": "ok"}
    found = get(f"{elsewhere.url}/.well-known/oauth-authorization-server/{elsewhere.mount}")
    assert found.status_code == 404 and found.json()["error"] == "invalid_request"
    for path in ("/oauth2/token", "/oauth2-check/", "/", f"/{elsewhere.mount}"):
        assert get(elsewhere.url + path).text == "application"


def test_captures_of_the_server_s_name_stay_the_site_s(path):
    for tenant in ("blue", "green"):
        (path / tenant).mkdir()
        (path / tenant / "page").write_text(tenant)
    names = f"server_name ~^(www\\.)?(.+)\\.test$; root {path}/$2;"
    private = f"location ^~ /page {{ auth_request oauth2-check/; {INCLUDES} }}"
    with site(server=names + private) as made:
        token = token_of(made, "robot")
        for tenant in ("blue", "green"):
            (path / tenant / "open").write_text(tenant)
            for host in (f"{tenant}.test", f"www.{tenant}.test"):
                assert get(f"{made.url}/open", Host=host).text == tenant
                assert get(f"{made.url}/page", token, Host=host).text == tenant
                assert get(f"{made.url}/page", Host=host).status_code == 401


CACHES = {
    "proxied": ("proxy", "proxy_pass http://127.0.0.1:APPLICATION;"),
    "FastCGI": (
        "fastcgi",
        "fastcgi_pass unix:SOCKET; include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME PROGRAM;",
    ),
}


@pytest.mark.parametrize("kind, content", CACHES.values(), ids=CACHES)
@pytest.mark.parametrize("through", ["directly", "by a front controller"])
def test_a_cache_never_mixes_clients(path, kind, content, through):
    (path / "cache").mkdir(mode=0o777)
    (path / "cache").chmod(0o777)
    application = HTTPApplication()
    pool, script = fastcgi_application(path)
    with running(application), running(pool):
        for name, value in [("APPLICATION", application.port), ("SOCKET", pool.socket), ("PROGRAM", script)]:
            content = content.replace(name, str(value))
        caching = f"{kind}_cache site; {kind}_cache_key $uri; {kind}_cache_valid any 1h; {kind}_no_cache $arg_none;"
        protected = f'auth_request "oauth2-check/"; {INCLUDES}'
        if through == "directly":
            server = f"location ^~ /private {{ {protected} {caching} {content} }}"
        else:
            identity = f"include {SNIPPET}/grantd.identity.conf;"
            server = f"""
                location ^~ /private {{ {protected} try_files /nothing /index.php; }}
                location = /index.php {{ {caching} {identity} {content} }}"""
        http = f"{kind}_cache_path {path}/cache keys_zone=site:1m;"
        with site(http=http, server=server) as made:
            # An id of 0 is one that nginx's conditions take for false.
            for _ in range(2):
                for client in ("0", "1"):
                    token = (
                        token_of(made, client)
                        if not (made.state / f"clients/{client}.json").exists()
                        else made.kept[client]
                    )
                    made.kept = getattr(made, "kept", {}) | {client: token}
                    told = get(f"{made.url}/private/page", token).text
                    assert re.search(rf'"(X-OAuth-Client-Id", "|OAUTH_CLIENT_ID": "){client}"', told), told
            assert get(f"{made.url}/private/page").status_code == 401


@pytest.mark.parametrize("path", ["introspect", "revoke", "token"])
def test_a_slash_at_the_end_is_the_same_endpoint_and_keeps_the_site_s_rule(path):
    rule = f"location = /oauth2/{path} {{ deny all; }}"
    with site() as open_site, site(server=rule) as closed:
        for made, expected in ((open_site, 401), (closed, 403)):
            for tail in ("", "/"):
                answer = requests.post(
                    f"{made.url}/oauth2/{path}{tail}", data={"token": "x", "grant_type": "y"}, timeout=10
                )
                assert answer.status_code == expected
        for tail in ("%0a", "/%0a", "%0A/", "%00", ";x", "%20", ".", "/..;/" + path + "%0a"):
            for made in (open_site, closed):
                answer = requests.post(f"{made.url}/oauth2/{path}{tail}", data={"token": "x"}, timeout=10)
                assert answer.status_code in (400, 404), (tail, answer.text)


def balanced(text):
    """The lines for a load balancer that ends TLS, switched on as the file says."""
    commented = re.search(r"(?m)^#map .*\n(?:#.*\n)+", text)[0]
    recipe = re.sub(r"(?m)^#", "", commented).replace("10.0.0.5", "127.0.0.1")
    return re.sub(r"map \$https \$grantd_https \{[^}]*\}", "", text.replace(commented, recipe))


def test_a_site_s_own_lines_are_in_force_where_the_snippet_takes_them_in():
    with site() as made:
        made.add("web-app", secret="chosen-secret")
        within = made.pool.socket.parent / "own"
        hook = within / "snippets" / "grantd.d"
        hook.mkdir(parents=True)
        (hook / "site.conf").write_text("add_header X-Site taken-in always;")
        with running(Nginx(within, made.pool.socket)) as nginx:
            granted = requests.post(
                nginx.token_url, {"grant_type": "client_credentials"}, auth=("web-app", "chosen-secret"), timeout=10
            )
            refused = requests.post(nginx.token_url, "x" * 20000, timeout=10)
        assert [granted.status_code, refused.status_code] == [200, 413]
        assert [answer.headers["X-Site"] for answer in (granted, refused)] == ["taken-in"] * 2


def test_behind_a_load_balancer_that_ends_tls_callers_over_https_are_served():
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
    private = f"location ^~ /private {{ auth_request oauth2-check/; {INCLUDES} empty_gif; }}"
    with site(http=realip, server=private, edit_http=balanced) as made:
        secret = made.add("robot")
        form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": secret}
        clear, secure = ({"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": proto} for proto in ("http", "https"))
        assert requests.post(made.token_url, data=form, headers=clear, timeout=10).status_code == 400
        granted = requests.post(made.token_url, data=form, headers=secure, timeout=10)
        assert granted.status_code == 200
        token = granted.json()["access_token"]
        assert get(f"{made.url}/private", token, **secure).status_code == 200
        denied = get(f"{made.url}/private", token, **clear)
        assert denied.status_code == 403 and denied.json()["error"] == "invalid_request"


def listed(text):
    return text.replace("#https://app.example.com $http_origin;", "https://app.example.com $http_origin;")


@pytest.fixture(scope="module")
def cross_origin():
    server = f"""
        location ^~ /private {{
            auth_request oauth2-check/;
            {INCLUDES}
            if ($grantd_preflight) {{ rewrite ^ oauth2-preflight last; }}
            add_header Access-Control-Allow-Origin $grantd_origin always;
            empty_gif;
        }}"""
    with site(server=server, edit_http=listed) as made:
        yield made


LISTED, OTHER = "https://app.example.com", "https://app.example.com.evil.test"


@pytest.mark.parametrize("path", ["/oauth2/token", "/private"])
def test_a_listed_page_s_preflight_is_answered(cross_origin, path):
    asked = {
        "Origin": LISTED,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = requests.options(cross_origin.url + path, headers=asked, timeout=10)
    assert answer.status_code == 204 and answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"


@pytest.mark.parametrize("path", ["/oauth2/token", "/private"])
@pytest.mark.parametrize(
    "headers", [{"Origin": OTHER, "Access-Control-Request-Method": "POST"}, {"Origin": LISTED}, {}]
)
def test_nothing_else_is_taken_for_a_preflight(cross_origin, path, headers):
    answer = requests.options(cross_origin.url + path, headers=headers, timeout=10)
    assert answer.status_code in (401, 405)
    assert answer.headers.get("Access-Control-Allow-Origin") == (LISTED if headers.get("Origin") == LISTED else None)


def test_a_listed_page_reads_answers_and_refusals_and_another_does_not(cross_origin):
    secret = cross_origin.add("page")
    form = {"grant_type": "client_credentials", "client_id": "page", "client_secret": secret}
    for origin in (LISTED, OTHER):
        allowed = LISTED if origin == LISTED else None
        granted = requests.post(cross_origin.token_url, data=form, headers={"Origin": origin}, timeout=10)
        refused = requests.post(cross_origin.token_url, data="x" * 20000, headers={"Origin": origin}, timeout=10)
        denied = get(f"{cross_origin.url}/private", Origin=origin)
        passed = get(f"{cross_origin.url}/private", granted.json()["access_token"], Origin=origin)
        assert [answer.status_code for answer in (granted, refused, denied, passed)] == [200, 413, 401, 200]
        assert {answer.headers.get("Access-Control-Allow-Origin") for answer in (granted, refused, denied, passed)} == {
            allowed
        }


@pytest.fixture(scope="module")
def limited():
    """A site with its limits, whose callers say their address."""
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
    with site(settings={"GRANTD_REQUIRE_TLS": "none"}, http=realip, limits=True) as made:
        yield made


def test_an_ipv6_network_is_one_caller_and_ipv4_addresses_in_ipv6_are_not():
    probe = """
        map $grantd_network $shown { default $grantd_network; }
        server { listen 127.0.0.1:PORT; location / { return 200 $shown; } }"""
    port = free_port()
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
    with site(http=realip + probe.replace("PORT", str(port))):

        def key(address):
            return requests.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": address}, timeout=10).content

        same = {key(f"2001:db8:1:2:{host}") for host in ("0:0:0:1", "a:b:c:d", "ffff:ffff:ffff:ffff", ":")}
        assert len(same) == 1 and len(next(iter(same))) == 8
        assert key("2001:db8:1:3::1") not in same
        assert key("::ffff:192.0.2.1") == key("192.0.2.1") != key("::ffff:192.0.2.2")
        # Bytes that a regular expression may stop at.
        assert key("2001:a0a:a0a:a0a::1") == key("2001:a0a:a0a:a0a:a0a::2") != key("2001:a0a:a0a:a0b::1")


def test_a_gateway_that_introspects_for_a_whole_site_is_not_limited(limited):
    gateway = limited.add("gateway", "--introspect")
    with requests.Session() as session:
        answers = [
            session.post(f"{limited.url}/oauth2/introspect", data={"token": "x"}, auth=("gateway", gateway), timeout=10)
            for _ in range(300)
        ]
    assert {answer.status_code for answer in answers} == {200}


def test_a_neighbour_who_guesses_takes_no_tokens_away(limited):
    secret = limited.add("good")
    limited.add("victim")

    def guess(number):
        return [limited.grant("victim", f"wrong {number} {index}").status_code for index in range(12)]

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        guesses = [threads.submit(guess, number) for number in range(16)]
        good = [limited.grant("good", secret).status_code for _ in range(30)]
        assert {status for guessed in guesses for status in guessed.result()} <= {401, 429}
    assert set(good) == {200}
