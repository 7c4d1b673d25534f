"""A site whose clients get signed tokens, and what a test does with its keys."""

import contextlib
import json
import re
import types

import requests
from support.nginx import Nginx
from support.pool import Pool
from support.programs import FCGIWRAP, GRANTD, grantctl
from support.site import Site
from support.temporary import directory, running

API = "https://api.example.com/orders"


def through_fcgiwrap(text):
    """The snippet for a CGI program, which needs to be told so in the checks as well."""
    text = text.replace("fastcgi_pass grantd;", f"fastcgi_pass grantd; fastcgi_param SCRIPT_FILENAME {GRANTD};")
    asked = "fastcgi_param GATEWAY_INTERFACE CGI/1.1; fastcgi_param REQUEST_METHOD GET;"
    return re.sub(r"fastcgi_param PATH_INFO +/check;", rf"\g<0> {asked}", text)


class SigningSite(Site):
    """A site that has said its issuer."""

    @property
    def issuer(self):
        return f"{self.url}/oauth2"

    def client(self, identifier, **members):
        """Makes a client of signed tokens, by its file, and returns its id and secret."""
        secret = self.add(identifier)
        usual = {"access_token_format": "jwt", "audiences": [API, "reports"], "default_audience": API}
        change_members(self.state / "clients" / f"{identifier}.json", **usual | members)
        return types.SimpleNamespace(id=identifier, secret=secret)

    def ask(self, client, **more):
        """The answer to a client's request for a token."""
        return self.grant(client.id, client.secret, **more)

    def token(self, client, **more):
        answer = self.ask(client, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def key(self, *words, check=True):
        """What `grantctl key` says, as JSON; nothing if it fails."""
        done = grantctl(self.state, "key", *words, "--json", check=check)
        return json.loads(done.stdout or "null")

    def stages(self):
        """The stage of each key by its id."""
        return {key["kid"]: key["stage"] for key in self.key("list")}

    def change_key(self, kid, **times):
        """Writes other times into a key's file; a time that is None is taken out."""
        change_members(self.state / "keys" / f"{kid}.json", **times)

    def published(self):
        """The ids of the published keys."""
        answer = requests.get(f"{self.issuer}/jwks", timeout=10)
        assert answer.status_code == 200, answer.text
        return [key["kid"] for key in answer.json()["keys"]]

    def check(self, token, audience=API):
        """The status of a check at a place that asks for an audience."""
        headers = {"Authorization": f"Bearer {token}"}
        query = {"audience": audience} if audience else {}
        return requests.get(f"{self.issuer}/check", params=query, headers=headers, timeout=10).status_code

    def introspect(self, client, token):
        form = {"client_id": client.id, "client_secret": client.secret, "token": token}
        return requests.post(f"{self.issuer}/introspect", data=form, timeout=10).json()

    def revoke(self, client, token):
        form = {"client_id": client.id, "client_secret": client.secret, "token": token}
        return requests.post(f"{self.issuer}/revoke", data=form, timeout=10).status_code

    def log(self):
        return self.pool.log.read_text()


def change_members(path, **members):
    """Replaces a file of JSON as a configuration manager does, whole, and leaves its owner and mode."""
    changed = json.loads(path.read_text()) | members
    draft = path.with_name(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({name: value for name, value in changed.items() if value is not None}))
    draft.rename(path)


@contextlib.contextmanager
def signing_site(cgi=False, issuer=True, count=2, **settings):
    """A site with its issuer and without keys."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        nginx = Nginx(path, path / "fastcgi.sock", **({"edit": through_fcgiwrap} if cgi else {}))
        if issuer:
            settings["GRANTD_ISSUER"] = f"{nginx.url}/oauth2"
        with running(Pool(path, FCGIWRAP if cgi else GRANTD, state, count, **settings)) as pool, running(nginx):
            yield SigningSite(state, pool, nginx)
