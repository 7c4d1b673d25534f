"""How ingress-nginx and Traefik ask whether a request may pass."""

import http.client
import ssl
import urllib.parse

from support.nginx import Nginx
from support.programs import ROOT

INGRESS = ROOT / "deploy/ingress-nginx/grantd.yaml"
TRAEFIK = ROOT / "deploy/traefik/grantd.yml"
HOP_HEADERS = {"connection", "keep-alive", "te", "trailers", "transfer-encoding", "upgrade"}


def ingress_server(annotations, site_url, application_port, no_identity):
    """What ingress-nginx makes of an Ingress: the lines of its template's locations that matter to a check.

    `annotations` are those of the Ingress; `site_url` is what auth.example.com stands for."""
    prefix = "nginx.ingress.kubernetes.io/"
    url = annotations[prefix + "auth-url"].replace("https://auth.example.com", site_url)
    names = annotations[prefix + "auth-response-headers"].split(",")
    # nginx does not send a header with an empty value.
    common = "".join(f'proxy_set_header {name} "{value}";\n' for name, value in no_identity.items())
    taken = "".join(
        f"auth_request_set $authHeader{number} $upstream_http_{name.lower().replace('-', '_')};\n"
        f"proxy_set_header '{name}' $authHeader{number};\n"
        for number, name in enumerate(names)
    )
    return f"""
        location = /_external-auth-L29yZGVycw-Prefix {{
            internal;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header X-Forwarded-Proto "";
            proxy_set_header X-Request-ID $request_id;
            proxy_set_header Host auth.example.com;
            proxy_set_header X-Original-URL $scheme://$http_host$request_uri;
            proxy_set_header X-Original-Method $request_method;
            proxy_set_header X-Sent-From "nginx-ingress-controller";
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Auth-Request-Redirect $request_uri;
            proxy_buffering off;
            proxy_buffer_size 4k;
            proxy_buffers 4 4k;
            proxy_request_buffering on;
            proxy_ssl_server_name on;
            proxy_pass_request_headers on;
            client_max_body_size 1m;
            set $target {url};
            proxy_pass $target;
        }}
        location /orders/ {{
            auth_request /_external-auth-L29yZGVycw-Prefix;
            {taken}
            client_max_body_size 1m;
            proxy_set_header Host $http_host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            {common}
            proxy_pass http://127.0.0.1:{application_port};
        }}
        location / {{
            {common}
            proxy_pass http://127.0.0.1:{application_port};
        }}"""


class Ingress(Nginx):
    """An nginx without grantd's files, configured as ingress-nginx configures it."""

    def __init__(self, directory, server):
        directory.mkdir(mode=0o711)
        super().__init__(directory, "/nonexistent", server=server, edit=lambda _: "", edit_http=lambda _: "")


class Traefik:
    """The request by which Traefik's forwardAuth asks, and what it makes of the answer.

    `middleware` is that of the dynamic configuration; `url` is asked in place of its scheme and host. Of what it sends, only
    the headers that authRequestHeaders names are the caller's."""

    def __init__(self, middleware, url):
        asked = urllib.parse.urlsplit(middleware["address"])
        self.target = f"{asked.path}?{asked.query}"
        self.url = urllib.parse.urlsplit(url)
        self.passed = {name.lower() for name in middleware.get("authRequestHeaders", [])}
        self.taken = middleware["authResponseHeaders"]

    def question(self, method, uri, headers, is_tls=True):
        """The headers of the question, which is a GET without a body whatever the original was."""
        copied = {
            name: value for name, value in headers.items() if name.lower() not in HOP_HEADERS | {"content-length"}
        }
        if self.passed:
            copied = {name: value for name, value in copied.items() if name.lower() in self.passed}
        scheme, port = ("https", "443") if is_tls else ("http", "80")
        return copied | {
            "User-Agent": headers.get("User-Agent", "Go-http-client/1.1"),
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Method": method,
            "X-Forwarded-Proto": scheme,
            "X-Forwarded-Port": port,
            "X-Forwarded-Host": "example.com",
            "X-Forwarded-Uri": uri,
            "Accept-Encoding": "gzip",
        }

    def ask(self, method="GET", uri="/orders/1", headers={}, is_tls=True):
        """The answer's status, and its headers and body if the caller gets them, or else what the application is told."""
        if self.url.scheme == "https":
            trusting_all = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(self.url.netloc, timeout=10, context=trusting_all)
        else:
            connection = http.client.HTTPConnection(self.url.netloc, timeout=10)
        connection.request("GET", self.target, headers=self.question(method, uri, headers, is_tls))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if 200 <= answer.status < 300:
            forwarded = {
                name: value for name, value in headers.items() if name.title() not in map(str.title, self.taken)
            }
            return 200, forwarded | {name: answer.headers[name] for name in self.taken if name in answer.headers}, None
        return answer.status, answer.headers, body
