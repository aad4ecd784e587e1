"""What befell whom: killed, injured, shot, arrested, charged, convicted, sentenced, still at large.

"Two men were shot dead and a third was arrested" → Deed("killed", (two men,)), Deed("arrested", (a third,))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from newsblotter.extract.actors import NAMED, PRONOUN, Actor, Named, find_actors, surnames_of
from newsblotter.extract.document import Document, Scene, Sentence
from newsblotter.extract.stems import Alternation, StemIndex, fold
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
    past: bool  # the sentence dates itself to another year or speaks of earlier times
    also: bool = False  # "who was also wounded": others than those told of before
    alleged: bool = False  # "is accused of": the law has taken no step yet, as far as these words tell


@dataclass(frozen=True, slots=True)
class _Verbs:
    patterns: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]  # kind, stems one of which must stand, verbs
    index: StemIndex  # by the first word of each stem
    irreal: re.Pattern[str]
    tally: Alternation


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
        patterns.append((kind, tuple(forms["stems"]), re.compile(rf"\b(?:{'|'.join(parts)})(?![\w-])")))
    irreal = "|".join(re.escape(w) for w in people["irreal"])
    return _Verbs(
        tuple(patterns),
        StemIndex(frozenset(stem.split()[0] for stem in stems) for _, stems, _ in patterns),
        re.compile(rf"\b(?<!\d )(?<!\bin )(?:{irreal})(?:\s+(?:have|been|be|to|yet|\w+ly))*\s+$", re.IGNORECASE),
        Alternation([re.compile(rf"\b(?:{'|'.join(people['tallies'])})\b", re.IGNORECASE)]),
    )


_JOIN = re.compile(r"^\s*(?:,|,?\s*and|,?\s*&|,?\s*as well as|,?\s*along with|,?\s*or)\s*$", re.IGNORECASE)
_OBLIQUE = re.compile(r"\b(?:by|with|of|from|near|behind|outside|against|for|at|between|inside|told|said|to)\s+$", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:]|\b(?:when|after|while|because|before|as)\b|,\s+(?:and|but)\b", re.IGNORECASE)
_ASIDE = re.compile(r",\s+(?:who|whose|which|where)\b(?!.*,\s+(?:who|whose|which|where)\b)", re.IGNORECASE | re.DOTALL)
_NAMED_GAP = re.compile(r"^\s*(?:were|was|are|is|included?)(?: (?:identified|named) as)?\s*$", re.IGNORECASE)  # "killed were …"
# What ties somebody to the deed, before the verb of what became of them; and what ends that clause.
_SUSPECTED = re.compile(
    r",?\s+(?:who (?:is|are|was|were) )?(?:also |long |still )?"
    r"(?:suspected|accused|wanted|believed|thought|alleged|said|charged|convicted)\s+(?:of|in|for|over|with|to)\b"
)
_CLAUSE_BREAK = re.compile(r"[;:.]|\b(?:who|when|while|because|said|says|told|as|until)\b|,\s+(?:and|but)\b", re.IGNORECASE)
_WHO_REACH = 30  # characters between "who" and its verb: room for "was allegedly"
_ALLEGED = re.compile(r"\baccused$")
_ALSO = re.compile(r"\balso\b", re.IGNORECASE)
_SO_FAR = re.compile(r"\bso far\b", re.IGNORECASE)
_OBJECT_GAP = re.compile(r"^\s*(?:at least|another|more than|only|all|both|up to)?\s*$", re.IGNORECASE)


def _joined(actors: Sequence[Actor], text: str, first: int, last: int) -> tuple[Actor, ...]:
    """The actors coordinated with those from ``first`` to ``last``; of "the owner, Tomas Verrin" the name alone."""
    while first > 0 and _JOIN.match(text[actors[first - 1].end : actors[first].start]):
        first -= 1
    while last + 1 < len(actors) and _JOIN.match(text[actors[last].end : actors[last + 1].start]):
        last += 1
    chain = [a for a in actors[first : last + 1] if text[a.start : a.end].lower() != "who"] or list(actors[first : last + 1])
    kept: list[Actor] = []
    listed = False
    for index, actor in enumerate(chain):
        if index and kept:
            gap = text[chain[index - 1].end : actor.start].strip().lower()
            if gap != ",":
                listed = True
            elif actor.rank == NAMED and kept[-1].name is None and kept[-1].low == 1:
                kept.pop()
            elif actor.low == 1 and kept[-1].rank == NAMED and actor.rank != NAMED:
                continue
        kept.append(actor)
    if listed or len(kept) == 1:
        return tuple(kept)
    return (max(kept, key=lambda a: (a.rank, a.age is not None, -a.start)),)


def _agrees(found: Sequence[Actor], aux: str) -> bool:
    """Whether the number of a subject fits its auxiliary: "has" takes one, "were" takes several."""
    total = sum(a.low if a.low is not None else 2 for a in found)
    if _SINGULAR.match(aux):
        return total <= 1 or any(a.noun in ("couple", "personnel") for a in found)
    if _PLURAL.match(aux):
        return total != 1 or found[0].rank == PRONOUN
    return True


def _subject(actors: Sequence[Actor], text: str, verb: int, reach: int, aux: str = "") -> tuple[Actor, ...]:
    """Who stands before a verb as its subject."""
    fallback: tuple[Actor, ...] = ()
    aside = _ASIDE.search(text, max(0, verb - reach), verb) if text[verb - 2 : verb] == ", " else None
    if aside:  # "Verrin, who fled after two guards died, was arrested"
        for index, actor in enumerate(actors):
            if 0 <= aside.start() - actor.end <= 1:
                return _joined(actors, text, index, index)
    accused = _accused(actors, text, verb, reach) if aux else None
    if accused is not None:
        found = _joined(actors, text, accused, accused)
        if _agrees(found, aux):
            return found
    antecedent = _antecedent(actors, text, verb)
    if antecedent is not None:
        found = _joined(actors, text, antecedent, antecedent)
        found = tuple(a for a in found if a.end <= verb)
        if found and _agrees(found, aux):
            return found
    near = [i for i, actor in enumerate(actors) if actor.end <= verb and verb - actor.end <= reach]
    for index in reversed(near):
        actor = actors[index]
        lone = index == near[0]
        said = text[actor.start : actor.end].lower()
        if (said == "who" and index > 0) or said in _OBJECTS:
            continue
        if not lone and _OBLIQUE.search(text, max(0, actor.start - 12), actor.start) and actor.end + 2 < verb:
            continue
        found = _joined(actors, text, index, index)
        if _agrees(found, aux):
            return found
        fallback = fallback or found
    return fallback


def _accused(actors: Sequence[Actor], text: str, verb: int, reach: int) -> int | None:
    """Index of the one whom a verb is of across what he is suspected of: "A man suspected of killing Breen has been arrested"."""
    for index, actor in enumerate(actors):
        if actor.end > verb or verb - actor.end > reach:
            continue
        tie = _SUSPECTED.match(text, actor.end, verb)
        if tie is not None and not _CLAUSE_BREAK.search(text, tie.end(), verb):
            return index
    return None


def _antecedent(actors: Sequence[Actor], text: str, verb: int) -> int | None:
    """Index of the person whom "who" right before a verb stands for: "of Verrin, who was stabbed"."""
    for index in range(1, len(actors)):
        who, before = actors[index], actors[index - 1]
        if who.end <= verb <= who.end + _WHO_REACH and text[who.start : who.end].lower() == "who" and who.start - before.end <= 2:
            return index - 1 if "," not in text[who.end : verb] else None
    return None


def _object(actors: Sequence[Actor], text: str, verb_end: int) -> tuple[Actor, ...]:
    for index, actor in enumerate(actors):
        if actor.start >= verb_end:
            gap = text[verb_end : min(actor.start, verb_end + 2 * OBJECT_REACH)]
            far = actor.start - verb_end
            if (far <= OBJECT_REACH and _OBJECT_GAP.match(gap)) or (
                actor.rank == NAMED and far < 2 * OBJECT_REACH and _NAMED_GAP.match(gap)
            ):
                return _joined(actors, text, index, index)
            return ()
    return ()


_PAST = re.compile(
    r"\b(?:years? (?:ago|earlier|before)|last (?:month|year)|previous(?:ly)?|(?:in|since) (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_DEATH_NOUN = Alternation([re.compile(r"['’]s?\s[^.]{0,40}?(?:death|killing|murder|slaying)\b", re.IGNORECASE)])
_OWN_DEATH = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+){0,3}?(?:death|killing|murder|slaying|homicide)\b(?!\s+(?:threat|case was|trial|weapon|rate))",
    re.IGNORECASE,
)
_LAW = frozenset(("arrested", "charged", "convicted", "sentenced"))
_SINGULAR = re.compile(r"(?:was|is|has)\b")
_PLURAL = re.compile(r"(?:were|are|have)\b")
_OBJECTS = frozenset(("them", "him"))
_NO_OBJECT = frozenset(("he", "she", "they", "who"))


def _read_verb(match: re.Match[str], actors: Sequence[Actor], text: str) -> tuple[tuple[Actor, ...], tuple[Actor, ...]]:
    """Whom a verb befell, and who did it."""
    groups = match.groupdict()
    aux = (groups.get("aux") or "").lower()
    if groups.get("after") or aux:
        return _subject(actors, text, match.start(), SUBJECT_REACH, aux or match.group().lower()), ()
    found = _object(actors, text, match.end())
    if groups.get("before"):
        return found, _subject(actors, text, match.start(), SUBJECT_REACH) if found else ()
    if found and not all(a.rank == PRONOUN and text[a.start : a.end].lower() in _NO_OBJECT for a in found):
        return found, _subject(actors, text, match.start(), SUBJECT_REACH)
    return _subject(actors, text, match.start(), SUBJECT_REACH), ()


def _read_sentence(document: Document, sentence: Sentence) -> Iterator[Deed]:
    verbs, text = _load_verbs(), document.report.text
    lowered = _lower_once(_Key(document, -1))
    matches: list[tuple[str, re.Match[str]]] = []
    for number in sorted(verbs.index.find(lowered[sentence.start : sentence.end])):
        kind, stems, pattern = verbs.patterns[number]
        for stem in stems:
            if lowered.find(stem, sentence.start, sentence.end) >= 0:
                matches.extend((kind, match) for match in pattern.finditer(lowered, sentence.start, sentence.end))
                break
    if not matches and not _DEATH_NOUN.search(text, sentence.start, sentence.end):
        return
    actors = actors_of(document, sentence)
    counted = [m.group() for m in verbs.tally.finditer(text, sentence.start, sentence.end)]
    tally, law_tally = bool(counted), any(not _SO_FAR.search(words) for words in counted)  # "three arrested so far" is no tally
    past = _PAST.search(text, sentence.start, sentence.end) is not None
    title = document.is_title(sentence)
    for kind, match in matches:
        if kind in _LAW and (match.groupdict().get("aux") or "").startswith("had been"):
            continue  # "a convict who had been jailed": an earlier case
        found, agents = _read_verb(match, actors, text)
        if not found:
            continue
        denied = verbs.irreal.search(text, max(sentence.start, match.start() - IRREAL_REACH * 2), match.start())
        if denied and not any(a.low == 0 for a in found):
            continue
        also = _ALSO.search(text, found[-1].end, match.end()) is not None
        told = law_tally if kind in _LAW else tally
        alleged = kind == "charged" and _ALLEGED.search(match.group()) is not None
        yield Deed(kind, found, agents, match.start(), match.end(), sentence.index, 0, title, told, past, also, alleged)

    for actor in actors:
        own = _OWN_DEATH.match(text, actor.end, sentence.end)
        if own and actor.low is not None:
            yield Deed("killed", (actor,), (), own.start(), own.end(), sentence.index, 0, title, tally, past)


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
    whole = _Key(key.document, -1)
    return find_actors(key.document, key.document.sentences[key.index], _surnames_once(whole), _lower_once(whole))


@lru_cache(maxsize=4)
def _surnames_once(key: _Key) -> dict[str, Named]:
    return surnames_of(key.document)


@lru_cache(maxsize=4)
def _lower_once(key: _Key) -> str:
    """The report's text in lower case, letter for letter: a letter whose lower case is longer stays as it is."""
    return fold(key.document.report.text)


def lower_of(document: Document) -> str:
    """The report's text in lower case, with the same offsets."""
    return _lower_once(_Key(document, -1))


def actors_of(document: Document, sentence: Sentence) -> tuple[Actor, ...]:
    """The people that a sentence of a document speaks of."""
    return _find_once(_Key(document, sentence.index))


def read_deeds(document: Document, scene: Scene) -> tuple[Deed, ...]:
    """Everything that befell people in a scene, in the order of the report."""
    return _read_scene(_Key(document, -1), scene.sentences)


@lru_cache(maxsize=16)
def _read_scene(key: _Key, sentences: tuple[int, ...]) -> tuple[Deed, ...]:
    found: list[Deed] = []
    for position, index in enumerate(sentences):
        if key.document.sentences[index].readable:
            found.extend(replace(deed, position=position) for deed in _read_once(_Key(key.document, index)))
    return tuple(sorted(found, key=lambda d: (d.start, d.kind, d.end)))
