"""Days from Extended Date/Time Format, level 1, as far as the record writes it.

Source: Library of Congress, EDTF specification, 2019, levels 0 and 1.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from newsblotter.errors import UsageError
from newsblotter.records import When

_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}  # spring, summer, autumn, winter → first month (northern, meteorological)
_PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def read_edtf(words: str, field: str = "date") -> When:
    """The days that an expression means: 2017-03-25, 2017-03, 2017, 2017-21 (spring), 2017-03-25/2017-03-27.

    Raises:
        UsageError: It is no such expression, no such day, or ends before it begins.
    """
    first, slash, last = words.strip().partition("/")
    begin = _read_part(first, words, field)
    if not slash:
        return begin
    end = _read_part(last, words, field)
    if end.latest < begin.earliest:
        raise UsageError(f"{field}: {words} ends before it begins")
    if begin.earliest == end.latest:
        return begin
    days = (end.latest - begin.earliest).days + 1
    return When(begin.earliest, end.latest, "days" if days <= 3 else "range")


def _read_part(part: str, words: str, field: str) -> When:
    found = _PART.fullmatch(part.strip())
    if not found:
        raise UsageError(f"{field} takes a day such as 2017-03-25, 2017-03, 2017 or 2017-03-25/2017-03-27, not {words!r}")
    year, month, day = (int(number) if number else 0 for number in found.groups())
    try:
        if day:
            on = date(year, month, day)
            return When(on, on, "day")
        if month in _SEASONS:
            start = date(year, _SEASONS[month], 1)
            beyond = date(year + (start.month == 12), (start.month + 2) % 12 + 1, 1)
            return When(start, beyond - timedelta(days=1), "season")
        if found[2]:
            return When(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
        return When(date(year, 1, 1), date(year, 12, 31), "year")
    except ValueError as error:
        raise UsageError(f"{field}: {words!r} is no such day ({error})") from error
