"""What a test of the pages asks the store, so that it knows what the browser has to show on any store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from newsblotter.store import Filter, Store, open_store
from newsblotter.web.filters import read_filter
from newsblotter.web.pages.incidents import PAGE


def ask(path: Path, find: Callable[[Store], Any]) -> Any:
    """What a question to the store gives."""
    with open_store(str(path), readonly=True) as store:
        return find(store)


def list_ids(path: Path) -> list[str]:
    """The ids of all incidents."""
    return ask(path, lambda store: sorted(record["id"] for record in store.records()))


def list_words(path: Path) -> list[Any]:
    """What people said: kind and data of each line."""
    return ask(path, lambda store: [(entry.kind, entry.data) for entry in store.journal("judgement", "correction", "retired")])


def find_told(path: Path) -> dict[str, Any]:
    """The incident with the most reports."""
    return ask(path, lambda store: max(store.records(), key=lambda record: (len(record["reports"]), record["id"])))


def find_disputed(path: Path) -> dict[str, Any]:
    """The incident with the most disputed fields."""
    return ask(path, lambda store: max(store.records(), key=lambda record: (len(record["disputed"]), record["id"])))


def find_copied(path: Path) -> tuple[str, str]:
    """A report that has a copy, and its copy; where none has, the same report twice."""

    def find(store: Store) -> tuple[str, str]:
        for group in store.copy_index.groups_of([report.id for report in store.reports()]).values():
            if len(group.report_ids) > 1:
                others = sorted(name for name in group.report_ids if name != group.lead_id)
                return others[0], group.lead_id
        one = next(iter(store.reports())).id
        return one, one

    return ask(path, find)


def find_crowd(path: Path) -> tuple[float, float, int]:
    """The spot on the map with the most incidents: latitude, longitude, how many."""
    spots = ask(path, lambda store: store.points(Filter(), None).spots)
    (where, count) = Counter((spot.latitude, spot.longitude) for spot in spots).most_common(1)[0]
    return (*where, count)


def count_shown(path: Path, address: str = "") -> int:
    """How many cards the first page of an address holds."""
    return min(PAGE, count_all(path, address))


def count_all(path: Path, address: str = "") -> int:
    """How many incidents pass the filter in an address."""
    return int(ask(path, lambda store: store.find_page(_filter_of(address), limit=1).total))


def count_placed(path: Path, address: str = "") -> int:
    """How many of them the map draws."""
    return int(ask(path, lambda store: store.points(_filter_of(address), None).total))


def _filter_of(address: str) -> Filter:
    return read_filter(parse_qsl(urlsplit(address).query))
