"""Building from files that somebody hands in: in a process of its own, so that the pages stay quick, with its progress told.

One import runs at a time; a build from the command line that holds the store makes an import fail with a plain word.
"""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any

from newsblotter.errors import NewsblotterError
from newsblotter.store.present import plain
from newsblotter.web.faults import Refusal

LONGEST_NAME = 120  # characters kept of a file's name, its ending among them
COPY_BYTES = 1 << 20
STOP_S = 10.0  # for a build that is asked to stop; a batch takes under a second


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    files: int = 0
    stage: str = "waiting"  # waiting, read, copies, extract, link, done, failed
    done: int = 0
    total: int | None = None  # None: unknown
    result: Mapping[str, Any] = field(default_factory=dict)  # of a build that is done: its counts
    problem: str = ""  # why it failed
    began: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.began is not None and self.stage not in ("done", "failed")


def safe_name(name: str | None, taken: Iterable[str]) -> str:
    """A name for an uploaded file inside its folder: the last part of the one it came with, without anything strange."""
    last = plain((name or "").replace("\\", "/").rpartition("/")[2]).lstrip(".")
    kept = "".join(c if c.isalnum() or c in " ._-()+,'" else "_" for c in last)[-LONGEST_NAME:].strip() or "report.txt"
    stem, dot, ending = kept.partition(".")
    names, at = set(taken), 1
    while kept.lower() in {one.lower() for one in names}:
        at += 1
        kept = f"{stem}-{at}{dot}{ending}"
    return kept


class Importer:
    """The imports of a desk."""

    def __init__(self, store: str, *, workers: int | None = None) -> None:
        self._store = store
        self._workers = workers
        self._lock = threading.Lock()
        self._progress = Progress()
        self._process: BaseProcess | None = None

    @property
    def progress(self) -> Progress:
        """The import that runs, or the last one."""
        return self._progress

    def start(self, uploads: Iterable[tuple[str | None, IO[bytes]]], published: date | None) -> None:
        """Keep the files in a folder of their own and begin to build from it.

        Raises:
            Refusal: One is running, or there is no file.
        """
        with self._lock:
            if self._progress.running:
                raise Refusal(409, "an import is running; wait until it is done")
            folder = Path(tempfile.mkdtemp(prefix="newsblotter-import-"))
            try:
                names: list[str] = []
                for name, stream in uploads:
                    names.append(safe_name(name, names))
                    with (folder / names[-1]).open("wb") as file:
                        shutil.copyfileobj(stream, file, COPY_BYTES)
                if not names:
                    raise Refusal(400, "choose at least one file")
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            context = multiprocessing.get_context("spawn")  # not a fork: this process has threads
            ours, theirs = context.Pipe(duplex=False)
            self._process = context.Process(target=_build, args=(theirs, str(folder), self._store, published, self._workers))
            self._process.start()
            self._progress = Progress(files=len(names), began=datetime.now(UTC))  # once it runs: one that cannot start blocks none
            theirs.close()
            threading.Thread(target=self._follow, args=(ours, folder, self._process), daemon=True).start()

    def _follow(self, told: Connection, folder: Path, process: BaseProcess) -> None:
        """Note what the build tells, until it ends."""
        try:
            while True:
                self._note(process, told.recv())
        except (EOFError, OSError):
            process.join()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if self._progress.running:
                self._note(process, {"stage": "failed", "problem": "the build ended before it was done; what was read is kept"})

    def _note(self, process: BaseProcess, told: Mapping[str, Any]) -> None:
        """Note what a build tells, unless the next one has begun meanwhile."""
        if self._process is process:
            self._progress = replace(self._progress, **told)

    def close(self) -> None:
        """Ask a running build to stop after the batch at hand."""
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
            process.join(STOP_S)
            if process.is_alive():
                process.kill()


def _build(told: Connection, folder: str, store: str, published: date | None, workers: int | None) -> None:
    """Build, telling how far it is. Runs in the child process."""
    from newsblotter.pipeline import Settings, build

    settings = Settings()
    settings = replace(settings, clean=replace(settings.clean, published=published), workers=workers)

    def tell(stage: str, done: int, total: int | None) -> None:
        told.send({"stage": stage, "done": done, "total": total})

    try:
        result = build([folder], store, settings=settings, on_progress=tell)
    except (NewsblotterError, OSError) as error:
        told.send({"stage": "failed", "problem": plain(error)})
        return
    if result.interrupted:
        told.send({"stage": "failed", "problem": "the build was stopped; what was read is kept"})
    else:
        told.send({"stage": "done", "result": result.as_dict()})
