"""Who the victims and the suspects are, and what became of them at law."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from newsblotter.extract.actors import NAMED, Actor
from newsblotter.extract.deeds import Deed, actors_of, lower_of, read_deeds
from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count, Outcome, Person

HARM = ("killed", "injured", "shot")
LAW = ("arrested", "charged", "convicted", "sentenced", "at_large")
SURE_DEED, SURE_CUE = 0.85, 0.65  # a verb tells the part somebody played; a word beside the name does
QUOTE_MAX = 160  # characters
TIME_REACH = 14  # characters between a step of the law and its date: "were convicted in 2015"

_STATUS = {"shot": "injured"}


@dataclass(frozen=True, slots=True)
class _Cues:
    victim_before: re.Pattern[str]
    suspect_before: re.Pattern[str]
    victim_after: re.Pattern[str]
    suspect_after: re.Pattern[str]
    trial: re.Pattern[str]


@lru_cache(maxsize=2)
def _load_cues(language: str = "en") -> _Cues:
    cues = load_lexicon("people", language)["cues"]
    naming = r"(?:,? (?:is|was|were|has been|have been)?\s*(?:identified as|named as|named)?)?,?\s*(?:\d{1,3}-year-old,?\s+)?$"
    before = {
        name: re.compile(rf"\b(?:{'|'.join(cues[name])}){naming}", re.IGNORECASE) for name in ("victim_before", "suspect_before")
    }
    return _Cues(
        **before,
        victim_after=re.compile("|".join(cues["victim_after"])),
        suspect_after=re.compile("|".join(cues["suspect_after"])),
        trial=re.compile(rf"\b(?:{'|'.join(cues['trial'])})\b"),
    )


_IDENTIFIED = re.compile(
    r"\b(?:identified|named|known|identity)\b[^.;]{0,50}?\b(?:as|is|was)\s+(?:\d{1,3}-year-old,?\s+)?$", re.IGNORECASE
)
_SUSPECT_WORD = re.compile(
    r"\b(?:suspects?|gunm[ae]n|shooters?|accused|arrested|charged|assailant|attacker|robbers?|wanted|custody|alleged)\b",
    re.IGNORECASE,
)


_POINTS_BACK = re.compile(r"\s*(?:they|the (?:trio|duo|pair|two|three|four))\b", re.IGNORECASE)  # "They were identified as"
_DEAD_WORD = re.compile(r"\b(?:deceased|dead|died|dies|killed|slain|body|fatally|to death)\b", re.IGNORECASE)
_LISTED = re.compile(r"^\s*,?\s*(?:and|&|,)\s*$")
JOIN_REACH = 400  # characters from "a 34-year-old man" to the name it belongs to; one quote spans both


@dataclass(slots=True)
class _Life:
    """What a scene says of one person, gathered."""

    mentions: list[tuple[int, int, bool]] = field(default_factory=list)  # start, end, tells the age
    age: int | None = None
    name: str | None = None
    victim: float = 0.0
    suspect: float = 0.0
    status: set[str] = field(default_factory=set)


def _key(actor: Actor) -> str | None:
    if actor.name:
        return (
            re.sub(r",?\s+(?:jr|sr|ii|iii|iv)\.?$", "", actor.name.lower()).rsplit(" ", 1)[-1] + "|" + actor.name.split()[0].lower()
        )
    return f"aged {actor.age}" if actor.age is not None and actor.low == 1 else None


def _titled(document: Document, actor: Actor) -> bool:
    """Whether an office stands before a name: "Sgt. Lena Ortov"."""
    before = re.search(r"([\w.]+)\s+$", document.report.text[max(0, actor.start - 16) : actor.start])
    return before is not None and before.group(1).strip(".").lower() in _official_titles()


@lru_cache(maxsize=2)
def _official_titles() -> frozenset[str]:
    return frozenset(load_lexicon("people")["official_titles"])


def _read_cues(document: Document, sentence: Sentence, actor: Actor, life: _Life) -> None:
    """The words right beside a name that tell a victim or a suspect."""
    text, cues = document.report.text, _load_cues()
    left = max(sentence.start, actor.start - 90)
    if _IDENTIFIED.search(text, left, actor.start):
        whose = sentence.start
        if _POINTS_BACK.match(text, sentence.start, actor.start) and sentence.index:
            whose = document.sentences[sentence.index - 1].start
        if _SUSPECT_WORD.search(text, whose, actor.start):
            life.suspect += SURE_CUE
        else:
            life.victim += SURE_CUE
            if _DEAD_WORD.search(text, whose, actor.start):
                life.status.add("killed")
    elif cues.suspect_before.search(text, left, actor.start) and actor.rank == NAMED:
        life.suspect += SURE_CUE
    elif cues.victim_before.search(text, left, actor.start):
        life.victim += SURE_CUE
    right = min(sentence.end, actor.end + 80)
    if cues.suspect_after.match(text, actor.end, right):
        life.suspect += SURE_CUE
    elif cues.victim_after.match(text, actor.end, right):
        life.victim += SURE_CUE


def _share_part(document: Document, sentence: Sentence, first: Actor, second: Actor, lives: dict[str, _Life]) -> None:
    """Give the second of two listed people the part of the first: "identified as Sunil Yadav, 23, and Manoj Kumar, 26"."""
    text = document.report.text
    one, two = lives.get(_key(first) or ""), lives.get(_key(second) or "")
    if one is None or two is None or not _LISTED.match(text[first.end : second.start]):
        return
    if _IDENTIFIED.search(text, max(sentence.start, first.start - 90), first.start):
        two.victim += SURE_CUE if one.victim > one.suspect else 0.0
        two.suspect += SURE_CUE if one.suspect > one.victim else 0.0


def _role(life: _Life) -> str:
    if life.status & {"arrested", "charged", "convicted", "sentenced"} and life.suspect >= SURE_DEED:
        return "suspect"
    return "suspect" if life.suspect >= life.victim else "victim"


def _join_ages(lives: dict[str, _Life]) -> None:
    """Give a named person the age and fate of the only one told of by age alone, shortly before, in the same part."""
    told = [life for life in lives.values() if life.mentions and max(life.victim, life.suspect) >= SURE_CUE]
    for role in ("victim", "suspect"):
        aged = [life for life in told if life.name is None and _role(life) == role]
        named = [life for life in told if life.name is not None and _role(life) == role]
        if len(aged) != 1 or len(named) != 1 or named[0].age is not None:
            continue
        start, (first, end, _) = aged[0].mentions[0][0], named[0].mentions[0]
        if start < first and end - start <= JOIN_REACH:
            named[0].age = aged[0].age
            named[0].status |= aged[0].status
            named[0].victim, named[0].suspect = max(named[0].victim, aged[0].victim), max(named[0].suspect, aged[0].suspect)
            named[0].mentions.insert(0, (start, end, True))


def _gather(document: Document, scene: Scene, deeds: Sequence[Deed]) -> dict[str, _Life]:
    lives: dict[str, _Life] = {}
    for index in scene.sentences:
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        before: Actor | None = None
        for actor in actors_of(document, sentence):
            previous, before = before, actor
            key = _key(actor)
            if key is None or (actor.rank == NAMED and _titled(document, actor)):
                continue
            life = lives.setdefault(key, _Life(name=actor.name))
            if actor.rank == NAMED or actor.name is None:
                life.mentions.append((actor.start, actor.end, actor.age is not None))
                life.age = life.age or actor.age
            told = (life.victim, life.suspect)
            _read_cues(document, sentence, actor, life)
            if previous is not None and previous.name and actor.rank == NAMED and told == (life.victim, life.suspect):
                _share_part(document, sentence, previous, actor, lives)
    for deed in deeds:
        for actor in deed.actors:
            life_of = lives.get(_key(actor) or "")
            if life_of is None:
                continue
            if deed.kind in HARM:
                life_of.victim += SURE_DEED
            else:
                life_of.suspect += SURE_DEED if deed.kind != "at_large" else SURE_CUE
            life_of.status.add(deed.kind)
        for actor in deed.agents:
            doer = lives.get(_key(actor) or "")
            if doer is not None and deed.kind in HARM:
                doer.suspect += SURE_DEED
    return lives


def claim_people(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim the victims and suspects that a scene names, or tells apart by age, with their part and what befell them."""
    lives = _gather(document, scene, read_deeds(document, scene))
    _join_ages(lives)
    named_ages = {life.age for life in lives.values() if life.name and life.age is not None}
    for key in sorted(lives):
        life = lives[key]
        if not life.mentions or max(life.victim, life.suspect) < SURE_CUE:
            continue
        if life.name is None and life.age in named_ages:
            continue
        role = _role(life)
        start, end, _ = min(life.mentions, key=lambda m: (not m[2], m[0]))
        status = _statuses(life, role)
        sure = min(0.95, 0.3 + 0.35 * max(life.victim, life.suspect))
        yield Draft("people", start, end, round(sure, 2), value=Person(life.name, life.age, role, status))


def _statuses(life: _Life, role: str) -> tuple[str, ...]:
    found = {_STATUS.get(kind, kind) for kind in life.status}
    if "killed" in found:
        found.discard("injured")
    if role == "victim":
        found -= set(LAW)
    if found & {"arrested", "charged", "convicted", "sentenced"}:
        found.discard("at_large")
    order = ("killed", "injured", *LAW)
    return tuple(sorted(found, key=order.index))


_OUTCOME = {"arrested": "arrest", "charged": "charge", "convicted": "conviction", "sentenced": "sentence"}


@lru_cache(maxsize=2)
def _recovery() -> re.Pattern[str]:
    people = load_lexicon("people")
    loot, verbs = "|".join(people["loot_nouns"]), "|".join(people["recovery_verbs"])
    return re.compile(
        rf"\b(?:{loot})\b(?: (?:\w+ ){{0,5}}?)(?:was|were|has been|have been|had been|been|is|are) (?:\w+ ){{0,2}}?(?:{verbs})\b"
        rf"|\b(?:recover(?:ed|s|ing)?|recovery of|retrieved) (?:[\w-]+ ){{0,5}}?(?:{loot})\b",
    )


def _with_date(document: Document, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Stretch a quote over the time phrase that follows or leads right into it."""
    for span in document.spans_in("time", sentence.start, sentence.end):
        if 0 <= span.start - end <= TIME_REACH and span.end - start <= QUOTE_MAX:
            return start, span.end
    return start, end


def claim_outcomes(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim what became of the case: arrests, charges, trials, convictions, sentences, and loot that came back."""
    for deed in read_deeds(document, scene):
        kind = _OUTCOME.get(deed.kind)
        if kind is None or deed.tally or any(actor.low == 0 or actor.part == "guard" for actor in deed.actors):
            continue
        start, end = min(deed.start, deed.actors[0].start), max(deed.end, deed.actors[-1].end)
        if end - start > QUOTE_MAX:
            start, end = deed.start, deed.end
        start, end = _with_date(document, document.sentences[deed.sentence], start, end)
        yield Draft("outcomes", start, end, SURE_CUE, value=Outcome(kind, None, _count_of(deed)))
    yield from _other_outcomes(document, scene)


def _count_of(deed: Deed) -> Count | None:
    if any(actor.low is None for actor in deed.actors):
        return None
    low = sum(actor.low or 0 for actor in deed.actors)
    return Count(low, None if any(actor.high is None for actor in deed.actors) else low)


def _other_outcomes(document: Document, scene: Scene) -> Iterator[Draft]:
    text = lower_of(document)
    for index in scene.sentences:
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        for kind, pattern in (("trial", _load_cues().trial), ("recovery", _recovery())):
            match = pattern.search(text, sentence.start, sentence.end)
            if match:
                start, end = _with_date(document, sentence, match.start(), match.end())
                yield Draft("outcomes", start, end, SURE_CUE, value=Outcome(kind))
