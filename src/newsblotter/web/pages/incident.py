"""The page of one incident, and its twins for programs; an id that was given out always leads somewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from newsblotter.errors import UnknownIncident
from newsblotter.records import Mention
from newsblotter.store import Store, StoredIncident
from newsblotter.store.record_schema import CORRECTABLE
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.dossier import lay_out
from newsblotter.web.faults import error_body
from newsblotter.web.linked import describe_event
from newsblotter.web.links import incident_path
from newsblotter.web.render import render, words_of
from newsblotter.web.reviewing import find_said, write_seen

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

DeskOf = Annotated[Desk, Depends(desk_of)]
MOST_RELATED = 8  # related incidents that a page names


@router.get("/incidents/{incident_id}.json")
def give_record(incident_id: str, request: Request, desk: DeskOf) -> Response:
    """The record of an incident."""
    found = _find(desk.store, incident_id, request, "json")
    return found if isinstance(found, Response) else JSONResponse(found.record)


@router.get("/incidents/{incident_id}.jsonld")
def give_linked_data(incident_id: str, request: Request, desk: DeskOf) -> Response:
    """The incident as schema.org JSON-LD."""
    found = _find(desk.store, incident_id, request, "jsonld")
    if isinstance(found, Response):
        return found
    return JSONResponse(describe_event(found.record, _base(request)), media_type="application/ld+json")


@dataclass(frozen=True, slots=True)
class _Mending:
    """What a reviewer's page of an incident has beside a reader's."""

    seen: str  # goes with every answer: see ``reviewing.check_seen``
    handles: dict[str, str]  # by report: what says that the report is not of this incident; empty where it is the only one
    done: dict[str, object] | None  # what was written down a moment ago
    fields: tuple[str, ...] = CORRECTABLE


@router.get("/incidents/{incident_id}")
def show_incident(
    incident_id: str,
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, require(UserRole.READER)],
    done: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
) -> Response:
    """Facts, disputes, history and reports of one incident."""
    store = desk.store
    found = _find(store, incident_id, request, "")
    if isinstance(found, Response):
        return found
    words = words_of(request)
    mentions = list(store.mentions(ids=found.mention_ids))
    reports = list(store.reports({mention.report_id for mention in mentions}))
    return render(
        request,
        "incident.html",
        dossier=lay_out(found.record, reports, words),
        one=found.record,
        mending=_prepare_mending(store, found, mentions, done) if visitor.may(UserRole.REVIEWER) else None,
        related=_related(store, found),
        linked=json.dumps(describe_event(found.record, _base(request)), ensure_ascii=True).replace("<", "\\u003c"),
    )


def _prepare_mending(store: Store, found: StoredIncident, mentions: Sequence[Mention], done: int | None) -> _Mending:
    told: dict[str, list[str]] = {}
    for mention in mentions:
        told.setdefault(mention.report_id, []).append(mention.id)
    handles = {report: own[0] if len(own) == 1 else report for report, own in told.items()}
    return _Mending(write_seen(store, {found.id}), handles if len(told) > 1 else dict.fromkeys(told, ""), find_said(store, done))


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _find(store: Store, asked: str, request: Request, form: str) -> StoredIncident | Response:
    """The incident, or the answer that an old or short id gets: a redirect, or the parts that it was split into.

    Raises:
        UnknownIncident: No incident ever had this id.
    """
    try:
        found = store.get_incident(asked)
    except UnknownIncident:
        parts = store.follow(asked)
        if parts is None or len(parts) < 2:
            raise
        return _show_parts(store, asked, parts, request, form)
    if found.id != asked:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(incident_path(found.id, form) + query, 308)
    return found


def _show_parts(store: Store, asked: str, parts: Sequence[str], request: Request, form: str) -> Response:
    """300: there are several, choose one."""
    if form:
        message = f"incident {asked} was split; its parts are {', '.join(parts)}"
        return JSONResponse(error_body(300, message, {"parts": list(parts)}), 300)
    titles = store.titles(parts)
    return render(request, "split.html", status_code=300, asked=asked, parts=[(part, titles.get(part, part)) for part in parts])


def _related(store: Store, found: StoredIncident) -> list[tuple[str, str, str]]:
    """Id, title and reason of the incidents that this one's record points to, those that still are."""
    pointed = (found.record.get("related") or ())[:MOST_RELATED]
    titles = store.titles(one["incident"] for one in pointed)
    return [(one["incident"], titles[one["incident"]], one.get("why") or "") for one in pointed if one["incident"] in titles]
