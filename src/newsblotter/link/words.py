"""How telling a word is: rare words and names join two accounts of one incident, common ones do not.

A word's rarity blends how rare it is in news at large (shipped with the package) with how rare it is in the corpus at hand,
so that a handful of reports and a million are judged on one scale.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from sys import intern

from newsblotter.errors import DataError

_APOSTROPHES = re.compile(r"(?:['’‘ʼ`´]s\b)|['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?<=[\w,;:’'”\")] )[A-ZÀ-ÖØ-Þ][\w’'-]+")  # capitalised inside a sentence
_LINK = re.compile(r"https?://\S{1,400}|www\.\S{1,200}|pic\.\s?twitter\.\S{0,60}", re.IGNORECASE)
CORPUS_SMOOTHING = 50.0  # documents added to a corpus, so that in a handful no word looks common or rare
UNSEEN_SHARE = 1 / 8000  # share of news that holds a word missing from the shipped table, whose rarest words have 1 in 2000


@lru_cache(maxsize=1)
def load_shares() -> Mapping[str, float]:
    """Share of news reports that hold a word, for the commoner words.

    Raises:
        DataError: The packaged table is broken.
    """
    path = files("newsblotter") / "_data" / "link_words.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
        return {word: int(per_mille) / 1e5 for word, per_mille in loaded["per_hundred_thousand"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"link_words.json cannot be read: {error}") from error


def find_words(text: str) -> list[str]:
    """Folded words of a text, links left out."""
    if "/" in text:
        text = _LINK.sub(" ", text)
    return [intern(word) for word in _WORD.findall(_APOSTROPHES.sub("", text).casefold())]


def find_names(text: str) -> list[str]:
    """Folded words that are capitalised inside a sentence."""
    return [word for found in _NAME.findall(text) for word in find_words(found)]


def hash_text(text: str) -> int:
    """A text's 64 bits, signed as databases hold them; the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


class Rarity:
    """Tells how telling each word of a corpus is."""

    def __init__(self, documents: Iterable[Iterable[str]], shares: Mapping[str, float] | None = None) -> None:
        self._shares = load_shares() if shares is None else shares
        self._counts: Counter[str] = Counter()
        self._total = CORPUS_SMOOTHING
        for document in documents:
            self._counts.update(set(document))
            self._total += 1
        self._known: dict[str, float] = {}

    @classmethod
    def counted(cls, counts: Mapping[str, int], documents: int) -> Rarity:
        """The same from counts of another day: in how many of so many documents each word stands."""
        rarity = cls(())
        rarity._counts.update(counts)
        rarity._total += documents
        return rarity

    def counts(self) -> Mapping[str, int]:
        """In how many documents of the corpus each of its words stands."""
        return self._counts

    def of(self, word: str) -> float:
        """0 for a word that every report holds, about 8 for one that hardly any does."""
        found = self._known.get(word)
        if found is None:
            at_large = -math.log(self._shares.get(word, UNSEEN_SHARE))
            here = math.log(self._total / max(1, self._counts[word]))
            found = self._known[word] = 0.5 * (at_large + here)
        return found

    def count(self, word: str) -> int:
        """How many documents of the corpus hold a word."""
        return self._counts[word]


def weigh(counts: Mapping[str, int], rarity: Rarity, limit: int) -> dict[str, float]:
    """A text as a vector of length 1 over its ``limit`` most telling words: dampened count times rarity."""
    weights = {word: (1 + math.log(count)) * rarity.of(word) for word, count in counts.items() if len(word) > 1}
    kept = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:limit]
    norm = math.sqrt(sum(weight * weight for _, weight in kept)) or 1.0
    return {word: weight / norm for word, weight in kept}


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Similarity of two weighed texts, 0..1."""
    if len(left) > len(right):
        left, right = right, left
    return math.fsum([weight * right[word] for word, weight in left.items() if word in right])  # exact, so in any order
