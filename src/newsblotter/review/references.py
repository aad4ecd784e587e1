"""Names for mentions that outlive a new reading: which report, which part of it, which words.

A better reader finds other words in a report, so that the ids of its mentions change. What a person said of the old mention is
meant for the new one that tells the same incident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from newsblotter.records import Mention, Report, Role

Reference: TypeAlias = Mapping[str, Any]

FOCUS = (Role.MAIN, Role.FOLLOW_UP)  # of a mention that its report is about


def make_reference(mention: Mention, report: Report | None) -> dict[str, Any]:
    """What the journal keeps of a mention."""
    return {
        "mention": mention.id,
        "report": mention.report_id,
        "source": report.source_id if report else None,
        "type": mention.type,
        "role": mention.role.value,
        "start": mention.trigger.start,
        "words": mention.trigger.text,
    }


class Finder:
    """Finds mentions of this run by what the journal keeps of them."""

    def __init__(self, mentions: Iterable[Mention], reports: Mapping[str, Report]) -> None:
        self._by_id: dict[str, Mention] = {}
        self._by_report: dict[str, list[Mention]] = defaultdict(list)
        for mention in mentions:
            self._by_id[mention.id] = mention
            self._by_report[mention.report_id].append(mention)
        self._by_source = {report.source_id: report.id for report in reports.values()}

    def find(self, reference: Reference) -> Mention | None:
        """The mention itself, else the one of its report that tells the same incident; None when there is none.

        The report is known by its id, else (after a better cleaning of its text) by the id it came with. Of its mentions those
        come into question that tell of their incident as the old one did, at length or in passing, and that share its words or
        its type, or that are the only such one.
        """
        exact = self._by_id.get(str(reference.get("mention")))
        if exact is not None:
            return exact
        told = self._by_report.get(str(reference.get("report"))) or self._by_report.get(
            self._by_source.get(str(reference.get("source")), ""), []
        )
        in_focus = reference.get("role") in {role.value for role in FOCUS}
        alike = [mention for mention in told if (mention.role in FOCUS) == in_focus] or list(told)
        fitting = [m for m in alike if m.type == reference.get("type") or m.trigger.text == reference.get("words")]
        if not fitting and len(alike) == 1:
            fitting = alike
        start = int(reference.get("start") or 0)
        return min(
            fitting,
            key=lambda m: (
                m.trigger.text != reference.get("words"),
                m.type != reference.get("type"),
                abs(m.trigger.start - start),
                m.id,
            ),
            default=None,
        )


def lead_first(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions in the order of how much they say of their incident: about it before in passing, more claims first."""
    order = {Role.MAIN: 0, Role.FOLLOW_UP: 1, Role.ROUND_UP: 2, Role.BACKGROUND: 3}
    return sorted(mentions, key=lambda mention: (order[mention.role], -len(mention.claims), mention.id))
