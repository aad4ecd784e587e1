"""Part a report that tells of several incidents at once by their dates: a trial over two robberies, a shop robbed twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsblotter.extract.cues import Markers
from newsblotter.extract.document import Document
from newsblotter.extract.lines import LEAD_SENTENCES, Group, Line, has_outcome
from newsblotter.records import Role, Span, When, gap_days

LISTED_MAX = 6  # dates of one sentence that are incidents; more are a table
APART_DAYS = 60  # days between the dates of two deeds of one trial that are told sentence by sentence

_YEAR = re.compile(r"(?<![\d£$€,.])((?:19|20)\d\d)(?![\d,]\d|%)\b")
_JOINT = re.compile(r"(?:,|;| and| or| again| then| in| on| as well as| ){1,5} ?")
_DIGIT = re.compile(r"\d")
_STRETCH = re.compile(r"\b(?:between|from) (?:\w+ )?$")
_MANY = re.compile(
    r"\b(?:two|three|four|both|several|twin|heists|robberies|raids|thefts|burglaries|attacks|shootings|again|hold-?ups|break-ins|too"
    r"|also|murders|killings|bombings|banks|shops|stores)\b",
    re.I,
)
_DEED = r"(?:heist|raid|robber(?:y|ie)|theft|burglar(?:y|ie)|hold-?up|attack|shooting|murder|killing|bombing|kidnapping|break-in)"
_ANNOUNCED = re.compile(
    rf"\b(?:double|twin) (?:[\w-]+ ){{0,3}}?{_DEED}s?\b|\b(?:two|both|three|pair of) (?:[\w-]+ ){{0,3}}?{_DEED}s\b"
    rf"|\b(?:[\w-]+ )?(?:heists|robberies|raids|burglaries|hold-?ups|bombings|murders)\b",
    re.I,
)
_ORDINAL = re.compile(r"[\"“‘']?(?:(?:In|During|For) the|The) (first|second|third|fourth)\b")
_ORDINALS = ("first", "second", "third", "fourth")
_LEANS = re.compile(
    r"[\"“‘']?(?:He|She|They|It|His|Her|Their|Both|In under|In less|The (?:gang|men|robbers|raiders|thieves|haul))\b"
)


def listed_dates(line: Line) -> list[tuple[Span, When | None]]:
    """The dates of a sentence that lists incidents by them ("in October 2007 and again in 2008"), else nothing."""
    text, start = line.sentence.text, line.sentence.start
    if not _MANY.search(text) or not line.is_eventful():
        return []
    chain: list[tuple[Span, When | None]] = []
    for span, when in line.whens:
        if when.precision not in ("day", "month", "year") or not _DIGIT.search(text, span.start - start, span.end - start):
            continue
        if chain and not _JOINT.fullmatch(text, chain[-1][0].end - start, span.start - start):
            if len(chain) > 1:
                break
            chain = []
        if not chain and _STRETCH.search(text, 0, span.start - start):
            continue
        if not any(gap_days(when, other) == 0 for _, other in chain if other is not None):
            chain.append((span, when))
    return chain if 2 <= len(chain) <= LISTED_MAX else _listed_years(line)


def _listed_years(line: Line) -> list[tuple[Span, When | None]]:
    """The same by bare years, which no finder takes for dates; those of one stretch ("between 2009 and 2011") are no list."""
    text, start = line.sentence.text, line.sentence.start
    chain: list[re.Match[str]] = []
    for match in _YEAR.finditer(text):
        if chain and not _JOINT.fullmatch(text, chain[-1].end(), match.start()):
            if len(chain) > 1:
                break
            chain = []
        chain.append(match)
    if not 2 <= len({m.group() for m in chain}) <= LISTED_MAX:
        return []
    low, high = start + chain[0].start(), start + chain[-1].end()
    if _STRETCH.search(text, 0, chain[0].start()) or any(span.start <= low and high <= span.end for span, _ in line.whens):
        return []
    unique = {m.group(): Span(start + m.start(), start + m.end(), "time") for m in reversed(chain)}
    return [(span, None) for span in sorted(unique.values(), key=lambda span: span.start)]


def split_joint(groups: list[Group], document: Document, markers: Markers) -> list[Group]:
    """Part the main scene where it tells of several incidents by their dates; the other scenes stay as they are."""
    main = groups[0]
    for line in main.lines[: LEAD_SENTENCES + 1]:
        dates = listed_dates(line)
        if dates:
            return [*_share(main, line, dates, document), *groups[1:]]
    if is_joint(main.lines, markers):
        dated = _dated_deeds(main, document, markers)
        if len(dated) > 1:
            return [*_share(main, None, dated, document), *groups[1:]]
    return groups


def is_joint(lines: Sequence[Line], markers: Markers) -> bool:
    """Whether title and lead tell what came of several deeds at once ("eight on trial over twin raids")."""
    head = lines[: LEAD_SENTENCES + 1]
    return any(_ANNOUNCED.search(line.sentence.text) for line in head) and has_outcome(head, markers)


def _dated_deeds(main: Group, document: Document, markers: Markers) -> list[tuple[Span, When | None]]:
    """The dates that open sentences of their own, each telling a deed and no step of the law."""
    found: list[tuple[Span, When | None]] = []
    for line in main.lines:
        if document.is_title(line.sentence) or not line.cues or has_outcome([line], markers):
            continue
        for span, when in line.whens[:1]:
            told = [other for _, other in found if other is not None]
            if when.precision in ("day", "month", "year") and all(gap_days(when, other) > APART_DAYS for other in told):
                found.append((span, when))
    return found


def _share(main: Group, listing: Line | None, dates: Sequence[tuple[Span, When | None]], document: Document) -> list[Group]:
    """A scene for each date, with the lines that are of its date, and those that are of all."""
    text = document.report.text
    anchors = [span for span, _ in dates]
    split = [Group(Role.FOLLOW_UP, [], span) for span in anchors]
    current: list[Group] = []
    paragraph = -1
    for line in main.lines:
        ordinal = _ORDINAL.match(line.sentence.text)
        at = _ORDINALS.index(ordinal[1]) if ordinal else len(split)
        if line is listing or document.is_title(line.sentence):
            fits = split
        elif mine := [g for g, (span, when) in zip(split, dates, strict=True) if _is_of(line, span, when, text)]:
            fits = mine
        elif at < len(split):
            fits = [split[at]]
        elif len(current) == 1 and line.sentence.paragraph == paragraph and line.opens_with(_LEANS):
            fits = current
        else:
            fits = split
        for group in fits:
            group.lines.append(line)
        current, paragraph = fits, line.sentence.paragraph
    return split


def _is_of(line: Line, span: Span, when: When | None, text: str) -> bool:
    if when is None:
        return any(str(other.earliest.year) == text[span.start : span.end] for _, other in line.whens)
    return any(gap_days(other, when) == 0 for _, other in line.whens)
