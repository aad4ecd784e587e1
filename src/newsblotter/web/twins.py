"""With which other incidents one might be confused: those that a reviewer wants to hold against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from newsblotter.errors import UsageError
from newsblotter.store import Filter, Record, Store

MOST = 20  # candidates that are offered
NEAR_KM = 30.0  # a town and its suburbs
NEAR_DAYS = 3  # reports of one incident seldom place it further apart
FIELDS = ("id", "title", "date", "place", "voices", "type")


def find_candidates(store: Store, record: Record, sought: str) -> list[dict[str, Any]]:
    """Other incidents to hold one against: those that a reviewer's words find, else those related to it and those near by.

    Args:
        store: The store.
        record: The incident's record.
        sought: Words; empty for what lies near.
    """
    found: dict[str, dict[str, Any]] = {}
    for card in _search(store, sought) if sought else _look_around(store, record):
        if card["id"] != record["id"] and card["id"] not in found:
            found[card["id"]] = {name: card.get(name) for name in FIELDS}
        if len(found) == MOST:
            break
    return list(found.values())


def _search(store: Store, sought: str) -> Iterator[dict[str, Any]]:
    try:
        page = store.find_page(Filter(text=sought), limit=MOST + 1)
    except UsageError:  # no word in it
        return
    yield from map(json.loads, page.cards)


def _look_around(store: Store, record: Record) -> Iterator[dict[str, Any]]:
    for one in record.get("related") or ():
        stored = store.read_record(one["incident"])
        if stored is not None:
            yield json.loads(stored[0])
    place, when = record.get("place") or {}, record.get("date") or {}
    near = (place["lat"], place["lon"]) if place.get("lat") is not None else None
    since, until = (_shift(when.get(end), days) for end, days in (("start", -NEAR_DAYS), ("end", NEAR_DAYS)))
    if near is not None or since is not None:
        wanted = Filter(near=near, within_km=NEAR_KM, since=since, until=until)
        yield from map(json.loads, store.find_page(wanted, limit=MOST + 1).cards)
    if near is not None:
        yield from map(json.loads, store.find_page(Filter(near=near, within_km=NEAR_KM), limit=MOST + 1).cards)


def _shift(day: str | None, days: int) -> date | None:
    try:
        return date.fromisoformat(day) + timedelta(days=days) if day else None
    except (ValueError, OverflowError):
        return None
