"""Tell from its sentence whether a date is the incident's: "was shot Saturday" is, "was arrested Monday" is not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from newsblotter.fields.tense import is_future
from newsblotter.fields.timefind import time_kind
from newsblotter.lexicon import load_lexicon
from newsblotter.records import When

_REACH = 50  # characters on either side of the date that are looked at; 80 and 120 chose no more right dates on train
_SIX, _WEEK, _YEAR = 6, 7, 400  # days; where the share of right dates falls on train (0.09 at six days by weekday)
_LATE = 12  # sentences; further down no date fares worse
_MANNERS = (
    ("clock", re.compile(r"\d\s?(?:[ap]\.?\s?m|:\d\d)|midnight|noon")),
    ("part of day", re.compile(r"\b(?:early|late|overnight|morning|night|evening|afternoon)\b")),
    ("year", re.compile(r"\b(?:19|20)\d\d\b")),
    ("today", re.compile(r"\b(?:today|tonight|this)\b")),
)


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], Mapping[str, str], tuple[tuple[str, str], ...]]:
    """A pattern for any cue word, whole words with their topic, stems with theirs."""
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for topic, entry in load_lexicon("datecues").items():
        if topic == "weights":
            continue
        for word in entry["words"]:
            name = str(word)
            (stems if name.endswith("*") else whole).setdefault(name.rstrip("*"), topic)
    ordered = sorted([re.escape(w) for w in whole], key=lambda w: (-len(w), w))
    ordered_stems = sorted([re.escape(w) for w in stems], key=lambda w: (-len(w), w))
    pattern = rf"(?<![\w-])(?:(?P<whole>{'|'.join(ordered)})(?!\w)|(?P<stem>{'|'.join(ordered_stems)})\w*)"
    return re.compile(pattern), whole, tuple(sorted(stems.items()))


def find_topics(words: str) -> list[str]:
    """The topics of the cue words in a stretch of text, in their order."""
    pattern, whole, stems = _cues()
    by_stem = dict(stems)
    return [
        whole[match.group("whole")] if match.group("whole") else by_stem[match.group("stem")]
        for match in pattern.finditer(words.lower())
    ]


def observe(sentence: str, start: int, end: int) -> dict[str, float]:
    """What is seen around a date: topics on either side, the nearest ones, and how the date is told."""
    before = find_topics(sentence[max(0, start - _REACH) : start])
    after = find_topics(sentence[end : end + _REACH])
    seen: dict[str, float] = {}
    for topic in before:
        seen[f"before {topic}"] = 1.0
    for topic in after:
        seen[f"after {topic}"] = 1.0
    if before:
        seen[f"nearest before {before[-1]}"] = 1.0
    if after:
        seen[f"nearest after {after[0]}"] = 1.0
    phrase = sentence[start:end].lower()
    seen[f"told {time_kind(sentence, start, end)}"] = 1.0
    for name, pattern in _MANNERS:
        if pattern.search(phrase):
            seen[name] = 1.0
    if sentence[end : end + 2] in ("'s", "’s"):
        seen["possessive"] = 1.0
    if is_future(sentence, start, end):
        seen["future"] = 1.0
    return seen


def observe_age(when: When, published: date | None, kind: str) -> dict[str, float]:
    """How a day lies to the day of publication: ahead of it, a week or a year back, told by a weekday that lies six days back.

    A weekday six days back is mostly tomorrow's, in a text brought up to date after the day that it bears.
    """
    if published is None:
        return {}
    age = (published - when.earliest).days
    if age < 0:
        return {"ahead": 1.0}
    if kind == "weekday" and age == _SIX:
        return {"weekday six days back": 1.0}
    if age > _WEEK:
        return {"over a year" if age > _YEAR else "over a week": 1.0}
    return {}


def _weigh(seen: dict[str, float]) -> float:
    weights = load_lexicon("datecues")["weights"]
    return float(weights["always"]) + sum(value * float(weights.get(name, 0.0)) for name, value in seen.items())


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def date_cue_score(sentence: str, start: int, end: int) -> float:
    """Rate how well the words around a date speak for its being the incident's day.

    Args:
        sentence: The sentence that the date stands in.
        start: Where the date begins in it.
        end: Where it ends, exclusive.

    Returns:
        0..1: high near the deed ("was robbed Saturday"), low near an arrest, a court, a press office or a page's furniture.
    """
    return _share(_weigh(observe(sentence, start, end)))


def rate_date(sentence: str, start: int, end: int, when: When, published: date | None, order: int) -> float:
    """Rate a date that was read, by its words, its age at publication and its place in the report.

    Args:
        sentence: The sentence that the date stands in.
        start: Where the date begins in it.
        end: Where it ends, exclusive.
        when: What it was read as.
        published: Day of publication, None if unknown.
        order: Number of sentences before it, the title included.

    Returns:
        0..1, the share of such dates that were the incident's in the training reports.
    """
    seen = observe(sentence, start, end)
    seen.update(observe_age(when, published, time_kind(sentence, start, end)))
    seen["order"] = min(order, _LATE) / _LATE
    return _share(_weigh(seen))
