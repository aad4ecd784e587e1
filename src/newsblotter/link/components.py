"""The compiled loops that group mentions: components of strong pairs, and within each the rule of ``cluster.py``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from newsblotter.link.kernels import compiled

if TYPE_CHECKING:
    from newsblotter.link.batch import Array

_NO_DAY = -(2**31)


@compiled
def find_components(count: int, left: Array, right: Array) -> Array:
    """The lowest member of each one's component."""
    root = np.arange(count)
    for at in range(len(left)):
        a, b = left[at], right[at]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for at in range(count):
        root[at] = root[root[at]]
    return root


@compiled
def _strength(total: float, count: int, size: int, other: int, missing: float, dense: int) -> float:
    """``cluster._Clusters.strength``, rounded likewise."""
    possible = max(count, min(size * other, dense * (size + other)))
    return math.floor((total + missing * (possible - count)) / possible * 1e9 + 0.5) / 1e9


@compiled
def _rate(i: int, j: int, total: Array, count: Array, apart: Array, sizes: Array, rules: tuple[float, float, float, int]) -> float:
    """How strongly two groups are tied; -inf where they may not join."""
    least, clash_least, missing, dense = rules
    if count[i, j] == 0:
        return -math.inf
    strength = _strength(total[i, j], count[i, j], sizes[i], sizes[j], missing, dense)
    if strength < least or (strength < clash_least and apart[i, j] > 0):
        return -math.inf
    return strength


@compiled
def agglomerate(total: Array, count: Array, apart: Array, rules: tuple[float, float, float, int]) -> Array:
    """``cluster._agglomerate`` on one component: join the two groups with the strongest average tie until none may join.

    Args:
        total: Sums of log-odds between members, (members, members) float64, symmetric; changed.
        count: How many pairs each is of, likewise.
        apart: How many more pairs of sure dates lie apart than meet, likewise.
        rules: Least strength, strength that outweighs dates apart, log-odds of a missing pair, density.

    Returns:
        The lowest member of each one's group.
    """
    size = len(total)
    home = np.arange(size)
    sizes = np.ones(size, dtype=np.int64)
    alive = np.ones(size, dtype=np.bool_)
    best = np.full(size, -1)
    value = np.full(size, -math.inf)
    stale = np.ones(size, dtype=np.bool_)
    while True:
        top = -1
        for i in range(size):
            if not alive[i]:
                continue
            if stale[i]:
                stale[i] = False
                best[i], value[i] = -1, -math.inf
                for j in range(i + 1, size):
                    if alive[j]:
                        found = _rate(i, j, total, count, apart, sizes, rules)
                        if found > value[i]:
                            best[i], value[i] = j, found
            if best[i] >= 0 and (top < 0 or value[i] > value[top]):
                top = i
        if top < 0:
            return home
        gone = best[top]
        alive[gone] = False
        sizes[top] += sizes[gone]
        for j in range(size):
            if home[j] == gone:
                home[j] = top
            if alive[j] and j != top:
                total[top, j] += total[gone, j]
                count[top, j] += count[gone, j]
                apart[top, j] += apart[gone, j]
                total[j, top], count[j, top], apart[j, top] = total[top, j], count[top, j], apart[top, j]
        stale[top] = True
        for j in range(gone):
            if not alive[j] or stale[j]:
                continue
            if best[j] == gone or best[j] == top:
                stale[j] = True
            elif j < top:
                found = _rate(j, top, total, count, apart, sizes, rules)
                if found > value[j] or (found == value[j] and top < best[j]):
                    best[j], value[j] = top, found


@compiled
def _days_against(days: Array, a: int, b: int, most: int) -> int:
    """1 when the sure dates of two mentions lie too far apart for one incident, -1 when they do not, 0 when one has none."""
    if days[a, 0] == _NO_DAY or days[b, 0] == _NO_DAY:
        return 0
    return 1 if max(days[a, 0] - days[b, 1], days[b, 0] - days[a, 1]) > most else -1


@compiled
def group_all(
    layout: tuple[Array, Array, Array],
    place: Array,
    days: Array,
    pairs: tuple[Array, Array],
    odds: Array,
    home: Array,
    most: int,
    rules: tuple[float, float, float, int],
) -> None:
    """Group every component; see ``batch.group_columns``. ``home`` comes in by components and goes out by groups.

    Args:
        layout: The mentions, component by component; how many members the component has whose lowest member is at that
            position, 0 elsewhere; and where they begin.
        place: Position of each mention within its component.
        days: First and last sure day of each mention.
        pairs: Both ends of the pairs within components, in the order of components.
        odds: Their log-odds.
        home: Component of each mention.
        most: Days that sure dates of one incident may lie apart.
        rules: As for ``agglomerate``.
    """
    members, sizes, first = layout
    left, right = pairs
    pair = 0
    for component in range(len(sizes)):
        size = sizes[component]
        if size < 2:
            continue
        total, count = np.zeros((size, size)), np.zeros((size, size), dtype=np.int64)
        apart = np.zeros((size, size), dtype=np.int64)
        while pair < len(left) and home[left[pair]] == component:
            a, b = place[left[pair]], place[right[pair]]
            total[a, b] += odds[pair]
            total[b, a] = total[a, b]
            count[a, b] += 1
            count[b, a] = count[a, b]
            pair += 1
        start = first[component]
        for a in range(size):
            for b in range(a + 1, size):
                apart[a, b] = _days_against(days, members[start + a], members[start + b], most)
                apart[b, a] = apart[a, b]
        groups = agglomerate(total, count, apart, rules)
        for a in range(size):
            place[members[start + a]] = members[start + groups[a]]
    for mention in range(len(home)):
        if sizes[home[mention]] < 2:
            place[mention] = mention
    home[:] = place
