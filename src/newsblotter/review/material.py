"""Reports with the publication days that count for them: an undated copy of a dated text was printed with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from newsblotter.records import CopyGroup, Report
from newsblotter.store import Store


def borrow_days(store: Store, groups: Collection[CopyGroup]) -> dict[str, date]:
    """Publication days of undated copies: their lead's, else the earliest of any dated member."""
    return lend_days(store.days_of({report_id for group in groups for report_id in group.report_ids}), groups)


def find_groups(store: Store, report_ids: Collection[str] | None) -> tuple[CopyGroup, ...]:
    """The copy groups that hold any of these reports, by id; all for None."""
    if report_ids is None:
        return tuple(store.copies())
    if not report_ids:
        return ()
    found = {group.id: group for group in store.copy_index.groups_of(report_ids).values()}
    return tuple(found[name] for name in sorted(found))


def list_copies(groups: Iterable[CopyGroup]) -> list[str]:
    """The reports that are copies of their group's lead."""
    return [report_id for group in groups for report_id in group.report_ids if report_id != group.lead_id]


def load_reports(store: Store, ids: Iterable[str] | None = None) -> dict[str, Report]:
    """Reports by id, all by default, with the publication day that counts for them."""
    reports = list(store.reports(ids))
    undated = None if ids is None else [report.id for report in reports if report.published is None]
    return {report.id: report for report in date_anew(reports, borrow_days(store, find_groups(store, undated)))}


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
