"""Webhooks as Standard Webhooks 1.0 has them: an id that stays the same when it is sent again, a time, and a signature.

A receiver verifies HMAC-SHA256 over ``id.timestamp.body`` with the secret behind ``whsec_``, refuses old timestamps, and
remembers ids, so that what arrives twice is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from newsblotter.errors import NewsblotterError
from newsblotter.outbound import Outbound, Unreachable
from newsblotter.tables import encode_instant, encode_json
from newsblotter.web.alerts.events import Event
from newsblotter.web.alerts.searches import SavedSearch


class Later(NewsblotterError):
    """The receiver asks to come again."""

    def __init__(self, words: str, wait_s: float) -> None:
        super().__init__(words)
        self.wait_s = wait_s


class Gone(NewsblotterError):
    """The receiver wants nothing more (410): the search is put to rest."""


def sign(secret: str, bundle_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a body: ``v1,`` and base64."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{bundle_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def write_body(search: SavedSearch, events: Sequence[Event]) -> bytes:
    """The JSON that is sent: one event as it is, several as a digest."""
    told = [{"type": event.what, "timestamp": encode_instant(event.at), "data": dict(event.data)} for event in events]
    about: dict[str, Any] = {"search": {"id": search.id, "name": search.name, "query": search.query}}
    if len(told) == 1:
        return encode_json({**told[0], **about}).encode()
    return encode_json({"type": "digest", "timestamp": told[-1]["timestamp"], "data": {"events": told}, **about}).encode()


def send_webhook(outbound: Outbound, search: SavedSearch, bundle_id: str, events: Sequence[Event], now: datetime) -> None:
    """Send one bundle.

    Raises:
        Gone: The receiver answered 410.
        Later: It answered 429 or 503.
        Unreachable: It gave any other answer than a 2xx, or none.
        Forbidden: The address leads inside.
    """
    body, timestamp = write_body(search, events), int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": bundle_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(search.secret, bundle_id, timestamp, body),
        "idempotency-key": bundle_id,
    }
    answer = outbound.post(search.target, body, headers)
    if 200 <= answer.status < 300:
        return
    said = f"answered {answer.status}"
    if answer.status == 410:
        raise Gone(f"{said}: it wants nothing more")
    if answer.status in (429, 503):
        raise Later(said, _wait(answer.headers.get("retry-after", ""), now))
    if 300 <= answer.status < 400:
        raise Unreachable(f"{said}: redirects are not followed; give the address that it leads to")
    raise Unreachable(said)


def _wait(words: str, now: datetime) -> float:
    """Seconds that a Retry-After header asks for: a number, or a date; 0 where it is neither."""
    if words.isascii() and words.isdigit():
        return float(words[:9])
    try:
        moment = parsedate_to_datetime(words)
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
