"""Read the time of day out of a phrase."""

from __future__ import annotations

import re

from newsblotter.fields.timewords import Token, tokenize

_DIGIT_CLOCK = re.compile(r"(\d{1,2})[:.hH](\d{2})(?::\d{2})?")


def read_clock(text: str, start: int, end: int) -> str | None:
    """Read the time of day out of a phrase: "around 3:40 pm on Saturday" is "15:40".

    Returns:
        "HH:MM" on the 24-hour clock; None when no hour is told ("Saturday night"), it is none ("25:61") or may be either half of
        the day ("around 6:30").
    """
    tokens = tokenize(text, start, end)
    cats = "".join([token.cat for token in tokens])
    in_words = _spoken(tokens, cats, text)
    if in_words is not None:
        return in_words
    for at, token in enumerate(tokens):
        if token.cat == "I" and "T" in str(token.value):
            hour, minute = str(token.value).split("T")[1].split(":")[:2]
            return _clock(int(hour), int(minute[:2]), "")
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
            cats[at + 1 : at + 2] in ("U", "Z") or (cats == "Y" and text[max(0, start - 3) : start].lower() == "at ")
        ):
            return _clock(token.value // 100, token.value % 100, "")
        if token.cat in "dQi" and isinstance(token.value, int | None):
            following = cats[at + 1 : at + 4]
            spoken = following[:1] in ("M", "k") or following == "jhP" or re.match(r"[-+][dC]M", following) is not None
            if spoken and (token.value is not None or following[:1] == "k"):
                return _told(str(token.value or 1), 0, _half(tokens, at, text))
    return None


_SPOKEN = re.compile(r"([ql])-?([Lr+])([dQ])|([dQ])U?([Lr+])([dQ])(?=k|M|Z|,?jh)")


def _spoken(tokens: list[Token], cats: str, text: str) -> str | None:
    """ "Quarter past nine", "half past four", "ten to six"; None where the phrase has no such hour, or no half of the day."""
    match = _SPOKEN.search(cats)
    if match is None:
        return None
    first = 1 if match.group(1) else 4
    share, joint, hour = (tokens[match.start(n)] for n in (first, first + 1, first + 2))
    minutes = {"q": 15, "l": 30}.get(share.cat, share.value)
    way = {"past": 1, "after": 1, "to": -1, "before": -1}.get(text[joint.start : joint.end].lower())
    half = _half(tokens, match.start(first + 2), text)
    if way is None or not isinstance(minutes, int) or not isinstance(hour.value, int) or not half or hour.value > HOURS:
        return None
    told = _told(str(hour.value), 0, half)
    if told is None:
        return None
    total = (int(told[:2]) * 60 + way * minutes) % (24 * 60)
    return f"{total // 60:02d}:{total % 60:02d}"


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


HOURS = 12  # on the dial
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
