"""How far a value is to be believed: support by hand, and the table that turns it into a probability."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.store import confidence
from newsblotter.store.confidence import FIELDS, MOST, load_table, rate, support, support_person

ROLES = ("main", "follow_up", "round_up", "background")


def make_record(*claims, **parts):
    """A record whose reports a, b, … are main reports of their own voice, unless ``reports`` says otherwise."""
    names = sorted({claim["report"] for claim in claims})
    record = {
        **dict.fromkeys(FIELDS),
        "people": [],
        "reports": [{"id": name, "role": "main", "copy_group": None} for name in names],
        "claims": list(claims),
    }
    return {**record, **parts}


def claim(field, report, score, standing="agreed", value="x"):
    return {"field": field, "report": report, "score": score, "standing": standing, "value": value}


def report(name, role="main", group=None):
    return {"id": name, "role": role, "copy_group": group}


A, B = report("a"), report("b")
SUPPORTED = [
    ("one report", [claim("type", "a", 0.8)], [A], 0.8),
    ("two are surer", [claim("type", "a", 0.8), claim("type", "b", 0.5)], [A, B], 0.9),
    ("copies are one", [claim("type", "a", 0.8), claim("type", "b", 0.5)], [report("a", group="g"), report("b", group="g")], 0.8),
    ("one report twice is one", [claim("type", "a", 0.5), claim("type", "a", 0.6)], [A], 0.6),
    ("half against it", [claim("type", "a", 0.8), claim("type", "b", 0.8, "disputed")], [A, B], 0.4),
    ("what is out of date is not against it", [claim("type", "a", 0.8), claim("type", "b", 0.8, "superseded")], [A, B], 0.8),
    ("who says both, the surer counts", [claim("type", "a", 0.8), claim("type", "a", 0.5, "disputed")], [A], 0.8),
    ("in passing", [claim("type", "a", 0.8)], [report("a", "background")], 0.28),
    ("no report is certain", [claim("type", "a", 1.0)], [A], MOST),
    ("nobody says it", [claim("date", "a", 0.8)], [A], 0.0),
    ("a clock time is no date", [claim("type", "a", 0.8, value={"time": "10:00"})], [A], 0.0),
]


@pytest.mark.parametrize(("claims", "reports", "expected"), [pytest.param(*c[1:], id=c[0]) for c in SUPPORTED])
def test_support(claims, reports, expected: float) -> None:
    assert support(make_record(*claims, reports=reports), "type") == pytest.approx(expected)


def spot(name, lat, lon):
    return {"name": name, "lat": lat, "lon": lon}


@pytest.mark.parametrize(
    ("where", "counts"),
    [
        (spot("Ortona", 42.35, 14.40), True),
        (spot("Porto di Ortona", 42.36, 14.41), True),
        (spot("Rome", 41.9, 12.5), False),  # where the court sits
        (spot("Ortona", None, None), True),
        (spot("Italy", None, None), False),
    ],
)
def test_only_near_places_back_a_place(where, counts: bool) -> None:
    ortona = spot("Ortona", 42.35, 14.40)
    record = make_record(claim("place", "a", 0.5, value=ortona), claim("place", "b", 0.5, value=where), place=ortona)
    assert support(record, "place") == pytest.approx(0.75 if counts else 0.5)


def person(name, role="victim"):
    return {"name": name, "role": role}


PEOPLE = [
    ("the same name", person("Ada Lund"), person("Ada Lund"), 0.75),
    ("her surname", person("Ada Lund"), person("Lund"), 0.75),
    ("another", person("Ada Lund"), person("Bo Berg"), 0.5),
    ("the same name in another part", person("Ada Lund"), person("Ada Lund", "suspect"), 0.25),
    ("a relative in another part", person("Ada Lund"), person("Cy Lund", "suspect"), 0.5),
    ("nobody's name", person("Ada Lund"), person(None), 0.5),
    ("nameless both", person(None), person(None), 0.75),
]


@pytest.mark.parametrize(("who", "other", "expected"), [pytest.param(*c[1:], id=c[0]) for c in PEOPLE])
def test_support_of_a_person(who, other, expected: float) -> None:
    record = make_record(claim("people", "a", 0.5, value=who), claim("people", "b", 0.5, value=other), people=[who])
    assert support_person(record, who) == pytest.approx(expected)


def test_facts_that_are_set_are_rated(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"type": ((0.2, 0.6), (0.5, 0.9)), "victim": ((0.0, 1.0), (0.1, 0.1))}
    monkeypatch.setattr(confidence, "load_table", lambda: table)
    ada, chief = person("Ada Lund"), person("Cy Moe", "official")
    claims = [claim("type", "a", 0.4), claim("date", "a", 0.9), claim("people", "a", 0.9, value=ada)]
    record = make_record(*claims, type="theft", date={}, people=[ada, chief])
    assert rate(record) == {"type": 0.7, "people": [0.1, None]}  # between two knots; no table for dates and officials
    assert rate(make_record(claim("type", "a", 0.9))) == {}  # not set, not rated


def test_the_table_rises_and_stays_within_bounds() -> None:
    table = load_table()
    assert set(table) == {*FIELDS, "victim", "suspect"}
    for name, (supports, probabilities) in table.items():
        assert len(supports) == len(probabilities) > 1, name
        assert list(supports) == sorted(set(supports)) and list(probabilities) == sorted(probabilities), name
        assert 0 < probabilities[0] <= probabilities[-1] < 1, name


SCORES = st.floats(0.01, 1)
CLAIMS = st.lists(st.tuples(st.sampled_from("abcd"), SCORES, st.sampled_from(["agreed", "disputed", "superseded"])), min_size=1)


@given(CLAIMS, SCORES, st.sampled_from(ROLES))
def test_one_more_witness_never_lowers_support(told, score: float, role: str) -> None:
    claims = [claim("type", name, one, standing) for name, one, standing in told]
    reports = [report(name, role) for name in "abcde"]
    before = support(make_record(*claims, reports=reports), "type")
    after = support(make_record(*claims, claim("type", "e", score), reports=reports), "type")
    assert 0 <= before <= after + 1e-12 and after <= 1
    assert support(make_record(*reversed(claims), reports=reports[::-1]), "type") == before
