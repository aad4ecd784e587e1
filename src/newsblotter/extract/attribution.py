"""Who says so: the police, a prosecutor, a witness, the victim, another outlet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsblotter.extract.document import Document
from newsblotter.extract.names import find_words
from newsblotter.extract.stems import Alternation
from newsblotter.lexicon import load_lexicon

_LONGEST = 600  # characters; a longer sentence is a list or a page's furniture
_BEFORE = 90  # characters before a verb of saying that may hold its subject: an office, a name, an apposition
_AFTER = 70  # after it
_FAR = 200  # how much nearer a speaker of the fact's own clause counts: more than any distance inside a clause

_WORDS_BETWEEN = 8  # between an office and its verb: "police spokesman for the county Ade Bakare later said"
_INVERTED = re.compile(r"[,”\"’'“]\s*$")  # "…", said the sheriff
_CLAUSE = re.compile(r";|,?\s(?:but|while|whereas|though|although)\s", re.IGNORECASE)
_NAME = r"[A-ZÀ-Þ][\w’'-]+"
_SURNAME_SAID = re.compile(rf"\b(?P<subject>{_NAME}) (?:said|says|added|told)\b|\b(?:said|added) (?P<inverted>{_NAME})[.,]")
_PROPER = re.compile(_NAME)
_CAPITALS_END = re.compile(
    rf"(?:(?:{_NAME}|[A-Z]\d?) ){{0,3}}(?:{_NAME}|[A-Z]\d)(?: first| newspaper| television| radio| daily)?\s$"
)
_NAMES_BETWEEN = re.compile(rf",?\s+(?:{_NAME}\s+){{0,3}}")


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled words of a language whose speakers are found by their verbs.

    Attributes:
        noun: Every noun that may speak; the group that matched names who it is.
        who: Group name → who it is.
    """

    noun: re.Pattern[str]
    who: Mapping[str, str]
    verb: Alternation
    hearing: re.Pattern[str]
    outlet_verbs: re.Pattern[str]
    citing: Alternation
    between: re.Pattern[str]
    object_before: re.Pattern[str]
    no_outlet: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Voice:
    """One who is cited in a sentence, and where."""

    start: int
    end: int
    who: str


def _compile_grammar(words: Mapping[str, Any]) -> _Grammar:
    flags = re.IGNORECASE
    who = {f"g{number}": name for number, name in enumerate(words["nouns"])}
    nouns = "|".join(f"(?P<g{number}>{'|'.join(found)})" for number, found in enumerate(words["nouns"].values()))
    return _Grammar(
        noun=re.compile(rf"(?<![\w-])(?:{nouns})(?!\w)", flags),
        who=who,
        verb=Alternation([re.compile(rf"\b(?:{words['hearing']}|{words['verbs']})\b", flags)]),
        hearing=re.compile(words["hearing"], flags),
        outlet_verbs=re.compile(words["outlet_verbs"], flags),
        citing=Alternation([re.compile(rf"\b(?:{words['citing']})\s", flags)]),
        between=re.compile(rf"(?:[\s,]+(?!(?:{words['stops']})\b)[^\s,;“”\"]+){{0,{_WORDS_BETWEEN}}}[\s,]*", flags),
        object_before=re.compile(words["object_before"], flags),
        no_outlet=re.compile(words["no_outlet"], flags),
    )


@lru_cache(maxsize=4)
def _load_grammar(language: str) -> _Grammar | None:
    """The grammar of a language; None where its words are whole patterns."""
    words = load_lexicon("attribution", language)
    return _compile_grammar(words) if "nouns" in words else None


@lru_cache(maxsize=4)
def _load_speakers(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = load_lexicon("attribution", language)
    return tuple((who, re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)) for who, patterns in words.items())


def _choose(found: list[tuple[str, bool]]) -> str | None:
    """Of the nouns of one subject, the one that speaks: the first that does not only own the next ("the shop's owner")."""
    plain = [who for who, owns in found if not owns] or [who for who, _ in found]
    voices = [who for who in plain if who != "spokesman"]
    return voices[0] if voices else "company" if plain else None


def _owns(text: str, end: int) -> bool:
    return text.startswith(("'s ", "’s ", "' ", "’ "), end)


def _subject(sentence: str, floor: int, verb: int, grammar: _Grammar) -> str | None:
    """Who stands before a verb as its subject."""
    found: list[tuple[str, bool]] = []
    floor = max(floor, verb - _BEFORE)
    if not sentence[:verb].rstrip().endswith(","):  # no apposition: what stands before the last comma is another clause's
        floor = max(floor, sentence.rfind(",", 0, verb) + 1)
    for noun in grammar.noun.finditer(sentence, floor, verb):
        if not grammar.between.fullmatch(sentence, noun.end() + 2 * _owns(sentence, noun.end()), verb):
            continue
        if not found and grammar.object_before.search(sentence[max(floor, noun.start() - 30) : noun.start()]):
            continue
        found.append((grammar.who[noun.lastgroup or ""], _owns(sentence, noun.end())))
    return _choose(found)


def _after(sentence: str, start: int, grammar: _Grammar) -> str | None:
    """Who is named right after "according to", or after an inverted verb."""
    found: list[tuple[str, bool]] = []
    for noun in grammar.noun.finditer(sentence, start, min(len(sentence), start + _AFTER)):
        if not grammar.between.fullmatch(" " + sentence[start : noun.start()].strip() + " "):
            break
        found.append((grammar.who[noun.lastgroup or ""], _owns(sentence, noun.end())))
    return _choose(found)


def _outlet(sentence: str, verb: re.Match[str], grammar: _Grammar) -> str | None:
    """Another outlet, by a name that reports: "Aftonposten reported"."""
    name = _CAPITALS_END.search(sentence[max(0, verb.start() - 60) : verb.start()])
    if name is None or not grammar.outlet_verbs.match(verb.group()) or grammar.no_outlet.match(name.group().split()[0]):
        return None
    return "another outlet"


def _voices(sentence: str, grammar: _Grammar) -> Iterator[_Voice]:
    """Everyone whom a sentence cites."""
    floor = 0
    for verb in grammar.verb.finditer(sentence):
        who = _subject(sentence, floor, verb.start(), grammar)
        hearing = grammar.hearing.fullmatch(verb.group())
        if hearing and who not in ("court", "witness"):
            who = None
        elif who is None and not hearing:
            inverted = _INVERTED.search(sentence[: verb.start()])
            who = (_after(sentence, verb.end(), grammar) if inverted else None) or _outlet(sentence, verb, grammar)
        if who is not None:
            yield _Voice(verb.start(), verb.end(), who)
            floor = verb.end()
    for citing in grammar.citing.finditer(sentence):
        who = _after(sentence, citing.end(), grammar)
        name = _PROPER.match(sentence, citing.end() + 4 * sentence.startswith("the ", citing.end()))
        if who or (
            name and not grammar.no_outlet.match(name.group()) and citing.group().lower().startswith(("according", "citing"))
        ):
            yield _Voice(citing.start(), citing.end(), who or "another outlet")


@lru_cache(maxsize=512)
def _cited(sentence: str, language: str) -> tuple[_Voice, ...]:
    grammar = _load_grammar(language)
    return () if grammar is None or len(sentence) > _LONGEST else tuple(_voices(sentence, grammar))


@lru_cache(maxsize=512)
def _speaker_of(sentence: str, language: str) -> str | None:
    if len(sentence) > _LONGEST:
        return None
    return next((who for who, pattern in _load_speakers(language) if pattern.search(sentence)), None)


def _distance(sentence: str, offset: int, voice: _Voice) -> tuple[int, int]:
    """How far a voice is from a fact; another clause's voice is farther than any of its own."""
    left, right = sorted((offset, voice.start))
    away = _FAR if _CLAUSE.search(sentence, left, right) else 0
    return away + max(0, voice.start - offset, offset - voice.end), voice.start


@lru_cache(maxsize=256)
def _office(text: str, surname: str, language: str) -> str | None:
    """Who a bare surname is, where the report introduces it by an office: "Sheriff Wade Colley"."""
    grammar = _load_grammar(language)
    if grammar is None:
        return None
    for at in find_words(text, surname):
        before = text[max(0, at - _AFTER) : at]
        for noun in grammar.noun.finditer(before):
            who = grammar.who[noun.lastgroup or ""]
            if who not in ("spokesman", "another outlet") and _NAMES_BETWEEN.fullmatch(before, noun.end()):
                return who
    return None


def find_speaker(document: Document, offset: int, language: str = "en") -> str | None:
    """Name whom the sentence at an offset gives as its source, None where it speaks for itself.

    Where a sentence cites several, the one of the fact's own clause, else the nearest. A bare surname is who the report
    said it is: "Sheriff Wade Colley … Colley said".

    Returns:
        police, prosecutor, court, lawyer, victim, relative, witness, company, official, another outlet or anonymous source.
    """
    sentence = document.sentence_at(offset)
    if sentence is None:
        return None
    if _load_grammar(language) is None:
        return _speaker_of(sentence.text, language)
    voices = _cited(sentence.text, language)
    if voices:
        return min(voices, key=lambda voice: _distance(sentence.text, offset - sentence.start, voice)).who
    bare = _SURNAME_SAID.search(sentence.text)
    return _office(document.report.text, bare["subject"] or bare["inverted"], language) if bare else None
