"""Reports with the publication days that count for them: an undated copy of a dated text was printed with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from newsblotter.records import CopyGroup, Report
from newsblotter.store import Store


def borrow_days(store: Store, groups: Sequence[CopyGroup]) -> dict[str, date]:
    """Publication days of undated copies: their lead's, else the earliest of any dated member."""
    members = {report_id for group in groups for report_id in group.report_ids}
    return lend_days({report.id: report.published for report in store.reports(members)}, groups)


def lend_days(day_of: Mapping[str, date | None], groups: Iterable[CopyGroup]) -> dict[str, date]:
    """The same from the days of all members, by report."""
    borrowed = {}
    for group in groups:
        dated = [day for report_id in group.report_ids if (day := day_of[report_id]) is not None]
        lead = day_of[group.lead_id] or min(dated, default=None)
        if lead is not None:
            borrowed.update({report_id: lead for report_id in group.report_ids if day_of[report_id] is None})
    return borrowed


def date_anew(reports: Iterable[Report], published: Mapping[str, date]) -> Iterator[Report]:
    """Reports with the publication day that counts for them."""
    for report in reports:
        yield replace(report, published=published[report.id]) if report.id in published else report
