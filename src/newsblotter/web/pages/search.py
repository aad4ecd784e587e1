"""Full-text search over incidents and reports."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from newsblotter.errors import UsageError
from newsblotter.store import SearchResult
from newsblotter.web.access import UserRole, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.filters import LONGEST_WORDS
from newsblotter.web.render import render

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

MOST_HITS = 30  # of each kind


@router.get("/search")
def search(request: Request, desk: Annotated[Desk, Depends(desk_of)], q: str = "") -> HTMLResponse:
    """Incidents and reports that hold every word."""
    asked = q[:LONGEST_WORDS]
    found, problem = SearchResult((), False), False
    if asked.strip():
        try:
            found = desk.store.search(asked, MOST_HITS)
        except UsageError:
            problem = True
    hits = [(hit, split_snippet(hit.snippet)) for hit in found.hits]
    stored = ((hit.id, desk.store.read_record(hit.id)) for hit in found.hits if hit.kind == "incident")
    reports = desk.store.reports(hit.report_id for hit in found.hits if hit.report_id)
    return render(
        request,
        "search.html",
        cards={name: json.loads(record[0]) for name, record in stored if record},
        outlets={report.id: report.outlet for report in reports},
        asked=asked,
        incidents=[pair for pair in hits if pair[0].kind == "incident"],
        reports=[pair for pair in hits if pair[0].kind == "report"],
        cut_short=found.cut_short,
        problem=problem,
    )


def split_snippet(snippet: str) -> list[tuple[str, bool]]:
    """A snippet's parts, and whether each is a match."""
    return [(part, at % 2 == 1) for at, part in enumerate(re.split("[«»]", snippet)) if part]
