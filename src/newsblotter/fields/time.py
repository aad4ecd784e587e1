"""Read a phrase of time into days: "last Saturday night" in a report of 2024-05-20 is 2024-05-18.

Weekdays, "yesterday", "last week" and dates without a year are read from the day of publication; "two days earlier" from
the day that the story was at (``reference``). What needs a day that nobody gave is not read: None, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from newsblotter.fields.almanac import (
    DAY,
    around,
    feast_day,
    in_order,
    join_spans,
    make_day,
    make_when,
    move_day,
    nearest_weekday,
    nth_within,
    one_day,
    one_month,
    one_season,
    one_year,
    share_of_year,
    shift_months,
    stage_of,
)
from newsblotter.fields.clock import read_clock
from newsblotter.fields.datecues import date_cue_score, rate_date
from newsblotter.fields.tense import is_future, is_limit, is_timetabled, may_lie_ahead, tell_tense
from newsblotter.fields.timefind import find_times, time_kind
from newsblotter.fields.timeparts import Parts, collect_tokens, find_joint
from newsblotter.fields.timewords import FIRST_YEAR, LAST_YEAR, tokenize
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
_OPEN_DAYS = 120  # where no verb tells the tense, a date without a year is taken as to come within so many days; TimeBank

_SHORT_YEAR_AHEAD = 10  # "'66" is at most so many years ahead of publication, else of the century before; chosen by sense
_OPEN_MONTHS = 6  # a month that may lie ahead is the nearest one, no more than so many ahead


# --- from parts to days -----------------------------------------------------------------------------------------


def _near_year(parts: Parts, published: date | None, tense: str | None) -> When | None:
    """A day and month without a year: the latest not after publication, unless the tense says that it is to come.

    Where nothing tells the tense, it is the nearest.
    """
    month, day = parts.month or 0, parts.day or 0
    if published is None:
        return None
    fits = []
    for offset in (0, -1, -2, -3, -4, 1):
        made = make_day(published.year + offset, month, day)
        if made is None:
            continue
        late = (made - published).days
        wrong = late < 0 if tense == "future" else late > _AHEAD_DAYS if tense == "past" else late > _OPEN_DAYS
        fits.append((int(wrong), made))
    if parts.weekday is not None:  # "Friday, June 27": the year in which the weekday is right
        right = [(penalty, made) for penalty, made in fits if made.weekday() == parts.weekday and penalty == 0]
        fits = right or fits
    if not fits:
        return None
    return one_day(min(fits, key=lambda fit: (fit[0], abs((fit[1] - published).days)))[1])


def _calendar_date(parts: Parts, published: date | None, tense: str | None) -> When | None:
    """Day and month, with or without a year, or a stretch of days within a month."""
    if parts.year is None:
        found = _near_year(parts, published, tense)
    else:
        made = make_day(parts.year, parts.month or 0, parts.day or 0)
        found = one_day(made) if made else None
    if found and parts.day_to is not None:
        last = make_day(found.earliest.year, found.earliest.month, parts.day_to)
        return make_when(found.earliest, last, "days") if last and last > found.earliest else found
    return found


def _month_alone(parts: Parts, published: date | None, tense: str | None) -> When | None:
    """A month, of a stated year or the nearest past one; "mid-August" is its middle ten days."""
    month, year = parts.month or 0, parts.year
    if year is None:
        if published is None:
            return None
        year = published.year
        if "X" in parts.shift or (tense == "future" and "L" not in parts.shift):
            year += month < published.month or ("X" in parts.shift and month == published.month)
        elif "L" in parts.shift:  # the month just past is "last month": "last February" in March is a year older
            year -= month >= published.month - 1
            year -= month == 12 and published.month == 1
        elif "t" in parts.shift:  # "this September": of the year of publication
            pass
        elif tense == "open":
            year += (published.month - month > _OPEN_MONTHS) - (month - published.month > _OPEN_MONTHS)
        else:
            year -= month > published.month
    whole = one_month(year, month)
    if whole is None or not parts.stage:
        return whole
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, whole.latest.day)}.get(parts.stage, (1, whole.latest.day))
    return make_when(whole.earliest.replace(day=first), whole.earliest.replace(day=last), "range")


def _weekday(parts: Parts, published: date | None, future: bool) -> When | None:
    """A weekday: the latest on or before publication; "last", "next", a week told and the future tense move it."""
    if published is None or parts.weekday is None:
        return None
    back = (published.weekday() - parts.weekday) % 7
    if parts.unit == "week" and parts.shift:
        week = {"L": -7, "X": 7}.get(parts.shift[-1], 0)
        monday = published - published.weekday() * DAY
        found = move_day(monday, week + parts.weekday)
    elif "X" in parts.shift:
        found = move_day(published, (-back) % 7 or 7)
    elif "L" in parts.shift:
        found = move_day(published, -(back or 7))
    elif future:
        found = move_day(published, (-back) % 7)
    else:
        found = move_day(published, -back)
    if found is None:
        return None
    return one_day(found)


def _weekend(parts: Parts, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    saturday = move_day(published, -((published.weekday() - 5) % 7))
    if saturday is None:
        return None
    inside = published.weekday() >= 5
    if "rL" in parts.marks:
        saturday -= 14 * DAY if inside else 7 * DAY
        return around(saturday, move_day(saturday, 1), "weekend")
    if ("L" in parts.shift and "t" not in parts.shift and inside) or (parts.way < 0 and inside):
        saturday -= 7 * DAY
    elif "X" in parts.shift or (future and not inside):
        saturday += 7 * DAY
    return around(saturday, move_day(saturday, 1), "weekend")


def _feast(parts: Parts, published: date | None, future: bool) -> When | None:
    """Christmas Day, Thanksgiving, Easter Monday: of the stated year or the latest one."""
    rules = str(load_lexicon("time")["holidays"].get(parts.feast, ""))
    if not rules or (parts.year is None and published is None):
        return None
    offset = parts.way if parts.unit == "day" else parts.before_feast
    long = (parts.weekend or (rules.endswith(" weekend") and not parts.part)) and not offset and parts.weekday is None
    year = parts.year if parts.year is not None else published.year if published is not None else 0
    near = (0,) if parts.year is not None else (-1, 0, 1)
    all_days = sorted(
        day for rule in rules.split("|") for step in near if (day := feast_day(rule.strip().removesuffix(" weekend"), year + step))
    )
    if published is None or parts.year is not None:
        made = all_days[0] if all_days else None
    else:
        past = [day for day in all_days if (day - published).days <= _AHEAD_DAYS]
        coming = [day for day in all_days if day >= published]
        made = coming[0] if future and coming else past[-1] if past else None
    if made is not None and offset:
        made = move_day(made, offset)
    elif made is not None and parts.weekday is not None and parts.way:  # "the Saturday before Easter"
        away = (made.weekday() - parts.weekday) % 7 or 7
        made = move_day(made, -away if parts.way < 0 else 7 - away % 7)
    if made is None:
        return None
    if long:  # "July 4th weekend": the Friday to Monday around it; a Monday's is three days long
        back = 2 if made.weekday() == 0 else (made.weekday() - 4) % 7 if made.weekday() not in (1, 2, 3) else made.weekday() - 4
        first = move_day(made, -back)
        return around(first, move_day(first, 2 if made.weekday() == 0 else 3), "weekend") if first else None
    return one_day(made)


def _anchored(parts: Parts, published: date | None, reference: When | None) -> When | None:
    """ "A week ago Tuesday", "a year ago today", "two years ago on 4 May", "exactly a month ago"."""
    base = reference.earliest if reference is not None and parts.way_word != "ago" else published
    if base is None or parts.low is None or parts.low != parts.high:
        return None
    count = parts.way * parts.low
    if parts.unit in ("month", "year"):
        year, month = shift_months(base, count * (12 if parts.unit == "year" else 1))
        there = make_day(year, month, base.day) or make_day(year, month, base.day - 1) or make_day(year, month, 28)
    else:
        there = move_day(base, count * {"week": 7, "fortnight": 14, "day": 1}.get(parts.unit or "", 0))
    if there is None:
        return None
    if parts.month is not None:
        made = make_day(there.year, parts.month, parts.day or 0)
        return one_day(made) if made else None
    if parts.weekday is not None:
        day = nearest_weekday(there, parts.weekday)
        return one_day(day) if day else None
    if parts.told is not None:
        day = move_day(there, parts.told)
        return one_day(day) if day else None
    if parts.within == "week":
        return around(move_day(there, -(there.weekday())), move_day(there, 6 - there.weekday()), "week")
    if parts.within == "month":
        return one_month(there.year, there.month)
    return one_day(there)


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
        return around(*in_order(base, way * round(low / per_day), way * round(high / per_day)), "days" if vague else "day")
    if unit == "day":
        latest = base_when.latest if base_when else base
        if not vague:
            return around(move_day(base, way * low), move_day(latest, way * low), "day" if base == latest else "days")
        return around(*in_order(base, way * low, way * high), "days")
    if unit in ("week", "fortnight"):
        step = 14 if unit == "fortnight" else 7
        slack = 3 if not vague else 0  # "three weeks ago" is said within half a week of it
        ordered = in_order(base, way * low * step, way * high * step)
        if None in ordered:
            return None
        return around(move_day(ordered[0] or base, -slack), move_day(ordered[1] or base, slack), "week" if not vague else "range")
    if unit == "month":
        months = [one_month(*shift_months(base, way * n)) for n in (low, high) if n < 12 * (LAST_YEAR - FIRST_YEAR)]
        return join_spans(months, "month" if not vague else "range")
    if unit in ("year", "decade"):
        step = 10 if unit == "decade" else 1
        if high == 0:
            return None
        years = [one_year(base.year + way * n * step) for n in (low, high)]
        return join_spans(years, "year" if not vague and step == 1 else "range")
    return None


def _whole_unit(unit: str, day: date) -> When | None:
    """The week, month or year that a day lies in."""
    if unit == "week":
        monday = move_day(day, -day.weekday())
        return around(monday, move_day(monday, 6), "week") if monday else None
    if unit == "month":
        return one_month(day.year, day.month)
    return one_year(day.year) if unit == "year" else None


def _step_on(unit: str, day: date) -> date | None:
    """A day of the next week, month or year."""
    if unit == "week":
        return move_day(day, 7)
    if unit not in ("month", "year"):
        return None
    return make_day(*shift_months(day, 12 if unit == "year" else 1), 1)


def _pointed(parts: Parts, published: date | None, reference: When | None) -> When | None:
    """This week, last month, the next day, that night, the past two weeks."""
    shift, unit = parts.shift, parts.unit
    if unit is None or unit in ("day", "hour", "minute"):
        return _pointed_day(parts, published, reference)
    if shift[-1:] in ("D", "s") and parts.low is None:  # "that year", "the same month": the story's
        return _whole_unit(unit, reference.earliest) if reference is not None else None
    if published is None or shift[-1:] in ("D", "s"):
        return None
    if parts.follows and reference is not None and parts.low is None:
        following = _step_on(unit, reference.earliest)
        return _whole_unit(unit, following) if following is not None else None
    step = -2 if "rL" in parts.marks else -1 if "L" in shift else 1 if "X" in shift else 0
    if parts.low is not None and parts.high is not None and step:
        if unit == "week" or unit == "fortnight":
            days = parts.high * (7 if unit == "week" else 14)
        else:
            days = parts.high * {"month": 31, "year": 366, "decade": 3653}.get(unit, 0)
        other = move_day(published, step * days)
        return around(min(other, published), max(other, published), "range") if other else None
    if unit == "week":
        monday = move_day(published, 7 * step - published.weekday())
        whole = around(monday, move_day(monday, 6), "week") if monday else None
    elif unit == "month":
        whole = one_month(*shift_months(published, step))
    elif unit == "year":
        whole = one_year(published.year + step)
    elif unit == "decade":
        first = (published.year // 10 + step) * 10
        whole = join_spans([one_year(first), one_year(first + 9)], "range")
    else:
        return None
    if step == 0 and whole and parts.way < 0:  # "earlier this week": up to the day of publication
        return make_when(whole.earliest, max(whole.earliest, published), whole.precision)
    if step == 0 and whole and parts.way > 0:
        return make_when(min(whole.latest, published), whole.latest, whole.precision)
    return stage_of(whole, parts.stage)


def _pointed_day(parts: Parts, published: date | None, reference: When | None) -> When | None:
    shift = parts.shift
    counted = parts.low is not None
    story = (parts.marks.startswith("h") and shift[-1:] in ("L", "X")) or shift[-1:] in ("D", "s")
    if story and not counted:  # "the next day": the story's
        if reference is None:
            return None
        step = {"L": -1, "X": 1}.get(shift[-1], 0)
        return around(move_day(reference.earliest, step), move_day(reference.latest, step), reference.precision)
    if published is None:
        return None
    if parts.low is not None and parts.high is not None and parts.unit:  # "the last 24 hours", "past few days"
        days = parts.high if parts.unit == "day" else max(1, round(parts.high / 24)) if parts.unit == "hour" else 0
        step = -1 if "L" in shift else 1
        return around(*in_order(published, 0, step * days), "days")
    if "L" in shift:
        found = move_day(published, -1)
        return one_day(found) if found else None
    if "X" in shift:
        found = move_day(published, 1)
        return one_day(found) if found else None
    return one_day(published) if "t" in shift else None


def _told(parts: Parts, published: date | None) -> When | None:
    """Today, yesterday; "the day before yesterday"."""
    if published is None:
        return None
    step = parts.told or 0
    if parts.unit == "day" and parts.way:
        step += parts.way
    found = move_day(published, step)
    return one_day(found) if found else None


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
            found = move_day(published, -2) if published else None
            return one_day(found) if found else None
        base = reference.earliest if reference else published if parts.way < 0 else None
        found = move_day(base, parts.way) if base else None
        return one_day(found) if found else None
    if parts.way and "j" in parts.marks and (parts.unit or parts.part):  # "earlier in the week"
        parts.shift = "t"
        return _pointed(parts, published, reference)
    if parts.shift and (parts.unit or parts.part):
        return _pointed(parts, published, reference)
    if parts.overnight:  # either side of midnight: in training reports that name no hour, as often the one as the other
        return around(move_day(published, -1), published, "days") if published else None
    return None


def _day_first(whole: date, words: str, published: date | None) -> date:
    """The day of "12/03/2025" read day first, where month first it lies ahead of publication."""
    if published is None or "/" not in words or (whole - published).days <= _AHEAD_DAYS:
        return whole
    turned = make_day(whole.year, whole.day, whole.month)
    return turned if turned is not None and (turned - published).days <= _AHEAD_DAYS else whole


def read_when(
    text: str, start: int, end: int, published: date | None, *, reference: When | None = None, ahead: bool = False
) -> When | None:
    """Read a phrase of time into the days it means.

    Args:
        text: The report's text; words around the phrase tell the tense.
        start: Where the phrase begins, in code points.
        end: Where it ends, exclusive.
        published: Day of publication; None leaves only absolute dates readable.
        reference: The day that the story is at, for "two days earlier" and "the next day".
        ahead: Whether the text speaks of plans as readily as of what was: a month or date without a year may then lie ahead
            in a sentence of the past tense too ("extended its offer to Nov. 20").

    Returns:
        The days, ends included, or None: not a date ("every Saturday", "3 p.m."), an impossible one ("Feb. 30"), or one
        that hangs on a day that is unknown ("two days later" without ``reference``).
    """
    tokens = tokenize(text, start, end)
    parts = collect_tokens(text, tokens)
    if parts.repeated or parts.broken:
        return None
    if parts.whole is not None:
        return one_day(_day_first(parts.whole, text[start:end], published))
    if "p" in parts.marks and parts.year and published and parts.year > published.year + _SHORT_YEAR_AHEAD:
        parts.year -= 100
    needs_tense = parts.year is None and (parts.weekday is not None or parts.month is not None or parts.weekend or parts.feast)
    tense = tell_tense(text, start, end) if needs_tense else None
    arranged = tense is None and not parts.shift and is_timetabled(text, start)
    if ahead and parts.weekday is not None and parts.month is None and (arranged or is_limit(text, start)):
        tense = "future"
    if ahead and parts.weekend and "t" in parts.shift and tense is None:
        tense = "future"  # "a summit this weekend"
    if ahead and parts.month is not None and parts.weekday is None and (tense is None or may_lie_ahead(text, start, end)):
        tense = "future" if tense == "future" else "open"
    read = partial(_read, published=published, reference=reference, tense=tense)
    joint = find_joint(parts.marks)
    if joint is not None:
        sides = collect_tokens(text, tokens[:joint]), collect_tokens(text, tokens[joint + 1 :])
        found = _stretch(*sides, read)
        if found is not None:
            return found
    return read(parts)


def _stretch(left: Parts, right: Parts, read: Callable[[Parts], When | None]) -> When | None:
    """From the first day, month or year of a phrase to its last; each side lends the other what that leaves out."""
    if right.month is None and right.day is not None:
        right.month = left.month
    if left.month is None and left.day is not None:
        left.month = right.month
    if left.year is None and right.year is not None and left.month is not None and right.month is not None:
        left.year = right.year - (left.month > right.month)
    if right.year is None and left.month is not None:
        right.year = left.year
    if left.unit is None and right.unit == "year" and left.year is None:
        left.unit, left.shift = right.unit, right.shift
    first, last = read(left), read(right)
    if first is None or last is None:
        return None
    if first.earliest > last.latest:
        if left.weekday is None or left.month is not None:
            return None
        first = When(first.earliest - 7 * DAY, first.latest - 7 * DAY, first.precision)
    days = first.precision == "day" and last.precision == "day"
    return make_when(first.earliest, last.latest, "days" if days else "range")


def _read(parts: Parts, published: date | None, reference: When | None, tense: str | None) -> When | None:
    """One day, month or year, by what its phrase names."""
    future = tense == "future"
    if parts.unit == "year" and published is not None and parts.year is None and (parts.month or parts.share) and parts.shift:
        step = {"L": -1, "X": 1, "t": 0}.get(parts.shift[-1])  # "in February last year", "the first half of this year"
        if step is not None:
            parts.year, parts.shift = published.year + step, ""
    if parts.feast is not None:
        return _feast(parts, published, future)
    if parts.unit and parts.way and parts.low is not None and (parts.weekday, parts.told, parts.month, parts.within) != (None,) * 4:
        return _anchored(parts, published, reference)
    if parts.exact and parts.way and parts.unit in ("month", "year", "week"):
        return _anchored(parts, published, reference)
    if parts.nth is not None:
        whole = _month_alone(parts, published, tense)
        return nth_within(whole, *parts.nth, parts.weekday) if whole else None
    if parts.month is not None:
        if parts.day is not None:
            return _calendar_date(parts, published, tense)
        if "D" in parts.shift and parts.unit == "year":  # "June of that year"
            return one_month(reference.earliest.year, parts.month) if reference is not None else None
        return _month_alone(parts, published, tense)
    if parts.season is not None:
        return _season_of(parts, published)
    if parts.decade is not None:
        return _decade(parts)
    if parts.share is not None:
        return share_of_year(parts.year, *parts.share) if parts.year is not None else None
    if parts.year is not None:
        if parts.year_to is not None:
            return join_spans([one_year(parts.year), one_year(parts.year_to)], "range")
        return stage_of(one_year(parts.year), parts.stage)
    return _relative(parts, published, reference, future)


def _season_of(parts: Parts, published: date | None) -> When | None:
    """A season of a stated year, or the latest one that has begun."""
    number = parts.season or 21
    if parts.year is not None:
        return stage_of(one_season(parts.year, number), parts.stage)
    if published is None:
        return None
    year = published.year
    candidates = [found for offset in (1, 0, -1, -2) if (found := one_season(year + offset, number))]
    if "X" in parts.shift:
        coming = [found for found in candidates if found.earliest > published]
        return coming[-1] if coming else None
    begun = [found for found in candidates if found.earliest <= published]
    if "t" in parts.shift and "L" not in parts.shift:  # "this summer" in spring is to come
        begun = [found for found in candidates if found.earliest <= published <= found.latest]
        begun += [found for found in candidates if found.earliest.year == published.year]
    if "L" in parts.shift and "t" not in parts.shift:
        begun = [found for found in begun if found.latest < published]
    return stage_of(begun[0], parts.stage) if begun else None


def _decade(parts: Parts) -> When | None:
    first = parts.decade or 0
    low, high = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(parts.stage, (0, 9))
    if not FIRST_YEAR <= first <= LAST_YEAR - 9:
        return None
    return make_when(date(first + low, 1, 1), date(first + high, 12, 31), "range")


def edtf(when: When) -> str:
    """Write days in the Extended Date/Time Format: "2017-03-25", "2016-12", "2013-22" (summer), "2024-05-13/2024-05-19"."""
    return when.edtf()
