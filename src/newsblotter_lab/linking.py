"""Labelled sets as the linker sees them: reports, mentions, which mention is of which incident, and how a grouping scores."""

from __future__ import annotations

import itertools
import os
import pickle
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsblotter.copies import group_copies
from newsblotter.link.block import BlockSettings, find_candidates
from newsblotter.link.cluster import cluster
from newsblotter.link.compare import measure
from newsblotter.link.profile import Profile, build_profiles, find_sure_days
from newsblotter.link.score import LinkSettings, link_mentions
from newsblotter.records import CopyGroup, Mention, Quote, Reality, Report, Role, hash_id
from newsblotter.review.material import date_anew, lend_days
from newsblotter.store import open_store
from newsblotter_lab.gold import read_incidents, read_reports

RANK = {Role.MAIN: 0, Role.FOLLOW_UP: 1, Role.ROUND_UP: 2}
FOCUS = (Role.MAIN, Role.FOLLOW_UP)


@dataclass(frozen=True)
class Corpus:
    """A labelled set, read into mentions."""

    name: str
    reports: dict[str, Report]
    mentions: list[Mention]
    main_of: Mapping[str, set[str]]  # report → incidents it is mainly about
    passing_of: Mapping[str, set[str]]  # report → incidents it mentions in passing
    dates: Mapping[str, str | None]  # incident → its day, as far as known

    @cached_property
    def groups(self) -> tuple[CopyGroup, ...]:
        """The copies among the reports."""
        return tuple(group_copies(self.reports.values()))


def read_corpus(folder: Path, name: str, *, cache: Path | None = None, store: Path | None = None) -> Corpus:
    """Read a labelled set and its mentions.

    Args:
        folder: The labelled data.
        name: "gunviolence/train" or "heists/look".
        cache: Folder that keeps readings between runs.
        store: Where a build of the set's reports lies, whose mentions are then taken; None: the reports are read here.
    """
    if store:
        reports, mentions = _read_store(store)
    else:
        reports = {r.id: r for r in read_reports(folder, name) if r.language == "en" and r.text.strip()}
        mentions = []
    reports = _date_copies(reports)
    main_of: dict[str, set[str]] = defaultdict(set)
    passing_of: dict[str, set[str]] = defaultdict(set)
    dates: dict[str, str | None] = {}
    for incident in read_incidents(folder, name):
        dates[incident["incident"]] = incident.get("date")
        for report_id in incident["reports"]:
            main_of[report_id].add(incident["incident"])
        for report_id in incident.get("background", ()):
            passing_of[report_id].add(incident["incident"])
    if not store:
        mentions = extract(reports.values(), cache and cache / (name.replace("/", "-") + ".pickle"))
    return Corpus(name, reports, mentions, main_of, passing_of, dates)


def _read_store(path: Path) -> tuple[dict[str, Report], list[Mention]]:
    """English reports and mentions of a store, by the ids that the reports came with."""
    with open_store(str(path), create=False, readonly=True) as store:
        kept = {report.id: report for report in store.reports() if report.language == "en"}
        mentions = [replace(m, report_id=kept[m.report_id].source_id) for m in store.mentions() if m.report_id in kept]
    return {report.source_id: replace(report, id=report.source_id) for report in kept.values()}, mentions


def _date_copies(reports: Mapping[str, Report]) -> dict[str, Report]:
    """Undated copies take their dated lead's publication day, as in a build."""
    borrowed = lend_days({name: report.published for name, report in reports.items()}, group_copies(reports.values()))
    return {report.id: report for report in date_anew(reports.values(), borrowed)}


def bare_mention(report: Report) -> Mention:
    """A mention of the whole report without a fact, for texts in which no incident is found."""
    quote = Quote(report.id, 0, 1, report.text[:1])
    return Mention(hash_id("m", report.id), report.id, "other_crime", Role.MAIN, quote, Reality.ACTUAL)


def extract(reports: Iterable[Report], cache: Path | None = None) -> list[Mention]:
    """Read reports as a build does, on every processor; ``cache`` is a pickle of an earlier reading, written when not there."""
    if cache and cache.exists():
        return list(pickle.loads(cache.read_bytes()))
    from newsblotter.workers import Workers

    _load_all()
    workers = Workers(_read, _load_all, _read_nothing, os.cpu_count() or 1)
    mentions = [mention for found in workers.run(sorted(reports, key=lambda r: r.id)) for mention in found]
    if cache:
        cache.write_bytes(pickle.dumps(mentions))
    return mentions


def _load_all() -> None:
    from newsblotter.fields import load_gazetteer
    from newsblotter.pipeline import load_engine

    load_engine()
    load_gazetteer()


def _read(report: Report) -> tuple[Mention, ...]:
    from newsblotter.fields import load_gazetteer
    from newsblotter.pipeline import load_engine, read_report

    return read_report(report, load_engine(), load_gazetteer()).mentions


def _read_nothing(report: Report) -> tuple[Mention, ...]:
    return ()


# --- what gold says of mentions and pairs -----------------------------------------------------------------------


def prominence(mention: Mention) -> tuple[bool, int, str]:
    """By which a report's accounts stand, its main one first."""
    return (mention.role is not Role.MAIN, mention.trigger.start, mention.id)


def _date_fits(profile: Profile, day: str | None) -> bool:
    if not day or not profile.whens:
        return False
    first = date(*(int(x) for x in (day + "-01-01").split("-")[:3]))
    return any(w.earliest.year <= first.year <= w.latest.year for w in profile.whens[:1]) and (
        len(day) < 10 or any(w.earliest <= first <= w.latest for w in profile.whens[:1])
    )


def label_mentions(profiles: Sequence[Profile], corpus: Corpus) -> list[set[str]]:
    """The incidents that each mention may be of: those its report is about, or those told in passing whose dates fit.

    Empty when it cannot be told: of several accounts in focus, only the first is taken for the one that gold means.
    """
    first: dict[str, str] = {}
    for mention in sorted((p.mention for p in profiles if p.mention.role in FOCUS), key=prominence):
        first.setdefault(mention.report_id, mention.id)
    found = []
    for profile in profiles:
        report_id = profile.mention.report_id
        main, passing = corpus.main_of.get(report_id, set()), corpus.passing_of.get(report_id, set())
        if profile.in_focus:
            found.append(main if first[report_id] == profile.mention.id else set())
        else:
            found.append({i for i in passing | main if _date_fits(profile, corpus.dates[i])})
    return found


@dataclass(frozen=True)
class Pairs:
    """The candidate pairs of a corpus."""

    profiles: list[Profile]
    pairs: list[tuple[int, int]]  # positions in profiles
    labels: npt.NDArray[np.float64]  # 1.0: of one incident, 0.0: of two, nan: copies of one text, or gold is silent
    incidents: list[tuple[str | None, str | None]]  # an incident of either side, by which pairs are parted for cross-validation

    def measure(self) -> npt.NDArray[np.float64]:
        """Every feature of every pair, (pairs, features)."""
        return np.array([measure(self.profiles[a], self.profiles[b]) for a, b in self.pairs]).reshape(len(self.pairs), -1)


def find_pairs(corpus: Corpus, blocks: BlockSettings | None = None) -> Pairs:
    """The pairs that linking would compare, with their labels."""
    profiles, rarity = build_profiles(sorted(corpus.mentions, key=lambda m: m.id), corpus.reports, corpus.groups)
    left, right = find_candidates(profiles, rarity, blocks or BlockSettings())
    gold = label_mentions(profiles, corpus)
    pairs, labels, incidents = [], [], []
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if profiles[a].mention.report_id == profiles[b].mention.report_id:
            continue
        known = gold[a] and gold[b] and profiles[a].voice != profiles[b].voice
        pairs.append((a, b))
        labels.append(float(bool(gold[a] & gold[b])) if known else np.nan)
        incidents.append((min(gold[a], default=None), min(gold[b], default=None)))
    return Pairs(profiles, pairs, np.array(labels), incidents)


# --- grouping and its scores ------------------------------------------------------------------------------------


def group_corpus(corpus: Corpus, settings: LinkSettings | None = None) -> dict[str, int]:
    """Link and cluster a corpus as a build does: report → number of the incident that it goes by, where it tells one in focus."""
    settings = settings or LinkSettings()
    links = link_mentions(corpus.mentions, corpus.reports, corpus.groups, settings)
    days = find_sure_days(corpus.mentions, corpus.reports)
    found = cluster([m.id for m in corpus.mentions], links, min_probability=settings.min_probability, days=days)
    return label_reports(corpus.mentions, found)


def label_reports(mentions: Iterable[Mention], clusters: Sequence[Sequence[str]]) -> dict[str, int]:
    """Report → number of its own cluster: that of its account as main, else as follow-up, else in a round-up."""
    cluster_of = {mention_id: at for at, ids in enumerate(clusters) for mention_id in ids}
    best: dict[str, tuple[int, int]] = {}
    for mention in mentions:
        if mention.role in RANK:
            offer = (RANK[mention.role], cluster_of[mention.id])
            best[mention.report_id] = min(best.get(mention.report_id, offer), offer)
    return {report_id: at for report_id, (_, at) in best.items()}


def hold_against(gold: Mapping[str, set[str]], label: Mapping[str, object]) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall and F1 of labels over the reports that gold knows; those without a label alone."""
    reports = sorted(report_id for report_id, incidents in gold.items() if incidents)
    own = {report_id: label.get(report_id, "alone " + report_id) for report_id in reports}
    ours: dict[object, set[str]] = defaultdict(set)
    theirs: dict[str, set[str]] = defaultdict(set)
    for report_id in reports:
        ours[own[report_id]].add(report_id)
        for incident in gold[report_id]:
            theirs[incident].add(report_id)
    mates = {r: set(itertools.chain.from_iterable(theirs[i] for i in gold[r])) for r in reports}
    hit = [len(ours[own[r]] & mates[r]) for r in reports]
    said, want = [len(ours[own[r]]) for r in reports], [len(mates[r]) for r in reports]
    count = len(reports)
    pair_p, pair_r = (sum(hit) - count) / max(1, sum(said) - count), (sum(hit) - count) / max(1, sum(want) - count)
    b3_p = sum(h / s for h, s in zip(hit, said, strict=True)) / count
    b3_r = sum(h / w for h, w in zip(hit, want, strict=True)) / count
    return {"pair_p": pair_p, "pair_r": pair_r, "pair_f1": _harmonic(pair_p, pair_r), "b3_f1": _harmonic(b3_p, b3_r)}


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
