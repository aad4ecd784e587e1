"""What later reports changed about an incident, by publication day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TypeAlias

from newsblotter.link.choose import Told, settle
from newsblotter.link.people import merge_people
from newsblotter.records import Change, Count, Outcome, Person, Value
from newsblotter.status import read_status

CHANGING_FIELDS = ("arrested", "killed", "injured", "recovered", "loot")
# What the value of a field hangs on, besides its own claims: a later death lowers the number of the injured.
_HANGS_ON = {"injured": ("injured", "killed")}
_STATUS_HANGS_ON = ("outcomes", "people", "arrested", "suspects")

_Heard: TypeAlias = Mapping[str, Sequence[Told]]


def read_history(told: _Heard) -> tuple[Change, ...]:
    """List how the values shown changed, day by day, with what dated reports about the incident had said by then.

    A day's reports count together, and the first value is no change; that loot came back is one without a value before it.
    How a case stands is known from its first report on: "unknown" where that says nothing, so a later arrest is a change.

    Args:
        told: Every claim of the incident by field.
    """
    dated = {field: [t for t in said if t.day and t.in_focus] for field, said in told.items()}
    days = sorted({t.day for said in dated.values() for t in said})
    current: dict[str, Value] = {}
    changes: list[Change] = []
    for field in CHANGING_FIELDS:
        _follow_value(field, dated, current, changes)
    if days:
        _follow_status(days[0], dated, changes)
        returned = sorted(filter(_is_recovery, dated.get("outcomes", ())), key=lambda t: (t.day, t.claim.id))
        if returned and returned[0].day > days[0]:
            _tell_outcome(changes, returned[0])
    order = (*CHANGING_FIELDS, "status", "outcomes")
    return tuple(sorted(changes, key=lambda change: (change.on or date.min, order.index(change.field))))


def _follow_value(field: str, dated: _Heard, current: dict[str, Value], changes: list[Change]) -> None:
    """Add what became of a field, day by day."""
    if not dated.get(field):
        return
    fields = _HANGS_ON.get(field, (field,))
    for day, fresh in _by_day(dated, fields):
        if all(t.claim.field == field and _bare(t.claim.value) == _bare(current.get(field)) for t in fresh):
            continue  # more of the same
        heard = _hear(dated, fields, day)
        if heard[field]:
            settled = settle(field, heard)
            source = settled.chosen if settled.chosen.day == day else fresh[0]
            _note(changes, current, field, settled.value, source)


def _follow_status(first: int, dated: _Heard, changes: list[Change]) -> None:
    """Add how far the law came, day by day; on the first day it stands somewhere, be it "unknown"."""
    current: dict[str, Value] = {"status": read_status((), (), None, None)}
    known: set[tuple[str, Value | None]] = set()
    for day, fresh in _by_day(dated, _STATUS_HANGS_ON):
        news = {(t.claim.field, t.claim.value) for t in fresh} - known
        if not news:
            continue
        known |= news
        status = _status_of(_hear(dated, _STATUS_HANGS_ON, day))
        if day == first:
            current["status"] = status
        _note(changes, current, "status", status, min(fresh, key=lambda t: t.claim.id))


def _by_day(dated: _Heard, fields: Sequence[str]) -> Iterator[tuple[int, list[Told]]]:
    """What is said of some fields on each day, ascending."""
    said = sorted((t for field in fields for t in dated.get(field, ())), key=lambda t: t.day)
    for day, fresh in groupby(said, key=lambda t: t.day):
        yield day, list(fresh)


def _hear(dated: _Heard, fields: Sequence[str], day: int) -> dict[str, list[Told]]:
    """What had been said of some fields by the end of a day, and not been taken back."""
    return {field: [t for t in dated.get(field, ()) if t.day <= day and not 0 < t.until <= day] for field in fields}


def _is_recovery(told: Told) -> bool:
    return isinstance(told.claim.value, Outcome) and told.claim.value.kind == "recovery"


def _tell_outcome(changes: list[Change], told: Told) -> None:
    if told.claim.value is not None:
        changes.append(Change(date.fromordinal(told.day), "outcomes", None, told.claim.value, told.claim.quote.report_id))


def _status_of(heard: _Heard) -> str:
    outcomes = [t.claim.value for t in heard.get("outcomes", ()) if isinstance(t.claim.value, Outcome)]
    people = [fact.value for fact in merge_people([(t.claim, t.weight) for t in heard.get("people", ())])]
    suspects = [one for one in people if isinstance(one, Person) and one.role == "suspect"]
    number = settle("suspects", heard).value if heard.get("suspects") else None
    arrested = settle("arrested", heard).value if heard.get("arrested") else None
    return read_status(
        outcomes, suspects, arrested if isinstance(arrested, Count) else None, number if isinstance(number, Count) else None
    )


def _note(changes: list[Change], current: dict[str, Value], field: str, value: Value, source: Told) -> None:
    before = current.get(field)
    if before is not None and _bare(before) != _bare(value):
        changes.append(Change(date.fromordinal(source.day), field, before, value, source.claim.quote.report_id))
    current[field] = value


def _bare(value: Value | None) -> Value | tuple[int, int | None] | None:
    """A value as it is shown: a count without what it counts."""
    return (value.low, value.high) if isinstance(value, Count) else value
