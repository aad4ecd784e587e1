"""Split a text into sentences without losing a character: every sentence is a stretch of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Abbreviations after which a full stop ends no sentence. Titles, months, streets, military and state forms of news style.
_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof rev hon gov sen rep lt sgt cpl capt col gen maj det insp supt cmdr adm pvt ofc dep st ave blvd rd hwy
    jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thurs fri sat sun jr sr vs etc inc corp co ltd bros no
    nos approx est ft mt calif ariz colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa
    tenn tex va vt wash wis wyo u.s u.k u.n d.c a.m p.m e.g i.e s.w n.w n.e s.e""".split()
)
# Possessive: a run of stops, quotes or blanks is read once, so that a megabyte of dots takes no longer than one of words.
_BREAK = re.compile(r"""(?<![.!?…])[.!?…]++[)"'”’»\]]*+(?=\s++["'“‘«(\[—–-]*+\s*+[A-ZÀ-ÖØ-Þ0-9$£€@#])|\n\s*\n|\n""")
_WORD_BEFORE = re.compile(r"(?:^|[\s(“\"‘'])((?:[A-Za-z]\.)*[A-Za-z]+)$")
_LINE_BREAK_MAX = 60  # a line shorter than this was not wrapped at the margin; typewriter wraps run 65 to 80


def _ends_here(text: str, match: re.Match[str]) -> bool:
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
        return True
    word = before.group(1)
    if len(word) == 1 and word.isupper():  # an initial: "John F. Kennedy"
        return False
    if word.lower() in ("a.m", "p.m"):
        return True  # a capital follows: "at 3 p.m. Police …"; "3 p.m. Monday" is mended below
    return word.lower() not in _ABBREVIATIONS


_AFTER_CLOCK = re.compile(
    r"\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|\s+(?:E|C|M|P)[SD]?T\b"
)


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open offsets of each sentence, white space at its edges left out.

    Headlines and list items, which end at a line's end without a full stop, are sentences too. Linear in the text.
    """
    start = 0
    for match in _BREAK.finditer(text):
        if not _ends_here(text, match):
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
