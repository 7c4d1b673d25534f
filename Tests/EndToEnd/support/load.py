"""Steady load on a site over https, from several clients at once: each gets a token, and uses it and an older one.

Runs as a program, inside the network of a container; the standard library is all it has. It reads a JSON object from
standard input, goes on until the input ends, and then prints what happened, as a JSON object.
"""

import collections
import http.client
import json
import ssl
import sys
import threading
import time
import urllib.parse

# Between two rounds of a client: less than 10 tokens a second, which is the limit of the shipped snippet.
PAUSE = 0.125
CHECKS = 4


class Client(threading.Thread):
    """One client, at an address of its own, since nginx limits by address as well."""

    def __init__(self, number, task, stopped):
        super().__init__()
        self.answers = collections.Counter()
        self._address = f"127.0.1.{number + 1}"
        self._task = task
        self._credentials = task["clients"][number]
        self._stopped = stopped
        self._context = ssl.create_default_context(cafile=task["authority"])

    def run(self):
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._round()
            except (OSError, http.client.HTTPException) as error:
                self.answers[f"{type(error).__name__}: {error}"] += 1
            self._stopped.wait(max(0, began + PAUSE - time.monotonic()))

    def _round(self):
        """A connection of its own each time, so that no answer is lost to one that nginx was about to close."""
        connection = http.client.HTTPSConnection(
            self._task["host"], timeout=20, context=self._context, source_address=(self._address, 0)
        )
        try:
            form = urllib.parse.urlencode(self._credentials | {"grant_type": "client_credentials"})
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            granted = self._ask(connection, "token", "POST", "/oauth2/token", form, kind)
            tokens = [self._task["token"]] * CHECKS
            if granted:
                tokens[::2] = [json.loads(granted)["access_token"]] * len(tokens[::2])
            for token in tokens:
                self._ask(connection, "check", "GET", "/orders/", None, {"Authorization": f"Bearer {token}"})
        finally:
            connection.close()

    def _ask(self, connection, what, *request):
        connection.request(*request)
        answer = connection.getresponse()
        body = answer.read()
        self.answers[f"{what} {answer.status}"] += 1
        return body if answer.status == 200 else None


def main():
    task = json.loads(sys.stdin.readline())
    stopped = threading.Event()
    clients = [Client(number, task, stopped) for number in range(len(task["clients"]))]
    for client in clients:
        client.start()
    sys.stdin.read()
    stopped.set()
    for client in clients:
        client.join()
    print(json.dumps(sum((client.answers for client in clients), collections.Counter())))


if __name__ == "__main__":
    main()
