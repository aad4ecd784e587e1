"""What every store does, whatever database lies below it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from invented import BODY, make_days, make_entry, make_mention, make_point, make_report

from newsblotter.errors import UnknownIncident, UnknownMention, UsageError
from newsblotter.records import CopyGroup, Feature, Link, Quote, Rejected
from newsblotter.store import Filter, JournalEntry, Reading, Run
from newsblotter.store.sqlite import distance_km


def read(report, reader="rules-1", **other) -> Reading:
    return Reading(report.id, reader, other.pop("published", report.published), (make_mention(report),), **other)


# --- reports ----------------------------------------------------------------------------------------------------


def test_reports_come_back_once_and_in_order(store, reopen) -> None:
    reports = [make_report(f"n{i}") for i in range(1203)]
    assert store.add_reports(reports) == tuple(reports)
    assert store.add_reports(reports) == ()
    with reopen() as again:
        assert list(again.reports()) == sorted(reports, key=lambda r: r.id)
        assert again.report_ids() == sorted(r.id for r in reports)
        some = [reports[5].id, reports[1].id, "nothing"]
        assert [r.id for r in again.reports(some)] == sorted(some[:2])
        assert again.known_reports(some) == frozenset(some[:2])
        assert again.get_report("n7") == reports[7] == again.get_report(reports[7].id)


def test_a_source_id_used_twice_is_told_apart_by_content(store) -> None:
    one, two = make_report("same"), make_report("same", BODY + " More.")
    three = make_report("same", BODY + " Even more.")
    added = store.add_reports([one, two, one])
    assert [r.source_id for r in added] == ["same", f"same~{two.id[1:7]}"]
    assert store.add_reports([three])[0].source_id == f"same~{three.id[1:7]}"
    assert store.add_reports([two, three]) == ()
    assert store.get_report(f"same~{two.id[1:7]}").text == two.text
    assert len(set(store.source_ids().values())) == 3


def test_a_batch_is_kept_whole_or_not_at_all(store) -> None:
    broken = replace(make_report("b"), title=None)
    with pytest.raises(Exception, match="NOT NULL"):
        store.add_reports([make_report("a"), broken], [Rejected("x", "read", "empty")])
    assert store.report_ids() == [] and list(store.rejected()) == []


def test_rejects_are_kept_once_and_forgotten_on_demand(store) -> None:
    rejects = [Rejected("b.html", "read", "empty"), Rejected("a.html", "read", "not utf-8: byte 0xff")]
    store.add_reports([], rejects)
    store.add_rejected(rejects)
    assert list(store.rejected()) == sorted(rejects, key=lambda r: r.source)
    assert store.stats().rejected_by_reason == {"empty": 1, "not utf-8": 1}
    assert store.forget_rejected(["b.html", "c.html"]) == 1
    assert [r.source for r in store.rejected()] == ["a.html"]


def test_half_a_surrogate_pair_becomes_a_reject(store) -> None:
    bad = make_report("bad", BODY + " \ud800")
    assert store.add_reports([bad, make_report("good")])[0].source_id == "good"
    assert [(r.source, r.stage) for r in store.rejected()] == [("bad", "store")]


def test_nul_and_astral_characters_survive(store) -> None:
    report = make_report("odd", BODY + " \x00 𝒳 e\u0301")
    store.add_reports([report])
    assert next(store.reports()) == report


def test_copies_are_replaced(store) -> None:
    reports = [make_report(n) for n in "abc"]
    store.add_reports(reports)
    ids = sorted(r.id for r in reports)
    store.replace_copies([CopyGroup("g1", tuple(ids), ids[1])])
    store.replace_copies([CopyGroup("g2", tuple(ids[:2]), ids[0])])
    assert list(store.copies()) == [CopyGroup("g2", tuple(ids[:2]), ids[0])]
    found = store.stats()
    assert (found.reports, found.copy_groups, found.copies, found.voices) == (3, 1, 1, 2)


# --- readings ---------------------------------------------------------------------------------------------------


def test_unread_follows_reader_and_date(store) -> None:
    dated, undated = make_report("a"), make_report("b", published=None)
    store.add_reports([dated, undated])
    assert store.unread("rules-1") == sorted([dated.id, undated.id])
    store.save_readings([read(dated), read(undated)])
    assert store.unread("rules-1") == []
    assert store.unread("rules-2") == sorted([dated.id, undated.id])
    lead = {undated.id: date(2024, 5, 1)}
    assert store.unread("rules-1", lead) == [undated.id]
    store.save_readings([read(undated, published=date(2024, 5, 1))])
    assert store.unread("rules-1", lead) == []


def test_a_reading_replaces_the_earlier_one(store) -> None:
    report = make_report("a")
    store.add_reports([report])
    store.save_readings([read(report, refused=2, seconds=0.5)])
    store.save_readings([read(report, refused=1), read(report, reader="rules-2")])
    assert list(store.mentions()) == [make_mention(report)]
    assert store.stats().claims == 2 and store.stats().refused == 0
    store.save_readings([Reading(report.id, "rules-3", None, rejected=(Rejected("a", "extract", "too long"),))])
    assert list(store.mentions()) == [] and store.stats().rejected == 1


def test_words_that_do_not_stand_in_the_report_are_refused_and_counted(store) -> None:
    report = make_report("a")
    store.add_reports([report])
    mention = make_mention(report)
    forged = replace(mention.claims[1], quote=Quote(report.id, 3, 9, "forged"))
    elsewhere = replace(mention, id="m2", trigger=replace(mention.trigger, start=0))
    twice = replace(mention, claims=())
    reading = Reading(report.id, "r", None, (replace(mention, claims=(mention.claims[0], forged)), elsewhere, twice), refused=4)
    assert store.save_readings([reading]) == 1 + 3 + 1
    assert list(store.mentions()) == [replace(mention, claims=mention.claims[:1])]
    assert store.stats().refused == 9
    assert store.verify() == []


def test_a_reading_of_nothing_stored_is_an_error(store) -> None:
    with pytest.raises(UnknownMention, match="not stored"):
        store.save_readings([Reading("r-none", "r", None)])


def test_mentions_stream_in_the_order_of_reports(store) -> None:
    reports = [make_report(f"n{i}") for i in range(700)]
    store.add_reports(reports)
    store.save_readings([read(r) for r in reports])
    expected = [make_mention(r) for r in sorted(reports, key=lambda r: r.id)]
    assert list(store.mentions()) == expected
    chosen = random.Random(1).sample(expected, 600)
    ordered = sorted(chosen, key=lambda m: m.report_id)
    assert list(store.mentions(ids=[m.id for m in chosen])) == ordered
    assert list(store.mentions(reports=[m.report_id for m in chosen])) == ordered


# --- links, incidents, journal ----------------------------------------------------------------------------------


def test_links_are_found_from_either_side(store) -> None:
    links = [
        Link("a", "b", 0.9, (Feature("target", 1.0, 2.5, "both name Lumen"),)),
        Link("b", "c", 0.95, made_at=datetime(2024, 5, 1, tzinfo=UTC)),
        Link("c", "d", 0.2),
    ]
    store.replace_links([Link("x", "y", 0.5)])
    store.replace_links(links)
    assert list(store.links()) == links
    assert store.links_of(["b"]) == [links[1], links[0]]
    assert store.links_between(["d"], ["a", "c"]) == [links[2]]
    assert store.links_between(["a"], ["d"]) == []


def fill(store, names="ab"):
    reports = [make_report(n) for n in names]
    store.add_reports(reports)
    store.save_readings([read(r) for r in reports])
    return reports, [make_mention(r) for r in reports]


def test_incidents_are_replaced_and_ids_live_on(store) -> None:
    reports, (one, two) = fill(store)
    store.replace_incidents(
        [make_entry("nbone", (one.id,)), make_entry("nbtwo", (two.id,))],
        [JournalEntry("minted", {"id": "nbone", "report": reports[0].id, "ordinal": 0})],
    )
    assert store.get_incident("nbone").mention_ids == (one.id,)
    assert store.incidents_of(reports[1].id) == ["nbtwo"]
    store.replace_incidents([make_entry("nbone", (one.id, two.id))])
    found = store.get_incident("nbtwo")  # merged: found by its mention
    assert (found.id, found.asked) == ("nbone", "nbtwo")
    assert store.resolve("nbtwo").id == "nbone"
    assert [m.report_id for m in store.members()] == [m.report_id for m in sorted((one, two), key=lambda mention: mention.id)]
    assert [entry.kind for entry in store.journal()] == ["minted", "redirected"]
    assert store.redirects()["nbtwo"].now == ("nbone",)


def test_splits_withdrawals_and_chains_of_redirects(store) -> None:
    _, (one, two) = fill(store)
    store.replace_incidents([make_entry("nbold", (one.id, two.id))])
    store.replace_incidents([make_entry("nbone", (one.id,)), make_entry("nbtwo", (two.id,))])
    with pytest.raises(UnknownIncident, match=r"split.*nbone, nbtwo"):
        store.get_incident("nbold")
    told = JournalEntry("redirected", {"id": "nbone", "now": ["nbtwo"]})
    store.replace_incidents([make_entry("nbtwo", (two.id,))], [told])
    assert store.get_incident("nbold").id == "nbtwo"
    assert len([e for e in store.journal("redirected") if e.data["id"] == "nbone"]) == 1
    store.replace_incidents([])
    with pytest.raises(UnknownIncident, match="withdrawn"):
        store.get_incident("nbone")
    store.replace_incidents([make_entry("nbone", (one.id,))])
    assert store.get_incident("nbone").id == "nbone"  # a live id goes before its redirect


def test_redirects_survive_a_new_reading(store) -> None:
    """Another reader makes other mentions: the vanished incident is traced by its report."""
    reports, (one, _) = fill(store)
    store.replace_incidents([make_entry("nbone", (one.id,))])
    anew = make_mention(reports[0], type="theft")
    store.save_readings([Reading(reports[0].id, "rules-2", None, (anew,))])
    store.replace_incidents([make_entry("nbnew", (anew.id,))])
    assert store.get_incident("nbone").id == "nbnew"


def test_an_unchanged_record_keeps_its_day(store) -> None:
    assert store.replace_incidents([make_entry("nb1", updated="2024-01-01T00:00:00Z")]) == 1
    assert store.replace_incidents([make_entry("nb1", updated="2025-01-01T00:00:00Z")]) == 0
    assert store.get_incident("nb1").record["updated"] == "2024-01-01T00:00:00Z"
    assert store.replace_incidents([make_entry("nb1", target="Lumen", updated="2026-01-01T00:00:00Z")]) == 1
    assert store.get_incident("nb1").record["updated"] == "2026-01-01T00:00:00Z"
    assert store.count_incidents(Filter(text="lumen")) == 1


def test_a_failing_build_leaves_the_incidents_as_they_were(store) -> None:
    store.replace_incidents([make_entry("nb1")])

    def entries():
        yield make_entry("nb2")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.replace_incidents(entries())
    assert [record["id"] for record in store.records()] == ["nb1"]


def test_the_journal_keeps_every_line(store) -> None:
    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    lines = [JournalEntry("judgement", {"left": "a", "right": "b", "judgement": "same", "by": "me"}, moment)]
    store.append_journal(lines)
    store.append_journal(lines)
    found = list(store.journal())
    assert [entry.number for entry in found] == [1, 2]
    assert [replace(entry, number=None) for entry in found] == lines * 2
    assert list(store.journal("minted")) == []


# --- asking -----------------------------------------------------------------------------------------------------


def test_short_ids(store) -> None:
    reports, _ = fill(store)
    store.replace_incidents([make_entry("nbabcd1"), make_entry("nbabcd2"), make_entry("nbxyz")])
    assert store.resolve("nbxy").id == "nbxyz"
    assert store.resolve("NBXYZ").id == "nbxyz"
    assert store.resolve("a").id == reports[0].id
    assert store.resolve(reports[1].id[:8]).kind == "report"
    for short, message in (("nbab", "several.*nbabcd1, nbabcd2"), ("nbx", "no incident or report"), ("", "no inc")):
        with pytest.raises(UnknownIncident, match=message):
            store.resolve(short)
    for odd in ("%", "nb%%%%", "'; --", "\x00\x00\x00\x00", "ÿÿÿÿ", "nb\uffff\uffff"):
        with pytest.raises(UnknownIncident):
            store.resolve(odd)


CHOSEN = [
    make_entry("nb1", date=make_days("2024-05-18"), place=make_point(48.86, 2.35, "FR", "Paris"), voices=3),
    make_entry("nb2", date=make_days("2008-12-01", "2008-12-31"), place=make_point(48.87, 2.3, "FR"), target="Lumen"),
    make_entry("nb3", date=make_days("2024-05-19"), place=make_point(43.7, 7.4, "MC"), type="theft"),
    make_entry("nb4", reality="planned", people=[{"name": "Ada Löwe"}]),
]


@pytest.mark.parametrize(
    "wanted, expected",
    [
        (Filter(), "3124"),
        (Filter(types=("theft",)), "3"),
        (Filter(countries=("fr",)), "12"),
        (Filter(since=date(2008, 12, 15), until=date(2024, 5, 18)), "12"),
        (Filter(since=date(2024, 5, 19)), "3"),
        (Filter(until=date(2008, 12, 1)), "2"),
        (Filter(near=(48.86, 2.35), within_km=1), "1"),
        (Filter(near=(48.86, 2.35), within_km=10), "12"),
        (Filter(near=(48.86, 2.35), within_km=10, text="lumen"), "2"),
        (Filter(min_voices=2), "1"),
        (Filter(realities=("planned",)), "4"),
        (Filter(text="lowe"), "4"),
        (Filter(limit=2), "31"),
        (Filter(limit=2, offset=3), "4"),
        (Filter(limit=None, offset=1), "124"),
        (Filter(limit=0), ""),
        (Filter(types=("'; DROP TABLE incidents; --",)), ""),
    ],
    ids=repr,
)
def test_filters(store, wanted, expected) -> None:
    store.replace_incidents(CHOSEN)
    assert "".join(record["id"][2:] for record in store.find_incidents(wanted)) == expected
    whole = replace(wanted, limit=None, offset=0)
    assert store.count_incidents(wanted) == len(store.find_incidents(whole))


@pytest.mark.parametrize("wanted", [Filter(near=(91, 0)), Filter(near=(0, 0), within_km=-1), Filter(limit=-1)])
def test_impossible_filters(store, wanted) -> None:
    with pytest.raises(UsageError):
        store.find_incidents(wanted)


def test_near_is_what_counting_one_by_one_gives(store) -> None:
    chance = random.Random(7)
    points = {f"nb{i:04}": (chance.uniform(-90, 90), chance.uniform(-180, 180)) for i in range(1500)}
    points |= {"nbnorth": (90.0, 0.0), "nbeast": (10.0, 180.0), "nbwest": (10.0, -180.0), "nbsouth": (-89.9, 50.0)}
    store.replace_incidents(make_entry(name, place=make_point(*point)) for name, point in points.items())
    centres = [(chance.uniform(-90, 90), chance.uniform(-180, 180)) for _ in range(30)]
    centres += [(89.9, 10.0), (-90.0, 0.0), (10.0, 179.9), (10.0, -179.9), (0.0, 0.0), (60.0, 180.0)]
    for centre in centres:
        for within in (0.5, 50, 500, 3000, 12000, 20050):
            expected = {name for name, point in points.items() if distance_km(*centre, *point) <= within}
            wanted = Filter(near=centre, within_km=within, limit=None)
            assert {record["id"] for record in store.find_incidents(wanted)} == expected, (centre, within)


ATTACKS = ['"', '""', "a:b", "NEAR(", "NEAR(a b)", "a AND", "OR", "NOT a", "a*", "^a", "-a", "(a", "{a b}:c", "title:robbery"]
ATTACKS += ["'; DROP TABLE reports; --", "a\x00b", '"unclosed', "\ud800 x", "robbery" * 500, "x " * 500, "a+b", "rob*", "é\u0301"]


@pytest.mark.parametrize("words", ATTACKS, ids=range(len(ATTACKS)))
def test_words_are_never_syntax(store, words) -> None:
    store.add_reports([make_report("a")])
    try:
        store.search(words)
        store.count_incidents(Filter(text=words))
    except UsageError as error:
        assert "give a word" in str(error)
    assert store.stats().reports == 1


def test_search(store) -> None:
    store.add_reports([make_report("a"), make_report("b", "A quiet day in Ortona. Nothing happened.")])
    store.replace_incidents([make_entry("nb1", target="Lumen Gems", date=make_days("2024-05-18"))])
    found = store.search("lumen gem")
    assert [(hit.kind, hit.id) for hit in found.hits] == [("incident", "nb1"), ("report", "a")]
    assert "«Lumen» «Gems»" in found.hits[1].snippet and not found.cut_short
    assert found.hits[1].report_id == make_report("a").id and found.hits[0].on == date(2024, 5, 18)
    assert [hit.id for hit in store.search('"men robbed"').hits] == ["a"]
    assert store.search('"robbed men"').hits == ()
    assert len(store.search("ortona", limit=1).hits) == 1
    with pytest.raises(UsageError):
        store.search(" !? ")


def test_stats_and_runs(store) -> None:
    fill(store)
    store.replace_incidents([make_entry("nb1"), make_entry("nb2", type="theft")])
    start = datetime(2024, 5, 1, tzinfo=UTC)
    store.record_run(Run(start, start, {"extract": 1.5}, {"reports": 2}))
    last = Run(start, start, {"extract": 0.5, "link": 0.25}, {})
    store.record_run(last)
    found = store.stats()
    assert (found.reports, found.mentions, found.claims, found.incidents, found.unread) == (2, 2, 4, 2, 0)
    assert found.reports_by_language == {"en": 2}
    assert found.incidents_by_type == {"robbery": 1, "theft": 1}
    assert found.seconds_by_stage == {"extract": 2.0, "link": 0.25} and found.last_run == last and found.runs == 2
