"""Many mentions linked at once: candidates, scores and groups by compiled loops over columns of numbers (``columns.py``).

The scores find the few pairs worth a link, to which ``compare.py`` gives its exact features and words. All of it needs numba;
without it every pair goes through the plain functions. A test holds each loop against its plain function. A feature that has no
form in ``kernels.py`` counts with the most that it can add, so no pair is lost by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from newsblotter.link.block import BlockSettings, Keys
from newsblotter.link.cluster import APART_DAYS, CLASH_LEAST, DENSE, LIMIT, MISSING
from newsblotter.link.columns import BATCHED, NO_DAY, Array, Columns
from newsblotter.link.compare import FEATURES

if TYPE_CHECKING:
    from newsblotter.link.score import Weights

LEAST_PAIRS = 50_000  # pairs from which loading the compiled loops (about a second) pays
LEAST_MENTIONS = 20_000  # and mentions from which it does: the plain form looks for their candidates for some seconds
MARGIN = 1e-3  # log-odds by which the two forms may differ: the columns hold weights and places to seven digits
# Features that may have no value though both mentions state what they need.
_DOUBTFUL = frozenset({"days_apart", "km_apart", "fresh_apart", "same_days", "told_before", "loot_meets", "target_named"})


def is_available() -> bool:
    """Whether the compiled loops can be had."""
    return find_spec("numba") is not None


def _tables(weights: Weights) -> tuple[Array, Array, Array, Array, float]:
    """What ``kernels.score_all`` wants to know of the features in ``BATCHED``.

    Knots and log-odds, (features, most knots) float64, how many each has, the most that each can add to a pair of which both
    mentions state what it needs, and where the scale starts: higher by the most that the features without a form can add.
    """
    specs = {spec.name: spec for spec in FEATURES}
    size = max(len(spec.knots) for spec in FEATURES)
    knots, odds = np.zeros((len(BATCHED), size)), np.zeros((len(BATCHED), size))
    lengths, gains = np.zeros(len(BATCHED), dtype=np.int64), np.zeros(len(BATCHED))
    for at, name in enumerate(BATCHED):
        if name in specs:
            lengths[at] = len(specs[name].knots)
            knots[at, : lengths[at]], odds[at, : lengths[at]] = specs[name].knots, weights.log_odds[name]
            gains[at] = max(float(weights.log_odds[name].max()), 0.0 if name in _DOUBTFUL else -math.inf)
    unknown = (spec.name for spec in FEATURES if spec.name not in BATCHED)
    return knots, odds, lengths, gains, weights.bias + sum(max(0.0, float(weights.log_odds[name].max())) for name in unknown)


def score_columns(
    columns: Columns, left: Array, right: Array, weights: Weights, threads: int = 1, least: float = -math.inf
) -> npt.NDArray[np.float32]:
    """Log-odds of pairs of positions, (pairs,): as ``score.score_pairs`` has them within ``MARGIN``, or above.

    Args:
        columns: The mentions.
        left: Positions, one a pair.
        right: The others.
        weights: What each feature is worth.
        threads: How many parts are worked on at once; the loops let go of Python's lock.
        least: Pairs that cannot reach it get -inf, which is found out without comparing their words.
    """
    from newsblotter.link import kernels

    result, tables = np.empty(len(left), dtype=np.float32), _tables(weights)
    _share(
        lambda a, b: kernels.score_all(columns, left[a:b], right[a:b], tables, least, result[a:b]),
        len(left),
        threads,
    )
    return result


def measure_columns(columns: Columns, left: Array, right: Array) -> npt.NDArray[np.float64]:
    """Every batched feature of pairs, (pairs, features) in the order of ``BATCHED``; nan where a side does not say."""
    from newsblotter.link import kernels

    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    return np.array([[kernels.measure(columns, a, b, at) for at in range(len(BATCHED))] for a, b in pairs])


def find_pairs(keys: Keys, settings: BlockSettings, threads: int = 1) -> tuple[Array, Array]:
    """``block.find_pairs``, compiled; int32. ``keys`` are used up: their memory is where they are sorted."""
    return _pair_up(*_find_meetings(keys, settings, threads), settings.namers, threads)


def _find_meetings(keys: Keys, settings: BlockSettings, threads: int) -> tuple[Array, Array]:
    """Whom each mention names as its candidates, best first, (mentions, candidates) int32, and with what score; -1: no more."""
    from newsblotter.link import meetings

    size = len(keys.bounds) - 1
    by_time = np.argsort(keys.days, kind="stable").astype(np.int32)  # ties by position
    rank = np.empty(size, dtype=np.uint64)
    rank[by_time] = np.arange(size, dtype=np.uint64)
    packed = keys.keys.view(np.uint64)
    _share(lambda a, b: meetings.pack_keys(packed, keys.tells, keys.bounds, rank, a, b), size, threads)
    if threads > 1 and len(packed):
        packed.partition(_cut(len(packed), threads)[1:-1])
    _share(lambda a, b: packed[a:b].sort(), len(packed), threads)
    most = int(settings.common * size)
    limits = (settings.crowd, settings.reach, most)
    owners, looks = np.empty(len(packed), dtype=np.int32), np.zeros((len(packed), 3), dtype=np.int32)
    _share(lambda a, b: meetings.plan_looks(packed, by_time, keys.bounds, limits, (a, b), owners, looks), size, threads)
    whom, score = (np.empty((size, settings.candidates), dtype=np.int32) for _ in range(2))
    divisors = 1 + 0.25 * np.log(np.maximum(1, np.arange(max(settings.crowd, most) + 1)))
    blocks = (keys.bounds, keys.tells, looks, owners)
    _share(lambda a, b: meetings.meet(blocks, divisors, settings.met, a, b, whom, score), size, threads)
    return whom, score


def _pair_up(whom: Array, score: Array, namers_kept: int, threads: int) -> tuple[Array, Array]:
    """``block.pair_up``, compiled."""
    from newsblotter.link import meetings

    size = len(whom)
    starts = np.concatenate(([0], np.cumsum(np.bincount(whom[whom >= 0], minlength=size))))
    namers = np.empty(starts[-1], dtype=np.int64)
    dropped = np.zeros(whom.shape, dtype=np.bool_)
    _share(lambda a, b: meetings.name_back(whom, score, starts, a, b, namers), size, threads)
    _share(lambda a, b: meetings.drop_namers(whom, starts, namers_kept, a, b, namers, dropped), size, threads)
    ends = np.zeros(size + 1, dtype=np.int64)
    right = np.empty(0, dtype=np.int32)
    _share(lambda a, b: meetings.list_pairs(whom, dropped, starts, namers, a, b, ends, right), size, threads)
    counts = ends[1:].copy()
    np.cumsum(ends, out=ends)
    right = np.empty(ends[-1], dtype=np.int32)
    _share(lambda a, b: meetings.list_pairs(whom, dropped, starts, namers, a, b, ends, right), size, threads)
    return np.repeat(np.arange(size, dtype=np.int32), counts), right


def _cut(count: int, parts: int) -> list[int]:
    """Where parts of about one size begin and end."""
    cuts: list[int] = np.linspace(0, count, parts + 1).astype(np.int64).tolist()
    return cuts


def _share(work: Callable[[int, int], object], count: int, threads: int) -> None:
    """Do work from 0 to ``count`` in as many parts as there are threads; compiled loops and sorting let go of Python's lock."""
    cuts = _cut(count, threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))


def group_columns(days: Array, left: Array, right: Array, odds: Array, min_probability: float) -> Array:
    """``cluster.cluster`` of pairs that are neither certain nor judged: the lowest member of each mention's group.

    Groups only join over a pair that is as likely as a join must be, so each component of such pairs is grouped by itself.

    Args:
        days: First and last day of each mention's incident where it is surely said, (mentions, 2); NO_DAY: none.
        left: Positions, one a pair; each pair once.
        right: The others.
        odds: Log-odds of the pairs.
        min_probability: Weakest average link that may join two groups.
    """
    from newsblotter.link import components

    size = len(days)
    rules = components.Rules(math.log(min_probability / (1 - min_probability)), CLASH_LEAST, MISSING, DENSE, APART_DAYS)
    strong = odds >= rules.least
    home = components.find_components(size, left[strong], right[strong])
    inside = home[left] == home[right]
    ties = components.Ties(
        *(np.empty(2 * int(inside.sum()), dtype=kind) for kind in ("i4", "f8", "i4", "i4")),
        *(np.full(size, -1, dtype=np.int32) for _ in range(2)),
    )
    components.tie(left[inside], right[inside], np.clip(odds[inside].astype(np.float64), -LIMIT, LIMIT), ties)
    members = np.argsort(home, kind="stable").astype(np.int32)
    starts = np.append(np.flatnonzero(home[members] == members), size)
    place = np.empty(size, dtype=np.int32)
    place[members] = np.arange(size) - np.repeat(starts[:-1], np.diff(starts))
    alone = np.arange(size, dtype=np.int32)
    dated = np.where(days[:, 0] == NO_DAY, -1, alone)
    groups = components.Groups(
        root=alone,
        size=np.ones(size, dtype=np.int64),
        best=np.full(size, -1, dtype=np.int32),
        value=np.full(size, -math.inf),
        slot=np.full(size, -1, dtype=np.int32),
        days=np.ascontiguousarray(days),
        heads=np.stack((dated, dated)),
        later=np.full((2, size), -1, dtype=np.int32),
    )
    components.group_all(groups, ties, (members, starts, place), rules)
    return groups.root
