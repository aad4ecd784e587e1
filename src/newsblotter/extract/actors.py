"""Who a sentence speaks of: counted people, named people, "the victim", "he".

"A 19-year-old man and his brother were shot" → Actor("A 19-year-old man", 1..1), Actor("his brother", 1..1)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Document, Sentence
from newsblotter.extract.names import find_words
from newsblotter.lexicon import load_lexicon, people_nouns
from newsblotter.records import Span

# How specific a way of naming somebody is; the higher one stands where two overlap.
NAMED, COUNTED, DEFINITE, PRONOUN = 4, 3, 2, 1


# Characters; a longer stretch without an end is a list or debris, and reading it would cost the square of its length.
MAX_SENTENCE = 4000


@dataclass(frozen=True, slots=True)
class Actor:
    """One phrase that names, counts or points at people."""

    start: int
    end: int  # a following age is part of it: "Tomas Verrin, 31"
    rank: int  # NAMED, COUNTED, DEFINITE, PRONOUN
    low: int | None  # how many; None: a plural that does not say
    high: int | None
    noun: str | None  # singular, lower case
    part: str | None  # the noun's group: person, victim, guard, suspect
    name: str | None = None
    age: int | None = None
    ordinal: int | None = None  # "a third person" → 3
    other: bool = False  # "another man", "two others"


@dataclass(frozen=True, slots=True)
class _Words:
    part_of: Mapping[str, str]  # noun → group
    forms: Mapping[str, str]
    definite: re.Pattern[str]
    pronoun: re.Pattern[str]
    bare: re.Pattern[str]
    numbers: Mapping[str, int]
    groups: Mapping[str, int]
    ordinals: Mapping[str, int]
    noun: re.Pattern[str]


@lru_cache(maxsize=4)
def load_words(language: str = "en") -> _Words:
    """Compile the patterns for people of one language."""
    people, numbers = load_lexicon("people", language), load_lexicon("numbers", language)
    forms = people_nouns(language)
    part_of = {entry.split("/")[0].lower(): part for part, entries in people["nouns"].items() for entry in entries}
    nouns = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=lambda f: (-len(f), f)))
    barred = "|".join(sorted(set(people["not_between"]), key=lambda w: (-len(w), w)))
    between = rf"(?:(?!(?:{barred})\b)[A-Za-zÀ-ÿ0-9][\w'’.-]*\s+){{0,3}}?"
    definite = rf"\b(?:the|his|her|their|this|that|these|those|its|my)\s+{between}(?P<noun>{nouns})\b(?!-(?!of-))"
    return _Words(
        part_of=part_of,
        forms=forms,
        definite=re.compile(definite),
        pronoun=re.compile(r"\b(?:he|she|him|they|them|who)\b"),
        bare=re.compile(rf"(?<![\w-])(?P<noun>{nouns})\b(?!['’]|-(?!of-))"),
        numbers={**numbers["units"], **numbers["tens"], "dozen": 12},
        groups=people["numbered_groups"],
        ordinals={word: n for n, word in enumerate(people["ordinals"], 2)},
        noun=re.compile(rf"\b(?P<noun>{nouns})\b", re.IGNORECASE),
    )


_AGE_AFTER = re.compile(
    r",?\s+\(?(?:aged?\s+|who\s+(?:is|was)\s+)?(?P<age>\d{1,3})\)?(?=[,.;:)]|\s+(?:was|were|is|of|from|died|and|who|has|years?)\b|$)"
)
_AGE_IN = re.compile(r"(\d{1,3}|[a-z]+(?:-[a-z]+)?)[-\s](year|month|week|day)s?[-\s]old(?!s)", re.IGNORECASE)
_AGE_BEFORE = re.compile(r"(\d{1,3})[-\s]year[-\s]old,?\s+$")
_MORE_AGED = re.compile(r"^(?:the\s+|all\s+)?(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+\d")
_OTHER = re.compile(r"\b(?:another|others?|more)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d{1,7}")
_RANGE = re.compile(r"\b(\d{1,4}|[a-z]+)(?: to | or |\s?[-–—]\s?| and )(\d{1,4}|[a-z]+)\b")
_AT_LEAST = re.compile(r"\b(?:at least|no (?:fewer|less) than|more than)\b|^over\b|\bor more\b", re.IGNORECASE)
_NOBODY = re.compile(r"^(?:no|none|nobody|no-one|noone)\b(?!\s+(?:fewer|less)\b)", re.IGNORECASE)
_WORD = re.compile(r"[a-zà-ÿ]+", re.IGNORECASE)
_SAME_PLURAL = frozenset(("personnel", "couple", "accused", "deceased"))  # one form for one and for many
_TELLING = frozenset(("person", "man", "woman", "victim", "teen", "teenager", "boy", "girl", "child", "suspect"))


def _number_of(words: _Words, text: str) -> tuple[int | None, int | None]:
    """How many people a counted phrase means: a plain reading, for choosing; the fields stage reads it in full."""
    if _NOBODY.match(text):
        return 0, 0
    lowered = text.lower()
    if _AGE_IN.search(text) and not _MORE_AGED.search(lowered):
        return 1, 1
    digits = None if _AGE_IN.search(text) else _DIGITS.search(text.replace(",", ""))
    tokens = _WORD.findall(lowered)
    low: int | None = int(digits.group()) if digits else None
    several = _RANGE.findall(lowered)
    if several:
        ends = [int(w) if w.isdigit() else words.numbers.get(w) for w in several[0]]
        first, last = ends
        if first is not None and last is not None and first < last:
            return first, last
    if low is None:
        found = [
            words.numbers[t] for t in tokens if t in words.numbers and not re.search(rf"\b{t}[- ](?:year|month|week|day)", lowered)
        ]
        if "dozen" in tokens and len(found) > 1:
            low = found[0] * 12
        elif len(found) > 1 and found[0] >= 20 > found[1]:
            low = found[0] + found[1]
        elif found:
            low = found[0]
    if low is None and "both" in tokens:
        low = 2
    if low is None:
        low = next((words.groups[t] for t in tokens if t in words.groups), None)
    if low is None and tokens and (tokens[0] in ("a", "an", "another", "the") or any(t in words.ordinals for t in tokens)):
        vague = any(t in ("few", "couple", "number", "handful") for t in tokens[:3])
        low = None if vague else 1
    if low is None:
        return None, None
    return low, None if _AT_LEAST.search(text) else low


def _age_in(words: _Words, text: str) -> int | None:
    match = _AGE_IN.search(text)
    if match is None:
        return None
    age = match.group(1).lower()
    if match.group(2).lower() != "year":
        return None
    if age.isdigit():
        return int(age)
    parts = [words.numbers.get(part) for part in age.split("-")]
    return sum(p for p in parts if p is not None) or None if None not in parts else None


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What a counted phrase says by itself."""

    low: int | None
    high: int | None
    noun: str | None
    age: int | None
    ordinal: int | None
    other: bool


@lru_cache(maxsize=4096)  # "a man", "two people": reports share most of them
def _read_phrase(phrase: str) -> _Phrase:
    words = load_words()
    low, high = _number_of(words, phrase)
    noun = None
    for match in words.noun.finditer(phrase):
        noun = words.forms[" ".join(match["noun"].lower().split())]
    age = _age_in(words, phrase) if low == 1 else None
    ordinal = None
    if words.part_of.get(noun or "person") != "guard" and (noun is None or noun in _TELLING):
        ordinal = next((words.ordinals[t] for t in _WORD.findall(phrase.lower()) if t in words.ordinals), None)
    return _Phrase(low, high, noun, age, ordinal, _OTHER.search(phrase) is not None)


def _counted(words: _Words, document: Document, span: Span, limit: int) -> Actor:
    text = document.report.text
    told = _read_phrase(text[span.start : span.end])
    age, end = told.age, span.end
    after = _AGE_AFTER.match(text, end, limit) if told.low == 1 and age is None else None
    if after:
        age, end = int(after["age"]), after.end()
    part = words.part_of.get(told.noun or "")
    return Actor(span.start, end, COUNTED, told.low, told.high, told.noun, part, None, age, told.ordinal, told.other)


def _named(document: Document, span: Span, limit: int) -> Actor:
    text = document.report.text
    start, end, age = span.start, span.end, None
    after = _AGE_AFTER.match(text, end, limit)
    before = _AGE_BEFORE.search(text, max(0, start - 24), start)
    if after:
        age, end = int(after["age"]), after.end()
    elif before:
        age, start = int(before.group(1)), before.start()
    name = " ".join(text[span.start : span.end].split())
    return Actor(start, end, NAMED, 1, 1, None, None, name, age)


Named = tuple[tuple[int, str], ...]  # where a full name stands, and the name; ascending


def surnames_of(document: Document) -> dict[str, Named]:
    """Surname → the full names with it that a report gives, each where it stands."""
    found: dict[str, list[tuple[int, str]]] = {}
    for span in document.spans.get("person", ()):
        name = " ".join(document.report.text[span.start : span.end].split())
        bare = _GENERATION.sub("", name)
        found.setdefault(bare.rsplit(" ", 1)[-1], []).append((span.start, name))
    return {surname: tuple(told) for surname, told in found.items()}


_GENERATION = re.compile(r",?\s+(?:Jr|Sr|II|III|IV)\.?$")


def _whose(told: Named, at: int) -> str:
    """The full name that a bare surname stands for: of several of one family, the one named last before it."""
    first = told[0][1]
    if all(name.split(" ", 1)[0] == first.split(" ", 1)[0] for _, name in told):
        return first
    return next((name for start, name in reversed(told) if start < at), first)


def _find_surnames(text: str, surnames: Iterable[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Surnames that stand as words in a stretch of a text, none overlapping; a compiled pattern would serve one report only."""
    found = sorted((at, surname) for surname in surnames for at in find_words(text, surname, start, end))
    last = start
    for at, surname in found:
        if at >= last and (at == 0 or text[at - 1] not in "'’-"):
            yield at, surname
            last = at + len(surname)


def _candidates(document: Document, sentence: Sentence, surnames: Mapping[str, Named], lowered: str) -> Iterator[Actor]:
    words, text = load_words(), document.report.text
    start, end = sentence.start, sentence.end
    for span in document.spans_in("person", start, end):
        yield _named(document, span, end)
    for span in document.spans_in("count", start, end):
        yield _counted(words, document, span, end)
    for match in words.definite.finditer(lowered, start, end):
        form = " ".join(match["noun"].lower().split())
        noun = words.forms[form]
        single = form == noun and noun not in _SAME_PLURAL
        age = _age_in(words, match.group()) if single else None
        one = 1 if single else None
        yield Actor(match.start(), match.end(), DEFINITE, one, one, noun, words.part_of.get(noun), None, age)
    for match in words.pronoun.finditer(lowered, start, end):
        one = 1 if match.group().lower() in ("he", "she", "him") else None
        yield Actor(match.start(), match.end(), PRONOUN, one, one, None, None)
    for at, surname in _find_surnames(text, surnames, start, end):
        stop = at + len(surname)
        after = _AGE_AFTER.match(text, stop, end)
        age = int(after["age"]) if after else None
        yield Actor(at, stop, DEFINITE, 1, 1, None, None, _whose(surnames[surname], at), age)
    if document.is_title(sentence) or (sentence.end - sentence.start < 110 and not sentence.text.endswith(".")):
        yield from _bare(words, document, sentence, lowered)


def _bare(words: _Words, document: Document, sentence: Sentence, lowered: str) -> Iterator[Actor]:
    """Headlines leave articles out: "Man shot in …", "Teen dead"."""
    for match in words.bare.finditer(lowered, sentence.start, sentence.end):
        form = " ".join(match["noun"].lower().split())
        noun = words.forms[form]
        single = form == noun
        age_after = _AGE_AFTER.match(document.report.text, match.end(), sentence.end) if single else None
        one = 1 if single else None
        age = int(age_after["age"]) if age_after else None
        end = age_after.end() if age_after else match.end()
        yield Actor(match.start(), end, DEFINITE, one, one, noun, words.part_of.get(noun), None, age)


def find_actors(document: Document, sentence: Sentence, surnames: Mapping[str, Named], lowered: str) -> tuple[Actor, ...]:
    """The people of a sentence, sorted, without overlap; of overlapping phrases the most specific stays."""
    if sentence.end - sentence.start > MAX_SENTENCE:
        return ()
    kept: list[Actor] = []
    for actor in sorted(_candidates(document, sentence, surnames, lowered), key=lambda a: (-a.rank, a.start, -a.end)):
        if all(actor.end <= other.start or other.end <= actor.start for other in kept):
            kept.append(actor)
    return tuple(sorted(kept, key=lambda a: a.start))
