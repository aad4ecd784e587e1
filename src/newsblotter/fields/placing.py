"""Put the places that a report names on the map: which Paris, what it has to do with the report, where it happened."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsblotter.fields.gazetteer import Gazetteer, Place, fold_name
from newsblotter.fields.homes import find_home, is_host
from newsblotter.fields.place_cues import best_scene, place_cue_score, read_role
from newsblotter.fields.place_words import PlaceWords, load_place_words
from newsblotter.records import Span, Where

__all__ = ["best_scene", "place_cue_score", "read_role", "resolve_places"]

# Weights of disambiguation, in powers of ten of population; chosen on LGL, TR-News and 900 labelled reports.
_IN_CONTAINER, _OUT_OF_CONTAINER = 8.0, -4.0  # "Paris, Texas"
_SAME_COUNTRY, _SAME_REGION, _NEAR = 0.4, 1.4, 1.0  # a place agrees with another place of the report
_ACROSS = 2.0  # the same for a place near by in another region: a city's suburbs know no border
_NEAR_KM = 80.0
_MOST_AGREEMENT = 6.0  # the most that the other places may add
_HOME = 0.9  # weight of the outlet's home as a place of the report
_HOME_SHARE = 0.3  # of a town's fame, where an outlet's host names it: papers called after a town are mostly of small ones
_PLAIN_HOST = 0.8  # for a town of the United States, where the host of a paper that is called after a town ends in no country
_SURE_HOME = 0.5  # certainty from which the outlet's town is believed
_CUE = 0.8  # weight of a country for a word that hints at it
_FAR_BEHIND = 2.6  # a place this much less likely than its namesake speaks for no other
_MAX_ANCHORS = 14  # names that vouch for others; bounds the work
_UNKNOWN_RADIUS_KM = 10.0  # least radius of a place known only by its surroundings
_NEIGHBOURS, _NEIGHBOUR_REACH = 8, 600  # spans and characters in which the surroundings are sought
_LEAST_CUE = 0.3  # a hospital's or an outlet's town tells no surroundings
_LONE_STRAY_POPULATION = 5_000  # a place that bears its name alone is doubted only if smaller
_STRAY_POPULATION, _STRAY_KM = 120_000, 150.0  # a smaller, ambiguous town farther than this from all others is doubted
_KNOWN_EVERYWHERE = 1_000_000  # people of a city that needs no state or country beside it
_SURE_TOWN = 200_000  # people of a town within a host that is taken for the outlet's home without more
_MAX_CANDIDATES = 24
_MAX_ROADS = 2  # states whose roads are named; a list of more is a table
_DOMINANT_POPULATION, _DOMINANT_TIMES = 50_000, 10  # a town this large, and so many times its namesakes, is no stray

_STATE = re.compile(r"(?:’s|'s)?(,? \(?)([NSEW]\. ?[A-Z][a-z]{1,3}\.|(?:[A-Z]\. ?){2,4}|[A-Z][A-Za-z]{1,4}\.|[A-Z]{2,3}\b)")
_LISTED = re.compile(r",? (?:and|or|&) |, [A-Z]")  # "Paris, Tuscany and Bavaria" is a list
_STATE_ROAD = re.compile(r"\b(?!(?:IN|OR|ME|OK|HI|OH|AM|PM)\b)([A-Z]{2})[ -]\d{1,3}\b(?!%)")
_LIST_JOINTS = frozenset({", ", " and ", ", and ", " or ", ", or "})
_NEXT_GAP = re.compile(r"(?:’s|'s)?(?:,? \(?|,? in |,? near |,? in the |,)$")
_NEIGHBOURHOOD = re.compile(r"(?:[ -][A-Z][\w’'.-]+){0,2} neighbou?rhood\b")  # "O'Fallon Park neighborhood"
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(slots=True)
class _Name:
    """A name of the report, with the places it may mean."""

    candidates: tuple[Place, ...]
    scores: list[float] = field(default_factory=list)
    container: tuple[str, str] | None = None  # country and first-level code that stand right after it
    best: Place | None = None
    certainty: float = 0.0  # 0..1
    share: float = 1.0  # of what a place's fame counts
    lean: float = 0.0  # towards the United States


def resolve_places(
    text: str, spans: Sequence[Span], gazetteer: Gazetteer, *, home: str | None = None, language: str = "en"
) -> tuple[Where | None, ...]:
    """Say which place of the world each phrase means, judged by the words beside it and the report's other places.

    Args:
        text: The report.
        spans: Of kind ``place`` or ``address``, sorted by start.
        home: The outlet's name, host or address, a weak hint: "wral.com", "Shreveport, Louisiana News".

    Returns:
        One ``Where`` for each span; None when it means nothing. Unknown villages keep their name and take the point and
        radius of the region named with them; without one they have no point.
    """
    words = load_place_words(language)
    names = _collect_names(text, spans, gazetteer, words)
    sure, namesakes = find_home(home, gazetteer, _prior) if home else ((), ())
    home_name = _Name(namesakes, share=_HOME_SHARE, lean=0.0 if sure else _PLAIN_HOST) if namesakes else None
    anchors = (*sure, *_find_roads(text, gazetteer, words))
    distinct, cues = _distinct(names), _find_cues(text, words)
    if home_name:
        anchors = (*anchors, *_settle_home(home_name, distinct, anchors, cues))
    _settle(distinct, anchors, cues)
    town = next((place for place in anchors if place.kind == "city" and place.population > _STRAY_POPULATION), None)
    local = next((place for place in sure if place.kind == "city"), None) if home and is_host(home) else None
    _doubt_strays(distinct, town, anchors)
    if home and is_host(home):
        _doubt_far(distinct, [place for place in anchors if place in sure or place.population >= _SURE_TOWN], cues, words)
    found: list[Where | None] = []
    for position, (span, name) in enumerate(zip(spans, names, strict=True)):
        if span.kind == "address":
            found.append(None)
        elif name is None or name.best is None:
            found.append(_place_unknown(text, position, spans, names, town, local))
        else:
            found.append(_make_where(text, span, name.best))
    if any(span.kind == "address" for span in spans):
        scene = _find_main(text, spans, found) or _at_home(town or next((p for p in anchors if p.kind == "city"), None))
        for position, span in enumerate(spans):
            if span.kind == "address":
                found[position] = _place_address(text, position, spans, found, scene)
    return tuple(found)


def _collect_names(text: str, spans: Sequence[Span], gazetteer: Gazetteer, words: PlaceWords) -> list[_Name | None]:
    """Look every name up once; a name said with its state once is meant so everywhere."""
    known: dict[str, _Name] = {}
    names: list[_Name | None] = []
    for position, span in enumerate(spans):
        if span.kind != "place":
            names.append(None)
            continue
        folded, candidates = _find_candidates(text[span.start : span.end], gazetteer, words)
        following = text[span.end : span.end + 12].lstrip().lower()
        if following.startswith("count") and not folded.endswith(" county"):
            candidates = gazetteer.lookup(folded + " county") or candidates
        elif following.startswith(("state", "region", "province", "district")):
            wide = tuple(place for place in candidates if place.kind in ("region", "county"))
            candidates = wide or candidates
        elif _NEIGHBOURHOOD.match(text, span.end):
            candidates = tuple(place for place in candidates if place.kind == "quarter")
        if any(place.kind == "region" for place in candidates) and _is_listed_area(text, position, spans, gazetteer, words):
            candidates = tuple(place for place in candidates if place.kind == "region")
            folded += "/region"
        if not candidates:
            names.append(None)
            continue
        name = known.setdefault(folded, _Name(candidates[:_MAX_CANDIDATES]))
        if name.container is None:
            name.container = _read_container(text, position, spans, gazetteer, words, candidates)
            if name.container and len(candidates) > _MAX_CANDIDATES:
                name.candidates = candidates
        names.append(name)
    return names


def _is_listed_area(text: str, position: int, spans: Sequence[Span], gazetteer: Gazetteer, words: PlaceWords) -> bool:
    """Whether a name stands in a list between two regions that are no towns: "New Mexico, New York and Indiana"."""
    for start, other in ((spans[position - 1].end, position - 1), (spans[position].end, position + 1)):
        if not 0 <= other < len(spans) or spans[other].kind != "place":
            return False
        end = spans[position].start if other < position else spans[other].start
        if text[start:end] not in _LIST_JOINTS:
            return False
        _, places = _find_candidates(text[spans[other].start : spans[other].end], gazetteer, words)
        if not places or max(places, key=_prior).kind != "region":
            return False
    return True


def _find_candidates(name: str, gazetteer: Gazetteer, words: PlaceWords) -> tuple[str, tuple[Place, ...]]:
    """Look a name up: as it is, as what comes from a country ("Russian"), as a short form ("Conn.", "Loudon Co.")."""
    plain = name.replace(".", "")
    code = words.demonyms.get(name)
    if code:
        area = gazetteer.find_area(*code.split("."))
        return name.lower(), (area,) if area else ()
    short = plain.replace(" ", "")
    if short in words.states and plain not in words.aliases and ("." in name or short.isupper()):
        area = gazetteer.find_area(*words.states[short])
        if area:
            return "=" + short, (area,)
    folded = words.aliases.get(plain, fold_name(name))
    if folded in words.parts_of_town:
        return folded, ()
    if folded.endswith(" co"):
        return folded, gazetteer.lookup(folded + "unty")
    return folded, gazetteer.lookup(folded)


def _read_container(
    text: str,
    position: int,
    spans: Sequence[Span],
    gazetteer: Gazetteer,
    words: PlaceWords,
    candidates: tuple[Place, ...],
) -> tuple[str, str] | None:
    """Read the state or country right after a name; "" as code stands for the whole country."""
    span = spans[position]
    match = _STATE.match(text, span.end)
    if match:
        short = match.group(2).replace(".", "").replace(" ", "")
        if short in words.states and ("," in match.group(1) or "(" in match.group(1) or short.isupper()):
            return words.states[short]
    if position + 1 >= len(spans) or spans[position + 1].start - span.end > 10 or spans[position + 1].kind != "place":
        return None
    following = spans[position + 1]
    gap = text[span.end : following.start]
    if not _NEXT_GAP.fullmatch(gap):
        return None
    areas = [p for p in gazetteer.lookup(text[following.start : following.end]) if p.kind in ("region", "country")]
    fitting = [a for a in areas if any(_holds(a, c) for c in candidates)]
    if not fitting and gap == ", " and not _LISTED.match(text, following.end):  # a namesake elsewhere is not meant
        fitting = [a for a in areas if a.kind == "region" and a.population > 500_000]
    if not fitting:
        return None
    best = max(fitting, key=_prior)
    return best.country, best.admin1 if best.kind == "region" else ""


def _holds(area: Place, place: Place) -> bool:
    return area.id != place.id and area.country == place.country and (area.kind == "country" or area.admin1 == place.admin1)


def _prior(place: Place) -> float:
    """How likely a name means this place when nothing else is known, in powers of ten of people."""
    people = math.log10(max(place.population, 300))
    if place.kind == "country":
        return people + 0.5
    if place.kind == "region":
        return people - 1.0 if place.population else 5.5
    if place.kind == "county":
        return people - 1.3 if place.population else 4.5
    if place.id < 0 and not place.population:
        return 5.0  # famous
    return people - (0.4 if place.alternate and place.population > 2_000_000 else 1.6 if place.alternate else 0.0)


def _distinct(names: Sequence[_Name | None]) -> list[_Name]:
    return list({id(name): name for name in names if name}.values())


def _settle_home(home: _Name, names: Sequence[_Name], anchors: tuple[Place, ...], cues: Mapping[str, float]) -> tuple[Place, ...]:
    """Choose among the towns that an outlet may be called after, by the report's names other than the town's own."""
    towns = {place.id for place in home.candidates}
    others = [name for name in names if towns.isdisjoint(place.id for place in name.candidates)]
    for name in (home, *others):
        _weigh(name, anchors, cues)
    _weigh_together([home], others)
    return (home.best,) if home.best and home.certainty >= _SURE_HOME else ()


def _settle(names: Sequence[_Name], home: tuple[Place, ...], cues: Mapping[str, float]) -> None:
    """Choose a place for every name: twice, so that names settled first help the rest."""
    for name in names:
        _weigh(name, home, cues)
    _weigh_together(names, names)


def _weigh(name: _Name, home: tuple[Place, ...], cues: Mapping[str, float]) -> None:
    """Weigh the places of a name each by itself."""
    base = []
    for place in name.candidates:
        score = name.share * _prior(place) + (name.lean if place.country == "US" else 0.0)
        score += min(2.0, _CUE * cues.get(place.country, 0.0)) + _HOME * _agree_all(place, home)
        if name.container:
            country, code = name.container
            inside = place.country == country and (not code or place.admin1 == code) and not (place.kind == "region" and code)
            score += _IN_CONTAINER if inside else _OUT_OF_CONTAINER
        base.append(score)
    name.scores = base
    _choose(name, base)


def _weigh_together(names: Sequence[_Name], others: Sequence[_Name]) -> None:
    """Choose anew by what the others, all weighed, speak for."""
    settled = others[:_MAX_ANCHORS]
    reach = [_reach(name) for name in settled]
    for name in names:
        if len(name.candidates) < 2:
            continue
        totals = []
        for place, score in zip(name.candidates, name.scores, strict=True):
            agreement = sum(_support(place, areas) for other, areas in zip(settled, reach, strict=True) if other is not name)
            totals.append(score + _MOST_AGREEMENT * (1.0 - math.exp(-agreement / _MOST_AGREEMENT)))
        _choose(name, totals)


def _reach(name: _Name) -> dict[tuple[str, str], tuple[Place, float]]:
    """For each region, the likeliest place of the name in it, and how likely that is: 1 the likeliest of all, 0 far behind.

    Under the empty code stands the likeliest place of the country.
    """
    areas: dict[tuple[str, str], tuple[Place, float]] = {}
    top = max(name.scores)
    for place, score in zip(name.candidates, name.scores, strict=True):
        likely = 1.0 - (top - score) / _FAR_BEHIND
        if likely <= 0.0:
            continue
        for key in ((place.country, place.admin1), (place.country, "")):
            if key not in areas or likely > areas[key][1]:
                areas[key] = (place, likely)
    return areas


def _support(place: Place, areas: Mapping[tuple[str, str], tuple[Place, float]]) -> float:
    """How much another name speaks for a place: by the likeliest of its places in the same region, else country."""
    best = 0.0
    for key in ((place.country, place.admin1), (place.country, "")):
        if key in areas:
            other, likely = areas[key]
            best = max(best, likely * _agree(place, other))
    return best


def _choose(name: _Name, totals: list[float]) -> None:
    top = max(range(len(totals)), key=lambda i: (totals[i], -i))
    name.best = name.candidates[top]
    weights = [10 ** (1.2 * (score - totals[top])) for score in totals]
    country = sum(
        w for w, p in zip(weights, name.candidates, strict=True) if p.country == name.best.country and p.admin1 == name.best.admin1
    )
    name.certainty = country / sum(weights)
    if name.container and totals[top] < 2.0:  # no place of that name lies in the state that the report names
        name.best = None


def _agree(place: Place, other: Place) -> float:
    """How much one place of a report speaks for another."""
    if place.country != other.country:
        return 0.0
    if other.kind == "country":
        return _SAME_COUNTRY * 1.5
    if place.admin1 != other.admin1:
        near = place.kind != "country" and _is_near(place, other)
        return _SAME_COUNTRY + (_ACROSS if near else 0.0)
    total = _SAME_COUNTRY + _SAME_REGION
    if other.kind == "region":
        return total + 0.8
    return total + (_NEAR if _is_near(place, other) else 0.0)


def _is_near(place: Place, other: Place) -> bool:
    if abs(place.latitude - other.latitude) > 1.0:
        return False
    return place.distance_km(other) < _NEAR_KM


def _agree_all(place: Place, others: tuple[Place, ...]) -> float:
    return max((_agree(place, other) for other in others), default=0.0)


def _find_roads(text: str, gazetteer: Gazetteer, words: PlaceWords) -> list[Place]:
    """Find the states whose roads a report names: "KY 52"."""
    codes = {words.states[match.group(1)] for match in _STATE_ROAD.finditer(text) if match.group(1) in words.states}
    found = (gazetteer.find_area(*code) for code in sorted(codes))
    return [place for place in found if place is not None][:_MAX_ROADS]


def _find_cues(text: str, words: PlaceWords) -> dict[str, float]:
    """Count the words that hint at a country: "French", "lakh", "£"."""
    cues: dict[str, float] = {}
    marks = {mark for mark in ("£", "$", "911", "999") if mark in text}
    for word in set(_WORD.findall(text)) | marks | {name for name in words.long_demonyms if name in text}:
        code = words.demonyms.get(word, "")[:2]
        if code:
            cues[code] = cues.get(code, 0.0) + 0.6
        code = words.country_cues.get(word, "")
        if code:
            cues[code] = cues.get(code, 0.0) + 0.6
    return cues


def _make_where(text: str, span: Span, place: Place) -> Where:
    precision = {"county": "region"}.get(place.kind, place.kind)
    return Where(
        name=text[span.start : span.end],
        place_id=place.id if place.id > 0 else None,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_km=place.radius_km,
        country=place.country if place.country != "XX" else None,
        admin1=place.admin1_name if place.kind != "country" else None,
        precision=precision,
        role=read_role(text, span),
    )


def _place_unknown(
    text: str, position: int, spans: Sequence[Span], names: list[_Name | None], town: Place | None, local: Place | None
) -> Where:
    """Give a village outside the gazetteer the point of the area named right after it, its neighbours or the outlet's town.

    Args:
        town: A large town that the outlet may be of.
        local: The town that it surely is of.
    """
    span = spans[position]
    name = text[span.start : span.end]
    for later in range(position + 1, min(position + 4, len(spans))):
        gap = text[span.end : spans[later].start]
        if len(gap) > 60 or "." in gap or "\n" in gap:
            break
        other = names[later]
        if other and other.best:
            area = other.best
            return Where(
                name,
                None,
                area.latitude,
                area.longitude,
                area.radius_km,
                area.country,
                area.admin1_name,
                "city",
                read_role(text, span),
            )
    part = fold_name(name) in load_place_words().parts_of_town or _NEIGHBOURHOOD.match(text, span.end) is not None
    place = (
        (part and (local or town)) or _find_neighbour(text, position, spans, names) or local or (town if names[position] else None)
    )
    if place is None:
        return Where(name, precision="city", role=read_role(text, span))
    radius = max(place.radius_km, _UNKNOWN_RADIUS_KM)
    precision = "quarter" if place.kind in ("city", "quarter") else "city"
    return Where(
        name, None, place.latitude, place.longitude, radius, place.country, place.admin1_name, precision, read_role(text, span)
    )


def _find_neighbour(text: str, position: int, spans: Sequence[Span], names: list[_Name | None]) -> Place | None:
    """Find the town or county in whose surroundings an unknown place is told: the nearest in the words, regions last."""
    span = spans[position]
    found: list[tuple[bool, int, Place]] = []
    for other in range(max(0, position - _NEIGHBOURS), min(len(spans), position + _NEIGHBOURS + 1)):
        name = names[other]
        if other == position or name is None or name.best is None or name.certainty < 0.5 or name.best.kind == "country":
            continue
        distance = abs(spans[other].start - span.start)
        if distance <= _NEIGHBOUR_REACH and place_cue_score(text, spans[other]) >= _LEAST_CUE:
            found.append((name.best.kind == "region", distance, name.best))
    return min(found, key=lambda entry: entry[:2])[2] if found else None


def _is_dominant(name: _Name, place: Place) -> bool:
    """Whether a town is so much larger than its namesakes that the name alone tells it."""
    if place.population < _DOMINANT_POPULATION or place.alternate:
        return False
    return all(p is place or p.kind != "city" or p.population * _DOMINANT_TIMES <= place.population for p in name.candidates)


def _doubt_strays(names: Sequence[_Name], town: Place | None, home: Sequence[Place] = ()) -> None:
    """Forget a small namesake in a region that no other place of the report lies in or near: "shot in Austin" in Chicago.

    Gazetteers lack most quarters, so a report's town is the better guess.
    """
    anchors = [n for n in names if n.best and n.certainty >= 0.6 and n.best.kind != "country" and n.best.country != "XX"]
    for name in names:
        place = name.best
        if place is None or name.container or place.kind not in ("city", "quarter") or place.population > _STRAY_POPULATION:
            continue
        if len(name.candidates) < 2 and not place.alternate and place.population > _LONE_STRAY_POPULATION:
            continue
        if _is_dominant(name, place) or any((h.country, h.admin1) == (place.country, place.admin1) for h in home):
            continue
        others = [n.best for n in anchors if n is not name and n.best] or ([town] if town else [])
        firm = any(o.kind in ("county", "region") or o.population > _STRAY_POPULATION for o in others)
        if not (firm or len(others) > 1) or any((o.country, o.admin1) == (place.country, place.admin1) for o in others):
            continue
        if not any(o.distance_km(place) < _STRAY_KM for o in others):
            name.best = None


def _doubt_far(names: Sequence[_Name], home: Sequence[Place], cues: Mapping[str, float], words: PlaceWords) -> None:
    """Forget a town far from a local outlet's home whose state or country the report never tells.

    A paper writes so of the towns round about, which the gazetteer may lack, and of a few cities that everyone knows.
    """
    local = [place for place in home if place.kind in ("city", "region") and place.country != "XX"]
    if not local:
        return
    placed = [name for name in names if name.best]
    for name in placed:
        place = name.best
        if place is None or name.container or place.kind not in ("city", "quarter") or place.population >= _KNOWN_EVERYWHERE:
            continue
        if place.population >= _SURE_TOWN and _is_dominant(name, place):
            continue
        abroad = place.country != local[0].country
        if fold_name(place.name) in words.standalone or (abroad and cues.get(place.country, 0.0) > 0.0):
            continue
        near = any((h.country, h.admin1) == (place.country, place.admin1) or h.distance_km(place) < _STRAY_KM for h in local)
        others = [other.best for other in placed if other is not name and other.best]
        if not near and not any(t.country == place.country and (abroad or t.admin1 == place.admin1) for t in others):
            name.best = None


def _find_main(text: str, spans: Sequence[Span], found: list[Where | None]) -> Where | None:
    best = best_scene(text, spans, found)
    return found[best] if best is not None else None


def _at_home(town: Place | None) -> Where | None:
    """The outlet's town, where a street is told and no town at all: a paper does not name its own to its readers."""
    if town is None:
        return None
    point = (town.latitude, town.longitude, town.radius_km)
    return Where(town.name, town.id, *point, town.country, town.admin1_name, "city", "other")


def _place_address(text: str, position: int, spans: Sequence[Span], found: list[Where | None], scene: Where | None) -> Where:
    """Give a street the point of the town that stands with it: after it, else before it in the paragraph, else the scene."""
    span = spans[position]
    name = text[span.start : span.end]
    precision = "address" if re.match(r"\d", name) else "street"
    paragraph = text.rfind("\n\n", 0, span.start)
    chosen: Where | None = None
    for later in range(position + 1, len(spans)):
        if spans[later].start - span.end > 45 or "\n" in text[span.end : spans[later].start]:
            break
        if spans[later].kind == "place" and found[later] and found[later].precision in ("city", "quarter"):  # type: ignore[union-attr]
            chosen = found[later]
            break
    if chosen is None:
        for earlier in range(position - 1, max(-1, position - 40), -1):
            where = found[earlier]
            if spans[earlier].start < paragraph:
                break
            if (
                spans[earlier].kind == "place"
                and where
                and where.precision in ("city", "quarter")
                and where.role in ("scene", "dateline", "other")
            ):
                chosen = where
                break
    chosen = chosen or scene
    if chosen is None:
        return Where(name, precision=precision)
    return Where(
        name,
        None,
        chosen.latitude,
        chosen.longitude,
        chosen.radius_km,
        chosen.country,
        chosen.admin1,
        precision,
        "scene",
    )
