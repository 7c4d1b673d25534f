"""Small disks to fill and to break, and errors that a worker's calls meet on demand; all of it takes root."""

import contextlib
import os
import subprocess

import pytest
from support.programs import wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk, or trace a worker")


def run(*command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


@contextlib.contextmanager
def small_disk(kind, directory):
    """A disk of a few hundred kilobytes, mounted where it says, private to its owner: `tmpfs` or `ext4`."""
    directory.mkdir()
    if kind == "tmpfs":
        run("mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", directory)
    else:
        image = directory.with_suffix(".image")
        format_image(image, "2M")
        run("mount", "-o", "loop", image, directory)
        directory.chmod(0o700)
    try:
        yield directory
    finally:
        run("umount", directory)


class ThinDisk:
    """An ext4 on more room than there is: once nothing is left behind it, what is written is lost when it is synced."""

    def __init__(self, directory):
        self.directory, self._behind = directory / "state", directory / "behind"
        self._image, self._filling = self._behind / "image", self._behind / "filling"

    def start(self):
        for path in (self.directory, self._behind):
            path.mkdir()
        run("mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", self._behind)
        format_image(self._image, "64M")
        self.mount()
        self.directory.chmod(0o700)

    def mount(self):
        run("mount", "-o", "loop", self._image, self.directory)

    def unmount(self):
        run("umount", self.directory)

    def take_room(self):
        fill(self._filling)

    def give_room(self):
        self._filling.unlink()

    def stop(self):
        self.unmount()
        run("umount", self._behind)


def format_image(path, size):
    run("truncate", "-s", size, path)
    run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", path)


def fill(path):
    """Takes all the room that is left, for a file of this name."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            with pytest.raises(OSError):
                while file.write(bytes(size)):
                    pass
        os.fsync(file.fileno())


@contextlib.contextmanager
def failing(pid, calls, error, when="1"):
    """Meanwhile such calls of a process fail: the first one, unless `when` says otherwise, as strace counts."""
    tracer = subprocess.Popen(
        ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-p", str(pid)]
        + ["-e", f"inject={calls}:error={error}:when={when}"],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: is_traced(pid), "strace to attach")
        yield
    finally:
        tracer.terminate()
        tracer.wait(10)


def is_traced(pid):
    with open(f"/proc/{pid}/status") as status:
        return "TracerPid:\t0\n" not in status.read()
