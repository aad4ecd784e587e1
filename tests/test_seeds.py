"""Three crawled reports of two robberies, end to end: what a person finds in them, each fact with its quote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from newsblotter_lab.golden import Golden, build_golden

SEEDS = Path(os.environ.get("NEWSBLOTTER_SHARED") or Path(__file__).parents[2] / "shared") / "seeds"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed reports are not part of the project and not on this machine"),
]

Record = Mapping[str, Any]


@pytest.fixture(scope="module")
def golden() -> Golden:
    """The seeds' records and copies."""
    return build_golden(SEEDS)


def _find(golden: Golden, about: str, **wanted: str) -> Record:
    """The one record of a type and a span of days; fails, naming what there is, if there is none or more than one."""
    fitting = [
        record
        for record in golden.records
        if record["type"] == wanted["type"]
        and record["date"]
        and wanted["since"] <= record["date"]["start"]
        and record["date"]["end"] <= wanted["until"]
    ]
    there = [(record["type"], (record["date"] or {}).get("edtf"), record["title"]) for record in golden.records]
    assert len(fitting) == 1, f"{about}: {len(fitting)} records fit; there are {there}"
    return fitting[0]


@pytest.fixture(scope="module")
def cartier(golden: Golden) -> Record:
    """The robbery of 25 March 2017."""
    return _find(golden, "Cartier", type="robbery", since="2017-03-25", until="2017-03-25")


@pytest.fixture(scope="module")
def winston(golden: Golden) -> Record:
    """The robbery of 18 May 2024."""
    return _find(golden, "Harry Winston", type="robbery", since="2024-05-18", until="2024-05-18")


@pytest.fixture(scope="module")
def winston_2008(golden: Golden) -> Record:
    """The robbery of 2008, told as background."""
    return _find(golden, "Harry Winston 2008", type="robbery", since="2008-01-01", until="2008-12-31")


@pytest.fixture(scope="module")
def casino(golden: Golden) -> Record:
    """The robbery of December 2016, told as background."""
    return _find(golden, "casino", type="robbery", since="2016-12-01", until="2016-12-31")


@pytest.fixture(scope="module")
def incarville(golden: Golden) -> Record:
    """The attack in the week before 20 May 2024, told as background."""
    return _find(golden, "Incarville", type="attack", since="2024-05-10", until="2024-05-19")


def _roles(record: Record) -> set[str]:
    return {report["role"] for report in record["reports"]}


def _place(record: Record) -> tuple[str | None, str | None]:
    place = record["place"] or {}
    return place.get("name"), place.get("country")


# --- Cartier, Monte Carlo ------------------------------------------------------------------------------------------


def test_cartier_is_told_by_two_copies_of_one_text(cartier: Record, golden: Golden) -> None:
    assert len(cartier["reports"]) == 2
    assert cartier["voices"] == 1
    assert [tuple(sorted(report["id"] for report in cartier["reports"]))] == list(golden.copies)
    assert _roles(cartier) == {"main"}


def test_cartier_place(cartier: Record) -> None:
    name, country = _place(cartier)
    assert name in ("Monte Carlo", "Monte-Carlo")
    assert country == "MC"


def test_cartier_target(cartier: Record) -> None:
    assert "Cartier" in cartier["target"]


def test_cartier_suspects(cartier: Record) -> None:
    assert cartier["suspects"] == {"low": 3, "high": 3}


def test_cartier_arrested(cartier: Record) -> None:
    assert cartier["arrested"] == {"low": 1, "high": 1}


def test_cartier_loot(cartier: Record) -> None:
    assert cartier["loot"] is not None
    assert cartier["loot"]["low"] >= 1_000_000
    assert "million" in cartier["loot"]["as_reported"]


def test_cartier_tactics(cartier: Record) -> None:
    assert {"diversion", "getaway-vehicle-burned"} <= set(cartier["tactics"])


# --- Harry Winston, Paris -------------------------------------------------------------------------------------------


def test_winston_place(winston: Record) -> None:
    assert _place(winston) == ("Paris", "FR")
    assert "Avenue Montaigne" in (winston["place"]["address"] or "")


def test_winston_target(winston: Record) -> None:
    assert "Harry Winston" in winston["target"]


def test_winston_suspects(winston: Record) -> None:
    assert winston["suspects"] == {"low": 3, "high": None}


def test_winston_loot(winston: Record) -> None:
    assert winston["loot"]["currency"] == "EUR"
    assert 1_000_000 <= winston["loot"]["low"] <= 3_000_000
    assert winston["loot"]["as_reported"] == "several million euros"


def test_winston_weapon_and_vehicle(winston: Record) -> None:
    quotes = {claim["field"]: claim["quote"]["exact"] for claim in winston["claims"] if claim["field"] in ("weapons", "vehicles")}
    assert winston["weapons"]
    assert "long-barreled firearm" in quotes["weapons"]
    assert "motorbike" in winston["vehicles"]
    assert "two-wheeler" in quotes["vehicles"]


def test_winston_robbers_are_at_large(winston: Record) -> None:
    assert winston["status"] == "suspects_at_large"


# --- background -----------------------------------------------------------------------------------------------------


def test_winston_2008(winston_2008: Record) -> None:
    assert _roles(winston_2008) == {"background"}
    assert "Winston" in winston_2008["target"]
    assert winston_2008["suspects"] == {"low": 3, "high": 3}
    assert (winston_2008["loot"]["low"], winston_2008["loot"]["currency"]) == (92_000_000, "USD")


def test_winston_2008_is_in_paris(winston_2008: Record) -> None:
    assert _place(winston_2008) == ("Paris", "FR")


def test_winston_2008_ended_in_convictions(winston_2008: Record) -> None:
    assert ("conviction", "2015") in {(outcome["kind"], outcome["on"]) for outcome in winston_2008["outcomes"]}
    assert winston_2008["status"] == "convicted"


def test_casino(casino: Record) -> None:
    assert _roles(casino) == {"background"}
    assert "casino" in casino["target"]
    assert casino["date"]["precision"] == "month"
    assert casino["arrested"] == {"low": 1, "high": 1}


def test_casino_is_in_monaco(casino: Record) -> None:
    assert _place(casino)[1] == "MC"


def test_casino_is_told_by_one_voice(casino: Record) -> None:
    assert len(casino["reports"]) == 2
    assert casino["voices"] == 1


def test_incarville(incarville: Record) -> None:
    assert _roles(incarville) == {"background"}
    assert incarville["place"]["country"] == "FR"
    assert incarville["place"]["name"] == "Incarville"
    assert "prison van" in incarville["target"]
    assert incarville["killed"] == {"low": 2, "high": None}


def test_incarville_freed_a_convict(incarville: Record) -> None:
    assert "prisoner-freed" in incarville["tactics"]


# --- altogether -----------------------------------------------------------------------------------------------------


def test_there_are_five_incidents(golden: Golden) -> None:
    assert len(golden.records) == 5, [record["title"] for record in golden.records]


def test_the_pink_panthers_are_no_incident(golden: Golden) -> None:
    for record in golden.records:
        assert "pink panther" not in record["title"].lower()
        assert not any("several times" in claim["quote"]["exact"] for claim in record["claims"])


def test_the_two_winston_robberies_stay_apart(winston: Record, winston_2008: Record) -> None:
    assert winston["id"] != winston_2008["id"]


def test_every_quote_stands_in_a_seed(golden: Golden) -> None:
    texts = [" ".join(path.read_text("utf-8").split()) for path in SEEDS.glob("*.txt")]
    for record in golden.records:
        assert record["claims"]
        for claim in record["claims"]:
            quote = " ".join(claim["quote"]["exact"].split())
            assert any(quote in text for text in texts), quote
