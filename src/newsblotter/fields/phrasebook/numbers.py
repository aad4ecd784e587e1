"""Numbers, money and counted people in a language known by its word lists: "2.350.000,50 euros", "drei maskierte Männer".

The words stand in ``amounts.yaml`` (numerals, scales, currencies, bounds) and ``phrases.yaml`` (nouns for people).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.lexicon import load_lexicon
from newsblotter.records import Count, Money, Span

VAGUE = (2.0, 9.0)  # "millions" without a number, as in English
UP_TO_SHARE = 0.1  # "up to X" commits to one order of magnitude, as in English
COUNT_MAX = 500  # a larger bare number seldom counts people of one incident

_DIGITS = r"\d{1,3}(?:[.'’\u00a0\u202f ]\d{3})+(?:,\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:,\d{1,2})?")
_BLANKS = r"[ \u00a0\u202f]?"
_AFTER_BARE = r"(?![\w%€$£.,:/-]*\d)(?!\s?(?:%|€|\$|£))"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The compiled number words of a language."""

    numerals: Mapping[str, float]
    scales: Mapping[str, float]
    letters: Mapping[str, float]  # short scales written before a sign: M€
    joint: str  # between tens and units: "treinta y dos"
    plain: str  # an expression for a number without its scale
    scaled: str  # the same, and its scale
    bound: re.Pattern[str]  # words that bend a number, at the end of a stretch
    bounds: Mapping[str, str]  # word → min, over, max, near
    vague: Mapping[str, tuple[float, float]]


def _one_of(words: Iterable[object]) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=lambda w: (-len(str(w)), str(w))))


@lru_cache(maxsize=8)
def load_numbers(language: str) -> Numbers:
    """Compile the number words of a language.

    Raises:
        DataError: The language has no ``amounts.yaml``.
    """
    words = load_lexicon("amounts", language)
    numerals = {str(word): float(value) for word, value in words["numerals"].items()}
    scales = {str(word): float(value) for word, value in words["scales"].items()}
    letters = {str(word): float(value) for word, value in words["letters"].items()}
    joint = str(words["joint"])
    numeral = _one_of(numerals)
    plain = rf"(?:{_DIGITS}|(?:{numeral})(?:{re.escape(joint)}(?:{numeral}))?)" if joint else rf"(?:{_DIGITS}|(?:{numeral}))"
    short = "|".join(rf"(?-i:{letter})(?=[ \u00a0]?[€$£])" for letter in letters)
    scaled = rf"(?<![\w.,-]){plain}(?:{_BLANKS}(?:{_one_of(scales)})\b\.?|{_BLANKS}(?:{short}))*"
    bounds = {str(word): str(kind) for kind, listed in words["bounds"].items() for word in listed}
    return Numbers(
        numerals,
        scales,
        letters,
        joint,
        plain,
        scaled,
        re.compile(rf"(?<!\w)(?:{_one_of(bounds)})\s*(?:(?:{words['articles']})\s+)?$", re.IGNORECASE),
        bounds,
        {str(word): (float(low), float(high)) for word, (low, high) in words["vague"].items()},
    )


def parse_number(words: str, language: str) -> float | None:
    """Read a number with its scale: "1,2 millones", "350mila", "treinta y dos". None where nothing is one."""
    numbers = load_numbers(language)
    text = re.sub(r"[\u00a0\u202f\s]+", " ", words.strip().lower())
    match = re.match(numbers.plain, text, re.IGNORECASE)
    if match is None:
        return None
    value = _read_plain(match.group(), numbers)
    rest = text[match.end() :].strip(" .")
    while rest and value is not None:
        scale = next((s for s in sorted(numbers.scales, key=len, reverse=True) if rest.startswith(s)), None)
        if scale is None:
            factor = next((f for letter, f in numbers.letters.items() if rest == letter.lower()), None)
            return None if factor is None else value * factor
        value *= numbers.scales[scale]
        rest = rest[len(scale) :].strip(" .")
    return value


def _read_plain(text: str, numbers: Numbers) -> float | None:
    if text in numbers.numerals:
        return numbers.numerals[text]
    if text[0].isdigit():
        if _GROUPED.fullmatch(text) and not text.startswith("0"):
            whole, _, part = text.rpartition(",") if re.search(r",\d{1,2}$", text) else (text, "", "")
            return float(re.sub(r"\D", "", whole) + ("." + part if part else ""))
        return float(text.replace(",", "."))
    tens, _, unit = text.partition(numbers.joint)
    if tens in numbers.numerals and unit in numbers.numerals:
        return numbers.numerals[tens] + numbers.numerals[unit]
    return None


def _bound_before(text: str, start: int, numbers: Numbers) -> tuple[int, str]:
    """Where the words that bend the number at ``start`` begin, and what they do to it."""
    low = max(0, start - 40)
    match = numbers.bound.search(text[low:start])
    if match is None:
        return start, ""
    word = next(w for w in sorted(numbers.bounds, key=len, reverse=True) if match.group().lower().startswith(w))
    return low + match.start(), numbers.bounds[word]


def _bend(low: float, high: float, kind: str) -> tuple[float, float | None]:
    if kind in ("min", "over"):
        return low, None
    return (high * UP_TO_SHARE, high) if kind == "max" else (low, high)


# --- money ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _MoneyWords:
    pattern: re.Pattern[str]  # groups: from, to, vague, plural, unit, sign, signed
    units: tuple[tuple[str, re.Pattern[str]], ...]  # currency or family → how it is written
    families: Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=8)
def _load_money(language: str) -> _MoneyWords:
    words, numbers = load_lexicon("amounts", language), load_numbers(language)
    units = {str(code): str(pattern) for code, pattern in words["currencies"].items()}
    unit = "|".join(units.values())
    plural = _one_of(words["plural_scales"])
    link = words["link"]
    pattern = re.compile(
        rf"(?:(?P<from>{numbers.scaled})\s*(?:{words['range']})\s*)?(?P<to>{numbers.scaled}){_BLANKS}(?:{link})?(?P<unit>{unit})(?!\w)"
        rf"|(?<!\w)(?:(?P<vague>{_one_of(numbers.vague)})\s+)?(?P<plural>{plural})\s+(?:{link})?(?P<unit2>{unit})(?!\w)"
        rf"|(?P<sign>(?<!\w)(?:US\$|USD|EUR|GBP|CHF|[€$£])){_BLANKS}(?P<signed>{numbers.scaled})",
        re.IGNORECASE,
    )
    compiled = tuple((code, re.compile(rf"(?:{one})", re.IGNORECASE)) for code, one in units.items())
    return _MoneyWords(pattern, compiled, words["families"])


def find_money(text: str, language: str) -> tuple[Span, ...]:
    """Find the amounts of money in a text, with the words that bend them; sorted, none overlapping."""
    numbers, words = load_numbers(language), _load_money(language)
    return tuple(Span(_bound_before(text, m.start(), numbers)[0], m.end(), "money") for m in words.pattern.finditer(text))


def _currency(unit: str, country: str | None, words: _MoneyWords) -> str | None:
    code = next((code for code, pattern in words.units if pattern.fullmatch(unit)), None)
    if code is None:
        return {"us$": "USD", "€": "EUR", "$": "USD", "£": "GBP"}.get(unit.lower(), unit.upper())
    family = words.families.get(code)
    return code if family is None else family.get(country or "") or family.get("default")


def read_money(text: str, start: int, end: int, country: str | None, language: str) -> Money | None:
    """Read the amount written at ``start:end``; None where it holds none.

    Args:
        country: ISO 3166-1 alpha-2 of the place: decides what "pesos" are.
    """
    numbers, words = load_numbers(language), _load_money(language)
    match = words.pattern.search(text, start, end)
    if match is None:
        return None
    if match["plural"]:
        factor = numbers.scales[match["plural"].lower()]
        low, high = numbers.vague.get((match["vague"] or "").lower(), VAGUE)
        return Money(low * factor, high * factor, _currency(match["unit2"], country, words))
    value = parse_number(match["to"] or match["signed"], language)
    if value is None:
        return None
    currency = _currency(match["unit"] or match["sign"], country, words)
    first = parse_number(match["from"], language) if match["from"] else None
    if first is not None:
        scale = value / (_read_head(match["to"], numbers) or value)
        first = first * scale if first * scale <= value else first
        return Money(min(first, value), value, currency)
    low, top = _bend(value, value, _bound_before(text, match.start(), numbers)[1])
    return Money(low, top, currency)


def _read_head(words: str, numbers: Numbers) -> float | None:
    match = re.match(numbers.plain, words.lower(), re.IGNORECASE)
    return _read_plain(match.group(), numbers) if match else None


# --- people counted ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _CountWords:
    pattern: re.Pattern[str]  # groups: number, definite, noun
    bare: re.Pattern[str]
    units: Mapping[str, str]  # form → English singular
    singular: frozenset[str]


@lru_cache(maxsize=8)
def _load_counts(language: str) -> _CountWords:
    words, numbers = load_lexicon("phrases", language), load_numbers(language)
    units: dict[str, str] = {}
    singular: set[str] = set()
    for unit, listed in words["nouns"].items():
        for entry in listed:
            forms = str(entry).lower().split("/")
            singular.add(forms[0])
            units.update(dict.fromkeys(forms, str(unit)))
    pattern = re.compile(
        rf"(?<![\w.,-])(?:(?P<number>{numbers.plain})|(?P<definite>{words['definite']}))[ \u00a0]*(?<=[ \u00a0’'])"
        rf"(?:(?:{words['adjectives']})[ \u00a0]){{0,2}}(?P<noun>{_one_of(units)})(?!\w)",
        re.IGNORECASE,
    )
    other = load_lexicon("amounts", language)["not_people"]
    bare = re.compile(rf"(?<![\w.,:/-]){numbers.plain}(?!\w){_AFTER_BARE}(?!-?\s*(?:{other})(?!\w))", re.IGNORECASE)
    return _CountWords(pattern, bare, units, frozenset(singular))


def find_counts(text: str, language: str) -> tuple[Span, ...]:
    """Find the phrases that count people ("tres encapuchados", "l'homme"), and bare numbers that may ("cinco resultaron …")."""
    numbers, words = load_numbers(language), _load_counts(language)
    found = [
        Span(_bound_before(text, m.start(), numbers)[0], m.end(), "count") for m in words.pattern.finditer(text) if _fits(m, words)
    ]
    taken = [(span.start, span.end) for span in found]
    at = 0
    for match in words.bare.finditer(text):
        while at < len(taken) and taken[at][1] <= match.start():
            at += 1
        if at < len(taken) and taken[at][0] < match.end():
            continue
        value = parse_number(match.group(), language)
        if value is not None and 2 <= value <= COUNT_MAX and value == int(value):
            found.append(Span(_bound_before(text, match.start(), numbers)[0], match.end(), "count"))
    return tuple(sorted(found, key=lambda span: span.start))


def _fits(match: re.Match[str], words: _CountWords) -> bool:
    """Whether a phrase counts: "the man" is one, "the men" says no number."""
    return match["number"] is not None or match["noun"].lower() in words.singular


def read_count(text: str, start: int, end: int, language: str) -> Count | None:
    """Read a phrase that counts people; a definite one ("el hombre") is one."""
    numbers, words = load_numbers(language), _load_counts(language)
    match = words.pattern.search(text, start, end)
    if match is not None:
        unit = words.units[match["noun"].lower()]
        value = 1.0 if match["number"] is None else parse_number(match["number"], language)
    else:
        bare = words.bare.search(text[start:end])
        if bare is None:
            return None
        unit, value = None, parse_number(bare.group(), language)
        match = re.search(re.escape(bare.group()), text[start:end])
    if value is None or value != int(value) or value < 0 or match is None:
        return None
    kind = next((k for word, k in numbers.bounds.items() if text[start:end].lower().startswith(word)), "")
    low, high = (int(value) + (kind == "over"), None) if kind in ("min", "over") else (int(value), int(value))
    return Count(1, int(value), unit) if kind == "max" else Count(low, high, unit)
