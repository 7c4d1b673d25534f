"""What the three ways to ask about a token say, each in the same terms: `good`, `lacks` (a scope) or `dead`."""

import requests
from support.programs import SNIPPET, grantctl

# What the locations of the site ask for, by their paths.
SCOPES = {"/any": "", "/read": "orders.read", "/write": "orders.write", "/both": "orders.read orders.write"}

LOCATIONS = "".join(
    f"""
        location = {path} {{
            auth_request "oauth2-check/{scope}";
            include {SNIPPET}/grantd.client.conf;
            include {SNIPPET}/grantd.identity.conf;
            empty_gif;
        }}
    """
    for path, scope in SCOPES.items()
)


class Verdicts:
    """Asks about tokens on a site with LOCATIONS; makes itself a client that may ask about all tokens."""

    def __init__(self, site):
        self.site = site
        self._credentials = {"client_id": "asker", "client_secret": site.add("asker", "--introspect")}

    def of(self, token, path="/any"):
        """What the check, introspection and grantctl say, in this order."""
        words = set(SCOPES[path].split())
        told = self.introspect(token), self.site.inspect(token or "")
        return [self._by_check(token, path)] + [
            "dead" if not answer.get("active") else "good" if words <= set(answer.get("scope", "").split()) else "lacks"
            for answer in told
        ]

    def check(self, token, path="/any"):
        """nginx's answer to a request with the token."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return requests.get(self.site.url + path, headers=headers, timeout=10)

    def introspect(self, token):
        """What introspection tells; nothing where it refuses to say."""
        form = self._credentials | ({} if token is None else {"token": token})
        answer = requests.post(f"{self.site.url}/oauth2/introspect", data=form, timeout=10)
        assert answer.status_code == (200 if token else 400), answer.text
        return answer.json()

    def _by_check(self, token, path):
        return {200: "good", 403: "lacks", 401: "dead"}[self.check(token, path).status_code]


def revoke(site, token, identifier, secret):
    """Gives a token back by the client itself."""
    form = {"client_id": identifier, "client_secret": secret, "token": token}
    answer = requests.post(f"{site.url}/oauth2/revoke", data=form, timeout=10)
    assert (answer.status_code, answer.text) == (200, "{}")


def administer(site, *arguments, stdin=""):
    grantctl(site.state, *arguments, stdin=stdin)
