"""Incidents to take away: any filter, any format, streamed, with codebook and terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from newsblotter.store.codebook import write_codebook
from newsblotter.store.filters import check_filter
from newsblotter.store.formats import FORMATS, Notes, write_bundle
from newsblotter.web.access import UserRole, require
from newsblotter.web.api import ERROR_SCHEMA, FILTER, DeskOf, Wanted
from newsblotter.web.faults import Refusal
from newsblotter.web.filters import write_query

router = APIRouter(dependencies=[require(UserRole.READER)], tags=["exports"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {kind.media_type: {} for kind in FORMATS.values()} | {"application/zip": {}}},
    **{
        status: {"description": why, "content": {"application/json": {"schema": ERROR_SCHEMA}}}
        for status, why in (
            (400, "the filter asks for what cannot be"),
            (401, "log in first"),
            (403, "your role does not allow it"),
            (404, "no such format"),
            (422, "a parameter is not what it should be"),
            (503, "the store is busy or the question took too long"),
        )
    },
}


@router.get("/export/codebook.md", response_class=Response)
def show_codebook() -> Response:
    """What each column of CSV and Parquet means, and the terms."""
    return Response(write_codebook(), media_type="text/markdown; charset=utf-8")


@router.get("/export.{form}", response_class=StreamingResponse, responses=_ANSWERS, openapi_extra=FILTER)
def export(
    request: Request,
    desk: DeskOf,
    wanted: Wanted,
    form: Annotated[str, Path(description=", ".join(FORMATS))],
    raw: Annotated[bool, Query(description="CSV: leave texts that a spreadsheet would run as they are")] = False,
    bundle: Annotated[bool, Query(description="a zip archive with codebook and terms beside the file")] = False,
) -> Response:
    """Every incident that passes the filter, by id. GeoJSON, Parquet and JSON-LD hold codebook and terms themselves."""
    if form not in FORMATS:
        raise Refusal(404, f"incidents are not written as {form[:20]!r}; there are {', '.join(FORMATS)}")
    check_filter(wanted)
    now = datetime.now(UTC)
    notes = Notes(query=write_query(wanted), made=now, guard=not raw)
    records = desk.store.stream_incidents(wanted)
    parts = write_bundle(form, records, notes) if bundle else FORMATS[form].write(records, notes)
    name = f"incidents-{now:%Y%m%d}.{'zip' if bundle else form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Link": '</export/codebook.md>; rel="describedby"; type="text/markdown"',
    }
    media_type = "application/zip" if bundle else FORMATS[form].media_type
    return StreamingResponse(_begin(parts), media_type=media_type, headers=headers)


def _begin(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts, the first made already: what goes wrong at the start is still an answer of its own."""
    first = next(parts, b"")
    return chain([first], parts)
