"""The timeline as bars."""

from __future__ import annotations

from datetime import date

import pytest

from newsblotter.store import Filter
from newsblotter.store.answers import Timeline
from newsblotter.web.charts import HEIGHT, LEAST_BAR, draw_timeline, span_of
from newsblotter.web.words import load_words

WORDS = load_words("en")


def test_steps_without_incidents_have_their_room() -> None:
    chart = draw_timeline(Timeline("month", (("2023-11", 4), ("2024-02", 1)), 2), Filter(), WORDS)
    assert [(bar.name, bar.count) for bar in chart.bars] == [("2023-11", 4), ("2023-12", 0), ("2024-01", 0), ("2024-02", 1)]
    assert [bar.x for bar in chart.bars] == [0, 25, 50, 75]
    assert (chart.bars[0].height, chart.bars[0].y, chart.most, chart.undated) == (HEIGHT, 0, 4, 2)
    assert all(bar.chosen for bar in chart.bars)


def test_one_among_many_stays_visible() -> None:
    chart = draw_timeline(Timeline("year", (("1999", 10_000), ("2000", 1)), 0), Filter(), WORDS)
    assert chart.bars[1].height == LEAST_BAR


def test_the_days_of_the_filter_are_marked_and_let_go() -> None:
    wanted = Filter(types=("theft",), since=date(2000, 1, 1), until=date(2000, 12, 31))
    chart = draw_timeline(Timeline("year", (("1999", 1), ("2000", 1)), 0), wanted, WORDS)
    assert [(bar.chosen, bar.query) for bar in chart.bars] == [
        (False, "type=theft&since=1999-01-01&until=1999-12-31"),
        (True, "type=theft"),
    ]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_spans(name: str, first: date, last: date) -> None:
    assert span_of(name) == (first, last)


@pytest.mark.parametrize("unit", ["day", "month", "year"])
def test_the_ends_of_the_calendar_are_drawn(unit: str) -> None:
    last = date.max.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]
    assert [bar.name for bar in draw_timeline(Timeline(unit, ((last, 1),), 0), Filter(), WORDS).bars] == [last]


def test_nothing_is_drawn_of_nothing() -> None:
    chart = draw_timeline(Timeline("year", (), 3), Filter(), WORDS)
    assert (chart.bars, chart.ticks, chart.undated) == ((), (), 3)
