"""Review for programs: what the queue asks, two accounts side by side, judgements, corrections, words taken back.

An answer is taken only on what whoever gives it saw: every question comes with ``seen``, and an answer sends it back, in a field
of that name or in ``If-Match``. There the ETags of the incidents concerned do as well, and ``*`` means: whatever they are by now.
Without any of these the answer is 428, after a change 409.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from newsblotter.records import Judgement, Link
from newsblotter.review.saying import Speaker
from newsblotter.review.sides import look_up
from newsblotter.store import Filter, Store
from newsblotter.store.present import plain
from newsblotter.tables import encode_instant
from newsblotter.web import reviewing, schemas
from newsblotter.web.access import UserRole, Visitor, require
from newsblotter.web.api import FILTER, Wanted
from newsblotter.web.desk import Desk, desk_of
from newsblotter.web.faults import Refusal
from newsblotter.web.render import words_of
from newsblotter.web.schemas import responses

MOST_WORDS = 1_000  # judgements and corrections that one answer lists

router = APIRouter(prefix="/api", tags=["review"])
DeskOf = Annotated[Desk, Depends(desk_of)]
Reader = Annotated[Visitor, require(UserRole.READER)]
Reviewer = Annotated[Visitor, require(UserRole.REVIEWER)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=2_000, description="what was seen, instead of the field")]


class _Body(BaseModel):
    """What every answer carries along."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=2_000, description="the reason, for those who come after")
    seen: str | None = Field(None, max_length=2_000, description="as the question gave it")


class JudgementBody(_Body):
    """Whether two incidents, reports or mentions are one incident."""

    judgement: Judgement
    left: str = Field(min_length=1, max_length=80, description="an id, or a report's source id")
    right: str = Field(min_length=1, max_length=80)


class CorrectionBody(_Body):
    """A value in the place of what the reports say."""

    incident: str = Field(min_length=1, max_length=80)
    field: str = Field(min_length=1, max_length=40)
    value: Any = Field(
        description="as a person types it (2017-03-25, Lyon, 2-4, 2.4m EUR), or in the form of the record; null: unknown"
    )


class UndoBody(BaseModel):
    """A word to take back."""

    model_config = ConfigDict(extra="forbid")

    number: int | None = Field(None, ge=1, lt=1 << 62, description="of the word; without it your last one")
    why: str = Field("", max_length=2_000)


# --- questions --------------------------------------------------------------------------------------------------


@router.get("/review", responses=responses("the next question", schemas.QUESTION, 404), openapi_extra=FILTER)
def ask(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    wanted: Wanted,
    after: Annotated[str | None, Query(max_length=400, description="the cursor that the question before gave as next")] = None,
    at: Annotated[int, Query(ge=0, le=99, description="which of the incident's doubts, 0 for the weightiest")] = 0,
) -> dict[str, Any]:
    """What a look would settle most; ``question`` is null when nothing is open."""
    question = reviewing.find_question(desk.store, wanted, reviewing.Cursor(after or None, at), words_of(request))
    if question is None:
        return {"question": None, "next": None, "total": _count(desk.store, wanted)}
    told = {
        "incident": question.record["id"],
        "title": question.record["title"],
        "doubts": [asdict(doubt) for doubt in question.doubts],
        "at": question.at,
        "pair": _describe_pair(question.comparison) if question.comparison else None,
        "seen": question.seen,
    }
    return {"question": told, "next": question.following, "total": question.total}


def _count(store: Store, wanted: Filter) -> int:
    return store.find_page(replace(wanted, needs_review=True), "review", None, 1).total


@router.get("/compare", responses=responses("both sides", schemas.COMPARISON, 404))
def compare(
    request: Request,
    desk: DeskOf,
    visitor: Reviewer,
    left: Annotated[str, Query(min_length=1, max_length=80, description="an incident, a report or a mention")],
    right: Annotated[str, Query(min_length=1, max_length=80)],
) -> dict[str, Any]:
    """Two accounts side by side, with what speaks for and against their being of one incident."""
    store = desk.store
    sides = [reviewing.find_leading(store, one) for one in (left, right)]
    comparison = reviewing.compare_pair(store, sides[0], sides[1], words_of(request))
    seen = reviewing.write_seen(store, {comparison.left.incident, comparison.right.incident})
    return {**_describe_pair(comparison), "seen": seen}


def _describe_pair(comparison: reviewing.Comparison) -> dict[str, Any]:
    told: dict[str, Any] = {name: _describe_account(getattr(comparison, name)) for name in ("left", "right")}
    return {**told, "link": _describe_link(comparison.link) if comparison.link else None, "sentence": comparison.sentence}


def _describe_account(account: reviewing.Account) -> dict[str, Any]:
    return {
        "mention": account.mention.id,
        "report": account.report.id,
        "incident": account.incident,
        "title": account.title,
        "words": f"{account.before}{account.trigger}{account.after}",
    }


def _describe_link(link: Link) -> dict[str, Any]:
    return {
        "probability": link.probability,
        "features": [asdict(feature) for feature in link.features],
        "judgement": link.judgement.value if link.judgement else None,
        "by": link.made_by,
        "at": encode_instant(link.made_at),
    }


@router.get("/judgements", responses=responses("words", schemas.WORDS))
def list_words(
    desk: DeskOf,
    visitor: Reader,
    before: Annotated[int | None, Query(ge=1, lt=1 << 62, description="only words of a lower number")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_WORDS, description="how many at most")] = 100,
) -> dict[str, Any]:
    """What people said, judgements and corrections, the newest first; those taken back say by whom."""
    words, older = reviewing.list_words(desk.store, before, limit)
    return {"judgements": words, "next": older}


# --- answers ----------------------------------------------------------------------------------------------------


@router.post("/judgements", responses=responses("what came of it", schemas.ANSWERED, 404, 409, 428))
def judge(desk: DeskOf, visitor: Reviewer, body: JudgementBody, if_match: IfMatch = None) -> dict[str, Any]:
    """Write down that two things are one incident, are two, or may be one; it stands in every later build."""
    concerned = {look_up(desk.store, one).incident_id for one in (body.left, body.right)}
    seen = _read_seen(desk.store, body.seen, if_match, concerned)
    speaker = Speaker(visitor.name, plain(body.why))
    return _tell(reviewing.judge(desk, body.judgement, (body.left, body.right), speaker, seen))


@router.post("/corrections", responses=responses("what came of it", schemas.ANSWERED, 404, 409, 428))
def correct(desk: DeskOf, visitor: Reviewer, body: CorrectionBody, if_match: IfMatch = None) -> dict[str, Any]:
    """Write down a value for a field; it beats every claim in every later build."""
    found = desk.store.get_incident(body.incident)
    seen = _read_seen(desk.store, body.seen, if_match, {found.id})
    typed = body.value if isinstance(body.value, str) else json.dumps(body.value, ensure_ascii=False)
    return _tell(reviewing.correct(desk, found.id, body.field, typed, Speaker(visitor.name, plain(body.why)), seen))


@router.post("/undo", responses=responses("what came of it", schemas.ANSWERED, 404))
def undo(desk: DeskOf, visitor: Reviewer, body: UndoBody) -> dict[str, Any]:
    """Take a word back."""
    return _tell(reviewing.undo(desk, body.number, Speaker(visitor.name, plain(body.why))))


def _read_seen(store: Store, seen: str | None, if_match: str | None, concerned: Iterable[str]) -> str | None:
    """What an answer was given on, None for "whatever it is by now".

    Raises:
        Refusal: 428: it does not say.
    """
    if seen is not None:
        return seen
    if if_match is None:
        raise Refusal(428, "say what you saw: send the question's seen, or If-Match with the ETags of the incidents")
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")}
    if "*" in tags:
        return None
    whole = if_match.strip().strip('"')
    if ":" in whole:
        return whole
    parts = []
    for name in sorted(concerned):
        stored = store.read_record(name)
        parts.append(f"{name}={stored[1] if stored is not None and stored[1] in tags else '?'}")
    return f"0:{','.join(parts)}"


def _tell(answered: reviewing.Answered) -> dict[str, Any]:
    effects = [{**asdict(one), "at": encode_instant(one.at)} for one in answered.effects]
    return {"number": answered.number, "effects": effects}
