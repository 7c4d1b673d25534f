"""Sites that have said their issuer, and clients of theirs that authenticate by a key."""

import contextlib

from support.keys import Pair, key_set
from support.nginx import Nginx
from support.pool import Pool
from support.programs import GRANTD, grantctl
from support.site import Site
from support.temporary import directory, running

GRANT = {"grant_type": "client_credentials"}


@contextlib.contextmanager
def issuing_site(count=2, program=GRANTD, server="", **settings):
    """A site that has said its issuer, which is its own address.

    `server` is what else its server {} has, in which ISSUER is that issuer."""
    with directory() as path:
        state = path / "state"
        state.mkdir(mode=0o700)
        nginx = Nginx(path, path / "fastcgi.sock", server=server)
        config = path / "nginx.conf"
        config.write_text(config.read_text().replace("ISSUER", f"{nginx.url}/oauth2"))
        pool = Pool(path, program, state, count, GRANTD_ISSUER=f"{nginx.url}/oauth2", **settings)
        with running(pool), running(nginx):
            made = Site(state, pool, nginx)
            made.issuer = f"{nginx.url}/oauth2"
            yield made


class KeyClient:
    """A client with a pair of keys, registered at a site by `grantctl client add` with these options."""

    def __init__(self, site, identifier, *options, algorithm="ES256"):
        self.site, self.id, self.pair = site, identifier, Pair(algorithm, f"{identifier}-1")
        keys = site.state.parent / f"{identifier}.jwks"
        keys.write_text(key_set(self.pair))
        grantctl(site.state, "client", "add", identifier, "--jwks", str(keys), *options)

    def form(self, header={}, **claims):
        """A request for a token by a new assertion; claims and members of the header that are None are left out."""
        return GRANT | self.pair.parameters(self.id, header, **{"aud": self.site.issuer} | claims)
