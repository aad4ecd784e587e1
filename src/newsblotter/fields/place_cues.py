"""Read from the words beside a place what it has to do with the report, and choose the scene."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from newsblotter.fields.gazetteer import measure_km
from newsblotter.fields.place_words import load_place_words
from newsblotter.records import Span, Where

_CLUSTER_KM = 25.0  # places this near are one area when the scene is chosen
_SCENE_SCORE = 0.5  # cue score from which a place is taken for a scene
_MAX_SCENES = 30  # distinct places weighed as the scene
_COURT = re.compile(r"^(?:[’']s)?(?: [A-Z][\w.]+){0,3} (?:[Cc]ourts?|[Cc]ourthouse|[Mm]agistrates)\b")
_COURT_BEFORE = re.compile(r"\b(?:court|courtroom|courthouse|judge|jury|trial)(?: \w+){0,2} (?:in|at|of) $", re.IGNORECASE)
_POLICE = re.compile(
    r"^(?:[’']s)?(?: [A-Z][\w-]+)? (?:police|sheriff|metro police|authorities|detectives|officers"
    r"|deputies|firefighters|homicide)\b",
    re.IGNORECASE,
)
_POLICE_BEFORE = re.compile(
    r"\b(?:police|sheriff[’']?s?|officers|authorities|detectives|firefighters) (?:in|of|near|outside) $", re.IGNORECASE
)
_OFFICE = re.compile(
    r"^(?:[’']s)? (?:[A-Z][\w’'.-]+ ){0,3}(?:Department|Office|Bureau|Force|Division|Precinct"
    r"|Commissioner|Chief|Mayor|Council|Attorney|Prosecutor)"
)
_ORGANISATION = re.compile(
    r"^(?:[’']s)?(?: [A-Z][\w’'.&-]+){0,3} (?:Hospital|Medical|Health|University|College|School|Times"
    r"|News|Post|Herald|Chronicle|Gazette|Journal|Tribune"
    r"|Star|Sun|Record|Observer|Register|Press|Globe|Dispatch|Mail|Fund|Association|Club|Jail|Prison"
    r"|Correctional|TV|Daily|Weekly|Sentinel|Finance|Financial|Capital|Holdings|Industries|Insurance|Motors|Traders|Enterprises"
    r"|Securities|Logistics|Airlines|Airways|Ltd|Limited|Inc|Corp|GmbH|Group)\b"
)
_CARE_BEFORE = re.compile(
    r"\b(?:hospital|hospitals|jail|prison|medical center|trauma center|morgue|airlifted to|flown to"
    r"|taken to|transported to)(?: \w+){0,2}? (?:in |to |at )?$",
    re.IGNORECASE,
)
_SPEAKER_BEFORE = re.compile(
    r"\b(?:headquarter(?:s|ed)|embassy|consulate|diplomats?|spokes(?:man|woman|person)|attorney general|ministry|Interpol|Europol"
    r"|correspondent|auction house|insurers?|lawyers?)(?: of the \w+)?(?: \w+)?,? (?:in|at) (?:the )?$"
)
_PERSON_OF = re.compile(
    r"(?:\d{1,3},? (?:both |all )?of |\b(?:[A-Z][a-z]+|man|woman|native|resident|residents|teen"
    r"|couple),? (?:of|from) )(?:[A-Z]\w+ )?$"
)
_FROM = re.compile(
    r"\b(?:from|native of|resident of|lives in|lived in|moved to|born in|grew up in|fled to|drove to|based in|headquartered in) $",
    re.IGNORECASE,
)
_HOME_AFTER = re.compile(r"^(?: (?:resident|residents|native|man|woman|teen|teenager|couple|family|mother|father)\b|-born|-based)")
_IN = re.compile(
    r"\b(?:in|near|outside|inside|at|across|throughout|on)(?: (?:the|downtown|central|north|south|east"
    r"|west|\w+ern|suburban|nearby|rural|\w+-\w+))*"
    r"(?: (?:[\w’'-]+ ){0,4}?(?:city|town|village|capital|port|resort|suburb|township|municipality|commune|district|province|region"
    r"|state|county|prefecture|island|department|community|hamlet|settlement)(?: of)?,?)? $",  # "in the northern Belgian city of X"
    re.IGNORECASE,
)
_ARRESTED = re.compile(
    r"\b(?:arrested|captured|caught|apprehended|extradited|booked|sentenced|convicted|recovered|found guilty|located|detained"
    r"|nabbed|held|found|searched|tracked|traced|jailed|freed|turn(?:s|ed) up|resurfaced|resurfaces)\b[^.]{0,40}$",
    re.IGNORECASE,
)
_ARRESTED_AFTER = re.compile(r"\b(?:arrest|arrested|arrests|raids|raided homes|custody|extradited|extradition|detained)\b")
_DATELINE_AFTER = re.compile(
    r"^(?:,? ?[A-Z][\w. ]{1,20}?)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: ?\([^()\n]{2,40}\) ?(?:[-–—:]|--)?| ?(?:–|—|--)| - )"
)
_OUTLET_BEFORE = re.compile(r" (?:[-–—|]|::) [^.\n]{0,60}$")  # the tail of a page's title names the outlet
_DATELINE = re.compile(
    r"[A-Z][A-Z’'. -]{2,30}(?:, [A-Z][\w.]+)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?(?:\([^()\n]{2,40}\) ?)?(?:[-–—]|--)"
)  # a line that opens so is no title, whatever hyphens it holds
_WORD = re.compile(r"[A-Za-z]+")
_CITY_STATE_KM = 20.0  # radius up to which a country is a city state; Singapore has 15, Luxembourg 29
_ARREST_LOSS = 0.35  # taken off a place of arrest, trial or search


def read_role(text: str, span: Span) -> str:
    """Say what a place has to do with the report: scene, court, home, headquarters, dateline or other."""
    before, after = text[max(0, span.start - 60) : span.start], text[span.end : span.end + 60]
    line = before.rpartition("\n")[2]
    if (
        len(line) < 25
        and (not line.strip() or line.rstrip().endswith(":"))
        and span.start - len(line) >= 0
        and _DATELINE_AFTER.match(after)
        and _starts_line(text, span)
    ):
        return "dateline"
    if _COURT.match(after) or _COURT_BEFORE.search(before):
        return "court"
    if _POLICE.match(after) or _OFFICE.match(after):
        return "headquarters"
    if _ORGANISATION.match(after) or _CARE_BEFORE.search(before):
        return "other"
    if _PERSON_OF.search(before) or _FROM.search(before) or _HOME_AFTER.match(after):
        return "home"
    return "scene" if place_cue_score(text, span) >= _SCENE_SCORE else "other"


def _starts_line(text: str, span: Span) -> bool:
    return span.start < 25 or "\n" in text[span.start - 25 : span.start]


@lru_cache(maxsize=256)  # of one place several readers ask
def place_cue_score(text: str, span: Span, language: str = "en") -> float:
    """Say how strongly the words around a place speak for it as the scene of what is reported.

    Returns:
        0 (a hospital's town) to 1 ("shot dead in X"); 0.4 when nothing tells.
    """
    words = load_place_words(language)
    start = max(text.rfind("\n", max(0, span.start - 121), span.start) + 1, span.start - 120, 0)
    before, after = text[start : span.start], text[span.end : span.end + 80].partition("\n")[0]
    if _starts_line(text, span) and _DATELINE_AFTER.match(after):
        return 0.75
    if _OUTLET_BEFORE.search(before) and "\n" not in text[:start] and not _DATELINE.match(text):
        return 0.1
    if _CARE_BEFORE.search(before) or _ORGANISATION.match(after):
        return 0.12
    if _COURT.match(after) or _COURT_BEFORE.search(before):
        return 0.25
    if _POLICE_BEFORE.search(before):
        return 0.7
    if _POLICE.match(after):
        return 0.65
    if _OFFICE.match(after):
        return 0.45
    if _PERSON_OF.search(before) or _FROM.search(before) or _HOME_AFTER.match(after) or _SPEAKER_BEFORE.search(before):
        return 0.3
    score = 0.4
    sentence = re.split(r"[.!?] (?=[A-Z“\"])", before)[-1]
    happening = any(word in words.happening for word in _WORD.findall(sentence.lower()))
    after_happening = any(word in words.happening for word in _WORD.findall(re.split(r"[.!?]", after)[0].lower()))
    if _IN.search(before):
        score += 0.2 + (0.25 if happening else 0.1 if after_happening else 0.0)
    elif after_happening:
        score += 0.2
    if _ARRESTED.search(sentence) or _ARRESTED_AFTER.search(re.split(r"[.!?] ", after)[0]):
        score -= _ARREST_LOSS
    return max(0.0, min(1.0, score))


def best_scene(text: str, spans: Sequence[Span], wheres: Sequence[Where | None], language: str = "en") -> int | None:
    """Choose the place where the report's main happening took place.

    Cues count first, then the title and the head of the report, how often an area is named, and how small it is.

    Returns:
        Position in ``spans``; None when no place has a point.
    """
    title_end = text.find("\n\n") if "\n\n" in text[:250] else 0
    scored: list[tuple[float, int, Where]] = []
    for position, (span, where) in enumerate(zip(spans, wheres, strict=True)):
        if where is None or where.latitude is None or span.kind != "place":
            continue
        where = _as_town(where)
        score = place_cue_score(text, span, language)
        score += 0.3 if span.start < title_end else 0.2 if span.start < title_end + 400 else 0.0
        scored.append((score, position, where))
    if not scored:
        return None
    groups: dict[tuple[float, float], list[tuple[float, int, Where]]] = {}
    for entry in scored:
        groups.setdefault((entry[2].latitude or 0.0, entry[2].longitude or 0.0), []).append(entry)
    leading = sorted(groups.values(), key=lambda g: (-max(e[0] for e in g), g[0][1]))[:_MAX_SCENES]
    best: tuple[float, int] | None = None
    for group in leading:
        near = sorted(
            (e for other in leading if other is group or _is_close(group[0][2], other[0][2]) for e in other),
            key=lambda e: (-e[0], e[1]),
        )
        score, position, where = min(group, key=lambda e: (-e[0], e[1]))
        support = [e[0] for e in near if e[1] != position][:4]
        total = score + 0.6 * sum(s * 0.5 ** (i + 1) for i, s in enumerate(support)) + _PRECISION_BONUS.get(where.precision, 0.0)
        if where.precision in ("region", "country") and (where.radius_km or 0) < 60:
            total -= 0.75 * _PRECISION_BONUS[where.precision]
        if best is None or (-total, position) < (-best[0], best[1]):
            best = (total, position)
    return best[1] if best else None


_PRECISION_BONUS = {"quarter": 0.05, "city": 0.0, "region": -1.0, "country": -2.0}


def _as_town(where: Where) -> Where:
    """A country no larger than a city (Monaco, Singapore) places an incident as well as one."""
    if where.precision == "country" and where.radius_km is not None and where.radius_km <= _CITY_STATE_KM:
        return replace(where, precision="city")
    return where


def _is_close(where: Where, other: Where) -> bool:
    if where.latitude is None or where.longitude is None or other.latitude is None or other.longitude is None:
        return False
    if abs(where.latitude - other.latitude) > 0.3 or other.precision in ("region", "country"):
        return False
    return measure_km(where.latitude, where.longitude, other.latitude, other.longitude) < _CLUSTER_KM
