"""When somebody wants to be told: at once or in a digest, and never at night."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsblotter.errors import UsageError

DIGESTS = ("none", "hourly", "daily", "weekly")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """When events of a search may go out. Times are of the clocks on the wall in ``zone``."""

    zone: str = "UTC"  # an IANA name such as Europe/Paris
    quiet_from: str = ""  # HH:MM; empty: no quiet hours
    quiet_until: str = ""
    digest: str = "none"  # one of DIGESTS
    digest_at: str = "08:00"  # of daily and weekly digests; weekly ones go out on Mondays


def check_hours(hours: Hours) -> Hours:
    """The same hours, when they can be kept.

    Raises:
        UsageError: A time, the zone or the digest is none.
    """
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"{hours.zone[:60]!r} is no time zone; write such as Europe/Paris") from error
    if hours.digest not in DIGESTS:
        raise UsageError(f"{hours.digest[:40]!r}: a digest is one of {', '.join(DIGESTS)}")
    for words in (hours.digest_at, *filter(None, (hours.quiet_from, hours.quiet_until))):
        if not _CLOCK.fullmatch(words):
            raise UsageError(f"{words[:40]!r} is no time; write such as 22:00")
    if bool(hours.quiet_from) != bool(hours.quiet_until):
        raise UsageError("quiet hours have a beginning and an end")
    return hours


def _at(words: str) -> time:
    return time.fromisoformat(words)


def _on(day: datetime, words: str, zone: ZoneInfo) -> datetime:
    """That time of the day on which a moment falls. In the hour that is skipped in spring: as much later."""
    return datetime.combine(day.date(), _at(words), zone)


def find_due(hours: Hours, now: datetime) -> datetime:
    """The moment (UTC) from which an event of now may go out."""
    zone = ZoneInfo(hours.zone)
    local = now.astimezone(zone)
    due = local
    if hours.digest == "hourly":
        due = (now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)).astimezone(zone)
    elif hours.digest in ("daily", "weekly"):
        due = _on(local, hours.digest_at, zone)
        while due <= local or (hours.digest == "weekly" and due.weekday() != 0):
            due = _on(due + timedelta(days=1), hours.digest_at, zone)
    return _leave_quiet(hours, due, zone).astimezone(UTC)


def find_waking(hours: Hours, now: datetime) -> datetime:
    """The moment (UTC) at which the quiet hours end that now falls into; else now."""
    zone = ZoneInfo(hours.zone)
    return _leave_quiet(hours, now.astimezone(zone), zone).astimezone(UTC)


def _leave_quiet(hours: Hours, moment: datetime, zone: ZoneInfo) -> datetime:
    """The end of the quiet hours that a moment falls into, else the moment itself."""
    if not hours.quiet_from or hours.quiet_from == hours.quiet_until:
        return moment
    start, end, clock = _at(hours.quiet_from), _at(hours.quiet_until), moment.time().replace(tzinfo=None)
    if start < end:
        return _on(moment, hours.quiet_until, zone) if start <= clock < end else moment
    if clock >= start:
        return _on(moment + timedelta(days=1), hours.quiet_until, zone)
    return _on(moment, hours.quiet_until, zone) if clock < end else moment
