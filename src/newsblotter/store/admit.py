"""What a store lets in: texts that a database can hold, and claims whose quotes stand in their report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from newsblotter.errors import EvidenceError
from newsblotter.records import Mention, Rejected, Report, check_quote


def split_unstorable(reports: Iterable[Report]) -> tuple[list[Report], list[Rejected]]:
    """Part the reports that no database can hold, as they carry half a surrogate pair."""
    sound: list[Report] = []
    unsound: list[Rejected] = []
    for report in reports:
        try:
            for part in (report.id, report.source_id, report.title, report.text, report.url, report.outlet):
                (part or "").encode("utf-8")
        except UnicodeEncodeError as error:
            unsound.append(Rejected(report.source_id, "store", f"not storable: {error.reason} at {error.start}"))
        else:
            sound.append(report)
    return sound, unsound


def storable(rejected: Rejected) -> Rejected:
    """A reject whose words a database can hold."""
    source = rejected.source.encode("utf-8", "backslashreplace").decode()
    reason = rejected.reason.encode("utf-8", "backslashreplace").decode()
    return Rejected(source, rejected.stage, reason)


def hold_to_evidence(report: Report, mentions: Iterable[Mention]) -> tuple[list[Mention], int]:
    """Keep what stands in the report, word for word; count what does not, and what is told twice."""
    kept: dict[str, Mention] = {}
    refused = 0
    for mention in mentions:
        claims = []
        try:
            check_quote(report, mention.trigger)
            if mention.id in kept or mention.report_id != report.id:
                raise EvidenceError(f"mention {mention.id} is told twice, or is another report's")
        except EvidenceError:
            refused += 1 + len(mention.claims)
            continue
        for claim in mention.claims:
            try:
                check_quote(report, claim.quote)
            except EvidenceError:
                refused += 1
            else:
                claims.append(claim)
        if len(claims) != len(mention.claims):
            mention = replace(mention, claims=tuple(claims))
        kept[mention.id] = mention
    return list(kept.values()), refused
