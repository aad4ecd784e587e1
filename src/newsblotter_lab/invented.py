"""An invented world of incidents and what reports say of them, for measuring linking at sizes that no labelled set has.

Incidents happen over ten years in the gazetteer's cities, the larger the more. Each is told by 1 to 40 reports (most by one or
two), three in four of them within days, the others weeks to two years later. A report leaves facts out and errs: it names another
place, a day that is days or a week off, a misspelt name, another number of killed, another type. Texts are bags of words: common
English ones drawn by their share of news, rare ones drawn by a law like that of names. What is drawn hangs on the seed and the
incident's number only.
"""

from __future__ import annotations

import math
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from newsblotter.link.profile import NAME_WORDS, TEXT_WORDS, Profile, build_profile
from newsblotter.link.words import UNSEEN_SHARE, Rarity, find_words, load_shares, weigh
from newsblotter.records import Claim, Count, Mention, Money, Person, Quote, Reality, Report, Role, Value, When, Where, hash_id

START = date(2015, 1, 1)
DAYS = 3650
MOST_TOLD = 40  # reports on one incident
TOLD_POWER = 1.5  # how steeply incidents told by k reports grow rarer: the mean is 4.9
SURNAMES, FIRST_NAMES, RARE_WORDS, BRANDS = 60_000, 800, 400_000, 4_000
KINDS = ("robbery", "burglary", "theft", "shooting", "homicide", "assault", "arson", "kidnapping", "fraud")
KIND_SHARES = (0.2, 0.1, 0.1, 0.25, 0.12, 0.1, 0.05, 0.03, 0.05)
TOPIC_WORDS, OWN_RARE = 14, 9  # of an incident: what it is about, names and things it alone has
SERIES = 0.1  # of incidents repeat the one before: type, city, target and half the topic, within a month
PLACE_SHARE = 1 / 3000  # of mentions that hold a place's name
OUTLETS = 300
COMMON_WORDS, OTHER_RARE = 26, 6  # of a report: the outlet's own common and rare words


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened."""

    number: int
    kind: str
    day: date
    city: int
    people: tuple[Person, ...]
    target: str | None
    killed: int
    injured: int
    loot: Money | None
    topic: tuple[str, ...]
    rare: tuple[str, ...]


def _draw_ranks(rng: np.random.Generator, size: int, count: int) -> list[int]:
    """Ranks below ``size``; that of rank r is drawn with a chance that falls with the power 2/3 of r, as names' do."""
    return [int(x) for x in size * rng.random(count) ** 3]


def _rank_chance(rank: int, size: int) -> float:
    """The chance that a draw gives a rank."""
    return float(np.cbrt(rank + 1) - np.cbrt(rank)) / float(np.cbrt(size))


@lru_cache(maxsize=1)
def _cities() -> tuple[list[Where], npt.NDArray[np.float64]]:
    """Cities, and how likely an incident is to happen in each or in one before it."""
    path = files("newsblotter") / "_data" / "gazetteer.sqlite"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT id, name, latitude, longitude, country, population FROM places WHERE kind = 0 AND population > 15000 ORDER BY id"
    ).fetchall()
    database.close()
    cities = [Where(name, place, lat / 1e5, lon / 1e5, 8.0, country, None, "city") for place, name, lat, lon, country, _ in rows]
    weights = np.sqrt(np.array([row[5] for row in rows], dtype=float))
    return cities, np.cumsum(weights / weights.sum())


@lru_cache(maxsize=1)
def _common_words() -> tuple[list[str], npt.NDArray[np.float64]]:
    shares = load_shares()
    words = sorted(word for word, share in shares.items() if share < 0.2 and len(word) > 2)
    weights = np.array([shares[word] for word in words])
    return words, np.cumsum(weights / weights.sum())


@lru_cache(maxsize=1)
def _told_shares() -> npt.NDArray[np.float64]:
    weights = np.arange(1, MOST_TOLD + 1) ** -TOLD_POWER
    return np.cumsum(weights / weights.sum())


def list_told(seed: int, mentions: int) -> npt.NDArray[np.int64]:
    """Who tells what, in any order: (mentions, 2), number of the incident and ordinal of the report."""
    rng = np.random.default_rng(seed)
    told = np.searchsorted(_told_shares(), rng.random(mentions)) + 1
    incidents = np.repeat(np.arange(mentions), told)[:mentions]
    first = np.concatenate(([0], np.cumsum(told)))[incidents]
    pairs = np.column_stack((incidents, np.arange(mentions) - first))
    return rng.permutation(pairs, axis=0)


@lru_cache(maxsize=256)  # its reports are told one after the other
def invent_incident(seed: int, number: int) -> Incident:
    """The incident of that number in the world of that seed; one in ten is another deed of the gang of the one before."""
    rng = np.random.default_rng((seed, number))
    common, by_share = _common_words()
    like = invent_incident(seed, number - 1) if number and rng.random() < SERIES else None
    topic = tuple(common[at] for at in np.searchsorted(by_share, rng.random(TOPIC_WORDS)))
    rare = tuple(f"rare{at}" for at in _draw_ranks(rng, RARE_WORDS, OWN_RARE))
    people = []
    if rng.random() < 0.65:
        for at in range(int(rng.integers(1, 4))):
            first, last = _draw_ranks(rng, FIRST_NAMES, 1)[0], _draw_ranks(rng, SURNAMES, 1)[0]
            age = int(rng.integers(15, 75))
            people.append(Person(f"First{_letters(first)} Last{_letters(last)}", age, "suspect" if at else "victim"))
    kind = str(rng.choice(KINDS, p=KIND_SHARES))
    target = f"brand{_draw_ranks(rng, BRANDS, 1)[0]} store" if rng.random() < 0.4 else None
    low = float(10 ** rng.uniform(3, 7)) if kind in ("robbery", "burglary", "theft", "fraud") and rng.random() < 0.5 else None
    found = Incident(
        number=number,
        kind=kind,
        day=START + timedelta(int(rng.integers(DAYS))),
        city=int(np.searchsorted(_cities()[1], rng.random())),
        people=tuple(people),
        target=target,
        killed=int(rng.geometric(0.7) - 1),
        injured=int(rng.geometric(0.6) - 1),
        loot=None if low is None else Money(round(low, -2), round(low, -2), "USD"),
        topic=topic,
        rare=rare,
    )
    if like is None:
        return found
    later = min(like.day + timedelta(int(rng.integers(1, 30))), START + timedelta(DAYS))
    return replace(found, kind=like.kind, day=later, city=like.city, target=like.target, topic=like.topic[:8] + topic[8:])


def _letters(number: int) -> str:
    """A number in letters: names hold no digits."""
    return "".join(chr(97 + int(digit)) for digit in str(number))


def invent_report(seed: int, incident: Incident, ordinal: int, rarity: Rarity) -> Profile:
    """What the report of that ordinal says of an incident, laid out for the linker."""
    rng = np.random.default_rng((seed, incident.number, ordinal + 1))
    cities, _ = _cities()
    delay = _delay(rng) if ordinal else int(rng.integers(2))
    published = incident.day + timedelta(delay)
    place = cities[incident.city]
    words, names = _bag(rng, incident, place)
    told: list[tuple[str, Value]] = [*_facts(rng, incident, place), *_people(rng, incident)]
    report = Report(f"r{incident.number}-{ordinal}", f"r{incident.number}-{ordinal}", None, None, "", "", "en", published)
    mention = _mention(report, incident, rng, told)
    weights = (
        weigh(words, rarity, TEXT_WORDS),
        weigh(names, rarity, NAME_WORDS),
        weigh(Counter(dict(list(words.items())[:20])), rarity, TEXT_WORDS),
        {word: rarity.of(word) for word in sorted(names)},
    )
    return build_profile(mention, report, report.id, frozenset(), weights)


def invent_text(profile: Profile) -> Report:
    """The report of an invented profile, its words in a row; a bar opens it, for claims to quote."""
    words = [word.capitalize() if word in profile.rare else word for word in profile.text]
    day = None if profile.published is None else date.fromordinal(profile.published)
    name = profile.mention.report_id
    outlet = f"paper{zlib.crc32(name.encode()) % OUTLETS}.example"
    title = " ".join((profile.mention.type.capitalize(), *words[:4]))
    return Report(name, name, None, outlet, title, "- said " + " ".join(words) + ".", "en", day)


def _delay(rng: np.random.Generator) -> int:
    """Days from an incident to a report on it."""
    chance = rng.random()
    if chance < 0.75:
        return int(rng.geometric(0.5))
    return int(rng.integers(5, 60)) if chance < 0.92 else int(rng.integers(60, 730))


def _bag(rng: np.random.Generator, incident: Incident, place: Where) -> tuple[Counter[str], Counter[str]]:
    """A report's words with their counts, those of its opening first, and those that are names."""
    common, by_share = _common_words()
    words: Counter[str] = Counter()
    for word in incident.topic:
        if rng.random() < 0.45:
            words[word] += int(rng.integers(1, 3))
    names: Counter[str] = Counter()
    for word in incident.rare:
        if rng.random() < 0.45:
            names[word] += 1
    for person in incident.people:
        if rng.random() < 0.6 and person.name:
            for part in person.name.casefold().split():
                names[part] += 2
    if rng.random() < 0.8:
        for part in find_words(place.name):
            names[part] += 1
    if incident.target and rng.random() < 0.7:
        names[incident.target.split()[0]] += 1
    words += names
    for at in np.searchsorted(by_share, rng.random(COMMON_WORDS)):
        words[common[at]] += 1
    for at in _draw_ranks(rng, RARE_WORDS, OTHER_RARE):
        words[f"rare{at}"] += 1
        names[f"rare{at}"] += 1
    return words, names


def _facts(rng: np.random.Generator, incident: Incident, place: Where) -> Iterator[tuple[str, Value]]:
    """What a report says of when, where, whom and how many, some of it wrong."""
    chance = rng.random()
    if chance < 0.7:
        shift = 0 if chance < 0.62 else int(rng.integers(-7, 8))
        day = incident.day + timedelta(shift)
        yield "date", When(day, day, "day")
    chance = rng.random()
    if chance < 0.7:
        cities, by_share = _cities()
        yield "place", place if chance < 0.66 else cities[int(np.searchsorted(by_share, rng.random()))]
    if incident.target and rng.random() < 0.6:
        yield "target", incident.target
    for field, count in (("killed", incident.killed), ("injured", incident.injured)):
        if rng.random() < 0.5:
            said = count if rng.random() < 0.88 else count + 1
            yield field, Count(said, said)
    if incident.loot and rng.random() < 0.6:
        low = incident.loot.low * (1.0 if rng.random() < 0.85 else 1.6)
        yield "loot", Money(low, low, "USD")


def _people(rng: np.random.Generator, incident: Incident) -> Iterator[tuple[str, Value]]:
    for person in incident.people:
        if rng.random() < 0.55:
            name = person.name or ""
            if rng.random() < 0.04:
                name = name[:-1] + "x"
            age = person.age if rng.random() < 0.6 else None
            yield "people", Person(name, age if age is None or rng.random() < 0.96 else age + 1, person.role)


def _mention(report: Report, incident: Incident, rng: np.random.Generator, told: Sequence[tuple[str, Value]]) -> Mention:
    name = hash_id("m", report.id)
    quote = Quote(report.id, 0, 1, "-")
    kind = incident.kind if rng.random() < 0.85 else str(rng.choice(KINDS))
    role = Role.MAIN if rng.random() < 0.92 else Role.BACKGROUND
    claims = tuple(Claim(f"{name}-{at}", name, field, quote, value, None, 0.9) for at, (field, value) in enumerate(told))
    return Mention(name, report.id, kind, role, quote, Reality.ACTUAL, claims)


class WorldRarity(Rarity):
    """How telling words are in a world of so many mentions: by how many are expected to hold them."""

    def __init__(self, mentions: int) -> None:
        super().__init__(())
        self._total += mentions
        self._new: list[str] = []
        words, by_share = _common_words()
        chances = np.diff(np.concatenate(([0.0], by_share)))
        drawn = COMMON_WORDS + 0.45 * TOPIC_WORDS
        self._chances = {word: 1 - math.exp(-drawn * chance) for word, chance in zip(words, chances.tolist(), strict=True)}

    def of(self, word: str) -> float:
        found = self._known.get(word)
        if found is None:
            at_large = -math.log(self._shares.get(word, UNSEEN_SHARE))
            here = math.log(self._total / max(1.0, self.expect(word) * self._total))
            found = self._known[word] = 0.5 * (at_large + here)
            self._new.append(word)
        return found

    def take_new(self) -> list[str]:
        """The words asked for since this was last called, each once in all."""
        new, self._new = self._new, []
        return new

    def expect(self, word: str) -> float:
        """The share of mentions that hold a word."""
        for opening, size, drawn in (
            ("rare", RARE_WORDS, 0.45 * OWN_RARE + OTHER_RARE),
            ("brand", BRANDS, 0.28),
            ("last", SURNAMES, 1.0),
            ("first", FIRST_NAMES, 1.0),
        ):
            if word.startswith(opening) and word not in self._chances:
                digits = "".join(
                    c if c.isdigit() else str(ord(c) - 97) for c in word[len(opening) :] if c.isdigit() or c in "abcdefghij"
                )
                return drawn * _rank_chance(int(digits or 0), size)
        return self._chances.get(word, PLACE_SHARE)
