"""Columns, once: the tables of the store and the codecs between records and rows. Standard library only.

A row is a plain dict from column name to str, int, float or None: dates are ISO 8601 text, datetimes aware UTC text,
and anything with parts of its own is compact JSON. So the same rows serve SQL, Parquet and Spark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from newsblotter.errors import DataError
from newsblotter.records import (
    Claim,
    CopyGroup,
    Count,
    Feature,
    Judgement,
    Link,
    Mention,
    Money,
    Outcome,
    Person,
    Quote,
    Reality,
    Rejected,
    Report,
    Role,
    Value,
    When,
    Where,
)

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, Cell]


# --- columns ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: str  # text, integer, real
    null: bool = False


def _columns(spec: str) -> tuple[Column, ...]:
    """Read ``"id voices:integer url?"``: text unless told otherwise, ``?`` for a column that may be empty."""
    columns = []
    for word in spec.split():
        name, _, kind = word.rstrip("?").partition(":")
        columns.append(Column(name, kind or "text", word.endswith("?")))
    return tuple(columns)


TABLES: Mapping[str, tuple[Column, ...]] = {
    name: _columns(spec)
    for name, spec in {
        "reports": "number:integer id source_id url? outlet? title text language? published? fetched?",
        "rejected": "source stage reason",
        "copy_groups": "id lead_id",
        "copy_members": "report_id group_id",
        "copy_texts": "number:integer words:integer grouper",
        "copy_anchors": "anchor:integer number:integer",
        "copy_lines": "line:integer number:integer",
        "copy_furniture": "line:integer",
        "readings": "report_id reader published? seconds:real refused:integer",
        "mentions": "id report_id type role reality trigger_start:integer trigger_end:integer trigger_text",
        "claims": "mention_id ordinal:integer id field quote_start:integer quote_end:integer quote_text value? said_by? score:real",
        "links": "left_id right_id probability:real features judgement? made_by made_at? retired_at?",
        "incidents": "number:integer id type reality title target? first_day? last_day? latitude:real? longitude:real?"
        " country? voices:integer record fingerprint",
        "overview": "number:integer type reality status? country? first_day? last_day? latitude:real? longitude:real?"
        " radius_km:real? precision? loot_low:real? loot_high:real? currency? voices:integer disputed:integer review:real"
        " edition:integer",
        "cards": "number:integer card",
        "editions": "number:integer at",
        "gone": "edition:integer number:integer",
        "incident_mentions": "incident_id mention_id report_id type role",
        "series": "incident_id day:integer keys traits",
        "series_keys": "key:integer day:integer incident_id",
        "journal": "number:integer kind data at? subject?",
        "runs": "number:integer started finished seconds counters",
        "link_sheets": "number:integer mention_id report_id voice sheet",
        "link_keys": "key:integer day:integer number:integer",
        "link_words": "word voices:integer",
        "link_lines": "line:integer voices:integer",
        "link_pending": "report_id",
        "link_state": "name value",
        "read_pending": "report_id",
        "redirects": "old part:integer now?",
        "state": "name value",
    }.items()
}


# --- small parts ------------------------------------------------------------------------------------------------


# made once: json.dumps makes one for every call that asks for more than its defaults
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def encode_json(data: Any) -> str:
    """Compact JSON with sorted keys: equal data give equal text."""
    return _ENCODER.encode(data)


def encode_day(day: date | None) -> str | None:
    """A day as ISO 8601."""
    return None if day is None else day.isoformat()


def decode_day(text: Any) -> date | None:
    """The day that ``encode_day`` wrote."""
    return None if text is None else date.fromisoformat(text)


def encode_instant(instant: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC."""
    return None if instant is None else instant.astimezone(UTC).isoformat()


def decode_instant(text: Any) -> datetime | None:
    """The moment that ``encode_instant`` wrote."""
    return None if text is None else datetime.fromisoformat(text)


# --- values -----------------------------------------------------------------------------------------------------


def pack_value(value: Value) -> dict[str, Any]:
    """A value as plain data, tagged by its kind; the order of keys is that of the record's fields."""
    match value:
        case str():
            return {"kind": "text", "text": value}
        case When():
            return {
                "kind": "when",
                "earliest": value.earliest.isoformat(),
                "latest": value.latest.isoformat(),
                "precision": value.precision,
            }
        case Where():
            return {
                "kind": "where",
                "name": value.name,
                "place_id": value.place_id,
                "latitude": value.latitude,
                "longitude": value.longitude,
                "radius_km": value.radius_km,
                "country": value.country,
                "admin1": value.admin1,
                "precision": value.precision,
                "role": value.role,
            }
        case Money():
            return {"kind": "money", "low": value.low, "high": value.high, "currency": value.currency}
        case Count():
            return {"kind": "count", "low": value.low, "high": value.high, "unit": value.unit}
        case Person():
            return {
                "kind": "person",
                "name": value.name,
                "age": value.age,
                "role": value.role,
                "status": list(value.status),
            }
        case Outcome():
            return {
                "kind": "outcome",
                "what": value.kind,
                "on": None if value.on is None else pack_value(value.on),
                "count": None if value.count is None else pack_value(value.count),
            }


def unpack_value(data: Mapping[str, Any]) -> Value:
    """The value that ``pack_value`` took apart.

    Raises:
        DataError: It is of no kind that this program knows, or lacks a part.
    """
    try:
        parts = {name: part for name, part in data.items() if name != "kind"}
        match data["kind"]:
            case "text":
                return str(parts["text"])
            case "when":
                return When(date.fromisoformat(parts["earliest"]), date.fromisoformat(parts["latest"]), parts["precision"])
            case "where":
                return Where(**parts)
            case "money":
                return Money(**parts)
            case "count":
                return Count(**parts)
            case "person":
                return Person(**{**parts, "status": tuple(parts["status"])})
            case "outcome":
                on = None if parts["on"] is None else unpack_value(parts["on"])
                count = None if parts["count"] is None else unpack_value(parts["count"])
                if (on is None or isinstance(on, When)) and (count is None or isinstance(count, Count)):
                    return Outcome(parts["what"], on, count)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"stored value {dict(data)!r} lacks a part: {error}") from error
    raise DataError(f"stored value of an unknown kind: {dict(data)!r}")


def encode_value(value: Value | None) -> str | None:
    """A value as the JSON text that a store keeps."""
    return None if value is None else encode_json(pack_value(value))


@lru_cache(maxsize=1 << 14)  # values never change, and the reports of one incident give the same ones again and again
def decode_value(text: str | None) -> Value | None:
    """The value that ``encode_value`` wrote.

    Raises:
        DataError: The text is none of ours.
    """
    if text is None:
        return None
    try:
        data = json.loads(text)
    except ValueError as error:
        raise DataError(f"stored value is not JSON: {text[:80]!r}") from error
    if not isinstance(data, dict):
        raise DataError(f"stored value is not an object: {text[:80]!r}")
    return unpack_value(data)


# --- rows: what comes in ----------------------------------------------------------------------------------------


def encode_report(report: Report) -> Row:
    """A report as a row of ``reports`` (its ``number`` is the store's)."""
    return {
        "id": report.id,
        "source_id": report.source_id,
        "url": report.url,
        "outlet": report.outlet,
        "title": report.title,
        "text": report.text,
        "language": report.language,
        "published": encode_day(report.published),
        "fetched": encode_instant(report.fetched),
    }


def decode_report(row: Mapping[Any, Any]) -> Report:
    """The report of a row."""
    return Report(
        id=row["id"],
        source_id=row["source_id"],
        url=row["url"],
        outlet=row["outlet"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published=decode_day(row["published"]),
        fetched=decode_instant(row["fetched"]),
    )


def encode_rejected(rejected: Rejected) -> Row:
    """A reject as a row of ``rejected``."""
    return {"source": rejected.source, "stage": rejected.stage, "reason": rejected.reason}


def decode_rejected(row: Mapping[Any, Any]) -> Rejected:
    """The reject of a row."""
    return Rejected(row["source"], row["stage"], row["reason"])


def encode_copies(group: CopyGroup) -> tuple[Row, list[Row]]:
    """A copy group as a row of ``copy_groups`` and its rows of ``copy_members``."""
    members: list[Row] = [{"report_id": report_id, "group_id": group.id} for report_id in group.report_ids]
    return {"id": group.id, "lead_id": group.lead_id}, members


def decode_copies(row: Mapping[Any, Any], members: Iterable[Mapping[Any, Any]]) -> CopyGroup:
    """The copy group of its rows."""
    return CopyGroup(row["id"], tuple(sorted(member["report_id"] for member in members)), row["lead_id"])


# --- rows: what was read ----------------------------------------------------------------------------------------


def encode_claim(claim: Claim, ordinal: int) -> Row:
    """A claim as a row of ``claims``; ``ordinal`` keeps its place in its mention."""
    return {
        "mention_id": claim.mention_id,
        "ordinal": ordinal,
        "id": claim.id,
        "field": claim.field,
        "quote_start": claim.quote.start,
        "quote_end": claim.quote.end,
        "quote_text": claim.quote.text,
        "value": encode_value(claim.value),
        "said_by": claim.said_by,
        "score": claim.score,
    }


def decode_claim(row: Mapping[Any, Any], report_id: str) -> Claim:
    """The claim of a row."""
    return Claim(
        id=row["id"],
        mention_id=row["mention_id"],
        field=row["field"],
        quote=Quote(report_id, row["quote_start"], row["quote_end"], row["quote_text"]),
        value=decode_value(row["value"]),
        said_by=row["said_by"],
        score=row["score"],
    )


def encode_mention(mention: Mention) -> tuple[Row, list[Row]]:
    """A mention as a row of ``mentions`` and its rows of ``claims``."""
    row: Row = {
        "id": mention.id,
        "report_id": mention.report_id,
        "type": mention.type,
        "role": mention.role.value,
        "reality": mention.reality.value,
        "trigger_start": mention.trigger.start,
        "trigger_end": mention.trigger.end,
        "trigger_text": mention.trigger.text,
    }
    return row, [encode_claim(claim, ordinal) for ordinal, claim in enumerate(mention.claims)]


def decode_mention(row: Mapping[Any, Any], claims: Sequence[Mapping[Any, Any]]) -> Mention:
    """The mention of its rows; ``claims`` in the order of their ordinals."""
    report_id = row["report_id"]
    return Mention(
        id=row["id"],
        report_id=report_id,
        type=row["type"],
        role=Role(row["role"]),
        trigger=Quote(report_id, row["trigger_start"], row["trigger_end"], row["trigger_text"]),
        reality=Reality(row["reality"]),
        claims=tuple(decode_claim(claim, report_id) for claim in claims),
    )


def encode_link(link: Link) -> Row:
    """A link as a row of ``links``."""
    features = [[feature.name, feature.value, feature.weight, feature.detail] for feature in link.features]
    return {
        "left_id": link.left_id,
        "right_id": link.right_id,
        "probability": link.probability,
        "features": encode_json(features),
        "judgement": None if link.judgement is None else link.judgement.value,
        "made_by": link.made_by,
        "made_at": encode_instant(link.made_at),
        "retired_at": encode_instant(link.retired_at),
    }


def decode_link(row: Mapping[Any, Any]) -> Link:
    """The link of a row."""
    return Link(
        left_id=row["left_id"],
        right_id=row["right_id"],
        probability=row["probability"],
        features=tuple(Feature(*parts) for parts in json.loads(row["features"])),
        judgement=None if row["judgement"] is None else Judgement(row["judgement"]),
        made_by=row["made_by"],
        made_at=decode_instant(row["made_at"]),
        retired_at=decode_instant(row["retired_at"]),
    )
