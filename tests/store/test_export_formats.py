"""Files of incidents, read again with other programs' eyes."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import FULL, make_entry, make_incident, make_point

from newsblotter.records import CopyGroup
from newsblotter.store import Filter, IncidentEntry, Reading
from newsblotter.store.codebook import COLUMNS, write_codebook
from newsblotter.store.export import build_record
from newsblotter.store.formats import FORMATS, Notes, export_copies, guard_cell, make_linked, write_bundle
from newsblotter.store.record_schema import incident_schema

NAMES = [column.name for column in COLUMNS]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


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


def write(records, name: str, notes: Notes | None = None) -> bytes:
    return b"".join(FORMATS[name].write(records, notes or Notes()))


def test_json_lines_hold_the_records_sorted_by_id(filled) -> None:
    records = [json.loads(line) for line in write(filled.records(), "jsonl").decode().splitlines()]
    assert [record["id"] for record in records] == ["nb0", "nb1"]
    for record in records:
        jsonschema.Draft202012Validator(incident_schema()).validate(record)
        assert list(record) == list(incident_schema()["properties"])  # in the order of the reference
    assert records[1] == json.loads(json.dumps(build_record(*make_incident(*FULL))))
    assert [r["id"] for r in filled.stream_incidents(Filter(text="lumen"))] == ["nb1"]


def test_csv_is_flat_and_no_cell_is_a_formula(filled) -> None:
    rows = list(csv.DictReader(io.StringIO(write(filled.records(), "csv").decode())))
    assert list(rows[0]) == NAMES
    assert rows[0]["title"] == "'=HYPERLINK(1)" and rows[0]["lat"] == ""
    full = rows[1]
    assert (full["loot_low"], full["loot_currency"], full["loot_as_reported"]) == ("2000000", "EUR", "€2 million")
    assert (full["suspects_low"], full["suspects_high"]) == ("3", "")
    assert full["people"] == "Ada Löwe (victim, 41); ? (suspect)" and full["weapons"] == "handgun; rifle"
    assert full["reports"] == "a; b" and full["outlets"] == "The Example" and full["outcomes"] == "arrest 2015"
    raw = list(csv.DictReader(io.StringIO(write(filled.records(), "csv", Notes(guard=False)).decode())))
    assert raw[0]["title"] == "=HYPERLINK(1)"


def test_geojson_holds_what_has_a_point(filled) -> None:
    collection = json.loads(write(filled.records(), "geojson", Notes(terms="Ask us.", query="type=robbery")))
    (feature,) = collection["features"]
    assert collection["type"] == "FeatureCollection" and feature["id"] == "nb1"
    assert feature["geometry"] == {"type": "Point", "coordinates": [14.4, 42.35]}
    assert feature["properties"]["radius_km"] == 8.0 and feature["properties"]["place_precision"] == "city"
    assert "claims" not in feature["properties"]
    assert collection["about"]["license"] == "Ask us." and collection["about"]["filter"] == "type=robbery"
    assert collection["about"]["codebook"].keys() == set(NAMES)


def test_parquet_keeps_kinds_codebook_and_terms(filled) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    notes = Notes(terms="Ask us.", made=datetime(2026, 1, 2, tzinfo=UTC))
    table = parquet.read_table(io.BytesIO(write(filled.records(), "parquet", notes)))
    assert table.column_names == NAMES and table.num_rows == 2
    bare, full = table.to_pylist()
    assert full["date_start"].isoformat() == "2024-05-18" and full["loot_low"] == 2e6 and full["suspects_low"] == 3
    assert bare["title"] == "=HYPERLINK(1)" and bare["lat"] is None and bare["weapons"] is None
    about = {name.decode(): words.decode() for name, words in table.schema.metadata.items()}
    assert about["license"] == "Ask us." and about["made"] == "2026-01-02T00:00:00Z" and "| loot_low |" in about["codebook"]
    assert table.schema.field("lat").metadata[b"about"].startswith(b"degrees")


def test_parquet_in_many_groups(store) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    record = make_entry("nb1", place=make_point(1.5, 2.5)).record
    data = write(({**record, "id": f"nb{i}"} for i in range(12_001)), "parquet")
    table = parquet.ParquetFile(io.BytesIO(data))
    assert table.metadata.num_rows == 12_001 and table.metadata.num_row_groups == 3


def test_linked_data_name_events_and_their_articles(filled) -> None:
    whole = json.loads(write(filled.records(), "jsonld", Notes(terms="Ask us.")))
    assert (whole["@context"], whole["@type"], whole["license"]) == ("https://schema.org", "Dataset", "Ask us.")
    event = whole["hasPart"][1]
    assert event["@type"] == "Event" and event["identifier"] == "nb1" and event["startDate"] == "2024-05-18"
    assert event["location"]["geo"]["geoRadius"] == 8000.0 and event["location"]["sameAs"].endswith("/3171457/")
    assert [article["url"] for article in event["subjectOf"]] == ["https://news.example/a", "https://news.example/b"]
    loot = next(one for one in event["additionalProperty"] if one["name"] == "loot")
    assert (loot["minValue"], loot["unitCode"]) == (2_000_000, "EUR")


def test_linked_data_name_no_address_that_is_not_of_the_web() -> None:
    record = build_record(*make_incident(*FULL))
    record["reports"][0]["url"] = "javascript:alert(1)"
    assert [("url" in article) for article in make_linked(record)["subjectOf"]] == [False, True]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_write(name) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow")
    data = write(iter(()), name)
    if name == "csv":
        assert data.decode() == ",".join(NAMES) + "\n"
    elif name == "jsonl":
        assert data == b""
    elif name != "parquet":
        assert json.loads(data)["features" if name == "geojson" else "hasPart"] == []


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_a_bundle_holds_codebook_and_terms(filled, name) -> None:
    parts = list(write_bundle(name, filled.records(), Notes(terms="Ask us.")))
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["CODEBOOK.md", "TERMS.txt", f"incidents.{name}"]
        assert archive.read(f"incidents.{name}") == write(filled.records(), name)
        assert archive.read("TERMS.txt").decode() == "Ask us.\n" and all(
            f"| {n} |" in archive.read("CODEBOOK.md").decode() for n in NAMES
        )
    assert b"".join(write_bundle(name, filled.records(), Notes(terms="Ask us."))) == b"".join(parts)  # the same from run to run


@pytest.mark.parametrize("name", ["csv", "jsonl", "geojson", "jsonld"])
def test_files_come_in_parts(name) -> None:
    record = make_entry("nb1", place=make_point(1.5, 2.5)).record
    parts = list(FORMATS[name].write((dict(record) for _ in range(4000)), Notes()))
    assert len(parts) > 2 and max(map(len, parts)) < 1 << 20


def test_half_a_surrogate_pair_does_not_stop_an_export() -> None:
    record = make_entry("nb1", title="a \ud800 b", place=make_point(1.5, 2.5)).record
    for name in FORMATS:
        if name == "parquet":
            pytest.importorskip("pyarrow")
        assert write([record], name)


def test_copies(filled) -> None:
    stream = io.StringIO()
    assert export_copies(filled, stream) == 1
    assert stream.getvalue() == '{"reports": ["a", "b"]}\n'


@given(st.text())
def test_no_guarded_cell_begins_like_a_formula(text) -> None:
    assert guard_cell(text)[:1] not in FORMULAS
    assert guard_cell(text).endswith(text)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_every_cell_of_a_csv_file_reads_as_it_was(titles) -> None:
    records = [make_entry(f"nb{i}", title=title, target=title).record for i, title in enumerate(titles)]
    rows = list(csv.DictReader(io.StringIO(write(records, "csv").decode(), newline="")))
    assert [row["title"] for row in rows] == [guard_cell(title.replace("\r\n", "\n").replace("\r", "\n")) for title in titles]
    assert not any(cell[:1] in FORMULAS for row in rows for cell in row.values() if cell)


def test_numbers_are_not_guarded() -> None:
    assert guard_cell(-73.5) == -73.5 and guard_cell(None) == ""


def test_the_codebook_explains_every_column() -> None:
    book = write_codebook("Ask us.")
    assert "Ask us." in book and all(f"| {c.name} | {c.kind} | {c.about} |" in book for c in COLUMNS)
    assert len(set(NAMES)) == len(NAMES)
