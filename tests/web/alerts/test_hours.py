"""When an event may go out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import UsageError
from newsblotter.web.alerts.hours import DIGESTS, Hours, check_hours, find_due

PARIS = "Europe/Paris"
NIGHT = {"quiet_from": "22:00", "quiet_until": "07:00"}


def _utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "due"),
    [
        pytest.param(Hours(), "2026-03-10T23:15", "2026-03-10T23:15", id="at once"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-03-10T12:00", "2026-03-10T12:00", id="by day"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-03-10T21:30", "2026-03-11T06:00", id="22:30 in Paris: at 7 there"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-03-10T05:59", "2026-03-10T06:00", id="a minute to seven"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-03-10T06:00", "2026-03-10T06:00", id="seven"),
        pytest.param(Hours(PARIS, "12:00", "14:00"), "2026-03-10T12:30", "2026-03-10T13:00", id="siesta"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-03-28T22:00", "2026-03-29T05:00", id="clocks go forward in that night"),
        pytest.param(Hours(PARIS, **NIGHT), "2026-10-24T22:00", "2026-10-25T06:00", id="clocks go back in that night"),
        pytest.param(Hours(digest="hourly"), "2026-03-10T12:00", "2026-03-10T13:00", id="hourly"),
        pytest.param(Hours("Asia/Kolkata", digest="hourly"), "2026-03-10T12:10", "2026-03-10T13:00", id="hourly in half-hour zone"),
        pytest.param(Hours(PARIS, digest="daily"), "2026-03-10T06:59", "2026-03-10T07:00", id="daily, today"),
        pytest.param(Hours(PARIS, digest="daily"), "2026-03-10T07:00", "2026-03-11T07:00", id="daily, tomorrow"),
        pytest.param(Hours(PARIS, digest="weekly"), "2026-03-10T09:00", "2026-03-16T07:00", id="weekly, next Monday"),
        pytest.param(Hours(PARIS, digest="weekly"), "2026-03-16T06:59", "2026-03-16T07:00", id="weekly, this Monday"),
        pytest.param(
            Hours(PARIS, digest="daily", digest_at="06:00", **NIGHT),
            "2026-03-10T12:00",
            "2026-03-11T06:00",
            id="digest in quiet hours",
        ),
    ],
)
def test_due(hours: Hours, now: str, due: str) -> None:
    assert find_due(hours, _utc(now)) == _utc(due)


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["UTC", PARIS, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    clocks=st.tuples(st.times(), st.times(), st.times()),
    digest=st.sampled_from(DIGESTS),
)
def test_nothing_is_due_before_it_happened_or_a_fortnight_later(now, zone, clocks, digest) -> None:
    begin, end, at = (f"{clock:%H:%M}" for clock in clocks)
    due = find_due(Hours(zone, begin, end, digest, at), now)
    assert 0 <= (due - now).total_seconds() <= 9 * 86_400


@pytest.mark.parametrize(
    "hours",
    [
        Hours("Mars/Olympus"),
        Hours("../../etc/passwd"),
        Hours(digest="yearly"),
        Hours(quiet_from="22:00"),
        Hours(quiet_from="25:00", quiet_until="07:00"),
        Hours(digest_at="8"),
    ],
)
def test_what_cannot_be_kept_is_refused(hours: Hours) -> None:
    with pytest.raises(UsageError):
        check_hours(hours)
