"""What the token endpoint refuses, through nginx: status, RFC 6749 §5.2 JSON, headers."""

import socket

import pytest
import requests
from support.refusals import FORM, JSON, basic, check
from support.site import CHOSEN, site

GRANT = "grant_type=client_credentials"
BODY = f"client_id=web-app&client_secret={CHOSEN}"
MEMBERS = '"client_id":"web-app","client_secret":"client-secret","grant_type":"client_credentials"'


# name: (status, error, Content-Type, Authorization, body)
REFUSED = {
    "no content type": (415, "invalid_request", None, None, f"{GRANT}&{BODY}"),
    "XML": (415, "invalid_request", "application/xml", None, "<grant/>"),
    "a type that only begins like JSON": (415, "invalid_request", "application/json-seq", None, f"{{{MEMBERS}}}"),
    "empty form": (401, "invalid_client", FORM, None, ""),
    "no grant_type": (400, "invalid_request", FORM, None, BODY),
    "grant_type twice": (400, "invalid_request", FORM, None, f"{GRANT}&{GRANT}&{BODY}"),
    "client_id twice": (400, "invalid_request", FORM, None, f"{GRANT}&client_id=x&{BODY}"),
    "scope twice": (400, "invalid_request", FORM, None, f"{GRANT}&{BODY}&scope=a&scope=b"),
    "broken percent": (400, "invalid_request", FORM, None, f"{GRANT}&{BODY}&scope=%zz"),
    "password grant": (400, "unsupported_grant_type", FORM, None, f"grant_type=password&{BODY}"),
    "scope that the client lacks": (400, "invalid_scope", FORM, None, f"{GRANT}&{BODY}&scope=read"),
    "malformed scope": (400, "invalid_scope", FORM, None, f"{GRANT}&{BODY}&scope=a%22b"),
    "Basic and body": (400, "invalid_request", FORM, basic("web-app:client-secret"), f"{GRANT}&{BODY}"),
    "Basic without base64": (400, "invalid_request", FORM, "Basic !!!", GRANT),
    "Basic without colon": (400, "invalid_request", FORM, basic("web-app"), GRANT),
    "Bearer": (401, "invalid_client", FORM, "Bearer abc", GRANT),
    "no credentials": (401, "invalid_client", FORM, None, GRANT),
    "wrong secret by Basic": (401, "invalid_client", FORM, basic("web-app:wrong"), GRANT),
    "wrong secret by form": (401, "invalid_client", FORM, None, f"{GRANT}&client_id=web-app&client_secret=wrong"),
    "wrong secret by JSON": (401, "invalid_client", JSON, None, f"{{{MEMBERS}}}".replace("client-secret", "wrong")),
    "unknown client by Basic": (401, "invalid_client", FORM, basic("nobody:client-secret"), GRANT),
    "JSON cut short": (400, "invalid_request", JSON, None, f"{{{MEMBERS}"),
    "JSON with more behind it": (400, "invalid_request", JSON, None, f"{{{MEMBERS}}}{{}}"),
    "JSON array": (400, "invalid_request", JSON, None, f"[{{{MEMBERS}}}]"),
    "JSON member twice": (400, "invalid_request", JSON, None, f'{{{MEMBERS},"client_id":"web-app"}}'),
    "JSON member twice, once escaped": (400, "invalid_request", JSON, None, f'{{{MEMBERS},"client\\u005fid":"x"}}'),
    "JSON number as secret": (400, "invalid_request", JSON, None, f"{{{MEMBERS}}}".replace('"client-secret"', "1")),
    "JSON too deep": (400, "invalid_request", JSON, None, f'{{{MEMBERS},"x":{"[" * 5000}{"]" * 5000}}}'),
    "JSON without client_secret": (400, "invalid_request", JSON, None, '{"client_id":"a","grant_type":"b"}'),
    "JSON and Basic": (400, "invalid_request", JSON, basic("web-app:client-secret"), f"{{{MEMBERS}}}"),
}


@pytest.mark.parametrize("status, error, content_type, authorization, body", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_the_words_of_the_standard(shared, status, error, content_type, authorization, body):
    headers = {"Content-Type": content_type, "Authorization": authorization}
    answer = requests.post(shared.token_url, data=body.encode(), headers=headers, timeout=10)
    check(answer, status, error)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_another_method_is_told_which_one_to_use(shared, method):
    answer = requests.request(method, shared.token_url, timeout=10)
    check(answer, 405, "invalid_request")
    assert answer.headers["Allow"] == "POST"


def test_head_is_answered_without_a_body(shared):
    answer = requests.head(shared.token_url, timeout=10)
    assert (answer.status_code, answer.headers["Allow"], answer.text) == (405, "POST", "")


@pytest.mark.parametrize("path", ["/oauth2/", "/oauth2/nothing", "/oauth2/token/more"])
def test_an_unknown_path_is_not_found(shared, path):
    check(requests.post(shared.url + path, data=f"{GRANT}&{BODY}", timeout=10), 404, "invalid_request")


def test_a_secret_in_the_uri_is_refused(shared):
    answer = requests.post(f"{shared.token_url}?{BODY}", data={"grant_type": "client_credentials"}, timeout=10)
    check(answer, 400, "invalid_request")


def test_nginx_refuses_two_authorizations(shared):
    headers = f"Authorization: {basic('web-app:client-secret')}\r\n" * 2
    with socket.create_connection(("127.0.0.1", shared.nginx.port)) as raw:
        raw.sendall(f"POST /oauth2/token HTTP/1.0\r\nHost: x\r\nContent-Length: 0\r\n{headers}\r\n".encode())
        assert b" 400 " in raw.recv(4096).split(b"\r\n")[0]


def test_grantd_has_a_body_limit_of_its_own():
    with site(edit=lambda text: text.replace("client_max_body_size 16k", "client_max_body_size 1m")) as raised:
        raised.add("web-app", secret=CHOSEN)
        padding = f"{GRANT}&{BODY}&padding="
        fits = padding + "x" * (16384 - len(padding))
        headers = {"Content-Type": FORM}
        assert requests.post(raised.token_url, data=fits, headers=headers, timeout=10).status_code == 200
        check(requests.post(raised.token_url, data=fits + "x", headers=headers, timeout=10), 413, "invalid_request")
        check(requests.post(raised.token_url, data=fits * 60, headers=headers, timeout=10), 413, "invalid_request")
        assert requests.post(raised.token_url, data=fits, headers=headers, timeout=10).status_code == 200
