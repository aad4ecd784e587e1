"""Why two mentions look alike or not: one plain function a feature.

A feature returns a number, or None when either side does not say; None moves nothing. Its docstring is its public
documentation. What a number is worth is learnt (``_data/link_weights.json``); ``rises`` says in which direction it may count,
so that no weight can turn absurd.

To add a feature: write its function, add its line to ``FEATURES``, refit the weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from newsblotter.link.profile import Profile
from newsblotter.link.values import ranges_meet, span_days, spread_km
from newsblotter.link.words import cosine
from newsblotter.records import gap_days

# Types that one happening is told under, by outlet and by stage of the case. Groups overlap: shooting meets homicide.
TYPE_FAMILIES = (
    frozenset({"robbery", "theft", "burglary", "fraud", "other_crime"}),
    frozenset({"shooting", "homicide", "assault", "attack", "bombing", "arson", "other_crime"}),
    frozenset({"attack", "escape", "kidnapping"}),
    frozenset({"robbery", "shooting", "homicide", "assault"}),
    frozenset({"arson", "accident", "bombing"}),
    frozenset({"shooting", "accident"}),
)
TAKINGS = frozenset({"robbery", "burglary", "theft", "fraud"})
RARE_NAME = 4.5  # rarity from which a name says something: held by about one report in a hundred
LOOT_SLACK = 0.25  # either way of two amounts that are one
NEAR_KM = 30.0  # beyond the radii: a neighbouring town


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """A feature: its function, the direction in which it may count, and its words for a person."""

    name: str
    measure: Callable[[Profile, Profile], float | None]
    rises: bool | None  # True: more is more alike; False: more is less alike; None: either
    knots: tuple[float, ...]  # between which its worth runs straight
    alike: str  # said of a value on the side of one incident
    unlike: str  # said of one on the other side

    def is_alike(self, value: float) -> bool:
        """Whether two accounts are alike in this, whatever that is worth: beside other features likeness may weigh against them."""
        middle = self.knots[max(1, (len(self.knots) - 1) // 2)]
        return value < middle if self.rises is False else value >= middle

    def tell(self, value: float) -> str:
        """What a value is, in words for a person."""
        return self.alike if self.is_alike(value) else self.unlike


def text_similarity(left: Profile, right: Profile) -> float | None:
    """Cosine of the two texts over their most telling words, 0 to 1."""
    return cosine(left.text, right.text)


def lead_similarity(left: Profile, right: Profile) -> float | None:
    """Cosine of the titles and openings, 0 to 1."""
    return cosine(left.lead, right.lead)


def name_similarity(left: Profile, right: Profile) -> float | None:
    """Cosine over the words capitalised inside a sentence: people, places, shops, 0 to 1."""
    return cosine(left.names, right.names) if left.names and right.names else None


def rare_names(left: Profile, right: Profile) -> float | None:
    """How telling the rare names are that both texts hold: the sum of what their rarity exceeds the usual by."""
    if not left.rare or not right.rare:
        return None
    small, large = (left.rare, right.rare) if len(left.rare) <= len(right.rare) else (right.rare, left.rare)
    return sum(rarity - RARE_NAME for name, rarity in small.items() if rarity > RARE_NAME and name in large)


def people_shared(left: Profile, right: Profile) -> float | None:
    """Whether both name the same person: 1 first name and surname, 0.6 surname alone, 0 different people."""
    return _same_names(left.people, right.people)


def victims_shared(left: Profile, right: Profile) -> float | None:
    """Whether both name the same victim, as ``people_shared`` tells it of everybody: officials are named in many cases."""
    return _same_names(left.victims, right.victims)


def accused_shared(left: Profile, right: Profile) -> float | None:
    """Whether both name the same suspect, as ``people_shared`` tells it of everybody."""
    return _same_names(left.accused, right.accused)


_Names: TypeAlias = Sequence[tuple[str, str, int | None]]


def _same_names(ours: _Names, theirs: _Names) -> float | None:
    if not ours or not theirs:
        return None
    best = 0.0
    for first, last, age in ours:
        for other_first, other_last, other_age in theirs:
            if last != other_last or (first and other_first and first != other_first):
                continue
            fit = 1.0 if first and first == other_first else 0.6
            if age is not None and other_age is not None:
                fit += 0.2 if abs(age - other_age) <= 1 else -0.3
            best = max(best, fit)
    return best


def victim_ages(left: Profile, right: Profile) -> float | None:
    """Whether the ages that both give for those who came to harm meet: share of the shorter list found in the other."""
    return _share(left.victim_ages, right.victim_ages)


def means_shared(left: Profile, right: Profile) -> float | None:
    """Share of the shorter list of telling weapons, vehicles and tactics that the other's holds, 0 to 1."""
    return _share(left.means, right.means)


def _share(ours: frozenset[Any], theirs: frozenset[Any]) -> float | None:
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else None


def ages_shared(left: Profile, right: Profile) -> float | None:
    """Whether the ages that both state are the same people's: share of the shorter list found in the other."""
    return _share(left.ages, right.ages)


def same_days(left: Profile, right: Profile) -> float | None:
    """How closely two dates meet: 1 both to the day, less for weeks, months, years; None when they are apart."""
    pairs = [(a, b) for a in left.whens[:2] for b in right.whens[:2] if gap_days(a, b) <= 1]
    if not pairs:
        return None
    return max(1 / (1 + math.log2(max(span_days(a), span_days(b)))) for a, b in pairs)


def days_apart(left: Profile, right: Profile) -> float | None:
    """Days between two dates that do not meet, as a logarithm: 1 for two days, about 6 for a year; None when they meet."""
    if not left.sure_whens or not right.sure_whens:
        return None
    gap = min(gap_days(a, b) for a in left.sure_whens[:2] for b in right.sure_whens[:2])
    return math.log(gap) + 0.3 if gap > 1 else None


def told_before(left: Profile, right: Profile) -> float | None:
    """Days by which one text was printed before the other's incident came about, as a logarithm; None when it was not."""
    found = []
    for one, other in ((left, right), (right, left)):
        if one.published is not None and other.sure_whens:
            found.append(min(when.earliest.toordinal() for when in other.sure_whens[:2]) - one.published)
    late = max(found, default=0)
    return math.log(late) + 0.3 if late > 1 else None


def printed_apart(left: Profile, right: Profile) -> float | None:
    """Days between the two publications, as a logarithm: 0 for the same day, about 6 for a year."""
    if left.published is None or right.published is None:
        return None
    return math.log1p(abs(left.published - right.published))


def fresh_apart(left: Profile, right: Profile) -> float | None:
    """Days between two accounts of which one gives no sure date but is fresh news, as a logarithm: 0 within a day, 6 a year.

    Fresh news is printed within days of what it tells of, so its day stands in for the date that it does not give.
    """
    if left.sure_whens and right.sure_whens:
        return None
    ours, theirs = _fresh_days(left), _fresh_days(right)
    if not ours or not theirs:
        return None
    return math.log1p(min(max(0, a - d, c - b) for a, b in ours for c, d in theirs))


def _fresh_days(profile: Profile) -> list[tuple[int, int]]:
    if profile.sure_whens:
        return [(when.earliest.toordinal(), when.latest.toordinal()) for when in profile.sure_whens[:2]]
    return [(profile.published - 1, profile.published)] if profile.is_fresh and profile.published is not None else []


def km_apart(left: Profile, right: Profile) -> float | None:
    """Kilometres between the two places beyond what their radii explain, as a logarithm; 0 when they bear one name.

    Two towns of one name are mostly one town that was looked up twice, with more and with less to go by. None when they lie
    apart but one's place stands in the other's text too, which may be of either.
    """
    found = [0.0 if a.name and a.name == b.name else spread_km(a, b) for a in left.spots[:2] for b in right.spots[:2]]
    nearest = min((km for km in found if km is not None), default=None)
    if nearest is None or (nearest > NEAR_KM and (_place_named(left, right) or _place_named(right, left))):
        return None
    return math.log1p(nearest)


def _place_named(left: Profile, right: Profile) -> bool:
    return any(spot.name and all(word in right.rare for word in spot.name.split()) for spot in left.spots[:2])


def same_address(left: Profile, right: Profile) -> float | None:
    """Whether both give one street: 1 when the words of one's street are all in the other's address, else 0."""
    if not left.addresses or not right.addresses:
        return None
    return float(any(a <= b or b <= a for a in left.addresses for b in right.addresses))


def same_type(left: Profile, right: Profile) -> float | None:
    """Kind of incident: 1 the same, 0.5 kinds that one happening is told under, 0 neither."""
    return match_types(left.mention.type, right.mention.type)


def match_types(left: str, right: str) -> float:
    """``same_type`` of two types."""
    if left == right:
        return 1.0
    return 0.5 if any({left, right} <= family for family in TYPE_FAMILIES) else 0.0


def target_similarity(left: Profile, right: Profile) -> float | None:
    """Share of the shorter target's words that the other's holds, 0 to 1."""
    return _share(left.target, right.target)


def target_named(left: Profile, right: Profile) -> float | None:
    """Share of one side's target words that the other's text holds as names, the better way round."""
    found = [
        sum(word in other.rare for word in one.target) / len(one.target)
        for one, other in ((left, right), (right, left))
        if one.target and other.rare
    ]
    return max(found, default=None)


def _counts_meet(field: str, left: Profile, right: Profile) -> float | None:
    if field not in left.counts or field not in right.counts:
        return None
    return float(ranges_meet(left.counts[field], right.counts[field]))


def killed_meet(left: Profile, right: Profile) -> float | None:
    """Whether the numbers of killed agree."""
    return _counts_meet("killed", left, right)


def injured_meet(left: Profile, right: Profile) -> float | None:
    """Whether the numbers of injured agree."""
    return _counts_meet("injured", left, right)


def suspects_meet(left: Profile, right: Profile) -> float | None:
    """Whether the numbers of perpetrators agree."""
    return _counts_meet("suspects", left, right)


def loot_meets(left: Profile, right: Profile) -> float | None:
    """Whether amounts of loot in one currency agree; None without a currency in common."""
    pairs = [(a, b) for a in left.loot for b in right.loot if a.currency is not None and a.currency == b.currency]
    return float(any(ranges_meet(a, b, LOOT_SLACK) for a, b in pairs)) if pairs else None


def same_outlet(left: Profile, right: Profile) -> float | None:
    """Whether one outlet printed both: its page furniture and its staff's phrases stand in all its reports."""
    return float(left.outlet == right.outlet) if left.outlet and right.outlet else None


def takings(left: Profile, right: Profile) -> float | None:
    """How many of the two tell of a robbery, burglary, theft or fraud: 0, 1 or 2.

    Beyond ``same_type``: reports of takings reach an archive when many outlets tell of them, those of shootings daily.
    """
    return float((left.mention.type in TAKINGS) + (right.mention.type in TAKINGS))


def in_passing(left: Profile, right: Profile) -> float | None:
    """How many of the two texts only mention the incident in passing: 0, 1 or 2."""
    return float((not left.in_focus) + (not right.in_focus))


FEATURES: tuple[FeatureSpec, ...] = (
    FeatureSpec(
        "text_similarity",
        text_similarity,
        True,
        (0, 0.1, 0.2, 0.3, 0.45, 0.7),
        "their texts share telling words",
        "their texts share few telling words",
    ),
    FeatureSpec("lead_similarity", lead_similarity, True, (0, 0.1, 0.2, 0.35, 0.6), "they open alike", "they open differently"),
    FeatureSpec(
        "name_similarity", name_similarity, True, (0, 0.1, 0.25, 0.5, 0.8), "they hold the same names", "they hold different names"
    ),
    FeatureSpec("rare_names", rare_names, True, (0, 1, 3, 6, 12, 24), "they share rare names", "they share no rare name"),
    FeatureSpec(
        "people_shared", people_shared, True, (0, 0.6, 1.0, 1.2), "they name the same person", "they name different people"
    ),
    FeatureSpec(
        "victims_shared", victims_shared, True, (0, 0.6, 1.0, 1.2), "they name the same victim", "they name different victims"
    ),
    FeatureSpec(
        "accused_shared", accused_shared, True, (0, 0.6, 1.0, 1.2), "they name the same suspect", "they name different suspects"
    ),
    FeatureSpec("ages_shared", ages_shared, True, (0, 0.5, 1.0), "they state the same ages", "they state different ages"),
    FeatureSpec(
        "victim_ages", victim_ages, True, (0, 0.5, 1.0), "their victims are of the same age", "their victims are of different ages"
    ),
    FeatureSpec("same_days", same_days, True, (0, 0.2, 0.5, 1.0), "their dates meet", "their dates meet only loosely"),
    FeatureSpec("days_apart", days_apart, False, (0.9, 2, 3.5, 6), "their dates lie close", "their dates lie apart"),
    FeatureSpec(
        "told_before",
        told_before,
        False,
        (0.9, 2, 4),
        "printed about when the other happened",
        "one was printed before the other happened",
    ),
    FeatureSpec(
        "printed_apart",
        printed_apart,
        False,
        (0, 0.7, 1.4, 2.1, 3.5, 5, 7),
        "they were printed close in time",
        "they were printed far apart in time",
    ),
    FeatureSpec(
        "fresh_apart",
        fresh_apart,
        False,
        (0, 1, 2, 3.5, 6),
        "fresh news of it was printed when the other happened",
        "fresh news of one was printed far from the other's day",
    ),
    FeatureSpec("km_apart", km_apart, False, (0, 2, 3, 4.5, 7), "their places meet", "their places lie apart"),
    FeatureSpec("same_address", same_address, True, (0, 1), "they give the same street", "they give different streets"),
    FeatureSpec("same_type", same_type, True, (0, 0.5, 1), "they are of one kind", "they are of different kinds"),
    FeatureSpec(
        "target_similarity", target_similarity, True, (0, 0.5, 1), "they name the same target", "they name different targets"
    ),
    FeatureSpec(
        "target_named", target_named, True, (0, 0.5, 1), "one names the other's target", "neither names the other's target"
    ),
    FeatureSpec("killed_meet", killed_meet, True, (0, 1), "they count the same killed", "they count different numbers of killed"),
    FeatureSpec(
        "injured_meet", injured_meet, True, (0, 1), "they count the same injured", "they count different numbers of injured"
    ),
    FeatureSpec(
        "suspects_meet",
        suspects_meet,
        True,
        (0, 1),
        "they count the same perpetrators",
        "they count different numbers of perpetrators",
    ),
    FeatureSpec("means_shared", means_shared, True, (0, 0.5, 1), "they went about it alike", "they went about it differently"),
    FeatureSpec("loot_meets", loot_meets, True, (0, 1), "they tell of the same loot", "they tell of different loot"),
    FeatureSpec("same_outlet", same_outlet, None, (0, 1), "one outlet printed both", "two outlets printed them"),
    FeatureSpec(
        "takings",
        takings,
        None,
        (0, 1, 2),
        "takings that are reported at all are reported by many",
        "their kind is reported daily",
    ),
    FeatureSpec("in_passing", in_passing, False, (0, 1, 2), "both are about it", "one mentions it only in passing"),
)


def measure(left: Profile, right: Profile) -> list[float]:
    """Every feature of a pair, in the order of ``FEATURES``; nan where a side does not say."""
    values = (spec.measure(left, right) for spec in FEATURES)
    return [math.nan if value is None else float(value) for value in values]
