"""Records as they leave the store: their shape, their files, and that they stay the same from run to run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from invented import FULL, KINDS, make_incident

from newsblotter.errors import UnknownMention
from newsblotter.records import (
    Count,
    Fact,
    Outcome,
    Person,
)
from newsblotter.store.export import Sources, build_record
from newsblotter.store.record_schema import dump_schema, incident_schema

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "incident.schema.json"


def validate(record) -> None:
    jsonschema.Draft202012Validator(incident_schema()).validate(json.loads(json.dumps(record)))


def test_a_full_record() -> None:
    record = build_record(*make_incident(*FULL))
    validate(record)
    claims = record.pop("claims")
    confidence = record.pop("confidence")
    assert confidence.keys() == {"type", "date", "place", "target", "killed", "suspects", "loot", "people"}
    assert len(confidence["people"]) == len(record["people"])
    assert record == {
        "id": "nb1",
        "type": "robbery",
        "iccs_unodc": "0401",
        "nibrs": "120",
        "reality": "actual",
        "title": "Robbery at Lumen Gems, Ortona",
        "date": {"start": "2024-05-18", "end": "2024-05-18", "edtf": "2024-05-18", "precision": "day", "time": "23:10"},
        "place": {
            "name": "Ortona",
            "admin1": "Abruzzo",
            "country": "IT",
            "geonames_id": 3171457,
            "lat": 42.35,
            "lon": 14.4,
            "radius_km": 8.0,
            "precision": "city",
            "address": "12 Corso Umberto",
        },
        "target": "Lumen Gems",
        "killed": {"low": 0, "high": 0},
        "injured": None,
        "suspects": {"low": 3, "high": None},
        "arrested": None,
        "loot": {"low": 2000000, "high": 2000000, "currency": "EUR", "as_reported": "€2 million", "kind": "stolen"},
        "recovered": {"low": 0.5, "high": None, "currency": None, "as_reported": None, "kind": "recovered"},
        "weapons": ["handgun", "rifle"],
        "vehicles": [],
        "tactics": [],
        "people": [
            {"name": "Ada Löwe", "role": "victim", "age": 41, "status": ["injured"]},
            {"name": None, "role": "suspect", "age": None, "status": []},
        ],
        "outcomes": [{"kind": "arrest", "on": "2015", "count": {"low": 2, "high": 2}, "report": None}],
        "status": "arrests",
        "voices": 1,
        "reports": [
            {
                "id": name,
                "url": f"https://news.example/{name}",
                "outlet": "The Example",
                "published": day,
                "role": role,
                "copy_group": "g1",
            }
            for name, day, role in (("a", "2024-05-19", "main"), ("b", "2024-06-02", "follow_up"))
        ],
        "corrections": [],
        "disputed": ["loot", "suspects"],
        "history": [{"on": "2024-06-02", "field": "arrested", "from": None, "to": {"low": 1, "high": 1}, "report": "b"}],
        "related": [],
        "updated": "2024-06-02T00:00:00Z",
    }
    texts = {r.source_id: r.text for r in make_incident()[1].reports.values()}
    assert [c["field"] for c in claims] == ["suspects", "type", "date", "loot", "suspects", "type"]
    for claim in claims:
        quote, text = claim["quote"], texts[claim["report"]]
        assert text[quote["start"] : quote["end"]] == quote["exact"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text and len(quote["prefix"]) <= 32
    assert claims[3]["score"] == 0.8765 and claims[2]["said_by"] == "police"
    assert claims[0]["standing"] == "disputed" and claims[1]["standing"] == "agreed"


def test_a_bare_record() -> None:
    incident, sources = make_incident(agreed=(), disputed=(), standings={}, history=(), type="unheard_of")
    record = build_record(incident, sources)
    validate(record)
    assert record["iccs_unodc"] is record["date"] is record["place"] is record["loot"] is None
    assert record["status"] == "unknown"


def test_an_address_without_a_place() -> None:
    incident, sources = make_incident(agreed=(Fact("address", "12 Corso Umberto", ()),))
    record = build_record(incident, sources)
    validate(record)
    assert record["place"]["address"] == "12 Corso Umberto" and record["place"]["lat"] is None


def test_the_record_does_not_hang_on_the_order_of_what_it_is_built_from() -> None:
    incident, sources = make_incident(*FULL)
    turned = Sources(dict(reversed(sources.mentions.items())), dict(reversed(sources.reports.items())), KINDS, sources.copy_groups)
    assert build_record(incident, sources) == build_record(replace(incident, mention_ids=incident.mention_ids[::-1]), turned)


def test_a_missing_mention_is_named() -> None:
    incident, sources = make_incident(mention_ids=("m-none",))
    with pytest.raises(UnknownMention, match="m-none"):
        build_record(incident, sources)


def suspect(*status: str) -> Fact:
    return Fact("people", Person("Max Roe", None, "suspect", status), ())


@pytest.mark.parametrize(
    "facts, expected",
    [
        ((), "unknown"),
        ((Fact("arrested", Count(0, 0), ()),), "suspects_at_large"),
        ((Fact("arrested", Count(1, None), ()),), "arrests"),
        ((suspect("arrested"),), "arrests"),
        ((suspect("arrested", "at_large"),), "arrests"),
        ((suspect("at_large"),), "suspects_at_large"),
        ((suspect("charged"), Fact("arrested", Count(2, 2), ())), "charged"),
        ((Fact("outcomes", Outcome("trial"), ()),), "charged"),
        ((Fact("outcomes", Outcome("sentence"), ()), suspect("charged")), "convicted"),
        ((suspect("killed"), Fact("suspects", Count(1, 1), ())), "closed"),
        ((suspect("killed"),), "closed"),
        ((suspect("killed"), Fact("suspects", Count(2, 2), ())), "unknown"),
        ((suspect("killed"), suspect("at_large")), "suspects_at_large"),
    ],
)
def test_status(facts, expected) -> None:
    incident, sources = make_incident(agreed=facts)
    assert build_record(incident, sources)["status"] == expected


def test_updated_is_the_newest_fetch_or_what_is_given() -> None:
    incident, sources = make_incident()
    assert build_record(incident, sources, datetime(2026, 1, 2, 3, 4, 5, 6, UTC))["updated"] == "2026-01-02T03:04:05Z"
    fetched = datetime.fromisoformat("2024-07-01T02:00:00+02:00")
    reports = {i: replace(r, fetched=fetched if r.source_id == "a" else None) for i, r in sources.reports.items()}
    assert build_record(incident, replace(sources, reports=reports))["updated"] == "2024-07-01T00:00:00Z"
    undated = {i: replace(r, published=None) for i, r in sources.reports.items()}
    record = build_record(incident, replace(sources, reports=undated))
    validate(record)
    assert record["updated"] is None


def test_the_reference_is_current() -> None:
    """Write it anew with: python -m newsblotter.store.record_schema > docs/reference/incident.schema.json"""
    assert SCHEMA.read_text("utf-8") == dump_schema()
    jsonschema.Draft202012Validator.check_schema(incident_schema())
