"""What incidents are derived from, as a store holds it: mentions, reports with the days that count for them, copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsblotter.records import CopyGroup, Link, Mention, Report
from newsblotter.store import Store


@dataclass(frozen=True, slots=True)
class Material:
    """All that linking and deriving look at."""

    mentions: tuple[Mention, ...]
    reports: Mapping[str, Report]  # with the publication days that count for them
    groups: tuple[CopyGroup, ...]


def borrow_days(store: Store, groups: Sequence[CopyGroup]) -> dict[str, date]:
    """Publication days of undated copies: their lead's, else the earliest of any dated member."""
    members = {report_id for group in groups for report_id in group.report_ids}
    day_of = {report.id: report.published for report in store.reports(members)}
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


def load_material(store: Store) -> Material:
    """Read everything."""
    groups = tuple(store.copies())
    reports = {report.id: report for report in date_anew(store.reports(), borrow_days(store, groups))}
    return Material(tuple(store.mentions()), reports, groups)


def limit_to(material: Material, day: date) -> Material:
    """What had been published by the end of a day; a report that nobody dates counts from the day on which it was fetched."""
    reports = {}
    for report in material.reports.values():
        known = report.published or (report.fetched.date() if report.fetched else None)
        if known is not None and known <= day:
            reports[report.id] = report
    groups = []
    for group in material.groups:
        left = tuple(report_id for report_id in group.report_ids if report_id in reports)
        if len(left) > 1:
            lead = group.lead_id if group.lead_id in reports else min(left, key=lambda r: (reports[r].published or day, r))
            groups.append(replace(group, report_ids=left, lead_id=lead))
    return Material(tuple(m for m in material.mentions if m.report_id in reports), reports, tuple(groups))


def forget_judgements(links: Iterable[Link]) -> list[Link]:
    """The computed links alone: a judged pair gets its computed probability back, one that nothing but a person tied goes."""
    kept = []
    for link in links:
        if link.judgement is None:
            kept.append(link)
        elif link.features:
            kept.append(Link(link.left_id, link.right_id, link.probability, link.features))
    return kept


def put_judgements(links: Iterable[Link], judged: Iterable[Link]) -> list[Link]:
    """Links with people's word in its place, by pair; computed probabilities and features stay beside it."""
    found = {(link.left_id, link.right_id): link for link in forget_judgements(links)}
    for word in judged:
        pair = (word.left_id, word.right_id)
        computed = found.get(pair)
        found[pair] = replace(word, probability=computed.probability, features=computed.features) if computed else word
    return [found[pair] for pair in sorted(found)]
