"""What a store can do, whatever database lies below it.

    with open_store("incidents.db") as store, store.build_lock():
        new = store.add_reports(batch, rejected)
        for report_id in store.unread("rules-1", {}): ...
        store.save_readings(readings)
        store.replace_links(links)
        store.replace_incidents(entries, journal)

Every writing method is one transaction: it is kept whole, or it never was. Readers go on undisturbed meanwhile and see
the state before it. Report ids are content hashes, so writing the same thing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from newsblotter.records import CopyGroup, CopyTrace, GroupedReports, Incident, Link, Mention, Rejected, Report
from newsblotter.store.answers import Facet, Filter, Page, Points, Resolved, Run, SearchResult, Stats, Timeline, Totals

if TYPE_CHECKING:
    from newsblotter.store.doubts import Doubt
    from newsblotter.store.neighbourhood import Neighbourhood
    from newsblotter.store.series import SeriesIndex

Record: TypeAlias = dict[str, Any]  # an incident as exported: see docs/reference/incident.schema.json


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass of the reader made of one report; replaces the report's earlier reading."""

    report_id: str
    reader: str  # name and version of the reader and its data: another one means reading again
    published: date | None  # the publication day that relative dates were read against (an undated copy takes its lead's)
    mentions: tuple[Mention, ...] = ()
    refused: int = 0  # claims refused before they came here; the store adds those whose quote does not stand
    seconds: float = 0.0
    rejected: tuple[Rejected, ...] = ()  # why parts of the report could not be read


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """What an incident brings to series."""

    id: str
    day: int  # by which it stands among those that share a thing with it
    keys: tuple[int, ...]  # hashes of the things that it shares with others, 64 bits, signed
    traits: str  # what it is compared by, for linking to read


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    """An incident with the record shown and exported for it."""

    incident: Incident
    record: Record  # ``updated`` may be given; the stored one is kept while nothing else of the record changes
    series: SeriesEntry | None = None  # None: it brings nothing


class Records(list[Record]):
    """Records of incidents; a notebook shows them as a table."""

    def _repr_html_(self) -> str:
        from newsblotter.store.present import records_html

        return records_html(self)


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """An incident as the store gives it back."""

    id: str
    record: Record
    mention_ids: tuple[str, ...]  # sorted
    asked: str  # the id that was asked for; differs from ``id`` after a merge

    def _repr_html_(self) -> str:
        from newsblotter.store.present import record_html

        return record_html(self.record)


@dataclass(frozen=True, slots=True)
class Member:
    """A mention's place in an incident. Outlives the mention: ids are carried over a new reading by it."""

    incident_id: str
    mention_id: str
    report_id: str
    type: str
    role: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the incident that once had this id is now. Several: it was split."""

    incident_id: str
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the append-only journal, the source of truth for ids given out and for people's judgements.

    Kinds and what ``data`` holds (a *reference* names a mention so that it is found again in another reading of its report:
    see ``review.references``; it holds mention, report, source, type, role, start and words):

        minted       {"id": incident id, "report": founding report id, "ordinal": int, "anchor": reference}
        anchored     {"id": incident id, "anchor": reference}: the mention that the id stays with from now on
        redirected   {"id": old incident id, "now": [incident ids]}: one: merged; several: split; none: withdrawn
        revived      {"id": old incident id}: it stands for itself again
        split        {"id": incident id, "now": [incident ids, its own among them]}: it goes on, parts of it are others now
        changed      {"id": incident id, "fields": [names of the record's parts that say something else now]}
        judgement    {"judgement": same | different | unsure, "left": side, "right": side, "by": who, "why": words}
                     with a side {"asked": what was typed, "mentions": [reference]}
        correction   {"incident": id, "field": name, "value": packed value, list of them, or null, "by": who, "why": words,
                     "mentions": [reference]}
        retired      {"number": of the judgement or correction, "by": who, "why": words}
    """

    kind: str
    data: Mapping[str, Any]
    at: datetime | None = None  # aware UTC; None: the store puts its clock's
    number: int | None = None  # given by the store: 1, 2, 3, …


NumberedPairs: TypeAlias = Iterable[tuple[Sequence[int], Sequence[int]]]  # values and places of reports, a part at a time


class CopyIndex(GroupedReports, Protocol):
    """What the copy finder keeps of reports, so that a new one is held against what it meets and nothing else."""

    def ungrouped(self, grouper: str) -> tuple[list[str], int]:
        """Ids of the reports that this grouper has not grouped, as they came in, and how many it has; another one counts for none.

        Reports have to be applied in that order.
        """
        ...

    def apply(
        self,
        grouper: str,
        traces: Sequence[CopyTrace],
        dropped: Mapping[str, Sequence[int]],
        furniture: Sequence[int],
        gone: Sequence[str],
        groups: Sequence[CopyGroup],
    ) -> None:
        """Keep what some reports changed, in one transaction.

        Args:
            grouper: Name and version of the copy finder; another one means grouping everything anew.
            traces: Of the reports that are new or changed.
            dropped: Report → anchors that it no longer has.
            furniture: Scoped lines that are furniture from now on.
            gone: Ids of groups that are no more.
            groups: New groups.
        """
        ...

    def fill(
        self,
        grouper: str,
        words: Mapping[str, int],
        anchors: NumberedPairs,
        lines: NumberedPairs,
        furniture: Sequence[int],
        groups: Sequence[CopyGroup],
    ) -> None:
        """Put these groups, and what is kept of these reports, in the place of everything, in one transaction.

        Args:
            grouper: As for ``apply``.
            words: Report → words of its text; the places of ``anchors`` and ``lines`` are places in it.
            anchors: Anchors and the reports that have them.
            lines: Lines and the reports that print them.
            furniture: Scoped lines that are furniture.
            groups: All groups.
        """
        ...


class Store(Protocol):
    """Reports, what was read in them, and the incidents derived. Get one from ``open_store``."""

    @property
    def url(self) -> str:
        """Where the store lies, for messages."""
        ...

    @property
    def readonly(self) -> bool: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def close(self) -> None:
        """Let go of the database. Closing twice is fine."""
        ...

    def build_lock(self) -> AbstractContextManager[None]:
        """Hold the store for one build; readers are not disturbed. Let go at the latest when the process dies.

        Raises:
            StoreBusy: Another build holds it; the message names its process where known.
        """
        ...

    def join(self) -> AbstractContextManager[None]:
        """Make one transaction of all that this thread writes inside, which nobody else can write beside."""
        ...

    # --- reports ------------------------------------------------------------------------------------------------

    def known_reports(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids (content hashes) that are stored already, so that finished work is skipped."""
        ...

    def report_ids(self) -> list[str]:
        """Ids of every report, sorted."""
        ...

    def source_ids(self) -> dict[str, str]:
        """Our id of every report → the source id that users know it by."""
        ...

    def add_reports(self, reports: Sequence[Report], rejected: Sequence[Rejected] = ()) -> tuple[Report, ...]:
        """Store a batch of reports and rejects, all or nothing.

        A report already stored is left as it is. A second report with a known ``source_id`` but another content
        gets ``~`` and six characters of its hash added to its source id.

        Returns:
            The reports that are new, as stored.
        """
        ...

    def add_rejected(self, rejected: Sequence[Rejected]) -> None:
        """Store what fell out; the same reject twice is kept once."""
        ...

    def forget_rejected(self, sources: Collection[str]) -> int:
        """Drop the rejects of sources that have been read well since; returns how many went."""
        ...

    def rejected(self) -> Iterator[Rejected]:
        """Every reject, by source."""
        ...

    def days_of(self, report_ids: Iterable[str]) -> dict[str, date | None]:
        """The publication days of reports, without their texts."""
        ...

    def reports(self, ids: Iterable[str] | None = None) -> Iterator[Report]:
        """Stream reports in the order of their ids, all by default; ids that are unknown are passed over."""
        ...

    def get_report(self, report_id: str) -> Report:
        """One report by our id or by its source id.

        Raises:
            UnknownIncident: There is none.
        """
        ...

    # --- copies -------------------------------------------------------------------------------------------------

    def replace_copies(self, groups: Iterable[CopyGroup]) -> None:
        """Put these copy groups in the place of all earlier ones."""
        ...

    def copies(self) -> Iterator[CopyGroup]:
        """Every copy group, in the order of their ids."""
        ...

    @property
    def copy_index(self) -> CopyIndex:
        """What the copy finder keeps of the reports."""
        ...

    # --- readings -----------------------------------------------------------------------------------------------

    def waiting(self, reader: str) -> list[str] | None:
        """Ids of the reports that no build has looked at since they came in, were read or their copies changed; None: of any.

        All others were read by this reader against the day that counts for them.
        """
        ...

    def settle_reading(self, reader: str, report_ids: Collection[str] | None) -> None:
        """Say that those that waited were read by this reader, and with them everything."""
        ...

    def unread(
        self,
        reader: str,
        published: Mapping[str, date | None] | None = None,
        among: Collection[str] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Ids of the reports to read: never read, read by another reader, or dated anew. Sorted.

        Args:
            reader: Name and version of the reader.
            published: Report id → the publication day to read it against, where that is not the report's own
                (an undated copy takes its lead's).
            among: Only look at these reports.
            others: Report id → the reader that it is for, where that is another (a copy's).
        """
        ...

    def save_readings(self, readings: Sequence[Reading]) -> int:
        """Store what was read, all or nothing; each replaces its report's earlier reading.

        The first law is held here: a claim whose quote does not stand in the report is refused and counted, a
        mention whose trigger does not stand is refused with all its claims.

        Returns:
            How many claims and mentions were refused here.

        Raises:
            UnknownMention: A reading names a report that is not stored.
        """
        ...

    def mentions(self, *, ids: Iterable[str] | None = None, reports: Iterable[str] | None = None) -> Iterator[Mention]:
        """Stream mentions with their claims in the order of report id and offset; all by default.

        Args:
            ids: Only these mentions.
            reports: Only the mentions of these reports (our ids).
        """
        ...

    # --- links and incidents ------------------------------------------------------------------------------------

    def replace_links(self, links: Iterable[Link]) -> None:
        """Put these links in the place of all earlier ones. Judgements live in the journal as well."""
        ...

    def links(self) -> Iterator[Link]:
        """Every link, by its pair of ids."""
        ...

    def links_of(self, mention_ids: Iterable[str]) -> list[Link]:
        """The links that touch any of the mentions, strongest first."""
        ...

    def links_between(self, left: Iterable[str], right: Iterable[str]) -> list[Link]:
        """The links from a mention of the one set to a mention of the other, strongest first."""
        ...

    def replace_incidents(
        self,
        entries: Iterable[IncidentEntry],
        journal: Sequence[JournalEntry] = (),
        among: Collection[str] | None = None,
        related: Mapping[str, Sequence[Record]] | None = None,
    ) -> int:
        """Put these incidents in the place of all earlier ones and write the journal lines, in one transaction.

        A record that is unchanged but for ``updated`` keeps the stored one, whatever it says.

        Args:
            entries: The incidents.
            journal: Lines that belong to the change.
            among: Ids of the earlier incidents in whose place these stand; the others are left alone. None: of all.
            related: What others are related to from now on, by id; the rest of their records stays as it is.

        Returns:
            How many incidents are new or changed.
        """
        ...

    def neighbourhood(self) -> Neighbourhood:
        """What linking asks about a new report, and what it writes."""
        ...

    def series(self) -> SeriesIndex:
        """What finds the series that an incident belongs to."""
        ...

    def members(self) -> Iterator[Member]:
        """Which mention stands in which incident as of the last build, by incident id and mention id."""
        ...

    def redirects(self) -> dict[str, Redirect]:
        """Every id that was merged away or split, by old id."""
        ...

    def redirects_around(self, incident_ids: Iterable[str]) -> dict[str, Redirect]:
        """The redirects that lead to these ids, over however many steps, and those that they lead through besides; by old id."""
        ...

    # --- asking -------------------------------------------------------------------------------------------------

    def resolve(self, short: str) -> Resolved:
        """What an id, a unique beginning of one (4 characters or more) or a report's source id stands for.

        Redirects are followed where they lead to one incident.

        Raises:
            UnknownIncident: Nothing, or several things, go by it; the message lists up to five.
        """
        ...

    def get_incident(self, incident_id: str) -> StoredIncident:
        """An incident by its id, a unique beginning of it, or an id that now redirects to it.

        Raises:
            UnknownIncident: There is none, or the id was split (the message names the parts).
        """
        ...

    def follow(self, incident_id: str) -> tuple[str, ...] | None:
        """The living incidents that an id, given in full, stands for today.

        Itself; the one it was merged into; the parts it was split into; none if it was withdrawn. None: it never was an id.
        """
        ...

    def titles(self, incident_ids: Iterable[str]) -> dict[str, str]:
        """The titles of those of the incidents that are living, by id."""
        ...

    def incidents_of(self, report_id: str) -> list[str]:
        """Ids of the incidents that a report (our id) tells of, sorted."""
        ...

    def find_incidents(self, wanted: Filter) -> list[Record]:
        """Records of the incidents that pass the filter, newest day first, undated last, ties by id."""
        ...

    def count_incidents(self, wanted: Filter) -> int:
        """How many pass, limit and offset apart."""
        ...

    def find_among(self, wanted: Filter, ids: Iterable[str]) -> list[Record]:
        """Records of those of the incidents that pass, in the order of ids, without looking at the others."""
        ...

    def stream_incidents(self, wanted: Filter) -> Iterator[Record]:
        """Stream the records that pass in the order of ids, from one snapshot; limit and offset do not count."""
        ...

    # --- the desk: quick answers about many incidents, from columns kept in memory ---------------------------------

    def version(self) -> tuple[int, int, int]:
        """Edition, last number of the journal and number of reports: what was answered at the same version holds still."""
        ...

    def edition(self) -> int:
        """A number that grows whenever an incident changes: what was answered at the same edition holds still."""
        ...

    def find_page(self, wanted: Filter, order: str = "newest", after: str | None = None, limit: int = 50) -> Page:
        """One page of the incidents that pass; limit and offset of the filter do not count.

        Args:
            wanted: The filter.
            order: One of ``ORDERS``; among equals the incident that was entered last comes first.
            after: The cursor that an earlier page gave. Incidents that have not changed since are neither skipped nor
                given twice, whatever became of others.
            limit: How many, 1 to 1,000.

        Raises:
            UsageError: No such order, or the cursor is none of this order's.
        """
        ...

    def facets(self, wanted: Filter) -> tuple[Facet, ...]:
        """Counts by type, country, year, status, reality, disputed, review, voices and currency.

        Each part is counted as if the filter did not narrow it, so that other values can be chosen.
        """
        ...

    def points(self, wanted: Filter, zoom: float | None = None) -> Points:
        """The incidents that pass on a map, in cells where they are more than 2,000.

        Args:
            wanted: The filter; its ``box`` is what the map shows.
            zoom: Of the map, 0 (the world in 256 pixels) to 22; None: as the box suggests.
        """
        ...

    def timeline(self, wanted: Filter, unit: str | None = None) -> Timeline:
        """Counts by first day; the unit as the span suggests when None."""
        ...

    def doubts(self, incident_id: str) -> tuple[Doubt, ...]:
        """What a person's look would settle about an incident, the most doubtful first."""
        ...

    def read_record(self, incident_id: str) -> tuple[str, str] | None:
        """The record of a living incident as JSON text, and a fingerprint of what it says; None: there is none."""
        ...

    def records(self) -> Iterator[Record]:
        """Stream every record in the order of ids, from one snapshot."""
        ...

    def search(self, words: str, limit: int = 20) -> SearchResult:
        """Find incidents and reports that hold every word; a word in double quotes is kept together.

        Nothing in ``words`` is a command to the database. Ranking looks at the newest matches only, and stops
        after a second.

        Raises:
            UsageError: There is no word to look for.
        """
        ...

    # --- journal and runs ---------------------------------------------------------------------------------------

    def append_journal(self, entries: Sequence[JournalEntry]) -> tuple[int, ...]:
        """Write lines to the journal, in the file beside the store first. Nothing is ever changed or taken out.

        Returns:
            The numbers that they were given.

        Raises:
            StoreError: The disk is full or the file cannot be written; nothing is.
        """
        ...

    def journal(
        self, *kinds: str, after: int = 0, since: datetime | None = None, limit: int | None = None
    ) -> Iterator[JournalEntry]:
        """Stream the journal, oldest first: lines of these kinds (none: all) numbered above ``after``.

        Args:
            kinds: Which; none: all.
            after: Only lines numbered above it.
            since: Only lines from that moment on, aware UTC.
            limit: At most so many.
        """
        ...

    def newest(self, *kinds: str, before: int | None = None, limit: int) -> list[JournalEntry]:
        """The journal's last lines of these kinds, newest first; those numbered below ``before``."""
        ...

    def journal_on(self, incident_ids: Iterable[str]) -> list[JournalEntry]:
        """The lines on these incidents, oldest first, without reading the others."""
        ...

    def last_number(self, *kinds: str) -> int:
        """The number of the journal's newest line, of these kinds (none: of all), 0 when there is none."""
        ...

    def copy_to(self, folder: Path) -> Path:
        """Copy the store and its journal into a folder, as of one moment; returns where the copy lies."""
        ...

    def record_run(self, run: Run) -> None:
        """Keep the timings and counters of a build for ``stats``."""
        ...

    def totals(self) -> Totals:
        """How much there is, without counting it."""
        ...

    def stats(self) -> Stats:
        """The store in figures."""
        ...

    def verify(self) -> list[str]:
        """Examine the whole store: pages, indexes, and every quote against its report. Returns what is wrong."""
        ...
