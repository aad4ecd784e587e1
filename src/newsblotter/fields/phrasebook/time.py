"""Days told in a language known by its word lists.

"el pasado viernes", "hier soir", "in der Nacht zum Montag", "nella notte tra sabato e domenica".

``time.yaml`` holds the words and the order in which they stand; the calendar is here. What needs a day that nobody gave is not
read: None, never a guess.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from newsblotter.fields.almanac import make_day
from newsblotter.fields.phrasebook.numbers import load_numbers, parse_number
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span, When

AHEAD_DAYS = 3  # a date without a year so little ahead of publication is meant as said; further on it is last year's
LAW_SHARE = 0.2  # of a date's rating, beside a step of the law
OLD_SHARE = 0.6  # of a date that lies over a week back
OLD_DAYS = 7
LATE_SHARE = 0.02  # lost with every sentence before it, up to ten


@dataclass(frozen=True, slots=True)
class _TimeWords:
    pattern: re.Pattern[str]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    days_told: Mapping[str, int]
    units: Mapping[str, str]  # word → day, week, month, year
    next_words: re.Pattern[str]
    last_words: re.Pattern[str]


def _one_of(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@lru_cache(maxsize=8)
def _load(language: str) -> _TimeWords:
    words = load_lexicon("time", language)
    months, weekdays = ({str(k): int(v) for k, v in words[name].items()} for name in ("months", "weekdays"))
    told = {str(k): int(v) for k, v in words["days_told"].items()}
    units = {str(form): str(unit) for unit, forms in words["units"].items() for form in forms}
    day, month, weekday = r"(?:[12]\d|3[01]|0?[1-9])", _one_of(months), _one_of(weekdays)
    of, part, near = words["of"], words["parts"], words["near"]
    last, following, this = words["last"], words["next"], words["this"]
    amount = load_numbers(language).plain
    dated = rf"(?:(?:{weekday}){words['weekday_joint']})?(?P<day>{day})(?:{words['ordinal']})?\s+(?:{of})?(?P<month>{month})\.?"
    dated += rf"(?:,?\s+(?:{words['of_year']})?(?P<year>(?:19|20)\d\d))?"
    pieces = (
        r"(?P<iso>\d{4}-\d\d-\d\d)",
        r"(?P<digits>\d{1,2}[/.-]\d{1,2}[/.-](?:(?:19|20)\d\d)(?!\d))",
        dated,
        rf"(?P<night>{words['night_to']})",
        rf"(?:(?P<before>{last}|{following}|{this})\s+)?(?P<weekday>{weekday})(?:{words['glued']})?"
        rf"(?:\s+(?P<mday>{day})(?![\w.:]))?(?:\s+(?P<after>{last}|{following}))?(?:\s+(?:{part}))?",
        rf"(?P<told>{_one_of(told)})(?!\w)(?:\s+(?:{part}))?",
        words["ago"].replace("{n}", rf"(?P<n>{amount})").replace("{unit}", rf"(?P<unit>{_one_of(units)})"),
        rf"(?P<span>{words['last_unit']})".replace("{unit}", rf"(?:{_one_of(units)})"),
        rf"(?P<this_part>{words['this_part']})",
        rf"(?P<only_month>{month})\s+(?:{words['of_year']})?(?P<month_year>(?:19|20)\d\d)(?!\d)",
        rf"(?:(?<=\s)|^)(?:{words['in_month']})\s+(?P<lone_month>{month})(?!\s+\d)",
        rf"(?:{words['in_year']})\s+(?P<lone_year>(?:19|20)\d\d)(?![\d%])",
    )
    joined = "|".join(f"(?:{piece})" for piece in pieces)
    pattern = re.compile(rf"(?<![\w.,/-])(?:(?:{near})\s+)?(?:{joined})(?!\w)", re.IGNORECASE)
    night = re.compile(rf"(?:{last})", re.IGNORECASE)
    return _TimeWords(pattern, months, weekdays, told, units, re.compile(rf"(?:{following})", re.IGNORECASE), night)


def find_times(text: str, language: str) -> tuple[Span, ...]:
    """Find every phrase that can be read as a day, month or year; sorted, none overlapping."""
    return tuple(Span(match.start(), match.end(), "time") for match in _load(language).pattern.finditer(text))


def _day(day: date | None) -> When | None:
    return None if day is None else When(day, day, "day")


def _month(year: int, month: int) -> When | None:
    first = make_day(year, month, 1)
    return None if first is None else When(first, first.replace(day=monthrange(year, month)[1]), "month")


def _back_to(published: date, weekday: int, *, before: bool = False) -> date:
    """The last such weekday, the day of publication included unless ``before``."""
    back = (published.weekday() - weekday) % 7
    return published - timedelta(days=back or (7 if before else 0))


def _read_dated(match: re.Match[str], words: _TimeWords, published: date | None) -> When | None:
    day, month = int(match["day"]), words.months[match["month"].lower()]
    if match["year"]:
        return _day(make_day(int(match["year"]), month, day))
    if published is None:
        return None
    found = make_day(published.year, month, day)
    if found is None or found > published + timedelta(days=AHEAD_DAYS):
        found = make_day(published.year - 1, month, day)
    return _day(found)


def _read_digits(match: re.Match[str]) -> When | None:
    if match["iso"]:
        year, month, day = (int(n) for n in match["iso"].split("-"))
    else:
        day, month, year = (int(n) for n in re.split(r"[/.-]", match["digits"]))
    return _day(make_day(year, month, day))


def _read_weekday(match: re.Match[str], words: _TimeWords, published: date) -> When | None:
    weekday = words.weekdays[match["weekday"].lower()]
    if match["mday"]:
        for back in range(366):
            day = published - timedelta(days=back)
            if day.day == int(match["mday"]) and day.weekday() == weekday:
                return _day(day)
        return None
    around = f"{match['before'] or ''} {match['after'] or ''}".strip()
    if around and words.next_words.fullmatch(around):
        return _day(published + timedelta(days=(weekday - published.weekday()) % 7 or 7))
    return _day(_back_to(published, weekday, before=bool(around) and words.last_words.fullmatch(around) is not None))


def _read_night(match: re.Match[str], words: _TimeWords, published: date) -> When | None:
    """A night from one day to the next is the first day's."""
    named = [words.weekdays[w.lower()] for w in re.findall(rf"(?:{_one_of(words.weekdays)})(?!\w)", match["night"], re.IGNORECASE)]
    if not named:
        return None
    if len(named) > 1:
        return _day(_back_to(published - timedelta(days=1), named[0]))
    return _day(_back_to(published, named[0]) - timedelta(days=1))


def _shift(day: date, unit: str, amount: int) -> When | None:
    if unit == "day":
        return _day(day - timedelta(days=amount))
    if unit == "week":
        first = day - timedelta(days=day.weekday() + 7 * amount)
        return When(first, first + timedelta(days=6), "week")
    if unit == "month":
        months = day.year * 12 + day.month - 1 - amount
        return _month(months // 12, months % 12 + 1)
    year = day.year - amount
    return When(date(year, 1, 1), date(year, 12, 31), "year") if year > 1800 else None


def read_when(
    text: str, start: int, end: int, published: date | None, *, language: str, reference: When | None = None
) -> When | None:
    """Read a phrase of time, relative ones from the day of publication; None where it cannot be placed.

    Args:
        reference: Not used: these languages are read without "two days later".
    """
    words = _load(language)
    match = words.pattern.match(text, start)
    if match is None or match.end() > end:
        match = words.pattern.search(text[start:end])
    if match is None:
        return None
    if match["iso"] or match["digits"]:
        return _read_digits(match)
    if match["day"]:
        return _read_dated(match, words, published)
    if match["month_year"]:
        return _month(int(match["month_year"]), words.months[match["only_month"].lower()])
    if match["lone_year"]:
        year = int(match["lone_year"])
        return When(date(year, 1, 1), date(year, 12, 31), "year")
    return None if published is None else _read_relative(match, words, published, language)


def _read_relative(match: re.Match[str], words: _TimeWords, published: date, language: str) -> When | None:
    if match["night"]:
        return _read_night(match, words, published)
    if match["weekday"]:
        return _read_weekday(match, words, published)
    if match["told"]:
        return _day(published + timedelta(days=words.days_told[match["told"].lower()]))
    if match["this_part"]:
        return _day(published)
    if match["n"]:
        amount = parse_number(match["n"], language)
        unit = words.units[match["unit"].lower()]
        return None if amount is None or amount > 300 else _shift(published, unit, int(amount))
    if match["span"]:
        named = re.search(rf"(?<!\w)(?:{_one_of(words.units)})(?!\w)", match["span"].lower())
        return None if named is None else _shift(published, words.units[named.group()], 1)
    if match["lone_month"]:
        month = words.months[match["lone_month"].lower()]
        return _month(published.year - (month > published.month), month)
    return None


# --- whose day it is --------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _load_steps(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What tells a step of the law, and what tells a deed."""
    outcome = load_lexicon("cues", language)["outcome"]
    law = "|".join(pattern for kind, pattern in outcome.items() if kind not in ("death", "recovery"))
    types = load_lexicon("types", language).values()
    deeds = "|".join(p for groups in types for group in ("noun", "verb", "taking", "loose") for p in groups.get(group, ()))
    return re.compile(rf"\b(?:{law})(?!\w)", re.IGNORECASE), re.compile(rf"\b(?:{deeds})(?!\w)", re.IGNORECASE)


def is_of_law(sentence: str, start: int, end: int, language: str) -> bool:
    """Whether a date stands nearer to an arrest or a trial than to a deed ("was arrested on Sunday")."""
    law, deed = _load_steps(language)

    def nearest(pattern: re.Pattern[str]) -> int:
        return min((max(m.start() - end, start - m.end(), 0) for m in pattern.finditer(sentence)), default=len(sentence) + 1)

    step = nearest(law)
    return step <= len(sentence) and step < nearest(deed)


def rate_date(sentence: str, start: int, end: int, when: When, published: date | None, order: int, *, language: str) -> float:
    """Rate a date by its words, its age and its place in the report, 0..1; the weights are by sense, not fitted."""
    rated = 0.7 - LATE_SHARE * min(order, 10)
    if is_of_law(sentence, start, end, language):
        rated *= LAW_SHARE
    if published is not None and (published - when.earliest).days > OLD_DAYS and when.precision != "day":
        rated *= OLD_SHARE
    return rated
