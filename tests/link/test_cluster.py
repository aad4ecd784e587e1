"""Laws of clustering: covers everything, order does not matter, a person's word stands."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import UnknownMention
from newsblotter.link.cluster import cluster
from newsblotter.records import Judgement, Link, When

IDS = "abcdefg"
PAIRS = [(a, b) for a in IDS for b in IDS if a < b]


def link(left: str, right: str, probability: float, judgement: Judgement | None = None) -> Link:
    return Link(left, right, probability, judgement=judgement)


@st.composite
def some_links(draw: st.DrawFn) -> list[Link]:
    pairs = draw(st.lists(st.sampled_from(PAIRS), unique=True, max_size=len(PAIRS)))
    words = st.one_of(st.none(), st.sampled_from(list(Judgement)))
    chances = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
    return [link(a, b, draw(chances), draw(words)) for a, b in pairs]


@given(some_links(), st.randoms(use_true_random=False))
def test_vetoes_hold_in_any_order(links: list[Link], rng: random.Random) -> None:
    groups = cluster(IDS, links)
    vetoed = [found.pair for found in links if found.judgement is Judgement.DIFFERENT]
    assert not any(pair <= set(group) for pair in vetoed for group in groups)
    assert cluster(rng.sample(IDS, len(IDS)), rng.sample(links, len(links))) == groups


@given(some_links())
def test_groups_cover_every_mention_once(links: list[Link]) -> None:
    groups = cluster(IDS, links)
    assert sorted(mention for group in groups for mention in group) == sorted(IDS)
    assert groups == sorted(tuple(sorted(group)) for group in groups)


@given(some_links())
def test_a_report_that_tells_two_apart_is_believed_unless_somebody_judged_them_the_same(links: list[Link]) -> None:
    if any(found.judgement is Judgement.SAME for found in links):
        return
    groups = cluster(IDS, links)
    apart = [found.pair for found in links if found.probability == 0.0 and found.judgement is None]
    assert not any(pair <= set(group) for pair in apart for group in groups)


@given(some_links())
def test_what_people_judged_the_same_stays_together(links: list[Link]) -> None:
    links = [found for found in links if found.judgement is not Judgement.DIFFERENT]
    groups = cluster(IDS, links)
    same = [found.pair for found in links if found.judgement is Judgement.SAME]
    assert all(any(pair <= set(group) for group in groups) for pair in same)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param([], [("a",), ("b",), ("c",), ("d",)], id="nothing-known"),
        pytest.param([link("a", "b", 0.9)], [("a", "b"), ("c",), ("d",)], id="one-strong-link"),
        pytest.param(
            [link("a", "b", 0.99), link("b", "c", 0.9), link("a", "c", 0.02)], [("a", "b"), ("c",), ("d",)], id="no-chaining"
        ),
        pytest.param([link("a", "b", 1.0), link("b", "c", 1.0)], [("a", "b", "c"), ("d",)], id="copies-chain-for-certain"),
        pytest.param(
            [link("a", "b", 0.99, Judgement.DIFFERENT), link("a", "c", 0.99), link("b", "c", 0.95)],
            [("a", "c"), ("b",), ("d",)],
            id="veto-beats-a-common-friend",
        ),
        pytest.param([link("a", "b", 0.01, Judgement.SAME)], [("a", "b"), ("c",), ("d",)], id="same-beats-the-machine"),
        pytest.param(
            [link("a", "b", 0.0), link("a", "c", 0.9), link("b", "c", 0.8)], [("a", "c"), ("b",), ("d",)], id="one-report-tells-two"
        ),
    ],
)
def test_cases(links: list[Link], expected: list[tuple[str, ...]]) -> None:
    assert cluster("abcd", links) == expected


def test_an_unknown_mention_is_named() -> None:
    with pytest.raises(UnknownMention, match="zz"):
        cluster("ab", [link("a", "zz", 0.5)])


def test_no_chain_unites_sure_days_that_lie_apart() -> None:
    links = [Link("a", "b", 0.8), Link("b", "c", 0.7)]
    days = {"a": When(date(2007, 1, 1), date(2007, 12, 31), "year"), "c": When(date(2013, 7, 28), date(2013, 7, 28), "day")}
    assert cluster("abc", links, days=days) == [("a", "b"), ("c",)]
    near = days | {"c": When(date(2008, 1, 3), date(2008, 1, 3), "day")}
    assert cluster("abc", [*links, Link("a", "c", 0.7)], days=near) == [("a", "b", "c")]
