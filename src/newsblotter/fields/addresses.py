"""Find street addresses, streets and corners in a report's words."""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.fields.place_words import load_place_words
from newsblotter.records import Span

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w’'\-]*\.?|\d{1,4}(?:st|nd|rd|th)|[A-Z]\.)"  # a word of a street's name
_DIRECTION = r"(?:(?:[NSEW]|[NS][EW]|[NS]\.?[EW])\.?\s|(?:North|South|East|West)(?:east|west)?\s)?"
_HOUSE = r"(?:\d{1,3}00\s(?:hundred\s)?block\sof\s|\d{1,6}(?:[A-Za-z]|-\d{1,5})?\s)"
_NO_STREET = re.compile(
    r"(?i:wall street journal|sesame street|place of|highway patrol|drive-by|road rage|street journal"
    r"|(?:crown|district|superior|supreme|county|circuit|high"
    r"|magistrates|criminal|federal|municipal|appeals?|sheriff|family|juvenile|session|sessions|city|state|common pleas) court\b"
    r"|(?:take|took|taking|taken|first|second|third) place|police drive)"
)
_NUMBERED = (
    r"\b(?:(?:US|U\.S\.|State|County|Interstate|FM|Route)\s)?(?:Highway|Hwy\.?|Interstate|Route|Rte\.?"
    r"|Road|I-|A|M)[\s-]?\d{1,4}(?:\s(?:North|South|East|West)|[NSEW])?\b(?!-(?:year|day|month|week|hour|minute))"
)


@lru_cache(maxsize=4)
def _compile(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = load_place_words(language)
    ends = "|".join(sorted((re.escape(w.capitalize()) for w in words.street_ends), key=lambda w: (-len(w), w)))
    plural = r"(?:[Ss]treets|[Aa]venues|[Rr]oads|[Bb]oulevards|[Dd]rives|[Ll]anes)"
    starts = "|".join(sorted((re.escape(w) for w in words.street_starts), key=lambda w: (-len(w), w)))
    particle = r"(?:(?:de la|des|de|du|della|delle|dei|di|da|do|dos|del|la|le|les|l’|l'|d’|d')\s?)"
    named = rf"(?:{_DIRECTION}(?:{_NAME}\s){{1,4}}(?:{ends})\b\.?)"
    street = re.compile(rf"\b(?:{_HOUSE})?{named}")
    housed = re.compile(rf"\b{_HOUSE}{_DIRECTION}{_NAME}(?:\s{_NAME}){{0,3}}")
    foreign = re.compile(
        rf"\b(?:\d{{1,4}},?\s)?(?i:{starts})\s{particle}{{0,2}}[A-ZÀ-Þ][\w’'\-]+(?:[\s-](?:{particle})?[A-ZÀ-Þ][\w’'\-]+){{0,3}}"
    )
    corner = re.compile(
        rf"\b{_DIRECTION}(?:{_NAME}\s){{1,3}}(?:and|&)\s{_DIRECTION}(?:{_NAME}\s){{1,3}}{plural}|"
        rf"\b(?:corner|intersection)\sof\s{_DIRECTION}(?:{_NAME}\s){{1,4}}(?:and"
        rf"|&)\s{_DIRECTION}{_NAME}(?:\s{_NAME}){{0,3}}(?:\s{plural})?"
    )
    return street, housed, foreign, corner


_NUMBERED_ROAD = re.compile(_NUMBERED)
# One of these stands in every corner: a report without any is not searched for them.
_CORNER_NEEDS = ("treets", "venues", "oads", "oulevards", "rives", "anes", "corner", "intersection")
_ABBREVIATED = re.compile(r"\b(?:St|Ave|Av|Blvd|Rd|Dr|Ln|Ct|Cir|Ter|Pl|Pkwy|Hwy|[NSEW])\.$")
_BLOCK = re.compile(r"\bblock\sof\s")
_FOREIGN_START_NEEDS_CAPITAL = re.compile(r"[A-ZÀ-Þ]|rue|calle|via|rua")


def find_addresses(text: str, language: str = "en") -> tuple[Span, ...]:
    """Find house numbers, blocks, streets and corners: "1200 block of West Papeete Street", "Avenue Montaigne"."""
    street, housed, foreign, corner = _compile(language)
    taken: list[tuple[int, int]] = []
    corners = (corner,) if any(word in text for word in _CORNER_NEEDS) else ()
    for pattern in (*corners, street, housed, foreign, _NUMBERED_ROAD):
        for match in pattern.finditer(text):
            start, end = _trim(text, match.start(), match.end(), language)
            if text[start:end].endswith(".") and not _ABBREVIATED.search(text, start, end):
                end -= 1
            if text.startswith((" Journal", " Bank", " analyst"), end):
                continue
            if start < end and _is_address(pattern is foreign, pattern is housed, text[start:end], language):
                taken.append((start, end))
    spans: list[Span] = []
    for start, end in sorted(taken, key=lambda pair: (pair[0], -pair[1])):
        if not spans or start >= spans[-1].end:
            spans.append(Span(start, end, "address"))
        elif end > spans[-1].end and text[start].isupper() and not text[spans[-1].start].isdigit():
            spans[-1] = Span(start, end, "address")  # "the tony Avenue Montaigne" is no "Tony Avenue"
    return tuple(spans)


def _is_address(is_foreign: bool, is_housed: bool, found: str, language: str) -> bool:
    if _NO_STREET.search(found) or "\n" in found:
        return False
    words = load_place_words(language)
    parts = found.split()
    if is_foreign and not _FOREIGN_START_NEEDS_CAPITAL.match(found.lstrip("0123456789, ")):
        return False
    if (
        is_foreign
        and parts[0] in ("Place", "Route", "Square", "Cours", "Passage", "Highway", "Interstate")
        and parts[-1].lower() in words.common
    ):
        return False
    if is_foreign and parts[0].istitle() and parts[1:] and parts[1].lower() in words.common:
        return False
    if is_housed and not _BLOCK.search(found):  # "24 Harris", "19 People": a number before a name is no address
        return parts[-1].strip(".").lower() in words.street_ends or bool(re.match(r"\d{2,6}\s[NSEW]{1,2}\.\s", found))
    return True


def _trim(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """Drop words at the head that belong to the sentence: "On Main Street", "Police said Oak Street"."""
    words = load_place_words(language)
    while True:
        head = re.match(r"([A-Z][\w’'\-]*)\s", text[start:end])
        if head is None:
            return start, end
        word = head.group(1).lower()
        if word not in words.common or word in words.directions or word in words.street_starts:
            return start, end
        rest = text[start + head.end() : end].split()
        if len(rest) < 2:
            bare = rest[0].strip(".").lower() if rest else ""
            # "Bond Street": the first word is the name itself unless it only opens the sentence
            return (
                (end, end)
                if word in words.prepositions or word in ("the", "this", "a", "his", "her") or bare not in words.street_ends
                else (start, end)
            )
        start += head.end()
