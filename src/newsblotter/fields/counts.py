"""How many people: "at least three persons", "a gang of four", "No one" → intervals of whole people.

find_counts("Two prison officers died.") → a Span over "Two prison officers"
read_count(text, start, end) → Count(2, 2, "officer")
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.fields.numbers import bound_pattern, number_pattern, parse_bound, parse_interval, vague_pattern
from newsblotter.lexicon import load_lexicon, people_nouns
from newsblotter.records import Count, Span

# More people than this in one phrase is a population, an audience or a slip, never a head count of an incident.
MAX_PEOPLE = 1_000_000

# A bare number behind a comma, "and" or "aged" and above this one is an age, not a number of people.
MAX_BARE = 12

# What follows a phrase may show that it counts people ("a second was captured"): this many characters are enough.
LOOK_AHEAD = 24

# Words that may stand between a number and its noun: "two off-duty New York police officers" has five.
MAX_BETWEEN = 5


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns of one language."""

    singular_of: dict[str, str]  # every form of a people noun → its singular
    quantifier: re.Pattern[str]
    openers: frozenset[str]  # words that a quantifier may begin with, unless with a digit
    several: re.Pattern[str]  # after a number: words between, plural noun
    part: re.Pattern[str]  # after a number: "of the", words between, plural noun
    single: re.Pattern[str]  # after an article or "one": words between, singular noun
    member: re.Pattern[str]  # after a number: "others", "of the gang", or a verb that only people are subject of
    numbered: dict[str, int]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(set(words), key=lambda w: (-len(w), w)))


@lru_cache(maxsize=4)
def load_grammar(language: str = "en") -> Grammar:
    """Compile the patterns that find and read counts of people in one language; about 50 ms, once."""
    lexicon = load_lexicon("people", language)
    numbers = load_lexicon("numbers", language)
    forms = people_nouns(language)
    plural = _any([form for form, noun in forms.items() if form != noun or noun in ("accused", "deceased", "personnel")])
    single = _any([noun for noun in forms.values() if noun not in ("personnel", "couple")])
    barred = _any([*lexicon["not_between"], *numbers["units"], *numbers["tens"], "dozen"])
    word = r"(?:[A-Za-zÀ-ÿ][\w'’.-]*|\d{1,2}-year-old)"
    between = rf"(?:(?!(?:{barred})\b)(?:(?:young|armed|masked|hooded)(?:,|\s+and)|{word})\s+){{0,{MAX_BETWEEN}}}?"
    number, vague, bound = number_pattern(language), vague_pattern(language), bound_pattern(language)
    collective = _any(lexicon["groups"])
    ordinals = _any(lexicon["ordinals"])
    exact = rf"(?:(?:{vague})\b|(?!(?:1[89]|20)\d\d\b){number})"  # a bare year counts nobody
    joined = rf"(?:between\s+{exact}\s+and\s+{exact}|{exact}(?:(?:\s+(?:to|or)\s+|\s?[-–—]\s?){exact})?)"
    quantifier = rf"""(?<![\w.,$€£#/-])(?:
        (?P<age>(?:(?:an?|the|one|another)\s+)?(?:{number})[-\s](?:year|month|week|day)s?[-\s]old(?:s\b)?)
      | (?P<nobody>(?:{_any(lexicon["nobody"])})\b | no\s+(?:other\s+)?(?:{_any(lexicon["nought_nouns"])})\b)
      | (?P<both>both)\b
      | (?P<group>(?:(?:an?|the|this|that|another)\s+(?:[\w-]+\s+){{0,2}}?)?(?:{_any(lexicon["groups"])})\s+of\s+
          (?:(?:{bound})\s+)?{exact})
      | (?P<numbered>(?:an?|the|another)\s+(?:[\w-]+\s+){{0,2}}?(?:{_any(list(lexicon["numbered_groups"]))})\b
          (?!\s+(?:more|hundred|thousand|dozen|minutes|hours|days|weeks|months|years|blocks|miles|times)\b))
      | (?P<bounded>(?:(?:the|these|those|all|his|her|their|its|both|another|other)\s+(?:of\s+the\s+)?)?(?:other\s+)?
          (?:(?:{bound})\s+){{0,2}}{joined}(?![-\s](?:year|month|week|day)s?[-\s]old\b)(?:\s+or\s+more|\s+and\s+a\s+half)?)
      | (?P<one>(?:an?|one|another|the)\s+(?:{ordinals}|first|other)\b|another\b|an?\b|one\b)
    )(?![\w$€£%])"""
    owner = r"(?:the|them|those|these|his|her|their|its|our)"
    of_them = rf"\s+of\s+(?:{owner}\b\s*)?(?:(?:{number})(?=\s))?"
    verbs = rf"(?:{'|'.join(lexicon['bare_number_verbs'])})\b"
    member = rf"\s+others?\b|\s+more\b(?=\s+{verbs})|\s+of\s+(?:them|{owner}\s+(?:{number}))\b|(?=\s+{verbs})"
    flags = re.IGNORECASE
    return Grammar(
        singular_of=forms,
        quantifier=re.compile(quantifier, flags | re.VERBOSE),
        openers=_find_openers(language),
        several=re.compile(rf"\s+{between}(?P<noun>{plural}|\d{{1,2}}-year-olds)\b(?!-|\s+(?:{plural})\b)", flags),
        part=re.compile(rf"{of_them}\s*{between}(?P<noun>{plural}|{collective})\b(?!-)", flags),
        single=re.compile(rf"\s+{between}(?P<noun>{single})\b(?!-(?!of-)|\s+(?:{single})\b)", flags),
        member=re.compile(member, flags),
        numbered=dict(lexicon["numbered_groups"]),
    )


_OPENER = re.compile(r"\w+")
_WRITTEN_OPENERS = "a an the one another other both no this that these those all his her their its between half"  # in the pattern


def _find_openers(language: str) -> frozenset[str]:
    """The first word of everything that the quantifiers' pattern may begin with."""
    people, numbers = load_lexicon("people", language), load_lexicon("numbers", language)
    bounds = (head for kind in numbers["bounds"].values() for head in kind)
    words = (*people["nobody"], *people["groups"], *numbers["units"], *numbers["tens"], *numbers["vague"], *bounds)
    return frozenset(first.group().lower() for word in (*words, *_WRITTEN_OPENERS.split()) if (first := _OPENER.match(str(word))))


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    low: int
    high: int | None
    unit: str | None


def _follow(grammar: Grammar, quantifier: re.Match[str], text: str, end: int, single: bool) -> tuple[int, str | None] | None:
    """Where the phrase that a quantifier opens ends, and its noun; None if it counts no people."""
    at = quantifier.end()
    patterns = (grammar.single, grammar.part) if single else (grammar.several, grammar.part)
    for pattern in patterns:
        match = pattern.match(text, at, end)
        if match:
            noun = " ".join(match["noun"].lower().split())
            return match.end(), grammar.singular_of.get(noun)
    member = grammar.member.match(text, at, end)
    return (member.end(), None) if member else None


@lru_cache(maxsize=2048)  # "two", "at least three": few are new
def _read_bounded(words: str) -> tuple[int, int | None] | None:
    """Whole people from the words of a number and what bends it."""
    words = re.sub(
        r"^(?:the|these|those|all|his|her|their|its|both|another|other)\s+(?:of\s+the\s+)?(?:other\s+)?",
        "",
        words.lower(),
    )
    interval = parse_interval(words)
    if interval is None:
        return None
    low, high = interval
    kind = parse_bound(words)
    if kind == "over" and high is None:
        low += 1
    if kind in ("max", "under") and high is not None:
        low, high = (1.0, high - 1 if kind == "under" else high)
    if low > MAX_PEOPLE or (high or 0) > MAX_PEOPLE or (low == high and low != int(low)):
        return None
    return math.floor(low), None if high is None else max(math.floor(low), math.ceil(high))


_AGE_BEFORE = re.compile(r"(?:,|\band|\baged|\()\s*$")
_LABEL_BEFORE = re.compile(r"\b[A-Z]\w*\.?\s+$")
_CLAUSE_OF_HURT = re.compile(
    r"\d+ (?:\w+ )?were (?:\w+ )?(?:injured|wounded|hurt|killed|hospitali[sz]ed)\b"
)  # "and 22 were injured"
_OF = re.compile(r"\s+of\b", re.IGNORECASE)
_PARENT_BEFORE = re.compile(
    r"\b(?:(?:step|grand)?(?:father|mother|dad|mum|mom|parents?)|grandma|grandpa|granny|widow(?:er)?)[\s-]+(?:of|to)[\s-]+$",
    re.IGNORECASE,
)
_CHILDREN = frozenset(
    (None, "child", "kid", "son", "daughter", "boy", "girl", "teenager", "toddler", "infant", "grandchild", "twin")
)
_THINGS = re.compile(r"\s+[\w-]+s\b")


def _read_aged(grammar: Grammar, match: re.Match[str], text: str, end: int) -> _Found | None:
    """ "a 16-year-old boy", "the 19-year-old"."""
    start, stop = match.span()
    if match["age"].lower().endswith("s"):
        return None
    tail = grammar.single.match(text, stop, end)
    unit = grammar.singular_of.get(tail["noun"].lower()) if tail else None
    return _Found(start, tail.end() if tail else stop, 1, 1, unit)


def _read_numbered(grammar: Grammar, match: re.Match[str], text: str, end: int) -> _Found | None:
    """ "the trio", "a pair of robbers", never "a pair of shoes"."""
    start, stop = match.span()
    size = grammar.numbered[match["numbered"].split()[-1].lower()]
    of = _OF.match(text, stop, end)
    if of is None:
        return _Found(start, stop, size, size, None)
    follow = grammar.several.match(text, of.end(), end)
    return _Found(start, follow.end(), size, size, grammar.singular_of.get(follow["noun"].lower())) if follow else None


def _read_quantifier(grammar: Grammar, match: re.Match[str], text: str, end: int) -> _Found | None:
    start, stop = match.span()
    if match["nobody"]:
        return _Found(start, stop, 0, 0, None)
    if match["age"]:
        return _read_aged(grammar, match, text, end)
    if match["numbered"]:
        return _read_numbered(grammar, match, text, end)
    if match["both"]:
        both = _follow(grammar, match, text, end, False)
        return _Found(start, both[0], 2, 2, both[1]) if both else None
    if match["one"]:
        bare = match["one"].lower()
        found = _follow(grammar, match, text, end, True)
        if found is None or (bare in ("a", "an") and found[1] is None):
            return None
        return _Found(start, found[0], 1, 1, found[1])
    words = match["group"] or match["bounded"]
    if match["group"]:
        words = _OF.split(words, maxsplit=1)[1]
    interval = _read_bounded(words)
    if interval is None:
        return None
    found = _follow(grammar, match, text, end, interval == (1, 1))
    if found == (stop, None) and not match["group"] and _is_label(text, start, interval[0]):
        return None
    if found is None:
        if not match["group"] or _THINGS.match(text, stop, end):
            return None
        found = (stop, None)
    return _Found(start, found[0], interval[0], interval[1], found[1])


def _is_label(text: str, start: int, low: int) -> bool:
    """Whether a bare number is an age (", 22 and 26, were held") or names a thing ("Room 14 was empty")."""
    if not text[start].isdigit():
        return False
    window = max(0, start - 16)
    if _LABEL_BEFORE.search(text, window, start):
        return True
    return (
        low > MAX_BARE
        and _AGE_BEFORE.search(text, window, start) is not None
        and not _CLAUSE_OF_HURT.match(text, start, start + 48)
    )


def _is_of_children(text: str, start: int, unit: str | None) -> bool:
    """Whether a number tells how many children somebody has: "a father of three was shot"."""
    return unit in _CHILDREN and _PARENT_BEFORE.search(text, max(0, start - 24), start) is not None


def _scan(text: str, start: int, end: int) -> list[_Found]:
    grammar = load_grammar()
    quantifier, openers = grammar.quantifier, grammar.openers
    found: list[_Found] = []
    at = start
    for word in _OPENER.finditer(text, start, end):  # trying the pattern where no word opens one costs ten times as much
        head = word.group()
        if word.start() < at or (head.isalpha() and head.lower() not in openers):
            continue
        match = quantifier.match(text, word.start(), end)
        if match is None:
            continue
        phrase = _read_quantifier(grammar, match, text, end)
        if phrase is not None and not _is_of_children(text, phrase.start, phrase.unit):
            found.append(phrase)
        at = phrase.end if phrase is not None else match.end()
    return found


def find_counts(text: str) -> tuple[Span, ...]:
    """Find every phrase that counts people, sorted by start.

    Both numbers ("two prison officers", "dozens of people", "the trio") and single people ("a man", "a 16-year-old
    boy", "another", "nobody"). Definite singulars without a number ("the victim") are left to the claimers.
    """
    return tuple(Span(found.start, found.end, "count") for found in _scan(text, 0, len(text)))


def read_count(text: str, start: int, end: int) -> Count | None:
    """Read the first count of people between two offsets of a text.

    "at least three" is 3 and more; "more than 10" 11 and more; "up to five" 1 to 5; "several" 2 to 9; "dozens" 24 to 99;
    "about 40" 36 to 44; "No one" 0. None if the words count nobody.
    """
    for found in _scan(text, start, min(len(text), end + LOOK_AHEAD)):
        if found.start >= end:
            break
        return Count(found.low, found.high, found.unit)
    return None


@lru_cache(maxsize=2)
def _nobody(language: str = "en") -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load_lexicon('people', language)['nobody_words'])})\b", re.IGNORECASE)


def fill_count(text: str, start: int, end: int, partial: Count | None = None) -> Count | None:
    """Read the count that a claim's quote carries.

    Args:
        text: The report's text.
        start: Where the quote starts.
        end: Where it ends.
        partial: What the claimer made of the words around the quote ("the man died" is 1); it wins, since the words of
            a quote may count more people than the claim does ("one of the two").

    Returns:
        None if the quote names nobody and denies nothing.
    """
    if partial is not None:
        return partial
    found = read_count(text, start, end)
    if found is not None:
        return found
    words = text[start:end]
    if _nobody().search(words):
        return Count(0, 0)
    forms = people_nouns()
    nouns = [w.lower() for w in re.findall(r"[A-Za-z-]+", words) if w.lower() in forms]
    if nouns:
        return Count(1, 1, nouns[0]) if forms[nouns[0]] == nouns[0] else None
    return Count(1, 1) if re.search(r"\b(?:[Hh]e|[Ss]he|[Hh]im|[Hh]er|[A-Z][a-z]+)\b", words) else None
