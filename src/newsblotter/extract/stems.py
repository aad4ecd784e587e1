"""Letters that a pattern cannot do without: a text that holds none of them need not be searched.

stems_of(r"(?:motor-?bikes?|two-?wheelers?)") → {"motor", "wheeler"}

Vocabularies are long and a report holds few of their words, so looking for a few letters first is ten times faster.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

LEAST_LETTERS = 3  # a shorter stem is in every other word and spares nothing
WORDS_REMEMBERED = 50_000  # distinct words of an index, a few MB; news repeats itself

_LETTERS = re.compile(r"[^\W\d_]+")
HEADS_MOST = 24  # beginnings of one pattern; looking for more of them costs what trying the pattern everywhere costs
_LITERAL = re.compile(r"(?:[^\W\d_]|[ ',-])+(?![?*{])")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|[aimsux-]*:|<?[=!]))?")


def stems_of(pattern: str) -> frozenset[str] | None:
    """Lower-case letter runs of which every match of a regular expression holds at least one.

    Args:
        pattern: A regular expression of literals, groups, classes, quantifiers and look-arounds.

    Returns:
        The stems, or None where no such set is known (then every text must be searched).
    """
    found, end = _read_alternatives(pattern, 0)
    return found if end == len(pattern) else None


def _better(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    """Of two sets that must both be met, the one that spares more."""
    if a is None or b is None:
        return a or b
    return max(a, b, key=lambda s: (min(len(w) for w in s), -len(s)))


def _read_alternatives(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read up to an unmatched ")" or the end."""
    options: list[frozenset[str] | None] = []
    while True:
        option, at = _read_sequence(pattern, at)
        options.append(option)
        if at >= len(pattern) or pattern[at] != "|":
            break
        at += 1
    union: frozenset[str] = frozenset().union(*(o for o in options if o))
    return (None if any(o is None for o in options) else union), at


def _read_sequence(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    best: frozenset[str] | None = None
    run = ""

    def close(run: str, best: frozenset[str] | None) -> frozenset[str] | None:
        return _better(best, frozenset((run.lower(),)) if len(run) >= LEAST_LETTERS else None)

    while at < len(pattern) and pattern[at] not in "|)":
        char = pattern[at]
        if char.isalpha():
            if pattern[at + 1 : at + 2] in ("?", "*", "{"):
                best, run = close(run, best), ""
            else:
                run += char
            at += 1
            continue
        best, run = close(run, best), ""
        if char == "(":
            inner, at = _read_group(pattern, at)
            if pattern[at : at + 1] not in ("?", "*") and pattern[at : at + 3] != "{0,":
                best = _better(best, inner)
        elif char == "[":
            at = _skip_class(pattern, at)
        else:
            at += 2 if char == "\\" else 1
        at = _skip_quantifiers(pattern, at)
    return close(run, best), at


def _read_group(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    inner, end = _read_alternatives(pattern, _enter(pattern, at))
    needless = pattern.startswith(("(?!", "(?<"), at)  # what must not stand there, or may stand before what is searched
    return (None if needless else inner), end + 1


def _enter(pattern: str, at: int) -> int:
    """Where the inside of a group begins."""
    opened = _GROUP.match(pattern, at)
    return opened.end() if opened else at + 1


def _skip_class(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1 : at + 2] in ("]", "^") else 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def fold(text: str) -> str:
    """A text in lower case, with the same offsets."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def heads_of(pattern: str) -> frozenset[str] | None:
    """Lower-case beginnings of which every match of a regular expression has one, None where no such set is known."""
    heads, end = _read_heads(pattern, 0)
    return heads if end == len(pattern) and heads is not None and len(heads) <= HEADS_MOST else None


def _read_heads(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read up to an unmatched ")" or the end."""
    heads: set[str] | None = set()
    while True:
        found, at = _read_head(pattern, at)
        heads = None if heads is None or found is None else heads | found
        if at >= len(pattern) or pattern[at] != "|":
            return (None if heads is None else frozenset(heads)), at
        at += 1


def _read_head(pattern: str, at: int) -> tuple[set[str] | None, int]:
    """The beginnings of one alternative, and where it ends."""
    end = _read_sequence(pattern, at)[1]
    heads: set[str] = set()
    while at < end:
        if pattern.startswith("\\b", at):
            at += 2
        elif pattern.startswith(("(?!", "(?<", "(?="), at):  # asks for what stands around, takes nothing
            at = _read_group(pattern, at)[1]
        elif pattern[at] == "(":
            inner, at = _read_heads(pattern, _enter(pattern, at))
            if inner is None:
                return None, end
            heads |= inner
            optional = pattern[at + 1 : at + 2] in ("?", "*") or pattern.startswith("{0,", at + 1)
            at = _skip_quantifiers(pattern, at + 1)
            if not optional:
                return heads, end
        else:
            run = _LITERAL.match(pattern, at, end)
            return (heads | {run.group().lower()} if run else None), end
    return None, end


def _skip_quantifiers(pattern: str, at: int) -> int:
    while pattern[at : at + 1] in ("?", "*", "+", "{"):
        at = pattern.index("}", at) + 1 if pattern[at] == "{" else at + 1
    return at


@lru_cache(maxsize=256)  # the sentences of a report: many indices look at each
def _split_words(lower: str) -> frozenset[str]:
    return frozenset(_LETTERS.findall(lower))


@lru_cache(maxsize=WORDS_REMEMBERED)
def _split_word(word: str) -> frozenset[str]:
    """Every run of so many letters in a word as a stem begins with."""
    return frozenset([word[at : at + LEAST_LETTERS] for at in range(len(word) - LEAST_LETTERS + 1)])


class StemIndex:
    """Many patterns by their stems: tells which of them a text may hold by looking at its words, not by trying every stem.

    A stem is a run of letters, so it stands in a text only within one of the text's words; what stems a word holds is found
    once and remembered.
    """

    def __init__(self, stems: Iterable[frozenset[str] | None]) -> None:
        """Take the stems of each pattern, numbered as they come; None: the pattern may match any text."""
        self._always: set[int] = set()
        self._by_head: dict[str, list[tuple[str, int]]] = {}
        self._of_word: dict[str, tuple[int, ...]] = {}
        self._bare: set[str] = set()  # words seen that hold no stem: nearly all
        for number, found in enumerate(stems):
            if found is None or not all(len(stem) >= LEAST_LETTERS and _LETTERS.fullmatch(stem) for stem in found):
                self._always.add(number)
                continue
            for stem in sorted(found):
                self._by_head.setdefault(stem[:LEAST_LETTERS], []).append((stem, number))
        self._heads = frozenset(self._by_head)

    def find(self, lower: str) -> set[int]:
        """The numbers of the patterns that a text in lower case may hold."""
        met = set(self._always)
        of_word = self._of_word
        for word in _split_words(lower).difference(self._bare):
            numbers = of_word.get(word)
            met.update(self._look_up(word) if numbers is None else numbers)
        return met

    def _look_up(self, word: str) -> tuple[int, ...]:
        shared = _split_word(word) & self._heads
        numbers = tuple(sorted({number for head in shared for stem, number in self._by_head[head] if stem in word}))
        if not numbers and len(self._bare) < WORDS_REMEMBERED:
            self._bare.add(word)
        elif numbers and len(self._of_word) < WORDS_REMEMBERED:
            self._of_word[word] = numbers
        return numbers


class Headed:
    """A compiled expression that is tried only where the letters stand that it begins with; it finds what it would by itself."""

    __slots__ = ("_heads", "_pattern")

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._heads = heads_of(pattern.pattern)

    def find_places(self, lower: str) -> list[int] | None:
        """Where a match may begin in a text in lower case, ascending; None: anywhere."""
        if self._heads is None:
            return None
        places = []
        for head in self._heads:
            at = lower.find(head)
            while at >= 0:
                places.append(at)
                at = lower.find(head, at + 1)
        return sorted(places)

    def stands_in(self, text: str, lower: str) -> bool:
        """Whether it matches somewhere in a text; ``lower`` is the text in lower case."""
        places = self.find_places(lower) if len(lower) == len(text) else None
        return self.search(text, 0, len(text), places, 0) is not None

    def search(self, text: str, start: int, end: int, places: Sequence[int] | None, base: int) -> re.Match[str] | None:
        """The first match within ``start:end``; ``places`` are those of the text from ``base`` on."""
        if places is None:
            return self._pattern.search(text, start, end)
        for number in range(bisect_left(places, start - base), len(places)):
            if (match := self._pattern.match(text, base + places[number], end)) is not None:
                return match
        return None

    def find_all(self, text: str, lower: str) -> list[re.Match[str]]:
        """All matches in a text, none overlapping; ``lower`` is the text in lower case."""
        places = self.find_places(lower) if len(lower) == len(text) else None
        if places is None:
            return list(self._pattern.finditer(text))
        found: list[re.Match[str]] = []
        for at in places:
            if (not found or at >= found[-1].end()) and (match := self._pattern.match(text, at)) is not None:
                found.append(match)
        return found


class Alternation:
    """Compiled expressions searched as one, which finds just what ``a|b|c`` would; only those whose stems stand are tried."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = [Headed(pattern) for pattern in patterns]
        self._index = StemIndex(stems_of(pattern.pattern) for pattern in patterns)

    def _choose(self, text: str, start: int, end: int) -> list[tuple[Headed, list[int] | None]]:
        """The expressions that a stretch of a text may hold, in their order, and where each may begin."""
        lower = fold(text[start:end] if start or end < len(text) else text)
        patterns = (self._patterns[number] for number in sorted(self._index.find(lower)))
        return [(pattern, pattern.find_places(lower)) for pattern in patterns]

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches in a stretch of a text, none overlapping, from the left; of several at one place the first expression's."""
        chosen = self._choose(text, start, end)
        coming = [pattern.search(text, start, end, places, start) for pattern, places in chosen]
        while (match := min((m for m in coming if m is not None), key=re.Match.start, default=None)) is not None:
            yield match
            at = match.end()
            for number, (pattern, places) in enumerate(chosen):
                other = coming[number]
                if other is not None and other.start() < at:
                    coming[number] = pattern.search(text, at, end, places, start)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match in a stretch of a text."""
        best: re.Match[str] | None = None
        for pattern, places in self._choose(text, start, end):
            match = pattern.search(text, start, end, places, start)
            if match is not None and (best is None or match.start() < best.start()):
                best = match
        return best
