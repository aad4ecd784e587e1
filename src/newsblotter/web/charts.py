"""The timeline as numbers for an SVG: drawn on the server, so that it reads without JavaScript."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile

from newsblotter.store import Filter, Timeline
from newsblotter.web.filters import write_query
from newsblotter.web.words import Words

HEIGHT = 64  # pixels of the highest bar
LEAST_BAR = 3  # pixels of a bar that is not empty: one incident among hundreds stays visible
MOST_BARS = 400  # beyond so many steps the years are too far apart for bars; the oldest ones are left to the list
MOST_TICKS = 8  # labels that fit below on a narrow column


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the timeline. Lengths along it are per cent of its width, up it pixels."""

    name: str  # 2024-05-18, 2024-05, 2024
    label: str
    count: int
    x: float
    width: float
    y: float
    height: float
    since: date
    until: date
    query: str  # of the list with just these days; with all days if they are chosen already
    chosen: bool  # inside the filter's days


@dataclass(frozen=True, slots=True)
class Chart:
    """A timeline ready to be drawn."""

    unit: str
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]  # where, per cent; label
    most: int
    undated: int
    narrowed: bool  # the filter names days

    @property
    def filled(self) -> Iterator[Bar]:
        """The bars with incidents."""
        return (bar for bar in self.bars if bar.count)


def draw_timeline(timeline: Timeline, wanted: Filter, words: Words) -> Chart:
    """Lay out the counts of a timeline that does not hang on the filter's days, with the days that the filter names marked."""
    counts = dict(timeline.counts)
    names = list(_steps(timeline.unit, min(counts), max(counts)))[-MOST_BARS:] if counts else []
    most = max(counts.values(), default=0)
    narrowed = wanted.since is not None or wanted.until is not None
    width = 100 / max(len(names), 1)
    bars = []
    for at, name in enumerate(names):
        since, until = span_of(name)
        count = counts.get(name, 0)
        height = max(LEAST_BAR, round(HEIGHT * count / most, 1)) if count else 0
        is_all = wanted.since == since and wanted.until == until
        days = replace(wanted, since=None, until=None) if is_all else replace(wanted, since=since, until=until)
        chosen = not narrowed or (
            (wanted.since is None or until >= wanted.since) and (wanted.until is None or since <= wanted.until)
        )
        bars.append(
            Bar(
                name=name,
                label=_label(name, words),
                count=count,
                x=round(at * width, 3),
                width=round(width * 0.86, 3),
                y=round(HEIGHT - height, 1),
                height=height,
                since=since,
                until=until,
                query=write_query(days),
                chosen=chosen,
            )
        )
    return Chart(timeline.unit, tuple(bars), _choose_ticks(names, width, words), most, timeline.undated, narrowed)


def span_of(name: str) -> tuple[date, date]:
    """First and last day of a step."""
    parts = [int(part) for part in name.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(parts[0], parts[1], 1), date(parts[0], parts[1], monthrange(parts[0], parts[1])[1])
    day = date(*parts)
    return day, day


def _steps(unit: str, first: str, last: str) -> Iterator[str]:
    """Every step from the first to the last, those without incidents, too."""
    at, end = span_of(first)[0], span_of(last)[0]
    while at <= end:
        yield at.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]
        if unit == "day":
            if at == date.max:
                return
            at += timedelta(days=1)
        elif (at.year, at.month) >= (date.max.year, 12 if unit == "month" else 1):
            return
        elif unit == "month":
            at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        else:
            at = date(at.year + 1, 1, 1)


def _label(name: str, words: Words) -> str:
    return name if len(name) == 4 else words.month(name) if len(name) == 7 else words.day(name)


def _choose_ticks(names: list[str], width: float, words: Words) -> tuple[tuple[float, str], ...]:
    """Labels at round steps: each fifth, tenth, … year, each January, each first of a month."""
    if not names:
        return ()
    if len(names[0]) == 4:
        every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if len(names) / n <= MOST_TICKS), 500)
        ticks = [(at, name) for at, name in enumerate(names) if int(name) % every == 0]
    elif len(names[0]) == 7 and len(names) > 2 * MOST_TICKS:
        ticks = [(at, name[:4]) for at, name in enumerate(names) if name.endswith("-01")]
    else:
        every = -(-len(names) // (MOST_TICKS // 2))
        ticks = [(at, _label(name, words)) for at, name in enumerate(names) if at % every == 0]
    room = 92  # per cent: a label further right would be cut
    return tuple(takewhile(lambda tick: tick[0] <= room, ((round(at * width, 3), label) for at, label in ticks)))
