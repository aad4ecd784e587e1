"""A report's words, folded so that the same text looks the same wherever it was printed, and hashed.

    text → lines without furniture → folded words → word hashes → sampled shingles

Everything is hashed by content, so signatures are the same on every machine and in any order of input.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from newsblotter.lexicon import load_lexicon
from newsblotter.records import Report

Hashes: TypeAlias = npt.NDArray[np.uint64]

# A line is an outlet's furniture when it stands in texts with at least this many different bodies. Re-crawls of one text
# share their longest line and count once; four keeps the running versions of one story whole (heists look, gunviolence train).
FURNITURE_BODIES = 4
SHARED_BODIES = 8  # the same over all outlets: a line may be quoted by a handful of texts on one incident
LASTING_DAYS = 60  # a story is reprinted within days, an anniversary aside; a site's frame stands for months
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, the golden ratio: any odd constant of mixed bits would do
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_LINK = re.compile(r"https?://\S{1,400}|www\.\S{1,200}|pic\.\s?twitter\.\S{0,60}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a report's text looks like to the copy finder."""

    report: Report
    words: Hashes  # one hash a folded word, furniture left out
    title_words: frozenset[str]
    title_day: frozenset[str]  # those that name a day or a number


class WordHasher:
    """Hash words by content; remembers those it has seen, so that a corpus pays once a word."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def hash_words(self, words: Sequence[str]) -> Hashes:
        seen = self._seen
        for word in words:
            if word not in seen:
                digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                seen[word] = int.from_bytes(digest, "little")
        return np.fromiter((seen[word] for word in words), dtype=np.uint64, count=len(words))


def fold_words(text: str) -> list[str]:
    """Words of a text as they compare: lower case, without quotes, punctuation and the remains of links."""
    return _WORD.findall(_APOSTROPHES.sub("", _LINK.sub(" ", text)).casefold())


def outlet_of(report: Report) -> str:
    """Who printed it: the outlet's name, else the host of its address, else ""."""
    if report.outlet:
        return report.outlet.casefold()
    return (urlsplit(report.url).hostname or "") if report.url else ""


def _fold_line(line: str) -> str:
    return " ".join(fold_words(line))


def _repeated_lines(printed: Sequence[Report], at_least: int) -> frozenset[str]:
    """Folded lines that stand in ``at_least`` different bodies (a body goes by its longest line), or, under so many different
    titles, over a longer time than any story is reprinted."""
    if len(printed) < at_least:
        return frozenset()
    bodies: dict[str, set[str]] = defaultdict(set)
    hosts: dict[str, list[Report]] = defaultdict(list)
    for report in printed:
        lines = {line.strip() for line in report.text.split("\n")} - {""}
        longest = max(lines, key=lambda line: (len(line), line), default="")
        for line in lines:
            bodies[line].add(longest)
            hosts[line].append(report)
    return frozenset(
        _fold_line(line)
        for line, seen in bodies.items()
        if len(seen) >= at_least or (len(hosts[line]) >= at_least and _is_lasting(hosts[line], at_least))
    )


def _is_lasting(hosts: Sequence[Report], at_least: int) -> bool:
    days = sorted(report.published for report in hosts if report.published)
    return len({report.title for report in hosts}) >= at_least and bool(days) and (days[-1] - days[0]).days > LASTING_DAYS


def find_furniture(reports: Sequence[Report]) -> Mapping[str, frozenset[str]]:
    """Lines that are printed around texts: outlet → folded lines that stand in several different bodies.

    The outlet "" holds the lines that many outlets share: forms and notices of the software that runs their sites.
    """
    by_outlet: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        by_outlet[outlet_of(report)].append(report)
    by_outlet.pop("", None)
    found = {outlet: _repeated_lines(printed, FURNITURE_BODIES) for outlet, printed in by_outlet.items()}
    found[""] = _repeated_lines(reports, SHARED_BODIES)
    return found


def _day_words(words: Iterable[str]) -> frozenset[str]:
    lexicon = load_lexicon("copies")
    named = {str(word) for word in (*lexicon["months"], *lexicon["weekdays"])} - {"may"}  # "may" is mostly the verb
    return frozenset(word for word in words if word in named or word.isdigit())


def sign(reports: Sequence[Report]) -> list[Signature]:
    """Fold and hash the texts of a corpus, each outlet's furniture left out."""
    lexicon = load_lexicon("copies")
    openers = tuple(str(opener) + " " for opener in lexicon["openers"])
    line_words = int(lexicon["line_words"])
    furniture = find_furniture(reports)
    hasher = WordHasher()
    signed = []
    for report in reports:
        printed = furniture[""] | furniture.get(outlet_of(report), frozenset())
        title = frozenset(fold_words(report.title))
        words: list[str] = []
        for line in report.text.split("\n"):
            folded = fold_words(line)
            if not folded:
                continue
            joined = " ".join(folded)
            if joined in printed or (len(folded) <= line_words and (joined + " ").startswith(openers)):
                continue
            words.extend(folded)
        signed.append(Signature(report, hasher.hash_words(words), title, _day_words(title)))
    return signed


def hash_shingles(words: Hashes, length: int) -> Hashes:
    """Hash every run of ``length`` words; empty when the text is shorter."""
    count = len(words) - length + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashed = words[:count].copy()
    for offset in range(1, length):
        hashed *= _MULTIPLIER
        hashed += words[offset : offset + count]
    hashed ^= hashed >> np.uint64(29)
    hashed *= _MULTIPLIER
    hashed ^= hashed >> np.uint64(32)
    return hashed
