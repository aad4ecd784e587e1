"""Write files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


@contextmanager
def write_whole(path: Path) -> Iterator[TextIO]:
    """Open a file for writing that takes the place of ``path`` only once everything is written.

    Raises:
        OSError: The folder cannot be written to, or the disk is full; ``path`` is as it was.
    """
    if path.exists() and not path.is_file():  # a device or a pipe: written to as it is
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp makes files that only the owner may read
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
