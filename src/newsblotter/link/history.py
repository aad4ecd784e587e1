"""What later reports changed about an incident, by publication day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from newsblotter.link.choose import Told, settle
from newsblotter.records import Change, Claim, Count, Outcome, Value

CHANGING_FIELDS = ("arrested", "killed", "injured", "recovered", "loot")
STATUSES = ("unknown", "suspects_at_large", "arrests", "charged", "convicted")  # a case only moves on
_OUTCOME_STATUS = {"arrest": "arrests", "charge": "charged", "trial": "charged", "conviction": "convicted", "sentence": "convicted"}
# What the value of a field hangs on, besides its own claims: a later death lowers the number of the injured.
_HANGS_ON = {"injured": ("injured", "killed")}


def read_status(claims: Sequence[Claim]) -> str:
    """How far a case has come, by what claims say of arrests and outcomes: one of ``STATUSES``."""
    reached = 0
    for claim in claims:
        value = claim.value
        if claim.field == "arrested" and isinstance(value, Count):
            reached = max(reached, 2 if value.low > 0 else 1)
        elif claim.field == "outcomes" and isinstance(value, Outcome):
            reached = max(reached, STATUSES.index(_OUTCOME_STATUS.get(value.kind, "unknown")))
    return STATUSES[reached]


def read_history(told: Mapping[str, Sequence[Told]]) -> tuple[Change, ...]:
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
    came_back: set[str] = set()
    for day in days:
        for field in CHANGING_FIELDS:
            fresh = [t for name in _HANGS_ON.get(field, (field,)) for t in dated.get(name, ()) if t.day == day]
            if not fresh or not dated.get(field):
                continue
            if field in current and all(t.claim.field == field and t.claim.value == current[field] for t in fresh):
                continue  # more of the same
            known = {name: [t for t in dated.get(name, ()) if t.day <= day] for name in CHANGING_FIELDS}
            settled = settle(field, known) if known[field] else None
            if settled is not None:
                source = settled.chosen if settled.chosen.day == day else fresh[0]
                _note(changes, current, day, field, settled.value, source.claim.quote.report_id)
        heard = [t for name in ("arrested", "outcomes") for t in dated.get(name, ()) if t.day <= day]
        latest = [t for t in heard if t.day == day]
        source_id = min(latest or _of_day(dated, day), key=lambda t: t.claim.id).claim.quote.report_id
        _note(changes, current, day, "status", read_status([t.claim for t in heard]), source_id)
        _note_outcomes(changes, came_back, latest, day == days[0])
    return tuple(changes)


def _note_outcomes(changes: list[Change], known: set[str], latest: Sequence[Told], first: bool) -> None:
    """Add what a day's reports say came of it beside the course of law, for instance that the loot was recovered."""
    for told in sorted(latest, key=lambda t: t.claim.id):
        value = told.claim.value
        if not isinstance(value, Outcome) or value.kind in _OUTCOME_STATUS or value.kind in known:
            continue
        known.add(value.kind)
        if not first:
            changes.append(Change(date.fromordinal(told.day), "outcomes", None, value, told.claim.quote.report_id))


def _of_day(dated: Mapping[str, Sequence[Told]], day: int) -> list[Told]:
    return [t for said in dated.values() for t in said if t.day == day]


def _note(changes: list[Change], current: dict[str, Value], day: int, field: str, value: Value, report_id: str) -> None:
    before = current.get(field)
    if before is not None and before != value:
        changes.append(Change(date.fromordinal(day), field, before, value, report_id))
    current[field] = value
