"""Incidents to take away: any filter, any format, streamed, with codebook and terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from newsblotter.store.codebook import TERMS, write_codebook
from newsblotter.store.filters import check_filter
from newsblotter.store.formats import FORMATS, Notes, write_bundle
from newsblotter.web.access import UserRole, require
from newsblotter.web.api import FILTER, DeskOf, Wanted
from newsblotter.web.faults import Refusal
from newsblotter.web.filters import write_query
from newsblotter.web.schemas import Responses, errors

router = APIRouter(dependencies=[require(UserRole.READER)], tags=["exports"])


def _tell_text(media_type: str) -> Responses:
    return {200: {"description": "the text", "content": {media_type: {}}}, **errors()}


_FILE: Responses = {
    200: {
        "description": "the file",
        "content": {kind.media_type.partition(";")[0]: {} for kind in FORMATS.values()} | {"application/zip": {}},
    },
    **errors(404),
}


@router.get("/export/codebook.md", response_class=Response, responses=_tell_text("text/markdown"))
def show_codebook() -> Response:
    """What each column of CSV and Parquet means, and the terms."""
    return Response(write_codebook(), media_type="text/markdown; charset=utf-8")


@router.get("/export/terms.txt", response_class=Response, responses=_tell_text("text/plain"))
def show_terms() -> Response:
    """Under what terms the files may be used."""
    return Response(TERMS + "\n", media_type="text/plain; charset=utf-8")


@router.get("/export.{form}", response_class=StreamingResponse, responses=_FILE, openapi_extra=FILTER)
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
        "Link": '</export/codebook.md>; rel="describedby", </export/terms.txt>; rel="license"',
    }
    media_type = "application/zip" if bundle else FORMATS[form].media_type
    return StreamingResponse(_begin(parts), media_type=media_type, headers=headers)


def _begin(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts, the first made already: what goes wrong at the start is still an answer of its own."""
    first = next(parts, b"")
    return chain([first], parts)
