"""The compiled loops of ``batch.py`` and ``cluster.py``: plain Python over arrays, made fast by numba.

Each ``_feature`` mirrors the function of that name in ``compare.py``, whose docstring says what it means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

from newsblotter.link.compare import NEAR_KM, RARE_NAME
from newsblotter.link.values import ABROAD_KM, EARTH_KM

if TYPE_CHECKING:
    from newsblotter.link.batch import Array, Columns

_Function = TypeVar("_Function", bound=Callable[..., Any])
_NO_DAY = -(2**31)
_LOOT_SLACK = 0.25


def _compile(function: _Function) -> _Function:
    """Compile at first use; kept on disk beside the package, or in the user's cache."""
    compiled: _Function = numba.njit(nogil=True, cache=True)(function)
    return compiled


@_compile
def _cosine(words: Array, weights: Array, a: int, a_end: int, b: int, b_end: int) -> float:
    total = 0.0
    while a < a_end and b < b_end:
        if words[a] == words[b]:
            total += float(weights[a]) * float(weights[b])
            a += 1
            b += 1
        elif words[a] < words[b]:
            a += 1
        else:
            b += 1
    return total


@_compile
def _rare_shared(words: Array, rarity: Array, a: int, a_end: int, b: int, b_end: int) -> float:
    total = 0.0
    left_smaller = a_end - a <= b_end - b
    while a < a_end and b < b_end:
        if words[a] == words[b]:
            own = float(rarity[a]) if left_smaller else float(rarity[b])
            if own > RARE_NAME:
                total += own - RARE_NAME
            a += 1
            b += 1
        elif words[a] < words[b]:
            a += 1
        else:
            b += 1
    return total


@_compile
def _shared(a_words: Array, a: int, a_end: int, b_words: Array, b: int, b_end: int) -> int:
    """How many words two sorted lists share."""
    found = 0
    while a < a_end and b < b_end:
        if a_words[a] == b_words[b]:
            found += 1
            a += 1
            b += 1
        elif a_words[a] < b_words[b]:
            a += 1
        else:
            b += 1
    return found


@_compile
def _holds(words: Array, start: int, end: int, word: int) -> bool:
    at = start + np.searchsorted(words[start:end], word)
    return bool(at < end and words[at] == word)


@_compile
def _people(c: Columns, i: int, j: int) -> float:
    best = 0.0
    for a in range(c.people_at[i], c.people_at[i + 1]):
        for b in range(c.people_at[j], c.people_at[j + 1]):
            if c.last[a] != c.last[b] or (c.first[a] != 0 and c.first[b] != 0 and c.first[a] != c.first[b]):
                continue
            fit = 1.0 if c.first[a] != 0 and c.first[a] == c.first[b] else 0.6
            if c.age[a] >= 0 and c.age[b] >= 0:
                fit += 0.2 if abs(int(c.age[a]) - int(c.age[b])) <= 1 else -0.3
            best = max(best, fit)
    return best


@_compile
def _gap(first: int, last: int, other_first: int, other_last: int) -> int:
    return max(0, first - other_last, other_first - last)


@_compile
def _same_days(c: Columns, i: int, j: int) -> float:
    best = math.nan
    for a in range(0, 4, 2):
        for b in range(0, 4, 2):
            if c.whens[i, a] == _NO_DAY or c.whens[j, b] == _NO_DAY:
                continue
            if _gap(c.whens[i, a], c.whens[i, a + 1], c.whens[j, b], c.whens[j, b + 1]) <= 1:
                longer = max(c.whens[i, a + 1] - c.whens[i, a], c.whens[j, b + 1] - c.whens[j, b]) + 1
                value = 1 / (1 + math.log2(longer))
                if math.isnan(best) or value > best:
                    best = value
    return best


@_compile
def _days_apart(c: Columns, i: int, j: int) -> float:
    least = -1
    for a in range(0, 4, 2):
        for b in range(0, 4, 2):
            if c.sure[i, a] != _NO_DAY and c.sure[j, b] != _NO_DAY:
                gap = _gap(c.sure[i, a], c.sure[i, a + 1], c.sure[j, b], c.sure[j, b + 1])
                least = gap if least < 0 else min(least, gap)
    return math.log(least) + 0.3 if least > 1 else math.nan


@_compile
def _told_before(c: Columns, i: int, j: int) -> float:
    late = 0
    for one, other in ((i, j), (j, i)):
        if c.published[one] == _NO_DAY or c.sure[other, 0] == _NO_DAY:
            continue
        first = c.sure[other, 0]
        if c.sure[other, 2] != _NO_DAY:
            first = min(first, c.sure[other, 2])
        late = max(late, first - c.published[one])
    return math.log(late) + 0.3 if late > 1 else math.nan


@_compile
def _place_named(c: Columns, i: int, j: int) -> bool:
    for spot in range(2 * i, 2 * i + c.spot_count[i]):
        if c.spot_name[spot] == 0:
            continue
        held = True
        for at in range(c.spot_words_at[spot], c.spot_words_at[spot + 1]):
            if not _holds(c.rare, c.rare_at[j], c.rare_at[j + 1], c.spot_words[at]):
                held = False
        if held:
            return True
    return False


@_compile
def _km_apart(c: Columns, i: int, j: int) -> float:
    nearest = math.nan
    for a in range(2 * i, 2 * i + c.spot_count[i]):
        for b in range(2 * j, 2 * j + c.spot_count[j]):
            km = math.nan
            if c.spot_name[a] != 0 and c.spot_name[a] == c.spot_name[b]:
                km = 0.0
            elif math.isnan(c.spots[a, 0]) or math.isnan(c.spots[b, 0]):
                if c.spot_country[a] != 0 and c.spot_country[b] != 0 and c.spot_country[a] != c.spot_country[b]:
                    km = ABROAD_KM
            else:
                x, y, z = c.spots[a, 0] - c.spots[b, 0], c.spots[a, 1] - c.spots[b, 1], c.spots[a, 2] - c.spots[b, 2]
                apart = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(x * x + y * y + z * z) / 2))
                km = max(0.0, apart - max(c.spots[a, 3], c.spots[b, 3]))
            if not math.isnan(km) and (math.isnan(nearest) or km < nearest):
                nearest = km
    if math.isnan(nearest) or (nearest > NEAR_KM and (_place_named(c, i, j) or _place_named(c, j, i))):
        return math.nan
    return math.log1p(nearest)


@_compile
def _same_address(c: Columns, i: int, j: int) -> float:
    if c.streets_at[i] == c.streets_at[i + 1] or c.streets_at[j] == c.streets_at[j + 1]:
        return math.nan
    for a in range(c.streets_at[i], c.streets_at[i + 1]):
        for b in range(c.streets_at[j], c.streets_at[j + 1]):
            shared = _shared(c.street, c.street_at[a], c.street_at[a + 1], c.street, c.street_at[b], c.street_at[b + 1])
            if shared == min(c.street_at[a + 1] - c.street_at[a], c.street_at[b + 1] - c.street_at[b]):
                return 1.0
    return 0.0


@_compile
def _target_named(c: Columns, i: int, j: int) -> float:
    best = math.nan
    for one, other in ((i, j), (j, i)):
        size = c.target_at[one + 1] - c.target_at[one]
        if size == 0 or c.rare_at[other] == c.rare_at[other + 1]:
            continue
        shared = _shared(c.target, c.target_at[one], c.target_at[one + 1], c.rare, c.rare_at[other], c.rare_at[other + 1])
        if math.isnan(best) or shared / size > best:
            best = shared / size
    return best


@_compile
def _counts_meet(c: Columns, i: int, j: int, at: int) -> float:
    if math.isnan(c.counts[i, at]) or math.isnan(c.counts[j, at]):
        return math.nan
    return 1.0 if c.counts[i, at] <= c.counts[j, at + 1] and c.counts[j, at] <= c.counts[i, at + 1] else 0.0


@_compile
def _loot_meets(c: Columns, i: int, j: int) -> float:
    found = math.nan
    for a in range(c.loot_at[i], c.loot_at[i + 1]):
        for b in range(c.loot_at[j], c.loot_at[j + 1]):
            if c.currency[a] == 0 or c.currency[a] != c.currency[b]:
                continue
            low, high = 1 - _LOOT_SLACK, 1 + _LOOT_SLACK
            if c.loot[a, 0] * low <= c.loot[b, 1] * high and c.loot[b, 0] * low <= c.loot[a, 1] * high:
                return 1.0
            found = 0.0
    return found


@_compile
def _share(found: int, left: int, right: int) -> float:
    return found / min(left, right) if left and right else math.nan


@_compile
def measure_pair(c: Columns, i: int, j: int, out: Array) -> None:
    """Fill ``out`` with the features of ``batch.BATCHED``, in its order; nan where a side does not say."""
    out[0] = _cosine(c.text, c.text_weight, c.text_at[i], c.text_at[i + 1], c.text_at[j], c.text_at[j + 1])
    out[1] = _cosine(c.lead, c.lead_weight, c.lead_at[i], c.lead_at[i + 1], c.lead_at[j], c.lead_at[j + 1])
    out[2] = math.nan
    if c.names_at[i] < c.names_at[i + 1] and c.names_at[j] < c.names_at[j + 1]:
        out[2] = _cosine(c.names, c.names_weight, c.names_at[i], c.names_at[i + 1], c.names_at[j], c.names_at[j + 1])
    out[3] = math.nan
    if c.rare_at[i] < c.rare_at[i + 1] and c.rare_at[j] < c.rare_at[j + 1]:
        out[3] = _rare_shared(c.rare, c.rarity, c.rare_at[i], c.rare_at[i + 1], c.rare_at[j], c.rare_at[j + 1])
    out[4] = math.nan
    if c.people_at[i] < c.people_at[i + 1] and c.people_at[j] < c.people_at[j + 1]:
        out[4] = _people(c, i, j)
    ages = _shared(c.ages, c.ages_at[i], c.ages_at[i + 1], c.ages, c.ages_at[j], c.ages_at[j + 1])
    out[5] = _share(ages, c.ages_at[i + 1] - c.ages_at[i], c.ages_at[j + 1] - c.ages_at[j])
    out[6] = _same_days(c, i, j)
    out[7] = _days_apart(c, i, j)
    out[8] = _told_before(c, i, j)
    out[9] = math.nan
    if c.published[i] != _NO_DAY and c.published[j] != _NO_DAY:
        out[9] = math.log1p(abs(int(c.published[i]) - int(c.published[j])))
    out[10] = _km_apart(c, i, j)
    out[11] = _same_address(c, i, j)
    out[12] = c.families[c.kind[i], c.kind[j]]
    target = _shared(c.target, c.target_at[i], c.target_at[i + 1], c.target, c.target_at[j], c.target_at[j + 1])
    out[13] = _share(target, c.target_at[i + 1] - c.target_at[i], c.target_at[j + 1] - c.target_at[j])
    out[14] = _target_named(c, i, j)
    for at in range(3):
        out[15 + at] = _counts_meet(c, i, j, 2 * at)
    out[18] = _loot_meets(c, i, j)
    out[19] = 2.0 - c.focus[i] - c.focus[j]


@_compile
def _interpolate(value: float, knots: Array, odds: Array, count: int) -> float:
    if value <= knots[0]:
        return float(odds[0])
    for at in range(1, count):
        if value <= knots[at]:
            share = (value - knots[at - 1]) / (knots[at] - knots[at - 1])
            return float(odds[at - 1] + share * (odds[at] - odds[at - 1]))
    return float(odds[count - 1])


@_compile
def score_all(c: Columns, left: Array, right: Array, knots: Array, odds: Array, lengths: Array, bias: float, out: Array) -> None:
    """Fill ``out`` with the log-odds of pairs, (pairs,) float32."""
    values = np.empty(len(lengths))
    for pair in range(len(left)):
        measure_pair(c, left[pair], right[pair], values)
        total = bias
        for at in range(len(lengths)):
            if lengths[at] > 0 and not math.isnan(values[at]):
                total += _interpolate(values[at], knots[at], odds[at], lengths[at])
        out[pair] = total
