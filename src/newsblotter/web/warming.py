"""Brings a store's file into memory when the desk opens, so that nobody who asks waits for the disk.

A page of one incident touches some fifteen places all over the file: from memory a fifth of a millisecond, from a disk that was
asked for none of them yet three milliseconds to three seconds. Read from one end to the other, 4 GB take some seconds.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from newsblotter.errors import NewsblotterError

_log = logging.getLogger("newsblotter.web")

SMALL_BYTES = 32 << 20  # a file up to here is brought in by the first questions
CHUNK_BYTES = 128 << 10  # asked of the disk at once: systems fetch no more in advance
AHEAD = 32  # chunks on their way: enough to keep a disk busy, few enough to let others ask it in between
MOST_SHARE = 0.6  # of the memory that is free: a larger store would push out what it has just brought in
_MEMORY = Path("/proc/meminfo")


class Warming:
    """Reads one file through, in a thread of its own."""

    def __init__(self, path: Path, before: Callable[[], object]) -> None:
        """Begin.

        Args:
            path: The file.
            before: What takes longest of the first answer; it is done first, in the same thread.
        """
        self._path = path
        self._before = before
        self._stopped = threading.Event()
        self.is_done = path.stat().st_size <= SMALL_BYTES
        self._thread = threading.Thread(target=self._run, name="warming", daemon=True)
        if not self.is_done:
            self._thread.start()

    def stop(self) -> None:
        """Leave it at what is read."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._before()
            if self._path.stat().st_size <= MOST_SHARE * read_free_memory():
                self.is_done = self._read_through()
        except (NewsblotterError, OSError) as error:  # the pages work without, only slower; whoever asks is told what is wrong
            _log.info("the store could not be brought into memory: %s", error)

    def _read_through(self) -> bool:
        """Have the system read the file; nothing of it is copied here."""
        with self._path.open("rb", buffering=0) as file:
            descriptor, size = file.fileno(), self._path.stat().st_size
            for at in range(0, size + AHEAD * CHUNK_BYTES, CHUNK_BYTES):
                if self._stopped.is_set():
                    return False
                if hasattr(os, "posix_fadvise") and at < size:
                    os.posix_fadvise(descriptor, at, CHUNK_BYTES, os.POSIX_FADV_WILLNEED)
                os.pread(descriptor, 1, max(0, at - AHEAD * CHUNK_BYTES))  # waits until an earlier chunk is here
        return True


def read_free_memory() -> int:
    """Bytes that programs may still take, 0 where the system does not tell."""
    try:
        lines = _MEMORY.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:")), 0)
