"""All that is SQLite's own: opening the file, its settings, the build lock, points, and errors in plain words."""

from __future__ import annotations

import errno
import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from newsblotter.errors import StoreBusy, StoreDamaged, StoreError, UsageError
from newsblotter.store.paging import raw_of

APPLICATION_ID = 0x4E624C74  # "NbLt", in the header of every store
BUSY_TIMEOUT_S = 10.0  # a writer's batch takes well under a second; ten cover a slow disk
CHECKPOINT_PAGES = 4_000  # 16 MB written ahead, then taken into the file with two syncs: once in many builds of one report
CACHE_KIB = 16_000  # fits the hot pages of 100,000 reports; little against the 1 GiB that a build may take
QUICK_CHECK_BYTES = 4 << 20  # checking 4 MiB takes about 15 ms; a bigger store is checked by ``verify``
KEPT_CONNECTIONS = 12  # as many as a desk answers at once: a new one reads the schema and begins with no page in its cache
EARTH_KM = 6371.0  # mean radius, as in the haversine formula
OWN_TRIGGERS: frozenset[str] = frozenset()  # we make no triggers and no views: one in the file is somebody else's

_HEADER = b"SQLite format 3\x00"
_held: set[Path] = set()  # locks of this process: POSIX locks do not shut out their own process


def parse_url(url: str) -> Path:
    """The file that a store's URL names.

    Raises:
        UsageError: It names something else than a file.
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        path = url
    elif scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        path = rest[1:]
    elif scheme.split("+")[0] in ("postgresql", "postgres"):
        raise UsageError(f"{scheme}://…: PostgreSQL is not served yet; give a file, for instance incidents.db")
    else:
        raise UsageError(f"{url}: not a store; give a file, or sqlite:///file")
    if not path or "\x00" in path or path == ":memory:":
        raise UsageError(f"{url!r}: a store needs a file, for instance incidents.db")
    return Path(path).expanduser()


def check_file(path: Path, create: bool) -> bool:
    """Whether a store's file is there already.

    Raises:
        StoreError: It is missing and may not be made, or is no regular file, or cannot be read.
        StoreDamaged: It is some other kind of file.
    """
    try:
        if not path.exists():
            if not create:
                raise StoreError(f"{path}: no such store; make one with: newsblotter build FOLDER --store {path}")
            if not path.parent.is_dir():
                raise StoreError(f"{path}: the folder {path.parent} does not exist; make it first")
            return False
        if not path.is_file():
            raise StoreError(f"{path}: not a regular file, so not a store")
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened: {error.strerror}") from error
    if not header and create:
        return False
    if header != _HEADER:
        raise StoreDamaged(f"{path}: not a Newsblotter store (not an SQLite file); give another --store")
    return True


def connect(path: Path, *, create: bool, readonly: bool) -> Engine:
    """An engine whose connections have every setting; nothing is opened yet."""
    mode = "ro" if readonly else ("rwc" if create else "rw")
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    if readonly and not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists():
        uri += "&immutable=1"  # nobody can write here, and the shared-memory file cannot be made either

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )

    engine = create_engine("sqlite://", creator=open_file, poolclass=QueuePool, pool_size=KEPT_CONNECTIONS, max_overflow=12)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    for setting in ("foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.create_function("distance_km", 4, distance_km, deterministic=True)


def _begin(connection: Connection) -> None:
    """Emit BEGIN ourselves: Python's driver would not put DDL into a transaction."""
    writes = connection.get_execution_options().get("writes", False)
    raw_of(connection).execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def use_wal(engine: Engine) -> None:
    """Write ahead, so that readers and the writer do not wait for one another. Kept in the file."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
    finally:
        raw.close()


def check_ours(connection: Connection, path: Path) -> None:
    """Make sure that an SQLite file is a store of ours and carries nothing that runs by itself.

    Raises:
        StoreDamaged: It is another program's database, holds foreign triggers or views, or its pages are broken.
    """
    if connection.execute(text("PRAGMA application_id")).scalar() != APPLICATION_ID:
        raise StoreDamaged(f"{path}: an SQLite database, but not a Newsblotter store; give another --store")
    foreign = connection.execute(text("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")).scalars()
    strange = sorted(set(foreign) - OWN_TRIGGERS)
    if strange:
        raise StoreDamaged(f"{path}: holds a trigger or view that Newsblotter did not make ({strange[0]}); not opened")
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if found != "ok":
            raise StoreDamaged(_damaged(str(path), str(found)))


def _damaged(where: str, detail: str) -> str:
    return f"{where}: the store is damaged ({detail}); restore a backup, or build a new store from the reports"


@contextmanager
def plain_errors(where: str) -> Iterator[None]:
    """Turn what the database reports into our errors.

    Raises:
        StoreBusy: Another process is writing.
        StoreDamaged: The file is not sound.
        StoreError: Disk full, read-only, anything else.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        words = str(cause)
        if "locked" in words or "busy" in words:
            raise StoreBusy(f"{where}: another process is writing to the store; try again when it is done") from error
        if "malformed" in words or "not a database" in words or "corrupt" in words:
            raise StoreDamaged(_damaged(where, words)) from error
        if "no such table" in words or "no such column" in words:
            raise StoreError(
                f"{where}: written by an older Newsblotter; any build brings it up to date: newsblotter build --store {where}"
            ) from error
        if "full" in words:
            raise StoreError(
                f"{where}: the disk is full; make room and run the same command again: finished batches are kept"
            ) from error
        if "readonly" in words or "read-only" in words:
            raise StoreError(f"{where}: the store cannot be written to: opened read-only, or no permission") from error
        raise StoreError(f"{where}: the database failed: {words}") from error


def copy_database(connection: Connection, target: Path) -> None:
    """Copy a whole database into another file, as of one moment, while others go on reading and writing."""
    with closing(sqlite3.connect(target)) as copy:
        raw_of(connection).backup(copy)


# --- the build lock ---------------------------------------------------------------------------------------------


@contextmanager
def hold_lock(path: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold FILE.lock; the operating system lets go of it when the process dies, however it dies.

    A POSIX record lock, as worker processes made by fork do not inherit it.

    Args:
        path: The store's file.
        wait_s: How long to wait for another process to let go.

    Raises:
        StoreBusy: It is held.
        StoreError: The lock file cannot be made.
    """
    lock = path.with_name(path.name + ".lock").absolute()
    if lock in _held:
        raise StoreBusy(f"{path}: this process is building this store already")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked for building: {error.strerror}") from error
    try:
        _lock_file(descriptor, path, time.monotonic() + wait_s)
        _held.add(lock)
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield
        finally:
            _held.discard(lock)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock_file(descriptor: int, path: Path, deadline: float) -> None:
    import fcntl  # POSIX only

    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise StoreError(f"{path}: cannot be locked for building: {error.strerror}") from error
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
                who = f" (process {holder})" if holder else ""
                raise StoreBusy(f"{path}: another build{who} holds this store; wait until it is done") from error
            time.sleep(0.05)


# --- points -----------------------------------------------------------------------------------------------------


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float | None:
    """Great-circle distance of two points in degrees (haversine)."""
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def boxes_around(latitude: float, longitude: float, radius_km: float) -> list[tuple[float, float, float, float]]:
    """One or two boxes (south, north, west, east) that hold every point within the radius; two at the date line."""
    reach = math.degrees(radius_km / EARTH_KM) + 1e-4  # the R*Tree keeps 32-bit floats: some metres of slack
    south, north = latitude - reach, latitude + reach
    if south <= -90 or north >= 90:
        return [(max(south, -91.0), min(north, 91.0), -181.0, 181.0)]
    ratio = math.sin(min(math.radians(reach), math.pi / 2)) / math.cos(math.radians(latitude))
    if ratio >= 1:
        return [(south, north, -181.0, 181.0)]
    spread = math.degrees(math.asin(ratio)) + 1e-4
    west, east = longitude - spread, longitude + spread
    if west < -180:
        return [(south, north, -181.0, east), (south, north, west + 360, 181.0)]
    if east > 180:
        return [(south, north, west, 181.0), (south, north, -181.0, east - 360)]
    return [(south, north, west, east)]
