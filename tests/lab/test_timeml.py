"""TimeML's types and values of invented sentences, and the measure of the shared task."""

from __future__ import annotations

from datetime import date

import pytest

from newsblotter_lab.tempeval import match
from newsblotter_lab.timeml import Timex, annotate

CREATED = date(1999, 11, 3)  # a Wednesday

TOLD = [
    ("The plant is now shut.", [("DATE", "PRESENT_REF", "now")]),
    ("Profit fell in recent years.", [("DATE", "PAST_REF", "recent years")]),
    ("It may sell ships in the near future.", [("DATE", "FUTURE_REF", "future")]),
    ("Future sales came as soon as hoped.", []),
    ("The plant was shut for nine months.", [("DURATION", "P9M", "nine months")]),
    ("A few days passed.", [("DURATION", "PXD", "A few days")]),
    ("It was a two-hour walk.", [("DURATION", "PT2H", "two-hour")]),
    ("A ten-year-old child met a guard 30 years old.", []),
    ("He fishes every Friday.", [("SET", "XXXX-WXX-5", "every Friday")]),
    ("It closed on Monday night.", [("TIME", "1999-11-01TNI", "Monday night")]),
    ("It closed at 6 p.m. Monday.", [("TIME", "1999-11-01T18:00", "6 p.m. Monday")]),
    ("It closed last week.", [("DATE", "1999-W43", "last week")]),
    ("It closed early last week.", [("DATE", "1999-W43", "early last week")]),
    ("It closed over the weekend.", [("DATE", "1999-W43-WE", "the weekend")]),
    ("It closed last summer.", [("DATE", "1999-SU", "last summer")]),
    ("It closed in nineteen ninety-six.", [("DATE", "1996", "nineteen ninety-six")]),
    ("It closed in the 19th century.", [("DATE", "18", "the 19th century")]),
    ("Profit rose in the third quarter.", [("DATE", "1999-Q3", "the third quarter")]),
    (
        "Profit rose in the second quarter from a year earlier.",
        [("DATE", "1999-Q2", "the second quarter"), ("DATE", "1998-Q2", "a year earlier")],
    ),
    ("Profit was higher a year earlier.", [("DATE", "1998", "a year earlier")]),
    ("Sales rose between 1985 and 1987.", [("DATE", "1985", "1985"), ("DATE", "1987", "1987")]),
    ("It ran from March to May 1998.", [("DATE", "1998-03", "March"), ("DATE", "1998-05", "May 1998")]),
    ("It ran on June 28-29, 1998.", [("DATE", "1998-06-29", "June 28-29, 1998")]),
    ("It closed two years after the fire.", [("DURATION", "P2Y", "two years after")]),
    ("It may shut in the year two thousand.", [("DATE", "2000", "the year two thousand")]),
    ("The offer was extended to Nov. 20.", [("DATE", "1999-11-20", "Nov. 20")]),
    ("The offer began on Nov. 20.", [("DATE", "1998-11-20", "Nov. 20")]),
    ("It must be paid by February.", [("DATE", "2000-02", "February")]),
    ("It was paid in February.", [("DATE", "1999-02", "February")]),
    ("Shops are closed until Friday.", [("DATE", "1999-11-05", "Friday")]),
    ("It closed soon after.", []),
    (
        "It opened on May 2, 1995. The following year it closed.",
        [("DATE", "1995-05-02", "May 2, 1995"), ("DATE", "1996", "The following year")],
    ),
    ('He told ABC\'s "This Week" so.', []),
    ("By year-end it will close.", [("DATE", "1999-12-31", "year-end")]),
    ("By year's end it will close.", [("DATE", "1999", "year's end")]),
    ("The next day it closed.", [("DATE", "1999-11-04", "The next day")]),
    ("It closed two weeks ago.", [("DATE", "1999-10-20", "two weeks ago")]),
    ("It closed a few days ago.", [("DATE", "PAST_REF", "a few days ago")]),
    ("Year-earlier sales were higher.", [("DATE", "1998", "Year-earlier")]),
    ("He sang in the late 1980's.", [("DATE", "198", "the late 1980's")]),
    ("It lost in the 1997-98 season.", [("DATE", "1997", "the 1997-98")]),
    ("The ministers meet Friday in Oslo.", [("DATE", "1999-11-05", "Friday")]),
    ("The ministers met Friday in Oslo.", [("DATE", "1999-10-29", "Friday")]),
    ("The fair is this weekend.", [("DATE", "1999-W44-WE", "this weekend")]),
    ("The fiscal year was poor; fiscal 1998 was not.", [("DATE", "1999", "The fiscal year"), ("DATE", "1998", "fiscal 1998")]),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case, id=case[0]) for case in TOLD])
def test_annotate(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(t.kind, t.value, text[t.start : t.end]) for t in annotate(text, CREATED)] == expected


def test_each_expression_matches_once() -> None:
    gold = [Timex(0, 4, "DATE", "1999"), Timex(5, 9, "DATE", "1998"), Timex(20, 24, "DATE", "1997")]
    found = [Timex(2, 7, "DATE", "1999"), Timex(30, 34, "DATE", "1990")]
    assert list(match(gold, found)) == [(gold[0], found[0]), (gold[1], None), (gold[2], None), (None, found[1])]
