"""What became of the incidents since a moment: new, changed, merged, split, withdrawn, as the journal tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsblotter.store import JournalEntry, Store

KINDS = ("new", "changed", "merged", "split", "withdrawn", "revived")


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one incident."""

    kind: str  # new, changed, merged, split, withdrawn, revived
    incident: str
    at: datetime | None  # of its last change, aware UTC; None: written by a program that kept no times
    title: str  # of today; of the incident that it went into, once it is no more
    now: tuple[str, ...] = ()  # merged, split: where it went
    fields: tuple[str, ...] = ()  # changed: the parts of the record that say something else


_TOLD = ("minted", "changed", "redirected", "revived", "split")  # kinds of the journal's lines that tell of incidents


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some of what became of the incidents."""

    changes: tuple[Changed, ...]
    last: int  # the journal's line up to which this tells; ask on after it
    more: bool  # there are further lines


def list_changes(store: Store, since: datetime | None = None, after: int = 0) -> list[Changed]:
    """Every incident that is not what it was, once for each thing that became of it, in the order in which that happened.

    Args:
        store: The store.
        since: Aware UTC; lines of the journal from then on count. None: all.
        after: Only lines numbered above it count.
    """
    return _tell(store, list(store.journal(*_TOLD, after=after, since=since)))


def page_changes(store: Store, since: datetime | None, after: int, limit: int) -> ChangePage:
    """What became of the incidents by the next ``limit`` lines of the journal; see ``list_changes``."""
    lines = list(store.journal(*_TOLD, after=after, since=since, limit=limit))
    more = len(lines) == limit
    last = (lines[-1].number or after) if more else max(after, store.last_number())
    return ChangePage(tuple(_tell(store, lines)), last, more)


def _tell(store: Store, lines: Sequence[JournalEntry]) -> list[Changed]:
    changed = _collect(lines)
    titles = store.titles(
        {*(name for _, name in changed), *(str(one) for e, _ in changed.values() for one in e.data.get("now", ()))}
    )
    found = []
    for (kind, name), (entry, fields) in changed.items():
        now = tuple(str(one) for one in entry.data.get("now", ()))
        title = titles.get(name)
        gone = title is None
        if gone and (kind == "revived" or (kind == "new" and not {("merged", name), ("split", name)} & changed.keys())):
            continue  # it went again, or its build did not come to its end
        if title is None:
            title = next((titles[one] for one in now if one in titles), "")
        found.append((entry.number or 0, Changed(kind, name, entry.at, title, now, tuple(sorted(fields)))))
    return [one for _, one in sorted(found, key=lambda item: (item[0], KINDS.index(item[1].kind), item[1].incident))]


def _collect(entries: Iterable[JournalEntry]) -> dict[tuple[str, str], tuple[JournalEntry, set[str]]]:
    """Kind and incident → the last line that tells it, and all fields that changed."""
    found: dict[tuple[str, str], tuple[JournalEntry, set[str]]] = {}
    for entry in entries:
        kind = _kind_of(entry)
        if kind is None:
            continue
        key = (kind, str(entry.data["id"]))
        fields = found[key][1] if key in found else set()
        found[key] = (entry, fields | set(entry.data.get("fields", ())))
    new = {name for kind, name in found if kind == "new"}
    return {key: value for key, value in found.items() if not (key[0] == "changed" and key[1] in new)}


def _kind_of(entry: JournalEntry) -> str | None:
    if entry.kind == "redirected":
        now = entry.data.get("now", ())
        return "withdrawn" if not now else "merged" if len(now) == 1 else "split"
    return {"minted": "new", "changed": "changed", "split": "split", "revived": "revived"}.get(entry.kind)
