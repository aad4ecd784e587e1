"""Saved searches that tell: what one has saved, a new one from the filter at hand, and the feeds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from newsblotter.errors import NewsblotterError, UsageError
from newsblotter.store.record_schema import CLAIM_FIELDS
from newsblotter.web.access import UserRole, Visitor, open_to_all, require
from newsblotter.web.alerting import feed_url, find_own
from newsblotter.web.alerts import (
    CHANNELS,
    Hours,
    SavedSearch,
    change_search,
    forget_search,
    get_search,
    list_deliveries,
    list_events,
    list_searches,
    save_search,
)
from newsblotter.web.alerts.feed import write_feed
from newsblotter.web.alerts.hours import DIGESTS
from newsblotter.web.desk import desk_of
from newsblotter.web.facets import list_chips
from newsblotter.web.faults import Refusal
from newsblotter.web.filters import read_filter, write_query
from newsblotter.web.render import render, words_of

FEED_ENTRIES = 100
LONGEST_NAME = 120  # characters of the name that a search is offered

router = APIRouter(prefix="/alerts", include_in_schema=False)
feeds = APIRouter(dependencies=[open_to_all()], include_in_schema=False)  # a feed's secret word is its key
_reader = require(UserRole.READER)


@router.get("")
def show_alerts(request: Request, visitor: Annotated[Visitor, _reader]) -> Response:
    """One's saved searches, each with how its last delivery went."""
    with desk_of(request).people.reading() as connection:
        searches = list_searches(connection, None if visitor.may(UserRole.ADMIN) else visitor.name)
        last = {search.id: next(iter(list_deliveries(connection, search.id, 1)), None) for search in searches}
    return render(
        request,
        "alerts.html",
        searches=searches,
        last=last,
        feed_url=lambda search: feed_url(request, search),
        parts_of=partial(_parts, request),
    )


@router.get("/new")
def ask_new(request: Request, visitor: Annotated[Visitor, _reader]) -> Response:
    """A form for the filter that the address carries."""
    wanted = read_filter(request.query_params.multi_items())
    name = ", ".join(chip.label for chip in list_chips(wanted, None, words_of(request)))[:LONGEST_NAME]
    return _form(request, SavedSearch("", visitor.name, name, write_query(wanted), "feed", "", ""))


def _parts(request: Request, search: SavedSearch) -> list[str]:
    """What a search asks for, in the visitor's words."""
    return [chip.label for chip in list_chips(read_filter(parse_qsl(search.query)), None, words_of(request))]


def _form(request: Request, search: SavedSearch, status_code: int = 200, **more: Any) -> HTMLResponse:
    parts: dict[str, Any] = {
        "problem": "",
        "search": search,
        "channels": CHANNELS,
        "digests": DIGESTS,
        "fields": CLAIM_FIELDS,
        "parts": _parts(request, search),
        **more,
    }
    return render(request, "alert_form.html", status_code=status_code, **parts)


class _Typed:
    """What the form holds."""

    def __init__(
        self,
        name: Annotated[str, Form(max_length=500)] = "",
        query: Annotated[str, Form(max_length=8_000)] = "",
        channel: Annotated[str, Form(max_length=20)] = "feed",
        target: Annotated[str, Form(max_length=2_000)] = "",
        watch: Annotated[list[str] | None, Form()] = None,
    ) -> None:
        self.parts: dict[str, Any] = {
            "name": name,
            "query": query,
            "channel": channel,
            "target": target,
            "watch": tuple(watch or ()),
        }


class _Clocks:
    """The times of day of the form."""

    def __init__(
        self,
        zone: Annotated[str, Form(max_length=100)] = "UTC",
        digest: Annotated[str, Form(max_length=20)] = "none",
        digest_at: Annotated[str, Form(max_length=10)] = "08:00",
        quiet_from: Annotated[str, Form(max_length=10)] = "",
        quiet_until: Annotated[str, Form(max_length=10)] = "",
    ) -> None:
        self.hours = Hours(zone, quiet_from, quiet_until, digest, digest_at)


@router.post("")
def save(
    request: Request,
    visitor: Annotated[Visitor, _reader],
    typed: Annotated[_Typed, Depends()],
    clocks: Annotated[_Clocks, Depends()],
) -> Response:
    """Save a search."""
    desk = desk_of(request)
    asked = SavedSearch("", visitor.name, secret="", hours=clocks.hours, **typed.parts)
    try:
        save_search(desk.people, desk.store, asked, by=visitor.name)
    except UsageError as error:
        return _form(request, asked, 400, problem=str(error))
    return RedirectResponse("/alerts", 303)


@router.get("/{search_id}")
def show_one(request: Request, visitor: Annotated[Visitor, _reader], search_id: str) -> Response:
    """One search: what it told, and whether it arrived."""
    desk = desk_of(request)
    search = find_own(desk, visitor, search_id)
    with desk.people.reading() as connection:
        events, deliveries = list_events(connection, search.id, 50), list_deliveries(connection, search.id)
    return render(
        request,
        "alert.html",
        search=search,
        events=events,
        deliveries=deliveries,
        feed=feed_url(request, search),
        parts=_parts(request, search),
    )


@router.post("/{search_id}")
def change(
    request: Request, visitor: Annotated[Visitor, _reader], search_id: str, active: Annotated[bool, Form()] = True
) -> Response:
    """Put a search to rest, or wake it."""
    desk = desk_of(request)
    change_search(desk.people, replace(find_own(desk, visitor, search_id), active=active), by=visitor.name)
    return RedirectResponse(f"/alerts/{search_id}", 303)


@router.post("/{search_id}/forget")
def forget(request: Request, visitor: Annotated[Visitor, _reader], search_id: str) -> Response:
    """Take a search away."""
    desk = desk_of(request)
    forget_search(desk.people, find_own(desk, visitor, search_id).id, by=visitor.name)
    return RedirectResponse("/alerts", 303)


@feeds.get("/feeds/{search_id}.{secret}.rss")
def show_feed(request: Request, search_id: str, secret: str) -> Response:
    """A search's feed, for whoever has its whole address."""
    from hmac import compare_digest

    try:
        with desk_of(request).people.reading() as connection:
            search = get_search(connection, search_id)
            events = list_events(connection, search.id, FEED_ENTRIES)
    except NewsblotterError:
        search, events = None, []
    if search is None or search.channel != "feed" or not compare_digest(search.secret.encode(), secret.encode()):
        raise Refusal(404, "there is no such feed")
    return Response(write_feed(search, events, feed_url(request, search)), media_type="application/rss+xml")
