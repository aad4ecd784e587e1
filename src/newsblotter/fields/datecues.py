"""Tell from its sentence whether a date is the incident's: "was shot Saturday" is, "was arrested Monday" is not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from newsblotter.fields.tense import is_future
from newsblotter.fields.timefind import time_kind
from newsblotter.lexicon import load_lexicon
from newsblotter.records import When

_REACH = 50  # characters on either side of the date that are looked at; 80 and 120 chose no more right dates on train
_SIX, _WEEK, _YEAR = 6, 7, 400  # days; where the share of right dates falls on train (0.09 at six days by weekday)
_LATE = 12  # sentences; further down no date fares worse
_FAR = 140  # characters before the date in which the deed or step of the law that governs it is sought
_GOVERNING = frozenset({"deed", "death", "arrest", "court", "mourning", "reaction", "coming"})
_OTHERS = re.compile(
    r"\b(?:linked to|another|similar|separate|unrelated|previous|since the|like the|than the)\b[^.,;]{0,60}$"
)  # another incident's date
_DEEDS = frozenset({"deed", "death"})
_STEPS = frozenset({"arrest", "court"})
# Between a step of the law and what it is for, named without an article.
_COMPLEMENT = re.compile(
    r"\s*(?:[\w-]+ )?(?:with|of|to|on suspicion of|on charges of)(?: (?!the\b|an?\b|his\b|her\b|that\b)[\w-]+){0,3} ?"
)
_MANNERS = (
    ("clock", re.compile(r"\d\s?(?:[ap]\.?\s?m|:\d\d)|midnight|noon")),
    ("part of day", re.compile(r"\b(?:early|late|overnight|morning|night|evening|afternoon)\b")),
    ("year", re.compile(r"\b(?:19|20)\d\d\b")),
    ("weekend", re.compile(r"\bweekend\b")),
    ("today", re.compile(r"\b(?:today|tonight|this)\b")),
)
_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d")
_THING = re.compile(r"\s+([a-z][a-z'’-]+)")
_OF_A_DAY = re.compile(r"day\b|\b\d{1,2}(?:st|nd|rd|th)?\b|night|yesterday", re.IGNORECASE)
_WORD = re.compile(r"[\w'’-]+|[ap]\.m")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What is sought right before a date or right behind it."""

    said: re.Pattern[str]  # before: the day of the saying
    source: re.Pattern[str]  # who says so takes no part in what is told
    feast: re.Pattern[str]
    party: re.Pattern[str]  # behind a feast
    its_deed: re.Pattern[str]  # behind: "the March 20 shooting" is of that day, whatever the sentence is about
    between: re.Pattern[str]  # words that part a date from a noun of a deed
    death_bed: re.Pattern[str]
    from_wounds: re.Pattern[str]
    stamped: re.Pattern[str]
    article: re.Pattern[str]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    lists = load_lexicon("datecues")["phrases"]

    def one_of(name: str) -> str:
        return "(?:" + "|".join(str(word) for word in lists[name]) + ")"

    def compile_(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    told = rf"(?<!was )(?<!were ){one_of('saying')}|{one_of('saying_to')} (?:\w+ ){{1,2}}|{one_of('audience')}"
    source = rf"{one_of('source')} (?:\w+ ){{0,3}}{one_of('sources')}"
    return _Phrases(
        said=compile_(rf"\b(?:{told}|{source})(?:,? in a (?:\w+ ){{0,2}}{one_of('writing')})?(?: on| late| early)?\s*$"),
        source=compile_(rf"\b{one_of('source')} [^,;.]{{3,60}},"),
        feast=compile_(rf"\b{one_of('feasts')}\W*$"),
        party=compile_(rf"\s+(?:\w+\s+)?{one_of('parties')}\b"),
        its_deed=compile_(rf"(?:['’]s)?\s+(?:[\w'’-]+\s+){{0,4}}?{one_of('deeds')}\b"),
        between=re.compile(rf"\b{one_of('between')}\b"),
        death_bed=compile_(rf"\b{one_of('dying')}\b[^.;]{{0,40}}$"),
        from_wounds=compile_(rf"\b{one_of('from_wounds')}"),
        stamped=compile_(rf"\b{one_of('stamps')}\b\W*(?:(?:on|at)\W*)?$"),
        article=compile_(rf"\b{one_of('articles')}\s+$"),
    )


@lru_cache(maxsize=1)
def _cues() -> tuple[Mapping[str, str], Mapping[str, str], tuple[int, ...]]:
    """Whole words and pairs of words with their topic, stems with theirs, and the stems' lengths, longest first."""
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for topic, entry in load_lexicon("datecues").items():
        if topic in ("weights", "phrases"):
            continue
        for word in entry["words"]:
            name = str(word)
            (stems if name.endswith("*") else whole).setdefault(name.rstrip("*"), topic)
    return whole, stems, tuple(sorted({len(stem) for stem in stems}, reverse=True))


@lru_cache(maxsize=4096)
def _topic(word: str) -> str | None:
    whole, stems, lengths = _cues()
    if word in whole:
        return whole[word]
    return next((stems[word[:n]] for n in lengths if word[:n] in stems and len(word) >= n), None)


def find_topics(words: str) -> list[str]:
    """The topics of the cue words in a stretch of text, in their order."""
    return [topic for topic, _, _ in locate_topics(words)]


def locate_topics(words: str) -> list[tuple[str, int, int]]:
    """``find_topics`` with where each cue word stands."""
    whole = _cues()[0]
    out: list[tuple[str, int, int]] = []
    before = ""
    for match in _WORD.finditer(words.lower()):
        word = match.group()
        topic = whole.get(f"{before} {word}") or _topic(word)
        if topic is not None:
            out.append((topic, match.start(), match.end()))
        before = word
    return out


def drop_complements(told: Sequence[tuple[str, int, int]], words: str) -> list[tuple[str, int, int]]:
    """Located topics without the deeds that only name what a step of the law is for: "charged with murder" tells of the charge."""
    kept: list[tuple[str, int, int]] = []
    for one in told:
        step = next((other for other in reversed(kept) if other[0] in _STEPS), None) if one[0] in _DEEDS else None
        if step is None or words[: one[2]].endswith("ing") or not _COMPLEMENT.fullmatch(words, step[2], one[1]):
            kept.append(one)
    return kept


def observe(sentence: str, start: int, end: int) -> dict[str, float]:
    """What is seen around a date: topics on either side, the nearest ones, and how the date is told."""
    before = find_topics(_phrases().source.sub(" ", sentence[max(0, start - _REACH) : start]))
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
    if _GOVERNING.isdisjoint(before) and _last_before(sentence, start) in _DEEDS:
        seen["far deed"] = 1.0
    phrase = sentence[start:end].lower()
    seen[f"told {time_kind(sentence, start, end)}"] = 1.0
    for name, pattern in _MANNERS:
        if pattern.search(phrase):
            seen[name] = 1.0
    if sentence[end : end + 2] in ("'s", "’s"):
        seen["possessive"] = 1.0
    if is_future(sentence, start, end):
        seen["future"] = 1.0
    if _phrases().said.search(sentence, max(0, start - _FAR), start):
        seen["said then"] = 1.0
    if _phrases().feast.search(phrase) and _phrases().party.match(sentence, end):
        seen["of a party"] = 1.0  # "a New Year's Eve party" goes on past midnight
    if is_its_deeds(sentence, start, end):
        seen["of its deed"] = 1.0
    if _phrases().death_bed.search(sentence, max(0, start - _REACH), start) and _phrases().from_wounds.search(
        sentence, max(0, start - _REACH), end + _REACH
    ):
        seen["of a death from wounds"] = 1.0
    if _phrases().stamped.search(sentence, max(0, start - _REACH), start):
        seen["of the page"] = 1.0
    if _is_of_a_thing(sentence, start, end):
        seen["of a thing"] = 1.0
    return seen


def is_its_deeds(sentence: str, start: int, end: int) -> bool:
    """Whether a date tells which deed is meant: "was charged in the March 20 shooting"."""
    noun = _phrases().its_deed.match(sentence, end)
    possessive = sentence[end : end + 2] in ("'s", "’s")
    if noun is None or _phrases().between.search(noun.group()) or not (possessive or _OF_A_DAY.search(sentence[start:end])):
        return False  # "the 2015 attacks" are mostly others, "February's robbery" is not
    before = sentence[max(0, start - _FAR) : start]
    return (possessive or _phrases().article.search(before) is not None) and _OTHERS.search(before) is None


def _is_of_a_thing(sentence: str, start: int, end: int) -> bool:
    """Whether a year names a law, a film or a car and no deed: "the 1994 passage of the act"."""
    if (
        _PLAIN_YEAR.fullmatch(sentence, start, end) is None
        or _phrases().article.search(sentence[max(0, start - 8) : start]) is None
    ):
        return False
    noun = _THING.match(sentence, end)
    return noun is not None and find_topics(sentence[end : end + _REACH])[:1] != ["deed"]


def _last_before(sentence: str, start: int) -> str | None:
    """The topic of the happening told last before a date; "background" where it is another's ("linked to a robbery on Monday")."""
    stretch = _phrases().source.sub(" ", sentence[max(0, start - _FAR) : start])
    if _OTHERS.search(stretch):
        return "background"
    return next((topic for topic in reversed(find_topics(stretch)) if topic in _GOVERNING), None)


def is_of_deed(sentence: str, start: int, end: int) -> bool:
    """Whether the nearest happening before a date, else after it, is a deed: "was jailed for a robbery in March 2019"."""
    if is_its_deeds(sentence, start, end):
        return True
    governor = _last_before(sentence, start)
    if governor is not None:
        return governor in _DEEDS
    after = [topic for topic in find_topics(sentence[end : end + _REACH]) if topic in _GOVERNING]
    return bool(after) and after[0] in _DEEDS


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


def is_of_law(sentence: str, start: int, end: int) -> bool:
    """Whether a date is that of a court or of something to come: "were jailed at Leeds Crown Court on Monday"."""
    if is_its_deeds(sentence, start, end):
        return False
    governor = _last_before(sentence, start)
    if governor is None:
        governor = next((topic for topic in find_topics(sentence[end : end + _REACH]) if topic in _GOVERNING), None)
    return governor in ("court", "coming")


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
    age = observe_age(when, published, time_kind(sentence, start, end))
    seen.update(age)
    for name in ("over a week", "over a year"):
        if name in age and is_of_deed(sentence, start, end):
            seen[f"old deed {name}"] = 1.0
    seen["order"] = min(order, _LATE) / _LATE
    return _share(_weigh(seen))
