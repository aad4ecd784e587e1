"""Searches that somebody saved in order to be told."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict, dataclass, field, replace
from email.errors import MessageError
from email.headerregistry import Address
from secrets import token_bytes, token_hex, token_urlsafe
from typing import Any

from sqlalchemy import Connection, Row, text

from newsblotter.errors import UnknownIncident, UsageError
from newsblotter.outbound import check_url
from newsblotter.store import Store
from newsblotter.store.record_schema import CLAIM_FIELDS
from newsblotter.tables import encode_instant, encode_json
from newsblotter.web.alerts.hours import Hours, check_hours
from newsblotter.web.filters import read_filter, write_query
from newsblotter.web.people.audit import write_audit
from newsblotter.web.people.desk_file import DeskFile

CHANNELS = ("webhook", "email", "feed")
LONGEST_NAME = 120
MOST_SEARCHES = 200  # of one owner


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """What is looked for, who wants to know, and how they are told."""

    id: str
    owner: str  # the user's name
    name: str
    query: str  # the filter as its query string
    channel: str  # one of CHANNELS
    target: str  # a URL, an e-mail address; of a feed: nothing
    secret: str  # webhook: the key that signs; feed: the word in its address
    watch: tuple[str, ...] = ()  # fields whose change is told as well; none: only new incidents
    hours: Hours = field(default_factory=Hours)
    active: bool = True
    since: int = 0  # the journal's newest line when it was saved
    looked: int = 0  # the journal's line up to which it was looked at


def _read(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        row.id,
        row.owner,
        row.name,
        row.query,
        row.channel,
        row.target,
        row.secret,
        tuple(json.loads(row.watch)),
        Hours(**json.loads(row.hours)),
        bool(row.active),
        row.since,
        row.looked,
    )


def _check(search: SavedSearch) -> SavedSearch:
    from urllib.parse import parse_qsl

    name = " ".join(search.name.split())[:LONGEST_NAME]
    if not name:
        raise UsageError("a saved search needs a name")
    if search.channel not in CHANNELS:
        raise UsageError(f"{search.channel[:40]!r}: a search tells by one of {', '.join(CHANNELS)}")
    target = search.target.strip()
    if search.channel == "webhook":
        check_url(target)
    elif search.channel == "email":
        target = _check_address(target)
    else:
        target = ""
    strange = sorted(set(search.watch) - set(CLAIM_FIELDS))
    if strange:
        raise UsageError(f"no field is called {strange[0][:40]!r}; there are {', '.join(CLAIM_FIELDS)}")
    query = write_query(read_filter(parse_qsl(search.query, keep_blank_values=True)))
    return replace(
        search, name=name, target=target, query=query, watch=tuple(sorted(set(search.watch))), hours=check_hours(search.hours)
    )


def _check_address(words: str) -> str:
    try:
        if any(ord(character) <= 32 for character in words):
            raise ValueError("spaces or control characters")
        address = Address(addr_spec=words)
    except (MessageError, ValueError, IndexError) as error:  # the parser of addresses raises all of these
        raise UsageError(f"{words[:80]!r} is no e-mail address") from error
    if not address.domain or "." not in address.domain or len(words) > 254:
        raise UsageError(f"{words[:80]!r} is no e-mail address")
    return words


def make_secret() -> str:
    """A key that signs what a webhook is sent, as Standard Webhooks writes it: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + b64encode(token_bytes(32)).decode()


def _write(connection: Connection, search: SavedSearch) -> None:
    row = {name: value for name, value in asdict(search).items() if name not in ("watch", "hours", "active")}
    row |= {"watch": encode_json(list(search.watch)), "hours": encode_json(asdict(search.hours)), "active": int(search.active)}
    names = ", ".join(f"{name} = :{name}" for name in row if name != "id")
    connection.execute(text(f"UPDATE searches SET {names} WHERE id = :id"), row)


def save_search(desk: DeskFile, store: Store, search: SavedSearch, *, by: str) -> SavedSearch:
    """Save a search; what is new from now on is told.

    Args:
        desk: The desk file.
        store: The store that is looked at.
        search: ``id``, ``secret``, ``since`` and ``looked`` are given here, whatever they hold.
        by: Who saves it.

    Raises:
        UsageError: A part of it cannot be: the filter, the target, the hours.
    """
    search, newest = _check(search), store.last_number()
    secret = make_secret() if search.channel == "webhook" else token_urlsafe(24)
    search = replace(search, id="s" + token_hex(6), secret=secret, since=newest, looked=newest)
    now = desk.clock()
    with desk.writing() as connection:
        if len(list_searches(connection, search.owner)) >= MOST_SEARCHES:
            raise UsageError(f"{search.owner} has {MOST_SEARCHES} saved searches already; take one away first")
        connection.execute(
            text("INSERT INTO searches VALUES (:id, '', '', '', '', '', '', '[]', '{}', 1, :now, 0, 0)"),
            {"id": search.id, "now": encode_instant(now)},
        )
        _write(connection, search)
        write_audit(connection, now, by, "search saved", {"search": search.id, "channel": search.channel, "target": search.target})
    return search


def change_search(desk: DeskFile, search: SavedSearch, *, by: str) -> SavedSearch:
    """Keep a search as it is given; its secret and what it has looked at stay.

    Raises:
        UsageError: A part of it cannot be, or there is no such search.
    """
    now = desk.clock()
    with desk.writing() as connection:
        kept = get_search(connection, search.id)
        search = _check(replace(search, owner=kept.owner, secret=kept.secret, since=kept.since, looked=kept.looked))
        _write(connection, search)
        write_audit(connection, now, by, "search changed", {"search": search.id, "target": search.target, "active": search.active})
    return search


def forget_search(desk: DeskFile, search_id: str, *, by: str) -> None:
    """Take a search away, with what it has not told yet."""
    now = desk.clock()
    with desk.writing() as connection:
        connection.execute(text("DELETE FROM searches WHERE id = :id"), {"id": search_id})
        write_audit(connection, now, by, "search taken away", {"search": search_id})


def get_search(connection: Connection, search_id: str) -> SavedSearch:
    """One search.

    Raises:
        UnknownIncident: There is none of this id.
    """
    row = connection.execute(text("SELECT * FROM searches WHERE id = :id"), {"id": search_id}).first()
    if row is None:
        raise UnknownIncident(f"there is no saved search {search_id[:40]}")
    return _read(row)


def list_searches(connection: Connection, owner: str | None = None) -> list[SavedSearch]:
    """Somebody's searches, or everybody's, by name."""
    rows = connection.execute(
        text("SELECT * FROM searches WHERE :owner IS NULL OR owner = :owner ORDER BY name, id"), {"owner": owner}
    )
    return [_read(row) for row in rows]
