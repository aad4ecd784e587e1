"""Which mentions report the same incident: the likeliest joins first, never against a person's word."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from newsblotter.errors import UnknownMention
from newsblotter.records import Judgement, Link, When

MISSING = -4.0  # log-odds of a pair without a link: the linker left it out as unlikely
LIMIT = 6.0  # log-odds beyond which more certainty does not outvote other pairs
APART_DAYS = 7  # between sure dates of one incident, at most: misread weekdays are a week off
CLASH_LEAST = 2.0  # average log-odds that outweighs sure dates lying apart, one of which is then misread (gunviolence train)
DENSE = 8  # pairs without a link count against a join up to this many times its members: each mention keeps about 30 links


def _log_odds(probability: float) -> float:
    if probability <= 0.0:
        return -LIMIT
    if probability >= 1.0:
        return LIMIT
    return max(-LIMIT, min(LIMIT, math.log(probability / (1 - probability))))


class _Clusters:
    """Groups under way: who is in which, what is forbidden, and what is known between groups."""

    def __init__(self, ids: Sequence[str], days: Mapping[str, When]) -> None:
        spans = (days.get(mention_id) for mention_id in ids)
        # Of each group's sure dates: first and last day, and how many mentions say so.
        self.spans = [Counter([(w.earliest.toordinal(), w.latest.toordinal())] if w else []) for w in spans]
        self.members = {at: [at] for at in range(len(ids))}
        self.root = list(range(len(ids)))
        self.lowest = list(range(len(ids)))  # member of each root's group
        self.vetoed: list[set[int]] = [set() for _ in ids]
        self.ties: list[dict[int, tuple[float, int]]] = [{} for _ in ids]  # root → root → (sum of log-odds, pairs)

    def forbid(self, left: int, right: int) -> None:
        left, right = self.root[left], self.root[right]
        if left != right:
            self.vetoed[left].add(right)
            self.vetoed[right].add(left)

    def tie(self, left: int, right: int, odds: float) -> None:
        left, right = self.root[left], self.root[right]
        if left != right:
            total, count = self.ties[left].get(right, (0.0, 0))
            self.ties[left][right] = self.ties[right][left] = (total + odds, count + 1)

    def clash(self, left: int, right: int) -> bool:
        """Whether most pairs of two groups' sure dates lie too far apart for one incident.

        Most, not any: of a big group some date is misread, and must not keep it from the rest of its incident.
        """
        apart = meeting = 0
        for (first, last), count in self.spans[self.root[left]].items():
            for (other_first, other_last), other_count in self.spans[self.root[right]].items():
                if max(first - other_last, other_first - last) > APART_DAYS:
                    apart += count * other_count
                else:
                    meeting += count * other_count
        return apart > meeting

    def join(self, left: int, right: int) -> int | None:
        """Join the groups of two mentions unless a veto stands between them; the root kept, None when nothing was joined."""
        left, right = self.root[left], self.root[right]
        if left == right or right in self.vetoed[left]:
            return None
        if (len(self.members[left]), -left) < (len(self.members[right]), -right):
            left, right = right, left
        self.lowest[left] = min(self.lowest[left], self.lowest[right])
        for member in self.members.pop(right):
            self.root[member] = left
            self.members[left].append(member)
        for other in self.vetoed[right]:
            self.vetoed[other].discard(right)
            self.vetoed[other].add(left)
        self.vetoed[left] |= self.vetoed[right]
        self.spans[left] += self.spans[right]
        self.ties[left].pop(right, None)
        for other, (total, count) in self.ties[right].items():
            if other == left:
                continue
            self.ties[other].pop(right, None)
            ours, known = self.ties[left].get(other, (0.0, 0))
            self.ties[left][other] = self.ties[other][left] = (ours + total, known + count)
        self.ties[right] = {}
        return left


def _strength(total: float, count: int, size: int, other_size: int) -> float:
    """Average log-odds over the pairs of two groups, those without a link counted as unlikely."""
    possible = max(count, min(size * other_size, DENSE * (size + other_size)))
    return (total + MISSING * (possible - count)) / possible


def _place(mention_ids: Sequence[str], links: Sequence[Link]) -> list[tuple[int, int, Link]]:
    at = {mention_id: position for position, mention_id in enumerate(mention_ids)}
    placed = []
    for link in links:
        left, right = at.get(link.left_id), at.get(link.right_id)
        if left is None or right is None:
            missing = link.left_id if left is None else link.right_id
            raise UnknownMention(f"a link names mention {missing}, which is not part of this run")
        if link.retired_at is None:
            placed.append((left, right, link) if left < right else (right, left, link))
    return sorted(placed, key=itemgetter(0, 1))


def cluster(
    mention_ids: Iterable[str], links: Sequence[Link], *, min_probability: float = 0.5, days: Mapping[str, When] | None = None
) -> list[tuple[str, ...]]:
    """Group the mentions that report the same incident.

    Pairs that a person judged the same join first, then copies of one text (probability 1), then the groups whose pairs are
    likeliest on average, so that one strong link cannot chain two incidents. No join may unite two mentions that a person
    judged DIFFERENT, nor two that one report tells apart (probability 0) unless a person judged them the same. What people
    judged the same and copies of one text apart, no join unites sure dates that lie more than a week apart: one shop
    robbed in two years stays two incidents, whichever way undated reports tie them together.

    Args:
        mention_ids: Every mention of the run.
        links: At most one per pair; ``probability`` is calibrated, 0..1. Retired links are left alone.
        min_probability: Weakest average link that may join two groups.
        days: When the incident came about, for mentions that surely say so (``profile.find_sure_days``).

    Returns:
        Disjoint sorted groups covering ``mention_ids``, whatever the input order.

    Raises:
        UnknownMention: A link names a mention outside ``mention_ids``.
    """
    ids = sorted(set(mention_ids))
    placed = _place(ids, links)
    clusters = _Clusters(ids, days or {})
    judged = [item for item in placed if item[2].judgement is not None]
    for left, right, link in judged:
        if link.judgement is Judgement.DIFFERENT:
            clusters.forbid(left, right)
    for left, right, link in sorted(judged, key=lambda item: str(item[2].made_at or ""), reverse=True):
        if link.judgement is Judgement.SAME:
            clusters.join(left, right)
    certain = [item for item in placed if item[2].judgement is None and not 0.0 < item[2].probability < 1.0]
    for left, right, link in certain:
        if link.probability <= 0.0:
            clusters.forbid(left, right)
    for left, right, link in certain:
        if link.probability >= 1.0:
            clusters.join(left, right)
    for left, right, link in placed:
        if 0.0 < link.probability < 1.0 and (link.judgement is None or link.judgement is Judgement.UNSURE):
            clusters.tie(left, right, _log_odds(link.probability))
    _agglomerate(clusters, _log_odds(min_probability))
    return sorted(tuple(sorted(ids[at] for at in members)) for members in clusters.members.values())


def _agglomerate(clusters: _Clusters, least: float) -> None:
    """Join the two groups with the strongest average tie, again and again, until none reaches ``least``."""

    lowest, members, ties = clusters.lowest, clusters.members, clusters.ties

    def entry(left: int, right: int) -> tuple[float, int, int, int, int, int, int]:
        a, b = (left, right) if lowest[left] < lowest[right] else (right, left)
        size_a, size_b = len(members[a]), len(members[b])
        return (-round(_strength(*ties[a][b], size_a, size_b), 9), lowest[a], lowest[b], size_a, size_b, a, b)

    heap = [entry(left, right) for left in clusters.members for right in clusters.ties[left] if left < right]
    heapq.heapify(heap)
    while heap:
        negative, _, _, size_a, size_b, a, b = heapq.heappop(heap)
        if -negative < least:
            break
        current = a in clusters.members and b in clusters.members
        if not current or (len(clusters.members[a]), len(clusters.members[b])) != (size_a, size_b):
            continue  # a group has grown since: its newer entry counts
        kept = None if -negative < CLASH_LEAST and clusters.clash(a, b) else clusters.join(a, b)
        if kept is not None:
            for other in clusters.ties[kept]:
                heapq.heappush(heap, entry(kept, other))
