"""Which pairs of mentions are worth comparing: those that share telling keys.

A key is a rare word, a person's surname, a word of the target, or a place and a week. Pairs are ranked by how telling their
shared keys are and bounded per mention, so that the cost stays near-linear however dense the news.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsblotter.link.profile import Profile
from newsblotter.link.words import Rarity


@dataclass(frozen=True, slots=True)
class BlockSettings:
    """How widely to look. Chosen on gunviolence train: 99 % of one incident's pairs are met."""

    words: int = 30  # telling words of a mention that serve as keys
    crowd: int = 60  # a word in more mentions than this is no key
    reach: int = 12  # in a crowded place and week, or among many of one name, each meets this many nearest in time
    candidates: int = 30  # best pairs kept for each mention
    cell_degrees: float = 0.5  # side of a place cell, about 50 km


def _keys(profile: Profile, settings: BlockSettings, rarity: Rarity) -> Iterator[tuple[str, float]]:
    """The keys of a mention and how telling each is."""
    ranked = sorted(profile.text.items(), key=lambda item: (-item[1], item[0]))[: settings.words]
    for word, _ in ranked:
        yield "w" + word, rarity.of(word)
    for name in sorted(profile.rare, key=lambda name: (-profile.rare[name], name))[: settings.words]:
        if name not in profile.text:
            yield "w" + name, rarity.of(name)
    for first, last, _ in profile.people:
        yield "p" + last, 2 + rarity.of(last)
        if first:
            yield f"p{first} {last}", 4.0
    for word in sorted(profile.target):
        yield "t" + word, rarity.of(word)
    yield from _settings_keys(profile, settings)


def _settings_keys(profile: Profile, settings: BlockSettings) -> Iterator[tuple[str, float]]:
    """Place and week; either half moves by half a step too, so that neighbours meet."""
    days = [when.earliest.toordinal() for when in profile.whens[:2] if (when.latest - when.earliest).days <= 10]
    if not days and profile.published is not None:
        days = [profile.published]
    weeks = sorted({(day + shift) // 7 * 2 + (shift > 0) for day in days for shift in (0, 3)})
    cells = set()
    for where in profile.wheres[:2]:
        if where.latitude is None or where.longitude is None or where.precision in ("country", "region"):
            continue
        for shift in (0.0, 0.5):
            row = math.floor(where.latitude / settings.cell_degrees + shift)
            column = math.floor(where.longitude / settings.cell_degrees + shift)
            cells.add(f"{row}:{column}:{shift > 0}")
    for cell in sorted(cells):
        for week in weeks:
            yield f"c{cell}@{week}", 4.0


def find_candidates(
    profiles: Sequence[Profile], rarity: Rarity, settings: BlockSettings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of positions in ``profiles`` worth comparing, left below right, sorted.

    Args:
        profiles: Sorted by mention id, so that the answer is the same in any order of input.
        rarity: How telling words are.
        settings: How widely to look.
    """
    postings: dict[str, list[int]] = defaultdict(list)
    tells: dict[str, float] = {}
    for at, profile in enumerate(profiles):
        for key, weight in _keys(profile, settings, rarity):
            if not postings[key] or postings[key][-1] != at:
                postings[key].append(at)
            tells[key] = weight
    total = max(1, len(profiles))
    published = [profile.published or 0 for profile in profiles]
    lefts: list[npt.NDArray[np.int64]] = []
    weights: list[npt.NDArray[np.float64]] = []
    for key in sorted(postings):
        members = postings[key]
        if len(members) < 2 or (len(members) > settings.crowd and key[0] == "w"):
            continue
        found = np.array(members, dtype=np.int64)
        if len(members) > settings.crowd:
            members.sort(key=lambda at: (published[at], at))
            found = np.array(members, dtype=np.int64)
            codes = [_encode(found[:-step], found[step:], total) for step in range(1, settings.reach + 1)]
            lefts.extend(codes)
        else:
            first, second = np.triu_indices(len(found), 1)
            codes = [_encode(found[first], found[second], total)]
            lefts.extend(codes)
        weights.extend(np.full(len(part), tells[key] / (1 + 0.25 * math.log(len(members)))) for part in codes)
    if not lefts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    pairs, inverse = np.unique(np.concatenate(lefts), return_inverse=True)
    scores = np.bincount(inverse, np.concatenate(weights), len(pairs)).astype(np.float64)
    kept = _keep_best(pairs // total, pairs % total, scores, settings.candidates)
    return pairs[kept] // total, pairs[kept] % total


def _encode(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    return np.minimum(left, right) * total + np.maximum(left, right)


def _keep_best(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], scores: npt.NDArray[np.float64], limit: int
) -> npt.NDArray[np.bool_]:
    """A pair stays when it is among the ``limit`` best of either of its mentions."""
    owner = np.concatenate((left, right))
    other = np.concatenate((right, left))
    both = np.round(np.concatenate((scores, scores)), 9)  # sums of floats: rounding hides the order of adding
    order = np.lexsort((other, -both, owner))
    starts = np.flatnonzero(np.concatenate(([True], owner[order][1:] != owner[order][:-1])))
    lengths = np.diff(np.concatenate((starts, [len(order)])))
    rank = np.arange(len(order)) - np.repeat(starts, lengths)
    kept = np.zeros(len(order), dtype=bool)
    kept[order] = rank < limit
    return kept[: len(left)] | kept[len(left) :]
