"""One incident from many claims: copies are one voice, later beats earlier where things change, disagreement stays visible."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from link_stories import LINDHAVN, OSTRAVEN, START, day, make_mention, make_report, year

from newsblotter.link.merge import merge
from newsblotter.records import Count, Incident, Mention, Money, Outcome, Person, Report, Role, Value, When, Where
from newsblotter.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


def build(
    told: list[tuple[str, int, Role, list[tuple[str, Value]]]], *, copies: dict[str, str] | None = None, kinds: str = "robbery"
) -> Incident:
    """Merge mentions given as (report, days after the start, role, facts)."""
    reports, mentions = make(told, kinds)
    voices = {name: name for name in reports} | (copies or {})
    return merge("nb1", mentions, reports, voices, TAXONOMY)


def make(told: list[tuple[str, int, Role, list[tuple[str, Value]]]], kinds: str) -> tuple[dict[str, Report], list[Mention]]:
    reports = {name: make_report(name, f"report {name} of it", START + timedelta(days=late)) for name, late, _, _ in told}
    return reports, [make_mention(reports[name], facts, role=role, kind=kinds) for name, _, role, facts in told]


def value_of(incident: Incident, field: str) -> Value | None:
    return next((fact.value for fact in incident.agreed if fact.field == field), None)


THREE, FOUR, NONE = Count(3, 3), Count(4, 4), Count(0, 0)
VILLA = Where("Old Harbour", 9, 50.01, 10.01, 1.0, "XX", None, "quarter")
REGION = Where("Norrland", 5, 50.5, 10.5, 90.0, "XX", None, "region")


@pytest.mark.parametrize(
    ("field", "told", "expected"),
    [
        pytest.param(
            "suspects", [("a", 0, Role.MAIN, THREE), ("b", 1, Role.MAIN, THREE), ("c", 2, Role.MAIN, FOUR)], THREE, id="majority"
        ),
        pytest.param(
            "suspects",
            [("a", 0, Role.MAIN, THREE), ("b", 0, Role.BACKGROUND, FOUR), ("c", 0, Role.BACKGROUND, FOUR)],
            THREE,
            id="main-before-passing",
        ),
        pytest.param("suspects", [("a", 0, Role.MAIN, Count(2, None)), ("b", 0, Role.MAIN, THREE)], THREE, id="plain-before-open"),
        pytest.param(
            "date",
            [("a", 2, Role.MAIN, When(START, START + timedelta(days=1), "weekend")), ("b", 2, Role.MAIN, day(1))],
            day(1),
            id="a-day-before-the-weekend-that-holds-it",
        ),
        pytest.param(
            "date",
            [("a", 0, Role.MAIN, day(0)), ("b", 2, Role.MAIN, day(1)), ("c", 3, Role.MAIN, day(1))],
            day(1),
            id="the-first-report-is-outvoted",
        ),
        pytest.param("suspects", [("a", 5, Role.MAIN, THREE), ("b", 0, Role.MAIN, FOUR)], FOUR, id="tie-goes-to-the-earlier"),
        pytest.param(
            "arrested",
            [("a", 0, Role.MAIN, NONE), ("b", 0, Role.MAIN, NONE), ("c", 9, Role.FOLLOW_UP, FOUR)],
            FOUR,
            id="latest-arrests",
        ),
        pytest.param(
            "killed",
            [("a", 0, Role.MAIN, NONE), ("b", 0, Role.MAIN, NONE), ("c", 9, Role.FOLLOW_UP, Count(1, 1))],
            Count(1, 1),
            id="a-later-death",
        ),
        pytest.param(
            "killed",
            [("a", 0, Role.MAIN, Count(1, 1)), ("b", 1, Role.MAIN, Count(1, 1)), ("c", 9, Role.FOLLOW_UP, NONE)],
            Count(1, 1),
            id="deaths-are-not-taken-back",
        ),
        pytest.param(
            "date",
            [("a", 0, Role.MAIN, year(2031)), ("b", 0, Role.MAIN, day()), ("c", 0, Role.MAIN, year(2031))],
            day(),
            id="day-before-year",
        ),
        pytest.param(
            "date",
            [("a", 0, Role.MAIN, day()), ("b", 0, Role.MAIN, day(1)), ("c", 0, Role.MAIN, day())],
            day(),
            id="best-supported-day",
        ),
        pytest.param(
            "place",
            [("a", 0, Role.MAIN, REGION), ("b", 0, Role.MAIN, OSTRAVEN), ("c", 0, Role.MAIN, REGION)],
            OSTRAVEN,
            id="city-before-region",
        ),
        pytest.param(
            "place",
            [("a", 0, Role.MAIN, OSTRAVEN), ("b", 0, Role.MAIN, VILLA), ("c", 0, Role.MAIN, LINDHAVN)],
            VILLA,
            id="quarter-of-the-right-city",
        ),
    ],
)
def test_the_value_shown(field: str, told: list[tuple[str, int, Role, Value]], expected: Value) -> None:
    incident = build([(name, late, role, [(field, value)]) for name, late, role, value in told])
    assert value_of(incident, field) == expected


def test_copies_are_one_voice() -> None:
    told = [
        ("a", 0, Role.MAIN, [("suspects", THREE)]),
        ("b", 1, Role.MAIN, [("suspects", FOUR)]),
        ("c", 1, Role.MAIN, [("suspects", FOUR)]),
    ]
    told.append(("d", 2, Role.MAIN, [("suspects", THREE)]))
    incident = build(told, copies={"b": "g1", "c": "g1"})
    assert value_of(incident, "suspects") == THREE
    assert incident.voices == 3
    assert incident.disputed == ("suspects",)


def test_copies_alone_dispute_nothing() -> None:
    told = [("a", 0, Role.MAIN, [("suspects", THREE)]), ("b", 0, Role.MAIN, [("suspects", FOUR)])]
    assert build(told, copies={"a": "g1", "b": "g1"}).disputed == ()


def test_standings_say_what_became_of_each_claim() -> None:
    told = [
        ("a", 0, Role.MAIN, [("arrested", NONE)]),
        ("b", 9, Role.FOLLOW_UP, [("arrested", FOUR)]),
        ("c", 9, Role.MAIN, [("arrested", FOUR)]),
    ]
    incident = build(told)
    assert sorted(incident.standings.values()) == ["agreed"] * 5 + ["superseded"]
    assert incident.disputed == ()
    assert [(change.field, change.before, change.after) for change in incident.history] == [
        ("arrested", NONE, FOUR),
        ("status", "suspects_at_large", "arrests"),
    ]


def test_amounts_in_different_currencies_do_not_disagree() -> None:
    told = [("a", 0, Role.MAIN, [("loot", Money(2e6, 2e6, "EUR"))]), ("b", 0, Role.MAIN, [("loot", Money(9e6, 9e6, "SEK"))])]
    assert build(told).disputed == ()


def test_a_fact_that_nobody_claims_does_not_exist() -> None:
    incident = build([("a", 0, Role.MAIN, [])])
    assert [fact.field for fact in incident.agreed] == ["type"]
    assert incident.title == "Robbery"


@pytest.mark.parametrize(
    ("facts", "kind", "expected"),
    [
        pytest.param(
            [("target", "Belmarque"), ("place", OSTRAVEN)], "robbery", "Robbery at Belmarque, Ostraven", id="target-and-place"
        ),
        pytest.param([("place", OSTRAVEN)], "shooting", "Shooting in Ostraven", id="place"),
        pytest.param([("date", year(2031))], "theft", "Theft, 2031", id="year"),
    ],
)
def test_titles(facts: list[tuple[str, Value]], kind: str, expected: str) -> None:
    assert build([("a", 0, Role.MAIN, facts)], kinds=kind).title == expected


def test_a_name_swallows_the_nameless_of_its_role() -> None:
    told: list[tuple[str, int, Role, list[tuple[str, Value]]]] = [
        ("a", 0, Role.MAIN, [("people", Person(None, 34, "victim", ("injured",)))]),
        (
            "b",
            1,
            Role.MAIN,
            [("people", Person("Mirela Osk", 34, "victim", ("injured",))), ("people", Person("Osk", None, "victim"))],
        ),
        ("c", 1, Role.MAIN, [("people", Person("Jon Drev", 20, "suspect", ("arrested",)))]),
    ]
    people = [fact.value for fact in build(told).agreed if fact.field == "people"]
    assert sorted(p.name or "" for p in people if isinstance(p, Person)) == ["Jon Drev", "Mirela Osk"]


def test_robbery_outranks_its_violence_unless_hardly_anyone_says_so() -> None:
    reports = {name: make_report(name, f"report {name} of it") for name in "abcde"}
    kinds = {"a": "robbery", "b": "shooting", "c": "robbery", "d": "shooting", "e": "shooting"}
    mentions = [make_mention(reports[name], kind=kind) for name, kind in kinds.items()]
    voices = {name: name for name in reports}
    assert merge("nb1", mentions, reports, voices, TAXONOMY).type == "robbery"
    assert merge("nb1", [mentions[0], *mentions[1:2], *mentions[3:]], reports, voices, TAXONOMY).type == "shooting"


FACTS = st.one_of(
    st.tuples(st.just("suspects"), st.builds(Count, st.integers(0, 3), st.one_of(st.none(), st.integers(3, 5)))),
    st.tuples(st.just("killed"), st.builds(Count, st.integers(0, 3), st.integers(3, 4))),
    st.tuples(st.just("arrested"), st.sampled_from([NONE, THREE, FOUR])),
    st.tuples(st.just("date"), st.sampled_from([day(), day(1), year(2031), When(START, START + timedelta(6), "week")])),
    st.tuples(st.just("place"), st.sampled_from([OSTRAVEN, LINDHAVN, VILLA, REGION])),
    st.tuples(
        st.just("loot"),
        st.builds(Money, st.sampled_from([1e5, 2e6]), st.one_of(st.none(), st.just(3e6)), st.sampled_from(["EUR", None])),
    ),
    st.tuples(st.just("people"), st.builds(Person, st.sampled_from([None, "Jon Drev", "Drev"]), st.sampled_from([None, 20, 21]))),
    st.tuples(st.just("outcomes"), st.builds(Outcome, st.sampled_from(["arrest", "sentence"]))),
    st.tuples(st.just("weapons"), st.sampled_from(["axe", "handgun"])),
)
TOLD = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(Role)), st.lists(FACTS, max_size=5)), min_size=1, max_size=5)


@given(TOLD, st.randoms(use_true_random=False))
def test_every_fact_is_somebodys_claim_and_order_does_not_matter(
    told: list[tuple[int, Role, list[tuple[str, Value]]]], rng: random.Random
) -> None:
    reports, mentions = make([(f"r{at}", late, role, facts) for at, (late, role, facts) in enumerate(told)], "robbery")
    voices = {name: name for name in reports}
    incident = merge("nb1", mentions, reports, voices, TAXONOMY)
    claims = {claim.id: claim for mention in mentions for claim in mention.claims}
    for fact in incident.agreed:
        assert fact.value == claims[fact.claim_ids[0]].value
        assert {claims[claim_id].field for claim_id in fact.claim_ids} == {fact.field}
    assert set(incident.standings) == set(claims)
    shuffled = [replace(m, claims=tuple(rng.sample(m.claims, len(m.claims)))) for m in rng.sample(mentions, len(mentions))]
    assert merge("nb1", shuffled, reports, voices, TAXONOMY) == incident


MILLIONS = Money(2e6, 9e6, "EUR")


def test_a_vague_sum_does_not_hide_that_plain_ones_contradict_each_other() -> None:
    sums = [Money(2.4e6, 2.4e6, "EUR"), Money(3.5e6, 3.5e6, "EUR"), MILLIONS, MILLIONS, MILLIONS, MILLIONS]
    incident = build([(name, 0, Role.MAIN, [("loot", value)]) for name, value in zip("abcdef", sums, strict=True)])
    assert "loot" in incident.disputed


def test_after_a_death_older_counts_of_injured_are_out_of_date() -> None:
    incident = build(
        [
            ("a", 0, Role.MAIN, [("killed", Count(1, 1)), ("injured", FOUR)]),
            ("b", 0, Role.MAIN, [("killed", Count(1, 1)), ("injured", FOUR)]),
            ("c", 4, Role.FOLLOW_UP, [("killed", Count(2, 2)), ("injured", THREE)]),
        ]
    )
    assert value_of(incident, "injured") == THREE and "injured" not in incident.disputed


def test_a_court_or_a_country_says_nothing_against_the_scene() -> None:
    court = replace(LINDHAVN, role="court")
    country = Where("Exland", 7, 60.0, 20.0, 300.0, "XX", None, "country")
    told = [("a", 0, OSTRAVEN), ("b", 0, OSTRAVEN), ("c", 9, court), ("d", 9, country)]
    assert "place" not in build([(name, late, Role.MAIN, [("place", value)]) for name, late, value in told]).disputed


EUROS = Money(300_000, 300_000, "EUR")


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "disputed"),
    [
        pytest.param("loot", EUROS, Money(1e6, 1e6, "USD"), True, id="no-rate-makes-them-equal"),
        pytest.param("loot", EUROS, Money(350_000, 350_000, "USD"), False, id="some-rate-does"),
        pytest.param("loot", EUROS, Money(1e6, 1e6, "XAU"), False, id="unknown-currency"),
        pytest.param("loot", EUROS, Money(1e6, 1e6, None), True, id="no-currency-given"),
        pytest.param("loot", EUROS, Money(310_000, 310_000, "EUR"), False, id="rounding"),
        pytest.param("loot", EUROS, Money(350_000, 350_000, "EUR"), True, id="more-than-rounding"),
        pytest.param("loot", Money(300_000, None, "EUR"), Money(9e5, 9e5, "EUR"), True, id="open-above-is-near-what-it-says"),
        pytest.param("suspects", Count(3, None), Count(4, 4), False, id="at-least-three-may-be-four"),
        pytest.param("suspects", Count(3, None), Count(9, 9), True, id="at-least-three-are-not-nine"),
        pytest.param("time", "05:00", "05:20", False, id="clocks-that-are-about-one"),
        pytest.param("time", "05:00", "02:30", True, id="clocks-apart"),
        pytest.param("time", "23:50", "00:10", False, id="across-midnight"),
    ],
)
def test_what_two_outlets_say_is_disputed(field: str, ours: Value, theirs: Value, disputed: bool) -> None:
    incident = build([("a", 0, Role.MAIN, [(field, ours)]), ("b", 0, Role.MAIN, [(field, theirs)])])
    assert (field in incident.disputed) is disputed


def test_one_report_that_sets_two_sources_against_each_other() -> None:
    reports, mentions = make([("a", 0, Role.MAIN, [("loot", Money(4e7, 4e7, "EUR")), ("loot", Money(5e6, 5e6, "EUR"))])], "robbery")
    kind, high, low = mentions[0].claims

    def disputes(high_by: str | None, low_by: str | None) -> bool:
        claims = (kind, replace(high, said_by=high_by), replace(low, said_by=low_by, score=0.8))
        return "loot" in merge("nb1", [replace(mentions[0], claims=claims)], reports, {"a": "a"}, TAXONOMY).disputed

    assert disputes("another outlet", "prosecutor")
    assert not disputes("police", "police")  # parts of one haul
    assert not disputes(None, None)


def test_guns_are_disputed_when_outlets_name_different_ones() -> None:
    told = [
        (name, 0, Role.MAIN, [("weapons", gun)])
        for name, gun in zip("abcd", ["handgun", "handgun", "machine gun", "machine gun"], strict=True)
    ]
    assert "weapons" in build(told).disputed
    assert "weapons" in build(told[:3]).disputed
    assert "weapons" not in build(told[1:3]).disputed  # two voices alone may have seen two men
    armed = ("e", 0, Role.MAIN, [("weapons", "handgun"), ("weapons", "machine gun")])
    assert "weapons" not in build([*told, armed]).disputed


def test_a_lower_count_of_arrests_is_old_news_or_a_contradiction() -> None:
    later = [("a", 1, Role.MAIN, [("arrested", THREE)]), ("b", 5, Role.FOLLOW_UP, [("arrested", FOUR)])]
    assert "arrested" not in build(later).disputed
    assert "arrested" in build([("a", 5, Role.MAIN, [("arrested", THREE)]), ("b", 5, Role.MAIN, [("arrested", FOUR)])]).disputed


def test_who_died_of_wounds_is_not_counted_among_the_injured() -> None:
    shot = ("a", 0, Role.MAIN, [("injured", THREE)])
    died = ("b", 4, Role.FOLLOW_UP, [("killed", Count(1, 1))])
    assert value_of(build([shot, died]), "injured") == Count(2, 2)
    assert value_of(build([shot, (died[0], 0, *died[2:])]), "injured") == THREE  # one was dead when the others were counted
    known = ("a", 0, Role.MAIN, [("injured", THREE), ("killed", Count(1, 1))])
    assert value_of(build([known, ("b", 4, Role.FOLLOW_UP, [("killed", Count(3, 3))])]), "injured") == Count(1, 1)
    recounted = ("c", 5, Role.FOLLOW_UP, [("injured", FOUR)])
    assert value_of(build([shot, died, recounted]), "injured") == FOUR


def test_a_first_arrest_months_later_is_a_line_of_history() -> None:
    arrested = ("b", 90, Role.FOLLOW_UP, [("arrested", Count(1, 1))])
    changes = build([("a", 0, Role.MAIN, [("suspects", THREE)]), arrested]).history
    assert [(change.field, change.before, change.after) for change in changes] == [("status", "unknown", "arrests")]
    assert build([arrested]).history == ()


def test_what_most_say_exactly_is_shown_before_what_they_only_allow() -> None:
    told = [("a", 0, Money(3.5e6, 3.5e6, "EUR")), ("b", 0, Money(3.2e6, 3.2e6, "EUR")), ("c", 0, Money(3.5e6, 3.5e6, "EUR"))]
    incident = build([(name, late, Role.MAIN, [("loot", value)]) for name, late, value in told])
    assert value_of(incident, "loot") == Money(3.5e6, 3.5e6, "EUR")


@pytest.mark.parametrize(
    ("left", "right", "disputed"),
    [
        (3.2e6, 3.5e6, True),
        (3e6, 3.4e6, True),
        (10e6, 9.5e6, False),  # ten is a round word
        (3.5e6, 3_512_400.0, False),
        (45_000.0, 60_000.0, True),
        (12e6, 10e6, True),
    ],
)
def test_amounts_dispute_each_other_beyond_the_digits_they_are_printed_with(left: float, right: float, disputed: bool) -> None:
    told = [("a", 0, Role.MAIN, [("loot", Money(left, left, "EUR"))]), ("b", 0, Role.MAIN, [("loot", Money(right, right, "EUR"))])]
    assert ("loot" in build(told).disputed) is disputed


def test_a_trade_disputes_no_name() -> None:
    named, other, trade = (("target", value) for value in ("Belmarque", "Orvane", "jeweller"))
    assert build([("a", 0, Role.MAIN, [named]), ("b", 0, Role.MAIN, [trade])]).disputed == ()
    assert build([("a", 0, Role.MAIN, [named]), ("b", 0, Role.MAIN, [other])]).disputed == ("target",)


def test_the_caught_are_some_of_the_gang() -> None:
    two, four = ("suspects", Count(2, 2)), ("suspects", FOUR)
    first = ("a", 0, Role.MAIN, [four])
    assert build([first, ("b", 9, Role.FOLLOW_UP, [two, ("arrested", Count(2, 2))])]).disputed == ()
    assert build([first, ("b", 0, Role.MAIN, [two])]).disputed == ("suspects",)


FATES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(["killed", "injured", "arrested", "loot"]),
        st.integers(0, 6),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


@given(FATES)
def test_history_ends_at_what_is_shown_and_joins_up(fates: list[tuple[int, str, int, bool]]) -> None:
    told: list[tuple[str, int, Role, list[tuple[str, Value]]]] = []
    for at, (late, field, number, vague) in enumerate(fates):
        high = None if vague else number
        value: Value = Money(number * 1e5, None if vague else number * 1e5, "EUR") if field == "loot" else Count(number, high)
        told.append((f"r{at}", late, Role.MAIN, [(field, value)]))
    incident = build(told)
    last: dict[str, Value | None] = {}
    for change in incident.history:
        assert change.before != change.after
        assert change.field not in last or last[change.field] == change.before
        last[change.field] = change.after
    for field, after in last.items():
        if field != "status":
            assert value_of(incident, field) == after
