"""Find the phrases of a report that tell a day or an hour: "Saturday night", "in 2008", "around 6 p.m. Monday".

The text becomes a string of letters, one a word (timewords.py lists them). The grammar is a handful of patterns over that
string: short, without nested repeats, hence linear in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.fields.timewords import Token, tokenize
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span

_MAX_SPAN = 80  # characters; the longest sensible phrase ("around 11:30 p.m. on Wednesday, September 25, 2013") has 50


_WORD = "xql8w"  # classes of words that stand beside a date without being of it
_IN = "[j<]"  # in, since, from

_A_MONTH, _A_DAY, _A_WEEKDAY = "[HJ]", "[dO]", "[WV]"
_ITS_YEAR = "(?:,?Y|p|,?f?LU|,?f?tU)?"


def _dates() -> str:
    """A day and month, with or without a weekday and a year, and a stretch of days: "May 3-4", "30/31 March"."""
    more = rf"-d(?!-U)|[-+]h?{_A_DAY}(?=[,.|)zju'<]?(?:$|[^xAMkUCPd-]))"  # "May 3-4", "May 3 and 4"
    month_day = rf"{_A_MONTH}{_A_DAY}(?!-U|%|M)(?:{more})?{_ITS_YEAR}|{_A_MONTH}/{_ITS_YEAR}"
    two = rf"(?:{_A_DAY}[-+]h?{_A_DAY}|/)"
    day_month = (
        rf"h?(?:(?:[dO]-)?{_A_DAY}f?H|{two}f?{_A_MONTH}|{_A_DAY}fJ|{_A_DAY}J(?=,?[Yp])|dJ(?![xA])|(?<=[uW,])dJ|OJ|of{_A_MONTH}){_ITS_YEAR}"
        rf"|{_A_DAY}\.?f?#f?,?Y|d-{_A_MONTH}-Y"
    )
    return rf"(?:[Lt]?{_A_WEEKDAY}e?P?,?h?)?(?:{month_day}|{day_month})"


def _days(date: str) -> str:
    """Whatever names a day: a date, a weekday, yesterday, last night, Christmas Eve."""
    pointer = "(?:h?[Lts]|tL|h?X|tX|e-?|R)?"
    named = rf"(?:{pointer}W(?:e?P)?,?fh?[LtXs]U|{pointer}(?:W,?LU|WL(?![dnQUPEGgHJWVA])|W(?:e?P|N)?|V(?=e?P)e?P)|hW[rf]v)"
    # One night from a day to the next.
    night = r"(?:h?P[fja<]h?W\+W|N[j<]?W\+W|h?WP&W(?:e?P)?|NW&h?W(?:e?P)?)"
    told = r"(?:hU[Rr]T|[eR]?TP?|hPrL)"
    part = rf"[eR]?(?:t|D|h?L|h?X|h?s)P|[eR]{_IN}h[PU]"
    feast = r"(?:h(?:U[r]|5f))?[Lt]?v(?:,?Y|P|E)?|h?vE"
    prefix = rf"(?:eu|h?(?:e(?:P?U|P)|P)[fu]h?|Nuh?(?={_A_DAY}|/|{_A_MONTH}))?"
    return rf"(?:{night}|{prefix}(?:{date}|{named}|{told}|{part}|N(?:W|T)?|I|S|{feast})(?:,?e?P|N)?)"


def _clocks() -> tuple[str, str, str]:
    """An hour that is surely one; one that its neighbours must vouch for; either with "about" or "at"."""
    around = "[arL]{0,3}"
    spoken = "(?:i?[ql]-?[Lr]|i?q\\+|[dQ]U?(?:[Lr]|\\+))"  # half past, ten to
    hour = (
        r"(?:(?:[Cd](?:[+-][Cd])?|C)M|[dQi]kM?|K|mU|[mY]Z|[dQ](?=jhP)"
        rf"|i?[ql]-?(?:[Lr]|(?<=q)\+)[dQ][kM]?|{spoken}[dQ](?:k?M|k|(?=,?jhP)))Z?(?:,?jh?e?P)?"
    )
    loose = r"CZ?(?:,?jh?e?P)?"
    clock = rf"{around}{hour}|[arL]{{1,3}}{loose}|(?<=c){loose}|(?<=c)[ar]{{0,2}}(?:YU|m)|C(?=,?u?W)"
    return hour, loose, clock


def _stretches(date: str) -> tuple[str, ...]:
    """From one day, month or year to another: "between Friday evening and Monday morning", "from March to June 2015"."""
    hour = "(?:(?:[Cd]M|K),?u?)?"
    side = rf"{hour}(?:{date}|[LtX]?W(?:e?P)?)(?:,?c?(?:[Cd]M|K))?"
    joint = r"(?:\+|j|-)"
    month = rf"e?-?{_A_MONTH}"
    years = "(?:,?f?Y|p|,?f?LU|tU)"
    return (
        rf"(?:a{{1,2}}|(?<=<))(?:{side}{joint}{side}|{month}(?:,?Y)?{joint}{month}{years}?)",
        rf"(?:a{{1,2}}Y\+Y|(?<=<)Y{joint}Y|(?<={_IN})Y-Y)(?!-)",
        rf"h?{month}[-+]{month}{years}",
    )


def _spans_of_time() -> tuple[str, ...]:
    """Weeks, months, seasons, years, decades, and parts of them."""
    units = r"[eR]?(?:h?[LX]|tL|t|D|h?s)[dQ]?U|hU[r]L"
    weekend = "[eR]?(?:h?[LXt]|tL|h|W|v)E(?:rL)?|(?<!i)[eR]?(?<!i)E"  # "a weekend" is none that is known
    season = (
        rf"(?:[eR]?-?(?:h?L|t|X|h?e-?f?)[Gg](?:f?[Y=])?|h?[Gg]f[Y=]|[Gg][Y=]|(?<={_IN})hG(?![A'])"
        rf"|(?<={_IN})G(?![A'{_WORD}]))"
    )
    month_year = rf"(?:h?e-?f?|h?{_A_MONTH}[-+])?{_A_MONTH}(?:,?f?Y|p|,?f?LU|,?f?tU|f?DU)"
    nth = rf"h[oLO](?:U|W|E)[fj]h?{_A_MONTH}(?:,?f?Y|,?f?LU)?|h?[oL]-?[ql],?f?h?(?:Y|[LtX]U)"
    month_only = (
        rf"(?:[eR]?[LXt]|tL|hL|h?e-?f?|[eR]{_IN}){_A_MONTH}(?![A])|(?<={_IN}){_A_MONTH}(?!A)"
        rf"|(?<=[hi'])H(?=[{_WORD}])|H(?='[{_WORD}])"
    )
    year_only = (
        rf"(?:h?e-?[fj]?)Y(?![!%-])|hUY(?![!%-])|(?<={_IN})(?:Y(?![!%-])|=)|(?<=\()Y(?=\))|(?<=[hi'])Y(?=[{_WORD}])|(?<=Y\+)Y"
        r"|(?<=f)Y(?=[,.z|')]|$)"
    )
    decade = "h?(?:e-?)?y|h(?:e-?)?8"
    return weekend, nth, units, season, month_year, month_only, year_only, decade


_AMOUNT = "(?:i?[dnQ]|i[dnQ]f|[dnQ]f|iQQ|QQ|Q-Q|[dQ]-[dQ]|i)"


def _grammar(every: bool) -> re.Pattern[str]:
    """The patterns of days and hours; with ``every``, of durations, quarters and "now" as well."""
    date = _dates()
    a_day = _days(date)
    hour, loose, clock = _clocks()
    full = rf"(?:{clock})(?:,?[cuj]?(?:{a_day}))?|(?:{a_day})(?:,?-?[cj]?(?:[arL]{{0,3}}(?:{hour}|{loose})|(?<=c)m))?"
    counted = rf"a{{0,3}}(?:{_AMOUNT}(?:-)?U(?:\+iQ)?|(?:[dQ]\+il|li)U)[Rr]"
    anchored = rf"{counted}(?:,?u?(?:{date}|{_A_WEEKDAY}(?:e?P)?|T|tU))"  # "a week ago Tuesday"
    relative = rf"{anchored}|{counted}|h[UP][Rr](?!L)|U[R]"
    repeated = rf"b[dQO]?(?:WP?|V|P|U|E|{_A_MONTH}(?!A))|B"
    spans = _spans_of_time()
    parts = (repeated, *_stretches(date), full, relative, *spans)
    if every:
        parts = (repeated, *_stretches(date), *_broad(), full, relative, *spans, *_broad_rest())
        return re.compile("(?![xAz.,)|%!])(?:" + "|".join(f"(?:{part})" for part in parts) + ")")
    return re.compile("(?![xAz.,)|%!])(?:" + "|".join(f"(?:{part})" for part in parts) + ")")


def _broad() -> tuple[str, ...]:
    """Expressions of time that date nothing by themselves, and would be read shorter by the other patterns."""
    ago = "U-?R"
    which = rf"(?:[htLX]|[FYs]|{ago}|[LtX]U')"
    year = "(?:,?f?h?F?Y|,?f?[LtX]U)?"
    quarter = rf"(?:{which}{{1,3}}-?(?:o-?)?F?q|F?-?o-?F?q){year}"
    duration = rf"a{{0,3}}(?:h?[oeLX]|h|b)?{_AMOUNT}-?[Axa]?U(?!-?[Rr])"
    return quarter, r"a?h?U-R(?!-)", duration, "U[-']?e", "hef(?:h|t|L|X)U"


def _broad_rest() -> tuple[str, ...]:
    """The rest of what dates nothing: "now", "the past", "fiscal 1989", "the 19th century"."""
    return (
        r"(?:h|r)?w[xU]?(?<=[wU])|w",
        rf"(?<={_IN})hL(?![dnQUPEGgHJWVAql])",
        "h?F{1,2}[YU]|F",
        "h?=",
        "hUY(?![!%-])",
        "Y(?![!%])",
        "h?[oO]-?@",
        "hU",
        "hG",
        "H(?!A)",
        "p",
    )


@lru_cache(maxsize=2)
def _phrase(every: bool) -> re.Pattern[str]:
    return _grammar(every)


_PAPER_OK = re.compile(r"\s+([A-Z][a-z]+)")


_OWNS = re.compile(r"['’]s\b")
_GIRLS = frozenset({"april", "june"})  # months that own things as people do
_PROGRAMME = re.compile(r"(?:[\"“‘]|``|\b[A-Z]{3,4}(?:['’]s?)?\s[\"“]?)$")  # before the name of a show


def _is_a_name(text: str, token: Token, start: int) -> bool:
    """A weekday that belongs to the name of a newspaper: "Sunday Times"; a show: ABC's "This Week"; a girl: "June's mother"."""
    if token.cat == "H" and token.start == start and _OWNS.match(text, token.end):
        return text[start : token.end].lower() in _GIRLS
    if token.cat in "UP" and text[token.start].isupper() and text[start : start + 5] == "This ":
        return _PROGRAMME.search(text, max(0, start - 10), start) is not None
    if token.cat != "W":
        return False
    follows = _PAPER_OK.match(text, token.end)
    return follows is not None and follows.group(1).lower() in load_lexicon("time")["weekday_names"]


_ONLY_BROAD = str.maketrans({"w": "x", "F": "x", "@": "x"})
_OLD = re.compile(r"[-\s]olds?\b")  # an age, no duration


def find_times(text: str, *, every: bool = False) -> tuple[Span, ...]:
    """Find every phrase that can be read as a date, a time of day or both; longest phrase, no overlaps.

    Repeated days ("every Saturday") are found too, so that nobody takes their weekday for a date: see ``time_kind``.
    Prepositions stay outside ("in 2008" gives "2008"); what changes the meaning stays inside ("just before midnight").

    Args:
        text: Any text.
        every: Whether to find durations, quarters and the like of "now" as well: expressions of time that date no incident.

    Returns:
        Spans of kind "time", sorted, offsets in code points.
    """
    tokens = tokenize(text)
    cats = "".join([token.cat for token in tokens])
    if not every:
        cats = cats.translate(_ONLY_BROAD)
    out = []
    for match in _phrase(every).finditer(cats):
        first, last = match.span()
        if cats[first] == "X" and last - first > 1 and cats[first + 1] in "WV" and text[tokens[first].start :][:1] in "fF":
            first += 1  # "following Friday's shooting": after it, not the next
        if every and cats[first] == "i" and "-" in cats[first:last] and cats[first + 1] in "dnQ":
            first += 1  # "a two-hour walk" lasts two hours
        if cats[first:last] == "hUY" and tokens[first + 1].value != "year":  # "the year 2000"
            continue
        start, end = tokens[first].start, tokens[last - 1].end
        if end - start > _MAX_SPAN or _is_a_name(text, tokens[last - 1], start):
            continue
        if every and cats[last - 1] == "U" and _OLD.match(text, end):
            continue
        out.append(Span(start, end, "time"))
    return tuple(out)


_SET = re.compile("[bB]")
_ABSOLUTE = re.compile("[IS]|[HJ#]|[yYvGg]|of")
_COUNTED = re.compile("U.?[Rr]")
_WEEKDAY = re.compile("[WV]")
_RELATIVE = re.compile("U[Rr]|[TNE]|[LXtDs][dQ]?[UP]|[Rr]jh|h[UP][Rr]")
_CLOCK = re.compile("[CMkKm]|jhP")


def time_kind(text: str, start: int, end: int) -> str:
    """Tell what sort of time a phrase tells.

    Returns:
        "set" (every Saturday: no date), "absolute" (a date, month, year or feast), "weekday", "relative" (today, last
        week, two days ago), "clock" (an hour without a day), "duration" (two years: no date).
    """
    cats = "".join([token.cat for token in tokenize(text, start, end)])
    if _SET.search(cats):
        return "set"
    if _ABSOLUTE.search(cats) and not _COUNTED.search(cats):
        return "absolute"
    if _WEEKDAY.search(cats):
        return "weekday"
    if _RELATIVE.search(cats):
        return "relative"
    return "clock" if _CLOCK.search(cats) else "duration"
