"""The shape of an incident's record as JSON Schema: what an export promises."""

from __future__ import annotations

import json
from typing import Any

from newsblotter.records import Reality, Role
from newsblotter.store.confidence import FIELDS as RATED_FIELDS

STATUSES = ("suspects_at_large", "arrests", "charged", "convicted", "closed", "unknown")
STANDINGS = ("agreed", "disputed", "superseded", "corrected")
CLAIM_FIELDS = (
    *("type", "date", "place", "target", "killed", "injured", "suspects", "arrested"),
    *("loot", "recovered", "weapons", "vehicles", "tactics", "people", "outcomes"),
)
CORRECTABLE = (*CLAIM_FIELDS, "time", "address", "reality", "title", "status")

Schema = dict[str, Any]

_DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_INSTANT: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Schema, about: str | None = None) -> Schema:
    """An object that has exactly these properties."""
    schema: Schema = {"type": "object"}
    if about:
        schema["description"] = about
    return {**schema, "properties": properties, "required": list(properties), "additionalProperties": False}


def _definitions() -> Schema:
    days: Schema = {
        "start": _DAY,
        "end": _DAY,
        "edtf": {"type": "string", "description": "Extended Date/Time Format, level 1"},
        "precision": {"enum": ["day", "days", "weekend", "week", "month", "season", "year", "range"]},
    }
    point: Schema = {
        "name": _maybe(_TEXT),
        "admin1": _maybe(_TEXT),
        "country": _maybe({"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"}),
        "geonames_id": _maybe({"type": "integer"}),
        "lat": _maybe({"type": "number", "minimum": -90, "maximum": 90}),
        "lon": _maybe({"type": "number", "minimum": -180, "maximum": 180}),
        "radius_km": _maybe({"type": "number", "minimum": 0}),
        "precision": {"enum": ["address", "street", "quarter", "city", "region", "country"]},
    }
    amount: Schema = {
        "low": {"type": "number", "minimum": 0},
        "high": _maybe({"type": "number", "minimum": 0}),
        "currency": _maybe(_CURRENCY),
    }
    step: Schema = {
        "kind": {"enum": ["arrest", "charge", "trial", "conviction", "sentence", "recovery", "death"]},
        "on": _maybe(_TEXT),
        "count": _maybe(_ref("count")),
    }
    return {
        "count": _object(
            {"low": {"type": "integer", "minimum": 0}, "high": _maybe({"type": "integer", "minimum": 0})},
            "An interval of people; high null: open above.",
        ),
        "days": _object(days, "A span of days, ends included."),
        "date": _object({**days, "time": _maybe({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"})}),
        "point": _object(point, "An area: a point and a radius."),
        "place": _object({**point, "address": _maybe(_TEXT)}),
        "amount": _object(amount, "An interval of money; currency ISO 4217, null when no report tells."),
        "loot": _object({**amount, "as_reported": _maybe(_TEXT), "kind": {"enum": ["stolen", "recovered"]}}),
        "person": _object(
            {
                "name": _maybe(_TEXT),
                "role": {"enum": ["victim", "suspect", "witness", "official"]},
                "age": _maybe({"type": "integer", "minimum": 0}),
                "status": _TEXTS,
            }
        ),
        "step": _object(step, "One step of the law or of fate."),
        "outcome": _object({**step, "report": _maybe(_TEXT)}),
        "value": {
            "description": "What a claim says, in the form of its field.",
            "anyOf": [
                _TEXT,
                *(_ref(name) for name in ("days", "point", "amount", "count", "person", "step")),
                _object({"time": _TEXT}),  # of a claim about the date or place: only the part that it tells
                _object({"address": _TEXT}),
            ],
        },
    }


def _report() -> Schema:
    return _object(
        {
            "id": {"type": "string", "description": "The id it came with, else the hash of its content."},
            "url": _maybe(_TEXT),
            "outlet": _maybe(_TEXT),
            "published": _maybe(_DAY),
            "role": {"enum": [role.value for role in Role]},
            "copy_group": _maybe(_TEXT),
        }
    )


def _claim() -> Schema:
    offset = {"type": "integer", "minimum": 0}
    quote = _object(
        {"exact": {"type": "string", "minLength": 1}, "prefix": _TEXT, "suffix": _TEXT, "start": offset, "end": offset},
        "W3C Web Annotation TextQuoteSelector and TextPositionSelector, in code points of the cleaned text.",
    )
    return _object(
        {
            "field": {"enum": list(CLAIM_FIELDS)},
            "value": _ref("value"),
            "report": _TEXT,
            "said_by": _maybe(_TEXT),
            "score": {"type": "number", "minimum": 0, "maximum": 1},
            "standing": {"enum": list(STANDINGS)},
            "quote": quote,
        }
    )


def _confidence() -> Schema:
    probability: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    each: Schema = {"type": "array", "items": _maybe(probability)}
    names: Schema = {"enum": [*RATED_FIELDS, "people"]}
    return {"type": "object", "propertyNames": names, "additionalProperties": {"anyOf": [probability, each]}}


def incident_schema() -> Schema:
    """The JSON Schema (2020-12) of one line of ``newsblotter export --format jsonl``."""
    counts = {name: _maybe(_ref("count")) for name in ("killed", "injured", "suspects", "arrested")}
    change = _object(
        {
            "on": _maybe(_DAY),
            "field": _TEXT,
            "from": _maybe(_ref("value")),
            "to": _ref("value"),
            "report": _TEXT,
        }
    )
    correction = _object(
        {
            "number": {"type": "integer", "minimum": 1, "description": "Its line in the journal; what undo takes."},
            "field": {"enum": list(CORRECTABLE)},
            "value": {"anyOf": [_ref("value"), {"type": "array", "items": _ref("value")}, {"type": "null"}]},
            "by": _TEXT,
            "why": _TEXT,
            "at": _maybe(_INSTANT),
        }
    )
    related = _object({"incident": _TEXT, "why": _TEXT, "score": {"type": "number"}})
    properties = {
        "id": {"type": "string", "description": "Permanent; a merged incident's id redirects."},
        "type": {"type": "string", "description": "A name of the taxonomy."},
        "iccs_unodc": _maybe({"type": "string", "description": "UNODC ICCS code"}),
        "nibrs": _maybe({"type": "string", "description": "FBI NIBRS offense code"}),
        "reality": {"enum": [reality.value for reality in Reality]},
        "title": _TEXT,
        "date": _maybe(_ref("date")),
        "place": _maybe(_ref("place")),
        "target": _maybe(_TEXT),
        **counts,
        "loot": _maybe(_ref("loot")),
        "recovered": _maybe(_ref("loot")),
        "weapons": _TEXTS,
        "vehicles": _TEXTS,
        "tactics": _TEXTS,
        "people": {"type": "array", "items": _ref("person")},
        "outcomes": {"type": "array", "items": _ref("outcome")},
        "status": {"enum": list(STATUSES)},
        "voices": {"type": "integer", "minimum": 1, "description": "Independent reports: copies count once."},
        "reports": {"type": "array", "items": _report(), "minItems": 1},
        "claims": {"type": "array", "items": _claim()},
        "confidence": _confidence(),
        "corrections": {"type": "array", "items": correction},
        "disputed": _TEXTS,
        "history": {"type": "array", "items": change},
        "related": {"type": "array", "items": related},
        "updated": _maybe(_INSTANT),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Newsblotter incident",
        **_object(properties, "One real-world incident, derived from news reports; every fact has its claims."),
        "$defs": _definitions(),
    }


def dump_schema() -> str:
    """The text of docs/reference/incident.schema.json."""
    return json.dumps(incident_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(dump_schema(), end="")
