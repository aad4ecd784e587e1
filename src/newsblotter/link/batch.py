"""Many pairs scored at once: profiles as columns of numbers, and the features of ``compare.py`` over them as compiled loops.

This is the first score of a large run: it finds the few pairs worth a link, to which ``compare.py`` gives its exact features and
words. It needs numba; without it every pair goes through ``compare.py``. A test holds each feature here against its plain
function there. A feature that has no form here counts with the most that it can add, so no pair is lost by it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from newsblotter.link.block import BlockSettings, Postings, pair_up, weigh_meeting
from newsblotter.link.cluster import APART_DAYS, CLASH_LEAST, DENSE, LIMIT, MISSING
from newsblotter.link.compare import FEATURES, TAKINGS, match_types
from newsblotter.link.profile import Profile
from newsblotter.link.values import Spot
from newsblotter.records import Count, Money, When

if TYPE_CHECKING:
    from newsblotter.link.score import Weights

Array: TypeAlias = npt.NDArray[Any]

# The features that ``kernels.measure`` knows, by their numbers there.
BATCHED = (
    *("text_similarity", "lead_similarity", "name_similarity", "rare_names", "people_shared", "ages_shared", "same_days"),
    *("days_apart", "told_before", "printed_apart", "km_apart", "same_address", "same_type", "target_similarity", "target_named"),
    *("killed_meet", "injured_meet", "suspects_meet", "loot_meets", "in_passing", "victims_shared", "accused_shared"),
    *("victim_ages", "means_shared", "fresh_apart", "same_outlet", "takings"),
)
# Days and places first: they rule most pairs out before their words, the long lists, are looked at.
_ORDER = (7, 10, 9, 12, 24, 6, 8, 19, 26, 4, 3, 20, 21, 13, 11, 5, 22, 15, 16, 17, 18, 23, 25, 14, 2, 1, 0)
COUNTED = ("killed", "injured", "suspects")
NO_DAY = -(2**31)
LEAST_PAIRS = 50_000  # pairs from which loading the compiled loops (about a second) pays
MOST_DENSE = 4000  # members of a component that is grouped in square tables: three of 128 MB
MARGIN = 1e-3  # log-odds by which the two forms may differ: the columns hold weights to seven digits


class Columns(NamedTuple):
    """Profiles as columns. A list of each mention's lies in ``x[x_at[i]:x_at[i + 1]]``, sorted; 0 stands for no word."""

    text_at: Array
    text: Array
    text_weight: Array
    lead_at: Array
    lead: Array
    lead_weight: Array
    names_at: Array
    names: Array
    names_weight: Array
    rare_at: Array
    rare: Array
    rarity: Array
    people_at: Array
    first: Array
    last: Array
    age: Array  # -1: not stated
    victims_at: Array
    victim_first: Array
    victim_last: Array
    victim_age: Array
    accused_at: Array
    accused_first: Array
    accused_last: Array
    accused_age: Array
    ages_at: Array
    ages: Array
    victim_ages_at: Array
    victim_ages: Array
    means_at: Array
    means: Array
    target_at: Array
    target: Array
    streets_at: Array  # into street_at
    street_at: Array
    street: Array
    whens: Array  # (mentions, 4): earliest and latest day of the two surest dates; NO_DAY: none
    sure: Array  # the same of those that may speak against
    spots: Array  # (2 × mentions, 4): point on the unit sphere and radius in km; nan: no point
    spot_country: Array  # of those; 0: unknown
    spot_name: Array
    spot_words_at: Array
    spot_words: Array
    spot_count: Array
    counts: Array  # (mentions, 6): low and high of COUNTED; nan: not stated, inf: open
    loot_at: Array
    loot: Array  # (amounts, 2)
    currency: Array
    kind: Array
    families: Array  # (kinds, kinds): ``same_type``
    taking: Array
    focus: Array
    fresh: Array
    published: Array  # NO_DAY: undated
    outlet: Array  # 0: unknown


def is_available() -> bool:
    """Whether the compiled loops can be had."""
    return find_spec("numba") is not None


@lru_cache(maxsize=1 << 17)
def hash_word(word: str) -> int:
    """A word's 32 bits, never 0; the same on every machine."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little") or 1


class _Lists:
    """Lists of numbers laid end to end."""

    def __init__(self, *kinds: str) -> None:
        self.ends = [0]
        self.parts: list[list[Any]] = [[] for _ in kinds]
        self.kinds = kinds

    def add(self, *columns: Iterable[Any]) -> None:
        for part, column in zip(self.parts, columns, strict=True):
            part.extend(column)
        self.ends.append(len(self.parts[0]))

    def arrays(self) -> tuple[Array, ...]:
        ends = np.array(self.ends, dtype=np.int64)
        return (ends, *(np.array(part, dtype=kind) for part, kind in zip(self.parts, self.kinds, strict=True)))


def _weighed(words: Mapping[str, float]) -> tuple[list[int], list[float]]:
    found = sorted({hash_word(word): weight for word, weight in words.items()}.items())
    return [word for word, _ in found], [weight for _, weight in found]


def _named(people: Sequence[tuple[str, str, int | None]]) -> tuple[list[int], list[int], list[int]]:
    """First names, surnames and ages; 0 and -1 where they are not stated."""
    return (
        [hash_word(first) if first else 0 for first, _, _ in people],
        [hash_word(last) for _, last, _ in people],
        [-1 if age is None else age for _, _, age in people],
    )


def _days(whens: Sequence[When]) -> list[int]:
    days = [day.toordinal() for when in whens[:2] for day in (when.earliest, when.latest)]
    return days + [NO_DAY] * (4 - len(days))


def _range(value: Count | Money | None) -> tuple[float, float]:
    if value is None:
        return (math.nan, math.nan)
    return (value.low, math.inf if value.high is None else value.high)


class ColumnWriter:
    """Lays profiles out as columns, one by one; ``kinds`` are numbered first, so that parts made apart can be joined."""

    def __init__(self, kinds: Sequence[str] = ()) -> None:
        self._text, self._lead, self._names, self._rare = (_Lists("u4", "f4") for _ in range(4))
        self._people, self._victims, self._accused = (_Lists("u4", "u4", "i2") for _ in range(3))
        self._ages, self._victim_ages, self._means = _Lists("i2"), _Lists("i2"), _Lists("u4")
        self._target, self._streets, self._street = _Lists("u4"), _Lists("i1"), _Lists("u4")
        self._spot_words, self._loot = _Lists("u4"), _Lists("f8", "f8", "u4")
        self._rows: dict[str, list[Any]] = {name: [] for name in ("whens", "sure", "spots", "country", "name", "counted", "counts")}
        self._kinds = {kind: at for at, kind in enumerate(kinds)}
        self._kind: list[int] = []
        self._flags: dict[str, list[int]] = {name: [] for name in ("taking", "focus", "fresh", "published", "outlet")}

    def add(self, profile: Profile) -> None:
        """Append a mention."""
        for lists, words in (
            (self._text, profile.text),
            (self._lead, profile.lead),
            (self._names, profile.names),
            (self._rare, profile.rare),
        ):
            lists.add(*_weighed(words))
        for lists, people in (
            (self._people, profile.people),
            (self._victims, profile.victims),
            (self._accused, profile.accused),
        ):
            lists.add(*_named(people))
        self._ages.add(sorted(profile.ages))
        self._victim_ages.add(sorted(profile.victim_ages))
        self._means.add(sorted(map(hash_word, profile.means)))
        self._target.add(sorted(map(hash_word, profile.target)))
        for street in profile.addresses:
            self._street.add(sorted(map(hash_word, street)))
        self._streets.add([0] * len(profile.addresses))
        loot = [(*_range(m), hash_word(m.currency) if m.currency else 0) for m in profile.loot]
        self._loot.add(*zip(*loot, strict=True)) if loot else self._loot.add((), (), ())
        rows = self._rows
        rows["whens"].append(_days(profile.whens))
        rows["sure"].append(_days(profile.sure_whens))
        rows["counts"].append([bound for name in COUNTED for bound in _range(profile.counts.get(name))])
        self._add_spots(profile.spots)
        self._kind.append(self._kinds.setdefault(profile.mention.type, len(self._kinds)))
        flags = self._flags
        flags["taking"].append(profile.mention.type in TAKINGS)
        flags["focus"].append(profile.in_focus)
        flags["fresh"].append(profile.is_fresh)
        flags["published"].append(NO_DAY if profile.published is None else profile.published)
        flags["outlet"].append(hash_word(profile.outlet) if profile.outlet else 0)

    def _add_spots(self, spots: Sequence[Spot]) -> None:
        rows = self._rows
        rows["counted"].append(min(2, len(spots)))
        for at in range(2):
            spot = spots[at] if at < len(spots) else Spot(None, 0.0, None)
            rows["spots"].append([*(spot.point or (math.nan,) * 3), spot.radius_km])
            rows["country"].append(hash_word(spot.country) if spot.country else 0)
            rows["name"].append(hash_word(spot.name) if spot.name else 0)
            self._spot_words.add(map(hash_word, spot.name.split()))

    def finish(self) -> Columns:
        """The columns of all that was added."""
        rows, size = self._rows, len(self._kind)
        streets_at, _ = self._streets.arrays()
        loot_at, low, high, currency = self._loot.arrays()
        kinds = sorted(self._kinds, key=lambda kind: self._kinds[kind])
        lists = (
            *self._text.arrays(),
            *self._lead.arrays(),
            *self._names.arrays(),
            *self._rare.arrays(),
            *self._people.arrays(),
            *self._victims.arrays(),
            *self._accused.arrays(),
            *self._ages.arrays(),
            *self._victim_ages.arrays(),
            *self._means.arrays(),
            *self._target.arrays(),
            streets_at,
            *self._street.arrays(),
        )
        others = (
            np.array(rows["whens"], dtype=np.int32).reshape(size, 4),
            np.array(rows["sure"], dtype=np.int32).reshape(size, 4),
            np.array(rows["spots"], dtype=np.float64).reshape(2 * size, 4),
            np.array(rows["country"], dtype=np.uint32),
            np.array(rows["name"], dtype=np.uint32),
            *self._spot_words.arrays(),
            np.array(rows["counted"], dtype=np.int8),
            np.array(rows["counts"], dtype=np.float64).reshape(size, 6),
            loot_at,
            np.column_stack((low, high)),
            currency,
            np.array(self._kind, dtype=np.int16),
            np.array([[match_types(a, b) for b in kinds] for a in kinds], dtype=np.float64).reshape(len(kinds), len(kinds)),
            np.array(self._flags["taking"], dtype=np.int8),
            np.array(self._flags["focus"], dtype=np.int8),
            np.array(self._flags["fresh"], dtype=np.int8),
            np.array(self._flags["published"], dtype=np.int32),
            np.array(self._flags["outlet"], dtype=np.uint32),
        )
        return Columns._make((*lists, *others))


def to_columns(profiles: Iterable[Profile]) -> Columns:
    """Lay profiles out as columns."""
    writer = ColumnWriter()
    for profile in profiles:
        writer.add(profile)
    return writer.finish()


def join_columns(parts: Sequence[Columns]) -> Columns:
    """Columns that were laid out apart, with the same kinds, as one."""
    joined = {}
    for name in Columns._fields:
        arrays = [getattr(part, name) for part in parts]
        if name == "families":
            joined[name] = arrays[0]
        elif name.endswith("_at"):
            offsets = np.cumsum([0, *(array[-1] for array in arrays[:-1])])
            moved = [array[1:] + offset for array, offset in zip(arrays, offsets, strict=True)]
            joined[name] = np.concatenate([arrays[0][:1], *moved])
        else:
            joined[name] = np.concatenate(arrays)
    return Columns(**joined)


def _tables(weights: Weights) -> tuple[Array, Array, Array, float]:
    """Knots and log-odds of the batched features, (features, most knots) float64, how many each has, and where the scale starts.

    The scale starts higher by the most that the features without a form here can add.
    """
    specs = {spec.name: spec for spec in FEATURES}
    size = max(len(spec.knots) for spec in FEATURES)
    knots, odds = np.zeros((len(BATCHED), size)), np.zeros((len(BATCHED), size))
    lengths = np.zeros(len(BATCHED), dtype=np.int64)
    for at, name in enumerate(BATCHED):
        if name in specs:
            lengths[at] = len(specs[name].knots)
            knots[at, : lengths[at]], odds[at, : lengths[at]] = specs[name].knots, weights.log_odds[name]
    unknown = (spec.name for spec in FEATURES if spec.name not in BATCHED)
    return knots, odds, lengths, weights.bias + sum(max(0.0, float(weights.log_odds[name].max())) for name in unknown)


def score_columns(
    columns: Columns, left: Array, right: Array, weights: Weights, threads: int = 1, least: float = -math.inf
) -> npt.NDArray[np.float32]:
    """Log-odds of pairs of positions, (pairs,): as ``score.score_pairs`` has them within ``MARGIN``, or above.

    Args:
        columns: The mentions.
        left: Positions, one a pair.
        right: The others.
        weights: What each feature is worth.
        threads: How many parts are worked on at once; the loops let go of Python's lock.
        least: Pairs that cannot reach it get -inf, which is found out without comparing their words.
    """
    from newsblotter.link import kernels

    result = np.empty(len(left), dtype=np.float32)
    knots, odds, lengths, bias = _tables(weights)
    order = np.array([at for at in _ORDER if at < len(lengths) and lengths[at]], dtype=np.int64)
    gains = np.maximum(0.0, [odds[at, : lengths[at]].max() for at in order])
    most = np.concatenate((np.cumsum(gains[::-1])[::-1], [0.0]))
    tables = (knots, odds, lengths, bias)
    _share(
        lambda a, b: kernels.score_all(columns, (left[a:b], right[a:b]), order, most, tables, least, result[a:b]),
        len(left),
        threads,
    )
    return result


def measure_columns(columns: Columns, left: Array, right: Array) -> npt.NDArray[np.float64]:
    """Every batched feature of pairs, (pairs, features) in the order of ``BATCHED``; nan where a side does not say."""
    from newsblotter.link import kernels

    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    return np.array([[kernels.measure(columns, a, b, at) for at in range(len(BATCHED))] for a, b in pairs])


def find_pairs(blocks: Postings, settings: BlockSettings, threads: int = 1) -> tuple[Array, Array]:
    """``block.find_pairs``, compiled."""
    from newsblotter.link import kernels

    units = weigh_meeting(blocks.tells, blocks.sizes[blocks.at]).astype(np.int32)
    whom = np.full((blocks.mentions, settings.candidates), -1, dtype=np.int32)
    score = np.zeros((blocks.mentions, settings.candidates), dtype=np.int32)
    columns = (blocks.at, units, blocks.owners, blocks.starts, blocks.sizes)
    most = int(settings.common * blocks.mentions)
    limits = np.array([settings.crowd, settings.reach, most, settings.met, settings.candidates])
    _share(lambda a, b: kernels.meet(columns, blocks.bounds, limits, a, b, whom, score), blocks.mentions, threads)
    named = whom >= 0
    who = np.repeat(np.arange(blocks.mentions), named.sum(axis=1))
    return pair_up(who, whom[named].astype(np.int64), score[named].astype(np.int64), blocks.mentions, settings.candidates)


def _share(work: Callable[[int, int], object], count: int, threads: int) -> None:
    """Do work from 0 to ``count`` in as many parts as there are threads; compiled loops let go of Python's lock."""
    cuts = np.linspace(0, count, threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))


def group_columns(days: Array, left: Array, right: Array, odds: Array, min_probability: float) -> Array:
    """``cluster.cluster`` of pairs that are neither certain nor judged: the lowest member of each mention's group.

    Groups only join over a pair that is as likely as a join must be, so each component of such pairs is grouped by itself.

    Args:
        days: First and last day of each mention's incident where it is surely said, (mentions, 2); NO_DAY: none.
        left: Positions, one a pair; each pair once.
        right: The others.
        odds: Log-odds of the pairs.
        min_probability: Weakest average link that may join two groups.
    """
    from newsblotter.link import components

    least = math.log(min_probability / (1 - min_probability))
    odds = np.clip(odds.astype(np.float64), -LIMIT, LIMIT)
    strong = odds >= least
    home = components.find_components(len(days), left[strong], right[strong])
    inside = np.flatnonzero(home[left] == home[right])
    inside = inside[np.argsort(home[left[inside]], kind="stable")]
    members = np.argsort(home, kind="stable")
    sizes = np.bincount(home, minlength=len(home))
    first = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    place = np.empty(len(home), dtype=np.int64)
    place[members] = np.arange(len(home)) - first[home[members]]
    if len(sizes) and sizes.max() > MOST_DENSE:
        raise ValueError(f"a component of {sizes.max():,} mentions: the links are too loose to be grouped")
    rules = (least, CLASH_LEAST, MISSING, DENSE)
    layout, pairs = (members, sizes, first), (left[inside], right[inside])
    components.group_all(layout, place, days, pairs, odds[inside], home, APART_DAYS, rules)
    return home
