"""The compiled loops that find candidates: the rules of ``block.py`` for a million mentions, with nothing sorted twice.

Keys lie mention by mention. Sorted in one piece they are the blocks; from there each mention is told, key by key, where to look.
Parts of the mentions are worked on at once: a loop writes to those from ``begin`` to ``end`` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsblotter.link.block import MOST_MENTIONS, UNITS
from newsblotter.link.kernels import compiled

if TYPE_CHECKING:
    from newsblotter.link.columns import Array

_LOW = np.uint64(MOST_MENTIONS - 1)


@compiled
def pack_keys(keys: Array, tells: Array, bounds: Array, rank: Array, begin: int, end: int) -> None:
    """Put each mention's place in time into the low bits of its keys, uint64, and sort them with their ``tells``, all in place."""
    for mention in range(begin, end):
        for at in range(bounds[mention], bounds[mention + 1]):
            key, told = keys[at] & ~_LOW | rank[mention], tells[at]
            to = at
            while to > bounds[mention] and keys[to - 1] > key:
                keys[to], tells[to] = keys[to - 1], tells[to - 1]
                to -= 1
            keys[to], tells[to] = key, told


@compiled
def plan_looks(
    packed: Array, by_time: Array, bounds: Array, limits: tuple[int, int, int], part: tuple[int, int], owners: Array, looks: Array
) -> None:
    """Tell mentions where to look for each of their keys, as ``block._plan_looks`` does.

    Args:
        packed: The keys of all with their places in time, sorted.
        by_time: The mention at each place in time.
        bounds: Where each mention's keys begin, as ``pack_keys`` left them.
        limits: crowd, reach, most members of a block that is still opened.
        part: First and last place in time that is written, the last excluded.
        owners: Filled with the mention of each of the sorted keys.
        looks: Filled for each key of a mention: first place to look at, how many, and the members of the block; 0 for no look.
    """
    crowd, reach, most = limits
    begin, end = part
    used = np.zeros(end - begin, dtype=np.int32)  # keys of each mention seen
    start = 0
    while start < len(packed):
        stop, block = start + 1, packed[start] & ~_LOW
        while stop < len(packed) and packed[stop] & ~_LOW == block:
            stop += 1
        size = stop - start
        opened = size > 1 and (size <= crowd or size <= most)
        for at in range(start, stop):
            time = np.int64(packed[at] & _LOW)
            if time < begin or time >= end:
                continue
            owner = by_time[time]
            owners[at] = owner
            to = bounds[owner] + used[time - begin]
            used[time - begin] += 1
            if opened:
                first, last = start, stop
                if size > crowd:
                    first, last = max(start, at - reach), min(stop, at + reach + 1)
                looks[to, 0], looks[to, 1], looks[to, 2] = first, last - first, size
        start = stop


@compiled
def meet(
    blocks: tuple[Array, Array, Array, Array],
    divisors: Array,
    met: int,
    begin: int,
    end: int,
    whom: Array,
    score: Array,
) -> None:
    """``block.find_meetings`` without sorting: scores are summed in one column over all mentions.

    Args:
        blocks: Where each mention's keys begin, how telling they are, where they look, and the owners of the sorted keys.
        divisors: By what a meeting in a block of so many members is worth less.
        met: Others that a mention meets before it stops looking.
        begin: First mention.
        end: Last, excluded.
        whom: Filled with the candidates of each mention, best first, (mentions, candidates) int32; -1: no more.
        score: Filled with their scores.
    """
    bounds, tells, looks, owners = blocks
    candidates = whom.shape[1]
    sums = np.zeros(len(bounds) - 1, dtype=np.int32)
    touched = np.empty(len(bounds) - 1, dtype=np.int32)
    order = np.empty(max(1, np.max(np.diff(bounds))), dtype=np.int64)
    best = np.empty(candidates + 1, dtype=np.int64)
    for mention in range(begin, end):
        low, chosen = bounds[mention], 0
        for at in range(low, bounds[mention + 1]):  # by size, then place
            if looks[at, 1] == 0:
                continue
            to, key = chosen, (np.int64(looks[at, 2]) << 32) + looks[at, 0]
            while to > 0 and (np.int64(looks[order[to - 1], 2]) << 32) + looks[order[to - 1], 0] > key:
                order[to] = order[to - 1]
                to -= 1
            order[to] = at
            chosen += 1
        spent, count = 0, 0
        for nth in range(chosen):
            first, length, size = looks[order[nth]]
            units = np.int32(np.rint(np.float64(tells[order[nth]]) / divisors[size] * UNITS))
            for position in range(first, first + length):
                other = owners[position]
                if sums[other] == 0:
                    touched[count] = other
                    count += 1
                sums[other] += units
            spent += length - 1
            if spent >= met:
                break
        sums[mention] = 0
        held = _take_best(sums, touched[:count], mention, best)
        for at in range(held):
            whom[mention, at] = best[at] & (MOST_MENTIONS - 1)
            score[mention, at] = sums[whom[mention, at]]
        for at in range(held, candidates):
            whom[mention, at] = -1
        for nth in range(count):
            sums[touched[nth]] = 0


@compiled
def _take_best(sums: Array, touched: Array, mention: int, best: Array) -> int:
    """Put the touched with the highest sums into ``best``, the lowest numbers first among equals; how many there are."""
    held, most = 0, len(best) - 1
    for other in touched:
        if other == mention:
            continue
        packed = other - (np.int64(sums[other]) * MOST_MENTIONS)
        if held == most and packed > best[most - 1]:
            continue
        to = held
        while to > 0 and best[to - 1] > packed:
            best[to] = best[to - 1]
            to -= 1
        best[to] = packed
        held = min(held + 1, most)
    return held


# --- pairs ------------------------------------------------------------------------------------------------------


@compiled
def name_back(whom: Array, score: Array, starts: Array, begin: int, end: int, namers: Array) -> None:
    """List for each mention those that name it, with their scores: ``namers`` from its place in ``starts`` on, packed."""
    filled = starts[begin:end].copy()
    for mention in range(len(whom)):
        for nth in range(whom.shape[1]):
            other = whom[mention, nth]
            if begin <= other < end:
                namers[filled[other - begin]] = mention - np.int64(score[mention, nth]) * MOST_MENTIONS
                filled[other - begin] += 1


@compiled
def drop_namers(whom: Array, starts: Array, limit: int, begin: int, end: int, namers: Array, dropped: Array) -> None:
    """Of those that name a mention which does not name them, keep the best, ``limit`` at most.

    These stay in ``namers``, by their numbers; -1 stands for the others. Names that are given up are marked in ``dropped``.
    """
    names = whom.shape[1]
    stamp = np.full(len(whom), -1, dtype=np.int32)
    for mention in range(begin, end):
        for nth in range(names):
            if whom[mention, nth] >= 0:
                stamp[whom[mention, nth]] = mention
        own = namers[starts[mention] : starts[mention + 1]]
        crowded = len(own) > limit
        if crowded:
            own.sort()
        kept = 0
        for at in range(len(own)):
            namer = own[at] & (MOST_MENTIONS - 1)
            own[at] = -1
            if stamp[namer] == mention:
                continue
            if not crowded or kept < limit:
                own[at] = namer
                kept += 1
            else:
                for nth in range(names):
                    if whom[namer, nth] == mention:
                        dropped[namer, nth] = True


@compiled
def list_pairs(whom: Array, dropped: Array, starts: Array, namers: Array, begin: int, end: int, ends: Array, right: Array) -> None:
    """Fill ``right`` with the higher end of each pair, sorted by the lower one; with no room in it, count them into ``ends``."""
    most = 0
    for mention in range(begin, end):
        most = max(most, starts[mention + 1] - starts[mention])
    row = np.empty(whom.shape[1] + most, dtype=np.int32)
    for mention in range(begin, end):
        count = 0
        for nth in range(whom.shape[1]):
            if whom[mention, nth] > mention and not dropped[mention, nth]:
                row[count] = whom[mention, nth]
                count += 1
        for at in range(starts[mention], starts[mention + 1]):
            if namers[at] > mention:
                row[count] = namers[at]
                count += 1
        if len(right):
            row[:count].sort()
            right[ends[mention + 1] - count : ends[mention + 1]] = row[:count]
        else:
            ends[mention + 1] = count
