"""How many did it, and how many of them are held, as a scene tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.actors import COUNTED, DEFINITE, NAMED, Actor
from newsblotter.extract.deeds import LEAD_SENTENCES, Deed, actors_of, lower_of, read_deeds
from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.stems import Alternation
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count

QUOTE_MAX = 160  # characters of a quote that holds phrase and verb
ACT_REACH = 60  # characters after a counted group within which a perpetrator's deed makes it suspects
# How sure a phrase means the perpetrators: by its noun, by what its people do, a weak noun, people merely held.
SURE_NOUN, SURE_DEED, SURE_SINGLE, SURE_HELD = 0.85, 0.75, 0.5, 0.35
LATE = 0.1  # taken off behind the lead: background and other incidents gather there
SURE_NOBODY = 0.7


@dataclass(frozen=True, slots=True)
class _Acts:
    after: re.Pattern[str]
    marks: re.Pattern[str]
    before: re.Pattern[str]


@lru_cache(maxsize=4)
def _load_acts(language: str = "en") -> _Acts:
    people = load_lexicon("people", language)
    link = "who|that|had|have|has|then|also|allegedly|reportedly|apparently|were|was|are|is|came|and|in|suits?|on|all|of|them"
    filler = rf"[,\s]+(?:(?:{link}|at|least|one|[a-z]+ly|burst|people)[,\s]+){{0,4}}"
    return _Acts(
        re.compile(rf"{filler}(?:{'|'.join(people['perpetrator_verbs'])})(?![\w])", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(people['perpetrator_marks'])})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(people['perpetrator_leads'])})\s+(?:at least\s+)?$", re.IGNORECASE),
    )


_GANG = re.compile(r"\b(?:gang|group|team|band|crew|trio|duo|quartet|commando)\b", re.IGNORECASE)
# What the one beside the group did: the lookout, the driver.
_ONE_MORE = re.compile(
    r"[,\s]+(?:(?:who|had|has|then|allegedly|reportedly|was|is|also)\s+){0,3}"
    r"(?:kept|stood|acted|waited|waiting|remained|stayed|drove|sat|fled|escaped|entered|joined|armed|believed|sought|still)\b",
    re.IGNORECASE,
)
_BEHIND_IT = re.compile(r"\s+(?:who (?:are|were) |believed to be )?behind the\b", re.IGNORECASE)
QUOTE_REACH = 480  # characters from the group to the one more that one quote may span
_KIN = re.compile(r"\bfamily\b", re.IGNORECASE)  # "a family of five"
# Nouns so plain that what the people do decides what they are.
_ANYBODY = frozenset(
    (
        None,
        "man",
        "woman",
        "person",
        "teen",
        "teenager",
        "youth",
        "male",
        "female",
        "boy",
        "girl",
        "individual",
        "juvenile",
        "rider",
        "member",
        "motorcyclist",
    )
)
# Suspects by law, not by deed; and those who only helped: their number is not the number of perpetrators.
_WEAK_NOUNS = frozenset(
    (
        "accomplice",
        "accused",
        "defendant",
        "convict",
        "fugitive",
        "escapee",
        "felon",
        "offender",
        "detainee",
        "co-defendant",
        "criminal",
        "ringleader",
        "mastermind",
        "intermediary",
        "lookout",
        "accessory",
        "fence",
        "model",
        "conspirator",
        "co-conspirator",
    )
)
_PARTIAL = re.compile(
    r"^(?:one\b|another|an?\s+(?:second|third)|the\s+(?:other|second|third|remaining)|.*\b(?:other|others|more|remaining)\b|.*\bof\s+(?:the|them|those|his|her|their)\b)",
    re.IGNORECASE,
)
_NOT_PERPETRATORS = frozenset(("guard", "victim"))


def _weigh_suspects(text: str, actor: Actor, deeds: Sequence[Deed], sentence: Sentence) -> float:
    """How sure it is that a counted group is the perpetrators; 0 if nothing says so."""
    acts = _load_acts()
    phrase = text[actor.start : actor.end]
    held = any(actor in deed.actors for deed in deeds if deed.kind in ("arrested", "charged", "convicted", "sentenced"))
    hurt = any(actor in deed.actors for deed in deeds if deed.kind in ("killed", "injured", "shot"))
    did = not hurt and any(actor in deed.agents for deed in deeds if deed.kind in ("killed", "injured", "shot"))
    if actor.part in _NOT_PERPETRATORS or _KIN.search(phrase):
        return 0.0
    if (actor.low or 0) > 1 and _BEHIND_IT.match(text, actor.end, sentence.end):
        return SURE_NOUN  # the whole gang, held or not
    sure = 0.0
    if actor.part == "suspect":
        sure = SURE_NOUN if actor.noun not in _WEAK_NOUNS else SURE_SINGLE
    elif actor.noun not in _ANYBODY and actor.part != "national":
        sure = 0.0
    elif (
        did
        or acts.marks.search(phrase)
        or acts.after.match(text, actor.end, min(sentence.end, actor.end + ACT_REACH))
        or acts.before.search(text, max(sentence.start, actor.start - 30), actor.start)
        or (_GANG.search(phrase) and actor.noun is None)
    ):
        sure = SURE_DEED
    elif held:
        sure = SURE_HELD
    if hurt and sure <= SURE_DEED and not did:
        return 0.0
    if (held or hurt) and sure > SURE_HELD:
        sure -= 0.25  # those caught or shot may be fewer than those who did it
    if actor.low == 1:
        if actor.noun in _WEAK_NOUNS:
            return 0.0
        sure -= 0.25 if actor.rank == COUNTED else 0.35
    if _PARTIAL.match(phrase):
        sure -= 0.3
    return max(sure, 0.0)


def _one_more(document: Document, scene: Scene, deeds: Sequence[Deed], told: Sequence[Draft]) -> Iterator[Draft]:
    """The whole of a group and the one told of beside it: "three men … a fourth man kept watch" are four."""
    best = max(told, key=lambda d: (d.score, -d.start), default=None)
    if best is None or not isinstance(best.value, Count) or best.value.low != best.value.high:
        return
    unhurt = {a.start for d in deeds if d.kind in ("killed", "injured", "shot") for a in d.actors}
    for index in scene.sentences:
        sentence = document.sentences[index]
        for actor in actors_of(document, sentence) if sentence.readable else ():
            if actor.ordinal != best.value.low + 1 or actor.ordinal <= 2 or actor.start in unhurt or actor.start < best.end:
                continue
            acts = _ONE_MORE.match(document.report.text, actor.end, min(sentence.end, actor.end + ACT_REACH))
            if actor.part == "suspect" or (actor.noun in _ANYBODY and acts):
                start = best.start if actor.end - best.start <= QUOTE_REACH else actor.start
                yield Draft("suspects", start, actor.end, round(best.score + 0.01, 2), value=Count(actor.ordinal, actor.ordinal))
                return


def _claim_suspects(document: Document, scene: Scene, deeds: Sequence[Deed]) -> Iterator[Draft]:
    """Every phrase that may number the perpetrators, and the group with the one more told of beside it."""
    told = list(_weigh_all(document, scene, deeds))
    yield from told
    yield from _one_more(document, scene, deeds, told)


def _weigh_all(document: Document, scene: Scene, deeds: Sequence[Deed]) -> Iterator[Draft]:
    text = document.report.text
    for position, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        here = [deed for deed in deeds if deed.sentence == index]
        for actor in actors_of(document, sentence):
            if not actor.low or actor.rank < DEFINITE or (actor.rank == NAMED) or actor.name:
                continue
            sure = _weigh_suspects(text, actor, here, sentence)
            if sure <= 0:
                continue
            if position > LEAD_SENTENCES:
                sure -= LATE
            if any(deed.tally or deed.past for deed in here):
                sure -= LATE
            yield Draft(
                "suspects",
                actor.start,
                actor.end,
                round(max(sure, 0.05), 2),
                value=Count(actor.low, actor.high, actor.noun),
            )


# How sure a step of the law tells how many are held.
_SURE_STEP = {"arrested": SURE_NOUN, "charged": 0.6, "convicted": 0.6, "sentenced": 0.6}
_HELD_KINDS = ("arrested", "charged", "convicted", "sentenced")


def _single_keys(deeds: Sequence[Deed]) -> set[str]:
    """People held one by one, told apart by name or age."""
    keys, ages = set(), {}
    for deed in deeds:
        for actor in deed.actors:
            if actor.name and actor.age is not None:
                ages[actor.age] = actor.name
    for deed in deeds:
        for actor in deed.actors:
            name = actor.name or (ages.get(actor.age) if actor.age is not None else None)
            if name:
                keys.add(re.sub(r",?\s+(?:jr|sr)\.?$", "", name.lower()).rsplit(" ", 1)[-1])
            elif actor.age is not None and actor.low == 1:
                keys.add(f"aged {actor.age}")
    return keys


def _claim_held(document: Document, deeds: Sequence[Deed]) -> Iterator[Draft]:
    held = [d for d in deeds if d.kind in _HELD_KINDS and not any(a.part in ("guard",) for a in d.actors)]
    arrested = [d for d in held if d.kind == "arrested" and not (d.tally or d.past)] or held
    fled = any(d.kind == "at_large" for d in deeds)
    best: Draft | None = None
    for deed in arrested:
        lows = [a.low for a in deed.actors]
        total = sum(low if low is not None else 1 for low in lows)
        if all(low is None for low in lows) or total == 0:
            continue
        start, end = min(deed.start, deed.actors[0].start), max(deed.end, deed.actors[-1].end)
        if deed.actors[0].low != 1 or len(deed.actors) > 1 or end - start > QUOTE_MAX:
            start, end = deed.actors[0].start, deed.actors[-1].end
        nth = deed.actors[0].ordinal if deed.kind == "arrested" and not fled and deed.actors[0].noun is not None else None
        if nth is not None and total == 1 and nth > 2:
            total, start = nth, deed.actors[0].start  # "a third suspect was arrested": three are held
        open_above = any(a.low is not None and a.high is None for a in deed.actors)
        sure = _SURE_STEP[deed.kind]
        draft = Draft("arrested", start, end, sure, value=Count(total, None if open_above else total))
        if best is None or (_low(draft), draft.score) > (_low(best), best.score):
            best = draft
    if best is None:
        return
    apart = len(_single_keys(arrested))
    if apart > _low(best):
        first, last = arrested[0], arrested[-1]
        start, end = min(first.start, first.actors[0].start), max(last.end, last.actors[-1].end)
        if end - start <= 4 * QUOTE_MAX:
            best = Draft("arrested", start, end, SURE_DEED, value=Count(apart, apart))
    yield best


def _low(draft: Draft) -> int:
    return draft.value.low if isinstance(draft.value, Count) else 0


@lru_cache(maxsize=2)
def _no_arrest(language: str = "en") -> Alternation:
    cues = load_lexicon("people", language)["cues"]
    who = f"(?:{'|'.join(cues['sought'])})"
    return Alternation([re.compile(rf"\b(?:{pattern.replace('{who}', who)})\b") for pattern in cues["no_arrest"]])


def _claim_nobody(document: Document, scene: Scene) -> Iterator[Draft]:
    """All at large, sought or unidentified: nobody held."""
    text = lower_of(document)
    for index in scene.sentences:
        sentence = document.sentences[index]
        if not sentence.readable:
            continue
        match = _no_arrest().search(text, sentence.start, sentence.end)
        if match:
            sure = SURE_NOBODY if match.group().lower().startswith(("no ", "nobody", "has", "have", "had")) else SURE_NOBODY - 0.15
            yield Draft("arrested", match.start(), match.end(), sure, value=Count(0, 0))


def claim_suspects(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim how many perpetrators a scene tells of ("three robbers", "a gang of four") and how many are held.

    Several drafts for the number of perpetrators, the surest first choice; one for those arrested, 0 only where nobody is
    said to be held.
    """
    deeds = read_deeds(document, scene)
    yield from _claim_suspects(document, scene, deeds)
    held = list(_claim_held(document, deeds))
    yield from held or _claim_nobody(document, scene)
