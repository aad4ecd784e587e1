"""What people ask of a store about its incidents, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents are wanted. Parts left out do not narrow; of several values in one part, any will do."""

    types: tuple[str, ...] = ()
    since: date | None = None  # incidents whose days end on it or later
    until: date | None = None  # incidents whose days begin on it or earlier
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, any case
    near: tuple[float, float] | None = None  # latitude, longitude in degrees
    within_km: float = 25.0  # of ``near``, great circle
    box: tuple[float, float, float, float] | None = (
        None  # south, west, north, east in degrees; west beyond east: over the date line
    )
    target: str | None = None  # words that stand in the target
    person: str | None = None  # words that stand in the people's names
    loot_low: float | None = None  # at least so much was taken, by the lowest figure
    loot_high: float | None = None  # at most so much, by the highest
    currency: str | None = None  # ISO 4217, of the loot; amounts are never converted
    min_voices: int | None = None
    max_voices: int | None = None
    statuses: tuple[str, ...] = ()
    realities: tuple[str, ...] = ()
    disputed: bool | None = None  # whether voices disagree on any field
    disputed_on: tuple[str, ...] = ()  # fields of the record on which they disagree
    needs_review: bool | None = None  # whether a person's look would settle something: see ``store.doubts``
    text: str | None = None  # words that stand in title, target, place or people
    limit: int | None = 100  # None: all
    offset: int = 0


ORDERS = ("newest", "changed", "voices", "loot", "review")  # the most of it first; those without it last


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the incidents that pass a filter."""

    cards: tuple[str, ...]  # JSON text each: the record without its long parts, see ``store.overview.make_card``
    next: str | None  # the cursor that the next page begins after, None at the end
    total: int  # how many pass in all
    edition: int


@dataclass(frozen=True, slots=True)
class Facet:
    """How many incidents have each value of a part, those that pass the other parts of the filter."""

    name: str
    counts: tuple[tuple[str, int], ...]  # value and number, the most frequent first; years and voices in their own order


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map: one incident, or a cell of the grid with several."""

    latitude: float  # of a cell: the middle of its incidents
    longitude: float
    count: int
    radius_km: float | None  # the area that is meant; of a cell the largest
    precision: str | None  # address, street, quarter, city, region, country; None of a cell
    card: str | None = None  # of one incident: JSON text as in a page
    box: tuple[float, float, float, float] | None = None  # of a cell: south, west, north, east of its incidents


@dataclass(frozen=True, slots=True)
class Points:
    """The incidents that pass a filter and have a point."""

    spots: tuple[Spot, ...]
    clustered: bool  # spots are cells
    total: int  # incidents on the map
    nowhere: int  # incidents that pass but have no point


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many incidents began in each day, month or year; those without any are left out."""

    unit: str  # day, month, year
    counts: tuple[tuple[str, int], ...]  # 2024-05-18, 2024-05 or 2024, in order
    undated: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search."""

    kind: str  # incident, report
    id: str  # incident id, or the report's source id
    title: str
    snippet: str  # words around the match, the match between « and »
    score: float  # higher is better; comparable within one kind of one search
    on: date | None  # first day of the incident, or the report's publication
    report_id: str | None = None  # our id of the report, None for an incident


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first: incidents, then reports."""

    hits: tuple[Hit, ...]
    cut_short: bool  # True: only the newest matches were ranked, or time ran out


@dataclass(frozen=True, slots=True)
class Run:
    """One build: how long each stage took and what it counted."""

    started: datetime  # aware UTC
    finished: datetime
    seconds: Mapping[str, float] = field(default_factory=dict)  # stage → wall-clock seconds
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a person's short id stands for."""

    kind: str  # incident, report, mention
    id: str  # full incident id, our id of the report, or the mention's


@dataclass(frozen=True, slots=True)
class Stats:
    """The store in figures."""

    reports: int
    reports_by_language: Mapping[str, int]  # "" = unknown
    copy_groups: int
    copies: int  # reports that add no voice: members of copy groups beyond the lead
    voices: int  # reports − copies
    rejected: int
    rejected_by_reason: Mapping[str, int]  # the reason up to its colon
    unread: int  # reports without a reading: an interrupted build
    mentions: int
    claims: int
    refused: int  # claims whose words did not carry their value
    incidents: int
    incidents_by_type: Mapping[str, int]
    runs: int
    seconds_by_stage: Mapping[str, float]  # all builds together
    last_run: Run | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What is told after every build; kept, not counted."""

    mentions: int
    incidents: int
    copies: int  # reports that add no voice
