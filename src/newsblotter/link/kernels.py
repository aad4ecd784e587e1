"""The features of ``compare.py`` over columns, and their sum: plain Python over arrays, made fast by numba.

Each ``_feature`` mirrors the function of that name in ``compare.py``, whose docstring says what it means. ``a`` and ``b`` are the
rows of two mentions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numba

from newsblotter.link.columns import BATCHED, LISTS
from newsblotter.link.columns import NO_DAY as _NO_DAY
from newsblotter.link.compare import LOOT_SLACK, NEAR_KM, RARE_NAME
from newsblotter.link.values import ABROAD_KM, EARTH_KM

if TYPE_CHECKING:
    from newsblotter.link.columns import Array, Columns

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Row = Any  # one of ``columns.ROW``
_FEATURES = len(BATCHED)
_PRODUCT, _RARITY, _COUNT = range(3)  # what a shared word is worth


def compiled(function: _Function) -> _Function:
    """Compile at first use; kept on disk beside the package, or in the user's cache."""
    made: _Function = numba.njit(nogil=True, cache=True)(function)
    return made


# The places of lists and the numbers of features, as the compiled code knows them.
(_PEOPLE, _VICTIMS, _ACCUSED, _AGES, _VICTIM_AGES, _MEANS, _TARGET, _STREETS, _LOOT, _PLACE, _, _RARE, _NAMES, _LEAD, _TEXT) = (
    range(len(LISTS))
)


@compiled
def _begin(a: _Row, which: int) -> int:
    """Where a list of a mention begins among all words."""
    return int(a.start + (a.ends[which - 1] if which else 0))


@compiled
def _end(a: _Row, which: int) -> int:
    return int(a.start + a.ends[which])


@compiled
def _meet(words: Array, weights: Array, first: tuple[int, int], other: tuple[int, int], worth: int) -> float:
    """What the words that two sorted lists share are worth together: the product of their weights, their rarity, or one each."""
    total = 0.0
    a, a_end = first
    b, b_end = other
    left_smaller = a_end - a <= b_end - b
    while a < a_end and b < b_end:
        word, other_word = words[a], words[b]
        if word == other_word:
            if worth == _PRODUCT:
                total += float(weights[a]) * float(weights[b])
            elif worth == _RARITY:
                total += max(0.0, float(weights[a] if left_smaller else weights[b]) - RARE_NAME)
            else:
                total += 1.0
        a += word <= other_word
        b += other_word <= word
    return total


@compiled
def _meet_lists(words: Array, weights: Array, a: _Row, b: _Row, which: int, worth: int) -> float:
    return _meet(words, weights, (_begin(a, which), _end(a, which)), (_begin(b, which), _end(b, which)), worth)


@compiled
def _share(words: Array, weights: Array, a: _Row, b: _Row, which: int) -> float:
    """Share of the shorter of two mentions' lists that the other holds."""
    shorter = min(_end(a, which) - _begin(a, which), _end(b, which) - _begin(b, which))
    return _meet_lists(words, weights, a, b, which, _COUNT) / shorter if shorter else math.nan


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
def _same_names(words: Array, weights: Array, a: _Row, b: _Row, which: int) -> float:
    if _begin(a, which) == _end(a, which) or _begin(b, which) == _end(b, which):
        return math.nan
    best = 0.0
    for one in range(_begin(a, which), _end(a, which), 2):
        for other in range(_begin(b, which), _end(b, which), 2):
            first, other_first = words[one], words[other]
            if words[one + 1] != words[other + 1] or (first != 0 and other_first != 0 and first != other_first):
                continue
            fit = 1.0 if first != 0 and first == other_first else 0.6
            if weights[one] >= 0 and weights[other] >= 0:
                fit += 0.2 if abs(weights[one] - weights[other]) <= 1 else -0.3
            best = max(best, fit)
    return best


@compiled
def _gap(first: int, last: int, other_first: int, other_last: int) -> int:
    return max(0, first - other_last, other_first - last)


@compiled
def _same_days(a: _Row, b: _Row) -> float:
    best = math.nan
    for at in range(0, 4, 2):
        for to in range(0, 4, 2):
            if a.whens[at] == _NO_DAY or b.whens[to] == _NO_DAY:
                continue
            if _gap(a.whens[at], a.whens[at + 1], b.whens[to], b.whens[to + 1]) <= 1:
                longer = max(a.whens[at + 1] - a.whens[at], b.whens[to + 1] - b.whens[to]) + 1
                value = 1 / (1 + math.log2(longer))
                if math.isnan(best) or value > best:
                    best = value
    return best


@compiled
def _days_apart(a: _Row, b: _Row) -> float:
    least = -1
    for at in range(0, 4, 2):
        for to in range(0, 4, 2):
            if a.sure[at] != _NO_DAY and b.sure[to] != _NO_DAY:
                gap = _gap(a.sure[at], a.sure[at + 1], b.sure[to], b.sure[to + 1])
                least = gap if least < 0 else min(least, gap)
    return math.log(least) + 0.3 if least > 1 else math.nan


@compiled
def _late(a: _Row, b: _Row) -> int:
    """Days from the printing of one to the first sure day of the other."""
    if a.published == _NO_DAY or b.sure[0] == _NO_DAY:
        return 0
    first = b.sure[0]
    if b.sure[2] != _NO_DAY:
        first = min(first, b.sure[2])
    return int(first - a.published)


@compiled
def _told_before(a: _Row, b: _Row) -> float:
    late = max(_late(a, b), _late(b, a))
    return math.log(late) + 0.3 if late > 1 else math.nan


@compiled
def _fresh_gap(a: _Row, day: int) -> float:
    """Days, as a logarithm, from a mention's sure dates to fresh news printed on a day."""
    least = _gap(a.sure[0], a.sure[1], day - 1, day)
    if a.sure[2] != _NO_DAY:
        least = min(least, _gap(a.sure[2], a.sure[3], day - 1, day))
    return math.log1p(least)


@compiled
def _fresh_apart(a: _Row, b: _Row) -> float:
    ours, theirs = a.sure[0] != _NO_DAY, b.sure[0] != _NO_DAY
    if ours and theirs:
        return math.nan
    if not ours and (not a.fresh or a.published == _NO_DAY):
        return math.nan
    if not theirs and (not b.fresh or b.published == _NO_DAY):
        return math.nan
    if ours:
        return _fresh_gap(a, b.published)
    if theirs:
        return _fresh_gap(b, a.published)
    return math.log1p(max(0, abs(a.published - b.published) - 1))


@compiled
def _printed_apart(a: _Row, b: _Row) -> float:
    if a.published == _NO_DAY or b.published == _NO_DAY:
        return math.nan
    return math.log1p(abs(a.published - b.published))


@compiled
def _place_named(words: Array, a: _Row, b: _Row) -> bool:
    """Whether a place of the one is named in the text of the other."""
    for spot in range(a.spot_count):
        if a.places[spot] == 0:
            continue
        held = True
        for at in range(_begin(a, _PLACE + spot), _end(a, _PLACE + spot)):
            if not _holds(words, _begin(b, _RARE), _end(b, _RARE), words[at]):
                held = False
        if held:
            return True
    return False


@compiled
def _spots_apart(a: _Row, at: int, b: _Row, to: int) -> float:
    """Kilometres between two places; nan: not known."""
    if a.places[at] != 0 and a.places[at] == b.places[to]:
        return 0.0
    if math.isnan(a.spots[4 * at]) or math.isnan(b.spots[4 * to]):
        abroad = a.countries[at] != 0 and b.countries[to] != 0 and a.countries[at] != b.countries[to]
        return ABROAD_KM if abroad else math.nan
    squares = 0.0
    for axis in range(3):
        squares += (float(a.spots[4 * at + axis]) - float(b.spots[4 * to + axis])) ** 2
    apart = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(squares) / 2))
    return max(0.0, apart - max(float(a.spots[4 * at + 3]), float(b.spots[4 * to + 3])))


@compiled
def _km_apart(words: Array, a: _Row, b: _Row) -> float:
    nearest = math.nan
    for at in range(a.spot_count):
        for to in range(b.spot_count):
            km = _spots_apart(a, at, b, to)
            if not math.isnan(km) and (math.isnan(nearest) or km < nearest):
                nearest = km
    if math.isnan(nearest) or (nearest > NEAR_KM and (_place_named(words, a, b) or _place_named(words, b, a))):
        return math.nan
    return math.log1p(nearest)


@compiled
def _same_address(words: Array, weights: Array, a: _Row, b: _Row) -> float:
    if _begin(a, _STREETS) == _end(a, _STREETS) or _begin(b, _STREETS) == _end(b, _STREETS):
        return math.nan
    at = _begin(a, _STREETS)
    while at < _end(a, _STREETS):
        size, to = int(words[at]), _begin(b, _STREETS)
        while to < _end(b, _STREETS):
            other = int(words[to])
            shared = _meet(words, weights, (at + 1, at + 1 + size), (to + 1, to + 1 + other), _COUNT)
            if shared == min(size, other):
                return 1.0
            to += 1 + other
        at += 1 + size
    return 0.0


@compiled
def _named_share(words: Array, weights: Array, a: _Row, b: _Row) -> float:
    """Share of the words of one's target that the other names."""
    size = _end(a, _TARGET) - _begin(a, _TARGET)
    if size == 0 or _begin(b, _RARE) == _end(b, _RARE):
        return math.nan
    first, other = (_begin(a, _TARGET), _end(a, _TARGET)), (_begin(b, _RARE), _end(b, _RARE))
    return _meet(words, weights, first, other, _COUNT) / size


@compiled
def _target_named(words: Array, weights: Array, a: _Row, b: _Row) -> float:
    ours, theirs = _named_share(words, weights, a, b), _named_share(words, weights, b, a)
    if math.isnan(ours):
        return theirs
    return ours if math.isnan(theirs) else max(ours, theirs)


@compiled
def _counts_meet(a: _Row, b: _Row, at: int) -> float:
    if math.isnan(a.counts[at]) or math.isnan(b.counts[at]):
        return math.nan
    return 1.0 if a.counts[at] <= b.counts[at + 1] and b.counts[at] <= a.counts[at + 1] else 0.0


@compiled
def _loot_meets(words: Array, weights: Array, a: _Row, b: _Row) -> float:
    found = math.nan
    low, high = 1 - LOOT_SLACK, 1 + LOOT_SLACK
    for one in range(_begin(a, _LOOT), _end(a, _LOOT), 2):
        for other in range(_begin(b, _LOOT), _end(b, _LOOT), 2):
            if words[one] == 0 or words[one] != words[other]:
                continue
            if weights[one] * low <= weights[other + 1] * high and weights[other] * low <= weights[one + 1] * high:
                return 1.0
            found = 0.0
    return found


@compiled
def _row_alike(words: Array, families: Array, a: _Row, b: _Row, at: int) -> float:
    """The features that rest on the rows, 0 to 12 of ``BATCHED``."""
    if at == 0:
        return float(families[a.kind, b.kind])
    if at == 1:
        return float(2 - a.focus - b.focus)
    if at == 2:
        return float(a.taking + b.taking)
    if at == 3:
        return _days_apart(a, b)
    if at == 4:
        return _km_apart(words, a, b)
    if at == 5:
        return _printed_apart(a, b)
    if at == 6:
        return _fresh_apart(a, b)
    if at == 7:
        return _same_days(a, b)
    if at == 8:
        return _told_before(a, b)
    if at == 9:
        if a.outlet == 0 or b.outlet == 0:
            return math.nan
        return 1.0 if a.outlet == b.outlet else 0.0
    return _counts_meet(a, b, 2 * (at - 10))


@compiled
def _words_alike(words: Array, weights: Array, a: _Row, b: _Row, at: int) -> float:
    """The features that compare lists, 13 to 26 of ``BATCHED``."""
    if at <= 15:
        return _same_names(words, weights, a, b, _PEOPLE + at - 13)
    if at <= 17:
        return _share(words, weights, a, b, _AGES + at - 16)
    if at == 18:
        return _same_address(words, weights, a, b)
    if at == 19:
        return _share(words, weights, a, b, _TARGET)
    if at == 20:
        return _share(words, weights, a, b, _MEANS)
    if at == 21:
        return _loot_meets(words, weights, a, b)
    if at == 23:
        return _target_named(words, weights, a, b)
    which = _RARE if at == 22 else _NAMES + at - 24
    if which in (_RARE, _NAMES) and (_begin(a, which) == _end(a, which) or _begin(b, which) == _end(b, which)):
        return math.nan
    return _meet_lists(words, weights, a, b, which, _RARITY if which == _RARE else _PRODUCT)


@compiled
def measure(c: Columns, i: int, j: int, at: int) -> float:
    """The feature at that position of ``BATCHED``; nan where a side does not say."""
    a, b = c.rows[i], c.rows[j]
    return _row_alike(c.words, c.families, a, b, at) if at <= 12 else _words_alike(c.words, c.weights, a, b, at)


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
    c: Columns, left: Array, right: Array, tables: tuple[Array, Array, Array, Array, float], least: float, out: Array
) -> None:
    """Fill ``out`` with the log-odds of pairs, (pairs,) float32.

    Args:
        c: The mentions.
        left: Positions of one end of each pair.
        right: Of the other.
        tables: Knots of each feature, log-odds at them, how many knots it has (0: not asked for), the most that it can add to a
            pair that has it, and where the scale starts.
        least: Log-odds below which a pair is given up: it gets -inf as soon as what is left to ask cannot lift it to them.
        out: Filled.
    """
    rows, words, weights, families = c.rows, c.words, c.weights, c.families
    knots, odds, lengths, gains, bias = tables
    for pair in range(len(left)):
        a, b = rows[left[pair]], rows[right[pair]]
        stated = a.stated & b.stated
        total, hope = bias, 0.0
        for at in range(len(lengths)):
            if stated >> at & 1:
                hope += gains[at]
        for at in range(len(lengths)):
            if not stated >> at & 1 or lengths[at] == 0:
                continue
            if total + hope < least:
                total = -math.inf
                break
            hope -= gains[at]
            value = _row_alike(words, families, a, b, at) if at <= 12 else _words_alike(words, weights, a, b, at)
            if not math.isnan(value):
                total += _interpolate(value, knots[at], odds[at], lengths[at])
        out[pair] = total
