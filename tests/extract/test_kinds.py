"""What kind of incident a report tells, in the English of many countries; and reports that tell none."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from read_reports import read

from newsblotter.extract.cues import Cue, load_markers
from newsblotter.extract.kinds import judge_type, score_types
from newsblotter.records import Reality
from newsblotter.taxonomy import load_taxonomy

CASES = Path(__file__).parent / "cases"
LEAST_ROWS = 60
# Reports that the rules take for incidents today, wrongly; one that is mended must leave this list.
KNOWN_FALSE = frozenset(
    {
        "Boxer knocks out rival",
        "Crime writer wins award",
        "Judge retires",
        "Neighbourhood watch seeks members",
        "Snipers' paradise: rookie shoots 65",
    }
)


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def no_incident() -> list[object]:
    wrong = pytest.mark.xfail(strict=True, reason="taken for an incident today")
    return [
        pytest.param(row["title"], row["body"], id=row["title"], marks=wrong if row["title"] in KNOWN_FALSE else ())
        for row in rows("no_incident.csv")
    ]


@pytest.mark.parametrize("row", rows("types.csv"), ids=lambda row: f"{row['type']}: {row['title']}")
def test_type_of_a_report(row: dict[str, str]) -> None:
    mentions = read(row["title"], row["body"])
    assert [(m.type, m.reality) for m in mentions] == [(row["type"], Reality.ACTUAL)]


def test_every_type_has_rows() -> None:
    counted = Counter(row["type"] for row in rows("types.csv"))
    assert set(counted) == set(load_taxonomy().types)
    assert sum(counted.values()) >= LEAST_ROWS


@pytest.mark.parametrize(("title", "body"), no_incident())
def test_borrowed_words_tell_no_incident(title: str, body: str) -> None:
    told = [m for m in read(title, body) if m.reality is not Reality.HYPOTHETICAL]
    assert told == []


def cue(type_: str, group: str = "verb", strength: float = 1.0) -> Cue:
    return Cue(0, 1, type_, group, strength)


JUDGED = [
    ("robbery outranks its violence", [("a", [cue("robbery"), cue("shooting"), cue("homicide")])], "robbery"),
    ("gunfire is a shooting though fatal", [("a", [cue("shooting"), cue("homicide")])], "shooting"),
    ("death without a gun is homicide", [("a", [cue("homicide"), cue("assault")])], "homicide"),
    ("an attack outranks its shots", [("a", [cue("attack"), cue("shooting")])], "attack"),
    ("one word of robbery beside much shooting", [("a", [cue("shooting")] * 2), ("b", [cue("shooting")] * 2)] * 2, "shooting"),
    ("a bare heist is taken for robbery", [("a", [cue("robbery", "taking", 0.9)])], "robbery"),
    (
        "a heist by night through the roof",
        [("through the roof into the vault, overnight", [cue("robbery", "taking", 0.9)])],
        "burglary",
    ),
    ("only stolen is theft", [("a", [cue("theft", "taking", 0.9)]), ("b", [])], "theft"),
    ("stolen at gunpoint is robbery", [("at gunpoint", [cue("theft", "taking", 0.9)]), ("two masked men", [])], "robbery"),
    ("fire on purpose", [("a", [cue("arson"), cue("accident", "noun", 0.4)])], "arson"),
]


@pytest.mark.parametrize(("lines", "expected"), [pytest.param(*c[1:], id=c[0]) for c in JUDGED])
def test_judge_type(lines: list[tuple[str, list[Cue]]], expected: str) -> None:
    told = [(1.0, text, tuple(cues)) for text, cues in lines]
    judged = judge_type(told, load_markers())
    assert judged is not None
    assert judged[0] == expected
    assert 0 < judged[1] <= 1


def test_no_cue_no_type() -> None:
    assert judge_type([(2.0, "The fair opened.", ())], load_markers()) is None
    assert judge_type([], load_markers()) is None


def test_two_cues_of_a_type_count_in_a_sentence() -> None:
    many = score_types([(1.0, "", (cue("shooting"),) * 5)])
    assert many["shooting"] == 2.0
