"""The first page: a list, a map and a timeline of incidents that share one filter, all of it in the URL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse

from newsblotter.errors import UsageError
from newsblotter.store import Filter
from newsblotter.store.answers import ORDERS, Spot
from newsblotter.store.present import plain
from newsblotter.web.access import UserRole, require
from newsblotter.web.charts import HEIGHT, draw_timeline
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.facets import list_chips, view_facets
from newsblotter.web.filters import list_pairs, read_filter, without, write_query
from newsblotter.web.links import incident_path
from newsblotter.web.pages.welcome import show_welcome
from newsblotter.web.render import render, words_of
from newsblotter.web.vocabulary import N_
from newsblotter.web.words import Words

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

EXPORT_NAMES = {"csv": "CSV", "jsonl": "JSON Lines", "geojson": "GeoJSON", "parquet": "Parquet", "jsonld": "JSON-LD"}
BARE = ("csv", "jsonl")  # formats with no room for codebook and terms: they are given in an archive with both
PAGE = 40  # incidents of one page
ORDER_NAMES = {
    "newest": N_("newest first"),
    "changed": N_("changed last"),
    "voices": N_("most voices"),
    "loot": N_("highest loot"),
    "review": N_("most to review"),
}
TYPED = (
    "q",
    "since",
    "until",
    "target",
    "person",
    "loot_min",
    "loot_max",
    "currency",
    "near",
    "within",
)  # what the form has fields for
FOLDED = ("target", "person", "loot_min", "loot_max", "near")  # fields that are shown when asked for, or filled


@router.get("/")
def list_incidents(request: Request, desk: Annotated[Desk, Depends(desk_of)]) -> HTMLResponse:
    """The incidents that pass the filter of the query string."""
    wanted = read_filter(request.query_params.multi_items())
    order = request.query_params.get("order") or ORDERS[0]
    after = request.query_params.get("after") or None
    if order not in ORDERS:
        raise UsageError(f"no order is called {order[:40]!r}; there are {', '.join(ORDERS)}")
    store = desk.store
    page = store.find_page(wanted, order, after, PAGE)
    if not page.total and wanted == Filter() and not store.find_page(Filter(), limit=1).total:
        return show_welcome(request)
    words = words_of(request)
    chart = draw_timeline(store.timeline(without(wanted, "since", "until")), wanted, words)
    kept = order if order != ORDERS[0] else None
    return render(
        request,
        "incidents.html",
        wanted=wanted,
        query=write_query(wanted, order=kept),
        plain_query=write_query(wanted),
        order=order,
        orders=ORDER_NAMES,
        exports=[(_export_path(form, wanted), name) for form, name in EXPORT_NAMES.items()],
        cards=[json.loads(card) for card in page.cards],
        total=page.total,
        following=write_query(wanted, order=kept, after=page.next) if page.next else None,
        begun=after is not None,
        chips=list_chips(wanted, kept, words),
        facets=view_facets(store.facets(wanted), wanted, kept, words),
        chart=chart,
        steps=[[bar.name, bar.since.isoformat(), bar.until.isoformat()] for bar in chart.bars],
        chart_height=HEIGHT,
        unfolded=any(name in FOLDED for name, _ in list_pairs(wanted)),
        typed=dict(pair for pair in list_pairs(wanted) if pair[0] in TYPED),
        hidden=[pair for pair in list_pairs(wanted) if pair[0] not in TYPED] + ([("order", kept)] if kept else []),
    )


def _export_path(form: str, wanted: Filter) -> str:
    query = write_query(wanted, bundle="1" if form in BARE else None)
    return f"/export.{form}?{query}" if query else f"/export.{form}"


@router.get("/incidents/points")
def draw_points(request: Request, desk: Annotated[Desk, Depends(desk_of)], zoom: float | None = None) -> JSONResponse:
    """What the map of the page draws: the incidents that pass, or cells with several."""
    words = words_of(request)
    found = desk.store.points(read_filter(request.query_params.multi_items()), zoom)
    note = words.ngettext("%s incident on the map", "%s incidents on the map", found.total) % words.number(found.total)
    if found.nowhere:
        note += "; " + words.ngettext("%s without a place", "%s without a place", found.nowhere) % words.number(found.nowhere)
    spots = [_draw_spot(spot, words) for spot in found.spots]
    return JSONResponse(
        {"spots": spots, "clustered": found.clustered, "total": found.total, "note": note + ".", "box": _bounds(found.spots)}
    )


def _draw_spot(spot: Spot, words: Words) -> dict[str, Any]:
    drawn: dict[str, Any] = {"lat": spot.latitude, "lon": spot.longitude, "count": spot.count, "radius_km": spot.radius_km}
    if spot.box is not None:
        south, west, north, east = spot.box
        drawn["box"] = (west, south, east, north)
    if spot.card is not None:
        card = json.loads(spot.card)
        drawn.update(href=incident_path(card["id"]), title=plain(card["title"]), when=words.date(card["date"]))
    return drawn


def _bounds(spots: Sequence[Spot]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the spots."""
    if not spots:
        return None
    latitudes, longitudes = [spot.latitude for spot in spots], [spot.longitude for spot in spots]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
