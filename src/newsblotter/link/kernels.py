"""The compiled loops of ``batch.py`` but for those that group (``components.py``): plain Python over arrays, made fast by numba.

Each ``_feature`` mirrors the function of that name in ``compare.py``, whose docstring says what it means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

from newsblotter.link.compare import LOOT_SLACK, NEAR_KM, RARE_NAME
from newsblotter.link.values import ABROAD_KM, EARTH_KM

if TYPE_CHECKING:
    from newsblotter.link.batch import Array, Columns

_Function = TypeVar("_Function", bound=Callable[..., Any])
_NO_DAY = -(2**31)


def compiled(function: _Function) -> _Function:
    """Compile at first use; kept on disk beside the package, or in the user's cache."""
    made: _Function = numba.njit(nogil=True, cache=True)(function)
    return made


def inlined(function: _Function) -> _Function:
    """Put the body where it is called: handing over the columns, some sixty arrays, takes longer than most bodies."""
    made: _Function = numba.njit(inline="always")(function)
    return made


@compiled
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


@compiled
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


@compiled
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


@compiled
def _holds(words: Array, start: int, end: int, word: int) -> bool:
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if words[middle] < word:
            low = middle + 1
        else:
            high = middle
    return bool(low < end and words[low] == word)


@compiled
def _same_names(at: Array, firsts: Array, lasts: Array, ages: Array, i: int, j: int) -> float:
    if at[i] == at[i + 1] or at[j] == at[j + 1]:
        return math.nan
    best = 0.0
    for a in range(at[i], at[i + 1]):
        for b in range(at[j], at[j + 1]):
            if lasts[a] != lasts[b] or (firsts[a] != 0 and firsts[b] != 0 and firsts[a] != firsts[b]):
                continue
            fit = 1.0 if firsts[a] != 0 and firsts[a] == firsts[b] else 0.6
            if ages[a] >= 0 and ages[b] >= 0:
                fit += 0.2 if abs(int(ages[a]) - int(ages[b])) <= 1 else -0.3
            best = max(best, fit)
    return best


@compiled
def _gap(first: int, last: int, other_first: int, other_last: int) -> int:
    return max(0, first - other_last, other_first - last)


@inlined
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


@inlined
def _days_apart(c: Columns, i: int, j: int) -> float:
    least = -1
    for a in range(0, 4, 2):
        for b in range(0, 4, 2):
            if c.sure[i, a] != _NO_DAY and c.sure[j, b] != _NO_DAY:
                gap = _gap(c.sure[i, a], c.sure[i, a + 1], c.sure[j, b], c.sure[j, b + 1])
                least = gap if least < 0 else min(least, gap)
    return math.log(least) + 0.3 if least > 1 else math.nan


@inlined
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


@compiled
def _fresh_gap(sure: Array, i: int, day: int) -> float:
    """Days, as a logarithm, from a mention's sure dates to fresh news printed on a day."""
    least = _gap(sure[i, 0], sure[i, 1], day - 1, day)
    if sure[i, 2] != _NO_DAY:
        least = min(least, _gap(sure[i, 2], sure[i, 3], day - 1, day))
    return math.log1p(least)


@inlined
def _fresh_apart(c: Columns, i: int, j: int) -> float:
    ours, theirs = c.sure[i, 0] != _NO_DAY, c.sure[j, 0] != _NO_DAY
    if ours and theirs:
        return math.nan
    if not ours and (not c.fresh[i] or c.published[i] == _NO_DAY):
        return math.nan
    if not theirs and (not c.fresh[j] or c.published[j] == _NO_DAY):
        return math.nan
    if ours:
        return _fresh_gap(c.sure, i, c.published[j])
    if theirs:
        return _fresh_gap(c.sure, j, c.published[i])
    return math.log1p(max(0, abs(c.published[i] - c.published[j]) - 1))


@inlined
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


@inlined
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


@inlined
def _same_address(c: Columns, i: int, j: int) -> float:
    if c.streets_at[i] == c.streets_at[i + 1] or c.streets_at[j] == c.streets_at[j + 1]:
        return math.nan
    for a in range(c.streets_at[i], c.streets_at[i + 1]):
        for b in range(c.streets_at[j], c.streets_at[j + 1]):
            shared = _shared(c.street, c.street_at[a], c.street_at[a + 1], c.street, c.street_at[b], c.street_at[b + 1])
            if shared == min(c.street_at[a + 1] - c.street_at[a], c.street_at[b + 1] - c.street_at[b]):
                return 1.0
    return 0.0


@inlined
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


@inlined
def _counts_meet(c: Columns, i: int, j: int, at: int) -> float:
    if math.isnan(c.counts[i, at]) or math.isnan(c.counts[j, at]):
        return math.nan
    return 1.0 if c.counts[i, at] <= c.counts[j, at + 1] and c.counts[j, at] <= c.counts[i, at + 1] else 0.0


@inlined
def _loot_meets(c: Columns, i: int, j: int) -> float:
    found = math.nan
    for a in range(c.loot_at[i], c.loot_at[i + 1]):
        for b in range(c.loot_at[j], c.loot_at[j + 1]):
            if c.currency[a] == 0 or c.currency[a] != c.currency[b]:
                continue
            low, high = 1 - LOOT_SLACK, 1 + LOOT_SLACK
            if c.loot[a, 0] * low <= c.loot[b, 1] * high and c.loot[b, 0] * low <= c.loot[a, 1] * high:
                return 1.0
            found = 0.0
    return found


@compiled
def _share(at: Array, items: Array, i: int, j: int) -> float:
    """Share of the shorter of two mentions' lists that the other holds."""
    shorter = min(at[i + 1] - at[i], at[j + 1] - at[j])
    return _shared(items, at[i], at[i + 1], items, at[j], at[j + 1]) / shorter if shorter else math.nan


@inlined
def _words_alike(c: Columns, i: int, j: int, at: int) -> float:
    """The features that compare words, 0 to 3 of ``batch.BATCHED``."""
    if at == 0:
        return _cosine(c.text, c.text_weight, c.text_at[i], c.text_at[i + 1], c.text_at[j], c.text_at[j + 1])
    if at == 1:
        return _cosine(c.lead, c.lead_weight, c.lead_at[i], c.lead_at[i + 1], c.lead_at[j], c.lead_at[j + 1])
    if at == 2:
        if c.names_at[i] == c.names_at[i + 1] or c.names_at[j] == c.names_at[j + 1]:
            return math.nan
        return _cosine(c.names, c.names_weight, c.names_at[i], c.names_at[i + 1], c.names_at[j], c.names_at[j + 1])
    if c.rare_at[i] == c.rare_at[i + 1] or c.rare_at[j] == c.rare_at[j + 1]:
        return math.nan
    return _rare_shared(c.rare, c.rarity, c.rare_at[i], c.rare_at[i + 1], c.rare_at[j], c.rare_at[j + 1])


@inlined
def _people_alike(c: Columns, i: int, j: int, at: int) -> float:
    """The features that compare people and means, 4, 5 and 20 to 23."""
    if at == 4:
        return _same_names(c.people_at, c.first, c.last, c.age, i, j)
    if at == 5:
        return _share(c.ages_at, c.ages, i, j)
    if at == 20:
        return _same_names(c.victims_at, c.victim_first, c.victim_last, c.victim_age, i, j)
    if at == 21:
        return _same_names(c.accused_at, c.accused_first, c.accused_last, c.accused_age, i, j)
    if at == 22:
        return _share(c.victim_ages_at, c.victim_ages, i, j)
    return _share(c.means_at, c.means, i, j)


@inlined
def _times_alike(c: Columns, i: int, j: int, at: int) -> float:
    """The features that compare days, 6 to 9 and 24."""
    if at == 6:
        return _same_days(c, i, j)
    if at == 7:
        return _days_apart(c, i, j)
    if at == 8:
        return _told_before(c, i, j)
    if at == 24:
        return _fresh_apart(c, i, j)
    if c.published[i] == _NO_DAY or c.published[j] == _NO_DAY:
        return math.nan
    return math.log1p(abs(int(c.published[i]) - int(c.published[j])))


@inlined
def _rest_alike(c: Columns, i: int, j: int, at: int) -> float:
    """The other features: places, types, targets, counts, loot, outlets."""
    if at == 10:
        return _km_apart(c, i, j)
    if at == 11:
        return _same_address(c, i, j)
    if at == 12:
        return float(c.families[c.kind[i], c.kind[j]])
    if at == 13:
        return _share(c.target_at, c.target, i, j)
    if at == 14:
        return _target_named(c, i, j)
    if at <= 17:
        return _counts_meet(c, i, j, 2 * (at - 15))
    if at == 18:
        return _loot_meets(c, i, j)
    if at == 19:
        return float(2 - c.focus[i] - c.focus[j])
    if at == 26:
        return float(c.taking[i] + c.taking[j])
    if c.outlet[i] == 0 or c.outlet[j] == 0:
        return math.nan
    return 1.0 if c.outlet[i] == c.outlet[j] else 0.0


@inlined
def measure(c: Columns, i: int, j: int, at: int) -> float:
    """The feature at that position of ``batch.BATCHED``; nan where a side does not say."""
    if at <= 3:
        return _words_alike(c, i, j, at)
    if at <= 5 or 20 <= at <= 23:
        return _people_alike(c, i, j, at)
    if at <= 9 or at == 24:
        return _times_alike(c, i, j, at)
    return _rest_alike(c, i, j, at)


@compiled
def _interpolate(value: float, knots: Array, odds: Array, count: int) -> float:
    if value <= knots[0]:
        return float(odds[0])
    for at in range(1, count):
        if value <= knots[at]:
            share = (value - knots[at - 1]) / (knots[at] - knots[at - 1])
            return float(odds[at - 1] + share * (odds[at] - odds[at - 1]))
    return float(odds[count - 1])


@compiled
def score_all(
    c: Columns,
    pairs: tuple[Array, Array],
    order: Array,
    most: Array,
    tables: tuple[Array, Array, Array, float],
    least: float,
    out: Array,
) -> None:
    """Fill ``out`` with the log-odds of pairs, (pairs,) float32.

    Args:
        c: The mentions.
        pairs: Positions of both ends.
        order: The features in the order in which they are asked.
        most: What those from each on can add at most, in that order, and 0 at the end.
        tables: Knots, log-odds at them, how many knots each feature has, and where the scale starts.
        least: Log-odds below which a pair is given up: it gets -inf as soon as it cannot reach them.
        out: Filled.
    """
    left, right = pairs
    knots, odds, lengths, bias = tables
    for pair in range(len(left)):
        total = bias
        for nth in range(len(order)):
            if total + most[nth] < least:
                total = -math.inf
                break
            at = order[nth]
            value = measure(c, left[pair], right[pair], at)
            if not math.isnan(value):
                total += _interpolate(value, knots[at], odds[at], lengths[at])
        out[pair] = total


# --- blocks -----------------------------------------------------------------------------------------------------


@compiled
def meet(
    blocks: tuple[Array, Array, Array, Array, Array],
    bounds: Array,
    limits: Array,
    begin: int,
    end: int,
    whom: Array,
    score: Array,
) -> None:
    """``block.find_meetings`` without sorting: scores are summed in one column over all mentions.

    Args:
        blocks: at, units, owners, starts, sizes of the postings; units are ``weigh_meeting``'s, one a key of a mention.
        bounds: Where each mention's keys begin.
        limits: crowd, reach, most members of a block that is still opened, met, candidates.
        begin: First mention.
        end: Last, excluded.
        whom: Filled with the candidates of each mention, best first, (mentions, candidates) int32; -1: no more.
        score: Filled with their scores.
    """
    at, units, owners, starts, sizes = blocks[0], blocks[1], blocks[2], blocks[3], blocks[4]
    crowd, reach, most, met, candidates = limits
    sums = np.zeros(len(bounds) - 1, dtype=np.int32)
    touched = np.empty(1 << 16, dtype=np.int32)
    for mention in range(begin, end):
        low, high = bounds[mention], bounds[mention + 1]
        rank = np.argsort(sizes[at[low:high]].astype(np.int64) * (1 << 32) + at[low:high])
        spent, count = 0, 0
        for nth in rank:
            here = at[low + nth]
            start, size = starts[here], sizes[here]
            if size < 2 or (size > crowd and size > most):
                continue
            first, last = start, start + size
            if size > crowd:
                first, last = max(start, here - reach), min(start + size, here + reach + 1)
            for position in range(first, last):
                other = owners[position]
                if other != mention:
                    if sums[other] == 0:
                        touched[count] = other
                        count += 1
                    sums[other] += units[low + nth]
            spent += last - first - 1
            if spent >= met:
                break
        _take_best(sums, touched[:count], candidates, whom[mention], score[mention])
        for nth in range(count):
            sums[touched[nth]] = 0


@compiled
def _take_best(sums: Array, touched: Array, candidates: int, whom: Array, score: Array) -> None:
    """Write the touched with the highest sums, the lowest numbers among equals."""
    packed = np.empty(len(touched), dtype=np.int64)
    for at in range(len(touched)):
        packed[at] = -(np.int64(sums[touched[at]]) << 25) + touched[at]
    packed.sort()
    for at in range(candidates):
        whom[at] = -1
        if at < len(packed):
            whom[at] = packed[at] & ((1 << 25) - 1)
            score[at] = sums[whom[at]]
