"""Profiles as columns of numbers: what the compiled loops of ``kernels.py`` read instead of ``profile.Profile``.

A mention is one row of fixed size and one run of words. The lists of its words lie in that run one behind the other, so that
comparing two mentions touches two places of memory, however many lists are looked at.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from newsblotter.link.compare import TAKINGS, match_types
from newsblotter.link.profile import Profile
from newsblotter.link.values import Spot
from newsblotter.records import Count, Money, When

Array: TypeAlias = npt.NDArray[Any]

# The features that ``kernels.measure`` knows, by their numbers there, in the order in which they are asked: those that rest on the
# row alone come first, which rules most pairs out before their words, the long lists last, are looked at.
BATCHED = (
    *("same_type", "in_passing", "takings", "days_apart", "km_apart", "printed_apart", "fresh_apart", "same_days", "told_before"),
    *("same_outlet", "killed_meet", "injured_meet", "suspects_meet", "people_shared", "victims_shared", "accused_shared"),
    *("ages_shared", "victim_ages", "same_address", "target_similarity", "means_shared", "loot_meets", "rare_names"),
    *("target_named", "name_similarity", "lead_similarity", "text_similarity"),
)
# The lists of a mention's words, by their places in its run. People are two words each, first name (0: none) and surname, and their
# age (-1: not stated) for a weight; streets each open with the number of their words; amounts are the currency twice (0: none),
# lowest and highest for weights; the place lists hold the words of the places' names. The others are sorted.
LISTS = (
    *("people", "victims", "accused", "ages", "victim_ages", "means", "target", "streets", "loot", "place", "other_place"),
    *("rare", "names", "lead", "text"),
)
COUNTED = ("killed", "injured", "suspects")
NO_DAY = -(2**31)

ROW = np.dtype(
    [
        ("start", "i8"),  # where its words begin
        ("ends", "i4", (len(LISTS),)),  # where each of its lists ends, counted from there; each begins where the one before ends
        ("stated", "u4"),  # the features, by their bits, that may have a value if the other mention's allow it
        ("whens", "i4", (4,)),  # earliest and latest day of the two surest dates; NO_DAY: none
        ("sure", "i4", (4,)),  # the same of those that may speak against
        ("published", "i4"),  # NO_DAY: undated
        ("outlet", "u4"),  # 0: unknown
        ("spots", "f4", (8,)),  # of two places the point on the unit sphere and the radius in km; nan: no point
        ("countries", "u4", (2,)),  # of those; 0: unknown
        ("places", "u4", (2,)),  # their names
        ("counts", "f4", (6,)),  # low and high of COUNTED; nan: not stated, inf: open
        ("kind", "i2"),
        ("spot_count", "i1"),
        ("taking", "i1"),
        ("focus", "i1"),
        ("fresh", "i1"),
    ],
    align=True,
)


class Columns(NamedTuple):
    """Profiles as columns."""

    rows: Array  # (mentions,) ROW
    words: Array  # hashed, uint32, mention by mention
    weights: Array  # of those, float32; 0 where a list has none
    families: Array  # (kinds, kinds): ``same_type``


@lru_cache(maxsize=1 << 17)
def hash_word(word: str) -> int:
    """A word's 32 bits, never 0; the same on every machine."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little") or 1


_Listed: TypeAlias = tuple[Sequence[int], Sequence[float]]


def _weighed(words: Mapping[str, float]) -> _Listed:
    found = sorted({hash_word(word): weight for word, weight in words.items()}.items())
    return [word for word, _ in found], [weight for _, weight in found]


def _plain(words: Iterable[int]) -> _Listed:
    found = list(words)
    return found, [0.0] * len(found)


def _named(people: Sequence[tuple[str, str, int | None]]) -> _Listed:
    names = [hash_word(part) if part else 0 for first, last, _ in people for part in (first, last)]
    return names, [-1.0 if age is None else float(age) for _, _, age in people for _ in range(2)]


def _days(whens: Sequence[When]) -> list[int]:
    days = [day.toordinal() for when in whens[:2] for day in (when.earliest, when.latest)]
    return days + [NO_DAY] * (4 - len(days))


def _range(value: Count | Money | None) -> tuple[float, float]:
    if value is None:
        return (math.nan, math.nan)
    return (value.low, math.inf if value.high is None else value.high)


def _lists(profile: Profile) -> Iterator[_Listed]:
    """The lists of a mention, in the order of ``LISTS``."""
    for people in (profile.people, profile.victims, profile.accused):
        yield _named(people)
    yield _plain(sorted(profile.ages))
    yield _plain(sorted(profile.victim_ages))
    yield _plain(sorted(map(hash_word, profile.means)))
    yield _plain(sorted(map(hash_word, profile.target)))
    yield _plain(number for street in profile.addresses for number in (len(street), *sorted(map(hash_word, street))))
    currencies = [hash_word(money.currency) if money.currency else 0 for money in profile.loot]
    yield [currency for currency in currencies for _ in range(2)], [bound for money in profile.loot for bound in _range(money)]
    for at in range(2):
        yield _plain(map(hash_word, profile.spots[at].name.split()) if at < len(profile.spots) else ())
    for words in (profile.rare, profile.names, profile.lead, profile.text):
        yield _weighed(words)


def _find_stated(profile: Profile) -> int:
    """The features, by their bits, that have a value with some other mention."""
    printed, sure, rare = profile.published is not None, bool(profile.sure_whens), bool(profile.rare)
    needs = {
        "days_apart": sure,
        "km_apart": bool(profile.spots),
        "printed_apart": printed,
        "fresh_apart": sure or (profile.is_fresh and printed),
        "same_days": bool(profile.whens),
        "told_before": printed or sure,
        "same_outlet": bool(profile.outlet),
        "people_shared": bool(profile.people),
        "victims_shared": bool(profile.victims),
        "accused_shared": bool(profile.accused),
        "ages_shared": bool(profile.ages),
        "victim_ages": bool(profile.victim_ages),
        "same_address": bool(profile.addresses),
        "target_similarity": bool(profile.target),
        "means_shared": bool(profile.means),
        "loot_meets": bool(profile.loot),
        "rare_names": rare,
        "target_named": bool(profile.target) or rare,
        "name_similarity": bool(profile.names),
        **{f"{name}_meet": name in profile.counts for name in COUNTED},
    }
    return sum(1 << at for at, name in enumerate(BATCHED) if needs.get(name, True))


class ColumnWriter:
    """Lays profiles out as columns, one by one; ``kinds`` are numbered first, so that parts made apart can be joined."""

    def __init__(self, kinds: Sequence[str] = ()) -> None:
        self._words, self._weights = array("I"), array("f")
        self._rows: list[tuple[Any, ...]] = []
        self._kinds = {kind: at for at, kind in enumerate(kinds)}

    def add(self, profile: Profile) -> None:
        """Append a mention."""
        start, ends = len(self._words), []
        for words, weights in _lists(profile):
            self._words.extend(words)
            self._weights.extend(weights)
            ends.append(len(self._words) - start)
        spots = [*profile.spots[:2], Spot(None, 0.0, None), Spot(None, 0.0, None)][:2]
        self._rows.append(
            (
                start,
                ends,
                _find_stated(profile),
                _days(profile.whens),
                _days(profile.sure_whens),
                NO_DAY if profile.published is None else profile.published,
                hash_word(profile.outlet) if profile.outlet else 0,
                [number for spot in spots for number in (*(spot.point or (math.nan,) * 3), spot.radius_km)],
                [hash_word(spot.country) if spot.country else 0 for spot in spots],
                [hash_word(spot.name) if spot.name else 0 for spot in spots],
                [bound for name in COUNTED for bound in _range(profile.counts.get(name))],
                self._kinds.setdefault(profile.mention.type, len(self._kinds)),
                min(2, len(profile.spots)),
                profile.mention.type in TAKINGS,
                profile.in_focus,
                profile.is_fresh,
            )
        )

    def finish(self) -> Columns:
        """The columns of all that was added."""
        kinds = sorted(self._kinds, key=lambda kind: self._kinds[kind])
        families = np.array([[match_types(a, b) for b in kinds] for a in kinds], dtype=np.float64).reshape(len(kinds), len(kinds))
        words, weights = np.array(self._words, dtype=np.uint32), np.array(self._weights, dtype=np.float32)
        return Columns(np.array(self._rows, dtype=ROW), words, weights, families)


def to_columns(profiles: Iterable[Profile]) -> Columns:
    """Lay profiles out as columns."""
    writer = ColumnWriter()
    for profile in profiles:
        writer.add(profile)
    return writer.finish()


def join_columns(parts: Sequence[Mapping[str, Array]]) -> Columns:
    """Columns that were laid out apart, with the same kinds, as one; fields are asked for one after the other."""
    words = [part["words"] for part in parts]
    begins = np.cumsum([0, *map(len, words)])[:-1]
    joined = np.concatenate(words)
    del words
    rows = [part["rows"] for part in parts]
    moved = np.repeat(begins, [len(own) for own in rows])
    every = np.concatenate(rows)
    every["start"] += moved
    return Columns(every, joined, np.concatenate([part["weights"] for part in parts]), parts[0]["families"])
