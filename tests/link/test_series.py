"""Series: what ties incidents, what does not, and that many of them cost little."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.link import series
from newsblotter.link.series import Traits, find_gangs, find_related, name_words
from newsblotter.link.values import to_spot
from newsblotter.records import Where

LYON = to_spot(Where("Lyon", None, 45.76, 4.84, 6.0, "FR"))
GRENOBLE = to_spot(Where("Grenoble", None, 45.19, 5.72, 5.0, "FR"))  # 95 km away
OSLO = to_spot(Where("Oslo", None, 59.91, 10.75, 10.0, "NO"))


def incident(name: str, day: str | None = "2020-05-04", **parts: object) -> Traits:
    number = date.fromisoformat(day).toordinal() if day else 0
    traits = Traits(name, "robbery", (number, number) if day else None, LYON, frozenset(), "", {}, {}, frozenset())
    if "target" in parts:
        parts |= {"target_name": parts["target"], "target": name_words(str(parts["target"]), "Lyon")}
    return replace(traits, **parts)  # type: ignore[arg-type]


CROWD = [incident(f"x{n}", "2018-01-01", tactics=frozenset({"masked"})) for n in range(60)]
ODD = frozenset({"roof-entry", "angle-grinder"})


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        pytest.param(
            {"target": "Arvelle"}, {"target": "Arvelle Lyon", "day": "2023-01-01"}, "same target: Arvelle", id="same shop"
        ),
        pytest.param(
            {"target": "Arvelle"},
            {"target": "Arvelle", "spot": GRENOBLE, "day": "2021-01-01"},
            "same target elsewhere",
            id="brand near by",
        ),
        pytest.param({"target": "Arvelle"}, {"target": "Arvelle", "spot": OSLO}, None, id="brand far away"),
        pytest.param({"target": "Arvelle"}, {"target": "Arvelle", "day": "1990-01-01"}, None, id="a generation ago"),
        pytest.param({"target": "Arvelle"}, {"target": "Arvelle", "day": None}, "same target: Arvelle", id="undated"),
        pytest.param({"target": "jewelry store"}, {"target": "jewelry store"}, None, id="a trade is no target"),
        pytest.param({"target": "Central Bank"}, {"target": "Corner Bank"}, None, id="two banks"),
        pytest.param(
            {"suspects": {"ivo brandt": "Ivo Brandt"}},
            {"suspects": {"ivo brandt": "Ivo Brandt"}, "day": "2025-01-01"},
            "same suspect: Ivo Brandt",
            id="suspect",
        ),
        pytest.param(
            {"suspects": {"ivo brandt": "Ivo Brandt"}},
            {"suspects": {"ivo brandt": "I. Brandt"}, "spot": OSLO},
            None,
            id="far namesake",
        ),
        pytest.param(
            {"gangs": {"night moth": "Night Moths"}}, {"gangs": {"night moth": "Night Moth"}}, "same gang: Night Moths", id="gang"
        ),
        pytest.param({"tactics": ODD}, {"tactics": ODD, "day": "2020-05-20"}, "same tactics within 16 days", id="tactics"),
        pytest.param({"tactics": ODD}, {"tactics": ODD, "day": "2020-09-20"}, None, id="tactics long after"),
        pytest.param({"tactics": ODD}, {"tactics": ODD, "kind": "theft"}, None, id="tactics of another kind"),
        pytest.param({"tactics": frozenset({"masked"})}, {"tactics": frozenset({"masked"})}, None, id="everybody is masked"),
        pytest.param({}, {}, None, id="nothing shared"),
    ],
)
def test_what_ties_two_incidents(left: dict[str, object], right: dict[str, object], why: str | None) -> None:
    one, other = (incident(name, **parts) for name, parts in (("a", left), ("b", right)))  # type: ignore[arg-type]
    found = find_related([one, other, *CROWD])
    reasons = [related.why for related in found.get("a", ()) if related.id == "b"]
    assert ([related.why for related in found.get("b", ()) if related.id == "a"]) == reasons
    assert not reasons if why is None else reasons and reasons[0].startswith(why)


def test_several_reasons_make_it_surer() -> None:
    one = incident("a", target="Arvelle", suspects={"ivo brandt": "Ivo Brandt"})
    [related] = find_related([one, replace(one, id="b")])["a"]
    assert related.score > 0.9 and related.why == "same target: Arvelle; same suspect: Ivo Brandt"


@given(st.randoms(use_true_random=False))
def test_the_order_of_incidents_does_not_matter(rng: random.Random) -> None:
    names = ["Arvelle", "Bonvoisin", "Corvo"]
    many = [incident(f"i{n}", f"20{10 + n % 9}-05-04", target=names[n % 3]) for n in range(20)]
    assert find_related(rng.sample(many, len(many))) == find_related(many)


def test_many_incidents_of_one_target_stay_cheap() -> None:
    def seconds(count: int) -> float:
        many = [incident(f"i{n}", target="Arvelle", suspects={"ivo brandt": "Ivo Brandt"}) for n in range(count)]
        began = time.process_time()
        found = find_related(many)
        assert max(map(len, found.values())) <= series.MOST
        return time.process_time() - began

    seconds(100)
    assert seconds(4000) < 12 * max(seconds(1000), 0.02)  # four times as many; each with each would be sixteen


@pytest.mark.parametrize(
    ("text", "gangs"),
    [
        ("Police believe the Harrow gang is behind it.", {"Harrow"}),
        ("Members of the “Night Moths” gang were seen.", {"Night Moths"}),
        ("a crew known as the Night Moths robbed it", {"Night Moths"}),
        ("The gang fled. A Serbian gang is suspected. Police gang unit.", set()),
        ("Six men of the Remling clan stood trial.", {"Remling"}),
        ("a wedding ring and a gold ring", set()),
    ],
)
def test_gangs_are_found_by_name(text: str, gangs: set[str]) -> None:
    assert set(find_gangs(text).values()) == gangs
