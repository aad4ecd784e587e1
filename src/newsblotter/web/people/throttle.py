"""Make guessing slow: every failure of an account, or from an address, makes the next try wait longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from newsblotter.errors import NewsblotterError
from newsblotter.tables import decode_instant, encode_instant

FREE_TRIES = 5  # a person who mistypes is not bothered
LONGEST_WAIT_S = {"name": 60.0, "address": 900.0}  # an account's is short, so that strangers cannot lock its owner out for long
FORGET_AFTER = timedelta(hours=24)  # without a further failure
MOST_KEYS = 10_000  # kept; the oldest go first, so that made-up names cannot fill the disk


class TooManyTries(NewsblotterError):
    """Logins for this account or from this address have to wait."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many failed logins; try again in {max(1, round(wait_s))} seconds")
        self.wait_s = wait_s


def wait_after(failures: int, kind: str) -> float:
    """Seconds from the last of so many failures until the next try is heard."""
    if failures < FREE_TRIES:
        return 0.0
    return min(2.0 ** min(failures - FREE_TRIES, 20), LONGEST_WAIT_S[kind])


def check_tries(connection: Connection, keys: dict[str, str], now: datetime) -> None:
    """Let a login be tried, or not yet.

    Args:
        connection: To the desk file.
        keys: What is counted, by kind ("name", "address").
        now: The moment of the try.

    Raises:
        TooManyTries: One of them has to wait.
    """
    longest = 0.0
    for kind, value in keys.items():
        row = connection.execute(text("SELECT failures, last FROM tries WHERE key = :key"), {"key": f"{kind}:{value}"}).first()
        if row is None:
            continue
        last = decode_instant(row.last)
        assert last is not None
        since = (now - last).total_seconds()
        longest = max(longest, wait_after(row.failures, kind) - max(since, 0.0))
    if longest > 0:
        raise TooManyTries(longest)


def count_failure(connection: Connection, keys: dict[str, str], now: datetime) -> None:
    """Remember a failed try."""
    forget = str(encode_instant(now - FORGET_AFTER))
    connection.execute(text("DELETE FROM tries WHERE last < :forget"), {"forget": forget})
    for kind, value in keys.items():
        connection.execute(
            text(
                "INSERT INTO tries VALUES (:key, 1, :now)"
                " ON CONFLICT (key) DO UPDATE SET failures = failures + 1, last = excluded.last"
            ),
            {"key": f"{kind}:{value}", "now": encode_instant(now)},
        )
    connection.execute(
        text("DELETE FROM tries WHERE key IN (SELECT key FROM tries ORDER BY last DESC LIMIT -1 OFFSET :most)"), {"most": MOST_KEYS}
    )


def forget_failures(connection: Connection, name: str) -> None:
    """After a login that succeeded: the account's failures are forgotten, those of the address are not."""
    connection.execute(text("DELETE FROM tries WHERE key = :key"), {"key": f"name:{name}"})
