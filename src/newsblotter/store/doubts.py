"""What a person's look would settle about an incident, and how much: the review queue goes by it.

    doubts = [*doubt_record(record), *doubt_joins(mention_ids, ties)]
    score_doubts(doubts) → 0 nothing is open … 1

A doubt weighs how open a question is, times what a wrong answer spoils. An even chance (a link of probability 0.5) is quite open,
a certain one is not. The score is 1 − Π(1 − weight): the more is open, the higher, and never beyond 1. What a person has said
is settled: a judged link and a corrected field raise no doubt.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from newsblotter.store.record_schema import CLAIM_FIELDS

Record: TypeAlias = Mapping[str, Any]

# What a wrong answer spoils. A wrong join makes every other value doubtful; a twin kept apart is one incident too many; of the
# facts, those that analysts filter by and add up count twice the others.
JOIN_SHARE = 1.0
APART_SHARE = 0.6
KEY_SHARE = 0.5
OTHER_SHARE = 0.25
UNSURE_SHARE = 0.4
KEY_FIELDS = frozenset({"date", "place", "target", "killed", "injured", "loot", "type"})
UNSURE_FIELDS = ("date", "place", "type")  # an incident that lacks these for certain is not found by those who look for it
UNLINKED = 0.03  # of two groups without a kept link: linking keeps links from this probability on
NEEDS_REVIEW = 0.7  # more score 18 % of 2,963 incidents read from news of shootings; two disputed key fields do, one does not
LEAST = 0.05  # doubts that weigh less are not worth a line


@dataclass(frozen=True, slots=True)
class Doubt:
    """One open question about an incident."""

    kind: str  # join: do its reports tell of one incident; apart: is it that other one; disputed, unsure: a field's value
    weight: float  # 0..1
    field: str | None = None  # disputed, unsure
    mentions: tuple[str, str] | None = None  # join, apart: the pair to judge, the incident's own first
    probability: float | None = None  # of the link; of the value


@dataclass(frozen=True, slots=True)
class Tie:
    """A link as a doubt sees it."""

    left: str
    right: str
    probability: float
    judged: bool


def doubt_record(record: Record) -> list[Doubt]:
    """The doubts about an incident's facts."""
    corrected = {one["field"] for one in record.get("corrections") or ()}
    doubts = []
    for name in record.get("disputed") or ():
        if name not in corrected:
            doubts.append(Doubt("disputed", KEY_SHARE if name in KEY_FIELDS else OTHER_SHARE, name))
    confidence = record.get("confidence") or {}
    for name in UNSURE_FIELDS:
        known = confidence.get(name)
        if known is not None and name not in corrected and (weight := UNSURE_SHARE * (1.0 - known)) >= LEAST:
            doubts.append(Doubt("unsure", round(weight, 4), name, None, known))
    return doubts


def doubt_joins(mention_ids: Collection[str], ties: Iterable[Tie]) -> list[Doubt]:
    """The doubts about what belongs to an incident: the weakest tie that holds it together, the strongest that leads out of it."""
    own = frozenset(mention_ids)
    within: list[Tie] = []
    outward: list[Tie] = []
    for tie in ties:
        (within if tie.left in own and tie.right in own else outward).append(tie)
    doubts = []
    if len(own) > 1 and (weak := _weakest(own, within)) is not None:
        doubts.append(weak)
    open_ties = [tie for tie in outward if not tie.judged]
    if open_ties:
        tie = max(open_ties, key=lambda one: (_openness(one.probability), one.left, one.right))
        weight = round(APART_SHARE * _openness(tie.probability), 4)
        if weight >= LEAST:
            pair = (tie.left, tie.right) if tie.left in own else (tie.right, tie.left)
            doubts.append(Doubt("apart", weight, None, pair, tie.probability))
    return doubts


def score_doubts(doubts: Sequence[Doubt]) -> float:
    """How much a look would settle, 0..1."""
    return round(1.0 - math.prod(1.0 - weight for weight in sorted(doubt.weight for doubt in doubts)), 4)


def _openness(probability: float) -> float:
    """1 at an even chance, 0 where the answer is certain."""
    return 1.0 - abs(2.0 * probability - 1.0)


def _weakest(own: Collection[str], within: Sequence[Tie]) -> Doubt | None:
    """The most open of the ties that are needed to hold the mentions together (of their maximum spanning tree)."""
    root = {mention: mention for mention in own}

    def find(mention: str) -> str:
        while root[mention] != mention:
            root[mention] = root[root[mention]]
            mention = root[mention]
        return mention

    needed: list[Tie] = []
    for tie in sorted(within, key=lambda one: (not one.judged, -one.probability, one.left, one.right)):
        left, right = find(tie.left), find(tie.right)
        if left != right:
            root[left] = right
            if not tie.judged:
                needed.append(tie)
    apart = sorted({find(mention) for mention in own})
    if len(apart) > 1:  # they came together through others only
        needed.append(Tie(apart[0], apart[1], UNLINKED, False))
    if not needed:
        return None
    tie = max(needed, key=lambda one: (_openness(one.probability), one.left, one.right))
    weight = round(JOIN_SHARE * _openness(tie.probability), 4)
    return Doubt("join", weight, None, (tie.left, tie.right), tie.probability) if weight >= LEAST else None


# --- disputed fields as bits ------------------------------------------------------------------------------------

_BITS: Mapping[str, int] = {name: 1 << at for at, name in enumerate(CLAIM_FIELDS)}  # stored: new fields go to the end
ALL_BITS = (1 << 62) - 1
DISPUTABLE = tuple(_BITS)


def to_bits(fields: Iterable[str]) -> int:
    """Fields of the record as one number; those that cannot be disputed are passed over."""
    return sum({_BITS.get(name, 0) for name in fields})
