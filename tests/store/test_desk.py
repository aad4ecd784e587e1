"""The desk's answers, held against a plain reading of the records."""

from __future__ import annotations

import json
import random
import sqlite3
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import (
    FIELDS,
    TITLE_WORDS,
    TYPES,
    invent_entries,
    invent_record,
    make_days,
    make_entry,
    make_mention,
    make_point,
    make_report,
)

from newsblotter.errors import StoreSlow, UsageError
from newsblotter.records import Judgement, Link
from newsblotter.store import ORDERS, Filter, Reading, desk, fulltext, open_store
from newsblotter.store.doubts import NEEDS_REVIEW, Tie, doubt_joins, doubt_record, score_doubts
from newsblotter.store.sqlite import distance_km


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    """A store of 400 incidents that was written in several editions, and its records."""
    with open_store(str(tmp_path_factory.mktemp("desk") / "incidents.db")) as store:
        store.replace_incidents(invent_entries(1, 300))
        store.facets(Filter())  # columns are read here and brought forward afterwards
        kept = {entry.incident.id: entry for entry in invent_entries(1, 300)[:260]}
        kept |= {entry.incident.id: entry for entry in invent_entries(2, 150, 250)}
        store.replace_incidents(kept.values())
        yield store, [entry.record for entry in kept.values()]


# --- a filter in plain words --------------------------------------------------------------------------------------


def fold(words: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
    return {word.rstrip("s") for word in plain.split()}  # as the stemmer has the invented words


def holds(words: str | None, *texts: str | None) -> bool:
    return words is None or fold(words) <= set().union(*(fold(text or "") for text in texts))


def passes(record, wanted: Filter) -> bool:
    days, place, loot = record["date"] or {}, record["place"] or {}, record["loot"] or {}
    names = [person["name"] for person in record["people"]]
    point = place.get("lat"), place.get("lon")
    review = score_doubts(doubt_record(record))
    checks = [
        not wanted.types or record["type"] in wanted.types,
        not wanted.countries or place.get("country") in {c.upper() for c in wanted.countries},
        not wanted.statuses or record["status"] in wanted.statuses,
        not wanted.realities or record["reality"] in wanted.realities,
        wanted.since is None or (bool(days) and days["end"] >= wanted.since.isoformat()),
        wanted.until is None or (bool(days) and days["start"] <= wanted.until.isoformat()),
        wanted.loot_low is None or (bool(loot) and loot["low"] >= wanted.loot_low),
        wanted.loot_high is None or (bool(loot) and loot["high"] is not None and loot["high"] <= wanted.loot_high),
        wanted.currency is None or loot.get("currency") == wanted.currency.upper(),
        wanted.min_voices is None or record["voices"] >= wanted.min_voices,
        wanted.max_voices is None or record["voices"] <= wanted.max_voices,
        wanted.disputed is None or wanted.disputed == bool(record["disputed"]),
        not wanted.disputed_on or bool(set(wanted.disputed_on) & set(record["disputed"])),
        wanted.needs_review is None or wanted.needs_review == (review >= NEEDS_REVIEW),
        holds(wanted.text, record["title"], record["target"], place.get("name"), *names),
        holds(wanted.target, record["target"]),
        holds(wanted.person, *names),
    ]
    if wanted.near is not None:
        checks.append(point[0] is not None and distance_km(*wanted.near, *point) <= wanted.within_km)
    if wanted.box is not None:
        south, west, north, east = wanted.box
        checks.append(point[0] is not None and south <= point[0] <= north and lies_between(point[1], west, east))
    return all(checks)


def lies_between(longitude: float, west: float, east: float) -> bool:
    return west <= longitude <= east if west <= east else longitude >= west or longitude <= east


def some(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)
boxes = st.tuples(latitudes, longitudes, latitudes, longitudes).map(lambda b: (min(b[0], b[2]), b[1], max(b[0], b[2]), b[3]))
days = st.dates(date(2018, 1, 1), date(2025, 1, 1))
words = st.lists(st.sampled_from((*TITLE_WORDS, "cafe", "GEM")), min_size=1, max_size=2).map(" ".join)
filters = st.fixed_dictionaries(
    {},
    optional={
        "types": some((*TYPES, "heist")),
        "countries": some(("FR", "it", "US", "XX")),
        "statuses": some(("arrests", "unknown", "none")),
        "realities": some(("actual", "planned"), 1),
        "since": days,
        "until": days,
        "near": st.tuples(latitudes, longitudes),
        "within_km": st.floats(0, 20_000),
        "box": boxes,
        "target": words,
        "person": st.sampled_from(TITLE_WORDS),
        "text": words,
        "loot_low": st.sampled_from((0.0, 500.0, 30_000.0)),
        "loot_high": st.sampled_from((1000.0, 40_000.0, 1e9)),
        "currency": st.sampled_from(("EUR", "usd", "GBP")),
        "min_voices": st.integers(0, 20),
        "max_voices": st.integers(0, 20),
        "disputed": st.booleans(),
        "disputed_on": some(FIELDS),
        "needs_review": st.booleans(),
    },
).flatmap(
    # few parts at a time: all together let nothing through
    lambda parts: (
        st.sets(st.sampled_from(sorted(parts)), max_size=3).map(lambda kept: Filter(**{k: parts[k] for k in kept}))
        if parts
        else st.just(Filter())
    )
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters)
def test_every_way_to_ask_agrees_with_the_records(stocked, wanted) -> None:
    store, records = stocked
    expected = {record["id"] for record in records if passes(record, wanted)}
    assert {r["id"] for r in store.find_incidents(replace(wanted, limit=None))} == expected
    assert store.count_incidents(wanted) == len(expected)
    assert [r["id"] for r in store.stream_incidents(wanted)] == sorted(expected)
    page = store.find_page(wanted, limit=1000)
    assert {json.loads(card)["id"] for card in page.cards} == expected
    assert page.total == len(expected) and page.next is None
    spots = store.points(wanted)
    assert spots.total + spots.nowhere == len(expected)
    line = store.timeline(wanted, "year")
    assert sum(n for _, n in line.counts) + line.undated == len(expected)


# --- pages --------------------------------------------------------------------------------------------------------


def order_value(record, order: str, store) -> float | None:
    if order == "newest":
        return date.fromisoformat(record["date"]["start"]).toordinal() if record["date"] else None
    if order == "loot":
        return record["loot"]["low"] if record["loot"] else None
    if order == "review":
        return score_doubts(doubt_record(record))
    return record["voices"] if order == "voices" else None


def walk(store, wanted: Filter, order: str, size: int) -> list[str]:
    found, after = [], None
    while True:
        page = store.find_page(wanted, order, after, size)
        found += [json.loads(card)["id"] for card in page.cards]
        if page.next is None:
            return found
        assert len(page.cards) == size
        after = page.next


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [7, 100])
def test_pages_follow_one_another(stocked, order, size) -> None:
    store, records = stocked
    by_id = {record["id"]: record for record in records}
    found = walk(store, Filter(), order, size)
    assert sorted(found) == sorted(by_id)
    values = [order_value(by_id[name], order, store) for name in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True) and values[: len(known)] == known


def test_the_last_changed_come_first(store) -> None:
    entries = invent_entries(3, 20)
    store.replace_incidents(entries)
    touched = make_entry("nb0007", **{**entries[7].record, "title": "Another title", "target": "Else"})
    store.replace_incidents([touched], among=["nb0007"])
    assert json.loads(store.find_page(Filter(), "changed", limit=1).cards[0])["id"] == "nb0007"


@pytest.mark.parametrize("order", ORDERS)
def test_cursors_hold_while_incidents_come_change_and_go(tmp_path, order) -> None:
    """What stays as it was is given exactly once, whatever becomes of the rest between two pages."""
    chance = random.Random(5)
    with open_store(str(tmp_path / "a.db")) as store:
        entries = {entry.incident.id: entry for entry in invent_entries(4, 120)}
        store.replace_incidents(entries.values())
        still = set(entries)
        found, after, made = [], None, 1000
        while True:
            page = store.find_page(Filter(), order, after, 9)
            found += [json.loads(card)["id"] for card in page.cards]
            if (after := page.next) is None:
                break
            for name in chance.sample(sorted(entries), 2):
                still.discard(name)
                if chance.random() < 0.5:
                    del entries[name]
                else:
                    entries[name] = make_entry(name, **invent_record(chance, made))
            made += 1
            entries[f"nb{made}"] = make_entry(f"nb{made}", **invent_record(chance, made))
            store.replace_incidents(entries.values())
        again = Counter(found)
        assert all(again[name] == 1 for name in still)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "%%%", "WyJuZXdlc3QiLDFd", "bnVsbA", "é", "WyJuZXdlc3QiLHRydWUsMV0", "WyJ2b2ljZXMiLDEsMV0", "W" * 5000],
)
def test_what_is_no_cursor_is_refused(stocked, cursor) -> None:
    with pytest.raises(UsageError):
        stocked[0].find_page(Filter(), "newest", cursor)


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(box=(10, 0, 5, 1)),
        Filter(box=(0, 0, 95, 1)),
        Filter(near=(float("nan"), 0)),
        Filter(loot_low=-1),
        Filter(loot_high=float("inf")),
        Filter(min_voices=10**30),
        Filter(disputed_on=("moon",)),
        Filter(types=("a\x00",)),
        Filter(currency="\ud800"),
        Filter(text="!?"),
        Filter(person=""),
    ],
    ids=repr,
)
def test_impossible_filters_are_refused_everywhere(stocked, wanted) -> None:
    store, _ = stocked
    for ask in (store.find_page, store.facets, store.points, store.timeline, store.count_incidents):
        with pytest.raises(UsageError):
            ask(wanted)


def test_impossible_pages(stocked) -> None:
    store, _ = stocked
    for order, limit in (("best", 10), ("newest", 0), ("newest", 1001)):
        with pytest.raises(UsageError):
            store.find_page(Filter(), order, None, limit)
    with pytest.raises(UsageError):
        store.points(Filter(), 23)
    with pytest.raises(UsageError):
        store.timeline(Filter(), "week")


# --- facets, points, timeline -------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters)
def test_facets_count_as_if_their_own_part_did_not_narrow(stocked, wanted) -> None:
    store, records = stocked
    found = {facet.name: dict(facet.counts) for facet in store.facets(wanted)}

    def counted(read, **free) -> Counter:
        told = Counter()
        for record in records:
            if passes(record, replace(wanted, **free)):
                told.update(value for value in read(record) if value is not None)
        return told

    assert found["type"] == counted(lambda r: [r["type"]], types=())
    assert found["country"] == counted(lambda r: [(r["place"] or {}).get("country")], countries=())
    assert found["status"] == counted(lambda r: [r["status"]], statuses=())
    assert found["reality"] == counted(lambda r: [r["reality"]], realities=())
    assert found["currency"] == counted(lambda r: [(r["loot"] or {}).get("currency")], currency=None)
    assert found["year"] == counted(lambda r: [r["date"]["start"][:4] if r["date"] else None], since=None, until=None)
    disputed = counted(lambda r: [*r["disputed"], "any" if r["disputed"] else None], disputed=None, disputed_on=())
    assert found["disputed"] == disputed
    needs = counted(lambda r: ["yes"] if score_doubts(doubt_record(r)) >= NEEDS_REVIEW else [], needs_review=None)
    assert found["needs_review"] == needs
    bands = {1: "1", 2: "2", 4: "3-5", 8: "6-10", 15: "11-"}
    assert found["voices"] == counted(lambda r: [bands[r["voices"]]], min_voices=None, max_voices=None)


def test_points_of_few_are_single_and_keep_their_area(store) -> None:
    place = make_point(48.86, 2.35, "FR", "Paris") | {"radius_km": 12.0, "precision": "city"}
    store.replace_incidents([make_entry("nb1", place=place), make_entry("nb2")])
    found = store.points(Filter())
    (spot,) = found.spots
    assert (found.clustered, found.total, found.nowhere) == (False, 1, 1)
    assert (spot.latitude, spot.longitude, spot.count, spot.radius_km, spot.precision) == (48.86, 2.35, 1, 12.0, "city")
    assert json.loads(spot.card or "")["id"] == "nb1"


@pytest.mark.parametrize("zoom", [None, 0, 3, 11])
def test_many_points_become_cells(stocked, monkeypatch, zoom) -> None:
    store, records = stocked
    monkeypatch.setattr(desk, "MOST_SPOTS", 60)
    found = store.points(Filter(), zoom)
    points = [(r["place"]["lat"], r["place"]["lon"]) for r in records if r["place"] and r["place"]["lat"] is not None]
    assert found.clustered and found.total == len(points) == sum(spot.count for spot in found.spots)
    assert len(found.spots) <= 60
    for spot in found.spots:
        if spot.count > 1:
            south, west, north, east = spot.box
            assert sum(south <= lat <= north and west <= lon <= east for lat, lon in points) >= spot.count
            assert south <= spot.latitude <= north and west <= spot.longitude <= east and spot.card is None
        else:
            assert (spot.latitude, spot.longitude) in points and spot.card


@pytest.mark.parametrize(("span", "unit"), [(0, "day"), (60, "day"), (200, "month"), (3000, "month"), (6000, "year")])
def test_the_timeline_goes_by_what_the_span_suggests(store, span, unit) -> None:
    starts = [date(2001, 12, 31) + timedelta(days) for days in (0, 0, span)]
    store.replace_incidents(
        [make_entry(f"nb{i}", date=make_days(d.isoformat())) for i, d in enumerate(starts)] + [make_entry("nb9")]
    )
    found = store.timeline(Filter())
    length = {"day": 10, "month": 7, "year": 4}[unit]
    assert (found.unit, found.undated) == (unit, 1)
    assert dict(found.counts) == Counter(d.isoformat()[:length] for d in starts)


def test_an_empty_store_answers(store) -> None:
    assert store.edition() == 0
    assert store.find_page(Filter()).cards == () and store.points(Filter()).spots == () and store.timeline(Filter()).counts == ()
    assert all(facet.counts == () for facet in store.facets(Filter(text="a", types=("x",), near=(1, 1))))


def test_words_that_take_too_long_are_broken_off(store, monkeypatch) -> None:
    store.replace_incidents(invent_entries(6, 50))
    monkeypatch.setattr(fulltext, "SEARCH_SECONDS", -1.0)
    monkeypatch.setattr(fulltext, "STEPS_BETWEEN_CHECKS", 1)
    with pytest.raises(StoreSlow, match="took longer"):
        store.find_page(Filter(text="lumen"))
    monkeypatch.undo()
    assert store.find_page(Filter(text="lumen")).total


# --- editions -----------------------------------------------------------------------------------------------------


def test_an_edition_is_a_change(store) -> None:
    entries = invent_entries(7, 5)
    store.replace_incidents(entries)
    first = store.edition()
    store.replace_incidents(entries)
    assert store.edition() == first > 0
    store.replace_incidents(entries[1:])
    assert store.edition() == first + 1
    assert store.find_page(Filter()).total == 4


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), max_size=8), min_size=2, max_size=6))
def test_columns_brought_forward_are_those_read_anew(tmp_path_factory, steps) -> None:
    path = str(tmp_path_factory.mktemp("advance") / "a.db")
    with open_store(path) as store:
        for step in steps:
            chance = {name: make_entry(f"nb{name}", **invent_record(random.Random(seed), seed)) for name, seed in step}
            store.replace_incidents(chance.values())
            with open_store(path, readonly=True) as anew:
                for order in ORDERS:
                    assert store.find_page(Filter(), order).cards == anew.find_page(Filter(), order).cards
                assert store.facets(Filter(types=("theft",))) == anew.facets(Filter(types=("theft",)))


# --- doubts -------------------------------------------------------------------------------------------------------


def test_doubts_are_weighed_by_how_open_they_are() -> None:
    ties = [Tie("a", "b", 0.95, False), Tie("b", "c", 0.5, False), Tie("a", "c", 0.4, False), Tie("c", "x", 0.3, False)]
    join, apart = doubt_joins(["a", "b", "c"], ties)
    assert (join.kind, join.mentions, join.weight) == ("join", ("b", "c"), 1.0)  # a–c is not needed to hold them together
    assert (apart.kind, apart.mentions) == ("apart", ("c", "x")) and 0 < apart.weight < join.weight
    judged = [Tie(t.left, t.right, t.probability, True) for t in ties]
    assert doubt_joins(["a", "b", "c"], judged) == []
    assert doubt_joins(["a"], []) == []
    assert doubt_joins(["a", "b"], [])[0].weight < 0.1  # no link at all: they are together through others


def test_what_a_person_said_raises_no_doubt() -> None:
    record = {"disputed": ["loot"], "confidence": {"date": 0.2}, "corrections": []}
    assert [(d.kind, d.field) for d in doubt_record(record)] == [("disputed", "loot"), ("unsure", "date")]
    said = {**record, "corrections": [{"field": "loot"}, {"field": "date"}]}
    assert doubt_record(said) == []
    assert score_doubts([]) == 0.0 < score_doubts(doubt_record(record)) < 1.0


def test_the_queue_begins_with_the_most_doubtful_join(store) -> None:
    reports = [make_report(name) for name in "abcd"]
    store.add_reports(reports)
    mentions = [make_mention(report) for report in reports]
    store.save_readings([Reading(r.id, "rules-1", None, (m,)) for r, m in zip(reports, mentions, strict=True)])
    a, b, c, d = (mention.id for mention in mentions)

    def link(left: str, right: str, probability: float, judgement: Judgement | None = None) -> Link:
        return Link(*sorted((left, right)), probability, (), judgement)

    store.replace_links([link(a, b, 0.98), link(c, d, 0.55)])
    entries = [make_entry("nb1", (a, b)), make_entry("nb2", (c, d))]
    store.replace_incidents(entries)
    cards = [json.loads(card) for card in store.find_page(Filter(), "review").cards]
    assert [card["id"] for card in cards] == ["nb2", "nb1"] and cards[0]["review"] == pytest.approx(0.9)
    (doubt,) = store.doubts("nb2")
    assert doubt.kind == "join" and set(doubt.mentions) == {c, d}
    before = store.edition()
    store.replace_links([link(a, b, 0.98), link(c, d, 0.55, Judgement.SAME)])
    assert store.replace_incidents(entries) == 0  # the records say the same
    assert store.edition() == before + 1 and store.find_page(Filter(needs_review=True)).total == 0


def test_cards_are_short_records(stocked) -> None:
    store, records = stocked
    record = records[0]
    text, fingerprint = store.read_record(record["id"])
    assert json.loads(text) == record and fingerprint
    assert store.read_record("nb") is None
    cards = {card["id"]: card for card in map(json.loads, store.find_page(Filter(), limit=1000).cards)}
    card = cards[record["id"]]
    assert card["title"] == record["title"] and card["reports"] == len(record["reports"]) and "claims" not in card


def test_a_store_of_an_older_program_gets_its_overview(tmp_path) -> None:
    path = tmp_path / "a.db"
    entries = invent_entries(8, 30)
    with open_store(str(path)) as store:
        store.replace_incidents(entries)
        expected = store.find_page(Filter(), "review").cards
    raw = sqlite3.connect(path)
    for table in ("overview", "cards", "editions", "gone", "series", "series_keys"):
        raw.execute(f"DROP TABLE {table}")
    raw.execute("DROP INDEX links_by_left_id")
    raw.execute("UPDATE alembic_version SET version_num = '0005_waiting'")
    raw.commit()
    raw.close()
    with open_store(str(path), readonly=True) as store:  # asking is enough
        assert store.find_page(Filter(), "review").cards == expected
        assert store.count_incidents(Filter()) == 30
