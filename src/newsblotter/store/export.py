"""Incidents as people take them away: the record of an incident. ``formats.py`` writes records to files.

    build_record(incident, sources) → record

The record's JSON Schema is ``incident_schema()`` in ``record_schema.py`` and docs/reference/incident.schema.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from newsblotter.errors import UnknownMention
from newsblotter.records import (
    Change,
    Claim,
    Correction,
    Count,
    Fact,
    Incident,
    Mention,
    Money,
    Outcome,
    Person,
    Report,
    Role,
    Value,
    When,
    Where,
)
from newsblotter.status import read_status
from newsblotter.store.confidence import FIELDS as RATED_FIELDS
from newsblotter.store.confidence import rate
from newsblotter.store.protocol import Record
from newsblotter.taxonomy import Taxonomy

CONTEXT = 32  # characters of a quote's prefix and suffix: enough to find it again in a changed page
PART_OF = {"time": "date", "address": "place"}  # facts that stand within another field of the record
LIST_FIELDS = ("weapons", "vehicles", "tactics", "people", "outcomes")
_ROLE_ORDER = (Role.MAIN, Role.FOLLOW_UP, Role.ROUND_UP, Role.BACKGROUND)  # the strongest names the report's part


class RelatedIncident(Protocol):
    """Another incident of a series, as linking finds it."""

    @property
    def id(self) -> str: ...

    @property
    def why(self) -> str: ...

    @property
    def score(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What a record is built from, beside its incident."""

    mentions: Mapping[str, Mention]  # at least the incident's
    reports: Mapping[str, Report]  # at least those of the mentions, by our id
    taxonomy: Taxonomy
    copy_groups: Mapping[str, str] = field(default_factory=dict)  # report id → id of its copy group


def tell_related(related: Iterable[RelatedIncident]) -> list[Record]:
    """Other incidents of a series as a record has them, the surest first."""
    return [{"incident": one.id, "why": one.why, "score": one.score} for one in related]


def build_record(
    incident: Incident, sources: Sources, updated: datetime | None = None, related: Sequence[RelatedIncident] = ()
) -> Record:
    """The incident as it is shown and exported, every fact with the claims that carry it.

    Args:
        incident: What linking derived.
        sources: Its mentions, their reports, copy groups and the taxonomy.
        updated: When it changed, aware UTC; None: the fetching or publication of its newest report, or its newest correction,
            so that the record is the same from run to run.
        related: Other incidents of the series, the surest first.

    Raises:
        UnknownMention: The incident names a mention, or a mention a report, that ``sources`` lacks.
    """
    mentions = _mentions_of(incident, sources)
    claims = {claim.id: claim for mention in mentions for claim in mention.claims}
    facts: dict[str, list[Fact]] = {}
    for fact in incident.agreed:
        facts.setdefault(fact.field, []).append(fact)
    kind = sources.taxonomy.types.get(incident.type)
    record: Record = {
        "id": incident.id,
        "type": incident.type,
        "iccs_unodc": kind.iccs_unodc if kind else None,
        "nibrs": kind.nibrs if kind else None,
        "reality": incident.reality.value,
        "title": incident.title,
        "date": _date_part(facts),
        "place": _place_part(facts),
        "target": _single(facts, "target", str),
    }
    for name in ("killed", "injured", "suspects", "arrested"):
        count = _single(facts, name, Count)
        record[name] = None if count is None else _count(count)
    for name, what in (("loot", "stolen"), ("recovered", "recovered")):
        record[name] = _money_part(facts, name, what, claims)
    for name in ("weapons", "vehicles", "tactics"):
        record[name] = _texts(facts, name)
    record["people"] = [_value(f.value) for f in facts.get("people", ()) if isinstance(f.value, Person)]
    record["outcomes"] = [
        {**_value(f.value), "report": _report_of(f, claims, sources)}
        for f in facts.get("outcomes", ())
        if isinstance(f.value, Outcome)
    ]
    record["status"] = _single(facts, "status", str) or _status(facts)
    record["voices"] = incident.voices
    record["reports"] = _reports_part(mentions, sources)
    record["claims"] = _claims_part(incident, mentions, sources)
    record["confidence"] = rate(record)
    record["corrections"] = [_correction(correction) for correction in incident.corrections]
    _trust_corrections(record)
    record["disputed"] = sorted({PART_OF.get(name, name) for name in incident.disputed})
    record["history"] = [_change(change, sources) for change in incident.history]
    record["related"] = tell_related(related)
    record["updated"] = _instant(updated) if updated else _newest(incident, mentions, sources)
    return record


def _trust_corrections(record: Record) -> None:
    """A person's word is taken for certain."""
    for correction in record["corrections"]:
        name, value = correction["field"], correction["value"]
        if name == "people" and record["people"]:
            record["confidence"]["people"] = [1.0] * len(record["people"])
        elif name in RATED_FIELDS and value is not None:
            record["confidence"][name] = 1.0


def describe_values(field: str, values: Sequence[Value]) -> Any:
    """The values of a field in the form of the record: a list, one, or None."""
    described = [_value(value) for value in values]
    return described if field in LIST_FIELDS else described[0] if described else None


def _correction(correction: Correction) -> dict[str, Any]:
    """What a person said of a field, in the words of the record."""
    return {
        "number": correction.number,
        "field": correction.field,
        "value": describe_values(correction.field, correction.values),
        "by": correction.by,
        "why": correction.why,
        "at": _instant(correction.at) if correction.at else None,
    }


def _mentions_of(incident: Incident, sources: Sources) -> list[Mention]:
    """The incident's mentions in the order of publication, then of source and offset."""
    try:
        found = [sources.mentions[mention_id] for mention_id in incident.mention_ids]
        return sorted(found, key=lambda m: (*_report_key(sources.reports[m.report_id]), m.trigger.start, m.id))
    except KeyError as missing:
        raise UnknownMention(f"incident {incident.id}: {missing.args[0]} is not among the sources") from missing


def _report_key(report: Report) -> tuple[bool, str, str]:
    return report.published is None, "" if report.published is None else report.published.isoformat(), report.source_id


# --- values -----------------------------------------------------------------------------------------------------


def _number(value: float | None) -> float | int | None:
    """A whole amount without its ".0"."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _count(count: Count) -> dict[str, Any]:
    return {"low": count.low, "high": count.high}


def _value(value: Value | None) -> Any:
    """A value in the words of the record."""
    match value:
        case None | str():
            return value
        case When():
            return {
                "start": value.earliest.isoformat(),
                "end": value.latest.isoformat(),
                "edtf": value.edtf(),
                "precision": value.precision,
            }
        case Where():
            return {
                "name": value.name or None,
                "admin1": value.admin1,
                "country": value.country,
                "geonames_id": value.place_id,
                "lat": value.latitude,
                "lon": value.longitude,
                "radius_km": value.radius_km,
                "precision": value.precision,
            }
        case Money():
            return {"low": _number(value.low), "high": _number(value.high), "currency": value.currency}
        case Count():
            return _count(value)
        case Person():
            return {"name": value.name, "role": value.role, "age": value.age, "status": list(value.status)}
        case Outcome():
            return {
                "kind": value.kind,
                "on": value.on.edtf() if value.on else None,
                "count": _count(value.count) if value.count else None,
            }


def _single(facts: Mapping[str, Sequence[Fact]], name: str, kind: type[Any]) -> Any:
    """The value of a field that has at most one, None if nobody says it."""
    return next((fact.value for fact in facts.get(name, ()) if isinstance(fact.value, kind)), None)


def _texts(facts: Mapping[str, Sequence[Fact]], name: str) -> list[str]:
    return list(dict.fromkeys(fact.value for fact in facts.get(name, ()) if isinstance(fact.value, str)))


def _date_part(facts: Mapping[str, Sequence[Fact]]) -> dict[str, Any] | None:
    when = _single(facts, "date", When)
    return None if when is None else {**_value(when), "time": _single(facts, "time", str)}


def _place_part(facts: Mapping[str, Sequence[Fact]]) -> dict[str, Any] | None:
    where, address = _single(facts, "place", Where), _single(facts, "address", str)
    if where is None and address is None:
        return None
    if where is None:
        names = ("name", "admin1", "country", "geonames_id", "lat", "lon", "radius_km")
        return {**dict.fromkeys(names), "precision": "address", "address": address}
    return {**_value(where), "address": address}


def _fold(text: str) -> str:
    return " ".join(text.split())


def _money_part(facts: Mapping[str, Sequence[Fact]], name: str, what: str, claims: Mapping[str, Claim]) -> dict[str, Any] | None:
    fact = next((fact for fact in facts.get(name, ()) if isinstance(fact.value, Money)), None)
    if fact is None:
        return None
    words = next((_fold(claims[c].quote.text) for c in fact.claim_ids if c in claims), None)
    return {**_value(fact.value), "as_reported": words, "kind": what}


def _report_of(fact: Fact, claims: Mapping[str, Claim], sources: Sources) -> str | None:
    found = next((claims[c].quote.report_id for c in fact.claim_ids if c in claims), None)
    report = sources.reports.get(found) if found else None
    return report.source_id if report else None


def _status(facts: Mapping[str, Sequence[Fact]]) -> str:
    outcomes = [fact.value for fact in facts.get("outcomes", ()) if isinstance(fact.value, Outcome)]
    suspects = [f.value for f in facts.get("people", ()) if isinstance(f.value, Person) and f.value.role == "suspect"]
    return read_status(outcomes, suspects, _single(facts, "arrested", Count), _single(facts, "suspects", Count))


# --- reports, claims, history -----------------------------------------------------------------------------------


def _reports_part(mentions: Sequence[Mention], sources: Sources) -> list[dict[str, Any]]:
    """Each report once, with the strongest of its parts, by publication."""
    roles: dict[str, list[Role]] = {}
    for mention in mentions:
        roles.setdefault(mention.report_id, []).append(mention.role)
    parts = []
    for report_id in roles:
        report = sources.reports[report_id]
        parts.append(
            {
                "id": report.source_id,
                "url": report.url,
                "outlet": report.outlet,
                "published": report.published.isoformat() if report.published else None,
                "role": min(roles[report_id], key=_ROLE_ORDER.index).value,
                "copy_group": sources.copy_groups.get(report_id),
            }
        )
    return parts


def _claims_part(incident: Incident, mentions: Sequence[Mention], sources: Sources) -> list[dict[str, Any]]:
    """Every claim that was read, in the order of reports and of their words."""
    parts = []
    for mention in mentions:
        report = sources.reports[mention.report_id]
        for claim in sorted(mention.claims, key=lambda c: (c.quote.start, c.quote.end, c.field, c.id)):
            if claim.value is None:
                continue
            start, end = claim.quote.start, claim.quote.end
            parts.append(
                {
                    "field": PART_OF.get(claim.field, claim.field),
                    "value": {claim.field: claim.value} if claim.field in PART_OF else _value(claim.value),
                    "report": report.source_id,
                    "said_by": claim.said_by,
                    "score": round(claim.score, 4),
                    "standing": incident.standings.get(claim.id, "agreed"),
                    "quote": {
                        "exact": claim.quote.text,
                        "prefix": report.text[max(0, start - CONTEXT) : start],
                        "suffix": report.text[end : end + CONTEXT],
                        "start": start,
                        "end": end,
                    },
                }
            )
    return parts


def _change(change: Change, sources: Sources) -> dict[str, Any]:
    report = sources.reports.get(change.report_id)
    return {
        "on": change.on.isoformat() if change.on else None,
        "field": change.field,
        "from": _value(change.before),
        "to": _value(change.after),
        "report": report.source_id if report else change.report_id,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _newest(incident: Incident, mentions: Sequence[Mention], sources: Sources) -> str | None:
    """When the newest report was fetched or, where that is unknown, published, or the newest correction made."""
    moments = [_instant(correction.at) for correction in incident.corrections if correction.at]
    for mention in mentions:
        report = sources.reports[mention.report_id]
        if report.fetched is not None:
            moments.append(_instant(report.fetched))
        elif report.published is not None:
            moments.append(f"{report.published.isoformat()}T00:00:00Z")
    return max(moments, default=None)
