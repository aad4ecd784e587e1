"""The golden reports: their records exactly, and what a person says must be in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsblotter_lab.golden import Golden, build_golden, name_files, read_expected, show_difference

HERE = Path(__file__).parent / "golden"
REVIEWED: dict[str, Any] = yaml.safe_load((HERE / "reviewed.yaml").read_text("utf-8"))
STORIES: dict[str, dict[str, Any]] = REVIEWED["incidents"]
KNOWN_FAILURES: dict[str, str] = REVIEWED["known_failures"] or {}
AROUND = ("people_may",)  # keys that belong to another check

Record = Mapping[str, Any]


# --- saying a record's values as the table does ----------------------------------------------------------------------


def _say_count(count: Mapping[str, Any] | None) -> str | None:
    if count is None:
        return None
    low, high = count["low"], count["high"]
    return f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"


def _say_money(money: Mapping[str, Any] | None) -> str | None:
    return None if money is None else f"{_say_count(money)} {money['currency'] or ''}".strip()


def _say_date(date: Mapping[str, Any] | None) -> str | None:
    if date is None:
        return None
    if date["precision"] in ("month", "year"):
        return str(date["edtf"])
    return str(date["start"]) if date["start"] == date["end"] else f"{date['start']}/{date['end']}"


def _say_place(place: Mapping[str, Any] | None) -> str | None:
    return None if place is None else f"{place['name']}, {place['country']}"


SAY: dict[str, Callable[[Record], Any]] = {
    "type": lambda record: record["type"],
    "reality": lambda record: record["reality"],
    "status": lambda record: record["status"],
    "date": lambda record: _say_date(record["date"]),
    "time": lambda record: (record["date"] or {}).get("time"),
    "place": lambda record: _say_place(record["place"]),
    **{
        name: lambda record, name=name: _say_count(record[name])  # type: ignore[misc]
        for name in ("killed", "injured", "suspects", "arrested")
    },
    "loot": lambda record: _say_money(record["loot"]),
    "recovered": lambda record: _say_money(record["recovered"]),
    "voices": lambda record: str(record["voices"]),
    "target": lambda record: record["target"],
    "address": lambda record: (record["place"] or {}).get("address"),
}
PART_IS_ENOUGH = ("target", "address")  # "the 4100 block of East Mercer Street" has East Mercer Street in it
AMONG: dict[str, Callable[[Record], set[str]]] = {
    "weapons": lambda record: set(record["weapons"]),
    "vehicles": lambda record: set(record["vehicles"]),
    "tactics": lambda record: set(record["tactics"]),
    "outcomes": lambda record: {outcome["kind"] for outcome in record["outcomes"]},
    "history": lambda record: {change["field"] for change in record["history"]},
}


def _answers(wanted: Any) -> list[str | None]:
    return [None if one is None else str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]


def _check_people(record: Record, story: Mapping[str, Any]) -> None:
    named = {person["name"]: person for person in record["people"] if person["name"]}
    wanted = {person["name"]: person for person in story["people"]}
    assert set(wanted) <= set(named)
    assert set(named) <= {*wanted, *story.get("people_may", ())}
    for name, person in wanted.items():
        assert {key: named[name][key] for key in person} == person


def _check_reports(record: Record, story: Mapping[str, Any]) -> None:
    assert {report["id"] for report in record["reports"]} == set(story["reports"])


def _check_roles(record: Record, story: Mapping[str, Any]) -> None:
    roles = {report["id"]: report["role"] for report in record["reports"]}
    wrong = {one: role for one, role in roles.items() if one in story["reports"] and role not in _answers(story["reports"][one])}
    assert not wrong


def check_row(record: Record, name: str, story: Mapping[str, Any]) -> None:
    """Hold one field of a record against what the table says."""
    if name == "people":
        _check_people(record, story)
    elif name == "reports":
        _check_reports(record, story)
    elif name == "roles":
        _check_roles(record, story)
    elif name == "disputed":
        assert sorted(record["disputed"]) == sorted(story["disputed"])
    elif name in AMONG:
        wanted, found = set(story[name]), AMONG[name](record)
        assert wanted <= found if wanted else not found
    elif name in PART_IS_ENOUGH:
        said = SAY[name](record)
        right = [
            said is None if part is None else said is not None and part.casefold() in said.casefold()
            for part in _answers(story[name])
        ]
        assert any(right), f"{said!r} is not {story[name]!r}"
    else:
        assert SAY[name](record) in _answers(story[name])


# --- which record tells which story ----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def golden() -> Golden:
    """The build that all tests share."""
    return build_golden()


def _likeness(record: Record, story: Mapping[str, Any]) -> float:
    """How well a record fits a story: shared reports first, then what tells the incidents of one report apart."""
    told = {report["id"]: report["role"] for report in record["reports"]}
    shared = sum(2 if told[one] in _answers(role) else 1 for one, role in story["reports"].items() if one in told)
    if not shared:
        return 0.0
    fitting = sum(
        SAY[name](record) in _answers(story[name]) for name in ("type", "date", "loot", "place", "address") if name in story
    )
    return shared - len(set(told) - set(story["reports"])) * 0.5 + fitting


@lru_cache(maxsize=1)
def told() -> dict[str, Record]:
    """Each story's record; a record tells one story only. Stories that no record tells are missing."""
    pairs = sorted(
        ((_likeness(record, story), name, str(record["id"])) for name, story in STORIES.items() for record in golden().records),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    by_id = {str(record["id"]): record for record in golden().records}
    found: dict[str, Record] = {}
    for likeness, name, record_id in pairs:
        if likeness > 0 and name not in found and record_id in by_id:
            found[name] = by_id.pop(record_id)
    return found


# --- tests -------------------------------------------------------------------------------------------------------------


def _row(*values: str) -> Any:
    key = " ".join(values)
    marks = [pytest.mark.xfail(reason=KNOWN_FAILURES[key], strict=True)] if key in KNOWN_FAILURES else []
    return pytest.param(*values, id=key, marks=marks)


def _rows() -> Iterator[Any]:
    for name, story in STORIES.items():
        for field in ("told", *story, "roles"):
            if field not in AROUND:
                yield _row(name, field)


def test_records_are_as_expected() -> None:
    difference = show_difference(read_expected(), name_files(golden().records))
    assert not difference, "run make golden and review what it shows"


def test_known_failures_name_rows_of_the_table() -> None:
    rows = {param.id for rows in (_rows(), _report_rows()) for param in rows}
    assert set(KNOWN_FAILURES) <= rows


@pytest.mark.parametrize(("name", "field"), list(_rows()))
def test_reviewed(name: str, field: str) -> None:
    if field == "told":
        assert name in told(), "no record tells this incident"
    elif name not in told():
        pytest.skip("no record tells this incident")
    else:
        check_row(told()[name], field, STORIES[name])


def _report_rows() -> Iterator[Any]:
    reports = sorted({one for story in STORIES.values() for one in story["reports"]} | set(REVIEWED["no_incident"]))
    for report in reports:
        yield _row("report", report)


@pytest.mark.parametrize(("kind", "report"), list(_report_rows()))
def test_a_report_tells_its_incidents_and_no_more(kind: str, report: str) -> None:
    assert report in golden().report_ids
    wanted = sorted(name for name, story in STORIES.items() if report in story["reports"])
    by_id = {str(record["id"]): name for name, record in told().items()}
    found = sorted(
        by_id.get(str(record["id"]), f"unexpected: {record['title']}")
        for record in golden().records
        if report in {one["id"] for one in record["reports"]}
    )
    assert found == wanted


def test_every_golden_report_is_reviewed() -> None:
    reviewed = {one for story in STORIES.values() for one in story["reports"]} | set(REVIEWED["no_incident"])
    assert golden().report_ids == reviewed


def test_copies() -> None:
    assert [list(group) for group in golden().copies] == REVIEWED["copies"]


@pytest.mark.parametrize("pair", REVIEWED["kept_apart"], ids="-".join)
def test_kept_apart(pair: list[str]) -> None:
    left, right = (told()[name] for name in pair)
    assert left["id"] != right["id"]


def test_every_fact_has_a_claim() -> None:
    for record in golden().records:
        claimed = {claim["field"] for claim in record["claims"] if claim["standing"] == "agreed"}
        for field in ("date", "place", "target", "killed", "injured", "suspects", "arrested", "loot", "recovered"):
            if record[field] is not None:
                assert field in claimed, (record["title"], field)


def test_order_of_input_does_not_matter(tmp_path: Path) -> None:
    """The same reports in another order, under another file's name, give the same records."""
    from newsblotter_lab.golden import EXAMPLES

    lines = (EXAMPLES / "reports.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "zz.jsonl").write_text("\n".join(reversed(lines)) + "\n", "utf-8")
    for name in ("verdier-02.txt", "ghent-02.html"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    assert not show_difference(name_files(golden().records), name_files(build_golden(tmp_path).records))
