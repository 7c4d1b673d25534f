"""What lasts as long as a block does. Standard library only, so that the benchmarks use this as well."""

import contextlib
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def directory(purpose="test"):
    """A short path (a unix socket's must fit in 107 bytes) that nginx's user may pass through."""
    path = Path(tempfile.mkdtemp(prefix=f"grantd-{purpose}-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def running(part):
    """A part that runs meanwhile. One that fails to start is stopped too, as far as it got; that failure is the one told."""
    try:
        part.start()
    except BaseException:
        with contextlib.suppress(Exception):
            part.stop()
        raise
    try:
        yield part
    finally:
        part.stop()
