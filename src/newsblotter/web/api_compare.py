"""Two things held against each other, for programs: with what an incident may be confused, what a judgement would do, two texts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from newsblotter.records import Judgement
from newsblotter.store.present import plain
from newsblotter.web import schemas
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.api import DeskOf
from newsblotter.web.differences import compare_texts
from newsblotter.web.preview import Outcome, foresee
from newsblotter.web.render import words_of
from newsblotter.web.schemas import responses
from newsblotter.web.twins import find_candidates

router = APIRouter(prefix="/api", tags=["review"])
Reviewer = Annotated[Visitor, require(UserRole.REVIEWER)]


class SupposedBody(BaseModel):
    """A judgement that nobody has given yet."""

    model_config = ConfigDict(extra="forbid")

    judgement: Judgement
    left: str = Field(min_length=1, max_length=80, description="an id, or a report's source id")
    right: str = Field(min_length=1, max_length=80)


@router.get("/incidents/{incident_id}/candidates", responses=responses("other incidents", schemas.CANDIDATES, 404))
def list_candidates(
    desk: DeskOf,
    visitor: Reviewer,
    incident_id: str,
    q: Annotated[str, Query(max_length=400, description="words; without them those related and near by")] = "",
) -> dict[str, Any]:
    """With which other incidents one might be confused."""
    store = desk.store
    return {"candidates": find_candidates(store, store.get_incident(incident_id).record, plain(q))}


@router.post("/preview", responses=responses("what would become of each incident", schemas.OUTCOMES, 404))
def preview(request: Request, desk: DeskOf, visitor: Reviewer, body: SupposedBody) -> dict[str, Any]:
    """What a judgement would do; nothing is written down."""
    outcomes = foresee(desk, body.judgement, (body.left, body.right), words_of(request))
    return {"outcomes": [_describe(outcome) for outcome in outcomes]}


def _describe(outcome: Outcome) -> dict[str, Any]:
    before, after = outcome.reports
    return {
        "kind": outcome.kind,
        "incident": outcome.incident,
        "title": outcome.title,
        "now": [{"incident": name, "title": title} for name, title in outcome.now],
        "fields": [{"field": name, "before": ours, "after": theirs} for name, ours, theirs in outcome.rows],
        "reports": {"before": before, "after": after},
    }


@router.get("/differences", responses=responses("the second text as changes of the first", schemas.PASSAGES, 404))
def show_differences(
    desk: DeskOf,
    visitor: Annotated[Visitor, require(UserRole.READER)],
    left: Annotated[str, Query(min_length=1, max_length=400, description="a report by its id or the id it came with")],
    right: Annotated[str, Query(min_length=1, max_length=400)],
) -> dict[str, Any]:
    """How one report's text differs from another's."""
    ours, theirs = (desk.store.get_report(name) for name in (left, right))
    return {"passages": [asdict(passage) for passage in compare_texts(ours.text, theirs.text)]}
