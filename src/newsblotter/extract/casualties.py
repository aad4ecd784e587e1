"""How many were killed and injured, as a scene tells it, perpetrators included."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsblotter.extract.actors import COUNTED, PRONOUN, Actor
from newsblotter.extract.deeds import LEAD_SENTENCES, Deed, lower_of, read_deeds
from newsblotter.extract.document import Document, Draft, Scene
from newsblotter.extract.stems import Alternation
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count

if TYPE_CHECKING:
    from newsblotter.extract.encoder import Encoding

BEST, GOOD, FAIR, POOR = 0.95, 0.85, 0.6, 0.4  # scores by how directly the words give the number; the chosen one leads
NEAR_SENTENCES = 12  # single people named farther down belong to other incidents more often than to this one
QUOTE_MAX = 160  # characters; a longer stretch is cut down to the phrase that names the people
# By how much, in log-odds, the number that the words add up to leads the other numbers told, against the encoder's opinion:
# best on the tenth of gunviolence train that the encoder never saw; 3 and 4.5 do as well.
RULES_LEAD = 4.0
LEAST_CHANCE = 1e-6  # of a number, for its logarithm


@lru_cache(maxsize=2)
def _no_injuries(language: str = "en") -> Alternation:
    return Alternation([re.compile(rf"\b(?:{'|'.join(load_lexicon('people', language)['cues']['no_injuries'])})\b")])


_NO_DEATHS = Alternation([re.compile(r"\b(?:no|without)\s+(?:\w+\s+)?(?:casualties|deaths|fatalities|victims|loss of life)\b")])
_NUMBER = r"\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_TOLL = re.compile(
    rf"\b(?:death|fatality)\s+toll\b[^.\n]{{0,40}}?\b(?P<toll>\d{{1,5}}|(?<=\bto )(?:{_NUMBER})|(?<=\bat )(?:{_NUMBER}))\b"
    rf"|\b(?:number|count)\s+of\s+(?:dead|deaths|fatalities|(?:people\s+|those\s+)?killed)\s+(?:\w+\s+){{0,3}}?(?:to|at)\s+(?P<count>{_NUMBER})\b"
    rf"|\b(?P<bodies>{_NUMBER})\s+(?:\w+\s+){{0,2}}?bodies\b",
)
_NUMBERED = Alternation(
    [
        re.compile(
            r"\b(?P<size>double|triple|quadruple|quintuple)[ -](?:fatal(?:ity)?[ -])?"
            r"(?P<what>murder|homicide|killing|slaying|shooting|stabbing|fatal shooting)(?P<self>[-\s]+suicide)?"
            r"|\b(?P<suicide>murder[-–\s]suicide)",
        )
    ]
)


# One of these must stand in a report for the pattern, which is slow to try on every sentence.
_TOLL_NEEDS = ("toll", "bodies", "number of", "count of")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number of people and the words it was read from."""

    low: int
    high: int | None
    start: int
    end: int
    sure: float
    outright: bool = False  # a toll: the report adds up itself, and nobody else is asked


def _quote_of(deed: Deed, actor: Actor) -> tuple[int, int]:
    """The phrase for a counted number; phrase and verb for "the victim died"."""
    if actor.rank == COUNTED and actor.low != 1:
        return actor.start, actor.end
    start, end = min(actor.start, deed.start), max(actor.end, deed.end)
    return (start, end) if end - start <= QUOTE_MAX else (actor.start, actor.end)


def _total(deed: Deed) -> tuple[int, int | None] | None:
    """How many a deed befell; None if it does not say."""
    if not deed.actors or all(a.low is None for a in deed.actors):
        return None
    low = sum(a.low if a.low is not None else 1 for a in deed.actors)
    open_above = any(a.low is not None and a.high is None for a in deed.actors)
    return low, None if open_above else low


def _identity(actor: Actor) -> tuple[str, str] | None:
    """What tells one single person from another; None for "he" and "the victim"."""
    if actor.name:
        bare = re.sub(r",?\s+(?:jr|sr|ii|iii|iv)\.?$", "", actor.name.lower())
        return "name", bare.rsplit(" ", 1)[-1]
    if actor.age is not None:
        return "age", str(actor.age)
    return None


def _individuals(deeds: Sequence[Deed], ages: dict[str, str]) -> dict[tuple[str, str], tuple[Deed, Actor]]:
    """Single people told apart by name or age; an age that belongs to a name counts as the name."""
    found: dict[tuple[str, str], tuple[Deed, Actor]] = {}
    for deed in deeds:
        for actor in deed.actors:
            key = _identity(actor)
            if key is None or actor.low != 1:
                continue
            if key[0] == "age" and key[1] in ages:
                key = ("name", ages[key[1]])
            found.setdefault(key, (deed, actor))
    return found


def _ages(deeds: Sequence[Deed]) -> dict[str, str]:
    """Age → surname, of the people whose name and age are both given."""
    found = {}
    for deed in deeds:
        for actor in deed.actors:
            key = _identity(actor)
            if key and key[0] == "name" and actor.age is not None:
                found[str(actor.age)] = key[1]
    return found


def _apart(people: Mapping[tuple[str, str], tuple[Deed, Actor]]) -> int:
    """How many different people these are at least: a name without an age may be that of any age told."""
    unaged = sum(key[0] == "name" and actor.age is None for key, (_, actor) in people.items())
    named = sum(key[0] == "name" for key in people)
    return named + max(0, len(people) - named - unaged)


def _readings(deeds: Sequence[Deed]) -> Iterator[_Reading]:
    """What each deed says of a number by itself."""
    for deed in deeds:
        total = _total(deed)
        if total is None or ((deed.tally or deed.past) and total[0] > 1 and not deed.title):
            continue
        counted = max(deed.actors, key=lambda a: (a.rank == COUNTED, a.rank, -a.start))
        start, end = _quote_of(deed, counted)
        if len(deed.actors) > 1 and deed.actors[-1].end - deed.actors[0].start <= QUOTE_MAX:
            start, end = min(start, deed.actors[0].start), max(end, deed.actors[-1].end)
        low, high = total
        for actor in deed.actors:
            if actor.ordinal and deed.kind == "killed" and low == 1:
                low = high = actor.ordinal
        sure = 0.9 if deed.title else 0.85 if deed.position <= LEAD_SENTENCES else 0.7
        if counted.rank == PRONOUN:
            sure -= 0.3
        yield _Reading(low, high, start, end, sure)


def _best(deeds: Sequence[Deed], ages: dict[str, str]) -> _Reading | None:
    """The number of people that deeds of one kind add up to: the largest said at once, or as many as are told apart."""
    readings = [r for r in _readings(deeds) if r.low > 0]
    if not readings:
        return None
    top = max(readings, key=lambda r: (r.low, r.sure, -r.start))
    people = _individuals([d for d in deeds if not (d.tally or d.past) and d.position <= NEAR_SENTENCES], ages)
    if _apart(people) > top.low:
        ends = sorted((min(a.start, d.start), max(a.end, d.end)) for d, a in people.values())
        start, end = ends[0][0], max(e for _, e in ends)
        if end - start > 4 * QUOTE_MAX:
            start, end = top.start, top.end
        return _Reading(_apart(people), _apart(people), start, end, top.sure)
    return top


def _special(document: Document, scene: Scene) -> Iterator[tuple[str, _Reading]]:
    """Numbers that no verb carries: "double homicide", "death toll rose to five", "three bodies"."""
    people = load_lexicon("people")
    numbers = load_lexicon("numbers")["units"]
    text = lower_of(document)
    tolled = any(word in text for word in _TOLL_NEEDS)
    for position, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        for match in _TOLL.finditer(text, sentence.start, sentence.end) if tolled else ():
            word = (match["toll"] or match["count"] or match["bodies"]).lower()
            n = int(word) if word.isdigit() else numbers[word]
            yield "killed", _Reading(n, n, match.start(), match.end(), 0.8, match["bodies"] is None)
        for match in _NUMBERED.finditer(text, sentence.start, sentence.end):
            if position > LEAD_SENTENCES:
                continue
            if match["suicide"]:
                yield "killed", _Reading(2, 2, match.start(), match.end(), 0.5)
                continue
            n = people["numbered_killings"][match["size"].lower()]
            fatal = match["what"].lower() not in ("shooting", "stabbing") or "fatal" in match.group().lower()
            yield (
                "killed" if fatal else "shot",
                _Reading(n + bool(match["self"]), n + bool(match["self"]), *match.span(), 0.7),
            )


def _nought(document: Document, scene: Scene, deeds: Sequence[Deed]) -> Iterator[tuple[str, _Reading]]:
    """Where the report says that nobody was killed or hurt."""
    lowered = lower_of(document)
    for deed in deeds:
        if deed.kind in ("killed", "injured", "shot") and deed.actors and all(a.low == 0 for a in deed.actors):
            field = "killed" if deed.kind == "killed" else "injured"
            actor = deed.actors[0]
            yield field, _Reading(0, 0, actor.start, actor.end, 0.8)
    for index in scene.sentences:
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        for match in _no_injuries().finditer(lowered, sentence.start, sentence.end):
            yield "injured", _Reading(0, 0, match.start(), match.end(), 0.7)
        for match in _NO_DEATHS.finditer(lowered, sentence.start, sentence.end):
            yield "killed", _Reading(0, 0, match.start(), match.end(), 0.8)


def _better(one: _Reading | None, two: _Reading | None) -> _Reading | None:
    if one is None or two is None:
        return one or two
    return max(one, two, key=lambda r: (r.low, r.sure, -r.start))


def _settle(document: Document, scene: Scene, deeds: Sequence[Deed]) -> tuple[_Reading | None, _Reading | None]:
    """The numbers killed and injured that the scene as a whole tells."""
    ages = _ages(deeds)
    of_kind = {kind: [d for d in deeds if d.kind == kind] for kind in ("killed", "injured", "shot")}
    special = list(_special(document, scene))
    best: dict[str, _Reading | None] = {kind: _best(of_kind[kind], ages) for kind in of_kind}
    for kind in best:
        for other, reading in special:
            if other == kind:
                best[kind] = _better(best[kind], reading)
    killed = best["killed"]
    dead = _individuals(of_kind["killed"], ages)
    injured = _settle_injured(of_kind, best, dead, ages)
    for field, reading in _nought(document, scene, deeds):
        if field == "killed" and killed is None:
            killed = reading
        if field == "injured" and injured is None:
            injured = reading
    return killed, injured


def _settle_injured(
    of_kind: dict[str, list[Deed]],
    best: dict[str, _Reading | None],
    dead: dict[tuple[str, str], tuple[Deed, Actor]],
    ages: dict[str, str],
) -> _Reading | None:
    """Those hurt and alive: told so, or shot less the dead."""
    killed, wounded, shot = best["killed"], best["injured"], best["shot"]
    deaths = killed.low if killed else 0
    struck = _better(shot, wounded)
    if struck is None:
        return None
    hurt = _individuals([*of_kind["injured"], *of_kind["shot"]], ages)
    alive = {key: value for key, value in hurt.items() if key not in dead}
    if not deaths:
        return _widen(struck, _apart(alive))
    other = [d for d in of_kind["injured"] if _is_another(d, of_kind["killed"], deaths)]
    certain = [reading for deed in other for reading in _readings([deed]) if reading.low > 0]
    said = max(certain, key=lambda r: (r.low, r.sure, -r.start), default=None)
    if said is not None and (said.low > 1 or len(alive) <= 1 or any(deed.also for deed in other)):
        rest = (shot.low if shot else 0) - deaths if len(alive) > 1 else 0
        return said if shot is None or rest <= said.low else _Reading(rest, rest, shot.start, shot.end, 0.6)
    rest = (shot.low if shot else 0) - deaths
    if rest > 0 and shot is not None:
        return _Reading(rest, rest, shot.start, shot.end, 0.6)
    named = list(alive.values())
    named = [(d, a) for d, a in named if _is_another(d, of_kind["killed"], deaths)]
    if named and (said or _apart(hurt) > deaths):
        start, end = _quote_of(*named[0])
        return _Reading(_apart(alive), _apart(alive), start, end, 0.5)
    return said


@lru_cache(maxsize=2)
def _sexes(language: str = "en") -> dict[str, str]:
    people = load_lexicon("people", language)
    return {**dict.fromkeys(people["men"], "male"), **dict.fromkeys(people["women"], "female")}


def _differ(one: Actor, two: Actor) -> bool:
    """Whether two single people cannot be one: by name, by age, by sex."""
    if one.name and two.name:
        return _identity(one) != _identity(two)
    if one.age is not None and two.age is not None:
        return one.age != two.age
    sexes = _sexes()
    left, right = sexes.get(one.noun or ""), sexes.get(two.noun or "")
    return bool(left and right and left != right) or (one.part == "guard") != (two.part == "guard")


def _is_another(deed: Deed, killed: Sequence[Deed], deaths: int) -> bool:
    """Whether those hurt are others than the dead: people shot are often told of as hurt before they die."""
    total = _total(deed)
    if total is None or total[0] == 0 or any(a.rank == PRONOUN for a in deed.actors):
        return False
    if total[0] > deaths:
        return True
    if deed.also or any(actor.ordinal or actor.other for actor in deed.actors):
        return True
    here = [a for d in killed if d.sentence == deed.sentence for a in d.actors]
    if here and not any(a.start == actor.start for a in here for actor in deed.actors):
        return all(a.rank != PRONOUN for a in here)
    if total[0] > 1:
        return False
    dead = [a for d in killed for a in d.actors if a.low == 1 and a.rank != PRONOUN]
    told = [a for a in dead if a.name or a.age is not None or a.noun in _sexes()]
    return bool(told) and all(_differ(deed.actors[0], a) for a in told)


def _widen(reading: _Reading, told_apart: int) -> _Reading:
    if told_apart > reading.low:
        return _Reading(told_apart, told_apart, reading.start, reading.end, reading.sure)
    return reading


def _told(deeds: Sequence[Deed], field: str) -> Iterator[_Reading]:
    """Every number of people that the scene tells and that may be the killed, or the injured; those told outright first."""
    for kind in (field, "shot"):
        yield from _readings([deed for deed in deeds if deed.kind == kind])


def _ask(field: str, settled: _Reading | None, told: Sequence[_Reading], encoding: Encoding, said: bool) -> _Reading | None:
    """Of the numbers told, the likeliest to the rules and the encoder together; none where that is an unsaid nought.

    Args:
        field: killed or injured.
        settled: What the rules make of the scene.
        told: What else it tells.
        encoding: Asked only where there is a choice.
        said: Whether the rules found the number of the killed or of the injured, so that silence on the other is a nought.
    """
    best = settled.low if settled is not None else 0 if said else None
    offers = {reading.low: reading for reading in reversed(told)}
    offers.setdefault(0, _Reading(0, 0, 0, 0, 0.0))
    if settled is not None:
        offers[settled.low] = settled
    if len(offers) == 1:
        return replace(offers[0], sure=1.0) if offers[0].end else None
    chances = (encoding.killed if field == "killed" else encoding.injured).tolist()  # of 0, 1, 2, …; the last of all greater
    scores = {
        low: math.log(chances[min(low, len(chances) - 1)] + LEAST_CHANCE) + RULES_LEAD * (low == best) for low in sorted(offers)
    }
    low = max(scores, key=lambda low: (scores[low], low == best))
    top = max(scores.values())
    sure = 1 / sum(math.exp(score - top) for score in scores.values())
    chosen = offers[low]
    return replace(chosen, sure=sure) if chosen.end else None


def claim_casualties(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim how many people a scene leaves killed and injured.

    At most one draft a field: the number that the scene as a whole tells, quoted at the words that carry it best. Its
    value is given, since the words around the quote decide it ("the victim died" is one).
    """
    deeds = read_deeds(document, scene)
    settled = dict(zip(("killed", "injured"), _settle(document, scene, deeds), strict=True))
    if document.encoding is not None and scene.is_main():
        said = any(reading is not None for reading in settled.values())  # one number told, the other is nought unless told
        settled = {
            field: reading
            if reading and reading.outright
            else _ask(field, reading, list(_told(deeds, field)), document.encoding, said)
            for field, reading in settled.items()
        }
    for field, reading in settled.items():
        if reading is not None:
            yield Draft(field, reading.start, reading.end, round(reading.sure, 2), value=Count(reading.low, reading.high))
