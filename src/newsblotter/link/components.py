"""The compiled loops that group mentions: components of strong pairs, and within each the rule of ``cluster.py``.

A group's ties lie in a linked list that is never searched and never copied: joining two groups puts one list behind the other, and
what both know of a third group is added up when the list is walked next. So memory grows with the pairs, whatever the components'
size, and time with the ties of the groups that join.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from newsblotter.link.kernels import compiled

if TYPE_CHECKING:
    from newsblotter.link.columns import Array


class Rules(NamedTuple):
    """When two groups may join."""

    least: float  # average log-odds
    clash_least: float  # that outweighs sure dates lying apart
    missing: float  # log-odds of a pair without a link
    dense: int  # such pairs count up to so many times a join's members
    apart_days: int  # that sure dates of one incident may lie apart


class Ties(NamedTuple):
    """What is known between groups: entry 2 p and 2 p + 1 are a pair's two sides."""

    other: Array  # a member of the group at the other end, int32
    total: Array  # sum of log-odds, float64
    counted: Array  # of so many pairs, int32
    after: Array  # the next entry of the same group, int32; -1: no more
    head: Array  # a group's first entry, int32
    tail: Array  # and its last


class Groups(NamedTuple):
    """Groups under way. Each goes by its lowest member; all columns have a place for every mention."""

    root: Array  # a member nearer to that one
    size: Array
    best: Array  # the group above it that it is tied to most strongly; -1: none that it may join
    value: Array  # how strongly
    slot: Array  # -1 but while a list is walked
    days: Array  # first and last sure day of each mention, (mentions, 2)
    heads: Array  # (2, mentions): the member of each group with the earliest first, and with the earliest last day; -1: none
    later: Array  # (2, mentions): the next one by first, and by last day


@compiled
def find_components(count: int, left: Array, right: Array) -> Array:
    """The lowest member of each one's component."""
    root = np.arange(count)
    for at in range(len(left)):
        a, b = _find(root, left[at]), _find(root, right[at])
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for at in range(count):
        root[at] = root[root[at]]
    return root


@compiled
def _find(root: Array, at: int) -> int:
    while root[at] != at:
        root[at] = root[root[at]]
        at = root[at]
    return at


@compiled
def tie(left: Array, right: Array, odds: Array, ties: Ties) -> None:
    """List pairs at both of their ends; ``head`` and ``tail`` come in as -1."""
    other, total, count, after, head, tail = ties
    for pair in range(len(left)):
        for side in range(2):
            own, entry = (left[pair], 2 * pair) if side == 0 else (right[pair], 2 * pair + 1)
            other[entry] = right[pair] if side == 0 else left[pair]
            total[entry], count[entry], after[entry] = odds[pair], 1, -1
            if head[own] < 0:
                head[own] = entry
            else:
                after[tail[own]] = entry
            tail[own] = entry


@compiled
def _count_apart(groups: Groups, a: int, b: int, most: int) -> int:
    """Pairs of sure dates of which the first group's lies more than ``most`` days after the second's."""
    days, later = groups.days, groups.later
    at, to = groups.heads[0, a], groups.heads[1, b]
    found = before = 0
    while at >= 0:
        while to >= 0 and days[at, 0] - days[to, 1] > most:
            before += 1
            to = later[1, to]
        found += before
        at = later[0, at]
    return found


@compiled
def _count_dated(groups: Groups, a: int) -> int:
    count, at = 0, groups.heads[0, a]
    while at >= 0:
        count += 1
        at = groups.later[0, at]
    return count


@compiled
def _clash(groups: Groups, a: int, b: int, most: int) -> bool:
    """``cluster._Clusters.clash``."""
    if groups.heads[0, a] < 0 or groups.heads[0, b] < 0:
        return False
    apart = _count_apart(groups, a, b, most) + _count_apart(groups, b, a, most)
    return 2 * apart > _count_dated(groups, a) * _count_dated(groups, b)


@compiled
def _rate(groups: Groups, a: int, b: int, total: float, count: int, rules: Rules) -> float:
    """How strongly two groups are tied, as ``cluster._Clusters.strength``, rounded likewise; -inf where they may not join."""
    size, other = groups.size[a], groups.size[b]
    possible = max(count, min(size * other, rules.dense * (size + other)))
    strength = math.floor((total + rules.missing * (possible - count)) / possible * 1e9 + 0.5) / 1e9
    if strength < rules.least or (strength < rules.clash_least and _clash(groups, a, b, rules.apart_days)):
        return -math.inf
    return float(strength)


@compiled
def _tidy(groups: Groups, ties: Ties, a: int) -> None:
    """Add up a group's ties to each other group, and leave out those to itself."""
    other, total, count, after, head, tail = ties
    root, slot = groups.root, groups.slot
    entry, last = head[a], -1
    while entry >= 0:
        to = _find(root, other[entry])
        if to != a and slot[to] < 0:
            slot[to] = entry
            other[entry] = to
            if last < 0:
                head[a] = entry
            else:
                after[last] = entry
            last = entry
        elif to != a:
            total[slot[to]] += total[entry]
            count[slot[to]] += count[entry]
        entry = after[entry]
    if last < 0:
        head[a] = -1
    else:
        after[last] = -1
    tail[a] = last
    entry = head[a]
    while entry >= 0:
        slot[other[entry]] = -1
        entry = after[entry]


@compiled
def _choose(groups: Groups, ties: Ties, a: int, rules: Rules) -> None:
    """Find the group above it that a group is tied to most strongly, the lowest among equals."""
    _tidy(groups, ties, a)
    best, value = -1, -math.inf
    entry = ties.head[a]
    while entry >= 0:
        b = ties.other[entry]
        if b > a:
            found = _rate(groups, a, b, ties.total[entry], ties.counted[entry], rules)
            if found > value or (found == value and b < best):
                best, value = b, found
        entry = ties.after[entry]
    groups.best[a], groups.value[a] = best, value


@compiled
def _merge_days(groups: Groups, which: int, a: int, b: int) -> None:
    """Merge two groups' lists of sure days."""
    days, heads, later = groups.days, groups.heads, groups.later
    at, to = heads[which, a], heads[which, b]
    last = -1
    while at >= 0 or to >= 0:
        if to < 0 or (at >= 0 and days[at, which] <= days[to, which]):
            chosen = at
            at = later[which, at]
        else:
            chosen = to
            to = later[which, to]
        if last < 0:
            heads[which, a] = chosen
        else:
            later[which, last] = chosen
        last = chosen


@compiled
def _join(groups: Groups, ties: Ties, kept: int, gone: int) -> None:
    groups.root[gone] = kept
    groups.size[kept] += groups.size[gone]
    groups.best[gone], groups.value[gone] = -1, -math.inf
    for which in range(2):
        _merge_days(groups, which, kept, gone)
    if ties.head[gone] >= 0:
        ties.after[ties.tail[kept]] = ties.head[gone]
        ties.tail[kept] = ties.tail[gone]


@compiled
def _raise(tree: Array, members: Array, value: Array, at: int) -> None:
    """Let the strongest of a component rise to the top of its tree again after that of its member ``at`` changed."""
    node = (at + len(members)) // 2
    while node >= 1:
        one, other = tree[2 * node], tree[2 * node + 1]
        a, b = value[members[one]], value[members[other]]
        tree[node] = one if a > b or (a == b and one < other) else other
        node //= 2


@compiled
def agglomerate(groups: Groups, ties: Ties, members: Array, place: Array, rules: Rules) -> None:
    """``cluster._agglomerate`` on one component: join the two groups with the strongest average tie until none may join.

    Args:
        groups: Where every member is a group of its own yet; changed.
        ties: Between them; changed.
        members: Of the component, sorted.
        place: Position of each mention among them.
        rules: When two may join.
    """
    best, value = groups.best, groups.value
    for a in members:
        _choose(groups, ties, a, rules)
    size = len(members)
    tree = np.arange(-size, size)
    for at in range(size - 1, 0, -1):
        _raise(tree, members, value, 2 * at - size)
    while True:
        top = members[tree[1]]
        if best[top] < 0:
            return
        gone = best[top]
        _join(groups, ties, top, gone)
        _raise(tree, members, value, place[gone])
        _choose(groups, ties, top, rules)
        _raise(tree, members, value, place[top])
        entry = ties.head[top]
        while entry >= 0:
            b = ties.other[entry]
            if best[b] == gone or best[b] == top:
                _choose(groups, ties, b, rules)
                _raise(tree, members, value, place[b])
            elif b < top:
                found = _rate(groups, b, top, ties.total[entry], ties.counted[entry], rules)
                if found > value[b] or (found == value[b] and best[b] > top):
                    best[b], value[b] = top, found
                    _raise(tree, members, value, place[b])
            entry = ties.after[entry]


@compiled
def group_all(groups: Groups, ties: Ties, layout: tuple[Array, Array, Array], rules: Rules) -> None:
    """Group every component; ``groups.root`` then leads to the lowest member of each one's group.

    Args:
        groups: Every mention by itself.
        ties: The pairs within components.
        layout: The mentions, component by component; where each component begins, and the end; place of each mention in its own.
        rules: When two groups may join.
    """
    members, starts, place = layout
    for component in range(len(starts) - 1):
        if starts[component + 1] - starts[component] > 1:
            agglomerate(groups, ties, members[starts[component] : starts[component + 1]], place, rules)
    for at in range(len(groups.root)):
        groups.root[at] = _find(groups.root, at)
