"""Sort the words of a phrase of time into parts: its weekday, month, year, amount, and where they point."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from newsblotter.fields.timefind import FIRST_YEAR, LAST_YEAR, Token, tokenize


def make_day(year: int, month: int, day: int) -> date | None:
    """The day of these numbers; None where the calendar has none, or the year lies out of range."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


@dataclass(slots=True)
class Parts:
    """What the words of a phrase say, before it is placed in the calendar."""

    whole: date | None = None  # a complete date in digits
    broken: bool = False  # digits that are no date
    weekday: int | None = None
    month: int | None = None
    day: int | None = None
    day_to: int | None = None
    year: int | None = None
    part: bool = False  # morning, night, …
    told: int | None = None  # today 0, yesterday -1
    overnight: bool = False
    weekend: bool = False
    season: int | None = None
    feast: str | None = None
    decade: int | None = None
    unit: str | None = None
    low: int | None = None  # how many units
    high: int | None = None
    way: int = 0  # -1 ago, earlier; +1 later, after
    way_word: str = ""
    shift: str = ""  # L last, X next, t this, D that, s same
    stage: str = ""  # early, mid, late
    repeated: bool = False
    marks: str = ""  # the classes, in order


def _digits_date(token: Token) -> date | None:
    numbers = [int(n) for n in re.findall(r"\d+", str(token.value))]
    if token.cat == "I":
        return make_day(numbers[0], numbers[1], numbers[2])
    first, second, year = numbers
    if year < 100:
        year += 2000 if year < 70 else 1900  # two digits: POSIX's pivot, 69 = 1969
    if "." in str(token.value):  # 25.03.2017: day first
        return make_day(year, second, first)
    return make_day(year, first, second) or make_day(year, second, first)


def _take_number(parts: Parts, tokens: list[Token], at: int) -> None:
    """A number is an hour, a day of the month or an amount: its neighbours tell."""
    token = tokens[at]
    after = tokens[at + 1].cat if at + 1 < len(tokens) else ""
    before = tokens[at - 1].cat if at else ""
    if after in ("M", "k") or (after == "j" and at + 3 < len(tokens) and tokens[at + 3].cat == "P"):
        return
    if after in ("-", "+") and at + 3 < len(tokens) and tokens[at + 3].cat == "M":
        return
    rest = "".join(t.cat for t in tokens[at + 1 : at + 4])
    value = token.value
    if rest[:1] == "U" or rest[:2] in ("-U", "fU") or rest[:3] in ("-dU", "-QU"):
        low, high = value if isinstance(value, list) else (value, value)
        if parts.low is None:
            parts.low = low
        parts.high = high
    elif token.cat == "Q" and after == "Q":
        parts.low, parts.high = (value, value) if not isinstance(value, list) else (value[0], value[1])
    elif token.cat in "dOo" and not isinstance(value, list):
        if parts.day is None:
            parts.day = value
        elif before == "-" and (parts.month is not None or after in ("H", "J", "f")):
            parts.day_to = value


def collect(text: str, start: int, end: int) -> Parts:
    """Sort the words of a phrase into parts."""
    tokens = tokenize(text, start, end)
    parts = Parts(marks="".join([token.cat for token in tokens]))
    for at, token in enumerate(tokens):
        cat, value = token.cat, token.value
        if cat in "dOoQn":
            _take_number(parts, tokens, at)
        elif cat == "i":
            if parts.low is None and tokens[at + 1 : at + 2] and tokens[at + 1].cat == "U":
                parts.low = parts.high = 1
        elif cat in "WV":
            parts.weekday = value if parts.weekday is None else parts.weekday
        elif cat in "HJ#":
            parts.month = value if parts.month is None else parts.month
        elif cat == "Y":
            if not (tokens[at + 1 : at + 2] and tokens[at + 1].cat == "U"):  # "1900 hours"
                parts.year = value
        elif cat in "IS":
            parts.whole = _digits_date(token)
            parts.broken = parts.whole is None
        elif cat == "P":
            parts.part = True
        elif cat == "T":
            parts.told = value
        elif cat == "N":
            parts.overnight = True
        elif cat == "E":
            parts.weekend = True
        elif cat in "Gg":
            parts.season = value
        elif cat == "v":
            parts.feast = value
        elif cat == "y":
            parts.decade = value
        elif cat == "U":
            if not (value == "hour" and "e" in parts.marks[:at]):  # "the early hours of"
                parts.unit = value
        elif cat in "Rr":
            parts.way = value
            parts.way_word = text[token.start : token.end].lower()
        elif cat in "LXtDs":
            parts.shift += cat
        elif cat == "e":
            parts.stage = str(value)
        elif cat in "bB":
            parts.repeated = True
    return parts
