"""Write what the finder of times reads as TimeML does: a type (DATE, TIME, DURATION, SET) and a value for each expression.

The product reads days; TimeML also names what dates nothing ("now" is PRESENT_REF, "nine months" P9M) and, in a report of
earnings, takes "a year earlier" for the same quarter of the year before. Only the benchmark needs that, so it lives here.
Source: ISO-TimeML, TimeML annotation guidelines 1.2.1, 2006, section 2.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from newsblotter.fields.time import find_times, read_clock, read_when
from newsblotter.fields.timeparts import Parts, collect, find_joint
from newsblotter.fields.timewords import Token, tokenize
from newsblotter.records import When

_DAY_PART = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "tonight": "NI", "overnight": "NI"}
_SEASONS = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}
_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y", "decade": "E", "hour": "TH", "minute": "TM"}
_ORDINAL = re.compile(r"o(?=-?F?-?q)")
_EARLIER_YEAR = re.compile(r"U-?[R]")
_COUNTED = re.compile(r"[dnQi]f?-?[Axa]?U|[LX][dQ]U|il?U|ilU")
_SINCE_THEN = re.compile(r"[dnQi]-?U[r]$")
_PLURAL = re.compile(r"s\b", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|within|per|whole|entire)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression."""

    start: int
    end: int
    kind: str  # DATE, TIME, DURATION, SET
    value: str


@dataclass(slots=True)
class _Story:
    """What the expressions read so far leave for the next ones."""

    created: date | None
    day: When | None = None  # the last day told
    quarter: tuple[int, int] | None = None  # the last quarter told: its year and number
    finest: str = ""  # what the last date was: quarter, or anything else


def annotate(text: str, created: date | None) -> list[Timex]:
    """Every time expression of a text with its type and value, in order.

    Args:
        text: The document's words.
        created: Its day of creation.
    """
    story = _Story(created)
    found = []
    for span in find_times(text, every=True):
        pieces = _split(text, span.start, span.end)
        for start, end in pieces:
            told = _express(text, start, end, story)
            if told is not None:
                found.append(Timex(start, end, *told))
        if len(pieces) > 1 and len(found) > 1:
            _lend_year(text, found)
    return found


def _lend_year(text: str, found: list[Timex]) -> None:
    """Give the month that opens a stretch the year that only its end names: "from March to May 1998"."""
    first, last = found[-2:]
    opening, closing = (collect(text, timex.start, timex.end) for timex in (first, last))
    if opening.month is None or opening.year is not None or closing.year is None or closing.month is None:
        return
    year = closing.year - (opening.month > closing.month)
    found[-2] = replace(first, value=f"{year}{first.value[4:]}")


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The ends of a stretch, each an expression of its own: "between 1985 and 1987"; "June 28-29" stays one."""
    tokens = tokenize(text, start, end)
    joint = find_joint("".join([token.cat for token in tokens]))
    if joint is None or tokens[joint].cat not in "+j":
        return [(start, end)]
    first = next(token.start for token in tokens if token.cat != "a")
    return [(first, tokens[joint - 1].end), (tokens[joint + 1].start, end)]


def _express(text: str, start: int, end: int, story: _Story) -> tuple[str, str] | None:
    """Type and value of one expression; None where TimeML marks none."""
    tokens = tokenize(text, start, end)
    parts = collect(text, start, end)
    phrase, marks = text[start:end].lower(), parts.marks
    if "b" in marks or "B" in marks:
        return _repeat(parts)
    if "w" in marks:
        return _vague(tokens, marks, text[max(0, start - 6) : start].lower(), text[end : end + 6])
    if "q" in marks and "U+" not in marks and read_clock(text, start, end) is None:
        return _quarter(tokens, parts, phrase, story)
    if "@" in marks:
        numbers = [token.value for token in tokens if token.cat in "oO"]
        return ("DATE", str(int(numbers[0]) - 1)) if numbers else None
    if marks in ("hL", "F"):
        return {"the past": ("DATE", "PAST_REF"), "current": ("DATE", "PRESENT_REF")}.get(phrase)
    if marks in ("U-e", "U'e", "Ue") and parts.unit == "year":
        last_day = "-12-31" if marks == "U-e" else ""
        return ("DATE", f"{story.created.year}{last_day}") if story.created else None
    if _SINCE_THEN.search(marks):  # "two years after they met"
        return "DURATION", _duration(parts)
    if parts.unit is not None and not parts.way and _COUNTED.search(marks) and parts.month is None:
        return "DURATION", _duration(parts)
    if parts.unit is not None and not parts.way and _PLURAL.search(phrase[-1:]):
        return _many(parts)
    if _is_of_now(marks, parts):
        return _of_now(text, start, parts, story)
    return _dated(text, start, end, parts, story)


def _repeat(parts: Parts) -> tuple[str, str] | None:
    if parts.weekday is not None:
        return "SET", f"XXXX-WXX-{parts.weekday + 1}"
    return ("SET", f"P1{_UNITS.get(parts.unit, 'D')}") if parts.unit else None


def _vague(tokens: list[Token], marks: str, before: str, after: str) -> tuple[str, str] | None:
    """ "Now", "recently", "recent years", "the future"; neither "future sales", "the recent loss" nor "as soon as"."""
    named = next(token for token in tokens if token.cat == "w")
    future = named.value == "FUTURE_REF"
    long = future and named.end - named.start > len("soon")
    if (long and marks == "w" and not before.endswith("near ")) or (marks == "hw" and not long):
        return None
    if future and not long and (before.endswith("as ") or after.startswith((" after", " as "))):
        return None
    return "DATE", str(named.value)


def _many(parts: Parts) -> tuple[str, str]:
    """ "The coming weeks", "past years"."""
    if "X" in parts.shift:
        return "DATE", "FUTURE_REF"
    if "L" in parts.shift:
        return "DATE", "PAST_REF"
    return "DURATION", f"PX{_UNITS.get(parts.unit or 'day', 'D')}".replace("PXT", "PTX")


def _duration(parts: Parts) -> str:
    low = parts.low if parts.low == parts.high else None
    unit = _UNITS.get(parts.unit or "day", "W")
    count = "X" if low is None else str(low * 2 if parts.unit == "fortnight" else low)
    return f"PT{count}{unit[1]}" if unit.startswith("T") else f"P{count}{unit}"


def _quarter(tokens: list[Token], parts: Parts, phrase: str, story: _Story) -> tuple[str, str] | None:
    """A quarter of a year: the one told, else the one that the story is at, else the last that is over."""
    if story.created is None or phrase in ("period", "the period", "quarter", "a quarter"):
        return None
    marks = parts.marks
    at = _ORDINAL.search(marks)
    number = int(tokens[at.start()].value) if at else None
    now = (story.created.month - 1) // 3 + 1
    known = story.quarter or ((story.created.year, now - 1) if now > 1 else (story.created.year - 1, 4))
    if number is None and ("t" in marks or "current" in phrase):
        known = (story.created.year, now)
    if number is not None and not 1 <= number <= 4:
        return None
    year = known[0] if number is None else story.created.year - (number > now)
    if "XU" in marks:
        year = story.created.year + 1
    elif "LU" in marks or _EARLIER_YEAR.search(marks):
        year = (story.quarter[0] if story.quarter and _EARLIER_YEAR.search(marks) else story.created.year) - 1
    year = parts.year if parts.year is not None else year
    number = number or known[1]
    if not _EARLIER_YEAR.search(marks) and "LU" not in marks and year >= story.created.year - 1:
        story.quarter = (year, number)
    story.finest = "quarter"
    return "DATE", f"{year}-Q{number}"


def _is_of_now(marks: str, parts: Parts) -> bool:
    """ "The year", "the current month", "fiscal 1989", "the end of the year": a stretch that holds the day of creation."""
    plain = marks.replace("F", "").replace("ef", "").replace("h", "").replace("t", "")
    return plain in ("U", "Y") and (parts.unit is not None or "F" in marks) and (marks != "tU")


def _of_now(text: str, start: int, parts: Parts, story: _Story) -> tuple[str, str] | None:
    day = story.created
    if parts.year is not None:
        return "DATE", str(parts.year)
    if day is None or parts.unit is None:
        return None
    if "F" not in parts.marks and _FOR.search(text[max(0, start - 12) : start]):
        return "DURATION", f"P1{_UNITS.get(parts.unit, 'D')}"
    if parts.unit == "year":
        return "DATE", str(day.year)
    if parts.unit == "month":
        return "DATE", f"{day.year}-{day.month:02d}"
    if parts.unit == "week":
        year, week, _ = day.isocalendar()
        return "DATE", f"{year}-W{week:02d}"
    if parts.unit == "day" and story.day is not None:
        return "DATE", story.day.earliest.isoformat()
    return None


def _dated(text: str, start: int, end: int, parts: Parts, story: _Story) -> tuple[str, str] | None:
    """Whatever the product reads into days, and hours without a day."""
    phrase = text[start:end]
    a_year = parts.unit == "year" and parts.way and parts.low in (1, None) and parts.weekday is None and parts.month is None
    bare = _EARLIER_YEAR.search(parts.marks) is not None
    if a_year and (parts.low == 1 or bare) and story.finest == "quarter" and story.quarter:
        return "DATE", f"{story.quarter[0] - 1}-Q{story.quarter[1]}"
    if a_year and bare and parts.low is None and "-" in parts.marks and story.created:  # "year-earlier sales"
        return "DATE", str(story.created.year - 1)
    if parts.unit and parts.way and parts.low != parts.high and parts.unit in ("day", "week", "month", "year", "decade"):
        return "DATE", "PAST_REF" if parts.way < 0 else "FUTURE_REF"
    created = When(story.created, story.created, "day") if story.created else None
    when = read_when(text, start, end, story.created, reference=story.day or created, ahead=True)
    clock = read_clock(text, start, end)
    if when is None and clock is not None and story.created is not None:
        base = story.day or When(story.created, story.created, "day")
        return "TIME", f"{base.earliest.isoformat()}T{clock}"
    if when is None:
        return None
    if parts.unit == "week" and parts.way_word == "ago" and parts.low == parts.high and parts.weekday is None and story.created:
        when = When(middle := _middle(when), middle, "day")  # "two weeks ago" counts in days as "ten days ago" does
    value = to_timex(when, phrase, clock, replace(parts, unit=None) if when.precision == "day" else parts)
    if when.precision == "day":
        story.day = when
    story.finest = "day"
    return ("TIME" if "T" in value else "DATE"), value


def _middle(when: When) -> date:
    return date.fromordinal((when.earliest.toordinal() + when.latest.toordinal()) // 2)


def to_timex(when: When | None, phrase: str, clock: str | None, parts: Parts) -> str:
    """A date as TimeML writes it: 1998-01-08, 1998-01, 1998-W03, 1998-SU, 199, 1998-01-08TNI."""
    if when is None:
        return ""
    first, last = when.earliest, when.latest
    if when.precision == "week" or (parts.unit == "week" and when.precision == "range" and (last - first).days < 7):
        year, week, _ = _middle(when).isocalendar()
        return f"{year}-W{week:02d}"
    if when.precision == "weekend":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}-WE"
    if when.precision == "season" or parts.season is not None:
        month = next((m for m in (12, 9, 6, 3) if m <= first.month), 12)
        return f"{first.year - (first.month < 3)}-{_SEASONS[month]}"
    if parts.share is not None:
        return f"{first.year}-{'Q' if parts.share[0] == 'q' else 'H'}{(first.month - 1) // (3 if parts.share[0] == 'q' else 6) + 1}"
    if when.precision == "year" or (first.month == 1 and first.day == 1 and first.year == last.year and last.month == 12):
        return f"{first.year}"
    if when.precision == "range":
        if last.year - first.year >= 2:
            return f"{first.year // 10}"
        return f"{first.year}-{first.month:02d}" if (last - first).days < 31 else f"{first.year}"
    if when.precision == "month":
        return f"{first.year}-{first.month:02d}"
    value = last.isoformat()
    if clock:
        return f"{value}T{clock}"
    said = [code for word, code in _DAY_PART.items() if re.search(rf"\b{word}\b", phrase.lower())]
    return f"{value}T{said[0]}" if said else value
