"""The image in a container, run as grantd-image(7) runs it for an nginx on the machine."""

import json
import os
import re

import requests
from support.isolated import Isolated
from support.nginx import Nginx
from support.programs import ROOT, wait_until

# nginx's group on the machine, and what follows the image's name on the page's command line.
NGINX_GROUP = 33
PAGE = (ROOT / "deploy/man/grantd-image.7").read_text()
ARGUMENTS = re.search(r"(?m)^ +grantd:VERSION (.*)$", PAGE)[1].split()


class ContainedService:
    """The image in a container on two volumes, behind an nginx that is outside of it."""

    def __init__(self, path, image, arguments=ARGUMENTS, owner=None, mode=0o750):
        self.path, self.image = path, image
        self.state, self.run = path / "state", path / "run"
        user, group = map(int, image.run["User"].split(":"))
        for volume, members in (self.state, group), (self.run, NGINX_GROUP):
            volume.mkdir()
            os.chown(volume, *(owner or (user, members)))
            volume.chmod(mode)
        image.unpack(path / "root")
        self.before = listing(path / "root")
        self.container = Isolated(
            path / "bundle",
            path / "root",
            [*image.run["Entrypoint"], *arguments],
            (user, group),
            image.run["Env"],
            {"/var/lib/grantd": self.state, "/run/grantd": self.run},
            groups=[int(re.search(r"--group-add (\d+)", PAGE)[1])],
        )
        self.nginx = Nginx(path, self.run / "grantd.sock")

    def start(self):
        self.container.start()
        wait_until(lambda: self.health() == 0, "the health check to pass")

    def stop(self):
        self.container.stop()

    def health(self):
        kind, *command = self.image.run["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.container.run(*command).returncode

    def token(self, secret):
        form = {"grant_type": "client_credentials"}
        answer = requests.post(self.nginx.token_url, data=form, auth=("billing", secret), timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def is_active(self, token):
        said = self.container.run("/usr/bin/grantctl", "token", "inspect", "--json", stdin=token)
        return json.loads(said.stdout)["active"]


def listing(root):
    """What lies in a directory, with when it was changed."""
    return {
        (entry.path, entry.stat(follow_symlinks=False).st_ctime_ns)
        for place, _, _ in os.walk(root)
        for entry in os.scandir(place)
    }
