"""New reports are linked to what they belong with; the rest of the store is left alone; nothing is lost on the way."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from link_stories import CASTS, LINDHAVN, OSTRAVEN, START, day, make_mention, make_report

from newsblotter import growth
from newsblotter.pipeline import link_store
from newsblotter.records import CopyGroup, Judgement, Link, Mention, Report, Value, Where
from newsblotter.store import Reading, Store, open_store

SHOP: list[tuple[str, Value]] = [("date", day()), ("place", OSTRAVEN), ("target", "Belmarque")]
PUMP: list[tuple[str, Value]] = [("date", day(3)), ("place", LINDHAVN), ("target", "Torvald petrol station")]
AGAIN = "Robbers with axes took watches from the Belmarque in Ostraven, Halvar Quist said. Police seek three masked gunmen."
STABLE = "Mirela Osk, 34, shot at a petrol station in Lindhavn, is stable. Jarl Venn said the Torvald station stays shut."


def tell(name: str, text: str, facts: Sequence[tuple[str, Value]], kind: str, published: date = START) -> tuple[Report, Mention]:
    report = make_report(name, text, published)
    return report, make_mention(report, facts, kind=kind)


OTHERS = 22  # so many that a few more do not make the store grow by a quarter
STORIES = [
    tell("shop1", CASTS["ostraven"], SHOP, "robbery"),
    tell("pump1", CASTS["lindhavn"], PUMP, "shooting", START + timedelta(4)),
    *(
        tell(
            f"other{at}",
            f"Burglars emptied the Quarrel{at} bakery in Feldsund{at}, said Orla Grimsby{at} of the guild.",
            [("date", day(40 * at)), ("place", Where(f"Feldsund{at}", 9 + at, 20.0 + at, 30.0, 5.0, "XX"))],
            "burglary",
            START + timedelta(40 * at),
        )
        for at in range(OTHERS)
    ),
]
LATER = tell("shop2", AGAIN, SHOP, "robbery", START + timedelta(1))
LATEST = tell("pump2", STABLE, PUMP, "shooting", START + timedelta(5))


def put(store: Store, stories: Sequence[tuple[Report, Mention]]) -> None:
    store.add_reports([report for report, _ in stories])
    store.save_readings([Reading(report.id, "test", report.published, (mention,)) for report, mention in stories])


def groups(store: Store) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for member in store.members():
        found.setdefault(member.incident_id, set()).add(member.report_id)
    return {frozenset(reports) for reports in found.values()}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(growth, "FEW_SHARE", growth.ANEW_SHARE)  # a store so small would link itself anew at every report
    with open_store(str(tmp_path / "incidents.db")) as opened:
        put(opened, STORIES)
        link_store(opened)
        yield opened


@pytest.fixture
def no_linking_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("everything was linked anew")

    monkeypatch.setattr("newsblotter.pipeline._link_all", fail)


@pytest.mark.parametrize(
    ("whole", "since", "waiting", "outgrown"),
    [
        pytest.param(1000, 0, 30, False, id="small, little new"),
        pytest.param(1000, 20, 11, True, id="small, grown since"),
        pytest.param(20_000, 4000, 900, False, id="larger, little new"),
        pytest.param(20_000, 4000, 1100, True, id="larger, grown since"),
        pytest.param(60_000, 40_000, 900, False, id="past its youth"),
        pytest.param(60_000, 0, 16_000, True, id="past its youth, very many at once"),
    ],
)
def test_a_young_store_is_linked_anew_when_it_has_grown(whole: int, since: int, waiting: int, outgrown: bool) -> None:
    desk = Mock(whole=lambda: whole, count=lambda: whole + since)
    assert growth.is_outgrown(desk, waiting) is outgrown


@pytest.mark.usefixtures("no_linking_anew")
def test_a_new_report_joins_its_incident_and_the_others_keep_theirs(store: Store) -> None:
    before = {member.mention_id: member.incident_id for member in store.members()}
    records = {record["id"]: record for record in store.records()}
    put(store, [LATER])
    link_store(store)
    after = {member.mention_id: member.incident_id for member in store.members()}
    assert after.items() >= before.items()
    assert after[LATER[1].id] == before[STORIES[0][1].id]
    changed = {record["id"] for record in store.records() if record != records.get(record["id"])}
    assert changed == {after[LATER[1].id]}


@pytest.mark.usefixtures("no_linking_anew")
def test_reports_that_come_together_find_one_another(tmp_path: Path, store: Store) -> None:
    first = tell("barn1", "Arsonists burnt the Hollmark barn at Vesterby, farmer Ulla Brandvik said.", [("date", day(9))], "arson")
    other = tell("barn2", "The Hollmark barn of Ulla Brandvik at Vesterby was set on fire.", [("date", day(9))], "arson")
    put(store, [first, other])
    link_store(store)
    assert {"barn1", "barn2"} in groups(store)


def test_the_outcome_is_that_of_linking_everything_anew(store: Store) -> None:
    for story in (LATER, LATEST):
        put(store, [story])
        link_store(store)
    grown = groups(store)
    ids = {record["id"] for record in store.records()}
    link_store(store, anew=True)
    assert (
        groups(store)
        == grown
        == {frozenset(("shop1", "shop2")), frozenset(("pump1", "pump2"))} | {frozenset((f"other{at}",)) for at in range(OTHERS)}
    )
    assert {record["id"] for record in store.records()} == ids


@pytest.mark.usefixtures("no_linking_anew")
def test_a_report_that_is_now_read_otherwise_leaves_its_incident(store: Store) -> None:
    put(store, [LATER])
    link_store(store)
    assert {"shop1", "shop2"} in groups(store)
    store.save_readings([Reading("shop2", "another reader", LATER[0].published)])
    link_store(store)
    assert {"shop1"} in groups(store)
    assert LATER[1].id not in {member.mention_id for member in store.members()}
    assert not store.links_of([LATER[1].id])


@pytest.mark.usefixtures("no_linking_anew")
def test_a_report_that_turns_out_a_copy_is_tied_for_certain(store: Store) -> None:
    store.replace_copies([CopyGroup("g1", ("other1", "other4"), "other1")])
    assert store.neighbourhood().pending() == ["other1", "other4"]
    link_store(store)
    assert {"other1", "other4"} in groups(store)
    store.replace_copies([])
    link_store(store)
    assert {"other1"} in groups(store) and {"other4"} in groups(store)


@pytest.mark.usefixtures("no_linking_anew")
def test_a_judgement_regroups_what_it_is_about(store: Store) -> None:
    left, right = sorted((STORIES[2][1].id, STORIES[5][1].id))
    judged = [Link(left, right, 1.0, judgement=Judgement.SAME, made_by="a person")]
    assert growth.find_judged_anew(store, judged) == {"other0", "other3"}
    region = growth.link_new(
        store, ["other0", "other3"], lambda ids: {r.id: r for r in store.reports(ids)}, growth.LinkSettings(), judged
    )
    assert [set(cluster) for cluster in region.clusters] == [{left, right}]
    assert growth.find_judged_anew(store, judged) == set()


def test_an_interrupted_build_is_taken_up_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, [LATER])

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("newsblotter.growth._group", stop)
        with pytest.raises(KeyboardInterrupt):
            link_store(store)
    assert store.neighbourhood().pending() == ["shop2"]
    assert {"shop1"} in groups(store)
    link_store(store)
    assert {"shop1", "shop2"} in groups(store)
    assert store.neighbourhood().pending() == []
