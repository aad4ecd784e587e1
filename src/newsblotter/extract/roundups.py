"""Cut a report of several incidents into its items: a weekend's shootings, a police blotter, crime in brief."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsblotter.extract.cues import Markers
from newsblotter.extract.document import Document
from newsblotter.extract.lines import Group, Line, has_outcome, is_new, is_set
from newsblotter.records import Role

LABELLED_MIN = 2  # items with a label that make a report a blotter

# "BURGLARY: …", "WHITBY — …": a word or two in capitals that head an item.
_LABEL = re.compile(r"[-•*–—·\s]*[A-ZÀ-Þ][A-ZÀ-Þ'’.&/ ,-]{2,40}(?::|\s[–—-])\s")
_UPDATE = re.compile(
    r"\b(?:UPDATED?|PREVIOUS|RAW|VIDEO|PHOTOS?|WATCH|BREAKING|MORE|ORIGINAL|EARLIER|RELATED|READ|CAPTION|EDITOR)\b"
)
# How a sentence begins that goes on about the same people.
_GOES_ON = re.compile(r"(?:The|He|She|They|It|His|Her|Their|This|That|These|Both|Police|Officers|Detectives|Witnesses|Nobody|No)\b")
_COUNTED = "two three four five six seven eight nine ten"
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split(), 2)}
_NUMBER = re.compile(r"\b(?:\d{1,2}|" + "|".join(_NUMBERS) + r")\b", re.I)


def find_items(lines: Sequence[Line], document: Document, markers: Markers) -> list[Group]:
    """The incidents of a round-up, one for each sentence that opens an item; nothing if this is no round-up."""
    title = [line for line in lines if document.is_title(line.sentence)]
    head = [*title, *[line for line in lines if not document.is_title(line.sentence)][:1]]
    announced = [m for line in head if (m := markers.plural.search(line.sentence.text))]
    if not announced or has_outcome(title, markers):
        return []
    labelled = _labelled(lines, document)
    if labelled:
        return labelled
    if any(markers.column.search(line.sentence.text) for line in title):
        items = _column(lines, document)
        if len(items) > 1:
            return items
    groups: list[Group] = []
    paragraph, marked = -1, 0
    several = [line for line in lines if line in head or markers.plural.search(line.sentence.text)]
    body = [line for line in lines if line not in several]
    for at, line in enumerate(body):
        item = markers.item.search(line.sentence.text) is not None
        fresh = line.sentence.paragraph != paragraph and is_new(line, document)
        following = body[at + 1 : at + 2] if item else []
        set_ = any(is_set(x, document) for x in (line, *following) if x.sentence.paragraph == line.sentence.paragraph)
        if line.is_eventful() and not line.generic and set_ and (item or fresh):
            groups.append(Group(Role.ROUND_UP, [line], context=[x for x in several if x.sentence.start < line.sentence.start]))
            marked += item
        elif groups:
            groups[-1].lines.append(line)
        paragraph = line.sentence.paragraph
    return groups if len(groups) >= 2 and (marked or _fits(groups, announced)) else []


def _fits(groups: Sequence[Group], announced: Sequence[re.Match[str]]) -> bool:
    """Whether there are about as many items as a headline or lead announces, each in a paragraph of its own."""
    count = _count(announced)
    own = len({group.lines[0].sentence.paragraph for group in groups}) == len(groups)
    return count is not None and own and count - 1 <= len(groups) <= count


def _count(announced: Sequence[re.Match[str]]) -> int | None:
    """How many incidents a headline or lead announces."""
    for match in announced:
        number = _NUMBER.search(match.group())
        if number is not None:
            word = number.group().lower()
            return int(word) if word.isdigit() else _NUMBERS[word]
    return None


def _column(lines: Sequence[Line], document: Document) -> list[Group]:
    """The items of a standing column: each sentence that tells a deed with a day or a place of its own, about somebody new."""
    groups: list[Group] = []
    for line in lines:
        start, end = line.sentence.start, line.sentence.end
        if document.is_title(line.sentence):
            continue
        placed = is_set(line, document) or bool(document.spans_in("place", start, end))
        if line.is_eventful() and not line.generic and placed and not line.opens_with(_GOES_ON):
            groups.append(Group(Role.ROUND_UP, [line]))
        elif groups:
            groups[-1].lines.append(line)
    return groups


def _labelled(lines: Sequence[Line], document: Document) -> list[Group]:
    """The items of a blotter whose every item has a label in capitals, each in a paragraph of its own."""
    groups: list[Group] = []
    paragraph = -1
    labels: set[str] = set()
    for line in lines:
        if document.is_title(line.sentence):
            continue
        label = _LABEL.match(line.sentence.text) if line.sentence.paragraph != paragraph else None
        if label is not None and not _UPDATE.search(label.group()):
            labels.add(label.group())
            groups.append(Group(Role.ROUND_UP, [line]))
        elif groups:
            groups[-1].lines.append(line)
        paragraph = line.sentence.paragraph
    telling = [group for group in groups if any(line.is_eventful() and not line.generic for line in group.lines)]
    return telling if len(telling) >= LABELLED_MIN and len(labels) >= LABELLED_MIN else []
