"""Split a text into sentences without losing a character: every sentence is a stretch of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.lexicon import list_languages, load_lexicon

_ORDINAL = re.compile(r"(?<![\w.,:])\d{1,2}$")
# Possessive: a run of stops, quotes or blanks is read once, so that a megabyte of dots takes no longer than one of words.
_BREAK = re.compile(r"""(?<![.!?…])[.!?…]++[)"'”’»\]]*+(?=\s++["'“‘«(\[—–-]*+\s*+[A-ZÀ-ÖØ-Þ0-9$£€@#])|\n\s*\n|\n""")
_WORD_BEFORE = re.compile(r"(?:^|[\s(“\"‘'])((?:[A-Za-z]\.)*[A-Za-z]+)$")
_LINE_BREAK_MAX = 60  # a line shorter than this was not wrapped at the margin; typewriter wraps run 65 to 80


@dataclass(frozen=True, slots=True)
class _Stops:
    """Where a full stop ends no sentence."""

    abbreviations: frozenset[str]  # after these: titles, months, streets, states in news style; lower case
    ordinals: bool  # after a number of one or two digits, which is read "third": "am 3. Mai"


@lru_cache(maxsize=8)
def _load_stops(language: str) -> _Stops:
    words = load_lexicon("sentences", language)
    return _Stops(frozenset(str(words["abbreviations"]).split()), bool(words["ordinals"]))


def _ends_here(text: str, match: re.Match[str], stops: _Stops) -> bool:
    mark = match.group()
    if mark.startswith("\n"):
        if mark.count("\n") > 1:
            return True
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text[line_start : match.start()].rstrip()
        following = text[match.end() : match.end() + 1]
        return len(line) < _LINE_BREAK_MAX or line.endswith((".", "!", "?", "”", '"', ":")) or not following.islower()
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(0, match.start() - 24), match.start())
    if before is None:
        return not (stops.ordinals and _ORDINAL.search(text, max(0, match.start() - 3), match.start()))
    word = before.group(1)
    if len(word) == 1 and word.isupper():  # an initial: "John F. Kennedy"
        return False
    if word.lower() in ("a.m", "p.m"):
        return True  # a capital follows: "at 3 p.m. Police …"; "3 p.m. Monday" is mended below
    return word.lower() not in stops.abbreviations


_AFTER_CLOCK = re.compile(
    r"\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|\s+(?:E|C|M|P)[SD]?T\b"
)


def split_sentences(text: str, language: str | None = None) -> Iterator[tuple[int, int]]:
    """Yield the half-open offsets of each sentence, white space at its edges left out.

    Headlines and list items, which end at a line's end without a full stop, are sentences too. Linear in the text.
    """
    return iter(_split(text, language if language is not None and language in list_languages() else "en"))


@lru_cache(maxsize=2)  # a report is split to find its furniture, and again to lay it out
def _split(text: str, language: str) -> tuple[tuple[int, int], ...]:
    return tuple(_find_sentences(text, _load_stops(language)))


def _find_sentences(text: str, stops: _Stops) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        if not _ends_here(text, match, stops):
            continue
        if (
            match.group().startswith(".")
            and text[max(0, match.start() - 3) : match.start()].lower().endswith(".m")
            and _AFTER_CLOCK.match(text, match.end())
        ):
            continue
        end = match.start() if match.group().startswith("\n") else match.end()
        yield from _strip(text, start, end)
        start = match.end()
    yield from _strip(text, start, len(text))


def _strip(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
