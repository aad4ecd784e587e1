"""What one text says otherwise than another: sentence by sentence, then word by word where sentences were edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from newsblotter.web.marking import show_text

_SENTENCE = re.compile(r".+?(?:[.!?…][\"'”’)]*\s+|\n+|$)", re.S)
_WORD = re.compile(r"\S+\s*|\s+")
MOST_SENTENCES = 2_000  # of one text; comparing grows with their product
MOST_WORDS = 600  # of an edited passage that is compared word by word; a longer one is shown whole


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that both texts have, or one of them."""

    kind: str  # same, gone, new
    text: str


def compare_texts(before: str, after: str) -> list[Passage]:
    """The second text as changes of the first, in order; passages of one kind run together."""
    left, right = (_SENTENCE.findall(text)[:MOST_SENTENCES] for text in (before, after))
    found: list[Passage] = []
    for kind, old, new in _changes(left, right):
        if kind == "replace" and sum(len(part.split()) for part in (*old, *new)) <= MOST_WORDS:
            words = _changes(_WORD.findall("".join(old)), _WORD.findall("".join(new)))
            found += [passage for step, a, b in words for passage in _passages(step, a, b)]
        else:
            found += _passages(kind, old, new)
    return list(_joined(found))


def _changes(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    keys = [[" ".join(part.split()) for part in parts] for parts in (left, right)]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        yield kind, left[a:b], right[c:d]


def _passages(kind: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Passage]:
    if kind == "equal":
        yield Passage("same", "".join(new))
        return
    if old:
        yield Passage("gone", "".join(old))
    if new:
        yield Passage("new", "".join(new))


def _joined(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Neighbours of one kind as one, words made safe to show."""
    kind, words = "", ""
    for passage in passages:
        if passage.kind == kind:
            words += passage.text
            continue
        if words:
            yield Passage(kind, show_text(words))
        kind, words = passage.kind, passage.text
    if words:
        yield Passage(kind, show_text(words))
