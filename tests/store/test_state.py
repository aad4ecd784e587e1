"""What a build asks instead of counting and scanning is what counting and scanning would say, whatever was written before."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from invented import make_entry, make_mention, make_report

from newsblotter.records import CopyGroup, CopyTrace, Report
from newsblotter.review.ledger import Ids, read_ids
from newsblotter.review.material import borrow_days, find_groups, lend_days, load_reports
from newsblotter.store import JournalEntry, Reading, Store, Totals, open_store
from newsblotter.store.migrate import MIGRATIONS

READER = "rules-1"


class Walk:
    """A store that things happen to, in any order."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.random = random.Random(seed)
        self.reports: list[Report] = []
        self.given: list[str] = []  # ids of incidents, dead ones too

    def come_in(self) -> None:
        for _ in range(self.random.randrange(1, 4)):
            day = self.random.choice([None, date(2024, 5, self.random.randrange(1, 28))])
            self.reports.append(make_report(f"n{len(self.reports)}", published=day))
        self.store.add_reports(self.reports)

    def group(self) -> None:
        groups = self.make_groups()
        if self.random.random() < 0.3:
            self.store.replace_copies(groups)
            return
        here = {report_id for group in groups for report_id in group.report_ids}
        gone = {group.id for group in self.store.copy_index.groups_of(here).values()}
        traces = [CopyTrace(report_id, 40, (), ()) for report_id in sorted(here)]
        self.store.copy_index.apply("grouper", traces, {}, (), sorted(gone), groups)

    def make_groups(self) -> list[CopyGroup]:
        ids = [report.id for report in self.reports]
        self.random.shuffle(ids)
        groups = []
        for at in range(self.random.randrange(1, 3)):
            members = tuple(sorted(ids[3 * at : 3 * at + self.random.randrange(2, 4)]))
            if len(members) > 1:
                groups.append(CopyGroup(f"g{at}-{self.random.randrange(10**6)}", members, members[0]))
        return groups

    def read(self) -> None:
        """What a build does: all that waits, or what it has read when it is interrupted."""
        waiting = self.store.waiting(READER)
        published = borrow_days(self.store, find_groups(self.store, waiting))
        wanted = self.store.unread(READER, published, waiting)
        stopped = self.random.random() < 0.3
        some = load_reports(self.store, wanted[: len(wanted) // 2] if stopped else wanted)
        self.store.save_readings([Reading(r.id, READER, r.published, (make_mention(r),)) for r in some.values()])
        if not stopped:
            self.store.settle_reading(READER, waiting)

    def lose_readings(self) -> None:
        """Some reports are read anew and tell of nothing."""
        some = self.random.sample(self.reports, min(2, len(self.reports)))
        self.store.save_readings([Reading(report.id, READER, report.published) for report in some])
        self.store.copy_index.apply("grouper", (), {}, (), (), self.make_groups() if not list(self.store.copies()) else ())

    def derive(self) -> None:
        mentions = [mention.id for mention in self.store.mentions()]
        live = [record["id"] for record in self.store.records()]
        among = None if self.random.random() < 0.3 else set(self.random.sample(live, min(2, len(live))))
        names = [f"nb{len(self.given) + at}" for at in range(self.random.randrange(3))]
        kept = [name for name in (live if among is None else sorted(among)) if self.random.random() < 0.5]
        dead = sorted(set(self.given) - set(live))
        revived = [name for name in dead if self.random.random() < 0.2]
        self.given += names
        lines = [JournalEntry("minted", {"id": name}) for name in names] + [
            JournalEntry("revived", {"id": name}) for name in revived
        ]
        for name in sorted((set(live) if among is None else among) - set(kept)):
            now = self.random.sample(self.given, min(self.random.randrange(3), len(self.given)))
            lines.append(JournalEntry("redirected", {"id": name, "now": [one for one in now if one != name]}))
        entries = [make_entry(name, (self.random.choice(mentions),) if mentions else ()) for name in [*names, *kept, *revived]]
        self.store.replace_incidents(entries, lines, among)


def check(store: Store) -> None:
    """Hold every short cut against the long way."""
    around = [record["id"] for record in store.records()][::2]
    found = store.stats()
    assert store.totals() == Totals(found.mentions, found.incidents, found.copies)
    groups = tuple(store.copies())
    everything = store.unread(READER, borrow_days(store, groups))
    waiting = store.waiting(READER)
    assert store.unread(READER, borrow_days(store, find_groups(store, waiting)), waiting) == everything
    reports = {report.id: report for report in store.reports()}
    lent = lend_days({name: report.published for name, report in reports.items()}, groups)
    some = sorted(reports)[::2]
    assert {name: one.published for name, one in load_reports(store, some).items()} == {
        name: lent.get(name, reports[name].published) for name in some
    }
    told = read_ids(store.journal()).redirects
    assert {old: redirect.now for old, redirect in store.redirects().items()} == told
    everywhere, near = Ids(redirects=told), Ids(redirects={o: r.now for o, r in store.redirects_around(around).items()})
    leading = {old for old in told if everywhere.follow(old, around)}
    assert {old for old in near.redirects if near.follow(old, around)} == leading
    assert all(near.ends(old) == everywhere.ends(old) for old in leading)


@pytest.mark.parametrize("seed", range(12))
def test_short_cuts_lead_where_the_long_way_does(store: Store, seed: int) -> None:
    walk = Walk(store, seed)
    walk.come_in()
    steps = [walk.come_in, walk.group, walk.read, walk.derive, walk.derive, walk.lose_readings]
    for _ in range(25):
        walk.random.choice(steps)()
        check(store)
    walk.store.save_readings([Reading(report.id, "rules-0", report.published) for report in walk.reports[:1]])
    assert store.waiting("rules-2") is None  # another reader may have to read all


def test_an_older_store_is_given_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "incidents.db"
    with open_store(str(path)) as store:
        walk = Walk(store, 5)
        for _ in range(4):
            for step in (walk.come_in, walk.group, walk.read, walk.derive):
                step()
        before = (store.totals(), store.redirects(), store.unread(READER, borrow_days(store, tuple(store.copies()))))
        assert before[1]
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with store._write() as connection:  # type: ignore[attr-defined]
            config.attributes["connection"] = connection
            command.downgrade(config, "0004_copies")
    with open_store(str(path)) as store:
        check(store)
        assert (store.totals(), store.redirects(), store.unread(READER, borrow_days(store, find_groups(store, None)))) == before
