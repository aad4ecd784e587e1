"""What is SQLite's own: the file, its versions, its locks, and what becomes of it when all goes wrong."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from invented import make_days, make_entry, make_mention, make_point, make_report
from sqlalchemy import text

from newsblotter.errors import StoreBusy, StoreDamaged, StoreError, StoreTooNew, UsageError
from newsblotter.records import Report, hash_id
from newsblotter.store import Filter, Reading, filters, fulltext, migrate, open_store, schema, sqlite
from newsblotter.tables import TABLES


@pytest.fixture
def path(tmp_path):
    return tmp_path / "incidents.db"


# --- opening ----------------------------------------------------------------------------------------------------


def test_the_migrated_tables_are_the_declared_ones(path) -> None:
    open_store(str(path)).close()
    raw = sqlite3.connect(path)
    for name, columns in TABLES.items():
        found = raw.execute(f"PRAGMA table_info({name})").fetchall()
        assert [(row[1], bool(row[3])) for row in found] == [(c.name, not c.null) for c in columns], name
        keys = [row[1] for row in sorted(found, key=lambda row: row[5]) if row[5]]
        assert keys == list(schema.metadata.tables[name].primary_key.columns.keys()), name
        indexes = {row[1] for row in raw.execute(f"PRAGMA index_list({name})") if row[3] == "c"}
        assert indexes == {index.name for index in schema.metadata.tables[name].indexes}, name
    assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert raw.execute("PRAGMA application_id").fetchone()[0] == sqlite.APPLICATION_ID
    raw.close()


def test_the_known_revisions_are_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == schema.HEAD == schema.REVISIONS[-1]
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == schema.REVISIONS


def test_opening_again_is_quick_and_does_not_load_alembic(path) -> None:
    open_store(str(path)).close()
    code = (
        "import sys, time; from newsblotter.store import open_store; import newsblotter.store.sql\n"
        f"t = time.perf_counter(); open_store({str(path)!r}).close(); took = time.perf_counter() - t\n"
        "assert 'alembic' not in sys.modules; print(took)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]
    assert min(float(run.stdout) for run in runs) < 0.06


def test_a_newer_store_is_refused(path) -> None:
    open_store(str(path)).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '0999'")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    for readonly in (False, True):
        with pytest.raises(StoreTooNew, match=r"newer Newsblotter.*0999"):
            open_store(str(path), readonly=readonly)
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_nothing(path, monkeypatch) -> None:
    """DDL is part of the transaction: the next opening starts from scratch."""

    def fail(connection) -> None:
        migrate.upgrade(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("newsblotter.store.sql.upgrade", fail)
        with pytest.raises(KeyboardInterrupt):
            open_store(str(path))
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    raw.close()
    with open_store(str(path)) as store:
        assert store.stats().reports == 0


def write_sqlite(path, *statements) -> None:
    raw = sqlite3.connect(path)
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def test_what_is_no_store_is_refused(tmp_path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam, this is not a database.")
    with pytest.raises(StoreDamaged, match="not an SQLite file"):
        open_store(str(letter))
    assert letter.read_text().startswith("Dear")
    other = tmp_path / "other.db"
    write_sqlite(other, "CREATE TABLE songs (name)")
    with pytest.raises(StoreDamaged, match="not a Newsblotter store"):
        open_store(str(other))
    with pytest.raises(StoreError, match="not a regular file"):
        open_store(str(tmp_path))
    with pytest.raises(StoreError, match="no such store"):
        open_store(str(tmp_path / "none.db"), create=False)
    with pytest.raises(StoreError, match="no such store"):
        open_store(str(tmp_path / "none.db"), readonly=True)
    with pytest.raises(StoreError, match="does not exist"):
        open_store(str(tmp_path / "no" / "none.db"))
    os.mkfifo(tmp_path / "pipe.db")
    with pytest.raises(StoreError, match="not a regular file"):
        open_store(str(tmp_path / "pipe.db"))


@pytest.mark.parametrize("url", ["postgresql://db/x", "postgresql+psycopg://db/x", "mysql://x", "", ":memory:", "a\0b"])
def test_urls_that_are_not_served(url) -> None:
    with pytest.raises(UsageError):
        open_store(url)


def test_urls_of_files(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("plain.db", f"sqlite:///{tmp_path}/odd name?#%.db", "sqlite:///relative.db"):
        open_store(url).close()
    assert {p.name for p in tmp_path.glob("*.db")} == {"plain.db", "odd name?#%.db", "relative.db"}


@pytest.mark.parametrize("thing", ["VIEW evil AS SELECT 1", "TRIGGER evil AFTER INSERT ON runs BEGIN SELECT 1; END"])
def test_foreign_triggers_and_views_are_refused(path, thing) -> None:
    open_store(str(path)).close()
    write_sqlite(path, f"CREATE {thing}")
    with pytest.raises(StoreDamaged, match="evil"):
        open_store(str(path))


def test_a_broken_page_is_noticed(path) -> None:
    with open_store(str(path)) as store:
        store.add_reports([make_report(f"n{i}") for i in range(200)])
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    data = bytearray(path.read_bytes())
    for at in range(4096 * 8, len(data), 4096):
        data[at : at + 64] = bytes([0xA5]) * 64
    path.write_bytes(bytes(data))
    with pytest.raises(StoreDamaged, match="damaged"):
        open_store(str(path))


def test_reading_only(path) -> None:
    with open_store(str(path)) as store:
        store.add_reports([make_report("a")])
    with open_store(str(path), readonly=True) as store:
        assert store.readonly and store.stats().reports == 1
        with pytest.raises(StoreError, match="cannot be written"):
            store.add_reports([make_report("b")])


# --- several at once --------------------------------------------------------------------------------------------


def test_one_build_at_a_time_and_readers_unharmed(path) -> None:
    code = (
        "import sys; from newsblotter.store import open_store\n"
        f"s = open_store({str(path)!r})\n"
        "with s.build_lock():\n    print('held', flush=True); sys.stdin.read()"
    )
    open_store(str(path)).close()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as other, open_store(str(path)) as store:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy, match=f"process {other.pid}"), store.build_lock():
            pass
        assert store.stats().reports == 0
        other.send_signal(signal.SIGKILL)
        other.wait()
        with store.build_lock(), pytest.raises(StoreBusy), store.build_lock():
            pass
        with store.build_lock():
            pass


def test_readers_see_the_state_before_while_a_build_writes(path) -> None:
    with open_store(str(path)) as writer, open_store(str(path), readonly=True) as reader:
        writer.replace_incidents([make_entry("nb1")])
        seen = []

        def entries():
            yield make_entry("nb2")
            seen.extend(record["id"] for record in reader.records())

        writer.replace_incidents(entries())
        assert seen == ["nb1"]
        assert [record["id"] for record in reader.records()] == ["nb2"]


def test_threads_that_write_wait_for_one_another(path) -> None:
    with open_store(str(path)) as store:
        threads = [
            threading.Thread(target=lambda n=n: [store.add_reports([make_report(f"{n}-{i}")]) for i in range(20)]) for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.stats().reports == 80


def test_a_locked_store_is_named_busy(path, monkeypatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    with open_store(str(path)) as store:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="another process is writing"):
            store.add_reports([make_report("a")])
        assert store.stats().reports == 0
        holder.execute("ROLLBACK")
        holder.close()
        assert len(store.add_reports([make_report("a")])) == 1


def test_a_full_disk_is_named_and_earlier_batches_stay(path) -> None:
    with open_store(str(path)) as store:
        store.add_reports([make_report("a")])
        with store._engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(StoreError, match="disk is full"):
            store.add_reports([make_report(f"n{i}") for i in range(500)])
        assert store.report_ids() == [make_report("a").id]
    with open_store(str(path)) as store:
        assert len(store.add_reports([make_report(f"n{i}") for i in range(500)])) == 500
        assert store.verify() == []


# --- SIGKILL ----------------------------------------------------------------------------------------------------

KILLS = 12
BATCH = 7
ADDING = """
import sys
sys.path.insert(0, {tests!r})
from test_sqlite import BATCH, numbered
from invented import make_mention
from newsblotter.store import Reading, open_store
store = open_store({path!r})
with store.build_lock():
    done = len(store.report_ids())
    while done < 4000:
        reports = [numbered(i) for i in range(done, done + BATCH)]
        store.add_reports(reports)
        store.save_readings([Reading(r.id, "v", r.published, (make_mention(r),)) for r in reports])
        done += BATCH
        print(done, flush=True)
"""


def numbered(number: int) -> Report:
    return make_report(f"k{number:05}")


def test_a_killed_build_loses_and_doubles_nothing(path) -> None:
    chance = random.Random(3)
    code = ADDING.format(tests=str(Path(__file__).parent), path=str(path))
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
            child.stdout.readline()  # it has begun
            time.sleep(chance.uniform(0, 0.05))
            child.kill()
            told = [line for line in child.stdout.read().split("\n")[:-1] if line]
        with open_store(str(path)) as store:
            count = len(store.report_ids())
            assert count % BATCH == 0 and count >= (int(told[-1]) if told else 0)
            assert store.report_ids() == sorted(numbered(i).id for i in range(count))
            assert store.verify() == []
            unread = store.unread("v")
            assert len(unread) in (0, BATCH)  # a batch whose readings were not written yet
            reports = list(store.reports(unread))
            store.save_readings([Reading(r.id, "v", r.published, (make_mention(r),)) for r in reports])
    with open_store(str(path)) as store:
        assert [m.report_id for m in store.mentions()] == store.report_ids()
        assert len(store.search("lumen").hits) == 20


RENEWING = """
import sys
sys.path.insert(0, {tests!r})
from invented import make_entry, make_point
from newsblotter.store import open_store
store = open_store({path!r})
for generation in range(10**6):
    names = [f"nb{{(i + generation) % 60:03}}" for i in range(40)]
    store.replace_incidents(make_entry(n, target=f"Lumen {{generation}}", place=make_point(1, 2)) for n in names)
    print(generation, flush=True)
"""


def test_incidents_of_a_killed_build_are_all_new_or_all_old(path) -> None:
    chance = random.Random(5)
    code = RENEWING.format(tests=str(Path(__file__).parent), path=str(path))
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.08))
            child.kill()
        with open_store(str(path)) as store:
            records = list(store.records())
            assert len(records) == 40 and len({record["target"] for record in records}) == 1
            wanted = Filter(near=(1.0, 2.0), text="lumen", limit=None)
            assert store.find_incidents(wanted) and store.count_incidents(wanted) == 40
            assert store.verify() == []
            lost = {f"nb{i:03}" for i in range(60)} - {record["id"] for record in records}
            assert lost >= store.redirects().keys() - {record["id"] for record in records}


# --- plans and limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre", [(10.0, 10.0), (10.0, 179.9)], ids=["one box", "date line"])
def test_points_come_first_in_the_plan(path, centre) -> None:
    with open_store(str(path)) as store:
        store.replace_incidents(
            make_entry(f"nb{i}", date=make_days("2024-01-01"), place=make_point(i % 80, i % 170)) for i in range(300)
        )
        question, parameters = filters.select_incidents(Filter(near=centre, types=("robbery",), countries=("IT",)))
        with store._engine.connect() as connection:
            found = connection.execute(text(f"EXPLAIN QUERY PLAN {question}"), parameters).all()
    plan = [row[3] for row in found]
    assert "SCAN points VIRTUAL TABLE INDEX" in plan[0], plan
    assert any("overview USING INTEGER PRIMARY KEY" in line for line in plan), plan
    assert any("incidents USING INTEGER PRIMARY KEY" in line for line in plan), plan


def test_a_search_stops_in_time(path, monkeypatch) -> None:
    with open_store(str(path)) as store:
        store.add_reports([make_report(f"n{i}") for i in range(3000)])
        found = store.search("robbed")
        assert found.cut_short and len(found.hits) == 20  # only the newest are ranked
        monkeypatch.setattr(fulltext, "SEARCH_SECONDS", -1.0)
        monkeypatch.setattr(fulltext, "STEPS_BETWEEN_CHECKS", 1)
        assert store.search("robbed").cut_short
        assert store.stats().reports == 3000  # the connection is fine afterwards


def test_reading_on_while_writing(path) -> None:
    """The pipeline reads reports and writes readings at the same time."""
    with open_store(str(path)) as store:
        store.add_reports([make_report(f"n{i}") for i in range(1100)])
        for report in store.reports():
            if hash_id("x", report.id) < "xc":
                store.save_readings([Reading(report.id, "v", None, (make_mention(report),))])
        assert 0 < store.stats().mentions < 1100
