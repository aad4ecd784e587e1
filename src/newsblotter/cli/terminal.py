"""Consoles that know whether a person looks on, and a progress bar that stays away from quick work."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

PATIENCE_S = 2.0  # a stage that is over sooner shows no bar
PIPED_WIDTH = 200  # wide enough that a table in a file or a pipe loses no word


def open_console(*, stderr: bool = False) -> Console:
    """A console for data (stdout) or remarks (stderr); plain and wide where no person looks on."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False)


class ProgressBars:
    """Draws one bar a stage on stderr, once the stage has lasted two seconds and only for a person."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._began = 0.0
        self._wanted = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show how far a stage is. ``total`` None: nobody knows."""
        if not self._wanted:
            return
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._task = stage, now, None
        if self._task is None and now - self._began < PATIENCE_S:
            return
        bars = self._bars = self._bars or _make_bars()
        if self._task is None:
            self._task = bars.add_task(stage, total=total)
        bars.update(self._task, completed=done, total=total)


def _make_bars() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bars = Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=open_console(stderr=True),
        transient=True,
    )
    bars.start()
    return bars
