"""Which pairs of mentions are worth comparing: those that share telling keys.

A key is a rare word, a person's surname, a word of the target, an amount of loot, a place and a week, or two of these together.
Every key opens a block: all mentions that hold it, in the order of time. A mention looks into its smallest blocks first, in a
crowded one only at those nearest in time, until it has met so many others: so blocks tighten as the news grows denser, and the
cost grows with the number of mentions, not with their density. The best of those met are its candidates.

Keys are 64-bit hashes, scores whole numbers: the answer does not hang on the order of input, nor on the order of adding.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newsblotter.link.profile import Profile
from newsblotter.link.words import Rarity, find_words, hash_text

Ints = npt.NDArray[np.int64]

UNITS = 256  # parts of a point in which scores are counted
_OWNER_BITS, _OTHER_BITS, _SCORE_BITS = 14, 25, 25  # of the 64 into which a meeting is packed, so that one sort does
MOST_MENTIONS = 1 << _OTHER_BITS
_MOST_SCORE = (1 << _SCORE_BITS) - 1
PART = 1 << _OWNER_BITS  # mentions that look for their candidates at a time: some hundred megabytes
FOLLOWED_DAYS = 28  # within so many days of each other, reports from one place meet: charges and verdicts after the first week
KEY_LIMIT = 128  # keys of one mention at most: a report with fifty names is no better found by all of them


@dataclass(frozen=True, slots=True)
class BlockSettings:
    """How widely to look. Chosen on gunviolence train: 981 of 1000 of one incident's pairs are met."""

    words: int = 16  # telling words of a mention that serve as keys
    names: int = 16  # rare words capitalised in its text that do
    lead_words: int = 8  # telling words of its opening that do together with the week
    crowd: int = 60  # in a block of more than this many, each looks at its nearest in time only
    reach: int = 12  # so many before and after it
    common: float = 0.02  # a word in more than this share of the mentions (and in more than ``crowd``) is no key
    met: int = 400  # others that a mention meets before it stops opening blocks, counted with repetition
    candidates: int = 36  # best of those met that a mention names
    namers: int = 24  # best of those that name a mention which it does not name itself: 60 candidates at most
    cell_degrees: float = 0.5  # side of a place cell, about 50 km
    slug_words: int = 6  # telling words of a report's address that do, alone and together with the week
    ages: int = 5  # ages that a text states that do, with the week, with the place and two by two
    word_share: float = 0.5  # how much a word tells beside a fact of the same rarity


# --- keys -------------------------------------------------------------------------------------------------------


def keys_of(profile: Profile, settings: BlockSettings, rarity: Rarity) -> dict[int, float]:
    """The keys of a mention, hashed, and how telling each is."""
    found: dict[int, float] = {}
    for key, tells in spell_keys(profile, settings, rarity):
        if len(found) < KEY_LIMIT:
            found.setdefault(hash_text(key), tells)
    return found


def block_day(profile: Profile) -> int:
    """The day by which a mention stands in its blocks: its incident's as far as that is known, else its report's; 0 if undated."""
    if profile.sure_whens:
        return profile.sure_whens[0].earliest.toordinal()
    return profile.published or 0


def spell_keys(profile: Profile, settings: BlockSettings, rarity: Rarity) -> Iterator[tuple[str, float]]:
    """The keys in plain words, those that rest on facts first."""
    cells, weeks, months = _cells(profile, settings), _weeks(profile), _weeks(profile, FOLLOWED_DAYS)
    yield from _people_keys(profile, cells, rarity)
    for word in sorted(profile.target):
        yield "t" + word, rarity.of(word)
        if len(word) > 2:
            for cell in cells[:1]:
                yield f"t{word}@{cell}", 2.0
    for money in profile.loot[:2]:
        if money.low > 0:
            step = math.log2(money.low) * 2  # half-octaves, and the same moved by half: amounts within a fifth meet
            for shift in (0.0, 0.5):
                yield f"m{money.currency}{math.floor(step + shift)}{shift > 0}", 2.0
    for cell in cells:
        for week in weeks:
            yield f"c{cell}@{week}", 4.0
        for month in months:
            yield f"e{cell}@{month}", 2.0
    for town in _towns(profile):
        yield "n" + town, 3.0
        yield "h" + town, 3.0
    for part in profile.host:
        yield "h" + part, 3.0
    for window in _windows(profile):
        yield f"d{window}", 2.0
    yield from _age_keys(profile, cells, weeks, settings)
    for week in _outlet_weeks(profile):
        yield f"o{profile.outlet}@{week}", 3.0
    yield from _word_keys(profile, weeks, settings, rarity)


def _people_keys(profile: Profile, cells: Sequence[str], rarity: Rarity) -> Iterator[tuple[str, float]]:
    for first, last, _ in profile.people:
        if first:
            yield f"p{first} {last}", 4.0
        yield "p" + last, 2 + rarity.of(last)
        for cell in cells[:1]:
            yield f"p{last}@{cell}", 3.0


def _age_keys(profile: Profile, cells: Sequence[str], weeks: Sequence[int], settings: BlockSettings) -> Iterator[tuple[str, float]]:
    ages = sorted(profile.ages)[: settings.ages]
    for age in ages:
        for week in weeks[-2:]:
            yield f"a{age}@{week}", 3.0
        for cell in cells:
            yield f"a{age}@{cell}", 2.0
    for one, other in combinations(ages, 2):
        yield f"a{one},{other}", 2.0


def _word_keys(profile: Profile, weeks: Sequence[int], settings: BlockSettings, rarity: Rarity) -> Iterator[tuple[str, float]]:
    lead = sorted(profile.lead, key=lambda word: (-profile.lead[word], word))[: settings.lead_words]
    slug = sorted(profile.slug, key=lambda word: (-rarity.of(word), word))[: settings.slug_words]
    for week in weeks[-2:]:
        for word in dict.fromkeys((*lead, *slug)):
            yield f"l{word}@{week}", rarity.of(word)
    telling = sorted(profile.text, key=lambda word: (-profile.text[word], word))[: settings.words]
    names = sorted(profile.rare, key=lambda name: (-profile.rare[name], name))[: settings.names]
    for word in dict.fromkeys((*telling, *slug, *names)):
        yield "w" + word, settings.word_share * rarity.of(word)


def _towns(profile: Profile) -> list[str]:
    """The towns and quarters of a mention by name, written in one word as sites write them."""
    named = (where.name for where in profile.wheres[:2] if where.precision not in ("country", "region"))
    return [town for name in dict.fromkeys(named) if (town := "".join(find_words(name)))]


def _outlet_weeks(profile: Profile) -> list[int]:
    """The weeks of a report in two grids, for what its outlet told of before and after."""
    if profile.published is None or profile.outlet is None:
        return []
    return [(profile.published + shift) // 7 * 2 + (shift > 0) for shift in (0, 3)]


def _weeks(profile: Profile, days: int = 7) -> list[int]:
    """The weeks of a mention's day and of its report; every other one is moved by half a step, so that neighbours meet.

    Args:
        profile: The mention.
        days: How long they last.
    """
    known = [when.earliest.toordinal() for when in profile.whens[:1] if (when.latest - when.earliest).days <= 10]
    if profile.published is not None:
        known.append(profile.published)
    return list(dict.fromkeys((day + shift) // days * 2 + (shift > 0) for day in known for shift in (0, days // 2)))


def _windows(profile: Profile) -> list[int]:
    """The four days about a report's publication, in two grids: what says neither where nor who is met by its time alone."""
    if profile.published is None:
        return []
    return [(profile.published + shift) // 4 * 2 + (shift > 0) for shift in (0, 2)]


def _cells(profile: Profile, settings: BlockSettings) -> list[str]:
    """The place cells of a mention, likewise in two grids."""
    cells = set()
    for where in profile.wheres[:2]:
        if where.latitude is None or where.longitude is None or where.precision in ("country", "region"):
            continue
        for shift in (0.0, 0.5):
            row = math.floor(where.latitude / settings.cell_degrees + shift)
            column = math.floor(where.longitude / settings.cell_degrees + shift)
            cells.add(f"{row}:{column}:{shift > 0}")
    return sorted(cells)


# --- blocks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Postings:
    """Who holds which key. Keys lie in the order of key, then time; ``at`` leads from a mention to its keys there."""

    bounds: Ints  # mention i holds the keys ``bounds[i]`` to ``bounds[i + 1]`` of ``at`` and ``tells``
    at: npt.NDArray[np.int32]  # where each key of a mention lies among all, as the next three are ordered
    tells: npt.NDArray[np.float32]  # how telling it is
    owners: npt.NDArray[np.int32]  # the mention that holds the key
    starts: npt.NDArray[np.int32]  # where the key's block begins
    sizes: npt.NDArray[np.int32]  # how many it has

    @property
    def mentions(self) -> int:
        return len(self.bounds) - 1

    @classmethod
    def sort(cls, keys: Ints, tells: npt.NDArray[np.float32], bounds: Ints, days: Ints) -> Postings:
        """Lay out keys that come mention by mention.

        Args:
            keys: 64-bit hashes; the upper 39 bits tell them apart (among ten million, two in a hundred thousand fall together).
            tells: How telling each is.
            bounds: Where each mention's keys begin, one more than there are mentions.
            days: The day by which each mention stands in its blocks.
        """
        if len(days) >= MOST_MENTIONS:
            raise ValueError(f"at most {MOST_MENTIONS:,} mentions can be linked in one run, not {len(days):,}")
        by_time = np.argsort(days, kind="stable").astype(np.int32)  # ties by position
        rank = np.empty(len(days), dtype=np.uint64)
        rank[by_time] = np.arange(len(days), dtype=np.uint64)
        low = np.uint64(_OTHER_BITS)
        packed = keys.view(np.uint64) >> low << low
        packed |= np.repeat(rank, np.diff(bounds))
        order = np.argsort(packed)
        packed = packed[order]
        at = np.empty(len(keys), dtype=np.int32)
        at[order] = np.arange(len(keys), dtype=np.int32)
        del order
        owners = by_time[(packed & np.uint64(MOST_MENTIONS - 1)).astype(np.int32)]
        packed >>= low
        edges = np.flatnonzero(np.concatenate(([True], packed[1:] != packed[:-1])) if len(packed) else np.zeros(0, dtype=bool))
        del packed
        sizes = np.diff(np.concatenate((edges, [len(keys)]))).astype(np.int32)
        return cls(bounds, at, tells, owners, np.repeat(edges.astype(np.int32), sizes), np.repeat(sizes, sizes))


class Keys(NamedTuple):
    """The keys of mentions, mention by mention."""

    keys: Ints  # 64-bit hashes
    tells: npt.NDArray[np.float32]  # how telling each is
    bounds: Ints  # where each mention's keys begin, one more than there are mentions
    days: Ints  # the day by which each mention stands in its blocks


def list_keys(profiles: Iterable[Profile], rarity: Rarity, settings: BlockSettings) -> Keys:
    """The keys of profiles."""
    keys, tells = array("q"), array("f")
    bounds, days = [0], []
    for profile in profiles:
        own = keys_of(profile, settings, rarity)
        keys.extend(own)
        tells.extend(own.values())
        bounds.append(len(keys))
        days.append(block_day(profile))
    return Keys(
        np.array(keys, dtype=np.int64),
        np.array(tells, dtype=np.float32),
        np.array(bounds, dtype=np.int64),
        np.array(days, dtype=np.int64),
    )


def gather_keys(profiles: Sequence[Profile], rarity: Rarity, settings: BlockSettings) -> Postings:
    """The blocks of profiles that all lie at hand."""
    return Postings.sort(*list_keys(profiles, rarity, settings))


def weigh_meeting(tells: npt.NDArray[np.floating[Any]], size: npt.NDArray[np.integer[Any]]) -> Ints:
    """Score, in ``UNITS``, of meeting in a block: how telling the key is, the less the more mentions hold it."""
    units: Ints = np.round(tells.astype(np.float64) / (1 + 0.25 * np.log(np.maximum(1, size))) * UNITS).astype(np.int64)
    return units


@dataclass(frozen=True, slots=True)
class _Looks:
    """Where some mentions look, each mention's looks together."""

    owner: Ints  # who looks, counted from the first of these mentions
    first: Ints  # first and last position among the keys, the last excluded
    last: Ints
    units: Ints  # score of each mention met there


def _plan_looks(blocks: Postings, settings: BlockSettings, begin: int, end: int) -> _Looks:
    """Choose the blocks that mentions open: the smallest first, until each has met ``settings.met`` others."""
    low, high = blocks.bounds[begin], blocks.bounds[end]
    at = blocks.at[low:high].astype(np.int64)
    start, size = blocks.starts[at].astype(np.int64), blocks.sizes[at].astype(np.int64)
    owner = np.repeat(np.arange(end - begin), np.diff(blocks.bounds[begin : end + 1]))
    crowded = size > settings.crowd
    first = np.where(crowded, np.maximum(start, at - settings.reach), start)
    last = np.where(crowded, np.minimum(start + size, at + settings.reach + 1), start + size)
    units = weigh_meeting(blocks.tells[low:high], blocks.sizes[at])
    wanted = np.flatnonzero((size > 1) & ~(crowded & (size > settings.common * blocks.mentions)))
    order = wanted[np.lexsort((at[wanted], size[wanted], owner[wanted]))]
    owner, cost = owner[order], (last - first - 1)[order]
    spent = np.cumsum(cost)
    begins = np.searchsorted(owner, np.arange(end - begin))
    before = np.concatenate(([0], spent))[begins]
    opened = spent - cost - before[owner] < settings.met  # the block that oversteps is still opened
    order = order[opened]
    return _Looks(owner[opened], first[order], last[order], units[order])


def find_meetings(blocks: Postings, settings: BlockSettings, begin: int, end: int) -> tuple[Ints, Ints, Ints]:
    """The best of those that the mentions ``begin`` to ``end`` meet: who, whom, score; at most ``PART`` mentions at a time."""
    looks = _plan_looks(blocks, settings, begin, end)
    lengths = looks.last - looks.first
    ends = np.cumsum(lengths)
    met_at = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths - looks.first, lengths)
    other = blocks.owners[met_at].astype(np.uint64)
    mine = np.repeat(looks.owner, lengths).astype(np.uint64)
    score = np.repeat(looks.units, lengths).astype(np.uint64)
    packed = np.sort((mine << np.uint64(_OTHER_BITS + _SCORE_BITS)) | (other << np.uint64(_SCORE_BITS)) | score)
    pair = packed >> np.uint64(_SCORE_BITS)
    edges = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1]))) if len(pair) else np.empty(0, dtype=np.int64)
    sums = np.add.reduceat((packed & np.uint64(_MOST_SCORE)).astype(np.int64), edges) if len(edges) else np.empty(0, dtype=np.int64)
    pair = pair[edges]
    mine, other = pair >> np.uint64(_OTHER_BITS), pair & np.uint64(MOST_MENTIONS - 1)
    apart = mine + np.uint64(begin) != other
    mine, other, sums = mine[apart], other[apart], np.minimum(sums[apart], _MOST_SCORE)
    ranked = (
        (mine << np.uint64(_OTHER_BITS + _SCORE_BITS)) | ((_MOST_SCORE - sums).astype(np.uint64) << np.uint64(_OTHER_BITS)) | other
    )
    ranked.sort()
    mine = (ranked >> np.uint64(_OTHER_BITS + _SCORE_BITS)).astype(np.int64)
    rank = np.arange(len(mine)) - np.searchsorted(mine, mine)
    best = ranked[rank < settings.candidates]
    who = (best >> np.uint64(_OTHER_BITS + _SCORE_BITS)).astype(np.int64) + begin
    whom = (best & np.uint64(MOST_MENTIONS - 1)).astype(np.int64)
    return who, whom, _MOST_SCORE - ((best >> np.uint64(_OTHER_BITS)) & np.uint64(_MOST_SCORE)).astype(np.int64)


def pair_up(who: Ints, whom: Ints, score: Ints, mentions: int, limit: int) -> tuple[Ints, Ints]:
    """Turn who named whom into pairs, left below right, sorted.

    Of those that name a mention which did not name them, the ``limit`` with the best score stay.
    """
    named = np.sort(who * mentions + whom)
    sought = np.bincount(whom, minlength=mentions) > limit
    doubtful = np.flatnonzero(sought[whom]) if len(whom) else np.empty(0, dtype=np.int64)
    back = whom[doubtful] * mentions + who[doubtful]
    found = np.minimum(np.searchsorted(named, back), max(0, len(named) - 1))
    doubtful = doubtful[named[found] != back] if len(named) else doubtful
    order = doubtful[np.lexsort((who[doubtful], -score[doubtful], whom[doubtful]))]
    target = whom[order]
    rank = np.arange(len(order)) - np.searchsorted(target, target)
    kept = np.ones(len(who), dtype=bool)
    kept[order[rank >= limit]] = False
    pairs = np.unique(np.minimum(who, whom)[kept] * mentions + np.maximum(who, whom)[kept])
    return pairs // max(1, mentions), pairs % max(1, mentions)


def find_pairs(blocks: Postings, settings: BlockSettings) -> tuple[Ints, Ints]:
    """Pairs of mentions worth comparing, left below right, sorted; of each at most ``candidates`` and ``namers`` together."""
    parts = [
        find_meetings(blocks, settings, begin, min(begin + PART, blocks.mentions)) for begin in range(0, blocks.mentions, PART)
    ]
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    who, whom, score = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return pair_up(who, whom, score, blocks.mentions, settings.namers)


def find_candidates(profiles: Sequence[Profile], rarity: Rarity, settings: BlockSettings) -> tuple[Ints, Ints]:
    """Pairs of positions in ``profiles`` worth comparing, left below right, sorted; ``batch.py`` finds many if it can be had.

    Args:
        profiles: Sorted by mention id, so that the answer is the same in any order of input.
        rarity: How telling words are.
        settings: How widely to look.
    """
    from newsblotter.link import batch  # which needs this module

    if len(profiles) < batch.LEAST_MENTIONS or not batch.is_available():
        return find_pairs(gather_keys(profiles, rarity, settings), settings)
    left, right = batch.find_pairs(list_keys(profiles, rarity, settings), settings)
    return left.astype(np.int64), right.astype(np.int64)
