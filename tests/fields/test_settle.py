"""Of the dates that a report names, the incident's stays; what points back to the lead gets its place and premises."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from newsblotter.fields.datecues import rate_date
from newsblotter.fields.settle import (
    DATELINE_TOP,
    POINTED_SHARE,
    PRINTED_SCORE,
    date_by_clock,
    date_by_publication,
    fineness,
    gap_days,
    point_back,
    settle_date,
    settle_role,
    settle_time,
)
from newsblotter.fields.time import read_clock, read_when
from newsblotter.fields.timefind import find_times
from newsblotter.records import Claim, Mention, Outcome, Reality, Report, Role, Value, When, Where, cut_quote

PUBLISHED = date(2019, 5, 16)  # a Thursday


def make(text: str, published: date | None = PUBLISHED) -> Report:
    return Report("r", "r", None, None, "", text, "en", published)


def claim(report: Report, field: str, words: str, value: Value | None, score: float = 0.8) -> Claim:
    start = report.text.index(words)
    return Claim(f"{field}{start}", "m", field, cut_quote(report, start, start + len(words)), value, None, score)


def dates(report: Report) -> list[Claim]:
    found = []
    for span in find_times(report.text):
        when = read_when(report.text, span.start, span.end, report.published)
        if when is not None:
            found.append(Claim(f"d{span.start}", "m", "date", cut_quote(report, span.start, span.end), when, None, 0.8))
    return found


def best(claims: tuple[Claim, ...]) -> str | None:
    if not claims:
        return None
    value = max(claims, key=lambda c: (c.score, -c.quote.start)).value
    assert isinstance(value, When)
    return value.edtf()


SETTLED = [
    ("the deed", "A man robbed a bank in Cork on Tuesday, police said.", "2019-05-14"),
    ("not the arrest", "A bank in Cork was robbed on Monday. A man was arrested on Wednesday.", "2019-05-13"),
    ("not the court", "A man appeared in court on Wednesday over a robbery at a bank in Cork on Friday.", "2019-05-10"),
    (
        "not the sentence, years after",
        "Two men were jailed on Wednesday for robbing a bank in Exeter in October 2016.",
        "2016-10",
    ),
    (
        "arrested this week for a deed of the year before",
        "A man was arrested on Tuesday over the robbery of a jeweller in March 2018.",
        "2018-03",
    ),
    ("not the funeral", "He was shot on 4 May outside his home. A vigil was held on Tuesday.", "2019-05-04"),
    ("not what is to come", "A bank in Cork was robbed on Tuesday. It will reopen on 3 June.", "2019-05-14"),
    ("the day within its month", "The raid in April shocked all. Robbers struck on 9 April at noon.", "2019-04-09"),
    ("told twice", "A man was shot on Monday. Officers said the man was shot on Monday. Rain fell on Tuesday.", "2019-05-13"),
    ("no date", "A man robbed a bank in Cork.", None),
    ("a month that owns its deed", "Police arrested a man on Tuesday over February's robbery of a bank in Cork.", "2019-02"),
    (
        "not the day of the find, years after",
        "Police have recovered the cello that was stolen in Cork in March 2016. It was found in a house in Bray on Monday.",
        "2016-03",
    ),
    ("the day of the find tells of the deed", "A man was found shot dead in a house in Cork on Monday.", "2019-05-13"),
    (
        "not the day of a decision",
        "The board kept Tom Roe in prison, who killed two men in Cork in June 2001. The decision was made public on Tuesday.",
        "2001-06",
    ),
    (
        "not the charge, named without an article",
        "Three men were charged with armed robbery on Monday after a bank in Cork was robbed on 3 April.",
        "2019-04-03",
    ),
    (
        "not where they were held",
        "Two men who robbed a bank in Cork on 2 April were held at a house in Bray on Monday.",
        "2019-04-02",
    ),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*c[1:], id=c[0]) for c in SETTLED])
def test_settle_date(text: str, expected: str | None) -> None:
    report = make(text)
    assert best(settle_date(report, dates(report), rate_date)) == expected


def _told() -> list[dict[str, str]]:
    with (Path(__file__).parent / "cases" / "time_incident.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in _told()])
def test_the_incidents_day_among_the_days_of_a_report(row: dict[str, str]) -> None:
    report = make(row["text"], date.fromisoformat(row["published"]) if row["published"] else None)
    hours = [hour for span in find_times(report.text) if (hour := read_clock(report.text, span.start, span.end))]
    assert (best(settle_date(report, dates(report), rate_date, hours)) or "") == row["edtf"]


def test_a_date_after_the_report_is_not_the_incidents() -> None:
    report = make("Robbed on 20 June 2019.")
    assert (
        settle_date(report, [claim(report, "date", "20 June 2019", When(date(2019, 6, 20), date(2019, 6, 20), "day"))], rate_date)
        == ()
    )


def dateline(report: Report, day: date) -> Claim:
    return claim(report, "date", "May 15", When(day, day, "day"), DATELINE_TOP)


DATELINES = [
    ("nothing else dates it", "A post of May 15 tells of a raid.", date(2019, 5, 15), "2019-05-15"),
    ("older than two days", "A post of May 15 tells of a raid.", date(2019, 5, 12), None),
    ("a day in the text", "A post of May 15 tells of a raid on Monday.", date(2019, 5, 15), "2019-05-13"),
]


@pytest.mark.parametrize(("text", "day", "expected"), [pytest.param(*c[1:], id=c[0]) for c in DATELINES])
def test_a_posts_dateline_is_the_last_resort(text: str, day: date, expected: str | None) -> None:
    report = make(text)
    others = [c for c in dates(report) if c.quote.text == "on Monday" or c.quote.text == "Monday"]
    assert best(settle_date(report, [dateline(report, day), *others], rate_date)) == expected


@pytest.mark.parametrize("published", [PUBLISHED, None])
def test_order_of_claims_changes_nothing(published: date | None) -> None:
    report = make(SETTLED[1][1] + " " + SETTLED[5][1], published)
    told = dates(report)
    first = sorted(settle_date(report, told, rate_date), key=lambda c: c.id)
    assert sorted(settle_date(report, told[::-1], rate_date), key=lambda c: c.id) == first
    assert all(0 < c.score <= 1 for c in first)


def test_fresh_news_without_a_day_is_of_the_day_it_is_printed() -> None:
    report = make("A bank was robbed in Larkham. Officers are looking for two men.")
    mention = Mention("m", "r", "robbery", Role.MAIN, cut_quote(report, 11, 17), Reality.ACTUAL)
    (printed,) = date_by_publication(report, mention)
    assert (best((printed,)), printed.quote.text, printed.score) == ("2019-05-16", "robbed", PRINTED_SCORE)
    assert date_by_publication(make(report.text, None), mention) == ()
    assert date_by_publication(report, replace(mention, role=Role.FOLLOW_UP)) == ()
    assert date_by_publication(report, replace(mention, reality=Reality.PLANNED)) == ()
    step = claim(report, "outcomes", "Officers", Outcome("arrest"))
    assert date_by_publication(report, replace(mention, claims=(step,))) == ()


def test_an_hour_alone_speaks_of_the_day_of_the_report() -> None:
    report = make("A bank was robbed at 3 p.m.")
    clock = claim(report, "time", "3 p.m.", "15:00")
    mention = Mention("m", "r", "robbery", Role.MAIN, cut_quote(report, 11, 17), Reality.ACTUAL)
    assert best(date_by_clock(report, mention, [clock])) == "2019-05-16"
    assert date_by_clock(make(report.text, None), mention, [clock]) == ()
    assert date_by_clock(report, mention, []) == ()


def test_the_hour_beside_the_date_stays() -> None:
    report = make("Doors opened at 9 a.m. It was robbed on Monday at 3 p.m.")
    day = claim(report, "date", "Monday at 3 p.m", When(date(2019, 5, 13), date(2019, 5, 13), "day"))
    clocks = [claim(report, "time", "9 a.m", "09:00", 0.9), claim(report, "time", "3 p.m", "15:00", 0.5)]
    assert [c.value for c in settle_time([day], clocks)] == ["15:00"]
    assert [c.value for c in settle_time([], clocks)] == ["09:00"]
    assert settle_time([day], []) == ()


DAY = When(date(2019, 5, 14), date(2019, 5, 14), "day")
MAY = When(date(2019, 5, 1), date(2019, 5, 31), "month")


def test_gaps_and_fineness() -> None:
    assert gap_days(DAY, MAY) == 0
    assert (
        gap_days(DAY, When(date(2019, 5, 20), date(2019, 5, 21), "days"))
        == gap_days(When(date(2019, 5, 20), date(2019, 5, 21), "days"), DAY)
        == 6
    )
    assert fineness(DAY) < fineness(MAY) < fineness(When(date(2019, 1, 1), date(2019, 12, 31), "year"))


ROLES = [
    ("fresh", Role.FOLLOW_UP, date(2019, 5, 15), Role.MAIN),
    ("old", Role.FOLLOW_UP, date(2019, 4, 1), Role.FOLLOW_UP),
    ("passing", Role.BACKGROUND, date(2019, 5, 15), Role.BACKGROUND),
]


@pytest.mark.parametrize(("role", "day", "expected"), [pytest.param(*c[1:], id=c[0]) for c in ROLES])
def test_settle_role(role: Role, day: date, expected: Role) -> None:
    report = make("Robbed on a day.")
    told = claim(report, "date", "a day", When(day, day, "day"))
    mention = Mention("m", "r", "robbery", role, cut_quote(report, 0, 6), Reality.ACTUAL, (told,))
    assert settle_role(report, mention) is expected


CORK = Where("Cork", 2965140, 51.898, -8.47, 5.0, "IE")
POINTED = [
    ("the same store", "The same store was robbed in 2008.", {"place", "target"}),
    ("the store was robbed", "The store was also robbed in 2008.", {"place", "target"}),
    ("the town", "Another shop in the town was robbed in 2008.", {"place"}),
    ("elsewhere", "A chemist in Mallow Road was robbed in 2008.", set()),
]


@pytest.mark.parametrize(("sentence", "expected"), [pytest.param(*c[1:], id=c[0]) for c in POINTED])
def test_point_back(sentence: str, expected: set[str]) -> None:
    report = make(f"Gunmen robbed the Fonteyn store in Cork on Tuesday. {sentence}")
    lead = Mention(
        "m0",
        "r",
        "robbery",
        Role.MAIN,
        cut_quote(report, 7, 13),
        Reality.ACTUAL,
        (claim(report, "place", "Cork", CORK), claim(report, "target", "Fonteyn", "Fonteyn")),
    )
    at = [m.start() for m in re.finditer("robbed", report.text)][-1]
    trigger = cut_quote(report, at, at + 6)
    told = Claim("t", "m", "type", trigger, "robbery", None, 0.8)
    passing = Mention("m", "r", "robbery", Role.BACKGROUND, trigger, Reality.ACTUAL, (told,))
    pointed = point_back(report, passing, lead)
    added = [c for c in pointed.claims if c.field != "type"]
    assert {c.field for c in added} == expected
    assert all(c.mention_id == "m" and c.score == pytest.approx(0.8 * POINTED_SHARE) for c in added)
    assert len({c.id for c in pointed.claims}) == len(pointed.claims)
