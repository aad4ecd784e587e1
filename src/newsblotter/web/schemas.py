"""What the API answers, as the schemas that its description shows; tests hold every answer against them."""

from __future__ import annotations

import json
from typing import Any

from newsblotter.records import Judgement, Reality, Role
from newsblotter.store.record_schema import CORRECTABLE, incident_schema

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]  # as FastAPI takes them

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "description": "a moment, UTC"}
DAY: Schema = {"type": "string", "description": "a day, such as 2024-05-20"}
COUNTS: Schema = {"type": "object", "additionalProperties": {"type": "number"}}
ANYTHING: Schema = {}  # a value, in the form of its field


def form(**properties: Schema) -> Schema:
    """An object that has each of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def many(item: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": item}


def maybe(schema: Schema) -> Schema:
    """This, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str) -> Schema:
    """One of some words."""
    return {"enum": list(words)}


def _describe_record() -> tuple[Schema, dict[str, Schema]]:
    """The schema of a record, and those of its parts under the names that they have in a description."""
    whole = json.loads(json.dumps(incident_schema()).replace("#/$defs/", "#/components/schemas/record_"))
    return whole, {f"record_{name}": part for name, part in whole.pop("$defs").items()}


RECORD, RECORD_PARTS = _describe_record()

ERROR = form(
    error={
        "type": "object",
        "required": ["status", "code", "message"],
        "properties": {
            "status": WHOLE,
            "code": {**TEXT, "description": "a word for programs"},
            "message": {**TEXT, "description": "what went wrong and what to do about it"},
            "detail": {"type": "object"},
        },
    }
)

# --- incidents and reports --------------------------------------------------------------------------------------

CARD = form(
    id=TEXT,
    type=TEXT,
    title=TEXT,
    date=maybe({"$ref": "#/components/schemas/record_date"}),
    place=maybe({"$ref": "#/components/schemas/record_place"}),
    voices=WHOLE,
    reports=WHOLE,
    people=many(TEXT),
    review={**NUMBER, "description": "how much a look would settle"},
)
INCIDENTS = form(incidents=many(CARD), next=maybe(TEXT), next_path=maybe(TEXT), total=WHOLE)
DOUBT = form(
    kind=one_of("join", "apart", "disputed", "unsure"),
    weight=NUMBER,
    field=maybe(TEXT),
    mentions=maybe(many(TEXT)),
    probability=maybe(NUMBER),
)
DOUBTS = form(doubts=many(DOUBT))
QUOTE = form(exact=TEXT, start=WHOLE, end=WHOLE)
CLAIM = form(id=TEXT, field=TEXT, value=ANYTHING, said_by=maybe(TEXT), score=NUMBER, quote=QUOTE)
MENTION = form(
    id=TEXT,
    type=TEXT,
    role=one_of(*(role.value for role in Role)),
    reality=one_of(*(reality.value for reality in Reality)),
    trigger=QUOTE,
    claims=many(CLAIM),
)
REPORT = form(
    id=TEXT,
    source_id=TEXT,
    url=maybe(TEXT),
    outlet=maybe(TEXT),
    title=maybe(TEXT),
    text=TEXT,
    language=maybe(TEXT),
    published=maybe(DAY),
    fetched=maybe(INSTANT),
    copies=many(form(id=TEXT, source_id=TEXT, outlet=maybe(TEXT))),
    incidents=many(TEXT),
    mentions=many(MENTION),
)
PASSAGES = form(passages=many(form(kind=one_of("same", "gone", "new"), text=TEXT)))

# --- questions about many ---------------------------------------------------------------------------------------

HIT = form(
    kind=one_of("incident", "report"), id=TEXT, title=maybe(TEXT), snippet=TEXT, score=NUMBER, on=maybe(DAY), report_id=maybe(TEXT)
)
HITS = form(hits=many(HIT), cut_short=YES_NO)
COUNTED = many(form(value=TEXT, count=WHOLE))
FACETS = form(facets={"type": "object", "additionalProperties": COUNTED})
SPOT: Schema = {
    "type": "object",
    "required": ["lat", "lon", "count", "radius_km"],
    "properties": {
        "lat": NUMBER,
        "lon": NUMBER,
        "count": WHOLE,
        "radius_km": maybe(NUMBER),
        "bbox": {**many(NUMBER), "description": "of a cell: west, south, east, north"},
        "precision": maybe(TEXT),
        "incident": maybe(CARD),
    },
}
SPOTS = form(spots=many(SPOT), clustered=YES_NO, total=WHOLE, nowhere=WHOLE)
TIMELINE = form(unit=one_of("day", "month", "year"), counts=COUNTED, undated=WHOLE)
CHANGE = form(
    kind=one_of("new", "changed", "merged", "split", "withdrawn", "revived"),
    incident=TEXT,
    at=maybe(INSTANT),
    title=TEXT,
    now={**many(TEXT), "description": "merged, split: the incidents that it went into"},
    fields={**many(TEXT), "description": "changed: the parts of the record that say something else"},
)
CHANGES = form(changes=many(CHANGE), last=WHOLE, more=YES_NO)
STATS = form(
    reports=WHOLE,
    reports_by_language=COUNTS,
    copies=WHOLE,
    voices=WHOLE,
    rejected=WHOLE,
    mentions=WHOLE,
    claims=WHOLE,
    incidents=WHOLE,
    incidents_by_type=COUNTS,
    runs=WHOLE,
    last_run=maybe({"type": "object"}),
)

# --- review -----------------------------------------------------------------------------------------------------

ACCOUNT = form(mention=TEXT, report=TEXT, incident=TEXT, title=TEXT, words=TEXT)
FEATURE = form(name=TEXT, value=ANYTHING, weight=NUMBER, detail=TEXT)
LINK = form(
    probability=NUMBER,
    features=many(FEATURE),
    judgement=maybe(one_of(*(judgement.value for judgement in Judgement))),
    by=TEXT,
    at=maybe(INSTANT),
)
PAIR = form(left=ACCOUNT, right=ACCOUNT, link=maybe(LINK), sentence=TEXT)
COMPARISON = form(left=ACCOUNT, right=ACCOUNT, link=maybe(LINK), sentence=TEXT, seen=TEXT)
QUESTION = form(
    question=maybe(form(incident=TEXT, title=TEXT, doubts=many(DOUBT), at=WHOLE, pair=maybe(PAIR), seen=TEXT)),
    next=maybe(TEXT),
    total=WHOLE,
)
WORD: Schema = {
    "type": "object",
    "required": ["number", "kind", "by", "why", "at", "retired"],
    "properties": {
        "number": WHOLE,
        "kind": one_of("judgement", "correction"),
        "by": TEXT,
        "why": TEXT,
        "at": maybe(INSTANT),
        "judgement": one_of(*(judgement.value for judgement in Judgement)),
        "left": TEXT,
        "right": TEXT,
        "incident": TEXT,
        "field": one_of(*CORRECTABLE),
        "value": ANYTHING,
        "retired": maybe(form(by=TEXT, why=TEXT)),
    },
}
WORDS = form(judgements=many(WORD), next=maybe(WHOLE))
ANSWERED = form(number=WHOLE, effects=many(CHANGE))
OUTCOME = form(
    kind=CHANGE["properties"]["kind"],
    incident=TEXT,
    title=TEXT,
    now=many(form(incident=TEXT, title=TEXT)),
    fields=many(form(field=TEXT, before=TEXT, after=TEXT)),
    reports=form(before=WHOLE, after=WHOLE),
)
OUTCOMES = form(outcomes=many(OUTCOME))
CANDIDATE = form(
    id=TEXT, title=TEXT, date=maybe({"type": "object"}), place=maybe({"type": "object"}), voices=maybe(WHOLE), type=TEXT
)
CANDIDATES = form(candidates=many(CANDIDATE))

# --- imports, alerts, people ------------------------------------------------------------------------------------

IMPORT = form(
    running=YES_NO,
    stage=one_of("waiting", "read", "copies", "extract", "link", "done", "failed"),
    files=WHOLE,
    done=WHOLE,
    total=maybe(WHOLE),
    began=maybe(INSTANT),
    problem=TEXT,
    result=COUNTS,
)
HOURS = form(zone=TEXT, quiet_from=TEXT, quiet_until=TEXT, digest=TEXT, digest_at=TEXT)
DELIVERY = form(
    id=TEXT,
    events=WHOLE,
    attempts=WHOLE,
    next_at=maybe(INSTANT),
    sent_at=maybe(INSTANT),
    failed_at=maybe(INSTANT),
    error=maybe(TEXT),
)
ALERT = form(
    id=TEXT,
    owner=TEXT,
    name=TEXT,
    query=TEXT,
    channel=one_of("webhook", "email", "feed"),
    target=TEXT,
    secret={**TEXT, "description": "webhook: the key that signs; of a feed: empty, its address holds it"},
    feed=maybe(TEXT),
    watch=many(TEXT),
    hours=HOURS,
    active=YES_NO,
)
ALERTS = form(alerts=many(ALERT))
EVENT = form(what=TEXT, at=INSTANT, incident=TEXT, title=maybe(TEXT), why=TEXT, changes={"type": "object"}, now=many(TEXT))
ALERT_WHOLE = form(alert=ALERT, events=many(EVENT), deliveries=many(DELIVERY))
USER = form(name=TEXT, role=one_of("reader", "reviewer", "admin"), active=YES_NO)
USERS = form(users=many(USER))
VISITOR = form(name=TEXT, role=one_of("reader", "reviewer", "admin"), how=one_of("local", "session", "token"))
AUDIT = form(
    entries=many(form(number=WHOLE, at=INSTANT, who=TEXT, what=TEXT, data={"type": "object"}, hash=TEXT)),
    next=maybe(WHOLE),
    state=maybe(form(entries=WHOLE, head=TEXT, broken=maybe(WHOLE), reason=TEXT)),
)

# --- what a route answers ---------------------------------------------------------------------------------------

WHY = {
    300: "the incident was split: the parts are in error.detail.now",
    400: "the request asks for what cannot be; the message says why",
    401: "log in first",
    403: "your role does not allow it, or another site's page asked",
    404: "there is no such thing",
    409: "it has changed since it was seen, error.detail.changed says how; or another is under way",
    410: "the incident was withdrawn: no report tells of it any more",
    413: "the body is larger than what is taken at once",
    415: "the body is of another kind",
    422: "a parameter or a part of the body is not what it should be",
    428: "the answer does not say what it was given on",
    503: "the store is busy, there is none yet, or the question took too long; ask again after Retry-After seconds",
}
LED_ON: Responses = {308: {"description": "the incident was merged: Location is the one that it is part of now"}}
OF_ALL = (400, 401, 403, 422, 503)  # errors that any route may answer


def errors(*statuses: int) -> Responses:
    """The errors that a route may answer, these and those of all, in the one shape."""
    content = {"application/json": {"schema": ERROR}}
    return {status: {"description": WHY[status], "content": content} for status in sorted({*OF_ALL, *statuses})}


def responses(about: str, schema: Schema, *statuses: int, keeps: bool = False, status: int = 200) -> Responses:
    """What a route answers, for its description.

    Args:
        about: What it answers, in a few words.
        schema: Of the JSON that it answers.
        statuses: Errors beside those that any route may answer.
        keeps: Whether the answer carries an ETag, so that it may be 304 next time.
        status: Of the answer when all is well.
    """
    told: Responses = {status: {"description": about, "content": {"application/json": {"schema": schema}}}}
    if keeps:
        told[304] = {"description": "nothing has changed since the answer with that ETag"}
    return told | errors(*statuses)
