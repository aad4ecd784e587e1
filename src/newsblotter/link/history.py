"""What later reports changed about an incident, by publication day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
    current: dict[str, Value] = {}
    changes: list[Change] = []
    days = sorted({t.day for said in dated.values() for t in said})
    returned: list[Told] = []
    for day in days:
        heard = {field: [t for t in said if t.day <= day and not 0 < t.until <= day] for field, said in dated.items()}
        for field in CHANGING_FIELDS:
            fresh = list(_said_on(day, heard, _HANGS_ON.get(field, (field,))))
            if not heard.get(field) or all(t.claim.field == field and t.claim.value == current.get(field) for t in fresh):
                continue  # nothing, or more of the same
            settled = settle(field, heard)
            source = settled.chosen if settled.chosen.day == day else fresh[0]
            _note(changes, current, field, settled.value, source)
        fresh = list(_said_on(day, heard, _STATUS_HANGS_ON))
        if fresh or "status" not in current:
            source = min(fresh or _said_on(day, heard, heard), key=lambda t: t.claim.id)
            _note(changes, current, "status", _status_of(heard, current.get("arrested")), source)
        if not returned:
            returned = sorted(filter(_is_recovery, _said_on(day, heard, ("outcomes",))), key=lambda t: t.claim.id)
            if returned and day > days[0]:
                _tell_outcome(changes, returned[0])
    return tuple(changes)


def _is_recovery(told: Told) -> bool:
    return isinstance(told.claim.value, Outcome) and told.claim.value.kind == "recovery"


def _tell_outcome(changes: list[Change], told: Told) -> None:
    if told.claim.value is not None:
        changes.append(Change(date.fromordinal(told.day), "outcomes", None, told.claim.value, told.claim.quote.report_id))


def _said_on(day: int, heard: _Heard, fields: Iterable[str]) -> Iterable[Told]:
    return (t for field in fields for t in heard.get(field, ()) if t.day == day)


def _status_of(heard: _Heard, arrested: Value | None) -> str:
    outcomes = [t.claim.value for t in heard.get("outcomes", ()) if isinstance(t.claim.value, Outcome)]
    people = [fact.value for fact in merge_people([(t.claim, t.weight) for t in heard.get("people", ())])]
    suspects = [one for one in people if isinstance(one, Person) and one.role == "suspect"]
    number = settle("suspects", heard).value if heard.get("suspects") else None
    return read_status(
        outcomes, suspects, arrested if isinstance(arrested, Count) else None, number if isinstance(number, Count) else None
    )


def _note(changes: list[Change], current: dict[str, Value], field: str, value: Value, source: Told) -> None:
    before = current.get(field)
    if before is not None and _bare(before) != _bare(value):
        changes.append(Change(date.fromordinal(source.day), field, before, value, source.claim.quote.report_id))
    current[field] = value


def _bare(value: Value) -> Value | tuple[int, int | None]:
    """A value as it is shown: a count without what it counts."""
    return (value.low, value.high) if isinstance(value, Count) else value
