"""An outlet takes back what it printed: a report says that an earlier one of the same outlet was wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from newsblotter.lexicon import load_lexicon
from newsblotter.link.choose import LIST_FIELDS, Told, contradicts
from newsblotter.records import Report

HEAD, TAIL = 600, 400  # characters at either end of a text where an outlet owns up


@lru_cache(maxsize=1)
def _load_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load_lexicon("corrections")
    return re.compile(words["head"], re.IGNORECASE), re.compile(words["said"], re.IGNORECASE)


def is_correction(report: Report) -> bool:
    """Whether a report corrects an earlier one, by its own words."""
    head, said = _load_words()
    text = report.text
    return bool(
        head.match(text)
        or (report.title and head.match(report.title))
        or said.search(text, 0, HEAD)
        or said.search(text, max(0, len(text) - TAIL))
    )


def take_back(told: Mapping[str, Sequence[Told]], reports: Mapping[str, Report]) -> dict[str, list[Told]]:
    """Mark the claims that their own outlet took back, with the day on which it did.

    A claim is taken back where a later report of its outlet corrects itself and gives, surest of all, a value that contradicts it.

    Args:
        told: Claims by field; what a list holds stands beside the rest and is never taken back.
        reports: Their reports, by id.

    Returns:
        The same claims; ``until`` is set on those taken back.
    """
    sources = {t.claim.quote.report_id for said in told.values() for t in said}
    ours = [reports[name] for name in sources if name in reports and reports[name].outlet]
    spoken = Counter(one.outlet for one in ours)  # who speaks once takes nothing back
    correcting = {one.id for one in ours if spoken[one.outlet] > 1 and one.published and is_correction(one)}
    if not correcting:
        return {field: list(said) for field, said in told.items()}
    return {
        field: list(said) if field in LIST_FIELDS else [_judge(t, said, correcting, reports) for t in said]
        for field, said in told.items()
    }


def _judge(told: Told, said: Sequence[Told], correcting: set[str], reports: Mapping[str, Report]) -> Told:
    report_id = told.claim.quote.report_id
    outlet = reports[report_id].outlet if report_id in reports else None
    surest: dict[str, Told] = {}
    for other in said:
        source = other.claim.quote.report_id
        if (
            source in correcting
            and source != report_id
            and reports[source].outlet == outlet
            and other.day >= told.day
            and other.in_focus
        ):
            best = surest.get(source)
            if best is None or (-other.weight, other.claim.id) < (-best.weight, best.claim.id):
                surest[source] = other
    days = [other.day for other in surest.values() if contradicts(told, other)]
    return replace(told, until=min(days)) if days and report_id not in correcting else told
