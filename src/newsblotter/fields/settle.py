"""Once the values are read: which of a report's dates and places are the incident's, and what role the report plays.

The extract stage offers every phrase that may date or place an incident. Here the values decide: the best offer stays, offers that
agree with it stay beside it, and the rest, dates of arrests and courts, home towns and headquarters, go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from newsblotter.fields.datecues import drop_complements, find_topics, is_its_deeds, is_of_law, locate_topics
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Claim, Mention, Person, Reality, Report, Role, When, Where, gap_days, hash_id

RateDate = Callable[[str, int, int, When, date | None, int], float]

SCENE_SHARE = 0.3  # how much its place in the scene may take from a date's score; chosen on a sample of gunviolence train
TOP_SCORE = 0.98  # no words are surer of a day than this
BESIDE_SHARE = 0.9  # of the best date's score, for dates that only agree with it
FINER_SHARE = 0.45  # a day within the best month or year is taken for it from this share of the score on
AHEAD_DAYS = 1  # an incident is not reported before it happens; time zones allow a day
LATE_DAYS = 5  # from then on a report that tells what became of the incident is a follow-up
OLD_DAYS = 30  # from then on any report is
FRESH_DAYS = 2  # a report this soon after the incident is about the incident, not a follow-up
DATELINE_DAYS = 2  # an embedded post dates an incident reported within so many days
DATELINE_TOP = 0.2  # the extract stage's score for a post's dateline
_DEEDS, _STEPS = frozenset({"deed", "scene", "death"}), frozenset({"arrest", "court", "mourning"})
_TURNS = _DEEDS | _STEPS
_TOWNS = frozenset({"city", "region", "country"})
_COURT_SCENE = re.compile(r"\b(?:outside|near|inside|from|at) (?:an?|the) (?:[\w'’]+ ){0,2}court(?:house)?\b(?! heard| was told)")
_FINENESS = {"day": 0, "days": 1, "weekend": 1, "week": 2, "month": 3, "season": 4, "range": 5, "year": 6}
CLOCK_SCORE = 0.2  # of a day that only an hour speaks for
PRINTED_SCORE = 0.1  # of a day that nothing speaks for but the day of publication; 3 of 5 such were right on gunviolence train
POINTED_SHARE = 0.5  # of the score of a place or target that is only pointed back to
NAME_LETTERS = 4  # a shorter name holds and is held too easily
LAW_SCORE = 0.4  # below it a court's day is not the incident's; of 12 such on a sample of gunviolence train 3 were
STAMP_SHARE = 0.3  # of the score of a page's or a dispatch's own date
STAMP_LETTERS = 40  # characters beside a date on its line, at most, for it to be such
NIGHT_FROM, NIGHT_TO = (
    "18:00",
    "12:00",
)  # of an incident told as overnight; on gunviolence train 14 of 17 and 26 of 30 are of that day
_NIGHT = re.compile(r"night|evening|late\b|\d\s?p\.?\s?m\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
_VERB = re.compile(r"\b[a-z]{3,}\b")
_FULL_DATE = re.compile(r"\d\D+(?:19|20)\d\d|(?:19|20)\d\d-\d")
_DISPATCH = re.compile(r"\)?(?:,? \d{4})?,?\.? ?(?:\([^()\n]{2,40}\) ?)?(?:[—–]|--|- )")
_CAPITALS = re.compile(r"^\W*[A-Z][A-Z .]{2,}")
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s|\n+")
_WINDOW = 200  # characters of the sentence on either side of a date that are looked at


def find_sentence(report: Report, claim: Claim) -> tuple[str, int, int]:
    """The sentence-like stretch around a quote, and the quote's offsets in it."""
    low = max(0, claim.quote.start - _WINDOW)
    high = min(len(report.text), claim.quote.end + _WINDOW)
    left = max(report.text.rfind(mark, low, claim.quote.start) for mark in (". ", "\n", "? ", "! "))
    rights = [at for mark in (". ", "\n", "? ", "! ") if (at := report.text.find(mark, claim.quote.end, high)) >= 0]
    start = left + 1 if left >= 0 else low
    end = min(rights, default=high)
    return report.text[start:end], claim.quote.start - start, claim.quote.end - start


def fineness(when: When) -> int:
    """Order of precision, 0 the finest."""
    return _FINENESS.get(when.precision, 5)


def _rate(report: Report, claim: Claim, when: When, rate_date: RateDate) -> float:
    """How well a date's words, age and place in the report, and its place in the scene, speak for it."""
    order = len(_SENTENCE_END.findall(report.text, 0, claim.quote.start))
    rated = rate_date(*find_sentence(report, claim), when, report.published, order)
    if _is_stamp(report, claim):
        rated *= STAMP_SHARE
    return rated * (1 - SCENE_SHARE + SCENE_SHARE * claim.score)


def _is_stamp(report: Report, claim: Claim) -> bool:
    """Whether a date is the page's or the dispatch's own: alone on its line, or in a dateline ("PARIS, 3 June —")."""
    text = report.text
    low = text.rfind("\n", 0, claim.quote.start) + 1
    high = text.find("\n", claim.quote.end)
    before, after = text[low : claim.quote.start], text[claim.quote.end : high if high >= 0 else len(text)]
    if claim.quote.end <= len(report.title) and report.text.startswith(report.title) and _FULL_DATE.search(claim.quote.text):
        day = report.published  # a page's title bears its own day
        return day is not None and claim.value == When(day, day, "day")
    if len(before) > STAMP_LETTERS:
        return False
    if len(before) + len(after) <= STAMP_LETTERS and (_DIGITS.search(claim.quote.text) is not None):
        return _VERB.search(before + after) is None
    return _DISPATCH.match(after) is not None and _CAPITALS.search(before) is not None


def _add_up(told: Sequence[tuple[float, Claim, When]]) -> dict[When, float]:
    """The odds of each day, added over all that name it: a day told twice is surer than a day told once."""
    odds: dict[When, float] = defaultdict(float)
    for score, _, when in told:
        capped = min(score, TOP_SCORE)
        odds[when] += capped / (1 - capped)
    return {when: sum_ / (1 + sum_) for when, sum_ in odds.items()}


def _last_topic(report: Report, claim: Claim) -> str | None:
    """What the words before a date tell of last: a deed, a death, something found, an arrest, a court or a vigil; else a scene."""
    sentence, start, end = find_sentence(report, claim)
    if is_its_deeds(sentence, start, end):
        return "deed"
    located = drop_complements(locate_topics(sentence[:start]), sentence)
    told = [topic for topic, _, _ in located if topic in _TURNS or topic == "found"]
    return next((topic for topic in reversed(told) if topic != "scene"), told[-1] if told else None)  # "held at a house on Monday"


def _tells_nothing(report: Report, claim: Claim) -> bool:
    """Whether no happening stands in the sentence of a date."""
    return _DEEDS.isdisjoint(find_topics(find_sentence(report, claim)[0]))


def _is_law_day(report: Report, claim: Claim) -> bool:
    """Whether a date is a court's; a court may be the scene as well ("a bomb went off outside a court on Monday")."""
    sentence, start, end = find_sentence(report, claim)
    if not is_of_law(sentence, start, end):
        return False
    court = _COURT_SCENE.search(sentence, 0, start)
    told = [topic for topic in find_topics(sentence[: court.start()]) if topic in _TURNS] if court else []
    return not told or told[0] not in _DEEDS


def _drop_steps(report: Report, told: list[tuple[float, Claim, When]]) -> list[tuple[float, Claim, When]]:
    """Leave out the day of an arrest, a court or a vigil where a deed is dated before it ("jailed on Monday for …").

    So is the day, weeks after, on which loot is found again, or of which no deed is told ("the decision was made public on
    Thursday"); what is found within weeks is mostly what tells of the deed: a body, a shop.
    """
    if len(told) < 2:
        return told
    deeds: list[date] = []
    steps: dict[str, date] = {}
    finds: dict[str, date] = {}
    for _, claim, when in told:
        topic = _last_topic(report, claim)
        if topic in _DEEDS:
            deeds.append(when.latest)
        elif topic in _STEPS:
            steps[claim.id] = when.earliest
        elif topic == "found" or (topic is None and _tells_nothing(report, claim)):
            finds[claim.id] = when.earliest
    if not deeds:
        return told
    first = min(deeds)
    later = {claim_id for claim_id, day in steps.items() if first < day}
    later |= {claim_id for claim_id, day in finds.items() if first + timedelta(days=OLD_DAYS) < day}
    return [one for one in told if one[1].id not in later]


def _narrow_night(claim: Claim, when: When, hours: Sequence[str]) -> tuple[Claim, When]:
    """ "Overnight" is the evening's day or the morning's, where every hour told ("HH:MM") is of the one or of the other."""
    if claim.quote.text.lower() != "overnight" or when.earliest == when.latest or not hours:
        return claim, when
    if all(hour >= NIGHT_FROM for hour in hours):
        day = when.earliest
    elif all(hour < NIGHT_TO for hour in hours):
        day = when.latest
    else:
        return claim, when
    narrowed = When(day, day, "day")
    return replace(claim, value=narrowed), narrowed


def _with_its_eve(weekend: When, told: Sequence[tuple[float, Claim, When]], floor: float) -> When:
    """The Friday night that a weekend began with, where a report that speaks of the weekend tells of it, else the weekend."""
    if weekend.precision != "weekend":
        return weekend
    friday = weekend.earliest - timedelta(days=1)
    for score, claim, when in told:
        if when.earliest == when.latest == friday and score >= floor and _NIGHT.search(claim.quote.text):
            return when
    return weekend


def settle_date(report: Report, claims: Sequence[Claim], rate_date: RateDate, hours: Sequence[str] = ()) -> tuple[Claim, ...]:
    """Keep the dates that are the incident's, the best first in score.

    Args:
        claims: The mention's date claims with their values.
        rate_date: Rates a date by its words, its age at publication and its place in the report, 0..1.
        hours: The hours that the mention tells, "HH:MM"; they say which side of midnight "overnight" is.
    """
    told: list[tuple[float, Claim, When]] = []
    datelines: list[tuple[float, Claim, When]] = []
    for claim in claims:
        when = claim.value
        if not isinstance(when, When):
            continue
        if report.published is not None and when.earliest > report.published + timedelta(days=AHEAD_DAYS):
            continue
        if claim.score <= DATELINE_TOP:
            if report.published is not None and abs((report.published - when.earliest).days) <= DATELINE_DAYS:
                datelines.append((claim.score, claim, when))
            continue
        told.append((_rate(report, claim, when, rate_date), *_narrow_night(claim, when, hours)))
    if datelines and not any(fineness(when) <= 1 for _, _, when in told):
        told = datelines
    told = _drop_steps(report, told)
    if not told:
        return ()
    if all(score < LAW_SCORE and _is_law_day(report, claim) for score, claim, _ in told):
        return ()
    ranked = _add_up(told)
    best = max(ranked, key=lambda when: (ranked[when], -when.earliest.toordinal(), -when.latest.toordinal()))
    finer = [
        w for w, s in ranked.items() if fineness(w) < fineness(best) and gap_days(w, best) == 0 and s >= FINER_SHARE * ranked[best]
    ]
    if finer:
        best = min(finer, key=lambda when: (fineness(when), -ranked[when], when.earliest, when.latest))
    best = _with_its_eve(best, told, FINER_SHARE * ranked[best])
    top = max(ranked[best], *(ranked[when] for when in ranked if gap_days(when, best) == 0))
    kept = [(claim, when) for _, claim, when in told if gap_days(when, best) == 0]
    return tuple(
        replace(claim, score=round(top if when == best else min(ranked[when], BESIDE_SHARE * top), 4)) for claim, when in kept
    )


def date_by_clock(report: Report, mention: Mention, clocks: Sequence[Claim]) -> tuple[Claim, ...]:
    """Where a report names the hour of its main incident and no day at all, it speaks of the day it appears on.

    Args:
        clocks: The mention's claims of the hour, with their values.
    """
    if report.published is None or mention.role is not Role.MAIN or not clocks:
        return ()
    surest = max(clocks, key=lambda c: (c.score, -c.quote.start))
    when = When(report.published, report.published, "day")
    return (replace(surest, id=hash_id("c", surest.id, "date"), field="date", value=when, score=CLOCK_SCORE),)


def date_by_publication(report: Report, mention: Mention) -> tuple[Claim, ...]:
    """Where a report tells its main incident as news and names neither day nor hour, it speaks of the day it appears on.

    Its words are those that tell the deed. A report that tells of a step of the law as well may come any time later.

    Args:
        mention: With all its claims, settled.
    """
    if report.published is None or mention.role is not Role.MAIN or mention.reality is not Reality.ACTUAL:
        return ()
    if any(claim.field in ("date", "outcomes", "recovered") for claim in mention.claims):
        return ()
    when = When(report.published, report.published, "day")
    return (Claim(hash_id("c", mention.id, "date"), mention.id, "date", mention.trigger, when, None, PRINTED_SCORE),)


def settle_time(dates: Sequence[Claim], clocks: Sequence[Claim]) -> tuple[Claim, ...]:
    """Keep the clock times that stand in the same words as a date that was kept, else the surest one."""
    beside = [c for c in clocks if any(c.quote.start < d.quote.end and d.quote.start < c.quote.end for d in dates)]
    chosen = beside or sorted(clocks, key=lambda c: (-c.score, c.quote.start))
    return tuple(chosen[:1])


def drop_namesakes(claims: Sequence[Claim], places: Sequence[Claim]) -> list[Claim]:
    """Drop people who are the robbed shop, and targets that are only the town; a quarter may be named for the museum in it."""
    towns = {_bare(c.value.name) for c in places if isinstance(c.value, Where) and c.value.precision in _TOWNS}
    kept = [c for c in claims if c.field != "target" or _bare(str(c.value)) not in towns]
    targets = {_bare(str(c.value)) for c in kept if c.field == "target"}
    return [
        c
        for c in kept
        if not (isinstance(c.value, Person) and c.value.name and _bare(c.value.name) in targets and c.value.role == "suspect")
    ]


def settle_role(report: Report, mention: Mention) -> Role:
    """A report close upon the incident is about it, whatever step of the law it leads with."""
    dates = [claim.value for claim in mention.claims if claim.field == "date" and isinstance(claim.value, When)]
    if not dates or report.published is None or mention.role not in (Role.MAIN, Role.FOLLOW_UP):
        return mention.role
    age = min((report.published - when.latest).days for when in dates)
    if mention.role is Role.FOLLOW_UP and age <= FRESH_DAYS:
        return Role.MAIN
    moved_on = any(claim.field in ("outcomes", "recovered") for claim in mention.claims)
    if mention.role is Role.MAIN and (age >= OLD_DAYS or (age >= LATE_DAYS and moved_on)):
        return Role.FOLLOW_UP
    return mention.role


@lru_cache(maxsize=4)
def _load_anaphora(language: str) -> Mapping[str, re.Pattern[str]]:
    words = load_lexicon("anaphora", language)
    return {field: re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) for field, patterns in words.items()}


def _bare(words: str) -> str:
    return "".join(filter(str.isalnum, words.lower()))


def _best(mention: Mention, field: str) -> Claim | None:
    told = [claim for claim in mention.claims if claim.field == field and claim.value is not None]
    return max(told, key=lambda claim: (claim.score, -claim.quote.start), default=None)


def point_back(report: Report, mention: Mention, lead: Mention, language: str = "en") -> Mention:
    """Give a passing scene the place and the premises that it points back to ("the same store was robbed in 2008").

    Args:
        mention: An incident told in passing, its claims settled.
        lead: The report's main incident, settled likewise.
    """
    patterns = _load_anaphora(language)
    told = next((claim for claim in mention.claims if claim.field == "type"), None)
    if told is None:
        return mention
    sentence = find_sentence(report, told)[0]
    target, main_target = _best(mention, "target"), _best(lead, "target")
    added: list[Claim] = []
    if target is None and main_target is not None and patterns["target"].search(sentence):
        added.append(main_target)
    same = target is not None and main_target is not None and _is_same(str(target.value), str(main_target.value))
    placed = any(isinstance(c.value, Where) and c.value.precision not in ("region", "country") for c in mention.claims)
    place = _best(lead, "place")
    if not placed and place is not None and (same or added or patterns["place"].search(sentence)):
        added.append(place)
    if not added:
        return mention
    mine = [
        replace(c, id=hash_id("c", mention.id, c.field, c.id), mention_id=mention.id, score=round(POINTED_SHARE * c.score, 4))
        for c in added
    ]
    claims = sorted((*mention.claims, *mine), key=lambda c: (c.quote.start, c.field, c.id))
    return replace(mention, claims=tuple(claims))


def _is_same(a: str, b: str) -> bool:
    """Whether one name holds the other, letters and digits only."""
    shorter, longer = sorted((_bare(a), _bare(b)), key=len)
    return len(shorter) >= NAME_LETTERS and shorter in longer
