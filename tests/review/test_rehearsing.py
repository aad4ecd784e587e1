"""What a word would do, tried in the store itself: just what it then does, and nothing of it before."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import enter, make_store

from newsblotter.errors import StoreBusy, UsageError
from newsblotter.records import Judgement
from newsblotter.review.saying import Speaker, say_judgement
from newsblotter.revise import revise
from newsblotter.store import Filter, JournalEntry, Store, open_store, rehearse

SPEAKER = Speaker("ada")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_store(tmp_path)


def _tell(store: Store, after: int = 0) -> dict[str, Any]:
    """Everything that is derived, without the times at which it was."""
    return {
        "records": list(store.records()),
        "redirects": store.redirects(),
        "members": sorted(store.members(), key=lambda member: member.mention_id),
        "links": [replace(link, made_at=None) for link in store.links()],
        "journal": [(entry.number, entry.kind, entry.data) for entry in store.journal(after=after)],
        "cards": store.find_page(Filter()).cards,
        "waits": store.neighbourhood().pending(),
    }


def _draw_line(store: Store, chance: random.Random) -> JournalEntry:
    names = sorted([*(record["id"] for record in store.records()), *(report.source_id for report in store.reports())])
    while True:
        left, right = chance.sample(names, 2)
        try:
            return say_judgement(store, chance.choice(list(Judgement)), left, right, SPEAKER)
        except UsageError:  # both are one incident, or a report and its own
            continue


@pytest.mark.parametrize("seed", range(8))
def test_a_rehearsal_is_what_then_happens(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with open_store(str(path)) as store:
        for _ in range(4):
            line = _draw_line(store, chance)
            before = _tell(store)
            with rehearse(store) as then:
                foreseen = revise(then, [line])
                would_be = _tell(then)
                assert _tell(store) == before
            assert _tell(store) == before
            done = revise(store, [line])
            assert _tell(store) == would_be
            assert [(one.kind, one.incident, one.now, one.fields) for one in done.effects] == [
                (one.kind, one.incident, one.now, one.fields) for one in foreseen.effects
            ]
        assert store.verify() == []


def test_a_rehearsal_leaves_the_files_as_they_were(path: Path) -> None:
    journal = path.with_name(path.name + ".journal.jsonl")
    with open_store(str(path), readonly=True) as store:
        before = journal.read_bytes()
        line = _draw_line(store, random.Random(1))
        assert revise(store, [line], dry_run=True).effects
        assert journal.read_bytes() == before
        assert store.last_number() == len(before.splitlines())
    with open_store(str(path)) as store:
        assert revise(store, [line]).numbers == (len(before.splitlines()) + 1,)


def test_an_error_in_a_rehearsal_leaves_the_store_to_others(path: Path) -> None:
    with open_store(str(path)) as store:
        before = _tell(store)
        with pytest.raises(ZeroDivisionError), rehearse(store) as then:
            revise(then, [_draw_line(store, random.Random(2))])
            raise ZeroDivisionError
        assert _tell(store) == before
        enter(store, "a1", reader="reader-2")


def test_while_one_rehearses_readers_go_on_and_a_build_that_begins_waits(path: Path) -> None:
    began, ended = threading.Event(), threading.Event()

    def build() -> None:
        with open_store(str(path)) as other, other.build_lock():
            began.set()
            other.append_journal([JournalEntry("noted", {})])
            ended.set()

    thread = threading.Thread(target=build)
    with open_store(str(path)) as store:
        count = len(list(store.records()))
        with rehearse(store) as then:
            revise(then, [_draw_line(store, random.Random(3))])
            thread.start()
            assert began.wait(10) and not ended.wait(0.3)
            assert len(list(store.records())) == count
        thread.join(10)
        assert ended.is_set() and store.verify() == []


def test_nobody_rehearses_during_a_build(path: Path) -> None:
    with open_store(str(path)) as store, store.build_lock(), pytest.raises(StoreBusy), rehearse(store):
        pass


def test_one_can_search_in_a_rehearsal(path: Path) -> None:
    with open_store(str(path)) as store, rehearse(store) as then:
        assert then.search("Lumen").hits
