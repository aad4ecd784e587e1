"""Anchors → pairs of texts that share enough of them, in plain numpy.

An anchor and the rank of a text that has it are packed into one number, so what shares an anchor lies together once sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from newsblotter.copies.anchors import ALL_BELOW, TEXT_BITS
from newsblotter.copies.folding import Hashes, Numbers, Shares

TEXTS_MAX = (1 << TEXT_BITS) - 1  # in one grouping
_PART = 1 << 17  # anchors paired at a time: a megabyte, which lies in a processor's cache


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts; the left one comes first in the order of leads."""

    left: Numbers
    right: Numbers
    weight: Shares  # anchors shared, or the share of the right text that is verbatim


@dataclass(frozen=True, slots=True)
class Bar:
    """When texts that share anchors are worth a look."""

    crowd: int  # an anchor in more texts than this pairs each with the first only
    short: float  # anchors shared for every word of the shorter text, where both keep all their shingles
    long: float  # the same for other texts


def sort_anchors(blocks: list[Hashes]) -> Hashes:
    """All packed anchors in order, each once.

    Args:
        blocks: In any order; emptied on the way, so that nothing lies in memory twice.
    """
    packed = np.concatenate(blocks) if blocks else np.empty(0, dtype=np.uint64)
    blocks.clear()
    packed.sort()
    return packed[np.append(True, packed[1:] != packed[:-1])] if len(packed) > 1 else packed


def propose(packed: Hashes, lengths: Numbers, bar: Bar) -> Pairs:
    """Pairs of texts, by rank, that share enough anchors to be worth a look.

    Args:
        packed: Anchors packed with ranks, sorted.
        lengths: Words of the texts, by rank.
        bar: How many anchors are enough.
    """
    parts = [_pair_part(part, bar.crowd) for part in part_anchors(packed)]
    codes = np.concatenate(parts) if parts else packed[:0]
    codes.sort()
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.empty(0, dtype=np.int64)
    shared = np.diff(np.append(starts, len(codes)))
    codes = codes[starts]
    left, right = (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
    enough = shared >= least_shared(lengths[right], lengths[left], bar)
    return Pairs(left[enough], right[enough], shared[enough].astype(np.float64))


def part_anchors(packed: Hashes) -> Iterator[Hashes]:
    """Sorted anchors a part at a time; what is packed with one anchor comes in one part."""
    begin = 0
    while begin < len(packed):
        last = packed[min(begin + _PART, len(packed)) - 1]
        end = int(np.searchsorted(packed, last | np.uint64(TEXTS_MAX), side="right"))
        yield packed[begin:end]
        begin = end


def _pair_part(packed: Hashes, crowd: int) -> Hashes:
    """Codes (left and right in 32 bits each) of the texts that share an anchor, once for every anchor."""
    anchors = packed >> np.uint64(TEXT_BITS)
    same = anchors[1:] == anchors[:-1]
    shared = np.zeros(len(packed), dtype=np.bool_)
    shared[1:] = same
    shared[:-1] |= same
    rows = np.flatnonzero(shared)
    anchors, texts = anchors[rows], packed[rows] & np.uint64(TEXTS_MAX)
    if not len(rows):
        return texts
    starts = np.flatnonzero(np.concatenate(([True], anchors[1:] != anchors[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(rows)])))
    left_over = np.repeat(starts + lengths, lengths) - np.arange(len(rows))  # of the run, this entry included
    crowded = np.repeat(lengths > crowd, lengths)
    first = np.repeat(texts[starts], lengths)
    star = crowded & (first != texts)
    codes = [(first[star] << np.uint64(32)) | texts[star]]
    open_rows = np.flatnonzero(~crowded & (left_over > 1))
    for step in range(1, crowd):
        if not len(open_rows):
            break
        codes.append((texts[open_rows] << np.uint64(32)) | texts[open_rows + step])
        open_rows = open_rows[left_over[open_rows] > step + 1]
    return np.concatenate(codes)


def least_shared(shorter: Numbers, longer: Numbers, bar: Bar) -> Shares:
    """How many anchors two texts of so many words share at the least, if they are worth a look."""
    every = longer < ALL_BELOW  # of both texts every shingle is an anchor, so copies share many
    return np.where(every, bar.short, bar.long) * shorter
