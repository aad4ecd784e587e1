"""Read the value of every claim out of its words; refuse what the words do not carry."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from newsblotter.errors import EvidenceError
from newsblotter.fields.gazetteer import Gazetteer
from newsblotter.fields.placing import resolve_places
from newsblotter.fields.readers import Readers, find_spans, readers_of
from newsblotter.fields.scene import place_by_address, settle_place
from newsblotter.fields.settle import (
    date_by_clock,
    date_by_publication,
    drop_namesakes,
    find_sentence,
    point_back,
    settle_date,
    settle_role,
    settle_time,
)
from newsblotter.fields.steps import find_step_day
from newsblotter.fields.targets import read_target
from newsblotter.records import (
    Claim,
    Count,
    Mention,
    Money,
    Outcome,
    Person,
    Rejected,
    Report,
    Role,
    Span,
    Value,
    When,
    Where,
    check_quote,
)

Spans: TypeAlias = Mapping[str, tuple[Span, ...]]

SHOUTED_FROM = 3  # letters up to which capitals are an abbreviation (USA, NYC)
_ANY_NAME = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class FieldSettings:
    """How values are read."""

    ahead_days: int = 1  # a step of the law later than publication by more than this is no fact yet; zones allow a day


@dataclass(frozen=True, slots=True)
class Filled:
    """What a report's claims say, and what could not be read."""

    mentions: tuple[Mention, ...]
    refused: tuple[Rejected, ...]  # one a claim whose words do not carry its value


@dataclass
class _Page:
    """A report with what is read once for all its claims."""

    report: Report
    gazetteer: Gazetteer
    settings: FieldSettings
    spans: Spans
    reference: When | None = None  # the day that the story is at
    country: str | None = None  # of the mention at hand
    _extra: dict[tuple[int, int], Where | None] = field(default_factory=dict)

    @cached_property
    def readers(self) -> Readers:
        return readers_of(self.report)

    @property
    def language(self) -> str:
        return self.report.language or "en"

    @cached_property
    def place_spans(self) -> list[Span]:
        return sorted((*self.spans.get("place", ()), *self.spans.get("address", ())), key=lambda s: (s.start, s.end))

    @cached_property
    def wheres(self) -> tuple[Where | None, ...]:
        """What each place of the report means, judged together."""
        home = self.report.outlet or self.report.url
        return resolve_places(self.report.text, self.place_spans, self.gazetteer, home=home, language=self.language)

    def where(self, start: int, end: int) -> Where | None:
        """The place that the words ``start:end`` name; of several the first."""
        at = bisect_left(self.place_spans, start, key=lambda span: span.start)
        while at < len(self.place_spans) and self.place_spans[at].end <= end:
            if self.place_spans[at].kind == "place" or self.place_spans[at].end == end:
                return self.wheres[at]
            at += 1
        if (start, end) not in self._extra:
            lone = resolve_places(self.report.text, [Span(start, end, "place")], self.gazetteer, language=self.language)
            self._extra[start, end] = lone[0]
        return self._extra[start, end]


Reader: TypeAlias = Callable[[_Page, Claim], Value | None]


def _read_date(page: _Page, claim: Claim) -> Value | None:
    if isinstance(claim.value, When):
        return claim.value
    quote = claim.quote
    if page.readers.is_other_date(*find_sentence(page.report, claim)):
        return None
    return page.readers.read_when(page.report.text, quote.start, quote.end, page.report.published, reference=page.reference)


def _read_time(page: _Page, claim: Claim) -> Value | None:
    return page.readers.read_clock(page.report.text, claim.quote.start, claim.quote.end)


def _read_place(page: _Page, claim: Claim) -> Value | None:
    where = page.where(claim.quote.start, claim.quote.end)
    if where is not None and where.name.isupper() and len(where.name) > SHOUTED_FROM:
        return replace(where, name=where.name.title())  # a dateline in capitals: PARIS
    return where


def _read_count(page: _Page, claim: Claim) -> Value | None:
    if isinstance(claim.value, Count):
        return claim.value
    return page.readers.read_count(page.report.text, claim.quote.start, claim.quote.end)


def _read_money(page: _Page, claim: Claim) -> Value | None:
    if isinstance(claim.value, Money):
        return claim.value
    quote = claim.quote
    return page.readers.read_money(page.report.text, quote.start, quote.end, page.country)


def _read_person(page: _Page, claim: Claim) -> Value | None:
    partial = claim.value if isinstance(claim.value, Person) else None
    person = page.readers.read_person(page.report.text, claim.quote.start, claim.quote.end, partial)
    if person is not None and person.name is not None:
        heard = set(_ANY_NAME.findall(claim.quote.text))
        if not all(word in heard for word in _ANY_NAME.findall(person.name)):
            return None
    return person


def _read_outcome(page: _Page, claim: Claim) -> Value | None:
    """Complete a step of the law with the day and the number of people that stand in its words."""
    outcome = claim.value
    if not isinstance(outcome, Outcome):
        return None
    text, published = page.report.text, page.report.published
    on, count = outcome.on, outcome.count
    if on is None:
        times = list(_within(page.spans.get("time", ()), claim))
        span = find_step_day(text, claim.quote.start, claim.quote.end, outcome.kind, times)
        if span is not None:
            on = page.readers.read_when(text, span.start, span.end, published, reference=page.reference)
    if on is not None and published is not None and on.earliest > published + timedelta(days=page.settings.ahead_days):
        return None
    if count is None:
        for span in _within(page.spans.get("count", ()), claim):
            count = page.readers.read_count(text, span.start, span.end)
            if count is not None:
                break
    return Outcome(outcome.kind, on, count)


def _within(spans: Iterable[Span], claim: Claim) -> Iterable[Span]:
    return (span for span in spans if claim.quote.start <= span.start and span.end <= claim.quote.end)


def _read_target(page: _Page, claim: Claim) -> Value | None:
    if isinstance(claim.value, str):
        return claim.value
    return read_target(page.report.text, claim.quote.start, claim.quote.end)


def _read_words(page: _Page, claim: Claim) -> Value | None:
    """The value that the claimer gave, else the words themselves."""
    return claim.value if claim.value is not None else " ".join(claim.quote.text.split())


# Field → how its words are read. A new kind of value is a reader and its line here.
READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "type": _read_words,
        "date": _read_date,
        "time": _read_time,
        "place": _read_place,
        "address": _read_words,
        "target": _read_target,
        "killed": _read_count,
        "injured": _read_count,
        "suspects": _read_count,
        "arrested": _read_count,
        "loot": _read_money,
        "recovered": _read_money,
        "weapons": _read_words,
        "vehicles": _read_words,
        "tactics": _read_words,
        "people": _read_person,
        "outcomes": _read_outcome,
    }
)
_FIRST = ("date", "place")  # read before the others, which lean on them


def _read(page: _Page, claim: Claim) -> Claim | Rejected:
    """A claim with its value, or why it is refused."""
    source = f"{page.report.source_id}:{claim.quote.start}"
    reader = READERS.get(claim.field)
    if reader is None:
        return Rejected(source, "fields", f"unknown field: {claim.field}")
    try:
        check_quote(page.report, claim.quote)
    except EvidenceError as error:
        return Rejected(source, "fields", f"quote does not stand: {error}")
    value = reader(page, claim)
    if value is None:
        return Rejected(source, "fields", f"words do not carry a {claim.field}: {claim.quote.text[:80]!r}")
    return claim if value == claim.value else replace(claim, value=value)


def _read_all(page: _Page, claims: Iterable[Claim], refused: list[Rejected]) -> list[Claim]:
    read = []
    for claim in claims:
        result = _read(page, claim)
        if isinstance(result, Claim):
            read.append(result)
        else:
            refused.append(result)
    return read


def _best_date(claims: Sequence[Claim]) -> When | None:
    dated = [claim for claim in claims if claim.field == "date" and isinstance(claim.value, When)]
    best = max(dated, key=lambda claim: (claim.score, -claim.quote.start), default=None)
    return best.value if best is not None and isinstance(best.value, When) else None


def _best_country(claims: Sequence[Claim]) -> str | None:
    placed = [c for c in claims if c.field == "place" and isinstance(c.value, Where) and c.value.country]
    best = max(placed, key=lambda claim: (claim.score, -claim.quote.start), default=None)
    return best.value.country if best is not None and isinstance(best.value, Where) else None


def _fill_mention(page: _Page, mention: Mention, refused: list[Rejected]) -> Mention:
    """Read a mention's claims: dates and places first and the best kept, then what leans on them."""
    lost: list[Rejected] = []
    dates = _read_all(page, (c for c in mention.claims if c.field == "date"), lost)
    places = _read_all(page, (c for c in mention.claims if c.field == "place"), lost)
    hours = [str(c.value) for c in _read_all(page, (c for c in mention.claims if c.field == "time"), [])]
    kept_dates = settle_date(page.report, dates, page.readers.rate_date, hours)
    kept_places = settle_place(page.report, mention, places) or place_by_address(
        page.where, [c for c in mention.claims if c.field == "address"]
    )
    page.country = _best_country(kept_places) or page.country
    others = _read_all(page, (c for c in mention.claims if c.field not in _FIRST), refused)
    clocks = settle_time(kept_dates, [c for c in others if c.field == "time"])
    kept_dates = kept_dates or date_by_clock(page.report, mention, clocks)
    rest = drop_namesakes([c for c in others if c.field != "time"], kept_places)
    # A date or place that was offered and not chosen is no claim; only where none was chosen is it a refusal.
    refused.extend(r for r in lost if not (kept_dates if " date" in r.reason else kept_places))
    claims = tuple(sorted((*kept_dates, *kept_places, *clocks, *rest), key=lambda c: (c.quote.start, c.field, c.id)))
    settled = replace(mention, claims=claims)
    return replace(settled, role=settle_role(page.report, settled))


def fill(
    report: Report,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    settings: FieldSettings | None = None,
    spans: Spans | None = None,
) -> Filled:
    """Read the value of every claim of a report.

    Args:
        report: The report, with the publication day that relative dates are read against.
        mentions: Its mentions; their claims' values are None or partial.
        gazetteer: The world's places.
        settings: None for the defaults.
        spans: What ``find_spans`` found in it, if that is known already.

    Returns:
        The mentions with the claims that could be read, in their order, and one refusal for each claim that could not.
    """
    if not mentions:
        return Filled((), ())
    page = _Page(
        report,
        gazetteer,
        settings or FieldSettings(),
        spans if spans is not None else find_spans(report.text, gazetteer, report.language),
    )
    refused: list[Rejected] = []
    filled: dict[str, Mention] = {}
    leading = {Role.MAIN: 0, Role.FOLLOW_UP: 1}
    for mention in sorted(mentions, key=lambda m: (leading.get(m.role, 2), m.trigger.start, m.id)):
        page.country = _country_of(filled)
        done = _fill_mention(page, mention, refused)
        lead = next(iter(filled.values()), None)
        if lead is not None and mention.role is Role.BACKGROUND and lead.role in leading:
            done = point_back(report, done, lead, page.language)
        filled[mention.id] = done
        page.reference = page.reference or _best_date(done.claims)
    return Filled(tuple(_with_printed_day(report, filled[mention.id]) for mention in mentions), tuple(refused))


def _with_printed_day(report: Report, mention: Mention) -> Mention:
    """A mention that nothing else dates, with the day of publication; last of all, so that no "two days later" hangs on it."""
    printed = date_by_publication(report, mention)
    if not printed:
        return mention
    return replace(mention, claims=tuple(sorted((*mention.claims, *printed), key=lambda c: (c.quote.start, c.field, c.id))))


def _country_of(filled: Mapping[str, Mention]) -> str | None:
    """The country of the report's leading mention, for the currency of those that name no place."""
    for mention in filled.values():
        country = _best_country(mention.claims)
        if country:
            return country
    return None
