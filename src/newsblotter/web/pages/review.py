"""The review queue, the comparison of two accounts, corrections, and what people said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from newsblotter.errors import StoreBusy, UnknownIncident, UsageError
from newsblotter.fields import load_gazetteer
from newsblotter.records import Judgement, Reality
from newsblotter.review.saying import Speaker
from newsblotter.review.values import read_values
from newsblotter.store import StoredIncident
from newsblotter.store.present import plain
from newsblotter.store.record_schema import CORRECTABLE, STATUSES
from newsblotter.taxonomy import load_taxonomy
from newsblotter.web import reviewing
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.dossier import Dossier, lay_out
from newsblotter.web.faults import RETRY_S, Refusal, wants_json
from newsblotter.web.filters import read_filter, write_query
from newsblotter.web.links import incident_path, inward
from newsblotter.web.preview import foresee
from newsblotter.web.render import render, words_of
from newsblotter.web.twins import find_candidates
from newsblotter.web.vocabulary import FIELDS
from newsblotter.web.words import Words

router = APIRouter(include_in_schema=False)
PAGE = 100  # words that a page lists
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


class _Verdict:
    """Whether two things are one incident."""

    def __init__(
        self,
        verdict: Annotated[Judgement, Form()],
        left: Annotated[str, Form(max_length=80)],
        right: Annotated[str, Form(max_length=80)],
    ) -> None:
        self.verdict = verdict
        self.sides = (left, right)


async def _list_typed(request: Request) -> list[tuple[str, str]]:
    """Every field of the form that was sent."""
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Typed = Annotated[list[tuple[str, str]], Depends(_list_typed)]


@router.get("/review")
def show_question(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    after: Annotated[str | None, Query(max_length=400)] = None,
    at: Annotated[int, Query(ge=0, le=99)] = 0,
    of: Annotated[str | None, Query(max_length=80)] = None,
    done: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
    blind: bool = False,
) -> Response:
    """What a look would settle most, with the keys that settle it."""
    wanted = read_filter(request.query_params.multi_items())
    words = words_of(request)
    question = reviewing.find_question(desk.store, wanted, reviewing.Cursor(after or None, at, of or None), words)

    def here(**others: str | None) -> str:
        query = write_query(wanted, **{"blind": "1" if blind else None, **others})
        return f"/review?{query}" if query else "/review"

    context: dict[str, Any] = {"question": question, "done": reviewing.find_said(desk.store, done), "blind": blind}
    context |= {"here_again": here(after=after), "begun": bool(after or at), "beginning": here()}
    if question is not None:
        here_and = {"after": after, "of": question.record["id"]}
        more = question.at + 1 < len(question.doubts)
        dossier = _lay_out(desk, question.found, words)
        field = question.doubt.field
        onward = here(after=question.following) if question.following else None
        context |= {
            "here_again": here(**here_and, at=str(question.at)) if question.at else here(after=after),
            "dispute": dossier.dispute_on(field),
            "fact": dossier.fact_on(field),
            "skip": here(**here_and, at=str(question.at + 1)) if more or not onward else onward,
            "next_incident": onward,
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
    right: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """Two accounts, incidents or reports side by side, with why they were joined or kept apart; one alone asks for the other."""
    store = desk.store
    other = _read_id(right)
    try:
        theirs = reviewing.find_leading(store, other) if other else None
    except UnknownIncident:
        if len(other.split()) == 1 and other.isalnum() and any(c.isdigit() for c in other):
            raise
        theirs = None
    if theirs is None:
        found = store.get_incident(left)
        candidates = find_candidates(store, found.record, plain(right))
        return render(request, "compare_with.html", one=found.record, sought=plain(right), candidates=candidates)
    ours = reviewing.find_leading(store, left)
    comparison = reviewing.compare_pair(store, ours, theirs, words_of(request))
    seen = reviewing.write_seen(store, {comparison.left.incident, comparison.right.incident})
    return render(request, "compare.html", comparison=comparison, seen=seen, left=left, right=other)


def _read_id(typed: str) -> str:
    """An id out of what was typed: the id, or the address of a page of this desk."""
    path = urlsplit(typed.strip()).path if "/" in typed else typed.strip()
    return unquote(path.rstrip("/").rpartition("/")[2])[:80]


@router.post("/review/judge")
def judge(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    given: Annotated[_Verdict, Depends()],
    said: Annotated[_Said, Depends()],
    typed: Typed,
) -> Response:
    """Write a judgement down and go on."""
    try:
        answered = reviewing.judge(desk, given.verdict, given.sides, said.by(visitor), said.seen)
    except StoreBusy as busy:
        return _tell_busy(request, busy, typed, said.on)
    except Refusal as refusal:
        left, right = given.sides
        return _tell_changed(request, refusal, said.on or f"/compare?{urlencode({'left': left, 'right': right})}")
    return _go_on(said.on, answered.number)


def _tell_changed(request: Request, refusal: Refusal, again: str) -> Response:
    """Somebody was quicker: what they did, and the way back to the question as it stands now."""
    if refusal.status != 409 or wants_json(request.url.path, request.headers.get("accept", "")):
        raise refusal
    changed = (refusal.detail or {}).get("changed", ())
    return render(request, "changed.html", status_code=409, changed=changed, again=again)


def _tell_busy(request: Request, busy: StoreBusy, typed: list[tuple[str, str]], on: str | None) -> Response:
    """A build holds the store: what was typed stays, and is sent again."""
    if wants_json(request.url.path, request.headers.get("accept", "")):
        raise busy
    headers = {"Retry-After": str(RETRY_S)}
    return render(request, "busy.html", status_code=503, headers=headers, typed=typed, on=on or "/review", retry_s=RETRY_S)


@router.post("/review/preview")
def preview(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    given: Annotated[_Verdict, Depends()],
    said: Annotated[_Said, Depends()],
    typed: Typed,
) -> Response:
    """What a judgement would do, before it is written down."""
    try:
        outcomes = reviewing.patiently(lambda: foresee(desk, given.verdict, given.sides, words_of(request)))
    except StoreBusy as busy:
        return _tell_busy(request, busy, typed, said.on)
    left, right = given.sides
    return render(request, "preview.html", outcomes=outcomes, verdict=given.verdict.value, left=left, right=right, said=said)


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
    return _ask(request, desk, found, _Draft(field, _guess(field, quote) if field and quote else "", quote))


def _guess(field: str, quote: str) -> str:
    """The words that were picked, where they are a value of the field as they stand: "3.5 million euros" is one of the loot."""
    try:
        read_values(field, quote, load_gazetteer(), load_taxonomy())
    except UsageError:
        return ""
    return quote


@dataclass(frozen=True, slots=True)
class _Draft:
    """A correction as far as it was typed."""

    field: str
    value: str = ""
    quote: str = ""
    why: str = ""
    problem: str = ""


def _ask(request: Request, desk: Desk, found: StoredIncident, draft: _Draft) -> Response:
    words = words_of(request)
    dossier = _lay_out(desk, found, words)
    return render(
        request,
        "correct.html",
        status_code=400 if draft.problem else 200,
        one=found.record,
        draft=draft,
        field=draft.field,
        fields=[name for name in FIELDS if name in CORRECTABLE],
        known={fact.field: ", ".join(item.words for item in fact.items) for fact in dossier.facts}
        | {name: words.value(name, found.record[name]) for name in ("title", "status", "reality")},
        choices=list_choices(draft.field),
        dispute=dossier.dispute_on(draft.field),
        fact=dossier.fact_on(draft.field),
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
    typed: Typed,
) -> Response:
    """Write a correction down and go on."""
    try:
        answered = reviewing.correct(desk, incident_id, field, value, said.by(visitor), said.seen)
    except UsageError as error:
        if field not in CORRECTABLE or wants_json(request.url.path, request.headers.get("accept", "")):
            raise Refusal(400, str(error)) from error
        return _ask(request, desk, desk.store.get_incident(incident_id), _Draft(field, value, said.quote, said.why, str(error)))
    except StoreBusy as busy:
        return _tell_busy(request, busy, typed, said.on or incident_path(incident_id))
    except Refusal as refusal:
        return _tell_changed(request, refusal, said.on or f"{incident_path(incident_id)}/correct?{urlencode({'field': field})}")
    return _go_on(said.on or incident_path(incident_id), answered.number)


@router.get("/judgements")
def show_words(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, require(UserRole.READER)],
    before: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
) -> Response:
    """What people said, the newest first."""
    shown, older = reviewing.list_words(desk.store, before, PAGE)
    asked = {str(line[name]) for line in shown for name in ("left", "right", "incident") if name in line}
    return render(request, "judgements.html", lines=shown, titles=reviewing.name_sides(desk.store, asked), older=older)


@router.post("/review/undo")
def undo(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    typed: Typed,
    number: Annotated[int | None, Form(ge=1)] = None,
    why: Why = "",
    on: WhereTo = None,
) -> Response:
    """Take a word back and go on."""
    try:
        reviewing.undo(desk, number, Speaker(visitor.name, why))
    except StoreBusy as busy:
        return _tell_busy(request, busy, typed, inward(on, "/judgements"))
    return RedirectResponse(inward(on, "/judgements"), 303)


def _go_on(path: str | None, number: int) -> Response:
    """On to the next question, which says what was written down."""
    parts = urlsplit(path or "/review")
    query = urlencode([*(pair for pair in parse_qsl(parts.query) if pair[0] != "done"), ("done", number)])
    return RedirectResponse(f"{parts.path}?{query}{'#' + parts.fragment if parts.fragment else ''}", 303)


def list_choices(field: str) -> list[str]:
    """The values of a field that has few."""
    if field == "type":
        return sorted(load_taxonomy().types)
    return {"status": list(STATUSES), "reality": [one.value for one in Reality]}.get(field, [])
