"""What became of the incidents since a moment: new, changed, merged, split, withdrawn, as the journal tells it."""

from __future__ import annotations

from collections.abc import Iterable
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


def list_changes(store: Store, since: datetime) -> list[Changed]:
    """Every incident that is not what it was, once for each thing that became of it, in the order in which that happened.

    Args:
        store: The store.
        since: Aware UTC; lines of the journal from then on count.
    """
    titles = {record["id"]: str(record["title"]) for record in store.records()}
    changed = _collect(entry for entry in store.journal() if entry.at is not None and entry.at >= since)
    found = []
    for (kind, name), (entry, fields) in changed.items():
        now = tuple(str(one) for one in entry.data.get("now", ()))
        if kind == "new" and name not in titles and ("merged", name) not in changed and ("split", name) not in changed:
            continue  # given out by a build that did not come to its end
        if kind == "revived" and name not in titles:
            continue
        title = titles.get(name) or next((titles[one] for one in now if one in titles), "")
        found.append(Changed(kind, name, entry.at, title, now, tuple(sorted(fields))))
    return sorted(found, key=lambda one: (one.at or since, KINDS.index(one.kind), one.incident))


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
