"""The compiled forms say what the plain ones say: blocks, features, scores and groups."""

import math
import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from link_stories import CASTS, LINDHAVN, OSTRAVEN, START, day, make_mention, make_report, year

from newsblotter.link.block import BlockSettings, Keys, Postings, find_candidates, find_pairs, list_keys
from newsblotter.link.cluster import cluster
from newsblotter.link.columns import NO_DAY, to_columns
from newsblotter.link.compare import FEATURES, measure
from newsblotter.link.profile import Profile, build_profiles
from newsblotter.link.score import LinkSettings, contributions, link_profiles, load_weights
from newsblotter.link.words import Rarity
from newsblotter.records import Count, Link, Money, Person, Role, Value, When, Where

pytest.importorskip("numba")
from newsblotter.link import batch

SETTINGS = BlockSettings(candidates=8, namers=5, met=60, crowd=10, reach=3)
NAMES = ("Halvar Quist", "Mirela Osk", "Jarl Venn", "Osk", "Mirela Osk", "Tove Lindqvist")
PLACES = (OSTRAVEN, LINDHAVN, Where("Ostraven", None, None, None, None, "YY"), Where("Nowhere", None, None, None, None, "XX"))


def some_value(rng: random.Random) -> list[tuple[str, Value]]:
    """Facts of one invented mention, some left out, some told twice."""
    first = START + timedelta(rng.choice((0, 0, 1, 2, 9, 400)))
    days: list[Value] = [When(first, first, "day"), When(first, first + timedelta(6), "week"), year(2031), day(-3)]
    offers: list[tuple[str, Value]] = [("date", rng.choice(days)), ("date", rng.choice(days)), ("place", rng.choice(PLACES))]
    offers += [("place", rng.choice(PLACES)), ("people", Person(rng.choice(NAMES), rng.choice((None, 33, 34, 35))))]
    offers += [
        ("people", Person(rng.choice(NAMES), 34, "suspect")),
        ("target", rng.choice(("Belmarque", "Torvald petrol station"))),
    ]
    offers += [("address", rng.choice(("1400 block of Halsted Avenue", "Halsted Avenue", "Elm Street"))), ("address", "Elm Street")]
    offers += [(field, Count(n, rng.choice((n, None)))) for field in ("killed", "injured", "suspects") for n in (rng.randrange(4),)]
    offers += [
        ("loot", Money(low := rng.choice((1e3, 1e6, 1.2e6, 5e6)), rng.choice((None, low, 6e6)), rng.choice(("EUR", "USD", None))))
    ]
    offers += [("weapons", rng.choice(("axe", "knife"))), ("vehicles", rng.choice(("van", "motorbike")))]
    return [offer for offer in offers if rng.random() < 0.6]


def some_profiles(count: int = 60) -> tuple[list[Profile], Rarity]:
    rng = random.Random(5)
    words = " ".join(CASTS.values()).split()
    reports, mentions = {}, []
    for number in range(count):
        text = (
            " ".join(rng.sample(words, 30)) + f" Said Mirela Osk, {rng.randrange(30, 36)}, in Ostraven to Corporal Vex{number % 7}."
        )
        published = None if rng.random() < 0.1 else START + timedelta(rng.choice((0, 1, 2, 30, 500)))
        report = replace(
            make_report(f"r{number:03}", text, published, title=text[:40]), outlet=rng.choice((None, "a.example", "b.example"))
        )
        reports[report.id] = report
        kind = rng.choice(("robbery", "shooting", "burglary", "fraud"))
        role = rng.choice((Role.MAIN, Role.MAIN, Role.BACKGROUND))
        mentions.append(make_mention(report, some_value(rng), kind=kind, role=role, score=rng.choice((0.4, 0.9))))
    return build_profiles(sorted(mentions, key=lambda mention: mention.id), reports, [])


PROFILES, RARITY = some_profiles()
PAIRS = [(a, b) for a in range(len(PROFILES)) for b in range(a + 1, len(PROFILES))]
LEFT, RIGHT = (np.array(side) for side in zip(*PAIRS, strict=True))


def test_every_feature_has_its_form_here() -> None:
    assert {spec.name for spec in FEATURES} == set(batch.BATCHED)


@pytest.mark.parametrize("at", range(len(FEATURES)), ids=[spec.name for spec in FEATURES])
def test_a_feature_is_the_same_in_both_forms(at: int) -> None:
    plain = np.array([measure(PROFILES[a], PROFILES[b])[at] for a, b in PAIRS])
    compiled = batch.measure_columns(to_columns(PROFILES), LEFT, RIGHT)[:, batch.BATCHED.index(FEATURES[at].name)]
    assert len(set(np.round(plain[~np.isnan(plain)], 6))) > 1, "the invented mentions do not try this feature"
    np.testing.assert_allclose(compiled, plain, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize("threads", [1, 3])
def test_scores_are_the_same_in_both_forms(threads: int) -> None:
    weights = load_weights()
    plain = np.array([measure(PROFILES[a], PROFILES[b]) for a, b in PAIRS])
    odds = contributions(plain, weights).sum(axis=1) + weights.bias
    compiled = batch.score_columns(to_columns(PROFILES), LEFT, RIGHT, weights, threads)
    np.testing.assert_allclose(compiled, odds, atol=batch.MARGIN)


def test_pairs_given_up_early_are_those_below(least: float = -1.0) -> None:
    columns = to_columns(PROFILES)
    full = batch.score_columns(columns, LEFT, RIGHT, load_weights())
    sifted = batch.score_columns(columns, LEFT, RIGHT, load_weights(), least=least)
    assert 0 < np.isinf(sifted).sum() < len(PAIRS)
    assert (full[np.isinf(sifted)] < least).all()
    assert (sifted == full)[~np.isinf(sifted)].all()


@pytest.mark.parametrize("threads", [1, 3])
def test_candidates_are_the_same_in_both_forms(threads: int) -> None:
    keys = list_keys(PROFILES, RARITY, SETTINGS)
    plain, compiled = find_pairs(Postings.sort(*keys), SETTINGS), batch.find_pairs(keys, SETTINGS, threads)
    assert [side.tolist() for side in plain] == [side.tolist() for side in compiled]


def test_many_mentions_find_the_same_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = find_candidates(PROFILES, RARITY, SETTINGS)
    monkeypatch.setattr(batch, "LEAST_MENTIONS", 1)
    asked = []
    compiled = batch.find_pairs
    monkeypatch.setattr(batch, "find_pairs", lambda *given: asked.append(given) or compiled(*given))
    found = find_candidates(PROFILES, RARITY, SETTINGS)
    assert [side.tolist() for side in plain] == [side.tolist() for side in found]
    assert len(asked) == 1


@pytest.mark.parametrize("threads", [1, 3])
def test_crowds_are_the_same_in_both_forms(threads: int) -> None:
    """Common keys, mentions without any, and one that more would name than it may have."""
    rng = random.Random(6)
    settings = BlockSettings(crowd=12, reach=3, met=50, candidates=5, namers=7, common=0.2)
    held = [{rng.choice((rng.randrange(9), rng.randrange(9, 90))) for _ in range(rng.randrange(12))} for _ in range(400)]
    held[11] = set(range(9, 90))
    flat = [key - 45 << 40 for own in held for key in rng.sample(sorted(own), len(own))]
    tells = np.array([rng.choice((2.0, 3.5, 4.0)) for _ in flat], dtype=np.float32)
    days = np.array([rng.randrange(40) for _ in held])
    keys = Keys(np.array(flat, dtype=np.int64), tells, np.cumsum([0, *map(len, held)]), days)
    plain = find_pairs(Postings.sort(*keys), settings)
    compiled = batch.find_pairs(keys, settings, threads)
    assert [side.tolist() for side in plain] == [side.tolist() for side in compiled]
    assert np.bincount(np.concatenate(plain)).max() > settings.candidates


def group_both(size: int, dated: dict[int, When], links: dict[tuple[int, int], float]) -> tuple[list[tuple[str, ...]], ...]:
    """The groups of mentions by the plain form and by the compiled one."""
    names = [f"m{at:05}" for at in range(size)]
    days = {names[at]: when for at, when in dated.items()}
    plain = cluster(names, [Link(names[b], names[a], p) for (a, b), p in links.items()], min_probability=0.45, days=days)
    columns = np.full((size, 2), NO_DAY, dtype=np.int32)
    for at, when in dated.items():
        columns[at] = when.earliest.toordinal(), when.latest.toordinal()
    left, right = (np.array(side) for side in zip(*((b, a) for a, b in links), strict=True))
    odds = np.array([math.log(p / (1 - p)) for p in links.values()])
    home = batch.group_columns(columns, left, right, odds, 0.45)
    groups: dict[int, list[str]] = {}
    for at, root in enumerate(home.tolist()):
        groups.setdefault(root, []).append(names[at])
    return plain, sorted(tuple(group) for group in groups.values())


def some_days(rng: random.Random, size: int) -> dict[int, When]:
    found = {}
    for at in range(size):
        if rng.random() < 0.4:
            first = START + timedelta(rng.choice((0, 1, 6, 30)))
            found[at] = When(first, first + timedelta(rng.choice((0, 0, 6))), "day")
    return found


@pytest.mark.parametrize("seed", range(40))
def test_groups_are_the_same_in_both_forms(seed: int) -> None:
    rng = random.Random(seed)
    size, share = rng.choice(((24, 0.3), (24, 0.6), (90, 0.1)))
    odds = (0.05, 0.2, 0.4, 0.5, 0.6, 0.7, 0.9, 0.97)
    links = {(a, b): rng.choice(odds) for a in range(size) for b in range(a) if rng.random() < share}
    plain, compiled = group_both(size, some_days(rng, size), links)
    assert plain == compiled
    assert 1 < len(plain) < size


def test_a_component_of_any_size_is_grouped_as_in_the_plain_form() -> None:
    """Ten thousand mentions that hang together: incidents of up to forty, and likely links across."""
    rng = random.Random(9)
    incident = [at for at in range(2000) for _ in range(rng.choice((1, 2, 3, 20)))][:10_000]
    size = len(incident)
    links = {}
    for a in range(size):
        near = [b for b in range(max(0, a - 30), a) if incident[b] == incident[a]]
        links.update({(a, b): rng.choice((0.5, 0.9, 0.97)) for b in near if rng.random() < 0.7})
        links.update({(a, b): rng.choice((0.1, 0.5, 0.7)) for b in rng.sample(range(a), min(a, 2))})
    plain, compiled = group_both(size, some_days(rng, size), links)
    assert plain == compiled
    assert 1000 < len(plain) < size


def test_sifting_leaves_the_links_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LinkSettings()
    plain = link_profiles(PROFILES, (LEFT, RIGHT), settings)
    monkeypatch.setattr(batch, "LEAST_PAIRS", 1)
    measured = []
    monkeypatch.setattr("newsblotter.link.score.measure", lambda a, b: measured.append((a, b)) or measure(a, b))
    assert link_profiles(PROFILES, (LEFT, RIGHT), settings) == plain
    assert 0 < len(measured) < len(PAIRS)


def test_a_feature_without_a_form_here_counts_with_the_most_it_can_add(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = load_weights()
    full = batch.score_columns(to_columns(PROFILES), LEFT, RIGHT, weights)
    monkeypatch.setattr(batch, "BATCHED", batch.BATCHED[:-1])
    fewer = batch.score_columns(to_columns(PROFILES), LEFT, RIGHT, weights)
    assert (fewer >= full - batch.MARGIN).all()
