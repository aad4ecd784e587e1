"""Learn what each linking feature is worth, and how rare words are; writes _data/link_weights.json and _data/link_words.json.

    python -m newsblotter_lab.fit_link               fit the weights on gunviolence train, heists look and ECB+'s fitted topics
    python -m newsblotter_lab.fit_link --stores DIR  the same over DIR/gt.db and DIR/hl.db, built before from those reports
    python -m newsblotter_lab.fit_link --words       count words in the training sets
    python -m newsblotter_lab.fit_link --measure     cluster dev with the packaged weights

A feature's worth runs straight between its knots and only in its stated direction; worths that the data say little about
stay near a stated prior. Nothing is random.

The sets differ in how often a pair that shares telling keys is of one incident: shootings of one town are many, a world-known
heist fills its own blocks. So each set has a base rate of its own in the fit, no feature is paid for telling the sets apart, and
where the packaged scale starts is chosen after it: where pairs of incidents that the weights were not fitted on group best,
shootings and heists counting alike (``choose_start``).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsblotter.link.cluster import cluster
from newsblotter.link.compare import FEATURES
from newsblotter.link.profile import find_sure_days
from newsblotter.link.score import LinkSettings, Weights, contributions, find_certain, to_links
from newsblotter.link.words import find_words
from newsblotter_lab import ecbplus
from newsblotter_lab.gold import find_shared, read_lines, read_reports
from newsblotter_lab.linking import Corpus, Pairs, find_pairs, group_corpus, hold_against, label_reports, read_corpus

DATA = Path(__file__).resolve().parents[1] / "newsblotter" / "_data"
KEPT_WORDS = 20_000
RIDGE = 4.0  # pull towards the priors; 1 to 16 give the same train scores within 0.3 points
# How much a pair of each set counts: few heists, and of ECB+ whole topics that are no incidents.
SET_WEIGHT = {"gunviolence/train": 1.0, "heists/look": 4.0, "ecbplus-fitted": 1.0}
STORES = {"gunviolence/train": "gt.db", "heists/look": "hl.db"}
FOLDS = 3  # of incidents, for choosing where the scale starts
STARTS = tuple(0.25 * step for step in range(9))  # log-odds above the base rate of shootings that are tried
SPARED = 5  # of the pairs of different incidents whose texts share next to nothing, one in so many is fitted on, counted so often
SPARED_TEXT, SPARED_LEAD = 0.15, 0.1  # similarities under which a pair is such a one

# What to believe before seeing data: log-odds at each knot. Features that US shootings never show (loot, targets) rest on it.
PRIORS: Mapping[str, tuple[float, ...]] = {
    "people_shared": (-0.5, 1.5, 3.5, 4.0),
    "victims_shared": (-0.5, 0.5, 1.0, 1.2),
    "accused_shared": (-0.3, 0.5, 1.0, 1.2),
    "victim_ages": (-0.5, 0.2, 0.5),
    "fresh_apart": (0.5, 0.2, -0.5, -1.5, -3.0),
    "means_shared": (-0.3, 0.3, 0.6),
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
# Targets of shootings, which most pairs are of, say little; left to them, one shop robbed would count for next to nothing (heists
# look: held firmer, the other base rate that it seemed to need falls from 0.44 to 0.14).
FIRM = {
    "days_apart": 1e5,
    "told_before": 1e5,
    "km_apart": 1e5,
    "same_address": 1e5,
    "ages_shared": 1e5,
    "target_similarity": 100.0,
    "target_named": 100.0,
}
# Features whose lowest value may still speak for one incident; elsewhere nothing in common cannot.
MAY_FAVOUR = ("same_days", "same_type")
ANCHOR = {"printed_apart": 3.5}  # value worth nothing, as when nobody states it: texts without dates are no less alike


@dataclass(frozen=True)
class Material:
    """A labelled set's pairs, measured."""

    corpus: Corpus
    pairs: Pairs
    values: npt.NDArray[np.float64]  # features of every candidate pair
    folds: npt.NDArray[np.int64]  # (pairs, 2): fold of either side's incident

    @property
    def name(self) -> str:
        return self.corpus.name


def prepare(corpus: Corpus) -> Material:
    """Measure a corpus's candidate pairs."""
    pairs = find_pairs(corpus)
    folds = np.array([[_fold(a), _fold(b)] for a, b in pairs.incidents], dtype=np.int64).reshape(-1, 2)
    known = pairs.labels[~np.isnan(pairs.labels)]
    met = int(known.sum())
    print(f"{corpus.name}: {len(corpus.mentions)} mentions, {len(known)} pairs, {met} of one incident", file=sys.stderr)
    return Material(corpus, pairs, pairs.measure(), folds)


def _fold(incident: str | None) -> int:
    return int(hashlib.sha256(f"fold {incident}".encode()).hexdigest(), 16) % FOLDS if incident else 0


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


def fit(sets: Sequence[Material], without: int | None = None) -> tuple[Weights, dict[str, float]]:
    """Logistic regression with worths that only run in their stated direction, pulled towards the priors.

    Args:
        sets: The first is the one whose base rate the weights carry; each other has an offset of its own.
        without: A fold of incidents to leave out.

    Returns:
        The weights, and by how many log-odds each other set's pairs are likelier.
    """
    from scipy.optimize import minimize

    parts = [_choose_rows(material, without) for material in sets]
    values = np.concatenate([material.values[rows] for material, (rows, _) in zip(sets, parts, strict=True)])
    labels = np.concatenate([material.pairs.labels[rows] for material, (rows, _) in zip(sets, parts, strict=True)])
    weights = np.concatenate([SET_WEIGHT[m.name] * counted for m, (_, counted) in zip(sets, parts, strict=True)])
    basis, bounds, priors = _basis(values)
    origin = np.repeat(np.arange(len(sets)), [len(rows) for rows, _ in parts])
    basis = np.column_stack((basis, *(origin == at for at in range(1, len(sets)))))
    bounds = [*bounds, *([(None, None)] * (len(sets) - 1))]
    priors = np.append(priors, np.zeros(len(sets) - 1))
    ridge = np.concatenate([np.full(len(spec.knots), FIRM.get(spec.name, RIDGE)) for spec in FEATURES])
    ridge = np.append(ridge, np.full(len(sets) - 1, RIDGE))

    def loss(theta: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = theta[0] + basis @ theta[1:]
        wrong = 1 / (1 + np.exp(-np.clip(odds, -35, 35))) - labels
        pull = theta[1:] - priors
        value = float(np.sum(weights * (np.logaddexp(0, odds) - labels * odds)) + 0.5 * (pull * ridge) @ pull)
        return value, np.concatenate(([np.sum(weights * wrong)], basis.T @ (weights * wrong) + ridge * pull))

    start = np.concatenate(([-2.0], priors))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds], options={"maxiter": 300})
    log_odds, at = {}, 1
    for spec in FEATURES:
        worth = np.cumsum(found.x[at : at + len(spec.knots)])
        log_odds[spec.name] = worth - (np.interp(ANCHOR[spec.name], spec.knots, worth) if spec.name in ANCHOR else 0.0)
        at += len(spec.knots)
    offsets = {material.name: float(offset) for material, offset in zip(sets[1:], found.x[at:], strict=True)}
    return Weights(float(found.x[0]), log_odds), offsets


def _choose_rows(material: Material, without: int | None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The pairs of a set to fit on, and how often each counts."""
    labels = material.pairs.labels
    usable = ~np.isnan(labels)
    if without is not None:
        usable &= (material.folds != without).all(axis=1)
    plain = (labels == 0) & _is_plainly_apart(material.values)
    spared = plain & (np.arange(len(labels)) % SPARED != 0)
    rows = np.flatnonzero(usable & ~spared)
    return rows, np.where(plain[rows], float(SPARED), 1.0)


def _is_plainly_apart(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether two texts share next to no telling words: most pairs, which teach little each."""
    at = {spec.name: column for column, spec in enumerate(FEATURES)}
    return (values[:, at["text_similarity"]] < SPARED_TEXT) & (values[:, at["lead_similarity"]] < SPARED_LEAD)


def choose_start(sets: Sequence[Material]) -> float:
    """How far above the first set's base rate the scale starts.

    Every pair is scored by weights that were fitted without its left side's incident; each set is grouped; the start with the
    best mean pairwise F1 of shootings and heists wins, taken over its neighbours too, since single joins make it jump.
    """
    scored = [np.zeros(len(material.values)) for material in sets]
    for fold in range(FOLDS):
        weights, _ = fit(sets, fold)
        for odds, material in zip(scored, sets, strict=True):
            own = material.folds[:, 0] == fold
            odds[own] = contributions(material.values[own], weights).sum(axis=1) + weights.bias
    means = []
    for start in STARTS:
        found = [group_pairs(material, odds + start) for material, odds in zip(sets, scored, strict=True)]
        means.append((found[0]["pair_f1"] + found[1]["pair_f1"]) / 2)
        told = ", ".join(
            f"{m.name} {f['pair_p']:.3f}/{f['pair_r']:.3f} pair F1 {f['pair_f1']:.3f} B3 {f['b3_f1']:.3f}"
            for m, f in zip(sets, found, strict=True)
        )
        print(f"start {start:+.2f}: {told}", file=sys.stderr)
    padded = [means[0], *means, means[-1]]
    smooth = [sum(padded[at : at + 3]) for at in range(len(STARTS))]
    return STARTS[max(range(len(STARTS)), key=lambda at: (round(smooth[at], 6), -at))]


def group_pairs(material: Material, odds: npt.NDArray[np.float64]) -> dict[str, float]:
    """Cluster a set by given log-odds of its candidate pairs and hold it against gold."""
    profiles, corpus = material.pairs.profiles, material.corpus
    links = {(link.left_id, link.right_id): link for link in to_links(profiles, material.pairs.pairs, odds)}
    links.update({(link.left_id, link.right_id): link for link in find_certain(profiles)})
    days = find_sure_days(corpus.mentions, corpus.reports)
    found = cluster(
        [m.id for m in corpus.mentions], list(links.values()), min_probability=LinkSettings().min_probability, days=days
    )
    label: dict[str, object] = dict(label_reports(corpus.mentions, found))
    told = set(label) if corpus.name.startswith("ecbplus") else set(corpus.reports)  # most of ECB+ tells no incident
    return hold_against({report_id: events for report_id, events in corpus.main_of.items() if report_id in told}, label)


def write_weights(weights: Weights) -> None:
    """Write the weights where the package reads them."""
    rounded = {name: [round(float(x), 4) for x in odds] for name, odds in weights.log_odds.items()}
    content = {
        "about": "Log-odds at the knots of link/compare.py's features; newsblotter_lab.fit_link on "
        "gunviolence train, heists look and ECB+'s fitted topics.",
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--stores", type=Path, help="folder of stores built from gunviolence train (gt.db) and heists look (hl.db)")
    parser.add_argument("--cache", type=Path, help="folder to keep readings in between runs")
    options = parser.parse_args(arguments)
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    if options.words:
        count_words(folder)
        return
    if options.measure:
        for name in ("gunviolence/dev", "heists/dev"):
            corpus = read_corpus(folder, name, cache=options.cache)
            gold = {report_id: events for report_id, events in corpus.main_of.items() if report_id in corpus.reports}
            scores = hold_against(gold, dict(group_corpus(corpus)))
            print(name, " ".join(f"{key} {value:.3f}" for key, value in scores.items()))
        return
    corpora = [
        read_corpus(folder, name, cache=options.cache, store=options.stores and options.stores / store)
        for name, store in STORES.items()
    ]
    corpora.append(ecbplus.read_corpus(folder, held_out=False, cache=options.cache))
    sets = [prepare(corpus) for corpus in corpora]
    start = choose_start(sets)
    weights, offsets = fit(sets)
    print(f"base rate {weights.bias:.2f}, others {offsets}, start {start:+.2f}", file=sys.stderr)
    write_weights(replace(weights, bias=weights.bias + start))


if __name__ == "__main__":
    main()
