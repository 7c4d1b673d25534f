"""An image's archive as what the OCI's specifications say that it is: blobs by their digests, and layers over each other."""

import gzip
import hashlib
import io
import json
import tarfile
from datetime import datetime

OCI = "application/vnd.oci.image"


class Image:
    """What an archive holds. Reading it compares every digest and size, and every kind of blob."""

    def __init__(self, archive):
        with tarfile.open(archive) as opened:
            self.files = {entry.name: opened.extractfile(entry).read() for entry in opened if entry.isfile()}
        assert json.loads(self.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
        self.index = json.loads(self.files["index.json"])
        assert (self.index["schemaVersion"], self.index["mediaType"]) == (2, f"{OCI}.index.v1+json")
        (self.reference,) = self.index["manifests"]
        self.manifest = json.loads(self._blob(self.reference, "manifest.v1+json"))
        self.configuration = json.loads(self._blob(self.manifest["config"], "config.v1+json"))
        self.layers = [gzip.decompress(self._blob(layer, "layer.v1.tar+gzip")) for layer in self.manifest["layers"]]
        assert self.configuration["rootfs"] == {"type": "layers", "diff_ids": [digest(layer) for layer in self.layers]}
        parts = [self.reference, self.manifest["config"], *self.manifest["layers"]]
        assert set(self.files) == {"oci-layout", "index.json", "manifest.json", *map(place, parts)}

    @property
    def run(self):
        """How it is run: user, command, environment."""
        return self.configuration["config"]

    def unpack(self, root):
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                archive.extractall(root, numeric_owner=True, filter="fully_trusted")

    def paths(self):
        """The entries of its file system by their paths."""
        entries = {}
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                entries |= {f"/{entry.name}": entry for entry in archive}
        return entries

    def contents(self):
        """The bytes of its files by their paths."""
        found = {}
        for layer in self.layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                found |= {f"/{entry.name}": archive.extractfile(entry).read() for entry in archive if entry.isfile()}
        return found

    @property
    def tags(self):
        """The names that `docker load` gives it."""
        (described,) = json.loads(self.files["manifest.json"])
        return described["RepoTags"]

    @property
    def created(self):
        return datetime.fromisoformat(self.configuration["created"])

    def _blob(self, part, kind):
        content = self.files[place(part)]
        assert part["mediaType"] == f"{OCI}.{kind}"
        assert (part["digest"], part["size"]) == (digest(content), len(content))
        return content


def place(part):
    return "blobs/sha256/" + part["digest"].removeprefix("sha256:")


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()
