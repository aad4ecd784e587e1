"""The data that flows through the rooms. Standard library only; frozen and slotted.

    RawPage → Report → CopyGroup → Mention(Claim(Quote, value)) → Link → Incident

Four laws hold everywhere:

1. Evidence: ``report.text[quote.start:quote.end] == quote.text``.
2. Claims are kept, incidents are derived.
3. A person's word stands.
4. An id given out lives for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from newsblotter.errors import EvidenceError

_TWO_LETTERS = [one + other for one in "abcdefghijklmnopqrstuvwxyz234567" for other in "abcdefghijklmnopqrstuvwxyz234567"]  # base32


def hash_id(prefix: str, *parts: str | None) -> str:
    """Name a thing by its content: the same parts give the same id on every machine and day.

    Args:
        prefix: One or two letters that tell the kind (``r`` report, ``m`` mention, ``c`` claim, ``g`` copy group).
        parts: What the thing is made of; None and "" differ.

    Returns:
        ``prefix`` and 16 characters of lower-case base32 (80 bits).
    """
    pieces = []
    for part in parts:
        data = b"\x00" if part is None else b"\x01" + part.encode("utf-8", "surrogatepass")
        pieces += [len(data).to_bytes(8, "big"), data]
    bits = int.from_bytes(hashlib.blake2b(b"".join(pieces), digest_size=10).digest(), "big")
    return prefix + "".join([_TWO_LETTERS[bits >> shift & 1023] for shift in range(70, -1, -10)])


class Reality(StrEnum):
    """Whether the incident came to pass (realis, in the field's term)."""

    ACTUAL = "actual"
    ATTEMPTED = "attempted"
    PLANNED = "planned"
    DENIED = "denied"
    HYPOTHETICAL = "hypothetical"


class Role(StrEnum):
    """What a report has to do with an incident."""

    MAIN = "main"  # the report is about it
    FOLLOW_UP = "follow_up"  # about what became of it: an arrest, a trial, a death, a recovery
    BACKGROUND = "background"  # mentions it in passing
    ROUND_UP = "round_up"  # one of several told side by side


class Judgement(StrEnum):
    """A person's word on whether two mentions are one incident."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


# --- what comes in ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawPage:
    """One thing as it was read from a source, before cleaning."""

    source: str  # where it stands: "reports.jsonl.gz:17", "folder/page.html"; for messages
    source_id: str | None  # the id it came with (JSONL id, file name), None if it had none
    url: str | None
    body: bytes
    media_type: str  # "text/plain", "text/html", "application/json" (a JSON object already mapped to our names)
    fetched: datetime | None = None  # aware UTC
    given: Mapping[str, str] = field(default_factory=dict)  # title, published, outlet, language, charset: as stated


@dataclass(frozen=True, slots=True)
class Report:
    """One crawled text, cleaned, immutable. ``text`` is title, blank line, body (unless that opens with the title)."""

    id: str  # hash of source id, url and text
    source_id: str  # the name users know it by: unique in a store
    url: str | None
    outlet: str | None
    title: str
    text: str  # every offset points into this, in code points
    language: str | None  # ISO 639-1, None if unknown
    published: date | None  # None when nothing states it; never today
    fetched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that fell out, and why. Never silent."""

    source: str
    stage: str  # read, clean, extract, fields
    reason: str  # a short stable word group, then details after a colon: "not utf-8: byte 0xff at 12"


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """The same text, re-crawled, syndicated, cut or edited: one voice. Only groups of two or more are kept."""

    id: str
    report_ids: tuple[str, ...]  # sorted
    lead_id: str  # the fullest text; ties by date, then id


@dataclass(frozen=True, slots=True)
class CopyTrace:
    """What is kept of a report so that copies which come in later find it."""

    report_id: str
    words: int  # of its text, furniture left out
    anchors: tuple[int, ...]  # hashes of some of its runs of words, 40 bits
    lines: tuple[int, ...]  # hashes of its lines that are not every outlet's furniture, signed 64 bits


class GroupedReports(Protocol):
    """What the copy finder asks about the reports that were grouped before; a store answers."""

    def find_furniture(self, lines: Iterable[int]) -> frozenset[int]:
        """Which of the scoped lines (signed 64 bits) are furniture."""
        ...

    def find_hosts(self, lines: Iterable[int]) -> Mapping[int, Sequence[str]]:
        """The reports that print each of the lines (signed 64 bits)."""
        ...

    def meet(self, anchors: Sequence[int], at_most: int) -> Mapping[int, Sequence[str]]:
        """The reports that have each of the anchors, the first to come in and ``at_most`` of them."""
        ...

    def lengths_of(self, report_ids: Iterable[str]) -> Mapping[str, int]:
        """How many words reports have, furniture left out."""
        ...

    def groups_of(self, report_ids: Iterable[str]) -> Mapping[str, CopyGroup]:
        """The groups that reports belong to, for every member; reports without copies are left out."""
        ...

    def reports(self, report_ids: Iterable[str]) -> Iterator[Report]:
        """The reports themselves."""
        ...


_EDTF_SEASONS = {3: 21, 6: 22, 9: 23, 12: 24}  # first month → spring, summer, autumn, winter


# --- evidence and values ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that a finder recognised. Offsets in code points, half-open."""

    start: int
    end: int
    kind: str  # time, place, address, money, count, person, …


@dataclass(frozen=True, slots=True)
class Quote:
    """The exact words of a report. Offsets in code points over ``Report.text``, half-open."""

    report_id: str
    start: int
    end: int
    text: str


def cut_quote(report: Report, start: int, end: int) -> Quote:
    """Cut the words from ``start`` to ``end`` out of a report.

    Raises:
        EvidenceError: The stretch is empty or lies outside the text.
    """
    if not 0 <= start < end <= len(report.text):
        raise EvidenceError(f"report {report.id}: no words at {start}:{end} in a text of {len(report.text)} characters")
    return Quote(report.id, start, end, report.text[start:end])


def check_quote(report: Report, quote: Quote) -> None:
    """Hold a quote against its report.

    Raises:
        EvidenceError: It names another report, or the words do not stand there.
    """
    if quote.report_id != report.id or not quote.text or report.text[quote.start : quote.end] != quote.text:
        raise EvidenceError(f"report {report.id}: quote {quote.text[:60]!r} does not stand at {quote.start}:{quote.end}")


@dataclass(frozen=True, slots=True)
class When:
    """A span of days, ends included."""

    earliest: date
    latest: date
    precision: str  # day, days, weekend, week, month, season, year, range

    def edtf(self) -> str:
        """The days in Extended Date/Time Format, level 1: ``2017-03-25``, ``2016-12``, ``2008``, ``2024-21`` (spring).

        A month, a (northern, meteorological) season or a year is written as one only if the days are just its days;
        else an interval such as ``2024-05-13/2024-05-19``.

        Source: Library of Congress, EDTF specification, 2019, levels 0 and 1.
        """
        first, last = self.earliest, self.latest
        if first == last:
            return first.isoformat()
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1 if last < date.max else False
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        if whole and months == 1:
            return f"{first.year:04}-{first.month:02}"
        if whole and months == 12 and first.month == 1:
            return f"{first.year:04}"
        if whole and months == 3 and self.precision == "season" and first.month in _EDTF_SEASONS:
            return f"{first.year:04}-{_EDTF_SEASONS[first.month]}"
        return f"{first.isoformat()}/{last.isoformat()}"


def gap_days(left: When, right: When) -> int:
    """Days between two spans of days; 0 when they share a day."""
    return max(0, (left.earliest - right.latest).days, (right.earliest - left.latest).days)


@dataclass(frozen=True, slots=True)
class Where:
    """An area of the world. Any part may be None: a village outside the gazetteer has its region's point and radius."""

    name: str
    place_id: int | None = None  # GeoNames id
    latitude: float | None = None  # degrees, WGS 84
    longitude: float | None = None
    radius_km: float | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    admin1: str | None = None  # name of the state, province or region
    precision: str = "city"  # address, street, quarter, city, region, country
    role: str = "scene"  # scene, court, home, headquarters, dateline, other


@dataclass(frozen=True, slots=True)
class Money:
    """An interval of money. ``high`` None: open above. ``currency`` ISO 4217, None when the text does not tell."""

    low: float
    high: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """An interval of whole things. ``high`` None: open above ("at least three")."""

    low: int
    high: int | None
    unit: str | None = None  # the noun counted, singular, lower case: "robber", "officer"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took part. ``name`` None: nobody names them."""

    name: str | None
    age: int | None = None
    role: str = "victim"  # victim, suspect, witness, official
    status: tuple[str, ...] = ()  # killed, injured, arrested, charged, convicted, at_large, …


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: one step of the law or of fate."""

    kind: str  # arrest, charge, trial, conviction, sentence, recovery, death
    on: When | None = None
    count: Count | None = None


Value: TypeAlias = When | Where | Money | Count | Person | Outcome | str


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact, as one report says it."""

    id: str
    mention_id: str
    field: str  # a field of the record: type, date, time, place, address, target, killed, …
    quote: Quote
    value: Value | None  # None until the fields stage read it
    said_by: str | None = None  # police, prosecutor, witness, another outlet; None: the report itself
    score: float = 1.0  # 0..1, how sure the reader is


@dataclass(frozen=True, slots=True)
class Mention:
    """One report's account of one incident (event mention, in the field's term)."""

    id: str  # hash of report id, type and the trigger's place
    report_id: str
    type: str
    role: Role
    trigger: Quote
    reality: Reality
    claims: tuple[Claim, ...] = ()


# --- linking ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feature:
    """One reason why two mentions look alike or not."""

    name: str
    value: float
    weight: float  # log-odds that it added to the score
    detail: str  # one clause for a person: "both name Cartier"


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of a pair of mentions; at most one current link a pair. ``left_id < right_id``."""

    left_id: str
    right_id: str
    probability: float  # calibrated, 0..1
    features: tuple[Feature, ...] = ()
    judgement: Judgement | None = None
    made_by: str = "newsblotter"
    made_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.left_id, self.right_id))


@dataclass(frozen=True, slots=True)
class Fact:
    """The value shown for a field, and the claims that carry it."""

    field: str
    value: Value
    claim_ids: tuple[str, ...]  # the claim the value was taken from first


@dataclass(frozen=True, slots=True)
class Change:
    """A line of history: what a later report changed."""

    on: date | None  # publication day of the report
    field: str
    before: Value | None
    after: Value
    report_id: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on what a field of an incident is."""

    number: int  # its line in the journal
    field: str  # a part of the record, or ``time`` or ``address``
    values: tuple[Value, ...]  # none: nothing is known; several in a field that is a list
    by: str
    why: str  # empty where no reason was given
    at: datetime | None = None  # aware UTC


@dataclass(frozen=True, slots=True)
class Incident:
    """A real-world incident, derived from mentions and links; rebuildable."""

    id: str
    type: str
    reality: Reality
    title: str
    mention_ids: tuple[str, ...]  # sorted
    agreed: tuple[Fact, ...]  # list fields (weapons, people, …) have one fact a value
    disputed: tuple[str, ...]  # fields on which independent voices disagree
    standings: Mapping[str, str]  # claim id → agreed, disputed, superseded, corrected
    history: tuple[Change, ...]
    voices: int  # independent texts
    corrections: tuple[Correction, ...] = ()  # those in force, by field
