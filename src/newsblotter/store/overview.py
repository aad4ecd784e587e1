"""What the store keeps of an incident for lists and counts: a narrow row to filter by, a card to show, and editions.

The narrow rows of 300,000 incidents take 40 MB, their records 3 GB: so filters, counts and maps never open a record. An *edition*
is one writing of incidents; what has the same edition has not changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

from newsblotter.store import schema
from newsblotter.store.doubts import Doubt, Tie, doubt_joins, doubt_record, score_doubts, to_bits
from newsblotter.store.paging import PAGE, ask, put, raw_of
from newsblotter.store.protocol import Record
from newsblotter.tables import Row, encode_instant

CARD_FIELDS = (
    *("id", "type", "reality", "title", "date", "place", "target", "killed", "injured", "arrested", "loot"),
    *("status", "voices", "disputed", "updated"),
)

_Members: TypeAlias = Mapping[str, Collection[str]]  # incident id → its mentions


def make_card(record: Record, review: float) -> str:
    """An incident's record without its long parts, for lists: JSON text."""
    card = {name: record.get(name) for name in CARD_FIELDS}
    card["reports"] = len(record.get("reports") or ())
    card["people"] = [person["name"] for person in record.get("people") or () if person.get("name")]
    card["review"] = review
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))


def encode_overview(record: Record, number: int, review: float, edition: int) -> Row:
    """A record as a row of ``overview``."""
    date, place, loot = record.get("date") or {}, record.get("place") or {}, record.get("loot") or {}
    return {
        "number": number,
        "type": record["type"],
        "reality": record["reality"],
        "status": record.get("status"),
        "country": place.get("country"),
        "first_day": date.get("start"),
        "last_day": date.get("end"),
        "latitude": place.get("lat"),
        "longitude": place.get("lon"),
        "radius_km": place.get("radius_km"),
        "precision": place.get("precision"),
        "loot_low": loot.get("low"),
        "loot_high": loot.get("high"),
        "currency": loot.get("currency"),
        "voices": record.get("voices") or 0,
        "disputed": to_bits(record.get("disputed") or ()),
        "review": review,
        "edition": edition,
    }


# --- editions ---------------------------------------------------------------------------------------------------


def read_edition(connection: Connection) -> int:
    """The newest edition, 0 before the first. Begins the snapshot that what is asked next belongs to."""
    return int(connection.execute(text("SELECT coalesce(max(number), 0) FROM editions")).scalar_one())


_NEWEST = "coalesce((SELECT max(number) FROM {}), 0)"
_VERSION = "SELECT " + ", ".join(_NEWEST.format(table) for table in ("editions", "journal", "reports"))


def read_version(raw: Any) -> tuple[int, int, int]:
    """See ``Store.version``; asks the database's own connection, outside any transaction."""
    edition, line, report = raw.execute(_VERSION).fetchone()
    return edition, line, report


class Edition:
    """One writing of incidents: what it changes goes into the overview under its number."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._number = read_edition(connection) + 1
        self._used = False

    def enter(self, records: Sequence[tuple[int, Record]], members: _Members, changed: Collection[int]) -> None:
        """Put these incidents, by number, into the overview: those that changed, and those whose doubts did.

        Args:
            records: Number and record of each.
            members: The mentions of each, by its id.
            changed: Numbers of those that are new or say something else now.
        """
        reviews = score_incidents(self._connection, [record for _, record in records], members)
        before = self._read_reviews([number for number, _ in records])
        fresh = [
            (number, record, reviews[record["id"]])
            for number, record in records
            if number in changed or before.get(number) != reviews[record["id"]]
        ]
        self._remove([number for number, _, _ in fresh if number in before])
        if fresh:
            self._used = True
            put(
                self._connection, schema.overview, [encode_overview(r, number, review, self._number) for number, r, review in fresh]
            )
            put(self._connection, schema.cards, [{"number": number, "card": make_card(r, review)} for number, r, review in fresh])

    def withdraw(self, numbers: Sequence[int]) -> None:
        """Say that the incidents of these numbers are no more."""
        if numbers:
            self._used = True
            self._remove(numbers)
            put(self._connection, schema.gone, [{"edition": self._number, "number": number} for number in numbers])

    def touch(self, numbers: Sequence[int]) -> None:
        """Say that the records of these numbers changed, though nothing that the overview holds of them did."""
        if numbers:
            self._used = True
            ask(self._connection, f"UPDATE overview SET edition = {self._number} WHERE number IN ({{}})", numbers)

    def close(self) -> None:
        """Give the edition its number, if anything changed in it."""
        if self._used:
            put(self._connection, schema.editions, [{"number": self._number, "at": encode_instant(datetime.now(UTC))}])

    def _read_reviews(self, numbers: Sequence[int]) -> dict[int, float]:
        return dict(ask(self._connection, "SELECT number, review FROM overview WHERE number IN ({})", numbers))

    def _remove(self, numbers: Sequence[int]) -> None:
        for table in ("overview", "cards"):
            ask(self._connection, f"DELETE FROM {table} WHERE number IN ({{}})", numbers)


def fill(connection: Connection) -> None:
    """Enter every incident that the overview lacks: once, in a store made by a program that had none."""
    edition = Edition(connection)
    missing = "SELECT number, record FROM incidents WHERE number > ? AND number NOT IN (SELECT number FROM overview)"
    after = 0
    while rows := raw_of(connection).execute(f"{missing} ORDER BY number LIMIT {PAGE}", (after,)).fetchall():
        after = rows[-1][0]
        records = [(number, json.loads(record)) for number, record in rows]
        members: dict[str, list[str]] = defaultdict(list)
        held = "SELECT incident_id, mention_id FROM incident_mentions WHERE incident_id IN ({})"
        for incident_id, mention_id in ask(connection, held, [record["id"] for _, record in records]):
            members[incident_id].append(mention_id)
        edition.enter(records, members, {number for number, _ in records})
    edition.close()


# --- doubts -----------------------------------------------------------------------------------------------------


def score_incidents(connection: Connection, records: Sequence[Record], members: _Members) -> dict[str, float]:
    """How much a look at each incident would settle, by its id."""
    ties = read_ties(connection, members)
    return {
        record["id"]: score_doubts([*doubt_record(record), *doubt_joins(members.get(record["id"], ()), ties.get(record["id"], ()))])
        for record in records
    }


def list_doubts(connection: Connection, record: Record, mention_ids: Collection[str]) -> list[Doubt]:
    """The doubts about one incident, the gravest first."""
    ties = read_ties(connection, {record["id"]: mention_ids})
    doubts = [*doubt_record(record), *doubt_joins(mention_ids, ties.get(record["id"], ()))]
    return sorted(doubts, key=lambda doubt: (-doubt.weight, doubt.kind, doubt.field or ""))


def read_ties(connection: Connection, members: _Members) -> dict[str, list[Tie]]:
    """The links of each incident's mentions."""
    homes = {mention: incident for incident, mentions in members.items() for mention in mentions}
    ties: dict[str, list[Tie]] = defaultdict(list)
    for side in ("left_id", "right_id"):
        question = f"SELECT left_id, right_id, probability, judgement FROM links WHERE {side} IN ({{}})"
        for left, right, probability, judgement in ask(connection, question, sorted(homes)):
            home = homes[left if side == "left_id" else right]
            if side == "left_id" or homes.get(left) != home:  # a tie within is met from both sides
                ties[home].append(Tie(left, right, probability, judgement is not None))
    return ties
