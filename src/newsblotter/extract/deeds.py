"""What befell whom: killed, injured, shot, arrested, charged, convicted, sentenced, still at large.

"Two men were shot dead and a third was arrested" → Deed("killed", (two men,)), Deed("arrested", (a third,))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from newsblotter.extract.actors import PRONOUN, Actor, find_actors, surnames_of
from newsblotter.extract.document import Document, Scene, Sentence
from newsblotter.lexicon import load_lexicon

SUBJECT_REACH = 140  # characters between a subject and its verb; longer gaps hold other clauses (60 reports looked at)
OBJECT_REACH = 14  # between a verb and its object: room for "at least", "another" is part of the phrase
IRREAL_REACH = 16  # before a verb: "tried to", "could have been"
LEAD_SENTENCES = 4  # the lead of a report: what they say of numbers is the whole, later ones tell of single people


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to people, as one sentence says it."""

    kind: str  # killed, injured, shot, arrested, charged, convicted, sentenced, at_large
    actors: tuple[Actor, ...]  # who it befell
    agents: tuple[Actor, ...]  # who did it, where an active verb tells
    start: int  # of the verb
    end: int
    sentence: int
    position: int  # of the sentence among the scene's: 0 is the first
    title: bool
    tally: bool  # the sentence counts more than this incident


@dataclass(frozen=True, slots=True)
class _Verbs:
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    irreal: re.Pattern[str]
    tally: re.Pattern[str]


@lru_cache(maxsize=4)
def _load_verbs(language: str = "en") -> _Verbs:
    people = load_lexicon("people", language)
    patterns = []
    for kind, forms in people["deeds"].items():
        parts = []
        if forms["after"]:
            parts.append(rf"(?P<after>{'|'.join(forms['after'])})")
        if forms["either"]:
            parts.append(rf"(?P<either>(?P<aux>{people['auxiliaries']}\s+)?(?:{'|'.join(forms['either'])}))")
        if forms["before"]:
            parts.append(rf"(?P<before>{'|'.join(forms['before'])})")
        patterns.append((kind, re.compile(rf"\b(?:{'|'.join(parts)})(?![\w-])", re.IGNORECASE)))
    irreal = "|".join(re.escape(w) for w in people["irreal"])
    return _Verbs(
        tuple(patterns),
        re.compile(rf"\b(?:{irreal})(?:\s+(?:have|been|be|to|yet|\w+ly))*\s+$", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(people['tallies'])})\b", re.IGNORECASE),
    )


_JOIN = re.compile(r"^\s*(?:,|,?\s*and|,?\s*&|,?\s*as well as|,?\s*along with|,?\s*or)\s*$", re.IGNORECASE)
_OBLIQUE = re.compile(
    r"\b(?:by|with|of|from|near|behind|outside|against|for|at|between|inside|told|said|to)\s+$", re.IGNORECASE
)
_CLAUSE = re.compile(r"[;:]|\b(?:when|after|while|because|before|as)\b|,\s+(?:and|but)\b", re.IGNORECASE)
_OBJECT_GAP = re.compile(r"^\s*(?:at least|another|more than|only|all|both|up to)?\s*$", re.IGNORECASE)


def _joined(actors: Sequence[Actor], text: str, first: int, last: int) -> tuple[Actor, ...]:
    """The actors coordinated with those from ``first`` to ``last``."""
    while first > 0 and _JOIN.match(text[actors[first - 1].end : actors[first].start]):
        first -= 1
    while last + 1 < len(actors) and _JOIN.match(text[actors[last].end : actors[last + 1].start]):
        last += 1
    return tuple(actors[first : last + 1])


def _subject(actors: Sequence[Actor], text: str, verb: int, reach: int) -> tuple[Actor, ...]:
    """Who stands before a verb as its subject."""
    near = [i for i, actor in enumerate(actors) if actor.end <= verb and verb - actor.end <= reach]
    for index in reversed(near):
        actor = actors[index]
        lone = index == near[0]
        if text[actor.start : actor.end].lower() == "who" and index > 0:
            continue
        if not lone and _OBLIQUE.search(text, max(0, actor.start - 12), actor.start) and actor.end + 2 < verb:
            continue
        return _joined(actors, text, index, index)
    return ()


def _object(actors: Sequence[Actor], text: str, verb_end: int) -> tuple[Actor, ...]:
    for index, actor in enumerate(actors):
        if actor.start >= verb_end:
            if actor.start - verb_end <= OBJECT_REACH and _OBJECT_GAP.match(text[verb_end : actor.start]):
                return _joined(actors, text, index, index)
            return ()
    return ()


_NO_OBJECT = frozenset(("he", "she", "they", "who"))


def _read_verb(match: re.Match[str], actors: Sequence[Actor], text: str) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Whom a verb befell, and who did it."""
    groups = match.groupdict()
    if groups.get("after") or groups.get("aux"):
        return _subject(actors, text, match.start(), SUBJECT_REACH), ()
    found = _object(actors, text, match.end())
    if groups.get("before"):
        return found, _subject(actors, text, match.start(), SUBJECT_REACH) if found else ()
    if found and not all(a.rank == PRONOUN and text[a.start : a.end].lower() in _NO_OBJECT for a in found):
        return found, _subject(actors, text, match.start(), SUBJECT_REACH)
    return _subject(actors, text, match.start(), SUBJECT_REACH), ()


def _read_sentence(document: Document, sentence: Sentence) -> Iterator[Deed]:
    verbs, text = _load_verbs(), document.report.text
    matches = [(k, m) for k, p in verbs.patterns for m in p.finditer(text, sentence.start, sentence.end)]
    if not matches:
        return
    actors = actors_of(document, sentence)
    tally = verbs.tally.search(text, sentence.start, sentence.end) is not None
    title = document.is_title(sentence)
    for kind, match in matches:
        found, agents = _read_verb(match, actors, text)
        if not found:
            continue
        denied = verbs.irreal.search(text, max(sentence.start, match.start() - IRREAL_REACH * 2), match.start())
        if denied and not any(a.low == 0 for a in found):
            continue
        yield Deed(kind, found, agents, match.start(), match.end(), sentence.index, 0, title, tally)


class _Key:
    """A document as a cache key: one and the same object, whatever it holds."""

    __slots__ = ("document", "index")

    def __init__(self, document: Document, index: int) -> None:
        self.document = document
        self.index = index

    def __hash__(self) -> int:
        return hash((id(self.document), self.index))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.document is self.document and other.index == self.index


# Four claimers read the same deeds of the same sentences, one report after another.
@lru_cache(maxsize=512)
def _read_once(key: _Key) -> tuple[Deed, ...]:
    return tuple(_read_sentence(key.document, key.document.sentences[key.index]))


@lru_cache(maxsize=512)
def _find_once(key: _Key) -> tuple[Actor, ...]:
    return find_actors(key.document, key.document.sentences[key.index], _surnames_once(_Key(key.document, -1)))


@lru_cache(maxsize=4)
def _surnames_once(key: _Key) -> dict[str, str]:
    return surnames_of(key.document)


def actors_of(document: Document, sentence: Sentence) -> tuple[Actor, ...]:
    """The people that a sentence of a document speaks of."""
    return _find_once(_Key(document, sentence.index))


def read_deeds(document: Document, scene: Scene) -> tuple[Deed, ...]:
    """Everything that befell people in a scene, in the order of the report."""
    found: list[Deed] = []
    for position, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        if sentence.readable:
            found.extend(replace(deed, position=position) for deed in _read_once(_Key(document, index)))
    return tuple(sorted(found, key=lambda d: (d.start, d.kind, d.end)))
