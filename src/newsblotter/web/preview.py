"""What a judgement would do to the incidents, rehearsed: which merge or part, and which values change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsblotter.errors import UnknownIncident
from newsblotter.records import Judgement
from newsblotter.review.changes import Changed
from newsblotter.review.saying import Speaker, say_judgement
from newsblotter.revise import revise
from newsblotter.store import Record, Store, rehearse
from newsblotter.web.desk import Desk
from newsblotter.web.vocabulary import FIELDS
from newsblotter.web.words import Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of one incident."""

    kind: str  # as of ``Changed``
    incident: str
    title: str  # as it is now; of an incident that would be new: as it would be
    lives: bool  # whether it can be looked at now
    now: tuple[tuple[str, str], ...]  # merged, split: id and title of what it would go into
    rows: tuple[tuple[str, str, str], ...]  # field, its words now, its words then
    reports: tuple[int, int]  # how many now, how many then


def foresee(desk: Desk, judgement: Judgement, sides: tuple[str, str], words: Words) -> list[Outcome]:
    """What a judgement would do; nothing is written.

    Raises:
        StoreBusy: A build holds the store.
    """
    with desk.writing() as store, rehearse(store) as then:
        revision = revise(then, [say_judgement(then, judgement, *sides, Speaker("nobody"))])
        return [_describe(store, then, effect, words) for effect in revision.effects]


def _describe(store: Store, then: Store, effect: Changed, words: Words) -> Outcome:
    before, after = _find(store, effect.incident), _find(then, effect.incident)
    into = [(name, str((_find(then, name) or {}).get("title", name))) for name in effect.now]
    shown = before or after or {}
    rows = []
    if before is not None and after is not None:
        for name in FIELDS:
            ours, theirs = (_say(name, record, words) for record in (before, after))
            if ours != theirs:
                rows.append((name, ours, theirs))
    elif effect.kind == "new" and after is not None:
        rows = [(name, "", said) for name in ("date", "place", "target") if (said := _say(name, after, words))]
    counts = tuple(len((record or {}).get("reports") or ()) for record in (before, after))
    title = str(shown.get("title") or effect.title or effect.incident)
    return Outcome(effect.kind, effect.incident, title, before is not None, tuple(into), tuple(rows), (counts[0], counts[1]))


def _find(store: Store, incident_id: str) -> Record | None:
    """The record of a living incident, None of one that is not, or is another now."""
    try:
        found = store.get_incident(incident_id)
    except UnknownIncident:
        return None
    return found.record if found.id == incident_id else None


def _say(field: str, record: Mapping[str, Any], words: Words) -> str:
    return words.value(field, record.get(field))
