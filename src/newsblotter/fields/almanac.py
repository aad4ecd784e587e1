"""Days of the calendar: months, seasons, feasts, and steps from one day to another.

Everything stays between the years that are read; what would fall outside is None.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from newsblotter.fields.timewords import FIRST_YEAR, LAST_YEAR
from newsblotter.records import When

DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def make_day(year: int, month: int, day: int) -> date | None:
    """The day of these numbers; None where the calendar has none, or the year lies out of range."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def make_when(earliest: date, latest: date, precision: str) -> When | None:
    """A stretch of days; None where it runs backwards or leaves the calendar."""
    if earliest > latest or earliest.year < FIRST_YEAR or latest.year > LAST_YEAR:
        return None
    return When(earliest, latest, precision)


def one_day(day: date) -> When | None:
    """One day."""
    return make_when(day, day, "day")


def one_month(year: int, month: int) -> When | None:
    """A whole month."""
    first = make_day(year, month, 1)
    return make_when(first, first.replace(day=monthrange(year, month)[1]), "month") if first else None


def one_year(year: int) -> When | None:
    """A whole year."""
    return make_when(date(year, 1, 1), date(year, 12, 31), "year") if FIRST_YEAR <= year <= LAST_YEAR else None


def one_season(year: int, number: int) -> When | None:
    """Northern seasons by whole months; winter belongs to the year it begins in (EDTF 21 to 24)."""
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    first = {21: 3, 22: 6, 23: 9, 24: 12}[number]
    last_year, last = (year + 1, 2) if number == 24 else (year, first + 2)
    return make_when(date(year, first, 1), date(last_year, last, monthrange(last_year, last)[1]), "season")


def shift_months(day: date, months: int) -> tuple[int, int]:
    """The year and month so many months on."""
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def move_day(day: date, days: int) -> date | None:
    """A day so many days on, None outside the calendar that we read."""
    ordinal = day.toordinal() + days
    if not date(FIRST_YEAR, 1, 1).toordinal() <= ordinal <= date(LAST_YEAR, 12, 31).toordinal():
        return None
    return date.fromordinal(ordinal)


def around(low: date | None, high: date | None, precision: str) -> When | None:
    """From one day to another; None where either is unknown."""
    return make_when(low, high, precision) if low and high else None


def stage_of(whole: When | None, stage: str, precision: str = "range") -> When | None:
    """The first, middle or last third of a stretch."""
    if whole is None or not stage:
        return whole
    if whole.precision == "season":  # a season's thirds are its months
        nth = {"early": 0, "mid": 1, "late": 2}.get(stage)
        month = one_month(*shift_months(whole.earliest, nth)) if nth is not None else whole
        return make_when(month.earliest, month.latest, precision) if month else None
    days = (whole.latest - whole.earliest).days + 1
    third = days // 3
    low, high = {"early": (0, third), "mid": (third, 2 * third), "late": (2 * third, days)}.get(stage, (0, days))
    return make_when(whole.earliest + low * DAY, whole.earliest + (high - 1) * DAY, precision)


def feast_day(rule: str, year: int) -> date | None:
    """The day of a feast in a year, by its rule in the lexicon: "12-25", "-1 mon 5", "easter -2"."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    words = rule.split()
    if words[0] == "easter":
        offset = int(words[1]) if len(words) > 1 else 0
        return easter(year) + offset * DAY
    if len(words) == 1:
        month, day = words[0].split("-")
        return make_day(year, int(month), int(day))
    nth, weekday, month_number = int(words[0]), _WEEKDAYS.index(words[1]), int(words[2])
    first = date(year, month_number, 1)
    found = first + ((weekday - first.weekday()) % 7 + 7 * (max(nth, 1) - 1)) * DAY
    if nth < 0:
        last = first.replace(day=monthrange(year, month_number)[1])
        found = last - ((last.weekday() - weekday) % 7) * DAY
    return found + (int(words[3]) if len(words) > 3 else 0) * DAY


def easter(year: int) -> date:
    """Gregorian Easter. Source: Meeus, Astronomical Algorithms, 1991, chapter 8."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * el) // 433
    month = (h + el - 7 * m + 90) // 25
    return date(year, month, (h + el - 7 * m + 33 * month + 19) % 32)


def in_order(base: date, first: int, second: int) -> tuple[date | None, date | None]:
    """The days at two distances from a day, the earlier first."""
    return move_day(base, min(first, second)), move_day(base, max(first, second))


def join_spans(parts: list[When | None], precision: str) -> When | None:
    """From the first day of all to the last; None where one is unknown."""
    known = [part for part in parts if part]
    if not known or len(known) < len(parts):
        return None
    return make_when(min(part.earliest for part in known), max(part.latest for part in known), precision)


def nearest_weekday(day: date, weekday: int) -> date | None:
    """The day of this weekday that lies nearest: three days back to three ahead."""
    return move_day(day, (weekday - day.weekday() + 3) % 7 - 3)


def nth_within(whole: When, nth: int, unit: str, weekday: int | None) -> When | None:
    """The first Monday, the last day, the second week or weekend of a month.

    Args:
        whole: The month.
        nth: 1 the first, -1 the last.
        unit: day, week, weekend or weekday.
        weekday: Of the week, 0 Monday, where the unit is a weekday.
    """
    first, last = whole.earliest, whole.latest
    if unit == "day":
        found = move_day(first, nth - 1) if nth > 0 else last
        return one_day(found) if found and found <= last else None
    if unit == "week":
        low = move_day(first, 7 * (nth - 1)) if nth > 0 else move_day(last, -6)
        return make_when(low, min(last, low + 6 * DAY), "week") if low and low <= last else None
    wanted = 5 if unit == "weekend" else weekday or 0
    if nth > 0:
        found = move_day(first, (wanted - first.weekday()) % 7 + 7 * (nth - 1))
    else:
        found = move_day(last, -((last.weekday() - wanted) % 7))
    if found is None or found > last:
        return None
    return around(found, move_day(found, 1), "weekend") if unit == "weekend" else one_day(found)


def share_of_year(year: int, share: str, nth: int) -> When | None:
    """A quarter ("q") or half ("l") of a year; -1 is the last."""
    months = 3 if share == "q" else 6
    count = 12 // months
    nth = count if nth < 0 else nth
    if not 1 <= nth <= count or one_year(year) is None:
        return None
    last = one_month(year, nth * months)
    return make_when(date(year, (nth - 1) * months + 1, 1), last.latest, "range") if last else None
