"""Read the time of day out of a phrase."""

from __future__ import annotations

import re

from newsblotter.fields.timefind import Token, tokenize

_DIGIT_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?")


def read_clock(text: str, start: int, end: int) -> str | None:
    """Read the time of day out of a phrase: "around 3:40 pm on Saturday" is "15:40".

    Returns:
        "HH:MM" on the 24-hour clock; None when no hour is told ("Saturday night"), it is none ("25:61") or may be either half of
        the day ("around 6:30").
    """
    tokens = tokenize(text, start, end)
    cats = "".join([token.cat for token in tokens])
    for at, token in enumerate(tokens):
        if token.cat == "K":
            return str(token.value)
        if token.cat == "C":
            match = _DIGIT_CLOCK.match(str(token.value))
            if match is None:
                return None
            return _told(match.group(1), int(match.group(2)), _half(tokens, at, text))
        if token.cat == "m":
            return _clock(token.value // 100, token.value % 100, "")
        if token.cat == "Y" and (
            cats[at + 1 : at + 2] == "U" or (cats == "Y" and text[max(0, start - 3) : start].lower() == "at ")
        ):
            return _clock(token.value // 100, token.value % 100, "")
        if token.cat in "dQi" and isinstance(token.value, int | None):
            following = cats[at + 1 : at + 4]
            spoken = following[:1] in ("M", "k") or following == "jhP" or re.match(r"[-+][dC]M", following) is not None
            if spoken and (token.value is not None or following[:1] == "k"):
                return _told(str(token.value or 1), 0, _half(tokens, at, text))
    return None


def _half(tokens: list[Token], at: int, text: str) -> str:
    """Whether an hour is before noon or after: by a.m./p.m., else by the part of the day named; "" if neither."""
    for token in tokens[at + 1 :]:
        if token.cat == "M":
            return str(token.value)
    for token in tokens:
        word = text[token.start : token.end].lower()
        if token.cat == "P" or word == "tonight":
            if word in ("morning", "dawn", "daybreak", "predawn", "sunrise"):
                return "am"
            if word in ("afternoon", "evening", "night", "tonight", "lunchtime", "dusk", "sunset"):
                return "pm" if word not in ("night",) else "night"
    return ""


_NIGHT_ENDS = 6  # "2:30 at night" is before six in the morning


def _told(hour: str, minute: int, half: str) -> str | None:
    """An hour as written: "6:30" alone may be either half of the day and is not read; "06:30" and "18:30" are."""
    if not half and not hour.startswith("0") and 1 <= int(hour) <= 12:
        return None
    return _clock(int(hour), minute, half)


def _clock(hour: int, minute: int, half: str) -> str | None:
    if half == "night":
        half = "am" if hour < _NIGHT_ENDS or hour == 12 else "pm"
    if half and hour <= 12:
        if hour == 0 and half == "pm":
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        return None
    return f"{hour:02d}:{minute:02d}"
