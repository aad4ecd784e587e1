"""Map tiles out of the file that the desk was opened with."""

from __future__ import annotations

import gzip

from fastapi import APIRouter, Request
from fastapi.responses import Response

from newsblotter.web.access import UserRole, require
from newsblotter.web.faults import Refusal
from newsblotter.web.tiles import TileFile

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

KEPT_S = 24 * 3600  # a browser asks again after a day: another file may lie there
_GZIP = 2


@router.get("/tiles/{zoom}/{x}/{y}")
def give_tile(zoom: int, x: int, y: int, request: Request) -> Response:
    """One tile, as it is packed in the file where the browser takes that."""
    tiles: TileFile | None = request.app.state.tiles
    if tiles is None:
        raise Refusal(404, "this desk has no tiles of its own; --tiles names a file of them")
    data = tiles.tile(zoom, x, y)
    headers = {"Cache-Control": f"private, max-age={KEPT_S}"}
    if data is None:
        return Response(status_code=204, headers=headers)
    if tiles.packing == _GZIP:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            data = gzip.decompress(data)
    return Response(data, media_type=tiles.kind, headers=headers)
