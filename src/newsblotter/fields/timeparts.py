"""Sort the words of a phrase of time into parts: its weekday, month, year, amount, and where they point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from newsblotter.fields.almanac import make_day
from newsblotter.fields.timewords import Token, tokenize


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
    follows: bool = False  # "the following year" comes after the story's, "next year" after ours
    shift: str = ""  # L last, X next, t this, D that, s same
    stage: str = ""  # early, mid, late
    repeated: bool = False
    year_to: int | None = None  # of "2013-14"
    share: tuple[str, int] | None = None  # ("q", 3) the third quarter, ("l", -1) the last half
    nth: tuple[int, str] | None = None  # (-1, "day") the last day of a month
    within: str | None = None  # "a year ago this week": week
    exact: bool = False
    before_feast: int = 0  # days from the feast named
    marks: str = ""  # the classes, in order


def _digits_date(token: Token) -> date | None:
    numbers = [int(n) for n in re.findall(r"\d+", str(token.value))][:3]
    if token.cat == "I":
        return make_day(numbers[0], numbers[1], numbers[2])
    first, second, year = numbers
    if year < 100:
        year += 2000 if year < 70 else 1900  # two digits: POSIX's pivot, 69 = 1969
    if "." in str(token.value):  # 25.03.2017: day first
        return make_day(year, second, first)
    return make_day(year, first, second) or make_day(year, second, first)


_CLOCK_AFTER = re.compile(r"[Mk]|jhP|[-+][dC]?[dC]M|U?[Lr+][dQ](?:[kM]|,?jhP)")
_AMOUNT_AFTER = re.compile(r"U|-U|fU|-[dQ]U|-[dQ]-U|\+ilU")
_CLOCK_BEFORE = re.compile(r"(?:[ql]-?|[dQ]U?)[Lr+]$")
_NTH = re.compile(r"h([oOL])([UWE])[fj]h?[HJ]")
_SHARE = re.compile(r"([oL])-?F?-?([ql])(?![Lr+-]*[dQ])")


def _take_number(parts: Parts, tokens: list[Token], at: int) -> None:
    """A number is an hour, a day of the month or an amount: its neighbours tell."""
    token = tokens[at]
    after = tokens[at + 1].cat if at + 1 < len(tokens) else ""
    before = tokens[at - 1].cat if at else ""
    rest = parts.marks[at + 1 : at + 8]
    is_hour = _CLOCK_AFTER.match(rest) is not None or (
        _CLOCK_BEFORE.search(parts.marks[:at]) is not None and parts.marks[:1] != "h" and "f" not in parts.marks[:at]
    )
    if is_hour and (after not in ("-", "+") or "M" in rest[:4]):
        return
    value = token.value
    if _AMOUNT_AFTER.match(rest):
        low, high = value if isinstance(value, list) else (value, value)
        if parts.low is None:
            parts.low = low
        parts.high = high + 1 if rest.startswith("+il") else high
    elif token.cat == "Q" and after == "Q":
        parts.low, parts.high = (value, value) if not isinstance(value, list) else (value[0], value[1])
    elif token.cat in "dOo" and not isinstance(value, list):
        if parts.day is None:
            parts.day = value
        elif before == "-" and (parts.month is not None or after in ("H", "J", "f")):
            parts.day_to = value


def _take_shares(parts: Parts, tokens: list[Token]) -> None:
    """Ordinals that count weeks of a month or quarters of a year are no days of a month."""
    nth = _NTH.match(parts.marks)
    if nth is not None:
        count = -1 if nth[1] == "L" else int(tokens[1].value)
        unit = {"W": "weekday", "E": "weekend"}.get(nth[2]) or str(tokens[2].value)
        parts.nth, parts.day, parts.shift, parts.unit = (count, unit), None, parts.shift.replace("L", "", nth[1] == "L"), None
        if "LU" in parts.marks[3:]:
            parts.unit = "year"
    share = _SHARE.search(parts.marks)
    if share is not None:
        last = share[1] == "L"
        parts.share = (share[2], -1 if last else int(tokens[share.start()].value))
        parts.day = None
        if last:
            parts.shift = parts.shift.replace("L", "", 1)


def collect(text: str, start: int, end: int) -> Parts:
    """Sort the words of a phrase into parts."""
    return collect_tokens(text, tokenize(text, start, end))


def collect_tokens(text: str, tokens: list[Token]) -> Parts:
    """Sort tokens into parts."""
    parts = Parts(marks="".join([token.cat for token in tokens]))
    for at, token in enumerate(tokens):
        cat, value = token.cat, token.value
        if cat in _SIMPLE:
            name = _SIMPLE[cat]
            if getattr(parts, name) is None:
                setattr(parts, name, value)
        elif cat in "dOoQn":
            _take_number(parts, tokens, at)
        elif cat == "i":
            if parts.low is None and tokens[at + 1 : at + 2] and tokens[at + 1].cat == "U":
                parts.low = parts.high = 1
        elif cat in "Yp":
            if not (tokens[at + 1 : at + 2] and tokens[at + 1].cat in "UZ"):  # "1900 hours"
                parts.year = value
        elif cat == "=":
            parts.year, parts.year_to = value
        elif cat == "/":
            parts.day, parts.day_to = value
        elif cat in "IS":
            parts.whole = _digits_date(token)
            parts.broken = parts.whole is None
        elif cat == "U":
            _take_unit(parts, at, value)
        elif cat in "Rr":
            parts.way = value
            parts.way_word = text[token.start : token.end].lower()
        elif cat in "LXtDs":
            if not _CLOCK_BEFORE.search(parts.marks[: at + 1]) or tokens[at + 1 : at + 2] == [] or tokens[at + 1].cat not in "dQ":
                parts.follows |= cat == "X" and text[token.start : token.end].lower() == "following"
                parts.shift += cat  # "half past four" points to no past day
        elif cat == "e":
            parts.stage = str(value)
        elif cat == "a":
            parts.exact |= text[token.start : token.end].lower() in ("exactly", "precisely")
        else:
            _take_flag(parts, cat)
    _take_shares(parts, tokens)
    return parts


_SIMPLE = {
    "W": "weekday", "V": "weekday", "H": "month", "J": "month", "#": "month", "T": "told", "G": "season", "g": "season",
    "v": "feast", "y": "decade", "8": "decade",
}  # fmt: skip


def _take_unit(parts: Parts, at: int, unit: str) -> None:
    if unit == "hour" and "e" in parts.marks[:at]:  # "the early hours of"
        return
    if parts.unit is None:
        parts.unit = unit
    else:
        parts.within = unit


def _take_flag(parts: Parts, cat: str) -> None:
    if cat == "P":
        parts.part = True
    elif cat == "N":
        parts.overnight = True
    elif cat == "E":
        parts.weekend = True
    elif cat in "bB":
        parts.repeated = True
    elif cat == "5":
        parts.before_feast = -1


_JOINT = re.compile(r"[-+&j<]")
_DAY_FIRST = re.compile(r"h?[dO](?![MkCUZ])")
_ENDS_IN_DAY = re.compile(r"[dO]$")


def find_joint(marks: str) -> int | None:
    """Where a phrase names two days, months or years, the first to the last: the place of the word that joins them."""
    for match in _JOINT.finditer(marks):
        left, right = marks[: match.start()], marks[match.end() :]
        month_left, month_right = _has(left, "HJ"), _has(right, "HJ")
        day_next = _DAY_FIRST.match(right) is not None
        if (
            (month_left and month_right)
            or (month_right and day_next and _ENDS_IN_DAY.search(left) and match[0] in "-+")
            or (month_left and day_next and match[0] in "-+" and _ENDS_IN_DAY.search(left))
            or (_has(left, "WV") and _has(right, "WV") and not month_left)
            or (left[-1:] == "Y" and right[:1] == "Y")
        ):
            return match.start()
    return None


def _has(marks: str, classes: str) -> bool:
    return any(mark in marks for mark in classes)
