"""The patterns that find money, compiled once from the words of a language. Used by amounts.py alone.

Patterns that scan a whole text are case-sensitive, run over the folded text and begin with a set of letters, which
the regular expression engine skips through fast; the rest only look at a few dozen characters around a hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.lexicon import load_lexicon

DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,3}(?:[\u00a0\u202f ’']\d{3})+(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?![\d.])|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,9}(?:[.,]\d{1,3})?)"
)
GAP = r"[\s\u00a0-]"


@dataclass(frozen=True, slots=True)
class Patterns:
    """What finds an amount: scanners for the whole text, then patterns for the surroundings of a hit."""

    mark: re.Pattern[str]  # "$", "US$", "€" before a number; over the text as it is
    letters: re.Pattern[str]  # "Rs", "kr", "EUR" before a number; over the text as it is
    code: re.Pattern[str]  # "EUR" after a number; over the text as it is
    unit: re.Pattern[str]  # "euros" after a number; over the folded text
    sign: re.Pattern[str]  # "€" after a number; over the folded text
    scale: re.Pattern[str]  # "millions", "35m" with no unit; over the folded text
    number: re.Pattern[str]  # any number, exact or vague
    number_end: re.Pattern[str]  # a number that ends where the window ends
    digits: re.Pattern[str]
    adjective: re.Pattern[str]  # "Swiss " where the window ends
    bound: re.Pattern[str]  # "more than an estimated " where the window ends
    open_after: re.Pattern[str]
    first_of_range: re.Pattern[str]
    second_of_range: re.Pattern[str]
    goods_after: re.Pattern[str]
    worth_before: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    """What the words mean."""

    signs: dict[str, str]  # sign, letters or code → code or family
    units: dict[str, str]  # unit word, folded → code or family
    adjectives: dict[str, str]  # folded → country
    scales: dict[str, float]
    vague: dict[str, tuple[float, float]]  # "several", "tens of" → low and high factor of the scale that follows
    doubtful: frozenset[str]


def fold(text: str) -> str:
    """Lower case, character by character, so that offsets stay."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def any_of(words: Iterable[str]) -> str:
    """Alternatives, longest first; a space in them matches any white space."""
    found = sorted(set(words), key=lambda w: (-len(w), w))
    return "|".join(re.escape(w).replace(r"\ ", r"[\s\u00a0]+") for w in found)


@lru_cache(maxsize=4)
def load_words(language: str = "en") -> Words:
    """The currencies, scales and vague heads of a language.

    Raises:
        DataError: The language has no money words.
    """
    money, numbers = load_lexicon("money", language), load_lexicon("numbers", language)
    scales = {k.lower(): float(v) for k, v in {**numbers["scales"], **money["foreign_scales"]}.items() if v >= 100}
    shorts = {k.lower(): float(v) for k, v in money["short_scales"].items()}
    return Words(
        signs={**money["signs"], **money["letters"], **{c: c for c in money["codes"]}},
        units={" ".join(k.lower().split()): v for k, v in money["units"].items()},
        adjectives={k.lower(): v for k, v in money["adjectives"].items()},
        scales={**shorts, **scales},
        vague={k: (float(low), float(high)) for k, (low, high) in money["vague_heads"].items()},
        doubtful=frozenset(money["doubtful"]),
    )


def _number_pattern(language: str) -> tuple[str, str]:
    """Sources of "any number" and of "a scale, long or short"."""
    money, numbers = load_lexicon("money", language), load_lexicon("numbers", language)
    long = any_of([k for k, v in numbers["scales"].items() if v >= 100] + list(money["foreign_scales"]))
    small = any_of([*numbers["units"], *numbers["tens"], "dozen"])
    scale = rf"(?:(?:[\s\u00a0-]?(?:{any_of(money['short_scales'])})|(?:{GAP}{{0,2}}(?:{long})){{1,3}})\b)"
    exact = rf"(?:(?:{small}|half\s+an?|an?(?=[\s-]+(?:half\s+)?(?:{long})\b))\b"
    exact += rf"(?:[\s-]+(?:and[\s-]+a[\s-]+half|half\s+an?|(?:and\s+)?(?:{small}|{long}))\b){{0,7}})"
    plural = "|".join(money["plural_scales"])
    vague = rf"(?:(?:{any_of(money['vague_heads'])})[\s-]?(?:(?:tens|hundreds)\s+of\s+|hundred\s+)?"
    vague += rf"(?:{long}|{plural})(?:\s+of)?\b|(?:{plural})(?:\s+(?:and|upon|on)\s+(?:{plural}))?(?:\s+of)?\b"
    vague += rf"|(?:{long})(?=[\s-]))"
    return rf"(?:{vague}|{DIGITS}{scale}?|{exact})", scale


@lru_cache(maxsize=4)
def load_patterns(language: str = "en") -> Patterns:
    """Compile the patterns of a language.

    Raises:
        DataError: The language has no money words.
    """
    money, numbers = load_lexicon("money", language), load_lexicon("numbers", language)
    number, scale = _number_pattern(language)
    letters = any_of([*money["letters"], *money["codes"]])
    signs = any_of(money["signs"])
    small = any_of([*numbers["units"], *numbers["tens"]])
    bounds = any_of(w for kind in numbers["bounds"].values() for w in kind)
    goods, deeds = "|".join(money["goods"]), "|".join(money["deeds"])
    sign = rf"(?:(?<![A-Za-z])(?-i:{letters})|{signs})"
    between = rf"\b(?P<between>{any_of(money['range_openers'])})?\s*(?P<sign>{sign})?"
    low_end = rf"(?P<number>(?<![\d.,]){DIGITS}{scale}?|(?<!\w)(?:{small}))\s?(?P<join>[-–—]|\s(?:and|to|or)\s)\s?$"
    after = rf"{GAP}*(?:(?:worth\s+)?(?:in|of|worth(?:\s+of)?|'s\s+worth\s+of)\s+(?:[\w-]+\s+){{0,3}}(?:{goods})\b"
    after += rf"|(?:(?:{goods})\s+)?(?:{deeds})\b)"
    bare = [k for k, v in numbers["scales"].items() if v >= 100_000] + list(money["plural_scales"])
    flags = re.IGNORECASE
    return Patterns(
        mark=re.compile(rf"(?:{signs})(?=[\s\u00a0]?[\da-zA-Z])"),
        letters=re.compile(rf"(?:{letters})(?=[\s\u00a0]?\d)"),
        code=re.compile(rf"(?:{any_of(money['codes'])})(?!\w)"),
        unit=re.compile(rf"(?:{any_of([*(w.lower() for w in money['units']), 'zł'])})(?!\w)"),  # in one piece: twice as fast
        sign=re.compile(r"[€£₽₺](?![\s\u00a0]?\d)"),
        scale=re.compile(rf"(?:{any_of(bare)}|m|bn|mn)(?!\w)"),
        number=re.compile(number, flags),
        number_end=re.compile(rf"(?<![\w.,$£€¥₹])(?:{number}){GAP}{{0,2}}$", flags),
        digits=re.compile(rf"(?P<digits>{DIGITS})(?P<scale>{scale})?", flags),
        adjective=re.compile(rf"(?<!\w)(?P<adjective>{any_of(money['adjectives'])}){GAP}+$", flags),
        bound=re.compile(rf"\b(?:(?:{bounds}|{any_of(money['fillers'])})[\s-]+){{1,3}}$", flags),
        open_after=re.compile(r"\s?(?:\+|[-\s]plus\b|\s+or\s+more\b|\s+at\s+least\b)", flags),
        first_of_range=re.compile(between + low_end, flags),
        second_of_range=re.compile(rf"\s?(?:[-–—]|to\b)\s?(?P<number>{DIGITS}{scale}|{DIGITS})(?!\w)", flags),
        goods_after=re.compile(after, flags),
        worth_before=re.compile(rf"\b(?:{any_of(money['worth'])})\s+$", flags),
    )
