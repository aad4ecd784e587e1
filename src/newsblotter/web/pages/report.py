"""The page of one report: its text with every claim marked, the incidents it tells of, its copies and how they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from newsblotter.records import Report
from newsblotter.store import Store
from newsblotter.store.present import part_of
from newsblotter.web.access import UserRole, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.differences import compare_texts
from newsblotter.web.links import report_path
from newsblotter.web.marking import GROUPS, Mark, cut_text
from newsblotter.web.render import render, words_of
from newsblotter.web.words import Words

router = APIRouter(dependencies=[require(UserRole.READER)], include_in_schema=False)

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")
MOST_COPIES = 200  # copies that a page names


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as one report tells it."""

    record: Mapping[str, Any]
    role: str
    claims: tuple[tuple[Mark, Mapping[str, Any]], ...]

    @property
    def lines(self) -> list[list[tuple[Mark, Mapping[str, Any]]]]:
        """The claims that say the same, together, in the order in which the text first says them."""
        same: dict[tuple[str, str, str], list[tuple[Mark, Mapping[str, Any]]]] = {}
        for mark, claim in self.claims:
            same.setdefault((mark.field, mark.words, claim["standing"]), []).append((mark, claim))
        return list(same.values())


@router.get("/reports/{report_id:path}")
def show_report(
    report_id: str, request: Request, desk: Annotated[Desk, Depends(desk_of)], at: str | None = None, beside: str | None = None
) -> Response:
    """One report; ``at`` names words to show, ``beside`` another report to hold it against."""
    store = desk.store
    report = store.get_report(report_id)
    if report.id != report_id:  # the source id is known, too; one page has one address
        return RedirectResponse(report_path(report.id), 308)
    words = words_of(request)
    told = [_tell(store, incident_id, report, words) for incident_id in store.incidents_of(report.id)]
    marks = [mark for one in told for mark, _ in one.claims]
    span = _SPAN.fullmatch(at or "")
    headed = len(report.title) if report.title and report.text.startswith(report.title + "\n") else 0
    begun = headed + len(report.text[headed:]) - len(report.text[headed:].lstrip())
    stretches = cut_text(report.text, marks, (int(span[1]), int(span[2])) if span else None, (headed, begun))
    copies, lead_id = _find_copies(store, report)
    other = next((copy for copy in copies if copy.id == beside), None)
    return render(
        request,
        "report.html",
        report=report,
        told=told,
        head=[one for one in stretches if one.start < headed],
        body=[one for one in stretches if one.start >= begun],
        groups=sorted(
            {GROUPS[mark.field] for mark in marks if mark.field in GROUPS}, key=list(dict.fromkeys(GROUPS.values())).index
        ),
        copies=copies,
        lead_id=lead_id,
        other=other,
        differences=compare_texts(report.text, other.text) if other else (),
    )


def _tell(store: Store, incident_id: str, report: Report, words: Words) -> Told:
    record = store.get_incident(incident_id).record
    role = next((one["role"] for one in record["reports"] if one["id"] == report.source_id), "")
    claims = []
    for claim in record["claims"]:
        if claim["report"] == report.source_id:
            name, quote = part_of(claim), claim["quote"]
            claims.append((Mark(quote["start"], quote["end"], name, words.value(name, claim["value"])), claim))
    claims.sort(key=lambda pair: (pair[0].start, pair[0].end))
    return Told(record, role, tuple(claims))


def _find_copies(store: Store, report: Report) -> tuple[list[Report], str | None]:
    """The other reports that are one text with this one, by day, and the id of the fullest of all of them."""
    group = store.copy_index.groups_of([report.id]).get(report.id)
    if group is None:
        return [], None
    others = [one for one in group.report_ids if one != report.id]
    copies = store.reports(others[:MOST_COPIES])
    return sorted(copies, key=lambda one: (one.published is None, one.published, one.source_id)), group.lead_id
