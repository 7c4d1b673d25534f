"""grantd-troubleshooting(7) has every message that a user meets, and none that nothing says."""

import contextlib
import os
import re
import socket
import subprocess
import threading

import pytest
import requests
from support.messages import NOT_MESSAGES, NOT_PROBLEMS, SOURCES, WHOLE, all_texts, found_by_rules, problems
from support.nginx import snippet
from support.programs import ROOT
from support.site import site
from support.temporary import directory

PAGE = (ROOT / "deploy/man/grantd-troubleshooting.7").read_text()
ENTRY = re.compile(r"^\.T([PQ])\n\\fB(.*)\\fR\n((?:(?!\.T[PQ]|\.SH).*\n)*)", re.M)
SIGNS = {r"\e": "\\", r"\-": "-", r"\(ga": "`", r"\(aq": "'", r"\(ha": "^", r"\(ti": "~"}
OURS = ("ANSWERS", "THE LOG, GRANTD AND GRANTCTL")
NGINX = r"NGINX\(aqS ERROR LOG"


def entries(section):
    """The messages of a section in their order, and what stands below each group."""
    [text] = re.findall(rf"(?ms)^\.SH {re.escape(section)}$(.*?)(?=^\.SH)", PAGE)
    return [(kind == "P", plain(message), below) for kind, message, below in ENTRY.findall(text)]


def plain(text):
    return re.sub(r"\\(?:\(..|.)", lambda sign: SIGNS[sign[0]], text)


def messages(*sections):
    return [message for section in sections for _, message, _ in entries(section)]


def descriptions_of_web_servers():
    """What the shipped files for web servers answer in grantd's place."""
    files = [*(ROOT / "deploy/nginx").iterdir(), ROOT / "deploy/apache/grantd.conf"]
    return {text for file in files for text in re.findall(r'"error_description":"([^"]+)"', file.read_text())}


def test_every_problem_is_on_the_page():
    assert sorted((problems() | descriptions_of_web_servers()) - set(messages(*OURS))) == []


def test_the_rules_find_what_they_are_for():
    assert {
        "client authentication failed", "worker ended and is replaced", "no replica", "damaged token record",
        "... has mode ...: others than its owner may use it; chmod go= ...", "there is no client ...",
        "... in ... has been set above: it takes one line.", "it is not well-formed JSON: see ...",
        "standard output cannot be written: ...", "is MD5 ($1$), which is guessed too fast; ...",
    } <= problems()  # fmt: skip


def test_the_exceptions_from_the_rules_are_all_needed():
    assert sorted(NOT_PROBLEMS - found_by_rules()) == []
    assert [name for name in WHOLE if not (SOURCES / f"{name}.swift").exists()] == []
    assert [name for name in NOT_MESSAGES if not list(SOURCES.glob(f"{name.rstrip('/')}*"))] == []


def test_the_page_has_no_message_that_nothing_says():
    assert sorted(set(messages(*OURS)) - set(all_texts()) - descriptions_of_web_servers()) == []


def test_no_message_stands_twice_in_a_list():
    for section in (*OURS, NGINX):
        listed = messages(section)
        assert sorted({message for message in listed if listed.count(message) > 1}) == []


@pytest.mark.parametrize("section", OURS)
def test_the_lists_are_in_alphabetical_order(section):
    firsts = [re.sub(r"^[^A-Za-z]+", "", message).lower() for is_first, message, _ in entries(section) if is_first]
    assert firsts == sorted(firsts)


def test_below_every_group_stands_what_to_do():
    for section in (*OURS, NGINX):
        found = entries(section)
        for (_, message, below), (follows, _, _) in zip(found, [*found[1:], (True, "", "")], strict=True):
            assert bool(below.strip()) == follows, message


# What a site gets wrong, and the message on the page that nginx then has.
FAULTS = {
    "location /a { satisfy all; include CLIENT; } SERVER": '"satisfy" directive is duplicate',
    "": 'unknown "oauth_client_id" variable',
    "SERVER SERVER": 'duplicate location "/.well-known/oauth-authorization-server/oauth2"',
    "location ^~ /oauth2/ { } SERVER": 'duplicate location "/oauth2/"',
    "include /etc/nginx/snippets/grantd.server.conf;": (
        'open() "/etc/nginx/snippets/grantd.server.conf" failed (2: No such file or directory)'
    ),
}
WITHOUT_HTTP = {
    "SERVER": 'no port in upstream "grantd"',
    "if ($grantd_path) { break; }": 'unknown "grantd_path" variable',
    "access_log /dev/null grantd;": 'unknown log format "grantd"',
    "location / { limit_req zone=grantd_credentials; }": 'zero size shared memory zone "grantd_credentials"',
}


def said_by_nginx(http, server):
    """What `nginx -t` says of a configuration."""
    with directory() as path:
        (path / "CLIENT").write_text((ROOT / "deploy/nginx/grantd.client.conf").read_text())
        server = server.replace("SERVER", snippet("server", "/nonexistent", limits=True)).replace(
            "CLIENT", f"{path}/CLIENT"
        )
        (path / "nginx.conf").write_text(
            f"pid {path}/pid; events {{}} http {{ {http} server {{ listen 127.0.0.1:1; {server} }} }}"
        )
        done = subprocess.run(
            ["nginx", "-t", "-p", path, "-e", path / "errors", "-c", path / "nginx.conf"],
            text=True,
            capture_output=True,
        )
        assert done.returncode != 0
        return done.stderr


@pytest.mark.parametrize("server", FAULTS)
def test_nginx_says_of_a_fault_what_the_page_has(server):
    message = FAULTS[server]
    assert message in messages(NGINX) and message in said_by_nginx(snippet("http", "/nonexistent", limits=True), server)


@pytest.mark.parametrize("server", WITHOUT_HTTP)
def test_nginx_says_of_a_missing_include_what_the_page_has(server):
    message = WITHOUT_HTTP[server]
    assert message in messages(NGINX) and message in said_by_nginx("", server)


def test_nginx_says_of_a_second_include_what_the_page_has():
    shipped = snippet("http", "/nonexistent", limits=True)
    zones = "\n".join(line for line in shipped.splitlines() if line.startswith("limit_req_zone"))
    for again, message in [
        (shipped, 'duplicate upstream "grantd"'),
        ("map_hash_max_size 4096;", "directive is duplicate"),
        (zones, 'limit_req_zone "grantd_credentials" is already bound to key'),
    ]:
        assert message in messages(NGINX) and message in said_by_nginx(shipped + again, "")


def check_said(made, message, path="/oauth2/token"):
    """nginx has this message of the page in its error log, about the test's own socket, after a request."""
    assert message in messages(NGINX)
    assert requests.get(made.url + path, timeout=10).status_code in (500, 502)
    assert message.replace("/run/grantd/grantd.sock", str(made.pool.socket)) in made.nginx.errors.read_text()


def refused(number, reason):
    return f"connect() to unix:/run/grantd/grantd.sock failed ({number}: {reason}) while connecting to upstream"


def test_nginx_says_of_a_socket_that_fails_what_the_page_has():
    with site(server='location /orders/ { auth_request "oauth2-chek/"; }') as made:
        check_said(made, "auth request unexpected status: 404", "/orders/")
        made.pool.stop()
        try:
            check_said(made, refused(2, "No such file or directory"))
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(made.pool.socket))
                made.pool.socket.chmod(0o666)
                check_said(made, refused(111, "Connection refused"))
                listener.listen()
                with closing_each(listener):
                    message = "upstream prematurely closed connection while reading response header from upstream"
                    check_said(made, message)
                made.pool.socket.chmod(0o600)
                if os.geteuid() == 0:
                    check_said(made, refused(13, "Permission denied"))
        finally:
            made.pool.socket.unlink()
            made.pool.start()


@contextlib.contextmanager
def closing_each(listener):
    """Reads what each connection sends, and closes it without an answer, for as long as the block lasts."""
    done = threading.Event()
    listener.settimeout(0.05)

    def serve():
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(10)
                    connection.recv(1 << 16)

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield
    finally:
        done.set()
        serving.join()
