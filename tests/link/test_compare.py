"""What single features say of two accounts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from link_stories import CASTS, START, day, make_mention, make_report

from newsblotter.link import compare
from newsblotter.link.cluster import cluster
from newsblotter.link.profile import Profile, build_profiles
from newsblotter.records import Link, Person, Role, Value, When


def profile(
    name: str, facts: Sequence[tuple[str, Value]] = (), *, printed: int | None = 0, outlet: str | None = None, **told: object
) -> Profile:
    published = None if printed is None else START + timedelta(days=printed)
    report = replace(make_report(name, CASTS["lindhavn"], published), outlet=outlet)
    mention = make_mention(report, facts, **told)  # type: ignore[arg-type]
    found, _ = build_profiles([mention], {report.id: report}, [])
    return found[0]


OSK = Person("Mirela Osk", 34, "victim")
VENN = Person("Jarl Venn", None, "official")


def test_an_official_named_in_both_is_no_shared_victim() -> None:
    one = profile("a", [("people", OSK), ("people", VENN)])
    other = profile("b", [("people", Person("Tove Brandal", 19, "victim")), ("people", VENN)])
    assert compare.people_shared(one, other) == 1.0
    assert compare.victims_shared(one, other) == 0.0
    assert compare.accused_shared(one, other) is None
    assert compare.victim_ages(one, other) == 0.0


def test_plain_means_say_nothing_and_telling_ones_do() -> None:
    one = profile("a", [("weapons", "handgun"), ("tactics", "truck-lift"), ("vehicles", "scooter")])
    assert compare.means_shared(one, profile("b", [("weapons", "handgun")])) is None
    assert compare.means_shared(one, profile("c", [("tactics", "truck-lift")])) == 1.0
    assert compare.means_shared(one, profile("d", [("tactics", "vault"), ("vehicles", "scooter")])) == 0.5


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [
        pytest.param({"printed": 0}, {"printed": 1}, 0.0, id="fresh-news-of-two-days-running"),
        pytest.param({"printed": 0}, {"printed": 100}, 4.605, id="fresh-news-months-apart"),
        pytest.param({"printed": 0}, {"printed": 100, "role": Role.FOLLOW_UP}, None, id="a-follow-up-may-come-late"),
        pytest.param({"printed": None}, {"printed": 100}, None, id="undated"),
        pytest.param({"facts": [("date", day(0))]}, {"facts": [("date", day(90))]}, None, id="both-say-the-day"),
        pytest.param({"facts": [("date", day(0))]}, {"printed": 3}, 1.099, id="the-day-of-one-and-fresh-news"),
    ],
)
def test_fresh_news_stands_for_its_day(left: dict[str, object], right: dict[str, object], apart: float | None) -> None:
    found = compare.fresh_apart(profile("a", **left), profile("b", **right))  # type: ignore[arg-type]
    assert found == (None if apart is None else pytest.approx(apart, abs=1e-3))


def test_outlets_and_kinds() -> None:
    one, other = profile("a", outlet="www.Lindhavn-Post.example"), profile("b", outlet="lindhavn-post.example", kind="shooting")
    assert compare.same_outlet(one, other) == 1.0
    assert compare.same_outlet(one, profile("c")) is None
    assert compare.takings(one, other) == 1.0


def test_one_misread_day_does_not_keep_halves_of_an_incident_apart() -> None:
    ids = [f"m{number}" for number in range(8)]
    left, right = ids[:4], ids[4:]
    links = [Link(a, b, 0.99) for half in (left, right) for at, a in enumerate(half) for b in half[at + 1 :]]
    links += [Link(a, b, 0.8) for a in left for b in right]
    right_day, misread, other_year = day(0), day(40), When(day(400).earliest, day(400).latest, "day")
    days = dict.fromkeys(ids, right_day)
    assert len(cluster(ids, links, days={**days, "m7": misread})) == 1
    assert len(cluster(ids, links, days={**days, **dict.fromkeys(right, other_year)})) == 2
