"""Take a person's word, and derive everything anew: the two ways in which incidents change without a new report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

from newsblotter.pipeline import BuildResult, OnProgress, Settings, build, link_store
from newsblotter.review.ledger import WORD_KINDS, Judged, in_force, read_words
from newsblotter.review.revising import Revision, list_effects, try_out
from newsblotter.review.saying import Speaker
from newsblotter.store import JournalEntry, Store, rehearse

Lines: TypeAlias = Sequence[JournalEntry] | Callable[[Store], Sequence[JournalEntry]]


def revise(store: Store, lines: Lines, *, settings: Settings | None = None, dry_run: bool = False, later: bool = False) -> Revision:
    """Write down what a person says and bring the incidents in line with it; no report is read.

    Args:
        store: An open store.
        lines: Judgements, corrections, or words taken back, for the journal; or what finds them once nobody else can write.
        settings: As the store was built with; None for the defaults.
        dry_run: Find out what would become of the incidents, and take it back; nothing is written.
        later: Only write it down; the next build brings the incidents in line.

    Raises:
        StoreBusy: A build holds the store.
    """
    if dry_run:
        with rehearse(store) as rehearsed:
            return replace(revise(rehearsed, lines, settings=settings), numbers=())
    with store.build_lock():
        numbers = store.append_journal(lines(store) if callable(lines) else lines)
        if later:
            return Revision(numbers)
        result = link_store(store, settings=settings)
        return Revision(numbers, list_effects(store, max(numbers, default=0)), result.lost)


@contextmanager
def unsay_judgements(store: Store, *, settings: Settings | None = None) -> Iterator[Store]:
    """A store as linking alone would have it: without any judgement, corrections left as they are; see ``store.rehearse``."""
    with rehearse(store) as alone:
        standing = [word for word in in_force(read_words(alone.journal(*WORD_KINDS))) if isinstance(word, Judged)]
        lines = [JournalEntry("retired", Speaker("nobody").sign({"number": word.number})) for word in standing]
        if lines:
            revise(alone, lines, settings=settings)
        yield alone


def rebuild(
    store: Store, *, settings: Settings | None = None, on_progress: OnProgress | None = None, dry_run: bool = False
) -> tuple[BuildResult, Revision]:
    """Derive copies, links and incidents anew from the reports, the readings and the journal.

    Args:
        store: An open store.
        settings: None for the defaults.
        on_progress: Called with stage, how many are done, and of how many (None: unknown).
        dry_run: Do it on a copy of the store; write nothing.

    Returns:
        What was done, and what became of the incidents.
    """
    if dry_run:
        with try_out(store) as copy:
            return rebuild(copy, settings=settings, on_progress=on_progress)
    before = store.last_number()
    result = build([], store, settings=settings, on_progress=on_progress, anew=True)
    return result, Revision((), list_effects(store, before), result.lost)
