"""The image, for the tests of this folder."""

import subprocess

import pytest
from support.image import Image
from support.programs import ROOT
from support.temporary import directory


@pytest.fixture(scope="session")
def build_image(package):
    """Builds the image of the package into a file; what deploy/image said."""

    def build(output):
        command = [ROOT / "deploy/image", "--package", package, "--output", output]
        done = subprocess.run(command, text=True, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return build


@pytest.fixture(scope="session")
def archive(build_image):
    with directory("image") as path:
        build_image(path / "grantd.oci.tar")
        yield path / "grantd.oci.tar"


@pytest.fixture(scope="session")
def image(archive):
    return Image(archive)
