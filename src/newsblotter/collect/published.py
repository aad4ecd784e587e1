"""Read the day a report was published from what its record, its address or its first lines say. Never today's date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from newsblotter.lexicon import load_lexicon

EARLIEST_YEAR = 1900  # reports older than that are scans, whose stated dates are mostly faults of reading
FIELD_MAX = 80  # characters of a stated date; a longer value is a sentence
HEAD_MAX = 1_500  # characters of a text in which its own date line is looked for; 97 % of those seen stand in them
LINES_MAX = 14  # lines of a text in which its own date line is looked for
BYLINE_MAX = 70  # characters of a line that is a name and a date
_POSTED, _ALONE, _DATELINE, _CAPTION, _UPDATED = range(5)  # kinds of date line, the most trustworthy first
_LATE_DAYS = {_POSTED: 2, _DATELINE: 30}  # days that a record's date must lie after the line for the line to be believed
_EPOCH = (100_000_000, 5_000_000_000)  # seconds since 1970 that a bare number may be: 1973 to 2128


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {name: number for number, names in load_lexicon("published")["months"].items() for name in names}


def _either(words: list[str] | dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """The grammar of a date line, from the words of the lexicon."""
    words = load_lexicon("published")
    month = rf"(?:{_either(_months())})\.?"
    weekday = rf"(?:(?:{_either(words['weekdays'])})\b[.,]?\s{{1,3}})?"
    day = (
        rf"(?:(?P<y1>\d{{4}})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)"
        rf"|(?P<m2>{month})\s{{0,2}}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y2>\d{{4}})\b"
        rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|º)?\.?\s{{1,2}}(?:de\s)?(?P<m3>{month}),?\s{{1,2}}(?:de\s|del\s)?(?P<y3>\d{{4}})\b"
        rf"|(?P<a4>\d{{1,2}})(?P<sep>[-/.])(?P<b4>\d{{1,2}})(?P=sep)(?P<y4>\d{{4}}|\d{{2}})(?!\d))"
    )
    clock = (
        r"(?:\d{1,2}[:.h]?\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?|hrs|uhr)?|\d{1,2}\s?[ap]\.?m\.?)(?:\s?(?:[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?"
    )
    cue = rf"(?:(?P<published>{_either(words['published'])})|(?P<updated>{_either(words['updated'])}))"
    flags = re.I
    return {
        "day": re.compile(rf"{weekday}{day}", flags),
        "crawl": re.compile(rf"\s{{0,8}}date\s{{1,3}}{day}", flags),
        "cue": re.compile(rf"(?<![\w-]){cue}\s?[:–-]?\s{{0,3}}(?:{clock}\s?,?\s{{1,2}})?(?:on\s)?(?:le\s)?{weekday}{day}", flags),
        "alone": re.compile(
            rf"(?P<before>[^\d\n]{{0,{BYLINE_MAX}}}?)(?:(?<=[\s|•·,:(–—-])|(?<![\s\S]))(?:on\s)?{weekday}{day}"
            rf"(?P<after>[\s,|•·@–—-]{{0,4}}(?:at\s|T)?(?:{clock}|\d{{1,2}})?[\s.|)]{{0,3}})",
            flags,
        ),
        "dateline": re.compile(
            rf"[^\n.()\d]{{2,40}}(?:[A-Z][a-z]{{1,5}}\.)?(?:\s?\(|,\s{{1,2}})\s?{weekday}{day}[^()\n]{{0,20}}\)?\s{{0,2}}(?::|[-–—]{{1,2}})\s",
            flags,
        ),
        "visit": re.compile(_either(words["visit"]), flags),
    }


def read_day(match: re.Match[str]) -> date | None:
    """Make a date of a match of the patterns; None if there is no such day or it may be one of two."""
    part = match.groupdict()
    if part["y1"]:
        return _make(part["y1"], part["m1"], part["d1"])
    if part["y2"] or part["y3"]:
        name = (part["m2"] or part["m3"]).rstrip(".").lower()
        return _make(part["y2"] or part["y3"], str(_months()[name]), part["d2"] or part["d3"])
    first, second = int(part["a4"]), int(part["b4"])
    year = part["y4"] if len(part["y4"]) == 4 else f"20{part['y4']}"
    if part["sep"] == "." or first > 12:
        return _make(year, part["b4"], part["a4"])
    if second > 12 or first == second:
        return _make(year, part["a4"], part["b4"])
    return None


def _make(year: str, month: str, day: str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if made.year >= EARLIEST_YEAR else None


def read_stated(value: str | None) -> date | None:
    """Read a date that a record or a page's head states: ISO 8601, RFC 822, "March 26, 2017", seconds since 1970."""
    value = (value or "").strip()
    if not value or len(value) > FIELD_MAX:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return _read_digits(value)
    match = _patterns()["day"].search(value)
    return read_day(match) if match and not value[: match.start()].strip(" ,.").isdigit() else None


def _read_digits(value: str) -> date | None:
    whole = value.partition(".")[0]
    if len(whole) == 8 and whole == value:
        return _make(value[:4], value[4:6], value[6:])
    number = int(whole) if len(whole) <= 10 else int(whole[:-3]) if len(whole) == 13 else 0
    if len(whole) >= 9 and _EPOCH[0] <= number <= _EPOCH[1]:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).date()
    return None


_PARTED = re.compile(r"[/_-](?P<y>(?:19|20)\d{2})([/-])(?P<m>\d{1,2}|[a-z]{3})\2(?P<d>\d{1,2})(?=[/_.-]|$)", re.I)
_RUN = re.compile(r"/(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


def read_address(url: str | None) -> date | None:
    """Read the day that many outlets put into an address: ".../2017/03/26/...". Right to the day in 98 of 100."""
    match = (_PARTED.search(url) or _RUN.search(url)) if url else None
    if match is None:
        return None
    month = match["m"]
    return _make(match["y"], month if month.isdigit() else str(_months().get(month.lower(), 0)), match["d"])


def read_crawl_mark(text: str) -> date | None:
    """Read a leading "date 2017-03-26", which crawlers put before a text, whatever follows on its line."""
    match = _patterns()["crawl"].match(text)
    return read_day(match) if match else None


def read_date_line(text: str) -> date | None:
    """Read the publication line near the top of a text: "Posted: Wednesday, April 8, 2015", a date alone on a line.

    A date inside a sentence is no publication line. "Published" outranks a date alone, and that outranks "Updated".
    """
    best = _find_date_line(text)
    return best[1] if best else None


def correct_stated(stated: date, text: str) -> date:
    """Take the text's own earlier day over a record's: crawled records often carry the day of the crawl or of an update.

    Among 4,241 dated news reports this changed 11, and brought all 11 nearer to the day of their incident.
    """
    best = _find_date_line(text)
    if best is None:
        return stated
    apart = (stated - best[1]).days
    return best[1] if apart >= _LATE_DAYS.get(best[0], apart + 1) else stated


def _find_date_line(text: str) -> tuple[int, date] | None:
    patterns = _patterns()
    best: tuple[int, date] | None = None
    lines = [line for line in text[:HEAD_MAX].split("\n") if line.strip()][:LINES_MAX]
    for at, line in enumerate(lines):
        if patterns["visit"].search(line) or not any(character.isdigit() for character in line):
            continue
        for rank, day in _read_line(line.strip(), at):
            if best is None or rank < best[0]:
                best = (rank, day)
    return best


def _read_line(line: str, at: int) -> list[tuple[int, date]]:
    patterns = _patterns()
    found = []
    for match in patterns["cue"].finditer(line):
        before = line[: match.start()].rstrip()
        cue = match["published"] or match["updated"]
        opens = not before or before[-1] in "|•·:.–—-(" or (cue[0].isupper() and line[match.end() - 1 : match.end()].isdigit())
        if opens and cue[0].isupper() | (not before) and (day := read_day(match)):
            caption = before.endswith("(")  # "(Published Monday, Aug. 8, 2016)" ends the caption of a film, often older
            found.append((_UPDATED if match["updated"] else _CAPTION if caption else _POSTED, day))
    alone = patterns["alone"].fullmatch(line) if len(line) <= 2 * BYLINE_MAX else None
    if alone and at < LINES_MAX // 2 and _is_byline(alone["before"]) and (day := read_day(alone)):
        found.append((_ALONE, day))
    dateline = patterns["dateline"].match(line) if at < 3 else None
    if dateline and dateline.group()[:1].isupper() and (day := read_day(dateline)):
        found.append((_DATELINE, day))
    return found


def _is_byline(before: str) -> bool:
    """Nothing, or names: every word begins with a capital, bar the small words between names."""
    words = re.findall(r"[^\W\d_]+", before)
    return all(word[0].isupper() or word in ("by", "and", "von", "par", "de", "for", "on", "le", "am") for word in words)


def in_range(day: date | None, fetched: datetime | None) -> date | None:
    """Keep a day that can be: not before 1900, and not more than a day after the page was fetched."""
    if day is None or day.year < EARLIEST_YEAR:
        return None
    return None if fetched is not None and day > fetched.date() + timedelta(days=1) else day
