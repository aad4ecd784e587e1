"""Places named in a language known by its word lists: "en el barrio de Boedo, en Buenos Aires", "à Cannes", "in Köln".

A known name counts where a word of place stands before it or where it opens a line; the rest are people and firms as often as
towns. Names unknown to the gazetteer are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.fields.gazetteer import Gazetteer, Place
from newsblotter.fields.place_words import PlaceWords, load_place_words
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span

OF_LEAST = 20_000  # people of a town named with "of" ("una calle de Málaga"); villages share their names with people and firms
LONGEST = 5  # words of a name

_RUN = re.compile(r"[A-ZÀ-ÖØ-Þ][\w’'-]*")
_NEXT = re.compile(
    r" (?:(?:de la|de los|de las|del|de|di|della|da|sur|sous|en|le|la|les|lès|am|an der|im|ob der|bei|in|y|al|el|sul|sulla|du|des) "
    r"|d[’'])?([A-ZÀ-ÖØ-Þ][\w’'-]*)"
)
_JOINED = re.compile(r"(?:,| y| e| et| und| o| ou| oder|/)\s+(?:(?:en|à|a|in|de|di) )?$")
_ELIDED = re.compile(r"^[DLdl][’']")


@dataclass(frozen=True, slots=True)
class _Places:
    words: PlaceWords
    located: re.Pattern[str]  # a word of place, at the end of a stretch
    of: re.Pattern[str]  # the weaker "of"
    elsewhere: re.Pattern[str]  # a court, a hospital, a home: not where it happened
    no_name: re.Pattern[str]  # what stands after a name that is no place's


@lru_cache(maxsize=8)
def _load(language: str) -> _Places:
    words = load_lexicon("places", language)
    compiled = {
        name: re.compile(rf"(?<!\w)(?:{words[name]})$", re.IGNORECASE) for name in ("before_place", "before_weakly", "before_other")
    }
    return _Places(
        load_place_words(language),
        compiled["before_place"],
        compiled["before_weakly"],
        compiled["before_other"],
        re.compile(rf"(?:{words['after_other']})"),
    )


def find_places(text: str, gazetteer: Gazetteer, language: str) -> tuple[Span, ...]:
    """Find the phrases that name places known to the gazetteer; sorted, none overlapping."""
    places = _load(language)
    found: list[Span] = []
    at = 0
    while (match := _RUN.search(text, at)) is not None:
        start = match.start()
        elided = _ELIDED.match(match.group())
        start += elided.end() if elided and match.group()[elided.end() : elided.end() + 1].isupper() else 0
        if start and text[start - 1].isalnum():
            at = match.end()
            continue
        end = _accept(text, start, gazetteer, places, found)
        if end is not None:
            found.append(Span(start, end, "place"))
        at = end if end is not None else match.end()
    return tuple(found)


def _ends(text: str, start: int) -> list[int]:
    """Where a name that starts here may end, the longest first; the first part of a compound last ("Berlin-Neukölln")."""
    first = _RUN.match(text, start)
    if first is None:
        return []
    ends = [first.end()]
    while len(ends) < LONGEST and (following := _NEXT.match(text, ends[-1])) is not None:
        ends.append(following.end())
    ends.reverse()
    hyphen = text.find("-", start, first.end())
    return [*ends, hyphen] if hyphen > start + 2 else ends


def _accept(text: str, start: int, gazetteer: Gazetteer, places: _Places, found: list[Span]) -> int | None:
    """Where the place that starts here ends; None where none does."""
    before = text[max(0, start - 60) : start]
    other = places.elsewhere.search(before) is not None
    for end in _ends(text, start):
        name = text[start:end]
        if name.lower() in places.words.never or len(name) < 3:
            continue
        known = gazetteer.lookup(places.words.aliases.get(name, name))
        if not known or places.no_name.match(text, end):
            continue
        if not other and _is_meant(text, start, end, before, known, places, found):
            return end
    return None


def _is_meant(text: str, start: int, end: int, before: str, known: tuple[Place, ...], places: _Places, found: list[Span]) -> bool:
    people = max(0 if p.kind in ("region", "country", "county") else p.population for p in known)
    wide = known[0].kind in ("region", "country", "county")
    if places.located.search(before):
        return not (wide and not people and known[0].kind == "county" and before.rstrip().endswith((",", ";")))
    opens = start == 0 or text[start - 1] == "\n"
    if opens and text[end : end + 2].strip().startswith(":"):  # "Saint-Tropez : …", "Madrid: …"
        return True
    if opens and re.match(r" ?(?:,|–|—| -)", text[end : end + 3]) and people >= OF_LEAST:
        return True
    if before.endswith(("(", ", ")) and found and start - found[-1].end <= 2:
        return True  # the region or country of the place before: "Incarville (Eure)", "Paris, France"
    if before.endswith("(") and text[end : end + 1] == ")" and (wide or people >= OF_LEAST):
        return True
    if found and _JOINED.search(text[found[-1].end : start]) and start - found[-1].end < 12:
        return people >= OF_LEAST or wide
    return places.of.search(before) is not None and (people >= OF_LEAST or (wide and known[0].population > OF_LEAST))
