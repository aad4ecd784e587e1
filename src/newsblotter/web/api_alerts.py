"""Saved searches for programs: what the pages of alerts do, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from newsblotter.tables import encode_instant
from newsblotter.web import schemas
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.alerting import feed_url, find_own
from newsblotter.web.alerts import (
    Delivery,
    Hours,
    SavedSearch,
    change_search,
    forget_search,
    list_deliveries,
    list_events,
    list_searches,
    save_search,
)
from newsblotter.web.alerts.events import Event
from newsblotter.web.api import DeskOf
from newsblotter.web.schemas import responses

MOST_EVENTS = 100  # of one search that an answer tells

router = APIRouter(prefix="/api/alerts", tags=["alerts"])
Reader = Annotated[Visitor, require(UserRole.READER)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HoursBody(_Body):
    """When events may go out."""

    zone: str = Field("UTC", max_length=100, description="an IANA name such as Europe/Paris")
    quiet_from: str = Field("", max_length=5, description="HH:MM; empty: no quiet hours")
    quiet_until: str = Field("", max_length=5)
    digest: str = Field("none", max_length=20, description="none, hourly, daily, weekly")
    digest_at: str = Field("08:00", max_length=5)


class AlertBody(_Body):
    """A search that tells."""

    name: str = Field(min_length=1, max_length=500)
    query: str = Field("", max_length=8_000, description="the filter as a query string")
    channel: str = Field("feed", max_length=20, description="webhook, email, feed")
    target: str = Field("", max_length=2_000, description="a URL or an e-mail address; of a feed nothing")
    watch: list[str] = Field(default_factory=list, max_length=50, description="fields whose change is told as well")
    hours: HoursBody | None = Field(None, description="null: at once, at any hour")


class RestBody(_Body):
    """Whether a search tells."""

    active: bool


@router.get("", responses=responses("one's saved searches, an admin's everybody's", schemas.ALERTS))
def list_alerts(request: Request, desk: DeskOf, visitor: Reader) -> dict[str, Any]:
    """The saved searches, by name."""
    with desk.people.reading() as connection:
        searches = list_searches(connection, None if visitor.may(UserRole.ADMIN) else visitor.name)
    return {"alerts": [_describe(request, search) for search in searches]}


@router.post("", status_code=201, responses=responses("the search as it was saved", schemas.ALERT, status=201))
def save(request: Request, desk: DeskOf, visitor: Reader, body: AlertBody) -> dict[str, Any]:
    """Save a search; what is new from now on is told."""
    hours = Hours(**body.hours.model_dump()) if body.hours is not None else Hours()
    asked = SavedSearch("", visitor.name, body.name, body.query, body.channel, body.target, "", tuple(body.watch), hours)
    return _describe(request, save_search(desk.people, desk.store, asked, by=visitor.name))


@router.get("/{alert_id}", responses=responses("the search, what it told, and whether it arrived", schemas.ALERT_WHOLE, 404))
def show(request: Request, desk: DeskOf, visitor: Reader, alert_id: str) -> dict[str, Any]:
    """One search with what it told and how its deliveries went, the newest first."""
    search = find_own(desk, visitor, alert_id)
    with desk.people.reading() as connection:
        events, deliveries = list_events(connection, search.id, MOST_EVENTS), list_deliveries(connection, search.id)
    return {
        "alert": _describe(request, search),
        "events": [_describe_event(event) for event in events],
        "deliveries": [_describe_delivery(delivery) for delivery in deliveries],
    }


@router.patch("/{alert_id}", responses=responses("the search", schemas.ALERT, 404))
def change(request: Request, desk: DeskOf, visitor: Reader, alert_id: str, body: RestBody) -> dict[str, Any]:
    """Put a search to rest, or wake it."""
    search = find_own(desk, visitor, alert_id)
    return _describe(request, change_search(desk.people, replace(search, active=body.active), by=visitor.name))


@router.delete("/{alert_id}", status_code=204, responses=schemas.errors(404))
def forget(desk: DeskOf, visitor: Reader, alert_id: str) -> Response:
    """Take a search away, with what it has not told yet."""
    forget_search(desk.people, find_own(desk, visitor, alert_id).id, by=visitor.name)
    return Response(status_code=204)


def _describe(request: Request, search: SavedSearch) -> dict[str, Any]:
    told = {name: getattr(search, name) for name in ("id", "owner", "name", "query", "channel", "target", "active")}
    told |= {"watch": list(search.watch), "hours": asdict(search.hours)}
    is_feed = search.channel == "feed"
    return told | {"secret": "" if is_feed else search.secret, "feed": feed_url(request, search) if is_feed else None}


def _describe_event(event: Event) -> dict[str, Any]:
    data: Mapping[str, Any] = event.data
    return {
        "what": event.what,
        "at": encode_instant(event.at),
        "incident": data["id"],
        **{name: data[name] for name in ("title", "why", "changes", "now")},
    }


def _describe_delivery(delivery: Delivery) -> dict[str, Any]:
    times = {name: encode_instant(getattr(delivery, name)) for name in ("next_at", "sent_at", "failed_at")}
    return {"id": delivery.id, "events": delivery.events, "attempts": delivery.attempts, **times, "error": delivery.error}
