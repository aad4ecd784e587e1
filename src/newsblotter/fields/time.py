"""Read a phrase of time into days: "last Saturday night" in a report of 2024-05-20 is 2024-05-18.

Weekdays, "yesterday", "last week" and dates without a year are read from the day of publication; "two days earlier" from
the day that the story was at (``reference``). What needs a day that nobody gave is not read: None, never a guess.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from newsblotter.fields.clock import read_clock
from newsblotter.fields.datecues import date_cue_score, rate_date
from newsblotter.fields.tense import is_future
from newsblotter.fields.timefind import FIRST_YEAR, LAST_YEAR, find_times, time_kind
from newsblotter.fields.timeparts import Parts, collect, make_day
from newsblotter.lexicon import load_lexicon
from newsblotter.records import When

__all__ = [
    "date_cue_score",
    "edtf",
    "find_times",
    "is_future",
    "rate_date",
    "read_clock",
    "read_when",
    "time_kind",
]

# A date without a year that lies at most so many days after publication is taken as said (clocks and time zones
# differ); further on it is last year's. Chosen by sense.
_AHEAD_DAYS = 3
_DAY = timedelta(days=1)
_TWO_DAYS = re.compile(r"[PN][fja]?h?W\+W|WP&W")  # the classes of "the night of Monday to Tuesday"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _when(earliest: date, latest: date, precision: str) -> When | None:
    if earliest > latest or earliest.year < FIRST_YEAR or latest.year > LAST_YEAR:
        return None
    return When(earliest, latest, precision)


def _day(day: date) -> When | None:
    return _when(day, day, "day")


def _month(year: int, month: int) -> When | None:
    first = make_day(year, month, 1)
    return _when(first, first.replace(day=monthrange(year, month)[1]), "month") if first else None


def _year(year: int) -> When | None:
    return _when(date(year, 1, 1), date(year, 12, 31), "year") if FIRST_YEAR <= year <= LAST_YEAR else None


def _season(year: int, number: int) -> When | None:
    """Northern seasons by whole months; winter belongs to the year it begins in (EDTF 21 to 24)."""
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    first = {21: 3, 22: 6, 23: 9, 24: 12}[number]
    last_year, last = (year + 1, 2) if number == 24 else (year, first + 2)
    return _when(date(year, first, 1), date(last_year, last, monthrange(last_year, last)[1]), "season")


def _shift_months(day: date, months: int) -> tuple[int, int]:
    total = day.year * 12 + day.month - 1 + months
    return total // 12, total % 12 + 1


def _shift(day: date, days: int) -> date | None:
    """A day so many days on, None outside the calendar that we read."""
    ordinal = day.toordinal() + days
    if not date(FIRST_YEAR, 1, 1).toordinal() <= ordinal <= date(LAST_YEAR, 12, 31).toordinal():
        return None
    return date.fromordinal(ordinal)


def _around(low: date | None, high: date | None, precision: str) -> When | None:
    return _when(low, high, precision) if low and high else None


# --- from parts to days -----------------------------------------------------------------------------------------


def _near_year(parts: Parts, published: date | None, future: bool) -> When | None:
    """A day and month without a year: the latest not after publication, unless the tense says that it is to come."""
    month, day = parts.month or 0, parts.day or 0
    if published is None:
        return None
    order = (0, 1, -1, -2, -3, -4) if future else (0, -1, -2, -3, -4, 1)
    fits = []
    for offset in order:
        made = make_day(published.year + offset, month, day)
        if made is None:
            continue
        late = (made - published).days
        if late < 0 if future else late > _AHEAD_DAYS:
            fits.append((1, made))
        else:
            fits.append((0, made))
    if parts.weekday is not None:  # "Friday, June 27": the year in which the weekday is right
        right = [(penalty, made) for penalty, made in fits if made.weekday() == parts.weekday and penalty == 0]
        if right:
            return _day(min(right, key=lambda fit: (fit[0], abs((fit[1] - published).days)))[1])
    if not fits:
        return None
    return _day(min(fits, key=lambda fit: (fit[0], abs((fit[1] - published).days)))[1])


def _calendar_date(parts: Parts, published: date | None, future: bool) -> When | None:
    """Day and month, with or without a year, or a stretch of days within a month."""
    if parts.year is None:
        found = _near_year(parts, published, future)
    else:
        made = make_day(parts.year, parts.month or 0, parts.day or 0)
        found = _day(made) if made else None
    if found and parts.day_to is not None:
        last = make_day(found.earliest.year, found.earliest.month, parts.day_to)
        return _when(found.earliest, last, "days") if last and last > found.earliest else found
    return found


def _month_alone(parts: Parts, published: date | None, future: bool) -> When | None:
    """A month, of a stated year or the nearest past one; "mid-August" is its middle ten days."""
    month, year = parts.month or 0, parts.year
    if year is None:
        if published is None:
            return None
        year = published.year
        if "X" in parts.shift or (future and "L" not in parts.shift):
            year += month < published.month or ("X" in parts.shift and month == published.month)
        elif "L" in parts.shift:
            year -= month >= published.month
        elif "t" in parts.shift:  # "this September": of the year of publication
            pass
        else:
            year -= month > published.month
    whole = _month(year, month)
    if whole is None or not parts.stage:
        return whole
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, whole.latest.day)}.get(parts.stage, (1, whole.latest.day))
    return _when(whole.earliest.replace(day=first), whole.earliest.replace(day=last), "range")


def _stage_of(whole: When | None, stage: str, precision: str = "range") -> When | None:
    """The first, middle or last third of a stretch."""
    if whole is None or not stage:
        return whole
    days = (whole.latest - whole.earliest).days + 1
    third = days // 3
    low, high = {"early": (0, third), "mid": (third, 2 * third), "late": (2 * third, days)}.get(stage, (0, days))
    return _when(whole.earliest + low * _DAY, whole.earliest + (high - 1) * _DAY, precision)


def _weekday(parts: Parts, published: date | None, future: bool) -> When | None:
    """A weekday: the latest on or before publication; "last", "next", a week told and the future tense move it."""
    if published is None or parts.weekday is None:
        return None
    back = (published.weekday() - parts.weekday) % 7
    if parts.unit == "week" and parts.shift:
        week = {"L": -7, "X": 7}.get(parts.shift[-1], 0)
        monday = published - published.weekday() * _DAY
        found = _shift(monday, week + parts.weekday)
    elif "X" in parts.shift:
        found = _shift(published, (-back) % 7 or 7)
    elif "L" in parts.shift:
        found = _shift(published, -(back or 7))
    elif future:
        found = _shift(published, (-back) % 7)
    else:
        found = _shift(published, -back)
    if found is None:
        return None
    if _TWO_DAYS.search(parts.marks):
        return _around(found, _shift(found, 1), "days")
    return _day(found)


def _weekend(parts: Parts, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    saturday = _shift(published, -((published.weekday() - 5) % 7))
    if saturday is None:
        return None
    inside = published.weekday() >= 5
    if ("L" in parts.shift and "t" not in parts.shift and inside) or (parts.way < 0 and inside):
        saturday -= 7 * _DAY
    elif "X" in parts.shift or (future and not inside):
        saturday += 7 * _DAY
    return _around(saturday, _shift(saturday, 1), "weekend")


def _feast(parts: Parts, published: date | None, future: bool) -> When | None:
    """Christmas Day, Thanksgiving, Easter Monday: of the stated year or the latest one."""
    rule = str(load_lexicon("time")["holidays"].get(parts.feast, ""))
    if not rule or (parts.year is None and published is None):
        return None
    long = parts.weekend or (rule.endswith(" weekend") and not parts.part)
    rule = rule.removesuffix(" weekend")
    if parts.year is not None:
        made = _feast_day(rule, parts.year)
    else:
        assert published is not None
        days = [day for offset in (-1, 0, 1) if (day := _feast_day(rule, published.year + offset))]
        past = [day for day in days if (day - published).days <= _AHEAD_DAYS]
        coming = [day for day in days if day >= published]
        made = coming[0] if future and coming else past[-1] if past else None
    if made is None:
        return None
    if long:  # "July 4th weekend": the Friday to Monday around it
        friday = _shift(made, -((made.weekday() - 4) % 7 if made.weekday() not in (1, 2, 3) else made.weekday() - 4))
        return _around(friday, _shift(friday, 3), "weekend") if friday else None
    return _day(made)


def _feast_day(rule: str, year: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    words = rule.split()
    if words[0] == "easter":
        offset = int(words[1]) if len(words) > 1 else 0
        return _easter(year) + offset * _DAY
    if len(words) == 1:
        month, day = words[0].split("-")
        return make_day(year, int(month), int(day))
    nth, weekday, month_number = int(words[0]), _WEEKDAYS.index(words[1]), int(words[2])
    first = date(year, month_number, 1)
    found = first + ((weekday - first.weekday()) % 7 + 7 * (max(nth, 1) - 1)) * _DAY
    if nth < 0:
        last = first.replace(day=monthrange(year, month_number)[1])
        found = last - ((last.weekday() - weekday) % 7) * _DAY
    return found + (int(words[3]) if len(words) > 3 else 0) * _DAY


def _easter(year: int) -> date:
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


def _counted(parts: Parts, published: date | None, reference: When | None) -> When | None:
    """So many days, weeks, months or years before or after: from the story's day, or from publication."""
    from_now = parts.way_word in ("ago", "hence")
    base_when = None if from_now else reference
    if base_when is None and (published is None or parts.way > 0):
        return None  # "two days later" than what?
    base = base_when.earliest if base_when else published
    assert base is not None
    low, high = parts.low, parts.high
    if low is None or high is None:
        if parts.marks.startswith("h"):
            low = high = 1
        else:
            low, high = 2, {"minute": 59, "hour": 12, "day": 6, "week": 5, "month": 11}.get(parts.unit or "", 0)
    if not 0 <= low <= high:
        return None
    vague = low != high
    return _steps(base, base_when, parts, low, high, vague)


def _steps(base: date, base_when: When | None, parts: Parts, low: int, high: int, vague: bool) -> When | None:
    way, unit = parts.way, parts.unit
    if unit in ("minute", "hour"):
        per_day = 24 * 60 if unit == "minute" else 24
        return _around(*_in_order(base, way * round(low / per_day), way * round(high / per_day)), "days" if vague else "day")
    if unit == "day":
        latest = base_when.latest if base_when else base
        if not vague:
            return _around(_shift(base, way * low), _shift(latest, way * low), "day" if base == latest else "days")
        return _around(*_in_order(base, way * low, way * high), "days")
    if unit in ("week", "fortnight"):
        step = 14 if unit == "fortnight" else 7
        slack = 3 if not vague else 0  # "three weeks ago" is said within half a week of it
        ordered = _in_order(base, way * low * step, way * high * step)
        if None in ordered:
            return None
        return _around(_shift(ordered[0] or base, -slack), _shift(ordered[1] or base, slack), "week" if not vague else "range")
    if unit == "month":
        months = [_month(*_shift_months(base, way * n)) for n in (low, high) if n < 12 * (LAST_YEAR - FIRST_YEAR)]
        return _join(months, "month" if not vague else "range")
    if unit in ("year", "decade"):
        step = 10 if unit == "decade" else 1
        if high == 0:
            return None
        years = [_year(base.year + way * n * step) for n in (low, high)]
        return _join(years, "year" if not vague and step == 1 else "range")
    return None


def _in_order(base: date, first: int, second: int) -> tuple[date | None, date | None]:
    return _shift(base, min(first, second)), _shift(base, max(first, second))


def _join(parts: list[When | None], precision: str) -> When | None:
    known = [part for part in parts if part]
    if not known or len(known) < len(parts):
        return None
    return _when(min(part.earliest for part in known), max(part.latest for part in known), precision)


def _pointed(parts: Parts, published: date | None, reference: When | None) -> When | None:
    """This week, last month, the next day, that night, the past two weeks."""
    shift, unit = parts.shift, parts.unit
    if unit is None or unit in ("day", "hour", "minute"):
        return _pointed_day(parts, published, reference)
    if published is None or shift[-1:] in ("D", "s"):
        return None
    step = -1 if "L" in shift else 1 if "X" in shift else 0
    if parts.low is not None and parts.high is not None and step:
        if unit == "week" or unit == "fortnight":
            days = parts.high * (7 if unit == "week" else 14)
        else:
            days = parts.high * {"month": 31, "year": 366, "decade": 3653}.get(unit, 0)
        other = _shift(published, step * days)
        return _around(min(other, published), max(other, published), "range") if other else None
    if unit == "week":
        monday = _shift(published, 7 * step - published.weekday())
        whole = _around(monday, _shift(monday, 6), "week") if monday else None
    elif unit == "month":
        whole = _month(*_shift_months(published, step))
    elif unit == "year":
        whole = _year(published.year + step)
    else:
        return None
    if step == 0 and whole and parts.way < 0:  # "earlier this week": up to the day of publication
        return _when(whole.earliest, max(whole.earliest, published), whole.precision)
    if step == 0 and whole and parts.way > 0:
        return _when(min(whole.latest, published), whole.latest, whole.precision)
    return _stage_of(whole, parts.stage)


def _pointed_day(parts: Parts, published: date | None, reference: When | None) -> When | None:
    shift = parts.shift
    counted = parts.low is not None
    story = (parts.marks.startswith("h") and shift[-1:] in ("L", "X")) or shift[-1:] in ("D", "s")
    if story and not counted:  # "the next day": the story's
        if reference is None:
            return None
        step = {"L": -1, "X": 1}.get(shift[-1], 0)
        return _around(_shift(reference.earliest, step), _shift(reference.latest, step), reference.precision)
    if published is None:
        return None
    if parts.low is not None and parts.high is not None and parts.unit:  # "the last 24 hours", "past few days"
        days = parts.high if parts.unit == "day" else max(1, round(parts.high / 24)) if parts.unit == "hour" else 0
        step = -1 if "L" in shift else 1
        return _around(*_in_order(published, 0, step * days), "days")
    if "L" in shift:
        found = _shift(published, -1)
        return _day(found) if found else None
    if "X" in shift:
        found = _shift(published, 1)
        return _day(found) if found else None
    return _day(published) if "t" in shift else None


def _told(parts: Parts, published: date | None) -> When | None:
    """Today, yesterday; "the day before yesterday"."""
    if published is None:
        return None
    step = parts.told or 0
    if parts.unit == "day" and parts.way:
        step += parts.way
    found = _shift(published, step)
    return _day(found) if found else None


def _relative(parts: Parts, published: date | None, reference: When | None, future: bool) -> When | None:
    """Whatever names neither a date nor a month."""
    if parts.weekday is not None and not parts.weekend:
        return _weekday(parts, published, future)
    if parts.told is not None:
        return _told(parts, published)
    if parts.weekend:
        return _weekend(parts, published, future)
    if parts.unit and parts.way and not parts.shift and "j" not in parts.marks:
        return _counted(parts, published, reference)
    if parts.part and parts.way and parts.marks.startswith("h"):  # "the night before"
        if "L" in parts.shift:  # "the night before last"
            found = _shift(published, -2) if published else None
            return _day(found) if found else None
        base = reference.earliest if reference else published if parts.way < 0 else None
        found = _shift(base, parts.way) if base else None
        return _day(found) if found else None
    if parts.way and "j" in parts.marks and (parts.unit or parts.part):  # "earlier in the week"
        parts.shift = "t"
        return _pointed(parts, published, reference)
    if parts.shift and (parts.unit or parts.part):
        return _pointed(parts, published, reference)
    if parts.overnight:  # two thirds of the training data's incidents told so happened after midnight
        return _day(published) if published else None
    return None


def _day_first(whole: date, words: str, published: date | None) -> date:
    """The day of "12/03/2025" read day first, where month first it lies ahead of publication."""
    if published is None or "/" not in words or (whole - published).days <= _AHEAD_DAYS:
        return whole
    turned = make_day(whole.year, whole.day, whole.month)
    return turned if turned is not None and (turned - published).days <= _AHEAD_DAYS else whole


def read_when(text: str, start: int, end: int, published: date | None, *, reference: When | None = None) -> When | None:
    """Read a phrase of time into the days it means.

    Args:
        text: The report's text; words around the phrase tell the tense.
        start: Where the phrase begins, in code points.
        end: Where it ends, exclusive.
        published: Day of publication; None leaves only absolute dates readable.
        reference: The day that the story is at, for "two days earlier" and "the next day".

    Returns:
        The days, ends included, or None: not a date ("every Saturday", "3 p.m."), an impossible one ("Feb. 30"), or one
        that hangs on a day that is unknown ("two days later" without ``reference``).
    """
    parts = collect(text, start, end)
    if parts.repeated or parts.broken:
        return None
    if parts.whole is not None:
        return _day(_day_first(parts.whole, text[start:end], published))
    needs_tense = parts.year is None and (parts.weekday is not None or parts.month is not None or parts.weekend or parts.feast)
    future = bool(needs_tense) and is_future(text, start, end)
    if parts.month is not None and parts.unit == "year" and "L" in parts.shift and published is not None:
        parts.year, parts.shift = published.year - 1, ""  # "in February last year"
    if parts.feast is not None:
        return _feast(parts, published, future)
    if parts.month is not None:
        if parts.day is not None:
            return _calendar_date(parts, published, future)
        return _month_alone(parts, published, future)
    if parts.season is not None:
        return _season_of(parts, published)
    if parts.decade is not None:
        return _decade(parts)
    if parts.year is not None:
        return _stage_of(_year(parts.year), parts.stage)
    return _relative(parts, published, reference, future)


def _season_of(parts: Parts, published: date | None) -> When | None:
    """A season of a stated year, or the latest one that has begun."""
    number = parts.season or 21
    if parts.year is not None:
        return _stage_of(_season(parts.year, number), parts.stage)
    if published is None:
        return None
    year = published.year
    candidates = [found for offset in (1, 0, -1, -2) if (found := _season(year + offset, number))]
    if "X" in parts.shift:
        coming = [found for found in candidates if found.earliest > published]
        return coming[-1] if coming else None
    begun = [found for found in candidates if found.earliest <= published]
    if "t" in parts.shift and "L" not in parts.shift:  # "this summer" in spring is to come
        begun = [found for found in candidates if found.earliest <= published <= found.latest]
        begun += [found for found in candidates if found.earliest.year == published.year]
    if "L" in parts.shift and "t" not in parts.shift:
        begun = [found for found in begun if found.latest < published]
    return _stage_of(begun[0], parts.stage) if begun else None


def _decade(parts: Parts) -> When | None:
    first = parts.decade or 0
    low, high = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(parts.stage, (0, 9))
    if not FIRST_YEAR <= first <= LAST_YEAR - 9:
        return None
    return _when(date(first + low, 1, 1), date(first + high, 12, 31), "range")


def edtf(when: When) -> str:
    """Write days in the Extended Date/Time Format: "2017-03-25", "2016-12", "2013-22" (summer), "2024-05-13/2024-05-19"."""
    return when.edtf()
