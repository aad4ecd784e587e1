"""Guess where an outlet lives from its name, host or address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from newsblotter.fields.gazetteer import Gazetteer, Place
from newsblotter.fields.place_words import load_place_words
from newsblotter.lexicon import load_lexicon

_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*)\.([a-z]{2,6})(?:/.*)?$")
_CALL_SIGN = re.compile(r"(?:\w+\.)*[kw][a-z]{2,3}(?:tv|radio|news|\d{1,2})?$")  # of broadcasters in the United States
_SIGN = re.compile(r"([kw][a-z]{2,3})(?:tv|dt|hd|am|fm|radio|news|online|now|[a-z]{3}\d{0,2}|\d{1,2})$")
_WORLDWIDE = frozenset({"tv", "co", "me", "io", "ly", "fm", "us", "cc", "ws"})  # country codes that anyone registers
_SHORTEST_NAME = 5  # letters of a town within a host; four are too often a part of something else
_SHORTEST_HALF = 3  # letters of the words of a town's name that a host writes together: "las|vegas"
_KNOWN_TOWN = 30_000  # people of a town that is believed beside unknown words
_ANY_TOWN = 500  # the same where all the rest are words of the press
_AS_WELL_KNOWN = 0.7  # two namesakes no farther apart in powers of ten of people may both be an outlet's home
_OUTWEIGHS = 2  # times the people of the town, of a county or region that bears its name in another country
_MAX_PLACES = 24


def is_host(home: str) -> bool:
    """Whether an outlet is told by its host or address, and not by its name."""
    return _HOST.match(home.strip().lower()) is not None


@lru_cache(maxsize=4096)
def find_home(home: str, gazetteer: Gazetteer, rank: Callable[[Place], float]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Guess an outlet's home.

    Args:
        home: "Shreveport, Louisiana News", "wral.com", "https://www.theparisnews.com/x".
        rank: How well known a place is, in powers of ten of people.

    Returns:
        The places that it surely names, and the namesakes of which one is its home: a host tells the town and not which.
    """
    match = _HOST.match(home.strip().lower())
    if match is None:
        return _find_words(home, gazetteer, rank), ()
    known = _find_known(match.group(1).split("."), match.group(2), gazetteer)
    if len(known) == 1:
        return known, ()
    if known:
        return (), known
    if _CALL_SIGN.match(match.group(1)):
        country = gazetteer.find_area("US")
        return ((country,) if country else ()), ()
    labels, ending = match.group(1).split("."), match.group(2)
    sure: list[Place] = []
    if code := _read_ending(ending):
        country = gazetteer.find_area(code)
        sure.extend([country] if country else [])
    found: tuple[Place, ...] = ()
    for label in sorted((label.replace("-", "") for label in labels), key=lambda text: (-len(text), text)):
        found = found or _find_in_label(label, gazetteer)
    inside = tuple(place for place in found if not sure or place.country == sure[0].country)
    state = None if found else _find_state(max(labels, key=len), gazetteer)
    return (*sure, *([state] if state else [])), inside


@lru_cache(maxsize=1)
def _load_outlets() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """The known labels of hosts: country, first-level code and town, "" for a whole region."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for area, towns in load_lexicon("outlets").items():
        country, code = area.split(".")
        for town, labels in towns.items():
            for label in labels.split():
                found[label].append((country, code, town))
    return {label: tuple(homes) for label, homes in found.items()}


def _find_known(labels: Sequence[str], ending: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Look a host up among the outlets whose home is known, by the label that its owner registered; some have several."""
    owned = labels[-1] if len(labels) == 1 or labels[-1] not in ("co", "com", "net", "org") else labels[-2]
    outlets, sign = _load_outlets(), _SIGN.match(owned)
    homes = outlets.get(owned) or (outlets.get(sign.group(1)) if sign else None) or ()
    country = _read_ending(ending)
    found = (_find_town(nation, code, town, gazetteer) for nation, code, town in homes if country in ("", nation))
    return tuple(place for place in found if place is not None)


def _read_ending(ending: str) -> str:
    """The country that a host's ending names, ISO 3166; "" for one that anyone registers."""
    return {"uk": "GB"}.get(ending, ending.upper()) if len(ending) == 2 and ending not in _WORLDWIDE else ""


def _find_town(country: str, code: str, town: str, gazetteer: Gazetteer) -> Place | None:
    if not town:
        return gazetteer.find_area(country, code)
    places = gazetteer.lookup(town)
    return next((p for p in places if p.kind == "city" and (p.country, p.admin1) == (country, code)), None)


def _find_in_label(label: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    for size in range(len(label), _SHORTEST_NAME - 1, -1):
        for part, rest in ((label[:size], label[size:]), (label[-size:], label[:-size])):
            least = _ANY_TOWN if _is_press(rest) else _KNOWN_TOWN
            places = [p for p in _lookup_joined(part, gazetteer) if not p.alternate and p.kind in ("city", "region")]
            if any(place.population >= least for place in places):
                best = sorted(places, key=lambda p: (-p.population, p.id))
                return tuple(best if _is_press(rest) else best[:1])[:_MAX_PLACES]
    if label.startswith("the"):
        return _find_in_label(label[3:], gazetteer)
    return ()


def _lookup_joined(part: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Look up a name written without blanks."""
    found = gazetteer.lookup(part)
    for cut in range(_SHORTEST_HALF, len(part) - _SHORTEST_HALF + 1):
        if not found:
            found = gazetteer.lookup(f"{part[:cut]} {part[cut:]}")
    return found


def _is_press(rest: str) -> bool:
    """Whether letters fall apart into words of the press: "dailynews"; nothing at all does."""
    words = load_place_words().press
    ends = {0}
    for end in range(1, len(rest) + 1):
        if any(rest[start:end] in words for start in ends):
            ends.add(end)
    return len(rest) in ends


def _find_state(label: str, gazetteer: Gazetteer) -> Place | None:
    """Read "wvgazette", "ctpost": a state's letters before words of the press."""
    if len(label) < 5 or not _is_press(label[2:]):
        return None
    area = load_place_words().states.get(label[:2].upper())
    return gazetteer.find_area(*area) if area else None


def _find_words(home: str, gazetteer: Gazetteer, rank: Callable[[Place], float]) -> tuple[Place, ...]:
    tokens = re.findall(r"[A-Z][\w’'.-]*", home)
    found: list[Place] = []
    position = 0
    while position < len(tokens):
        for size in (3, 2, 1):
            name = " ".join(tokens[position : position + size])
            places = (
                [p for p in gazetteer.lookup(name) if not p.alternate and (p.population > 30_000 or p.kind == "region" or p.id < 0)]
                if len(name) > 3
                else []
            )
            if places:
                areas = {(f.country, f.admin1) for f in found}
                inside = next((p for p in places if (p.country, p.admin1) in areas), None)
                found.extend([inside] if inside else _find_namesakes(places, rank))
                position += size - 1
                break
        position += 1
    return tuple(found[:4])


def _find_namesakes(places: Sequence[Place], rank: Callable[[Place], float]) -> list[Place]:
    """The best known place of a name, and those of other countries about as well known: Kent (Washington), Kent (England)."""
    best = max(places, key=rank)
    largest = max(places, key=lambda place: place.population)
    if largest.country != best.country and largest.population > _OUTWEIGHS * best.population:
        return [best, largest]  # "Highland Messenger": a small town, or a great county abroad
    others: dict[str, Place] = {}
    for place in sorted(places, key=rank, reverse=True):
        if place.country != best.country and rank(best) - rank(place) < _AS_WELL_KNOWN:
            others.setdefault(place.country, place)
    return [best, *others.values()]
