"""An incident's record laid out for its page: facts with their words, who disputes what, reports by voice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsblotter.records import Report
from newsblotter.store import Record
from newsblotter.store.present import FactLine, disputed_claims, group_voices, list_facts
from newsblotter.web.vocabulary import LIST_FIELDS
from newsblotter.web.words import Words

CONTEXT = 60  # characters shown on either side of a quote


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a report, and where they stand."""

    exact: str
    before: str  # what stands before them, from a word's beginning
    after: str
    start: int
    end: int
    report: ReportLine
    said_by: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a fact."""

    words: str
    typed: str  # as a person would type it
    evidence: Evidence | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value, or its values where it is a list."""

    field: str
    items: tuple[Item, ...]
    disputed: bool
    correction: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values that reports give for a disputed field, and who gives it."""

    words: str
    typed: str  # the value as a person would type it to correct the field
    shown: bool  # the value that the incident shows
    says: tuple[Evidence, ...]  # one a voice


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field on which voices disagree."""

    field: str
    sides: tuple[Side, ...]  # the one shown first, then the best supported


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report of the incident."""

    id: str  # our id, for links; the source id where the store no longer has it
    source_id: str
    title: str
    outlet: str | None
    published: str | None
    url: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Reports that are one text."""

    lead: ReportLine
    copies: tuple[ReportLine, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the history."""

    on: str | None
    field: str
    before: str
    after: str
    report: ReportLine


@dataclass(slots=True)
class Dossier:
    """Everything that an incident's page shows of its record."""

    record: Record
    facts: list[Fact]
    disputes: list[Dispute]
    voices: list[Voice]
    history: list[Turn]
    corrections: list[Mapping[str, Any]] = field(default_factory=list)

    def dispute_on(self, field: str | None) -> Dispute | None:
        """The dispute on a field, None where voices agree."""
        return next((dispute for dispute in self.disputes if dispute.field == field), None)

    def fact_on(self, field: str | None) -> Fact | None:
        """What stands for a field, None where nothing does."""
        return next((fact for fact in self.facts if fact.field == field), None)


def lay_out(record: Record, reports: Sequence[Report], words: Words) -> Dossier:
    """The record of an incident and its reports, as its page shows them."""
    lines = _report_lines(record, reports)
    return Dossier(
        record=record,
        facts=list(_facts(record, lines, words)),
        disputes=list(_disputes(record, lines, words)),
        voices=[Voice(lines[group[0]["id"]], tuple(lines[one["id"]] for one in group[1:])) for group in group_voices(record)],
        history=[
            Turn(
                change.get("on"),
                change["field"],
                words.value(change["field"], change.get("from")),
                words.value(change["field"], change.get("to")),
                lines[change["report"]],
            )
            for change in record.get("history") or ()
            if change["report"] in lines
        ],
        corrections=list(record.get("corrections") or ()),
    )


def _report_lines(record: Record, reports: Sequence[Report]) -> dict[str, ReportLine]:
    """The incident's reports by the id that its record knows them by."""
    stored = {report.source_id: report for report in reports}
    lines = {}
    for one in record.get("reports") or ():
        report = stored.get(one["id"])
        lines[one["id"]] = ReportLine(
            id=report.id if report else one["id"],
            source_id=one["id"],
            title=report.title if report and report.title else one["id"],
            outlet=one.get("outlet"),
            published=one.get("published"),
            url=one.get("url"),
            role=one["role"],
        )
    return lines


def _evidence(claim: Mapping[str, Any] | None, lines: Mapping[str, ReportLine]) -> Evidence | None:
    if claim is None or claim["report"] not in lines:
        return None
    quote = claim["quote"]
    before, after = str(quote.get("prefix") or ""), str(quote.get("suffix") or "")
    return Evidence(
        exact=quote["exact"],
        before=before[-CONTEXT:].partition(" ")[2] if " " in before else "",
        after=after[:CONTEXT].rpartition(" ")[0],
        start=quote["start"],
        end=quote["end"],
        report=lines[claim["report"]],
        said_by=claim.get("said_by"),
    )


def _facts(record: Record, lines: Mapping[str, ReportLine], words: Words) -> Iterator[Fact]:
    found: dict[str, list[FactLine]] = {}
    for line in list_facts(record):
        found.setdefault(line.field, []).append(line)
    for name, several in found.items():
        items = []
        for line in several:
            shown = {**line.item, "time": None} if name == "date" else line.item
            items.append(Item(words.value(name, shown), _type(line.item), _evidence(line.claim, lines), line.confidence))
        yield Fact(name, tuple(items), several[0].disputed and name not in LIST_FIELDS, several[0].corrected)


def _disputes(record: Record, lines: Mapping[str, ReportLine], words: Words) -> Iterator[Dispute]:
    for name, claims in disputed_claims(record):
        current = record.get(name)
        if name == "date" and current:
            current = {**current, "time": None}
        shown = {words.value(name, one) for one in (current if isinstance(current, list) else [current])}
        sides: dict[str, list[Evidence]] = {}
        typed: dict[str, str] = {}
        for claim in claims:
            evidence = _evidence(claim, lines)
            if evidence is not None and claim.get("standing") in ("agreed", "disputed"):
                said = words.value(name, claim.get("value"))
                sides.setdefault(said, []).append(evidence)
                typed.setdefault(said, _type(claim.get("value")))
        ordered = sorted(sides.items(), key=lambda side: (side[0] not in shown, -len(side[1]), side[0]))
        yield Dispute(name, tuple(Side(value, typed[value], value in shown, tuple(says)) for value, says in ordered))


def _type(value: Any) -> str:
    """A value of the record in the form that a correction is read from."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
