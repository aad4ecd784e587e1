"""The series of incidents that are derived by themselves: the store is asked for those they may belong with."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from newsblotter.errors import UsageError
from newsblotter.link.series import REACH, Related, Traits, find_related, name_words
from newsblotter.link.values import split_name, to_spot
from newsblotter.records import Where
from newsblotter.store import Filter, Record, Store

KEPT_REASONS = ("same gang", "same tactics")  # told by the texts or by the whole store: kept from the last full build


def relate_near(store: Store, traits: Sequence[Traits], replaced: Collection[str]) -> dict[str, tuple[Related, ...]]:
    """What the incidents are related to, among themselves and in the store, by target and suspects.

    What ties them by gang or tactics is kept as it was. A rebuild finds that anew, and tells the other side of a new tie.

    Args:
        store: Where the others are.
        traits: The incidents.
        replaced: Ids of the incidents in whose place they stand.
    """
    own = {one.id: one for one in traits}
    others: dict[str, Traits] = {}
    for one in traits:
        for words in (*([one.target_name] if one.target else []), *one.suspects.values()):
            for record in _find(store, words):
                if record["id"] not in own and record["id"] not in replaced:
                    others[record["id"]] = traits_of(record)
    found = find_related([*own.values(), *others.values()])
    return {name: _with_kept(store, name, found.get(name, ()), own) for name in own}


def _find(store: Store, words: str) -> list[Record]:
    try:
        return store.find_incidents(Filter(text=words, limit=2 * REACH))
    except UsageError:  # no word in it
        return []


def _with_kept(store: Store, name: str, found: Sequence[Related], own: Mapping[str, Traits]) -> tuple[Related, ...]:
    known = {one.id for one in found}
    kept = []
    stored = store.read_record(name)
    for old in json.loads(stored[0]).get("related") or () if stored else ():
        if old["incident"] not in known and old["incident"] not in own and old["why"].startswith(KEPT_REASONS):
            kept.append(Related(old["incident"], old["why"], old["score"]))
    return tuple(sorted([*found, *kept], key=lambda one: (-one.score, one.id)))


def traits_of(record: Record) -> Traits:
    """What may tie a stored incident to others."""
    days, place = record.get("date"), record.get("place") or {}
    where = None
    if place and place.get("precision") not in ("region", "country"):
        where = Where(
            place.get("name") or "", None, place.get("lat"), place.get("lon"), place.get("radius_km"), place.get("country")
        )
    span = (date.fromisoformat(days["start"]).toordinal(), date.fromisoformat(days["end"]).toordinal()) if days else None
    suspects = {}
    for person in record.get("people") or ():
        first, last = split_name(person.get("name"))
        if person.get("role") == "suspect" and first and last:
            suspects[f"{first} {last}"] = str(person["name"])
    return Traits(
        id=record["id"],
        kind=record["type"],
        days=span,
        spot=to_spot(where) if where else None,
        target=name_words(record.get("target") or "", place.get("name") or ""),
        target_name=record.get("target") or "",
        suspects=suspects,
        gangs={},
        tactics=frozenset(record.get("tactics") or ()),
    )
