"""What a person's word touches, and what it did to the incidents."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsblotter.errors import UnknownIncident
from newsblotter.review.changes import Changed, list_changes
from newsblotter.review.judging import Lost
from newsblotter.review.ledger import Corrected, Word
from newsblotter.review.references import Finder, Reference
from newsblotter.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Revision:
    """What a word did, or would do."""

    numbers: tuple[int, ...]  # of the lines in the journal; none when nothing was written
    effects: tuple[Changed, ...] = ()
    lost: tuple[Lost, ...] = ()  # words that find nothing to be said of


@contextmanager
def try_out(store: Store) -> Iterator[Store]:
    """A copy of a store, to be changed and thrown away: for what takes long, or changes most of it."""
    with tempfile.TemporaryDirectory(prefix="newsblotter-") as folder, open_store(str(store.copy_to(Path(folder)))) as copy:
        yield copy


def list_effects(store: Store, after: int) -> tuple[Changed, ...]:
    """What became of the incidents in the lines of the journal after a number."""
    return tuple(list_changes(store, after=after))


def find_mentions_of(store: Store, words: Sequence[Word]) -> Finder:
    """A finder for all that people's words refer to, among the mentions of the store."""
    references: list[Reference] = []
    for word in words:
        references += word.mentions if isinstance(word, Corrected) else [*word.left.mentions, *word.right.mentions]
    if not references:
        return Finder((), {})
    ids, sources = {str(one.get("report")) for one in references}, {str(one.get("source")) for one in references}
    known = store.known_reports(ids)
    if len(known) < len(ids):  # a report was cleaned anew, or is not there (yet): it may be known by the id it came with
        ids |= {ours for ours, theirs in store.source_ids().items() if theirs in sources}
    bare = [str(one["mention"]) for one in references if one.get("mention") and not one.get("report")]
    mentions = [*store.mentions(reports=ids), *(store.mentions(ids=bare) if bare else ())]
    return Finder(mentions, {report.id: report for report in store.reports(ids)})


def find_corrected_anew(store: Store, words: Sequence[Word]) -> set[str]:
    """A report of every incident whose corrections in force are not those that its record shows."""
    due: dict[str, dict[str, int]] = {}
    shown: dict[str, set[int]] = {}
    report_of: dict[str, str] = {}
    lost: list[Corrected] = []
    for word in words:
        if not isinstance(word, Corrected):
            continue
        try:
            incident = store.get_incident(word.incident)
        except UnknownIncident:  # split or withdrawn: it is where its mentions are
            lost.append(word)
            continue
        numbers = due.setdefault(incident.id, {})
        if word.retired is None:
            numbers[word.correction.field] = word.number
        shown[incident.id] = {one["number"] for one in incident.record.get("corrections") or ()}
        report_of[incident.id] = store.neighbourhood().members([incident.id])[0].report_id
    split = {word.number for word in lost}
    pending = {report_of[name] for name, numbers in due.items() if set(numbers.values()) != shown[name] - split}
    return pending | {report for word in lost for report in _find_homeless(store, word)}


def _find_homeless(store: Store, word: Corrected) -> set[str]:
    """A report of the incident that holds what a split incident was made of, where it does not show the correction as it should."""
    desk = store.neighbourhood()
    homes = desk.incidents_of([str(reference.get("mention")) for reference in word.mentions])
    shown = any(one["number"] == word.number for name in homes for one in store.get_incident(name).record.get("corrections") or ())
    return {member.report_id for member in desk.members(homes)} if shown == (word.retired is not None) else set()
