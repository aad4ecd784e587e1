"""What later reports changed about an incident, by publication day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from newsblotter.link.values import agree
from newsblotter.records import Change, Claim, Count, Mention, Outcome, Report, Role, Value

CHANGING_FIELDS = ("arrested", "killed", "injured", "recovered", "loot")
STATUSES = ("unknown", "suspects_at_large", "arrests", "charged", "convicted")  # a case only moves on
_OUTCOME_STATUS = {"arrest": "arrests", "charge": "charged", "trial": "charged", "conviction": "convicted", "sentence": "convicted"}


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


def read_history(mentions: Sequence[Mention], reports: Mapping[str, Report]) -> tuple[Change, ...]:
    """List what each dated report about the incident changed against those before it; first words are no change.

    How a case stands is known from its first report on: "unknown" where that says nothing, so a later arrest is a change.
    """
    dated: list[tuple[date, str, Mention]] = []
    for mention in mentions:
        report = reports.get(mention.report_id)
        if report and report.published and mention.role in (Role.MAIN, Role.FOLLOW_UP):
            dated.append((report.published, mention.id, mention))
    current: dict[str, Value] = {}
    heard: list[Claim] = []
    changes: list[Change] = []
    for day, _, mention in sorted(dated, key=lambda item: (item[0], item[1])):
        heard.extend(mention.claims)
        for field in CHANGING_FIELDS:
            value = _surest(mention, field)
            if value is not None:
                _note(changes, current, day, field, value, mention.report_id)
        _note(changes, current, day, "status", read_status(heard), mention.report_id)
    return tuple(changes)


def _surest(mention: Mention, field: str) -> Value | None:
    found = [claim for claim in mention.claims if claim.field == field and claim.value is not None]
    best = min(found, key=lambda claim: (-claim.score, claim.quote.start, claim.id), default=None)
    return best.value if best else None


def _note(changes: list[Change], current: dict[str, Value], day: date, field: str, value: Value, report_id: str) -> None:
    before = current.get(field)
    if before is not None and agree(before, value) and not _outgrows(value, before):
        return
    if before is not None:
        changes.append(Change(day, field, before, value, report_id))
    current[field] = value


def _outgrows(value: Value, before: Value) -> bool:
    """Whether a count goes beyond what an open one began at: "nine" after "at least seven"."""
    return isinstance(value, Count) and isinstance(before, Count) and before.high is None and value.low > before.low
