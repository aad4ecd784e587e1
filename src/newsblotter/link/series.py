"""Incidents that belong to a series: the same target again, the same suspects, the same gang, the same way of doing it.

Each reason has its reach in time and distance. Incidents meet by what they share, never each with each; where many share one
thing, each meets those nearest in time. What is telling is told by what is shipped, never counted over the store: so what ties
two incidents hangs on them and those around them alone, and an incident that is new or changed is tied as if all were tied anew.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

from newsblotter.lexicon import load_lexicon, read_yaml
from newsblotter.link.values import ABROAD_KM, Spot, fold, span_days, split_name, spread_km, to_spot
from newsblotter.link.words import hash_text, load_shares
from newsblotter.records import Incident, Person, When, Where

REACH = 12  # incidents before and after it that one meets among those that share a thing, in the order of their days
MOST = 10  # related incidents kept for each, the surest ones
LEAST = 0.3  # score from which incidents count as related
RARE_SHARE = 0.016  # a word in more than this share of the news ("Medical", "Park") names no firm; famous jewellers reach 0.015
TOWN_KM = 15.0  # the same premises
BRAND_KM = 300.0  # the same brand elsewhere
BRAND_YEARS = 3.0
TARGET_YEARS = 20.0
GANG_KM, GANG_YEARS = 1500.0, 5.0
SUSPECT_YEARS = 30.0
FAR_SHARE = 0.4  # of what a suspect's name counts a thousand kilometres away: one is a namesake, two are the same pair
TACTICS_KM, TACTICS_DAYS = 60.0, 60
TACTICS_SPAN = 7  # and both are dated to the week
TACTICS_SHARED = 2  # at least so many ways of doing it in common
TACTICS_RARITY = 4.0  # natural log: together so rare (1 in 55): masked men who shoot are not, masked men on motorbikes are
TACTICS_SHARE = 0.03  # of incidents that tell a way which is not listed
VAGUE_DAYS = 400  # a day told no closer says nothing of time
CELL_DEGREES = 1.0  # of the cells in which ways of doing it are compared, about 110 km
NAME_CHARACTERS = 60  # before "gang" in which its name is sought
_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|of|the|de|del)){0,3}"
_NAME_END = re.compile(rf"(?<!\w)(?P<name>{_NAME})[\"”’']?$")


Place: TypeAlias = tuple[int, str]  # where an incident stands among those that share a thing with it: its first day, its id


@dataclass(frozen=True, slots=True)
class Traits:
    """What may tie an incident to others."""

    id: str
    kind: str
    days: tuple[int, int] | None  # first and last day number
    spot: Spot | None
    target: frozenset[str]  # the words that name it, folded
    target_name: str
    suspects: Mapping[str, str]  # first name and surname, folded → as written
    gangs: Mapping[str, str]
    tactics: frozenset[str]

    @property
    def place(self) -> Place:
        return (self.days[0] if self.days else 0), self.id


@dataclass(frozen=True, slots=True)
class Related:
    """Another incident of the series."""

    id: str
    why: str  # for a person: "same target: Arvelle; same suspect: Ivo Brandt"
    score: float  # 0..1


def read_traits(incident: Incident, gangs: Mapping[str, str] | None = None) -> Traits:
    """What may tie an incident to others, from the facts shown for it."""
    values = {fact.field: fact.value for fact in reversed(incident.agreed)}
    when, where, target = values.get("date"), values.get("place"), values.get("target")
    when, where = when if isinstance(when, When) else None, where if isinstance(where, Where) else None
    target = target if isinstance(target, str) else ""
    people = [fact.value for fact in incident.agreed if fact.field == "people" and isinstance(fact.value, Person)]
    suspects = {}
    for person in people:
        first, last = split_name(person.name)
        if person.role == "suspect" and first and last:
            suspects[f"{first} {last}"] = person.name or ""
    return Traits(
        id=incident.id,
        kind=incident.type,
        days=(when.earliest.toordinal(), when.latest.toordinal()) if when and span_days(when) <= VAGUE_DAYS else None,
        spot=to_spot(where) if where and where.precision not in ("region", "country") else None,
        target=name_words(target, where.name if where else ""),
        target_name=target,
        suspects=suspects,
        gangs=dict(gangs or {}),
        tactics=frozenset(f.value for f in incident.agreed if f.field == "tactics" and isinstance(f.value, str)),
    )


def name_words(target: str, place: str) -> frozenset[str]:
    """The words of a target that name it: neither its trade nor its town; none for "a jewelry store"."""
    named = {part for word in target.split() if word[:1].isupper() for part in fold(word).split() if len(part) > 2}
    return frozenset(named) - frozenset(fold(place).split()) - _trade_words()


@lru_cache(maxsize=1)
def _trade_words() -> frozenset[str]:
    words = load_lexicon("targets")
    return frozenset(part for name in ("name_parts", "bare_nouns", "shed") for word in words[name] for part in fold(word).split())


def encode_traits(traits: Traits) -> str:
    """Traits as text: equal for equal ones."""
    spot = traits.spot and [traits.spot.point, traits.spot.radius_km, traits.spot.country, traits.spot.name]
    words = [sorted(traits.target), traits.target_name, sorted(traits.tactics)]
    named = [sorted(traits.suspects.items()), sorted(traits.gangs.items())]
    return json.dumps([traits.id, traits.kind, traits.days, spot, *words, *named], ensure_ascii=False, separators=(",", ":"))


def decode_traits(text: str) -> Traits:
    """The traits that ``encode_traits`` wrote."""
    name, kind, days, spot, target, target_name, tactics, suspects, gangs = json.loads(text)
    if spot is not None:
        point, radius_km, country, town = spot
        spot = Spot(tuple(point) if point else None, radius_km, country, town)
    span = tuple(days) if days else None
    return Traits(name, kind, span, spot, frozenset(target), target_name, dict(suspects), dict(gangs), frozenset(tactics))


# --- who meets --------------------------------------------------------------------------------------------------


def find_related(incidents: Iterable[Traits]) -> dict[str, tuple[Related, ...]]:
    """The series that incidents belong to.

    Returns:
        Incident → the related ones, the surest first; both ways, and the same in any order of input.
    """
    everyone = {traits.id: traits for traits in incidents}
    found: dict[str, list[Related]] = defaultdict(list)
    for left, right in sorted(_meet(everyone.values())):
        if (tie := _tie(everyone[left], everyone[right])) is not None:
            found[left].append(Related(right, *tie))
            found[right].append(Related(left, *tie))
    return {name: _keep_surest(kin) for name, kin in found.items()}


def relate(one: Traits, met: Iterable[Traits]) -> tuple[Related, ...]:
    """What an incident is related to, of all that it meets, as ``find_related`` has it."""
    ties = ((other.id, _tie(*sorted((one, other), key=lambda traits: traits.id))) for other in met)
    return _keep_surest(Related(name, *tie) for name, tie in ties if tie is not None)


def _keep_surest(kin: Iterable[Related]) -> tuple[Related, ...]:
    return tuple(sorted(kin, key=lambda related: (-related.score, related.id))[:MOST])


def _meet(everyone: Iterable[Traits]) -> set[tuple[str, str]]:
    """Pairs of ids that share something, at most ``REACH`` either way for each thing shared."""
    sharing: dict[str, list[Place]] = defaultdict(list)
    for traits in everyone:
        for key in _spell_keys(traits):
            sharing[key].append(traits.place)
    pairs: set[tuple[str, str]] = set()
    for members in sharing.values():
        members.sort()
        for step in range(1, REACH + 1):
            pairs.update((min(a, b), max(a, b)) for (_, a), (_, b) in zip(members, members[step:], strict=False))
    return pairs


def keys_of(traits: Traits) -> tuple[int, ...]:
    """Hashes of the things by which an incident meets others."""
    return tuple(dict.fromkeys(hash_text(key) for key in _spell_keys(traits)))


def _spell_keys(traits: Traits) -> Iterator[str]:
    for word in sorted(_rare_words(traits)):
        yield "t" + word
    for name in traits.suspects:
        yield "s" + name
    for gang in traits.gangs:
        yield "g" + gang
    if len(traits.tactics) >= TACTICS_SHARED and traits.spot and traits.spot.point and traits.days:
        x, y, z = traits.spot.point
        row, column = math.degrees(math.asin(z)) / CELL_DEGREES, math.degrees(math.atan2(y, x)) / CELL_DEGREES
        season = traits.days[0] // TACTICS_DAYS
        for north in (0.0, 0.5):
            for east in (0.0, 0.5):
                for later in (0, 1):
                    yield f"c{traits.kind}:{math.floor(row + north)}:{north}:{math.floor(column + east)}:{east}:{season + later}"


def _rare_words(traits: Traits) -> set[str]:
    """The words of a target that name it rather than its trade."""
    shares = load_shares()
    return {word for word in traits.target if shares.get(word, 0.0) <= RARE_SHARE}


# --- what ties --------------------------------------------------------------------------------------------------


def _tie(left: Traits, right: Traits) -> tuple[str, float] | None:
    """Why two incidents are of one series, and how surely; None if they are not. ``left`` has the lower id."""
    reasons = list(_reasons(left, right))
    score = round(1 - math.prod(1 - worth for worth, _ in reasons), 2)
    if score < LEAST:
        return None
    return "; ".join(words for _, words in sorted(reasons, key=lambda reason: (-reason[0], reason[1]))), score


def _apart(left: Traits, right: Traits) -> tuple[float | None, float | None]:
    """Kilometres and days between two incidents, None where nobody knows."""
    km = spread_km(left.spot, right.spot) if left.spot and right.spot else None
    if left.days is None or right.days is None:
        return km, None
    return km, float(max(0, left.days[0] - right.days[1], right.days[0] - left.days[1]))


def _reasons(left: Traits, right: Traits) -> Iterator[tuple[float, str]]:
    """What ties two incidents, each with its worth, 0..1."""
    km, days = _apart(left, right)
    years = None if days is None else days / 365.25
    yield from _by_target(left, right, km, years)
    suspects = sorted(left.suspects.keys() & right.suspects.keys())
    if suspects and (years is None or years <= SUSPECT_YEARS):
        near = 1.0 if km is None or km < ABROAD_KM else FAR_SHARE
        worth = near * (0.9 if len(suspects) > 1 else 0.7)
        yield worth, f"same suspect{'s' * (len(suspects) > 1)}: {', '.join(left.suspects[name] for name in suspects[:3])}"
    gangs = sorted(left.gangs.keys() & right.gangs.keys())
    if gangs and (years is None or years <= GANG_YEARS) and (km is None or km <= GANG_KM):
        yield 0.5, f"same gang: {left.gangs[gangs[0]]}"
    shared = left.tactics & right.tactics
    sure = all(one.days and one.days[1] - one.days[0] <= TACTICS_SPAN for one in (left, right))
    near_by = sure and km is not None and days is not None and km <= TACTICS_KM and days <= TACTICS_DAYS
    if left.kind == right.kind and near_by and len(shared) >= TACTICS_SHARED and _rarity_of(shared) >= TACTICS_RARITY:
        yield 0.4, f"same tactics within {_tell_days(days)}: {', '.join(sorted(shared))}"


def _rarity_of(tactics: Iterable[str]) -> float:
    shares = _load_tactics()
    return math.fsum(-math.log(shares.get(tactic, TACTICS_SHARE)) for tactic in tactics)


@lru_cache(maxsize=1)
def _load_tactics() -> Mapping[str, float]:
    shares = read_yaml(files("newsblotter") / "_data" / "link_tactics.yaml")["shares"]
    return {tactic: per_cent / 100 for tactic, per_cent in shares.items()}


def _tell_days(days: float | None) -> str:
    return "a day" if not days or days < 2 else f"{days:.0f} days"


def _by_target(left: Traits, right: Traits, km: float | None, years: float | None) -> Iterator[tuple[float, str]]:
    """The same premises again, or another branch of the same brand near by and soon."""
    shared = left.target & right.target
    if not (_rare_words(left) & shared) or (len(shared) < 2 and shared != min((left.target, right.target), key=len)):
        return
    name = min((left.target_name, right.target_name), key=lambda name: (len(name), name))
    if km is not None and km <= TOWN_KM and (years is None or years <= TARGET_YEARS):
        yield 0.6 if years is None else 0.8 - 0.02 * min(10.0, years), f"same target: {name}"
    elif km is not None and km <= BRAND_KM and years is not None and years <= BRAND_YEARS:
        yield 0.5 - 0.05 * years, f"same target elsewhere: {name}"


# --- gangs --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _gang_patterns() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    words = load_lexicon("gangs")

    def any_of(name: str) -> str:
        return "|".join(sorted((re.escape(word) for word in words[name]), key=len, reverse=True))

    named = re.compile(rf" (?:{any_of('nouns')})\b")
    called = re.compile(rf"\b(?:{any_of('bands')}),? (?:{any_of('called')}) (?:the )?[\"“‘']?(?:[Tt]he )?(?P<name>{_NAME})")
    return named, called, frozenset(words["no_names"])


def find_gangs(text: str) -> dict[str, str]:
    """The gangs that a report names: folded, as a singular → as written."""
    named, called, no_names = _gang_patterns()
    told = [match["name"] for match in called.finditer(text)]
    for match in named.finditer(text):
        before = _NAME_END.search(text, max(0, match.start() - NAME_CHARACTERS), match.start())
        if before:
            told.append(before["name"])
    found: dict[str, str] = {}
    for name in told:
        parts = name.split()
        while parts and (fold(parts[0]) in no_names or not parts[0][:1].isupper()):
            parts = parts[1:]
        if parts and fold(parts[-1]) not in no_names:
            found.setdefault(_singular(fold(" ".join(parts))), " ".join(parts))
    return found


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") and len(name) > 4 else name
