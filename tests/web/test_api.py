"""The API: the same answers as the pages, in one shape, that hold still while the store does."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from newsblotter.errors import StoreSlow
from newsblotter.store import Filter, JournalEntry, Reading, fulltext, open_store
from newsblotter.store.codebook import COLUMNS
from newsblotter.store.record_schema import incident_schema
from newsblotter.store.sql import SqlStore
from store.invented import invent_entries, make_entry, make_mention, make_report

QUESTIONS = ("incidents", "facets", "points", "timeline", "changes", "stats", "search?q=lumen")
MANY = 150


@pytest.fixture
def path(tmp_path) -> Path:
    """A store of invented incidents: one was merged, one split, one withdrawn."""
    path = tmp_path / "a.db"
    reports = [make_report(name) for name in "ab"]
    mentions = [make_mention(report) for report in reports]
    with open_store(str(path)) as store:
        store.add_reports(reports)
        store.save_readings([Reading(r.id, "rules-1", None, (m,)) for r, m in zip(reports, mentions, strict=True)])
        entries = invent_entries(1, MANY)
        told = make_entry("nbtold", (mentions[0].id, mentions[1].id), title="Robbery at Lumen Gems, Ortona")
        gone = [make_entry(name) for name in ("nbmerged", "nbsplit", "nbgone")]
        lines = [JournalEntry("minted", {"id": entry.incident.id}) for entry in (*entries, told, *gone)]
        store.replace_incidents([*entries, told, *gone], lines)
        lines = [
            JournalEntry("redirected", {"id": name, "now": now})
            for name, now in (("nbmerged", ["nbtold"]), ("nbsplit", ["nb0000", "nb0001"]), ("nbgone", []))
        ]
        store.replace_incidents([*entries, told], lines)
    return path


@pytest.fixture
def client(serve, path) -> TestClient:
    return serve(path)


def ask(client: TestClient, path: str, status: int = 200, **headers: str):
    answer = client.get(path, headers={"accept": "application/json", **headers})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    if status >= 300:
        error = answer.json()["error"]
        assert error["status"] == status and error["code"] and error["message"]
        assert answer.json().keys() == {"error"}
    return answer.json()


# --- incidents and reports ----------------------------------------------------------------------------------------


def test_pages_follow_one_another(client) -> None:
    found, address = [], "/api/incidents?limit=40"
    while address:
        page = ask(client, address)
        assert page["total"] == MANY + 1
        found += [card["id"] for card in page["incidents"]]
        address = page["next_path"]
    assert len(found) == len(set(found)) == MANY + 1


def test_pages_hold_while_incidents_change(client, path) -> None:
    first = ask(client, "/api/incidents?limit=50")
    with open_store(str(path)) as store:
        store.replace_incidents([make_entry("nbnew", date={"start": "2030-01-01", "end": "2030-01-01"})], among=())
        known = [card["id"] for card in first["incidents"][:2]]
        store.replace_incidents([], among=known)
    rest = ask(client, f"/api/incidents?limit=1000&after={first['next']}")
    found = [card["id"] for card in (*first["incidents"], *rest["incidents"])]
    assert len(found) == len(set(found)) == MANY + 1  # the new one stands before the first page


def test_the_filter_is_the_one_of_the_store(client, path) -> None:
    wanted = Filter(types=("theft",), min_voices=2, disputed=True)
    with open_store(str(path), readonly=True) as store:
        expected = {record["id"] for record in store.find_incidents(wanted)}
    page = ask(client, "/api/incidents?type=theft&min_voices=2&disputed=1&limit=1000")
    assert {card["id"] for card in page["incidents"]} == expected and page["total"] == len(expected)
    facets = ask(client, "/api/facets?type=theft&min_voices=2&disputed=1")["facets"]
    assert next(one["count"] for one in facets["type"] if one["value"] == "theft") == len(expected)
    spots = ask(client, "/api/points?type=theft&min_voices=2&disputed=1")
    assert spots["total"] + spots["nowhere"] == len(expected)
    assert all(spot["incident"]["id"] in expected for spot in spots["spots"])
    line = ask(client, "/api/timeline?type=theft&min_voices=2&disputed=1&unit=year")
    assert sum(one["count"] for one in line["counts"]) + line["undated"] == len(expected)


def test_an_incident_and_its_report(client) -> None:
    record = ask(client, "/api/incidents/nbtold")
    assert record["title"] == "Robbery at Lumen Gems, Ortona"
    report = ask(client, "/api/reports/a")
    assert report["source_id"] == "a" and report["incidents"] == ["nbtold"]
    (mention,) = report["mentions"]
    for claim in mention["claims"]:
        quote = claim["quote"]
        assert report["text"][quote["start"] : quote["end"]] == quote["exact"]
    assert ask(client, f"/api/reports/{report['id']}") == report
    ask(client, "/api/reports/none", 404)


def test_an_id_given_out_always_leads_somewhere(client) -> None:
    merged = client.get("/api/incidents/nbmerged")
    assert merged.status_code == 308 and merged.headers["location"] == "/api/incidents/nbtold"
    assert ask(client, "/api/incidents/nbsplit", 300)["error"]["detail"] == {"now": ["nb0000", "nb0001"]}
    assert "withdrawn" in ask(client, "/api/incidents/nbgone", 410)["error"]["message"]
    ask(client, "/api/incidents/nbnever", 404)


def test_a_real_record_is_given_whole(desk, sample_path) -> None:
    with open_store(str(sample_path), readonly=True) as store:
        for record in store.records():
            assert ask(desk, f"/api/incidents/{record['id']}") == record
            assert ask(desk, f"/api/incidents/{record['id']}/doubts")["doubts"] is not None
            for report in record["reports"]:
                assert record["id"] in ask(desk, f"/api/reports/{report['id']}")["incidents"]


# --- ETags --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", (*QUESTIONS, "incidents/nbtold", "reports/a", "incidents/nbtold/doubts"))
def test_what_has_not_changed_is_not_sent_again(client, path, question) -> None:
    address = f"/api/{question}"
    first = client.get(address)
    tag = first.headers["etag"]
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get(address, headers={"if-none-match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"if-none-match": '"else"'}).content == first.content
    with open_store(str(path)) as store:
        told = make_entry("nbtold", title="Robbery at Lumen Gems", target="Lumen")
        store.replace_incidents([told], among=["nbtold"])
    later = client.get(address, headers={"if-none-match": tag})
    assert later.status_code == 200 and later.headers["etag"] != tag


# --- changes ------------------------------------------------------------------------------------------------------


def test_changes_are_told_in_pages(client, path) -> None:
    told, after, more = [], 0, True
    while more:
        page = ask(client, f"/api/changes?after={after}&limit=20")
        assert page["last"] > after
        told += page["changes"]
        after, more = page["last"], page["more"]
    kinds = {(one["incident"], one["kind"]) for one in told}
    assert {("nbmerged", "merged"), ("nbsplit", "split"), ("nbgone", "withdrawn"), ("nb0003", "new")} <= kinds
    merged = next(one for one in told if one["kind"] == "merged")
    assert merged["now"] == ["nbtold"] and merged["title"] == "Robbery at Lumen Gems, Ortona"
    assert ask(client, f"/api/changes?after={after}") == {"changes": [], "last": after, "more": False}
    with open_store(str(path)) as store:
        store.replace_incidents([make_entry("nbtold", target="Lumen")], among=["nbtold"])
    (one,) = ask(client, f"/api/changes?after={after}")["changes"]
    assert (one["kind"], one["incident"]) == ("changed", "nbtold") and "target" in one["fields"]


def test_changes_since_a_moment(client) -> None:
    assert ask(client, "/api/changes?since=2999-01-01")["changes"] == []
    assert ask(client, "/api/changes?since=2020-01-01T00:00:00+02:00")["changes"]
    ask(client, "/api/changes?since=yesterday", 400)


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question, status",
    [
        ("incidents?type=heist", 400),
        ("incidents?order=best", 400),
        ("incidents?after=x", 400),
        ("incidents?limit=0", 422),
        ("incidents?limit=many", 422),
        ("incidents?near=1", 400),
        ("incidents?q=%22%22", 400),
        ("incidents?loot_min=nan", 400),
        ("points?zoom=99", 422),
        ("points?bbox=1,2,3", 400),
        ("timeline?unit=week", 400),
        ("search", 422),
        ("search?q=", 400),
        ("changes?after=-1", 422),
        ("nothing", 404),
    ],
)
def test_errors_have_one_shape(client, question, status) -> None:
    ask(client, f"/api/{question}", status)


ATTACKS = ['"', "a:b", "NEAR(", "NEAR(a b)", "a AND", "OR", "NOT a", "a*", "^a", "-a", "(a", "{a b}:c", "title:robbery"]
ATTACKS += ["'; DROP TABLE reports; --", "a\x00b", '"unclosed', "x " * 400, "a+b", "é\u0301", "{target} : (a)"]


@pytest.mark.parametrize("words", ATTACKS, ids=range(len(ATTACKS)))
def test_nothing_that_is_typed_is_syntax(client, words) -> None:
    for address, name in (("/api/search", "q"), ("/api/incidents", "q"), ("/api/facets", "target"), ("/api/points", "person")):
        answer = client.get(address, params={name: words})
        assert answer.status_code in (200, 400), answer.text


def test_slow_questions_are_broken_off(client, monkeypatch) -> None:
    monkeypatch.setattr(fulltext, "SEARCH_SECONDS", -1.0)
    monkeypatch.setattr(fulltext, "STEPS_BETWEEN_CHECKS", 1)
    answer = client.get("/api/incidents?q=lumen")
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["code"] == "busy"
    assert ask(client, "/api/search?q=lumen")["cut_short"] is True


def test_an_export_that_fails_at_once_is_an_error(client, monkeypatch) -> None:
    def fail(self, wanted):
        raise StoreSlow("too slow")
        yield

    monkeypatch.setattr(SqlStore, "stream_incidents", fail)
    assert client.get("/export.jsonl", headers={"accept": "application/json"}).status_code == 503


def test_where_nothing_was_built_yet(serve, tmp_path) -> None:
    client = serve(tmp_path / "none.db")
    for question in QUESTIONS:
        ask(client, f"/api/{question}", 503)


# --- exports ------------------------------------------------------------------------------------------------------


def test_exports_hold_what_the_filter_lets_through(client, path) -> None:
    with open_store(str(path), readonly=True) as store:
        expected = [record["id"] for record in store.stream_incidents(Filter(types=("theft", "arson")))]
        points = [r["id"] for r in store.stream_incidents(Filter(types=("theft", "arson"))) if (r["place"] or {}).get("lat")]
    query = "type=theft&type=arson"
    lines = client.get(f"/export.jsonl?{query}")
    assert [json.loads(line)["id"] for line in lines.text.splitlines()] == expected
    assert re.fullmatch(r'attachment; filename="incidents-\d{8}\.jsonl"', lines.headers["content-disposition"])
    rows = list(csv.DictReader(io.StringIO(client.get(f"/export.csv?{query}").text)))
    assert [row["id"] for row in rows] == expected
    collection = client.get(f"/export.geojson?{query}").json()
    assert [feature["id"] for feature in collection["features"]] == points
    assert collection["about"]["filter"] == "type=arson&type=theft"
    linked = client.get(f"/export.jsonld?{query}").json()
    assert [event["identifier"] for event in linked["hasPart"]] == expected


def test_parquet_reads_again(client) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(client.get("/export.parquet").content))
    assert table.num_rows == MANY + 1 and b"codebook" in table.schema.metadata


def test_formulas_are_guarded_unless_asked_otherwise(serve, tmp_path) -> None:
    with open_store(str(tmp_path / "b.db")) as store:
        store.replace_incidents([make_entry("nb1", title='=cmd|" /C calc"!A0', target="@SUM(1)")])
    client = serve(tmp_path / "b.db")
    for query, title in (("", '\'=cmd|" /C calc"!A0'), ("?raw=1", '=cmd|" /C calc"!A0')):
        (row,) = csv.DictReader(io.StringIO(client.get(f"/export.csv{query}").text))
        assert row["title"] == title


def test_a_bundle_explains_itself(client) -> None:
    answer = client.get("/export.csv?bundle=1")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["CODEBOOK.md", "TERMS.txt", "incidents.csv"]
        assert archive.read("CODEBOOK.md").decode() == client.get("/export/codebook.md").text
    assert "describedby" in answer.headers["link"]


def test_no_such_format(client) -> None:
    ask(client, "/export.xlsx", 404)
    ask(client, "/export.csv?type=heist", 400)


# --- the description ----------------------------------------------------------------------------------------------


def test_the_description_is_sound_and_whole(client) -> None:
    described = ask(client, "/api/openapi.json")
    assert described["openapi"].startswith("3.1")
    routes = {f"/api/{name.partition('?')[0]}" for name in QUESTIONS}
    assert routes | {"/api/incidents/{incident_id}", "/api/reports/{report_id}", "/export.{form}"} <= described["paths"].keys()
    names = {one["name"] for one in described["paths"]["/api/incidents"]["get"]["parameters"]}
    assert {"q", "type", "bbox", "near", "review", "order", "after", "limit"} <= names
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described))):
        part = described
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    record = described["paths"]["/api/incidents/{incident_id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert record["properties"].keys() == incident_schema()["properties"].keys()
    validator = pytest.importorskip("openapi_spec_validator", reason="needs openapi-spec-validator")
    validator.validate(described)


def test_columns_of_csv_are_those_of_the_codebook(client) -> None:
    header = client.get("/export.csv").text.splitlines()[0]
    assert header == ",".join(column.name for column in COLUMNS)
