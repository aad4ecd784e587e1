"""Scores against labels: grouping and facts worked out by hand, slips named, the same figures as the reference scorer."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from newsblotter.errors import GoldError
from newsblotter.evaluate import Gold, Material, Scores, evaluate, keep_language, read_copy_groups, read_exported, read_gold
from newsblotter.evaluate.facts import JUDGES, matches_background, same_target, surname
from newsblotter.evaluate.gold import GoldIncident, GoldPerson, Interval, first_and_last_day

SHARED = Path(os.environ.get("NEWSBLOTTER_SHARED") or Path(__file__).parents[2] / "shared")
SCORER = SHARED / "tools" / "score_incidents.py"


def _write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _record(name: str, *reports: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, "reports": [{"id": report, "role": "main"} for report in reports], **facts}


def _gold(name: str, *reports: str, **facts: Any) -> GoldIncident:
    return GoldIncident(name, tuple(reports), **facts)


def _score(incidents: list[GoldIncident], records: list[dict[str, Any]], words: str = "a b c d e f", **more: Any) -> Scores:
    return evaluate(Gold(tuple(incidents), **more), Material(dict.fromkeys(words.split(), "")), records)


# --- grouping -----------------------------------------------------------------------------------------------------


def test_grouping_by_hand() -> None:
    """Gold abc and de; found ab and cde."""
    scores = _score([_gold("one", "a", "b", "c"), _gold("two", "d", "e")], [_record("x", "a", "b"), _record("y", "c", "d", "e")])
    assert scores.b3.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert scores.b3.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert (scores.pairs.precision, scores.pairs.recall) == (pytest.approx(4 / 8), pytest.approx(4 / 8))
    assert (scores.incidents_found, scores.incidents_gold, scores.reports) == (2, 2, 5)


def test_reports_in_no_incident_stand_alone() -> None:
    scores = _score([_gold("one", "a", "b")], [])
    assert scores.pairs.recall == 0 and scores.b3.recall == 0.5 and scores.b3.precision == 1
    assert scores.incidents_found == 2


def test_a_report_counts_for_what_it_is_mainly_about() -> None:
    passing = {"id": "x", "reports": [{"id": "a", "role": "follow_up"}, {"id": "b", "role": "main"}]}
    scores = _score([_gold("one", "a")], [passing, _record("y", "a")])
    assert [miss.field for miss in scores.misses] == []
    background = {"id": "x", "reports": [{"id": "a", "role": "background"}]}
    assert _score([_gold("one", "a", type="theft")], [background]).misses[0].found_in is None


def test_the_purer_of_equal_incidents_is_asked() -> None:
    records = [_record("mixed", "a", "c", "d", type="arson"), _record("pure", "b", type="theft")]
    scores = _score([_gold("one", "a", "b", type="theft"), _gold("two", "c", "d", type="arson")], records)
    assert scores.facts["type"].right == 2
    lacking = next(miss for miss in scores.misses if miss.incident == "one")
    assert (lacking.field, lacking.gold, lacking.found, lacking.found_in) == ("reports", ["a"], None, "pure")


def test_gold_reports_that_were_not_given_are_not_scored() -> None:
    assert _score([_gold("one", "a", "never-read")], [_record("x", "a")]).reports == 1


# --- facts --------------------------------------------------------------------------------------------------------

DAY = {"date": "2024-05-20"}
LYON = {"point": (45.75, 4.85)}
EUROS = {"loot": Interval(1_000_000, 2_000_000, "EUR")}
FACTS: list[tuple[str, str, dict[str, Any], dict[str, Any], bool | None]] = [
    ("type", "type", {"type": "theft"}, {"type": "theft"}, True),
    ("another type", "type", {"type": "theft"}, {"type": "arson"}, False),
    ("type unknown", "type", {}, {"type": "theft"}, None),
    ("day", "date", DAY, {"date": {"start": "2024-05-20", "end": "2024-05-20"}}, True),
    ("a night", "date", DAY, {"date": {"start": "2024-05-20", "end": "2024-05-21"}}, True),
    ("three days", "date", DAY, {"date": {"start": "2024-05-20", "end": "2024-05-22"}}, False),
    ("the day after", "date", DAY, {"date": {"start": "2024-05-21", "end": "2024-05-21"}}, False),
    ("no end", "date", DAY, {"date": {"start": "2024-05-20"}}, True),
    ("no date", "date", DAY, {"date": None}, False),
    ("a date that is none", "date", DAY, {"date": {"start": "May"}}, False),
    ("gold months are not asked", "date", {"date": "2024-05"}, {"date": {"start": "2024-05-01"}}, None),
    ("place", "place", LYON, {"place": {"lat": 45.76, "lon": 4.83}}, True),
    ("a suburb 24 km off", "place", LYON, {"place": {"lat": 45.966, "lon": 4.85}}, True),
    ("a town 26 km off", "place", LYON, {"place": {"lat": 45.984, "lon": 4.85}}, False),
    ("a place without a point", "place", LYON, {"place": {"name": "Lyon", "lat": None, "lon": None}}, False),
    ("killed", "killed", {"killed": 2}, {"killed": {"low": 2, "high": 2}}, True),
    ("killed inexactly", "killed", {"killed": 2}, {"killed": {"low": 2, "high": None}}, False),
    ("nobody killed, by silence", "killed", {"killed": 0}, {"killed": None, "injured": {"low": 1, "high": 1}}, True),
    ("nothing said of either", "killed", {"killed": 0}, {"killed": None, "injured": None}, False),
    ("injured by silence", "injured", {"injured": 0}, {"killed": {"low": 1, "high": 1}}, True),
    ("suspects meet", "suspects", {"suspects": Interval(3, 5)}, {"suspects": {"low": 5, "high": 7}}, True),
    ("suspects do not", "suspects", {"suspects": Interval(3, 5)}, {"suspects": {"low": 2, "high": 2}}, False),
    ("at least two is not five", "suspects", {"suspects": Interval(5, 5)}, {"suspects": {"low": 2, "high": None}}, False),
    ("at least two may be four", "suspects", {"suspects": Interval(4, 4)}, {"suspects": {"low": 2, "high": None}}, True),
    ("arrested", "arrested", {"arrested": Interval(4, 4)}, {"arrested": {"low": 4, "high": 4}}, True),
    ("nobody arrested", "arrested", {"arrested": Interval(0, 0)}, {"arrested": {"low": 0, "high": 0}}, True),
    ("loot", "loot", EUROS, {"loot": {"low": 2e6, "high": 3e6, "currency": "EUR"}}, True),
    ("loot within a tenth", "loot", EUROS, {"loot": {"low": 2.3e6, "high": 2.3e6, "currency": "EUR"}}, True),
    ("loot beyond it", "loot", EUROS, {"loot": {"low": 2.5e6, "high": 2.5e6, "currency": "EUR"}}, False),
    ("another currency", "loot", EUROS, {"loot": {"low": 2e6, "high": 2e6, "currency": "USD"}}, False),
    ("no currency", "loot", EUROS, {"loot": {"low": 2e6, "high": 2e6, "currency": None}}, False),
    ("thousands are not a million", "loot", EUROS, {"loot": {"low": 2e3, "high": None, "currency": "EUR"}}, False),
    ("target", "target", {"target": "Maison Verdier"}, {"target": "maison-verdier boutique"}, True),
    ("another target", "target", {"target": "Maison Verdier"}, {"target": "bank"}, False),
    ("a word too short", "target", {"target": "The Bar"}, {"target": "bar"}, False),
    ("malformed", "suspects", {"suspects": Interval(1, 1)}, {"suspects": {"low": "one"}}, False),
]


@pytest.mark.parametrize(("field", "gold", "record", "right"), [pytest.param(*c[1:], id=c[0]) for c in FACTS])
def test_facts(field: str, gold: dict[str, Any], record: dict[str, Any], right: bool | None) -> None:
    verdict = JUDGES[field](_gold("one", "a", **gold), record)
    assert (verdict.right if verdict else None) == right


def test_every_wrong_fact_is_named_with_both_values() -> None:
    gold = _gold("one", "a", type="theft", killed=1)
    record = _record("x", "a", type="arson", killed={"low": 1, "high": 1}, suspects={"low": 2, "high": 2})
    [miss] = _score([gold], [record]).misses
    assert (miss.incident, miss.field, miss.gold, miss.found, miss.found_in) == ("one", "type", "theft", "arson", "x")


def test_a_wrong_place_says_how_far_off_it_is() -> None:
    verdict = JUDGES["place"](_gold("one", "a", point=(0.0, 0.0)), {"place": {"name": "Far", "lat": 0.0, "lon": 1.0}})
    assert verdict is not None and verdict.found["km"] == pytest.approx(111.2, abs=0.1)


@pytest.mark.parametrize(
    ("name", "last"),
    [("Marcus Ellery", "ellery"), ("Ellery, Jr.", "ellery"), ("Ana O'Dell III", "o'dell"), ("", ""), (None, "")],
)
def test_surnames(name: str | None, last: str) -> None:
    assert surname(name) == last


def test_people_are_wanted_only_where_a_report_names_them() -> None:
    people = (GoldPerson("Ann Reed", "victim"), GoldPerson("Bo Never", "victim"), GoldPerson("Cy Marsh", "suspect"))
    gold = Gold((_gold("one", "a", people=people),))
    record = _record("x", "a", people=[{"name": "A. Reed", "role": "victim"}, {"name": "Dan Poe", "role": "victim"}])
    scores = evaluate(gold, Material({"a": "Ann Reed was robbed by Cy Marsh."}), [record])
    assert (scores.people["victim"].precision, scores.people["victim"].recall) == (0.5, 1.0)
    assert scores.people["suspect"].recall == 0.0
    assert [(m.field, m.gold, m.found) for m in scores.misses] == [("victim", None, ["poe"]), ("suspect", ["marsh"], None)]


BACKGROUND = _gold("old", background=("a",), type="theft", date="2008", target="Maison Verdier")


@pytest.mark.parametrize(
    ("record", "found"),
    [
        pytest.param({"type": "theft", "date": {"start": "2008-06-01", "end": "2008-06-30"}}, True, id="its month"),
        pytest.param({"type": "robbery", "target": "Verdier", "date": {"start": "2008-01-01"}}, True, id="by its target"),
        pytest.param({"type": "robbery", "date": {"start": "2008-01-01"}}, False, id="neither type nor target"),
        pytest.param({"type": "theft", "date": {"start": "2009-01-01"}}, False, id="another year"),
        pytest.param({"type": "theft", "date": {"start": "2000-01-01", "end": "2010-01-01"}}, False, id="any year"),
        pytest.param({"type": "theft"}, False, id="no date"),
    ],
)
def test_incidents_told_in_passing(record: dict[str, Any], found: bool) -> None:
    records = [_record("x", "a", **record)]
    assert matches_background(BACKGROUND, records[0]) is found
    scores = _score([_gold("now", "b"), BACKGROUND], records)
    assert scores.background is not None and scores.background.right == found
    assert ("background" in {miss.field for miss in scores.misses}) is not found


# --- copies, false alarms, evidence -------------------------------------------------------------------------------


def test_copies_by_pairs() -> None:
    gold = Gold((_gold("one", "a"),), copies=(("a", "b", "c"),))
    texts = dict.fromkeys("abcd", "")
    given = evaluate(gold, Material(texts, copies=[("a", "b"), ("c", "d")]), [])
    assert given.copies is not None and (given.copies.precision, given.copies.recall) == (1 / 2, 1 / 3)
    record = {"id": "x", "reports": [{"id": one, "role": "main", "copy_group": "g"} for one in "abc"]}
    named = evaluate(gold, Material(texts), [record])
    assert named.copies is not None and named.copies.f1 == 1.0
    assert sorted((m.gold or [], m.found or []) for m in given.misses if m.field == "copies") == [
        ([], ["c", "d"]),
        (["a", "c"], []),
        (["b", "c"], []),
    ]


def test_false_alarms() -> None:
    records = [_record("x", "a", "b"), {"id": "y", "reports": [{"id": "c", "role": "background"}]}]
    assert _score([_gold("one", "a")], records, none=("b", "c", "d", "e")).false_alarms == 0.25
    assert _score([_gold("one", "a")], records).false_alarms is None


def test_quotes_are_held_against_the_report() -> None:
    def claim(report: str, exact: str | None, field: str = "killed") -> dict[str, Any]:
        return {"field": field, "report": report, "quote": {"exact": exact}}

    claims = [claim("a", "two dead"), claim("a", "three dead"), claim("b", "two dead"), claim("a", None), claim("z", "two dead")]
    record = _record("x", "a", killed={"low": 2, "high": 2}, type="theft", claims=claims)
    scores = evaluate(Gold((_gold("one", "a"),)), Material({"a": "At least two\n\u200b dead.", "b": ""}), [record])
    assert (scores.claims, scores.evidence_verbatim) == (5, 0.2)
    assert scores.facts_without_claim == 0.5
    assert [miss.field for miss in scores.misses] == ["evidence"] * 4


# --- reading labels -----------------------------------------------------------------------------------------------

GOOD = {"incident": "one", "reports": ["a"]}
SLIPS: list[tuple[str, Any, str]] = [
    ("no object", ["a"], "a JSON object is wanted"),
    ("no name", {"reports": ["a"]}, '"incident" is missing'),
    ("no reports", {"incident": "one"}, "'one' names no report"),
    ("one report, no list", {**GOOD, "reports": "a"}, '"reports" must be a list of report ids, not "a"'),
    ("numbers for ids", {**GOOD, "reports": [1]}, '"reports" must be'),
    ("a day that is none", {**GOOD, "date": "2024-02-30"}, '"date" must be a day, month or year'),
    ("a day in words", {**GOOD, "date": "20 May"}, '"date" must be'),
    ("half a point", {**GOOD, "lat": 45.7}, '"lat" and "lon" go together'),
    ("off the globe", {**GOOD, "lat": 95, "lon": 0}, '"lat" must be a number of degrees, -90 to 90'),
    ("minus one", {**GOOD, "killed": -1}, '"killed" must be a whole number'),
    ("one and a half", {**GOOD, "injured": 1.5}, '"injured" must be a whole number'),
    ("true", {**GOOD, "killed": True}, '"killed" must be a whole number'),
    ("upside down", {**GOOD, "suspects": {"low": 4, "high": 2}}, '"suspects" must be'),
    ("money as a number", {**GOOD, "loot": 5000}, '"loot" must be an amount such as'),
    ("money of no country", {**GOOD, "loot": {"low": 1, "high": 2}}, '"loot" must be'),
    ("nameless people", {**GOOD, "people": ["Ann"]}, '"people" must be a list such as'),
    ("people without a role", {**GOOD, "people": [{"name": "Ann"}]}, '"people" must be'),
]


@pytest.mark.parametrize(("row", "told"), [pytest.param(*c[1:], id=c[0]) for c in SLIPS])
def test_slips_are_named_by_file_and_line(row: Any, told: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "gold.jsonl", {"incident": "zero", "reports": ["z"]}, row)
    with pytest.raises(GoldError) as caught:
        read_gold(path)
    assert f"{path}:2: " in str(caught.value) and told in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "no line holds an incident", id="empty"),
        pytest.param(b"\n\n", "no line holds an incident", id="blank"),
        pytest.param(b"{'incident'}\n", ":1: not JSON", id="not JSON"),
        pytest.param(b"[" * 100_000, ":1: not JSON", id="nested without end"),
        pytest.param(b'\n{"incident": "\xff"}\n', ":2: not UTF-8", id="not UTF-8"),
        pytest.param(json.dumps(GOOD).encode() * 1 + b"\n" + json.dumps(GOOD).encode(), "a second incident", id="twice"),
    ],
)
def test_broken_files_are_explained(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(GoldError, match=told.replace("(", r"\(")):
        read_gold(path)


def test_files_that_cannot_be_opened_are_explained(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="No such file"):
        read_gold(tmp_path / "absent.jsonl")
    with pytest.raises(GoldError, match="cannot be read"):
        read_gold(tmp_path)
    broken = tmp_path / "gold.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(GOOD).encode())[:-6])
    with pytest.raises(GoldError, match="cannot be read"):
        read_gold(broken)


def test_gold_is_read_whole(tmp_path: Path) -> None:
    row = {
        **GOOD,
        "type": "theft",
        "date": "2024-05",
        "place": "Lyon",
        "lat": 45.75,
        "lon": 4.85,
        "killed": 0,
        "injured": None,
        "suspects": {"low": 3, "high": None},
        "arrested": 2,
        "loot": {"low": 5, "high": 7.5, "currency": "EUR"},
        "people": [{"name": "Ann Reed", "role": "victim"}, {"name": None, "role": "suspect"}],
        "kiled": 2,
    }
    path = tmp_path / "gold.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(row).encode()))
    gold = read_gold(
        path,
        _write(tmp_path / "copies", {"copies": ["a", "b"], "overlap": 0.1}, {"copies": ["c", "d"]}, {"copies": ["e"]}),
        _write(tmp_path / "none", "f", {"id": "g"}),
        min_overlap=0.2,
    )
    [incident] = gold.incidents
    assert incident.suspects == Interval(3, None) and incident.arrested == Interval(2, 2)
    assert incident.loot == Interval(5, 7.5, "EUR") and incident.point == (45.75, 4.85) and incident.place == "Lyon"
    assert incident.people == (GoldPerson("Ann Reed", "victim"),) and incident.injured is None and incident.killed == 0
    assert (gold.copies, gold.none, gold.unscored) == ((("c", "d"),), ("f", "g"), ("kiled",))


@pytest.mark.parametrize(
    "row", [{}, {"reports": ["a"]}, {"reports": [], "claims": [{}]}, {"reports": [], "claims": [{"field": "type", "quote": "x"}]}]
)
def test_exports_are_checked(row: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"export\.jsonl:1: "):
        read_exported(_write(tmp_path / "export.jsonl", row))


def test_copy_groups_are_checked(tmp_path: Path) -> None:
    assert read_copy_groups(_write(tmp_path / "good", {"reports": ["a", "b"]})) == [("a", "b")]
    with pytest.raises(GoldError, match='bad:1: "reports" is missing'):
        read_copy_groups(_write(tmp_path / "bad", {"copies": ["a"]}))


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("2024-02-29", ("2024-02-29", "2024-02-29")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2023-12", ("2023-12-01", "2023-12-31")),
        ("2023", ("2023-01-01", "2023-12-31")),
    ],
)
def test_partial_dates(words: str, days: tuple[str, str]) -> None:
    assert tuple(day.isoformat() for day in first_and_last_day(words)) == days


def test_languages_are_left_out() -> None:
    gold = Gold(
        (_gold("one", "a", "b"), _gold("two", "b"), _gold("old", background=("a", "b")), _gold("gone", background=("b",))),
        copies=(("a", "b"), ("a", "c")),
        none=("b", "c"),
    )
    kept, ids = keep_language(gold, {"a": "en", "b": "fr", "c": None}, "en")
    assert ids == {"a", "c"}
    assert [incident.incident for incident in kept.incidents] == ["one", "old"]
    assert (kept.copies, kept.none) == ((("a", "c"),), ("c",))


def test_names_that_hold_one_another() -> None:
    assert same_target("Cartier", "the CARTIER boutique") and not same_target("Cartier", "x" * 60 + "Cartier")
    assert not same_target(None, "Cartier")


# --- the reference scorer -----------------------------------------------------------------------------------------

HEISTS = "data/heists/look"
SETS = [
    pytest.param(
        f"{HEISTS}/reports.jsonl",
        f"{HEISTS}/incidents.jsonl",
        ["--language", "en", "--min-overlap", "0.2"],
        {"--copies": f"{HEISTS}/copies.jsonl", "--none": f"{HEISTS}/none.jsonl"},
        id="heists look",
    ),
    pytest.param("data/gunviolence/dev.reports.jsonl.gz", "data/gunviolence/dev.incidents.jsonl.gz", [], {}, id="gunviolence dev"),
]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not SCORER.exists(), reason="the reference scorer and its data are not part of the project")
@pytest.mark.parametrize(("reports", "gold", "options", "files"), SETS)
def test_the_figures_are_those_of_the_reference_scorer(
    reports: str, gold: str, options: list[str], files: dict[str, str], tmp_path: Path
) -> None:
    store, export, groups = (str(tmp_path / name) for name in ("s.db", "export.jsonl", "groups.jsonl"))
    run = [sys.executable, "-m", "newsblotter"]
    subprocess.run([*run, "build", str(SHARED / reports), "--store", store], check=True, capture_output=True)
    subprocess.run([*run, "export", "--store", store, "--output", export], check=True)
    subprocess.run([*run, "export", "--copies", "--store", store, "--output", groups], check=True)
    more = [*options, *(word for option, path in files.items() for word in (option, str(SHARED / path)))]
    labelled = ["--gold", str(SHARED / gold)]

    def ask(*command: str) -> Any:
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    theirs = ask(
        *(sys.executable, str(SCORER), *labelled, "--reports", str(SHARED / reports), "--pred", export),
        *(["--pred-copies", groups] if files else []),
        *(*more, "--json"),
    )
    exported = [*run, "evaluate", *labelled, str(SHARED / reports), "--predicted", export, "--predicted-copies", groups]
    ours = ask(*exported, *more, "--json")["scores"]
    held = ask(*run, "evaluate", *labelled, str(SHARED / reports), "--store", store, *more, "--json")["scores"]
    assert {name: ours.get(name) for name in theirs} == theirs
    assert held == ours
