/// A client in Python 3.9 or later.
enum PythonCode {
    static func text(_ values: CodeValues) -> String {
        let credentials =
            values.isInForm
            ? #"""
                    form |= {"client_id": self.id, "client_secret": self.secret}
                    headers = {}
            """#
            : #"""
                    pair = f"{quote(self.id, safe='')}:{quote(self.secret, safe='')}"
                    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
            """#
        return #"""
            #!/usr/bin/env python3
            """Sends requests with an OAuth 2.0 token, which is kept until shortly before it expires.

            The environment holds OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.

                python3 token.py            prints a token
                python3 token.py URL ...    gets each URL with the token

            In a program: client = Client(id, secret); client.open(urllib.request.Request(url)).
            """

            import base64
            import json
            import os
            import sys
            import threading
            import time
            from email.utils import parsedate_to_datetime
            from urllib.error import HTTPError, URLError
            from urllib.parse import quote, urlencode
            from urllib.request import Request, urlopen

            TOKEN_URL = \#(values.tokenURL.doubleQuoted)
            SCOPE = \#(values.scope.doubleQuoted)  # empty: all that the client has
            LONGEST_WAIT = 60  # seconds


            class TokenError(Exception):
                """The token endpoint gave no token."""


            class Client:
                """Holds one token. Threads may share it."""

                def __init__(self, id, secret):
                    self.id, self.secret = id, secret
                    self._lock = threading.Lock()
                    self._token, self._renew_at = None, 0.0

                def token(self, refused=None):
                    """Returns the token, or a new one if it is about to expire or is the one that was refused."""
                    with self._lock:
                        if self._token in (None, refused) or time.monotonic() >= self._renew_at:
                            self._fetch()
                        return self._token

                def open(self, request):
                    """Opens a urllib request with the token. After a 401 it is sent once more, with a new token."""
                    token = self.token()
                    request.add_unredirected_header("Authorization", f"Bearer {token}")
                    try:
                        return send(request)
                    except HTTPError as error:
                        if error.code != 401:
                            raise
                    request.add_unredirected_header("Authorization", f"Bearer {self.token(refused=token)}")
                    return send(request)

                def _fetch(self):
                    form = {"grant_type": "client_credentials"}
                    if SCOPE:
                        form["scope"] = SCOPE
            \#(credentials)
                    request = Request(TOKEN_URL, urlencode(form).encode())
                    for name, value in headers.items():
                        request.add_unredirected_header(name, value)
                    try:
                        with send(request) as response:
                            answer = json.load(response)
                        self._token = answer["access_token"]
                    except HTTPError as error:
                        raise TokenError(f"{TOKEN_URL}: {error.code} {error.read(1000).decode(errors='replace')}") from None
                    except (ValueError, KeyError, TypeError):
                        raise TokenError(f"{TOKEN_URL}: the answer holds no token") from None
                    lifetime = answer.get("expires_in", 0)
                    self._renew_at = time.monotonic() + lifetime - min(30, lifetime / 10)


            def send(request, attempts=4):
                """Sends a request. After a 429 or 503 it waits as Retry-After says, and tries again."""
                try:
                    return urlopen(request, timeout=30)
                except HTTPError as error:
                    wait = retry_after(error.headers["Retry-After"]) if error.code in (429, 503) else None
                    if wait is None or wait > LONGEST_WAIT or attempts == 1:
                        raise
                time.sleep(wait)
                return send(request, attempts - 1)


            def retry_after(value):
                """The seconds of a Retry-After header: a number or a date. None if it is neither."""
                if value and value.isdigit():
                    return int(value)
                try:
                    return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
                except (TypeError, ValueError):
                    return None


            def main(urls):
                try:
                    client = Client(os.environ["OAUTH_CLIENT_ID"], os.environ["OAUTH_CLIENT_SECRET"])
                    if not urls:
                        print(client.token())
                    for url in urls:
                        with client.open(Request(url)) as response:
                            sys.stdout.buffer.write(response.read())
                except KeyError as missing:
                    sys.exit(f"{missing.args[0]} is not set")
                except (TokenError, URLError) as error:
                    sys.exit(str(error))


            if __name__ == "__main__":
                main(sys.argv[1:])
            """#
    }
}
