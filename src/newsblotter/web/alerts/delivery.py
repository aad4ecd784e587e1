"""Bundle the events that are due and send each bundle until it arrives.

A bundle is claimed for a while, sent, and marked; whoever dies in between leaves a claim that runs out, and the bundle goes out
again under the same id. The marks are transactions of their own, so nothing waits for a slow receiver.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from newsblotter.errors import NewsblotterError, UsageError
from newsblotter.outbound import Outbound, Unreachable
from newsblotter.tables import decode_instant, encode_instant
from newsblotter.web.alerts.events import Event, read_event
from newsblotter.web.alerts.hours import find_waking
from newsblotter.web.alerts.mail import MailSettings, send_mail
from newsblotter.web.alerts.searches import SavedSearch, get_search
from newsblotter.web.alerts.webhook import Gone, Later, send_webhook
from newsblotter.web.people.desk_file import DeskFile

RETRY_AFTER_S = (60, 300, 1_800, 7_200, 21_600, 43_200, 86_400)  # two days in all: a receiver that is down over a weekend's night
LONGEST_WAIT_S = 86_400  # that a receiver may ask for by Retry-After
CLAIM = timedelta(minutes=3)  # longer than any channel takes for one bundle
MOST_IN_BUNDLE = 100
MOST_BUNDLES = 500  # sent by one call; the next goes on
KEPT_DAYS = 90  # told events; then they are forgotten, and with them the feed's older entries

Send = Callable[[SavedSearch, str, Sequence[Event], datetime], None]


@dataclass(frozen=True, slots=True)
class Channels:
    """How bundles leave the house, by channel; a feed is fetched, so nothing is sent."""

    outbound: Outbound = field(default_factory=Outbound)
    mail: MailSettings | None = None  # None: e-mail is not set up; bundles for it wait

    def send(self, search: SavedSearch, bundle_id: str, events: Sequence[Event], now: datetime) -> None:
        """Send one bundle.

        Raises:
            Unreachable, Later, Gone, UsageError: It did not arrive.
        """
        if search.channel == "webhook":
            send_webhook(self.outbound, search, bundle_id, events, now)
        elif search.channel == "email":
            if self.mail is None:
                raise UsageError("e-mail is not set up: newsblotter.toml names no smtp_host")
            send_mail(self.mail, search, bundle_id, events)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One bundle and how far it is."""

    id: str
    search_id: str
    events: int
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    error: str | None


def deliver(desk: DeskFile, send: Send) -> Mapping[str, int]:
    """Send what is due; returns how many bundles were sent, put off and given up.

    Args:
        desk: The desk file.
        send: Sends one bundle: ``Channels(...).send``.
    """
    counts = {"sent": 0, "put off": 0, "given up": 0}
    _make_bundles(desk)
    for _ in range(MOST_BUNDLES):
        claimed = _claim(desk)
        if claimed is None:
            break
        counts[_send_one(desk, send, *claimed)] += 1
    _forget(desk)
    return counts


def _make_bundles(desk: DeskFile) -> None:
    """Put the events that are due into bundles: a webhook's one by one unless it wants a digest, an e-mail's together."""
    now = encode_instant(desk.clock())
    with desk.writing() as connection:
        rows = connection.execute(
            text(
                "SELECT e.number, e.key, e.search_id, s.channel, s.hours FROM events e JOIN searches s ON s.id = e.search_id"
                " WHERE e.bundle IS NULL AND e.due <= :now AND s.channel <> 'feed' AND s.active = 1 ORDER BY e.search_id, e.number"
            ),
            {"now": now},
        ).all()
        groups: list[list[tuple[int, str]]] = []
        for at, row in enumerate(rows):
            alone = row.channel == "webhook" and '"digest":"none"' in row.hours
            other = at == 0 or rows[at - 1].search_id != row.search_id
            if alone or other or len(groups[-1]) >= MOST_IN_BUNDLE:
                groups.append([])
            groups[-1].append((row.number, row.key))
        search_of = {row.number: row.search_id for row in rows}
        for group in groups:
            bundle = "b" + hashlib.sha256("\x1f".join(key for _, key in group).encode()).hexdigest()[:32]
            connection.execute(
                text(
                    "INSERT INTO bundles (id, search_id, attempts, next_at) VALUES (:id, :search, 0, :now) ON CONFLICT DO NOTHING"
                ),
                {"id": bundle, "search": search_of[group[0][0]], "now": now},
            )
            connection.execute(
                text("UPDATE events SET bundle = :bundle WHERE number = :number"),
                [{"bundle": bundle, "number": number} for number, _ in group],
            )


def _claim(desk: DeskFile) -> tuple[SavedSearch, str, list[Event], int] | None:
    """The bundle whose turn it is, kept from others for a while; None when none waits."""
    now = desk.clock()
    with desk.writing() as connection:
        while True:
            row = connection.execute(
                text(
                    "SELECT b.* FROM bundles b JOIN searches s ON s.id = b.search_id"
                    " WHERE b.sent_at IS NULL AND b.failed_at IS NULL AND b.next_at <= :now AND s.active = 1"
                    " AND (b.claimed_until IS NULL OR b.claimed_until <= :now)"
                    " ORDER BY b.next_at, b.id LIMIT 1"
                ),
                {"now": encode_instant(now)},
            ).first()
            if row is None:
                return None
            search = get_search(connection, row.search_id)
            awake = find_waking(search.hours, now)
            if awake <= now:
                break
            _mark(connection, row.id, "next_at = :awake", awake=encode_instant(awake))  # it was due, but waited until the night
        connection.execute(
            text("UPDATE bundles SET claimed_until = :until, attempts = attempts + 1 WHERE id = :id"),
            {"until": encode_instant(now + CLAIM), "id": row.id},
        )
        found = connection.execute(text("SELECT * FROM events WHERE bundle = :id ORDER BY number"), {"id": row.id})
        return search, row.id, [read_event(one) for one in found], row.attempts + 1


def _send_one(desk: DeskFile, send: Send, search: SavedSearch, bundle_id: str, events: list[Event], attempt: int) -> str:
    wait_s, error, gone = 0.0, "", False
    try:
        send(search, bundle_id, events, desk.clock())
    except Gone as said:
        error, gone = str(said), True
    except Later as said:
        error, wait_s = str(said), min(said.wait_s, LONGEST_WAIT_S)
    except (Unreachable, NewsblotterError) as said:
        error = str(said)
    now = desk.clock()
    with desk.writing() as connection:
        if not error:
            _mark(connection, bundle_id, "sent_at = :now, claimed_until = NULL, error = NULL", now=encode_instant(now))
            return "sent"
        if gone:
            connection.execute(text("UPDATE searches SET active = 0 WHERE id = :id"), {"id": search.id})
        if gone or attempt > len(RETRY_AFTER_S):
            _mark(
                connection,
                bundle_id,
                "failed_at = :now, claimed_until = NULL, error = :error",
                now=encode_instant(now),
                error=error,
            )
            return "given up"
        wait_s = max(wait_s, RETRY_AFTER_S[attempt - 1])
        later = encode_instant(now + timedelta(seconds=wait_s))
        _mark(connection, bundle_id, "next_at = :later, claimed_until = NULL, error = :error", later=later, error=error)
        return "put off"


def _mark(connection: Connection, bundle_id: str, change: str, **bound: str | None) -> None:
    connection.execute(text(f"UPDATE bundles SET {change} WHERE id = :id"), {"id": bundle_id, **bound})


def _forget(desk: DeskFile) -> None:
    """Drop what was told long ago."""
    old = encode_instant(desk.clock() - timedelta(days=KEPT_DAYS))
    with desk.writing() as connection:
        connection.execute(
            text(
                "DELETE FROM events WHERE made_at < :old"
                " AND (bundle IN (SELECT id FROM bundles WHERE sent_at IS NOT NULL OR failed_at IS NOT NULL)"
                " OR search_id IN (SELECT id FROM searches WHERE channel = 'feed'))"
            ),
            {"old": old},
        )
        connection.execute(text("DELETE FROM bundles WHERE coalesce(sent_at, failed_at) < :old"), {"old": old})


def list_deliveries(connection: Connection, search_id: str, limit: int = 50) -> list[Delivery]:
    """A search's bundles, the newest first."""
    rows = connection.execute(
        text(
            "SELECT b.*, (SELECT count(*) FROM events e WHERE e.bundle = b.id) AS events FROM bundles b WHERE b.search_id = :search"
            " ORDER BY coalesce(b.sent_at, b.failed_at, b.next_at) DESC, b.id LIMIT :limit"
        ),
        {"search": search_id, "limit": limit},
    )
    return [
        Delivery(
            row.id,
            row.search_id,
            row.events,
            row.attempts,
            decode_instant(row.next_at),
            decode_instant(row.sent_at),
            decode_instant(row.failed_at),
            row.error,
        )
        for row in rows
    ]
