"""What was known on an earlier day: today's incidents as the reports published by then support them.

Nothing is stored. Of every incident the mentions printed later are left out, and the others are grouped again by the links between
them: what only later reports tied together falls apart. Ids are those of today. People's judgements of what is one incident hold
for every day, and so do corrections, but for those of what grows with time (the dead, the arrested, …).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from newsblotter.errors import UnknownIncident
from newsblotter.link import LinkSettings
from newsblotter.records import CopyGroup, Report
from newsblotter.review.correcting import PROGRESS_FIELDS
from newsblotter.review.deriving import Settled, derive, group_mentions, recall
from newsblotter.review.ledger import WORD_KINDS, read_words
from newsblotter.review.material import borrow_days, date_anew
from newsblotter.review.references import Finder
from newsblotter.store import Record, Store
from newsblotter.taxonomy import load_taxonomy


class Lookback:
    """A store as of the end of a day."""

    def __init__(self, store: Store, day: date, settings: LinkSettings | None = None) -> None:
        self._store = store
        self._day = day
        self._least = (settings or LinkSettings()).min_probability
        self._groups = tuple(store.copies())
        self._borrowed = borrow_days(store, self._groups)
        self._words = read_words(store.journal(*WORD_KINDS))
        self._known: dict[str, bool] = {}

    def records(self) -> Iterator[Record]:
        """Every incident of which a report had been published, by id; the parts of one that fell apart beside it."""
        found: list[Record] = []
        for record in self._store.records():
            found += self._parts(record)
        yield from sorted(found, key=lambda record: record["id"])

    def record(self, incident_id: str) -> Record:
        """One incident.

        Raises:
            UnknownIncident: No report of it had been published; the message says when the first was.
        """
        record = self._store.get_incident(incident_id).record
        found = next((part for part in self._parts(record) if part["id"] == record["id"]), None)
        if found is not None:
            return found
        first = min((report["published"] for report in record["reports"] if report["published"]), default=None)
        known = f"the first is of {first}" if first else "none of them is dated"
        raise UnknownIncident(f"incident {incident_id}: no report of it had been published by {self._day}; {known}")

    def _parts(self, record: Record) -> list[Record]:
        """The records of what an incident was."""
        late = any(not report["published"] or report["published"] > self._day.isoformat() for report in record["reports"])
        if not late and not any(one["field"] in PROGRESS_FIELDS for one in record.get("corrections") or ()):
            return [self._relate(record, record)]
        incident = self._store.get_incident(record["id"])
        told = list(self._store.mentions(ids=incident.mention_ids))
        reports = self._published({mention.report_id for mention in told})
        mentions = [mention for mention in told if mention.report_id in reports]
        if not mentions:
            return []
        links = self._store.neighbourhood().links_among([mention.id for mention in mentions])
        clusters = group_mentions(mentions, reports, links, self._least)
        settled = Settled(clusters, reports, self._limit(reports), load_taxonomy(), self._day, frozenset([incident.id]))
        derived = derive(settled, recall(self._store, settled, self._words), Finder(mentions, reports), self._store)
        return [self._relate(entry.record, record) for entry in derived.entries]

    def _published(self, report_ids: set[str]) -> dict[str, Report]:
        """The reports that had been published; one that nobody dates counts from the day on which it was fetched."""
        found = {}
        for report in date_anew(self._store.reports(report_ids), self._borrowed):
            day = report.published or (report.fetched.date() if report.fetched else None)
            if day is not None and day <= self._day:
                found[report.id] = report
        return found

    def _limit(self, reports: dict[str, Report]) -> tuple[CopyGroup, ...]:
        groups = []
        for group in self._groups:
            left = tuple(report_id for report_id in group.report_ids if report_id in reports)
            if len(left) > 1:
                groups.append(replace(group, report_ids=left, lead_id=group.lead_id if group.lead_id in reports else left[0]))
        return tuple(groups)

    def _relate(self, record: Record, today: Record) -> Record:
        """The record with those related incidents of which a report had been published, too."""
        if record["id"] != today["id"]:
            return record
        return {**record, "related": [one for one in today["related"] if self._is_known(one["incident"])]}

    def _is_known(self, incident_id: str) -> bool:
        if incident_id not in self._known:
            try:
                reports = self._store.get_incident(incident_id).record["reports"]
            except UnknownIncident:
                reports = []
            self._known[incident_id] = any(r["published"] and r["published"] <= self._day.isoformat() for r in reports)
        return self._known[incident_id]
