"""A report's text cut into stretches, each with the claims that stand on it: what the page marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_HIDDEN = {"Cc", "Cf", "Cs"}  # control and format characters could turn a line around; line ends stay

# Fields in the colours of the page: what belongs together looks alike.
GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("type", "target"), "what"),
    **dict.fromkeys(("date", "time"), "when"),
    **dict.fromkeys(("place", "address"), "where"),
    **dict.fromkeys(("killed", "injured"), "harm"),
    **dict.fromkeys(("suspects", "arrested", "outcomes"), "law"),
    **dict.fromkeys(("loot", "recovered"), "loot"),
    **dict.fromkeys(("weapons", "vehicles", "tactics"), "means"),
    "people": "people",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim's words in a text."""

    start: int
    end: int
    field: str
    words: str  # the value, for people


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a text on which the same claims stand."""

    start: int
    text: str
    marks: tuple[Mark, ...]  # the shortest first: it is what the words say most closely
    begins: bool  # a claim begins here: links lead to it
    asked: bool  # part of the words that the visitor came for

    @property
    def group(self) -> str:
        """The colour of the closest claim."""
        return GROUPS.get(self.marks[0].field, "what") if self.marks else ""


def cut_text(text: str, marks: Iterable[Mark], asked: tuple[int, int] | None = None, cuts: Sequence[int] = ()) -> list[Stretch]:
    """Cut a text where claims begin and end.

    Args:
        text: The report's text; offsets point into it.
        marks: The claims; those that do not lie in the text are left out.
        asked: Words to be shown as what the visitor came for.
        cuts: Further places to cut at.

    Returns:
        Stretches that make up the text, in order.
    """
    sound = sorted(
        {mark for mark in marks if 0 <= mark.start < mark.end <= len(text)}, key=lambda mark: (mark.start, mark.end, mark.field)
    )
    if asked is not None and not 0 <= asked[0] < asked[1] <= len(text):
        asked = None
    edges = {0, len(text), *(cut for cut in cuts if 0 < cut < len(text)), *(asked or ())}
    edges.update(edge for mark in sound for edge in (mark.start, mark.end))
    ordered = sorted(edges)
    starts = {mark.start for mark in sound} | ({asked[0]} if asked else set())
    stretches = []
    open_marks: list[Mark] = []
    following = 0
    for start, end in pairwise(ordered):
        open_marks = [mark for mark in open_marks if mark.end > start]
        while following < len(sound) and sound[following].start == start:
            open_marks.append(sound[following])
            following += 1
        closest = tuple(sorted(open_marks, key=lambda mark: (mark.end - mark.start, mark.field, mark.words)))
        inside = asked is not None and asked[0] <= start and end <= asked[1]
        stretches.append(Stretch(start, show_text(text[start:end]), closest, start in starts, inside))
    return stretches


def show_text(text: str) -> str:
    """A report's words made safe to show, its lines kept."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _HIDDEN)
