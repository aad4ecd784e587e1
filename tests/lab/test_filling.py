"""A store filled in bulk holds just what the store's own ways of writing would have put there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")
from newsblotter.link.block import block_day, keys_of
from newsblotter.link.score import LinkSettings
from newsblotter.link.sheet import from_sheet, to_sheet
from newsblotter.pipeline import Settings, build, group_copies_anew, load_engine, name_linker, name_reader
from newsblotter.records import Link
from newsblotter.store import Reading, Store, open_store
from newsblotter.store.neighbourhood import LinkEntry, Tally
from newsblotter_lab import filling, scale
from newsblotter_lab.invented import WorldRarity, invent_incident, invent_report, invent_text, list_told

MENTIONS, SEED = 400, 3
OF_THE_DAY = {"at", "started", "finished"}  # columns that tell when something was written


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "bulk.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "PART", 90)
        patch.setattr(filling, "ROWS", 70)
        filling.fill_store(path, MENTIONS, SEED, workers=1)
    return path


@pytest.fixture(scope="module")
def written(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same world in a store, written through the store's methods; links and groups are those found above."""
    path = tmp_path_factory.mktemp("written") / "plain.db"
    told = list_told(SEED, MENTIONS)
    told = told[np.lexsort((told[:, 1], told[:, 0]))].tolist()
    rarity, settings = WorldRarity(MENTIONS), LinkSettings()
    profiles = [invent_report(SEED, invent_incident(SEED, incident), ordinal, rarity) for incident, ordinal in told]
    reader = name_reader(load_engine())
    with open_store(str(filled), readonly=True) as source, open_store(str(path)) as store, store.build_lock():
        store.add_reports([invent_text(profile) for profile in profiles])
        store.save_readings([Reading(p.mention.report_id, reader, invent_text(p).published, (p.mention,)) for p in profiles])
        store.replace_links(Link(link.left_id, link.right_id, link.probability) for link in source.links())
        store.replace_incidents(list(derive_again(filled, store)), list(source.journal()))
        entries = [
            LinkEntry(p.mention.id, p.mention.report_id, p.voice, block_day(p), to_sheet(p), (), number)
            for number, p in enumerate(profiles, 1)
        ]
        postings = sorted(
            (key, block_day(p), number) for number, p in enumerate(profiles, 1) for key in keys_of(p, settings.blocks, rarity)
        )
        words = {word: max(1, round(rarity.expect(word) * MENTIONS)) for word in rarity.take_new()}
        store.neighbourhood().refill(name_linker(settings), entries, postings, Tally(words, {}, MENTIONS))
        group_copies_anew(store, Settings().copies)
        store.settle_reading(reader, None)
    return path


def derive_again(filled: Path, store: Store) -> Iterator[object]:
    """The incidents of the filled store, in its order, derived from what the store at hand holds."""
    from newsblotter.link import merge_all
    from newsblotter.link.series import read_traits
    from newsblotter.review.kin import to_entry
    from newsblotter.store import IncidentEntry
    from newsblotter.store.export import Sources, build_record
    from newsblotter.taxonomy import load_taxonomy

    taxonomy = load_taxonomy()
    with closing(sqlite3.connect(filled)) as raw:
        ids = [name for (name,) in raw.execute("SELECT id FROM incidents ORDER BY number")]
        members = {
            name: [m for (m,) in raw.execute("SELECT mention_id FROM incident_mentions WHERE incident_id = ?", (name,))]
            for name in ids
        }
    for name in ids:
        told = list(store.mentions(ids=members[name]))
        reports = {report.id: report for report in store.reports({mention.report_id for mention in told})}
        [incident] = merge_all([told], [name], reports, (), taxonomy)
        record = build_record(incident, Sources({m.id: m for m in told}, reports, taxonomy, {}))
        yield IncidentEntry(incident, record, to_entry(read_traits(incident)))


def read_table(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})") if row[1] not in OF_THE_DAY]
        return sorted(raw.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall(), key=repr)


def list_tables(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    inner = ("_data", "_idx", "_docsize", "_config", "_content", "_node", "_parent", "_rowid")
    return sorted(name for name in names if not (name.endswith(inner) and ("_fts_" in name or "_points_" in name)))


def test_every_table_is_the_same_as_written_one_by_one(filled: Path, written: Path) -> None:
    assert list_tables(filled) == list_tables(written)
    for table in list_tables(filled):
        assert read_table(filled, table) == read_table(written, table), table


def test_indexes_are_those_of_any_store(filled: Path, written: Path) -> None:
    def indexes(path: Path) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as raw:
            return sorted(raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))

    assert indexes(filled) == indexes(written)


def test_the_store_is_sound_and_a_build_finds_nothing_to_do(filled: Path) -> None:
    with open_store(str(filled)) as store:
        assert store.verify() == []
        assert build([], store).changed == 0
        assert store.totals().mentions == MENTIONS
        [entry] = store.neighbourhood().entries([7])
        assert from_sheet(entry.sheet, entry.mention_id, entry.report_id, entry.voice).text


def test_reports_are_added_to_it_one_by_one(written: Path) -> None:
    told = scale.measure_adding(written, 6, MENTIONS, SEED)
    assert told["added"] == 6 and told["joined_its_own"] >= 4
    assert told["whole"]["p50_ms"] > 0
