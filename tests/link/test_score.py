"""Links: alike accounts score high, look-alikes low, copies and one report's two incidents are certain, people are believed."""

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from link_stories import CASTS, LINDHAVN, OSTRAVEN, START, day, make_mention, make_report, year

from newsblotter.link import compare_profiles, explain, link_mentions
from newsblotter.link.compare import FEATURES, FeatureSpec
from newsblotter.link.profile import build_profiles
from newsblotter.link.score import load_weights
from newsblotter.records import CopyGroup, Count, Judgement, Link, Mention, Person, Report, Role, Value

SHOP: list[tuple[str, Value]] = [("date", day()), ("place", OSTRAVEN), ("target", "Belmarque")]
LOOKING_BACK = (
    "Thieves broke into the Belmarque in Ostraven on Thursday. In 2031 masked gunmen with axes robbed the Belmarque of watches."
)
PUMP: list[tuple[str, Value]] = [("date", day(3)), ("place", LINDHAVN), ("target", "Torvald petrol station")]


def corpus() -> tuple[dict[str, Report], dict[str, Mention]]:
    """Two outlets on the shop, two on the petrol station, one that looks back on the shop years later, one look-alike."""
    shop, pump = CASTS["ostraven"], CASTS["lindhavn"]
    later = date(2035, 2, 1)
    reports = {
        "shop1": make_report("shop1", shop),
        "shop2": make_report(
            "shop2",
            "Robbers with axes took watches from the Belmarque in Ostraven, Halvar Quist said. Police seek three masked gunmen.",
        ),
        "pump1": make_report("pump1", pump, START + timedelta(4)),
        "pump2": make_report(
            "pump2",
            "Mirela Osk, 34, shot at a petrol station in Lindhavn, is stable. Jarl Venn said the Torvald station stays shut.",
            START + timedelta(5),
        ),
        "late": make_report(
            "late",
            LOOKING_BACK,
            later,
        ),
    }
    mentions = {
        "shop1": make_mention(reports["shop1"], SHOP),
        "shop2": make_mention(reports["shop2"], SHOP),
        "pump1": make_mention(reports["pump1"], PUMP, kind="shooting"),
        "pump2": make_mention(reports["pump2"], PUMP, kind="shooting"),
        "late": make_mention(reports["late"], [("date", day((later - START).days)), SHOP[1], SHOP[2]], kind="burglary"),
        "back": make_mention(
            reports["late"], [("date", year(2031)), SHOP[1], SHOP[2]], role=Role.BACKGROUND, trigger=LOOKING_BACK.index("In 2031")
        ),
    }
    return reports, mentions


def probability(left: str, right: str) -> float:
    return compare(left, right).probability


def compare(left: str, right: str) -> Link:
    reports, mentions = corpus()
    profiles, _ = build_profiles(sorted(mentions.values(), key=lambda mention: mention.id), reports, [])
    known = {profile.mention.id: profile for profile in profiles}
    return compare_profiles(known[mentions[left].id], known[mentions[right].id])


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        pytest.param("shop1", "shop2", True, id="two-outlets"),
        pytest.param("pump1", "pump2", True, id="two-outlets-on-a-shooting"),
        pytest.param("shop1", "back", True, id="told-in-passing-years-later"),
        pytest.param("shop1", "late", False, id="same-shop-another-year"),
        pytest.param("shop1", "pump1", False, id="same-week-elsewhere"),
        pytest.param("late", "back", False, id="one-report-two-incidents"),
    ],
)
def test_alike_or_not(left: str, right: str, alike: bool) -> None:
    assert (probability(left, right) > 0.4) is alike


def test_order_does_not_matter() -> None:
    reports, mentions = corpus()
    expected = link_mentions(list(mentions.values()), reports, [])
    for seed in range(3):
        shuffled = random.Random(seed).sample(list(mentions.values()), len(mentions))
        assert link_mentions(shuffled, dict(reversed(reports.items())), []) == expected
    assert [link.pair for link in expected] == [link.pair for link in sorted(expected, key=lambda x: (x.left_id, x.right_id))]


def test_copies_and_one_reports_incidents_are_certain() -> None:
    reports, mentions = corpus()
    links = link_mentions(list(mentions.values()), reports, [CopyGroup("g1", ("shop1", "shop2"), "shop1")])
    chance = {link.pair: link.probability for link in links}
    assert chance[frozenset((mentions["shop1"].id, mentions["shop2"].id))] == 1.0
    assert chance[frozenset((mentions["late"].id, mentions["back"].id))] == 0.0


def test_a_judgement_stands_beside_the_computed_reasons() -> None:
    reports, mentions = corpus()
    ids = sorted((mentions["shop1"].id, mentions["shop2"].id))
    judged = Link(ids[0], ids[1], 1.0, judgement=Judgement.DIFFERENT, made_by="Ada")
    links = link_mentions(list(mentions.values()), reports, [], judgements=[judged])
    (found,) = [link for link in links if link.pair == judged.pair]
    assert found.judgement is Judgement.DIFFERENT and found.made_by == "Ada" and found.features
    assert explain(found) == "Judged different incidents by Ada."


def test_an_explanation_is_one_sentence_that_names_reasons() -> None:
    link = compare("shop1", "shop2")
    said = explain(link)
    assert said.startswith("One incident with probability") and "for it" in said and said.count(".") == 2


@pytest.mark.parametrize("spec", FEATURES, ids=lambda spec: spec.name)
def test_no_weight_is_absurd(spec: object) -> None:
    found = next(s for s in FEATURES if s is spec)
    worth = load_weights().log_odds[found.name]
    assert found.measure.__doc__
    steps = [b - a for a, b in pairwise(worth)]
    if found.rises is not None:
        assert all(step >= -1e-6 if found.rises else step <= 1e-6 for step in steps)


def test_nothing_in_nothing_out() -> None:
    assert link_mentions([], {}, []) == ()


def _killing(name: str, street: str, victim: str, age: int, on: int) -> tuple[Report, Mention]:
    text = f"A {age}-year-old man was shot dead on {street} in Lindhavn. He was identified as {victim}. Police seek the gunman."
    told = make_report(name, text, START + timedelta(on))
    claims: list[tuple[str, Value]] = [("date", day(on)), ("place", LINDHAVN), ("killed", Count(1, 1))]
    claims += [("people", Person(victim, age, "victim", ("killed",))), ("address", street)]
    return told, make_mention(told, claims, kind="shooting")


@pytest.mark.parametrize(
    ("victim", "age", "apart"),
    [
        pytest.param("Curtis Vane", 41, True, id="another man, another age"),
        pytest.param("Andre Milbrook", 31, False, id="his name misspelt"),
        pytest.param("Curtis Vane", 30, False, id="of one age: perhaps a wrong name"),
    ],
)
def test_two_dead_of_two_names_are_two_incidents(victim: str, age: int, apart: bool) -> None:
    told = [_killing("k1", "Dorr Street", "Andre Millbrook", 30, 0), _killing("k2", "Dorr Street", victim, age, 0)]
    profiles, _ = build_profiles([mention for _, mention in told], {report.id: report for report, _ in told}, ())
    link = compare_profiles(profiles[0], profiles[1])
    assert (link.probability == 0.0) == apart
    assert ("each names somebody else as the one dead" in explain(link)) == apart


@pytest.mark.parametrize("spec", FEATURES, ids=lambda spec: spec.name)
def test_words_say_what_a_value_is_whatever_it_is_worth(spec: FeatureSpec) -> None:
    alike, unlike = (spec.knots[-1], 0.0) if spec.rises is not False else (0.0, spec.knots[-1])
    assert (spec.tell(alike), spec.tell(unlike)) == (spec.alike, spec.unlike)
