"""The review queue, the comparison of two accounts, corrections, and what people said."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from newsblotter.errors import UsageError
from newsblotter.records import Judgement
from newsblotter.review.saying import Speaker
from newsblotter.store import StoredIncident
from newsblotter.store.present import plain
from newsblotter.store.record_schema import CORRECTABLE
from newsblotter.web import reviewing
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.dossier import Dossier, lay_out
from newsblotter.web.faults import Refusal
from newsblotter.web.filters import read_filter, write_query
from newsblotter.web.links import incident_path, inward
from newsblotter.web.render import render, words_of
from newsblotter.web.words import Words

router = APIRouter(include_in_schema=False)
DeskOf = Annotated[Desk, Depends(desk_of)]
Reviewer = Annotated[Visitor, require(UserRole.REVIEWER)]
Seen = Annotated[str, Form(max_length=2_000)]
Why = Annotated[str, Form(max_length=2_000)]
WhereTo = Annotated[str | None, Form(alias="next", max_length=4_000)]


class _Said:
    """What every answer carries along."""

    def __init__(
        self, seen: Seen = "", why: Why = "", quote: Annotated[str, Form(max_length=1_000)] = "", on: WhereTo = None
    ) -> None:
        self.seen = seen
        self.why = plain(why)
        self.quote = plain(quote)
        self.on = inward(on, "/review") if on else None

    def by(self, visitor: Visitor) -> Speaker:
        """The answer's speaker; words picked from a report stand in the reason."""
        reasons = [self.why, f"“{self.quote}”" if self.quote else ""]
        return Speaker(visitor.name, " ".join(filter(None, reasons)))


@router.get("/review")
def show_question(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    after: Annotated[str | None, Query(max_length=400)] = None,
    at: Annotated[int, Query(ge=0, le=99)] = 0,
    done: Annotated[int | None, Query(ge=1)] = None,
    blind: bool = False,
) -> Response:
    """What a look would settle most, with the keys that settle it."""
    wanted = read_filter(request.query_params.multi_items())
    words = words_of(request)
    question = reviewing.find_question(desk.store, wanted, after or None, at, words)

    def here(**others: str | None) -> str:
        query = write_query(wanted, **{"blind": "1" if blind else None, **others})
        return f"/review?{query}" if query else "/review"

    context: dict[str, Any] = {"question": question, "done": done, "blind": blind, "here_again": here(after=after)}
    if question is not None:
        more = question.at + 1 < len(question.doubts)
        dossier = _lay_out(desk, desk.store.get_incident(question.record["id"]), words)
        field = question.doubt.field
        context |= {
            "dispute": next((d for d in dossier.disputes if d.field == field), None),
            "fact": next((f for f in dossier.facts if f.field == field), None),
            "skip": here(after=after, at=str(at + 1)) if more else here(after=question.following) if question.following else None,
            "next_incident": here(after=question.following) if question.following else None,
            "most_choices": reviewing.MOST_CHOICES,
        }
    return render(request, "review.html", **context)


def _lay_out(desk: Desk, found: StoredIncident, words: Words) -> Dossier:
    reports = {mention.report_id for mention in desk.store.mentions(ids=found.mention_ids)}
    return lay_out(found.record, list(desk.store.reports(reports)), words)


@router.get("/compare")
def compare(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    left: Annotated[str, Query(max_length=80)],
    right: Annotated[str, Query(max_length=80)],
) -> Response:
    """Two accounts, incidents or reports side by side, with why they were joined or kept apart."""
    store = desk.store
    ours, theirs = (reviewing.find_leading(store, one) for one in (left, right))
    comparison = reviewing.compare_pair(store, ours, theirs, words_of(request))
    seen = reviewing.write_seen(store, {comparison.left.incident, comparison.right.incident})
    return render(request, "compare.html", comparison=comparison, seen=seen, left=left, right=right)


@router.post("/review/judge")
def judge(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    verdict: Annotated[Judgement, Form()],
    left: Annotated[str, Form(max_length=80)],
    right: Annotated[str, Form(max_length=80)],
    said: Annotated[_Said, Depends()],
) -> Response:
    """Write a judgement down and go on."""
    answered = reviewing.judge(desk, verdict, (left, right), said.by(visitor), said.seen)
    return _go_on(said.on, answered.number)


@router.post("/review/preview")
def preview(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    verdict: Annotated[Judgement, Form()],
    left: Annotated[str, Form(max_length=80)],
    right: Annotated[str, Form(max_length=80)],
    said: Annotated[_Said, Depends()],
) -> Response:
    """What a judgement would do, before it is written down."""
    revision = reviewing.try_out(desk, verdict, (left, right))
    return render(request, "preview.html", revision=revision, verdict=verdict.value, left=left, right=right, said=said)


@router.get("/incidents/{incident_id}/correct")
def ask_correction(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    incident_id: str,
    field: Annotated[str, Query(max_length=40)] = "",
    quote: Annotated[str, Query(max_length=1_000)] = "",
) -> Response:
    """A form for another value of a field."""
    found = desk.store.get_incident(incident_id)
    if found.id != incident_id:
        return RedirectResponse(incident_path(found.id) + "/correct", 308)
    if field and field not in CORRECTABLE:
        raise UsageError(f"{field[:40]!r} is no field that can be corrected")
    dossier = _lay_out(desk, found, words_of(request))
    return render(
        request,
        "correct.html",
        one=found.record,
        field=field,
        fields=CORRECTABLE,
        quote=quote,
        value="",
        problem="",
        dispute=next((d for d in dossier.disputes if d.field == field), None),
        fact=next((f for f in dossier.facts if f.field == field), None),
        seen=reviewing.write_seen(desk.store, {found.id}),
    )


@router.post("/incidents/{incident_id}/correct")
def correct(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    incident_id: str,
    field: Annotated[str, Form(max_length=40)],
    value: Annotated[str, Form(max_length=4_000)],
    said: Annotated[_Said, Depends()],
) -> Response:
    """Write a correction down and go on."""
    try:
        answered = reviewing.correct(desk, incident_id, field, value, said.by(visitor), said.seen)
    except UsageError as error:
        raise Refusal(400, str(error)) from error
    return _go_on(said.on or incident_path(incident_id), answered.number)


@router.get("/judgements")
def show_words(request: Request, desk: DeskOf, visitor: Annotated[Visitor, require(UserRole.READER)]) -> Response:
    """What people said, the newest first."""
    return render(request, "judgements.html", lines=reviewing.list_words(desk.store))


@router.post("/review/undo")
def undo(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    number: Annotated[int | None, Form(ge=1)] = None,
    why: Why = "",
    on: WhereTo = None,
) -> Response:
    """Take a word back and go on."""
    reviewing.undo(desk, number, Speaker(visitor.name, why))
    return RedirectResponse(inward(on, "/judgements"), 303)


def _go_on(path: str | None, number: int) -> Response:
    """On to the next question, which says what was written down."""
    path = path or "/review"
    return RedirectResponse(f"{path}{'&' if '?' in path else '?'}done={number}", 303)
