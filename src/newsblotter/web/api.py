"""Everything that the pages show, for programs: JSON, cursors, ETags, one shape of errors.

Answers that many ask for again carry an ETag made of the store's version: ``If-None-Match`` costs no more than looking it up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from newsblotter import __version__
from newsblotter.errors import UnknownIncident, UsageError
from newsblotter.records import Claim, Mention, Report
from newsblotter.review.changes import page_changes
from newsblotter.store import ORDERS, Filter, Store
from newsblotter.store.answers import Spot
from newsblotter.store.desk import MOST_ON_A_PAGE, MOST_ZOOM
from newsblotter.tables import encode_day, encode_instant, pack_value
from newsblotter.web import schemas
from newsblotter.web.access import UserRole, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.faults import Refusal, error_body
from newsblotter.web.filters import PARAMETERS, read_filter, write_query
from newsblotter.web.schemas import responses

MOST_HITS = 100  # of each kind that one search gives
MOST_CHANGES = 1_000  # lines of the journal that one answer tells

router = APIRouter(prefix="/api", dependencies=[require(UserRole.READER)], tags=["incidents"])


async def _desk_of(request: Request) -> Desk:
    return desk_of(request)  # as a coroutine it needs no thread of its own


DeskOf = Annotated[Desk, Depends(_desk_of)]
Limit = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE, description="how many at most")]


def _parameter(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    word: dict[str, Any] = {"type": "string"}
    schema = {"type": "array", "items": word} if parameter.many else word
    return {"name": name, "in": "query", "required": False, "description": parameter.about, "schema": schema}


FILTER: dict[str, Any] = {"parameters": [_parameter(name) for name in PARAMETERS]}  # of every question about incidents


_OF_RECORD = responses("the incident's record", schemas.RECORD, 300, 404, 410, keeps=True) | schemas.LED_ON


# --- answers ----------------------------------------------------------------------------------------------------


async def wanted_of(request: Request) -> Filter:
    """The filter in the query string; a dependency, quick enough to need no thread of its own."""
    return read_filter(request.query_params.multi_items())


Wanted = Annotated[Filter, Depends(wanted_of)]


def answer(request: Request, tag: str, make: Callable[[], str | dict[str, Any]]) -> Response:
    """A JSON answer under an ETag, made only if whoever asks does not have it yet."""
    quoted = f'"{tag}"'
    asked = request.headers.get("if-none-match", "")
    if asked.strip() == "*" or quoted in {one.strip().removeprefix("W/") for one in asked.split(",")}:
        return Response(status_code=304, headers={"ETag": quoted})
    body = make()
    content = body if isinstance(body, str) else encode(body)
    return Response(content.encode("utf-8", "replace"), media_type="application/json", headers={"ETag": quoted})


def encode(body: Any) -> str:
    """Compact JSON; nothing in it is NaN."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _tag(store: Store) -> str:
    """Holds as long as nothing in the store changes: every address has tags of its own, so that the version is enough."""
    return "-".join((*map(str, store.version()), __version__))


@router.get(
    "/incidents",
    responses=responses("a page of incidents", schemas.INCIDENTS, keeps=True),
    openapi_extra=FILTER,
)
def list_incidents(
    request: Request,
    desk: DeskOf,
    wanted: Wanted,
    order: Annotated[str, Query(description=", ".join(ORDERS))] = ORDERS[0],
    after: Annotated[str | None, Query(description="the cursor that the page before gave as next")] = None,
    limit: Limit = 50,
) -> Response:
    """Incidents that pass the filter, a page at a time: the record of each without its long parts."""
    store = desk.store

    def make() -> str:
        page = store.find_page(wanted, order, after or None, limit)
        following = write_query(wanted, order=order, limit=str(limit), after=page.next) if page.next else None
        rest = {"next": page.next, "next_path": f"/api/incidents?{following}" if following else None, "total": page.total}
        return f'{{"incidents":[{",".join(page.cards)}],{encode(rest)[1:]}'

    return answer(request, _tag(store), make)


@router.get("/incidents/{incident_id}", responses=_OF_RECORD)
async def get_incident(request: Request, desk: DeskOf, incident_id: Annotated[str, Path(description="an id in full")]) -> Response:
    """An incident's record, whole. A merged incident's id redirects (308); a split one's names the parts (300)."""
    if desk.is_warm:
        found = desk.store.read_record(incident_id)  # one look by key: less than handing it to a thread
    else:
        found = await run_in_threadpool(lambda: desk.store.read_record(incident_id))
    if found is None:
        return await run_in_threadpool(_lead_on, desk.store, incident_id)
    record, fingerprint = found
    return answer(request, fingerprint, lambda: record)


def _lead_on(store: Store, incident_id: str) -> Response:
    """What an id is answered that no living incident has."""
    now = store.follow(incident_id)
    if now is None:
        raise UnknownIncident(f"no incident goes by {incident_id[:80]!r}")
    if len(now) == 1:
        return RedirectResponse(f"/api/incidents/{now[0]}", 308)
    if not now:
        raise Refusal(410, f"incident {incident_id} was withdrawn: no report tells of it any more")
    body = error_body(300, f"incident {incident_id} was split; its parts are {', '.join(now)}", {"now": list(now)})
    return JSONResponse(body, 300)


@router.get(
    "/incidents/{incident_id}/doubts",
    responses=responses("open questions, the gravest first", schemas.DOUBTS, 404, keeps=True),
)
def list_doubts(request: Request, desk: DeskOf, incident_id: str) -> Response:
    """What a person's look would settle about an incident."""
    store = desk.store
    return answer(request, _tag(store), lambda: {"doubts": [asdict(doubt) for doubt in store.doubts(incident_id)]})


@router.get("/reports/{report_id:path}", responses=responses("the report", schemas.REPORT, 404, keeps=True))
def get_report(request: Request, desk: DeskOf, report_id: str) -> Response:
    """A report by its id or the id it came with: text, copies, what was read in it, the incidents it tells of."""
    store = desk.store

    def make() -> dict[str, Any]:
        report = store.get_report(report_id)
        groups = [group for group in store.copy_index.groups_of([report.id]).values() if report.id in group.report_ids]
        copies = [other for group in groups for other in group.report_ids if other != report.id]
        return {
            **_describe_report(report),
            "copies": [{"id": one.id, "source_id": one.source_id, "outlet": one.outlet} for one in store.reports(copies)],
            "incidents": store.incidents_of(report.id),
            "mentions": [_describe_mention(mention) for mention in store.mentions(reports=[report.id])],
        }

    return answer(request, _tag(store), make)


def _describe_report(report: Report) -> dict[str, Any]:
    told = asdict(report)
    return {**told, "published": encode_day(report.published), "fetched": encode_instant(report.fetched)}


def _describe_mention(mention: Mention) -> dict[str, Any]:
    return {
        "id": mention.id,
        "type": mention.type,
        "role": mention.role.value,
        "reality": mention.reality.value,
        "trigger": {"exact": mention.trigger.text, "start": mention.trigger.start, "end": mention.trigger.end},
        "claims": [_describe_claim(claim) for claim in mention.claims],
    }


def _describe_claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "field": claim.field,
        "value": None if claim.value is None else pack_value(claim.value),
        "said_by": claim.said_by,
        "score": round(claim.score, 4),
        "quote": {"exact": claim.quote.text, "start": claim.quote.start, "end": claim.quote.end},
    }


@router.get("/search", responses=responses("hits, best first", schemas.HITS, keeps=True))
def search(
    request: Request,
    desk: DeskOf,
    q: Annotated[str, Query(max_length=1_000, description='every word must occur; "in quotes" together')],
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="at most so many of each kind")] = 20,
) -> Response:
    """Incidents and reports that hold every word. ``cut_short``: only the newest matches were ranked, or time ran out."""
    store = desk.store

    def make() -> dict[str, Any]:
        found = store.search(q, limit)
        hits = [{**asdict(hit), "on": encode_day(hit.on), "score": round(hit.score, 4)} for hit in found.hits]
        return {"hits": hits, "cut_short": found.cut_short}

    return answer(request, _tag(store), make)


@router.get("/facets", responses=responses("counts by value", schemas.FACETS, keeps=True), openapi_extra=FILTER)
def count_facets(request: Request, desk: DeskOf, wanted: Wanted) -> Response:
    """How many incidents have each type, country, year, …: each counted as if the filter did not narrow it."""
    store = desk.store

    def make() -> dict[str, Any]:
        return {"facets": {facet.name: _list_counts(facet.counts) for facet in store.facets(wanted)}}

    return answer(request, _tag(store), make)


def _list_counts(counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in counts]


@router.get(
    "/points",
    responses=responses("places", schemas.SPOTS, keeps=True),
    openapi_extra=FILTER,
)
def find_points(
    request: Request,
    desk: DeskOf,
    wanted: Wanted,
    zoom: Annotated[float | None, Query(ge=0, le=MOST_ZOOM, description="of the map: 0 shows the world in 256 pixels")] = None,
) -> Response:
    """The incidents on a map, one by one; beyond 2,000 in cells of its grid."""
    store = desk.store

    def make() -> str:
        found = store.points(wanted, zoom)
        rest = {"clustered": found.clustered, "total": found.total, "nowhere": found.nowhere}
        return f'{{"spots":[{",".join(map(_draw_spot, found.spots))}],{encode(rest)[1:]}'

    return answer(request, _tag(store), make)


def _draw_spot(spot: Spot) -> str:
    told: dict[str, Any] = {"lat": spot.latitude, "lon": spot.longitude, "count": spot.count, "radius_km": spot.radius_km}
    if spot.box is not None:
        south, west, north, east = spot.box
        return encode({**told, "bbox": [west, south, east, north]})
    return f'{encode({**told, "precision": spot.precision})[:-1]},"incident":{spot.card or "null"}}}'


@router.get(
    "/timeline",
    responses=responses("counts in order", schemas.TIMELINE, keeps=True),
    openapi_extra=FILTER,
)
def count_timeline(
    request: Request, desk: DeskOf, wanted: Wanted, unit: Annotated[str | None, Query(description="day, month, year")] = None
) -> Response:
    """How many incidents began in each day, month or year."""
    store = desk.store

    def make() -> dict[str, Any]:
        found = store.timeline(wanted, unit or None)
        return {"unit": found.unit, "counts": _list_counts(found.counts), "undated": found.undated}

    return answer(request, _tag(store), make)


@router.get(
    "/changes",
    responses=responses("changes, oldest first", schemas.CHANGES, keeps=True),
)
def list_changes(
    request: Request,
    desk: DeskOf,
    since: Annotated[str | None, Query(description="a day or moment, UTC: 2026-11-20, 2026-11-20T18:00")] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 62, description="the number that an earlier answer gave as last")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_CHANGES, description="lines of the journal that are looked at")] = 500,
) -> Response:
    """What became of the incidents: new, changed, merged, split, withdrawn. Ask again with ``after`` set to ``last``."""
    store = desk.store
    moment = _read_moment(since) if since else None

    def make() -> dict[str, Any]:
        found = page_changes(store, moment, after, limit)
        changes = [{**asdict(one), "at": encode_instant(one.at)} for one in found.changes]
        return {"changes": changes, "last": found.last, "more": found.more}

    return answer(request, _tag(store), make)


def _read_moment(words: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words.replace(" ", "+"))  # a + that was sent bare arrives as a space
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"since: {words[:40]!r} is no moment; write 2026-11-20 or 2026-11-20T18:00") from None


@router.get("/stats", responses=responses("figures", schemas.STATS, keeps=True))
def show_stats(request: Request, desk: DeskOf) -> Response:
    """The store in figures."""
    store = desk.store
    return answer(request, _tag(store), lambda: json.dumps(asdict(store.stats()), default=encode_instant))


@router.get("/openapi.json", include_in_schema=False)
def describe(request: Request) -> Response:
    """The description of all of this, OpenAPI 3.1."""
    described = dict(request.app.openapi())
    components = dict(described.get("components", {}))
    described["components"] = {**components, "schemas": {**components.get("schemas", {}), **schemas.RECORD_PARTS}}
    return JSONResponse(described)
