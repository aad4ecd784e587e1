"""Tell reports that only borrow the words of crime: sport ("robbed of victory"), the markets ("a dawn raid"), fiction, opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from newsblotter.extract.cues import PatternSet
from newsblotter.lexicon import load_lexicon

# A genre's lists of words that a report must draw on, and how many of them one list of authority words outweighs.
# Chosen so that no report of heists look and of 600 of gunviolence train that tells an incident is lost.
LEAST_LISTS = 3
AUTHORITY_WEIGHT = 2
AUTHORITY_NEEDED = 2  # lists of authority words that an opinion, or a report of no deed in the world, must draw on to tell one
READ_CHARS = 3000  # what a report is about shows in its beginning

_NO_GENRE = frozenset({"authority", "headed"})


@lru_cache(maxsize=4)
def _load_genres(language: str) -> Mapping[str, tuple[PatternSet, ...]]:
    words = load_lexicon("genre", language)
    return {name: tuple(PatternSet([pattern]) for pattern in patterns) for name, patterns in words.items()}


def find_genre(texts: Iterable[str], title: str, *, loose: bool = False, language: str = "en") -> str | None:
    """Name the genre of a report that tells no incident, None for a report of news.

    Args:
        texts: The report's readable sentences.
        title: Its title; a review or an opinion is often headed as one.
        loose: Whether none of its deeds is set in the world ("robbed by a puncture").
        language: ISO 639-1.
    """
    text = "\n".join(texts)[:READ_CHARS]
    genres = _load_genres(language)
    lower = text.lower()
    authority = sum(pattern.stands_in(text, lower) for pattern in genres["authority"])
    if authority < AUTHORITY_NEEDED:
        if any(pattern.stands_in(title, title.lower()) for pattern in genres.get("headed", ())):
            return "headed"
        if loose:
            return "figurative"
    if AUTHORITY_WEIGHT * authority + LEAST_LISTS > max(len(patterns) for patterns in genres.values()):
        return None
    needed = LEAST_LISTS + AUTHORITY_WEIGHT * authority
    counts = {}
    for name, patterns in genres.items():
        likely = [pattern for pattern in patterns if name not in _NO_GENRE and pattern.may_stand(lower)]
        if len(likely) >= needed:  # else there is no need to count
            counts[name] = sum(pattern.stands_in(text, lower) for pattern in likely)
    best = max(counts, key=lambda name: (counts[name], name), default=None)
    return best if best is not None and counts[best] >= needed else None
