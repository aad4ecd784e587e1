"""How often the incident's date is among the dates read, and how often the best-rated one is it.

    python -m newsblotter_lab.dates [--every 7] [--fit] [--set gunviolence/train]

``--fit`` prints the weights for ``_data/languages/en/datecues.yaml``, fitted on every second report (the others measure).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsblotter.extract.sentences import split_sentences
from newsblotter.fields.datecues import observe, observe_age, rate_date
from newsblotter.fields.time import find_times, read_when
from newsblotter.fields.timefind import time_kind
from newsblotter.records import Report, When
from newsblotter_lab.gold import find_shared, read_incidents, read_reports

LEAD_SENTENCES = 6  # the title and five more
DAYS_MOST = 1  # a date is exact if it spans at most two days


@dataclass(frozen=True, slots=True)
class Offer:
    """A date that was read in a report."""

    sentence: str
    start: int
    end: int
    order: int
    when: When
    kind: str


Labelled = tuple[Report, frozenset[date], list[Offer]]


def read_offers(report: Report) -> list[Offer]:
    """Every date of at most two days that a report tells, in its order."""
    text, out, at = report.text, [], 0
    sentences = list(split_sentences(text))
    for span in find_times(text):
        when = read_when(text, span.start, span.end, report.published)
        if when is None or (when.latest - when.earliest).days > DAYS_MOST:
            continue
        while at + 1 < len(sentences) and sentences[at + 1][0] <= span.start:
            at += 1
        low, high = sentences[at][0], max(sentences[at][1], span.end)
        kind = time_kind(text, span.start, span.end)
        out.append(Offer(text[low:high], span.start - low, span.end - low, at, when, kind))
    return out


def read_labelled(name: str, every: int) -> list[Labelled]:
    """Dated reports of a set with the gold days of their incidents and the dates read in them."""
    shared = find_shared()
    if shared is None:
        sys.exit("the labelled reports are not here: set NEWSBLOTTER_SHARED")
    days: dict[str, set[date]] = defaultdict(set)
    for incident in read_incidents(shared, name):
        if len(incident.get("date") or "") == len("2017-03-25"):
            for report_id in incident["reports"]:
                days[report_id].add(date.fromisoformat(incident["date"]))
    reports = [r for r in read_reports(shared, name) if days[r.id] and r.published]
    return [(r, frozenset(days[r.id]), read_offers(r)) for r in reports[::every]]


def choose(report: Report, offers: Iterable[Offer], rate: Callable[[Report, Offer], float]) -> date | None:
    """The first day of the best-rated date; the odds of repeated dates add up."""
    odds: dict[When, float] = defaultdict(float)
    for offer in offers:
        share = min(0.999, rate(report, offer))
        odds[offer.when] += share / (1 - share)
    return max(odds, key=lambda when: (odds[when], when.latest)).earliest if odds else None


def measure(labelled: list[Labelled]) -> dict[str, float]:
    """Shares of reports: date in the lead, anywhere, first date right, first weekday right, best-rated date right."""

    def by_rate(report: Report, offer: Offer) -> float:
        return rate_date(offer.sentence, offer.start, offer.end, offer.when, report.published, offer.order)

    out: dict[str, float] = defaultdict(float)
    for report, gold, offers in labelled:
        weekdays = [o for o in offers if o.kind == "weekday"]
        out["in_lead"] += any(o.when.earliest in gold for o in offers if o.order < LEAD_SENTENCES)
        out["anywhere"] += any(o.when.earliest in gold for o in offers)
        out["no_date_read"] += not offers
        out["first_date"] += bool(offers) and offers[0].when.earliest in gold
        out["first_weekday"] += bool(weekdays) and weekdays[0].when.earliest in gold
        out["best_rated"] += choose(report, offers, by_rate) in gold
    return {"reports": len(labelled), **{name: round(count / max(1, len(labelled)), 4) for name, count in out.items()}}


def fit(labelled: list[Labelled]) -> dict[str, float]:
    """Weights of what is seen around a date, by logistic regression over the dates of reports that tell the gold day."""
    from sklearn.feature_extraction import DictVectorizer  # lab extra
    from sklearn.linear_model import LogisticRegression

    seen: list[dict[str, Any]] = []
    right: list[bool] = []
    for report, gold, offers in labelled:
        if not any(offer.when.earliest in gold for offer in offers):
            continue
        for offer in offers:
            row: dict[str, Any] = dict(observe(offer.sentence, offer.start, offer.end))
            row.update(observe_age(offer.when, report.published, offer.kind))
            row["order"] = min(offer.order, 12) / 12
            seen.append(row)
            right.append(offer.when.earliest in gold)
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=0.3, max_iter=2000).fit(vectorizer.fit_transform(seen), right)
    weights = {"always": float(model.intercept_[0])}
    weights.update(zip(vectorizer.feature_names_, map(float, model.coef_[0]), strict=True))
    return {name: round(weight, 1) for name, weight in weights.items() if abs(weight) >= 0.1}


def main(arguments: list[str] | None = None) -> None:
    """Print the measures, or the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--set", default="gunviolence/train")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    labelled = read_labelled(options.set, options.every)
    print(f"read {len(labelled)} reports in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    if options.fit:
        for name, weight in fit(labelled[::2]).items():
            print(f"  {name}: {weight}")
        labelled = labelled[1::2]
    print(measure(labelled))


if __name__ == "__main__":
    main()
