"""Who the victims and the suspects are, and what became of them at law."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from newsblotter.extract.actors import NAMED, PRONOUN, Actor
from newsblotter.extract.deeds import LEAD_SENTENCES, Deed, actors_of, lower_of, read_deeds
from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.parts import (
    PARTS,
    SHARED_RIGHT,
    SUSPECT_KINDS,
    VICTIM_KINDS,
    hear,
    is_listed,
    judge_part,
    may_play,
    read_left,
    read_near,
    read_right,
)
from newsblotter.extract.stems import Alternation
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count, Outcome, Person

if TYPE_CHECKING:
    from newsblotter.extract.encoder import Encoding

HARM = ("killed", "injured", "shot")
STEPS = ("arrested", "charged", "convicted", "sentenced")
LAW = (*STEPS, "at_large")
SURE_DEED, SURE_CUE = 0.85, 0.65  # a verb tells the part somebody played; a word beside the name does
# Probability of a part from which a named person is claimed, by the words alone and once the encoder is heard: best F1 on
# gunviolence train and heists look by folds, and on the tenth of the former that it never saw; 0.05 either way does as well.
LEAST_SURE = {"victim": 0.4, "suspect": 0.28}
LEAST_HEARD = {"victim": 0.45, "suspect": 0.35}
MANY_NAMED = 6  # people named in one scene, from which each is less likely to matter
QUOTE_MAX = 160  # characters
TIME_REACH = 60  # characters between a step of the law and its date: "were arrested at a flat in the south of Grenoble on Tuesday"
LEAD_REACH = 40  # the same where the date stands first: "On Tuesday, officers of the robbery squad arrested"

_STATUS = {"shot": "injured"}


@lru_cache(maxsize=2)
def _trial(language: str = "en") -> Alternation:
    return Alternation([re.compile(rf"\b(?:{'|'.join(load_lexicon('people', language)['cues']['trial'])})\b")])


_IDENTIFIED = re.compile(
    r"\b(?:identified|named|known|identity)\b[^.;]{0,50}?\b(?:as|is|was)\s+(?:\d{1,3}-year-old,?\s+)?$", re.IGNORECASE
)
_SUSPECT_WORD = re.compile(
    r"\b(?:suspects?|gunm[ae]n|shooters?|accused|arrested|charged|assailant|attacker|robbers?|wanted|custody|alleged)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(  # "They were identified as"
    r"\s*(?:they|he|she|(?:police|authorities|officials|detectives) (?:have )?(?:identified|named) (?:them|him|her)"
    r"|the (?:trio|duo|pair|two|three|four|five|men|women|man|woman))\b",
    re.IGNORECASE,
)
_DEAD_WORD = re.compile(r"\b(?:deceased|dead|died|dies|killed|slain|body|fatally|to death)\b", re.IGNORECASE)
# Who harms others and then themselves: plainly, or where the scene is called a murder-suicide.
_AND_SELF = re.compile(
    r"\bturn(?:ed|ing|s)? (?:the|a|his|her) (?:\w+ )?(?:gun|weapon|pistol|rifle|shotgun) on (?:him|her)self\b"
    r"|\b(?:and|then|before) (?:then )?(?:fatally )?(?:(?:shot|shooting|killed|killing|shot and killed) )?(?:him|her)self\b"
    r"|\bbefore (?:taking|he took|she took) (?:his|her) own life\b|\bbefore (?:he|she) (?:shot|killed) (?:him|her)self\b"
)
_SELF = re.compile(
    r"\bself-inflicted\b|\b(?:shot|shooting|killed|killing) (?:him|her)self\b|\b(?:took|taking) (?:his|her) own life\b"
    r"|\bcommitt(?:ed|ing) suicide\b|\b(?:was|is|as) the (?:shooter|killer|gunman)\b"
)
_MURDER_SUICIDE = re.compile(r"\b(?:murder|homicide)s?(?:[-/,–— ]| and |, then )+suicide\b")
_ACCIDENT = re.compile(r"\baccident")
_HARMED = frozenset(("deed_killed", "deed_injured", "deed_shot", "r_dead", "r_hurt", "l_killed", "identified_dead"))
_HE = re.compile(r"(?:[\"“]?(?:in|on|at|after|when) [^,.]{3,40}, )?(?:he|she)\b")  # opens a sentence on the person named before
JOIN_REACH = 400  # characters from "a 34-year-old man" to the name it belongs to; one quote spans both
GIVEN_PREFIX = 3  # letters that a short form shares with the given name: Josh, Joshua


@dataclass(slots=True)
class _Life:
    """What a scene says of one person, gathered."""

    mentions: list[tuple[int, int, bool]] = field(default_factory=list)  # start, end, tells the age
    age: int | None = None
    name: str | None = None
    victim: float = 0.0  # of people told of by age alone: how sure
    suspect: float = 0.0
    evidence: dict[str, int] = field(default_factory=dict)  # of named people: kind → how often
    status: set[str] = field(default_factory=set)

    def see(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            self.evidence[kind] = self.evidence.get(kind, 0) + 1


def _key(actor: Actor) -> str | None:
    if actor.name:
        bare = re.sub(r",?\s+(?:jr|sr|ii|iii|iv)\.?$", "", actor.name.lower())
        return bare.rsplit(" ", 1)[-1] + "|" + actor.name.split()[0].lower()
    return f"aged {actor.age}" if actor.age is not None and actor.low == 1 else None


def _titled(document: Document, actor: Actor) -> bool:
    """Whether an office stands before a name: "Sgt. Lena Ortov"."""
    before = re.search(r"([\w.]+)\s+$", document.report.text[max(0, actor.start - 16) : actor.start])
    return before is not None and before.group(1).strip(".").lower() in _official_titles()


@lru_cache(maxsize=2)
def _official_titles() -> frozenset[str]:
    return frozenset(load_lexicon("people")["official_titles"])


class _Roll:
    """The people of a scene, each under one key, however the report shortens the name."""

    def __init__(self) -> None:
        self.lives: dict[str, _Life] = {}
        self._known: dict[str, str] = {}  # key as written → key it is filed under

    def find(self, actor: Actor) -> _Life | None:
        key = _key(actor)
        return None if key is None else self.lives.get(self._known.get(key, key))

    def enter(self, actor: Actor) -> _Life | None:
        key = _key(actor)
        if key is None:
            return None
        if key not in self._known:
            self._known[key] = key if actor.name is None else self._same(key)
        return self.lives.setdefault(self._known[key], _Life(name=actor.name))

    def _same(self, key: str) -> str:
        last, _, first = key.partition("|")
        for other in self.lives:
            other_last, _, other_first = other.partition("|")
            short, long = sorted((first, other_first), key=len)
            if other_last == last and len(short) >= GIVEN_PREFIX and long.startswith(short):
                return other
        return key


def _read_identified(document: Document, sentence: Sentence, actor: Actor, life: _Life) -> str | None:
    """The kind of evidence in "identified as", by whom the sentence speaks of."""
    text = document.report.text
    if not _IDENTIFIED.search(text, max(sentence.start, actor.start - 90), actor.start):
        return None
    whose = sentence.start
    if _POINTS_BACK.match(text, sentence.start, actor.start) and sentence.index:
        whose = document.sentences[sentence.index - 1].start
    if _SUSPECT_WORD.search(text, whose, actor.start):
        return "identified_suspect"
    if _DEAD_WORD.search(text, whose, actor.start):
        life.status.add("killed")
        return "identified_dead"
    return "identified"


def _find_own_hand(document: Document, sentence: Sentence) -> tuple[int, tuple[str, ...]] | None:
    """Where a sentence tells that somebody harmed themselves, no accident, and the kinds of evidence of it."""
    lowered = lower_of(document)
    if _ACCIDENT.search(lowered, sentence.start, sentence.end):
        return None
    found = _AND_SELF.search(lowered, sentence.start, sentence.end)
    if found is None:
        alone = _SELF.search(lowered, sentence.start, sentence.end)
        if alone is None or not _MURDER_SUICIDE.search(lowered):
            return (alone.start(), ("own_hand",)) if alone is not None else None
        found = alone
    return found.start(), ("own_hand", "and_self")


def _read_sentence(document: Document, sentence: Sentence, position: int, roll: _Roll) -> _Life | None:
    """Note what a sentence says of each person in it; gives the one named, if it names only one."""
    lowered, last = lower_of(document), None
    near: tuple[str, ...] | None = None
    seen: list[tuple[Actor, _Life, set[str], set[str]]] = []
    for actor in actors_of(document, sentence):
        life = roll.enter(actor)
        if life is None:
            continue
        if actor.rank == NAMED or actor.name is None:
            life.mentions.append((actor.start, actor.end, actor.age is not None))
            life.age = life.age or actor.age
        if actor.name is None:
            _weigh_nameless(document, sentence, actor, life)
            continue
        near = read_near(lowered, sentence.start, sentence.end) if near is None else near
        left = set(read_left(lowered, sentence.start, actor.start))
        right = set(read_right(lowered, actor.end, sentence.end))
        identified = _read_identified(document, sentence, actor, life)
        if identified:
            left.add(identified)
        if actor.rank == NAMED:
            life.see(("full_name",))
            if _titled(document, actor):
                life.see(("titled",))
        life.see(near)
        life.see(("in_title",) if document.is_title(sentence) else ("in_lead",) if position <= LEAD_SENTENCES else ())
        seen.append((actor, life, left, right))
        last = life
    _share_lists(lowered, seen)
    for _, life, left, right in seen:
        life.see(left | right)
    own = _find_own_hand(document, sentence)
    before = [(life, left, right) for actor, life, left, right in seen if own is not None and actor.end <= own[0]]
    doers = [one for one in before if "r_did" in one[2]] or [one for one in before if not _HARMED & (one[1] | one[2])]
    if own is not None and doers:
        doers[-1][0].see(own[1])
    return last if len({id(life) for _, life, _, _ in seen}) == 1 else None


def _share_lists(lowered: str, seen: Sequence[tuple[Actor, _Life, set[str], set[str]]]) -> None:
    """Give everybody in a list what stands before its first and behind its last name."""
    for (first, _, left, _), (second, _, other_left, _) in pairwise(seen):
        if is_listed(lowered, first, second):
            other_left |= left | {"listed"}
    for (first, _, _, right), (second, _, _, other_right) in reversed(list(pairwise(seen))):
        if is_listed(lowered, first, second):
            right |= other_right & SHARED_RIGHT


def _weigh_nameless(document: Document, sentence: Sentence, actor: Actor, life: _Life) -> None:
    """The words behind somebody told of by age alone."""
    right = set(read_right(lower_of(document), actor.end, sentence.end))
    if right & {"r_app_suspect", "r_court", "r_held"}:
        life.suspect += SURE_CUE
    elif right & {"r_app_victim", "r_dead"}:
        life.victim += SURE_CUE


def _note_deeds(roll: _Roll, deeds: Sequence[Deed], after: Mapping[int, _Life]) -> None:
    """Note what befell people, and who did it; "he" at the head of a sentence is the one named in the last."""
    for deed in deeds:
        told = "tally" if deed.tally and not deed.title else "past" if deed.past else "deed"
        kinds = (f"{told}_{deed.kind}", "deed_law") if told == "deed" and deed.kind in STEPS else (f"{told}_{deed.kind}",)
        for actor in deed.actors:
            life = roll.find(actor) or (after.get(deed.sentence) if actor.rank == PRONOUN and actor.low == 1 else None)
            if life is None:
                continue
            life.see(kinds)
            if deed.kind in HARM:
                life.victim += SURE_DEED
            else:
                life.suspect += SURE_DEED if deed.kind != "at_large" else SURE_CUE
            if not deed.alleged:
                life.status.add(deed.kind)
        for actor in deed.agents:
            doer = roll.find(actor) or (after.get(deed.sentence) if actor.rank == PRONOUN and actor.low == 1 else None)
            if doer is not None and deed.kind in HARM:
                doer.see(("did_harm",))
                doer.suspect += SURE_DEED


def _gather(document: Document, scene: Scene) -> dict[str, _Life]:
    """Everybody whom a scene names or tells apart by age, with all that is said of them."""
    roll = _Roll()
    lowered = lower_of(document)
    after: dict[int, _Life] = {}  # sentence that opens with "he" → who was named before it
    last: _Life | None = None
    for position, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        he = _HE.match(lowered, sentence.start, sentence.end)
        if he and last is not None:
            own = _find_own_hand(document, sentence)
            last.see((*read_right(lowered, he.end(), sentence.end), "told_on", *(own[1] if own else ())))
            after[index] = last
        named = _read_sentence(document, sentence, position, roll)
        last = named or (last if he else None)
    deeds = read_deeds(document, scene)
    _note_deeds(roll, deeds, after)
    harmed = any(deed.kind in HARM and any(actor.low != 0 for actor in deed.actors) for deed in deeds)
    _note_company(roll.lives, () if harmed else ("nobody_harmed",))
    return roll.lives


def _note_company(lives: Mapping[str, _Life], scene: Sequence[str]) -> None:
    """Note what the scene and a person's place among the others tell."""
    named = [life for life in lives.values() if life.name]
    often = max((life.evidence.get("full_name", 0) for life in named), default=0)
    for life in named:
        life.see(scene)
        others = any(other is not life and _is_harmed(other) for other in lives.values())
        if others and "own_hand" in life.evidence and {"and_self", "did_harm"} & life.evidence.keys():
            life.see(("harmed_both",))  # "killed his wife, then himself"
        if {"did_harm", "r_did"} <= life.evidence.keys():  # "Verrin shot a man", by grammar and by the words alike
            life.see(("did_outright",))
        if VICTIM_KINDS.isdisjoint(life.evidence):
            life.see(("no_victim_kind",))
        if SUSPECT_KINDS.isdisjoint(life.evidence):
            life.see(("no_suspect_kind",))
        if life.age is not None:
            life.see(("aged_unharmed",) if scene else ("aged",))
        if len(named) == 1:
            life.see(("only_one",))
        if len(named) >= MANY_NAMED:
            life.see(("one_of_many",))
        if often > 1 and life.evidence.get("full_name", 0) == often:
            life.see(("named_most",))


def _is_harmed(life: _Life) -> bool:
    return not _HARMED.isdisjoint(life.evidence) and "own_hand" not in life.evidence


def gather_evidence(document: Document, scene: Scene) -> Iterator[tuple[str, dict[str, int], dict[str, float] | None]]:
    """Everybody whom a scene names, for fitting the weights: name, kinds of evidence and how often, the encoder's opinion."""
    for life in _gather(document, scene).values():
        if life.name:
            yield life.name, life.evidence, _opinion(life, document.encoding)


def _opinion(life: _Life, encoding: Encoding | None) -> dict[str, float] | None:
    return hear(encoding, ((start, end) for start, end, _ in life.mentions)) if encoding is not None else None


def _role(life: _Life) -> str:
    """The part of somebody told of by age alone."""
    if life.status & set(STEPS) and life.suspect >= SURE_DEED:
        return "suspect"
    return "suspect" if life.suspect >= life.victim else "victim"


def _judge(life: _Life, encoding: Encoding | None) -> tuple[str, float] | None:
    """The likelier part of a person and how sure it is, a probability for those named; None if it is too unsure."""
    if life.name is None:
        if max(life.victim, life.suspect) < SURE_CUE:
            return None
        return _role(life), min(0.95, 0.3 + 0.35 * max(life.victim, life.suspect))
    parts = judge_part(life.evidence)
    role = max(PARTS, key=lambda part: parts[part])
    sure = (role, parts[role]) if parts[role] >= LEAST_SURE[role] else None
    if encoding is None or (sure is None and not may_play(life.evidence, LEAST_HEARD)):
        return sure
    opinion = _opinion(life, encoding)
    if opinion is None:
        return sure
    parts = judge_part(life.evidence, opinion)
    role = max(PARTS, key=lambda part: parts[part])
    return (role, parts[role]) if parts[role] >= LEAST_HEARD[role] else None


def _join_ages(lives: dict[str, _Life], judged: dict[str, tuple[str, float]]) -> None:
    """Give a named person the age and fate of the only one told of by age alone, shortly before, in the same part."""
    for role in PARTS:
        aged = [lives[key] for key, (part, _) in judged.items() if part == role and lives[key].name is None]
        named = [lives[key] for key, (part, _) in judged.items() if part == role and lives[key].name is not None]
        if len(aged) != 1 or len(named) != 1 or named[0].age is not None:
            continue
        start, (first, end, _) = aged[0].mentions[0][0], named[0].mentions[0]
        if start < first and end - start <= JOIN_REACH:
            named[0].age = aged[0].age
            named[0].status |= aged[0].status
            named[0].mentions.insert(0, (start, end, True))


def claim_people(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim the victims and suspects that a scene names, or tells apart by age, with their part and what befell them."""
    lives = _gather(document, scene)
    judged = {}
    for key, life in lives.items():
        found = _judge(life, document.encoding if scene.is_main() else None) if life.mentions else None
        if found is not None:
            judged[key] = found
    _join_ages(lives, judged)
    named_ages = {life.age for life in lives.values() if life.name and life.age is not None}
    for key in sorted(judged):
        life, (role, sure) = lives[key], judged[key]
        if life.name is None and life.age in named_ages:
            continue
        start, end, _ = min(life.mentions, key=lambda m: (not m[2], m[0]))
        yield Draft("people", start, end, round(sure, 2), value=Person(life.name, life.age, role, _statuses(life, role)))


def _statuses(life: _Life, role: str) -> tuple[str, ...]:
    found = {_STATUS.get(kind, kind) for kind in life.status}
    if "killed" in found:
        found.discard("injured")
    if role == "victim":
        found -= set(LAW)
    if found & set(STEPS):
        found.discard("at_large")
    order = ("killed", "injured", *LAW)
    return tuple(sorted(found, key=order.index))


_OUTCOME = {"arrested": "arrest", "charged": "charge", "convicted": "conviction", "sentenced": "sentence"}


# What ends the clause of a step of the law: what it is for, or another happening.
_PARTED = re.compile(
    r"[;:.\n]|\b(?:for|over|after|before|in connection|following|who|whose|which|that|when|while|because|as|said|says|told)\b",
    re.IGNORECASE,
)


_DENIED = re.compile(r"\b(?:not?|none|never|nothing|neither|nor|yet to|unless|if|without|hop(?:e|es|ing|ed))\b|n['’]t\b")
DENIAL_REACH = 30  # characters before: "none of the three paintings …"


@lru_cache(maxsize=2)
def _recovery() -> Alternation:
    people = load_lexicon("people")
    loot, verbs, means = ("|".join(people[name]) for name in ("loot_nouns", "recovery_verbs", "getaway_nouns"))
    word, passive = r"[\w'’-]+,? ", r"(?:was|were|has been|have been|had been|been|is|are) (?:\w+ ){0,2}?"
    stolen = rf"stolen (?!(?:\w+ ){{0,2}}(?:{means})\b)"
    found = re.compile(
        rf"\b(?:{loot}),? (?:{word}){{0,16}}?{passive}(?:{verbs})\b"
        rf"|\b{stolen}(?:{word}){{0,5}}?(?:{passive})?(?:{verbs}|found)\b"
        r"(?! (?:\w+ )?(?:burn|torch|abandon|dump|ablaze|charred|on fire))"
        rf"|\b(?:recover(?:ed|s|ing)?|recovery of|retrieved) (?:{word}){{0,5}}?(?:{loot})\b"
        rf"|\b(?:recover(?:ed|s|ing)?|recovery of|retrieved) (?:{word}){{0,6}}?(?:(?:was|were|had been) stolen\b|{stolen})",
    )
    return Alternation([found])


def _with_date(document: Document, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Stretch a quote over the time phrase that follows within its clause, else over the one that leads into it."""
    text, lead = document.report.text, start
    for span in document.spans_in("time", sentence.start, sentence.end):
        if 0 <= start - span.end <= LEAD_REACH and end - span.start <= QUOTE_MAX and not _PARTED.search(text, span.end, start):
            lead = span.start
        if 0 <= span.start - end <= TIME_REACH and span.end - start <= QUOTE_MAX and not _PARTED.search(text, end, span.start):
            return start, span.end
    return lead, end


def claim_outcomes(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim what became of the case: arrests, charges, trials, convictions, sentences, and loot that came back."""
    for deed in read_deeds(document, scene):
        kind = _OUTCOME.get(deed.kind)
        if kind is None or deed.tally or deed.alleged or any(actor.low == 0 or actor.part == "guard" for actor in deed.actors):
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


def _is_denied(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a sentence that begins at ``start`` says that it did not come to what was matched."""
    return _DENIED.search(text, max(start, match.start() - DENIAL_REACH), match.end()) is not None


def _other_outcomes(document: Document, scene: Scene) -> Iterator[Draft]:
    text = lower_of(document)
    for index in scene.sentences:
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        for kind, pattern in (("trial", _trial()), ("recovery", _recovery())):
            match = pattern.search(text, sentence.start, sentence.end)
            if match and not (kind == "recovery" and _is_denied(text, sentence.start, match)):
                start, end = _with_date(document, sentence, match.start(), match.end())
                yield Draft("outcomes", start, end, SURE_CUE, value=Outcome(kind))
