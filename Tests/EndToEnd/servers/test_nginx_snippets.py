"""The files of deploy/nginx as they are shipped, and with the cache of checks that stands in them commented out."""

import re
import subprocess

import pytest
import requests
from support.programs import SNIPPET, free_port, grantctl, wait_until
from support.protected import KINDS, protected_site
from support.temporary import directory


def with_cache(text):
    """A file's text with the cache switched on, as its comments say."""
    text = re.sub(r"(?m)(^location \^~ oauth2-check/ (?:.*\n)*?)    fastcgi_cache off;\n", r"\1", text)
    return re.sub(r"(?m)^( *)#(fastcgi_.*;)$", r"\1\2", text)


@pytest.mark.parametrize("is_cached", [False, True], ids=["as shipped", "with the cache"])
def test_nginx_takes_the_shipped_files(is_cached):
    with directory() as path:
        texts = {part: (SNIPPET / f"grantd.{part}.conf").read_text() for part in ("http", "server")}
        if is_cached:
            texts = {part: with_cache(text) for part, text in texts.items()}
            texts["http"] = texts["http"].replace("/run/grantd-checks", str(path / "cache"))
        for part, text in texts.items():
            (path / f"{part}.conf").write_text(text)
        temporary = "".join(
            f"{of}_temp_path {path}/{of};" for of in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
        )
        (path / "nginx.conf").write_text(f"""
            pid {path}/pid;
            events {{}}
            http {{
                {temporary}
                include {path}/http.conf;
                server {{
                    listen 127.0.0.1:{free_port()};
                    include {path}/server.conf;
                    location /proxied/ {{
                        auth_request "oauth2-check/orders.read orders.write";
                        include {SNIPPET}/grantd.client.conf;
                        include {SNIPPET}/grantd.identity.conf;
                        include /etc/nginx/proxy_params;
                        proxy_pass http://127.0.0.1:8080;
                    }}
                    location /fastcgi/ {{
                        auth_request oauth2-check/orders.read;
                        include {SNIPPET}/grantd.client.conf;
                        include {SNIPPET}/grantd.identity.conf;
                        include /etc/nginx/fastcgi.conf;
                        fastcgi_pass unix:/run/app.sock;
                    }}
                    location /static/ {{
                        auth_request oauth2-check/;
                        include {SNIPPET}/grantd.client.conf;
                        include {SNIPPET}/grantd.identity.conf;
                    }}
                }}
                server {{ include {path}/server.conf; }}
            }}""")
        tested = subprocess.run(
            ["nginx", "-t", "-e", "stderr", "-c", path / "nginx.conf"], text=True, capture_output=True
        )
        assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr


@pytest.fixture(scope="module")
def cached():
    with directory() as path:
        cache = with_cache((SNIPPET / "grantd.http.conf").read_text()).splitlines()[-1]
        http = cache.replace("/run/grantd-checks", str(path / "cache"))
        with protected_site(http=http, edit=with_cache) as made:
            yield made


def status(site, path, token):
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(f"{site.url}/{path}/file", headers=bearer, timeout=10).status_code


def test_the_cache_tells_tokens_and_scopes_apart(cached):
    for _ in range(2):
        for path in (f"{scopes}/{kind}" for scopes in ("any", "read") for kind in KINDS):
            assert [status(cached, path, token) for token in (cached.reader, cached.writer)] == [200, 200]
            assert [status(cached, path, token) for token in (None, "garbage")] == [401, 401]
        assert [status(cached, "both/static", token) for token in (cached.reader, cached.writer)] == [403, 200]


def test_the_cache_lets_a_revoked_token_pass_for_seconds_and_then_no_more(cached):
    bearer = {"Authorization": f"Bearer {cached.writer}"}
    for method in ("POST", "GET"):
        answer = requests.request(method, f"{cached.url}/read/proxied/file", headers=bearer, timeout=10)
        assert dict(answer.json()["headers"])["X-OAuth-Client-Id"] == "writer"
    grantctl(cached.state, "token", "revoke", stdin=cached.writer)
    assert status(cached, "read/proxied", cached.writer) == 200
    wait_until(lambda: status(cached, "read/proxied", cached.writer) == 401, "the end of what was kept", seconds=7)


def test_a_denial_is_logged_with_the_id_of_the_request():
    with protected_site() as made:
        assert status(made, "read/static", "garbage") == 401
        [denied] = [line for line in made.pool.log.read_text().splitlines() if "denied" in line]
        assert re.search(r"request=[0-9a-f]{32}", denied)
