"""Linking held against Splink, a published record-linkage library, on the same pairs of mentions.

    python -m newsblotter_lab.splink_compare                 learn on gunviolence train, measure on it, dev sets and heists look
    python -m newsblotter_lab.splink_compare --stores DIR    the same over DIR/gt.db, gv.db, hd.db and hl.db, built before

Splink learns how telling each agreement is by expectation maximisation, without labels (Fellegi and Sunter's model); its
comparisons here hold the same facts as ``link/compare.py``: telling words and names shared, people, ages, days, places, kind,
counts and target. Both score the candidate pairs of ``link/block.py``, and both scores go through the same grouping; where Splink's
scale starts is chosen on gunviolence train, with labels, which is more than it asks for. Needs: pip install 'newsblotter[splink]'.

Source: Robin Linacre et al., "Splink: Free software for probabilistic record linkage at scale", IJPDS 2022.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsblotter.link.profile import Profile
from newsblotter.link.score import contributions, load_weights
from newsblotter_lab.fit_link import Material, group_pairs, prepare
from newsblotter_lab.gold import find_shared
from newsblotter_lab.linking import Pairs, read_corpus

LEARNT_ON = "gunviolence/train"
SETS = {LEARNT_ON: "gt.db", "gunviolence/dev": "gv.db", "heists/dev": "hd.db", "heists/look": "hl.db"}
WORDS, NAMES = 30, 30  # most telling ones of a mention that are laid side by side
STARTS = tuple(float(step) for step in range(-16, 9, 2))  # log-odds that Splink's scale is moved by, tried on LEARNT_ON

Odds = npt.NDArray[np.float64]


def to_row(profile: Profile) -> dict[str, Any]:
    """A mention as a row of a table: plain columns, None where the report does not say."""
    spot = next((w for w in profile.wheres if w.latitude is not None and w.longitude is not None), None)
    telling = sorted(profile.text, key=lambda word: (-profile.text[word], word))[:WORDS]
    rare = sorted(profile.rare, key=lambda word: (-profile.rare[word], word))[:NAMES]
    counts = {
        f"{name}_count": profile.counts[name].low if name in profile.counts else None for name in ("killed", "injured", "suspects")
    }
    return {
        "words": telling,
        "names": rare,
        "people": sorted({last for _, last, _ in profile.people}) or None,
        "ages": sorted(profile.ages) or None,
        "target": sorted(profile.target) or None,
        "kind": profile.mention.type,
        "day_number": profile.sure_whens[0].earliest.toordinal() if profile.sure_whens else None,
        "printed": profile.published,
        "lat": spot.latitude if spot else None,
        "lon": spot.longitude if spot else None,
        **counts,
    }


def make_settings() -> Any:
    """Splink's model: what is compared and at which levels; pairs are the two rows of one ``pair_key``."""
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    def apart(column: str, *most: int) -> Any:
        steps = [levels.AbsoluteDifferenceLevel(column, difference_threshold=step) for step in most]
        return comparisons.CustomComparison([levels.NullLevel(column), *steps, levels.ElseLevel()], output_column_name=column)

    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            comparisons.ArrayIntersectAtSizes("words", [15, 8, 5, 3, 1]),
            comparisons.ArrayIntersectAtSizes("names", [8, 5, 3, 2, 1]),
            comparisons.ArrayIntersectAtSizes("people", [1]),
            comparisons.ArrayIntersectAtSizes("ages", [1]),
            comparisons.ArrayIntersectAtSizes("target", [2, 1]),
            comparisons.ExactMatch("kind"),
            apart("day_number", 1, 7, 60),
            apart("printed", 1, 4, 14, 90),
            comparisons.DistanceInKMAtThresholds("lat", "lon", [5, 30, 100]),
            *(comparisons.ExactMatch(f"{name}_count") for name in ("killed", "injured", "suspects")),
        ],
        blocking_rules_to_generate_predictions=[block_on("pair_key")],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


class Peer:
    """Splink, learnt on one set, asked about others."""

    def __init__(self) -> None:
        self.model: Any = None
        self.learnt_s = 0.0

    def learn(self, pairs: Pairs) -> None:
        """Estimate the weights by expectation maximisation over the candidate pairs."""
        from splink import block_on

        began = time.perf_counter()
        linker = self._open(pairs, make_settings())
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("pair_key"), fix_u_probabilities=False)
        self.model = linker.misc.save_model_to_json()
        self.learnt_s = time.perf_counter() - began

    def score(self, pairs: Pairs) -> Odds:
        """Log-odds of the candidate pairs, in their order."""
        found = self._open(pairs, self.model).inference.predict(threshold_match_probability=0.0).as_record_list()
        odds = np.full(len(pairs.pairs), -30.0)
        for row in found:
            odds[row["unique_id_l"] // 2] = row["match_weight"] * math.log(2)
        return odds

    @staticmethod
    def _open(pairs: Pairs, settings: Any) -> Any:
        import pyarrow
        from splink import Linker
        from splink.backends.duckdb import DuckDBAPI

        table = pyarrow.Table.from_pylist([to_row(profile) for profile in pairs.profiles])
        sides = table.take(np.array(pairs.pairs).reshape(-1))  # both sides of each pair, one after the other
        sides = sides.append_column("unique_id", pyarrow.array(np.arange(len(sides))))
        sides = sides.append_column("pair_key", pyarrow.array(np.arange(len(sides)) // 2))
        return Linker(DuckDBAPI().register(sides), settings, log_level="ERROR")


def score_ours(material: Material) -> Odds:
    """Log-odds of the candidate pairs by the packaged weights."""
    weights = load_weights()
    return np.asarray(contributions(material.values, weights).sum(axis=1) + weights.bias)


def tell(name: str, who: str, material: Material, odds: Odds, seconds: float) -> None:
    """Print one line of the comparison."""
    from sklearn.metrics import average_precision_score

    known = ~np.isnan(material.pairs.labels)
    precision = average_precision_score(material.pairs.labels[known], odds[known])
    grouped = " ".join(f"{key} {value:.3f}" for key, value in group_pairs(material, odds).items())
    print(f"{name:18} {who:12} average precision of pairs {precision:.3f}  {grouped}  {seconds:.1f} s", flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=Path, help="folder of stores built from the sets' reports")
    parser.add_argument("--cache", type=Path, help="folder to keep readings in between runs")
    options = parser.parse_args()
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    peer, start = Peer(), 0.0
    for name, store in SETS.items():
        material = prepare(read_corpus(folder, name, cache=options.cache, store=options.stores and options.stores / store))
        if name == LEARNT_ON:
            peer.learn(material.pairs)
        began = time.perf_counter()
        odds = peer.score(material.pairs)
        seconds = time.perf_counter() - began
        if name == LEARNT_ON:
            start = max(STARTS, key=lambda tried: (group_pairs(material, odds + tried)["pair_f1"], -abs(tried)))
            print(f"Splink learnt in {peer.learnt_s:.1f} s; its scale moved by {start:+.0f}")
        tell(name, "Splink", material, odds + start, seconds)
        began = time.perf_counter()
        material.pairs.measure()
        ours = score_ours(material)
        tell(name, "Newsblotter", material, ours, time.perf_counter() - began)


if __name__ == "__main__":
    main()
