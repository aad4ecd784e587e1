"""How many of the pairs of reports that tell of one incident linking gets to compare, and how many others with them.

    python -m newsblotter_lab.blocking gunviolence/train heists/look
    python -m newsblotter_lab.blocking --stores DIR gunviolence/train   over DIR/gt.db, built before from those reports

A *true pair* is two reports that gold puts into one incident and that have a mention each. It is *met* when a mention of the one
is a candidate of a mention of the other; more strictly, when this holds of the accounts that gold means. Left out, and shown
apart: pairs of which a report has no mention, which no block can bring together, and copies of one text, which are linked for
certain. Of the missed pairs it prints what they have in common, and what they lack.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from newsblotter.link.block import BlockSettings, find_pairs, gather_keys, spell_keys
from newsblotter.link.compare import FEATURES, measure
from newsblotter.link.profile import Profile, build_profiles
from newsblotter.link.words import Rarity
from newsblotter_lab.fit_link import STORES
from newsblotter_lab.gold import find_shared
from newsblotter_lab.linking import FOCUS, prominence, read_corpus

Pair: TypeAlias = tuple[str, str]
Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """The pairs of reports that gold puts into one incident."""

    pairs: frozenset[Pair]  # those that blocks are to bring together
    copies: int  # pairs that are one text
    untold: int  # pairs of which a report has no mention


@dataclass(frozen=True)
class Recall:
    """What blocks bring together."""

    profiles: Sequence[Profile]
    truth: Truth
    left: Ints  # candidate pairs, as positions in profiles
    right: Ints
    missed: frozenset[Pair]
    missed_mains: frozenset[Pair]  # those that gold's own accounts miss
    keys: float  # keys a mention

    def spread(self) -> tuple[float, float, int]:
        """Mean, 95th percentile and most candidates of a mention."""
        counts = np.bincount(np.concatenate((self.left, self.right)), minlength=len(self.profiles))
        return float(counts.mean()), float(np.percentile(counts, 95)), int(counts.max())


def list_true_pairs(profiles: Sequence[Profile], main_of: Mapping[str, set[str]]) -> Truth:
    """The true pairs among some reports; ``main_of`` names the incidents that each is mainly about."""
    voices = {profile.mention.report_id: profile.voice for profile in profiles}
    told: dict[str, set[str]] = defaultdict(set)
    for report_id, incidents in main_of.items():
        for incident in incidents:
            told[incident].add(report_id)
    everyone = {pair for reports in told.values() for pair in itertools.combinations(sorted(reports), 2)}
    held = {(a, b) for a, b in everyone if a in voices and b in voices}
    apart = frozenset((a, b) for a, b in held if voices[a] != voices[b])
    return Truth(apart, len(held) - len(apart), len(everyone) - len(held))


def find_recall(profiles: Sequence[Profile], rarity: Rarity, main_of: Mapping[str, set[str]], settings: BlockSettings) -> Recall:
    """Which true pairs the blocks of these settings bring together."""
    truth = list_true_pairs(profiles, main_of)
    blocks = gather_keys(profiles, rarity, settings)
    left, right = find_pairs(blocks, settings)
    mains = find_mains(profiles)
    met, met_mains = set(), set()
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        one, other = profiles[a].mention, profiles[b].mention
        pair = (min(one.report_id, other.report_id), max(one.report_id, other.report_id))
        met.add(pair)
        if mains[one.report_id] == one.id and mains[other.report_id] == other.id:
            met_mains.add(pair)
    wanted = truth.pairs
    return Recall(profiles, truth, left, right, wanted - met, wanted - met_mains, len(blocks.at) / max(1, len(profiles)))


def find_mains(profiles: Sequence[Profile]) -> dict[str, str]:
    """Of each report the account that gold means: the first in focus, else the first."""
    first: dict[str, str] = {}
    for mention in sorted((p.mention for p in profiles), key=lambda m: (m.role not in FOCUS, prominence(m))):
        first.setdefault(mention.report_id, mention.id)
    return first


def describe_missed(recall: Recall, rarity: Rarity, settings: BlockSettings) -> str:
    """What the missed pairs have in common: the medians of their features, and how often they share each kind of key."""
    mains = find_mains(recall.profiles)
    account = {p.mention.report_id: p for p in recall.profiles if mains[p.mention.report_id] == p.mention.id}
    keys: dict[str, set[str]] = {}
    shared: Counter[str] = Counter()
    values = []
    for pair in sorted(recall.missed):
        for report_id in pair:
            if report_id not in keys:
                keys[report_id] = {key for key, _ in spell_keys(account[report_id], settings, rarity)}
        kinds = {key[0] for key in keys[pair[0]] & keys[pair[1]]}
        shared.update(kinds or {"none"})
        values.append(measure(account[pair[0]], account[pair[1]]))
    table = np.array(values, dtype=float).reshape(len(values), len(FEATURES))
    lines = ["  they share keys of kind: " + ", ".join(f"{kind} {count}" for kind, count in shared.most_common())]
    for column, spec in enumerate(FEATURES):
        known = table[~np.isnan(table[:, column]), column]
        if len(known):
            low, middle, high = np.percentile(known, (25, 50, 75))
            lines.append(
                f"  {spec.name:18} said by both {len(known) / len(table):4.0%}  quartiles {low:.2f} {middle:.2f} {high:.2f}"
            )
    return "\n".join(lines)


def _print_recall(name: str, recall: Recall, rarity: Rarity, settings: BlockSettings) -> None:
    wanted = len(recall.truth.pairs)
    mean, most_have, most = recall.spread()
    print(
        f"{name}: {wanted} true pairs, recall {1 - len(recall.missed) / max(1, wanted):.4f} "
        f"(by the accounts that gold means {1 - len(recall.missed_mains) / max(1, wanted):.4f})\n"
        f"  left out: {recall.truth.untold} pairs of which a report has no mention, {recall.truth.copies} copies of one text\n"
        f"  {len(recall.profiles)} mentions, {recall.keys:.1f} keys each\n"
        f"  candidates of a mention: mean {mean:.1f}, p95 {most_have:.0f}, most {most}\n"
        f"  missed: {len(recall.missed)} pairs"
    )
    if recall.missed:
        print(describe_missed(recall, rarity, settings))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="gunviolence/train, heists/look")
    parser.add_argument("--stores", type=Path, help="folder of stores built from gunviolence train (gt.db) and heists look (hl.db)")
    parser.add_argument("--cache", type=Path, help="folder to keep readings in between runs")
    parser.add_argument("--candidates", type=int, help="best of those met that a mention names")
    options = parser.parse_args(arguments)
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    settings = BlockSettings(**({"candidates": options.candidates} if options.candidates else {}))
    for name in options.sets:
        store = options.stores / STORES[name] if options.stores and name in STORES else None
        corpus = read_corpus(folder, name, cache=options.cache, store=store)
        profiles, rarity = build_profiles(sorted(corpus.mentions, key=lambda m: m.id), corpus.reports, corpus.groups)
        _print_recall(name, find_recall(profiles, rarity, corpus.main_of, settings), rarity, settings)


if __name__ == "__main__":
    main()
