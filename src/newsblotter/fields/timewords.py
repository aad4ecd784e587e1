"""Sort every word of a text into classes of time: weekdays, months, amounts, units.

Every word of the text becomes one letter, its class (``W`` a weekday, ``H`` a month, ``x`` any other word …). The
grammar in timefind.py is a handful of patterns over that string of letters.

    H J month (J: may, march)  W V weekday (V: a short form)  d 1..31  n other number  Y year  O 25th  o fifth
    I S a whole date in digits  C 3:40  M a.m./p.m.  m 0230  k o'clock  K noon, midnight  Z time zone  P morning, night
    T today  N overnight  U day, year  E weekend  G g season (g: fall)  y 1990s  v feast  Q two, several  i a, an, one
    L last  X next  t this  D that  s same  h the  e early, late, mid  R ago, later  r before, after  a about, just
    p '98  = 2013-14  / 30/31  8 nineties  q quarter  l half  5 eve  < from  F fiscal, latest  w now, recently  @ century
    b every  B daily  c at  u on  j in, since  f of  + and, to, or  & into  # a month of another language
    ! block, sedan  % street  x word  A Word  , . - ( ) ' | (blank line)  z anything else
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from newsblotter.lexicon import load_lexicon

FIRST_YEAR, LAST_YEAR = 1800, 2100  # four digits outside are no year
_FOREIGN = ("es", "fr", "de", "it")  # languages whose datelines are read


class Token(NamedTuple):
    """A word or mark with its class and what it stands for."""

    cat: str
    start: int
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Words:
    table: dict[str, tuple[str, Any]]  # lower-case word → class and value
    capital: frozenset[str]  # read only when written with a capital
    short: frozenset[str]  # short forms, which swallow a full stop
    holiday_first: frozenset[str]
    holiday: re.Pattern[str]


# What a text is cut into, by name. The order matters: the first that fits is taken.
_PIECES = (
    ("word", r"o['’]clock|(?![ap]\.\s?m\b)[^\W\d_]\w*"),
    ("half", r"[ap]\.\s?m\b\.?"),
    ("iso", r"\d{4}-\d{2}-\d{2}(?!\d)(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z\b|[+-]\d{2}:?\d{2})?)?|\d{4}/\d{2}/\d{2}(?!\d)"),
    ("digits", r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)|\d{1,2}[.-]\d{1,2}[.-]\d{4}(?!\d)"),
    ("clock", r"\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}h\d{2}\b|\d{1,2}\.\d{2}(?=\s?(?:[ap]\.?\s?m|GMT|BST|CES?T|UTC)\b)"),
    ("ordinal", r"\d{1,2}(?:st|nd|rd|th)\b"),
    ("decade", r"['’]\d0s\b|\d{3}0s\b|(?:(?<=\bthe )|(?<=\bearly )|(?<=\blate )|(?<=\bmid-)|(?<=\bmid ))(?:\d{2})?\d0['’]s\b"),
    ("short_year", r"['’]\d{2}(?![\w])"),
    ("years", r"(?:1[89]|20)\d{2}[-–/]\d{2}(?![\d/–-])"),
    ("two_days", r"\d{1,2}/\d{1,2}(?=\s(?:of\s)?(?-i:[A-Z]))"),
    ("sum", r"[$£€¥₹#]\s?\d+|\d{1,3}(?:,\d{3})+(?!\d)|\d+[./]\d+|\d+%"),
    ("number", r"\d+"),
    ("blank", r"\n\s*\n"),
    ("possessive", r"['’]s\b"),
    ("mark", r"[^\w\s]"),
)
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PIECES), re.IGNORECASE)
_CLASS_OF = {"iso": "I", "digits": "S", "clock": "C", "sum": "z", "blank": "|", "possessive": "'"}
_MARKS = {",": ",", "-": "-", "–": "-", "—": "z", "(": "(", ")": ")", ".": ".", "’": "'", "'": "'"}
_PIVOT = 70  # two digits of a year: '70 and later are of the 1900s, as POSIX has it but for one


_SMALL_FEASTS = frozenset({"bank"})  # "the bank holiday weekend" is written small
_HUNDREDS = frozenset({"eighteen", "nineteen", "two"})
# A word of several sections is of the first.
_CLASSES = (
    ("W", "weekdays"), ("W", "weekday_short"), ("V", "weekday_weak"), ("H", "months"), ("H", "month_short"),
    ("J", "month_weak"), ("i", "a"), ("h", "the"), ("t", "this"), ("D", "that"), ("s", "same"), ("L", "last"),
    ("X", "next"), ("U", "units"), ("E", "weekend"), ("P", "parts_of_day"), ("K", "clock_words"),
    ("T", "days_told"), ("N", "overnight"), ("k", "oclock"), ("R", "earlier"), ("r", "before"), ("e", "early"),
    ("b", "every"), ("B", "repeated"), ("<", "from"), ("q", "quarters"), ("l", "half"), ("8", "decades_told"),
    ("5", "eve"), ("F", "modifiers"), ("w", "vague"), ("@", "century"),
    ("c", "at"), ("u", "on"), ("f", "of"), ("+", "joins"), ("&", "into"), ("Q", "numbers"),
    ("Q", "vague_numbers"), ("a", "about"), ("j", "in"), ("o", "ordinals"), ("G", "seasons"),
    ("%", "street_words"), ("Z", "zones"), ("!", "not_a_year"),
)  # fmt: skip


def _put(table: dict[str, tuple[str, Any]], cat: str, words: Any) -> None:
    """Add words of one class; a word keeps the class it got first."""
    items = words.items() if isinstance(words, dict) else ((word, None) for word in words)
    for word, value in items:
        table.setdefault(str(word), (cat, value))


@lru_cache(maxsize=1)
def _words() -> _Words:
    lexicon = load_lexicon("time")
    table: dict[str, tuple[str, Any]] = {"am": ("M", "am"), "pm": ("M", "pm")}
    for cat, section in _CLASSES:
        _put(table, cat, lexicon[section])
    if "fall" in table:
        table["fall"] = ("g", table["fall"][1])
    for language in _FOREIGN:
        _put(table, "#", load_lexicon("time", language)["months"])
    capital = set(lexicon["month_needs_capital"]) | set(lexicon["month_weak"]) | set(lexicon["weekday_weak"])
    capital |= set(lexicon["weekday_short"]) | set(lexicon["zone_needs_capital"])
    short = set(lexicon["month_short"]) | set(lexicon["weekday_short"]) | set(lexicon["weekday_weak"]) | {"mar"}
    names = sorted((str(name) for name in lexicon["holidays"]), key=lambda name: (-len(name), name))
    pattern = "|".join(re.escape(name).replace("'", "['’]") for name in names)
    first = frozenset(re.split(r"[\s'.]", name)[0] for name in names)
    return _Words(table, frozenset(capital), frozenset(short), first, re.compile(rf"(?:{pattern})\b", re.IGNORECASE))


def holiday_key(phrase: str) -> str:
    """The lexicon's name of a feast as written in a text."""
    return " ".join(phrase.lower().replace("’", "'").split())


def _number(digits: str) -> tuple[str, Any]:
    if len(digits) <= 2:
        value = int(digits)
        return ("d" if 1 <= value <= 31 else "n"), value
    if len(digits) == 4:
        value = int(digits)
        if FIRST_YEAR <= value <= LAST_YEAR:
            return "Y", value
        if value // 100 < 24 and value % 100 < 60:
            return "m", value
    return "n", int(digits) if len(digits) <= 9 else 0


def _word(words: _Words, text: str, word: str, start: int, end: int) -> Token:
    low = word.lower()
    known = words.table.get(low)
    upper = word[0].isupper()
    if known is None or (not upper and low in words.capital):
        return Token("A" if upper else "x", start, end, None)
    cat, value = known
    if cat == "Z" and low == "local":
        if text[end : end + 5].lower() != " time":
            return Token("x", start, end, None)
        end += 5
    if low in words.short and text[end : end + 1] == ".":
        end += 1
        if cat == "V" and low != "sun":
            cat = "W"
    return Token(cat, start, end, value)


def _spelled_year(text: str, word: str, start: int) -> Token | None:
    """A year in words: "nineteen ninety-six", "the year two thousand"."""
    numbers = load_lexicon("time")["numbers"]
    if word == "two":
        match = _SINCE_2000.match(text, start)
        if match is None or text[max(0, start - 5) : start].lower() != "year ":  # "two thousand people" are no year
            return None
        return Token("Y", start, match.end(), 2000 + int(numbers.get((match.group(1) or "").lower(), 0)))
    match = _spelled_years().match(text, start)
    if match is None:
        return None
    tens, ones = (match.group(1) or match.group(3)).lower(), (match.group(2) or "").lower()
    rest = int(numbers[tens])
    return Token("Y", start, match.end(), int(numbers[word]) * 100 + rest + (int(numbers[ones]) if ones else 0))


_SINCE_2000 = re.compile(
    r"two\sthousand(?:\s(?:and\s)?(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen))?\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _spelled_years() -> re.Pattern[str]:
    ones = "one|two|three|four|five|six|seven|eight|nine"
    teens = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    return re.compile(rf"(?:eighteen|nineteen)\s(?:({tens})(?:[-\s]({ones}))?|({teens}))\b", re.IGNORECASE)


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Cut a stretch of text into classed tokens. Offsets are those of ``text``. Linear."""
    words = _words()
    table, first = words.table, words.holiday_first
    out: list[Token] = []
    add = out.append
    skip = -1
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        at, to = match.span()
        if at < skip:
            continue
        name = match.lastgroup
        if name == "word":
            word = match.group()
            low = word.lower()
            if low in first and (word[0].isupper() or low in _SMALL_FEASTS):
                feast = words.holiday.match(text, at)
                if feast is not None:
                    skip = feast.end()
                    add(Token("v", at, skip, holiday_key(feast.group())))
                    continue
            if low in table:
                token = (_spelled_year(text, low, at) if low in _HUNDREDS else None) or _word(words, text, word, at, to)
                skip = token.end
                add(token)
            else:
                add(Token("A" if word[0].isupper() else "x", at, to, None))
        else:
            add(_mark(name or "mark", match.group(), at, to))
    return out


def _mark(name: str, found: str, at: int, to: int) -> Token:
    """The token of anything that is not a word."""
    if name == "number":
        cat, value = _number(found)
        return Token(cat, at, to, value)
    if name == "mark":
        return Token(_MARKS.get(found, "z"), at, to, None)
    if name == "half":
        return Token("M", at, to, "am" if found[0] in "aA" else "pm")
    if name == "ordinal":
        value = int(found[:-2])
        return Token("O" if 1 <= value <= 31 else "n", at, to, value)
    if name == "decade":
        digits = found.strip("'’sS")
        return Token("y", at, to, int(digits) if len(digits) == 4 else 1900 + int(digits))
    if name == "short_year":
        value = int(found[1:])
        return Token("p", at, to, value + (1900 if value >= _PIVOT else 2000))
    if name == "years":  # "2013-14", "2009/10"; anything else, such as the month "2015-08", is none
        first, last = int(found[:4]), int(found[-2:])
        last += first // 100 * 100
        return Token("=" if first < last else "z", at, to, (first, last))
    if name == "two_days":
        days = [int(part) for part in found.split("/")]
        return Token("/" if 0 < days[0] < days[1] <= 31 else "z", at, to, days)
    return Token(_CLASS_OF[name], at, to, found)
