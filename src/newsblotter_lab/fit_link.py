"""Learn what each linking feature is worth, and how rare words are; writes _data/link_weights.json and _data/link_words.json.

    python -m newsblotter_lab.fit_link --words       count words in the training sets
    python -m newsblotter_lab.fit_link               fit the weights on gunviolence train and heists look
    python -m newsblotter_lab.fit_link --rough       the same before an extractor exists: one bare mention a report
    python -m newsblotter_lab.fit_link --measure     cluster dev with the packaged weights

A feature's worth runs straight between its knots and only in its stated direction; worths that the data say little about
stay near a stated prior. Nothing is random.

The packaged weights were fitted on 2026-11-20 on the candidate pairs of all of gunviolence train (72,687, of which 2,879 are
of one incident) and of heists look (2,128 and 472); dev sets are only measured, never fitted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import pickle
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from newsblotter.copies import group_copies
from newsblotter.link.block import BlockSettings, find_candidates
from newsblotter.link.cluster import cluster
from newsblotter.link.compare import FEATURES, measure
from newsblotter.link.profile import Profile, build_profiles, find_sure_days
from newsblotter.link.score import LinkSettings, Weights, link_mentions
from newsblotter.link.words import find_words
from newsblotter.records import Mention, Quote, Reality, Report, Role, hash_id
from newsblotter_lab.gold import find_shared, read_incidents, read_lines, read_reports

DATA = Path(__file__).resolve().parents[1] / "newsblotter" / "_data"
KEPT_WORDS = 20_000
RIDGE = 4.0  # pull towards the priors; 1 to 16 give the same train scores within 0.3 points
BACKGROUND_WEIGHT = 1.0
HEISTS_WEIGHT = 8.0  # of a heists look pair against a gunviolence pair: a fourth of the evidence or so

# What to believe before seeing data: log-odds at each knot. Features that US shootings never show (loot, targets) rest on it.
PRIORS: Mapping[str, tuple[float, ...]] = {
    "people_shared": (-0.5, 1.5, 3.5, 4.0),
    "ages_shared": (-1.5, 0.7, 1.3),
    "same_days": (0.0, 0.3, 1.0, 2.0),
    "days_apart": (-0.2, -0.7, -2.0, -3.5),
    "told_before": (-0.2, -1.2, -3.0),
    "km_apart": (0.8, 0.4, 0.0, -2.0, -4.0),
    "same_type": (-2.0, 0.0, 0.3),
    "target_similarity": (-0.8, 1.0, 2.0),
    "target_named": (-0.3, 0.5, 1.0),
    "killed_meet": (-1.0, 0.2),
    "injured_meet": (-0.6, 0.3),
    "suspects_meet": (-0.6, 0.3),
    "loot_meets": (-0.8, 1.8),
    "same_address": (-3.5, 0.5),
    "in_passing": (0.0, -0.5, -1.5),
}
# Pull towards a prior that holds whatever the data say: wrongly read days are commoner in training than they should be, and
# one shop robbed twice must stay two incidents, as must one brand's shops in two cities (of pairs more than 100 km apart by
# places about as sure, 1 in 800 of gunviolence train is of one incident; of nearer ones, 1 in 5).
# Streets and ages tell apart two shootings of one night in one city, of which the training sets hold too few.
FIRM = {"days_apart": 1e5, "told_before": 1e5, "km_apart": 1e5, "same_address": 1e5, "ages_shared": 1e5}
# Features whose lowest value may still speak for one incident; elsewhere nothing in common cannot.
MAY_FAVOUR = ("same_days", "same_type")
ANCHOR = {"printed_apart": 3.5}  # value worth nothing, as when nobody states it: texts without dates are no less alike
HEISTS_SHARE = 0.8  # of the heists set's own base rate in the bias; more wins look's pairs and joins look-alikes (fresh groups)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A labelled set, read into mentions."""

    reports: dict[str, Report]
    mentions: list[Mention]
    main_of: dict[str, set[str]]  # report → incidents it is mainly about
    passing_of: dict[str, set[str]]  # report → incidents it mentions in passing
    dates: dict[str, str | None]  # incident → its day, as far as known


def rough_mention(report: Report) -> Mention:
    """A bare mention of the whole report, for fitting the text features before an extractor exists."""
    quote = Quote(report.id, 0, 1, report.text[:1])
    return Mention(hash_id("m", report.id), report.id, "shooting", Role.MAIN, quote, Reality.ACTUAL)


def read_corpus(folder: Path, name: str, *, rough: bool, cache: Path | None = None) -> Corpus:
    """Read a labelled set and extract its mentions."""
    reports = {r.id: r for r in read_reports(folder, name) if r.language == "en" and r.text.strip()}
    main_of, passing_of = defaultdict(set), defaultdict(set)
    dates = {}
    for incident in read_incidents(folder, name):
        dates[incident["incident"]] = incident.get("date")
        for report_id in incident["reports"]:
            main_of[report_id].add(incident["incident"])
        for report_id in incident.get("background", ()):
            passing_of[report_id].add(incident["incident"])
    mentions = (
        [rough_mention(r) for r in reports.values()]
        if rough
        else extract(reports.values(), cache and cache / (name.replace("/", "-") + ".pickle"))
    )
    return Corpus(reports, mentions, main_of, passing_of, dates)


def extract(reports: Iterable[Report], cache: Path | None = None) -> list[Mention]:
    """Read reports with the packaged rules; ``cache`` is a pickle of an earlier reading, written when it is not there."""
    if cache and cache.exists():
        return list(pickle.loads(cache.read_bytes()))
    from newsblotter.fields import load_gazetteer
    from newsblotter.pipeline import load_engine, read_report

    engine, gazetteer = load_engine(), load_gazetteer()
    mentions = [mention for report in reports for mention in read_report(report, engine, gazetteer).mentions]
    if cache:
        cache.write_bytes(pickle.dumps(mentions))
    return mentions


def _gold_of(profile: Profile, corpus: Corpus, first: Mapping[str, str]) -> set[str]:
    """Incidents that a mention may be of: those its report is about, or those it tells in passing whose dates fit.

    Empty when it cannot be told: of several accounts in focus, only the first is taken for the one that gold means.
    """
    report_id = profile.mention.report_id
    if profile.in_focus:
        return corpus.main_of[report_id] if first[report_id] == profile.mention.id else set()
    return {i for i in corpus.passing_of[report_id] | corpus.main_of[report_id] if _date_fits(profile, corpus.dates[i])}


def _prominence(mention: Mention) -> tuple[bool, int, str]:
    return (mention.role is not Role.MAIN, mention.trigger.start, mention.id)


def _date_fits(profile: Profile, day: str | None) -> bool:
    if not day or not profile.whens:
        return False
    first = date(*(int(x) for x in (day + "-01-01").split("-")[:3]))
    return any(w.earliest.year <= first.year <= w.latest.year for w in profile.whens[:1]) and (
        len(day) < 10 or any(w.earliest <= first <= w.latest for w in profile.whens[:1])
    )


def build_pairs(corpus: Corpus) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Features and labels of a corpus's candidate pairs; pairs whose label cannot be told are left out."""
    groups = group_copies(corpus.reports.values())
    profiles, rarity = build_profiles(sorted(corpus.mentions, key=lambda m: m.id), corpus.reports, groups)
    left, right = find_candidates(profiles, rarity, BlockSettings())
    first: dict[str, str] = {}
    for mention in sorted((m for m in corpus.mentions if m.role in (Role.MAIN, Role.FOLLOW_UP)), key=_prominence):
        first.setdefault(mention.report_id, mention.id)
    gold = [_gold_of(profile, corpus, first) for profile in profiles]
    values, labels = [], []
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if profiles[a].mention.report_id == profiles[b].mention.report_id or profiles[a].voice == profiles[b].voice:
            continue
        if not gold[a] or not gold[b]:
            continue
        values.append(measure(profiles[a], profiles[b]))
        labels.append(float(bool(gold[a] & gold[b])))
    met = int(sum(labels))
    print(f"{len(corpus.mentions)} mentions, {len(labels)} pairs, {met} of one incident", file=sys.stderr)
    return np.array(values), np.array(labels)


def _basis(
    values: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], list[tuple[float | None, float | None]], npt.NDArray[np.float64]]:
    """Columns whose coefficients are a level and steps per feature, their bounds, and the priors."""
    columns: list[npt.NDArray[np.float64]] = []
    bounds: list[tuple[float | None, float | None]] = []
    priors: list[float] = []
    for at, spec in enumerate(FEATURES):
        present = ~np.isnan(values[:, at])
        clean = np.nan_to_num(values[:, at])
        believed = np.array(PRIORS.get(spec.name, (0.0,) * len(spec.knots)))
        columns.append(present.astype(float))
        anchor = ANCHOR.get(spec.name)
        bounds.append(
            (0.0, 0.0) if anchor is not None else (None, 0.0) if spec.rises and spec.name not in MAY_FAVOUR else (None, None)
        )
        priors.append(believed[0])
        for low, high, step in zip(spec.knots, spec.knots[1:], np.diff(believed), strict=False):
            zero = 0.0 if anchor is None else float(np.clip((anchor - low) / (high - low), 0, 1))
            columns.append(present * (np.clip((clean - low) / (high - low), 0, 1) - zero))
            bounds.append({True: (0.0, None), False: (None, 0.0), None: (None, None)}[spec.rises])
            priors.append(step)
    return np.column_stack(columns), bounds, np.array(priors)


def fit(values: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> Weights:
    """Logistic regression with worths that only run in their stated direction, pulled towards the priors.

    Each set has a base rate of its own (sets are told apart by their weight), so that a feature which only one set shows is
    not paid for being there.
    """
    basis, bounds, priors = _basis(values)
    basis = np.column_stack((basis, (weights > 1).astype(float)))
    bounds, priors = [*bounds, (None, None)], np.append(priors, 0.0)

    ridge = np.concatenate([np.full(len(spec.knots), FIRM.get(spec.name, RIDGE)) for spec in FEATURES])
    ridge = np.append(ridge, RIDGE)

    def loss(theta: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = theta[0] + basis @ theta[1:]
        wrong = 1 / (1 + np.exp(-np.clip(odds, -35, 35))) - labels
        pull = theta[1:] - priors
        value = float(np.sum(weights * (np.logaddexp(0, odds) - labels * odds)) + 0.5 * (pull * ridge) @ pull)
        return value, np.concatenate(([np.sum(weights * wrong)], basis.T @ (weights * wrong) + ridge * pull))

    start = np.concatenate(([-2.0], priors))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds], options={"maxiter": 500})
    log_odds, at = {}, 1
    for spec in FEATURES:
        worth = np.cumsum(found.x[at : at + len(spec.knots)])
        log_odds[spec.name] = worth - (np.interp(ANCHOR[spec.name], spec.knots, worth) if spec.name in ANCHOR else 0.0)
        at += len(spec.knots)
    print(f"base rates: {found.x[0]:.2f}, heists {found.x[-1]:+.2f}", file=sys.stderr)
    return Weights(float(found.x[0] + HEISTS_SHARE * found.x[-1]), log_odds)


def write_weights(weights: Weights) -> None:
    """Write the weights where the package reads them."""
    rounded = {name: [round(float(x), 4) for x in odds] for name, odds in weights.log_odds.items()}
    content = {
        "about": "Log-odds at the knots of link/compare.py's features; newsblotter_lab.fit_link on gunviolence train, heists look.",
        "bias": round(weights.bias, 4),
        "log_odds": rounded,
    }
    lines = json.dumps(content, indent=1)
    (DATA / "link_weights.json").write_text(lines + "\n", "utf-8")


def count_words(folder: Path) -> None:
    """Count in how many training reports each word stands, and write the commoner ones' shares."""
    counts: Counter[str] = Counter()
    total = 0.0
    sets: list[tuple[float, list[str]]] = [
        (0.4, [r.text for r in read_reports(folder, "gunviolence/train")]),
        (3.0, [r.text for r in read_reports(folder, "heists/look") if r.language == "en"]),
        (1.0, [_muc_text(row) for row in read_lines(folder / "data/muc34/train.json")]),
        (
            1.0,
            [
                str(row.get("doc_text") or row.get("text") or "")
                for row in read_lines(folder / "data/india_police_events/docs.jsonl")
            ],
        ),
    ]
    tally: dict[str, float] = counts  # type: ignore[assignment]
    for weight, texts in sets:
        total += weight * len(texts)
        for text in texts:
            for word in set(find_words(text)):
                tally[word] = tally.get(word, 0.0) + weight
    kept = sorted(tally.items(), key=lambda item: (-item[1], item[0]))[:KEPT_WORDS]
    shares = {word: round(1e5 * count / total) for word, count in sorted(kept) if count / total > 1 / 2000}
    content = {
        "about": "Of 100,000 news reports, how many hold a word; counted by newsblotter_lab.fit_link.",
        "per_hundred_thousand": shares,
    }
    (DATA / "link_words.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"{len(shares)} words of {total:.0f} weighed reports", file=sys.stderr)


def _muc_text(row: object) -> str:
    return str(row.get("doctext") or row.get("text") or "") if isinstance(row, dict) else ""


def measure_grouping(corpus: Corpus, min_probability: float) -> dict[str, float]:
    """Cluster a corpus and hold it against gold: pairwise and B-cubed, a report going by its first mention in focus."""
    groups = group_copies(corpus.reports.values())
    started = time.perf_counter()
    links = link_mentions(corpus.mentions, corpus.reports, groups, LinkSettings())
    linked = time.perf_counter()
    days = find_sure_days(corpus.mentions, corpus.reports)
    found = cluster([m.id for m in corpus.mentions], links, min_probability=min_probability, days=days)
    seconds = time.perf_counter() - linked
    cluster_of = {mention_id: at for at, ids in enumerate(found) for mention_id in ids}
    label: dict[str, object] = {report_id: "alone " + report_id for report_id in corpus.reports}
    rank = {Role.MAIN: 0, Role.FOLLOW_UP: 1, Role.ROUND_UP: 2}
    best: dict[str, tuple[int, int]] = {}
    for mention in corpus.mentions:
        if mention.role in rank:
            offer = (rank[mention.role], cluster_of[mention.id])
            best[mention.report_id] = min(best.get(mention.report_id, offer), offer)
    label.update({report_id: at for report_id, (_, at) in best.items()})
    scores = hold_against(corpus.main_of, label)
    return {**scores, "links": len(links), "link_s": linked - started, "cluster_s": seconds}


def hold_against(gold: Mapping[str, set[str]], label: Mapping[str, object]) -> dict[str, float]:
    """Pairwise and B-cubed precision, recall and F1 of labels over the reports that gold knows."""
    reports = sorted(set(label) & {report_id for report_id, incidents in gold.items() if incidents})
    ours, theirs = defaultdict(set), defaultdict(set)
    for report_id in reports:
        ours[label[report_id]].add(report_id)
        for incident in gold[report_id]:
            theirs[incident].add(report_id)
    mates = {r: set(itertools.chain.from_iterable(theirs[i] for i in gold[r])) for r in reports}
    hit = [len(ours[label[r]] & mates[r]) for r in reports]
    said, want = [len(ours[label[r]]) for r in reports], [len(mates[r]) for r in reports]
    count = len(reports)
    pair_p, pair_r = (sum(hit) - count) / max(1, sum(said) - count), (sum(hit) - count) / max(1, sum(want) - count)
    b3_p = sum(h / s for h, s in zip(hit, said, strict=True)) / count
    b3_r = sum(h / w for h, w in zip(hit, want, strict=True)) / count
    return {"pair_p": pair_p, "pair_r": pair_r, "pair_f1": _harmonic(pair_p, pair_r), "b3_f1": _harmonic(b3_p, b3_r)}


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--rough", action="store_true")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--cache", type=Path, help="folder to keep readings in between runs")
    options = parser.parse_args(arguments)
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    if options.words:
        count_words(folder)
        return
    if not options.measure:
        values, labels = build_pairs(read_corpus(folder, "gunviolence/train", rough=options.rough, cache=options.cache))
        more_values, more_labels = build_pairs(read_corpus(folder, "heists/look", rough=options.rough, cache=options.cache))
        pair_weights = np.concatenate((np.ones(len(labels)), np.full(len(more_labels), HEISTS_WEIGHT)))
        weights = fit(np.concatenate((values, more_values)), np.concatenate((labels, more_labels)), pair_weights)
        write_weights(weights)
        return
    for name in ("gunviolence/dev", "heists/look", "heists/dev"):
        corpus = read_corpus(folder, name, rough=options.rough, cache=options.cache)
        for least in (0.25, 0.35, 0.45):
            scores = measure_grouping(corpus, least)
            print(name, least, " ".join(f"{key} {value:.3f}" for key, value in scores.items()))


if __name__ == "__main__":
    main()
