"""Fill a store with an invented world of any size, as a build would have left it.

    python -m newsblotter_lab.filling 1000000 FILE.db      (numba at hand)

    invent, lay out (workers) → columns and keys → candidates, links, groups (compiled) → incidents (workers) → copies

Reading is left out: mentions are invented with the reports' words. All else is what ``build`` makes, by the same functions, but
written by the table with the secondary indexes made last (a test holds the two equal). Left out besides: the features of links,
which only explaining reads, and the ties of series (``related``).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import pickle
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newsblotter.link import merge_all
from newsblotter.link.batch import find_pairs, group_columns, score_columns
from newsblotter.link.block import BlockSettings, Keys, list_keys
from newsblotter.link.columns import Columns, ColumnWriter, join_columns
from newsblotter.link.identity import find_founder, mint
from newsblotter.link.score import LinkSettings, load_weights
from newsblotter.link.series import read_traits
from newsblotter.link.sheet import to_sheet
from newsblotter.pipeline import Settings, group_copies_anew, load_engine, name_linker, name_reader
from newsblotter.records import Link, Mention, Report
from newsblotter.review.kin import to_entry
from newsblotter.review.references import make_reference
from newsblotter.store import IncidentEntry, JournalEntry, Reading, SeriesEntry, open_store, schema
from newsblotter.store.doubts import Tie, doubt_joins, doubt_record, score_doubts
from newsblotter.store.export import Sources, build_record
from newsblotter.store.incidents import encode_incident, spell_incident
from newsblotter.store.journal import JournalFile
from newsblotter.store.overview import encode_overview, make_card
from newsblotter.tables import Row, encode_day, encode_instant, encode_json, encode_link, encode_mention, encode_report
from newsblotter.taxonomy import load_taxonomy
from newsblotter_lab.invented import KINDS, WorldRarity, invent_incident, invent_report, invent_text, list_told

PART = 2_000  # mentions worked on at once, about
ROWS = 100_000  # written at once
CACHE_KIB = 1_500_000  # while filling: the trees by hashed ids grow all over, and would be read and written again and again
Array = npt.NDArray[Any]


class Invented(NamedTuple):
    """A part of the world as it is told, laid out."""

    reports: list[Report]
    mentions: list[Mention]
    sheets: list[str]
    columns: dict[str, Any]
    keys: dict[str, Any]
    words: list[str]  # that were looked up for the first time


@dataclass(frozen=True, slots=True)
class World:
    """Who tells what, with the groups and links found."""

    seed: int
    told: Array  # (mentions, 2): number of the incident and ordinal of the report, by the incident
    ids: list[str]  # of the mentions
    ranks: Array  # of the mentions by id
    starts: Array  # where each part begins, and the last ends
    groups: Array  # lowest member of each mention's group
    bounds: Array  # links of mention i are ``bounds[i]`` to ``bounds[i + 1]`` of the next two
    others: Array
    probabilities: Array


@lru_cache(maxsize=1)
def _rarity(mentions: int) -> WorldRarity:
    """One for each process: it learns words as it goes."""
    return WorldRarity(mentions)


def cut_parts(told: Array) -> Array:
    """Where parts begin, each of whole incidents, and where the last ends."""
    edges = np.concatenate(([0], np.flatnonzero(np.diff(told[:, 0])) + 1, [len(told)]))
    first = np.concatenate(([True], edges[1:-1] // PART != edges[:-2] // PART)) if len(edges) > 2 else np.array([True])
    return np.append(edges[:-1][first], len(told))


def invent_part(told: Array, seed: int, mentions: int) -> Invented:
    """Invent the reports of some incidents and lay them out."""
    rarity, writer = _rarity(mentions), ColumnWriter(KINDS)
    profiles = [invent_report(seed, invent_incident(seed, incident), ordinal, rarity) for incident, ordinal in told.tolist()]
    for profile in profiles:
        writer.add(profile)
    return Invented(
        [invent_text(profile) for profile in profiles],
        [profile.mention for profile in profiles],
        [to_sheet(profile) for profile in profiles],
        writer.finish()._asdict(),
        list_keys(profiles, rarity, BlockSettings())._asdict(),
        rarity.take_new(),
    )


# --- what was read ----------------------------------------------------------------------------------------------------


def _invent_rows(
    part: tuple[int, Array], seed: int, mentions: int, folder: Path, reader: str
) -> tuple[dict[str, list[Row]], list[str]]:
    """The rows of a part of the world; its columns, its keys and the part itself go to files."""
    number, told = part
    made = invent_part(told, seed, mentions)
    np.savez(folder / f"columns{number:05}.npz", **made.columns)
    np.savez(folder / f"keys{number:05}.npz", **made.keys)
    (folder / f"part{number:05}.pickle").write_bytes(pickle.dumps((made.reports, made.mentions), pickle.HIGHEST_PROTOCOL))
    rows: dict[str, list[Row]] = {name: [] for name in ("reports", "readings", "mentions", "claims", "link_sheets")}
    for report, mention, sheet in zip(made.reports, made.mentions, made.sheets, strict=True):
        reading = Reading(report.id, reader, report.published, (mention,))
        row, claims = encode_mention(mention)
        rows["reports"].append({"number": 0, **encode_report(report)})
        rows["readings"].append(
            {
                "report_id": report.id,
                "reader": reader,
                "published": encode_day(reading.published),
                "seconds": reading.seconds,
                "refused": reading.refused,
            }
        )
        rows["mentions"].append(row)
        rows["claims"] += claims
        rows["link_sheets"].append(
            {"number": 0, "mention_id": mention.id, "report_id": report.id, "voice": report.id, "sheet": sheet}
        )
    return rows, made.words


def _put(raw: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        names = list(rows[0])
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        raw.executemany(statement, [list(row.values()) for row in rows])


def _write_readings(
    raw: sqlite3.Connection, pool: Any, parts: Sequence[tuple[int, Array]], work: Callable[..., Any], say: Callable[[str], None]
) -> tuple[list[str], set[str]]:
    """Write all that was told; the ids of the mentions, and the words looked up."""
    ids: list[str] = []
    words: set[str] = set()
    for rows, new in pool.imap(work, parts):
        for table in ("reports", "link_sheets"):
            for number, row in enumerate(rows[table], len(ids) + 1):
                row["number"] = number
        for table, some in rows.items():
            _put(raw, table, some)
        ids += [str(row["id"]) for row in rows["mentions"]]
        words.update(new)
        say(f"{len(ids)} mentions told")
    raw.execute("INSERT INTO reports_fts (rowid, title, text) SELECT number, title, text FROM reports ORDER BY number")
    return ids, words


# --- links ------------------------------------------------------------------------------------------------------------


def _load(folder: Path) -> tuple[Columns, Keys]:
    found = [np.load(path) for path in sorted(folder.glob("columns*.npz"))]
    columns = join_columns(found)
    for part in found:
        part.close()
    found = [np.load(path) for path in sorted(folder.glob("keys*.npz"))]
    held = np.concatenate([np.diff(part["bounds"]) for part in found])
    keys, tells, days = (np.concatenate([part[name] for part in found]) for name in ("keys", "tells", "days"))
    for part in found:
        part.close()
    return columns, Keys(keys, tells, np.concatenate(([0], np.cumsum(held))), days)


def _write_keys(raw: sqlite3.Connection, keys: Keys) -> None:
    """Write who stands in which block, in the order of the tree."""
    numbers = np.repeat(np.arange(1, len(keys.bounds)), np.diff(keys.bounds))
    days = keys.days[numbers - 1]
    order = np.lexsort((numbers, days, keys.keys))
    for start in range(0, len(order), ROWS):
        some = order[start : start + ROWS]
        rows = zip(keys.keys[some].tolist(), days[some].tolist(), numbers[some].tolist(), strict=True)
        raw.executemany("INSERT INTO link_keys VALUES (?, ?, ?)", rows)


def link_world(columns: Columns, keys: Keys, settings: LinkSettings, threads: int) -> tuple[Array, Array, Array, Array]:
    """Links (left, right, probability) and the lowest member of each mention's group; ``keys`` are used up."""
    least = float(np.log(settings.min_kept / (1 - settings.min_kept)))
    left, right = find_pairs(keys, settings.blocks, threads)
    odds = score_columns(columns, left, right, load_weights(), threads, least)
    kept = odds >= least
    left, right, odds = left[kept], right[kept], odds[kept]
    groups = group_columns(columns.rows["sure"][:, :2], left, right, odds, settings.min_probability)
    chances = 1 / (1 + np.exp(-np.clip(odds.astype(np.float64), -30, 30)))
    return left, right, np.round(np.clip(chances, 0.0001, 0.9999), 6), groups


def _write_links(raw: sqlite3.Connection, world: World, left: Array, right: Array, chances: Array) -> None:
    """Write the links in the order of their key."""
    row = encode_link(Link("", "", 0.5))
    names, rest = list(row), list(row.values())[3:]
    statement = f"INSERT INTO links ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    by_rank = np.empty(len(world.ids), dtype=object)
    by_rank[world.ranks] = world.ids
    one, other = np.minimum(world.ranks[left], world.ranks[right]), np.maximum(world.ranks[left], world.ranks[right])
    order = np.lexsort((other, one))
    for start in range(0, len(order), ROWS):
        some = order[start : start + ROWS]
        pairs = zip(by_rank[one[some]].tolist(), by_rank[other[some]].tolist(), chances[some].tolist(), strict=True)
        raw.executemany(statement, ([a, b, chance, *rest] for a, b, chance in pairs))


def _adjoin(size: int, left: Array, right: Array, chances: Array) -> tuple[Array, Array, Array]:
    """Each mention's links: bounds, others, probabilities."""
    owner = np.concatenate((left, right))
    order = np.argsort(owner, kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=size))))
    return bounds, np.concatenate((right, left))[order], np.concatenate((chances, chances))[order]


# --- incidents --------------------------------------------------------------------------------------------------------

_worlds: list[World] = []  # the one at hand; worker processes inherit it


class Derived(NamedTuple):
    """The incidents of a part: those whose first mention is in it."""

    incidents: list[Row]
    records: list[str]  # cards
    overviews: list[Row]
    spelled: list[Row]  # for the full text
    points: list[Row]
    members: list[Row]
    series: list[SeriesEntry]
    minted: list[JournalEntry]


def derive_entries(
    world: World, number: int, folder: Path
) -> Iterator[tuple[IncidentEntry, float, JournalEntry, list[tuple[Mention, Report]]]]:
    """The incidents of a part, with how much a look at each would settle, what the journal is told, and what is told of each."""
    begin, end = world.starts[number], world.starts[number + 1]
    reports, mentions = pickle.loads((folder / f"part{number:05}.pickle").read_bytes())

    def find(at: int) -> tuple[Mention, Report]:
        if begin <= at < end:
            return mentions[at - begin], reports[at - begin]
        incident, ordinal = world.told[at].tolist()
        profile = invent_report(world.seed, invent_incident(world.seed, incident), ordinal, _rarity(len(world.told)))
        return profile.mention, invent_text(profile)

    taxonomy = load_taxonomy()
    heads = np.flatnonzero(world.groups[begin:end] == np.arange(begin, end)) + begin
    order = np.argsort(world.groups, kind="stable") if len(_members) == 0 else _members[0]
    sorted_groups = world.groups[order]
    for first, last in zip(np.searchsorted(sorted_groups, heads), np.searchsorted(sorted_groups, heads, "right"), strict=True):
        told = [find(at) for at in order[first:last].tolist()]
        held = {report.id: report for _, report in told}
        cluster = [mention for mention, _ in told]
        founder = find_founder(cluster, held)
        name = mint(founder.report_id, 0)
        [incident] = merge_all([cluster], [name], held, (), taxonomy)
        record = build_record(incident, Sources({mention.id: mention for mention in cluster}, held, taxonomy, {}))
        ties = _ties_of(world, order[first:last])
        review = score_doubts([*doubt_record(record), *doubt_joins(incident.mention_ids, ties)])
        anchor = make_reference(founder, held[founder.report_id])
        line = JournalEntry("minted", {"id": name, "report": founder.report_id, "ordinal": 0, "anchor": anchor})
        traits = to_entry(read_traits(incident))  # what is invented names no gangs
        yield IncidentEntry(incident, record, traits), review, line, told


_members: list[Array] = []  # positions by group, for the world at hand


def _ties_of(world: World, members: Array) -> list[Tie]:
    """The links of some mentions, those among them once."""
    inside = set(members.tolist())
    ties = []
    for at in inside:
        for link in range(world.bounds[at], world.bounds[at + 1]):
            other = int(world.others[link])
            if other not in inside or world.ranks[at] < world.ranks[other]:
                one, two = sorted((world.ids[at], world.ids[other]))
                ties.append(Tie(one, two, float(world.probabilities[link]), False))
    return ties


def _derive_rows(number: int, folder: Path) -> Derived:
    made = Derived([], [], [], [], [], [], [], [])
    for entry, review, line, told in derive_entries(_worlds[0], number, folder):
        row, record = encode_incident(entry), entry.record
        made.incidents.append(row)
        made.records.append(make_card(record, review))
        made.overviews.append(encode_overview(record, 0, review, 1))
        text, point = spell_incident(row, record)
        made.spelled.append(text)
        made.points.append(point or {})
        made.members.extend(
            {
                "incident_id": entry.incident.id,
                "mention_id": mention.id,
                "report_id": report.id,
                "type": mention.type,
                "role": mention.role.value,
            }
            for mention, report in sorted(told, key=lambda one: one[0].id)
        )
        if entry.series is not None and entry.series.keys:
            made.series.append(entry.series)
        made.minted.append(line)
    return made


def _write_incidents(
    raw: sqlite3.Connection, pool: Any, parts: int, work: Callable[..., Derived], journal: JournalFile, say: Callable[[str], None]
) -> int:
    """Write the incidents of all parts, with their indexes and the journal; how many there are."""
    count = 0
    for made in pool.imap(work, range(parts)):
        numbers = range(count + 1, count + 1 + len(made.incidents))
        _put(raw, "incidents", [{"number": n, **row} for n, row in zip(numbers, made.incidents, strict=True)])
        _put(raw, "incident_mentions", made.members)
        _put(raw, "overview", [{**row, "number": n} for n, row in zip(numbers, made.overviews, strict=True)])
        _put(raw, "cards", [{"number": n, "card": card} for n, card in zip(numbers, made.records, strict=True)])
        _put(raw, "incidents_fts", [{"rowid": n, **text} for n, text in zip(numbers, made.spelled, strict=True)])
        _put(raw, "incidents_points", [{"number": n, **at} for n, at in zip(numbers, made.points, strict=True) if at])
        rows = [(e.id, e.day, json.dumps(e.keys), e.traits) for e in made.series]
        raw.executemany("INSERT INTO series VALUES (?, ?, ?, ?)", rows)
        raw.executemany("INSERT INTO series_keys VALUES (?, ?, ?)", [(key, e.day, e.id) for e in made.series for key in e.keys])
        _write_journal(raw, journal, made.minted)
        count += len(made.incidents)
        say(f"{count} incidents")
    return count


def _write_journal(raw: sqlite3.Connection, journal: JournalFile, lines: Sequence[JournalEntry]) -> None:
    now = datetime.now(UTC)
    kept = journal.append([JournalEntry(line.kind, line.data, now) for line in lines])
    rows: list[Row] = [
        {
            "number": line.number,
            "kind": line.kind,
            "data": encode_json(dict(line.data)),
            "at": encode_instant(line.at),
            "subject": line.data["id"],
        }
        for line in kept
    ]
    _put(raw, "journal", rows)


# --- all of it --------------------------------------------------------------------------------------------------------


@contextmanager
def _in_bulk(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a new store for writing without a net: no journal, no secondary indexes until the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {setting}").fetchall()
        raw.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        raw.execute("BEGIN EXCLUSIVE")
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        yield raw
        for _, statement in indexes:
            raw.execute(statement)
        raw.execute("COMMIT")
        raw.execute("PRAGMA journal_mode=WAL").fetchall()


def fill_store(path: Path, mentions: int, seed: int, workers: int) -> None:
    """Fill a new store with an invented world: what a build would keep of it."""
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:.0f} s: {words}", file=sys.stderr, flush=True)

    told = list_told(seed, mentions)
    told = told[np.lexsort((told[:, 1], told[:, 0]))]
    starts = cut_parts(told)
    parts = [(at, told[starts[at] : starts[at + 1]]) for at in range(len(starts) - 1)]
    settings, reader = Settings(), name_reader(load_engine())
    open_store(str(path)).close()
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(dir=path.parent) as name, _in_bulk(path) as raw:
        folder = Path(name)
        with context.Pool(workers) as pool:
            invent = partial(_invent_rows, seed=seed, mentions=mentions, folder=folder, reader=reader)
            ids, words = _write_readings(raw, pool, parts, invent, say)
        columns, keys = _load(folder)
        _write_keys(raw, keys)
        say("keys written")
        left, right, chances, groups = link_world(columns, keys, settings.link, workers)
        del columns, keys
        ranks = np.empty(mentions, dtype=np.int64)
        ranks[sorted(range(mentions), key=ids.__getitem__)] = np.arange(mentions)
        world = World(seed, told, ids, ranks, starts, groups, *_adjoin(mentions, left, right, chances))
        _write_links(raw, world, left, right, chances)
        say(f"{len(left)} links")
        del left, right, chances
        _worlds[:], _members[:] = [world], [np.argsort(groups, kind="stable")]
        with context.Pool(workers) as pool:
            count = _write_incidents(raw, pool, len(parts), partial(_derive_rows, folder=folder), JournalFile(path), say)
        _write_counts(raw, mentions, count, words, settings)
    say("indexes made")
    with open_store(str(path)) as store, store.build_lock():
        group_copies_anew(store, settings.copies)
        store.settle_reading(reader, None)
    say("copies found")


def _write_counts(raw: sqlite3.Connection, mentions: int, incidents: int, words: Iterable[str], settings: Settings) -> None:
    """Write what the store counts: totals, in how many voices each word stands, who linked, the one edition."""
    rarity = _rarity(mentions)
    counts = ((word, max(1, round(rarity.expect(word) * mentions))) for word in sorted(words))
    raw.executemany("INSERT INTO link_words VALUES (?, ?)", counts)
    linked = {"linker": name_linker(settings.link), "whole": str(mentions), "voices": str(mentions)}
    raw.executemany("INSERT INTO link_state VALUES (?, ?)", list(linked.items()))
    raw.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", [("mentions", str(mentions)), ("incidents", str(incidents))])
    _put(raw, schema.editions.name, [{"number": 1, "at": encode_instant(datetime.now(UTC))}])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mentions", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    fill_store(options.path, options.mentions, options.seed, options.workers)


if __name__ == "__main__":
    main()
