"""Weapons, vehicles and tactics: the words of the vocabularies, where the perpetrators used them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.stems import Headed, StemIndex, fold, stems_of
from newsblotter.lexicon import load_lexicon
from newsblotter.taxonomy import load_taxonomy

# How sure a word makes us, by where it stands. Chosen on heists look, by eye.
IN_LEAD = 0.85
IN_BODY = 0.7
LEAD_SENTENCES = 4  # title included
HEDGED = 0.5  # of the score, where the sentence talks of what could be

_LOOK_BACK = 60  # characters before a word that are searched for a negation
_LOOK_AHEAD = 40
_USE_WINDOW = 200  # characters either side of a vehicle in which somebody must use it

LONG_WORD = 3  # letters up to which a word may be small in any headline: "the", "of"
_NAME_GOES_ON = re.compile(r",? (?:& )?[A-Z][a-z]")

FIELDS = ("weapons", "vehicles", "tactics")

# A general term goes without saying once one of its kinds is named.
_GENERAL = {
    "firearm": {
        "handgun",
        "rifle",
        "assault rifle",
        "machine gun",
        "shotgun",
        "long-barreled firearm",
        "imitation firearm",
    },
    "rifle": {"assault rifle"},
    "bomb": {"car bomb", "petrol bomb"},
    "explosives": {"car bomb", "bomb", "grenade"},
    "car": {"sedan", "SUV"},
    "disguise": {"impersonating-police"},
    "vault": {"drilled-vault"},
    "masked": set(),
}

# What a type of incident can have been done by; other types read every term. Stealing has a trade of its own.
_STEALING = frozenset(("robbery", "burglary", "theft", "fraud", "other_crime", "attack", "escape", "kidnapping"))
_TACTICS_OF_VIOLENCE = frozenset(
    (
        "ambush",
        "drive-by",
        "home-invasion",
        "suicide-attack",
        "hostage-taking",
        "carjacking",
        "kidnapping",
        "arson",
        "getaway-vehicle-burned",
        "masked",
        "tied-up",
        "impersonating-police",
        "ram-raid",
    )
)


@dataclass(frozen=True, slots=True)
class _Term:
    field: str
    name: str
    pattern: Headed


@dataclass(frozen=True, slots=True)
class _Around:
    """Patterns for what stands beside a word."""

    negated: re.Pattern[str]
    absent_after: re.Pattern[str]
    police_before: re.Pattern[str]
    police_after: re.Pattern[str]
    hypothetical: re.Pattern[str]
    vehicle_use: re.Pattern[str]
    vehicle_not_before: re.Pattern[str]
    vehicle_not_after: re.Pattern[str]
    make: re.Pattern[str]
    doubtful_makes: frozenset[str]


@lru_cache(maxsize=1)
def _load_terms() -> tuple[tuple[_Term, ...], StemIndex]:
    """Every term, and the index that tells by number which of them a sentence may hold."""
    vocabularies = load_taxonomy().vocabularies
    terms: list[_Term] = []
    known: list[frozenset[str] | None] = []
    for field in FIELDS:
        for name, patterns in vocabularies[field].terms.items():
            stems = [stems_of(p) for p in patterns]
            known.append(None if None in stems else frozenset().union(*(s or () for s in stems)))
            terms.append(_Term(field, name, Headed(re.compile(rf"(?:{'|'.join(patterns)})(?!\w)"))))
    return tuple(terms), StemIndex(known)


@lru_cache(maxsize=1)
def _load_around() -> _Around:
    words = load_lexicon("things")
    makes = "|".join(re.escape(m) for m in sorted(words["makes"], key=lambda m: (-len(m), m)))
    flags = re.IGNORECASE
    return _Around(
        negated=re.compile(words["negated"], flags),
        absent_after=re.compile(words["absent_after"], flags),
        police_before=re.compile(words["police_owned_before"], flags),
        police_after=re.compile(words["police_owned_after"], flags),
        hypothetical=re.compile(words["hypothetical"], flags),
        vehicle_use=re.compile(words["vehicle_use"], flags),
        vehicle_not_before=re.compile(words["vehicle_not_before"], flags),
        vehicle_not_after=re.compile(words["vehicle_not_after"], flags),
        make=re.compile(rf"(?<![\w-])(?P<make>{makes})(?P<model>(?:[ -](?=[A-Z0-9])[A-Za-z0-9][\w-]*){{1,2}})?(?![\w-])"),
        doubtful_makes=frozenset(words["doubtful_makes"]),
    )


def _is_denied(low: str, start: int, end: int, around: _Around) -> bool:
    return bool(
        around.negated.search(low, max(0, start - _LOOK_BACK), start) or around.absent_after.match(low[end : end + _LOOK_AHEAD])
    )


def _fits(term: _Term, low: str, start: int, end: int, around: _Around) -> bool:
    """Whether the word stands for something that the perpetrators had."""
    if _is_denied(low, start, end, around):
        return False
    before, after = low[max(0, start - _LOOK_BACK) : start], low[end : end + _LOOK_AHEAD]
    if term.field == "weapons":
        return not around.police_before.search(before) and not around.police_after.match(after)
    if term.field == "vehicles":
        if around.vehicle_not_before.search(before) or around.vehicle_not_after.match(after):
            return False
        return around.vehicle_use.search(low, max(0, start - _USE_WINDOW), end + _USE_WINDOW) is not None
    return True


def _find_in(sentence: Sentence, low: str, stealing: bool, score: float) -> Iterator[Draft]:
    """The terms of a sentence; ``low`` is it folded."""
    around = _load_around()
    terms, index = _load_terms()
    hedged = None
    for number in sorted(index.find(low)):
        term = terms[number]
        if not stealing and term.field == "tactics" and term.name not in _TACTICS_OF_VIOLENCE:
            continue
        for match in term.pattern.find_all(low, low):
            start, end = match.span()
            if start and (low[start - 1].isalnum() or low[start - 1] == "_"):
                continue
            if not _fits(term, low, start, end, around) or (term.field != "tactics" and _is_name(sentence.text, start, end)):
                continue
            if hedged is None:
                hedged = around.hypothetical.search(low) is not None
            weight = score * (HEDGED if hedged and term.field == "weapons" else 1.0)
            yield Draft(term.field, sentence.start + start, sentence.start + end, weight, value=term.name)
            break


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether a word is part of somebody's or a firm's name ("Van Horn", "Rifle, Colorado"): large, before another such word.

    In a headline that writes most words large nothing can be told.
    """
    if not text[start].isupper() or text[start:end].isupper() or not _NAME_GOES_ON.match(text, end):
        return False
    words = [word for word in text.split() if len(word) > LONG_WORD and word[0].isalpha()]
    return 2 * sum(word[0].islower() for word in words) >= len(words)


def _find_makes(sentence: Sentence, low: str, score: float) -> Iterator[Draft]:
    """Cars and bikes by make and model, as the report writes them; ``low`` is the sentence folded."""
    around = _load_around()
    for match in around.make.finditer(sentence.text):
        start, end = match.span()
        if not match["model"] and match["make"] in around.doubtful_makes:
            after = low[match.end() : match.end() + 16]
            if not re.match(r"\s+(?:car|van|sedan|suv|truck|pick-?up|motor|scooter|saloon|hatch|minivan|was|suv)", after):
                continue
        if around.vehicle_not_before.search(low[max(0, start - _LOOK_BACK) : start]):
            continue
        if not around.vehicle_use.search(low, max(0, start - _USE_WINDOW), end + _USE_WINDOW):
            continue
        yield Draft(
            "vehicles",
            sentence.start + match.start(),
            sentence.start + match.end(),
            score,
            value=sentence.text[match.start() : match.end()],
        )


def claim_things(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim the weapons, vehicles and tactics that a scene tells of, one claim a canonical name.

    Negated ("no weapon was used"), official ("police with machine guns") and hypothetical uses are left out or scored
    low. A general term ("firearm") is dropped where one of its kinds ("handgun") is claimed.
    """
    stealing = scene.type in _STEALING
    best: dict[tuple[str, str], Draft] = {}
    for order, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        low = fold(sentence.text)
        score = IN_LEAD if order < LEAD_SENTENCES else IN_BODY
        found = [*_find_in(sentence, low, stealing, score), *_find_makes(sentence, low, score)]
        for draft in _drop_inner(found):
            key = (draft.field, str(draft.value).lower())
            if key not in best or best[key].score < draft.score:
                best[key] = draft
    names = {(field, name) for field, name in best}
    makes = sum(1 for field, name in names if field == "vehicles" and name not in _vehicle_names())
    for (field, name), draft in sorted(best.items(), key=lambda item: (item[1].start, item[0])):
        kinds = _GENERAL.get(str(draft.value), set())
        if any((field, kind.lower()) in names for kind in kinds):
            continue
        if field == "vehicles" and name == "car" and makes:
            continue
        yield draft


@lru_cache(maxsize=1)
def _vehicle_names() -> frozenset[str]:
    return frozenset(name.lower() for name in load_taxonomy().vocabularies["vehicles"].terms)


def _drop_inner(drafts: list[Draft]) -> list[Draft]:
    """Of words of one field inside one another, keep the longer: "toy gun" is no firearm."""
    if len(drafts) < 2:
        return drafts
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (d.start - d.end, d.start, str(d.value))):
        inside = any(
            k.field == draft.field
            and k.start <= draft.start
            and draft.end <= k.end
            and (k.start, k.end) != (draft.start, draft.end)
            for k in kept
        )
        if not inside or draft.field == "tactics":
            kept.append(draft)
    return kept
