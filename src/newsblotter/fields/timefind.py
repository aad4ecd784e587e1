"""Find the phrases of a report that tell a day or an hour: "Saturday night", "in 2008", "around 6 p.m. Monday".

Every word of the text becomes one letter, its class (``W`` a weekday, ``H`` a month, ``x`` any other word …). The
grammar is a handful of patterns over that string of letters: short, without nested repeats, hence linear in the text.

    H J month (J: may, march)  W V weekday (V: a short form)  d 1..31  n other number  Y year  O 25th  o fifth
    I S a whole date in digits  C 3:40  M a.m./p.m.  m 0230  k o'clock  K noon, midnight  Z time zone  P morning, night
    T today  N overnight  U day, year  E weekend  G g season (g: fall)  y 1990s  v feast  Q two, several  i a, an, one
    L last  X next  t this  D that  s same  h the  e early, late, mid  R ago, later  r before, after  a about, just
    b every  B daily  c at  u on  j in, since  f of  + and, to, or  & into  # a month of another language
    ! block, sedan  % street  x word  A Word  , . - ( ) ' | (blank line)  z anything else
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span

FIRST_YEAR, LAST_YEAR = 1800, 2100  # four digits outside are no year
_MAX_SPAN = 80  # characters; the longest sensible phrase ("around 11:30 p.m. on Wednesday, September 25, 2013") has 50
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


# Groups: 1 word, 2 am/pm, 3 ISO date, 4 other date in digits, 5 clock, 6 25th, 7 decade, 8 sum of money or code,
# 9 number, 10 blank line, 11 possessive, 12 other mark.
_TOKEN = re.compile(
    r"(o['’]clock|(?![ap]\.\s?m\b)[^\W\d_]\w*)|([ap]\.\s?m\b\.?)"
    r"|(\d{4}-\d{2}-\d{2}(?!\d))|(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)|\d{1,2}[.-]\d{1,2}[.-]\d{4}(?!\d))"
    r"|(\d{1,2}:\d{2}(?::\d{2})?(?![\d])|\d{1,2}\.\d{2}(?=\s?[ap]\.?\s?m\b))"
    r"|(\d{1,2}(?:st|nd|rd|th)\b)|(['’]\d0s\b|\d{3}0s\b)|([$£€¥₹#]\s?\d+|\d{1,3}(?:,\d{3})+(?!\d)|\d+[./]\d+|\d+%)"
    r"|(\d+)|(\n\s*\n)|(['’]s\b)|([^\w\s])",
    re.IGNORECASE,
)
_MARKS = {",": ",", "-": "-", "–": "-", "—": "z", "(": "(", ")": ")", ".": ".", "’": "'", "'": "'"}


# A word of several sections is of the first.
_CLASSES = (
    ("W", "weekdays"), ("W", "weekday_short"), ("V", "weekday_weak"), ("H", "months"), ("H", "month_short"),
    ("J", "month_weak"), ("i", "a"), ("h", "the"), ("t", "this"), ("D", "that"), ("s", "same"), ("L", "last"),
    ("X", "next"), ("U", "units"), ("E", "weekend"), ("P", "parts_of_day"), ("K", "clock_words"),
    ("T", "days_told"), ("N", "overnight"), ("k", "oclock"), ("R", "earlier"), ("r", "before"), ("e", "early"),
    ("b", "every"), ("B", "repeated"), ("c", "at"), ("u", "on"), ("f", "of"), ("+", "joins"), ("&", "into"), ("Q", "numbers"),
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
    capital |= set(lexicon["weekday_short"])
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
    if low in words.short and text[end : end + 1] == ".":
        end += 1
        if cat == "V" and low != "sun":
            cat = "W"
    return Token(cat, start, end, value)


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
        group = match.lastindex
        if group == 1:
            word = match.group()
            low = word.lower()
            if low in first and word[0].isupper():
                feast = words.holiday.match(text, at)
                if feast is not None:
                    skip = feast.end()
                    add(Token("v", at, skip, holiday_key(feast.group())))
                    continue
            if low in table:
                token = _word(words, text, word, at, to)
                skip = token.end
                add(token)
            else:
                add(Token("A" if word[0].isupper() else "x", at, to, None))
        else:
            add(_mark(group or 12, match.group(), at, to))
    return out


def _mark(group: int, found: str, at: int, to: int) -> Token:
    """The token of anything that is not a word."""
    if group == 9:
        cat, value = _number(found)
        return Token(cat, at, to, value)
    if group == 12:
        return Token(_MARKS.get(found, "z"), at, to, None)
    if group == 2:
        return Token("M", at, to, "am" if found[0] in "aA" else "pm")
    if group == 6:
        value = int(found[:-2])
        return Token("O" if 1 <= value <= 31 else "n", at, to, value)
    if group == 7:
        digits = found.strip("'’s")
        return Token("y", at, to, int(digits) if len(digits) == 4 else 1900 + int(digits))
    return Token({3: "I", 4: "S", 5: "C", 8: "z", 10: "|", 11: "'"}[group], at, to, found)


def _grammar() -> re.Pattern[str]:
    month, day, weekday = "[HJ]", "[dO]", "[WV]"
    year = "(?:,?Y|,?f?LU|,?tU)?"
    month_day = rf"{month}{day}(?!-U|%|M)(?:-d(?!-U))?{year}"
    day_month = rf"h?(?:(?:[dO]-)?{day}f?H|{day}fJ|{day}J(?=,?Y)|dJ(?![xA])|(?<=[uW,])dJ|OJ|of{month}){year}|{day}\.?f?#f?,?Y"
    date = rf"(?:[Lt]?{weekday}e?P?,?h?)?(?:{month_day}|{day_month})"
    pointer = "(?:h?[Lts]|tL|h?X|tX|e-?|R)?"
    named = rf"(?:{pointer}W(?:e?P)?,?fh?[LtXs]U|{pointer}(?:W,?LU|W(?:e?P|N)?|V(?=e?P)e?P))"
    night = r"(?:h?P[fja]h?W\+W|NjW\+W|NW\+W|h?WP&W(?:e?P)?)"  # one night from a day to the next: the first day's
    told = r"(?:hU[Rr]T|[eR]?TP?|hPrL)"
    part = r"[eR]?(?:t|D|h?L|h?X|h?s)P|[eR]jh[PU]"
    prefix = r"(?:h?(?:e(?:P?U|P)|P)[fu]h?)?"
    a_day = rf"(?:{night}|{prefix}(?:{date}|{named}|{told}|{part}|N(?:W|T)?|I|S|[Lt]?v(?:,?Y|P|E)?)(?:,?e?P|N)?)"
    around = "[arL]{0,3}"
    hour = r"(?:(?:[Cd](?:[+-][Cd])?|C)M|[dQi]kM?|K|mU|[dQ](?=jhP))Z?(?:,?jh?e?P)?"
    loose = r"CZ?(?:,?jh?e?P)?"
    clock = rf"{around}{hour}|[arL]{{1,3}}{loose}|(?<=c){loose}|(?<=c)[ar]{{0,2}}(?:YU|m)|C(?=,?u?W)"
    full = rf"(?:{clock})(?:,?[cuj]?(?:{a_day}))?|(?:{a_day})(?:,?-?[cj]?(?:{around}(?:{hour}|{loose})|(?<=c)m))?"
    amount = "(?:i?[dnQ]|i[dnQ]f|[dnQ]f|iQQ|QQ|Q-Q|[dQ]-[dQ]|i)"
    relative = rf"a{{0,3}}(?:{amount}(?:-)?U(?:\+iQ)?[Rr]|h[UP][Rr]|U[R])"
    units = r"[eR]?(?:h?[LX]|tL|t|D|h?s)[dQ]?U"
    weekend = "[eR]?(?:h?[LXt]|tL|h|W|v)E|(?<!i)[eR]?(?<!i)E"  # "a weekend" is none that is known
    season = r"(?:[eR]?-?(?:h?L|t|X|h?e-?f?)[Gg](?:f?Y)?|h?[Gg]fY|[Gg]Y|(?<=j)hG(?![A'])|(?<=j)G(?![x'A]))"
    month_year = rf"(?:h?e-?f?|h?{month}[-+])?{month}(?:,?f?Y|,?f?LU|tU)"
    month_only = rf"(?:[eR]?[LXt]|tL|hL|h?e-?f?|[eR]j){month}(?![A])|(?<=j){month}(?!A)|(?<=[hi'])H(?=x)"
    year_only = r"(?:h?e-?[fj]?)Y(?![!%-])|(?<=j)Y(?![!%-])|(?<=\()Y(?=\))|(?<=[hi'])Y(?=x)|(?<=Y\+)Y|(?<=f)Y(?=[,.z|')]|$)"
    decade = "h?(?:e-?)?y"
    repeated = r"b[dQO]?(?:WP?|V|P|U|E)|B"
    parts = (repeated, full, relative, weekend, units, season, month_year, month_only, year_only, decade)
    return re.compile("(?![xAz.,)|%!])(?:" + "|".join(f"(?:{part})" for part in parts) + ")")


_PHRASE = _grammar()
_PAPER_OK = re.compile(r"\s+([A-Z][a-z]+)")


def _is_a_name(text: str, token: Token) -> bool:
    """A weekday that belongs to the name of a newspaper: "Sunday Times"."""
    if token.cat != "W":
        return False
    follows = _PAPER_OK.match(text, token.end)
    return follows is not None and follows.group(1).lower() in load_lexicon("time")["weekday_names"]


def find_times(text: str) -> tuple[Span, ...]:
    """Find every phrase that can be read as a date, a time of day or both; longest phrase, no overlaps.

    Repeated days ("every Saturday") are found too, so that nobody takes their weekday for a date: see ``time_kind``.
    Prepositions stay outside ("in 2008" gives "2008"); what changes the meaning stays inside ("just before midnight").

    Returns:
        Spans of kind "time", sorted, offsets in code points.
    """
    tokens = tokenize(text)
    cats = "".join([token.cat for token in tokens])
    out = []
    for match in _PHRASE.finditer(cats):
        first, last = match.span()
        if cats[first] == "X" and last - first > 1 and cats[first + 1] in "WV" and text[tokens[first].start :][:1] in "fF":
            first += 1  # "following Friday's shooting": after it, not the next
        start, end = tokens[first].start, tokens[last - 1].end
        if end - start > _MAX_SPAN or _is_a_name(text, tokens[last - 1]):
            continue
        out.append(Span(start, end, "time"))
    return tuple(out)


_SET = re.compile("[bB]")
_ABSOLUTE = re.compile("[IS]|[HJ#]|[yYvGg]|of")
_COUNTED = re.compile("U.?[Rr]")
_WEEKDAY = re.compile("[WV]")
_RELATIVE = re.compile("U[Rr]|[TNE]|[LXtDs][dQ]?[UP]|[Rr]jh|h[UP][Rr]")
_CLOCK = re.compile("[CMkKm]|jhP")


def time_kind(text: str, start: int, end: int) -> str:
    """Tell what sort of time a phrase tells.

    Returns:
        "set" (every Saturday: no date), "absolute" (a date, month, year or feast), "weekday", "relative" (today, last
        week, two days ago), "clock" (an hour without a day), "duration" (two years: no date).
    """
    cats = "".join([token.cat for token in tokenize(text, start, end)])
    if _SET.search(cats):
        return "set"
    if _ABSOLUTE.search(cats) and not _COUNTED.search(cats):
        return "absolute"
    if _WEEKDAY.search(cats):
        return "weekday"
    if _RELATIVE.search(cats):
        return "relative"
    return "clock" if _CLOCK.search(cats) else "duration"
