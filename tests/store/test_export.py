"""Records as they leave the store: their shape, their files, and that they stay the same from run to run."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import make_claim, make_mention, make_report

from newsblotter.errors import UnknownMention
from newsblotter.records import (
    Change,
    CopyGroup,
    Count,
    Fact,
    Incident,
    Money,
    Outcome,
    Person,
    Reality,
    Role,
    When,
    Where,
)
from newsblotter.store import IncidentEntry, Reading
from newsblotter.store.export import CSV_COLUMNS, EXPORTS, Sources, build_record, export_copies, guard_cell
from newsblotter.store.record_schema import dump_schema, incident_schema
from newsblotter.taxonomy import IncidentType, Taxonomy

DAY = When(date(2024, 5, 18), date(2024, 5, 18), "day")
PLACE = Where("Ortona", 3171457, 42.35, 14.4, 8.0, "IT", "Abruzzo")
KINDS = Taxonomy({"robbery": IncidentType("robbery", "Robbery", "", "0401", "120", 9, {})}, {})
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "incident.schema.json"


def make_incident(*facts: Fact, **parts) -> tuple[Incident, Sources]:
    """An incident told by two reports, the second a copy of the first."""
    reports = [make_report("a"), make_report("b", published=date(2024, 6, 2))]
    mentions = [make_mention(reports[0])]
    first = mentions[0]
    extra = (
        make_claim(reports[0], first.id, "date", "Saturday", DAY, said_by="police"),
        make_claim(reports[0], first.id, "loot", "€2 million", Money(2e6, 2e6, "EUR"), score=0.87654321),
        make_claim(reports[0], first.id, "target", "Lumen Gems", None),
    )
    mentions[0] = replace(first, claims=first.claims + extra)
    mentions.append(replace(make_mention(reports[1], role=Role.FOLLOW_UP)))
    incident = Incident(
        "nb1",
        "robbery",
        Reality.ACTUAL,
        "Robbery at Lumen Gems, Ortona",
        tuple(sorted(m.id for m in mentions)),
        (
            Fact("type", "robbery", (first.claims[0].id,)),
            Fact("suspects", Count(3, None, "man"), (first.claims[1].id,)),
            Fact("date", DAY, (extra[0].id,)),
            Fact("place", PLACE, ()),
            Fact("loot", Money(2e6, 2e6, "EUR"), (extra[1].id,)),
            *facts,
        ),
        ("suspects", "loot"),
        {first.claims[1].id: "disputed"},
        (Change(date(2024, 6, 2), "arrested", None, Count(1, 1), reports[1].id),),
        1,
    )
    sources = Sources({m.id: m for m in mentions}, {r.id: r for r in reports}, KINDS, {reports[0].id: "g1", reports[1].id: "g1"})
    return replace(incident, **parts), sources


FULL = (
    Fact("time", "23:10", ()),
    Fact("address", "12 Corso Umberto", ()),
    Fact("target", "Lumen Gems", ()),
    Fact("killed", Count(0, 0), ()),
    Fact("weapons", "handgun", ()),
    Fact("weapons", "rifle", ()),
    Fact("people", Person("Ada Löwe", 41, "victim", ("injured",)), ()),
    Fact("people", Person(None, None, "suspect"), ()),
    Fact("outcomes", Outcome("arrest", When(date(2015, 1, 1), date(2015, 12, 31), "year"), Count(2, 2)), ()),
    Fact("recovered", Money(0.5, None, None), ()),
)


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


# --- through the store and out ----------------------------------------------------------------------------------


@pytest.fixture
def filled(store):
    incident, sources = make_incident(*FULL)
    store.add_reports(list(sources.reports.values()))
    store.replace_copies([CopyGroup("g1", tuple(sorted(sources.reports)), min(sources.reports))])
    store.save_readings(
        [
            Reading(r.id, "v", r.published, tuple(m for m in sources.mentions.values() if m.report_id == r.id))
            for r in sources.reports.values()
        ]
    )
    bare = replace(incident, id="nb0", title="=HYPERLINK(1)", agreed=())
    entries = [IncidentEntry(i, build_record(i, sources)) for i in (incident, bare)]
    random.Random(2).shuffle(entries)
    store.replace_incidents(entries)
    return store


def write(store, name: str) -> str:
    stream = io.StringIO()
    assert EXPORTS[name](store.records(), stream) == (1 if name == "geojson" else 2)
    return stream.getvalue()


def test_json_lines_hold_the_records_sorted_by_id(filled) -> None:
    lines = write(filled, "jsonl").splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records] == ["nb0", "nb1"]
    for record in records:
        validate(record)
        assert list(record) == list(incident_schema()["properties"])  # in the order of the reference
    rebuilt = build_record(*make_incident(*FULL))
    assert records[1] == json.loads(json.dumps(rebuilt))


def test_csv_is_flat_and_no_cell_is_a_formula(filled) -> None:
    rows = list(csv.DictReader(io.StringIO(write(filled, "csv"))))
    assert list(rows[0]) == list(CSV_COLUMNS)
    assert rows[0]["title"] == "'=HYPERLINK(1)" and rows[0]["lat"] == ""
    full = rows[1]
    assert (full["loot_low"], full["loot_currency"], full["loot_as_reported"]) == ("2000000", "EUR", "€2 million")
    assert (full["suspects_low"], full["suspects_high"]) == ("3", "")
    assert full["people"] == "Ada Löwe (victim, 41); ? (suspect)" and full["weapons"] == "handgun; rifle"
    assert full["reports"] == "a; b" and full["outlets"] == "The Example" and full["outcomes"] == "arrest 2015"


def test_geojson_holds_what_has_a_point(filled) -> None:
    collection = json.loads(write(filled, "geojson"))
    (feature,) = collection["features"]
    assert collection["type"] == "FeatureCollection" and feature["id"] == "nb1"
    assert feature["geometry"] == {"type": "Point", "coordinates": [14.4, 42.35]}
    assert feature["properties"]["radius_km"] == 8.0 and feature["properties"]["place_precision"] == "city"
    assert "claims" not in feature["properties"]


@pytest.mark.parametrize("name, expected", [("jsonl", ""), ("geojson", [])])
def test_nothing_to_write(store, name, expected) -> None:
    stream = io.StringIO()
    assert EXPORTS[name](iter(()), stream) == 0
    text = stream.getvalue()
    assert (json.loads(text)["features"] if name == "geojson" else text) == expected


def test_copies(filled) -> None:
    stream = io.StringIO()
    assert export_copies(filled, stream) == 1
    assert stream.getvalue() == '{"reports": ["a", "b"]}\n'


@given(st.text())
def test_no_guarded_cell_begins_like_a_formula(text) -> None:
    assert guard_cell(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert guard_cell(text).endswith(text)


def test_numbers_are_not_guarded() -> None:
    assert guard_cell(-73.5) == -73.5 and guard_cell(None) == ""


def test_the_reference_is_current() -> None:
    """Write it anew with: python -m newsblotter.store.record_schema > docs/reference/incident.schema.json"""
    assert SCHEMA.read_text("utf-8") == dump_schema()
    jsonschema.Draft202012Validator.check_schema(incident_schema())
