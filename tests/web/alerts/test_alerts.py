"""Saved searches tell of each incident once, of each change of a watched field once, and lose nothing on the way."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("argon2", reason="needs the extra newsblotter[web]")

from newsblotter.errors import UnknownIncident, UsageError
from newsblotter.outbound import Answer, Unreachable
from newsblotter.web.alerts import (
    Channels,
    Hours,
    SavedSearch,
    change_search,
    deliver,
    forget_search,
    get_search,
    list_deliveries,
    list_events,
    list_searches,
)
from newsblotter.web.alerts.delivery import CLAIM, RETRY_AFTER_S
from newsblotter.web.alerts.events import Event
from newsblotter.web.alerts.feed import write_feed
from newsblotter.web.alerts.mail import write_mail
from newsblotter.web.alerts.webhook import Gone, Later, send_webhook, sign
from web.alerts.blotter import Blotter, make_record

# --- noticing ---------------------------------------------------------------------------------------------------


def test_what_is_new_and_asked_for_is_told_once_with_its_reason(blotter: Blotter) -> None:
    blotter.put(make_record("i0"))
    search = blotter.save()
    blotter.put(make_record("i1"), make_record("i2", type="shooting"))
    assert blotter.notice() == 1
    assert blotter.notice() == 0
    [event] = blotter.events(search)
    assert (event.what, event.data["id"]) == ("incident.new", "i1")
    assert "Robberies" in event.data["why"] and event.data["link"] == "https://desk.example/incidents/i1"


def test_what_was_there_before_is_not_told(blotter: Blotter) -> None:
    blotter.put(make_record("i1"))
    search = blotter.save(watch=("killed",))
    blotter.put(make_record("i1", title="Another title"), changed={"i1": ["title"]})
    blotter.notice()
    assert blotter.events(search) == []


def test_a_change_of_a_watched_field_is_told_with_before_and_now(blotter: Blotter) -> None:
    search = blotter.save(watch=("killed",))
    blotter.put(make_record("i1", killed={"low": 0, "high": 0}))
    blotter.notice()
    blotter.put(make_record("i1", killed={"low": 1, "high": 1}), changed={"i1": ["killed"]})
    blotter.notice()
    blotter.put(make_record("i1", killed={"low": 1, "high": 1}, title="A new title"), changed={"i1": ["title"]})
    blotter.notice()
    first, second = blotter.events(search)
    assert (first.what, second.what) == ("incident.new", "incident.changed")
    assert second.data["changes"]["killed"] == ["0", "1"]
    assert "killed: 0 → 1" in second.data["why"]


def test_a_change_of_nothing_watched_is_silent(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"))
    blotter.notice()
    blotter.put(make_record("i1", title="Another"), changed={"i1": ["title"]})
    blotter.notice()
    assert len(blotter.events(search)) == 1


def test_an_incident_that_comes_to_pass_the_filter_is_told(blotter: Blotter) -> None:
    blotter.put(make_record("i1", type="theft"))
    search = blotter.save()
    blotter.put(make_record("i1", type="robbery"), changed={"i1": ["type"]})
    blotter.notice()
    [event] = blotter.events(search)
    assert event.what == "incident.changed" and "type changed" in event.data["why"]


def test_a_merge_and_a_withdrawal_are_told_and_the_survivor_is_not_told_anew(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"), make_record("i3"))
    blotter.notice()
    blotter.put(make_record("i2"), gone={"i1": ["i2"], "i3": []})
    blotter.notice()
    told = [(event.what, event.data["id"]) for event in blotter.events(search)]
    assert told[:2] == [("incident.new", "i1"), ("incident.new", "i3")]
    assert sorted(told[2:]) == [("incident.merged", "i1"), ("incident.new", "i2"), ("incident.withdrawn", "i3")] or sorted(
        told[2:]
    ) == [
        ("incident.merged", "i1"),
        ("incident.withdrawn", "i3"),
    ]


def test_a_search_put_to_rest_tells_nothing(blotter: Blotter) -> None:
    search = blotter.save()
    change_search(blotter.desk, replace(search, active=False), by="ada")
    blotter.put(make_record("i1"))
    assert blotter.notice() == 0


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "  "},
        {"channel": "pigeon"},
        {"target": "javascript:alert(1)"},
        {"target": "ftp://x.example"},
        {"channel": "email", "target": "nobody"},
        {"channel": "email", "target": "a@b.example\r\nBcc: c@d.example"},
        {"channel": "email", "target": "a@b.example, c@d.example"},
        {"watch": ("shoe_size",)},
        {"query": "since=yesterday"},
        {"hours": Hours("Nowhere/Land")},
    ],
)
def test_a_search_that_cannot_be_is_refused(blotter: Blotter, parts: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        blotter.save(**parts)


def test_a_search_taken_away_takes_its_events_along(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"))
    blotter.notice()
    forget_search(blotter.desk, search.id, by="ada")
    with blotter.desk.reading() as connection:
        assert list_searches(connection) == [] and list_events(connection, search.id) == []
        with pytest.raises(UnknownIncident):
            get_search(connection, search.id)


# --- delivering -------------------------------------------------------------------------------------------------


class Receiver:
    """Takes bundles as a webhook's receiver does: by their id, once; and breaks as told."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = {}
        self.calls = 0
        self.fails: list[Exception | None] = []

    def __call__(self, search: SavedSearch, bundle_id: str, events: Sequence[Event], now: datetime) -> None:
        self.calls += 1
        failure = self.fails.pop(0) if self.fails else None
        if isinstance(failure, KeyboardInterrupt | type(None)):
            self.taken.setdefault(bundle_id, [event.key for event in events])
        if failure is not None:
            raise failure


class _KilledError(BaseException):
    """Stands for the process being killed between sending and marking."""


def test_a_bundle_is_sent_once(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"), make_record("i2"))
    blotter.notice()
    receiver = Receiver()
    assert deliver(blotter.desk, receiver)["sent"] == 2
    assert deliver(blotter.desk, receiver)["sent"] == 0
    assert sorted(key for keys in receiver.taken.values() for key in keys) == sorted(event.key for event in blotter.events(search))


def test_what_does_not_arrive_is_tried_again_later_and_given_up_at_last(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"))
    blotter.notice()
    receiver = Receiver()
    receiver.fails = [Unreachable("down")] * 100
    for wait_s in RETRY_AFTER_S:
        assert deliver(blotter.desk, receiver)["put off"] == 1
        assert deliver(blotter.desk, receiver) == {"sent": 0, "put off": 0, "given up": 0}
        blotter.clock.now += timedelta(seconds=wait_s)
    assert deliver(blotter.desk, receiver)["given up"] == 1
    with blotter.desk.reading() as connection:
        [delivery] = list_deliveries(connection, search.id)
    assert delivery.failed_at is not None and delivery.error == "down" and delivery.attempts == len(RETRY_AFTER_S) + 1


def test_a_receiver_may_ask_for_more_time(blotter: Blotter) -> None:
    blotter.save()
    blotter.put(make_record("i1"))
    blotter.notice()
    receiver = Receiver()
    receiver.fails = [Later("busy", 600)]
    deliver(blotter.desk, receiver)
    blotter.clock.now += timedelta(seconds=590)
    assert deliver(blotter.desk, receiver)["sent"] == 0
    blotter.clock.now += timedelta(seconds=20)
    assert deliver(blotter.desk, receiver)["sent"] == 1


def test_a_receiver_that_wants_nothing_more_ends_the_search(blotter: Blotter) -> None:
    search = blotter.save()
    blotter.put(make_record("i1"))
    blotter.notice()
    receiver = Receiver()
    receiver.fails = [Gone("410")]
    assert deliver(blotter.desk, receiver)["given up"] == 1
    with blotter.desk.reading() as connection:
        assert not get_search(connection, search.id).active


@pytest.mark.parametrize("seed", range(8))
def test_killed_anywhere_nothing_is_lost_and_nothing_is_taken_twice(blotter: Blotter, seed: int, monkeypatch) -> None:
    """The process dies at random points of noticing and delivering; the receiver remembers ids, as the standard asks."""
    chance = random.Random(seed)
    search = blotter.save(hours=Hours(digest="hourly") if seed % 2 else Hours())
    receiver = Receiver()

    def dying(connection_method):
        def wrapped(*arguments, **named):
            if chance.random() < 0.15:
                raise _KilledError
            return connection_method(*arguments, **named)

        return wrapped

    import newsblotter.web.alerts.delivery as delivery
    import newsblotter.web.alerts.events as events

    monkeypatch.setattr(delivery, "_mark", dying(delivery._mark))
    monkeypatch.setattr(events, "_keep", dying(events._keep))

    def send(*arguments: Any) -> None:
        if chance.random() < 0.1:
            raise _KilledError
        receiver(*arguments)
        if chance.random() < 0.2:
            raise _KilledError

    for number in range(40):
        blotter.put(make_record(f"i{number}"))
        for work in (blotter.notice, lambda: deliver(blotter.desk, send)):
            try:
                work()
            except _KilledError:
                blotter.clock.now += CLAIM
        blotter.clock.now += timedelta(minutes=10)
    monkeypatch.undo()
    blotter.notice()
    for _ in range(60):
        blotter.clock.now += timedelta(hours=1)
        deliver(blotter.desk, receiver)
    keys = [key for taken in receiver.taken.values() for key in taken]
    assert len(keys) == len(set(keys)) == 40
    assert set(keys) == {event.key for event in blotter.events(search)}


def test_nothing_goes_out_in_quiet_hours_however_long_it_waited(blotter: Blotter) -> None:
    """Neither what was due while the desk was closed, nor what is tried again."""
    blotter.save(hours=Hours(quiet_from="22:00", quiet_until="07:00"))
    blotter.put(make_record("i1"))
    blotter.notice()  # at nine in the morning
    receiver = Receiver()
    blotter.clock.now += timedelta(hours=14)
    assert deliver(blotter.desk, receiver) == {"sent": 0, "put off": 0, "given up": 0} and receiver.calls == 0
    blotter.clock.now += timedelta(hours=7, minutes=59)
    assert deliver(blotter.desk, receiver)["sent"] == 0 and receiver.calls == 0
    blotter.clock.now += timedelta(minutes=1)
    receiver.fails = [Later("busy", 15 * 3600 + 60)]  # until a minute past ten in the evening
    assert deliver(blotter.desk, receiver)["put off"] == 1
    blotter.clock.now += timedelta(hours=16)
    assert deliver(blotter.desk, receiver)["sent"] == 0 and receiver.calls == 1
    blotter.clock.now += timedelta(hours=8)
    assert deliver(blotter.desk, receiver)["sent"] == 1


def test_a_digest_waits_and_comes_in_one(blotter: Blotter) -> None:
    blotter.save(hours=Hours(digest="daily", digest_at="18:00"))
    receiver = Receiver()
    for number in range(3):
        blotter.put(make_record(f"i{number}"))
        blotter.notice()
        assert deliver(blotter.desk, receiver)["sent"] == 0
        blotter.clock.now += timedelta(hours=1)
    blotter.clock.now += timedelta(hours=7)
    assert deliver(blotter.desk, receiver)["sent"] == 1
    assert [len(keys) for keys in receiver.taken.values()] == [3]


# --- channels ---------------------------------------------------------------------------------------------------


class FakeOutbound:
    def __init__(self, status: int = 204, headers: dict[str, str] | None = None) -> None:
        self.status, self.headers = status, headers or {}
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.sent.append((url, body, headers))
        return Answer(self.status, self.headers, b"")


def _send(blotter: Blotter, outbound: FakeOutbound, count: int = 1) -> SavedSearch:
    search = blotter.save()
    blotter.put(*(make_record(f"i{number}") for number in range(count)))
    blotter.notice()
    send_webhook(outbound, search, "b1", blotter.events(search), blotter.clock.now)  # type: ignore[arg-type]
    return search


def test_a_webhook_is_signed_as_the_standard_says(blotter: Blotter) -> None:
    outbound = FakeOutbound()
    search = _send(blotter, outbound)
    [(url, body, headers)] = outbound.sent
    assert url == search.target and headers["webhook-id"] == headers["idempotency-key"] == "b1"
    signed = f"b1.{headers['webhook-timestamp']}.".encode() + body
    key = b64decode(search.secret.removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    told = json.loads(body)
    assert told["type"] == "incident.new" and told["data"]["incident"]["id"] == "i0" and search.secret not in body.decode()


def test_the_signature_of_the_standards_own_example() -> None:
    body = b'{"test": 2432232314}'
    found = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_digest_holds_its_events(blotter: Blotter) -> None:
    outbound = FakeOutbound()
    _send(blotter, outbound, count=3)
    told = json.loads(outbound.sent[0][1])
    assert told["type"] == "digest" and [event["data"]["id"] for event in told["data"]["events"]] == ["i0", "i1", "i2"]


@pytest.mark.parametrize(
    ("status", "error"), [(410, Gone), (429, Later), (503, Later), (301, Unreachable), (400, Unreachable), (500, Unreachable)]
)
def test_any_other_answer_is_no_delivery(blotter: Blotter, status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        _send(blotter, FakeOutbound(status))


@pytest.mark.parametrize(
    ("words", "wait_s"),
    [("120", 120), ("Mon, 04 May 2026 09:02:00 GMT", 120), ("soon", 0), ("-5", 0), ("", 0), ("9" * 400, 999_999_999)],
)
def test_retry_after_is_read_in_both_forms(blotter: Blotter, words: str, wait_s: float) -> None:
    with pytest.raises(Later) as asked:
        _send(blotter, FakeOutbound(429, {"retry-after": words}))
    assert asked.value.wait_s == wait_s


@pytest.mark.parametrize(
    "title",
    ["Raid\r\nBcc: victim@example.org", "Raid\nX: 1", "Raid\u2028X: 1", "Raid\x00\x1b[31m", "Überfall “in” Köln", "x" * 3000],
)
def test_no_title_adds_a_header(blotter: Blotter, title: str) -> None:
    search = blotter.save(channel="email", target="ada@desk.example", name=title[:100])
    blotter.put(make_record("i1", title=title))
    blotter.notice()
    raw = write_mail(search, "b1", blotter.events(search), "blotter@desk.example").as_bytes()
    read = message_from_bytes(raw, policy=policy.default)
    assert set(read.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert read["To"] == "ada@desk.example" and "i1" in read.get_content()


def test_mail_that_is_not_set_up_waits(blotter: Blotter) -> None:
    search = blotter.save(channel="email", target="ada@desk.example")
    blotter.put(make_record("i1"))
    blotter.notice()
    assert deliver(blotter.desk, Channels().send)["put off"] == 1
    with blotter.desk.reading() as connection:
        assert "smtp_host" in (list_deliveries(connection, search.id)[0].error or "")


def test_a_feed_is_fetched_and_well_formed_whatever_titles_hold(blotter: Blotter) -> None:
    search = blotter.save(channel="feed", target="", name="A & B <c>")
    blotter.put(make_record("i1", title="]]><script>alert(1)</script>\x00\x0b & more"))
    blotter.notice()
    assert deliver(blotter.desk, Channels().send) == {"sent": 0, "put off": 0, "given up": 0}
    root = ET.fromstring(write_feed(search, blotter.events(search), "https://desk.example/feeds/x.rss"))
    [item] = root.findall("./channel/item")
    assert root.findtext("./channel/title") == "A & B <c>"
    assert item.findtext("title") == "]]><script>alert(1)</script> & more"
    assert item.findtext("link") == "https://desk.example/incidents/i1" and item.findtext("guid")
