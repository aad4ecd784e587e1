"""The hot loops over words and anchors, compiled by numba; see ``kernels`` for those over bytes.

Each public function gives what the numpy function of its name gives, whose docstring says what that is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from newsblotter.copies.anchors import ALL_BELOW, ANCHOR_BITS, ODD, SHINGLE_WORDS, TEXT_BITS, WINDOW, Texts
from newsblotter.copies.folding import Hashes, Numbers, Shares, Words
from newsblotter.copies.kernels import DOWN, ONE, UP, ZERO, compiled
from newsblotter.copies.pairing import TEXTS_MAX, Bar, Pairs

Short = npt.NDArray[np.uint32]
Told = tuple[Numbers, Numbers, Numbers, npt.NDArray[np.int32], Numbers]

_PART_BITS = 15  # a part of so many anchors and the room to sort them lie in a processor's second cache
_DIGIT = 11  # bits sorted by at a time: their counts lie in the first
_DIGITS = 1 << _DIGIT
_FEW = 24  # an anchor in more texts than this is worth a real sort of its texts
_TEXT_SHIFT = np.uint64(TEXT_BITS)
_TEXTS = np.uint64(TEXTS_MAX)
_FIRST = np.uint32(1 << 31)  # marks the first text of an anchor
_LISTED = np.uint32((1 << 31) - 1)
_ROOM = 1 << 16  # pairs told at a time, beside those of one text


# --- anchors ----------------------------------------------------------------------------------------------------------


@compiled
def _winnow(words: Words, lengths: Numbers, labels: Hashes, packed: Hashes) -> int:
    top = ONE
    for _ in range(SHINGLE_WORDS - 1):
        top *= UP
    shift = np.uint64(64 - ANCHOR_BITS)
    shingles = np.empty(max(0, lengths.max()), dtype=np.uint64)
    count = begin = 0
    for text in range(len(lengths)):
        size = lengths[text] - SHINGLE_WORDS + 1
        total, power = ZERO, ONE
        for at in range(begin, begin + min(SHINGLE_WORDS, lengths[text])):
            total += np.uint64(words[at]) * power
            power *= UP
        for at in range(size):
            shingles[at] = total
            if at + 1 < size:
                total = (total - np.uint64(words[begin + at])) * DOWN + np.uint64(words[begin + at + SHINGLE_WORDS]) * top
        if lengths[text] < ALL_BELOW:
            for at in range(size):
                packed[count] = ((shingles[at] * ODD) >> shift) << _TEXT_SHIFT | labels[text]
                count += 1
        else:
            lowest_at = -1
            lowest = before = ZERO
            for at in range(size - WINDOW + 1):
                last = at + WINDOW - 1
                if lowest_at < at:
                    lowest, lowest_at = shingles[at], at
                    for other in range(at + 1, last + 1):
                        if shingles[other] <= lowest:
                            lowest, lowest_at = shingles[other], other
                elif shingles[last] <= lowest:
                    lowest, lowest_at = shingles[last], last
                if at == 0 or lowest != before:
                    packed[count] = ((lowest * ODD) >> shift) << _TEXT_SHIFT | labels[text]
                    count += 1
                    before = lowest
        begin += lengths[text]
    return count


def pack_anchors(words: Words, lengths: Numbers, labels: Numbers) -> Hashes:
    """See ``anchors.pack_anchors``."""
    packed = np.empty(len(words), dtype=np.uint64)
    return packed[: _winnow(words, lengths, labels.astype(np.uint64), packed)].copy() if len(words) else packed


# --- sorting ----------------------------------------------------------------------------------------------------------


@compiled
def _count_parts(values: Hashes, shift: np.uint64, counts: Numbers) -> None:
    for value in values:
        counts[value >> shift] += 1


@compiled
def _deal_out(values: Hashes, shift: np.uint64, places: Numbers, dealt: Hashes) -> None:
    """Put every value into its part, at its next free place."""
    for value in values:
        part = value >> shift
        dealt[places[part]] = value
        places[part] += 1


@compiled
def _sort_digit(values: Hashes, shift: np.uint64, counts: Numbers, dealt: Hashes) -> None:
    """Deal out values in the order of some of their bits, those of equal bits in the order that they had."""
    counts[:] = 0
    last = np.uint64(_DIGITS - 1)
    for value in values:
        counts[(value >> shift) & last] += 1
    total = 0
    for digit in range(_DIGITS):
        total, counts[digit] = total + counts[digit], total
    for value in values:
        digit = (value >> shift) & last
        dealt[counts[digit]] = value
        counts[digit] += 1


@compiled
def _mend(values: Hashes) -> None:
    """Sort values that stand nearly in order."""
    for at in range(1, len(values)):
        value, to = values[at], at
        while to > 0 and values[to - 1] > value:
            values[to] = values[to - 1]
            to -= 1
        values[to] = value


@compiled
def _sort_parts(values: Hashes, ends: Numbers, part_bits: int) -> int:
    """Sort every part, and leave out what stands there twice; tells how many values are left, at the front."""
    most = begin = 0
    for end in ends:
        most, begin = max(most, end - begin), end
    spare, counts = np.empty(most, dtype=np.uint64), np.empty(_DIGITS, dtype=np.int64)
    high = np.uint64(max(TEXT_BITS, 64 - part_bits - _DIGIT))
    low = np.uint64(max(TEXT_BITS, 64 - part_bits - 2 * _DIGIT))
    begin = kept = 0
    for end in ends:
        part = values[begin:end]
        # two digits of those bits in which the values of a part differ put nearly all of them in order
        _sort_digit(part, low, counts, spare)
        _sort_digit(spare[: end - begin], high, counts, part)
        run = 0
        for at in range(1, len(part) + 1):
            if at == len(part) or part[at] >> low != part[run] >> low:
                if at - run > _FEW:
                    part[run:at].sort()
                elif at - run > 1:
                    _mend(part[run:at])
                run = at
        for value in part:
            if kept == 0 or values[kept - 1] != value:
                values[kept] = value
                kept += 1
        begin = end
    return kept


def sort_anchors(blocks: list[Hashes]) -> Hashes:
    """See ``pairing.sort_anchors``."""
    total = sum(map(len, blocks))
    bits = max(1, (total >> _PART_BITS).bit_length())
    shift = np.uint64(64 - bits)
    counts = np.zeros(1 << bits, dtype=np.int64)
    for block in blocks:
        _count_parts(block, shift, counts)
    ends = np.cumsum(counts)
    places, dealt = ends - counts, np.empty(total, dtype=np.uint64)
    while blocks:
        _deal_out(blocks.pop(), shift, places, dealt)
    return dealt[: _sort_parts(dealt, ends, bits)]


# --- pairs ------------------------------------------------------------------------------------------------------------


@compiled
def _count_meetings(packed: Hashes, crowd: int, met: Numbers) -> int:
    """Count for every text the anchors that a text before it has too; tells how many texts are to be listed."""
    begin = listed = 0
    for at in range(1, len(packed) + 1):
        if at == len(packed) or packed[at] >> _TEXT_SHIFT != packed[begin] >> _TEXT_SHIFT:
            if at - begin > 1:
                for other in range(begin + 1, at):
                    met[packed[other] & _TEXTS] += 1
                listed += at - begin if at - begin <= crowd else 2
            begin = at
    return listed


@compiled
def _list_meetings(packed: Hashes, crowd: int, places: Numbers, meetings: Short, listed: Short) -> None:
    """List the texts of every anchor in more than one, the first marked; and for every text where it stands in such lists.

    Of a crowd only the first is listed, and one place after it, at which all the others are said to stand.
    """
    begin = count = 0
    for at in range(1, len(packed) + 1):
        if at == len(packed) or packed[at] >> _TEXT_SHIFT != packed[begin] >> _TEXT_SHIFT:
            if at - begin > 1:
                listed[count] = np.uint32(packed[begin] & _TEXTS) | _FIRST
                crowded = at - begin > crowd
                for other in range(begin + 1, at):
                    text = packed[other] & _TEXTS
                    place = count + 1 if crowded else count + other - begin
                    listed[place] = np.uint32(text)
                    meetings[places[text]] = place
                    places[text] += 1
                count += 2 if crowded else at - begin
            begin = at


@compiled
def _tally(
    span: tuple[int, int], ends: Numbers, lists: tuple[Short, Short], lengths: Numbers, least: tuple[float, float], told: Told
) -> tuple[int, int]:
    """Count what each text of a span shares with those before it, and tell the pairs that share enough.

    Tells up to which text there was room, and how many pairs there are.
    """
    meetings, listed = lists
    left, right, shared, counts, touched = told
    found = 0
    begin = ends[span[0] - 1] if span[0] else 0
    for text in range(span[0], span[1]):
        if found + text > len(left):
            return text, found
        many = 0
        for at in range(begin, ends[text]):
            place = np.int64(meetings[at])
            first = False
            while not first:
                place -= 1
                first = listed[place] >= _FIRST
                other = np.int64(listed[place] & _LISTED)
                if counts[other] == 0:
                    touched[many] = other
                    many += 1
                counts[other] += 1
        begin = ends[text]
        for at in range(many):
            other = touched[at]
            if counts[other] >= (least[0] if lengths[other] < ALL_BELOW else least[1]) * lengths[text]:
                left[found], right[found], shared[found] = other, text, counts[other]
                found += 1
            counts[other] = 0
    return span[1], found


def propose(packed: Hashes, lengths: Numbers, bar: Bar) -> Pairs:
    """See ``pairing.propose``."""
    texts = len(lengths)
    met = np.zeros(texts, dtype=np.int64)
    listed = np.empty(_count_meetings(packed, bar.crowd, met), dtype=np.uint32)
    ends = np.cumsum(met)
    meetings = np.empty(int(met.sum()), dtype=np.uint32)
    _list_meetings(packed, bar.crowd, ends - met, meetings, listed)
    told = (*np.empty((3, texts + _ROOM), dtype=np.int64), np.zeros(texts, dtype=np.int32), np.empty(texts, dtype=np.int64))
    parts: list[tuple[Numbers, ...]] = [(told[0][:0],) * 3]
    at = 0
    while at < texts:
        at, found = _tally((at, texts), ends, (meetings, listed), lengths, (bar.short, bar.long), told)
        parts.append(tuple(column[:found].copy() for column in told[:3]))
    left, right, shared = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Pairs(left, right, shared.astype(np.float64))


# --- verbatim runs ----------------------------------------------------------------------------------------------------


@compiled
def _hash_runs(words: Words, run_words: int, runs: Hashes) -> int:
    """Hash every run; returns how many there are."""
    count = len(words) - run_words + 1
    if count <= 0:
        return 0
    total, power, top = ZERO, ONE, ONE
    for at in range(run_words):
        total += np.uint64(words[at]) * power
        top = power
        power *= UP
    for at in range(count):
        runs[at] = total
        if at + 1 < count:
            total = (total - np.uint64(words[at])) * DOWN + np.uint64(words[at + run_words]) * top
    return count


@compiled
def _share_all(
    words: Words, starts: Numbers, lengths: Numbers, pairs: tuple[Numbers, Numbers], runs: Numbers, shares: Shares
) -> None:
    shorter, longer = pairs
    most = 1
    for pair in range(len(shorter)):
        most = max(most, lengths[shorter[pair]], lengths[longer[pair]])
    bits = 8
    while (1 << bits) < 2 * most:
        bits += 1
    hashes = np.empty(most, dtype=np.uint64)
    table, filled = np.empty(1 << bits, dtype=np.uint64), np.zeros(1 << bits, dtype=np.int64)
    for pair in range(len(shorter)):
        own, other, run_words = shorter[pair], longer[pair], runs[pair]
        bits = 8  # a table no larger than it need be stays in the cache
        while (1 << bits) < 2 * lengths[other]:
            bits += 1
        last, shift = (1 << bits) - 1, np.uint64(64 - bits)
        for at in range(_hash_runs(words[starts[other] : starts[other] + lengths[other]], run_words, hashes)):
            slot = np.int64((hashes[at] * ODD) >> shift)
            while filled[slot] == pair + 1 and table[slot] != hashes[at]:
                slot = (slot + 1) & last
            table[slot], filled[slot] = hashes[at], pair + 1
        covered = covered_to = 0
        for at in range(_hash_runs(words[starts[own] : starts[own] + lengths[own]], run_words, hashes)):
            slot = np.int64((hashes[at] * ODD) >> shift)
            while filled[slot] == pair + 1 and table[slot] != hashes[at]:
                slot = (slot + 1) & last
            if filled[slot] == pair + 1:
                covered += at + run_words - max(at, covered_to)
                covered_to = at + run_words
        shares[pair] = covered / lengths[own]


def share_verbatim(texts: Texts, shorter: Numbers, longer: Numbers, runs: Numbers) -> Shares:
    """See ``anchors.share_verbatim``."""
    shares = np.empty(len(shorter))
    _share_all(texts.words, texts.starts, texts.lengths, (shorter, longer), runs, shares)
    return shares
